//! From what was known at an origin to staff in post in the months after it.

use crate::history::known_to;
use crate::path::path;
use crate::reconcile::reconcile;
use crate::rehearsal::{Rehearsals, whole_growth_per_month};
use crate::spread::spreads;
use crate::{Driver, Level, Method, Month, Panel, Reconciliation, driver};

/// The quantiles of every forecast: the ends of the 95%, 80% and 50% intervals with the median between them.
pub const QUANTILES: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/// Two years of history are needed: one to forecast from and one to learn errors in.
const LEAST_HISTORY_MONTHS: i32 = 24;

/// How to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many months ahead.
    pub horizon_months: usize,
    /// How the forecasts are made to add up.
    pub reconciliation: Reconciliation,
}

impl Settings {
    /// This many months ahead, reconciled in the usual way.
    pub fn ahead(horizon_months: usize) -> Self {
        Self { horizon_months, reconciliation: Reconciliation::default() }
    }
}

/// Forecasts of every series of a panel, which add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecasts {
    /// The last month known.
    pub origin: Month,
    /// The method.
    pub method: Method,
    /// In the order of the panel.
    pub series: Vec<SeriesForecast>,
}

/// The forecast of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesForecast {
    /// The series.
    pub id: String,
    /// What it counts.
    pub level: Level,
    /// The months after the origin, in order.
    pub months: Vec<MonthForecast>,
}

/// The forecast of one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthForecast {
    /// The month.
    pub month: Month,
    /// Staff in post at each of [`QUANTILES`]. The medians add up; other quantiles do not and should not, for not every part of a
    /// whole is high at once.
    pub quantiles_fte: [f64; 7],
}

impl MonthForecast {
    /// As likely to be passed as not.
    pub fn median_fte(&self) -> f64 {
        self.quantiles_fte[3]
    }
}

impl Forecasts {
    /// The forecast of the series of this name.
    pub fn find(&self, id: &str) -> Option<&SeriesForecast> {
        self.series.iter().find(|one| one.id == id)
    }
}

/// Why there is no forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// The origin is not a month of the panel with enough history before it.
    #[error("cannot forecast from {origin}: the history runs from {first} to {last}, and two years of it are needed")]
    Origin {
        /// The origin asked for.
        origin: Month,
        /// The first month known.
        first: Month,
        /// The last month known.
        last: Month,
    },
    /// No months to forecast.
    #[error("a forecast is of one month or more")]
    NoMonths,
    /// No series has two years of history.
    #[error("no series has two years of history at {0}")]
    AllNew(Month),
}

/// Forecasts from what `panel` and `drivers` say was known at the end of `origin`; whatever else they hold is not looked at.
pub fn forecast(
    panel: &Panel,
    drivers: &[Driver],
    origin: Month,
    method: Method,
    settings: &Settings,
) -> Result<Forecasts, ForecastError> {
    check(panel, origin, settings)?;
    let known = panel.known_at(origin);
    let rehearsals = Rehearsals::hold(&known, method, origin);
    after_rehearsals(&known, drivers, origin, method, settings, &rehearsals)
}

/// That there is something to forecast and something to go by.
pub(crate) fn check(panel: &Panel, origin: Month, settings: &Settings) -> Result<(), ForecastError> {
    let (first, last) = (panel.first_month(), panel.last_month());
    if origin > last || origin < first.plus(LEAST_HISTORY_MONTHS) {
        return Err(ForecastError::Origin { origin, first, last });
    }
    if settings.horizon_months == 0 { Err(ForecastError::NoMonths) } else { Ok(()) }
}

/// Forecasts from a panel that ends at the origin and rehearsals that cover it.
pub(crate) fn after_rehearsals(
    known: &Panel,
    drivers: &[Driver],
    origin: Month,
    method: Method,
    settings: &Settings,
    rehearsals: &Rehearsals,
) -> Result<Forecasts, ForecastError> {
    let months = settings.horizon_months;
    let spreads = spreads(known, &rehearsals.errors(known, origin)).ok_or(ForecastError::AllNew(origin))?;

    let wholes = whole_growth_per_month(known, origin);
    let paths_fte: Vec<Vec<f64>> = known
        .series()
        .iter()
        .zip(wholes)
        .map(|(series, whole_growth_per_month)| {
            let history = known_to(series, origin);
            if history.is_empty() {
                return vec![0.0; months];
            }
            let path = path(method, &history, whole_growth_per_month, months);
            let added = match method {
                Method::Muster => driver::effect(series, drivers, &history, origin, months),
                _ => vec![0.0; months],
            };
            path.iter().zip(added).map(|(log, added)| (log + added).exp()).collect()
        })
        .collect();

    let mut series: Vec<SeriesForecast> = known
        .series()
        .iter()
        .map(|one| SeriesForecast { id: one.id.clone(), level: one.level, months: Vec::with_capacity(months) })
        .collect();
    for ahead in 1..=months {
        let base_fte: Vec<f64> = paths_fte.iter().map(|path| path[ahead - 1]).collect();
        let variances: Vec<f64> =
            base_fte.iter().zip(&spreads).map(|(fte, spread)| (fte * spread.usual_error(ahead)).powi(2)).collect();
        let medians_fte = reconcile(known, settings.reconciliation, &base_fte, &variances);
        for ((one, median_fte), spread) in series.iter_mut().zip(medians_fte).zip(&spreads) {
            let [half, most, nearly_all] = spread.half_widths(ahead);
            let offsets = [-nearly_all, -most, -half, 0.0, half, most, nearly_all];
            let quantiles_fte = offsets.map(|offset| median_fte * offset.exp());
            one.months.push(MonthForecast { month: origin.plus(ahead as i32), quantiles_fte });
        }
    }
    Ok(Forecasts { origin, method, series })
}
