//! Which rows of results are kept, and how cells add up to them.

use muster_book::Plan;
use muster_engine::{Figures, Keep, LANES, Lanes, Model, TrainingFigures};

use crate::figure::{Counted, Question, Sum};
use crate::summary::Row;

/// What is kept of each row in each year: supply, demand and cost. The gap is their difference.
pub(crate) const KEPT: usize = 3;
pub(crate) const SUPPLY: usize = 0;
pub(crate) const DEMAND: usize = 1;
pub(crate) const COST: usize = 2;

/// What a row of results is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowOf {
    /// A place, as an index into those of the run; none for all of them together.
    pub place: Option<usize>,
    /// Everyone, a staff group or a profession there.
    pub row: Row,
}

/// Everyone, each staff group and each profession, in the order of reports.
pub(crate) fn rows_of(plan: &Plan, place: Option<usize>) -> Vec<RowOf> {
    let taxonomy = &plan.shelf.taxonomy;
    let mut rows = vec![RowOf { place, row: Row::All }];
    for group in 0..taxonomy.groups.len() {
        rows.push(RowOf { place, row: Row::Group(group) });
        let members = (0..taxonomy.professions.len()).filter(|i| taxonomy.professions[*i].group == group);
        rows.extend(members.map(|profession| RowOf { place, row: Row::Profession(profession) }));
    }
    rows
}

/// Where the figures of each cell are added.
pub(crate) struct Layout {
    /// By cell, the rows it is part of.
    rows_of_cell: Vec<Vec<usize>>,
    years: usize,
    rows: usize,
}

impl Layout {
    pub(crate) fn new(plan: &Plan, model: &Model, rows: &[RowOf]) -> Self {
        let group_of = |profession: usize| plan.shelf.taxonomy.professions[profession].group;
        let holds = |of: &RowOf, place: usize, profession: usize| {
            of.place.is_none_or(|at| at == place)
                && match of.row {
                    Row::All => true,
                    Row::Group(group) => group_of(profession) == group,
                    Row::Profession(one) => one == profession,
                }
        };
        let of_cell = |cell: &muster_engine::ModelCell| {
            (0..rows.len()).filter(|row| holds(&rows[*row], cell.place, cell.profession)).collect()
        };
        Self { rows_of_cell: model.cells.iter().map(of_cell).collect(), years: model.years + 1, rows: rows.len() }
    }

    /// How many values a block needs.
    pub(crate) fn width(&self) -> usize {
        self.rows * KEPT * self.years
    }

    /// Where a row's figure of a year is in the part of a block.
    pub(crate) fn index(&self, row: usize, kept: usize, year: usize) -> usize {
        (row * KEPT + kept) * self.years + year
    }
}

/// The sums that the questions of a run need, each made once.
#[derive(Default)]
pub(crate) struct Sums {
    sums: Vec<Sum>,
    /// By cell and year, which sums it is part of.
    of_cell: Vec<Vec<(Counted, usize)>>,
    of_programme: Vec<Vec<(Counted, usize)>>,
    years: usize,
}

impl Sums {
    pub(crate) fn new<'q>(questions: impl IntoIterator<Item = &'q Question>, model: &Model) -> Self {
        Self::of(questions.into_iter().flat_map(Question::sums), model)
    }

    /// The same for sums that no question asks for.
    pub(crate) fn of<'q>(sums: impl IntoIterator<Item = &'q Sum>, model: &Model) -> Self {
        let years = model.years + 1;
        let mut made = Self {
            sums: Vec::new(),
            of_cell: vec![Vec::new(); model.cells.len() * years],
            of_programme: vec![Vec::new(); model.programmes.len() * years],
            years,
        };
        for sum in sums {
            if made.sums.contains(sum) {
                continue;
            }
            let index = made.sums.len();
            let parts = if sum.counted.is_of_training() { &mut made.of_programme } else { &mut made.of_cell };
            sum.over.iter().for_each(|i| parts[i * years + sum.year].push((sum.counted, index)));
            made.sums.push(sum.clone());
        }
        made
    }

    pub(crate) fn width(&self) -> usize {
        self.sums.len()
    }

    /// Where a sum is in the part of a block.
    pub(crate) fn index(&self, sum: &Sum) -> Option<usize> {
        self.sums.iter().position(|known| known == sum)
    }
}

/// Adds the figures of a block to rows and sums.
pub(crate) struct Keeper<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) rows: &'a mut [Lanes],
    pub(crate) sums: &'a Sums,
    pub(crate) sums_out: &'a mut [Lanes],
}

#[inline]
pub(crate) fn add(to: &mut Lanes, from: &Lanes) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

impl Keep for Keeper<'_> {
    #[inline]
    fn cell(&mut self, cell: usize, year: usize, figures: &Figures) {
        let cost: Lanes = std::array::from_fn(|lane| figures.pay_gbp[lane] + figures.temporary_gbp[lane]);
        for &row in &self.layout.rows_of_cell[cell] {
            add(&mut self.rows[self.layout.index(row, SUPPLY, year)], &figures.fte);
            add(&mut self.rows[self.layout.index(row, DEMAND, year)], &figures.demand_fte);
            add(&mut self.rows[self.layout.index(row, COST, year)], &cost);
        }
        if !self.sums_out.is_empty() {
            for &(counted, sum) in &self.sums.of_cell[cell * self.sums.years + year] {
                add(&mut self.sums_out[sum], &counted.of_figures(figures));
            }
        }
    }

    #[inline]
    fn programme(&mut self, programme: usize, year: usize, figures: &TrainingFigures) {
        if !self.sums_out.is_empty() {
            for &(counted, sum) in &self.sums.of_programme[programme * self.sums.years + year] {
                add(&mut self.sums_out[sum], &counted.of_training(figures));
            }
        }
    }
}

/// The values of one figure in every draw, from the parts of all blocks.
pub(crate) fn gather(out: &[Lanes], width: usize, index: usize, draws: usize, into: &mut Vec<f64>) {
    into.clear();
    into.reserve(draws.next_multiple_of(LANES));
    out.chunks_exact(width).for_each(|block| into.extend_from_slice(&block[index]));
    into.truncate(draws);
}
