//! What is exported, laid out by axis: professions, settings, areas, ages, years, moves and programmes, and where each number is.

use std::collections::HashMap;

use muster_book::{Plan, Resolved, Scenario};
use muster_core::{CITIZEN_AGES, STAFF_AGES, Setting};
use muster_engine::{Cell, How, Programme, Transfer};

use super::selection::Selection;

/// One way in which numbers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Axis {
    /// Professions.
    Profession,
    /// Care settings in which any of them works.
    Setting,
    /// Places.
    Area,
    /// Ages of staff.
    Age,
    /// Ages of the population.
    CitizenAge,
    /// The baseline and each year after it.
    Year,
    /// Each year after the baseline.
    LaterYear,
    /// Moves between cells.
    Route,
    /// Training programmes.
    Programme,
    /// Training programmes of so many years.
    ProgrammeOf(usize),
    /// Years of study of those.
    StudyYear(usize),
}

/// A move from a profession and setting to another, the same in each place.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// The move, as an index of the taxonomy.
    pub movement: usize,
    /// Profession and setting that people leave, as positions in [`World`].
    pub from: (usize, usize),
    /// Profession and setting that people enter; none when it is not exported.
    pub to: Option<(usize, usize)>,
    /// What the amount means.
    pub how: How,
    /// The transfer at each place.
    transfers: Vec<usize>,
}

/// A plan's scenario, laid out for export.
pub(crate) struct World<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) scenario: &'a Scenario,
    pub(crate) resolved: &'a Resolved,
    pub(crate) selection: &'a Selection,
    /// Settings in which any of the professions works.
    pub(crate) settings: Vec<Setting>,
    /// Moves out of the professions.
    pub(crate) routes: Vec<Route>,
    /// Programmes that fill them, as indices of the taxonomy.
    pub(crate) programmes: Vec<usize>,
    cells: HashMap<(usize, Setting, usize), usize>,
    courses: HashMap<(usize, usize), usize>,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        scenario: &'a Scenario,
        resolved: &'a Resolved,
        selection: &'a Selection,
    ) -> Self {
        let (taxonomy, inputs) = (&plan.shelf.taxonomy, &resolved.inputs);
        let works = |setting: &Setting| {
            selection.professions.iter().any(|i| taxonomy.professions[*i].settings.contains(setting))
        };
        let mut world = Self {
            plan,
            scenario,
            resolved,
            selection,
            settings: Setting::ALL.into_iter().filter(works).collect(),
            routes: Vec::new(),
            programmes: (0..taxonomy.programmes.len())
                .filter(|i| selection.has(taxonomy.programmes[*i].fills))
                .collect(),
            cells: inputs
                .cells
                .iter()
                .enumerate()
                .map(|(i, cell)| ((cell.profession, cell.setting, cell.place), i))
                .collect(),
            courses: inputs
                .programmes
                .iter()
                .enumerate()
                .map(|(i, course)| ((course.programme, course.place), i))
                .collect(),
        };
        world.routes = world.find_routes();
        world
    }

    /// The resolver writes a place's transfers one after another: each move, from every setting of the one profession to every setting
    /// of the other.
    fn find_routes(&self) -> Vec<Route> {
        let taxonomy = &self.plan.shelf.taxonomy;
        let transfers = &self.resolved.inputs.transfers;
        let per_area = transfers.len() / self.resolved.places.len().max(1);
        let mut routes = Vec::new();
        let mut at = 0;
        for (i, movement) in taxonomy.moves.iter().enumerate() {
            for from in &taxonomy.professions[movement.from].settings {
                for to in &taxonomy.professions[movement.to].settings {
                    if let Some(leave) = self.position(movement.from, *from) {
                        let transfers = (0..self.resolved.places.len()).map(|area| area * per_area + at).collect();
                        let to = self.position(movement.to, *to);
                        routes.push(Route { movement: i, from: leave, to, how: movement.how, transfers });
                    }
                    at += 1;
                }
            }
        }
        routes
    }

    fn position(&self, profession: usize, setting: Setting) -> Option<(usize, usize)> {
        let profession = self.selection.professions.iter().position(|i| *i == profession)?;
        Some((profession, self.settings.iter().position(|known| *known == setting)?))
    }

    /// How many there are of something.
    pub(crate) fn len(&self, axis: Axis) -> usize {
        match axis {
            Axis::Profession => self.selection.professions.len(),
            Axis::Setting => self.settings.len(),
            Axis::Area => self.resolved.places.len(),
            Axis::Age => STAFF_AGES.len(),
            Axis::CitizenAge => CITIZEN_AGES.len(),
            Axis::Year => self.years() + 1,
            Axis::LaterYear => self.years(),
            Axis::Route => self.routes.len(),
            Axis::Programme => self.programmes.len(),
            Axis::ProgrammeOf(length) => self.programmes_of(length).len(),
            Axis::StudyYear(length) => length,
        }
    }

    /// How many years there are after the baseline.
    pub(crate) fn years(&self) -> usize {
        self.resolved.inputs.years
    }

    /// The cell of a profession, setting and area, by position; none where nobody of the profession works in the setting.
    pub(crate) fn cell(&self, profession: usize, setting: usize, area: usize) -> Option<&'a Cell> {
        self.cell_index(profession, setting, area).map(|i| &self.resolved.inputs.cells[i])
    }

    /// The same, as an index of the inputs.
    pub(crate) fn cell_index(&self, profession: usize, setting: usize, area: usize) -> Option<usize> {
        self.cells.get(&(self.selection.professions[profession], self.settings[setting], area)).copied()
    }

    /// A programme at a place, by position.
    pub(crate) fn course(&self, programme: usize, area: usize) -> &'a Programme {
        &self.resolved.inputs.programmes[self.courses[&(self.programmes[programme], area)]]
    }

    /// A route's transfer at a place.
    pub(crate) fn transfer(&self, route: usize, area: usize) -> &'a Transfer {
        &self.resolved.inputs.transfers[self.routes[route].transfers[area]]
    }

    /// The positions of the programmes of a length.
    pub(crate) fn programmes_of(&self, length: usize) -> Vec<usize> {
        let programmes = &self.plan.shelf.taxonomy.programmes;
        (0..self.programmes.len()).filter(|i| programmes[self.programmes[*i]].length_years == length).collect()
    }

    /// The lengths of the programmes, each once, shortest first.
    pub(crate) fn lengths(&self) -> Vec<usize> {
        let programmes = &self.plan.shelf.taxonomy.programmes;
        let lengths: std::collections::BTreeSet<usize> =
            self.programmes.iter().map(|i| programmes[*i].length_years).collect();
        lengths.into_iter().collect()
    }

    /// The number of stages of a profession, by position.
    pub(crate) fn stages(&self, profession: usize) -> usize {
        self.plan.shelf.taxonomy.professions[self.selection.professions[profession]].stages
    }

    /// The numbers of stages of the training grades, each once, fewest first.
    pub(crate) fn grades(&self) -> Vec<usize> {
        let stages = (0..self.len(Axis::Profession)).map(|i| self.stages(i)).filter(|stages| *stages > 1);
        stages.collect::<std::collections::BTreeSet<usize>>().into_iter().collect()
    }

    /// A profession's title, by position.
    pub(crate) fn profession_title(&self, profession: usize) -> &'a str {
        &self.plan.shelf.taxonomy.professions[self.selection.professions[profession]].title
    }

    /// A place's name, by position.
    pub(crate) fn area_title(&self, area: usize) -> String {
        let code = &self.resolved.places[area];
        self.plan.shelf.places.get(code).map_or_else(|| code.to_string(), |place| place.name.clone())
    }
}
