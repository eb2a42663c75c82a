//! Comparing: a place beside its peers, at one moment or in its growth.

use super::ask::{ask, one_place};
use super::{Answer, LensError, Question, Row};
use crate::description::PlaceKind;
use crate::places::Places;
use crate::store::Dataset;
use crate::{Amount, Period};

/// With whom a place is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Peers {
    /// Those that a publication puts into the same cluster; where there is none, all of the same kind.
    #[default]
    Cluster,
    /// Those of the same kind in the same system.
    System,
    /// Those of the same kind in the same region.
    Region,
    /// All of the same kind.
    All,
}

/// A place among its peers.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The answer that it rests on, with its definition and source.
    pub answer: Answer,
    /// The moment that is compared.
    pub period: Period,
    /// Places and their values, from the largest.
    pub ranked: Vec<(Row, Amount)>,
    /// Where the place stands, counted from 1 at the largest.
    pub rank: usize,
    /// The lower quartile, the median and the upper quartile of the peers and the place.
    pub quartiles: [Amount; 3],
    /// Who the peers are, in words.
    pub peers: String,
    /// How many they are, the place among them, with and without a value.
    pub count: usize,
    /// Whether the values are growth in percent since so many years before.
    pub growth_years: Option<u32>,
}

/// Compares a place with its peers at the last moment for which the place has a value.
pub fn compare(
    dataset: &Dataset,
    places: &Places,
    question: &Question,
    peers: Peers,
    growth_years: Option<u32>,
) -> Result<Comparison, LensError> {
    let [place] = question.places.as_slice() else {
        return Err(LensError::Unclear("compare one place with its peers: name one with --place".to_owned()));
    };
    let place = one_place(places, place)?;
    let (codes, peers) = peers_of(places, &place, peers);
    let count = codes.len();
    // A merger is no growth: what grew is counted with what became part of it.
    let as_now = question.as_now || growth_years.is_some();
    let asked = Question { places: codes, as_now, ..question.clone() };
    let answer = ask(dataset, places, &asked)?;
    let own = answer.rows.iter().filter(|row| row.place == place && row.value.is_some()).map(|row| row.period).max();
    let period = own.ok_or_else(|| LensError::Nothing(format!("{place} has no value for this")))?;
    let value = |row: &Row| match growth_years {
        None => row.value,
        Some(years) => growth(&answer.rows, row, years),
    };
    let mut ranked: Vec<(Row, Amount)> = answer
        .rows
        .iter()
        .filter(|row| row.period == period)
        .filter_map(|row| Some((row.clone(), value(row)?)))
        .collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.place.cmp(&b.0.place)));
    let rank = ranked.iter().position(|(row, _)| row.place == place).ok_or_else(|| {
        LensError::Nothing(format!("{place} has no value {} years before {period}", growth_years.unwrap_or_default()))
    })?;
    let quartiles = [0.25, 0.5, 0.75].map(|share| quantile(&ranked, share));
    Ok(Comparison { period, rank: rank + 1, quartiles, peers, count, growth_years, ranked, answer })
}

/// The peers of a place, itself among them, and what they have in common.
fn peers_of(places: &Places, place: &str, peers: Peers) -> (Vec<String>, String) {
    let kind = places.get(place).map_or(PlaceKind::Organisation, |found| found.kind);
    let own = |list: Vec<&str>| -> Vec<String> { list.into_iter().map(ToOwned::to_owned).collect() };
    let above = |kind: PlaceKind| {
        places.ancestors(place).into_iter().find(|code| places.get(code).is_some_and(|found| found.kind == kind))
    };
    let within = |above: Option<&str>, word: &str| {
        let above = above.unwrap_or("ENG");
        let name = places.get(above).map_or("England", |found| found.name.as_str()).to_owned();
        (own(places.members(above, kind, None)), format!("{word} {name}"))
    };
    let (mut codes, words) = match peers {
        Peers::Cluster if !places.peers(place).is_empty() => (
            own(places.peers(place)),
            places.cluster(place).map_or("the same cluster".to_owned(), |cluster| format!("the cluster {cluster}")),
        ),
        Peers::System => within(above(PlaceKind::System), "those in"),
        Peers::Region => within(above(PlaceKind::Region), "those in"),
        Peers::Cluster | Peers::All => within(None, "all of the same kind in"),
    };
    if !codes.iter().any(|code| code == place) {
        codes.push(place.to_owned());
    }
    (codes, words)
}

/// Growth in percent since the same period so many years before.
fn growth(rows: &[Row], row: &Row, years: u32) -> Option<Amount> {
    let then = rows.iter().find(|other| {
        let (now, then) = (row.period.ends(), other.period.ends());
        other.place == row.place
            && other.staff == row.staff
            && other.across == row.across
            && i64::from(now.year()) - i64::from(then.year()) == i64::from(years)
            && now.month() == then.month()
    })?;
    let (now, then) = (row.value?.to_f64(), then.value?.to_f64());
    if then > 0.0 { Amount::nearest((now / then - 1.0) * 100.0) } else { None }
}

/// The value below which a share of the ranked values lies, between the two nearest.
fn quantile(ranked: &[(Row, Amount)], share: f64) -> Amount {
    let at = share * (ranked.len() - 1) as f64;
    let value = |index: usize| ranked[ranked.len() - 1 - index].1.to_f64();
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    Amount::nearest(value(low) + (value(high) - value(low)) * at.fract()).unwrap_or_default()
}
