//! A figure as a case writes it: one number, or numbers by setting, by year or by age.

use std::collections::BTreeMap;

use muster_core::{Age, AgeBand, AgeRange, FinancialYear, Setting};
use serde::Deserialize;

/// One number, or a table whose keys are all settings, all years or all ages; tables nest.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Figure {
    One(f64),
    By(BTreeMap<String, Figure>),
}

/// What a figure is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) year: FinancialYear,
    pub(super) setting: Option<Setting>,
    /// The age, and the ages that may be named.
    pub(super) age: Option<(Age, AgeRange)>,
    /// Whether what stands for a band of ages is shared out evenly among them, as people are, or holds at each, as
    /// rates do.
    pub(super) spread: bool,
    /// The years of the case.
    pub(super) first: FinancialYear,
    pub(super) last: FinancialYear,
}

enum Key {
    Setting(Setting),
    Year(FinancialYear),
    Ages(AgeBand),
}

impl Ask {
    fn read(&self, key: &str) -> Result<Key, String> {
        if let Ok(setting) = key.parse() {
            return Ok(Key::Setting(setting));
        }
        if let Ok(year) = key.parse() {
            let inside = (self.first..=self.last).contains(&year);
            return if inside { Ok(Key::Year(year)) } else { Err(format!("{year} is not a year of the case")) };
        }
        match self.age {
            Some((_, range)) => AgeBand::parse(key, range).map(Key::Ages).map_err(|error| error.to_string()),
            None => Err(format!("`{key}` is neither a setting nor a year, and this figure has no ages")),
        }
    }
}

impl Figure {
    /// The number asked for; none where the figure says nothing.
    pub(super) fn at(&self, ask: &Ask) -> Result<Option<f64>, String> {
        let table = match self {
            Self::One(value) => return Ok(Some(*value)),
            Self::By(table) => table,
        };
        let (mut kinds, mut found, mut bands) = ([false; 3], None, Vec::<AgeBand>::new());
        let mut latest = None;
        for (key, figure) in table {
            match ask.read(key)? {
                Key::Setting(setting) => {
                    kinds[0] = true;
                    found = if ask.setting == Some(setting) { Some((figure, 1)) } else { found };
                }
                Key::Year(year) => {
                    kinds[1] = true;
                    if year <= ask.year && latest.is_none_or(|latest| latest < year) {
                        (latest, found) = (Some(year), Some((figure, 1)));
                    }
                }
                Key::Ages(band) => {
                    kinds[2] = true;
                    if bands.iter().any(|other| other.overlaps(band)) {
                        return Err(format!("the ages {band} are named twice"));
                    }
                    bands.push(band);
                    let within = ask.age.is_some_and(|(age, _)| band.contains(age));
                    found = if within { Some((figure, band.len())) } else { found };
                }
            }
        }
        if kinds.iter().filter(|kind| **kind).count() > 1 {
            return Err("one table mixes settings, years and ages: nest them".to_owned());
        }
        let Some((figure, ages)) = found else { return Ok(None) };
        let shared_by = if ask.spread { ages as f64 } else { 1.0 };
        Ok(figure.at(ask)?.map(|value| value / shared_by))
    }
}
