//! What each action of a scenario adds to the gap and the pay bill at the horizon.
//!
//! Actions work on each other: keeping a nurse in post is worth more where more were trained. So an action adds one thing by itself and
//! another on top of the rest. Its share is what it adds on average over the orders in which actions can be taken (its Shapley value);
//! shares add up to what all of them do.

use std::cell::RefCell;

use muster_book::{Plan, Scenario, Theme};
use muster_core::PlaceCode;
use muster_draws::drivers::{Shares, share_out};
use serde::{Deserialize, Serialize};

use super::WithError;
use crate::run::{Run, RunError};
use crate::uncertainty::drawing::Drawing;
use crate::uncertainty::totals::{GAP_FTE, PAY_BILL_GBP};

/// What an action, or the actions of a theme, does to a result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Its share of the difference that all actions make: negative where it makes the result smaller. The error is that of drawing
    /// orders of actions.
    pub share: WithError,
    /// The result with every action but this.
    pub without_it: f64,
    /// The result with this action and no other.
    pub only_it: f64,
}

/// An action and what it adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionShare {
    /// Its name.
    pub action: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub theme: Theme,
    /// To the gap, in FTE.
    pub gap_fte: Contribution,
    /// To the pay bill, in pounds.
    pub pay_bill_gbp: Contribution,
}

/// The actions of a theme and what they add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThemeShare {
    /// Which.
    pub theme: Theme,
    /// How many of its actions have an effect.
    pub actions: usize,
    /// To the gap, in FTE. The share is the sum of those of its actions, and its error no more than is stated.
    pub gap_fte: Contribution,
    /// To the pay bill, in pounds, likewise.
    pub pay_bill_gbp: Contribution,
}

/// A result with no action and with all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FromTo {
    /// With none.
    pub without_actions: f64,
    /// With all.
    pub with_actions: f64,
    /// What actions make of parts of a whole, such as the ages of joiners. It is theirs together and nobody's share.
    pub not_shared_out: f64,
}

/// What the actions of a scenario add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contributions {
    /// The gap, in FTE.
    pub gap_fte: FromTo,
    /// The pay bill, in pounds.
    pub pay_bill_gbp: FromTo,
    /// Each action with an effect, the one that moves the gap most first.
    pub actions: Vec<ActionShare>,
    /// Each theme with such an action, likewise.
    pub themes: Vec<ThemeShare>,
}

/// What the actions of the run's main scenario add.
pub(super) fn contributions(
    run: &Run,
    places: &[PlaceCode],
    seed: u64,
    orders: usize,
) -> Result<Option<Contributions>, RunError> {
    let (plan, main) = (&run.plan, run.main_scenario());
    let Some(scenario) = plan.scenario(&main.id) else { return Ok(None) };
    let acting: Vec<usize> =
        scenario.actions.iter().copied().filter(|action| !plan.actions[*action].effects.is_empty()).collect();
    if acting.is_empty() {
        return Ok(None);
    }
    let step = main.resolved.inputs.step;
    let drawing =
        |scenario: &Scenario| Drawing::new(plan.futures_by_action(scenario, places, step).map_err(RunError::Plan)?);
    let worth = Worth { drawing: drawing(scenario)?, acting: &acting };
    let without_actions = Scenario { actions: Vec::new(), ..scenario.clone() };
    let nothing = drawing(&without_actions)?.of_actions(1, |_, _| false)?;
    let shares = worth.shares(seed, orders)?;
    let mut themes: Vec<Theme> = acting.iter().map(|action| plan.actions[*action].theme).collect();
    themes.sort_unstable();
    themes.dedup();
    let from_to = |result: usize| FromTo {
        without_actions: nothing[result][0],
        with_actions: shares[result].with_all,
        not_shared_out: shares[result].without - nothing[result][0],
    };
    let mut made = Contributions {
        gap_fte: from_to(GAP_FTE),
        pay_bill_gbp: from_to(PAY_BILL_GBP),
        actions: acting.iter().enumerate().map(|(player, action)| of_action(plan, *action, player, &shares)).collect(),
        themes: Vec::new(),
    };
    made.themes = worth.themes(plan, &themes, &made.actions)?;
    made.actions.sort_by(|a, b| b.gap_fte.share.value.abs().total_cmp(&a.gap_fte.share.value.abs()));
    made.themes.sort_by(|a, b| b.gap_fte.share.value.abs().total_cmp(&a.gap_fte.share.value.abs()));
    Ok(Some(made))
}

fn of_action(plan: &Plan, action: usize, player: usize, shares: &[Shares]) -> ActionShare {
    let contribution = |result: usize| {
        let (all, own) = (&shares[result], shares[result].players[player]);
        Contribution {
            share: own.shapley.into(),
            without_it: all.with_all - own.last,
            only_it: all.without + own.alone,
        }
    };
    let action = &plan.actions[action];
    ActionShare {
        action: action.id.clone(),
        title: action.title.clone(),
        theme: action.theme,
        gap_fte: contribution(GAP_FTE),
        pay_bill_gbp: contribution(PAY_BILL_GBP),
    }
}

/// A scenario that may have any of its actions.
struct Worth<'a> {
    drawing: Drawing,
    /// The actions with an effect, as indices into the plan's.
    acting: &'a [usize],
}

impl Worth<'_> {
    /// The gap and the pay bill with each of these sets of actions, a list for each.
    fn of(&self, sets: &[Vec<bool>]) -> Result<Vec<Vec<f64>>, RunError> {
        self.drawing.of_actions(sets.len(), |action, set| {
            let player = self.acting.iter().position(|acting| *acting == action);
            player.is_some_and(|player| sets[set][player])
        })
    }

    fn shares(&self, seed: u64, orders: usize) -> Result<Vec<Shares>, RunError> {
        let failed = RefCell::new(None);
        // An error is read from how much pairs of orders differ, which takes two.
        let shares = share_out(self.acting.len(), seed, orders.max(2), &|sets| match self.of(sets) {
            Ok(results) => (0..sets.len()).map(|set| results.iter().map(|result| result[set]).collect()).collect(),
            Err(error) => {
                failed.borrow_mut().get_or_insert(error);
                Vec::new()
            }
        });
        failed.take().map_or(Ok(shares), Err)
    }

    fn themes(&self, plan: &Plan, themes: &[Theme], actions: &[ActionShare]) -> Result<Vec<ThemeShare>, RunError> {
        let only = |theme: &Theme| self.acting.iter().map(|action| plan.actions[*action].theme == *theme).collect();
        let only: Vec<Vec<bool>> = themes.iter().map(only).collect();
        let without = only.iter().map(|set| set.iter().map(|inside| !inside).collect());
        let sets: Vec<Vec<bool>> = only.iter().cloned().chain(without).collect();
        let results = self.of(&sets)?;
        let of_theme = |(k, theme): (usize, &Theme)| {
            let own = || actions.iter().filter(|action| action.theme == *theme);
            let contribution = |result: usize, of: fn(&ActionShare) -> &Contribution| Contribution {
                share: WithError {
                    value: own().map(|action| of(action).share.value).sum(),
                    error: own().map(|action| of(action).share.error).sum(),
                },
                without_it: results[result][themes.len() + k],
                only_it: results[result][k],
            };
            ThemeShare {
                theme: *theme,
                actions: own().count(),
                gap_fte: contribution(GAP_FTE, |action| &action.gap_fte),
                pay_bill_gbp: contribution(PAY_BILL_GBP, |action| &action.pay_bill_gbp),
            }
        };
        Ok(themes.iter().enumerate().map(of_theme).collect())
    }
}
