//! Financial years: 1 April to 31 March, written 2021/22.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The year from 1 April to the next 31 March.
///
/// ```
/// use muster_core::FinancialYear;
/// let year: FinancialYear = "2021/22".parse().unwrap();
/// assert_eq!(year.first_day().to_string(), "2021-04-01");
/// assert_eq!(year.last_day().to_string(), "2022-03-31");
/// assert_eq!(FinancialYear::containing(year.last_day()), year);
/// assert_eq!((year + 15).to_string(), "2036/37");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FinancialYear(i16);

/// Text that is not a financial year.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{0}` is not a financial year: write it as 2021/22")]
pub struct YearError(String);

impl FinancialYear {
    /// The year that starts on 1 April of `year`.
    pub const fn starting(year: i16) -> Self {
        Self(year)
    }

    /// The year in which `date` falls.
    pub fn containing(date: Date) -> Self {
        Self(if date.month() >= 4 { date.year() } else { date.year() - 1 })
    }

    /// The calendar year in which it starts.
    pub fn start(self) -> i16 {
        self.0
    }

    /// 1 April.
    pub fn first_day(self) -> Date {
        Date::constant(self.0, 4, 1)
    }

    /// 31 March.
    pub fn last_day(self) -> Date {
        Date::constant(self.0 + 1, 3, 31)
    }

    /// How many years this is after `earlier`; negative when before.
    pub fn years_since(self, earlier: Self) -> i32 {
        i32::from(self.0) - i32::from(earlier.0)
    }
}

impl std::ops::Add<i16> for FinancialYear {
    type Output = Self;
    fn add(self, years: i16) -> Self {
        Self(self.0 + years)
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{:02}", self.0, (self.0 + 1).rem_euclid(100)))
    }
}

impl FromStr for FinancialYear {
    type Err = YearError;

    fn from_str(text: &str) -> Result<Self, YearError> {
        let refuse = || YearError(text.to_owned());
        let (start, end) = text.split_once('/').ok_or_else(refuse)?;
        if start.len() != 4 || end.len() != 2 {
            return Err(refuse());
        }
        let start: i16 = start.parse().map_err(|_| refuse())?;
        let end: i16 = end.parse().map_err(|_| refuse())?;
        let in_range = (1900..=2200).contains(&start);
        if in_range && (start + 1) % 100 == end { Ok(Self(start)) } else { Err(refuse()) }
    }
}

impl TryFrom<String> for FinancialYear {
    type Error = YearError;
    fn try_from(text: String) -> Result<Self, YearError> {
        text.parse()
    }
}

impl From<FinancialYear> for String {
    fn from(year: FinancialYear) -> String {
        year.to_string()
    }
}

impl schemars::JsonSchema for FinancialYear {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FinancialYear".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}/[0-9]{2}$",
            "description": "A financial year, 1 April to 31 March, such as 2021/22."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_turns_on_the_first_of_april() {
        assert_eq!(FinancialYear::containing(Date::constant(2022, 3, 31)).to_string(), "2021/22");
        assert_eq!(FinancialYear::containing(Date::constant(2022, 4, 1)).to_string(), "2022/23");
        assert_eq!(FinancialYear::starting(1999).to_string(), "1999/00");
    }

    #[test]
    fn only_a_real_financial_year_is_read() {
        for wrong in ["2021", "2021/23", "21/22", "2021/2", "2021-22", "", "20x1/22"] {
            assert!(wrong.parse::<FinancialYear>().is_err(), "{wrong} should be refused");
        }
        assert_eq!("1999/00".parse::<FinancialYear>().unwrap(), FinancialYear::starting(1999));
    }
}
