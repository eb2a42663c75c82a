//! Making forecasts add up.
//!
//! Each series is forecast by itself, and England's forecast is not the sum of its regions'. Weighted least squares moves all of
//! them, the uncertain ones furthest, until they add up: it is the minimum-trace reconciliation of Wickramasuriya, Athanasopoulos
//! and Hyndman (2019) with a diagonal error covariance. In a tree it needs no matrices. Going up, a series' own forecast and the
//! sum of its parts are two estimates of one number, and are averaged by precision; going down, what the parts lack is shared out
//! in proportion to their variance. A series divided in two ways has three estimates, and the same rule.

use crate::Panel;

/// How forecasts are made to add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Reconciliation {
    /// Weighted least squares: each forecast moves in proportion to the variance of its errors.
    #[default]
    WeightedLeastSquares,
    /// The smallest parts are kept and added up. Where a whole is divided in two ways, the deeper division is added and the other
    /// is scaled to match.
    BottomUp,
    /// The whole is kept and divided in proportion to the forecasts of its parts.
    TopDown,
}

impl Reconciliation {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::WeightedLeastSquares, Self::BottomUp, Self::TopDown];

    /// As written in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::WeightedLeastSquares => "weighted_least_squares",
            Self::BottomUp => "bottom_up",
            Self::TopDown => "top_down",
        }
    }
}

/// Forecasts are whole numbers of this, a power of 2, so that sums of them are exact in any order.
const GRAIN_FTE: f64 = 1.0 / 1024.0;

/// An estimate of staff in post and its variance.
#[derive(Debug, Clone, Copy, Default)]
struct Estimate {
    fte: f64,
    variance: f64,
}

/// For one month, forecasts that add up exactly and are not negative, near the forecasts `base_fte` made for each series.
pub(crate) fn reconcile(panel: &Panel, how: Reconciliation, base_fte: &[f64], variances: &[f64]) -> Vec<f64> {
    let estimates = upwards(panel, how, base_fte, variances);
    let mut fte = vec![0.0; base_fte.len()];
    for &place in panel.downwards() {
        if panel.series()[place].parent.is_none() {
            fte[place] = grains(estimates[place].fte);
        }
        for parts in panel.divisions(place) {
            let shares: Vec<Estimate> = parts.iter().map(|&part| estimates[part]).collect();
            let divided = match how {
                Reconciliation::WeightedLeastSquares => by_variance(fte[place], &shares),
                Reconciliation::BottomUp | Reconciliation::TopDown => in_proportion(fte[place], &shares),
            };
            for (&part, part_fte) in parts.iter().zip(in_grains(fte[place], divided)) {
                fte[part] = part_fte;
            }
        }
    }
    fte
}

/// What each series and everything below it say of it.
fn upwards(panel: &Panel, how: Reconciliation, base_fte: &[f64], variances: &[f64]) -> Vec<Estimate> {
    let mut estimates = vec![Estimate::default(); base_fte.len()];
    for &place in panel.downwards().iter().rev() {
        let own = Estimate { fte: base_fte[place], variance: variances[place] };
        let sum = |parts: &Vec<usize>| Estimate {
            fte: parts.iter().map(|&part| estimates[part].fte).sum(),
            variance: parts.iter().map(|&part| estimates[part].variance).sum(),
        };
        let mut sums = panel.divisions(place).iter().map(sum);
        estimates[place] = match how {
            Reconciliation::WeightedLeastSquares => sums.fold(own, average),
            Reconciliation::BottomUp => sums.next().unwrap_or(own),
            Reconciliation::TopDown => own,
        };
    }
    estimates
}

/// Two estimates averaged by precision. One without variance is certain.
fn average(a: Estimate, b: Estimate) -> Estimate {
    let both = a.variance + b.variance;
    if both <= 0.0 {
        return a;
    }
    Estimate { fte: (a.fte * b.variance + b.fte * a.variance) / both, variance: a.variance * b.variance / both }
}

/// The parts of a whole, each moved by its share of the variance. A part that would be negative has nothing, and the others share
/// what it could not give.
fn by_variance(whole_fte: f64, parts: &[Estimate]) -> Vec<f64> {
    let mut open: Vec<bool> = parts.iter().map(|part| part.variance > 0.0).collect();
    let mut divided: Vec<f64> = parts.iter().map(|part| part.fte.max(0.0)).collect();
    loop {
        let sum_fte: f64 = divided
            .iter()
            .zip(parts)
            .zip(&open)
            .map(|((fixed, part), open)| if *open { part.fte } else { *fixed })
            .sum();
        let variance: f64 = parts.iter().zip(&open).filter(|(_, open)| **open).map(|(part, _)| part.variance).sum();
        if variance <= 0.0 {
            return in_proportion(whole_fte, parts);
        }
        let lack_fte = whole_fte - sum_fte;
        let mut settled = true;
        for (i, part) in parts.iter().enumerate().filter(|(i, _)| open[*i]).collect::<Vec<_>>() {
            divided[i] = part.fte + lack_fte * part.variance / variance;
            if divided[i] < 0.0 {
                (divided[i], open[i], settled) = (0.0, false, false);
            }
        }
        if settled {
            return divided;
        }
    }
}

/// The parts of a whole in proportion to their estimates; alike when all are nothing.
fn in_proportion(whole_fte: f64, parts: &[Estimate]) -> Vec<f64> {
    let sum_fte: f64 = parts.iter().map(|part| part.fte.max(0.0)).sum();
    let share = |part: &Estimate| {
        if sum_fte > 0.0 { part.fte.max(0.0) / sum_fte } else { 1.0 / parts.len() as f64 }
    };
    parts.iter().map(|part| whole_fte * share(part)).collect()
}

fn grains(fte: f64) -> f64 {
    (fte.max(0.0) / GRAIN_FTE).round() * GRAIN_FTE
}

/// Parts rounded to grains, with what rounding left put to the largest parts.
fn in_grains(whole_fte: f64, parts_fte: Vec<f64>) -> Vec<f64> {
    let mut rounded: Vec<f64> = parts_fte.into_iter().map(grains).collect();
    let mut left_fte = whole_fte - rounded.iter().sum::<f64>();
    let mut largest: Vec<usize> = (0..rounded.len()).collect();
    largest.sort_by(|a, b| rounded[*b].total_cmp(&rounded[*a]));
    for place in largest {
        let taken = left_fte.max(-rounded[place]);
        rounded[place] += taken;
        left_fte -= taken;
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, Month, Series};

    /// England of two regions, the first of two organisations; and England of two staff groups when `grouped`.
    fn small(grouped: bool) -> Panel {
        let start = Month::new(2016, 1).expect("January");
        let one = |id: &str, level, parent: Option<&str>, fte| Series {
            id: id.into(),
            level,
            parent: parent.map(Into::into),
            start,
            values_fte: vec![fte],
        };
        let mut series = vec![
            one("England", Level::England, None, 100.0),
            one("North", Level::Region, Some("England"), 60.0),
            one("South", Level::Region, Some("England"), 40.0),
            one("Leeds", Level::Organisation, Some("North"), 50.0),
            one("York", Level::Organisation, Some("North"), 10.0),
        ];
        if grouped {
            series.push(one("Nurses", Level::StaffGroup, Some("England"), 70.0));
            series.push(one("Doctors", Level::StaffGroup, Some("England"), 30.0));
        }
        Panel::new(series).expect("it adds up")
    }

    fn close(found: &[f64], wanted: &[f64]) {
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() <= GRAIN_FTE, "{found:?} is not {wanted:?}");
        }
    }

    #[test]
    fn least_squares_by_hand() {
        // Leeds 50 and York 10, variance 1 each, make 60 with variance 2. North says 66 with variance 2: on average 63,
        // variance 1. South 40, variance 3: the sum is 103, variance 4. England says 111 with variance 4: on average 107.
        // England is 4 over its parts: North takes 1/4 of that, to 64, and South 3/4, to 43. North is 4 over its own
        // parts: 2 each.
        let fte = reconcile(
            &small(false),
            Reconciliation::WeightedLeastSquares,
            &[111.0, 66.0, 40.0, 50.0, 10.0],
            &[4.0, 2.0, 3.0, 1.0, 1.0],
        );
        close(&fte, &[107.0, 64.0, 43.0, 52.0, 12.0]);
    }

    #[test]
    fn least_squares_of_two_divisions_by_hand() {
        // As above England and its places say 107 with variance 2. Nurses 70 and Doctors 31, variance 1 each, say 101 with
        // variance 2: on average 104. The places are 1 over (103): a quarter to North, 63.25, and three to South, 40.75.
        // The groups are 3 short: 1.5 each.
        let fte = reconcile(
            &small(true),
            Reconciliation::WeightedLeastSquares,
            &[111.0, 66.0, 40.0, 50.0, 10.0, 70.0, 31.0],
            &[4.0, 2.0, 3.0, 1.0, 1.0, 1.0, 1.0],
        );
        close(&fte, &[104.0, 63.25, 40.75, 51.625, 11.625, 71.5, 32.5]);
    }

    #[test]
    fn bottom_up_keeps_the_parts_and_top_down_the_whole() {
        let base = [110.0, 66.0, 44.0, 50.0, 10.0, 75.0, 25.0];
        let ones = [1.0; 7];
        let up = reconcile(&small(true), Reconciliation::BottomUp, &base, &ones);
        close(&up, &[104.0, 60.0, 44.0, 50.0, 10.0, 78.0, 26.0]);
        let down = reconcile(&small(true), Reconciliation::TopDown, &base, &ones);
        close(&down, &[110.0, 66.0, 44.0, 55.0, 11.0, 82.5, 27.5]);
    }

    #[test]
    fn no_one_has_less_than_nobody() {
        // The organisations are 55 over what North can be: York, 10, gives its 10 and Leeds the other 45.
        let fte = reconcile(
            &small(false),
            Reconciliation::WeightedLeastSquares,
            &[45.0, 5.0, 40.0, 50.0, 10.0],
            &[1e-9, 1e-9, 1e-9, 1.0, 1.0],
        );
        close(&fte, &[45.0, 5.0, 40.0, 5.0, 0.0]);
    }

    #[test]
    fn a_part_that_ended_stays_ended() {
        let fte = reconcile(
            &small(false),
            Reconciliation::WeightedLeastSquares,
            &[90.0, 50.0, 40.0, 45.0, 0.0],
            &[1.0, 1.0, 1.0, 1.0, 0.0],
        );
        assert_eq!(fte[4], 0.0);
        assert_eq!(fte[0], fte[2] + fte[3]);
    }
}
