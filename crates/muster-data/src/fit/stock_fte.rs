//! Staff in post by profession: published groups, divided as the book judges, and brought to the published total.

use std::collections::BTreeMap;

use super::book::{Book, Recipe};
use super::entry::Entry;
use super::number::{outward, significant, thousands, whole};
use super::observed::{Evidence, STAFF_GROUPS};
use super::{FitError, Fitted, Passport};

/// The table of the book.
pub const FILE: &str = "supply/stock_fte";
/// How many years of a group's own growth say how far its next year may be off.
const YEARS: i16 = 5;

/// One part of a profession: so much of a staff group, or what is left of it.
#[derive(Debug, Clone)]
struct Part {
    profession: String,
    /// Staff groups of the dataset, joined by `+`; empty for what no publication of the dataset has.
    pool: String,
    fte: f64,
    rest: bool,
    /// Whether it is all of its group.
    alone: bool,
    counted: Counted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// In the profession, and brought to the baseline by the uplift.
    Uplifted,
    /// In the profession as it stands.
    Stated,
    /// In the figure that is stated.
    Elsewhere,
}

/// What the stock of each profession is made of.
#[derive(Debug)]
pub struct Stock {
    /// The entries.
    pub fitted: Fitted,
    /// The uplift from the month of the dataset to the baseline.
    pub uplift: f64,
}

/// Fits `stock_fte`: each staff group of the dataset, divided between professions by `fit/stock_fte.csv`, times the one
/// uplift that brings all professions to the published total.
pub fn fit(evidence: &Evidence, book: &Book) -> Result<Stock, FitError> {
    let recipe = book.recipe("stock_fte")?;
    let parts = parts(evidence, &recipe)?;
    let published = book.outcome("stock_fte")?;
    let sum = |counted: Counted| -> f64 { parts.iter().filter(|p| p.counted == counted).map(|p| p.fte).sum() };
    let (stated, observed) = (sum(Counted::Stated), sum(Counted::Uplifted));
    let uplift = (published - stated) / observed;

    let of = |id: &str, counted: Counted| -> f64 {
        parts.iter().filter(|part| part.profession == id && part.counted == counted).map(|part| part.fte).sum()
    };
    let exact: Vec<f64> = book
        .professions
        .iter()
        .map(|of_book| of(&of_book.id, Counted::Stated) + of(&of_book.id, Counted::Uplifted) * uplift)
        .collect();
    let values = whole(&exact, published.round() as i64);
    let month = evidence.month.starts().strftime("%B %Y").to_string();
    let mut entries = Vec::new();
    for (profession, value) in book.professions.iter().zip(values) {
        let row = recipe.iter().find(|row| row.text("profession") == profession.id).ok_or_else(|| FitError::Book {
            file: "fit/stock_fte.csv".into(),
            why: format!("there is no row for `{}`", profession.id),
        })?;
        let own: Vec<&Part> = parts.iter().filter(|part| part.profession == profession.id).collect();
        let is_stated = own.iter().any(|part| part.counted == Counted::Stated);
        let (low, high) = match (row.number("low")?, row.number("high")?) {
            (Some(low), Some(high)) if is_stated => (thousands(low).replace(',', ""), thousands(high).replace(',', "")),
            (Some(low), Some(high)) => (significant(value as f64 * low, 3), significant(value as f64 * high, 3)),
            _ => by_own_growth(evidence, &own, value as f64, uplift)?,
        };
        let location = if is_stated { row.text("where").to_owned() } else { sources(evidence, &own, row, &month) };
        let why = if is_stated {
            row.text("why").to_owned()
        } else {
            let words =
                [made_of(evidence, &own), row.text("why").to_owned(), format!("Times the uplift of {uplift:.4}.")];
            words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
        };
        entries.push(Entry {
            profession: profession.id.clone(),
            value: value.to_string(),
            low,
            high,
            kind: row.text("kind").to_owned(),
            source: row.text("source").to_owned(),
            location,
            why,
            ..Entry::default()
        });
    }
    let passport = Passport {
        measure: "stock_fte",
        about: "Full-time equivalent staff in post in NHS trusts, other core bodies and general practice at the end of 2021/22.",
        unit: "FTE",
        notes: vec![format!(
            "The total is the published {}. What has a published figure of its own for the year, or is derived from published posts, is {} FTE. \
             Everything else is its figure for {month} ({} FTE) times one uplift: ({} - {}) / {} = {uplift:.4}. Values are whole FTE that add to \
             the total exactly.",
            thousands(published),
            thousands(stated),
            thousands(observed),
            thousands(published),
            thousands(stated),
            thousands(observed),
        )],
        from: book.baseline,
        kind: "judgement",
        source: "nhse-hchs-2025-05",
        location: format!("Staff in post by staff group and grade, {month}"),
        why: format!(
            "{month} figure times {uplift:.4}, the one uplift that brings all professions to the published total. Groups are published; how a group splits into professions is judged, and the row says how."
        ),
    };
    let findings = vec![format!(
        "One uplift of {uplift:.4} brings {} FTE of {month} and {} FTE of stated figures to {}.",
        thousands(observed),
        thousands(stated),
        thousands(published)
    )];
    Ok(Stock { fitted: Fitted { file: FILE, passport, entries, findings }, uplift })
}

/// What each part of the recipe comes to.
fn parts(evidence: &Evidence, recipe: &[Recipe]) -> Result<Vec<Part>, FitError> {
    let mut pools: BTreeMap<&str, f64> = BTreeMap::new();
    for row in recipe.iter().filter(|row| !row.text("staff").is_empty()) {
        let pool = row.text("staff");
        let all = match pools.get(pool) {
            Some(left) => *left,
            None => in_post(evidence, pool)?,
        };
        pools.insert(pool, all - row.number("fte")?.unwrap_or(0.0));
    }
    let wrong = |why: String| Err(FitError::Book { file: "fit/stock_fte.csv".into(), why });
    let mut parts = Vec::new();
    for row in recipe {
        let (pool, fte) = (row.text("staff"), row.number("fte")?);
        let counted = match row.text("counted") {
            "" => Counted::Uplifted,
            "stated" => Counted::Stated,
            "elsewhere" => Counted::Elsewhere,
            other => return wrong(format!("`{other}` in the column `counted` is neither `stated` nor `elsewhere`")),
        };
        // What a group has beyond its judged parts goes to the one row that states no number.
        let left = pools.get(pool).copied();
        let fte = match (fte, left) {
            (Some(fte), _) => fte,
            (None, Some(left)) if left >= 0.0 => left,
            (None, Some(left)) => {
                return wrong(format!("{} FTE more are taken out of `{pool}` than it has", thousands(-left)));
            }
            (None, None) => return wrong(format!("`{}` has neither staff nor FTE", row.text("profession"))),
        };
        let rest = row.number("fte")?.is_none();
        let alone = recipe.iter().filter(|other| other.text("staff") == pool).count() == 1;
        parts.push(Part {
            profession: row.text("profession").to_owned(),
            pool: pool.to_owned(),
            fte,
            rest,
            alone,
            counted,
        });
    }
    for pool in pools.keys() {
        let takers = parts.iter().filter(|part| part.pool == *pool && part.rest).count();
        if takers != 1 {
            return wrong(format!("one row must take what is left of `{pool}`, and {takers} do"));
        }
    }
    Ok(parts)
}

/// Staff in post of one or several groups of the dataset in its last month.
fn in_post(evidence: &Evidence, pool: &str) -> Result<f64, FitError> {
    if pool.starts_with("pcn-") {
        let networks: Vec<f64> = evidence.networks.places("fte", pool, evidence.month).map(|(_, fte)| fte).collect();
        if networks.is_empty() {
            return Err(FitError::Missing(format!("no {pool} in {}: add files of `pcn-workforce`", evidence.month)));
        }
        return Ok(networks.iter().sum());
    }
    evidence.england("fte", pool, evidence.month)
}

fn title(evidence: &Evidence, pool: &str) -> String {
    let titles: Vec<&str> = pool.split('+').map(|staff| evidence.title(staff)).collect();
    titles.join(" and ")
}

/// Where the parts come from.
fn sources(evidence: &Evidence, parts: &[&Part], row: &Recipe, month: &str) -> String {
    let pools: Vec<String> =
        parts.iter().filter(|part| !part.pool.is_empty()).map(|part| title(evidence, &part.pool)).collect();
    let mut places: Vec<String> =
        if row.text("where").is_empty() { vec![] } else { vec![row.text("where").to_owned()] };
    if !pools.is_empty() {
        places.push(format!("{}, {month}", pools.join("; ")));
    }
    places.join("; ")
}

/// Which part is published and which judged: "24,000 of Nurses and health visitors".
fn made_of(evidence: &Evidence, parts: &[&Part]) -> String {
    let part = |part: &&&Part| {
        let fte = thousands(part.fte);
        match (part.pool.is_empty(), part.rest, part.alone) {
            (true, ..) => format!("besides, {fte}, judged"),
            (false, true, true) => format!("{}: {fte}", title(evidence, &part.pool)),
            (false, true, false) => format!("{}: {fte}, what is left", title(evidence, &part.pool)),
            (false, false, _) => format!("{}: {fte}, judged", title(evidence, &part.pool)),
        }
    };
    let list: Vec<String> = parts.iter().filter(|part| part.counted == Counted::Uplifted).map(|p| part(&p)).collect();
    format!("{}.", list.join("; "))
}

/// For a profession that is whole groups: what it would be had it grown as in the slower and the faster of its last years.
fn by_own_growth(evidence: &Evidence, parts: &[&Part], value: f64, uplift: f64) -> Result<(String, String), FitError> {
    let mut totals = Vec::new();
    for month in evidence.years_before(YEARS) {
        let all: Result<f64, FitError> = parts.iter().map(|part| evidence.england("fte", &part.pool, month)).sum();
        totals.push(all?);
    }
    let mut growth: Vec<f64> = totals.windows(2).map(|pair| pair[0] / pair[1]).collect();
    growth.sort_by(f64::total_cmp);
    // The slowest and the fastest year are left out: in one of them staff may have been moved from another group.
    let usual = growth.get(1..growth.len() - 1).unwrap_or_default();
    let slowest = usual.iter().copied().fold(uplift, f64::min);
    let fastest = usual.iter().copied().fold(uplift, f64::max);
    Ok((outward(value / uplift * slowest, 3, true), outward(value / uplift * fastest, 3, false)))
}

/// How much of each of the [`STAFF_GROUPS`] a profession is made of.
pub fn mixture(evidence: &Evidence, book: &Book) -> Result<BTreeMap<String, [f64; STAFF_GROUPS.len()]>, FitError> {
    let mut mixtures: BTreeMap<String, [f64; STAFF_GROUPS.len()]> = BTreeMap::new();
    for part in parts(evidence, &book.recipe("stock_fte")?)? {
        let first = part.pool.split('+').next().unwrap_or_default();
        if let Some(group) = evidence.group_of(first) {
            mixtures.entry(part.profession).or_default()[group] += part.fte;
        }
    }
    Ok(mixtures)
}
