//! A plan as a Vensim model: the same arithmetic, year by year, written so that a reader can follow it.
//!
//! Time is the calendar year in which a financial year ends, so the value at 2022 is the position at the close of 2021/22. The time
//! step is a year. Each stock's net flow is its new value less its old one, so that what the engine does in order (leave, move, train,
//! join, age, close) is the same in Vensim, step by step.
//!
//! What the readers of such files ask for, learnt by trying: one table has two axes at most and is written in one piece (Simlin reads
//! the first piece only); a stock without subscripts is among the others (PySD cannot otherwise tell stocks with as many elements on
//! their first axis apart); a range of ages is matched with the range a year older by a mapping, which all read.

mod inputs;
mod quantity;
mod ranges;
mod results;
mod steps;
mod training;
mod writer;

use self::inputs::Given;
use self::writer::{About, Writer};
use super::world::{Axis, World};

/// Names of the model's own variables and ranges, which no profession or place may have.
const KEPT: &[&str] = &[
    "profession",
    "ordinary profession",
    "setting",
    "area",
    "age",
    "older",
    "younger",
    "citizen age",
    "year",
    "later year",
    "move",
    "move by posts",
    "programme",
    "one year",
    "calendar year",
    "this year",
    "coming year",
    "Years since the start",
    "Staff",
    "people in post",
    "leavers",
    "could move",
    "could move in all",
    "asked for",
    "granted",
    "people at the start",
    "ages at the start",
    "leaver rate",
    "FTE per person",
    "ages of joiners",
    "returner rate",
    "wider labour market rate",
    "international recruits",
    "skill mix",
    "temporary fill",
    "earnings",
    "demand at the start",
    "move amount",
    "starters",
    "withdrawal rate",
    "join share",
    "ages of starters",
    "share placed",
    "population",
    "use of care",
    "other growth",
    "productivity growth",
    "setting shift",
    "on cost",
    "real pay growth",
    "temporary premium",
    "fraction moving",
    "people moving",
    "people making the move",
    "posts left empty",
    "fraction moving out",
    "moved out",
    "moved in",
    "completed",
    "withdrawn",
    "joining the NHS",
    "ages at completion",
    "newly qualified",
    "other joiners",
    "joiners by age",
    "arrivals",
    "finishing without a move",
    "before birthdays",
    "at close",
    "students in training",
    "headcount",
    "headcount 55 and over",
    "age 55 and over",
    "FTE",
    "need",
    "need at the start",
    "growth beyond age",
    "demand index",
    "demand",
    "gap",
    "shortfall",
    "temporary FTE",
    "real pay index",
    "cost of an FTE",
    "pay bill",
    "temporary pay bill",
    "total headcount",
    "total FTE",
    "total demand",
    "total gap",
    "total shortfall",
    "total temporary FTE",
    "total pay bill",
    "total temporary pay bill",
    "total leavers",
    "total joiners",
    "no move in",
    "no move out",
    "no graduates",
];

/// The model as text.
pub(crate) fn text(world: &World<'_>, notes: &[String]) -> String {
    let lasting = ranges::kept(world);
    let kept: Vec<&str> = KEPT.iter().copied().chain(lasting.iter().map(String::as_str)).collect();
    let mut writer = Writer::new(world, &kept);
    heading(&mut writer, notes);
    ranges::write(&mut writer);
    clock(&mut writer);
    let given = Given::write(&mut writer);
    steps::write(&mut writer, &given);
    results::write(&mut writer, &given);
    control(&mut writer);
    sources(&mut writer);
    writer.end();
    writer.into_text()
}

fn heading(writer: &mut Writer<'_>, notes: &[String]) {
    let world = writer.world;
    let areas: Vec<String> = (0..world.len(Axis::Area)).map(|area| world.area_title(area)).collect();
    let (first, last) = (world.plan.from, world.plan.to);
    let mut words = vec![
        format!("{}: scenario {} ({}).", world.plan.title, world.scenario.title, world.scenario.id),
        format!("{}, {first} to {last}.", areas.join(", ")),
        format!("Written by Muster {}. It is Muster's model with Muster's inputs, to be checked in other software.", env!("CARGO_PKG_VERSION")),
        format!("Time is the calendar year in which a financial year ends: at {} is the close of {first}, the baseline.", ending(writer, 0)),
        "Stocks and what is worked out from them are as at that close. Flows at a time are those of the year that follows, so at the last \
         time they are of no year."
            .to_owned(),
        "A year in order: people leave; they move between professions; students qualify; others join; everyone has a birthday; the year \
         closes. The groups below are in that order. Demand, the gap and cost are worked out beside it and change no flow."
            .to_owned(),
    ];
    words.extend(notes.iter().cloned());
    writer.group("About this model", &words);
}

/// The calendar year in which a year of the plan ends.
fn ending(writer: &Writer<'_>, year: usize) -> i32 {
    i32::from(writer.world.resolved.years[year].last_day().year())
}

fn clock(writer: &mut Writer<'_>) {
    writer.group("The clock", &["Which year of a table is meant.".to_owned()]);
    let years: Vec<f64> = (0..=writer.world.years()).map(|year| f64::from(ending(writer, year))).collect();
    writer.constants(
        "calendar year[year]",
        &[&years],
        About { units: "Year", text: "The calendar year in which the financial year ends." },
    );
    let about =
        About { units: "Dmnl", text: "1 for the year that closes at Time, else 0: picks its column out of a table." };
    writer.equation("this year[year]", "IF THEN ELSE(ABS(Time - calendar year[year]) < 0.5, 1, 0)", about);
    let about = About { units: "Dmnl", text: "1 for the year that begins at Time, else 0. Flows are of that year." };
    writer.equation(
        "coming year[later year]",
        "IF THEN ELSE(ABS(Time + one year - calendar year[later year]) < 0.5, 1, 0)",
        about,
    );
    writer.equation("one year", "1", About { units: "Year", text: "The time step: a flow is a change in a year." });
    let about = About { units: "Year", text: "How long it is since the baseline." };
    writer.equation("Years since the start", "INTEG(one year / one year, 0)", about);
}

fn control(writer: &mut Writer<'_>) {
    writer.group("Control", &["Simulation control parameters.".to_owned()]);
    let last = ending(writer, writer.world.years()).to_string();
    let first = ending(writer, 0).to_string();
    writer.equation("FINAL TIME", &last, About { units: "Year", text: "The close of the last year of the plan." });
    writer.equation("INITIAL TIME", &first, About { units: "Year", text: "The close of the baseline year." });
    writer.equation("SAVEPER", "TIME STEP", About { units: "Year", text: "Every year is kept." });
    writer.equation("TIME STEP", "1", About { units: "Year", text: "A year. The arithmetic holds for no other step." });
}

fn sources(writer: &mut Writer<'_>) {
    let world = writer.world;
    let mut ids: Vec<String> = muster_book::MEASURES.iter().flat_map(|spec| world.sources(spec.measure)).collect();
    ids.sort();
    ids.dedup();
    let describe = |id: &String| {
        let source = world.plan.shelf.sources.get(id)?;
        Some(format!("{id}: {}, {}.", source.title, source.publisher))
    };
    let words: Vec<String> = ids.iter().filter_map(describe).collect();
    writer.group("Sources", &words);
}
