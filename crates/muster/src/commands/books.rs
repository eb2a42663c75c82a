//! `muster books`: look into the books a plan stands on.

use std::path::{Path, PathBuf};

use muster_book::{Entry, FigureMeasure, MEASURES, Plan, Series, schemas};
use muster_run::RunError;

use crate::commands::DEFAULT_PLAN;
use crate::output::{Output, Rows};

/// List, show and search the assumptions a plan stands on.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan whose books to look into.
    #[arg(long, default_value = DEFAULT_PLAN, global = true)]
    plan: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the books, or every name that can be used.
    List {
        /// What to list.
        #[arg(value_enum, default_value_t = What::Books)]
        what: What,
    },
    /// Show every value of a measure, with its source.
    Show {
        /// The measure.
        measure: String,
        /// Only for subjects whose id or title holds this.
        of: Option<String>,
    },
    /// Find values by any word of their name, source or reason.
    Search {
        /// The words; all must be found.
        words: Vec<String>,
    },
    /// Print the JSON Schema of a file, for editors.
    Schema {
        /// Which file; without it, the names.
        name: Option<String>,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    Books,
    Figures,
    Measures,
    Groups,
    Professions,
    Programmes,
    Moves,
    Places,
    Actions,
    Scenarios,
    Sources,
}

pub(crate) fn run(args: Args, output: &Output) -> Result<bool, RunError> {
    if let Command::Schema { name } = &args.command {
        return schema(name.as_deref());
    }
    let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
    match args.command {
        Command::List { what } => list(&plan, what, output),
        Command::Show { measure, of } => return show(&plan, &measure, of.as_deref(), output),
        Command::Search { words } => search(&plan, &words, output),
        Command::Schema { .. } => {}
    }
    Ok(true)
}

fn schema(name: Option<&str>) -> Result<bool, RunError> {
    let all = schemas();
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let Some(name) = name else {
        Output::data(&names.join("\n"));
        return Ok(true);
    };
    let found = all.iter().find(|(known, _)| *known == name);
    let (_, schema) = found
        .ok_or_else(|| RunError::Request(format!("no schema is called `{name}`; there are {}", names.join(", "))))?;
    Output::json(schema);
    Ok(true)
}

fn list(plan: &Plan, what: What, output: &Output) {
    let shelf = &plan.shelf;
    let taxonomy = &shelf.taxonomy;
    let title = |id: &str, title: &str| vec![id.to_owned(), title.to_owned()];
    let mut rows = Rows::new(&["Id", "Title"], None);
    match what {
        What::Books => {
            rows = Rows::new(&["Id", "Title", "Place", "Baseline", "Values", "Folder"], None);
            for (i, book) in shelf.books.iter().enumerate() {
                let values: usize =
                    shelf.series().filter(|series| series.book == i).map(|series| series.entries.len()).sum();
                let baseline = book.baseline.map(|day| day.to_string()).unwrap_or_default();
                rows.push(vec![
                    book.id.clone(),
                    book.title.clone(),
                    book.place.to_string(),
                    baseline,
                    values.to_string(),
                    book.folder.display().to_string(),
                ]);
            }
        }
        What::Figures => {
            rows = Rows::new(&["Id", "Of"], None);
            for figure in FigureMeasure::ALL {
                let of = if figure.of_training() { "programmes" } else { "professions, groups, tags, settings" };
                rows.push(vec![figure.id().to_owned(), of.to_owned()]);
            }
        }
        What::Measures => {
            rows = Rows::new(&["Id", "Unit", "What it is"], None);
            for spec in MEASURES {
                rows.push([spec.id, spec.unit, spec.about].map(str::to_owned).to_vec());
            }
        }
        What::Groups => taxonomy.groups.iter().for_each(|group| rows.push(title(&group.id, &group.title))),
        What::Professions => {
            rows = Rows::new(&["Id", "Title", "Staff group", "Settings"], None);
            for profession in &taxonomy.professions {
                let settings: Vec<&str> = profession.settings.iter().map(|setting| setting.id()).collect();
                let group = taxonomy.groups[profession.group].title.clone();
                rows.push(vec![profession.id.clone(), profession.title.clone(), group, settings.join(", ")]);
            }
        }
        What::Programmes => {
            taxonomy.programmes.iter().for_each(|programme| rows.push(title(&programme.id, &programme.title)));
        }
        What::Moves => taxonomy.moves.iter().for_each(|movement| rows.push(title(&movement.id, &movement.title))),
        What::Places => {
            rows = Rows::new(&["Code", "Name", "Belongs to"], None);
            for place in shelf.places.iter() {
                let parent = place.parent.as_ref().map(ToString::to_string).unwrap_or_default();
                rows.push(vec![place.code.to_string(), place.name.clone(), parent]);
            }
        }
        What::Actions => {
            rows = Rows::new(&["Id", "Title", "Owner", "Due"], None);
            for action in &plan.actions {
                rows.push(vec![
                    action.id.clone(),
                    action.title.clone(),
                    action.owner.organisation.clone(),
                    action.due.to_string(),
                ]);
            }
        }
        What::Scenarios => plan.scenarios.iter().for_each(|scenario| rows.push(title(&scenario.id, &scenario.title))),
        What::Sources => {
            rows = Rows::new(&["Id", "Title", "Publisher", "Grade"], None);
            for source in shelf.sources.values() {
                rows.push(vec![
                    source.id.clone(),
                    source.title.clone(),
                    source.publisher.clone(),
                    format!("{:?}", source.grade),
                ]);
            }
        }
    }
    output.rows(&rows);
}

const HEAD: [&str; 8] = ["Assumption", "From", "Value", "Low", "High", "Kind", "Source", "Written at"];

fn value_row(plan: &Plan, series: &Series, entry: &Entry) -> Vec<String> {
    vec![
        plan.shelf.name(series.measure, &series.key),
        entry.from.to_string(),
        entry.value.to_string(),
        entry.low.to_string(),
        entry.high.to_string(),
        entry.passport.kind.to_string(),
        format!("{}: {}", entry.passport.source, entry.passport.where_in_source),
        entry.location.to_string(),
    ]
}

fn show(plan: &Plan, measure: &str, of: Option<&str>, output: &Output) -> Result<bool, RunError> {
    let Some(spec) = MEASURES.iter().find(|spec| spec.id == measure) else {
        let known = MEASURES.iter().map(|spec| spec.id);
        let hint = muster_book::did_you_mean(measure, known)
            .map_or("`muster books list measures` shows them".to_owned(), |name| format!("did you mean `{name}`?"));
        return Err(RunError::Request(format!("no measure is called `{measure}`: {hint}")));
    };
    output.say(&format!("{}: {} In {}.", spec.id, spec.about, spec.unit));
    let mut rows = Rows::new(&HEAD, None);
    let matches = |series: &&Series| {
        let id = plan.shelf.subject_id(series.key.scope);
        let title = plan.shelf.subject(series.key.scope).to_lowercase();
        of.is_none_or(|of| id.contains(of) || title.contains(&of.to_lowercase()))
    };
    for series in plan.shelf.series().filter(|series| series.measure == spec.measure).filter(matches) {
        series.entries.iter().for_each(|entry| rows.push(value_row(plan, series, entry)));
    }
    let found = !rows.rows.is_empty();
    output.rows(&rows);
    Ok(found)
}

fn search(plan: &Plan, words: &[String], output: &Output) {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut rows = Rows::new(&HEAD, None);
    for series in plan.shelf.series() {
        for entry in &series.entries {
            let source =
                plan.shelf.sources.get(&entry.passport.source).map(|source| source.title.as_str()).unwrap_or_default();
            let file = Path::new(&entry.location.file).file_name().unwrap_or_default().to_string_lossy();
            let name = plan.shelf.name(series.measure, &series.key);
            let text =
                [&name, source, &entry.passport.source, &entry.passport.where_in_source, &entry.passport.why, &file]
                    .join(" ")
                    .to_lowercase();
            if words.iter().all(|word| text.contains(word)) {
                rows.push(value_row(plan, series, entry));
            }
        }
    }
    output.rows(&rows);
}
