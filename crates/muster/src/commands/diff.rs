//! `muster diff`: posts, people and pounds by year, and what was changed in the inputs.

use muster_run::{Run, RunError, ScenarioRun, YearDifference, difference, gbp, signed};

use crate::commands::{load, split};
use crate::output::{Format, Output, Rows};

/// Compare two runs, plans or scenarios: posts, people and pounds by year, and what was changed in the inputs.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A run's or plan's folder; PLAN@SCENARIO for one scenario.
    a: String,
    /// Another, or the same at another scenario.
    b: String,
    /// How many professions and changes of inputs to list.
    #[arg(long, default_value_t = 40)]
    limit: usize,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let (path_a, scenario_a) = split(&args.a);
    let (path_b, scenario_b) = split(&args.b);
    let run_a = load(&path_a, scenario_a.as_deref(), output)?;
    let run_b = load(&path_b, scenario_b.as_deref(), output)?;
    let (a, b) = (chosen(&run_a, scenario_a.as_deref())?, chosen(&run_b, scenario_b.as_deref())?);
    if run_a.places != run_b.places || run_a.request.monthly != run_b.request.monthly {
        let text =
            "the two are of different places or steps, so their difference would say nothing: run both in the same way";
        return Err(RunError::Request(text.to_owned()));
    }
    let difference = difference((&run_a, a), (&run_b, b));
    if output.format() == Format::Json {
        Output::json(&difference);
        return Ok(true);
    }
    output.say(&format!("{} ({}) less {} ({}), all staff", args.b, difference.b, args.a, difference.a));
    let years: Vec<_> = difference.years.iter().map(|d| (d.year.to_string(), *d)).collect();
    output.rows(&table("Year", &years));
    if let Some(last) = difference.years.last() {
        output.say(&format!("\nBy staff group in {}", last.year));
        output.rows(&table("Staff group", &difference.groups));
        let professions = &difference.professions[..difference.professions.len().min(args.limit)];
        output.say(&format!("\nBy profession in {}, the largest change of the gap first", last.year));
        output.rows(&table("Profession", professions));
    }
    if difference.inputs.is_empty() {
        output.say("\nThe inputs are the same.");
        return Ok(true);
    }
    output.say(&format!("\nWhat was changed in the inputs ({})", difference.inputs.len()));
    let mut rows = Rows::new(&["Input", "A", "B"], None);
    for change in difference.inputs.iter().take(args.limit) {
        let or_none = |text: &String| if text.is_empty() { "–".to_owned() } else { text.clone() };
        rows.push(vec![change.what.clone(), or_none(&change.a), or_none(&change.b)]);
    }
    output.rows(&rows);
    if difference.inputs.len() > args.limit {
        output.say(&format!(
            "… and {} more: --limit {}",
            difference.inputs.len() - args.limit,
            difference.inputs.len()
        ));
    }
    Ok(true)
}

fn chosen<'r>(run: &'r Run, scenario: Option<&str>) -> Result<&'r ScenarioRun, RunError> {
    let Some(id) = scenario else { return Ok(run.main_scenario()) };
    run.scenario(id).ok_or_else(|| {
        let known: Vec<&str> = run.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        RunError::Request(format!("the run has no scenario `{id}`; it has {}", known.join(", ")))
    })
}

fn table(first: &str, rows: &[(String, YearDifference)]) -> Rows {
    let mut table = Rows::new(&[first, "Demand FTE", "Supply FTE", "People", "Gap FTE", "Pay bill"], Some(1));
    for (name, d) in rows {
        let numbers =
            [signed(d.demand_fte), signed(d.supply_fte), signed(d.headcount), signed(d.gap_fte), gbp(d.pay_bill_gbp)];
        table.push(std::iter::once(name.clone()).chain(numbers).collect());
    }
    table
}
