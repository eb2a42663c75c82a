//! Days, whole months between them, and quarters of a year, as planners write them.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::Date;
use muster_core::FinancialYear;
use serde::Serialize;

/// No plan is longer than sixty years, so nothing can be later.
const LATEST_MONTHS: u32 = 60 * 12;

/// Whole months from one day to another; none where the second is not later. A month that ends is whole: from 31 March to 30 September
/// are six.
pub fn months_between(from: Date, to: Date) -> u32 {
    let months = (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month());
    let is_short = to.day() < from.day() && to != to.last_of_month();
    u32::try_from(months - i32::from(is_short)).unwrap_or(0)
}

/// Some months after a day; the end of the month where that month is too short.
pub fn months_after(day: Date, months: u32) -> Date {
    day.saturating_add(Span::new().months(i64::from(months.min(LATEST_MONTHS))))
}

/// How long a slip is, in months: `2y`, `18m`, `1y6m`, or a number of months.
pub fn months_of_slip(text: &str) -> Result<u32, String> {
    let fault = || format!("`{text}` is not a length of time: write 2y, 18m, 1y6m, or a number of months");
    let (years, rest) = match text.split_once('y') {
        Some((years, rest)) => (years.parse::<u32>().map_err(|_| fault())?, rest),
        None => (0, text),
    };
    let months = match rest.strip_suffix('m').unwrap_or(rest) {
        "" if rest.is_empty() && text.ends_with('y') => 0,
        months => months.parse::<u32>().map_err(|_| fault())?,
    };
    let all = years.saturating_mul(12).saturating_add(months);
    if (1..=LATEST_MONTHS).contains(&all) {
        Ok(all)
    } else {
        Err(format!("`{text}` is not a slip: it is at least a month and at most {} years", LATEST_MONTHS / 12))
    }
}

/// A length of time in words: "2 years", "1 year 6 months".
pub fn months_in_words(months: u32) -> String {
    let of = |count: u32, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match (months / 12, months % 12) {
        (0, months) => of(months, "month"),
        (years, 0) => of(years, "year"),
        (years, months) => format!("{} {}", of(years, "year"), of(months, "month")),
    }
}

/// Three months of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quarter {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

impl Quarter {
    /// The one that a day is in.
    pub fn containing(day: Date) -> Self {
        let first = (day.month() - 1) / 3 * 3 + 1;
        // The first of a month that the day's own year has always exists.
        Self::starting(Date::new(day.year(), first, 1).unwrap_or(day))
    }

    fn starting(from: Date) -> Self {
        Self { from, to: from.saturating_add(Span::new().months(2)).last_of_month() }
    }
}

impl FromStr for Quarter {
    type Err = String;

    /// `2025-Q4` is October to December 2025; `2025/26-Q4` is the last quarter of the financial year, January to March 2026.
    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || {
            format!(
                "`{text}` is not a quarter: write 2025-Q4 (October to December 2025), or 2025/26-Q4 for that of the financial year (January to March 2026)"
            )
        };
        let (year, number) = text.split_once("-Q").ok_or_else(fault)?;
        let number = number.parse::<i64>().ok().filter(|number| (1..=4).contains(number)).ok_or_else(fault)?;
        let first = if let Ok(year) = year.parse::<FinancialYear>() {
            year.first_day()
        } else {
            let year = year.parse::<i16>().ok().filter(|year| (1900..=2200).contains(year)).ok_or_else(fault)?;
            Date::new(year, 1, 1).map_err(|_| fault())?
        };
        Ok(Self::starting(first.saturating_add(Span::new().months(3 * (number - 1)))))
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_are_whole_and_the_end_of_a_month_is_its_end() {
        assert_eq!(months_between(date(2025, 3, 31), date(2027, 3, 31)), 24);
        assert_eq!(months_between(date(2025, 3, 31), date(2025, 9, 30)), 6);
        assert_eq!(months_between(date(2025, 3, 15), date(2025, 4, 14)), 0);
        assert_eq!(months_between(date(2025, 3, 15), date(2024, 4, 14)), 0);
        assert_eq!(months_after(date(2025, 8, 31), 6), date(2026, 2, 28));
    }

    #[test]
    fn a_slip_is_written_in_years_and_months() {
        let slips = ["2y", "18m", "1y6m", "7"].map(months_of_slip);
        assert_eq!(slips, [Ok(24), Ok(18), Ok(18), Ok(7)]);
        for wrong in ["", "y", "0", "-3", "two", "61y", "m", "99999999y"] {
            assert!(months_of_slip(wrong).is_err(), "{wrong}");
        }
        assert_eq!(months_in_words(18), "1 year 6 months");
        assert_eq!(months_in_words(24), "2 years");
    }

    #[test]
    fn a_quarter_is_of_the_calendar_or_of_the_financial_year() {
        let quarter = |text: &str| text.parse::<Quarter>().map(|quarter| quarter.to_string());
        assert_eq!(quarter("2025-Q4").unwrap(), "2025-10-01 to 2025-12-31");
        assert_eq!(quarter("2025/26-Q4").unwrap(), "2026-01-01 to 2026-03-31");
        assert_eq!(Quarter::containing(date(2026, 3, 5)).to_string(), "2026-01-01 to 2026-03-31");
        for wrong in ["2025", "2025-Q5", "2025-Q0", "25-Q1", "Q1", "2025/27-Q1"] {
            assert!(quarter(wrong).is_err(), "{wrong}");
        }
    }
}
