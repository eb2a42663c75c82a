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
mod results;
mod steps;
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
    let mut writer = Writer::new(world, KEPT);
    heading(&mut writer, notes);
    ranges(&mut writer);
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

fn ranges(writer: &mut Writer<'_>) {
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

fn grade(stages: usize) -> String {
    format!("grade of {stages} years")
}

fn stage_range(stages: usize) -> String {
    format!("year of grade of {stages}")
}

fn stage(at: usize, stages: usize) -> String {
    format!("Grade year {at} of {stages}")
}

fn trainees(stages: usize) -> String {
    format!("Trainees of {stages} years")
}

fn lasting(length: usize) -> String {
    format!("programme of {length} years")
}

fn study_range(length: usize) -> String {
    format!("study year of {length}")
}

fn study(at: usize, length: usize) -> String {
    format!("Study year {at} of {length}")
}

fn students(length: usize) -> String {
    format!("Students of {length} years")
}

fn entry_ages(length: usize) -> String {
    format!("age {length} years before")
}

fn completion_ages(length: usize) -> String {
    format!("age {length} years after")
}

fn oldest_entry(length: usize) -> String {
    format!("oldest ages {length} years before")
}

fn never(length: usize) -> String {
    format!("ages under {} after {length} years", 16 + length)
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
