//! Rolling plans up: organisation, system, region and England, each with a statement that says what was submitted, what is modelled
//! top-down, and which assumptions make the difference.

mod account;
mod amounts;
mod batch;
mod bridge;
mod doubles;
mod exchange;
mod gather;
mod page;
mod tree;
mod write;

use std::collections::BTreeMap;

use jiff::civil::Date;
use muster_core::{FinancialYear, PlaceCode, PlaceKind};
use muster_run::RunError;

pub use self::account::{Account, accounts};
pub use self::amounts::{Amounts, Item, Ledger};
pub use self::bridge::Bridge;
pub use self::doubles::{Finding, Found};
pub use self::exchange::{Exchange, Group, exchange, groups_that_differ, stated_in_words};
pub(crate) use self::gather::outwards;
pub use self::gather::{Gathered, gather};
pub use self::page::{Beside, lines_in_words, standing_in_words};
pub use self::write::{Document, PARTS, Row, amount, difference};
use crate::submission::{Covers, Fired, Rules, SignOff, Worked, check};

/// How a place comes to be in the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has submitted a plan.
    Submitted,
    /// It is the sum of the places in it.
    Added,
    /// It has submitted nothing: its top-down share stands in.
    Estimated,
}

/// What was submitted, what is modelled top-down, and what makes the difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What the plan of the place comes to, or those of the places in it.
    pub submitted: Ledger,
    /// What the plan of the whole gives the place.
    pub modelled: Ledger,
    /// What each group of assumptions that differs explains.
    pub groups: BTreeMap<Group, Ledger>,
    /// What the parts come to top-down, less what the whole does: shares that do not add up, and limits that bind in one of the two.
    pub parts: Ledger,
    /// Of what was submitted, the top-down shares of places that have submitted nothing.
    pub estimated: Ledger,
}

/// A place in the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// Which place.
    pub place: PlaceCode,
    /// What it is called.
    pub name: String,
    /// Its level.
    pub kind: PlaceKind,
    /// How much of the place it is.
    pub covers: Covers,
    /// How it comes to be in the sum.
    pub standing: Standing,
    /// Its parts, as indices of nodes.
    pub children: Vec<usize>,
    /// The places in it that have submitted nothing.
    pub missing: Vec<PlaceCode>,
    /// What its own plan comes to, where the places in it are added up.
    pub own_plan: Option<Ledger>,
    /// The version of its plan.
    pub version: Option<String>,
    /// Who signed it off.
    pub sign_off: Option<SignOff>,
    /// What its book states in the groups that differ.
    pub because: BTreeMap<Group, Vec<String>>,
    /// Its statement.
    pub statement: Statement,
}

/// Plans, rolled up.
#[derive(Debug)]
pub struct Rollup {
    /// The title of the plan of the whole.
    pub title: String,
    /// The scenario.
    pub scenario: String,
    /// The years, the baseline first.
    pub years: Vec<FinancialYear>,
    /// Every place, parts before wholes; the last is the whole.
    pub nodes: Vec<Node>,
    /// What each node comes to, as submitted and as modelled.
    pub accounts: Vec<(Account, Account)>,
    /// What was counted twice, or may have been.
    pub findings: Vec<Finding>,
}

/// By how much lines may miss the difference: rounding of sums of numbers of this size.
const ROUNDING: f64 = 1e-12;
/// By how much they may miss it at least, in FTE, people or pounds.
const LEAST: f64 = 1e-6;

impl Statement {
    fn of(submitted: &Ledger, modelled: &Ledger, groups: BTreeMap<Group, Ledger>) -> Self {
        let nothing = Ledger::nothing(submitted.0.len());
        Self {
            submitted: submitted.clone(),
            modelled: modelled.clone(),
            groups,
            parts: nothing.clone(),
            estimated: nothing,
        }
    }

    /// Submitted less modelled.
    pub fn difference(&self) -> Ledger {
        &self.submitted - &self.modelled
    }

    /// Whether the lines add to the difference, in every year and for every item.
    pub fn adds_up(&self) -> bool {
        let difference = self.difference();
        (0..difference.0.len()).all(|year| {
            let lines =
                self.groups.values().map(|ledger| ledger.at(year)).fold(self.parts.at(year), |sum, line| sum + line);
            let missed = difference.at(year) - lines;
            let size = self.submitted.at(year);
            Item::ALL.iter().all(|item| missed.get(*item).abs() <= LEAST.max(size.get(*item).abs() * ROUNDING))
        })
    }
}

impl Rollup {
    /// Rolls up what was gathered.
    pub fn of(gathered: &Gathered, scenario: &str) -> Result<Self, RunError> {
        let top = &gathered.top;
        let mut builder = tree::Builder::new(gathered, scenario)?;
        builder.build(&top.place);
        let (nodes, accounts) = (builder.nodes, builder.accounts);
        let rollup = Self {
            title: top.title.clone(),
            scenario: scenario.to_owned(),
            years: top.years(),
            findings: doubles::find(gathered, &nodes, &accounts),
            nodes,
            accounts,
        };
        rollup.check()?;
        Ok(rollup)
    }

    /// Every line adds, at every level, and parts add to wholes; a fault here is Muster's.
    fn check(&self) -> Result<(), RunError> {
        let fault = |node: &Node, what: &str| {
            Err(RunError::Request(format!("{}: {what}; this is a fault of Muster, please report it", node.name)))
        };
        for node in &self.nodes {
            if !node.statement.adds_up() {
                return fault(node, "the lines of the statement do not add to its difference");
            }
            let parts: Ledger = node.children.iter().map(|child| &self.nodes[*child].statement.submitted).sum();
            if !node.children.is_empty() && parts != node.statement.submitted {
                return fault(node, "the parts do not add to the whole");
            }
        }
        Ok(())
    }

    /// The rules that each submission does not keep, by the place's name.
    pub fn fired(&self, gathered: &Gathered, rules: &Rules, today: Date) -> Vec<(String, Fired)> {
        let mut all = Vec::new();
        for submission in &gathered.submissions {
            let own = |node: &&Node| {
                node.place == submission.plan.place
                    && node.covers == submission.covers()
                    && node.standing != Standing::Estimated
            };
            let Some(index) = self.nodes.iter().position(|node| own(&node)) else { continue };
            let (submitted, modelled) = &self.accounts[index];
            let worked = Worked { submission, submitted, modelled };
            let fired = check(rules, &worked, today).into_iter();
            all.extend(fired.map(|fired| (self.nodes[index].name.clone(), fired)));
        }
        all.sort_by_key(|(_, fired)| fired.severity);
        all
    }

    /// The whole.
    pub fn whole(&self) -> Option<&Node> {
        self.nodes.last()
    }

    /// The index of a year, counted from the baseline.
    pub fn year_index(&self, year: FinancialYear) -> Option<usize> {
        self.years.iter().position(|other| *other == year)
    }

    /// The nodes from the whole down, each before its parts, with how deep it lies.
    pub fn from_the_top(&self) -> Vec<(usize, usize)> {
        let mut order = Vec::new();
        let mut open = vec![(self.nodes.len().saturating_sub(1), 0)];
        while let Some((node, depth)) = open.pop() {
            let Some(found) = self.nodes.get(node) else { break };
            order.push((node, depth));
            open.extend(found.children.iter().rev().map(|child| (*child, depth + 1)));
        }
        order
    }
}
