//! `muster run`: project a plan and write a run folder with a report.

use std::path::PathBuf;

use muster_run::uncertainty::{Ask, Elsewhere, Uncertainty};
use muster_run::{Request, Run, RunError, Summary, save, summary, thousands};

use crate::commands::{DEFAULT_PLAN, cluster};
use crate::output::{Format, Output, Rows};

/// Project a plan, with and without its actions, and write a report.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// A scenario to run; may be repeated. [default: counterfactual and plan]
    #[arg(long = "scenario", short, value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// `england`, `systems` (each of the 42), or codes of places, with commas between.
    #[arg(long, value_delimiter = ',', default_value = "england")]
    places: Vec<String>,
    /// How long a step is.
    #[arg(long, value_enum, default_value_t = StepLength::Year)]
    step: StepLength,
    /// How many futures to draw from what is uncertain: a number, `auto` for as many as `--error` asks for, or `none`. [default: 1000;
    /// none where steps are months, which take a hundred times as long to draw]
    #[arg(long, value_name = "NUMBER", value_parser = draws)]
    draws: Option<Draws>,
    /// What the random numbers start from; the same seed gives the same draws.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How draws are spread.
    #[arg(long, value_enum, default_value_t = Sampling::Sobol)]
    sampling: Sampling,
    /// The Monte Carlo error at which draws are enough, as a share: how far figures could move if all were drawn again.
    #[arg(long, default_value_t = 0.02, value_name = "SHARE")]
    error: f64,
    /// Keep every draw of everyone together, in draws.parquet.
    #[arg(long)]
    keep_draws: bool,
    /// The scheduler of a cluster that projects the draws; the results do not depend on it. See `muster cluster`.
    #[arg(long, value_name = "URL")]
    cluster: Option<String>,
    /// Where to write the run. [default: a folder under runs/ named after what went in]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// How many threads to use; the results do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum StepLength {
    /// A step a year.
    Year,
    /// Twelve steps a year.
    Month,
}

/// How many draws.
#[derive(Clone, Copy)]
enum Draws {
    None,
    Auto,
    Number(usize),
}

fn draws(text: &str) -> Result<Draws, String> {
    match text {
        "none" => Ok(Draws::None),
        "auto" => Ok(Draws::Auto),
        number => {
            let number = number.parse().ok().filter(|number| *number > 1);
            number.map(Draws::Number).ok_or_else(|| "write a whole number from 2, `auto` or `none`".to_owned())
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sampling {
    /// Evenly, by scrambled Sobol numbers: fewer draws for the same error.
    Sobol,
    /// Independently.
    Random,
}

pub(crate) fn run(args: Args, output: &Output) -> Result<bool, RunError> {
    set_threads(args.threads)?;
    let by_default = if args.step == StepLength::Month { Draws::None } else { Draws::Number(1000) };
    let draws = args.draws.unwrap_or(by_default);
    if args.cluster.is_some() && matches!(draws, Draws::None) {
        let text = "a cluster projects draws, and `--draws none` asks for none: leave out one of the two";
        return Err(RunError::Request(text.to_owned()));
    }
    let cluster = args.cluster.as_deref().map(cluster::at).transpose()?;
    let elsewhere = cluster.as_deref().map(Elsewhere::new);
    let ask = |draws| Ask {
        draws,
        seed: args.seed,
        sobol: args.sampling == Sampling::Sobol,
        error: args.error,
        keep: args.keep_draws,
    };
    let request = Request {
        plan: args.plan,
        scenarios: args.scenarios,
        places: args.places.iter().map(|place| place.trim().to_owned()).collect(),
        monthly: args.step == StepLength::Month,
        draws: match draws {
            Draws::None => None,
            Draws::Auto => Some(ask(None)),
            Draws::Number(draws) => Some(ask(Some(draws))),
        },
    };
    let (run, folder) = output.progress(|progress| {
        let run = Run::make_with(request, elsewhere.as_ref(), progress)?;
        progress("writing the run and its report");
        let folder = save(&run, args.out.as_deref())?;
        Ok::<_, RunError>((run, folder))
    })?;
    let table = summary(&run);
    match output.format() {
        Format::Table | Format::Markdown => print(&run, &table, output),
        Format::Csv => Output::data(&table.to_csv()),
        Format::Json => Output::json(&table),
    }
    output.say(&format!("\nReport: {}", folder.join("report.html").display()));
    output.say(&format!("Prove that it reproduces: muster verify {}", folder.display()));
    Ok(true)
}

/// More would only wait for one another.
const MOST_THREADS: usize = 256;

pub(crate) fn set_threads(threads: Option<usize>) -> Result<(), RunError> {
    let Some(threads) = threads else { return Ok(()) };
    if !(1..=MOST_THREADS).contains(&threads) {
        return Err(RunError::Request(format!("--threads must be at least 1 and at most {MOST_THREADS}")));
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|error| RunError::Request(format!("{threads} threads cannot be started: {error}")))
}

/// Below this many columns of the terminal, demand is left out: it is supply and gap together.
const WIDE: u16 = 140;

/// Supply, demand and gap at the start and at the end, for everyone, each group and each profession.
fn print(run: &Run, table: &Summary, output: &Output) {
    let (first, last) = (run.plan.from, run.plan.to);
    output.say(&format!(
        "{}, {}: supply, demand and gap in full-time equivalents\n",
        run.plan.title,
        run.place_title()
    ));
    let demand_too = Output::width().is_none_or(|width| width >= WIDE);
    let three = |line: &muster_run::Line| {
        let demand = demand_too.then_some(line.demand_fte);
        [Some(line.supply_fte), demand, Some(line.gap_fte)].into_iter().flatten().map(thousands).collect::<Vec<_>>()
    };
    let mut rows = Rows::new(&[""], Some(1));
    let mut head = |with: &str, year: muster_core::FinancialYear| {
        let names = [Some("Supply"), demand_too.then_some("Demand"), Some("Gap")];
        rows.head.extend(names.into_iter().flatten().map(|name| format!("{name}\n{year}\n{with}")));
    };
    head("baseline", first);
    for (id, _) in &table.scenarios {
        match id.as_str() {
            muster_book::PLAN => head("with plan", last),
            muster_book::COUNTERFACTUAL => head("no plan", last),
            other => head(other, last),
        }
    }
    for row in &table.rows {
        let indent = if matches!(row.row, muster_run::Row::Profession(_)) { "  " } else { "" };
        let mut cells = vec![format!("{indent}{}", row.title)];
        cells.extend(three(&row.lines[0][0]));
        for lines in &row.lines {
            cells.extend(three(&lines[lines.len() - 1]));
        }
        if indent.is_empty() { rows.push_strong(cells) } else { rows.push(cells) }
    }
    output.rows(&rows);
    for scenario in &run.scenarios {
        let missing: f64 = scenario.projection.unfilled.iter().map(|unfilled| unfilled.headcount).sum();
        if missing >= 1.0 {
            output.say(&format!(
                "{}: {} training posts stay empty for want of people; the report says which.",
                scenario.title,
                thousands(missing)
            ));
        }
    }
    if let Some(uncertainty) = &run.uncertainty {
        say_uncertainty(run, uncertainty, output);
    } else if run.request.draws.is_some() {
        output.say("\nNothing here has a range, so there is nothing to draw: state ranges in the books to see how sure this is.");
    }
    let asked = |verdict: &&muster_run::Verdict| verdict.outcome != muster_run::Outcome::NotAsked;
    let of = |role: muster_book::Role| run.verdicts.iter().filter(asked).filter(move |verdict| verdict.role == role);
    let met = |role| of(role).filter(|verdict| verdict.outcome == muster_run::Outcome::Met).count();
    let (predicted, fitted) = (muster_book::Role::Prediction, muster_book::Role::Calibration);
    if of(predicted).count() > 0 {
        output.say(&format!(
            "Held against the published record: {} of {} predictions met, {} of {} calibrations; the report lists them.",
            met(predicted),
            of(predicted).count(),
            met(fitted),
            of(fitted).count()
        ));
    }
}

/// What the draws say, in a few lines.
fn say_uncertainty(run: &Run, uncertainty: &Uncertainty, output: &Output) {
    let words = uncertainty.in_words();
    output.say(&format!("\nHow sure? {} draws of everything that is uncertain:", thousands(words.draws as f64)));
    for (scenario, words) in run.scenarios.iter().zip(&words.scenarios) {
        let [low, middle, high] = words.gap_fte.map(thousands);
        output.say(&format!(
            "  {}: in four futures of five the gap in {} lies between {low} and {high}, as often above {middle} as below.",
            scenario.title, run.plan.to
        ));
        if !words.targets.is_empty() {
            let likely = words.targets.iter().filter(|target| target.chance >= 0.5).count();
            output.say(&format!("  {likely} of its {} targets are more likely met than missed.", words.targets.len()));
        }
    }
    output.say(&format!("  {}.", words.enough));
}
