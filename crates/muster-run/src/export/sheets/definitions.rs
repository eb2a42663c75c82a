//! What the tables mean: how the arithmetic goes, and what each measure is, in what unit, from which sources.

use muster_book::MEASURES;

use super::{Sheet, Value};
use crate::export::world::{Axis, World};

/// The arithmetic of a year, in order, with the names of the sheets that each step reads.
const STEPS: [(&str, &str); 14] = [
    ("Open", "People by age are those of Opening people, or those at the last close."),
    ("1 leave", "Leavers = people x Leaver rate at their age. In a training grade, the same in each stage."),
    (
        "2 move",
        "Those who could move: everyone who is left; in a training grade, those left in its last stage. Of a cell, asked for = those who could move x \
         the sum of its rates and completions in Moves + the sum of its posts. If more are asked for than there are, each move gets (there / asked \
         for) of what it asked. A rate or completion takes its share of every age; posts take (posts / there) of every age.",
    ),
    (
        "2 move",
        "In a training grade those at the end of the last stage whom no move takes leave, and everyone else goes up a stage.",
    ),
    (
        "3 train",
        "Those who complete = students in the last year x (1 - withdrawal). Those who join = those who complete x join share. They divide between \
         settings by Placing, and between ages by Ages of starters moved up by the length of the programme (75 keeps everyone above).",
    ),
    ("3 train", "Then students go up a year x (1 - withdrawal), and the starters are in the first year."),
    (
        "4 join",
        "Others who join = (returner rate + wider market rate) x people at the last close + international recruits, by Ages of joiners. People who \
         join or move into a training grade enter its first stage.",
    ),
    ("5 age", "Everyone is a year older; those of 75 and over stay there."),
    (
        "6 close",
        "Headcount = people of all ages and stages. FTE = sum of people x FTE per person of the year that closes.",
    ),
    (
        "Demand",
        "Need = sum of Population x Use of care by age. Demand = demand at the start x (need / need at the baseline) x growth x shift x skill mix, \
         where growth = product of (1 + other growth) / (1 + productivity growth) to the year, and shift and skill mix are divided by those of the \
         baseline.",
    ),
    ("Gap", "Gap = demand - FTE. Temporary FTE = temporary fill x gap, or 0 where there is no gap."),
    ("Pay", "Cost of an FTE = earnings x on-cost x product of (1 + real pay growth) to the year."),
    ("Pay", "Pay bill = FTE x cost of an FTE. Temporary pay bill = temporary FTE x cost of an FTE x premium."),
    ("Results", "What Muster makes of it is in Results, to be compared."),
];

/// What the tables are of, and how the arithmetic goes.
pub(super) fn about(world: &World<'_>, notes: &[String]) -> Sheet {
    let mut sheet = Sheet::new("About", &["What", "Words"]);
    let mut push = |what: &str, words: String| sheet.rows.push(vec![what.into(), words.into()]);
    push("Plan", world.plan.title.clone());
    push("Scenario", format!("{} ({})", world.scenario.title, world.scenario.id));
    let places: Vec<String> = (0..world.len(Axis::Area)).map(|area| world.area_title(area)).collect();
    push("Places", places.join(", "));
    push("Years", format!("{} (the baseline) to {}", world.plan.from, world.plan.to));
    push("Written by", format!("Muster {}", env!("CARGO_PKG_VERSION")));
    push(
        "Values",
        "What the engine is given: looked up in the books, with every effect of the scenario applied.".to_owned(),
    );
    push(
        "Columns of years",
        "Stocks are at the close of a year, flows and rates are of the year. Empty at the baseline: there is no flow before it.".to_owned(),
    );
    push(
        "Settings",
        "Where a sheet names no setting, the rate is the same in each in which the profession works.".to_owned(),
    );
    for note in notes {
        push("Note", note.clone());
    }
    for (step, words) in STEPS {
        push(step, words.to_owned());
    }
    sheet
}

/// What each measure is.
pub(super) fn measures(world: &World<'_>) -> Sheet {
    let mut sheet = Sheet::new("Definitions", &["Measure", "Title", "Unit", "Definition", "Sources", "Changed by"]);
    for spec in MEASURES {
        let row: [Value; 6] = [
            spec.id.into(),
            spec.title.into(),
            spec.unit.into(),
            spec.about.into(),
            world.sources(spec.measure).join(" ").into(),
            world.changes(spec.measure).join(" ").into(),
        ];
        sheet.rows.push(row.to_vec());
    }
    sheet
}
