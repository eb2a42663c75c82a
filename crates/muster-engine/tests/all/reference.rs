//! The engine once more, written plainly and slowly from its documentation, to hold the fast one to account.
//!
//! It shares the shape of the inputs and the names of the causes with the engine, and nothing else. People are kept in
//! one map, by cell, stage of training and age in years.

use std::collections::BTreeMap;

use muster_engine::{Cause, Cell, How, Inputs, ProgrammeYear, Step, Transfer};

/// People by cell, stage and age.
type Stock = BTreeMap<(usize, usize, usize), f64>;

/// One cell at the close of one year.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) headcount: f64,
    pub(crate) headcount_55_and_over: f64,
    pub(crate) fte: f64,
    pub(crate) demand_fte: f64,
    pub(crate) gap_fte: f64,
    pub(crate) temporary_fte: f64,
    pub(crate) pay_gbp: f64,
    pub(crate) temporary_gbp: f64,
}

/// One year of a projection.
#[derive(Default)]
pub(crate) struct Year {
    /// By cell.
    pub(crate) cells: Vec<Figures>,
    /// People and FTE, by cell and cause.
    pub(crate) flows: BTreeMap<(usize, Cause), (f64, f64)>,
    /// By programme.
    pub(crate) training: Vec<ProgrammeYear>,
    /// Posts that nobody took, by transfer.
    pub(crate) unfilled: BTreeMap<usize, f64>,
    /// Who went outside the NHS since the baseline, less who came from there.
    pub(crate) outside: f64,
}

/// The whole projection, the baseline first.
pub(crate) fn project(inputs: &Inputs) -> Vec<Year> {
    let cells = &inputs.cells;
    let steps = if inputs.step == Step::Year { 1 } else { 12 };
    let part = 1.0 / f64::from(steps);
    let is_grade = |cell: usize| cells[cell].opening.len() > 1;

    let mut stock = Stock::new();
    for (cell, details) in cells.iter().enumerate() {
        for (stage, people) in details.opening.iter().enumerate() {
            stock.extend((16..=75).map(|age| ((cell, stage, age), people[age - 16])));
        }
    }
    let mut students: Vec<Vec<f64>> = inputs.programmes.iter().map(|programme| programme.students.clone()).collect();
    let mut told = vec![close(inputs, 0, &stock, &students, Year::new(inputs), None)];

    for year in 1..=inputs.years {
        let rates = |cell: usize| &cells[cell].years[year - 1];
        let at = |profile, age: usize| inputs.profiles.get(profile)[age - 16];
        let hours = |cell: usize, age| at(rates(cell).participation, age);
        let mut this = Year::new(inputs);

        for month in 1..=steps {
            let falls_in = |calendar_month| steps == 1 || month == calendar_month;
            let (august, september, march) = (falls_in(5), falls_in(6), falls_in(12));

            // Leave, at the chance for one's age.
            for (&(cell, _, age), people) in &mut stock {
                let leaving = *people * chance(at(rates(cell).leaver, age), part);
                *people -= leaving;
                this.flow(cell, leaver(age), leaving, hours(cell, age));
            }

            // Move. In August training grades go up: those who finish stand for a moment one stage above the last.
            let up = |cell| usize::from(august && is_grade(cell));
            stock = stock.into_iter().map(|((cell, stage, age), n)| ((cell, stage + up(cell), age), n)).collect();
            let before = stock.clone();
            for cell in (0..cells.len()).filter(|cell| august || !is_grade(*cell)) {
                let from_stage = if is_grade(cell) { cells[cell].opening.len() } else { 0 };
                let here = |age| before.get(&(cell, from_stage, age)).copied().unwrap_or_default();
                let there: f64 = (16..=75).map(here).sum();
                for (transfer, asked, got) in asked_and_got(inputs, cell, year, there, part) {
                    let to = inputs.transfers[transfer].to;
                    if inputs.transfers[transfer].how == How::Posts {
                        *this.unfilled.entry(transfer).or_default() += asked - got;
                    }
                    let share = if there > 0.0 { got / there } else { 0.0 };
                    for age in 16..=75 {
                        let moving = here(age) * share;
                        *stock.entry((cell, from_stage, age)).or_default() -= moving;
                        *stock.entry((to, 0, age)).or_default() += moving;
                        this.flow(cell, Cause::MovedOut, moving, hours(cell, age));
                        this.flow(to, Cause::MovedIn, moving, hours(to, age));
                    }
                }
            }
            // Those who finished a grade and were not moved leave the NHS.
            stock.retain(|&(cell, stage, age), people| {
                let finished = stage == cells[cell].opening.len();
                if finished {
                    this.flow(cell, leaver(age), *people, hours(cell, age));
                }
                !finished
            });

            // Train: some give up, the others go up a year, the last year completes and a new year starts.
            for (i, programme) in inputs.programmes.iter().enumerate().filter(|_| september) {
                let intake = programme.intake[year - 1];
                let withdrawn: Vec<f64> = students[i].iter().map(|n| n * programme.withdrawal[year - 1]).collect();
                for (n, withdrawn) in students[i].iter_mut().zip(&withdrawn) {
                    *n -= withdrawn;
                }
                students[i].insert(0, intake);
                let completed = students[i].pop().unwrap_or_default();
                let joined = completed * programme.join_share[year - 1];
                this.training[i] =
                    ProgrammeYear { intake, withdrawn: withdrawn.iter().sum(), completed, joined, students: 0.0 };
                for &(cell, share) in &programme.fills {
                    for age_at_entry in 16..=75 {
                        let people = joined * share * at(programme.entry_ages, age_at_entry);
                        let age = (age_at_entry + programme.students.len()).min(75);
                        this.joins(&mut stock, Cause::NewlyQualified, (cell, 0, age), people, hours(cell, age));
                    }
                }
            }

            // Join: returners and the wider labour market in proportion to the year's opening headcount, then from
            // abroad.
            for cell in 0..cells.len() {
                let opening = told[year - 1].cells[cell].headcount;
                for (cause, people) in [
                    (Cause::Returner, opening * rates(cell).returner_rate),
                    (Cause::WiderLabourMarket, opening * rates(cell).wider_market_rate),
                    (Cause::International, rates(cell).international_headcount),
                ] {
                    for age in 16..=75 {
                        let people = people * part * at(rates(cell).joiner_ages, age);
                        this.joins(&mut stock, cause, (cell, 0, age), people, hours(cell, age));
                    }
                }
            }

            // Age, once a year.
            if march {
                for ((cell, stage, age), people) in std::mem::take(&mut stock) {
                    *stock.entry((cell, stage, (age + 1).min(75))).or_default() += people;
                }
            }
        }
        told.push(close(inputs, year, &stock, &students, this, told.last()));
    }
    told
}

/// The chance over part of a year that makes `yearly` over the whole.
fn chance(yearly: f64, part: f64) -> f64 {
    1.0 - (1.0 - yearly).max(0.0).powf(part)
}

/// What each transfer out of a cell asks of the people there, and what it gets: where all of them ask for more people
/// than there are, each gets the same part of what it asked.
fn asked_and_got(inputs: &Inputs, cell: usize, year: usize, there: f64, part: f64) -> Vec<(usize, f64, f64)> {
    let is_grade = inputs.cells[cell].opening.len() > 1;
    let out: Vec<_> = inputs.transfers.iter().enumerate().filter(|(_, transfer)| transfer.from == cell).collect();
    let by_share = out.iter().filter(|(_, transfer)| transfer.how != How::Posts);
    let yearly_share: f64 = by_share.map(|(_, transfer)| transfer.amount[year - 1]).sum();
    let share_now = if is_grade { yearly_share } else { chance(yearly_share, part) };
    let asked = |transfer: &Transfer| match transfer.how {
        How::Posts if is_grade => transfer.amount[year - 1],
        How::Posts => transfer.amount[year - 1] * part,
        _ if yearly_share == 0.0 => 0.0,
        How::Rate | How::Completion => there * share_now * transfer.amount[year - 1] / yearly_share,
    };
    let all: f64 = out.iter().map(|(_, transfer)| asked(transfer)).sum();
    let granted = if all > there { there / all } else { 1.0 };
    out.iter().map(|(i, transfer)| (*i, asked(transfer), asked(transfer) * granted)).collect()
}

fn leaver(age: usize) -> Cause {
    if age < 55 { Cause::LeaverUnder55 } else { Cause::Leaver55AndOver }
}

impl Year {
    fn new(inputs: &Inputs) -> Self {
        Self { training: vec![ProgrammeYear::default(); inputs.programmes.len()], ..Self::default() }
    }

    fn flow(&mut self, cell: usize, cause: Cause, people: f64, fte_per_head: f64) {
        let (headcount, fte) = self.flows.entry((cell, cause)).or_default();
        *headcount += people;
        *fte += people * fte_per_head;
    }

    fn joins(&mut self, stock: &mut Stock, cause: Cause, who: (usize, usize, usize), people: f64, fte_per_head: f64) {
        *stock.entry(who).or_default() += people;
        self.flow(who.0, cause, people, fte_per_head);
    }

    /// Everyone who came or went, of the given causes.
    fn people(&self, causes: &[Cause]) -> f64 {
        self.flows.iter().filter(|((_, cause), _)| causes.contains(cause)).map(|(_, (people, _))| people).sum()
    }
}

/// Counts everyone and adds demand, the gap and cost.
fn close(
    inputs: &Inputs,
    year: usize,
    stock: &Stock,
    students: &[Vec<f64>],
    mut this: Year,
    last: Option<&Year>,
) -> Year {
    for (cell, details) in inputs.cells.iter().enumerate() {
        let rates = if year == 0 { &details.baseline } else { &details.years[year - 1] };
        let participation = if year == 0 { details.opening_participation } else { rates.participation };
        let money = &inputs.places[details.place].money;
        let pay_growth: f64 = money.real_pay_growth[..year].iter().map(|growth| 1.0 + growth).product();
        let cost_per_fte = rates.earnings_gbp * money.on_cost[year] * pay_growth;

        let mut figures = Figures::default();
        for (&(_, _, age), people) in stock.iter().filter(|((at, _, _), _)| *at == cell) {
            figures.headcount += people;
            figures.headcount_55_and_over += if age >= 55 { *people } else { 0.0 };
            figures.fte += people * inputs.profiles.get(participation)[age - 16];
        }
        figures.demand_fte = demand(inputs, details, year) * rates.skill_mix / details.baseline.skill_mix;
        figures.gap_fte = figures.demand_fte - figures.fte;
        figures.temporary_fte = if figures.gap_fte > 0.0 { figures.gap_fte * rates.temporary_fill } else { 0.0 };
        figures.pay_gbp = figures.fte * cost_per_fte;
        figures.temporary_gbp = figures.temporary_fte * cost_per_fte * money.temporary_premium[year];

        // What people coming and going do not explain is a change of hours.
        if let Some(last) = last {
            let came_and_went: f64 =
                Cause::ALL.iter().filter_map(|c| this.flows.get(&(cell, *c)).map(|(_, fte)| c.sign() * fte)).sum();
            this.flows.insert((cell, Cause::Hours), (0.0, figures.fte - last.cells[cell].fte - came_and_went));
        }
        this.cells.push(figures);
    }
    for (result, students) in this.training.iter_mut().zip(students) {
        result.students = students.iter().sum();
    }
    let left = this.people(&[Cause::LeaverUnder55, Cause::Leaver55AndOver]);
    let came = this.people(&[Cause::Returner, Cause::WiderLabourMarket, Cause::International]);
    let gave_up_or_finished_elsewhere: f64 =
        this.training.iter().map(|t| t.withdrawn + t.completed - t.joined - t.intake).sum();
    this.outside = last.map_or(0.0, |last| last.outside) + left - came + gave_up_or_finished_elsewhere;
    this
}

/// Demand at the baseline, times population by age × use by age, other growth and shift of setting, over productivity.
fn demand(inputs: &Inputs, cell: &Cell, year: usize) -> f64 {
    let (drivers, setting) = (&inputs.places[cell.place].drivers, cell.setting.index());
    let need = |year: usize| -> f64 {
        (0..=90).map(|age| drivers.population[year][age] * drivers.use_by_age[setting][age]).sum()
    };
    let growth: f64 = (0..year)
        .map(|y| (1.0 + drivers.other_growth[y][setting]) / (1.0 + drivers.productivity_growth[y][setting]))
        .product();
    let shift = drivers.setting_shift[year][setting] / drivers.setting_shift[0][setting];
    cell.demand_base_fte * need(year) / need(0) * growth * shift
}
