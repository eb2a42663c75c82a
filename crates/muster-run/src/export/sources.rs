//! Where the numbers of a measure come from: the sources of its values, and the actions that change it.

use std::collections::BTreeSet;

use muster_book::{Measure, Scope};

use super::world::World;

impl World<'_> {
    /// The ids of the sources of a measure's values that reach what is exported, in order.
    pub(crate) fn sources(&self, measure: Measure) -> Vec<String> {
        let places = &self.plan.shelf.places;
        let reaches_place = |place: &Option<muster_core::PlaceCode>| {
            place.as_ref().is_none_or(|of| self.resolved.places.iter().any(|code| places.is_within(code, of)))
        };
        let last = self.plan.to;
        let series = self.plan.shelf.series().filter(|series| {
            series.measure == measure && self.reaches(series.key.scope) && reaches_place(&series.key.place)
        });
        let entries = series.flat_map(|series| &series.entries).filter(|entry| entry.from <= last);
        let ids: BTreeSet<String> = entries.map(|entry| entry.passport.source.clone()).collect();
        ids.into_iter().collect()
    }

    /// The ids of the actions, or of the scenario, that change a measure of what is exported, in order.
    pub(crate) fn changes(&self, measure: Measure) -> Vec<String> {
        let effects = self.plan.effects(self.scenario);
        let ids: BTreeSet<String> = effects
            .into_iter()
            .filter(|effect| effect.measure == measure && self.reaches(effect.key.scope))
            .map(|effect| effect.of.clone())
            .collect();
        ids.into_iter().collect()
    }

    /// Whether something that is stated for a subject says anything about what is exported.
    fn reaches(&self, scope: Scope) -> bool {
        let taxonomy = &self.plan.shelf.taxonomy;
        match scope {
            Scope::All => true,
            Scope::Group(group) => self.selection.professions.iter().any(|i| taxonomy.professions[*i].group == group),
            Scope::Profession(profession) => self.selection.has(profession),
            Scope::Programme(programme) => self.programmes.contains(&programme),
            Scope::Move(movement) => self.routes.iter().any(|route| route.movement == movement),
        }
    }
}
