//! Places: the tree England → region → integrated care system → trust, with dates.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An ODS-style code: `ENG`, `Y58`, `QJK`, `RA9`, `G6V2S`.
///
/// ```
/// use muster_core::PlaceCode;
/// assert!("QJK".parse::<PlaceCode>().is_ok());
/// assert!("qjk".parse::<PlaceCode>().is_err()); // codes are capital letters and digits
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceCode(String);

/// What kind of node a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// England.
    Country,
    /// An NHS England region.
    Region,
    /// An integrated care system.
    System,
    /// An NHS trust or foundation trust.
    Trust,
}

/// One place, with the dates between which it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its code.
    pub code: PlaceCode,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// The place it belongs to; none for England.
    pub parent: Option<PlaceCode>,
    /// The day it opened, if known.
    pub from: Option<Date>,
    /// The day it closed, if it has.
    pub to: Option<Date>,
    /// What took over from it, if it has closed.
    pub successor: Option<PlaceCode>,
}

/// Places and how they nest.
#[derive(Debug, Clone, Default)]
pub struct PlaceTree {
    places: BTreeMap<PlaceCode, Place>,
}

/// What is wrong with a code or a tree.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// Not a code.
    #[error("`{0}` is not a place code: use capital letters and digits, as in QJK")]
    Code(String),
    /// Two places with one code.
    #[error("place {0} is listed twice")]
    Twice(PlaceCode),
    /// A parent that is not there.
    #[error("place {code} belongs to {parent}, which is not listed")]
    NoParent {
        /// The place.
        code: PlaceCode,
        /// The parent it names.
        parent: PlaceCode,
    },
    /// A place that is its own ancestor.
    #[error("place {0} belongs to itself, by way of its parents")]
    Cycle(PlaceCode),
    /// A region under a trust, or the like.
    #[error("place {code} cannot belong to {parent}: a place belongs to one of a higher level")]
    Level {
        /// The place.
        code: PlaceCode,
        /// The parent it names.
        parent: PlaceCode,
    },
}

impl PlaceError {
    /// The place at fault, where there is one.
    pub fn code(&self) -> Option<&PlaceCode> {
        match self {
            Self::Code(_) => None,
            Self::Twice(code) | Self::Cycle(code) | Self::NoParent { code, .. } | Self::Level { code, .. } => {
                Some(code)
            }
        }
    }
}

impl Place {
    /// Whether it exists on `date`.
    pub fn exists_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

impl PlaceTree {
    /// Builds the tree, or says everything that is wrong with it.
    pub fn new(list: Vec<Place>) -> Result<Self, Vec<PlaceError>> {
        let mut errors = Vec::new();
        let mut tree = Self::default();
        for place in list {
            if tree.places.contains_key(&place.code) {
                errors.push(PlaceError::Twice(place.code));
                continue;
            }
            tree.places.insert(place.code.clone(), place);
        }
        for place in tree.places.values() {
            let Some(parent) = &place.parent else { continue };
            match tree.places.get(parent) {
                None => errors.push(PlaceError::NoParent { code: place.code.clone(), parent: parent.clone() }),
                Some(_) if tree.loops(&place.code) => errors.push(PlaceError::Cycle(place.code.clone())),
                Some(above) if above.kind >= place.kind => {
                    errors.push(PlaceError::Level { code: place.code.clone(), parent: parent.clone() });
                }
                Some(_) => {}
            }
        }
        if errors.is_empty() { Ok(tree) } else { Err(errors) }
    }

    fn loops(&self, code: &PlaceCode) -> bool {
        let mut at = code;
        for _ in 0..=self.places.len() {
            match self.places.get(at).and_then(|place| place.parent.as_ref()) {
                None => return false,
                Some(parent) => at = parent,
            }
        }
        true
    }

    /// The place with this code.
    pub fn get(&self, code: &PlaceCode) -> Option<&Place> {
        self.places.get(code)
    }

    /// Every place, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// Every place of one kind, by code.
    pub fn of_kind(&self, kind: PlaceKind) -> impl Iterator<Item = &Place> {
        self.places.values().filter(move |place| place.kind == kind)
    }

    /// The place itself, its parent, and so on up to England.
    pub fn lineage<'a>(&'a self, code: &'a PlaceCode) -> impl Iterator<Item = &'a PlaceCode> {
        std::iter::successors(Some(code), |at| self.places.get(at).and_then(|place| place.parent.as_ref()))
    }

    /// Whether `code` is `ancestor` or lies below it.
    pub fn is_within(&self, code: &PlaceCode, ancestor: &PlaceCode) -> bool {
        self.lineage(code).any(|at| at == ancestor)
    }
}

impl PlaceCode {
    /// England.
    pub fn england() -> Self {
        Self("ENG".to_owned())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PlaceCode {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let good = (2..=12).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(PlaceError::Code(text.to_owned())) }
    }
}

impl TryFrom<String> for PlaceCode {
    type Error = PlaceError;
    fn try_from(text: String) -> Result<Self, PlaceError> {
        text.parse()
    }
}

impl From<PlaceCode> for String {
    fn from(code: PlaceCode) -> String {
        code.0
    }
}

impl fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for PlaceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "country" => Ok(Self::Country),
            "region" => Ok(Self::Region),
            "system" => Ok(Self::System),
            "trust" => Ok(Self::Trust),
            _ => Err(format!("`{text}` is not a kind of place: use country, region, system or trust")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(code: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
        Place {
            code: code.parse().unwrap(),
            name: code.to_owned(),
            kind,
            parent: parent.map(|parent| parent.parse().unwrap()),
            from: None,
            to: None,
            successor: None,
        }
    }

    fn small() -> Vec<Place> {
        vec![
            place("ENG", PlaceKind::Country, None),
            place("Y58", PlaceKind::Region, Some("ENG")),
            place("QJK", PlaceKind::System, Some("Y58")),
            place("RA9", PlaceKind::Trust, Some("QJK")),
        ]
    }

    #[test]
    fn a_trust_lies_within_its_system_its_region_and_england() {
        let tree = PlaceTree::new(small()).unwrap();
        let torbay = "RA9".parse().unwrap();
        let lineage: Vec<_> = tree.lineage(&torbay).map(PlaceCode::as_str).collect();
        assert_eq!(lineage, ["RA9", "QJK", "Y58", "ENG"]);
        assert!(tree.is_within(&torbay, &PlaceCode::england()));
        assert!(!tree.is_within(&PlaceCode::england(), &torbay));
    }

    #[test]
    fn every_fault_of_a_tree_is_reported_at_once() {
        let mut list = small();
        list.push(place("RA9", PlaceKind::Trust, Some("QJK")));
        list.push(place("RZZ", PlaceKind::Trust, Some("QQQ")));
        list.push(place("Y99", PlaceKind::Region, Some("RA9")));
        let errors = PlaceTree::new(list).unwrap_err();
        assert_eq!(errors.len(), 3, "{errors:?}");

        let knot = vec![place("QAA", PlaceKind::System, Some("QBB")), place("QBB", PlaceKind::System, Some("QAA"))];
        assert!(PlaceTree::new(knot).unwrap_err().iter().all(|error| matches!(error, PlaceError::Cycle(_))));
    }
}
