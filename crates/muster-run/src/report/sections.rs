//! The sections of the report, in the order a reader meets them.

use std::collections::BTreeSet;

use muster_book::{Figure, FigureMeasure, PLAN, Role};
use muster_core::{Fte, PlaceCode, PlaceKind, Setting};

use super::chart::{self, Series};
use super::{Block, Section, Stat, Table};
use crate::bridge::bridge;
use crate::figure::answer;
use crate::number::{gbp, percent, signed, thousands};
use crate::run::{Run, RunError, ScenarioRun};
use crate::summary::{Line, Row, lines, summary};
use crate::verdict::{Outcome, Verdict};

fn section(id: &'static str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id, title: title.to_owned(), blocks }
}

/// "without the plan", in the middle of a sentence.
pub(super) fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

pub(super) fn year_names(run: &Run) -> Vec<String> {
    run.years().iter().map(ToString::to_string).collect()
}

/// Too few or too many, in words.
fn short_of(gap_fte: Fte) -> String {
    if gap_fte >= Fte(0.0) {
        format!("{} too few", thousands(gap_fte))
    } else {
        format!("{} more than needed", thousands(-gap_fte))
    }
}

fn totals(scenario: &ScenarioRun) -> Vec<Line> {
    lines(scenario, &|_| true)
}

pub(super) fn in_short(run: &Run) -> Result<Section, RunError> {
    let (first, last) = (run.plan.from, run.plan.to);
    let end = run.years().len() - 1;
    let base = totals(&run.scenarios[0])[0];
    let mut stats = vec![Stat {
        label: format!("Gap in {first}"),
        value: thousands(base.gap_fte),
        note: format!("{} needed, {} in post (FTE)", thousands(base.demand_fte), thousands(base.supply_fte)),
    }];
    let mut sentences = vec![format!(
        "In {first} the NHS in {} had {} full-time equivalent staff and needed {}: {}.",
        run.place_title(),
        thousands(base.supply_fte),
        thousands(base.demand_fte),
        short_of(base.gap_fte)
    )];
    for scenario in &run.scenarios {
        let line = totals(scenario)[end];
        stats.push(Stat {
            label: format!("Gap in {last}, {}", lower(&scenario.title)),
            value: thousands(line.gap_fte),
            note: format!("{} needed, {} in post (FTE)", thousands(line.demand_fte), thousands(line.supply_fte)),
        });
        sentences.push(format!(
            "{}, it would need {} in {last} and have {}: {}, where {} were missing at the start.",
            scenario.title,
            thousands(line.demand_fte),
            thousands(line.supply_fte),
            short_of(line.gap_fte),
            thousands(base.gap_fte)
        ));
    }
    let asked = |verdict: &&Verdict| verdict.role == Role::Prediction && verdict.outcome != Outcome::NotAsked;
    let predictions: Vec<&Verdict> = run.verdicts.iter().filter(asked).collect();
    let met = predictions.iter().filter(|verdict| verdict.outcome == Outcome::Met).count();
    if !predictions.is_empty() {
        sentences.push(format!(
            "Of {} published outcomes that nothing was fitted to, the model agrees with {met} and misses {}; each is listed below with its reason.",
            predictions.len(),
            predictions.iter().filter(|verdict| verdict.outcome == Outcome::Missed).count()
        ));
    }
    if let Some(swing) = run.swings.first() {
        sentences.push(format!(
            "The result rests most on one assumption, {}: within its range the gap in {last} runs from {} to {}.",
            swing.assumption,
            thousands(swing.gap_at_low_fte.min(swing.gap_at_high_fte)),
            thousands(swing.gap_at_low_fte.max(swing.gap_at_high_fte))
        ));
    }
    let mut blocks = vec![Block::Stats(stats)];
    blocks.extend(sentences.into_iter().map(Block::Text));
    blocks.push(Block::Table(headline(run)?));
    Ok(section("in-short", "In short", blocks))
}

/// The figures that a board asks for first, at the start, on the way and at the end.
fn headline(run: &Run) -> Result<Table, RunError> {
    let years = run.years();
    let end = years.len() - 1;
    let shown: BTreeSet<usize> = [0, end.div_ceil(3), (2 * end).div_ceil(3), end].into_iter().collect();
    let mut head = vec!["All staff".to_owned()];
    head.extend(shown.iter().map(|i| years[*i].to_string()));
    let mut table = Table::numbers("All staff: demand, supply, gap and what goes with them", head);
    for scenario in &run.scenarios {
        let mut title = vec![scenario.title.clone()];
        title.resize(shown.len() + 1, String::new());
        table.push("group", title);
        for (name, measure) in [
            ("Demand, FTE", FigureMeasure::DemandFte),
            ("Supply, FTE", FigureMeasure::SupplyFte),
            ("Gap, FTE", FigureMeasure::GapFte),
            ("Shortfalls alone, FTE", FigureMeasure::ShortfallFte),
            ("Supply, people", FigureMeasure::SupplyHeadcount),
            ("Temporary staff, share of FTE", FigureMeasure::TemporaryShare),
            ("Leaver rate", FigureMeasure::LeaverRate),
            ("International share of joiners", FigureMeasure::InternationalShare),
            ("Pay bill", FigureMeasure::PayBillGbp),
        ] {
            let mut cells = vec![name.to_owned()];
            for i in &shown {
                if *i == 0 && measure.of_flow() {
                    cells.push("–".to_owned());
                    continue;
                }
                let value = answer(run, scenario, &Figure::of(measure, years[*i]))?;
                cells.push(match measure {
                    _ if measure.is_share() => percent(value),
                    FigureMeasure::PayBillGbp => gbp(value),
                    _ => thousands(value),
                });
            }
            table.push(if measure == FigureMeasure::GapFte { "total" } else { "" }, cells);
        }
    }
    Ok(table)
}

pub(super) fn gap(run: &Run) -> Result<Section, RunError> {
    let main = totals(run.main_scenario());
    let mut series =
        vec![Series { name: "Demand".to_owned(), values: main.iter().map(|line| line.demand_fte.into()).collect() }];
    for scenario in &run.scenarios {
        let values = totals(scenario).iter().map(|line| line.supply_fte.into()).collect();
        series.push(Series { name: format!("Supply {}", lower(&scenario.title)), values });
    }
    let years = year_names(run);
    let chart = chart::lines("gap-chart", "Demand and supply, all staff", &years, &series, "full-time equivalents")?;
    let mut head = vec!["Year".to_owned(), "Demand".to_owned()];
    head.extend(
        run.scenarios.iter().flat_map(|s| [format!("Supply {}", lower(&s.title)), format!("Gap {}", lower(&s.title))]),
    );
    let mut table = Table::numbers("Demand, supply and gap by year, FTE", head);
    let by_scenario: Vec<Vec<Line>> = run.scenarios.iter().map(totals).collect();
    for (i, year) in years.iter().enumerate() {
        let mut cells = vec![year.clone(), thousands(main[i].demand_fte)];
        cells
            .extend(by_scenario.iter().flat_map(|lines| [thousands(lines[i].supply_fte), thousands(lines[i].gap_fte)]));
        table.push("", cells);
    }
    let note = "The gap is demand less supply. Demand is that of the last scenario; actions that change who does what change it a little. \
                Surpluses of some professions are set against shortfalls of others here; the shortfalls alone are in the table above.";
    Ok(section(
        "gap",
        "Demand, supply and gap",
        vec![Block::Chart(chart), Block::Text(note.to_owned()), Block::Folded(table)],
    ))
}

pub(super) fn staff_groups(run: &Run) -> Result<Section, RunError> {
    let table = summary(run);
    let end = table.years.len() - 1;
    let names: Vec<String> = run.scenarios.iter().map(|scenario| lower(&scenario.title)).collect();
    let groups: Vec<_> = table.rows.iter().filter(|row| matches!(row.row, Row::Group(_))).collect();
    let rows: Vec<(String, Vec<f64>)> = groups
        .iter()
        .map(|row| (row.title.clone(), row.lines.iter().map(|lines| lines[end].gap_fte.into()).collect()))
        .collect();
    let title = format!("Gap by staff group in {}", run.plan.to);
    let chart = chart::bars("group-chart", &title, &names, &rows, "full-time equivalents")?;
    let mut out = Table::numbers(
        format!("Supply, demand and gap by staff group, {} and {}, FTE", run.plan.from, run.plan.to),
        profession_head(run),
    );
    for row in table.rows.iter().filter(|row| !matches!(row.row, Row::Profession(_))) {
        out.push(if row.row == Row::All { "total" } else { "" }, profession_cells(&row.title, &row.lines));
    }
    Ok(section("staff-groups", "By staff group", vec![Block::Chart(chart), Block::Table(out)]))
}

fn profession_head(run: &Run) -> Vec<String> {
    let (first, last) = (run.plan.from, run.plan.to);
    let mut head =
        vec!["Staff".to_owned(), format!("Supply {first}"), format!("Demand {first}"), format!("Gap {first}")];
    for scenario in &run.scenarios {
        let with = lower(&scenario.title);
        head.extend([
            format!("Supply {last}, {with}"),
            format!("Demand {last}, {with}"),
            format!("Gap {last}, {with}"),
        ]);
    }
    head
}

fn profession_cells(title: &str, by_scenario: &[Vec<Line>]) -> Vec<String> {
    let three = |line: &Line| [line.supply_fte, line.demand_fte, line.gap_fte].map(thousands);
    let mut cells = vec![title.to_owned()];
    cells.extend(three(&by_scenario[0][0]));
    for lines in by_scenario {
        cells.extend(three(&lines[lines.len() - 1]));
    }
    cells
}

pub(super) fn professions(run: &Run) -> Section {
    let table = summary(run);
    let caption = format!(
        "Supply, demand and gap of every profession, {} and {}, FTE. Every year is in summary.csv.",
        run.plan.from, run.plan.to
    );
    let mut out = Table::numbers(caption, profession_head(run));
    for row in &table.rows {
        let class = match row.row {
            Row::All => "total",
            Row::Group(_) => "group",
            Row::Profession(_) => "",
        };
        out.push(class, profession_cells(&row.title, &row.lines));
    }
    section("professions", "Every profession", vec![Block::Folded(out)])
}

pub(super) fn settings(run: &Run) -> Section {
    let years = run.years();
    let end = years.len() - 1;
    let mut head = vec!["Setting".to_owned(), format!("Demand {}", run.plan.from)];
    for scenario in &run.scenarios {
        let with = lower(&scenario.title);
        head.extend([
            format!("Demand {}, {with}", run.plan.to),
            "a year".to_owned(),
            format!("Gap {}, {with}", run.plan.to),
        ]);
    }
    let mut table = Table::numbers("Demand by care setting, FTE, with its growth a year", head);
    for setting in Setting::ALL {
        let by_scenario: Vec<Vec<Line>> =
            run.scenarios.iter().map(|scenario| lines(scenario, &|cell| cell.setting == setting)).collect();
        if by_scenario[0][0].demand_fte == Fte(0.0) {
            continue;
        }
        let mut cells = vec![setting.title().to_owned(), thousands(by_scenario[0][0].demand_fte)];
        for lines in &by_scenario {
            let growth = (lines[end].demand_fte / lines[0].demand_fte).powf(1.0 / end as f64) - 1.0;
            cells.extend([thousands(lines[end].demand_fte), percent(growth), thousands(lines[end].gap_fte)]);
        }
        table.push("", cells);
    }
    section("settings", "By care setting", vec![Block::Table(table)])
}

/// Systems under their regions, when the run tells places apart.
pub(super) fn places(run: &Run) -> Option<Section> {
    if run.places.len() < 2 {
        return None;
    }
    let tree = &run.plan.shelf.places;
    let mut head = vec!["Place".to_owned(), format!("Supply {}", run.plan.from), format!("Gap {}", run.plan.from)];
    for scenario in &run.scenarios {
        let with = lower(&scenario.title);
        head.extend([format!("Supply {}, {with}", run.plan.to), format!("Gap {}, {with}", run.plan.to)]);
    }
    let mut table = Table::numbers("Supply and gap by place, FTE. Regions are the sums of their systems.", head);
    let mut row = |class, name: &str, within: &PlaceCode| {
        let here: Vec<bool> = run.places.iter().map(|place| tree.is_within(place, within)).collect();
        let by_scenario: Vec<Vec<Line>> = run.scenarios.iter().map(|s| lines(s, &|cell| here[cell.place])).collect();
        let first = by_scenario[0][0];
        let mut cells = vec![name.to_owned(), thousands(first.supply_fte), thousands(first.gap_fte)];
        for lines in &by_scenario {
            let last = lines[lines.len() - 1];
            cells.extend([thousands(last.supply_fte), thousands(last.gap_fte)]);
        }
        table.push(class, cells);
    };
    let everywhere = format!("All {} places", run.places.len());
    row("total", &everywhere, &run.plan.place);
    for region in tree.of_kind(PlaceKind::Region) {
        let inside: Vec<&PlaceCode> = run.places.iter().filter(|place| tree.is_within(place, &region.code)).collect();
        if inside.is_empty() {
            continue;
        }
        row("group", &region.name, &region.code);
        for place in inside {
            row("", tree.get(place).map_or(place.as_str(), |place| &place.name), place);
        }
    }
    let note = "Unless a local book says otherwise, a system has England's rates and a share of England's staff, demand and training places: of hospital, \
                community and mental health staff by where they worked in March 2021, of ambulance and primary care by registered patients. It is a share-out, not a local forecast.";
    Some(section("places", "By place", vec![Block::Text(note.to_owned()), Block::Folded(table)]))
}

pub(super) fn bridges(run: &Run) -> Result<Section, RunError> {
    let main = run.main_scenario();
    let of_main = bridge(main, &|_| true);
    let steps: Vec<(String, f64)> = of_main.steps.iter().map(|(name, change)| ((*name).to_owned(), *change)).collect();
    let (first, last) = (format!("In post {}", run.plan.from), format!("In post {}", run.plan.to));
    let title = format!("From {} to {}, {}", run.plan.from, run.plan.to, lower(&main.title));
    let chart = chart::waterfall(
        "bridge-chart",
        (&title, "full-time equivalents"),
        (&first, of_main.opening_fte),
        &steps,
        (&last, of_main.closing_fte),
    )?;
    let mut head = vec!["Cause".to_owned()];
    head.extend(run.scenarios.iter().map(|scenario| scenario.title.clone()));
    let bridges: Vec<_> = run.scenarios.iter().map(|scenario| bridge(scenario, &|_| true)).collect();
    if bridges.len() == 2 {
        head.push("Difference".to_owned());
    }
    let mut table = Table::numbers("What took supply from the baseline to the horizon, FTE over all years", head);
    let mut push = |class, name: &str, values: Vec<f64>, write: fn(f64) -> String| {
        let mut cells = vec![name.to_owned()];
        cells.extend(values.iter().map(|value| write(*value)));
        if let [a, b] = values[..] {
            cells.push(signed(b - a));
        }
        table.push(class, cells);
    };
    push("total", &first, bridges.iter().map(|bridge| bridge.opening_fte).collect(), thousands);
    for i in 0..of_main.steps.len() {
        push("", of_main.steps[i].0, bridges.iter().map(|bridge| bridge.steps[i].1).collect(), signed);
    }
    push("total", &last, bridges.iter().map(|bridge| bridge.closing_fte).collect(), thousands);
    let note = "Every person who comes or goes is counted under one cause, and the causes add up to the change exactly. Moves between professions lose nobody: what is shown is the change of hours of those who move. Ageing and hours per head is what is left: those who stay grow older and work fewer hours, while those who join are young and work more.";
    Ok(section(
        "bridge",
        "From the baseline to the horizon, by cause",
        vec![Block::Text(note.to_owned()), Block::Chart(chart), Block::Table(table)],
    ))
}

pub(super) fn training(run: &Run) -> Result<Section, RunError> {
    let taxonomy = &run.plan.shelf.taxonomy;
    if taxonomy.programmes.is_empty() {
        return Ok(section("training", "Training pipeline", Vec::new()));
    }
    let years = run.years();
    let names: Vec<String> = years[1..].iter().map(ToString::to_string).collect();
    let by_year = |scenario: &ScenarioRun, what: fn(&muster_engine::ProgrammeYear) -> f64| -> Vec<f64> {
        (1..years.len())
            .map(|y| scenario.projection.programmes.iter().map(|programme| what(&programme[y])).sum())
            .collect()
    };
    let mut series = Vec::new();
    for scenario in run.scenarios.iter().rev() {
        series.push(Series {
            name: format!("Starters {}", lower(&scenario.title)),
            values: by_year(scenario, |year| year.intake),
        });
    }
    for scenario in run.scenarios.iter().rev() {
        series.push(Series {
            name: format!("Joining the NHS {}", lower(&scenario.title)),
            values: by_year(scenario, |year| year.joined),
        });
    }
    let chart = chart::lines(
        "training-chart",
        "People starting training and joining the NHS from it",
        &names,
        &series,
        "people a year",
    )?;
    let mut head = vec!["Programme".to_owned(), "Years".to_owned()];
    let end = years.len() - 1;
    for scenario in &run.scenarios {
        let with = lower(&scenario.title);
        head.extend([
            format!("Starters {}, {with}", years[1]),
            format!("Starters {}, {with}", years[end.min(10)]),
            format!("Joining {}, {with}", years[end]),
        ]);
    }
    let mut table = Table::numbers("Training programmes, people a year", head);
    for (p, programme) in taxonomy.programmes.iter().enumerate() {
        let mut cells = vec![programme.title.clone(), programme.length_years.to_string()];
        for scenario in &run.scenarios {
            let sum = |year: usize, what: fn(&muster_engine::ProgrammeYear) -> f64| -> f64 {
                let inputs = scenario.resolved.inputs.programmes.iter().zip(&scenario.projection.programmes);
                inputs.filter(|(input, _)| input.programme == p).map(|(_, result)| what(&result[year])).sum()
            };
            cells.extend([
                thousands(sum(1, |year| year.intake)),
                thousands(sum(end.min(10), |year| year.intake)),
                thousands(sum(end, |year| year.joined)),
            ]);
        }
        table.push("", cells);
    }
    let note = "A place added now is a qualified person only after the course, less those who give up and those who work elsewhere. \
                Doctors then train on for five to nine years, in posts that are counted in the workforce.";
    Ok(section(
        "training",
        "Training pipeline",
        vec![Block::Text(note.to_owned()), Block::Chart(chart), Block::Folded(table)],
    ))
}

pub(super) fn pay_bill(run: &Run) -> Result<Section, RunError> {
    let prices = run.plan.price_year;
    let prices = prices.map_or_else(|| "the book's prices".to_owned(), |year| format!("{year} prices"));
    let years = year_names(run);
    let by_scenario: Vec<Vec<Line>> = run.scenarios.iter().map(totals).collect();
    let mut series = vec![Series {
        name: format!("Permanent staff {}", lower(&run.main_scenario().title)),
        values: totals(run.main_scenario()).iter().map(|line| line.pay_gbp / 1e6).collect(),
    }];
    for (scenario, lines) in run.scenarios.iter().zip(&by_scenario) {
        series.push(Series {
            name: format!("Permanent and temporary {}", lower(&scenario.title)),
            values: lines.iter().map(|line| (line.pay_gbp + line.temporary_gbp) / 1e6).collect(),
        });
    }
    let chart = chart::lines(
        "pay-bill-chart",
        "Pay bill",
        &years,
        &series,
        &format!("£ million a year, {prices}, with employer's costs"),
    )?;
    let mut head = vec!["Year".to_owned()];
    for scenario in &run.scenarios {
        let with = lower(&scenario.title);
        head.extend([format!("Permanent, {with}"), format!("Temporary, {with}"), format!("Temporary FTE, {with}")]);
    }
    let mut table = Table::numbers(format!("Pay bill by year, {prices}"), head);
    for (i, year) in years.iter().enumerate() {
        let mut cells = vec![year.clone()];
        for lines in &by_scenario {
            cells.extend([gbp(lines[i].pay_gbp), gbp(lines[i].temporary_gbp), thousands(lines[i].temporary_fte)]);
        }
        table.push("", cells);
    }
    let blocks = vec![
        Block::Text(format!(
            "In {prices}, with employer's costs. Bank and agency staff cover a stated share of each shortfall and cost more than permanent staff."
        )),
        Block::Chart(chart),
        Block::Folded(table),
    ];
    Ok(section("pay-bill", "Pay bill and temporary staffing", blocks))
}

/// How many assumptions the chart shows.
const TOP: usize = 10;

pub(super) fn sensitivity(run: &Run) -> Result<Option<Section>, RunError> {
    let Some(first) = run.swings.first() else { return Ok(None) };
    let top = &run.swings[..TOP.min(run.swings.len())];
    let rows: Vec<(String, f64, f64)> =
        top.iter().map(|swing| (plain_name(&swing.assumption), swing.gap_at_low_fte, swing.gap_at_high_fte)).collect();
    let title = format!(
        "The gap in {} when one assumption moves from low to high, {}",
        run.plan.to,
        lower(&run.main_scenario().title)
    );
    let chart = chart::tornado("tornado-chart", &title, first.gap_fte, &rows)?;
    let mut table = Table::words(
        format!("The {} assumptions that matter most, and what they rest on", top.len()),
        &["Assumption", "Value (low to high)", "Gap at low", "Gap at high", "Kind", "Source"],
    );
    for swing in top {
        table.push(
            "",
            vec![
                plain_name(&swing.assumption),
                swing.range.clone(),
                thousands(swing.gap_at_low_fte),
                thousands(swing.gap_at_high_fte),
                swing.kind.to_string(),
                format!("{} ({})", source_title(run, &swing.source), swing.written_at),
            ],
        );
    }
    let note = format!(
        "Each of {} uncertain assumptions was moved by itself to the low and the high end of its range, the others staying put. Those that move together in life move further together than this shows; and where one was fitted while another was held (see what was calibrated), moving either alone overstates what it does.",
        run.swings.len()
    );
    Ok(Some(section(
        "sensitivity",
        "The assumptions that matter most",
        vec![Block::Text(note), Block::Chart(chart), Block::Table(table)],
    )))
}

fn plain_name(assumption: &str) -> String {
    let mut letters = assumption.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn source_title(run: &Run, id: &str) -> String {
    run.plan.shelf.sources.get(id).map_or_else(|| id.to_owned(), |source| source.title.clone())
}

fn verdict_table(run: &Run, caption: &str, of: &dyn Fn(&Verdict) -> bool) -> Option<Table> {
    let mut table = Table::words(caption, &["Check", "Published", "This run", "Outcome", "Source", "Note"]);
    for verdict in run.verdicts.iter().filter(|verdict| of(verdict)) {
        let class = match verdict.outcome {
            Outcome::Met => "met",
            Outcome::Missed => "missed",
            Outcome::NotAsked => "",
        };
        let source = format!("{}. {}", source_title(run, &verdict.source), verdict.where_in_source);
        // The plan is what a reader expects; another scenario is named.
        let title = if verdict.scenario == PLAN {
            verdict.title.clone()
        } else {
            format!("{} ({})", verdict.title, verdict.scenario)
        };
        let cells =
            [title, verdict.expected.clone(), verdict.found.clone(), verdict.words(), source, verdict.note.clone()];
        table.push(class, cells.to_vec());
    }
    (!table.rows.is_empty()).then_some(table)
}

pub(super) fn checks(run: &Run) -> Section {
    let note = "A prediction was not used to fit anything, so agreeing with it means something. A figure used for calibration must agree: it shows only that the fitting was done.";
    let mut blocks = vec![Block::Text(note.to_owned())];
    for (caption, role) in [
        ("Predictions", Role::Prediction),
        ("Used for calibration", Role::Calibration),
        ("The plan's own inputs, to show that they arrived", Role::Input),
    ] {
        if let Some(table) = verdict_table(run, caption, &|verdict| verdict.role == role) {
            blocks.push(if role == Role::Prediction { Block::Table(table) } else { Block::Folded(table) });
        }
    }
    if blocks.len() == 1 {
        blocks.clear();
    }
    section("checks", "Held against the published record", blocks)
}

pub(super) fn targets(run: &Run) -> Section {
    let table =
        verdict_table(run, "What the plan promises, and what this run finds", &|verdict| verdict.role == Role::Target);
    section("targets", "Targets", table.map(Block::Folded).into_iter().collect())
}

pub(super) fn actions(run: &Run) -> Section {
    if run.plan.actions.is_empty() {
        return section("actions", "Actions", Vec::new());
    }
    // What became of actions, where anybody reported; what each adds, where draws were asked for.
    let shares = run.drivers.as_ref().and_then(|drivers| drivers.actions.as_ref());
    let with_status = !run.plan.progress.is_empty();
    let mut head = vec!["Action", "What", "Owner", "Level", "Due"];
    head.extend(with_status.then_some("Status, as last reported"));
    head.extend(shares.is_some().then_some("Its share of the gap, FTE"));
    let mut followed = Table::words("What the plan does, who owns it and by when", &head);
    let mut believed = Table::words(
        "What each action is taken to change, and why that is believed",
        &["Action", "What", "Modelled effect", "Evidence", "Source"],
    );
    for (i, action) in run.plan.actions.iter().enumerate() {
        let mut cells = vec![
            action.id.clone(),
            action.title.clone(),
            format!("{}: {}", action.owner.organisation, action.owner.role),
            action.level.title().to_owned(),
            action.due.to_string(),
        ];
        let reported = || {
            let latest = run.plan.reported(i, None);
            latest.map_or_else(|| "No report".to_owned(), |latest| format!("{}, {}", latest.status, latest.on))
        };
        cells.extend(with_status.then(reported));
        cells.extend(shares.map(|shares| {
            let own = shares.actions.iter().find(|share| share.action == action.id);
            own.map_or_else(String::new, |own| signed(own.gap_fte.share.value))
        }));
        followed.push("", cells);
        let effects: BTreeSet<&str> = action.effects.iter().map(|effect| effect.measure.id()).collect();
        let effect = match &action.untracked_effect {
            Some(why) => format!("None modelled. {why}"),
            None => effects.into_iter().collect::<Vec<_>>().join(", ").replace('_', " "),
        };
        let source = format!("{}. {}", source_title(run, &action.source), action.where_in_source);
        believed.push("", vec![action.id.clone(), action.title.clone(), effect, action.evidence.clone(), source]);
    }
    section("actions", "Actions", vec![Block::Folded(followed), Block::Folded(believed)])
}

pub(super) fn calibration(run: &Run) -> Section {
    let mut table = Table::words(
        "Every assumption that was fitted, and to what",
        &["Assumption", "Fitted to", "How", "Source", "File"],
    );
    for calibrated in run.plan.shelf.books.iter().flat_map(|book| &book.calibrated) {
        table.push(
            "",
            vec![
                calibrated.assumption.clone(),
                calibrated.to.clone(),
                calibrated.method.clone(),
                format!("{}. {}", source_title(run, &calibrated.source), calibrated.where_in_source),
                calibrated.file.clone(),
            ],
        );
    }
    let note = "No other assumption was solved for so that a result agrees with a published outcome. Judgements that were made with one in view say so in their reason.";
    let blocks =
        if table.rows.is_empty() { Vec::new() } else { vec![Block::Text(note.to_owned()), Block::Folded(table)] };
    section("calibration", "What was calibrated", blocks)
}

/// What a reader should know before believing the rest.
pub(super) fn cautions(run: &Run) -> Section {
    let said = run.plan.cautions.iter().chain(&run.plan.repairs);
    let mut blocks: Vec<Block> = said.cloned().map(Block::Text).collect();
    if run.request.monthly {
        let text = "This run steps by months. Whoever joins in April can then leave before March, which a yearly step does not see, so that supply is lower and gaps are wider than by years; rates were fitted for yearly steps.";
        blocks.push(Block::Text(text.to_owned()));
    }
    for scenario in &run.scenarios {
        let mut by_move: Vec<(String, f64, usize)> = Vec::new();
        for unfilled in &scenario.projection.unfilled {
            let transfer = &scenario.resolved.inputs.transfers[unfilled.transfer];
            let (from, to) = (
                scenario.resolved.inputs.cells[transfer.from].profession,
                scenario.resolved.inputs.cells[transfer.to].profession,
            );
            let professions = &run.plan.shelf.taxonomy.professions;
            let name = format!("{} to {}", professions[from].title, professions[to].title);
            match by_move.iter_mut().find(|(known, ..)| *known == name) {
                Some(entry) => {
                    entry.1 += unfilled.headcount;
                    entry.2 = entry.2.min(unfilled.year);
                }
                None => by_move.push((name, unfilled.headcount, unfilled.year)),
            }
        }
        for (name, headcount, first) in by_move {
            let year = run.years()[first];
            blocks.push(Block::Text(format!(
                "{}: from {year}, {} posts in all stay empty on the way from {name}, because there are not enough people who could take them.",
                scenario.title,
                thousands(headcount)
            )));
        }
    }
    let overrides = run.plan.overrides_in_words();
    if !overrides.is_empty() {
        let mut table = Table::words("Values that stand in for others", &["Value", "Instead of", "Book", "Written at"]);
        for over in overrides {
            table.push("", vec![over.what, over.instead_of, over.book, over.written_at]);
        }
        blocks.push(Block::Table(table));
    }
    let (mut judged, mut all) = (0_u32, 0_u32);
    for entry in run.plan.shelf.series().flat_map(|series| &series.entries) {
        all += 1;
        judged += u32::from(entry.passport.kind == muster_book::Kind::Judgement);
    }
    blocks.push(Block::Text(format!(
        "Of {} stated values, {} are judgements with a reason and a range. The results are central values: the section on the assumptions that matter most says how far single ones move them.",
        thousands(f64::from(all)),
        thousands(f64::from(judged))
    )));
    section("cautions", "Before you rely on this", blocks)
}

pub(super) fn sources(run: &Run) -> Section {
    let shelf = &run.plan.shelf;
    let mut cited: BTreeSet<&str> =
        shelf.series().flat_map(|series| &series.entries).map(|entry| entry.passport.source.as_str()).collect();
    for action in &run.plan.actions {
        cited.insert(&action.source);
        cited.extend(action.effects.iter().map(|effect| effect.passport.source.as_str()));
    }
    cited.extend(
        run.plan.scenarios.iter().flat_map(|scenario| &scenario.changes).map(|change| change.passport.source.as_str()),
    );
    cited.extend(run.verdicts.iter().map(|verdict| verdict.source.as_str()));
    cited.extend(shelf.books.iter().flat_map(|book| &book.calibrated).map(|calibrated| calibrated.source.as_str()));
    let mut table = Table::words(
        "Every source of a number in this run. Grade A: the publisher's own text or data was seen; B: a report that quotes it; C: a weaker report; D: derived; J: judgement.",
        &["Source", "Publisher", "Published", "Grade", "Terms", "What was read"],
    );
    for source in cited.into_iter().filter_map(|id| shelf.sources.get(id)) {
        table.push(
            "",
            vec![
                source.title.clone(),
                source.publisher.clone(),
                source.published.map(|day| day.to_string()).unwrap_or_default(),
                format!("{:?}", source.grade),
                source.licence.clone(),
                source.about.clone(),
            ],
        );
    }
    section("sources", "Sources", vec![Block::Folded(table)])
}
