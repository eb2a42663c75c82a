//! Calendar months, written 2016-03.

use std::fmt;
use std::str::FromStr;

/// A calendar month.
///
/// ```
/// use muster_forecast::Month;
/// let origin: Month = "2016-03".parse().unwrap();
/// assert_eq!(origin, Month::new(2016, 3).unwrap());
/// assert_eq!(origin.plus(60).to_string(), "2021-03");
/// assert_eq!(origin.plus(-13).to_string(), "2015-02");
/// assert_eq!(origin.plus(60).months_since(origin), 60);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

/// Text that is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month: write it as 2016-03")]
pub struct MonthError(String);

impl Month {
    /// Month `month` (1 to 12) of `year`; none when there is no such month.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        (1..=12).contains(&month).then(|| Self(year * 12 + month as i32 - 1))
    }

    /// The calendar year it falls in.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 for January to 12 for December.
    pub fn month(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// The month `months` later; earlier when negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// How many months this is after `earlier`; negative when before.
    pub fn months_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year(), self.month()))
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let refuse = || MonthError(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(refuse)?;
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(refuse());
        }
        let year = year.parse().map_err(|_| refuse())?;
        let month = month.parse().map_err(|_| refuse())?;
        Self::new(year, month).ok_or_else(refuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_it_is_written() {
        for text in ["2009-09", "2016-01", "2020-12"] {
            assert_eq!(text.parse::<Month>().map(|month| month.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_not_a_month_is_refused_and_quoted() {
        for text in ["2016-13", "2016-00", "2016", "2016-3", "16-03", "+016-03", "2016-03-31"] {
            assert_eq!(text.parse::<Month>(), Err(MonthError(text.to_owned())));
        }
    }
}
