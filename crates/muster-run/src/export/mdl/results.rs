//! What is worked out beside the stocks: headcount, FTE, demand, the gap, temporary staffing and pay.

use super::inputs::Given;
use super::ranges::{finishing, grade, lasting, students, study_range};
use super::writer::{About, Sub, Writer};
use crate::export::world::Axis;

const CELL: [Sub<'_>; 3] = [(Axis::Profession, "profession"), (Axis::Setting, "setting"), (Axis::Area, "area")];
const CARE: [Sub<'_>; 2] = [(Axis::Setting, "setting"), (Axis::Area, "area")];
const PLACE: [Sub<'_>; 1] = [(Axis::Area, "area")];

pub(crate) fn write(writer: &mut Writer<'_>, given: &Given) {
    supply(writer, given);
    demand(writer, given);
    cost(writer, given);
    totals(writer, given);
}

fn with_ages(ages: &str) -> [Sub<'_>; 4] {
    [CELL[0], CELL[1], CELL[2], (Axis::Age, ages)]
}

fn supply(writer: &mut Writer<'_>, given: &Given) {
    writer.group("Supply", &["People in post at the close, and what they work.".to_owned()]);
    let in_post = |writer: &Writer<'_>, ages: &str| writer.at("people in post", &with_ages(ages));
    let left = writer.at("headcount", &CELL);
    let right = format!("SUM({})", in_post(writer, "age!"));
    writer.equation(&left, &right, About { units: "people", text: "People in post." });
    let left = writer.at("headcount 55 and over", &CELL);
    let right = format!("SUM({})", in_post(writer, "age 55 and over!"));
    writer.equation(&left, &right, About { units: "people", text: "Of those, aged 55 and over." });
    let left = writer.at("FTE", &CELL);
    let right = format!("SUM({} * {})", in_post(writer, "age!"), given.participation.at(writer, &with_ages("age!")));
    writer.equation(
        &left,
        &right,
        About { units: "FTE", text: "Supply: what people in post work, in full-time equivalents." },
    );
    if let Some(training) = &given.training {
        let list: Vec<(String, String)> = training
            .students_at_start
            .iter()
            .map(|(length, _)| {
                let (name, programme, years) =
                    (students(*length), lasting(*length), format!("{}!", study_range(*length)));
                let course = [(Axis::Programme, programme.as_str()), PLACE[0]];
                let all = writer.at(&name, &[(Axis::StudyYear(*length), &years), course[0], PLACE[0]]);
                (writer.at("students in training", &course), format!("SUM({all})"))
            })
            .collect();
        writer.equations(&list, About { units: "people", text: "Students in training at the close." });
    }
}

fn demand(writer: &mut Writer<'_>, given: &Given) {
    let words = "Demand is that of the baseline, times activity and skill mix, divided by productivity. Activity is population by age times \
                 use of care by age, as an index of the baseline, times growth that age does not explain, times shift between settings.";
    writer.group("Demand and the gap", &[words.to_owned()]);
    let drivers = &given.drivers;
    let citizens = (Axis::CitizenAge, "citizen age!");
    let left = writer.at("need", &CARE);
    let right = format!(
        "SUM({} * {})",
        drivers.population.at(writer, &[CARE[1], citizens]),
        drivers.use_of_care.at(writer, &[CARE[0], CARE[1], citizens])
    );
    writer.equation(&left, &right, About { units: "care", text: "Care that the population needs, by its ages alone." });
    let left = writer.at("need at the start", &CARE);
    let right = format!("INITIAL({})", writer.at("need", &CARE));
    writer.equation(&left, &right, About { units: "care", text: "The same at the baseline." });
    let growth = writer.at("growth beyond age", &CARE);
    let ratio = format!(
        "(1 + {}) / (1 + {})",
        drivers.other_growth.at(writer, &CARE),
        drivers.productivity_growth.at(writer, &CARE)
    );
    let about = "Growth that age does not explain, less growth of productivity, since the baseline.";
    let right = format!("INTEG(({growth} * {ratio} - {growth}) / one year, 1)");
    writer.equation(&growth, &right, About { units: "Dmnl", text: about });
    let (need, start) = (writer.at("need", &CARE), writer.at("need at the start", &CARE));
    let left = writer.at("demand index", &CARE);
    let right = format!(
        "IF THEN ELSE({start} > 0, {need} / {start}, 1) * {growth} * {}",
        drivers.setting_shift.at(writer, &CARE)
    );
    writer.equation(
        &left,
        &right,
        About { units: "Dmnl", text: "Demand as a multiple of the baseline, before skill mix." },
    );
    let left = writer.at("demand", &CELL);
    let right = format!(
        "{} * {} * {}",
        given.demand_at_start.at(writer, &CELL),
        writer.at("demand index", &CARE),
        given.skill_mix.at(writer, &CELL)
    );
    writer.equation(&left, &right, About { units: "FTE", text: "Staff needed." });
    let left = writer.at("gap", &CELL);
    let right = format!("{} - {}", writer.at("demand", &CELL), writer.at("FTE", &CELL));
    let about = "Demand less supply; below nought where there are more staff than needed.";
    writer.equation(&left, &right, About { units: "FTE", text: about });
    let left = writer.at("shortfall", &CELL);
    let right = format!("MAX(0, {})", writer.at("gap", &CELL));
    writer.equation(&left, &right, About { units: "FTE", text: "The gap where there are too few." });
}

fn cost(writer: &mut Writer<'_>, given: &Given) {
    let words =
        "Bank and agency staff cover a share of each shortfall, at the cost of permanent staff times a premium.";
    writer.group("Temporary staffing and pay", &[words.to_owned()]);
    let money = &given.money;
    let left = writer.at("temporary FTE", &CELL);
    let right = format!("{} * {}", given.temporary_fill.at(writer, &CELL), writer.at("shortfall", &CELL));
    writer.equation(&left, &right, About { units: "FTE", text: "Bank and agency staff." });
    let index = writer.at("real pay index", &PLACE);
    let growth = money.real_pay_growth.at(writer, &PLACE);
    let right = format!("INTEG(({index} * (1 + {growth}) - {index}) / one year, 1)");
    writer.equation(&index, &right, About { units: "Dmnl", text: "Growth of pay beyond prices since the baseline." });
    let left = writer.at("cost of an FTE", &CELL);
    let right = format!("{} * {} * {index}", given.earnings.at(writer, &CELL), money.on_cost.at(writer, &PLACE));
    writer.equation(
        &left,
        &right,
        About { units: "GBP/FTE", text: "Employer's cost of a full-time member of staff for a year." },
    );
    let left = writer.at("pay bill", &CELL);
    let right = format!("{} * {}", writer.at("FTE", &CELL), writer.at("cost of an FTE", &CELL));
    writer.equation(&left, &right, About { units: "GBP", text: "Employer's cost of permanent staff in the year." });
    let left = writer.at("temporary pay bill", &CELL);
    let right = format!(
        "{} * {} * {}",
        writer.at("temporary FTE", &CELL),
        writer.at("cost of an FTE", &CELL),
        money.temporary_premium.at(writer, &PLACE)
    );
    writer.equation(&left, &right, About { units: "GBP", text: "Cost of bank and agency staff in the year." });
}

fn totals(writer: &mut Writer<'_>, given: &Given) {
    writer.group("Totals", &["Of everyone in this model.".to_owned()]);
    let all: [Sub<'_>; 3] = [(Axis::Profession, "profession!"), (Axis::Setting, "setting!"), (Axis::Area, "area!")];
    for (total, part, units) in [
        ("total headcount", "headcount", "people"),
        ("total FTE", "FTE", "FTE"),
        ("total demand", "demand", "FTE"),
        ("total gap", "gap", "FTE"),
        ("total shortfall", "shortfall", "FTE"),
        ("total temporary FTE", "temporary FTE", "FTE"),
        ("total pay bill", "pay bill", "GBP"),
        ("total temporary pay bill", "temporary pay bill", "GBP"),
    ] {
        let right = format!("SUM({})", writer.at(part, &all));
        writer.equation(total, &right, About { units, text: &format!("All of {part}.") });
    }
    let mut leavers = vec![format!("SUM({})", writer.at("leavers", &everyone("profession!")))];
    for stages in writer.world.grades() {
        let grade = format!("{}!", grade(stages));
        let name = if given.move_amount.is_some() { finishing(stages) } else { "could move".to_owned() };
        leavers.push(format!("SUM({})", writer.at(&name, &everyone(&grade))));
    }
    let about = "People who leave the NHS in the coming year.";
    writer.equation("total leavers", &leavers.join(" + "), About { units: "people", text: about });
    let mut joiners = format!("SUM({})", writer.at("other joiners", &all));
    if given.training.is_some() {
        joiners.push_str(&format!(" + SUM({})", writer.at("newly qualified", &everyone("profession!"))));
    }
    let about = "People who join the NHS in the coming year.";
    writer.equation("total joiners", &joiners, About { units: "people", text: about });
}

/// All settings, places and ages of a range of professions.
fn everyone(professions: &str) -> [Sub<'_>; 4] {
    [(Axis::Profession, professions), (Axis::Setting, "setting!"), (Axis::Area, "area!"), (Axis::Age, "age!")]
}
