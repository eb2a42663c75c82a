//! Which assumptions make two plans of one place differ, and by how much.
//!
//! What two plans state is taken in groups: leavers, training, demand and so on. The groups that differ are exchanged one at a time, in
//! the order of [`Group::ALL`] and again in the opposite order, and the mean of the two is what each group explains. Each order goes
//! from the one plan to the other in full, so the lines add to the difference exactly. Of two groups each gets half of what only both
//! together make.

use std::collections::{BTreeMap, BTreeSet};

use muster_book::{Key, Measure, Plan, Series, Side};
use muster_core::{FinancialYear, PlaceCode};
use muster_run::{RunError, thousands};
use serde::Serialize;

use super::account::{Account, accounts};
use super::amounts::Ledger;

/// Assumptions that are exchanged together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The place's share of England.
    Share,
    /// Staff in post at the start, their ages and settings.
    Start,
    /// Hours per head.
    Hours,
    /// Leaver rates.
    Leaving,
    /// Returners and the wider labour market.
    Joining,
    /// Recruits from abroad.
    International,
    /// Intakes, courses and who joins after them.
    Training,
    /// Moves between professions.
    Moves,
    /// Staff needed at the start, population, and growth of care.
    Demand,
    /// Productivity and skill mix.
    Productivity,
    /// Temporary staff.
    Temporary,
    /// Earnings and on-costs.
    Pay,
    /// What actions do.
    Actions,
}

impl Group {
    /// Every group, in the order in which they are exchanged.
    pub const ALL: [Self; 13] = [
        Self::Share,
        Self::Start,
        Self::Hours,
        Self::Leaving,
        Self::Joining,
        Self::International,
        Self::Training,
        Self::Moves,
        Self::Demand,
        Self::Productivity,
        Self::Temporary,
        Self::Pay,
        Self::Actions,
    ];

    /// The group of a measure.
    pub fn of(measure: Measure) -> Self {
        match measure {
            Measure::PlaceShare => Self::Share,
            Measure::StockFte | Measure::SettingShare | Measure::AgeShare => Self::Start,
            Measure::Participation => Self::Hours,
            Measure::LeaverRate => Self::Leaving,
            Measure::ReturnerRate | Measure::WiderMarketRate | Measure::JoinerAgeShare => Self::Joining,
            Measure::InternationalHeadcount => Self::International,
            Measure::TrainingIntake
            | Measure::CourseAttrition
            | Measure::TrainingJoinShare
            | Measure::EntryAgeShare => Self::Training,
            Measure::MoveShare | Measure::MoveHeadcount => Self::Moves,
            Measure::DemandFte
            | Measure::Population
            | Measure::UseByAge
            | Measure::OtherGrowth
            | Measure::SettingShift => Self::Demand,
            Measure::ProductivityGrowth | Measure::SkillMix => Self::Productivity,
            Measure::TemporaryFill | Measure::TemporaryPremium => Self::Temporary,
            // What else a book may state is the price of something.
            _ => Self::Pay,
        }
    }

    /// As written in statements.
    pub fn title(self) -> &'static str {
        match self {
            Self::Share => "Share of England",
            Self::Start => "Staff in post at the start",
            Self::Hours => "Hours per head",
            Self::Leaving => "Leaver rates",
            Self::Joining => "Returners and the wider labour market",
            Self::International => "International recruitment",
            Self::Training => "Training",
            Self::Moves => "Moves between professions",
            Self::Demand => "Demand",
            Self::Productivity => "Productivity and skill mix",
            Self::Temporary => "Temporary staffing",
            Self::Pay => "Pay and prices",
            Self::Actions => "Actions",
        }
    }
}

/// What takes one plan's amounts to another's.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// What the one comes to.
    pub from: Account,
    /// What the other comes to.
    pub to: Account,
    /// What each group that differs explains; together, all of it.
    pub groups: BTreeMap<Group, Ledger>,
}

/// The groups in which two plans of one place differ.
pub fn groups_that_differ(from: &Plan, to: &Plan, scenario: &str) -> BTreeSet<Group> {
    let mut groups: BTreeSet<Group> = from.shelf.measures_that_differ(&to.shelf).into_iter().map(Group::of).collect();
    if !from.acts_like(to, scenario) {
        groups.insert(Group::Actions);
    }
    groups
}

/// Goes from one plan to another, group by group. Both are projected for the same places.
pub fn exchange(from: &Plan, to: &Plan, scenario: &str, places: &[PlaceCode]) -> Result<Exchange, RunError> {
    let groups: Vec<Group> = groups_that_differ(from, to, scenario).into_iter().collect();
    let end = account(to, scenario, places)?;
    let start = if groups.is_empty() { end.clone() } else { account(from, scenario, places)? };
    let mut mixed = |taken: &BTreeSet<Group>| {
        let plan = from.exchanged(to, &|measure| taken.contains(&Group::of(measure)), taken.contains(&Group::Actions));
        let plan = plan.ok_or_else(|| {
            RunError::Request(format!("`{}` and `{}` do not count the same professions", from.id, to.id))
        })?;
        Ok(account(&plan, scenario, places)?.ledger)
    };
    let between = between(&groups).iter().map(&mut mixed).collect::<Result<Vec<_>, RunError>>()?;
    let explained = explain(&groups, (&start.ledger, &end.ledger), &between);
    Ok(Exchange { from: start, to: end, groups: explained })
}

/// The groups that have been exchanged at each step between the first and the last: in the order of the groups, then in the opposite
/// order.
pub(super) fn between(groups: &[Group]) -> Vec<BTreeSet<Group>> {
    let forward = (1..groups.len()).map(|end| groups[..end].iter().copied().collect());
    let backward = (1..groups.len()).rev().map(|start| groups[start..].iter().copied().collect());
    if groups.len() > 1 { forward.chain(backward).collect() } else { Vec::new() }
}

/// What each group explains, from what the steps of [`between`] come to.
pub(super) fn explain(
    groups: &[Group],
    (start, end): (&Ledger, &Ledger),
    between: &[Ledger],
) -> BTreeMap<Group, Ledger> {
    let steps = groups.len().saturating_sub(1);
    let one_way = |order: &[Group], inner: &[Ledger]| -> BTreeMap<Group, Ledger> {
        let after = |i: usize| inner.get(i).unwrap_or(end);
        let before = |i: usize| if i == 0 { start } else { after(i - 1) };
        order.iter().enumerate().map(|(i, group)| (*group, after(i) - before(i))).collect()
    };
    let forward = one_way(groups, &between[..steps]);
    if groups.len() < 2 {
        return forward;
    }
    let reversed: Vec<Group> = groups.iter().rev().copied().collect();
    let backward = one_way(&reversed, &between[steps..]);
    let mean = |(group, mut one): (Group, Ledger)| {
        one += &backward[&group];
        (group, one.times(0.5))
    };
    forward.into_iter().map(mean).collect()
}

/// What a plan comes to in places, all together.
fn account(plan: &Plan, scenario: &str, places: &[PlaceCode]) -> Result<Account, RunError> {
    Ok(accounts(plan, scenario, places)?.iter().sum())
}

/// What a plan's own books state of a group, in words: the first few, and how many more.
pub fn stated_in_words(plan: &Plan, group: Group, year: FinancialYear) -> Vec<String> {
    const FEW: usize = 3;
    let own: Vec<&Series> =
        plan.shelf.series().filter(|series| series.book > 0 && Group::of(series.measure) == group).collect();
    let national = |series: &Series| {
        let key = Key { place: None, ..series.key.clone() };
        plan.shelf.series().find(|other| other.book == 0 && other.measure == series.measure && other.key == key)
    };
    let value =
        |value: f64| if value.abs() >= 100.0 { thousands(value) } else { format!("{}", (value * 1e6).round() / 1e6) };
    let mut words: Vec<String> = own
        .iter()
        .take(FEW)
        .map(|series| {
            let at = |series: &Series| series.at(year, Side::Central).map(value);
            let name = capital(&plan.shelf.title(series.measure, &Key { place: None, ..series.key.clone() }));
            let own = at(series).unwrap_or_else(|| "stated for other years".to_owned());
            match national(series).and_then(at) {
                Some(national) => format!("{name}: {own} in {year}, England's {national}"),
                None => format!("{name}: {own} in {year}"),
            }
        })
        .collect();
    if own.len() > FEW {
        words.push(format!("and {} more", own.len() - FEW));
    }
    words
}

/// With a capital letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
