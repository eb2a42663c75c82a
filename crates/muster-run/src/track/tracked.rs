//! One series: its points, the band they are held against, and what that says.

use muster_draws::stream::Stream;
use muster_measure::chart::Rule;
use muster_measure::noise;
use muster_measure::watch::{Forecast, Reading, Test, TestKind, Verdict};
use serde::{Deserialize, Serialize};

use super::TrackRequest;
use super::actuals::{Actuals, Seasons, month_name, month_number, months_of};
use super::kinds::{Staff, Tracking};
use super::paths::{Drawn, Grid, add_chance, add_season};
use crate::number::{percent, thousands};

/// The points of the band: nineteen in twenty futures lie between the first and the last, four in five between the second and the
/// sixth, half between the third and the fifth.
pub const BAND: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
const MEDIAN: usize = 3;

/// How near, as a share, the data's first level must be to the plan's for levels to be compared.
const SAME_LEVEL: f64 = 0.02;
/// How many months after the opening the first point may lie for levels to be compared.
const SAME_START_MONTHS: i32 = 3;
/// How many points of the band are shown beyond the last actual.
const AHEAD: usize = 12;

/// What a single step points to.
const AT_ONCE: &str = "something that happened at once: look for a merger, a reclassification or a correction first";

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The amounts themselves.
    Level,
    /// Growth since the first common point, to which the band is set.
    Growth,
}

/// A point of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Month {
    /// The month, or the last of several.
    pub month: String,
    /// What happened, if that is known.
    pub actual: Option<f64>,
    /// The points of the band, as in [`BAND`], in the data's unit.
    pub band: [f64; 7],
    /// The share of futures below the actual.
    pub pit: Option<f64>,
    /// The error of the step, given all points before, in standard deviations.
    pub error: Option<f64>,
}

/// What a proposal rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Departure {
    /// Actual over expected, as a logarithm: of a stock at the last point, of a flow on average.
    pub(crate) log: f64,
    /// How much of it chance explains, as a standard deviation.
    pub(crate) error: f64,
    /// How much the plan's own ranges allow, as a standard deviation.
    pub(crate) spread: f64,
    /// From the first common point to the last.
    pub(crate) years: f64,
    /// The plan's middle leaver rate in its first year.
    pub(crate) leaver_rate: f64,
    /// The first month that was held, as a number of months.
    pub(crate) since: i32,
}

/// A series, tracked.
#[derive(Debug, Clone, Serialize)]
pub struct Tracked {
    /// `staff_fte:nurses`.
    pub id: String,
    /// "Staff in post: Nurses and health visitors".
    pub title: String,
    /// What is measured.
    pub measure: Tracking,
    /// Of which staff group.
    pub staff: String,
    /// Its unit.
    pub unit: &'static str,
    /// What is compared.
    pub basis: Basis,
    /// Why.
    pub basis_why: String,
    /// What the plan counts.
    pub plan_counts: &'static str,
    /// What the data count.
    pub data_count: &'static str,
    /// The publication.
    pub source: String,
    /// Its id.
    pub publication: &'static str,
    /// The standard deviation of chance: of one month's step of a stock, of one point of a flow, as a share.
    pub chance: f64,
    /// The points, those to come at the end.
    pub months: Vec<Month>,
    /// The tests.
    pub tests: Vec<Test>,
    /// Rules of charts that the errors set off, with the months.
    pub rules: Vec<String>,
    /// How often paths of the plan set off any rule in as many points.
    pub rules_by_chance: f64,
    /// What it all says.
    pub verdict: Verdict,
    /// The same in a sentence or two.
    pub says: String,
    /// Whether something happened at once, and the plan's ranges are not left otherwise.
    pub is_step: bool,
    /// What a departure points to, in words.
    pub points_to: &'static str,
    /// The assumptions it points to.
    pub assumptions: Vec<&'static str>,
    #[serde(skip)]
    pub(crate) departure: Option<Departure>,
    #[serde(skip)]
    pub(crate) staff_group: &'static Staff,
}

impl Tracked {
    /// Whether it drifts, or an assumption is broken.
    pub fn is_alarm(&self) -> bool {
        matches!(self.verdict, Verdict::Drift | Verdict::BrokenAssumption)
    }
}

/// What the series of a request share.
pub(crate) struct Context<'a> {
    pub(crate) request: &'a TrackRequest,
    pub(crate) seasons: &'a Seasons,
    /// As a number of months.
    pub(crate) opening: i32,
    /// How many years were drawn.
    pub(crate) years: usize,
}

/// What a series is called.
pub(crate) fn title((tracking, staff): (Tracking, &Staff)) -> String {
    format!("{}: {}", tracking.title(), staff.title)
}

/// Holds a series against the draws.
pub(crate) fn tracked(
    context: &Context<'_>,
    (tracking, staff): (Tracking, &'static Staff),
    actuals: &Actuals,
    drawn: &Drawn,
) -> Result<Tracked, String> {
    let one = (tracking, staff);
    let (grid, values) = points(context, tracking, actuals)?;
    let logs: Vec<Option<f64>> = values.iter().map(|value| value.map(f64::ln)).collect();
    let chance =
        chance(context, one, actuals).ok_or("there are too few months in a row to know how much chance moves it")?;

    let plain: Vec<Vec<f64>> = (0..drawn.draws()).map(|draw| drawn.path(draw, one, &grid, context.seasons)).collect();
    let stream = Stream::named(context.request.seed, &format!("track {} {}", tracking.id(), staff.id));
    let mut paths = plain.clone();
    add_chance(&mut paths, &stream, tracking, &grid, chance);
    if tracking == Tracking::StaffFte {
        let stream = Stream::named(context.request.seed, &format!("season {}", staff.id));
        add_season(&mut paths, &stream, (staff, context.seasons), (&grid, context.opening));
    }
    let (basis, basis_why) = basis(context, one, actuals, (&grid, &logs), &plain)?;
    let base = base_points(basis, tracking, &grid, &logs);
    let actual_base = rebase(&mut paths, &base, &logs);
    let mut without_chance = plain;
    rebase(&mut without_chance, &base, &logs);

    let shown = (values.len() + AHEAD / grid.step as usize).min(grid.count);
    let forecast = Forecast::new(paths).map_err(|error| error.to_string())?;
    // Points that the band was set to say nothing of themselves.
    let held: Vec<Option<f64>> = logs
        .iter()
        .enumerate()
        .map(|(point, log)| log.filter(|_| !base.contains(&point)).map(|log| log - actual_base))
        .collect();
    if held.iter().all(Option::is_none) {
        let count = values.iter().flatten().count();
        let months = if count * grid.step as usize == 1 { "month" } else { "months" };
        return Err(format!(
            "the data have {} {months} after the opening, and all of it goes into setting the band, because only growth is compared",
            count * grid.step as usize
        ));
    }
    let reading = forecast.hold(&held, context.request.false_alarms).map_err(|error| error.to_string())?;

    let month = |point: usize| context.opening + grid.ends(point);
    let months: Vec<Month> = (0..shown)
        .map(|point| {
            let of = reading.points.get(point).copied().flatten();
            Month {
                month: month_name(month(point)),
                actual: values.get(point).copied().flatten(),
                band: forecast.quantiles(point, BAND).map(|log| (log + actual_base).exp()),
                pit: of.map(|of| of.pit),
                error: of.map(|of| of.error),
            }
        })
        .collect();
    let departure = departure(context, tracking, (&grid, &held), &without_chance, chance, drawn);
    let rules = reading
        .signals
        .iter()
        .map(|signal| {
            let side = match (signal.rule, signal.up) {
                (Rule::Trend, true) => "rising",
                (Rule::Trend, false) => "falling",
                (_, true) => "above",
                (_, false) => "below",
            };
            let (from, to) = (month_name(month(signal.from)), month_name(month(signal.to)));
            let when = if from == to { from } else { format!("{from} to {to}") };
            format!("{}, {side}, {when}", signal.rule.title())
        })
        .collect();
    let speaks = |kind: TestKind| reading.tests.iter().any(|test| test.kind == kind && test.since.is_some());
    let is_step = speaks(TestKind::Step) && !speaks(TestKind::Band);
    let says = says(tracking, &months, &reading, &|point| month_name(month(point)));
    Ok(Tracked {
        id: format!("{}:{}", tracking.id(), staff.id),
        title: title(one),
        measure: tracking,
        staff: staff.id.to_owned(),
        unit: tracking.unit(),
        basis,
        basis_why,
        plan_counts: tracking.of_plan(),
        data_count: actuals.source.definition,
        source: actuals.cited.clone(),
        publication: actuals.source.publication,
        chance,
        months,
        tests: reading.tests,
        rules,
        rules_by_chance: reading.signals_by_chance,
        verdict: reading.verdict,
        says,
        is_step,
        points_to: if is_step { AT_ONCE } else { tracking.points_to() },
        assumptions: if is_step { Vec::new() } else { tracking.assumptions().to_vec() },
        departure,
        staff_group: staff,
    })
}

/// The points that are watched, and what is known of them.
fn points(context: &Context<'_>, tracking: Tracking, actuals: &Actuals) -> Result<(Grid, Vec<Option<f64>>), String> {
    let is_stock = tracking == Tracking::StaffFte;
    let last_month = (context.years * 12) as i32;
    let after: Vec<(i32, i32, f64)> = actuals
        .points
        .iter()
        .map(|(period, value)| (month_number(period.ends()) - context.opening, months_of(*period), *value))
        .filter(|(ends, months, _)| {
            *ends <= last_month && if is_stock { *ends >= 0 && *months == 1 } else { ends - months >= 0 }
        })
        .collect();
    let Some(&(first, step, _)) = after.first() else {
        return Err("the data have no month after the plan opens".to_owned());
    };
    if after.iter().any(|(ends, months, _)| *months != step || (ends - first) % step != 0) {
        return Err("its periods are of several lengths: add one publication at a time".to_owned());
    }
    let last = after.last().map_or(first, |(ends, ..)| *ends);
    let seen = ((last - first) / step + 1) as usize;
    let watched = context.request.watch_months.div_ceil(step as usize).max(seen);
    let count = watched.min(((last_month - first) / step + 1) as usize);
    let grid = Grid { first, step, count };
    let mut values = vec![None; seen];
    for (ends, _, value) in after {
        if let Some(point) = grid.point(ends) {
            values[point] = Some(value);
        }
    }
    Ok((grid, values))
}

/// How much chance moves a series: from all that is known of it, from before the opening too.
fn chance(context: &Context<'_>, (tracking, staff): (Tracking, &Staff), actuals: &Actuals) -> Option<f64> {
    let ends = |period: &muster_data::Period| month_number(period.ends());
    let is_stock = tracking == Tracking::StaffFte;
    let step = if is_stock { 1 } else { months_of(actuals.points.last()?.0) };
    let known = actuals.points.iter().filter(|(period, _)| months_of(*period) == step);
    let (first, last) = (ends(&known.clone().next()?.0), ends(&known.clone().next_back()?.0));
    let mut logs = vec![None; ((last - first) / step + 1) as usize];
    for (period, value) in known {
        let season = if is_stock { context.seasons.log(staff, ends(period)) } else { 0.0 };
        if (ends(period) - first) % step == 0 {
            logs[((ends(period) - first) / step) as usize] = Some(value.ln() - season);
        }
    }
    let estimated = if is_stock { noise::of_steps(&logs) } else { noise::of_points(&logs) };
    // Too few years to tell: counts of so many people vary by their root at least.
    let by_count = (!is_stock && tracking != Tracking::LeaverRate)
        .then(|| actuals.points.last().map(|(_, value)| 1.0 / value.sqrt()))
        .flatten();
    estimated.or(by_count)
}

/// Whether amounts or growth are compared, and why.
fn basis(
    context: &Context<'_>,
    (tracking, _): (Tracking, &Staff),
    actuals: &Actuals,
    (grid, logs): (&Grid, &[Option<f64>]),
    plain: &[Vec<f64>],
) -> Result<(Basis, String), String> {
    if !actuals.source.same_definition {
        return if context.request.basis == Some(Basis::Level) {
            Err("the plan and the data count different things, so that only growth can be compared".to_owned())
        } else {
            Ok((Basis::Growth, "the plan and the data count different things".to_owned()))
        };
    }
    if let Some(asked) = context.request.basis {
        return Ok((asked, "as asked".to_owned()));
    }
    let mut firsts: Vec<f64> = plain.iter().map(|path| path[0]).collect();
    firsts.sort_unstable_by(f64::total_cmp);
    let off = (logs[0].unwrap_or_default() - firsts[firsts.len() / 2]).exp() - 1.0;
    let first = month_name(context.opening + grid.first);
    if tracking == Tracking::StaffFte && grid.first > SAME_START_MONTHS {
        let why = format!(
            "the data begin in {first}, {} months after the plan opens, so that a difference in level may be one of definition",
            grid.first
        );
        return Ok((Basis::Growth, why));
    }
    let side = if off < 0.0 { "below" } else { "above" };
    let off_by = percent(off.abs());
    Ok(if off.abs() <= SAME_LEVEL {
        (Basis::Level, format!("in {first} the data are {off_by} {side} the plan"))
    } else {
        (
            Basis::Growth,
            format!("in {first} the data are {off_by} {side} the plan, whose opening here is not the data's"),
        )
    })
}

/// The points to which the band is set.
fn base_points(basis: Basis, tracking: Tracking, grid: &Grid, logs: &[Option<f64>]) -> Vec<usize> {
    let count = match (basis, tracking) {
        (Basis::Level, _) => 0,
        (Basis::Growth, Tracking::StaffFte) => 1,
        // A whole year, so that the season is in it.
        (Basis::Growth, _) => (12 / grid.step.min(12)) as usize,
    };
    (0..count.min(logs.len())).filter(|point| logs[*point].is_some()).collect()
}

/// Sets each path to nought over the base; gives what the actuals are there.
fn rebase(paths: &mut [Vec<f64>], base: &[usize], logs: &[Option<f64>]) -> f64 {
    if base.is_empty() {
        return 0.0;
    }
    let count = base.len() as f64;
    for path in paths {
        let level = base.iter().map(|point| path[*point]).sum::<f64>() / count;
        path.iter_mut().for_each(|value| *value -= level);
    }
    base.iter().filter_map(|point| logs[*point]).sum::<f64>() / count
}

fn departure(
    context: &Context<'_>,
    tracking: Tracking,
    (grid, held): (&Grid, &[Option<f64>]),
    plain: &[Vec<f64>],
    chance: f64,
    drawn: &Drawn,
) -> Option<Departure> {
    let known: Vec<usize> = (0..held.len()).filter(|point| held[*point].is_some()).collect();
    let (first, last) = (*known.first()?, *known.last()?);
    let from_base =
        grid.ends(last) - if tracking == Tracking::StaffFte { grid.ends(0).min(grid.ends(first)) } else { 0 };
    let (points, error) = if tracking == Tracking::StaffFte {
        (vec![last], chance * f64::from(from_base.max(1)).sqrt())
    } else {
        (known.clone(), chance / (known.len() as f64).sqrt())
    };
    let count = points.len() as f64;
    let of_path = |path: &Vec<f64>| points.iter().map(|point| path[*point]).sum::<f64>() / count;
    let middle = plain.iter().map(of_path).sum::<f64>() / plain.len() as f64;
    let spread = (plain.iter().map(|path| (of_path(path) - middle).powi(2)).sum::<f64>() / plain.len() as f64).sqrt();
    let actual = points.iter().filter_map(|point| held[*point]).sum::<f64>() / count;
    Some(Departure {
        log: actual - middle,
        error,
        spread,
        years: f64::from(from_base.max(1)) / 12.0,
        leaver_rate: drawn.leaver_rate(),
        since: context.opening + grid.ends(first) - grid.step + 1,
    })
}

/// A value of a measure, for people.
pub(crate) fn shown(measure: Tracking, value: f64) -> String {
    match measure {
        Tracking::LeaverRate => percent(value),
        _ => thousands(value),
    }
}

/// Where in the band the last actual lies, and which test says so.
fn says(tracking: Tracking, months: &[Month], reading: &Reading, name: &dyn Fn(usize) -> String) -> String {
    let last = months.iter().rev().find_map(|month| Some((month, month.actual?, month.pit?)));
    let Some((month, actual, pit)) = last else {
        return "No month can be held against the plan yet.".to_owned();
    };
    let middle = month.band[MEDIAN];
    let off = actual / middle - 1.0;
    let side = if off < 0.0 { "below" } else { "above" };
    let place = match pit {
        ..0.025 => "below nineteen in twenty futures".to_owned(),
        0.975.. => "above nineteen in twenty futures".to_owned(),
        _ => format!("above {} of futures", percent(pit)),
    };
    let mut text = format!(
        "In {} {} is {} {side} the middle of the forecast, {}: {place}.",
        month.month,
        shown(tracking, actual),
        percent(off.abs()),
        shown(tracking, middle)
    );
    if let Some(band) = reading.tests.iter().find(|test| test.kind == TestKind::Band && test.since.is_none())
        && !(0.025..0.975).contains(&pit)
    {
        text.push_str(&format!(
            " In the whole watch that is no great surprise yet: p {} where {} is the limit.",
            chance_of(band.p),
            chance_of(band.level)
        ));
    }
    for test in reading.tests.iter().filter(|test| test.since.is_some()) {
        let since = test.since.map(name).unwrap_or_default();
        text.push_str(&format!(
            " {}: p {} where {} is the limit, since {since}.",
            capital(test.kind.title()),
            chance_of(test.p),
            chance_of(test.level)
        ));
    }
    text
}

/// A small chance, with the digits that matter.
pub(crate) fn chance_of(p: f64) -> String {
    if p < 0.001 { "under 0.001".to_owned() } else { format!("{p:.3}") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
