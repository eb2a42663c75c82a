//! What an action costs by itself: dated, in the prices of a year, and of a kind.

use std::sync::Arc;

use muster_core::FinancialYear;
use muster_draws::distribution::{Distribution, Shape};
use serde::{Deserialize, Serialize};

use crate::assumption::{Kind, Number};
use crate::diagnostic::Diagnostics;
use crate::document::{At, Day, LowHigh};
use crate::files::TextFile;

/// What a cost is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostOf {
    /// What has to be paid again in each of its years.
    Recurrent,
    /// What is paid once, though it may take some years.
    OneOff,
    /// What is paid to keep people.
    Retention,
}

/// What of an action's cost another line of the accounts holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountedIn {
    /// It pays for students, whom the accounts cost by programme.
    Training,
    /// It pays for staff, whom the pay bill holds.
    Pay,
    /// It pays for hiring, which the accounts cost by joiner.
    Recruitment,
}

/// What an action costs, as far as that is known. The pounds are spread evenly over its years.
#[derive(Debug, Clone)]
pub struct Cost {
    /// Pounds, over all of its years.
    pub gbp: Number,
    /// In the prices of which year.
    pub price_year: FinancialYear,
    /// The first year in which it is paid.
    pub from: FinancialYear,
    /// The last year.
    pub to: FinancialYear,
    /// What it is for.
    pub what: CostOf,
    /// The line that holds it already: it is then shown and not added.
    pub counted_in: Option<CountedIn>,
    /// What it pays for.
    pub about: String,
    /// Published, derived or judged.
    pub kind: Kind,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCost {
    /// Pounds, over all of its years together.
    gbp: At<f64>,
    /// How low and how high that may be.
    range: Option<At<LowHigh>>,
    /// In the prices of which year.
    price_year: FinancialYear,
    /// The first day on which it is paid.
    from: Day,
    /// The last day.
    to: At<Day>,
    what: CostOf,
    counted_in: Option<CountedIn>,
    /// What it pays for, and how its parts were read or judged.
    about: At<String>,
    kind: Kind,
}

impl RawCost {
    /// The cost, if it can be right.
    pub(crate) fn read(&self, file: &TextFile, diagnostics: &mut Diagnostics) -> Option<Cost> {
        let before = diagnostics.count();
        let value = self.gbp.value;
        let [low, high] = self.range.as_ref().map_or([value; 2], |range| range.value.0);
        let span = self.range.as_ref().map_or(&self.gbp.span, |range| &range.span);
        if !value.is_finite() || !low.is_finite() || !high.is_finite() || low < 0.0 {
            let help =
                "write the pounds as a number that is not below nought, or leave the cost out when it is not known";
            diagnostics.push("M009", file.locate(self.gbp.span.clone()), "the cost is not a finite number", help);
        } else if low > value || high < value {
            let help = "write range = [low, high] around the pounds";
            diagnostics.push("M009", file.locate(span.clone()), "the cost is outside its own range", help);
        }
        let (from, to) = (FinancialYear::containing(self.from.0), FinancialYear::containing(self.to.value.0));
        if to < from {
            let message = format!("the cost ends in {to}, before it begins in {from}");
            diagnostics.push("M031", file.locate(self.to.span.clone()), message, "put `to` after `from`");
        }
        if self.about.trim().is_empty() {
            let help = "say in `about` what it pays for, and where the number is from";
            diagnostics.push("M012", file.locate(self.about.span.clone()), "the cost does not say what it is", help);
        }
        if self.kind == Kind::Judgement && self.range.is_none() {
            let help = "add range = [low, high]: how far could a reasonable person differ?";
            diagnostics.push("M012", file.locate(self.gbp.span.clone()), "a judged cost does not say its range", help);
        }
        if diagnostics.count() > before {
            return None;
        }
        let shape = Shape::usual(value, low, high);
        let fitted = Distribution::fit(&shape, value, low, high, [0.0, f64::INFINITY]);
        let help = "change the range: the shape that always fits has its mean at the value";
        let spread =
            fitted.map_err(|unfit| diagnostics.push("M025", file.locate(span.clone()), unfit.to_string(), help));
        Some(Cost {
            gbp: Number { value, low, high, spread: Arc::new(spread.ok()?) },
            price_year: self.price_year,
            from,
            to,
            what: self.what,
            counted_in: self.counted_in,
            about: self.about.value.clone(),
            kind: self.kind,
        })
    }
}

impl Cost {
    /// The share of it that falls into a year: the same in each of its years, and none in others.
    pub fn share_of(&self, year: FinancialYear) -> f64 {
        if (self.from..=self.to).contains(&year) { 1.0 / f64::from(self.to.years_since(self.from) + 1) } else { 0.0 }
    }
}
