//! A small plan, its book and its sources: complete, valid, and short enough to read. Tests change one thing in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use muster_book::{Diagnostic, PLAN, Plan, Resolved};
use muster_core::PlaceCode;
use muster_engine::{Projection, Step, project};
use tempfile::TempDir;

/// The files of a plan, by path.
#[derive(Clone)]
pub(crate) struct Small {
    files: BTreeMap<String, Content>,
}

/// What stands at a path.
#[derive(Clone, PartialEq)]
enum Content {
    Bytes(Vec<u8>),
    Folder,
}

/// A change of one file.
#[derive(Clone)]
pub(crate) enum Edit {
    /// The first text becomes the second. It must be there.
    Swap(String, String),
    /// The text is added at the end.
    Add(String),
    /// The file holds this and nothing else; it is made if it is not there.
    Whole(Vec<u8>),
    /// The file is not there.
    Gone,
    /// A folder stands in its place.
    Folder,
}

/// `text` with its single quotes made double, so that TOML can be written here without escapes.
pub(crate) fn quoted(text: &str) -> String {
    text.replace('\'', "\"")
}

/// `old` becomes `new`, where it first stands; ' is written for ".
pub(crate) fn swap(old: &str, new: &str) -> Edit {
    Edit::Swap(quoted(old), quoted(new))
}

/// `text` at the end; ' is written for ".
pub(crate) fn add(text: &str) -> Edit {
    Edit::Add(quoted(text))
}

/// Only `content`.
pub(crate) fn whole(content: impl AsRef<[u8]>) -> Edit {
    Edit::Whole(content.as_ref().to_vec())
}

/// A plan on disk, which goes away when this does.
pub(crate) struct OnDisk {
    folder: TempDir,
    holds: Small,
}

/// The small plan as it stands.
pub(crate) fn small() -> Small {
    let content = |text: &str| Content::Bytes(text.as_bytes().to_vec());
    Small { files: FILES.iter().map(|(path, text)| ((*path).to_owned(), content(text))).collect() }
}

impl Small {
    /// The same with one file changed.
    #[must_use]
    pub(crate) fn with(mut self, path: &str, edit: Edit) -> Self {
        let content = match edit {
            Edit::Swap(old, new) => {
                let text = self.text(path);
                assert!(text.contains(&old), "{path} does not hold {old:?}");
                Content::Bytes(text.replacen(&old, &new, 1).into_bytes())
            }
            Edit::Add(text) => Content::Bytes([self.bytes(path), text.as_bytes()].concat()),
            Edit::Whole(bytes) => Content::Bytes(bytes),
            Edit::Folder => Content::Folder,
            Edit::Gone => {
                assert!(self.files.remove(path).is_some(), "there is no {path} to remove");
                return self;
            }
        };
        self.files.insert(path.to_owned(), content);
        self
    }

    /// The same with a second book, of `place`, that states one measure.
    #[must_use]
    pub(crate) fn with_local_book(self, place: &str, measure: &str) -> Self {
        self.with(
            "books/local/book.toml",
            whole(format!("id = \"local\"\ntitle = \"A local book\"\nplace = \"{place}\"\n")),
        )
        .with("books/local/values.toml", whole(measure))
        .with("plans/small/plan.toml", swap("small']", "small', '../../books/local']"))
    }

    /// What a file holds; nothing when it is not there.
    pub(crate) fn bytes(&self, path: &str) -> &[u8] {
        match self.files.get(path) {
            Some(Content::Bytes(bytes)) => bytes,
            _ => &[],
        }
    }

    /// What a file says.
    pub(crate) fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(self.bytes(path)).into_owned()
    }

    /// The path of every file.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Writes it to a folder of its own.
    pub(crate) fn write(&self) -> OnDisk {
        let nothing = Self { files: BTreeMap::new() };
        let mut disk = OnDisk { folder: tempfile::tempdir().expect("a temporary folder"), holds: nothing };
        disk.change_to(self);
        disk
    }

    /// Reads it.
    pub(crate) fn read(&self) -> Result<Plan, Vec<Diagnostic>> {
        self.write().read()
    }

    /// Reads it, and expects nothing wrong.
    pub(crate) fn plan(&self) -> Plan {
        self.read().unwrap_or_else(|found| panic!("the small plan reads:\n{}", listed(&found)))
    }
}

impl OnDisk {
    /// Makes the files those of `small`. Only what differs is written, which is quicker than writing it all again.
    pub(crate) fn change_to(&mut self, small: &Small) {
        for (path, content) in &self.holds.files {
            let there = self.folder.path().join(path);
            match content {
                _ if small.files.get(path) == Some(content) => {}
                Content::Bytes(_) => std::fs::remove_file(there).expect("a file can be removed"),
                Content::Folder => std::fs::remove_dir_all(there).expect("a folder can be removed"),
            }
        }
        for (path, content) in
            small.files.iter().filter(|(path, content)| self.holds.files.get(*path) != Some(*content))
        {
            let there = self.folder.path().join(path);
            std::fs::create_dir_all(there.parent().expect("a file lies in a folder")).expect("a folder can be made");
            match content {
                Content::Bytes(bytes) => std::fs::write(there, bytes).expect("a file can be written"),
                Content::Folder => std::fs::create_dir_all(there).expect("a folder can be made"),
            }
        }
        self.holds = small.clone();
    }

    /// Its root.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of its plan.
    pub(crate) fn plan_folder(&self) -> PathBuf {
        self.path().join("plans/small")
    }

    /// Reads it.
    pub(crate) fn read(&self) -> Result<Plan, Vec<Diagnostic>> {
        Plan::read(&self.plan_folder())
    }
}

/// A code, for a test that knows it to be one.
pub(crate) fn code(text: &str) -> PlaceCode {
    text.parse().expect("a place code")
}

/// England by itself, and its systems: what every plan can be run for.
pub(crate) fn runs(plan: &Plan) -> [Vec<PlaceCode>; 2] {
    ["england", "systems"].map(|name| plan.places_named(&[name.to_owned()]).expect("places that do not overlap"))
}

/// A scenario resolved for some places, which nothing is wrong with.
pub(crate) fn resolved(plan: &Plan, scenario: &str, places: &[PlaceCode]) -> Resolved {
    let scenario = plan.scenario(scenario).expect("a scenario of the plan");
    plan.resolve(scenario, places, Step::Year).unwrap_or_else(|found| panic!("it resolves:\n{}", listed(&found)))
}

/// A scenario projected for some places, which nothing is wrong with.
pub(crate) fn projected(plan: &Plan, scenario: &str, places: &[PlaceCode]) -> Projection {
    project(&resolved(plan, scenario, places).inputs).expect("a projection")
}

/// Everything wrong, as a person would see it.
pub(crate) fn listed(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_small_plan_reads_resolves_and_projects() {
    let plan = small().plan();
    for places in runs(&plan) {
        for scenario in &plan.scenarios {
            let projection = projected(&plan, &scenario.id, &places);
            assert_eq!(projection.cells.len(), 6 * places.len());
            assert!(projection.cells.iter().all(|cell| cell.years.len() == 6));
        }
    }
}

#[test]
fn the_small_plan_opens_with_the_staff_it_states() {
    let plan = small().plan();
    for places in runs(&plan) {
        let opening = projected(&plan, PLAN, &places).cells.iter().map(|cell| cell.years[0].fte).sum::<f64>();
        assert!((opening - 13_000.0).abs() < 1e-6, "{opening}");
    }
}

#[test]
fn the_small_book_states_every_measure() {
    let plan = small().plan();
    for spec in muster_book::MEASURES {
        assert!(plan.shelf.series().any(|series| series.measure == spec.measure), "{}", spec.id);
    }
}

/// The path of the file that states a measure.
pub(crate) fn file_of(measure: &str) -> &'static str {
    let ending = format!("/{measure}.toml");
    FILES.iter().map(|(path, _)| *path).find(|path| path.ends_with(&ending)).expect("every measure has a file")
}

/// Two staff groups, four professions, two programmes, three moves, England with one region, two systems and a trust, and five years.
const FILES: &[(&str, &str)] = &[
    (
        "sources/register.toml",
        r#"title     = "A register"
publisher = "A publisher"
published = 2022-06-30
licence   = "own work"
grade     = "A"
about     = "Made up for the tests."
"#,
    ),
    (
        "sources/judgement.toml",
        r#"title     = "A judgement"
publisher = "A planner"
licence   = "own work"
grade     = "J"
about     = "Made up for the tests."
"#,
    ),
    (
        "books/small/book.toml",
        r#"id       = "small"
title    = "A small book"
place    = "ENG"
baseline = 2022-03-31
"#,
    ),
    (
        "books/small/places.csv",
        "code,name,kind,parent,from,to,successor,source
ENG,England,country,,,,,register
Y58,South West,region,ENG,,,,register
QJK,Devon,system,Y58,2020-04-01,,,register
QOX,Bath,system,Y58,2020-04-01,,,register
RA9,Torbay,trust,QJK,,,,register
",
    ),
    (
        "books/small/professions.toml",
        r#"[[group]]
id    = "nursing"
title = "Nursing"

[[group]]
id    = "medical"
title = "Medical"

[[profession]]
id       = "associates"
title    = "Nursing associates"
group    = "nursing"
settings = ["acute", "community"]

[[profession]]
id       = "nurses"
title    = "Nurses"
group    = "nursing"
settings = ["acute", "community"]
tags     = ["registered"]

[[profession]]
id       = "trainees"
title    = "Doctors in training"
group    = "medical"
settings = ["acute"]
stages   = 2
tags     = ["doctor"]

[[profession]]
id       = "consultants"
title    = "Consultants"
group    = "medical"
settings = ["acute"]
tags     = ["doctor"]
"#,
    ),
    (
        "books/small/programmes.toml",
        r#"[[programme]]
id     = "nursing-degree"
title  = "Nursing degree"
fills  = "nurses"
length_years = 3

[[programme]]
id     = "medicine"
title  = "Medicine"
fills  = "trainees"
length_years = 5
"#,
    ),
    (
        "books/small/moves.toml",
        r#"[[move]]
id    = "top-up"
title = "Associates who top up to nurse"
from  = "associates"
to    = "nurses"
how   = "rate"

[[move]]
id    = "apprenticeship"
title = "Associates in a nursing apprenticeship"
from  = "associates"
to    = "nurses"
how   = "posts"

[[move]]
id    = "promotion"
title = "Trainees who become consultants"
from  = "trainees"
to    = "consultants"
how   = "completion"
"#,
    ),
    (
        "books/small/calibration.toml",
        r#"[[calibrated]]
assumption = "leaver_rate"
to         = "a published rate of 9%"
published  = 0.09
source     = "register"
method     = "One factor on every rate."
file       = "supply/leaver_rate.toml"
"#,
    ),
    (
        "books/small/supply/stock_fte.toml",
        r#"measure = "stock_fte"
about   = "Staff in post."
unit    = "FTE"
checked = 2026-01-31

[[value]]
for    = { profession = "associates" }
from   = 2021-04-01
value  = 1000
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "nurses" }
from   = 2021-04-01
value  = 10000
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "trainees" }
from   = 2021-04-01
value  = 800
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "consultants" }
from   = 2021-04-01
value  = 1200
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/setting_share.toml",
        r#"measure = "setting_share"
about   = "Where people work."
unit    = "share of the profession"
checked = 2026-01-31

[[value]]
for    = { group = "nursing", setting = "acute" }
from   = 2021-04-01
value  = 0.7
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { group = "nursing", setting = "community" }
from   = 2021-04-01
value  = 0.3
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { group = "medical", setting = "acute" }
from   = 2021-04-01
value  = 1.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/age_share.toml",
        r#"measure = "age_share"
about   = "Ages of people in post."
unit    = "share of headcount"
checked = 2026-01-31

[[value]]
for    = { age = "20-39" }
from   = 2021-04-01
value  = 0.6
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { age = "40-64" }
from   = 2021-04-01
value  = 0.4
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/participation.toml",
        r#"measure = "participation"
about   = "Hours."
unit    = "FTE per head"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.9
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/leaver_rate.toml",
        r#"measure = "leaver_rate"
about   = "People who leave the NHS."
unit    = "share of opening headcount, per year"
checked = 2026-01-31

[table]
file   = "leaver_rate.csv"
from   = 2021-04-01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/leaver_rate.csv",
        "group,age,from,low,high,value
nursing,16-54,,0.08,0.12,0.1
nursing,55-75,,0.15,0.25,0.2
medical,16-75,,,,0.05
",
    ),
    (
        "books/small/supply/returner_rate.toml",
        r#"measure = "returner_rate"
about   = "People who come back."
unit    = "joiners per opening head, per year"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/wider_market_rate.toml",
        r#"measure = "wider_market_rate"
about   = "People from other work."
unit    = "joiners per opening head, per year"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.02
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/international_headcount.toml",
        r#"measure = "international_headcount"
about   = "People from abroad."
unit    = "people per year"
checked = 2026-01-31

[[value]]
for    = { profession = "associates" }
from   = 2021-04-01
value  = 30.0
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "nurses" }
from   = 2021-04-01
value  = 300.0
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "trainees" }
from   = 2021-04-01
value  = 20.0
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "consultants" }
from   = 2021-04-01
value  = 40.0
range  = [20.0, 60.0]
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/joiner_age_share.toml",
        r#"measure = "joiner_age_share"
about   = "Ages of people who join."
unit    = "share of joiners"
checked = 2026-01-31

[[value]]
for    = { age = "25-44" }
from   = 2021-04-01
value  = 1.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/move_share.toml",
        r#"measure = "move_share"
about   = "People who move."
unit    = "share per year"
checked = 2026-01-31

[[value]]
for    = { move = "top-up" }
from   = 2021-04-01
value  = 0.05
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { move = "promotion" }
from   = 2021-04-01
value  = 0.9
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/supply/move_headcount.toml",
        r#"measure = "move_headcount"
about   = "People who move."
unit    = "people per year"
checked = 2026-01-31

[[value]]
for    = { move = "apprenticeship" }
from   = 2021-04-01
value  = 50.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/training/training_intake.toml",
        r#"measure = "training_intake"
about   = "People who start."
unit    = "people per year"
checked = 2026-01-31

[[value]]
for    = { programme = "nursing-degree" }
from   = 2010-09-01
value  = 2000.0
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { programme = "medicine" }
from   = 2010-09-01
value  = 500.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/training/course_attrition.toml",
        r#"measure = "course_attrition"
about   = "People who give up."
unit    = "share of starters, whole course"
checked = 2026-01-31

[[value]]
for    = { programme = "nursing-degree" }
from   = 2021-04-01
value  = 0.2
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { programme = "medicine" }
from   = 2021-04-01
value  = 0.05
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/training/training_join_share.toml",
        r#"measure = "training_join_share"
about   = "People who join."
unit    = "share of those who complete"
checked = 2026-01-31

[[value]]
for    = { programme = "nursing-degree" }
from   = 2021-04-01
value  = 0.8
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { programme = "medicine" }
from   = 2021-04-01
value  = 0.95
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/training/entry_age_share.toml",
        r#"measure = "entry_age_share"
about   = "Ages of people who start."
unit    = "share of starters"
checked = 2026-01-31

[[value]]
for    = { programme = "nursing-degree", age = "18-27" }
from   = 2021-04-01
value  = 1.0
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { programme = "medicine", age = "18-21" }
from   = 2021-04-01
value  = 1.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/demand_fte.toml",
        r#"measure = "demand_fte"
about   = "Staff needed."
unit    = "FTE"
checked = 2026-01-31

[[value]]
for    = { profession = "associates" }
from   = 2021-04-01
value  = 1100
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "nurses" }
from   = 2021-04-01
value  = 11000
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "trainees" }
from   = 2021-04-01
value  = 800
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { profession = "consultants" }
from   = 2021-04-01
value  = 1400
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/population.toml",
        r#"measure = "population"
about   = "People who may need care."
unit    = "people"
checked = 2026-01-31

[[value]]
for    = { age = "0-64" }
from   = 2021-04-01
value  = 600000.0
kind   = "published"
source = "register"
where  = "Table 1"

[[value]]
for    = { age = "65-90" }
from   = 2021-04-01
value  = 300000.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/use_by_age.toml",
        r#"measure = "use_by_age"
about   = "Use of care."
unit    = "relative use per person"
checked = 2026-01-31

[table]
file   = "use_by_age.csv"
from   = 2021-04-01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/use_by_age.csv",
        "setting,age,value
acute,0-64,0.8
acute,65-90,2.5
community,0-64,0.8
community,65-90,2.5
mental_health,0-64,0.8
mental_health,65-90,2.5
primary_care,0-64,0.8
primary_care,65-90,2.5
ambulance,0-64,0.8
ambulance,65-90,2.5
",
    ),
    (
        "books/small/demand/other_growth.toml",
        r#"measure = "other_growth"
about   = "Growth beyond ageing."
unit    = "growth per year"
checked = 2026-01-31

[table]
file   = "other_growth.csv"
from   = 2021-04-01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/other_growth.csv",
        "setting,value
acute,0.01
community,0.02
mental_health,0.03
primary_care,0.01
ambulance,0.01
",
    ),
    (
        "books/small/demand/setting_shift.toml",
        r#"measure = "setting_shift"
about   = "Care that moves."
unit    = "multiplier"
checked = 2026-01-31

[table]
file   = "setting_shift.csv"
from   = 2021-04-01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/setting_shift.csv",
        "setting,value
acute,1.0
community,1.0
mental_health,1.0
primary_care,1.0
ambulance,1.0
",
    ),
    (
        "books/small/demand/productivity_growth.toml",
        r#"measure = "productivity_growth"
about   = "Activity per FTE."
unit    = "growth per year"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/skill_mix.toml",
        r#"measure = "skill_mix"
about   = "Work that passes on."
unit    = "multiplier"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 1.0
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/demand/temporary_fill.toml",
        r#"measure = "temporary_fill"
about   = "Bank and agency."
unit    = "share of gap"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.5
range  = [0.4, 0.6]
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/earnings_gbp.toml",
        r#"measure = "earnings_gbp"
about   = "Earnings."
unit    = "GBP per FTE per year"
price_year = "2022/23"
checked = 2026-01-31

[table]
file   = "earnings_gbp.csv"
from   = 2021-04-01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/earnings_gbp.csv",
        "profession,value
associates,25000
nurses,35000
trainees,45000
consultants,110000
",
    ),
    (
        "books/small/money/on_cost.toml",
        r#"measure = "on_cost"
about   = "Cost over earnings."
unit    = "multiplier"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 1.28
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/real_pay_growth.toml",
        r#"measure = "real_pay_growth"
about   = "Growth beyond prices."
unit    = "growth per year"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.005
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/temporary_premium.toml",
        r#"measure = "temporary_premium"
about   = "Cost of temporary staff."
unit    = "multiplier"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 1.25
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/training_cost_gbp.toml",
        r#"measure = "training_cost_gbp"
about   = "What a student costs for a year."
unit    = "GBP per student per year"
price_year = "2022/23"
checked = 2026-01-31

[[value]]
for    = { programme = "nursing-degree" }
from   = 2021-04-01
value  = 20000
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/hiring_cost_gbp.toml",
        r#"measure = "hiring_cost_gbp"
about   = "What hiring costs."
unit    = "GBP per joiner"
price_year = "2022/23"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 3000
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/international_cost_gbp.toml",
        r#"measure = "international_cost_gbp"
about   = "What recruiting abroad costs."
unit    = "GBP per recruit"
price_year = "2022/23"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 11000
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/inflation.toml",
        r#"measure = "inflation"
about   = "Growth of prices."
unit    = "growth per year"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 0.1
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/money/budget_gbp.toml",
        r#"measure = "budget_gbp"
about   = "What there is to spend."
unit    = "GBP per year"
price_year = "2022/23"
checked = 2026-01-31

[[value]]
from   = 2021-04-01
value  = 6e8
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/places/place_share.toml",
        r#"measure = "place_share"
about   = "Shares of England."
unit    = "share of England"
checked = 2026-01-31

[table]
file   = "place_share.csv"
from   = 2021-04-01
kind   = "published"
source = "register"
where  = "Table 1"
"#,
    ),
    (
        "books/small/places/place_share.csv",
        "place,setting,value
QJK,acute,0.6
QOX,acute,0.4
RA9,acute,0.2
QJK,community,0.6
QOX,community,0.4
RA9,community,0.2
QJK,mental_health,0.6
QOX,mental_health,0.4
RA9,mental_health,0.2
QJK,primary_care,0.6
QOX,primary_care,0.4
RA9,primary_care,0.2
QJK,ambulance,0.6
QOX,ambulance,0.4
RA9,ambulance,0.2
",
    ),
    (
        "plans/small/plan.toml",
        r#"id       = "small"
title    = "A small plan"
place    = "ENG"
from     = "2021/22"
to       = "2026/27"
books    = ["../../books/small"]
sources  = "../../sources"
"#,
    ),
    (
        "plans/small/actions.toml",
        r#"[[action]]
id       = "A1"
title    = "More nursing students"
theme    = "train"
owner    = { organisation = "NHS England", role = "Director" }
level    = "national"
due      = 2026-03-31
source   = "register"
evidence = "Each student brings a nurse."

[[action.effect]]
measure = "training_intake"
for     = { programme = "nursing-degree" }
how     = "set"
interpolation = "linear"
path    = [{ from = 2022-09-01, value = 2000 }, { from = 2026-09-01, value = 3000 }]
range   = [0.5, 1.1]
kind    = "published"
source  = "register"
where   = "Table 1"

[[action]]
id       = "A2"
title    = "Fewer nurses leave"
theme    = "retain"
owner    = { organisation = "NHS England", role = "Director" }
level    = "national"
due      = 2026-03-31
source   = "register"
evidence = "Flexible work keeps people."

[[action.cost]]
gbp        = 1e6
price_year = "2022/23"
from       = 2023-04-01
to         = 2025-03-31
what       = "retention"
kind       = "published"
about      = "Two years."

[[action.effect]]
measure = "leaver_rate"
for     = { group = "nursing" }
how     = "multiply"
path    = [{ from = 2024-04-01, value = 0.8 }]
kind    = "derived"
source  = "register"
why     = "One in five stays."

[[action]]
id       = "A3"
title    = "A staff passport"
theme    = "reform"
owner    = { organisation = "NHS England", role = "Director" }
level    = "national"
due      = 2024-03-31
source   = "register"
evidence = "Not known."
untracked_effect = "Nobody has measured it."
"#,
    ),
    (
        "plans/small/scenarios.toml",
        r#"[[scenario]]
id      = "no-retention"
title   = "Retention fails"
without = ["A2"]

[[scenario]]
id      = "retention-only"
title   = "Only retention, and pay rises"
only    = ["A2"]

[[scenario.change]]
measure = "real_pay_growth"
how     = "add"
path    = [{ from = 2023-04-01, value = 0.01 }]
kind    = "judgement"
source  = "judgement"
why     = "A round number."
"#,
    ),
    (
        "plans/small/stress.toml",
        r#"[[failure]]
id        = "training-late"
title     = "Training comes two years late"
about     = "Each place opens two years after it was promised."
late      = [{ theme = "train", years = 2 }]
kind      = "judgement"
source    = "judgement"
why       = "One settlement is missed."

[[failure]]
id        = "half-of-all"
title     = "Half of what was promised"
about     = "Half of the places open, and half of those who would stay do."
delivered = [{ theme = "train", share = 0.5 }, { action = "A2", share = 0.5 }]
kind      = "judgement"
source    = "judgement"
why       = "A round number."

[[failure]]
id        = "no-retention"
title     = "Retention fails"
about     = "Nurses leave as before."
scenario  = "no-retention"
kind      = "judgement"
source    = "judgement"
why       = "It has happened."

[[failure]]
id        = "pay-rises"
title     = "Pay rises"
about     = "Pay grows by a point more, and students stay away."
without   = ["A1"]
kind      = "published"
source    = "register"
where     = "Table 1"

[[failure.change]]
measure   = "real_pay_growth"
how       = "add"
path      = [{ from = 2023-04-01, value = 0.01 }]
kind      = "judgement"
source    = "judgement"
why       = "A round number."

[[policy]]
id        = "retain"
title     = "Retention alone"
only      = ["A2"]

[[policy]]
id        = "train"
title     = "Training alone"
scenario  = "no-retention"
"#,
    ),
    (
        "plans/small/targets.toml",
        r#"[[target]]
id     = "more-nurses"
title  = "A thousand more nurses"
figure = { measure = "supply_fte", profession = "nurses", year = "2026/27", since = "2021/22", as = "change" }
expect = { at_least = 1000 }
due    = 2027-03-31
source = "register"
"#,
    ),
    (
        "plans/small/checks.toml",
        r#"[[check]]
id       = "opening"
title    = "Thirteen thousand in post"
figure   = { measure = "supply_fte", year = "2021/22" }
scenario = "counterfactual"
expect   = { near = 13000, within = 0.001 }
role     = "calibration"
source   = "register"

[[check]]
id       = "intake"
title    = "Three thousand start a nursing degree"
figure   = { measure = "training_intake", programme = "nursing-degree", year = "2026/27" }
expect   = { between = [2999, 3001] }
source   = "register"
"#,
    ),
];
