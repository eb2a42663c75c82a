//! `muster solve`: the least-cost way to meet targets within limits, or what cannot hold together.

use std::path::PathBuf;

use muster_book::{Plan, Question};
use muster_run::{RunError, gbp, percent, thousands};
use muster_solve::lp::Limits;
use muster_solve::{Answer, Beside, Chosen, Draws, Held, Likely, World};

use crate::commands::DEFAULT_PLAN;
use crate::output::{Format, Output, Rows};

/// Ask what it would take: the least-cost levers that meet targets within limits.
///
/// The question is solve.toml beside the plan: targets, levers, limits and prices. Exits with 0 when a plan fits, 1 when none does; then
/// it says which targets and limits cannot hold together, and how the nearest plan breaks them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// Another question.
    #[arg(long)]
    question: Option<PathBuf>,
    /// Places: `england`, `systems`, or codes.
    #[arg(long, visible_alias = "place", value_delimiter = ',')]
    places: Vec<String>,
    /// Move one lever alone: a lever of the question, or one programme, profession or move.
    #[arg(long)]
    lever: Option<String>,
    /// Write the answer as a plan in this folder, to be run, compared and adopted.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Make every target hold with this chance, from 0 to below 1, and say what that costs more.
    #[arg(long)]
    chance: Option<f64>,
    /// Hold the mean of the worst cases to each target, rather than the chance alone.
    #[arg(long, requires = "chance")]
    tail: bool,
    /// In how many draws of what is uncertain.
    #[arg(long, default_value_t = 64)]
    draws: usize,
    /// What the draws start from.
    #[arg(long, default_value_t = 2023)]
    seed: u64,
    /// Show what closing a part of the gaps costs, in so many steps.
    #[arg(long, value_name = "STEPS")]
    pareto: Option<usize>,
    /// Hold the choice against the plan's other scenarios and what its stress tests say may go wrong.
    #[arg(long)]
    regret: bool,
    /// How many levers and limits to list.
    #[arg(long, default_value_t = 15)]
    limit: usize,
    /// Stop after this many seconds.
    #[arg(long, default_value_t = 300.0)]
    seconds: f64,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
    let question = match &args.question {
        Some(path) => Question::read(&plan, path),
        None => Question::of(&plan),
    };
    let mut question = question.map_err(RunError::Plan)?;
    if let Some(lever) = &args.lever {
        question = muster_solve::only(&plan, question, lever)?;
    }
    let named = if args.places.is_empty() { vec!["england".to_owned()] } else { args.places.clone() };
    let places = plan.places_named(&named).map_err(RunError::Request)?;
    let limits = Limits { seconds: args.seconds, ..Limits::default() };
    let world = World::new(&plan, &question, &places)?;
    let solver = super::solver();
    let solver = solver.as_ref();
    let (search, answer, beside) = output.progress(|progress| {
        let search = muster_solve::search(&world, solver, &limits, None, progress)?;
        progress("asking for the next-best plans");
        let answer = muster_solve::answer(&world, &search, solver, &limits);
        let mut beside = Beside::default();
        if let Some(steps) = args.pareto.filter(|_| answer.fits) {
            progress("asking what a part of it costs");
            beside.front = muster_solve::front(&world, &search, solver, &limits, steps.clamp(1, 50))?;
        }
        if let Some(chance) = args.chance {
            progress("drawing what is uncertain");
            let draws = Draws::new(&world, args.draws, args.seed, chance, args.tail)?;
            let found = muster_solve::search(&world, solver, &limits, Some(&draws), progress)?;
            let answer = muster_solve::answer(&world, &found, solver, &limits);
            beside.likely = Some(Box::new(Likely { chance, tail: args.tail, draws: draws.count(), answer }));
        }
        if args.regret {
            beside.elsewhere = muster_solve::elsewhere(&plan, &question, (&world, &search), solver, &limits, progress)?;
        }
        Ok::<_, RunError>((search, answer, beside))
    })?;
    let folder = match &args.out {
        Some(out) => {
            let mut files = muster_solve::written(&world, &search, &answer, out)?;
            files.push(("solve.html".to_owned(), muster_solve::page(&answer, &beside)?));
            muster_solve::save(&files, out)?;
            Some(out)
        }
        None => None,
    };
    show(&answer, &beside, args, output);
    if let Some(folder) = folder {
        output.say(&format!(
            "\nWritten: {0} (run it with `muster run {0}`, compare it with `muster diff {1} {0}`)",
            folder.display(),
            args.plan.display()
        ));
    }
    Ok(answer.fits)
}

fn show(answer: &Answer, beside: &Beside, args: &Args, output: &Output) {
    match output.format() {
        Format::Json => return Output::json(&serde_json::json!({ "answer": answer, "beside": beside })),
        Format::Csv | Format::Markdown => return output.rows(&levers(&answer.levers, answer, usize::MAX)),
        Format::Table => {}
    }
    output.say(&format!("{}, from the scenario `{}`", answer.question, answer.scenario));
    if answer.fits {
        output.say(&format!(
            "It fits, at {} over the years ({} discounted), in prices of {}.",
            gbp(answer.cost_gbp),
            gbp(answer.discounted_gbp),
            answer.price_year
        ));
    } else {
        output.say("Nothing fits. These cannot hold together; with any one of a list gone, the rest of it can:");
        for set in &answer.conflicts {
            set.iter().for_each(|line| output.say(&format!("  - {line}")));
            output.say("");
        }
        output.say("The nearest plan, shown below, breaks:");
        answer.broken.iter().take(args.limit).for_each(|line| output.say(&format!("  - {line}")));
        more(answer.broken.len(), args.limit, output);
    }
    output.say("\nWhat to do, the dearest first");
    output.rows(&levers(&answer.levers, answer, args.limit));
    more(answer.levers.len(), args.limit, output);
    output.say("\nWhat it comes to");
    output.rows(&targets(&answer.targets, args.limit));
    if !answer.binding.is_empty() {
        output.say("\nWhat holds it back, the most valuable first");
        answer.binding.iter().take(args.limit).for_each(|binding| output.say(&format!("  - {}.", binding.words)));
        more(answer.binding.len(), args.limit, output);
    }
    if !answer.next_best.is_empty() {
        output.say("\nNext best");
        let mut rows = Rows::new(&["Instead", "Cost, discounted", "More than the least"], Some(1));
        for way in &answer.next_best {
            let numbers = match way.fits {
                Some(true) => [gbp(way.discounted_gbp), gbp(way.more_gbp)],
                Some(false) => ["does not fit".to_owned(), String::new()],
                None => ["not settled".to_owned(), String::new()],
            };
            rows.push(std::iter::once(way.title.clone()).chain(numbers).collect());
        }
        output.rows(&rows);
    }
    show_beside(answer, beside, output);
    let agreement = &answer.agreement;
    output.say(&format!(
        "\nThe engine was asked again: program and projection differ by {:.3}% at most ({}), after {} with {} choices and {} rows.",
        agreement.apart * 100.0,
        agreement.at,
        if agreement.rounds == 1 { "one round".to_owned() } else { format!("{} rounds", agreement.rounds) },
        thousands(agreement.units as f64),
        thousands(agreement.rows as f64)
    ));
}

fn show_beside(answer: &Answer, beside: &Beside, output: &Output) {
    if let Some(likely) = &beside.likely {
        let cost = likely.answer.discounted_gbp;
        let how = if likely.tail { "the worst of" } else { "at least" };
        output.say(&format!(
            "\nEach target held in {how} {} of {} draws",
            percent(if likely.tail { 1.0 - likely.chance } else { likely.chance }),
            likely.draws
        ));
        if likely.answer.fits {
            output.say(&format!(
                "  It costs {} discounted, {} more than for the central values.",
                gbp(cost),
                gbp(cost - answer.discounted_gbp)
            ));
        } else {
            output.say("  Nothing fits. These cannot hold together:");
            likely.answer.conflicts.iter().flatten().for_each(|line| output.say(&format!("  - {line}")));
        }
    }
    if !beside.front.is_empty() {
        output.say("\nWhat closing a part of the gaps costs");
        let mut rows =
            Rows::new(&["Closed", "Cost, discounted", "Shortfalls left, FTE", "The next FTE costs"], Some(1));
        for point in &beside.front {
            rows.push(vec![
                percent(point.closed),
                gbp(point.discounted_gbp),
                thousands(point.shortfall_fte.round()),
                gbp(point.next_fte_gbp),
            ]);
        }
        output.rows(&rows);
    }
    if !beside.elsewhere.is_empty() {
        output.say("\nIn other futures");
        let mut rows =
            Rows::new(&["Future", "Shortfalls without", "With the choice", "Best for it costs", "Regret"], Some(1));
        for one in &beside.elsewhere {
            let best = one.best_gbp.map_or_else(|| "nothing fits".to_owned(), gbp);
            let regret = one.regret_gbp.map_or_else(String::new, gbp);
            rows.push(vec![
                one.title.clone(),
                thousands(one.without_fte.round()),
                thousands(one.with_fte.round()),
                best,
                regret,
            ]);
        }
        output.rows(&rows);
    }
}

fn more(of: usize, limit: usize, output: &Output) {
    if of > limit {
        output.say(&format!("  and {} more: --limit {of} shows them", of - limit));
    }
}

fn amount(chosen: &Chosen, value: f64) -> String {
    if chosen.counted_in == "of the leaver rate" { percent(value) } else { thousands(value) }
}

fn levers(chosen: &[Chosen], answer: &Answer, limit: usize) -> Rows {
    let mut rows = Rows::new(&["Lever", "From", "Most in a year", "In", "Added in all", "Cost"], Some(1));
    for lever in chosen.iter().take(limit) {
        let moved: Vec<usize> = (0..lever.added.len()).filter(|year| lever.added[*year] != 0.0).collect();
        let most =
            moved.iter().copied().max_by(|a, b| lever.added[*a].abs().total_cmp(&lever.added[*b].abs())).unwrap_or(0);
        let is_rate = lever.counted_in == "of the leaver rate";
        let all: f64 = lever.added.iter().sum();
        let place = if lever.place.is_empty() { String::new() } else { format!(" ({})", lever.place) };
        rows.push(vec![
            format!("{}{place}", lever.title),
            answer.years[moved.first().copied().unwrap_or(0)].clone(),
            amount(lever, lever.added[most]),
            answer.years[most].clone(),
            if is_rate { String::new() } else { thousands(all) },
            gbp(lever.cost_gbp),
        ]);
    }
    rows
}

/// Those that are missed first, then those that hold the levers hardest.
fn targets(held: &[Held], limit: usize) -> Rows {
    let mut rows = Rows::new(&["Target", "Year", "At most", "Without", "Program", "Engine", "Met"], Some(2));
    let write = |held: &Held, value: f64| if held.is_share { percent(value) } else { thousands(value.round()) };
    let mut list: Vec<&Held> = held.iter().collect();
    let order = |held: &Held| (held.met, (held.at_most - held.without).min(0.0));
    list.sort_by(|a, b| order(a).0.cmp(&order(b).0).then(order(a).1.total_cmp(&order(b).1)));
    for target in list.into_iter().take(limit) {
        rows.push(vec![
            target.title.clone(),
            target.year.clone(),
            write(target, target.at_most),
            write(target, target.without),
            write(target, target.promised),
            write(target, target.simulated),
            if target.met { "yes" } else { "no" }.to_owned(),
        ]);
    }
    rows
}
