//! Progress: actuals from the dataset against the band that the plan forecast, and what they say of its assumptions.
//!
//! The band is that of the plan's own draws. A plan runs by years: a stock goes in a straight line, in logarithms, from one 31 March to
//! the next, times the season of its staff group; a flow spreads evenly over its year. Chance from month to month comes on top, as large
//! as the series itself shows ([`muster_measure::noise`]). What happened is then held against those paths
//! ([`muster_measure::watch`]).

mod actuals;
mod calendar;
mod kinds;
mod page;
mod paths;
mod propose;
mod tracked;

use jiff::civil::Date;
use muster_book::Plan;
use muster_core::PlaceCode;
use muster_data::Dataset;
use muster_data::places::Places;
use muster_measure::watch::FalseAlarms;
use serde::Serialize;

use crate::run::{RunError, scenario_named};
use crate::uncertainty::Ask;
use actuals::{Seasons, month_number};
pub use calendar::{Calendar, Due, Refreshed};
pub use kinds::Tracking;
pub use propose::{Proposal, ProposedFile};
pub use tracked::{BAND, Basis, Month, Tracked};

/// What to track.
#[derive(Debug, Clone)]
pub struct TrackRequest {
    /// The place; the plan's own when none.
    pub place: Option<String>,
    /// The scenario whose forecast is meant.
    pub scenario: String,
    /// The measures.
    pub measures: Vec<Tracking>,
    /// The staff groups, by id; all that can be tracked when empty.
    pub staff: Vec<String>,
    /// What is compared; chosen by the data when none.
    pub basis: Option<Basis>,
    /// The last day that counts.
    pub today: Date,
    /// How many months are watched in all: the rate of false alarms is that of so many.
    pub watch_months: usize,
    /// How often an alarm may be false.
    pub false_alarms: FalseAlarms,
    /// How many draws.
    pub draws: usize,
    /// What the random numbers start from.
    pub seed: u64,
}

impl TrackRequest {
    /// The plan at its own place with every measure, as on a day.
    pub fn on(today: Date) -> Self {
        Self {
            place: None,
            scenario: muster_book::PLAN.to_owned(),
            measures: Tracking::ALL.to_vec(),
            staff: Vec::new(),
            basis: None,
            today,
            watch_months: 60,
            false_alarms: FalseAlarms::default(),
            draws: 4000,
            seed: 1,
        }
    }
}

/// A series that cannot be tracked, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotTracked {
    /// What it is.
    pub title: String,
    /// Why not.
    pub why: String,
}

/// How a plan is getting on.
#[derive(Debug, Clone, Serialize)]
pub struct Track {
    /// The plan's title.
    pub plan: String,
    /// The scenario whose forecast is meant, by its title.
    pub scenario: String,
    /// The code of the place.
    pub place: String,
    /// Its name.
    pub place_name: String,
    /// The day on which the plan opens.
    pub opening: Date,
    /// The last day that counted.
    pub today: Date,
    /// How many months are watched in all.
    pub watch_months: usize,
    /// How often an alarm may be false, of each series.
    pub false_alarms: FalseAlarms,
    /// How many draws the band is from.
    pub draws: usize,
    /// What was tracked.
    pub series: Vec<Tracked>,
    /// What was not.
    pub not_tracked: Vec<NotTracked>,
}

impl Track {
    /// Sets actuals against a plan.
    pub fn of(
        plan: &Plan,
        dataset: &Dataset,
        request: &TrackRequest,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Self, RunError> {
        let scenario = scenario_named(plan, &request.scenario)?;
        let code = request.place.clone().unwrap_or_else(|| plan.place.to_string());
        let places: Vec<PlaceCode> = if code == plan.place.as_str() {
            plan.whole()
        } else {
            plan.places_named(std::slice::from_ref(&code)).map_err(RunError::Request)?
        };
        let name = code.parse::<PlaceCode>().ok().and_then(|code| Some(plan.shelf.places.get(&code)?.name.clone()));
        let staff: Vec<&kinds::Staff> = if request.staff.is_empty() {
            kinds::STAFF.iter().collect()
        } else {
            request
                .staff
                .iter()
                .map(|id| kinds::staff_named(id))
                .collect::<Result<_, _>>()
                .map_err(RunError::Request)?
        };
        let opening = plan.from.last_day();
        let horizon = usize::try_from(plan.to.years_since(plan.from)).unwrap_or_default();

        progress("asking the dataset");
        let of_places = Places::of(dataset).map_err(|error| RunError::Request(error.to_string()))?;
        let (mut found, mut not_tracked) = (Vec::new(), Vec::new());
        for tracking in &request.measures {
            for (n, staff) in staff.iter().enumerate() {
                let one = (*tracking, *staff);
                match actuals::actuals((dataset, &of_places), &code, one, opening, request.today) {
                    Ok(actuals) => found.push((n, one, actuals)),
                    Err(why) => not_tracked.push(NotTracked { title: tracked::title(one), why }),
                }
            }
        }

        progress("drawing the plan's futures");
        let seasons = Seasons::of(plan);
        // Random numbers and not evenly spread ones: the tests ask for paths that are independent of one another.
        let ask = Ask { draws: Some(request.draws), seed: request.seed, sobol: false, ..Ask::default() };
        let last = month_number(request.today) - month_number(opening);
        let years =
            (usize::try_from(last).unwrap_or_default().max(request.watch_months) / 12 + 2).clamp(1, horizon.max(1));
        let drawn = if found.is_empty() {
            Vec::new()
        } else {
            paths::draw(plan, &scenario.id, &places, &staff, (years, month_number(opening)), &ask)?
        };

        progress("holding what happened against them");
        let context = tracked::Context { request, seasons: &seasons, opening: month_number(opening), years };
        let mut series = Vec::new();
        for (n, one, actuals) in found {
            let made = match &drawn[n] {
                Some(drawn) => tracked::tracked(&context, one, &actuals, drawn),
                None => Err("nobody in the plan belongs to this group there".to_owned()),
            };
            match made {
                Ok(one) => series.push(one),
                Err(why) => not_tracked.push(NotTracked { title: tracked::title(one), why }),
            }
        }
        Ok(Self {
            plan: plan.title.clone(),
            scenario: scenario.title.clone(),
            place_name: name.unwrap_or_else(|| code.clone()),
            place: code,
            opening,
            today: request.today,
            watch_months: request.watch_months,
            false_alarms: request.false_alarms,
            draws: request.draws,
            series,
            not_tracked: together(not_tracked),
        })
    }

    /// Whether anything drifts or is broken.
    pub fn has_alarm(&self) -> bool {
        self.series.iter().any(Tracked::is_alarm)
    }

    /// The page, for a browser or for paper.
    pub fn html(&self, calendar: Option<&Calendar>) -> Result<String, RunError> {
        page::html(self, calendar)
    }

    /// A local book with updated assumptions for what is broken.
    pub fn proposal(&self, plan: &Plan) -> Proposal {
        propose::proposal(self, plan)
    }
}

/// Series that cannot be tracked for one and the same reason, in one line.
fn together(list: Vec<NotTracked>) -> Vec<NotTracked> {
    let mut made: Vec<NotTracked> = Vec::new();
    for one in list {
        match made.iter_mut().find(|known| known.why == one.why) {
            Some(known) => known.title.push_str(&format!("; {}", one.title)),
            None => made.push(one),
        }
    }
    made
}
