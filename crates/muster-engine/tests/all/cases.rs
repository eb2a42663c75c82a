//! Runs the cases of `cases/`: tiny worlds with the sum beside each figure. The format is in `cases/README.md`.

mod figure;
mod given;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use muster_core::FinancialYear;
use muster_engine::{Cause, Projection, project};
use serde::Deserialize;
use toml::Spanned;

use crate::properties::conserved;
use given::{Given, World};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    given: Given,
    /// By subject, figure and year.
    expect: BTreeMap<String, BTreeMap<String, BTreeMap<String, Spanned<f64>>>>,
}

/// Everything in a file of cases that is not so; reads what is written in `text`.
fn failures(text: &str) -> Vec<String> {
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => return vec![error.to_string()],
    };
    file.case
        .iter()
        .flat_map(|case| case.failures(text).into_iter().map(|what| format!("{}: {what}", case.name)))
        .collect()
}

impl Case {
    fn failures(&self, text: &str) -> Vec<String> {
        println!("{}", self.name);
        let world = match self.given.world() {
            Ok(world) => world,
            Err(error) => return vec![error],
        };
        let projection = match project(&world.inputs) {
            Ok(projection) => projection,
            Err(error) => return vec![error.to_string()],
        };
        conserved(&projection);
        let mut wrong = Vec::new();
        for (subject, figures) in &self.expect {
            for (figure, years) in figures {
                let within = years.get("within").map(|within| *within.as_ref());
                for (year, written) in years.iter().filter(|(year, _)| *year != "within") {
                    let digits = &text[written.span()];
                    let within = within.unwrap_or_else(|| half_a_unit(digits)) * (1.0 + 1e-9);
                    match find(&world, &projection, subject, figure, year) {
                        Ok(value) if (value - written.as_ref()).abs() <= within => {}
                        Ok(value) => wrong.push(format!("{figure} of {subject} in {year} is {value}, not {digits}")),
                        Err(error) => wrong.push(error),
                    }
                }
                if years.keys().all(|key| key == "within") {
                    wrong.push(format!("{figure} of {subject} is expected in no year"));
                }
            }
        }
        if self.expect.is_empty() {
            wrong.push("nothing is expected".to_owned());
        }
        wrong
    }
}

/// Half a unit in the last digit of a number as it was written: 0.5 for `73`, 0.05 for `72.9`.
fn half_a_unit(digits: &str) -> f64 {
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    0.5 / 10f64.powf(decimals as f64)
}

/// The figure that a case expects something of.
fn find(world: &World, projection: &Projection, subject: &str, figure: &str, year: &str) -> Result<f64, String> {
    let year: FinancialYear = year.parse().map_err(|error: muster_core::YearError| error.to_string())?;
    let at = world.years.iter().position(|known| *known == year).ok_or(format!("{year} is not a year of the case"))?;
    let unknown = || format!("`{subject}` has no figure called `{figure}`");
    if let Some(programme) = world.programmes.iter().position(|id| id == subject) {
        let training = &projection.programmes[programme][at];
        return match figure {
            "intake" => Ok(training.intake),
            "withdrawn" => Ok(training.withdrawn),
            "completed" => Ok(training.completed),
            "joined" => Ok(training.joined),
            "students" => Ok(training.students),
            _ => Err(unknown()),
        };
    }
    if let Some(transfer) = world.moves.iter().position(|id| id == subject) {
        let unfilled =
            projection.unfilled.iter().filter(|unfilled| (unfilled.transfer, unfilled.year) == (transfer, at));
        return if figure == "unfilled" {
            Ok(unfilled.map(|unfilled| unfilled.headcount).sum())
        } else {
            Err(unknown())
        };
    }
    if subject == "outside" {
        return if figure == "headcount" { Ok(projection.outside_headcount[at]) } else { Err(unknown()) };
    }
    let mut sum = 0.0;
    for cell in world.cells(subject)? {
        let result = &projection.cells[cell].years[at];
        let flow = |id: &str| Cause::ALL.into_iter().find(|cause| cause.id() == id).map(|cause| result.flow(cause));
        sum += match figure {
            "headcount" => result.headcount,
            "headcount_55_and_over" => result.headcount_55_and_over,
            "fte" => result.fte,
            "demand_fte" => result.demand_fte,
            "gap_fte" => result.gap_fte,
            "temporary_fte" => result.temporary_fte,
            "pay_gbp" => result.pay_gbp,
            "temporary_gbp" => result.temporary_gbp,
            _ => match figure.strip_suffix("_fte") {
                Some(id) => flow(id).ok_or_else(unknown)?.fte,
                None => flow(figure).ok_or_else(unknown)?.headcount,
            },
        };
    }
    Ok(sum)
}

/// The files of cases under a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("cases lie beside crates").flatten().map(|entry| entry.path()).collect();
    found.sort();
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = found.into_iter().partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files
}

#[test]
fn every_case_is_so() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let files = files(&folder);
    assert!(files.len() >= 8, "only {} files of cases were found", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        println!("{name}");
        wrong.extend(
            failures(&std::fs::read_to_string(path).unwrap()).into_iter().map(|what| format!("{name}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A case that is so; each of the others below spoils it in one way.
const GOOD: &str = r#"
[[case]]
name = "A tenth leave"
given.years = "2024/25 to 2025/26"
given.staff = [{ profession = "nurses", people = { "40" = 1000 }, leaver_rate = 0.1 }]
expect.nurses.headcount = { "2025/26" = 900 }
"#;

#[test]
fn a_case_that_is_not_so_is_noticed() {
    assert!(failures(GOOD).is_empty());
    let not_so = [
        ("= 900", "= 901", "headcount of nurses in 2025/26 is 900, not 901"),
        ("= 900", "= 900.6, within = 0.5", "is 900, not 900.6"),
        ("leaver_rate", "leaver_rat", "unknown field `leaver_rat`"),
        ("given.years", "given.yeers", "unknown field `yeers`"),
        ("expect.nurses", "expects.nurses", "unknown field `expects`"),
        ("expect.nurses", "expect.midwives", "nobody in this world is `midwives`"),
        ("nurses.headcount", "nurses.headcounts", "`nurses` has no figure called `headcounts`"),
        ("{ \"2025/26\" = 900 }", "{ \"2026/27\" = 900 }", "2026/27 is not a year of the case"),
        ("{ \"2025/26\" = 900 }", "{}", "headcount of nurses is expected in no year"),
        ("\"40\" = 1000", "\"12\" = 1000", "outside the ages 16 to 75"),
        ("\"40\" = 1000", "\"40\" = 500, \"36-44\" = 500", "named twice"),
        ("leaver_rate = 0.1", "leaver_rate = { \"40\" = 0.1, \"2025/26\" = 0.1 }", "mixes settings, years and ages"),
        ("leaver_rate", "participation = { \"40\" = 0.5 }, leaver_rate", "participation says nothing of the age 16"),
    ];
    for (good, spoilt, complaint) in not_so {
        let said = failures(&GOOD.replacen(good, spoilt, 1)).join("\n");
        assert!(said.contains(complaint), "`{spoilt}` should be refused with `{complaint}`, but: {said:?}");
    }
}

#[test]
fn a_figure_is_held_to_the_last_digit_it_is_written_with() {
    let written = |figure: &str| failures(&GOOD.replacen("= 0.1", "= 0.1004", 1).replacen("= 900", figure, 1)).len();
    assert_eq!(written("= 900"), 0); // 1,000 x 0.8996 = 899.6
    assert_eq!(written("= 899.6"), 0);
    assert_eq!(written("= 900.0"), 1);
    assert_eq!(written("= 900.0, within = 0.5"), 0);
}
