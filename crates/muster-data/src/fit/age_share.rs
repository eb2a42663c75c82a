//! Ages of staff: the last published bands, held.

use super::book::Book;
use super::entry::Entry;
use super::number::{parts_of_one, significant};
use super::observed::Evidence;
use super::shapes::{BANDS, Shape, opening};
use super::{FitError, Fitted, Passport};
use crate::{Period, ages};

/// The table of the book.
pub const FILE: &str = "supply/age_share";

/// Fits `age_share`: the published bands of staff in post, one statement for each row of `fit/age_share.csv`.
///
/// Totals by age are known for one year only. With the totals of staff groups alone, proportional fitting leaves the ages
/// within each group as they are, so the shape is held and the error of holding it is measured.
pub fn fit(evidence: &Evidence, book: &Book) -> Result<Fitted, FitError> {
    let older = book.judgement("share_60_to_64")?;
    let mut entries = Vec::new();
    for row in book.recipe("age_share")? {
        let people = Shape::named(row.text("shape"), "fit/age_share.csv")?.bands(evidence, "opening", "headcount")?;
        let (youngest, oldest) = (row.needed("youngest")? as u32, row.needed("oldest")? as u32);
        let [under_25, a, b, c, from_55, from_65] = people;
        let bands = [
            (youngest.min(24), 24, under_25),
            (25.max(youngest), 34, a),
            (35, 44, b),
            (45, 54, c),
            (55, 59, from_55 * (1.0 - older)),
            (60, 64, from_55 * older),
            (65, oldest, from_65),
        ];
        let bands: Vec<_> = bands.into_iter().filter(|(_, last, people)| *last >= youngest && *people > 0.0).collect();
        let shares = parts_of_one(&bands.iter().map(|(.., people)| *people).collect::<Vec<_>>(), 4);
        let spread = row.needed("spread")?;
        for ((from, to, _), value) in bands.into_iter().zip(shares) {
            let number: f64 = value.parse().unwrap_or_default();
            entries.push(Entry {
                group: row.text("group").to_owned(),
                profession: row.text("profession").to_owned(),
                age: format!("{from}-{to}"),
                low: significant(number * (1.0 - spread), 4),
                high: significant(number * (1.0 + spread), 4),
                value,
                kind: row.text("kind").to_owned(),
                location: row.text("where").to_owned(),
                why: row.text("why").to_owned(),
                ..Entry::default()
            });
        }
    }
    let findings = held_out(evidence)?;
    let passport = Passport {
        measure: "age_share",
        about: "Share of headcount in each age band at the end of 2021/22. Inside a band heads are spread evenly.",
        unit: "share of headcount",
        notes: vec![
            "Qualified staff other than doctors and nurses, and support and infrastructure staff, are remainders: the larger group less its \
             known parts. The published all-staff total under 25 is not in the extract; it is the headcount total, put on the turnover basis, \
             less the other bands."
                .to_owned(),
            format!(
                "There are no totals by age for {}, and with totals of groups alone proportional fitting leaves ages within a group as they \
                 are, so the shape is held. {}",
                evidence.month.starts().strftime("%B %Y"),
                findings.join(" ")
            ),
        ],
        from: book.baseline,
        kind: "derived",
        source: "nhse-turnover-2025-10",
        location: "Turnover 2, year to September 2019, denominator at start of period, by age band".to_owned(),
        why: format!(
            "The latest open age bands are for {}; the shape is taken to hold in March 2022.",
            opening().starts().strftime("%B %Y")
        ),
    };
    Ok(Fitted { file: FILE, passport, entries: book.with_kept(entries, "supply/age_share.csv")?, findings })
}

/// How wrong it would have been to hold the ages of 2010 until 2018: eight years, where the book holds them for three and a half.
fn held_out(evidence: &Evidence) -> Result<Vec<String>, FitError> {
    let mut findings = Vec::new();
    for staff in ["nurses", "doctors", "consultants"] {
        let ends = |measure: &str, period: Period| -> Result<Vec<f64>, FitError> {
            let known = BANDS.iter().filter(|band| staff != "consultants" || ages::range(band) != Some((0, 24)));
            let people = known.map(|band| evidence.turnover.get(measure, staff, "ENG", band, period));
            let people = people.collect::<Result<Vec<_>, _>>()?;
            let all: f64 = people.iter().sum();
            Ok(people.iter().map(|number| number / all).collect())
        };
        let before = ends("closing_nhs_headcount", "2009-10/2010-09".parse().unwrap_or(opening()))?;
        let after = ends("opening_nhs_headcount", super::shapes::year())?;
        let wrong: f64 = before.iter().zip(&after).map(|(was, is)| (was - is).abs()).sum();
        findings.push(format!(
            "Ages of {} held from September 2010 to September 2018 would have been {:.1}% wrong (weighted mean absolute percentage error).",
            evidence.title(staff),
            100.0 * wrong
        ));
    }
    Ok(findings)
}
