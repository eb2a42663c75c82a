//! Holding a submission against the rules.

use jiff::civil::Date;
use muster_book::{Kind, Plan, Series};
use muster_core::FinancialYear;
use muster_run::{percent, thousands};
use serde::Serialize;

use super::rules::{Asks, Bounds, Measured, Rule, Rules, Severity};
use super::{Details, Submission};
use crate::rollup::{Account, Item, amount};

/// A rule that a submission does not keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fired {
    /// How much it matters.
    pub severity: Severity,
    /// The rule.
    pub rule: String,
    /// What the rule asks.
    pub says: String,
    /// What was found.
    pub found: String,
    /// What to do.
    pub help: String,
}

/// What a submission comes to, and what is modelled for its place top-down.
pub struct Worked<'a> {
    /// The submission.
    pub submission: &'a Submission,
    /// What it comes to.
    pub submitted: &'a Account,
    /// What is modelled.
    pub modelled: &'a Account,
}

/// The rules that a submission does not keep on a day, those that matter most first.
pub fn check(rules: &Rules, worked: &Worked<'_>, today: Date) -> Vec<Fired> {
    let mut fired: Vec<Fired> = rules.rules.iter().filter_map(|rule| hold(rule, worked, today)).collect();
    fired.sort_by_key(|fired| fired.severity);
    fired
}

/// What breaks one rule: nothing, or what was found and what to do about it.
fn hold(rule: &Rule, worked: &Worked<'_>, today: Date) -> Option<Fired> {
    let plan = &worked.submission.plan;
    let details = worked.submission.details.as_ref();
    let (found, help) = match &rule.asks {
        Asks::SignedOff => signed_off(details, today)?,
        Asks::SubmittedBy(by) => submitted_by(details, *by)?,
        Asks::Versioned => versioned(details)?,
        Asks::StatedLocally(measure) => {
            if own(plan).any(|series| series.measure == *measure) {
                return None;
            }
            let spec = measure.spec();
            let found = format!("the place's book does not state {}", spec.title);
            (found, format!("add a file with measure = \"{}\" to the book, in {}", spec.id, spec.unit))
        }
        Asks::Budget => {
            if own(plan).any(|series| series.measure.id() == "budget_gbp") {
                return None;
            }
            let help = "add a file with measure = \"budget_gbp\" to the book";
            ("the place's book states no budget".to_owned(), help.to_owned())
        }
        Asks::ActionsOwned => actions_owned(plan)?,
        Asks::Lies(measured, bounds, year) => lies(worked, *measured, *bounds, *year)?,
        Asks::Grows(item, bounds) => grows(worked, *item, *bounds)?,
        Asks::NearModelled(item, bounds, year) => near_modelled(worked, *item, *bounds, *year)?,
        Asks::FewJudgements(most) => {
            let share = share_of_own(plan, |entry| entry.passport.kind == Kind::Judgement)?;
            if share <= *most {
                return None;
            }
            let found = format!("{} of the place's own numbers are judgements", percent(share));
            (found, format!("find sources for some of them: {} at most may be judged", percent(*most)))
        }
        Asks::Ranged(least) => {
            let share = share_of_own(plan, |entry| entry.low < entry.high)?;
            if share >= *least {
                return None;
            }
            let found = format!("{} of the place's own numbers have a range", percent(share));
            (found, format!("say how low and how high they may be: {} at least need a range", percent(*least)))
        }
    };
    Some(Fired { severity: rule.severity, rule: rule.id.clone(), says: rule.says.clone(), found, help })
}

type Broken = Option<(String, String)>;

fn signed_off(details: Option<&Details>, today: Date) -> Broken {
    let Some(details) = details else { return Some(no_submission()) };
    let Some(sign_off) = &details.sign_off else {
        let help = "add [sign_off] with name, role and date to submission.toml when somebody stands by the plan";
        return Some(("nobody has signed the plan off".to_owned(), help.to_owned()));
    };
    if sign_off.name.trim().is_empty() || sign_off.role.trim().is_empty() {
        return Some(("the sign-off has no name or no role".to_owned(), "write both".to_owned()));
    }
    if sign_off.date > today {
        let found = format!("the sign-off is of {}, which is after {today}", sign_off.date);
        return Some((found, "mend the date".to_owned()));
    }
    if sign_off.date < details.date {
        let found = format!("the sign-off is of {}, the plan of {}", sign_off.date, details.date);
        return Some((found, "have this version signed off, not the one before".to_owned()));
    }
    None
}

fn no_submission() -> (String, String) {
    let help = "write submission.toml beside the plan: `muster plan divide` makes one to be filled in";
    ("the plan has no submission.toml".to_owned(), help.to_owned())
}

fn submitted_by(details: Option<&Details>, by: Date) -> Broken {
    let Some(details) = details else { return Some(no_submission()) };
    let late = format!("the plan was submitted on {}, and was due by {by}", details.date);
    (details.date > by).then(|| (late, "agree a later day with those who add the plans up".to_owned()))
}

/// A version as numbers: 1.2 is after 1.1, and 1.10 after 1.9.
fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

fn versioned(details: Option<&Details>) -> Broken {
    let Some(details) = details else { return Some(no_submission()) };
    let help = "count versions up: 0.1, 0.2, 1.0".to_owned();
    let Some(version) = numbers(&details.version) else {
        return Some((format!("`{}` is not a version", details.version), help));
    };
    let replaced = details.replaces.as_deref()?;
    match numbers(replaced) {
        Some(before) if before < version => None,
        _ => Some((format!("version {} does not come after {replaced}, which it replaces", details.version), help)),
    }
}

fn actions_owned(plan: &Plan) -> Broken {
    let last = plan.to.last_day();
    let bad = |action: &&muster_book::Action| {
        action.owner.organisation.trim().is_empty() || action.owner.role.trim().is_empty() || action.due > last
    };
    let list: Vec<&str> = plan.actions.iter().filter(bad).map(|action| action.id.as_str()).collect();
    let first = list.first()?;
    let more = if list.len() > 1 { format!(" and {} more", list.len() - 1) } else { String::new() };
    let help = format!("give each an organisation, a role, and a day by {last}");
    Some((format!("the action `{first}`{more} has no owner, or is due after the plan ends"), help))
}

/// What the place's own books state, but for its share of England, which it does not choose.
fn own(plan: &Plan) -> impl Iterator<Item = &Series> {
    let is_own = |series: &&Series| series.book > 0 && series.measure != muster_book::Measure::PlaceShare;
    plan.shelf.series().filter(is_own)
}

/// The share of the place's own numbers that are so; none where it has no number of its own.
fn share_of_own(plan: &Plan, is_so: impl Fn(&muster_book::Entry) -> bool) -> Option<f64> {
    let all: Vec<&muster_book::Entry> = own(plan).flat_map(|series| &series.entries).collect();
    let so = all.iter().filter(|entry| is_so(entry)).count();
    (!all.is_empty()).then(|| so as f64 / all.len() as f64)
}

impl Measured {
    /// The number in a year, counted from the baseline; none where it cannot be worked out.
    fn at(self, account: &Account, year: usize) -> Option<f64> {
        let amounts = account.ledger.at(year);
        let share = |above: f64, below: f64| (below > 0.0).then(|| above / below);
        let get = |item| amounts.get(item);
        let joiners = [Item::NewlyQualified, Item::Returners, Item::WiderMarket, Item::International];
        match self {
            Self::Item(item) => Some(get(item)),
            Self::VacancyShare => share(get(Item::GapFte), get(Item::DemandFte)),
            Self::LeaverShare => {
                let before = account.ledger.at(year.checked_sub(1)?).get(Item::StaffFte);
                share(get(Item::Leavers), before)
            }
            Self::InternationalShare => share(get(Item::International), joiners.iter().map(|item| get(*item)).sum()),
            Self::TemporaryShare => share(get(Item::TemporaryFte), get(Item::TemporaryFte) + get(Item::StaffFte)),
            Self::PayPerFteGbp => share(get(Item::PayBillGbp), get(Item::StaffFte)),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Item(item) => item.title().to_lowercase(),
            Self::VacancyShare => "the gap as a share of staff needed".to_owned(),
            Self::LeaverShare => "leavers as a share of staff in post".to_owned(),
            Self::InternationalShare => "the share of joiners who come from abroad".to_owned(),
            Self::TemporaryShare => "the share of temporary staff".to_owned(),
            Self::PayPerFteGbp => "pay per FTE".to_owned(),
        }
    }

    fn in_words(self, value: f64) -> String {
        match self {
            Self::Item(item) => amount(item, value),
            Self::PayPerFteGbp => format!("£{}", thousands(value)),
            _ => percent(value),
        }
    }
}

impl Bounds {
    fn hold(self, value: f64) -> bool {
        self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high)
    }

    /// "at most 10%", "between 1% and 5%".
    fn in_words(self, word: impl Fn(f64) -> String) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("between {} and {}", word(low), word(high)),
            (Some(low), None) => format!("at least {}", word(low)),
            (None, Some(high)) => format!("at most {}", word(high)),
            (None, None) => "anything".to_owned(),
        }
    }

    /// How far a value lies outside.
    fn miss(self, value: f64) -> f64 {
        let below = self.low.map_or(0.0, |low| low - value);
        let above = self.high.map_or(0.0, |high| value - high);
        below.max(above).max(0.0)
    }
}

/// The years that a rule looks at: one, or all after the baseline.
fn years(plan: &Plan, year: Option<FinancialYear>) -> Vec<(usize, FinancialYear)> {
    let all = plan.years().into_iter().enumerate().skip(1);
    all.filter(|(_, other)| year.is_none_or(|year| year == *other)).collect()
}

fn lies(worked: &Worked<'_>, of: Measured, bounds: Bounds, year: Option<FinancialYear>) -> Broken {
    let plan = &worked.submission.plan;
    let outside = years(plan, year).into_iter().filter_map(|(index, year)| {
        let value = of.at(worked.submitted, index)?;
        (!bounds.hold(value)).then_some((year, value))
    });
    let worst = outside.max_by(|a, b| bounds.miss(a.1).total_cmp(&bounds.miss(b.1)));
    let (year, value) = worst?;
    let found = format!("{} is {} in {year}", of.title(), of.in_words(value));
    Some((found, format!("it should be {}", bounds.in_words(|value| of.in_words(value)))))
}

fn grows(worked: &Worked<'_>, item: Item, bounds: Bounds) -> Broken {
    let plan = &worked.submission.plan;
    let growth = |index: usize| {
        let at = |index| worked.submitted.ledger.at(index).get(item);
        let before = at(index.checked_sub(1)?);
        (before > 0.0).then(|| at(index) / before - 1.0)
    };
    // Flows begin in the first year after the baseline, so they grow from the second on.
    let outside = years(plan, None).into_iter().filter_map(|(index, year)| {
        let growth = growth(index)?;
        (!bounds.hold(growth)).then_some((year, growth))
    });
    let (year, growth) = outside.max_by(|a, b| bounds.miss(a.1).total_cmp(&bounds.miss(b.1)))?;
    let found = format!("{} grow by {} in {year}", item.title().to_lowercase(), percent(growth));
    Some((found, format!("growth in a year should be {}", bounds.in_words(percent))))
}

fn near_modelled(worked: &Worked<'_>, item: Item, bounds: Bounds, year: Option<FinancialYear>) -> Broken {
    let plan = &worked.submission.plan;
    let outside = years(plan, year).into_iter().filter_map(|(index, year)| {
        let at = |account: &Account| account.ledger.at(index).get(item);
        let (submitted, modelled) = (at(worked.submitted), at(worked.modelled));
        let share = (modelled > 0.0).then(|| submitted / modelled)?;
        (!bounds.hold(share)).then_some((year, submitted, modelled, share))
    });
    let (year, submitted, modelled, share) = outside.max_by(|a, b| bounds.miss(a.3).total_cmp(&bounds.miss(b.3)))?;
    let found = format!(
        "{} {} in {year} {} {}, {} of the {} that the national plan gives the place",
        item.title().to_lowercase(),
        if item.is_money() { "" } else { item.unit() },
        if item.is_money() { "is" } else { "are" },
        amount(item, submitted),
        percent(share),
        amount(item, modelled)
    );
    Some((found.replace("  ", " "), format!("it should be {} of that, or say why not", bounds.in_words(percent))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_by_numbers_and_not_by_letters() {
        assert!(numbers("1.10") > numbers("1.9"));
        assert_eq!(numbers("1.0 final"), None);
    }
}
