//! What is worked out once for a model: which cells hang together, and where each of their values is.

use std::collections::HashMap;
use std::ops::Range;

use super::ages::AGES;
use super::model::{Model, ModelProgramme, Part, Slot, SlotsByAge};
use crate::EngineError;
use crate::inputs::{Ages, How, ProfileId, Step};

/// What must be worked out for a place.
#[derive(Debug, Clone, Default)]
pub(super) struct PlacePlan {
    /// Indexes of the programmes that belong to the place or feed its cells.
    pub(super) programmes: Vec<usize>,
    pub(super) components: Vec<Component>,
}

/// Cells that moves join, directly or through others; most are one cell alone. Its years need nothing of other components.
#[derive(Debug, Clone, Default)]
pub(super) struct Component {
    pub(super) members: Vec<Member>,
    /// Ordered by the cell they leave.
    pub(super) moves: Vec<Move>,
    /// How many rows of people it has: one for each cell and stage.
    pub(super) rows: usize,
}

/// A cell of a component.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Index into [`Model::cells`].
    pub(super) cell: usize,
    pub(super) place: usize,
    pub(super) setting: usize,
    pub(super) first_row: usize,
    pub(super) stages: usize,
    /// Those out of this cell, in [`Component::moves`].
    pub(super) moves: Range<usize>,
    /// Whether any move leads here.
    pub(super) is_entered: bool,
    pub(super) starts: Vec<Start>,
    pub(super) people: Value,
    pub(super) demand_base_fte: Value,
    /// The baseline, then each year.
    pub(super) years: Vec<MemberYear>,
}

/// A slot and what it is multiplied by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) slot: Slot,
    pub(super) factor: f64,
}

/// Where the values of a cell in a year are.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberYear {
    /// Index into [`Layout::by_age`].
    pub(super) leaver: u32,
    /// Index into [`Layout::by_age`].
    pub(super) participation: u32,
    /// Index into [`Layout::ages`].
    pub(super) joiner_ages: u32,
    pub(super) returner_rate: Slot,
    pub(super) wider_market_rate: Slot,
    pub(super) international: Value,
    pub(super) skill_mix: Slot,
    pub(super) temporary_fill: Slot,
    pub(super) earnings_gbp: Slot,
}

/// Newly qualified who start in a cell at the same ages.
#[derive(Debug, Clone)]
pub(super) struct Start {
    /// Index into [`Layout::ages`].
    pub(super) ages: u32,
    /// Programmes, and the share of those who join that comes here.
    pub(super) from: Vec<(usize, f64)>,
}

/// A move between two members of a component.
#[derive(Debug, Clone)]
pub(super) struct Move {
    /// Index into [`Component::members`].
    pub(super) to: usize,
    pub(super) is_posts: bool,
    /// Whether no earlier move of the component leads to the same cell.
    pub(super) is_first: bool,
    /// For the baseline, not used, and each year.
    pub(super) amount: Vec<Value>,
}

/// What is worked out once. Rates and ages that are the same for several cells or years are kept once, so that less is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// Slots by age.
    pub(super) by_age: Vec<[Slot; AGES]>,
    /// Shares of people by age that are the same in every future, and what they add to.
    pub(super) ages: Vec<(Ages, f64)>,
    pub(super) places: Vec<PlacePlan>,
    /// The most rows, members and moves of a component, and years of study of a programme.
    pub(super) most_rows: usize,
    pub(super) most_members: usize,
    pub(super) most_moves: usize,
    pub(super) most_study_years: usize,
}

impl Layout {
    pub(super) fn new(model: &Model) -> Result<Self, EngineError> {
        check(model)?;
        Ok(Maker::new(model).layout())
    }
}

/// Refuses a model whose parts point to others that are not there.
fn check(model: &Model) -> Result<(), EngineError> {
    let refuse = |text: String| Err(EngineError::Inputs(text));
    if model.step != Step::Year {
        return refuse("many futures at once go by years; project a model of months one future at a time".to_owned());
    }
    for (i, place) in model.places.iter().enumerate() {
        if place.drivers >= model.drivers.len() || place.money >= model.money.len() {
            return refuse(format!("place {i} has no drivers of demand or no money"));
        }
    }
    for (i, drivers) in model.drivers.iter().enumerate() {
        if drivers.population.len() != model.years + 1 {
            return refuse(format!("drivers {i} do not have a population for the baseline and {} years", model.years));
        }
    }
    for (i, cell) in model.cells.iter().enumerate() {
        if cell.place >= model.places.len() || cell.opening.is_empty() || cell.joiner_ages.len() != model.years {
            return refuse(format!("cell {i} has no place, no stage or not {} years", model.years));
        }
    }
    for (i, transfer) in model.transfers.iter().enumerate() {
        if transfer.from.max(transfer.to) >= model.cells.len() || transfer.from == transfer.to {
            return refuse(format!("transfer {i} does not join two different cells"));
        }
    }
    for (i, programme) in model.programmes.iter().enumerate() {
        let fits = programme.place < model.places.len()
            && !programme.students.is_empty()
            && programme.fills.iter().all(|(cell, _)| *cell < model.cells.len());
        if !fits {
            return refuse(format!("programme {i} has no place, no year of study or a cell that is not there"));
        }
    }
    Ok(())
}

struct Maker<'a> {
    model: &'a Model,
    layout: Layout,
    /// Where each series by age has its slots of a year, and where the same slots are already.
    found_by_age: HashMap<(SlotsByAge, usize), u32>,
    known_by_age: HashMap<[Slot; AGES], u32>,
    found_shapes: HashMap<ProfileId, u32>,
    known_ages: HashMap<Vec<u64>, u32>,
    /// By cell.
    starts: Vec<Vec<Start>>,
    /// Transfers by the cell they leave.
    transfers_from: Vec<Vec<usize>>,
}

impl<'a> Maker<'a> {
    fn new(model: &'a Model) -> Self {
        let mut transfers_from = vec![Vec::new(); model.cells.len()];
        for (i, transfer) in model.transfers.iter().enumerate() {
            transfers_from[transfer.from].push(i);
        }
        Self {
            model,
            layout: Layout { places: vec![PlacePlan::default(); model.places.len()], ..Layout::default() },
            found_by_age: HashMap::new(),
            known_by_age: HashMap::new(),
            found_shapes: HashMap::new(),
            known_ages: HashMap::new(),
            starts: vec![Vec::new(); model.cells.len()],
            transfers_from,
        }
    }

    fn layout(mut self) -> Layout {
        for (i, programme) in self.model.programmes.iter().enumerate() {
            self.programme(i, programme);
        }
        for cells in components(self.model) {
            let component = self.component(&cells);
            let place = &mut self.layout.places[self.model.cells[cells[0]].place];
            for member in &component.members {
                place.programmes.extend(member.starts.iter().flat_map(|start| start.from.iter().map(|(from, _)| from)));
            }
            place.components.push(component);
        }
        for place in &mut self.layout.places {
            place.programmes.sort_unstable();
            place.programmes.dedup();
        }
        self.layout
    }

    fn programme(&mut self, i: usize, programme: &ModelProgramme) {
        self.layout.places[programme.place].programmes.push(i);
        self.layout.most_study_years = self.layout.most_study_years.max(programme.students.len());
        let mut ages = *self.model.shapes.get(programme.entry_ages);
        for _ in &programme.students {
            crate::step::grow_older(&mut ages);
        }
        let ages = self.ages(&ages);
        for (cell, share) in &programme.fills {
            let starts = &mut self.starts[*cell];
            match starts.iter_mut().find(|start| start.ages == ages) {
                Some(start) => start.from.push((i, *share)),
                None => starts.push(Start { ages, from: vec![(i, *share)] }),
            }
        }
    }

    fn component(&mut self, cells: &[usize]) -> Component {
        let mut component = Component::default();
        for cell in cells {
            let member = self.member(*cell, component.rows);
            component.rows += member.stages;
            component.members.push(member);
        }
        for (i, cell) in cells.iter().enumerate() {
            let first = component.moves.len();
            for transfer in &self.transfers_from[*cell] {
                let transfer = &self.model.transfers[*transfer];
                // Cells of a component are in ascending order.
                let to = cells.partition_point(|cell| *cell < transfer.to);
                let target = &mut component.members[to];
                component.moves.push(Move {
                    to,
                    is_posts: transfer.how == How::Posts,
                    is_first: !target.is_entered,
                    amount: (0..=self.model.years).map(|year| self.value(transfer.amount, year)).collect(),
                });
                target.is_entered = true;
            }
            component.members[i].moves = first..component.moves.len();
        }
        let layout = &mut self.layout;
        layout.most_rows = layout.most_rows.max(component.rows);
        layout.most_members = layout.most_members.max(cells.len());
        layout.most_moves = layout.most_moves.max(component.moves.len());
        component
    }

    fn member(&mut self, i: usize, first_row: usize) -> Member {
        let model = self.model;
        let cell = &model.cells[i];
        let year = |year: usize| {
            // Nobody joins at the baseline; any ages will do.
            let joiner_ages = if year == 0 { ProfileId::default() } else { cell.joiner_ages[year - 1] };
            MemberYear {
                leaver: self.by_age(cell.leaver, year),
                participation: self.by_age(cell.participation, year),
                joiner_ages: self.shape(joiner_ages),
                returner_rate: model.slot(cell.returner_rate, year),
                wider_market_rate: model.slot(cell.wider_market_rate, year),
                international: self.value(cell.international_headcount, year),
                skill_mix: model.slot(cell.skill_mix, year),
                temporary_fill: model.slot(cell.temporary_fill, year),
                earnings_gbp: model.slot(cell.earnings_gbp, year),
            }
        };
        let years = (0..=model.years).map(year).collect();
        Member {
            cell: i,
            place: cell.place,
            setting: cell.setting.index(),
            first_row,
            stages: cell.opening.len(),
            moves: 0..0,
            is_entered: false,
            starts: std::mem::take(&mut self.starts[i]),
            people: self.value(cell.people, 0),
            demand_base_fte: self.value(cell.demand_base_fte, 0),
            years,
        }
    }

    fn value(&self, part: Part, year: usize) -> Value {
        Value { slot: self.model.slot(part.series, year), factor: part.factor }
    }

    fn by_age(&mut self, series: SlotsByAge, year: usize) -> u32 {
        *self.found_by_age.entry((series, year)).or_insert_with(|| {
            let list = &mut self.layout.by_age;
            let slots = self.model.slots_by_age(series, year);
            *self.known_by_age.entry(*slots).or_insert_with(|| {
                list.push(*slots);
                list.len() as u32 - 1
            })
        })
    }

    fn shape(&mut self, shape: ProfileId) -> u32 {
        if let Some(found) = self.found_shapes.get(&shape) {
            return *found;
        }
        let found = self.ages(self.model.shapes.get(shape));
        self.found_shapes.insert(shape, found);
        found
    }

    fn ages(&mut self, ages: &Ages) -> u32 {
        let list = &mut self.layout.ages;
        let key = ages.iter().map(|share| share.to_bits()).collect();
        *self.known_ages.entry(key).or_insert_with(|| {
            list.push((*ages, ages.iter().sum()));
            list.len() as u32 - 1
        })
    }
}

/// The cells of each component, ascending; components in the order of their first cells.
fn components(model: &Model) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..model.cells.len()).collect();
    for transfer in &model.transfers {
        let (from, to) = (find(&mut leader, transfer.from), find(&mut leader, transfer.to));
        leader[from.max(to)] = from.min(to);
    }
    let mut cells: Vec<Vec<usize>> = vec![Vec::new(); model.cells.len()];
    for cell in 0..model.cells.len() {
        let leader = find(&mut leader, cell);
        cells[leader].push(cell);
    }
    cells.retain(|cells| !cells.is_empty());
    cells
}

/// The first cell of the component that a cell is in, as far as is known.
fn find(leader: &mut [usize], mut cell: usize) -> usize {
    while leader[cell] != cell {
        // Halves the way for the next who asks.
        leader[cell] = leader[leader[cell]];
        cell = leader[cell];
    }
    cell
}
