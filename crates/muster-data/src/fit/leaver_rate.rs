//! Leaver rates by age: those of the last year before the pandemic, each group at its own level, and all times one factor.

use super::book::{Book, Recipe};
use super::entry::Entry;
use super::number::{significant, thousands};
use super::observed::Evidence;
use super::shapes::{RATE_BANDS, Shape, basis, leaving_split, opening, split, year};
use super::{FitError, Fitted, Passport};

/// The table of the book.
pub const FILE: &str = "supply/leaver_rate";

/// Leaver rates, and the factor that brings the definition of the statistics to that of the plan.
#[derive(Debug)]
pub struct Leaving {
    /// The entries.
    pub fitted: Fitted,
    /// The factor.
    pub factor: f64,
}

/// The tables that the factor depends on: how many people there are, and of which ages.
#[derive(Debug, Clone, Copy)]
pub struct Workforce<'a> {
    /// `stock_fte`.
    pub stock: &'a [Entry],
    /// `age_share`.
    pub ages: &'a [Entry],
    /// `participation`.
    pub hours: &'a [Entry],
}

/// A row of the recipe before the factor.
struct Before {
    rates: [f64; 7],
    level: f64,
    location: String,
    judged: bool,
}

/// Fits `leaver_rate`: the shape by age of a published group, at the level of the row's own group, times one factor that
/// makes the overall rate the published one. A leaver is someone who has left the NHS; turnover between organisations is
/// another thing, and is never mixed in.
pub fn fit(evidence: &Evidence, book: &Book, workforce: Workforce) -> Result<Leaving, FitError> {
    let recipe = book.recipe("leaver_rate")?;
    let mut before = Vec::new();
    for row in &recipe {
        before.push(rates(evidence, book, row, workforce.ages)?);
    }
    let factor = factor(book, workforce, &recipe, &before)?;
    let mut entries = Vec::new();
    for (row, before) in recipe.iter().zip(&before) {
        let spread = row.needed("spread")?;
        let flat = row.text("shape") == "flat";
        let bands: &[&str] = if flat { &["16-75"] } else { &RATE_BANDS };
        for (band, rate) in bands.iter().zip(before.rates) {
            let value = significant(rate * factor, 4);
            let number: f64 = value.parse().unwrap_or_default();
            entries.push(Entry {
                group: row.text("group").to_owned(),
                profession: row.text("profession").to_owned(),
                age: (*band).to_owned(),
                low: significant(number * (1.0 - spread), 4),
                high: significant(number * (1.0 + spread), 4),
                value,
                kind: row.text("kind").to_owned(),
                source: row.text("source").to_owned(),
                location: before.location.clone(),
                why: format!(
                    "Before the factor, {:.1}% of the group left in a year{}. Age shape times level times {factor:.4}.",
                    100.0 * before.level,
                    if before.judged { ", a judgement" } else { "" }
                ),
                ..Entry::default()
            });
        }
    }
    let target = book.outcome("leaver_rate")?;
    let passport = Passport {
        measure: "leaver_rate",
        about: "Share of those in post at the start of the year who have left the NHS by its end, on the definition that gave 9.1% in 2022. Moves between professions here are not leaving.",
        unit: "share of opening headcount, per year",
        notes: vec![format!(
            "CALIBRATED. The published statistics count people on maternity leave and career breaks as leavers, and come to 10.9% in that year. The \
             plan's own measure was 9.1% in 2022. One factor, {factor:.4}, is put on every rate from the statistics so that England is at {:.1}%; \
             GPs, doctors in training and those whom no move takes at the end of training are outside it. Age shapes: nurses; consultants (also \
             for SAS doctors); qualified staff less doctors and nurses; infrastructure leavers over an age mix taken from all staff less \
             qualified staff (also for support). From 55 to 64 the published rate is split so that 60 to 64 is three times 55 to 59. Leaving \
             an organisation is another thing (`nhse-turnover-benchmarking-2025-10`): it stands in fit/organisation_leaving.csv, and nothing of it is here.",
            100.0 * target
        )],
        from: book.day_after(),
        kind: "derived",
        source: "nhse-turnover-2025-10",
        location: "Turnover 1 and 2, year to September 2019".to_owned(),
        why: format!(
            "Leavers over opening heads by age in the last full year before the pandemic, scaled to each group’s own level, times {factor:.4}."
        ),
    };
    let findings =
        vec![format!("One factor of {factor:.4} brings England to an overall leaver rate of {:.1}%.", 100.0 * target)];
    let entries = book.with_kept(entries, "supply/leaver_rate.csv")?;
    Ok(Leaving { fitted: Fitted { file: FILE, passport, entries, findings }, factor })
}

/// The rates of a row before the factor, at the level of its group.
fn rates(evidence: &Evidence, book: &Book, row: &Recipe, ages: &[Entry]) -> Result<Before, FitError> {
    let shape = Shape::named(row.text("shape"), "fit/leaver_rate.csv")?;
    let (from_55, from_60) = leaving_split(book)?;
    let shape = match shape {
        Shape::Flat => [1.0; RATE_BANDS.len()],
        known => split(known.leaving(evidence)?, from_55, from_60),
    };
    let judged = row.text("kind") == "judgement";
    let (level, location) = match (row.number("level")?, row.text("staff")) {
        (Some(level), _) => (level, row.text("where").to_owned()),
        (None, staff) => {
            let leavers: Result<f64, FitError> = staff
                .split('+')
                .map(|staff| evidence.turnover.get("leavers_nhs_headcount", staff, "ENG", "", year()))
                .sum();
            let leavers = leavers?;
            let titles: Vec<&str> = staff.split('+').map(|staff| evidence.title(staff)).collect();
            let people = match evidence.turnover.find("opening_nhs_headcount", staff, "ENG", "", year()) {
                Some(people) => people,
                None => evidence.england("headcount", staff, opening())? * basis(evidence, "headcount")?,
            };
            let location = format!(
                "Leavers, year to September 2019: {}, {} of {}",
                titles.join(", "),
                thousands(leavers),
                thousands(people)
            );
            (leavers / people, location)
        }
    };
    // At all ages the rate is the level; otherwise the shape averages to it over the ages of the group.
    let weights = super::weights(ages, row.text("group"), row.text("profession"), book)?;
    let mean: f64 =
        shape.iter().zip(weights).map(|(rate, weight)| rate * weight).sum::<f64>() / weights.iter().sum::<f64>();
    Ok(Before { rates: shape.map(|rate| rate * level / mean), level, location, judged })
}

/// `(published rate · people − leavers outside the factor) / leavers inside it, before the factor`.
fn factor(book: &Book, workforce: Workforce, recipe: &[Recipe], before: &[Before]) -> Result<f64, FitError> {
    let own = book.entries("supply/leaver_rate.csv")?;
    let (mut people, mut inside, mut outside) = (0.0, 0.0, 0.0);
    for profession in &book.professions {
        let heads = super::heads(book, workforce, profession)?;
        let ages = |age: u32| book.at_age(workforce.ages, profession, age, true).unwrap_or_default();
        people += heads;
        // Rates of its own that no recipe names, such as those of training grades, stay outside the factor.
        let stated = own.iter().any(|entry| entry.profession == profession.id);
        let of_profession = recipe.iter().position(|row| row.text("profession") == profession.id);
        let of_group =
            recipe.iter().position(|row| row.text("profession").is_empty() && row.text("group") == profession.group);
        let found = of_profession.or(of_group.filter(|_| !stated));
        if let Some(at) = found {
            let rate = |age: u32| {
                let band = RATE_BANDS
                    .iter()
                    .position(|band| crate::ages::range(band).is_some_and(|(a, b)| (a..=b).contains(&age)));
                before[at].rates[band.unwrap_or(0)]
            };
            inside += heads * (16..=75).map(|age| ages(age) * rate(age)).sum::<f64>();
        } else {
            let rate = |age: u32| book.at_age(&own, profession, age, false).unwrap_or_default();
            let leaving = (16..=75).map(|age| ages(age) * rate(age)).sum::<f64>();
            outside += heads * leaving;
            outside += super::completers_who_leave(book, profession, heads, leaving)?;
        }
    }
    Ok((book.outcome("leaver_rate")? * people - outside) / inside)
}
