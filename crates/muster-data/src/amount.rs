//! Amounts: decimals with six places, read from whatever a cell holds.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// A decimal with six places, kept as a whole number of millionths.
///
/// Sums of decimals do not depend on their order; sums of floating-point numbers do, and then a total differs with the
/// number of threads that added it.
///
/// ```
/// use muster_data::Amount;
/// let parts = ["0.1", "0.2", "311137.042830"].map(|text| text.parse::<Amount>().unwrap());
/// assert_eq!(parts.into_iter().sum::<Amount>().to_string(), "311137.34283");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// Digits after the point.
const PLACES: usize = 6;
const ONE: i64 = 1_000_000;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From a whole number of millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// As a whole number of millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The nearest amount to a number; none if it is too large (about nine million million) or not a number.
    pub fn nearest(number: f64) -> Option<Self> {
        let millionths = (number * ONE as f64).round();
        (millionths.abs() < 9.2e18).then_some(Self(millionths as i64))
    }

    /// As a floating-point number, for charts and statistics.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// Times a factor, rounded to six places.
    pub fn times(self, factor: f64) -> Option<Self> {
        Self::nearest(self.to_f64() * factor)
    }

    /// Without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// The sum, or none where it would be too large.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Whether two values say the same: one publication rounds to five places, and another does not.
    pub const fn says_the_same(self, other: Self) -> bool {
        self.0.abs_diff(other.0) <= 10
    }
}

impl From<i32> for Amount {
    fn from(whole: i32) -> Self {
        Self(i64::from(whole) * ONE)
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// Text that is not a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number")]
pub struct NotANumber(String);

impl std::str::FromStr for Amount {
    type Err = NotANumber;

    /// Reads `1234.5`, `1,234.5`, `-3`, `£1,234` and `1.2e-3`. Digits beyond the sixth place are rounded.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let refused = || NotANumber(text.to_owned());
        let bare = text.trim();
        let (negative, bare) = bare.strip_prefix('-').map_or((false, bare), |rest| (true, rest));
        let bare = bare.strip_prefix('£').unwrap_or(bare);
        if bare.contains(['e', 'E']) && !bare.starts_with(['-', '+']) {
            let number = bare.parse::<f64>().ok().and_then(Self::nearest).ok_or_else(refused)?;
            return Ok(if negative { -number } else { number });
        }
        let (whole, fraction) = bare.split_once('.').unwrap_or((bare, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !digits(fraction) {
            return Err(refused());
        }
        let whole = if whole.contains(',') { without_thousands(whole).ok_or_else(refused)? } else { whole.to_owned() };
        if !digits(&whole) {
            return Err(refused());
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| refused())? };
        let mut part = 0_i64;
        for place in 0..PLACES {
            part = part * 10 + fraction.as_bytes().get(place).map_or(0, |digit| i64::from(digit - b'0'));
        }
        if fraction.as_bytes().get(PLACES).is_some_and(|digit| *digit >= b'5') {
            part += 1;
        }
        let total = whole.checked_mul(ONE).and_then(|whole| whole.checked_add(part)).ok_or_else(refused)?;
        Ok(Self(if negative { -total } else { total }))
    }
}

/// `1,234,567` as `1234567`; none where the commas are not between thousands.
fn without_thousands(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    fits.then(|| text.replace(',', ""))
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / ONE as u64, self.0.unsigned_abs() % ONE as u64);
        let part = format!("{part:06}");
        match part.trim_end_matches('0') {
            "" => f.pad(&format!("{sign}{whole}")),
            part => f.pad(&format!("{sign}{whole}.{part}")),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::nearest(number).ok_or_else(|| serde::de::Error::custom("the number is too large"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Amount>().ok().map(|amount| amount.to_string())
    }

    #[test]
    fn numbers_are_read_as_they_are_written_in_publications() {
        for (text, expected) in [
            ("1002298.10222", "1002298.10222"),
            ("1,002,298", "1002298"),
            (" 0.0000005 ", "0.000001"),
            ("-3.50", "-3.5"),
            ("£2,500", "2500"),
            (".5", "0.5"),
            ("1.5e-3", "0.0015"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_not_read_as_one() {
        for text in ["", "-", "1,23", "12,34,567", "1.2.3", "twelve", "0x10", "99999999999999999999", "1 2", "--1e3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
