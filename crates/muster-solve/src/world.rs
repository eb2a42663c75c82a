//! The plan as the optimiser sees it: what each lever would change in what the engine is given, and what the engine makes of it.

use std::collections::BTreeMap;

use muster_book::{Moves, Plan, Prices, Question, Resolved};
use muster_core::PlaceCode;
use muster_engine::{Cause, Inputs, Projection, Step, project};
use muster_run::RunError;

use crate::unit::{Unit, What};

/// Joiners per head are settled when no number of people moves by more than this share, and at the latest after so many projections.
const SAME_HEADS: f64 = 1e-10;
const HEADS: usize = 10;

/// A scenario of a plan, resolved, with what is needed to find one's way in it.
pub struct World<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// What is asked.
    pub question: &'p Question,
    /// What the engine is given when no lever is moved.
    pub resolved: Resolved,
    /// What things cost.
    pub prices: Prices,
    /// Cells by place and profession.
    cells: Vec<Vec<usize>>,
    /// Programmes of the inputs by place and programme of the taxonomy.
    programmes: Vec<Option<usize>>,
    /// Transfers by place and move.
    transfers: Vec<Vec<usize>>,
}

/// What the engine makes of some inputs, added up by place and profession: index `place × professions + profession`, then the year.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Staff in post.
    pub fte: Vec<Vec<f64>>,
    /// Staff needed.
    pub demand: Vec<Vec<f64>>,
    /// People in post.
    pub headcount: Vec<Vec<f64>>,
    /// Everyone who joined.
    pub joiners: Vec<Vec<f64>>,
    /// Those from abroad.
    pub abroad: Vec<Vec<f64>>,
    /// Students by place and programme: index `place × programmes + programme`, then the year.
    pub students: Vec<Vec<f64>>,
    /// What all staff cost, temporary staff among them, by year.
    pub pay_gbp: Vec<f64>,
}

impl<'p> World<'p> {
    /// Resolves the scenario that a question starts from.
    pub fn new(plan: &'p Plan, question: &'p Question, places: &[PlaceCode]) -> Result<Self, RunError> {
        let scenario = plan
            .scenario(&question.scenario)
            .ok_or_else(|| RunError::Request(format!("no scenario is called `{}`", question.scenario)))?;
        let resolved = plan.resolve(scenario, places, Step::Year).map_err(RunError::Plan)?;
        let prices = plan.prices(scenario, places).map_err(RunError::Plan)?;
        Ok(Self::of(plan, question, resolved, prices))
    }

    /// The same for inputs that are at hand, such as those of a draw.
    pub fn of(plan: &'p Plan, question: &'p Question, resolved: Resolved, prices: Prices) -> Self {
        let taxonomy = &plan.shelf.taxonomy;
        let (professions, programmes) = (taxonomy.professions.len(), taxonomy.programmes.len());
        let inputs = &resolved.inputs;
        let mut cells = vec![Vec::new(); inputs.places.len() * professions];
        for (i, cell) in inputs.cells.iter().enumerate() {
            cells[cell.place * professions + cell.profession].push(i);
        }
        let mut by_programme = vec![None; inputs.places.len() * programmes];
        for (i, programme) in inputs.programmes.iter().enumerate() {
            by_programme[programme.place * programmes + programme.programme] = Some(i);
        }
        // A place has a transfer for each move and each pair of settings, in the order of the moves.
        let mut transfers = vec![Vec::new(); inputs.places.len() * taxonomy.moves.len()];
        let mut next = 0;
        for list in transfers.chunks_mut(taxonomy.moves.len().max(1)) {
            for (movement, list) in taxonomy.moves.iter().zip(list) {
                let settings = |profession: usize| taxonomy.professions[profession].settings.len();
                let count = settings(movement.from) * settings(movement.to);
                list.extend(next..next + count);
                next += count;
            }
        }
        Self { plan, question, resolved, prices, cells, programmes: by_programme, transfers }
    }

    /// How many years after the baseline.
    pub fn years(&self) -> usize {
        self.resolved.inputs.years
    }

    /// How many places.
    pub fn places(&self) -> usize {
        self.resolved.inputs.places.len()
    }

    /// How many professions.
    pub fn professions(&self) -> usize {
        self.plan.shelf.taxonomy.professions.len()
    }

    /// The index of a place and profession in an [`Outcome`].
    pub fn at(&self, place: usize, profession: usize) -> usize {
        place * self.professions() + profession
    }

    /// The index of a place and programme in an [`Outcome`].
    pub fn course(&self, place: usize, programme: usize) -> usize {
        place * self.plan.shelf.taxonomy.programmes.len() + programme
    }

    /// A programme of a place, as the engine has it.
    pub fn programme(&self, place: usize, programme: usize) -> Option<&muster_engine::Programme> {
        self.programmes[self.course(place, programme)].map(|i| &self.resolved.inputs.programmes[i])
    }

    /// What the scenario has of what a unit moves, before any lever: starters, recruits, posts.
    pub fn already(&self, unit: &Unit) -> f64 {
        let inputs = &self.resolved.inputs;
        let year = unit.year - 1;
        match unit.what {
            What::Of(Moves::Intake) => {
                self.programme(unit.place, unit.of).map_or(0.0, |programme| programme.intake[year])
            }
            What::Of(Moves::International) => {
                let cells = &self.cells[self.at(unit.place, unit.of)];
                cells.iter().map(|cell| inputs.cells[*cell].years[year].international_headcount).sum()
            }
            What::Of(Moves::Posts) => {
                let moves = self.plan.shelf.taxonomy.moves.len();
                let transfers = &self.transfers[unit.place * moves + unit.of];
                transfers.iter().map(|i| inputs.transfers[*i].amount[year]).sum()
            }
            _ => 0.0,
        }
    }

    /// The professions whose staff a unit may change, by itself and by the moves that follow: a lever reaches no others.
    pub fn reach(&self, unit: &Unit) -> Vec<usize> {
        let taxonomy = &self.plan.shelf.taxonomy;
        let mut reached = match unit.what {
            What::Of(Moves::Intake) => vec![taxonomy.programmes[unit.of].fills],
            What::Of(Moves::Posts) => vec![taxonomy.moves[unit.of].from, taxonomy.moves[unit.of].to],
            What::Of(_) => vec![unit.of],
            What::Shift => Vec::new(),
        };
        // The other moves out of where posts take people from get fewer candidates.
        let mut next = 0;
        while next < reached.len() {
            let from = reached[next];
            for movement in taxonomy.moves.iter().filter(|movement| movement.from == from) {
                if !reached.contains(&movement.to) {
                    reached.push(movement.to);
                }
            }
            next += 1;
        }
        reached.sort_unstable();
        reached
    }

    /// Changes inputs as some units say. Joiners from the wider labour market are stated per head: `heads` is an outcome whose people they
    /// are counted from, or none to add them as people, whoever is there.
    pub fn apply(&self, inputs: &mut Inputs, chosen: &[(Unit, f64)], base: &Outcome, heads: Option<&Outcome>) {
        let mut cuts: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (unit, amount) in chosen.iter().filter(|(_, amount)| *amount != 0.0) {
            let year = unit.year - 1;
            match unit.what {
                What::Of(Moves::Intake) => {
                    if let Some(i) = self.programmes[self.course(unit.place, unit.of)] {
                        let intake = &mut inputs.programmes[i].intake[year];
                        *intake = (*intake + amount).max(0.0);
                    }
                }
                What::Of(moves @ (Moves::International | Moves::Domestic))
                    if moves == Moves::International || heads.is_none() =>
                {
                    let cells = &self.cells[self.at(unit.place, unit.of)];
                    for (cell, share) in cells.iter().zip(self.shares(cells)) {
                        let people = &mut inputs.cells[*cell].years[year].international_headcount;
                        *people = (*people + amount * share).max(0.0);
                    }
                }
                What::Of(Moves::International | Moves::Domestic) => {
                    let at = self.at(unit.place, unit.of);
                    let rate = rate(*amount, heads.map_or(0.0, |heads| heads.headcount[at][year]));
                    for cell in &self.cells[at] {
                        inputs.cells[*cell].years[year].wider_market_rate += rate;
                    }
                }
                What::Of(Moves::Retention) => {
                    *cuts.entry((self.at(unit.place, unit.of), year)).or_default() += amount;
                }
                What::Of(Moves::Posts) => {
                    let taxonomy = &self.plan.shelf.taxonomy;
                    let transfers = &self.transfers[unit.place * taxonomy.moves.len() + unit.of];
                    let movement = &taxonomy.moves[unit.of];
                    let from = self.shares(&self.cells[self.at(unit.place, movement.from)]);
                    let to = self.shares(&self.cells[self.at(unit.place, movement.to)]);
                    let both = from.iter().flat_map(|from| to.iter().map(move |to| from * to));
                    for (i, share) in transfers.iter().zip(both) {
                        let posts = &mut inputs.transfers[*i].amount[year];
                        *posts = (*posts + amount * share).max(0.0);
                    }
                }
                What::Shift => {
                    for (profession, fte) in self.shifted(unit, *amount) {
                        let at = self.at(unit.place, profession);
                        let factor = self.per_skill_mix(at, unit.year, base);
                        for cell in &self.cells[at] {
                            let mix = &mut inputs.cells[*cell].years[year].skill_mix;
                            *mix = (*mix + rate(fte, factor)).max(0.0);
                        }
                    }
                }
            }
        }
        for ((at, year), cut) in cuts {
            let mut known = BTreeMap::new();
            for cell in &self.cells[at] {
                let leaver = inputs.cells[*cell].years[year].leaver;
                let lower = *known.entry(format!("{leaver:?}")).or_insert_with(|| {
                    let lower = inputs.profiles.get(leaver).map(|rate| rate * (1.0 - cut));
                    inputs.profiles.intern(lower)
                });
                inputs.cells[*cell].years[year].leaver = lower;
            }
        }
    }

    /// What a shift of work asks of each profession, in FTE needed.
    pub fn shifted(&self, unit: &Unit, fte: f64) -> Vec<(usize, f64)> {
        let substitution = &self.question.substitutions[unit.of];
        let taken = fte * substitution.ratio;
        let mut list = vec![(substitution.from, -fte), (substitution.to, taken)];
        list.extend(substitution.supervision.map(|(who, ratio)| (who, taken * ratio)));
        list
    }

    /// FTE needed for one of skill mix, which does not depend on how work is shared out.
    pub fn per_skill_mix(&self, at: usize, year: usize, of: &Outcome) -> f64 {
        let Some(cell) = self.cells[at].first() else { return 0.0 };
        let mix = self.resolved.inputs.cells[*cell].years[year - 1].skill_mix;
        // The base outcome stands for no shift, whose demand belongs to the scenario's own mix.
        if mix > 0.0 { of.demand[at][year] / mix } else { 0.0 }
    }

    /// How a profession's people divide between settings, which is how joiners do.
    fn shares(&self, cells: &[usize]) -> Vec<f64> {
        let people = |cell: &usize| -> f64 { self.resolved.inputs.cells[*cell].opening.iter().flatten().sum() };
        let all: f64 = cells.iter().map(people).sum();
        cells.iter().map(|cell| if all > 0.0 { people(cell) / all } else { 1.0 / cells.len() as f64 }).collect()
    }

    /// What the engine makes of the scenario with some levers moved.
    ///
    /// Joiners who are stated per head depend on how many people are there, who depend on joiners: a few projections settle it.
    pub fn simulate(&self, chosen: &[(Unit, f64)], base: &Outcome) -> Result<(Outcome, Outcome), RunError> {
        let mut heads = base.clone();
        let per_head = chosen.iter().any(|(unit, amount)| unit.what == What::Of(Moves::Domestic) && *amount != 0.0);
        for _ in 0..HEADS {
            let mut inputs = self.resolved.inputs.clone();
            self.apply(&mut inputs, chosen, base, Some(&heads));
            let outcome = self.outcome(&inputs)?;
            let moved = outcome.headcount.iter().flatten().zip(heads.headcount.iter().flatten());
            let furthest = moved.map(|(new, old)| (new - old).abs() / (1.0 + old)).fold(0.0, f64::max);
            if !per_head || furthest < SAME_HEADS {
                return Ok((outcome, heads));
            }
            heads.headcount.clone_from(&outcome.headcount);
        }
        let mut inputs = self.resolved.inputs.clone();
        self.apply(&mut inputs, chosen, base, Some(&heads));
        Ok((self.outcome(&inputs)?, heads))
    }

    /// What the engine makes of some inputs.
    pub fn outcome(&self, inputs: &Inputs) -> Result<Outcome, RunError> {
        let projection =
            project(inputs).map_err(|error| RunError::Engine { scenario: self.question.scenario.clone(), error })?;
        Ok(self.add_up(&projection))
    }

    fn add_up(&self, projection: &Projection) -> Outcome {
        let years = self.years() + 1;
        let table = |rows: usize| vec![vec![0.0; years]; rows];
        let rows = self.cells.len();
        let mut outcome = Outcome {
            fte: table(rows),
            demand: table(rows),
            headcount: table(rows),
            joiners: table(rows),
            abroad: table(rows),
            students: table(self.programmes.len()),
            pay_gbp: vec![0.0; years],
        };
        let joining = [Cause::NewlyQualified, Cause::Returner, Cause::WiderLabourMarket, Cause::International];
        for (at, cells) in self.cells.iter().enumerate() {
            for cell in cells {
                for (year, result) in projection.cells[*cell].years.iter().enumerate() {
                    outcome.fte[at][year] += result.fte;
                    outcome.demand[at][year] += result.demand_fte;
                    outcome.headcount[at][year] += result.headcount;
                    outcome.joiners[at][year] += joining.iter().map(|cause| result.flow(*cause).headcount).sum::<f64>();
                    outcome.abroad[at][year] += result.flow(Cause::International).headcount;
                    outcome.pay_gbp[year] += result.pay_gbp + result.temporary_gbp;
                }
            }
        }
        for (at, programme) in self.programmes.iter().enumerate() {
            if let Some(i) = programme {
                for (year, result) in projection.programmes[*i].iter().enumerate() {
                    outcome.students[at][year] = result.students;
                }
            }
        }
        outcome
    }
}

/// An amount per unit of something that may not be there.
fn rate(amount: f64, of: f64) -> f64 {
    if of > 0.0 { amount / of } else { 0.0 }
}
