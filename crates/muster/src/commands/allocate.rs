//! `muster allocate`: which systems get new training places, and how fair that is.

use std::path::PathBuf;

use muster_book::{Geography, PLAN, Plan, Training, did_you_mean};
use muster_core::FinancialYear;
use muster_run::{RunError, percent, thousands};
use muster_solve::geography::{Allocation, Fairness, Fault, Request, Sites};
use muster_solve::lp::Limits;
use serde::Serialize;

use crate::commands::{DEFAULT_PLAN, solver};
use crate::output::{Format, Output, Rows};

/// Allocate new training places to the systems that are shortest of staff, as far as they can be taught and supervised there.
///
/// What each system can take is in geography.toml beside the plan. Exits with 1 when some of the places cannot be taken by anyone.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// The programme; or, for posts of doctors in training, the move that leads to them, such as foundation-to-gp-training.
    #[arg(long, value_name = "PROGRAMME")]
    programme: String,
    /// How many new places a year.
    #[arg(long, value_name = "N")]
    places: u64,
    /// The future whose shortage counts.
    #[arg(long, default_value = PLAN)]
    scenario: String,
    /// The first year of the new places, such as 2025/26; the first of the plan when left out.
    #[arg(long, value_name = "YEAR")]
    from: Option<FinancialYear>,
    /// The year whose shortage counts; the last of the plan when left out.
    #[arg(long, value_name = "YEAR")]
    year: Option<FinancialYear>,
    /// 1 shares out as evenly as can be; 0 meets as much shortage as can be; between, a part of the even share comes first.
    #[arg(long, default_value_t = 1.0, value_name = "0 TO 1")]
    fairness: f64,
}

/// One system's line.
#[derive(Serialize)]
struct Line<'a> {
    place: &'a str,
    name: &'a str,
    shortage_fte: f64,
    current_places: f64,
    capacity_places: f64,
    providers: Option<usize>,
    fte_per_place: f64,
    new_places: u64,
    met_fte: f64,
    met_share: f64,
}

#[derive(Serialize)]
struct Report<'a> {
    training: &'a str,
    counted: Vec<&'a str>,
    places: Vec<Line<'a>>,
    not_placed: u64,
    as_today: Spread,
    allocated: Spread,
}

#[derive(Serialize)]
struct Spread {
    met_fte: f64,
    met_share: f64,
    worst_share: f64,
    gini: f64,
}

impl From<Fairness> for Spread {
    fn from(fairness: Fairness) -> Self {
        let Fairness { met_fte, met_share, worst_share, gini } = fairness;
        Self { met_fte, met_share, worst_share, gini }
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    if !(0.0..=1.0).contains(&args.fairness) {
        return Err(RunError::Request(format!("a fairness of {} is not between 0 and 1", args.fairness)));
    }
    let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
    let geography = Geography::of(&plan).map_err(RunError::Plan)?;
    let Some(of) = Training::named(&plan, &args.programme) else {
        let known = did_you_mean(&args.programme, Training::names(&plan));
        let help = known.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        return Err(RunError::Request(format!("no programme and no move is called `{}`{help}", args.programme)));
    };
    let request = Request {
        of,
        scenario: args.scenario.clone(),
        places: plan.places_named(&["systems".to_owned()]).map_err(RunError::Request)?,
        from: args.from.unwrap_or(plan.from + 1),
        year: args.year.unwrap_or(plan.to),
    };
    let sites = output
        .progress(|progress| {
            progress("asking what one more place is worth in each system");
            Sites::of(&plan, &geography, &request)
        })
        .map_err(|fault| in_words(fault, &args.scenario))?;
    let (allocation, today, then) = sites
        .allocate(args.places, args.fairness, solver().as_ref(), &Limits::default())
        .map_err(|error| RunError::Request(error.to_string()))?;
    let report = report(&plan, of, &sites, &allocation, today, then);
    print(&report, &request, output);
    Ok(allocation.not_placed == 0)
}

fn in_words(fault: Fault, scenario: &str) -> RunError {
    match fault {
        Fault::Plan(faults) => RunError::Plan(faults),
        Fault::Engine(error) => RunError::Engine { scenario: scenario.to_owned(), error },
        Fault::Request(text) => RunError::Request(text),
        Fault::Solve(error) => RunError::Request(error.to_string()),
    }
}

fn report<'a>(
    plan: &'a Plan,
    of: Training,
    sites: &'a Sites,
    allocation: &Allocation,
    today: Fairness,
    then: Fairness,
) -> Report<'a> {
    let places = sites.places.iter().zip(&sites.spots).zip(&sites.providers).zip(&allocation.new_places);
    let lines = places.map(|(((place, spot), providers), new_places)| Line {
        place: place.as_str(),
        name: plan.shelf.places.get(place).map_or("", |node| node.name.as_str()),
        shortage_fte: spot.shortage_fte,
        current_places: spot.current,
        capacity_places: spot.capacity,
        providers: *providers,
        fte_per_place: spot.fte_per_place,
        new_places: *new_places,
        met_fte: spot.met(*new_places as f64) * spot.shortage_fte,
        met_share: spot.met(*new_places as f64),
    });
    let title = |profession: &usize| plan.shelf.taxonomy.professions[*profession].title.as_str();
    Report {
        training: of.title(plan),
        counted: sites.counted.iter().map(title).collect(),
        places: lines.collect(),
        not_placed: allocation.not_placed,
        as_today: today.into(),
        allocated: then.into(),
    }
}

fn print(report: &Report<'_>, request: &Request, output: &Output) {
    if output.format() == Format::Json {
        Output::json(report);
        return;
    }
    output.say(&format!("{}: new places a year from {}.", report.training, request.from));
    output.say(&format!(
        "Shortage of {} in {}, scenario {}.",
        report.counted.join(", ").to_lowercase(),
        request.year,
        request.scenario
    ));
    let head =
        ["Place", "", "Shortage FTE", "Places now", "Capacity", "Providers", "New places", "FTE met", "Share met"];
    let mut rows = Rows::new(&head, Some(2));
    let share = |met: f64, shortage: f64| if shortage > 0.0 { percent(met) } else { "none short".to_owned() };
    for line in &report.places {
        rows.push(vec![
            line.place.to_owned(),
            line.name.to_owned(),
            thousands(line.shortage_fte),
            thousands(line.current_places),
            thousands(line.capacity_places),
            line.providers.map_or_else(|| "not known".to_owned(), |count| count.to_string()),
            line.new_places.to_string(),
            thousands(line.met_fte),
            share(line.met_share, line.shortage_fte),
        ]);
    }
    let sum = |of: fn(&Line<'_>) -> f64| thousands(report.places.iter().map(of).sum::<f64>());
    rows.push_strong(vec![
        "All".to_owned(),
        String::new(),
        sum(|line| line.shortage_fte),
        sum(|line| line.current_places),
        sum(|line| line.capacity_places),
        String::new(),
        report.places.iter().map(|line| line.new_places).sum::<u64>().to_string(),
        sum(|line| line.met_fte),
        percent(report.allocated.met_share),
    ]);
    output.rows(&rows);
    if output.format() != Format::Table {
        return;
    }
    let mut rows = Rows::new(&["The new places", "FTE met", "Least share met", "Gini"], Some(1));
    for (name, spread) in [("spread as places are now", &report.as_today), ("as allocated", &report.allocated)] {
        rows.push(vec![
            name.to_owned(),
            thousands(spread.met_fte),
            percent(spread.worst_share),
            format!("{:.3}", spread.gini),
        ]);
    }
    output.rows(&rows);
    if report.not_placed > 0 {
        output.say(&format!(
            "{} places are left: each system has all that its shortage asks for, or is full, or has too few for a cohort. See geography.toml.",
            report.not_placed
        ));
    }
}
