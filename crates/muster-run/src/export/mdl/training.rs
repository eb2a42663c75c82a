//! The step of training: students go up, withdraw and complete, and the newly qualified join.

use super::inputs::Training;
use super::ranges::{completion_ages, entry_ages, lasting, never, oldest_entry, students, study, study_range};
use super::steps::{AGE, AREA, SETTING, people};
use super::writer::{About, Sub, Writer};
use crate::export::world::Axis;

pub(super) fn write(writer: &mut Writer<'_>, training: &Training) {
    let words = "Students go up a year or withdraw; those at the end complete, and some of them join the NHS; a new intake starts.";
    writer.group("Step 3: train", &[words.to_owned()]);
    let (mut withdrawn, mut completed, mut ages) = (Vec::new(), Vec::new(), Vec::new());
    for (length, at_start) in &training.students_at_start {
        let length = *length;
        let (name, programme, range) = (students(length), lasting(length), study_range(length));
        let axis = Axis::StudyYear(length);
        let course: [Sub<'_>; 2] = [(Axis::Programme, &programme), AREA];
        let with = |year: &str| writer.at(&name, &[(axis, year), course[0], AREA]);
        let staying = format!("(1 - {})", training.withdrawal.at(writer, &course));
        let next = format!("{name} next year");
        let mut steps = Vec::new();
        for at in 1..=length {
            let here = study(at, length);
            let right = if at == 1 {
                training.starters.at(writer, &course)
            } else {
                format!("{} * {staying}", with(&study(at - 1, length)))
            };
            steps.push((writer.at(&next, &[(axis, &here), course[0], AREA]), right));
        }
        withdrawn.push((
            writer.at("withdrawn", &course),
            format!("SUM({}) * {}", with(&format!("{range}!")), training.withdrawal.at(writer, &course)),
        ));
        completed.push((writer.at("completed", &course), format!("{} * {staying}", with(&study(length, length)))));
        let age = |name: &str| writer.at("ages at completion", &[course[0], AREA, (Axis::Age, name)]);
        let entry = |name: &str| training.entry_ages.at(writer, &[course[0], AREA, (Axis::Age, name)]);
        let last = writer.element(Axis::Age, 59);
        ages.push((age(&never(length)), "0".to_owned()));
        ages.push((age(&completion_ages(length)), entry(&entry_ages(length))));
        ages.push((age(last), format!("SUM({})", entry(&format!("{}!", oldest_entry(length))))));
        let start = at_start.at(writer, &[(axis, &range), (Axis::ProgrammeOf(length), &programme), AREA]);
        let (stock, closing) = (with(&range), writer.at(&next, &[(axis, &range), course[0], AREA]));
        writer.equations(&steps, people("Those who stay go up a year; those who start are in the first."));
        writer.equation(
            &stock,
            &format!("INTEG(({closing} - {stock}) / one year, {start})"),
            people("Students by year of study."),
        );
    }
    writer.equations(&withdrawn, people("Students who give up in the year."));
    writer.equations(&completed, people("Students who complete in the year."));
    let text = "Ages at completion: those at entry and the length of the programme.";
    writer.equations(&ages, About { units: "Dmnl", text });
    let course = [(Axis::Programme, "programme"), AREA];
    let left = writer.at("joining the NHS", &course);
    let right = format!("{} * {}", writer.at("completed", &course), training.join_share.at(writer, &course));
    writer.equation(&left, &right, people("Of those who complete, people who join the NHS."));
    newly_qualified(writer, training);
}

fn newly_qualified(writer: &mut Writer<'_>, training: &Training) {
    let world = writer.world;
    let programmes = &world.plan.shelf.taxonomy.programmes;
    let mut list = Vec::new();
    let mut without = Vec::new();
    for profession in 0..world.len(Axis::Profession) {
        let name = writer.element(Axis::Profession, profession).to_owned();
        let fills = |i: &usize| programmes[world.programmes[*i]].fills == world.selection.professions[profession];
        let terms: Vec<String> = (0..world.programmes.len())
            .filter(fills)
            .map(|i| {
                let course = (Axis::Programme, writer.element(Axis::Programme, i));
                format!(
                    "{} * {} * {}",
                    writer.at("joining the NHS", &[course, AREA]),
                    training.share_placed.at(writer, &[course, SETTING, AREA]),
                    writer.at("ages at completion", &[course, AREA, AGE])
                )
            })
            .collect();
        if terms.is_empty() {
            without.push(name);
        } else {
            let left = writer.at("newly qualified", &[(Axis::Profession, &name), SETTING, AREA, AGE]);
            list.push((left, terms.join(" + ")));
        }
    }
    if !without.is_empty() {
        writer.range("no graduates", &without, "Professions that no programme trains.");
        let left = writer.at("newly qualified", &[(Axis::Profession, "no graduates"), SETTING, AREA, AGE]);
        list.push((left, "0".to_owned()));
    }
    writer.equations(&list, people("People who join from a programme, by setting and age."));
}
