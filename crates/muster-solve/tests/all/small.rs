//! A plan so small that its questions can be answered by hand.
//!
//! A thousand nurses, all of 30 to 34, each of full time; a tenth leave each year and nobody joins; a thousand are needed. After four years 1,000 × 0.9⁴ = 656.1
//! are left, so the gap is 343.9. Someone who joins in year y is worth 0.9^(4 − y) FTE in year 4. A course takes two years, nobody gives up, and 0.8 of
//! those who finish join: a starter of year 1 is worth 0.8 × 0.9 = 0.72 FTE, and one of year 2 is worth 0.8.

use std::path::Path;

use muster_book::{Measure, Plan, Question};
use muster_core::PlaceCode;
use muster_solve::lp::{Interior, Limits};
use muster_solve::{Answer, Draws, Search, World};
use tempfile::TempDir;

const SOURCE: &str = "kind = \"judgement\"\nsource = \"judgement\"\nwhere = \"here\"\nwhy = \"made up\"\n";

/// A file that states one measure; each entry is what it is for, the value, and how low and high it may be.
fn file(measure: Measure, entries: &[(&str, f64, [f64; 2])]) -> String {
    let spec = measure.spec();
    let price = if spec.money { "price_year = \"2021/22\"\n" } else { "" };
    let mut text = format!(
        "measure = \"{}\"\nabout = \"made up\"\nunit = \"{}\"\nchecked = 2026-01-31\n{price}",
        spec.id, spec.unit
    );
    for (of, value, [low, high]) in entries {
        let of = if of.is_empty() { String::new() } else { format!("for = {{ {of} }}\n") };
        text.push_str(&format!(
            "\n[[value]]\n{of}from = 2015-04-01\nvalue = {value:?}\nrange = [{low:?}, {high:?}]\n{SOURCE}"
        ));
    }
    text
}

/// The plan on disk, in a folder that goes away with it.
pub(crate) fn on_disk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "sources/judgement.toml",
        "title = \"A judgement\"\npublisher = \"A planner\"\nlicence = \"own work\"\ngrade = \"J\"\nabout = \"Made up.\"\n",
    );
    write("books/b/book.toml", "id = \"b\"\ntitle = \"A book\"\nplace = \"ENG\"\nbaseline = 2022-03-31\n");
    write(
        "books/b/places.csv",
        "code,name,kind,parent,from,to,successor,source\nENG,England,country,,,,,judgement\nY58,South West,region,ENG,,,,judgement\n\
         QJK,Devon,system,Y58,2020-04-01,,,judgement\nQOX,Bath,system,Y58,2020-04-01,,,judgement\n",
    );
    write(
        "books/b/professions.toml",
        "[[group]]\nid = \"nursing\"\ntitle = \"Nursing\"\n\n[[profession]]\nid = \"nurses\"\ntitle = \"Nurses\"\ngroup = \"nursing\"\nsettings = [\"acute\"]\n",
    );
    write(
        "books/b/programmes.toml",
        "[[programme]]\nid = \"course\"\ntitle = \"Nursing course\"\nfills = \"nurses\"\nlength_years = 2\n",
    );
    let is = |value: f64| [value, value];
    let one = |measure, of: &str, value: f64| (measure, vec![(of.to_owned(), value, is(value))]);
    let settings = |measure, value: f64| {
        let all =
            muster_core::Setting::ALL.map(|setting| (format!("setting = \"{}\"", setting.id()), value, is(value)));
        (measure, all.to_vec())
    };
    let nurses = "profession = \"nurses\"";
    let course = "programme = \"course\"";
    let place = |code: &str, share: f64| {
        muster_core::Setting::ALL
            .map(|setting| (format!("place = \"{code}\", setting = \"{}\"", setting.id()), share, is(share)))
    };
    let stated = [
        one(Measure::StockFte, nurses, 1000.0),
        one(Measure::SettingShare, "profession = \"nurses\", setting = \"acute\"", 1.0),
        one(Measure::AgeShare, "age = \"30-34\"", 1.0),
        one(Measure::Participation, "", 1.0),
        one(Measure::LeaverRate, "", 0.1),
        one(Measure::ReturnerRate, "", 0.0),
        one(Measure::WiderMarketRate, "", 0.0),
        one(Measure::InternationalHeadcount, nurses, 0.0),
        one(Measure::JoinerAgeShare, "age = \"30-34\"", 1.0),
        one(Measure::TrainingIntake, course, 0.0),
        one(Measure::CourseAttrition, course, 0.0),
        one(Measure::TrainingJoinShare, course, 0.8),
        one(Measure::EntryAgeShare, "programme = \"course\", age = \"20-24\"", 1.0),
        (Measure::DemandFte, vec![(nurses.to_owned(), 1000.0, [900.0, 1100.0])]),
        one(Measure::Population, "", 1000.0),
        settings(Measure::UseByAge, 1.0),
        settings(Measure::OtherGrowth, 0.0),
        settings(Measure::SettingShift, 1.0),
        one(Measure::ProductivityGrowth, "", 0.0),
        one(Measure::SkillMix, "", 1.0),
        one(Measure::TemporaryFill, "", 0.5),
        one(Measure::EarningsGbp, "", 40_000.0),
        one(Measure::OnCost, "", 1.25),
        one(Measure::RealPayGrowth, "", 0.0),
        one(Measure::TemporaryPremium, "", 1.2),
        (Measure::PlaceShare, [place("QJK", 0.6), place("QOX", 0.4)].concat()),
    ];
    for (measure, entries) in stated {
        let entries: Vec<(&str, f64, [f64; 2])> =
            entries.iter().map(|(of, value, range)| (of.as_str(), *value, *range)).collect();
        write(&format!("books/b/{}.toml", measure.id()), &file(measure, &entries));
    }
    write(
        "plans/p/plan.toml",
        "id = \"p\"\ntitle = \"A plan\"\nplace = \"ENG\"\nfrom = \"2021/22\"\nto = \"2025/26\"\nbooks = [\"../../books/b\"]\nsources = \"../../sources\"\n",
    );
    folder
}

/// Reads the plan.
pub(crate) fn plan(folder: &Path) -> Plan {
    Plan::read(&folder.join("plans/p"))
        .unwrap_or_else(|list| panic!("{}", list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// The target, and levers for courses at £3,000 a student and year, and for recruits from abroad at £10,000.
pub(crate) const QUESTION: &str = r#"
title = "Close the gap"

[[target]]
id = "gap"
title = "No gap"
aim = "gap_fte"
at_most = 0
year = "last"
each = true
PASSPORT

[[lever]]
id = "course"
title = "Places"
moves = "intake"
gbp = 3000
PASSPORT

[[lever]]
id = "abroad"
title = "From abroad"
moves = "international"
gbp = 10000
PASSPORT
"#;

/// A question, with its passports filled in.
pub(crate) fn question(plan: &Plan, text: &str) -> Question {
    Question::written(plan, "solve.toml", &text.replace("PASSPORT", SOURCE), true)
        .unwrap_or_else(|list| panic!("{}", list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// At most so many starters a year, and so many recruits for each head at the start.
pub(crate) fn with_limits(applicants: f64, abroad: f64) -> String {
    format!(
        "{QUESTION}\n[[limit]]\nid = \"applicants\"\ntitle = \"Applicants\"\nholds = \"applicants\"\nat_most = {applicants:?}\nPASSPORT\n\n\
         [[limit]]\nid = \"ceiling\"\ntitle = \"Recruits\"\nholds = \"recruits_abroad\"\nat_most = {abroad:?}\neach = true\nPASSPORT\n"
    )
}

/// Asks a question.
pub(crate) fn ask(
    plan: &Plan,
    question: &Question,
    places: &[PlaceCode],
    draws: Option<(usize, f64, bool)>,
) -> (Answer, Vec<f64>) {
    let world = World::new(plan, question, places).unwrap();
    let draws = draws.map(|(count, chance, tail)| Draws::new(&world, count, 7, chance, tail).unwrap());
    let search: Search = muster_solve::search(&world, &Interior, &Limits::default(), draws.as_ref(), &|_| {}).unwrap();
    let answer = muster_solve::answer(&world, &search, &Interior, &Limits::default());
    let shortfall = search.outcome.demand.iter().zip(&search.outcome.fte).map(|(demand, fte)| demand[4] - fte[4]);
    (answer, shortfall.collect())
}
