//! The plan's futures as paths of points: years interpolated to months, with the season, and chance on top.

use muster_book::Plan;
use muster_core::{PlaceCode, Setting};
use muster_draws::normal;
use muster_draws::stream::Stream;

use super::actuals::Seasons;
use super::kinds::{Staff, Tracking};
use crate::figure::{Counted, Sum};
use crate::run::RunError;
use crate::uncertainty::{Ask, sums_in_draws};

/// The points of a series: each covers `step` months, and the first ends with month `first`, counted from the opening.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) first: i32,
    pub(crate) step: i32,
    pub(crate) count: usize,
}

impl Grid {
    /// The month with which a point ends, counted from the opening.
    pub(crate) fn ends(&self, point: usize) -> i32 {
        self.first + self.step * point as i32
    }

    /// The point that ends with a month, if there is one.
    pub(crate) fn point(&self, ends: i32) -> Option<usize> {
        let off = ends - self.first;
        (off >= 0 && off % self.step == 0).then_some((off / self.step) as usize).filter(|point| *point < self.count)
    }
}

/// What each draw says of a staff group, by year from the baseline.
pub(crate) struct Drawn {
    fte: Vec<Vec<f64>>,
    headcount: Vec<Vec<f64>>,
    /// In the year after the baseline first.
    leavers: Vec<Vec<f64>>,
    joiners: Vec<Vec<f64>>,
    /// The opening, as a number of months.
    opening: i32,
}

/// Draws a scenario and adds up each group of staff. A group that nobody of the plan belongs to gives none.
pub(crate) fn draw(
    plan: &Plan,
    scenario: &str,
    places: &[PlaceCode],
    staff: &[&Staff],
    (years, opening): (usize, i32),
    ask: &Ask,
) -> Result<Vec<Option<Drawn>>, RunError> {
    const COUNTED: [(Counted, usize); 4] =
        [(Counted::Fte, 0), (Counted::Headcount, 0), (Counted::Leavers, 1), (Counted::Joiners, 1)];
    let professions: Vec<Vec<usize>> = staff.iter().map(|staff| staff.professions(&plan.shelf.taxonomy)).collect();
    let mut is_empty = Vec::new();
    let drawn = sums_in_draws(plan, scenario, places, ask, |cells| {
        let mut sums = Vec::new();
        for professions in &professions {
            let here = |cell: &muster_engine::ModelCell| {
                cell.setting != Setting::PrimaryCare && professions.contains(&cell.profession)
            };
            let over: Vec<usize> = (0..cells.len()).filter(|cell| here(&cells[*cell])).collect();
            is_empty.push(over.is_empty());
            for (counted, from) in COUNTED.iter().filter(|_| !over.is_empty()) {
                sums.extend((*from..=years).map(|year| Sum { counted: *counted, over: over.clone(), year }));
            }
        }
        sums
    })?;
    let mut drawn = drawn.into_iter();
    let mut next = |count: usize| drawn.by_ref().take(count).collect::<Vec<_>>();
    let of_group = |is_empty: &bool| {
        let made = (!is_empty).then(|| Drawn {
            fte: next(years + 1),
            headcount: next(years + 1),
            leavers: next(years),
            joiners: next(years),
            opening,
        });
        made.filter(|drawn| drawn.fte.iter().flatten().all(|value| *value > 0.0))
    };
    Ok(is_empty.iter().map(of_group).collect())
}

impl Drawn {
    /// How many draws.
    pub(crate) fn draws(&self) -> usize {
        self.fte[0].len()
    }

    /// The value of each point in a draw, as a logarithm, without chance.
    pub(crate) fn path(
        &self,
        draw: usize,
        (tracking, staff): (Tracking, &Staff),
        grid: &Grid,
        seasons: &Seasons,
    ) -> Vec<f64> {
        (0..grid.count)
            .map(|point| {
                let (ends, step) = (grid.ends(point), grid.step);
                match tracking {
                    Tracking::StaffFte => {
                        let season = seasons.log(staff, self.opening + ends) - seasons.log(staff, self.opening);
                        stock(&self.fte, draw, ends) + season
                    }
                    Tracking::Leavers => flow(&self.leavers, draw, ends, step).ln(),
                    Tracking::Joiners => flow(&self.joiners, draw, ends, step).ln(),
                    Tracking::LeaverRate => {
                        let a_year = 12.0 / f64::from(step);
                        (flow(&self.leavers, draw, ends, step) * a_year).ln()
                            - stock(&self.headcount, draw, ends - step)
                    }
                }
            })
            .map(|value| value.max(LEAST))
            .collect()
    }

    /// The middle of the leavers of the first year over those there before, which a stock's departure is measured by.
    pub(crate) fn leaver_rate(&self) -> f64 {
        let mut rates: Vec<f64> =
            (0..self.draws()).map(|draw| self.leavers[0][draw] / self.headcount[0][draw]).collect();
        rates.sort_unstable_by(f64::total_cmp);
        rates[rates.len() / 2]
    }
}

/// The logarithm of next to nobody, so that a flow of nobody stays a number.
const LEAST: f64 = -20.0;

/// The logarithm of a stock at the end of a month: in a straight line, in logarithms, from one 31 March to the next.
fn stock(years: &[Vec<f64>], draw: usize, month: i32) -> f64 {
    let month = month.max(0);
    let (year, part) = ((month / 12) as usize, f64::from(month % 12) / 12.0);
    let at = |year: usize| years[year.min(years.len() - 1)][draw].ln();
    at(year) + (at(year + 1) - at(year)) * part
}

/// What flows in the months up to and with `ends`: a twelfth of the year's in each.
fn flow(years: &[Vec<f64>], draw: usize, ends: i32, step: i32) -> f64 {
    let months = (ends - step + 1).max(1)..=ends;
    months.map(|month| years[(((month - 1) / 12) as usize).min(years.len() - 1)][draw] / 12.0).sum()
}

/// Adds chance to the path of each draw: to a stock, a step in each month that stays; to a flow, an error of each point by itself.
pub(crate) fn add_chance(paths: &mut [Vec<f64>], stream: &Stream, tracking: Tracking, grid: &Grid, sd: f64) {
    let mut scores = vec![0.0; paths.len()];
    let mut at = vec![0.0; paths.len()];
    let mut month = 0;
    let mut next = |step: i32| {
        stream.uniforms(0, step as u32, &mut scores);
        normal::scores(&mut scores);
        scores.clone()
    };
    for point in 0..grid.count {
        if tracking == Tracking::StaffFte {
            while month < grid.ends(point) {
                month += 1;
                at.iter_mut().zip(next(month)).for_each(|(at, score)| *at += sd * score);
            }
        } else {
            at = next(point as i32).into_iter().map(|score| sd * score).collect();
        }
        paths.iter_mut().zip(&at).for_each(|(path, at)| path[point] += at);
    }
}

/// Adds what is not known of the season of a stock: each month of the year has an error of its own, the same every year.
pub(crate) fn add_season(
    paths: &mut [Vec<f64>],
    stream: &Stream,
    (staff, seasons): (&Staff, &Seasons),
    (grid, opening): (&Grid, i32),
) {
    let mut scores = vec![0.0; paths.len()];
    let mut of_month = |month: i32| -> Vec<f64> {
        stream.uniforms(0, month.rem_euclid(12) as u32, &mut scores);
        normal::scores(&mut scores);
        let (_, sd) = seasons.of_month(staff, month);
        scores.iter().map(|score| sd * score).collect()
    };
    let at_opening = of_month(opening);
    for point in 0..grid.count {
        let here = of_month(opening + grid.ends(point));
        paths
            .iter_mut()
            .zip(here.iter().zip(&at_opening))
            .for_each(|(path, (here, opening))| path[point] += here - opening);
    }
}
