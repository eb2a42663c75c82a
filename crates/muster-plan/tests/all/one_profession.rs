//! A plan for one profession that can be worked out by hand: 1,000 nurses of thirty, each a whole post, of whom one in ten leaves in a year
//! and whom nobody joins; 1,000 posts, and nothing that changes them. Five years, 2022/23 to 2026/27.

use std::path::PathBuf;

use muster_book::{Diagnostic, MEASURES, Plan};
use tempfile::TempDir;

/// A plan on disk, which goes away when this does.
pub(crate) struct OnDisk {
    folder: TempDir,
}

impl OnDisk {
    pub(crate) fn plan_folder(&self) -> PathBuf {
        self.folder.path().join("plans/one")
    }

    /// Writes a file of the plan.
    pub(crate) fn with(self, file: &str, text: &str) -> Self {
        self.write(&format!("plans/one/{file}"), text);
        self
    }

    pub(crate) fn read(&self) -> Result<Plan, Vec<Diagnostic>> {
        Plan::read(&self.plan_folder())
    }

    /// Reads it, and expects nothing wrong.
    pub(crate) fn plan(&self) -> Plan {
        self.read().unwrap_or_else(|found| panic!("{}", listed(&found)))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Everything wrong, as a person would see it.
pub(crate) fn listed(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// An action in TOML; `more` are further fields, and what follows them.
pub(crate) fn action(id: &str, due: &str, more: &str) -> String {
    format!(
        r#"
[[action]]
id       = "{id}"
title    = "Action {id}"
theme    = "retain"
owner    = {{ organisation = "Owner of {id}", role = "Director" }}
level    = "national"
due      = {due}
source   = "register"
evidence = "Made up."
{more}
"#
    )
}

/// An effect: from a day on, another leaver rate.
pub(crate) fn leave_at(rate: f64, from: &str) -> String {
    format!(
        r#"
[[action.effect]]
measure = "leaver_rate"
how     = "set"
path    = [{{ from = {from}, value = {rate} }}]
kind    = "published"
source  = "register"
where   = "Table 2"
"#
    )
}

/// A report in TOML.
pub(crate) fn report(action: &str, on: &str, status: &str, more: &str) -> String {
    format!("[[progress]]\naction = \"{action}\"\non = {on}\nstatus = \"{status}\"\nby = \"Director\"\n{more}\n")
}

/// The plan with some actions.
pub(crate) fn plan_with(actions: &str) -> OnDisk {
    let disk = OnDisk { folder: tempfile::tempdir().unwrap() };
    for (path, text) in FILES {
        disk.write(path, text);
    }
    // Demand is worked out for every setting, whoever works there.
    for (measure, age, amount) in
        [("use_by_age", ", age = \"0-90\"", 1.0), ("other_growth", "", 0.0), ("setting_shift", "", 1.0)]
    {
        let settings = ["acute", "community", "mental_health", "primary_care", "ambulance"];
        let subjects = settings.map(|setting| format!("setting = \"{setting}\"{age}"));
        let values: Vec<(&str, f64)> = subjects.iter().map(|subject| (subject.as_str(), amount)).collect();
        disk.write_measure(measure, &values);
    }
    for (measure, values) in VALUES {
        disk.write_measure(measure, values);
    }
    disk.with("actions.toml", actions)
}

impl OnDisk {
    fn write_measure(&self, measure: &str, values: &[(&str, f64)]) {
        let spec = MEASURES.iter().find(|spec| spec.id == measure).unwrap();
        let price_year = if spec.money { "price_year = \"2022/23\"\n" } else { "" };
        let head = format!(
            "measure = \"{measure}\"\nabout = \"Made up.\"\nunit = \"{}\"\nchecked = 2026-01-31\n{price_year}",
            spec.unit
        );
        let value = |(subject, value): &(&str, f64)| {
            format!(
                "\n[[value]]\nfor = {{ {subject} }}\nfrom = 2010-04-01\nvalue = {value:?}\nkind = \"published\"\nsource = \"register\"\nwhere = \"Table 1\"\n"
            )
        };
        let values: String = values.iter().map(value).collect();
        self.write(&format!("books/one/{measure}.toml"), &(head + &values));
    }
}

const FILES: &[(&str, &str)] = &[
    (
        "sources/register.toml",
        "title = \"A register\"\npublisher = \"A publisher\"\nlicence = \"own work\"\ngrade = \"A\"\nabout = \"Made up for the tests.\"\n",
    ),
    ("books/one/book.toml", "id = \"one\"\ntitle = \"One profession\"\nplace = \"ENG\"\nbaseline = 2022-03-31\n"),
    (
        "books/one/places.csv",
        "code,name,kind,parent,from,to,successor,source\nENG,England,country,,,,,register\nY58,South West,region,ENG,,,,register\nQJK,Devon,system,Y58,,,,register\n",
    ),
    (
        "books/one/professions.toml",
        "[[group]]\nid = \"nursing\"\ntitle = \"Nursing\"\n\n[[profession]]\nid = \"nurses\"\ntitle = \"Nurses\"\ngroup = \"nursing\"\nsettings = [\"acute\"]\n",
    ),
    ("books/one/programmes.toml", ""),
    ("books/one/moves.toml", ""),
    (
        "plans/one/plan.toml",
        "id = \"one\"\ntitle = \"A plan for nurses\"\nplace = \"ENG\"\nfrom = \"2021/22\"\nto = \"2026/27\"\nbooks = [\"../../books/one\"]\nsources = \"../../sources\"\n",
    ),
    (
        "plans/one/targets.toml",
        "[[target]]\nid = \"enough\"\ntitle = \"At most 300 short\"\nfigure = { measure = \"gap_fte\", year = \"2026/27\" }\nexpect = { at_most = 300 }\nsource = \"register\"\nwhere = \"Table 3\"\n",
    ),
];

/// What the book states: the measure, and for whom how much.
const VALUES: &[(&str, &[(&str, f64)])] = &[
    ("stock_fte", &[("profession = \"nurses\"", 1000.0)]),
    ("setting_share", &[("setting = \"acute\"", 1.0)]),
    ("age_share", &[("age = \"30\"", 1.0)]),
    ("participation", &[("", 1.0)]),
    ("leaver_rate", &[("", 0.1)]),
    ("returner_rate", &[("", 0.0)]),
    ("wider_market_rate", &[("", 0.0)]),
    ("international_headcount", &[("profession = \"nurses\"", 0.0)]),
    ("joiner_age_share", &[("age = \"30\"", 1.0)]),
    ("demand_fte", &[("profession = \"nurses\"", 1000.0)]),
    ("population", &[("age = \"0-90\"", 1000.0)]),
    ("productivity_growth", &[("", 0.0)]),
    ("skill_mix", &[("", 1.0)]),
    ("temporary_fill", &[("", 0.5)]),
    ("earnings_gbp", &[("profession = \"nurses\"", 30_000.0)]),
    ("on_cost", &[("", 1.25)]),
    ("real_pay_growth", &[("", 0.0)]),
    ("temporary_premium", &[("", 1.25)]),
    ("place_share", &[("place = \"QJK\", setting = \"acute\"", 1.0)]),
];
