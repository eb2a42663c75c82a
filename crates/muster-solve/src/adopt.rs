//! The answer as a plan: a folder that can be checked, run, compared and adopted, standing on the same books.
//!
//! It holds the actions of the plan that was asked about, where the question started from them, and an action for each lever and thing that
//! was moved. Each says that it was chosen by the optimiser, from what, and what it costs.

use std::fs;
use std::path::{Path, PathBuf};

use muster_book::{COUNTERFACTUAL, Moves, PLAN, Plan};
use muster_run::{RunError, gbp};

use crate::answer::{Answer, lower};
use crate::solve::Search;
use crate::unit::{Unit, What};
use crate::world::World;

/// The files of a plan that say what else it holds, which the answer keeps where it keeps the plan's actions.
const KEPT: [&str; 6] =
    ["actions.toml", "scenarios.toml", "stress.toml", "targets.toml", "checks.toml", "dependence.toml"];

/// Every file of the plan's folder, by its path in it.
pub fn written(
    world: &World<'_>,
    search: &Search,
    answer: &Answer,
    out: &Path,
) -> Result<Vec<(String, String)>, RunError> {
    let (plan, question) = (world.plan, world.question);
    if question.scenario != PLAN && question.scenario != COUNTERFACTUAL {
        let text = format!(
            "a plan can be written from the scenario `{PLAN}` or `{COUNTERFACTUAL}`, and this question starts from `{}`: leave out --out",
            question.scenario
        );
        return Err(RunError::Request(text));
    }
    if world.places() > 1 {
        let text = "a plan is written for a place as a whole: leave out --out, or ask for one place".to_owned();
        return Err(RunError::Request(text));
    }
    let mut list = vec![("plan.toml".to_owned(), plan_file(plan, world, answer, out)?)];
    if question.scenario == PLAN {
        for (path, file) in plan.files.iter() {
            let Ok(below) = path.strip_prefix(&plan.folder) else { continue };
            let name = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            if KEPT.contains(&name.as_str()) || name.starts_with("actions/") {
                list.push((name, file.text.to_string()));
            }
        }
    }
    list.push(("actions/solved.toml".to_owned(), actions(world, search)?));
    list.push((muster_book::QUESTION_FILE.to_owned(), question.file.text.to_string()));
    let json = serde_json::to_string_pretty(answer).map_err(|error| RunError::Request(error.to_string()))?;
    list.push(("answer.json".to_owned(), json + "\n"));
    Ok(list)
}

/// Writes a plan's folder, whole or not at all.
pub fn save(files: &[(String, String)], out: &Path) -> Result<(), RunError> {
    let at = |path: &Path, error: &std::io::Error| RunError::File {
        path: path.display().to_string(),
        error: error.to_string(),
    };
    let is_empty = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if out.exists() && !is_empty(out) && !(out.join("answer.json").exists() && out.join("actions/solved.toml").exists())
    {
        let text =
            format!("{} holds something that is not an answer of `muster solve`: choose another --out", out.display());
        return Err(RunError::Folder(text));
    }
    let beside = |suffix: &str| {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        out.with_file_name(format!(".{name}.{suffix}-{}", std::process::id()))
    };
    let (partial, replaced) = (beside("partial"), beside("replaced"));
    let written = (|| {
        for (name, text) in files {
            let path = partial.join(name);
            let parent = path.parent().unwrap_or(&partial);
            fs::create_dir_all(parent).map_err(|error| at(parent, &error))?;
            fs::write(&path, text).map_err(|error| at(&path, &error))?;
        }
        if out.exists() {
            fs::rename(out, &replaced).map_err(|error| at(out, &error))?;
        }
        fs::rename(&partial, out).map_err(|error| at(out, &error))
    })();
    // What is left over is of no use to anyone.
    let _ = fs::remove_dir_all(&replaced);
    if written.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    written
}

/// `to`, as somebody in the folder `from` would write it.
fn relative(from: &Path, to: &Path) -> Result<String, RunError> {
    let whole = |path: &Path| {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let known = |at: &Path| Some(fs::canonicalize(at).ok()?.join(absolute.strip_prefix(at).ok()?));
        absolute.ancestors().find_map(known).unwrap_or_else(|| absolute.clone())
    };
    let (from, to) = (whole(from), whole(to));
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        let text = format!(
            "{} and {} share no folder, so one cannot name the other: choose another --out",
            from.display(),
            to.display()
        );
        return Err(RunError::Folder(text));
    }
    let up = from.components().skip(shared).map(|_| PathBuf::from(".."));
    let down = to.components().skip(shared).map(|part| PathBuf::from(part.as_os_str()));
    let path: PathBuf = up.chain(down).collect();
    Ok(path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// What a plan stands on, as it names it.
#[derive(serde::Deserialize)]
struct PlanFile {
    books: Vec<String>,
    sources: String,
}

fn plan_file(plan: &Plan, world: &World<'_>, answer: &Answer, out: &Path) -> Result<String, RunError> {
    // As the plan itself names them, seen from the new folder.
    let file = plan.files.iter().find(|(path, _)| **path == plan.folder.join("plan.toml"));
    let written: PlanFile = file
        .and_then(|(_, file)| toml::from_str(&file.text).ok())
        .ok_or_else(|| RunError::Request("the plan's own plan.toml is nowhere to be found".to_owned()))?;
    let from_here = |path: &String| relative(out, &plan.folder.join(path));
    let books: Vec<String> =
        written.books.iter().map(|book| from_here(book).map(|path| quote(&path))).collect::<Result<_, _>>()?;
    let sources = from_here(&written.sources)?;
    let about = format!(
        "Written by `muster solve` from {} and its question: {}. It is what the optimiser chose at least cost, {} over the years of the plan in prices of {}; nobody has adopted it.",
        plan.title,
        lower(&world.question.title),
        gbp(answer.cost_gbp),
        answer.price_year
    );
    let mut cautions = plan.cautions.clone();
    cautions.push("What the optimiser chose rests on its prices and limits, most of them judged, and is delivered in full here: see solve.toml beside this plan.".to_owned());
    Ok(format!(
        "id       = {}\ntitle    = {}\nplace    = {}\nfrom     = {}\nto       = {}\nbooks    = [{}]\nsources  = {}\nabout    = {}\ncautions = [{}]\n",
        quote(&format!("{}-solved", plan.id)),
        quote(&format!("{}: what it would take", plan.title)),
        quote(world.resolved.places[0].as_str()),
        quote(&plan.from.to_string()),
        quote(&plan.to.to_string()),
        books.join(", "),
        quote(&sources),
        quote(&about),
        cautions.iter().map(|text| quote(text)).collect::<Vec<_>>().join(", ")
    ))
}

/// Text as TOML writes it.
fn quote(text: &str) -> String {
    toml::Value::String(text.trim().to_owned()).to_string()
}

/// Who owns what a lever moves, by the rule that what can be decided nearer to patients is: places are commissioned nationally, posts by
/// regions; recruitment and retention are for employers, together in their system.
fn owner(moves: What) -> (&'static str, &'static str, &'static str) {
    match moves {
        What::Of(Moves::Intake) => ("national", "NHS England", "Commissions training places with universities"),
        What::Of(Moves::Posts) => ("regional", "NHS England regions", "Fund and place training posts"),
        What::Of(Moves::International) => {
            ("system", "Integrated care systems", "Recruit abroad together for their employers")
        }
        What::Of(Moves::Domestic | Moves::Retention) => {
            ("organisation", "Employers", "Recruit and keep their own staff")
        }
        What::Shift => ("organisation", "Employers", "Share out work between professions"),
    }
}

fn theme(moves: What) -> &'static str {
    match moves {
        What::Of(Moves::Intake | Moves::Posts) => "train",
        What::Of(Moves::International | Moves::Domestic) => "recruit",
        What::Of(Moves::Retention) => "retain",
        What::Shift => "reform",
    }
}

/// The source that effects name: the optimiser's own where the plan's sources have one, else that of the lever.
fn source(world: &World<'_>, unit: &Unit) -> Result<String, RunError> {
    let known = |id: &str| world.plan.shelf.sources.contains_key(id);
    let own = match unit.what {
        What::Of(_) => world.question.levers[unit.lever].passport.source.as_str(),
        What::Shift => world.question.substitutions[unit.of].passport.source.as_str(),
    };
    let found = ["muster-solve", own]
        .into_iter()
        .find(|id| known(id))
        .or_else(|| world.plan.shelf.sources.keys().map(String::as_str).next());
    found
        .map(str::to_owned)
        .ok_or_else(|| RunError::Request("the plan has no source that an action could name".to_owned()))
}

/// An action for each lever and thing.
fn actions(world: &World<'_>, search: &Search) -> Result<String, RunError> {
    let taxonomy = &world.plan.shelf.taxonomy;
    let mut text = format!(
        "# Chosen by `muster solve` as the least-cost way to: {}. Amounts are added to those of the scenario `{}`.\n",
        lower(&world.question.title),
        world.question.scenario
    );
    let chosen = search.chosen();
    let mut done: Vec<Unit> = Vec::new();
    for (unit, _) in &chosen {
        if done.iter().any(|other| other.same_thing(unit)) {
            continue;
        }
        done.push(*unit);
        let own: Vec<(Unit, f64)> = chosen.iter().filter(|(other, _)| other.same_thing(unit)).copied().collect();
        let last = own.iter().map(|(unit, _)| unit.year).max().unwrap_or(unit.year);
        let cost: f64 = search
            .units
            .iter()
            .zip(&search.values)
            .zip(&search.spend)
            .filter(|((other, _), _)| other.same_thing(unit))
            .map(|((_, value), gbp)| value * gbp.iter().sum::<f64>())
            .sum();
        let (level, organisation, role) = owner(unit.what);
        let source = quote(&source(world, unit)?);
        let why = format!(
            "Chosen by `muster solve` to meet the targets of solve.toml at least cost; {} in all, in prices of {}. No range of delivery is stated.",
            gbp(cost),
            world.prices.price_year
        );
        text.push_str(&format!(
            "\n[[action]]\nid       = \"SOLVED-{:03}\"\ntitle    = {}\ntheme    = \"{}\"\nowner    = {{ organisation = {}, role = {} }}\nlevel    = \"{level}\"\ndue      = {}\nsource   = {source}\nwhere    = \"solve.toml beside this plan\"\nevidence = {}\n",
            done.len(),
            quote(&unit.title(taxonomy, world.question)),
            theme(unit.what),
            quote(organisation),
            quote(role),
            world.resolved.years[last].last_day(),
            quote(&why),
        ));
        for effect in effects(world, search, unit, &own) {
            text.push_str(&effect.toml(world, &source, &why));
        }
    }
    Ok(text)
}

/// One assumption of one action.
struct Effect {
    measure: &'static str,
    key: (&'static str, String),
    how: &'static str,
    /// By year, counted from the baseline.
    path: Vec<(usize, f64)>,
}

impl Effect {
    fn toml(&self, world: &World<'_>, source: &str, why: &str) -> String {
        let point = |(year, value): &(usize, f64)| {
            format!("{{ from = {}, value = {value:?} }}", world.resolved.years[*year].first_day())
        };
        let path: Vec<String> = self.path.iter().map(point).collect();
        format!(
            "\n[[action.effect]]\nmeasure = \"{}\"\nfor     = {{ {} = {} }}\nhow     = \"{}\"\npath    = [{}]\nkind    = \"derived\"\nsource  = {source}\nwhere   = \"solve.toml beside this plan\"\nwhy     = {}\n",
            self.measure,
            self.key.0,
            quote(&self.key.1),
            self.how,
            path.join(", "),
            quote(why)
        )
    }
}

/// What the amounts of one thing do to assumptions, year by year; years without one get what changes nothing, because the last value holds.
fn effects(world: &World<'_>, search: &Search, unit: &Unit, own: &[(Unit, f64)]) -> Vec<Effect> {
    let taxonomy = &world.plan.shelf.taxonomy;
    let first = own.iter().map(|(unit, _)| unit.year).min().unwrap_or(1);
    let total = |year: usize| -> f64 {
        own.iter().filter(|(unit, _)| unit.year == year).fold(0.0, |sum, (_, value)| sum + value)
    };
    let path = |of: &dyn Fn(usize, f64) -> f64| -> Vec<(usize, f64)> {
        (first..=world.years()).map(|year| (year, of(year, total(year)))).collect()
    };
    let at = |profession: usize| world.at(unit.place, profession);
    let per = |value: f64, of: f64| if of > 0.0 { value / of } else { 0.0 };
    let one =
        |measure, kind: &'static str, id: &str, how, path| Effect { measure, key: (kind, id.to_owned()), how, path };
    match unit.what {
        What::Of(Moves::Intake) => {
            vec![one("training_intake", "programme", &taxonomy.programmes[unit.of].id, "add", path(&|_, value| value))]
        }
        What::Of(Moves::International) => {
            vec![one(
                "international_headcount",
                "profession",
                &taxonomy.professions[unit.of].id,
                "add",
                path(&|_, value| value),
            )]
        }
        What::Of(Moves::Domestic) => {
            let rate = |year: usize, value: f64| per(value, search.opening.headcount[at(unit.of)][year - 1]);
            vec![one("wider_market_rate", "profession", &taxonomy.professions[unit.of].id, "add", path(&rate))]
        }
        What::Of(Moves::Retention) => {
            vec![one(
                "leaver_rate",
                "profession",
                &taxonomy.professions[unit.of].id,
                "multiply",
                path(&|_, value| 1.0 - value),
            )]
        }
        What::Of(Moves::Posts) => {
            vec![one("move_headcount", "move", &taxonomy.moves[unit.of].id, "add", path(&|_, value| value))]
        }
        What::Shift => world
            .shifted(unit, 1.0)
            .into_iter()
            .map(|(profession, fte)| {
                let mix =
                    |year: usize, value: f64| per(value * fte, world.per_skill_mix(at(profession), year, &search.base));
                one("skill_mix", "profession", &taxonomy.professions[profession].id, "add", path(&mix))
            })
            .collect(),
    }
}
