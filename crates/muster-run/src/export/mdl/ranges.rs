//! The subscripts of the model: who, where, how old and when, with names that nothing else has.

use super::ending;
use super::writer::Writer;
use crate::export::world::{Axis, World};

/// Names that depend on how long grades and programmes last, which no profession or place may have either.
pub(super) fn kept(world: &World<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for stages in world.grades() {
        let name = trainees(stages);
        names.extend([grade(stages), stage_range(stages), finishing(stages)]);
        names.extend([format!("{name} before birthdays"), format!("{name} at close"), name]);
    }
    for length in world.lengths() {
        let name = students(length);
        names.extend([lasting(length), study_range(length), entry_ages(length), completion_ages(length)]);
        names.extend([oldest_entry(length), never(length)]);
        names.extend([format!("{name} next year"), format!("{name} at the start"), name]);
    }
    names
}

/// Those who complete a training grade and make no move.
pub(super) fn finishing(stages: usize) -> String {
    format!("finishing without a move {stages}")
}

pub(super) fn write(writer: &mut Writer<'_>) {
    let world = writer.world;
    writer.group("Subscripts", &["Who, where, how old and when.".to_owned()]);
    let years: Vec<String> = (0..=world.years()).map(|year| format!("FY{}", ending(writer, year))).collect();
    // The names of ages and years come first, so that no profession can take them.
    let ages: Vec<String> = (16..=75).map(|age| writer.names.unique(&format!("Age{age}"))).collect();
    let citizens: Vec<String> = (0..=90).map(|age| writer.names.unique(&format!("Citizen{age}"))).collect();
    years.iter().for_each(|year| {
        writer.names.unique(year);
    });
    let titles: Vec<&str> = (0..world.len(Axis::Profession)).map(|i| world.profession_title(i)).collect();
    let professions: Vec<String> = titles.iter().map(|title| writer.names.unique(title)).collect();
    let settings: Vec<String> = world.settings.iter().map(|setting| writer.names.unique(setting.title())).collect();
    let areas: Vec<String> = (0..world.len(Axis::Area)).map(|i| writer.names.unique(&world.area_title(i))).collect();

    writer.axis(Axis::Profession, "profession", professions.clone(), "Professions, in the order of Muster's reports.");
    let of_stages = |stages: usize| -> Vec<String> {
        (0..professions.len()).filter(|i| world.stages(*i) == stages).map(|i| professions[i].clone()).collect()
    };
    let ordinary = of_stages(1);
    if !ordinary.is_empty() {
        writer.range("ordinary profession", &ordinary, "Professions that are not training grades.");
    }
    for stages in world.grades() {
        let about = format!("Training grades that last {stages} years.");
        writer.range(&grade(stages), &of_stages(stages), &about);
        let list: Vec<String> = (1..=stages).map(|at| writer.names.unique(&stage(at, stages))).collect();
        writer.range(&stage_range(stages), &list, &format!("The years of a training grade of {stages} years."));
    }
    if writer.shown(Axis::Setting) {
        writer.axis(
            Axis::Setting,
            "setting",
            settings,
            "Care settings. A profession that does not work in one has nobody there.",
        );
    } else {
        writer.name_axis(Axis::Setting, "setting", settings);
    }
    if writer.shown(Axis::Area) {
        writer.axis(Axis::Area, "area", areas, "Places.");
    } else {
        writer.name_axis(Axis::Area, "area", areas);
    }
    let (first, last) = (ages[0].clone(), ages[ages.len() - 1].clone());
    writer.numbered("age", (&first, &last), None, "Ages of staff in completed years; the last is 75 and over.");
    writer.numbered(
        "younger",
        (&first, &ages[57]),
        Some("older"),
        "Ages 16 to 73, matched with the ages a year later.",
    );
    writer.numbered(
        "older",
        (&ages[1], &ages[58]),
        Some("younger"),
        "Ages 17 to 74, matched with the ages a year before.",
    );
    writer.numbered("age 55 and over", (&ages[55 - 16], &last), None, "Ages at which many can draw a pension.");
    writer.name_axis(Axis::Age, "age", ages);
    writer.numbered(
        "citizen age",
        (&citizens[0], &citizens[90]),
        None,
        "Ages of the population; the last is 90 and over.",
    );
    writer.name_axis(Axis::CitizenAge, "citizen age", citizens);
    let about =
        format!("Financial years by the calendar year in which they end: {} is {}.", years[0], world.resolved.years[0]);
    writer.numbered("year", (&years[0], &years[years.len() - 1]), None, &about);
    writer.numbered("later year", (&years[1], &years[years.len() - 1]), None, "The years after the baseline.");
    writer.name_axis(Axis::LaterYear, "later year", years[1..].to_vec());
    writer.name_axis(Axis::Year, "year", years);
    route_range(writer);
    programme_ranges(writer);
}

fn route_range(writer: &mut Writer<'_>) {
    let world = writer.world;
    if world.routes.is_empty() {
        return;
    }
    let taxonomy = &world.plan.shelf.taxonomy;
    let several = writer.shown(Axis::Setting);
    let mut names = Vec::new();
    for route in &world.routes {
        let movement = &taxonomy.moves[route.movement];
        let end = |profession: usize, setting: Option<usize>| match setting.filter(|_| several) {
            Some(setting) => {
                format!("{} {}", taxonomy.professions[profession].title, world.settings[setting].id().replace('_', " "))
            }
            None => taxonomy.professions[profession].title.clone(),
        };
        let name = format!(
            "{} to {}",
            end(movement.from, Some(route.from.1)),
            end(movement.to, route.to.map(|(_, setting)| setting))
        );
        names.push(writer.names.unique(&name));
    }
    let posts = |i: &usize| world.routes[*i].how == muster_engine::How::Posts;
    let by_posts: Vec<String> = (0..names.len()).filter(posts).map(|i| names[i].clone()).collect();
    let about = "Moves from a profession and setting to another. Some take a share of those who could move, or of those who complete a \
                 training grade; the others fill a number of posts.";
    writer.axis(Axis::Route, "move", names, about);
    if !by_posts.is_empty() {
        writer.range("move by posts", &by_posts, "Moves that fill a number of posts.");
    }
}

fn programme_ranges(writer: &mut Writer<'_>) {
    let world = writer.world;
    if world.programmes.is_empty() {
        return;
    }
    let programmes = &world.plan.shelf.taxonomy.programmes;
    let names: Vec<String> = world.programmes.iter().map(|i| writer.names.unique(&programmes[*i].title)).collect();
    writer.axis(Axis::Programme, "programme", names.clone(), "Training programmes.");
    for length in world.lengths() {
        let list: Vec<String> = world.programmes_of(length).into_iter().map(|i| names[i].clone()).collect();
        let about = format!("Programmes that take {}.", years_in_words(length));
        writer.axis(Axis::ProgrammeOf(length), &lasting(length), list, &about);
        let list: Vec<String> = (1..=length).map(|at| writer.names.unique(&study(at, length))).collect();
        let about = format!("Years of study of programmes that take {}.", years_in_words(length));
        writer.axis(Axis::StudyYear(length), &study_range(length), list, &about);
        let ages = |i: usize| writer.element(Axis::Age, i).to_owned();
        let (first, before, entered, last) = (ages(0), ages(58 - length), ages(length), ages(58));
        let (oldest, end) = (ages(59 - length), ages(59));
        let (at_entry, at_completion) = (entry_ages(length), completion_ages(length));
        writer.numbered(
            &at_entry,
            (&first, &before),
            Some(&at_completion),
            "Ages at entry, matched with ages at completion.",
        );
        writer.numbered(
            &at_completion,
            (&entered, &last),
            Some(&at_entry),
            "Ages at completion, matched with ages at entry.",
        );
        writer.numbered(
            &oldest_entry(length),
            (&oldest, &end),
            None,
            "Ages at entry of those who are 75 or over when they complete.",
        );
        writer.numbered(
            &never(length),
            (&first, &ages_before(writer, length)),
            None,
            "Ages at which nobody can have completed.",
        );
    }
}

fn ages_before(writer: &Writer<'_>, length: usize) -> String {
    writer.element(Axis::Age, length - 1).to_owned()
}

fn years_in_words(count: usize) -> String {
    if count == 1 { "one year".to_owned() } else { format!("{count} years") }
}

pub(super) fn grade(stages: usize) -> String {
    format!("grade of {stages} years")
}

pub(super) fn stage_range(stages: usize) -> String {
    format!("year of grade of {stages}")
}

pub(super) fn stage(at: usize, stages: usize) -> String {
    format!("Grade year {at} of {stages}")
}

pub(super) fn trainees(stages: usize) -> String {
    format!("Trainees of {stages} years")
}

pub(super) fn lasting(length: usize) -> String {
    format!("programme of {length} years")
}

pub(super) fn study_range(length: usize) -> String {
    format!("study year of {length}")
}

pub(super) fn study(at: usize, length: usize) -> String {
    format!("Study year {at} of {length}")
}

pub(super) fn students(length: usize) -> String {
    format!("Students of {length} years")
}

pub(super) fn entry_ages(length: usize) -> String {
    format!("age {length} years before")
}

pub(super) fn completion_ages(length: usize) -> String {
    format!("age {length} years after")
}

pub(super) fn oldest_entry(length: usize) -> String {
    format!("oldest ages {length} years before")
}

pub(super) fn never(length: usize) -> String {
    format!("ages under {} after {length} years", 16 + length)
}
