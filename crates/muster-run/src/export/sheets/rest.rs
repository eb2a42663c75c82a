//! Training, demand and money, and what the engine makes of it all.

use muster_core::{CITIZEN_AGES, STAFF_AGES, Setting};
use muster_engine::{Drivers, Projection, YearResult};

use super::people::{each_cell, place, who};
use super::{Sheet, Value};
use crate::export::world::{Axis, World};

/// Every sheet about training, demand and money.
pub(super) fn all(world: &World<'_>) -> Vec<Sheet> {
    let mut sheets = training(world);
    sheets.extend([drivers(world), population(world), use_of_care(world), money(world)]);
    sheets
}

fn training(world: &World<'_>) -> Vec<Sheet> {
    let mut students = Sheet::new("Students", &["Place", "Programme", "Year of study", "Students at the baseline"]);
    let mut programmes = Sheet::by_year("Programmes", &["Place", "Programme", "Measure", "Unit"], world);
    let mut ages = Sheet::new("Ages of starters", &["Place", "Programme", "Age", "Share of starters"]);
    let mut placing =
        Sheet::new("Placing", &["Place", "Programme", "Profession", "Setting", "Share of those who join"]);
    let taxonomy = &world.plan.shelf.taxonomy;
    for area in 0..world.len(Axis::Area) {
        for (i, programme) in world.programmes.iter().enumerate() {
            let course = world.course(i, area);
            let details = &taxonomy.programmes[*programme];
            let begin = || vec![place(world, area), details.id.as_str().into()];
            for (year, people) in course.students.iter().enumerate() {
                students.rows.push([begin(), vec![Value::Number(year as f64 + 1.0), (*people).into()]].concat());
            }
            for (measure, unit, series) in [
                ("training_intake", "people per year", &course.intake),
                ("withdrawal", "chance per year", &course.withdrawal),
                ("training_join_share", "share of those who complete", &course.join_share),
            ] {
                let values = series.iter().map(|value| Value::Number(*value)).collect();
                programmes.rows.push([begin(), vec![measure.into(), unit.into(), Value::Nothing], values].concat());
            }
            let shares = world.resolved.inputs.profiles.get(course.entry_ages);
            for (age, share) in STAFF_AGES.ages().zip(shares) {
                ages.rows.push([begin(), vec![f64::from(age).into(), (*share).into()]].concat());
            }
            for (cell, share) in &course.fills {
                let setting = world.resolved.inputs.cells[*cell].setting.id();
                let profession = taxonomy.professions[details.fills].id.as_str();
                placing.rows.push([begin(), vec![profession.into(), setting.into(), (*share).into()]].concat());
            }
        }
    }
    vec![students, programmes, ages, placing]
}

fn drivers(world: &World<'_>) -> Sheet {
    /// What changes demand in a setting, for the baseline and later, or later alone.
    type Driver = (&'static str, &'static str, fn(&Drivers) -> &Vec<[f64; Setting::ALL.len()]>);
    const DRIVERS: [Driver; 3] = [
        ("other_growth", "growth per year", |drivers| &drivers.other_growth),
        ("productivity_growth", "growth per year", |drivers| &drivers.productivity_growth),
        ("setting_shift", "multiplier", |drivers| &drivers.setting_shift),
    ];
    let mut sheet = Sheet::by_year("Demand drivers", &["Place", "Setting", "Measure", "Unit"], world);
    for area in 0..world.len(Axis::Area) {
        for setting in &world.settings {
            for (measure, unit, of) in DRIVERS {
                let series = of(&world.resolved.inputs.places[area].drivers);
                let mut row = vec![place(world, area), setting.id().into(), measure.into(), unit.into()];
                if series.len() == world.years() {
                    row.push(Value::Nothing);
                }
                row.extend(series.iter().map(|values| Value::Number(values[setting.index()])));
                sheet.rows.push(row);
            }
        }
    }
    sheet
}

fn population(world: &World<'_>) -> Sheet {
    let mut sheet = Sheet::by_year("Population", &["Place", "Age"], world);
    for area in 0..world.len(Axis::Area) {
        let population = &world.resolved.inputs.places[area].drivers.population;
        for (i, age) in CITIZEN_AGES.ages().enumerate() {
            let mut row = vec![place(world, area), f64::from(age).into()];
            row.extend(population.iter().map(|people| Value::Number(people[i])));
            sheet.rows.push(row);
        }
    }
    sheet
}

fn use_of_care(world: &World<'_>) -> Sheet {
    let mut sheet = Sheet::new("Use of care", &["Place", "Setting", "Age", "Relative use per person"]);
    for area in 0..world.len(Axis::Area) {
        for setting in &world.settings {
            let by_age = &world.resolved.inputs.places[area].drivers.use_by_age[setting.index()];
            for (age, relative) in CITIZEN_AGES.ages().zip(by_age) {
                let row = vec![place(world, area), setting.id().into(), f64::from(age).into(), (*relative).into()];
                sheet.rows.push(row);
            }
        }
    }
    sheet
}

fn money(world: &World<'_>) -> Sheet {
    let mut sheet = Sheet::by_year("Money", &["Place", "Measure", "Unit"], world);
    for area in 0..world.len(Axis::Area) {
        let money = &world.resolved.inputs.places[area].money;
        for (measure, unit, series) in [
            ("on_cost", "multiplier", &money.on_cost),
            ("real_pay_growth", "growth per year", &money.real_pay_growth),
            ("temporary_premium", "multiplier", &money.temporary_premium),
        ] {
            let mut row = vec![place(world, area), measure.into(), unit.into()];
            if series.len() == world.years() {
                row.push(Value::Nothing);
            }
            row.extend(series.iter().map(|value| Value::Number(*value)));
            sheet.rows.push(row);
        }
    }
    sheet
}

/// What the engine makes of the inputs, to be compared with what the reader makes of them.
pub(super) fn results(world: &World<'_>, projection: &Projection) -> Sheet {
    /// A result, its unit and how to read it.
    type Result = (&'static str, &'static str, fn(&YearResult) -> f64);
    const RESULTS: [Result; 7] = [
        ("headcount", "people", |year| year.headcount),
        ("supply_fte", "FTE", |year| year.fte),
        ("demand_fte", "FTE", |year| year.demand_fte),
        ("gap_fte", "FTE", |year| year.gap_fte),
        ("temporary_fte", "FTE", |year| year.temporary_fte),
        ("pay_gbp", "GBP", |year| year.pay_gbp),
        ("temporary_gbp", "GBP", |year| year.temporary_gbp),
    ];
    let mut sheet = Sheet::by_year("Results", &["Place", "Profession", "Setting", "Figure", "Unit"], world);
    for at in each_cell(world) {
        let Some(cell) = world.cell_index(at.0, at.1, at.2) else { continue };
        for (figure, unit, of) in RESULTS {
            let mut row = who(world, at);
            row.extend([figure.into(), unit.into()]);
            row.extend(projection.cells[cell].years.iter().map(|year| Value::Number(of(year))));
            sheet.rows.push(row);
        }
    }
    sheet
}
