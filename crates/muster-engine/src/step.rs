//! One year of the workforce, in the order it happens: leave, move, train, join, age, close.

use muster_core::STAFF_AGES;

use crate::inputs::{Ages, How, Inputs, Programme};
use crate::projection::{Cause, CellResult, Flow, ProgrammeYear, Projection, Unfilled, YearResult};
use crate::span::Span;

pub(crate) const NOBODY: Ages = [0.0; STAFF_AGES.len()];

/// Index of the age from which a leaver counts as "55 and over".
const AGE_55: usize = 55 - STAFF_AGES.youngest as usize;

/// What happens in one year, as it is added up.
pub(crate) struct Record {
    /// By cell.
    pub(crate) flows: Vec<YearResult>,
    /// By programme.
    pub(crate) training: Vec<ProgrammeYear>,
    /// Posts that stayed empty, by transfer.
    pub(crate) unfilled: Vec<f64>,
}

/// A cell that people can move out of, in one step.
pub(crate) struct Leaving<'a> {
    pub(crate) cell: usize,
    pub(crate) year: usize,
    pub(crate) span: Span,
    /// Whether it is a training grade, whose completers are the candidates.
    staged: bool,
    /// The transfers out of it.
    pub(crate) transfers: &'a [usize],
    /// Who can go, by age.
    pub(crate) candidates: &'a Ages,
}

impl Leaving<'_> {
    /// What a transfer of posts asks for in this step.
    pub(crate) fn posts_now(&self, inputs: &Inputs, transfer: usize) -> f64 {
        let amount = inputs.transfers[transfer].amount[self.year - 1];
        if self.staged { amount } else { amount * self.span.share }
    }

    /// What each share is multiplied by to hold for this step, and the part of what is asked for that is granted when
    /// `there` people are candidates and `posts` are on offer.
    pub(crate) fn granted(&self, inputs: &Inputs, there: f64, posts: f64) -> (f64, f64) {
        let shares = self.transfers.iter().map(|i| &inputs.transfers[*i]).filter(|transfer| transfer.how != How::Posts);
        let yearly_share: f64 = shares.map(|transfer| transfer.amount[self.year - 1]).sum();
        let share_now = if self.staged { yearly_share } else { self.span.chance(yearly_share) };
        let scale_shares = if yearly_share > 0.0 { share_now / yearly_share } else { 0.0 };
        let asked = there * share_now + posts;
        (scale_shares, if asked > there { there / asked } else { 1.0 })
    }
}

/// Where everyone is, between two steps.
pub(crate) struct State<'a> {
    pub(crate) inputs: &'a Inputs,
    /// First row of each cell in `stock`; a cell has a row for each stage.
    first_row: Vec<usize>,
    /// Transfers by the cell they leave.
    pub(crate) transfers_from: Vec<Vec<usize>>,
    pub(crate) stock: Vec<Ages>,
    /// Whether any transfer leads into a cell, so that the rest need not be looked at.
    is_entered: Vec<bool>,
    /// People on their way into each cell during a move.
    pub(crate) incoming: Vec<Ages>,
    pub(crate) students: Vec<Vec<f64>>,
    pub(crate) outside: f64,
}

/// Moves expected numbers of people.
pub(crate) fn run(inputs: &Inputs) -> Projection {
    run_with(State::open(inputs), |state, year, span, opening_headcount, record| {
        state.leave(year, span, &mut record.flows);
        state.move_between_cells(year, span, record, State::expected_movers);
        state.train(year, span, record);
        state.join(year, span, opening_headcount, &mut record.flows);
    })
}

/// Runs the years with flows that somebody else works out: `flow` is called for each step, with the year, the part of it, and the
/// headcount of each cell when the year opened. Ageing and counting are the same for all.
pub(crate) fn run_with<'a>(
    mut state: State<'a>,
    mut flow: impl FnMut(&mut State<'a>, usize, Span, &[f64], &mut Record),
) -> Projection {
    let inputs = state.inputs;
    let mut projection = Projection {
        cells: (0..inputs.cells.len()).map(|cell| CellResult { years: vec![state.count(cell, None)] }).collect(),
        programmes: state.students.iter().map(|students| vec![at_baseline(students)]).collect(),
        unfilled: Vec::new(),
        outside_headcount: vec![0.0],
    };
    let spans = Span::of_year(inputs.step);
    for year in 1..=inputs.years {
        let opening_headcount: Vec<f64> = projection.cells.iter().map(|cell| cell.years[year - 1].headcount).collect();
        let mut record = Record {
            flows: vec![YearResult::default(); inputs.cells.len()],
            training: vec![ProgrammeYear::default(); inputs.programmes.len()],
            unfilled: vec![0.0; inputs.transfers.len()],
        };
        for span in &spans {
            flow(&mut state, year, *span, &opening_headcount, &mut record);
            state.age(*span);
        }
        state.close(year, record, &mut projection);
    }
    projection
}

fn at_baseline(students: &[f64]) -> ProgrammeYear {
    ProgrammeYear { students: students.iter().sum(), ..ProgrammeYear::default() }
}

impl<'a> State<'a> {
    pub(crate) fn open(inputs: &'a Inputs) -> Self {
        let mut first_row = Vec::with_capacity(inputs.cells.len());
        let mut stock = Vec::new();
        for cell in &inputs.cells {
            first_row.push(stock.len());
            stock.extend_from_slice(&cell.opening);
        }
        let mut transfers_from = vec![Vec::new(); inputs.cells.len()];
        let mut is_entered = vec![false; inputs.cells.len()];
        for (i, transfer) in inputs.transfers.iter().enumerate() {
            transfers_from[transfer.from].push(i);
            is_entered[transfer.to] = true;
        }
        Self {
            inputs,
            first_row,
            transfers_from,
            stock,
            is_entered,
            incoming: vec![NOBODY; inputs.cells.len()],
            students: inputs.programmes.iter().map(|programme| programme.students.clone()).collect(),
            outside: 0.0,
        }
    }

    pub(crate) fn rows(&self, cell: usize) -> std::ops::Range<usize> {
        let first = self.first_row[cell];
        first..first + self.inputs.cells[cell].opening.len()
    }

    pub(crate) fn participation(&self, cell: usize, year: usize) -> &'a Ages {
        self.inputs.profiles.get(self.inputs.cells[cell].years[year - 1].participation)
    }

    /// Everyone is exposed to the chance of leaving at their age.
    fn leave(&mut self, year: usize, span: Span, flows: &mut [YearResult]) {
        for (cell, flow) in flows.iter_mut().enumerate() {
            let chance = self.leaver_chance(cell, year, span);
            let mut gone = NOBODY;
            for row in self.rows(cell) {
                for ((people, chance), gone) in self.stock[row].iter_mut().zip(&chance).zip(&mut gone) {
                    let leaving = *people * chance;
                    *people -= leaving;
                    *gone += leaving;
                }
            }
            self.outside += record_leavers(flow, &gone, self.participation(cell, year));
        }
    }

    /// The chance of leaving in this span, by age.
    pub(crate) fn leaver_chance(&self, cell: usize, year: usize, span: Span) -> Ages {
        let yearly = self.inputs.profiles.get(self.inputs.cells[cell].years[year - 1].leaver);
        if span.is_part() { yearly.map(|rate| span.chance(rate)) } else { *yearly }
    }

    /// Moves are worked out from the same stock for all, then made at once, so their order does not matter. `movers` says who goes:
    /// it adds them to `incoming` of where they go and returns them by age.
    pub(crate) fn move_between_cells(
        &mut self,
        year: usize,
        span: Span,
        record: &mut Record,
        mut movers: impl FnMut(&mut Self, &Leaving<'_>, &mut [f64]) -> Ages,
    ) {
        let Record { flows, unfilled, .. } = record;
        self.incoming.fill(NOBODY);
        for (cell, flow) in flows.iter_mut().enumerate() {
            let rows = self.rows(cell);
            let staged = rows.len() > 1;
            let goes = if staged { span.grades_change } else { !self.transfers_from[cell].is_empty() };
            if !goes {
                continue;
            }
            // Of a training grade, only those at the end of the last stage can go.
            let last = rows.end - 1;
            let candidates = self.stock[last];
            let mut staying = candidates;
            if !self.transfers_from[cell].is_empty() {
                let transfers = std::mem::take(&mut self.transfers_from[cell]);
                let leaving = Leaving { cell, year, span, staged, transfers: &transfers, candidates: &candidates };
                let moved = movers(self, &leaving, unfilled);
                self.transfers_from[cell] = transfers;
                for (staying, moved) in staying.iter_mut().zip(&moved) {
                    *staying -= moved;
                }
                add(flow.flow_mut(Cause::MovedOut), &moved, self.participation(cell, year));
            }
            if staged {
                self.outside += record_leavers(flow, &staying, self.participation(cell, year));
                self.stock[rows.clone()].rotate_right(1);
                self.stock[rows.start] = NOBODY;
            } else {
                self.stock[last] = staying;
            }
        }
        for (cell, flow) in flows.iter_mut().enumerate().filter(|(cell, _)| self.is_entered[*cell]) {
            let incoming = self.incoming[cell];
            for (people, incoming) in self.stock[self.first_row[cell]].iter_mut().zip(&incoming) {
                *people += incoming;
            }
            add(flow.flow_mut(Cause::MovedIn), &incoming, self.participation(cell, year));
        }
    }

    /// The expected number of movers.
    fn expected_movers(&mut self, leaving: &Leaving<'_>, unfilled: &mut [f64]) -> Ages {
        let fractions = self.fractions_out(leaving, unfilled);
        let mut leaving_fraction = 0.0;
        for (i, fraction) in &fractions {
            leaving_fraction += fraction;
            let to = self.inputs.transfers[*i].to;
            for (incoming, people) in self.incoming[to].iter_mut().zip(leaving.candidates) {
                *incoming += people * fraction;
            }
        }
        leaving.candidates.map(|people| people * leaving_fraction.min(1.0))
    }

    /// The share of the candidates that each transfer takes; together never more than everyone.
    fn fractions_out(&self, leaving: &Leaving<'_>, unfilled: &mut [f64]) -> Vec<(usize, f64)> {
        let there: f64 = leaving.candidates.iter().sum();
        let is_posts = |i: &usize| self.inputs.transfers[*i].how == How::Posts;
        let posts = leaving.transfers.iter().filter(|i| is_posts(i)).map(|i| leaving.posts_now(self.inputs, *i)).sum();
        let (scale_shares, granted) = leaving.granted(self.inputs, there, posts);
        leaving
            .transfers
            .iter()
            .map(|i| {
                let amount = leaving.posts_now(self.inputs, *i);
                let fraction = if is_posts(i) {
                    let taken = if there > 0.0 { amount * granted / there } else { 0.0 };
                    unfilled[*i] += amount - taken * there;
                    taken
                } else {
                    self.inputs.transfers[*i].amount[leaving.year - 1] * scale_shares * granted
                };
                (*i, fraction)
            })
            .collect()
    }

    /// Students go up a year or withdraw; those at the end complete; a new intake starts.
    fn train(&mut self, year: usize, span: Span, record: &mut Record) {
        if !span.courses_change {
            return;
        }
        for (i, programme) in self.inputs.programmes.iter().enumerate() {
            let students = &mut self.students[i];
            let in_training: f64 = students.iter().sum();
            let withdrawal = programme.withdrawal[year - 1];
            for group in students.iter_mut() {
                *group *= 1.0 - withdrawal;
            }
            let withdrawn = in_training * withdrawal;
            students.rotate_right(1);
            let completed = std::mem::replace(&mut students[0], programme.intake[year - 1]);
            let joined = completed * programme.join_share[year - 1];
            self.outside += withdrawn + (completed - joined) - programme.intake[year - 1];
            let result = &mut record.training[i];
            (result.intake, result.withdrawn) = (programme.intake[year - 1], withdrawn);
            (result.completed, result.joined) = (completed, joined);

            let ages = self.ages_at_completion(programme);
            for (cell, share) in &programme.fills {
                self.arrive(*cell, year, &[(Cause::NewlyQualified, joined * share)], &ages, &mut record.flows[*cell]);
            }
        }
    }

    /// Ages at entry, moved up by the length of the course.
    pub(crate) fn ages_at_completion(&self, programme: &Programme) -> Ages {
        let mut ages = *self.inputs.profiles.get(programme.entry_ages);
        for _ in 0..programme.students.len() {
            grow_older(&mut ages);
        }
        ages
    }

    /// Returners and the wider labour market, in proportion to the opening stock; then people from abroad.
    fn join(&mut self, year: usize, span: Span, opening_headcount: &[f64], flows: &mut [YearResult]) {
        for (cell, flow) in flows.iter_mut().enumerate() {
            let rates = self.inputs.cells[cell].years[year - 1];
            let opening = opening_headcount[cell];
            let joiners = [
                (Cause::Returner, rates.returner_rate * opening * span.share),
                (Cause::WiderLabourMarket, rates.wider_market_rate * opening * span.share),
                (Cause::International, rates.international_headcount * span.share),
            ];
            let ages = self.inputs.profiles.get(rates.joiner_ages);
            self.outside -= joiners.iter().map(|(_, people)| people).sum::<f64>();
            self.arrive(cell, year, &joiners, ages, flow);
        }
    }

    /// People of the given ages start in the first stage of a cell, for one or more causes.
    fn arrive(&mut self, cell: usize, year: usize, joiners: &[(Cause, f64)], ages: &Ages, flow: &mut YearResult) {
        let all: f64 = joiners.iter().map(|(_, people)| people).sum();
        if all == 0.0 {
            return;
        }
        for (there, age) in self.stock[self.first_row[cell]].iter_mut().zip(ages) {
            *there += all * age;
        }
        let (heads, fte) = (ages.iter().sum::<f64>(), dot(ages, self.participation(cell, year)));
        for (cause, people) in joiners {
            let flow = flow.flow_mut(*cause);
            flow.headcount += people * heads;
            flow.fte += people * fte;
        }
    }

    fn age(&mut self, span: Span) {
        if span.ages {
            self.stock.iter_mut().for_each(grow_older);
        }
    }

    fn close(&mut self, year: usize, record: Record, projection: &mut Projection) {
        let Record { flows, training, unfilled } = record;
        for (cell, flow) in flows.into_iter().enumerate() {
            let before = projection.cells[cell].years[year - 1].fte;
            let mut result = self.count(cell, Some((year, flow)));
            result.flow_mut(Cause::Hours).fte = result.fte - before - result.net_fte();
            projection.cells[cell].years.push(result);
        }
        for (i, mut result) in training.into_iter().enumerate() {
            result.students = self.students[i].iter().sum();
            projection.programmes[i].push(result);
        }
        for (transfer, headcount) in unfilled.into_iter().enumerate() {
            // Less than a millionth of a person is rounding.
            if headcount > 1e-6 {
                projection.unfilled.push(Unfilled { transfer, year, headcount });
            }
        }
        projection.outside_headcount.push(self.outside);
    }

    /// Counts a cell: people, those of 55 and over, and FTE; at the baseline when there is no year.
    fn count(&self, cell: usize, year: Option<(usize, YearResult)>) -> YearResult {
        let participation = match year {
            Some((year, _)) => self.participation(cell, year),
            None => self.inputs.profiles.get(self.inputs.cells[cell].opening_participation),
        };
        let mut result = year.map(|(_, flows)| flows).unwrap_or_default();
        for row in self.rows(cell) {
            let people = &self.stock[row];
            result.headcount += people.iter().sum::<f64>();
            result.headcount_55_and_over += people[AGE_55..].iter().sum::<f64>();
            result.fte += dot(people, participation);
        }
        result
    }
}

/// Adds leavers to the record by age, and returns how many they are.
pub(crate) fn record_leavers(result: &mut YearResult, gone: &Ages, participation: &Ages) -> f64 {
    let mut part = |cause, ages: std::ops::Range<usize>| {
        let flow = result.flow_mut(cause);
        let people: f64 = gone[ages.clone()].iter().sum();
        flow.headcount += people;
        flow.fte += gone[ages.clone()].iter().zip(&participation[ages]).map(|(people, fte)| people * fte).sum::<f64>();
        people
    };
    part(Cause::LeaverUnder55, 0..AGE_55) + part(Cause::Leaver55AndOver, AGE_55..gone.len())
}

pub(crate) fn add(flow: &mut Flow, people: &Ages, participation: &Ages) {
    flow.headcount += people.iter().sum::<f64>();
    flow.fte += dot(people, participation);
}

fn dot(people: &Ages, rate: &Ages) -> f64 {
    people.iter().zip(rate).map(|(people, rate)| people * rate).sum()
}

/// Everyone turns a year older; the oldest age keeps its people.
pub(crate) fn grow_older(ages: &mut Ages) {
    let last = ages.len() - 1;
    ages[last] += ages[last - 1];
    ages.copy_within(0..last - 1, 1);
    ages[0] = 0.0;
}
