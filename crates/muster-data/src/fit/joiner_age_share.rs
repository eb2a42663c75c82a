//! Ages of those who join other than from a course.

use super::book::Book;
use super::entry::Entry;
use super::number::{parts_of_one, significant};
use super::observed::Evidence;
use super::shapes::{BANDS, Bands, Shape};
use super::{FitError, Fitted, Passport};

/// The table of the book.
pub const FILE: &str = "supply/joiner_age_share";

/// Fits `joiner_age_share`: published joiners by age band, one statement for each row of `fit/joiner_age_share.csv`. From
/// qualified joiners the newly qualified are taken off, because they have ages of their own.
pub fn fit(evidence: &Evidence, book: &Book) -> Result<Fitted, FitError> {
    let mut entries = Vec::new();
    for row in book.recipe("joiner_age_share")? {
        let shape = Shape::named(row.text("shape"), "fit/joiner_age_share.csv")?;
        let [under_25, a, b, c, from_55, from_65] = joiners(evidence, book, shape)?;
        let youngest = row.needed("youngest")? as u32;
        let bands = [
            (youngest.min(24), 24, under_25),
            (25.max(youngest), 34, a),
            (35, 44, b),
            (45, 54, c),
            (55, 61, from_55),
            (65, 67, from_65),
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
                source: row.text("source").to_owned(),
                location: row.text("where").to_owned(),
                why: row.text("why").to_owned(),
                ..Entry::default()
            });
        }
    }
    let passport = Passport {
        measure: "joiner_age_share",
        about: "Ages of those who join other than from a programme.",
        unit: "share of joiners",
        notes: Vec::new(),
        from: book.day_after(),
        kind: "derived",
        source: "nhse-turnover-2025-10",
        location: "Turnover 2, joiners by age band, year to September 2019".to_owned(),
        why: "Bands as published; those who join after 55 are put at 55 to 61 or 65 to 67.".to_owned(),
    };
    Ok(Fitted {
        file: FILE,
        passport,
        entries: book.with_kept(entries, "supply/joiner_age_share.csv")?,
        findings: vec![],
    })
}

/// Joiners by band. Those of nurses alone are not published by age, so qualified staff other than doctors are taken together.
fn joiners(evidence: &Evidence, book: &Book, shape: Shape) -> Result<Bands, FitError> {
    let of = |staff: &str| -> Result<Bands, FitError> {
        let mut bands = [0.0; BANDS.len()];
        for (band, name) in BANDS.iter().enumerate() {
            bands[band] =
                match evidence.turnover.find("joiners_nhs_headcount", staff, "ENG", name, super::shapes::year()) {
                    None if staff == "consultants" && band == 0 => 0.0,
                    None => {
                        evidence.turnover.get("joiners_nhs_headcount", staff, "ENG", name, super::shapes::year())?
                    }
                    Some(joiners) => joiners,
                };
        }
        Ok(bands)
    };
    Ok(match shape {
        Shape::NonClinical => {
            let (all, qualified) = (of("all")?, of("clinical")?);
            std::array::from_fn(|band| all[band] - qualified[band])
        }
        Shape::Consultants => of("consultants")?,
        _ => {
            let (qualified, doctors) = (of("clinical")?, of("doctors")?);
            let new = ["under_25", "25_to_34", "35_to_44", "45_to_54"]
                .map(|ages| book.judgement(&format!("newly_qualified_{ages}")));
            let mut bands: Bands = std::array::from_fn(|band| qualified[band] - doctors[band]);
            for (band, new) in bands.iter_mut().zip(new) {
                *band -= new?;
            }
            bands
        }
    })
}
