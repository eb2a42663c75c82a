//! Periods: a day, a month, a year or a span, in every way that publications write them.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use regex::Regex;
use serde::{Deserialize, Serialize};

/// From the start of one day to the end of another.
///
/// ```
/// use muster_data::Period;
/// let month: Period = "2021-03".parse().unwrap();
/// assert_eq!(month.ends().to_string(), "2021-03-31");
/// assert_eq!("2018-10/2019-09".parse::<Period>().unwrap().to_string(), "2018-10/2019-09");
/// assert_eq!("2020/21".parse::<Period>().unwrap().starts().to_string(), "2020-04-01");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    starts: Date,
    ends: Date,
}

/// How a description wants a date to be understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// As it is written.
    #[default]
    AsWritten,
    /// The month in which it falls.
    Month,
    /// That day.
    Date,
    /// The quarter of the financial year in which it falls.
    Quarter,
    /// The year from April in which it falls; of a bare year, the one that starts then.
    FinancialYear,
    /// The year from January.
    CalendarYear,
    /// `201809 to 201909`: from the end of the first month to the end of the second.
    Between,
}

/// Text that names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a date, month, quarter or year that Muster knows{hint}", text = .0, hint = hint(.0))]
pub struct NotAPeriod(pub String);

impl Period {
    /// From the start of one day to the end of another; none if they are the wrong way round.
    pub fn new(starts: Date, ends: Date) -> Option<Self> {
        (starts <= ends).then_some(Self { starts, ends })
    }

    /// One day.
    pub const fn day(day: Date) -> Self {
        Self { starts: day, ends: day }
    }

    /// The month of a date.
    pub fn month(day: Date) -> Self {
        Self { starts: day.first_of_month(), ends: day.last_of_month() }
    }

    /// From the month of one date to the month of another.
    fn months(first: Date, last: Date) -> Option<Self> {
        Self::new(first.first_of_month(), last.last_of_month())
    }

    /// The financial year of a date.
    fn financial_year(day: Date) -> Self {
        let start = if day.month() >= 4 { day.year() } else { day.year() - 1 };
        Self { starts: date(start, 4, 1), ends: date(start + 1, 3, 31) }
    }

    /// Its first day.
    pub const fn starts(self) -> Date {
        self.starts
    }

    /// Its last day.
    pub const fn ends(self) -> Date {
        self.ends
    }

    /// Whether it is one calendar month.
    pub fn is_month(self) -> bool {
        self == Self::month(self.starts)
    }

    /// Whether the whole of it lies in another.
    pub fn within(self, other: Self) -> bool {
        other.starts <= self.starts && self.ends <= other.ends
    }

    /// Reads a text in the way that a description asks for.
    pub fn read(text: &str, reading: Reading) -> Result<Self, NotAPeriod> {
        let refused = || NotAPeriod(text.trim().to_owned());
        if reading == Reading::FinancialYear
            && let Some(year) = financial(text.trim())
        {
            return Ok(year);
        }
        let written = match reading {
            Reading::Between => return between(text).ok_or_else(refused),
            Reading::FinancialYear if BARE_YEAR.is_match(text.trim()) => {
                let year = text.trim().parse().map_err(|_| refused())?;
                return Ok(Self::financial_year(Date::new(year, 4, 1).map_err(|_| refused())?));
            }
            _ => understand(text).ok_or_else(refused)?,
        };
        Ok(match reading {
            Reading::AsWritten | Reading::Between => written,
            Reading::Month => Self::month(written.ends),
            Reading::Date => Self::day(written.ends),
            Reading::Quarter => quarter_of(written.ends),
            Reading::FinancialYear => Self::financial_year(written.ends),
            Reading::CalendarYear => {
                Self { starts: date(written.ends.year(), 1, 1), ends: date(written.ends.year(), 12, 31) }
            }
        })
    }
}

fn quarter_of(day: Date) -> Period {
    let first = date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
    Period { starts: first, ends: first.saturating_add(2.months()).last_of_month() }
}

static BARE_YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:19|20)\d\d$"));
static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})-(\d\d?)-(\d\d?)(?:[T ][\d:.Z]*)?$"));
static BRITISH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d\d?)[/.-](\d\d?)[/.-](\d{4})$"));
static COMPACT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})(\d\d)(\d\d)$"));
static NAMED_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\d\d?)(?:st|nd|rd|th)?[ -]*([A-Za-z]{3,9})[ -,]*(\d{4}|\d\d)$"));
static YEAR_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})-?(\d\d)$"));
static NAMED_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z]{3,9})[ -]*(\d{4}|\d\d)$"));
static YEAR_NAMED_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})[ -]*([A-Za-z]{3,9})$"));
static FINANCIAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})[-/](\d\d|\d{4})$"));
static FINANCIAL_QUARTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})[-/ ]?(\d\d)? ?Q([1-4])$"));
static NAMED_SPAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z]{3,9}) to ([A-Za-z]{3,9}) (\d{4})$"));
static OWN_SPAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\d{4})-(\d\d)(?:-(\d\d))?/(\d{4})-(\d\d)(?:-(\d\d))?$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a pattern of this file: {error}"))
}

/// Years that a publication can speak of; what lies outside is a slip of the pen.
const YEARS: std::ops::Range<i16> = 1800..3000;

fn day(year: &str, month: i8, day: i8) -> Option<Date> {
    let year: i16 = year.parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    Date::new(year, month, day).ok().filter(|_| YEARS.contains(&year))
}

/// Whether the day or the month comes first in a date, where that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Day,
    Month,
}

/// What comes first in `31/12/2021` and `12/31/2021`; nobody can tell of `01/02/2021`.
pub(crate) fn comes_first(text: &str) -> Option<First> {
    let found = BRITISH.captures(text.trim())?;
    match (found[1].parse(), found[2].parse()) {
        (Ok(13..=31), Ok(1..=12)) => Some(First::Day),
        (Ok(1..=12), Ok(13..=31)) => Some(First::Month),
        _ => None,
    }
}

/// What a text that is no period may be.
fn hint(text: &str) -> String {
    if comes_first(text) == Some(First::Month) {
        return ": the month comes first in it; write it as in 2021-12-31".to_owned();
    }
    match text.trim().parse().ok().filter(|_| text.trim().len() == 5).and_then(serial) {
        Some(day) => format!(": it may be a spreadsheet's number for {day}; give the column the format of a date"),
        None => String::new(),
    }
}

/// The day of a spreadsheet's number: 1 is 1 January 1900, and 29 February 1900 is counted although it never was.
pub(crate) fn serial(number: f64) -> Option<Date> {
    let days = number.floor();
    (1.0..=110_000.0).contains(&days).then(|| date(1899, 12, 30).saturating_add((days as i64).days()))
}

fn month_named(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_lowercase();
    if name == "sept" {
        return Some(9);
    }
    let found = MONTHS.iter().position(|month| *month == name || month[..3] == name)?;
    Some(found as i8 + 1)
}

fn understand(text: &str) -> Option<Period> {
    let text = text.trim();
    if let Some(found) = ISO.captures(text) {
        return Some(Period::day(day(&found[1], found[2].parse().ok()?, found[3].parse().ok()?)?));
    }
    if let Some(found) = BRITISH.captures(text) {
        return Some(Period::day(day(&found[3], found[2].parse().ok()?, found[1].parse().ok()?)?));
    }
    if let Some(found) = COMPACT.captures(text) {
        return Some(Period::day(day(&found[1], found[2].parse().ok()?, found[3].parse().ok()?)?));
    }
    if let Some(found) = OWN_SPAN.captures(text) {
        let number = |group: usize| found.get(group).and_then(|text| text.as_str().parse::<i8>().ok());
        let first = day(&found[1], number(2)?, number(3).unwrap_or(1))?;
        let last = day(&found[4], number(5)?, number(6).unwrap_or(1))?;
        return if number(6).is_some() { Period::new(first, last) } else { Period::months(first, last) };
    }
    if let Some(found) = FINANCIAL_QUARTER.captures(text) {
        let quarter: i8 = found[3].parse().ok()?;
        let start = day(&found[1], 4, 1)?.saturating_add((3 * (i32::from(quarter) - 1)).months());
        return Some(quarter_of(start));
    }
    // `2010-11` is November; `2010/11` and `2020-21` can only be years.
    if let Some(year) = financial(text)
        && (text.contains('/')
            || !YEAR_MONTH.captures(text).is_some_and(|found| matches!(found[2].parse(), Ok(1..=12))))
    {
        return Some(year);
    }
    if let Some(found) = YEAR_MONTH.captures(text) {
        return Some(Period::month(day(&found[1], found[2].parse().ok()?, 1)?));
    }
    if let Some(found) = NAMED_DAY.captures(text)
        && let Some(month) = month_named(&found[2])
    {
        return Some(Period::day(day(&found[3], month, found[1].parse().ok()?)?));
    }
    if let Some(found) = NAMED_MONTH.captures(text)
        && let Some(month) = month_named(&found[1])
    {
        return Some(Period::month(day(&found[2], month, 1)?));
    }
    if let Some(found) = YEAR_NAMED_MONTH.captures(text)
        && let Some(month) = month_named(&found[2])
    {
        return Some(Period::month(day(&found[1], month, 1)?));
    }
    if let Some(found) = NAMED_SPAN.captures(text) {
        let (first, last) = (month_named(&found[1])?, month_named(&found[2])?);
        let year: i16 = found[3].parse().ok()?;
        let first_year = if first > last { year - 1 } else { year };
        return Period::months(day(&first_year.to_string(), first, 1)?, day(&found[3], last, 1)?);
    }
    if BARE_YEAR.is_match(text) {
        let year: i16 = text.parse().ok()?;
        return Some(Period { starts: date(year, 1, 1), ends: date(year, 12, 31) });
    }
    None
}

/// `2020/21`, `2020-21` or `2020/2021`.
fn financial(text: &str) -> Option<Period> {
    let found = FINANCIAL.captures(text).filter(|found| follows(&found[1], &found[2]))?;
    Some(Period::financial_year(day(&found[1], 4, 1)?))
}

/// Whether `21` or `2021` is the year after `2020`.
fn follows(first: &str, second: &str) -> bool {
    let (Ok(first), Ok(second)) = (first.parse::<i32>(), second.parse::<i32>()) else { return false };
    if second < 100 { (first + 1) % 100 == second } else { first + 1 == second }
}

fn between(text: &str) -> Option<Period> {
    let (first, last) = text.trim().split_once(" to ")?;
    let (first, last) = (understand(first)?, understand(last)?);
    Period::new(first.ends.tomorrow().ok()?, last.ends)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (starts, ends) = (self.starts, self.ends);
        let text = if starts == ends {
            starts.to_string()
        } else if self.is_month() {
            format!("{:04}-{:02}", starts.year(), starts.month())
        } else if *self == Self::financial_year(starts) {
            format!("{}/{:02}", starts.year(), ends.year() % 100)
        } else if starts.year() == ends.year()
            && (starts.month(), starts.day(), ends.month(), ends.day()) == (1, 1, 12, 31)
        {
            starts.year().to_string()
        } else if starts == starts.first_of_month() && ends == ends.last_of_month() {
            format!("{:04}-{:02}/{:04}-{:02}", starts.year(), starts.month(), ends.year(), ends.month())
        } else {
            format!("{starts}/{ends}")
        };
        f.pad(&text)
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        Self::read(text, Reading::AsWritten)
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_that_a_publication_writes_a_period_is_understood() {
        use Reading::{AsWritten, Between, CalendarYear, Date, FinancialYear, Month, Quarter};
        for (text, reading, expected) in [
            ("2009-09-30", Month, "2009-09"),
            ("2009-09-30", Date, "2009-09-30"),
            ("2009-09-30 00:00:00", Month, "2009-09"),
            ("30/04/2024", Month, "2024-04"),
            ("31MAR2021", Month, "2021-03"),
            ("31MAR21", Date, "2021-03-31"),
            ("01Jan2022", Month, "2022-01"),
            ("2017-SEP", AsWritten, "2017-09"),
            ("APRIL-2024", AsWritten, "2024-04"),
            ("August 2024", AsWritten, "2024-08"),
            ("31 March 2016", Date, "2016-03-31"),
            ("21st November 2024", Date, "2024-11-21"),
            ("20241101", Date, "2024-11-01"),
            ("2020-03", AsWritten, "2020-03"),
            ("202003", AsWritten, "2020-03"),
            ("July to September 2024", AsWritten, "2024-07/2024-09"),
            ("202122Q4", AsWritten, "2022-01/2022-03"),
            ("2024-08-31", Quarter, "2024-07/2024-09"),
            ("2024-25", AsWritten, "2024/25"),
            ("2024/25", AsWritten, "2024/25"),
            ("2010/11", AsWritten, "2010/11"),
            ("2010-11", AsWritten, "2010-11"),
            ("2010-11", FinancialYear, "2010/11"),
            ("2020", AsWritten, "2020"),
            ("2020", FinancialYear, "2020/21"),
            ("2020-06-01", CalendarYear, "2020"),
            ("201809 to 201909", Between, "2018-10/2019-09"),
            ("202509 to 202510", Between, "2025-10"),
            ("2018-10/2019-09", AsWritten, "2018-10/2019-09"),
        ] {
            assert_eq!(Period::read(text, reading).map(|period| period.to_string()).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_period_reads_what_it_writes() {
        for text in ["2021-03", "2021-03-31", "2020/21", "2020", "2018-10/2019-09", "2021-01-15/2021-02-03"] {
            assert_eq!(text.parse::<Period>().map(|period| period.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_spreadsheets_number_is_a_day() {
        assert_eq!(serial(44_286.0).map(|day| day.to_string()).as_deref(), Some("2021-03-31"));
        assert_eq!(serial(0.0), None);
        assert_eq!(serial(f64::NAN), None);
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in
            ["", "2021-13", "31/02/2021", "12/31/2021", "Smarch 2020", "2020/25", "99", "Q5", "9999/00", "0204-04-30"]
        {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
