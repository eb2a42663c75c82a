//! W3 of `bench/`: close each profession's gap by the last year of a plan at least cost, with what the engine says one more of each lever does.
//!
//! `w3 PLAN QUESTION.json` prints the answer as JSON. `bench/solve.py` writes the question, and compares the answer with that of a program in which
//! every stock of every year is a variable.

use std::path::Path;
use std::time::Instant;

use muster_book::Plan;
use muster_engine::{Inputs, Projection, Step, project};
use muster_solve::lp::{Answer, Interior, Limits, Program, Row, Solver, Variable};
use serde::{Deserialize, Serialize};

/// What is asked: prices, and what holds back.
#[derive(Deserialize)]
struct Question {
    /// Most that an intake may grow from one year to the next.
    growth: f64,
    /// By programme, pounds for each student at the close of a year.
    training_gbp: Vec<f64>,
    home_gbp: f64,
    abroad_gbp: f64,
    /// By profession, most recruits in a year.
    home_most: Vec<f64>,
    abroad_most: Vec<f64>,
    /// Most that all students may cost in a year.
    training_most_gbp: f64,
}

#[derive(Serialize)]
struct Found {
    cost_gbp: f64,
    /// From the plan in memory to the answer, engine and solver together.
    seconds: f64,
    /// Largest gap that is left when the engine runs the answer, as a share of demand.
    largest_gap_share: f64,
    /// By programme and year.
    intake: Vec<Vec<f64>>,
    /// By profession and year.
    home: Vec<Vec<f64>>,
    abroad: Vec<Vec<f64>>,
}

/// What one of a lever does: to the FTE of each profession in the last year, and to students by year.
type Response = (Vec<f64>, Vec<f64>);

/// How far a lever is pulled to see what it does: so many people that it stands out from rounding. The engine is linear in each lever.
const PEOPLE: f64 = 100.0;

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, plan, question] = arguments.as_slice() else { return Err("usage: w3 PLAN QUESTION.json".into()) };
    let asked: Question = serde_json::from_str(&std::fs::read_to_string(question)?)?;
    let plan = Plan::read(Path::new(plan)).map_err(|faults| format!("{} faults; run `muster check`", faults.len()))?;
    let places = plan.places_named(&["systems".to_owned()])?;
    let scenario = plan.scenario(muster_book::COUNTERFACTUAL).ok_or("the plan has no counterfactual")?;
    let resolved = plan.resolve(scenario, &places, Step::Year).map_err(|faults| faults[0].to_string())?;
    let begun = Instant::now();
    let world = World::new(&plan, resolved.inputs)?;
    let mut found = world.least_cost(&asked)?;
    found.seconds = begun.elapsed().as_secs_f64();
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}

/// Something that may be pulled in a year: its index, and the year counted from 0, the first after the baseline.
#[derive(Clone, Copy)]
enum Lever {
    /// One more starter of a programme, in England.
    Starter(usize, usize),
    /// One more recruit of a profession, in England.
    Recruit(usize, usize),
}

struct World {
    inputs: Inputs,
    base: Projection,
    years: usize,
    programmes: usize,
    professions: usize,
    /// Each cell's part of its profession's demand, by which what is national is divided.
    share: Vec<f64>,
    /// By profession, a number for those that moves join.
    family: Vec<usize>,
    /// By programme, the profession it fills.
    fills: Vec<usize>,
}

impl World {
    fn new(plan: &Plan, inputs: Inputs) -> Result<Self, Fault> {
        let taxonomy = &plan.shelf.taxonomy;
        let professions = taxonomy.professions.len();
        let mut total = vec![0.0; professions];
        inputs.cells.iter().for_each(|cell| total[cell.profession] += cell.demand_base_fte);
        let share = inputs.cells.iter().map(|cell| cell.demand_base_fte / total[cell.profession]).collect();
        let mut family: Vec<usize> = (0..professions).collect();
        for movement in &taxonomy.moves {
            let (from, to) = (family[movement.from], family[movement.to]);
            family.iter_mut().filter(|of| **of == from).for_each(|of| *of = to);
        }
        Ok(Self {
            base: project(&inputs)?,
            years: inputs.years,
            programmes: taxonomy.programmes.len(),
            professions,
            share,
            family,
            fills: taxonomy.programmes.iter().map(|programme| programme.fills).collect(),
            inputs,
        })
    }

    /// Adds to the inputs what levers change.
    fn pull(&self, inputs: &mut Inputs, levers: &[(Lever, f64)]) {
        for (lever, amount) in levers {
            match *lever {
                Lever::Starter(of, year) => {
                    for programme in inputs.programmes.iter_mut().filter(|programme| programme.programme == of) {
                        let here = programme.fills.iter().map(|(cell, _)| self.share[*cell]).sum::<f64>();
                        programme.intake[year] += amount * here;
                    }
                }
                Lever::Recruit(of, year) => {
                    for (cell, share) in inputs.cells.iter_mut().zip(&self.share) {
                        if cell.profession == of {
                            cell.years[year].international_headcount += amount * share;
                        }
                    }
                }
            }
        }
    }

    fn pulled(&self, levers: &[(Lever, f64)]) -> Result<Projection, Fault> {
        let mut inputs = self.inputs.clone();
        self.pull(&mut inputs, levers);
        Ok(project(&inputs)?)
    }

    /// By profession, FTE in post and needed in the last year.
    fn last_year(&self, projection: &Projection) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0); self.professions];
        for (cell, result) in self.inputs.cells.iter().zip(&projection.cells) {
            let (fte, demand) = &mut sums[cell.profession];
            *fte += result.years[self.years].fte;
            *demand += result.years[self.years].demand_fte;
        }
        sums
    }

    /// Students of a programme at the close of each year after the baseline.
    fn students(&self, projection: &Projection, of: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.years];
        let own = self.inputs.programmes.iter().zip(&projection.programmes).filter(|(made, _)| made.programme == of);
        for (_, results) in own {
            sums.iter_mut().zip(&results[1..]).for_each(|(sum, result)| *sum += result.students);
        }
        sums
    }

    /// What one of each lever does to the FTE of each profession in the last year, and for starters to students by year. Levers of families that no
    /// move joins are pulled together: none reaches what another does.
    fn responses(&self, levers: &[Lever]) -> Result<Vec<Response>, Fault> {
        let family = |lever: &Lever| match *lever {
            Lever::Starter(of, _) => self.family[self.fills[of]],
            Lever::Recruit(of, _) => self.family[of],
        };
        let before = self.last_year(&self.base);
        let mut responses = vec![(Vec::new(), Vec::new()); levers.len()];
        let mut waiting: Vec<usize> = (0..levers.len()).collect();
        while !waiting.is_empty() {
            let mut taken = vec![false; self.professions];
            let (lot, rest): (Vec<usize>, Vec<usize>) =
                waiting.into_iter().partition(|at| !std::mem::replace(&mut taken[family(&levers[*at])], true));
            let pulls: Vec<(Lever, f64)> = lot.iter().map(|at| (levers[*at], PEOPLE)).collect();
            let after = self.pulled(&pulls)?;
            let change: Vec<f64> = self
                .last_year(&after)
                .iter()
                .zip(&before)
                .map(|(after, before)| (after.0 - before.0) / PEOPLE)
                .collect();
            for at in lot {
                let own = family(&levers[at]);
                let reached =
                    change.iter().zip(&self.family).map(|(change, of)| if *of == own { *change } else { 0.0 });
                responses[at].0 = reached.collect();
                if let Lever::Starter(of, _) = levers[at] {
                    let (now, then) = (self.students(&after, of), self.students(&self.base, of));
                    responses[at].1 = now.iter().zip(then).map(|(now, then)| (now - then) / PEOPLE).collect();
                }
            }
            waiting = rest;
        }
        Ok(responses)
    }

    fn least_cost(&self, asked: &Question) -> Result<Found, Fault> {
        let across = |count: usize| (0..count).flat_map(|of| (0..self.years).map(move |year| (of, year)));
        let starters = across(self.programmes).map(|(of, year)| Lever::Starter(of, year));
        let recruits = across(self.professions).map(|(of, year)| Lever::Recruit(of, year));
        let levers: Vec<Lever> = starters.chain(recruits).collect();
        let responses = self.responses(&levers)?;
        let starters = self.programmes * self.years;
        let many =
            |name: &str, high: f64, cost: f64| Variable { name: name.to_owned(), low: 0.0, high, cost, whole: false };

        // Starters beyond the plan's, recruits at home, recruits abroad.
        let mut program = Program::default();
        let bill = |at: usize, of: usize| responses[at].1.iter().sum::<f64>() * asked.training_gbp[of];
        for (at, (of, _)) in across(self.programmes).enumerate() {
            program.variable(many("starters", f64::INFINITY, bill(at, of)));
        }
        for (most, cost) in [(&asked.home_most, asked.home_gbp), (&asked.abroad_most, asked.abroad_gbp)] {
            across(self.professions).for_each(|(of, _)| {
                program.variable(many("recruits", most[of], cost));
            });
        }
        let now = self.last_year(&self.base);
        for (profession, (fte, demand)) in now.iter().enumerate() {
            let mut terms = Vec::new();
            for (at, (reached, _)) in
                responses.iter().enumerate().filter(|(_, (reached, _))| reached[profession] != 0.0)
            {
                terms.push((at, reached[profession]));
                if at >= starters {
                    terms.push((at + self.professions * self.years, reached[profession]));
                }
            }
            program.row(Row { name: "gap".to_owned(), low: demand - fte, high: f64::INFINITY, terms });
        }
        // The plan's own intakes and students are there already.
        let intake: Vec<Vec<f64>> = (0..self.programmes)
            .map(|of| {
                let own = self.inputs.programmes.iter().filter(|made| made.programme == of);
                own.fold(vec![0.0; self.years], |sums, made| {
                    sums.iter().zip(&made.intake).map(|(a, b)| a + b).collect()
                })
            })
            .collect();
        let before = |of: usize| -> f64 {
            self.inputs.programmes.iter().filter(|made| made.programme == of).map(|made| made.students[0]).sum()
        };
        for (of, year) in across(self.programmes) {
            let at = of * self.years + year;
            let (last, mut terms) = (if year == 0 { before(of) } else { intake[of][year - 1] }, vec![(at, 1.0)]);
            if year > 0 {
                terms.push((at - 1, -(1.0 + asked.growth)));
            }
            let high = (1.0 + asked.growth) * last - intake[of][year];
            program.row(Row { name: "growth".to_owned(), low: f64::NEG_INFINITY, high, terms });
        }
        let students: Vec<Vec<f64>> = (0..self.programmes).map(|of| self.students(&self.base, of)).collect();
        let mut already = 0.0;
        for year in 0..self.years {
            let spent: f64 = students.iter().zip(&asked.training_gbp).map(|(students, gbp)| students[year] * gbp).sum();
            already += spent;
            let terms = across(self.programmes)
                .enumerate()
                .map(|(at, (of, _))| (at, responses[at].1[year] * asked.training_gbp[of]))
                .filter(|(_, gbp)| *gbp != 0.0)
                .collect();
            let high = asked.training_most_gbp - spent;
            program.row(Row { name: "training".to_owned(), low: f64::NEG_INFINITY, high, terms });
        }
        let solution = match Interior.solve(&program, &Limits::default())? {
            Answer::Optimal(solution) => solution,
            other => return Err(format!("no answer: {other:?}").into()),
        };
        let recruits = self.professions * self.years;
        let (home, abroad) = (starters, starters + recruits);
        let pulled = levers.iter().enumerate().map(|(at, lever)| {
            let more = if at < starters { 0.0 } else { solution.values[at + recruits] };
            (*lever, solution.values[at] + more)
        });
        let after = self.pulled(&pulled.collect::<Vec<_>>())?;
        let gap = |(fte, demand): &(f64, f64)| (demand - fte) / demand;
        let table = |from: usize, rows: usize| -> Vec<Vec<f64>> {
            solution.values[from..from + rows * self.years].chunks(self.years).map(<[f64]>::to_vec).collect()
        };
        let more = table(0, self.programmes);
        let add =
            |(plan, more): (&Vec<f64>, &Vec<f64>)| plan.iter().zip(more).map(|(plan, more)| plan + more).collect();
        Ok(Found {
            cost_gbp: solution.objective + already,
            seconds: 0.0,
            largest_gap_share: self.last_year(&after).iter().map(gap).fold(f64::NEG_INFINITY, f64::max),
            intake: intake.iter().zip(&more).map(add).collect(),
            home: table(home, self.professions),
            abroad: table(abroad, self.professions),
        })
    }
}
