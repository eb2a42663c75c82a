//! `muster money`: what a plan costs, by year and line, with its budget and what its actions cost.

use std::path::{Path, PathBuf};

use muster_run::money::{By, Item, Ledger, Line, Money, Sure};
use muster_run::uncertainty::Ask;
use muster_run::{Request, Run, RunError, gbp, signed, thousands};

use crate::commands::{DEFAULT_PLAN, load};
use crate::output::{Format, Output, Rows};

/// Count what a plan costs: pay by band, temporary staff, training, recruitment and actions, by year.
///
/// Examples: `muster money`, `muster money --by programme --scenario plan`, `muster money --place QJK --prices cash`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A plan's or run's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// A scenario; may be repeated. [default: counterfactual and plan]
    #[arg(long = "scenario", short, value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// A place by its code. [default: the plan's place as a whole]
    #[arg(long, value_name = "CODE")]
    place: Option<String>,
    /// Pounds of the books' price year, or of each year itself.
    #[arg(long, value_enum, default_value_t = Prices::Real)]
    prices: Prices,
    /// What to add up by.
    #[arg(long, value_enum, default_value_t = Asked::Line)]
    by: Asked,
    /// How many futures to draw for ranges, up to 512; 0 for none.
    #[arg(long, default_value_t = 256, value_name = "NUMBER")]
    draws: usize,
    /// What the random numbers start from; the same seed gives the same draws.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Prices {
    /// Of the books' price year.
    Real,
    /// Of each year itself, by the books' inflation.
    Cash,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Asked {
    /// What it is spent on.
    Line,
    /// Profession: pay, temporary staff and hiring.
    Profession,
    /// Pay band: permanent staff.
    Band,
    /// Training programme.
    Programme,
    /// Place.
    Place,
    /// Action: what each brings and costs.
    Action,
}

/// About this many years are shown on a terminal.
const SHOWN: usize = 5;

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let run = made(args, output)?;
    let ask = Ask { draws: Some(args.draws.max(2)), seed: args.seed, ..Ask::default() };
    let ask = (args.draws > 0 && !run.plan.uncertain().is_empty()).then_some(&ask);
    let of_run;
    let money = if run.uncertainty.is_some() {
        run.money()?
    } else {
        of_run = output.progress(|progress| {
            progress("counting the money");
            Money::of(&run, ask)
        })?;
        &of_run
    };
    if output.format() == Format::Json && args.prices == Prices::Real && args.by == Asked::Line && args.place.is_none()
    {
        Output::json(&money.in_words());
        return Ok(true);
    }
    let chosen: Vec<&Ledger> = chosen(args, money)?;
    let shown = |ledger: &Ledger| -> Result<Ledger, RunError> {
        let ledger = match place_index(args, &run)? {
            Some(place) => ledger.within(|at| at == place),
            None => ledger.clone(),
        };
        if args.prices == Prices::Cash { ledger.in_cash() } else { Ok(ledger) }
    };
    let ledgers = chosen.into_iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    if args.by == Asked::Action {
        actions(&run, money, output);
        return Ok(true);
    }
    for ledger in &ledgers {
        output.say(&format!("{}, {}, {}", ledger.title, run.place_title(), ledger.pounds_in_words()));
        output.rows(&table(args, &run, money, ledger, output.format() == Format::Table));
        if let Some(pounds) = ledger.affordability_gap().as_ref().and_then(|gap| gap.last()) {
            let last = run.plan.to;
            let words = if *pounds > 0.0 { "more than" } else { "less than" };
            output.say(&format!("In {last} it costs {} {words} the budget.", gbp(pounds.abs())));
        }
        for stated in &ledger.stated {
            let action = &run.plan.actions[stated.action];
            let total = gbp(stated.gbp.iter().sum());
            output.say(&format!("Stated and counted in another line: {} ({}), {total}.", action.title, action.id));
        }
        for lack in &ledger.lacks {
            output.say(&format!("Not counted: {lack}."));
        }
        output.say("");
    }
    if let Some(draws) = &money.draws {
        output.say(&format!(
            "Ranges hold four of five of {} futures, drawn with the prices; ± is their Monte Carlo error.",
            draws.draws
        ));
    }
    Ok(true)
}

/// The run to count: one that is there, or one made of a plan for the place and scenarios that are asked for.
fn made(args: &Args, output: &Output) -> Result<Run, RunError> {
    if args.plan.join("manifest.json").exists() {
        return load(Path::new(&args.plan), None, output);
    }
    let places = match (&args.place, args.by) {
        (Some(place), _) => vec![place.clone()],
        (None, Asked::Place) => vec!["systems".to_owned()],
        (None, _) => Vec::new(),
    };
    let request =
        Request { plan: args.plan.clone(), scenarios: args.scenarios.clone(), places, monthly: false, draws: None };
    output.progress(|progress| Run::make(request, progress))
}

/// Which place of a run that tells places apart is asked for.
fn place_index(args: &Args, run: &Run) -> Result<Option<usize>, RunError> {
    let Some(code) = args.place.as_ref().filter(|_| run.places.len() > 1) else { return Ok(None) };
    let tree = &run.plan.shelf.places;
    // A region of a plan was made as its systems, all of which are wanted.
    let region = code.parse().is_ok_and(|code| run.places.iter().all(|place| tree.is_within(place, &code)));
    if region {
        return Ok(None);
    }
    let found = run.places.iter().position(|place| place.as_str() == code);
    found.map(Some).ok_or_else(|| {
        RunError::Request(format!(
            "the run does not tell `{code}` apart: name a plan in its place, with --place {code}"
        ))
    })
}

fn chosen<'m>(args: &Args, money: &'m Money) -> Result<Vec<&'m Ledger>, RunError> {
    if args.scenarios.is_empty() {
        return Ok(money.ledgers.iter().collect());
    }
    let known: Vec<&str> = money.ledgers.iter().map(|ledger| ledger.scenario.as_str()).collect();
    let one = |id: &String| {
        let unknown = || RunError::Request(format!("the run has no scenario `{id}`; it has {}", known.join(", ")));
        money.ledger(id).ok_or_else(unknown)
    };
    args.scenarios.iter().map(one).collect()
}

/// Years along the top. On a terminal some of them, and the range of the last.
fn table(args: &Args, run: &Run, money: &Money, ledger: &Ledger, on_terminal: bool) -> Rows {
    let end = ledger.years.len() - 1;
    let years: Vec<usize> = if on_terminal {
        let mut some: Vec<usize> = (0..SHOWN).map(|n| n * end / (SHOWN - 1)).collect();
        some.dedup();
        some
    } else {
        (0..=end).collect()
    };
    let by = match args.by {
        Asked::Line | Asked::Action => By::Line,
        Asked::Profession => By::Profession,
        Asked::Band => By::Band,
        Asked::Programme => By::Programme,
        Asked::Place => By::Place,
    };
    let whole = place_index(args, run).ok().flatten().is_none();
    let ranged = by == By::Line && args.prices == Prices::Real && money.draws.is_some() && whole;
    let mut head = vec![if on_terminal { String::new() } else { "what".to_owned() }];
    head.extend(years.iter().map(|year| ledger.years[*year].to_string()));
    if ranged {
        head.push(format!("range {}", ledger.years[end]));
    }
    let mut rows = Rows::new(&head.iter().map(String::as_str).collect::<Vec<_>>(), Some(1));
    let write = |pounds: f64| if on_terminal { gbp(pounds) } else { format!("{pounds:.0}") };
    let row = |title: &str, by_year: &[f64], item: Option<Item>| {
        let mut cells = vec![title.to_owned()];
        cells.extend(years.iter().map(|year| write(by_year[*year])));
        if ranged {
            let sure = item.map(|item| money.sure(&ledger.scenario, item, end, by_year[end]));
            cells.push(sure.and_then(|sure| range(&sure)).unwrap_or_default());
        }
        cells
    };
    if by == By::Line {
        for (line, pounds) in ledger.by_line() {
            if pounds.iter().any(|pounds| *pounds != 0.0) {
                rows.push(row(line.title(), &pounds, Some(item_of(line))));
            }
        }
        rows.push_strong(row("All", &ledger.total(), Some(Item::Total)));
        if let (Some(budget), Some(gap)) = (&ledger.budget_gbp, ledger.affordability_gap()) {
            rows.push(row("Budget", budget, None));
            rows.push_strong(row("Beyond the budget", &gap, Some(Item::OverBudget)));
        }
        return rows;
    }
    let mut all = vec![0.0; ledger.years.len()];
    for (title, pounds) in ledger.by(run, by) {
        all.iter_mut().zip(&pounds).for_each(|(all, pounds)| *all += pounds);
        rows.push(row(&title, &pounds, None));
    }
    rows.push_strong(row("All", &all, None));
    rows
}

fn item_of(line: Line) -> Item {
    if line.of_actions() { Item::Actions } else { Item::Line(line) }
}

/// "£70.1bn to £95.2bn ± £0.4bn".
fn range(sure: &Sure) -> Option<String> {
    let ([low, high], error) = (sure.range_80?, sure.error?);
    Some(format!("{} to {} ± {}", gbp(low), gbp(high), gbp(error)))
}

fn actions(run: &Run, money: &Money, output: &Output) {
    output.say(&format!(
        "{}: each action against the plan without it, {} to {}, {} prices",
        run.main_scenario().title,
        run.plan.from,
        run.plan.to,
        money.ledgers[0].price_year
    ));
    let head = [
        "Action",
        "Extra FTE",
        "Training",
        "Recruitment",
        "Own cost",
        "Temporary staff",
        "Pay",
        "All",
        "Cost of each extra FTE",
    ];
    let mut rows = Rows::new(&head, Some(1));
    for action in &money.actions {
        let each = action.gbp_per_extra_fte.map_or("–".to_owned(), |pounds| format!("£{}", thousands(pounds)));
        rows.push(vec![
            format!("{} {}", action.id, action.title),
            signed(action.extra_fte),
            gbp(action.training_gbp),
            gbp(action.recruitment_gbp),
            action.own_in_words(),
            gbp(action.temporary_gbp),
            gbp(action.pay_gbp),
            gbp(action.total_gbp),
            each,
        ]);
    }
    output.rows(&rows);
    output
        .say("The last column is training, recruitment and own cost over all years for each FTE in post in the last.");
}
