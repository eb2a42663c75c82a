//! From groups as written to the assumptions they hold, their correlations, and the sampler that draws them.

use std::collections::BTreeMap;

use muster_draws::dependence::Correlation;
use muster_draws::sampler::{Group, Method, Misfit, Sampler, Variable};

use super::{Dependence, Draft, Line, RawCorrelation, Wanted};
use crate::assumption::Scope;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::plan::Plan;
use crate::resolve::Assumption;
use crate::shelf::Shelf;
use crate::spread::path_in_words;

impl Line {
    /// The uncertain assumptions that it stands for.
    fn members(&self, plan: &Plan, uncertain: &[Assumption]) -> Vec<Assumption> {
        let fits = |assumption: &&Assumption| match (&self.wanted, assumption) {
            (Wanted::Stated(wanted, scope, setting), Assumption::Stated(measure, of, at)) => {
                measure == wanted
                    && scope.is_none_or(|scope| holds(&plan.shelf, scope, *of))
                    && setting.is_none_or(|setting| *at == Some(setting))
            }
            (Wanted::Delivery(id), Assumption::Delivery(action)) => plan.actions[*action].id == *id,
            _ => false,
        };
        uncertain.iter().filter(fits).cloned().collect()
    }

    /// Why it stands for nothing, and what to do.
    fn refuse_none(&self, plan: &Plan, diagnostics: &mut Diagnostics) {
        let (code, message, help) = match &self.wanted {
            Wanted::Stated(measure, ..) => (
                "M025",
                format!("no uncertain assumption of `{}` is what this member names", measure.id()),
                "give a value of it a range, or leave the member out; parts of a whole are never varied".to_owned(),
            ),
            Wanted::Delivery(id) if plan.actions.iter().any(|action| action.id == *id) => (
                "M025",
                format!("nothing about the delivery of `{id}` is uncertain"),
                "give an effect of the action a range, or leave the member out".to_owned(),
            ),
            Wanted::Delivery(id) => {
                let known = plan.actions.iter().map(|action| action.id.as_str());
                let help = suggest(id, known, "actions are listed in actions.toml");
                ("M010", format!("no action is called `{id}`"), help)
            }
        };
        diagnostics.push(code, self.location.clone(), message, help);
    }
}

/// Whether a subject is another or holds it: a staff group holds its professions.
fn holds(shelf: &Shelf, outer: Scope, inner: Scope) -> bool {
    let in_group = |group: usize, profession: usize| shelf.taxonomy.professions[profession].group == group;
    outer == inner
        || matches!((outer, inner), (Scope::Group(group), Scope::Profession(profession)) if in_group(group, profession))
}

/// The groups of a plan, with the assumptions they hold, and what had to be changed to make their correlations possible.
pub(crate) fn settle(plan: &Plan, drafts: Vec<Draft>, diagnostics: &mut Diagnostics) -> (Vec<Dependence>, Vec<String>) {
    let mut uncertain = plan.uncertain();
    uncertain.extend(plan.uncertain_prices());
    let mut settling =
        Settling { plan, uncertain, taken: BTreeMap::new(), nothing_else_wrong: diagnostics.is_empty(), diagnostics };
    let found: Vec<_> = drafts.into_iter().filter_map(|draft| settling.group(draft)).collect();
    let repairs = found.iter().filter_map(|(_, repair)| repair.clone()).collect();
    (found.into_iter().map(|(group, _)| group).collect(), repairs)
}

struct Settling<'a> {
    plan: &'a Plan,
    uncertain: Vec<Assumption>,
    /// Which group holds each assumption so far.
    taken: BTreeMap<Assumption, String>,
    /// Where something else is wrong, what a member names may only be missing because it could not be read.
    nothing_else_wrong: bool,
    diagnostics: &'a mut Diagnostics,
}

impl Settling<'_> {
    fn group(&mut self, draft: Draft) -> Option<(Dependence, Option<String>)> {
        let before = self.diagnostics.count();
        let mut members = Vec::new();
        let mut line_of = Vec::new();
        for (i, line) in draft.lines.iter().enumerate() {
            let found = line.members(self.plan, &self.uncertain);
            if found.is_empty() && self.nothing_else_wrong {
                line.refuse_none(self.plan, self.diagnostics);
            }
            for assumption in found {
                if self.may_join(&assumption, members.first(), &draft, &line.location) {
                    self.taken.insert(assumption.clone(), draft.id.clone());
                    members.push(assumption);
                    line_of.push(i);
                }
            }
        }
        if self.diagnostics.count() > before {
            return None;
        }
        if members.len() < 2 {
            if self.nothing_else_wrong {
                let message = format!("the group `{}` holds no two uncertain assumptions", draft.id);
                let help = "add a member that moves with it, or leave the group out";
                self.diagnostics.push("M025", draft.location, message, help);
            }
            return None;
        }
        let between = |i: usize, j: usize| match &draft.correlation.value {
            _ if i == j => 1.0,
            RawCorrelation::One(number) => *number,
            RawCorrelation::ByLine(rows) => rows[line_of[i]][line_of[j]],
        };
        let rows: Vec<Vec<f64>> =
            (0..members.len()).map(|i| (0..members.len()).map(|j| between(i, j)).collect()).collect();
        let names: Vec<String> = members.iter().map(|member| self.plan.assumption_title(member)).collect();
        let (correlation, repair) = match Correlation::new(&names, &rows) {
            Ok(made) => made,
            Err(impossible) => {
                let at = draft.file.locate(draft.correlation.span);
                let help = "write correlations that can hold together, or one number for the whole group";
                self.diagnostics.push("M025", at, impossible.to_string(), help);
                return None;
            }
        };
        let at = draft.file.locate(draft.correlation.span);
        let repair = repair.map(|repair| format!("{} ({}): {repair}.", draft.title, self.plan.written_at(&at)));
        let Draft { id, title, about, passport, location, .. } = draft;
        Some((Dependence { id, title, about, members, correlation, passport, location }, repair))
    }

    /// Whether an assumption is in no group yet, and moves over the years as the first of this one does.
    fn may_join(&mut self, assumption: &Assumption, first: Option<&Assumption>, draft: &Draft, at: &Location) -> bool {
        let plan = self.plan;
        let title = plan.assumption_title(assumption);
        if let Some(other) = self.taken.get(assumption) {
            let (message, help) = if *other == draft.id {
                (format!("{title} is in the group `{other}` twice"), "name it in one member of the group only")
            } else {
                (
                    format!("{title} is in two groups, `{other}` and `{}`", draft.id),
                    "leave it in one of them, or make one group with a matrix of correlations",
                )
            };
            self.diagnostics.push("M025", at.clone(), message, help);
            return false;
        }
        let is_price =
            |assumption: &Assumption| matches!(assumption, Assumption::Stated(measure, ..) if measure.spec().price);
        if let Some(first) = first.filter(|first| is_price(first) != is_price(assumption)) {
            let message = format!(
                "the group `{}` holds {title} and {}: one is a price, which is drawn apart from what the engine reads",
                draft.id,
                plan.assumption_title(first),
            );
            self.diagnostics.push("M030", at.clone(), message, "make two groups, one of prices and one without");
            return false;
        }
        let path = plan.path(assumption);
        let differs = first.filter(|first| plan.path(first) != path);
        if let Some(first) = differs {
            let message = format!(
                "{title} has the path `{}`, and {} of the same group `{}`: no one correlation holds between them",
                path_in_words(path),
                plan.assumption_title(first),
                path_in_words(plan.path(first)),
            );
            let help = "give both the same `path`, or put them into two groups";
            self.diagnostics.push("M025", at.clone(), message, help);
        }
        differs.is_none()
    }
}

impl Plan {
    /// Draws the scores of the plan's uncertain assumptions, in the order of [`Plan::uncertain`], from the baseline to the
    /// horizon.
    ///
    /// The variables are those of the whole plan, so that all of its scenarios share their random numbers. With
    /// [`Method::Sobol`] the first assumptions get the best dimensions; their order, that of the measures, begins with stocks
    /// and leaver rates, which suits.
    ///
    /// # Errors
    ///
    /// [`Misfit`], if two assumptions have one name. What else could not go together was refused when the plan was read.
    pub fn sampler(&self, seed: u64, method: Method) -> Result<Sampler, Misfit> {
        self.sampler_of(&self.uncertain(), seed, method)
    }

    /// Draws the scores of the plan's uncertain prices, in the order of [`Plan::uncertain_prices`], likewise.
    ///
    /// # Errors
    ///
    /// As for [`Plan::sampler`].
    pub fn price_sampler(&self, seed: u64, method: Method) -> Result<Sampler, Misfit> {
        self.sampler_of(&self.uncertain_prices(), seed, method)
    }

    fn sampler_of(&self, uncertain: &[Assumption], seed: u64, method: Method) -> Result<Sampler, Misfit> {
        let group = |group: &Dependence| Group {
            name: group.id.clone(),
            members: group.members.iter().filter_map(|member| uncertain.binary_search(member).ok()).collect(),
            correlation: group.correlation.clone(),
        };
        // A group is of prices or holds none, so all of its members are here, or none.
        let groups = self.dependence.iter().map(group).filter(|group| !group.members.is_empty()).collect();
        let variable =
            |assumption: &Assumption| Variable { name: self.assumption_id(assumption), path: self.path(assumption) };
        let variables = uncertain.iter().map(variable).collect();
        Sampler::new(seed, method, variables, groups, self.years().len() - 1)
    }
}
