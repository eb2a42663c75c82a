//! Building the tree of statements: every place between the plan of the whole and the plans that were submitted.

use std::collections::{BTreeMap, BTreeSet};

use muster_book::{Plan, systems_of};
use muster_core::{PlaceCode, PlaceKind};
use muster_run::RunError;

use super::account::{Account, accounts};
use super::batch;
use super::exchange::{Exchange, stated_in_words};
use super::gather::{Gathered, name};
use super::{Node, Standing, Statement};
use crate::divide::members;
use crate::submission::{Covers, Submission};

/// What is modelled top-down, by place.
struct TopDown {
    systems: BTreeMap<PlaceCode, Account>,
    whole: Account,
}

/// A submission, worked out.
struct Leaf<'g> {
    submission: &'g Submission,
    exchange: Exchange,
}

pub(super) struct Builder<'g> {
    top: &'g Plan,
    top_down: TopDown,
    leaves: BTreeMap<(PlaceCode, Covers), Leaf<'g>>,
    pub(super) nodes: Vec<Node>,
    /// The account of each node, as submitted and as modelled.
    pub(super) accounts: Vec<(Account, Account)>,
}

impl<'g> Builder<'g> {
    pub(super) fn new(gathered: &'g Gathered, scenario: &str) -> Result<Self, RunError> {
        let top = &gathered.top;
        let systems = systems_of(&top.shelf.places, &top.place);
        let of_systems = || accounts(top, scenario, &systems);
        let of_whole = || accounts(top, scenario, &top.whole());
        let (of_systems, of_whole) = rayon::join(of_systems, of_whole);
        let top_down =
            TopDown { systems: systems.iter().cloned().zip(of_systems?).collect(), whole: of_whole?.iter().sum() };
        let exchanges = batch::from_top_down(top, &gathered.submissions, scenario)?;
        let leaves = gathered.submissions.iter().zip(exchanges).map(|(submission, exchange)| {
            let key = (submission.plan.place.clone(), submission.covers());
            (key, Leaf { submission, exchange })
        });
        let leaves = leaves.collect();
        Ok(Self { top, top_down, leaves, nodes: Vec::new(), accounts: Vec::new() })
    }

    /// Builds the node of a place with all below it; its index.
    pub(super) fn build(&mut self, place: &PlaceCode) -> usize {
        let own = self.leaves.contains_key(&(place.clone(), Covers::Whole));
        match (self.has_below(place), own) {
            (false, true) => self.leaf(place, Covers::Whole),
            (false, false) => self.estimate(place),
            (true, _) => self.sum(place),
        }
    }

    /// Whether a plan is submitted for less than this place.
    fn has_below(&self, place: &PlaceCode) -> bool {
        let places = &self.top.shelf.places;
        self.leaves
            .keys()
            .any(|(other, covers)| places.is_within(other, place) && (other != place || *covers == Covers::Rest))
    }

    fn push(&mut self, node: Node, submitted: Account, modelled: Account) -> usize {
        self.nodes.push(node);
        self.accounts.push((submitted, modelled));
        self.nodes.len() - 1
    }

    fn leaf(&mut self, place: &PlaceCode, covers: Covers) -> usize {
        let leaf = &self.leaves[&(place.clone(), covers)];
        let Exchange { from, to, groups } = &leaf.exchange;
        let mut because = BTreeMap::new();
        for group in groups.keys() {
            because.insert(*group, stated_in_words(&leaf.submission.plan, *group, self.top.to));
        }
        let name = name(self.top, place);
        let node = Node {
            place: place.clone(),
            name: if covers == Covers::Rest { format!("{name}, other than its trusts") } else { name },
            kind: self.kind(place),
            covers,
            standing: Standing::Submitted,
            children: Vec::new(),
            missing: Vec::new(),
            own_plan: None,
            version: leaf.submission.details.as_ref().map(|details| details.version.clone()),
            sign_off: leaf.submission.details.as_ref().and_then(|details| details.sign_off.clone()),
            because,
            statement: Statement::of(&to.ledger, &from.ledger, groups.clone()),
        };
        let (to, from) = (to.clone(), from.clone());
        self.push(node, to, from)
    }

    /// A place that has not submitted has its top-down share.
    fn estimate(&mut self, place: &PlaceCode) -> usize {
        let account = self.modelled(place);
        let missing = vec![place.clone()];
        self.estimated(place, name(self.top, place), &account, missing)
    }

    fn estimated(&mut self, place: &PlaceCode, name: String, account: &Account, missing: Vec<PlaceCode>) -> usize {
        let mut statement = Statement::of(&account.ledger, &account.ledger, BTreeMap::new());
        statement.estimated = account.ledger.clone();
        let node = Node {
            place: place.clone(),
            name,
            kind: self.kind(place),
            covers: Covers::Whole,
            standing: Standing::Estimated,
            children: Vec::new(),
            missing,
            own_plan: None,
            version: None,
            sign_off: None,
            because: BTreeMap::new(),
            statement,
        };
        self.push(node, account.clone(), account.clone())
    }

    /// A place whose parts are added up.
    fn sum(&mut self, place: &PlaceCode) -> usize {
        let mut missing = Vec::new();
        let children = if self.kind(place) == PlaceKind::System {
            self.organisations(place, &mut missing)
        } else {
            let tree = &self.top.shelf.places;
            let day = self.top.from.last_day();
            let inside = tree.iter().filter(|other| other.parent.as_ref() == Some(place) && other.exists_on(day));
            let inside: Vec<PlaceCode> = inside.map(|other| other.code.clone()).collect();
            inside.iter().map(|inside| self.build(inside)).collect()
        };
        let modelled = self.modelled(place);
        let submitted: Account = children.iter().map(|child| &self.accounts[*child].0).sum();
        let of_parts: Account = children.iter().map(|child| &self.accounts[*child].1).sum();
        let mut statement = Statement::of(&submitted.ledger, &modelled.ledger, BTreeMap::new());
        statement.parts = &of_parts.ledger - &modelled.ledger;
        for child in &children {
            let below = &self.nodes[*child].statement;
            statement.estimated += &below.estimated;
            statement.parts += &below.parts;
            for (group, ledger) in &below.groups {
                *statement.groups.entry(*group).or_default() += ledger;
            }
            missing.extend(self.nodes[*child].missing.iter().cloned());
        }
        let missing: BTreeSet<PlaceCode> = missing.into_iter().collect();
        let own = self.leaves.get(&(place.clone(), Covers::Whole));
        let details = own.and_then(|leaf| leaf.submission.details.as_ref());
        let node = Node {
            place: place.clone(),
            name: name(self.top, place),
            kind: self.kind(place),
            covers: Covers::Whole,
            standing: Standing::Added,
            children,
            missing: missing.into_iter().collect(),
            own_plan: own.map(|leaf| leaf.exchange.to.ledger.clone()),
            version: details.map(|details| details.version.clone()),
            sign_off: details.and_then(|details| details.sign_off.clone()),
            because: BTreeMap::new(),
            statement,
        };
        self.push(node, submitted, modelled)
    }

    /// The organisations of a system that have submitted, its rest, and an estimate of those that have not.
    fn organisations(&mut self, system: &PlaceCode, missing: &mut Vec<PlaceCode>) -> Vec<usize> {
        let mut children = Vec::new();
        let mut absent = Vec::new();
        for member in members(self.top, system) {
            if self.leaves.contains_key(&(member.code.clone(), Covers::Whole)) {
                children.push(self.leaf(&member.code, Covers::Whole));
            } else {
                absent.push(member.code.clone());
            }
        }
        let has_rest = self.leaves.contains_key(&(system.clone(), Covers::Rest));
        if has_rest {
            children.push(self.leaf(system, Covers::Rest));
        } else {
            absent.push(system.clone());
        }
        let there: Account = children.iter().map(|child| &self.accounts[*child].1).sum();
        let left = self.modelled(system).less(&there);
        // Where those who have submitted already have all of the system's share, nothing is left for those who have not: that is
        // said as a finding.
        if !absent.is_empty() && left.ledger.at(0).get(super::Item::StaffFte) > 0.0 {
            let name = format!("{}, what was not submitted", name(self.top, system));
            children.push(self.estimated(system, name, &left, absent));
        } else {
            missing.extend(absent);
        }
        children
    }

    fn kind(&self, place: &PlaceCode) -> PlaceKind {
        self.top.shelf.places.get(place).map_or(PlaceKind::Trust, |place| place.kind)
    }

    /// What is modelled top-down for a place, from the plan of the whole alone.
    fn modelled(&self, place: &PlaceCode) -> Account {
        if *place == self.top.place {
            return self.top_down.whole.clone();
        }
        let places = &self.top.shelf.places;
        self.top_down
            .systems
            .iter()
            .filter(|(system, _)| places.is_within(system, place))
            .map(|(_, account)| account)
            .sum()
    }
}
