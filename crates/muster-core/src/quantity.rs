//! Quantities that cannot be mixed by accident.
//!
//! The engine computes on plain numbers in long arrays, for speed; these types stand where one number means one thing: at the edges,
//! in reports, and in the conversions that are easy to get wrong.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use serde::{Deserialize, Serialize};

use crate::FinancialYear;

/// The operations that make sense for an amount: add and subtract its own kind, scale by a number, divide into a ratio.
macro_rules! amount {
    ($name:ident) => {
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }
        impl Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }
        impl From<$name> for f64 {
            fn from(amount: $name) -> f64 {
                amount.0
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                Self(items.map(|item| item.0).sum())
            }
        }
    };
}

/// Full-time equivalents. 1.0 is 37.5 hours a week under Agenda for Change in England.
///
/// FTE is what a rota is filled with and a budget is set in; it is never a number of people. The two meet only through a
/// participation rate:
///
/// ```
/// use muster_core::{Fte, Headcount};
/// let nurses = Headcount(100.0);
/// assert_eq!(nurses.working(0.9), Fte(90.0)); // 100 people at 0.9 FTE each
/// ```
///
/// Adding people to posts does not compile:
///
/// ```compile_fail
/// use muster_core::{Fte, Headcount};
/// let nonsense = Fte(90.0) + Headcount(100.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
pub struct Fte(pub f64);

/// People. Fractional in a deterministic projection, where it is an expected number of people.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
pub struct Headcount(pub f64);

amount!(Fte);
amount!(Headcount);

impl Headcount {
    /// The full-time equivalents these people provide at `participation` FTE per head.
    pub fn working(self, participation: f64) -> Fte {
        Fte(self.0 * participation)
    }
}

impl fmt::Display for Fte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} FTE", grouped(self.0))
    }
}

impl fmt::Display for Headcount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} people", grouped(self.0))
    }
}

/// Pounds sterling in the prices of one financial year.
///
/// Two amounts in different price years do not add: they are first moved to a common year by someone who says which deflator was
/// used.
///
/// ```
/// use muster_core::{FinancialYear, Pounds};
/// let in_2022_23 = Pounds::new(10.0, FinancialYear::starting(2022));
/// let in_2024_25 = Pounds::new(10.0, FinancialYear::starting(2024));
/// assert_eq!(in_2022_23.plus(in_2022_23).unwrap().amount(), 20.0);
/// assert!(in_2022_23.plus(in_2024_25).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pounds {
    gbp: f64,
    price_year: FinancialYear,
}

/// Two price years met in one sum.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("pounds in {left} prices cannot be added to pounds in {right} prices: convert one of them first")]
pub struct PoundsError {
    left: FinancialYear,
    right: FinancialYear,
}

impl Pounds {
    /// `gbp` pounds in the prices of `price_year`.
    pub fn new(gbp: f64, price_year: FinancialYear) -> Self {
        Self { gbp, price_year }
    }

    /// The number of pounds.
    pub fn amount(self) -> f64 {
        self.gbp
    }

    /// The year whose prices these are.
    pub fn price_year(self) -> FinancialYear {
        self.price_year
    }

    /// The sum, if both are in the same prices.
    pub fn plus(self, other: Self) -> Result<Self, PoundsError> {
        if self.price_year == other.price_year {
            Ok(Self { gbp: self.gbp + other.gbp, ..self })
        } else {
            Err(PoundsError { left: self.price_year, right: other.price_year })
        }
    }
}

impl fmt::Display for Pounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "£{} ({} prices)", grouped(self.gbp), self.price_year)
    }
}

/// The chance that something happens to a person within a year: leaving, moving, withdrawing from a course.
///
/// A chance over a year is not twelve times the chance over a month, because nobody leaves twice: whoever is still here after
/// eleven months has escaped eleven times. If *m* is the monthly chance then 1 − *p* = (1 − *m*)¹².
///
/// ```
/// use muster_core::Probability;
/// let yearly = Probability::per_year(0.10).unwrap();
/// let monthly = yearly.per_month();
/// assert!(monthly < 0.009 && monthly > 0.0087); // a little under 0.9% a month, not 0.83%
/// assert!((1.0 - (1.0 - monthly).powi(12) - 0.10).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Probability(f64);

/// A chance below 0 or above 1, or not a number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a share of people: it must lie between 0 and 1")]
pub struct RateError(f64);

impl Probability {
    /// A chance of `share` over a year.
    pub fn per_year(share: f64) -> Result<Self, RateError> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err(RateError(share)) }
    }

    /// The yearly chance.
    pub fn yearly(self) -> f64 {
        self.0
    }

    /// The chance over one month that adds up to this one over twelve.
    pub fn per_month(self) -> f64 {
        self.over(1.0 / 12.0)
    }

    /// The yearly chance which, repeated for `years`, leads to `self` as the chance over the whole time.
    ///
    /// Course attrition is published for the whole course; the engine withdraws students year by year:
    ///
    /// ```
    /// use muster_core::Probability;
    /// let whole_course = Probability::per_year(0.271).unwrap();
    /// let each_year = whole_course.spread_over_years(3.0);
    /// assert!((each_year - 0.1).abs() < 1e-12); // 1 - 0.9 x 0.9 x 0.9 = 0.271
    /// ```
    pub fn spread_over_years(self, years: f64) -> f64 {
        self.over(1.0 / years)
    }

    /// `1 − (1 − p)^fraction`, computed so that small chances keep their digits.
    fn over(self, fraction: f64) -> f64 {
        -f64::exp_m1(fraction * f64::ln_1p(-self.0))
    }
}

/// A whole number with thousands separators, as in 1,400,000; below nought with a true minus sign.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    if value < 0.0 && digits != "0" {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_print_as_a_planner_writes_them() {
        assert_eq!(Fte(1_400_000.4).to_string(), "1,400,000 FTE");
        assert_eq!((-Headcount(1234.0)).to_string(), "−1,234 people");
        assert_eq!(Fte(-0.2).to_string(), "0 FTE");
        assert_eq!(Pounds::new(77.8e9, FinancialYear::starting(2022)).to_string(), "£77,800,000,000 (2022/23 prices)");
    }

    #[test]
    fn a_chance_outside_nought_to_one_is_refused() {
        assert!(Probability::per_year(1.2).is_err());
        assert!(Probability::per_year(-0.01).is_err());
        assert!(Probability::per_year(f64::NAN).is_err());
        assert_eq!(Probability::per_year(1.0).unwrap().per_month(), 1.0);
        assert_eq!(Probability::per_year(0.0).unwrap().per_month(), 0.0);
    }

    proptest! {
        #[test]
        fn twelve_months_make_the_year(p in 0.0f64..0.999) {
            let monthly = Probability::per_year(p).unwrap().per_month();
            prop_assert!((1.0 - (1.0 - monthly).powi(12) - p).abs() < 1e-12);
        }
    }
}
