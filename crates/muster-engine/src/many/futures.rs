//! Projects the futures of a block, place by place.

use muster_core::Setting;
use pulp::{Arch, Simd, WithSimd};

use super::ages::{AGES, ByAge, NOUGHT};
use super::model::{Block, Lanes, Model};
use super::plan::Layout;
use crate::EngineError;

pub(super) const SETTINGS: usize = Setting::ALL.len();

/// One cell in one year, in every future of a block. Year 0 is the baseline: it has stocks and no flows. Flows are people.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// People in post at the close.
    pub headcount: Lanes,
    /// What they work.
    pub fte: Lanes,
    /// FTE needed.
    pub demand_fte: Lanes,
    /// Bank and agency staff who cover part of the gap.
    pub temporary_fte: Lanes,
    /// Employer's cost of permanent staff.
    pub pay_gbp: Lanes,
    /// Cost of bank and agency staff.
    pub temporary_gbp: Lanes,
    /// Left the NHS, whatever their age.
    pub leavers: Lanes,
    /// Moved to another cell.
    pub moved_out: Lanes,
    /// Moved here from another cell.
    pub moved_in: Lanes,
    /// Joined from a training programme.
    pub newly_qualified: Lanes,
    /// Came back to the NHS.
    pub returners: Lanes,
    /// Joined from the wider labour market.
    pub wider_market: Lanes,
    /// Joined from abroad.
    pub international: Lanes,
}

/// One training programme in one year, in every future of a block. At the baseline there are only students.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrainingFigures {
    /// In training at the close.
    pub students: Lanes,
    /// Started.
    pub intake: Lanes,
    /// Left without completing.
    pub withdrawn: Lanes,
    /// Completed.
    pub completed: Lanes,
    /// Of those, joined the NHS.
    pub joined: Lanes,
}

/// Takes the figures that are wanted as they are made; the rest are dropped.
///
/// Every cell and programme of a place comes with every year once, the years in order. The order is the same in each run of a model.
pub trait Keep {
    /// Takes a cell, by its index in [`Model::cells`], in a year; 0 is the baseline.
    fn cell(&mut self, cell: usize, year: usize, figures: &Figures);

    /// Takes a programme, by its index in [`Model::programmes`], in a year; 0 is the baseline.
    fn programme(&mut self, _programme: usize, _year: usize, _figures: &TrainingFigures) {}
}

/// Projects blocks of futures of one model.
#[derive(Debug, Clone)]
pub struct Projector {
    pub(super) model: Model,
    pub(super) layout: Layout,
    arch: Option<Arch>,
}

/// Room to work in, used again for every block. One thread works in it at a time.
#[derive(Debug, Clone)]
pub struct Scratch {
    /// People, by row of a component.
    pub(super) rows: Vec<ByAge>,
    /// People on their way into each member of a component.
    pub(super) incoming: Vec<ByAge>,
    /// By member: those at the close of the year before, and those who moved in and out in this year.
    pub(super) opening: Vec<Lanes>,
    pub(super) moved_in: Vec<Lanes>,
    pub(super) moved_out: Vec<Lanes>,
    /// By member, the share of the row that moves come from that stays.
    pub(super) staying: Vec<Lanes>,
    /// By move out of a member.
    pub(super) fractions: Vec<Lanes>,
    /// Students by year of study.
    pub(super) students: Vec<Lanes>,
    /// Those who join, by programme and year.
    pub(super) joined: Vec<Lanes>,
    /// Demand as a multiple of the baseline, by drivers and year.
    pub(super) demand: Vec<[Lanes; SETTINGS]>,
    /// Growth of pay and employer's cost, by money and year.
    pub(super) cost: Vec<Lanes>,
    /// Of which drivers and money these are worked out for this block.
    pub(super) has_demand: Vec<bool>,
    pub(super) has_cost: Vec<bool>,
}

/// A block about to be projected.
#[derive(Debug)]
pub struct OpenBlock<'a> {
    pub(super) projector: &'a Projector,
    pub(super) values: &'a [Lanes],
    pub(super) scratch: &'a mut Scratch,
}

impl Projector {
    /// Makes ready for a model of yearly steps.
    pub fn new(model: Model) -> Result<Self, EngineError> {
        let layout = Layout::new(&model)?;
        Ok(Self { model, layout, arch: Some(Arch::new()) })
    }

    /// The same on the instructions that every processor of this kind has, to check that the best ones give the same bits.
    #[must_use]
    pub fn on_baseline_instructions(self) -> Self {
        Self { arch: None, ..self }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Room for any block of this model.
    pub fn scratch(&self) -> Scratch {
        let years = self.model.years + 1;
        let Layout { most_rows, most_members, most_moves, most_study_years, .. } = self.layout;
        let by_member = || vec![NOUGHT; most_members];
        Scratch {
            rows: vec![[NOUGHT; AGES]; most_rows],
            incoming: vec![[NOUGHT; AGES]; most_members],
            opening: by_member(),
            moved_in: by_member(),
            moved_out: by_member(),
            staying: by_member(),
            fractions: vec![NOUGHT; most_moves],
            students: vec![NOUGHT; most_study_years],
            joined: vec![NOUGHT; self.model.programmes.len() * years],
            demand: vec![[NOUGHT; SETTINGS]; self.model.drivers.len() * years],
            cost: vec![NOUGHT; self.model.money.len() * years],
            has_demand: vec![false; self.model.drivers.len()],
            has_cost: vec![false; self.model.money.len()],
        }
    }

    /// Starts on a block of this model, in room made by [`Self::scratch`].
    pub fn open<'a>(&'a self, block: &'a Block, scratch: &'a mut Scratch) -> OpenBlock<'a> {
        scratch.has_demand.fill(false);
        scratch.has_cost.fill(false);
        OpenBlock { projector: self, values: &block.values, scratch }
    }
}

impl OpenBlock<'_> {
    /// Projects every place, in order.
    pub fn all<K: Keep>(&mut self, keep: &mut K) {
        for place in 0..self.projector.model.places.len() {
            self.place(place, keep);
        }
    }

    /// Projects one place, by its index in [`Model::places`]. Cells of other places that moves join to the place's first cells come with
    /// it, and are left out of their own.
    pub fn place<K: Keep>(&mut self, place: usize, keep: &mut K) {
        match self.projector.arch {
            Some(arch) => arch.dispatch(OnBestInstructions { open: self, place, keep }),
            None => self.project_place(place, keep),
        }
    }

    #[inline(always)]
    fn project_place<K: Keep>(&mut self, place: usize, keep: &mut K) {
        let plan = &self.projector.layout.places[place];
        for programme in &plan.programmes {
            self.train(*programme, place, keep);
        }
        for component in &plan.components {
            self.component(component, keep);
        }
    }
}

/// A place to project, on the instructions that the processor turned out to have. A closure would not do: it is not sure to be
/// compiled for them.
struct OnBestInstructions<'a, 'b, K> {
    open: &'a mut OpenBlock<'b>,
    place: usize,
    keep: &'a mut K,
}

impl<K: Keep> WithSimd for OnBestInstructions<'_, '_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.open.project_place(self.place, self.keep);
    }
}
