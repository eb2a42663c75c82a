//! Draws every scenario of a run, and sums up each row, year and measure.

use muster_book::{Check, Limited, Plan};
use muster_core::PlaceCode;
use muster_draws::sampler::{Method, Sampler};
use muster_draws::summary::{Estimate, Scratch, Sufficiency, Summary, probability};
use muster_engine::{LANES, Lanes, Model, Step};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::drawing::{Drawing, Drawn as Scored};
use super::hands::{Elsewhere, Hands};
use super::rows::{COST, DEMAND, Keeper, Layout, RowOf, SUPPLY, Sums, add, gather, rows_of};
use super::work::{Order, Wanted};
use crate::figure::{Question, Roll};
use crate::run::{Run, RunError, covers};

/// How many draws, and from which numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// How many draws; none to take as many as the error asks for.
    pub draws: Option<usize>,
    /// What the random numbers start from.
    pub seed: u64,
    /// Whether draws are spread evenly, by scrambled Sobol numbers, rather than at random.
    pub sobol: bool,
    /// The Monte Carlo error to reach, as a share.
    pub error: f64,
    /// Whether to keep every draw of everyone together.
    #[serde(default)]
    pub keep: bool,
}

impl Default for Ask {
    fn default() -> Self {
        Self { draws: Some(1000), seed: 1, sobol: true, error: 0.02, keep: false }
    }
}

impl Ask {
    /// The flags of `muster run` that ask for this.
    pub(crate) fn flags(&self) -> String {
        let draws = self.draws.map_or("auto".to_owned(), |draws| draws.to_string());
        let mut flags = format!(" --draws {draws} --seed {} --error {}", self.seed, self.error);
        if !self.sobol {
            flags.push_str(" --sampling random");
        }
        if self.keep {
            flags.push_str(" --keep-draws");
        }
        flags
    }

    pub(crate) fn method(&self) -> Method {
        if self.sobol { Method::Sobol } else { Method::Random }
    }
}

/// What is summed up of each row and year, in this order.
pub const MEASURES: [&str; 4] = ["supply_fte", "demand_fte", "gap_fte", "pay_bill_gbp"];

/// Which of [`MEASURES`] is the gap.
pub const GAP: usize = 2;
/// Which of [`MEASURES`] is the cost.
pub const PAY_BILL: usize = 3;

/// One row of results in all draws.
#[derive(Debug, Clone, PartialEq)]
pub struct RowDraws {
    /// What it is about.
    pub of: RowOf,
    /// By year, then by measure.
    pub years: Vec<[Summary; MEASURES.len()]>,
}

/// The chance that a target is met, or a check holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// The name of the check or target.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The chance.
    pub chance: f64,
    /// Its Monte Carlo error.
    pub chance_error: f64,
    /// The figure's 10%, 50% and 90% points.
    pub figure: [f64; 3],
}

/// What every draw says of everyone together: by measure, year and draw.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawn {
    by_measure: Vec<Vec<Vec<f64>>>,
}

impl Drawn {
    /// A measure in a year, in every draw.
    pub fn of(&self, measure: usize, year: usize) -> &[f64] {
        &self.by_measure[measure][year]
    }
}

/// A scenario in all draws.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioDraws {
    /// Its name.
    pub id: String,
    /// Everyone together first; then, where the run tells places apart, each place.
    pub rows: Vec<RowDraws>,
    /// Everyone together, draw by draw.
    pub whole: Drawn,
    /// The plan's targets that are about this scenario.
    pub targets: Vec<Chance>,
    /// How often actions would have taken a value beyond what can be, and it was held at the limit.
    pub limited: Limited,
}

/// What the draws of a run say of everyone together at the horizon, in a few figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InWords {
    /// How many draws.
    pub draws: usize,
    /// What the random numbers started from.
    pub seed: u64,
    /// Whether they are enough, in a sentence.
    pub enough: String,
    /// By scenario: the gap, the chances of the targets, and how many values were held at a limit.
    pub scenarios: Vec<ScenarioInWords>,
}

/// The same of one scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioInWords {
    /// Its name.
    pub id: String,
    /// The gap at the horizon: its 10%, 50% and 90% points.
    pub gap_fte: [f64; 3],
    /// The pay bill at the horizon: its 10%, 50% and 90% points.
    pub pay_bill_gbp: [f64; 3],
    /// The chance that each target is met.
    pub targets: Vec<Chance>,
    /// Values that actions would have taken beyond what can be, which were held at the limit, of so many.
    pub values_at_a_limit: [u64; 2],
}

/// What the draws of a run say.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// What was asked for, with the number of draws.
    pub ask: Ask,
    /// How many draws.
    pub draws: usize,
    /// Whether there are enough of them to know the gap at the horizon.
    pub enough: Sufficiency,
    /// The scenarios, in the order of the run.
    pub scenarios: Vec<ScenarioDraws>,
}

/// With `auto`, the first number of draws to try, and the last.
const FEWEST: usize = 256;
pub(crate) const MOST: usize = 65_536;

/// How much room results may take, in bytes, before places or rows are taken in turns.
const ROOM: usize = 384 << 20;

impl Uncertainty {
    /// Draws the scenarios of a run.
    pub fn of(run: &Run, ask: &Ask) -> Result<Self, RunError> {
        Self::with(run, ask, None)
    }

    /// The same, with the draws projected elsewhere where that is said. They are summed up here all the same.
    pub fn with(run: &Run, ask: &Ask, elsewhere: Option<&Elsewhere<'_>>) -> Result<Self, RunError> {
        check(ask)?;
        let hands = Hands::new(run, ask, elsewhere);
        let sampler = sampler(&run.plan, ask)?;
        let draws = match ask.draws {
            Some(draws) => draws,
            None => enough_draws(run, ask, &sampler, &hands)?,
        };
        let scored = hands.score(&sampler, draws, ask.method());
        let made = run.scenarios.iter().map(|scenario| {
            let drawing = drawing(run, &scenario.id)?;
            scenario_draws(run, &scenario.id, &drawing, &scored, &hands)
        });
        let scenarios = made.collect::<Result<Vec<_>, RunError>>()?;
        let main = scenarios.iter().find(|scenario| scenario.id == run.main_scenario().id).unwrap_or(&scenarios[0]);
        let enough = main.at_horizon()[GAP].suffices(ask.error);
        Ok(Self { ask: ask.clone(), draws, enough, scenarios })
    }
}

impl Uncertainty {
    /// The figures that a reader asks for first.
    pub fn in_words(&self) -> InWords {
        let points = |summary: &Summary| {
            let [low, high] = summary.interval_80();
            [low.value, summary.median().value, high.value]
        };
        let of = |scenario: &ScenarioDraws| ScenarioInWords {
            id: scenario.id.clone(),
            gap_fte: points(&scenario.at_horizon()[GAP]),
            pay_bill_gbp: points(&scenario.at_horizon()[PAY_BILL]),
            targets: scenario.targets.clone(),
            values_at_a_limit: [scenario.limited.values, scenario.limited.of],
        };
        InWords {
            draws: self.draws,
            seed: self.ask.seed,
            enough: self.enough.to_string(),
            scenarios: self.scenarios.iter().map(of).collect(),
        }
    }

    /// The scenario of this name.
    pub fn scenario(&self, id: &str) -> Option<&ScenarioDraws> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }
}

impl ScenarioDraws {
    /// Everyone together at the horizon, by measure.
    pub fn at_horizon(&self) -> &[Summary; MEASURES.len()] {
        let years = &self.rows[0].years;
        &years[years.len() - 1]
    }
}

fn check(ask: &Ask) -> Result<(), RunError> {
    if ask.draws.is_some_and(|draws| draws < 2) {
        return Err(RunError::Request(
            "one draw has no spread: give --draws a number from 2, `auto` for as many as it takes, or `none`"
                .to_owned(),
        ));
    }
    if let Some(draws) = ask.draws.filter(|draws| *draws > MOST) {
        return Err(RunError::Request(format!(
            "{draws} draws are more than a run takes: ask for at most {MOST}, which leaves a Monte Carlo error of about half \
             a percent, or for `auto`, which stops when there are enough"
        )));
    }
    if !(ask.error > 0.0 && ask.error < 1.0) {
        let error = ask.error;
        return Err(RunError::Request(format!(
            "--error is a share between 0 and 1, such as 0.01 for one in a hundred; {error} is not"
        )));
    }
    Ok(())
}

/// The scores of every assumption of the plan, the same for all of its scenarios.
pub(crate) fn sampler(plan: &Plan, ask: &Ask) -> Result<Sampler, RunError> {
    plan.sampler(ask.seed, ask.method()).map_err(|misfit| RunError::Request(misfit.to_string()))
}

/// A scenario of a run, made ready to be drawn.
pub(crate) fn drawing(run: &Run, scenario: &str) -> Result<Drawing, RunError> {
    drawing_of(&run.plan, scenario, &run.places, if run.request.monthly { Step::Month } else { Step::Year })
}

pub(crate) fn drawing_of(plan: &Plan, scenario: &str, places: &[PlaceCode], step: Step) -> Result<Drawing, RunError> {
    let known = plan.scenario(scenario);
    let known = known.ok_or_else(|| RunError::Request(format!("there is no scenario `{scenario}`")))?;
    Drawing::new(plan.futures(known, places, step).map_err(RunError::Plan)?)
}

/// Twice as many draws each time, until the error of the gap at the horizon is what was asked for.
fn enough_draws(run: &Run, ask: &Ask, sampler: &Sampler, hands: &Hands<'_>) -> Result<usize, RunError> {
    let drawing = drawing(run, &run.main_scenario().id)?;
    let all: Vec<usize> = (0..run.places.len()).collect();
    // The first row is everyone.
    let order =
        Order { scenario: run.main_scenario().id.clone(), rows: Wanted::Together { from: 0, count: 1 }, sums: false };
    let (everyone, no_sums) = (order.rows.rows(&run.plan, &all), Sums::default());
    let mut draws = FEWEST;
    while draws < MOST {
        let scored = hands.score(sampler, draws, ask.method());
        let pass = Pass::new(&run.plan, &drawing, &everyone, &no_sums);
        let (out, _) = hands.project(&order, &pass, &drawing, &scored, &all)?;
        let years = pass.summarise(&out, 0, draws, ask.method(), &mut Room::default())?;
        if years[years.len() - 1][GAP].suffices(ask.error).is_enough() {
            break;
        }
        draws *= 2;
    }
    Ok(draws)
}

/// Everyone together, by year and measure.
pub(crate) fn everyone(
    run: &Run,
    drawing: &Drawing,
    scored: &Scored,
) -> Result<Vec<[Summary; MEASURES.len()]>, RunError> {
    let (rows, no_sums) = ([RowOf { place: None, row: crate::summary::Row::All }], Sums::default());
    let pass = Pass::new(&run.plan, drawing, &rows, &no_sums);
    let all: Vec<usize> = (0..run.places.len()).collect();
    let mut out = pass.room(scored);
    drawing.project(scored, &all, (&mut out, pass.width()), |out| pass.keeper(out))?;
    pass.summarise(&out, 0, scored.draws(), scored.method(), &mut Room::default())
}

/// Rows and sums that are projected together.
pub(crate) struct Pass<'a> {
    layout: Layout,
    sums: &'a Sums,
    years: usize,
}

/// Room for summing up a row.
#[derive(Default)]
struct Room {
    scratch: Scratch,
    kept: [Vec<f64>; 3],
    gap: Vec<f64>,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(plan: &Plan, drawing: &Drawing, rows: &[RowOf], sums: &'a Sums) -> Self {
        let model = &drawing.futures.model;
        Self { layout: Layout::new(plan, model, rows), sums, years: model.years + 1 }
    }

    /// How many values a block has.
    pub(crate) fn width(&self) -> usize {
        self.layout.width() + self.sums.width()
    }

    /// Projects some places in every draw.
    pub(crate) fn project(
        &self,
        drawing: &Drawing,
        scored: &Scored,
        places: &[usize],
    ) -> Result<(Vec<Lanes>, Limited), RunError> {
        let mut out = self.room(scored);
        let limited = drawing.project(scored, places, (&mut out, self.width()), |out| self.keeper(out))?;
        Ok((out, limited))
    }

    /// The same on this thread alone.
    pub(crate) fn project_on_one_thread(
        &self,
        drawing: &Drawing,
        scored: &Scored,
        places: &[usize],
    ) -> Result<(Vec<Lanes>, Limited), RunError> {
        let mut out = self.room(scored);
        let limited =
            drawing.project_on_one_thread(scored, places, (&mut out, self.width()), |out| self.keeper(out))?;
        Ok((out, limited))
    }

    fn room(&self, scored: &Scored) -> Vec<Lanes> {
        vec![[0.0; LANES]; scored.blocks() * self.width()]
    }

    fn keeper<'o>(&'o self, out: &'o mut [Lanes]) -> Keeper<'o> {
        let (rows, sums_out) = out.split_at_mut(self.layout.width());
        Keeper { layout: &self.layout, rows, sums: self.sums, sums_out }
    }

    /// Sums up every year and measure of a row.
    fn summarise(
        &self,
        out: &[Lanes],
        row: usize,
        draws: usize,
        method: Method,
        room: &mut Room,
    ) -> Result<Vec<[Summary; MEASURES.len()]>, RunError> {
        let year = |year: usize| {
            let Room { scratch, kept, gap } = room;
            for (kind, into) in kept.iter_mut().enumerate() {
                gather(out, self.width(), self.layout.index(row, kind, year), draws, into);
            }
            difference(&kept[DEMAND], &kept[SUPPLY], gap);
            let mut summary = |draws: &[f64]| Summary::of(draws, method, scratch).ok_or_else(not_finite);
            Ok([summary(&kept[SUPPLY])?, summary(&kept[DEMAND])?, summary(gap)?, summary(&kept[COST])?])
        };
        (0..self.years).map(year).collect()
    }

    /// Sums up every row.
    fn summarise_all(
        &self,
        out: &[Lanes],
        rows: &[RowOf],
        draws: usize,
        method: Method,
    ) -> Result<Vec<RowDraws>, RunError> {
        let made = (0..rows.len()).into_par_iter().map_init(Room::default, |room, row| {
            Ok(RowDraws { of: rows[row], years: self.summarise(out, row, draws, method, room)? })
        });
        made.collect()
    }

    /// The sums, by block.
    fn sums_of(&self, out: &[Lanes]) -> Vec<Lanes> {
        out.chunks(self.width()).flat_map(|block| &block[self.layout.width()..]).copied().collect()
    }

    /// Everything about a row, draw by draw.
    fn drawn(&self, out: &[Lanes], row: usize, draws: usize) -> Drawn {
        let mut by_measure = vec![Vec::new(); MEASURES.len()];
        for year in 0..self.years {
            let column = |kind| {
                let mut column = Vec::new();
                gather(out, self.width(), self.layout.index(row, kind, year), draws, &mut column);
                column
            };
            let (supply, demand, cost) = (column(SUPPLY), column(DEMAND), column(COST));
            let mut gap = Vec::new();
            difference(&demand, &supply, &mut gap);
            by_measure.iter_mut().zip([supply, demand, gap, cost]).for_each(|(years, column)| years.push(column));
        }
        Drawn { by_measure }
    }
}

fn difference(more: &[f64], less: &[f64], into: &mut Vec<f64>) {
    into.clear();
    into.extend(more.iter().zip(less).map(|(more, less)| more - less));
}

pub(super) fn not_finite() -> RunError {
    RunError::Request("a draw came to something that is not a number: a range of the book reaches too far".to_owned())
}

/// The targets of a scenario that these places can answer, and what each asks.
pub(crate) fn targets_of<'p>(
    plan: &'p Plan,
    places: &[PlaceCode],
    scenario: &str,
    model: &Model,
) -> Vec<(&'p Check, Question)> {
    let roll = Roll::of_model(plan, places, model);
    let whole = covers(plan, places);
    let of_scenario = plan.targets.iter().filter(|target| target.scenario == scenario);
    of_scenario
        .filter(|target| target.figure.place.is_some() || whole)
        .filter_map(|target| Some((target, roll.question(&target.figure).ok()?)))
        .collect()
}

fn scenario_draws(
    run: &Run,
    id: &str,
    drawing: &Drawing,
    scored: &Scored,
    hands: &Hands<'_>,
) -> Result<ScenarioDraws, RunError> {
    let (draws, method) = (scored.draws(), scored.method());
    let model = &drawing.futures.model;
    let asked = targets_of(&run.plan, &run.places, id, model);
    let sums = Sums::new(asked.iter().map(|(_, question)| question), model);
    let passes = Passes { run, id, drawing, scored, sums: &sums, hands };
    let made = if run.places.len() > 1 { passes.by_place() } else { passes.by_row() }?;
    let width = sums.width();
    let sum = |sum: &crate::figure::Sum, draw: usize| {
        let index = sums.index(sum).unwrap_or_default();
        made.sums[draw / LANES * width + index][draw % LANES]
    };
    let target = |(target, question): &(&Check, Question)| {
        let answers: Vec<f64> = (0..draws).map(|draw| question.answer(|of| sum(of, draw))).collect();
        chance(target, &answers, method)
    };
    let targets = asked.iter().filter_map(target).collect();
    Ok(ScenarioDraws { id: id.to_owned(), targets, rows: made.rows, whole: made.whole, limited: made.limited })
}

/// What the passes over a scenario gave.
struct Made {
    rows: Vec<RowDraws>,
    whole: Drawn,
    /// By block and sum.
    sums: Vec<Lanes>,
    limited: Limited,
}

/// What passes over a scenario work with.
struct Passes<'a> {
    run: &'a Run,
    id: &'a str,
    drawing: &'a Drawing,
    scored: &'a Scored,
    sums: &'a Sums,
    hands: &'a Hands<'a>,
}

impl Passes<'_> {
    /// How many rows of results there is room for.
    fn rows_at_once(&self) -> usize {
        let row =
            super::rows::KEPT * (self.drawing.futures.model.years + 1) * self.scored.blocks() * size_of::<Lanes>();
        ROOM / row
    }

    /// One place: as many rows at a time as there is room for.
    fn by_row(&self) -> Result<Made, RunError> {
        let Self { run, id, drawing, scored, sums, hands } = *self;
        let (draws, method) = (scored.draws(), scored.method());
        let rows = rows_of(&run.plan, None);
        let mut made =
            Made { rows: Vec::new(), whole: Drawn::default(), sums: Vec::new(), limited: Limited::default() };
        let none = Sums::default();
        for wanted in rows.chunks(self.rows_at_once().max(1)) {
            let is_first = made.rows.is_empty();
            let pass = Pass::new(&run.plan, drawing, wanted, if is_first { sums } else { &none });
            let rows = Wanted::Together { from: made.rows.len(), count: wanted.len() };
            let order = Order { scenario: id.to_owned(), rows, sums: is_first };
            let (out, limited) = hands.project(&order, &pass, drawing, scored, &[0])?;
            if is_first {
                made.whole = pass.drawn(&out, 0, draws);
                made.sums = pass.sums_of(&out);
                made.limited = limited;
            }
            made.rows.extend(pass.summarise_all(&out, wanted, draws, method)?);
        }
        Ok(made)
    }

    /// Several places: as many at a time as there is room for, and all of them together as the sum of each.
    fn by_place(&self) -> Result<Made, RunError> {
        let Self { run, id, drawing, scored, sums, hands } = *self;
        let (draws, method) = (scored.draws(), scored.method());
        let together = rows_of(&run.plan, None);
        let room = self.rows_at_once();
        if room < together.len() {
            let most = draws * room / together.len() / 100 * 100;
            return Err(RunError::Request(format!(
                "{draws} draws of {} places at once need more memory than a run may take: ask for at most {most}, or for one \
             place at a time",
                run.places.len()
            )));
        }
        let whole_pass = Pass::new(&run.plan, drawing, &together, sums);
        let whole_width = whole_pass.width();
        let mut whole = vec![[0.0; LANES]; scored.blocks() * whole_width];
        let mut rows = Vec::new();
        let mut limited = Limited::default();
        let places: Vec<usize> = (0..run.places.len()).collect();
        let order = Order { scenario: id.to_owned(), rows: Wanted::EachPlace, sums: true };
        for turn in places.chunks(room / together.len()) {
            let wanted = order.rows.rows(&run.plan, turn);
            let pass = Pass::new(&run.plan, drawing, &wanted, sums);
            let (out, held) = hands.project(&order, &pass, drawing, scored, turn)?;
            limited = held;
            rows.extend(pass.summarise_all(&out, &wanted, draws, method)?);
            // Places come in one order, so that sums have the same bits however many are taken at once.
            let (rows_width, sums_width) = (whole_pass.layout.width(), sums.width());
            whole.par_chunks_mut(whole_width).zip(out.par_chunks(pass.width())).for_each(|(whole, out)| {
                let (places, of_sums) = out.split_at(out.len() - sums_width);
                for place in places.chunks(rows_width) {
                    whole.iter_mut().zip(place).for_each(|(whole, part)| add(whole, part));
                }
                whole[rows_width..].iter_mut().zip(of_sums).for_each(|(whole, part)| add(whole, part));
            });
        }
        let mut all = whole_pass.summarise_all(&whole, &together, draws, method)?;
        all.extend(rows);
        let drawn = whole_pass.drawn(&whole, 0, draws);
        Ok(Made { rows: all, whole: drawn, sums: whole_pass.sums_of(&whole), limited })
    }
}

/// How a figure came out against what is expected of it; none where a draw has no answer, such as a share of nobody.
fn chance(target: &Check, answers: &[f64], method: Method) -> Option<Chance> {
    let summary = Summary::of(answers, method, &mut Scratch::default())?;
    let met = |answer: f64| target.expect.missed_by(answer) == 0.0;
    let Estimate { value, error } = probability(answers, method, met)?;
    let [low, high] = summary.interval_80();
    Some(Chance {
        id: target.id.clone(),
        title: target.title.clone(),
        chance: value,
        chance_error: error,
        figure: [low.value, summary.median().value, high.value],
    })
}
