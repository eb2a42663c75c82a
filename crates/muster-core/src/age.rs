//! Ages in single years, and bands of them.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// An age in completed years.
pub type Age = u8;

/// A closed range of ages in which the last year is open-ended ("75 and over").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeRange {
    /// The youngest age.
    pub youngest: Age,
    /// The oldest age, which stands for itself and everything above.
    pub oldest: Age,
}

/// Ages of staff and students: 16 to 75 and over.
pub const STAFF_AGES: AgeRange = AgeRange { youngest: 16, oldest: 75 };

/// Ages of the population that care is for: 0 to 90 and over.
pub const CITIZEN_AGES: AgeRange = AgeRange { youngest: 0, oldest: 90 };

impl AgeRange {
    /// How many single years there are.
    pub const fn len(self) -> usize {
        (self.oldest - self.youngest) as usize + 1
    }

    /// Never: a range holds at least one age.
    pub const fn is_empty(self) -> bool {
        false
    }

    /// The place of `age` in an array over this range; ages above the oldest share its place.
    pub fn index(self, age: Age) -> usize {
        usize::from(age.clamp(self.youngest, self.oldest) - self.youngest)
    }

    /// Every age, in order.
    pub fn ages(self) -> RangeInclusive<Age> {
        self.youngest..=self.oldest
    }
}

/// Ages from one birthday to another, both included, such as 25-34.
///
/// ```
/// use muster_core::{AgeBand, STAFF_AGES};
/// let band: AgeBand = AgeBand::parse("25-34", STAFF_AGES).unwrap();
/// assert_eq!(band.len(), 10);
/// assert!(band.contains(34) && !band.contains(35));
/// assert!(AgeBand::parse("70-80", STAFF_AGES).is_err()); // 75 is "75 and over"
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AgeBand {
    from: Age,
    to: Age,
}

/// Text that is not an age band, or one outside the ages that apply.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AgeError {
    /// It cannot be read.
    #[error("`{0}` is not an age: write a single age such as 30, or a band such as 25-34")]
    Unreadable(String),
    /// It is read, but lies outside the range.
    #[error("`{text}` is outside the ages {youngest} to {oldest} (where {oldest} means {oldest} and over)")]
    Outside {
        /// What was written.
        text: String,
        /// The youngest age allowed.
        youngest: Age,
        /// The oldest age allowed.
        oldest: Age,
    },
}

impl AgeBand {
    /// Reads `25-34` or `30`, which must lie within `range`.
    pub fn parse(text: &str, range: AgeRange) -> Result<Self, AgeError> {
        let unreadable = || AgeError::Unreadable(text.to_owned());
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let from: Age = from.trim().parse().map_err(|_| unreadable())?;
        let to: Age = to.trim().parse().map_err(|_| unreadable())?;
        if from > to {
            return Err(unreadable());
        }
        if from < range.youngest || to > range.oldest {
            let AgeRange { youngest, oldest } = range;
            return Err(AgeError::Outside { text: text.to_owned(), youngest, oldest });
        }
        Ok(Self { from, to })
    }

    /// How many single years it spans.
    pub fn len(self) -> usize {
        usize::from(self.to - self.from) + 1
    }

    /// Never: a band holds at least one age.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Whether `age` is in it.
    pub fn contains(self, age: Age) -> bool {
        (self.from..=self.to).contains(&age)
    }

    /// Every age, in order.
    pub fn ages(self) -> RangeInclusive<Age> {
        self.from..=self.to
    }

    /// Whether some age is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

impl fmt::Display for AgeBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}-{}", self.from, self.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_age_stands_for_everyone_above_it() {
        assert_eq!(STAFF_AGES.len(), 60);
        assert_eq!(STAFF_AGES.index(16), 0);
        assert_eq!(STAFF_AGES.index(75), 59);
        assert_eq!(STAFF_AGES.index(80), 59);
    }

    #[test]
    fn bands_that_make_no_sense_are_refused() {
        for wrong in ["", "abc", "34-25", "25-", "-5", "15-20", "70-76", "300"] {
            assert!(AgeBand::parse(wrong, STAFF_AGES).is_err(), "{wrong} should be refused");
        }
        assert_eq!(AgeBand::parse("30", STAFF_AGES).unwrap().to_string(), "30");
    }
}
