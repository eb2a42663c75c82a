//! People: who is there at the baseline, their rates by age and year, and their moves.

use muster_core::STAFF_AGES;
use muster_engine::{CellYear, How, ProfileId};

use super::{Sheet, Value};
use crate::export::world::{Axis, World};

/// Every sheet about people in post.
pub(super) fn all(world: &World<'_>) -> Vec<Sheet> {
    vec![
        opening(world),
        profiles(world, "Leaver rate", |rates| rates.leaver, false),
        profiles(world, "FTE per person", |rates| rates.participation, true),
        profiles(world, "Ages of joiners", |rates| rates.joiner_ages, false),
        cells(world),
        moves(world),
    ]
}

/// The cells in order: profession, setting and place, by position.
pub(super) fn each_cell(world: &World<'_>) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for area in 0..world.len(Axis::Area) {
        for profession in 0..world.len(Axis::Profession) {
            let settings =
                (0..world.len(Axis::Setting)).filter(|setting| world.cell(profession, *setting, area).is_some());
            found.extend(settings.map(|setting| (profession, setting, area)));
        }
    }
    found
}

/// Place, profession and setting as a row begins.
pub(super) fn who(world: &World<'_>, cell: (usize, usize, usize)) -> Vec<Value> {
    let (profession, setting, area) = cell;
    vec![place(world, area), profession_id(world, profession), world.settings[setting].id().into()]
}

pub(super) fn place(world: &World<'_>, area: usize) -> Value {
    world.resolved.places[area].as_str().into()
}

fn profession_id(world: &World<'_>, profession: usize) -> Value {
    world.plan.shelf.taxonomy.professions[world.selection.professions[profession]].id.as_str().into()
}

fn opening(world: &World<'_>) -> Sheet {
    let mut sheet = Sheet::new("Opening people", &["Place", "Profession", "Setting", "Stage", "Age", "People"]);
    for cell in each_cell(world) {
        let Some(inputs) = world.cell(cell.0, cell.1, cell.2) else { continue };
        for (stage, people) in inputs.opening.iter().enumerate() {
            for (age, people) in STAFF_AGES.ages().zip(people) {
                let mut row = who(world, cell);
                row.extend([Value::Number(stage as f64 + 1.0), f64::from(age).into(), (*people).into()]);
                sheet.rows.push(row);
            }
        }
    }
    sheet
}

/// A rate by age and year. The resolver gives a profession the same one in each of its settings, so the first stands for all.
fn profiles(world: &World<'_>, name: &str, of: fn(&CellYear) -> ProfileId, at_baseline: bool) -> Sheet {
    let mut sheet = Sheet::by_year(name, &["Place", "Profession", "Age"], world);
    let table = &world.resolved.inputs.profiles;
    for area in 0..world.len(Axis::Area) {
        for profession in 0..world.len(Axis::Profession) {
            let first = (0..world.len(Axis::Setting)).find_map(|setting| world.cell(profession, setting, area));
            let Some(cell) = first else { continue };
            let baseline = at_baseline.then(|| table.get(cell.opening_participation));
            for (i, age) in STAFF_AGES.ages().enumerate() {
                let mut row = vec![place(world, area), profession_id(world, profession), f64::from(age).into()];
                row.push(baseline.map_or(Value::Nothing, |profile| profile[i].into()));
                row.extend(cell.years.iter().map(|rates| Value::Number(table.get(of(rates))[i])));
                sheet.rows.push(row);
            }
        }
    }
    sheet
}

/// What a cell has besides ages: a row for each rate, with a column for each year.
fn cells(world: &World<'_>) -> Sheet {
    /// A rate, its unit, how to read it, and whether it holds at the baseline too.
    type Rate = (&'static str, &'static str, fn(&CellYear) -> f64, bool);
    const RATES: [Rate; 6] = [
        ("returner_rate", "joiners per opening head, per year", |rates| rates.returner_rate, false),
        ("wider_market_rate", "joiners per opening head, per year", |rates| rates.wider_market_rate, false),
        ("international_headcount", "people per year", |rates| rates.international_headcount, false),
        ("skill_mix", "multiplier", |rates| rates.skill_mix, true),
        ("temporary_fill", "share of gap", |rates| rates.temporary_fill, true),
        ("earnings_gbp", "GBP per FTE per year", |rates| rates.earnings_gbp, true),
    ];
    let mut sheet = Sheet::by_year("Cells", &["Place", "Profession", "Setting", "Measure", "Unit"], world);
    for at in each_cell(world) {
        let Some(cell) = world.cell(at.0, at.1, at.2) else { continue };
        let mut row = who(world, at);
        row.extend(["demand_fte".into(), "FTE".into(), cell.demand_base_fte.into()]);
        row.resize(sheet.head.len(), Value::Nothing);
        sheet.rows.push(row);
        for (measure, unit, of, at_baseline) in RATES {
            let mut row = who(world, at);
            row.extend([measure.into(), unit.into()]);
            row.push(if at_baseline { of(&cell.baseline).into() } else { Value::Nothing });
            row.extend(cell.years.iter().map(|rates| Value::Number(of(rates))));
            sheet.rows.push(row);
        }
    }
    sheet
}

fn moves(world: &World<'_>) -> Sheet {
    let head = ["Place", "Move", "From profession", "From setting", "To profession", "To setting", "How", "Unit"];
    let mut sheet = Sheet::by_year("Moves", &head, world);
    let taxonomy = &world.plan.shelf.taxonomy;
    for area in 0..world.len(Axis::Area) {
        for (i, route) in world.routes.iter().enumerate() {
            let movement = &taxonomy.moves[route.movement];
            let transfer = world.transfer(i, area);
            let setting = |cell: usize| world.resolved.inputs.cells[cell].setting.id();
            let (how, unit) = match route.how {
                How::Rate => ("rate", "share of those who could move, per year"),
                How::Completion => ("completion", "share of those who complete"),
                How::Posts => ("posts", "people per year"),
            };
            let mut row = vec![
                place(world, area),
                movement.id.as_str().into(),
                taxonomy.professions[movement.from].id.as_str().into(),
                setting(transfer.from).into(),
                taxonomy.professions[movement.to].id.as_str().into(),
                setting(transfer.to).into(),
                how.into(),
                unit.into(),
                Value::Nothing,
            ];
            row.extend(transfer.amount.iter().map(|amount| Value::Number(*amount)));
            sheet.rows.push(row);
        }
    }
    sheet
}
