//! How far forecasts were from what happened.
//!
//! The *absolute percentage error* (its mean is MAPE) is of the median, in per cent of what happened. The *scaled error* (MASE) is
//! the error of the median beside the mean error, up to the origin, of saying that each month is as it was a year before. The
//! *weighted interval score* (WIS; Bracher and others, 2021) is of all the quantiles: it is the mean error of the median and the
//! intervals' widths, with a penalty for what falls outside, and is what the continuous ranked probability score comes to when
//! only these quantiles are known. In per cent of staff in post at the origin, it can be averaged over series of different size.

use std::collections::BTreeMap;

use crate::statistics::mean;
use crate::{Forecasts, Level, Method, Month, Panel, QUANTILES, Series};

/// The score of one forecast of one month.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// The last month known.
    pub origin: Month,
    /// How many months after it.
    pub horizon_months: usize,
    /// The series.
    pub series: String,
    /// What it counts.
    pub level: Level,
    /// The method.
    pub method: Method,
    /// Staff in post at the origin.
    pub origin_fte: f64,
    /// What happened.
    pub actual_fte: f64,
    /// The median forecast.
    pub median_fte: f64,
    /// How far the median was from what happened, in per cent of it.
    pub ape_percent: f64,
    /// How far, beside the usual change of a year before the origin; none when that is nothing or not known.
    pub mase: Option<f64>,
    /// The weighted interval score.
    pub wis_fte: f64,
    /// The same, in per cent of staff in post at the origin.
    pub wis_percent: f64,
    /// Whether what happened was in the 50% interval.
    pub inside_50: bool,
    /// Whether it was in the 80% interval.
    pub inside_80: bool,
    /// Whether it was in the 95% interval.
    pub inside_95: bool,
}

/// The scores of one method at one level and horizon, averaged.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryRow {
    /// What the series count.
    pub level: Level,
    /// How many months ahead.
    pub horizon_months: usize,
    /// The method.
    pub method: Method,
    /// How many forecasts were scored.
    pub outcomes: usize,
    /// The mean absolute percentage error.
    pub mape_percent: f64,
    /// The mean absolute scaled error, of those that have one; none when none has.
    pub mase: Option<f64>,
    /// The mean weighted interval score, in per cent of staff in post at the origin.
    pub wis_percent: f64,
    /// All the weighted interval scores in per cent of all staff in post at the origin: large series count for more, and a clinic of
    /// two that became two hundred does not drown the rest.
    pub pooled_wis_percent: f64,
    /// How many outcomes in a hundred were in the 50% interval.
    pub inside_50_percent: f64,
    /// How many were in the 80% interval.
    pub inside_80_percent: f64,
    /// How many were in the 95% interval.
    pub inside_95_percent: f64,
}

/// The weighted interval score of forecasts at [`QUANTILES`].
///
/// It is twice the mean of the quantiles' own scores: a quantile at 0.9 pays 0.9 for each FTE it falls short and 0.1 for each it is
/// over.
pub fn weighted_interval_score(quantiles_fte: &[f64; 7], actual_fte: f64) -> f64 {
    let paid = QUANTILES.iter().zip(quantiles_fte).map(|(level, quantile_fte)| {
        let short_fte = actual_fte - quantile_fte;
        if short_fte >= 0.0 { level * short_fte } else { (1.0 - level) * -short_fte }
    });
    2.0 * paid.sum::<f64>() / QUANTILES.len() as f64
}

/// Scores forecasts at some horizons against what `panel` says happened.
///
/// A series without staff at the origin or at the horizon has no row: an organisation that closed was reorganised, which is not
/// what is being forecast. Nor has a horizon past the forecast's or the panel's end.
pub fn score(panel: &Panel, forecasts: &Forecasts, horizons_months: &[usize]) -> Vec<ScoreRow> {
    let mut rows = Vec::new();
    for forecast in &forecasts.series {
        let Some(series) = panel.find(&forecast.id) else { continue };
        let origin_fte = series.fte_in(forecasts.origin);
        let yearly_change_fte = yearly_change_fte(series, forecasts.origin);
        for &horizon_months in horizons_months {
            let Some(ahead) = horizon_months.checked_sub(1).and_then(|ahead| forecast.months.get(ahead)) else {
                continue;
            };
            let actual_fte = series.fte_in(ahead.month);
            if origin_fte <= 0.0 || actual_fte <= 0.0 {
                continue;
            }
            let quantiles_fte = &ahead.quantiles_fte;
            let error_fte = (actual_fte - ahead.median_fte()).abs();
            let wis_fte = weighted_interval_score(quantiles_fte, actual_fte);
            let inside = |low: usize| (quantiles_fte[low]..=quantiles_fte[6 - low]).contains(&actual_fte);
            rows.push(ScoreRow {
                origin: forecasts.origin,
                horizon_months,
                series: series.id.clone(),
                level: series.level,
                method: forecasts.method,
                origin_fte,
                actual_fte,
                median_fte: ahead.median_fte(),
                ape_percent: 100.0 * error_fte / actual_fte,
                mase: yearly_change_fte.map(|change_fte| error_fte / change_fte),
                wis_fte,
                wis_percent: 100.0 * wis_fte / origin_fte,
                inside_50: inside(2),
                inside_80: inside(1),
                inside_95: inside(0),
            });
        }
    }
    rows
}

/// The mean change from each month to the same month of the next year, up to the origin.
fn yearly_change_fte(series: &Series, origin: Month) -> Option<f64> {
    let months = usize::try_from(origin.months_since(series.start) + 1).ok()?.min(series.values_fte.len());
    let known = &series.values_fte[..months];
    let changes: Vec<f64> =
        known.iter().zip(known.iter().skip(12)).map(|(before, after)| (after - before).abs()).collect();
    let change_fte = mean(&changes);
    (change_fte > 0.0).then_some(change_fte)
}

/// Averages of rows by level, horizon and method, in that order.
pub fn summary<'a>(rows: impl IntoIterator<Item = &'a ScoreRow>) -> Vec<SummaryRow> {
    let mut groups: BTreeMap<(Level, usize, Method), Vec<&ScoreRow>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.level, row.horizon_months, row.method)).or_default().push(row);
    }
    let summarise = |((level, horizon_months, method), rows): ((Level, usize, Method), Vec<&ScoreRow>)| {
        let average = |of: &dyn Fn(&ScoreRow) -> f64| mean(&rows.iter().map(|row| of(row)).collect::<Vec<f64>>());
        let scaled: Vec<f64> = rows.iter().filter_map(|row| row.mase).collect();
        let percent = |inside: bool| if inside { 100.0 } else { 0.0 };
        SummaryRow {
            level,
            horizon_months,
            method,
            outcomes: rows.len(),
            mape_percent: average(&|row| row.ape_percent),
            mase: (!scaled.is_empty()).then(|| mean(&scaled)),
            wis_percent: average(&|row| row.wis_percent),
            pooled_wis_percent: 100.0 * average(&|row| row.wis_fte) / average(&|row| row.origin_fte),
            inside_50_percent: average(&|row| percent(row.inside_50)),
            inside_80_percent: average(&|row| percent(row.inside_80)),
            inside_95_percent: average(&|row| percent(row.inside_95)),
        }
    };
    groups.into_iter().map(summarise).collect()
}
