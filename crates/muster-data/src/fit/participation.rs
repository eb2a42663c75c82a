//! Hours per head: by age as last published, at the level of the last month.

use super::book::Book;
use super::entry::Entry;
use super::number::places;
use super::observed::Evidence;
use super::shapes::{RATE_BANDS, Shape, split};
use super::{FitError, Fitted, Passport};

/// The table of the book.
pub const FILE: &str = "supply/participation";

/// Fits `participation`: FTE per head by age band, times one factor for each row of `fit/participation.csv` so that the
/// average over the ages of `ages` is the FTE per head of the group in the last month. Nobody works more than full time.
pub fn fit(evidence: &Evidence, book: &Book, ages: &[Entry]) -> Result<Fitted, FitError> {
    let (from_55, from_60) = (book.judgement("hours_55_to_59")?, book.judgement("hours_60_to_64")?);
    let mut entries = Vec::new();
    for row in book.recipe("participation")? {
        let shape = Shape::named(row.text("shape"), "fit/participation.csv")?;
        let staff = row.text("staff");
        let in_post = |measure: &str| evidence.england(measure, staff, evidence.month);
        let level = in_post("fte")? / in_post("headcount")?;
        let (below, above) = (row.needed("below")?, row.needed("above")?);
        let titles: Vec<&str> = staff.split('+').map(|staff| evidence.title(staff)).collect();
        let mut push = |age: &str, value: f64, why: String| {
            let value = places(value, 3);
            let number: f64 = value.parse().unwrap_or_default();
            entries.push(Entry {
                group: row.text("group").to_owned(),
                profession: row.text("profession").to_owned(),
                age: age.to_owned(),
                low: places(number - below, 3),
                high: places(number + above, 3),
                value,
                location: format!(
                    "Turnover 2, FTE and headcount at start of period, by age band; staff in post, {}: {}",
                    evidence.month,
                    titles.join(" and ")
                ),
                why,
                ..Entry::default()
            });
        };
        if shape == Shape::Flat {
            push("16-75", level, format!("FTE over headcount of the grade in {}, at all ages.", evidence.month));
            continue;
        }
        let hours = split(shape.hours(evidence)?, from_55, from_60);
        let weights = super::weights(ages, row.text("group"), row.text("profession"), book)?;
        for (band, value) in RATE_BANDS.iter().zip(at_level(hours, weights, level)) {
            push(band, value, String::new());
        }
    }
    let month = evidence.month.starts().strftime("%B %Y");
    let passport = Passport {
        measure: "participation",
        about: "FTE worked per head, by age.",
        unit: "FTE per head",
        notes: Vec::new(),
        from: book.baseline,
        kind: "derived",
        source: "nhse-turnover-2025-10",
        location: "Turnover 2, FTE and headcount at start of period".to_owned(),
        why: format!(
            "FTE per head by age band in September 2018, times one factor a group so that the average is the FTE per head of that group in {month}. Nobody above 1. Between 55 and 64 those under 60 work {:.1}% more and the others {:.0}% less than the band.",
            100.0 * (from_55 - 1.0),
            100.0 * (1.0 - from_60)
        ),
    };
    Ok(Fitted { file: FILE, passport, entries: book.with_kept(entries, "supply/participation.csv")?, findings: vec![] })
}

/// Hours times the factor that gives them a level on average. What would be above 1 is 1, and the others make up for it.
pub fn at_level(hours: [f64; 7], weights: [f64; 7], level: f64) -> [f64; 7] {
    let mut full = [false; 7];
    loop {
        let of = |wanted: bool| -> Vec<usize> { (0..7).filter(|band| full[*band] == wanted).collect() };
        let at_full: f64 = of(true).into_iter().map(|band| weights[band]).sum();
        let others: f64 = of(false).into_iter().map(|band| weights[band] * hours[band]).sum();
        let factor = (level * weights.iter().sum::<f64>() - at_full) / others;
        let scaled: [f64; 7] = std::array::from_fn(|band| if full[band] { 1.0 } else { hours[band] * factor });
        if scaled.iter().all(|hours| *hours <= 1.0) {
            return scaled;
        }
        full = std::array::from_fn(|band| scaled[band] >= 1.0);
    }
}
