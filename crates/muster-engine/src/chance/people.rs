//! One year of whole people: who leaves, moves, trains and joins.

use rand::Rng;

use super::draw::{Whole, ages, binomial, divide, poisson, take_anyone};
use super::{Decides, Stream};
use crate::inputs::{Ages, How, Inputs};
use crate::projection::{Cause, YearResult};
use crate::span::Span;
use crate::step::{Leaving, NOBODY, Record, State, add, record_leavers};

/// Gives the generator of each stream. It is boxed, so that what follows is compiled once and not for each kind of generator.
pub(crate) type Streams<'s> = dyn FnMut(Stream) -> Box<dyn Rng> + 's;

/// What is drawn, and what rounding has carried over so far.
pub(crate) struct People<'s> {
    stream: &'s mut Streams<'s>,
    /// Steps taken since the baseline.
    step: usize,
    /// Opening people and then international recruits, by cell.
    of_cell: Vec<Whole>,
    /// Posts offered, by transfer.
    of_transfer: Vec<Whole>,
    /// Students at the baseline and then intakes, by programme.
    of_programme: Vec<Whole>,
}

/// The people of the baseline made whole, and what will move them.
pub(crate) fn open<'a, 's>(inputs: &'a Inputs, stream: &'s mut Streams<'s>) -> (State<'a>, People<'s>) {
    let mut state = State::open(inputs);
    let mut at_baseline = |decides| stream(Stream { decides, step: 0 });

    let mut of_transfer = vec![Whole::from(0.0); inputs.transfers.len()];
    let mut of_cell = Vec::with_capacity(inputs.cells.len());
    for cell in 0..inputs.cells.len() {
        let mut whole = Whole::start(&mut at_baseline(Decides::Joiners { cell }));
        for row in state.rows(cell) {
            state.stock[row] = state.stock[row].map(|people| whole.next(people));
        }
        of_cell.push(whole);
        if !state.transfers_from[cell].is_empty() {
            let mut rng = at_baseline(Decides::Movers { cell });
            for transfer in &state.transfers_from[cell] {
                of_transfer[*transfer] = Whole::start(&mut rng);
            }
        }
    }
    let mut of_programme = Vec::with_capacity(inputs.programmes.len());
    for (programme, students) in state.students.iter_mut().enumerate() {
        let mut whole = Whole::start(&mut at_baseline(Decides::Students { programme }));
        students.iter_mut().for_each(|group| *group = whole.next(*group));
        of_programme.push(whole);
    }
    (state, People { stream, step: 0, of_cell, of_transfer, of_programme })
}

impl People<'_> {
    /// Leave, move, train, join.
    pub(crate) fn step(
        &mut self,
        state: &mut State<'_>,
        year: usize,
        span: Span,
        opening_headcount: &[f64],
        record: &mut Record,
    ) {
        self.step += 1;
        self.leave(state, year, span, &mut record.flows);
        state.move_between_cells(year, span, record, |state, leaving, unfilled| self.movers(state, leaving, unfilled));
        self.train(state, year, span, record);
        self.join(state, year, span, opening_headcount, &mut record.flows);
    }

    fn generator(&mut self, decides: Decides) -> Box<dyn Rng> {
        (self.stream)(Stream { decides, step: self.step })
    }

    /// Each person leaves or stays.
    fn leave(&mut self, state: &mut State<'_>, year: usize, span: Span, flows: &mut [YearResult]) {
        for (cell, flow) in flows.iter_mut().enumerate() {
            let chance = state.leaver_chance(cell, year, span);
            let mut rng = self.generator(Decides::Leavers { cell });
            let mut gone = NOBODY;
            for row in state.rows(cell) {
                for ((people, chance), gone) in state.stock[row].iter_mut().zip(&chance).zip(&mut gone) {
                    let leaving = binomial(&mut rng, *people, *chance);
                    *people -= leaving;
                    *gone += leaving;
                }
            }
            state.outside += record_leavers(flow, &gone, state.participation(cell, year));
        }
    }

    /// Each person stays or takes one of the moves by share; then posts are offered to whoever is still there. Where shares and posts
    /// ask for more than everyone, each gets the same part of what it asked for, as with expected numbers.
    fn movers(&mut self, state: &mut State<'_>, leaving: &Leaving<'_>, unfilled: &mut [f64]) -> Ages {
        let inputs = state.inputs;
        let mut rng = self.generator(Decides::Movers { cell: leaving.cell });
        let is_posts = |i: usize| inputs.transfers[i].how == How::Posts;
        let mut offered = Vec::new();
        for i in leaving.transfers.iter().copied().filter(|i| is_posts(*i)) {
            offered.push((i, self.of_transfer[i].next(leaving.posts_now(inputs, i))));
        }
        let there: f64 = leaving.candidates.iter().sum();
        let posts = offered.iter().map(|(_, posts)| posts).sum();
        let (scale_shares, granted) = leaving.granted(inputs, there, posts);

        let mut staying = *leaving.candidates;
        let shares: Vec<(usize, f64)> = leaving
            .transfers
            .iter()
            .filter(|i| !is_posts(**i))
            .map(|i| (*i, inputs.transfers[*i].amount[leaving.year - 1] * scale_shares * granted))
            .collect();
        for (age, staying) in staying.iter_mut().enumerate().filter(|(_, staying)| **staying > 0.0) {
            let mut share_left = 1.0;
            for (i, share) in &shares {
                let going = binomial(&mut rng, *staying, share / share_left);
                *staying -= going;
                share_left -= share;
                state.incoming[inputs.transfers[*i].to][age] += going;
            }
        }

        let mut part = (granted < 1.0).then(|| Whole::start(&mut rng));
        for (i, posts) in offered {
            let wanted = part.as_mut().map_or(posts, |part| part.next(posts * granted));
            let taken = take_anyone(&mut rng, &mut staying, wanted);
            unfilled[i] += posts - taken.iter().sum::<f64>();
            for (incoming, taken) in state.incoming[inputs.transfers[i].to].iter_mut().zip(&taken) {
                *incoming += taken;
            }
        }
        std::array::from_fn(|age| leaving.candidates[age] - staying[age])
    }

    /// Students withdraw or go up a year; those at the end complete, and join or go elsewhere; a new intake starts.
    fn train(&mut self, state: &mut State<'_>, year: usize, span: Span, record: &mut Record) {
        if !span.courses_change {
            return;
        }
        for (i, programme) in state.inputs.programmes.iter().enumerate() {
            let mut rng = self.generator(Decides::Students { programme: i });
            let result = &mut record.training[i];
            let students = &mut state.students[i];
            for group in students.iter_mut() {
                let withdrawn = binomial(&mut rng, *group, programme.withdrawal[year - 1]);
                *group -= withdrawn;
                result.withdrawn += withdrawn;
            }
            result.intake = self.of_programme[i].next(programme.intake[year - 1]);
            students.rotate_right(1);
            result.completed = std::mem::replace(&mut students[0], result.intake);
            result.joined = binomial(&mut rng, result.completed, programme.join_share[year - 1]);
            state.outside += result.withdrawn + (result.completed - result.joined) - result.intake;

            let joined = result.joined;
            let at_completion = state.ages_at_completion(programme);
            let shares: Vec<f64> = programme.fills.iter().map(|(_, share)| *share).collect();
            let mut placed = vec![0.0; shares.len()];
            divide(&mut rng, joined, &shares, |fill, people| placed[fill] += people);
            for ((cell, _), people) in programme.fills.iter().zip(placed) {
                let joiners = ages(&mut rng, people, &at_completion);
                arrive(state, *cell, year, Cause::NewlyQualified, &joiners, &mut record.flows[*cell]);
            }
        }
    }

    /// Returners and the wider labour market come by chance from a large pool; people from abroad are recruited in a stated number.
    fn join(
        &mut self,
        state: &mut State<'_>,
        year: usize,
        span: Span,
        opening_headcount: &[f64],
        flows: &mut [YearResult],
    ) {
        for (cell, flow) in flows.iter_mut().enumerate() {
            let rates = state.inputs.cells[cell].years[year - 1];
            let exposed = opening_headcount[cell] * span.share;
            let mut rng = self.generator(Decides::Joiners { cell });
            let joiners = [
                (Cause::Returner, poisson(&mut rng, rates.returner_rate * exposed)),
                (Cause::WiderLabourMarket, poisson(&mut rng, rates.wider_market_rate * exposed)),
                (Cause::International, self.of_cell[cell].next(rates.international_headcount * span.share)),
            ];
            let shares = state.inputs.profiles.get(rates.joiner_ages);
            for (cause, people) in joiners.into_iter().filter(|(_, people)| *people > 0.0) {
                state.outside -= people;
                let joiners = ages(&mut rng, people, shares);
                arrive(state, cell, year, cause, &joiners, flow);
            }
        }
    }
}

/// People start in the first stage of a cell.
fn arrive(state: &mut State<'_>, cell: usize, year: usize, cause: Cause, joiners: &Ages, flow: &mut YearResult) {
    let first = state.rows(cell).start;
    for (there, joining) in state.stock[first].iter_mut().zip(joiners) {
        *there += joining;
    }
    add(flow.flow_mut(cause), joiners, state.participation(cell, year));
}
