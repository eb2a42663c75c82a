//! Which assumptions matter most: each is moved from the low to the high end of its range, the others staying where they are.

use muster_book::{Assumption, Kind, Measure, Plan, Scope, Side, Stands};
use muster_engine::LANES;
use serde::Serialize;

use crate::run::{Run, RunError};
use crate::uncertainty::drawing::Drawing;
use crate::uncertainty::totals::AtHorizon;

/// What moving one assumption does to the gap at the horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Swing {
    /// What to call it.
    pub assumption: String,
    /// The gap with the assumption at its low end, in FTE.
    pub gap_at_low_fte: f64,
    /// The gap with nothing moved.
    pub gap_fte: f64,
    /// The gap with the assumption at its high end.
    pub gap_at_high_fte: f64,
    /// The first value, with its range, in words.
    pub range: String,
    /// Published, derived or judged.
    pub kind: Kind,
    /// The id of its source.
    pub source: String,
    /// Where it is written.
    pub written_at: String,
}

impl Swing {
    /// How far the gap moves from end to end.
    pub fn width_fte(&self) -> f64 {
        (self.gap_at_high_fte - self.gap_at_low_fte)
            .abs()
            .max((self.gap_at_low_fte - self.gap_fte).abs())
            .max((self.gap_at_high_fte - self.gap_fte).abs())
    }
}

/// Measures that move neither supply nor demand.
const MONEY: [Measure; 5] =
    [Measure::TemporaryFill, Measure::EarningsGbp, Measure::OnCost, Measure::RealPayGrowth, Measure::TemporaryPremium];

/// Every assumption that moves the gap of the run's main scenario at the horizon, the widest swing first.
///
/// Worked out for the plan's place as a whole where the run covers it, however many places it tells apart; else for the run's own
/// places.
pub fn swings(run: &Run) -> Result<Vec<Swing>, RunError> {
    let plan = &run.plan;
    let main = run.main_scenario();
    let Some(scenario) = plan.scenario(&main.id) else { return Ok(Vec::new()) };
    let step = main.resolved.inputs.step;
    let futures = plan.futures(scenario, &run.places_as_a_whole(), step).map_err(RunError::Plan)?;
    let movable: Vec<Assumption> = plan.movable(scenario).into_iter().filter(moves_the_gap).collect();
    // First where nothing moves, then the two ends of each assumption.
    let both_ends = |assumption: &Assumption| {
        let index = futures.index_of(assumption);
        [Side::Low, Side::High].map(|side| index.map(|index| (index, side)))
    };
    let stands: Vec<_> = std::iter::once(None).chain(movable.iter().flat_map(both_ends)).collect();
    let gaps_fte = gaps_fte(&Drawing::new(futures)?, &stands).map_err(|error| in_scenario(error, &main.id))?;
    let gap_fte = gaps_fte[0];
    let ends = gaps_fte[1..].chunks_exact(2);
    let mut swings: Vec<Swing> = movable
        .iter()
        .zip(ends)
        .map(|(assumption, ends)| swing(plan, assumption, [ends[0], gap_fte, ends[1]]))
        .collect();
    swings.sort_by(|a, b| b.width_fte().total_cmp(&a.width_fte()).then_with(|| a.assumption.cmp(&b.assumption)));
    swings.retain(|swing| swing.width_fte() > 0.5);
    Ok(swings)
}

fn moves_the_gap(assumption: &Assumption) -> bool {
    match assumption {
        Assumption::Stated(measure, ..) => !MONEY.contains(measure),
        Assumption::Delivery(_) => true,
    }
}

/// The gap at the horizon with each of these moved, eight at a time.
fn gaps_fte(drawing: &Drawing, moved: &[Option<(usize, Side)>]) -> Result<Vec<f64>, RunError> {
    let totals = drawing.at_horizon(moved.len().div_ceil(LANES), |block, desk, values| {
        let ends = std::array::from_fn(|lane| moved.get(block * LANES + lane).copied().flatten());
        drawing.futures.fill(&Stands::Ends(ends), desk, values);
    })?;
    Ok(totals.iter().flat_map(AtHorizon::gap_fte).take(moved.len()).collect())
}

fn in_scenario(error: RunError, id: &str) -> RunError {
    match error {
        RunError::Engine { error, .. } => RunError::Engine { scenario: id.to_owned(), error },
        other => other,
    }
}

fn swing(plan: &Plan, assumption: &Assumption, [low, gap_fte, high]: [f64; 3]) -> Swing {
    let (range, kind, source, written_at) = stated_as(plan, assumption);
    Swing {
        assumption: plan.assumption_title(assumption),
        gap_at_low_fte: low,
        gap_fte,
        gap_at_high_fte: high,
        range,
        kind,
        source,
        written_at,
    }
}

/// Its range in words, what kind of figure it is, the id of its source, and where it is written.
pub(crate) fn stated_as(plan: &Plan, assumption: &Assumption) -> (String, Kind, String, String) {
    match assumption {
        Assumption::Delivery(action) => {
            let action = &plan.actions[*action];
            let effect = action.effects.iter().find(|effect| effect.delivered[0] < effect.delivered[1]);
            let effect = effect.unwrap_or(&action.effects[0]);
            let [low, high] = effect.delivered;
            let range = format!("{:.0}% to {:.0}% delivered", low * 100.0, high * 100.0);
            (range, effect.passport.kind, effect.passport.source.clone(), plan.written_at(&effect.location))
        }
        Assumption::Stated(measure, scope, setting) => stated(plan, *measure, *scope, *setting),
    }
}

fn stated(
    plan: &Plan,
    measure: Measure,
    scope: Scope,
    setting: Option<muster_core::Setting>,
) -> (String, Kind, String, String) {
    let same = |series: &&muster_book::Series| {
        (series.measure, series.key.scope, series.key.setting) == (measure, scope, setting)
    };
    let entries: Vec<_> = plan.shelf.series().filter(same).flat_map(|series| &series.entries).collect();
    let first = entries.iter().find(|entry| entry.low < entry.high).unwrap_or(&entries[0]);
    let mut range = format!("{} ({} to {})", tidy(first.value), tidy(first.low), tidy(first.high));
    if entries.len() > 1 {
        range = format!(
            "{} values, each to its own low and high; the first is {range}",
            crate::number::thousands(entries.len() as f64)
        );
    }
    (range, first.passport.kind, first.passport.source.clone(), plan.written_at(&first.location))
}

/// At most four digits that matter.
fn tidy(value: f64) -> String {
    if value.abs() >= 1000.0 {
        crate::number::thousands(value)
    } else {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}
