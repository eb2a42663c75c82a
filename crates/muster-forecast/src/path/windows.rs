//! Muster's own: growth over the last year, three years and five years, averaged, and drawn towards that of the whole.
//!
//! No one knows how much of the past the years ahead will resemble. Growth averaged over windows of several lengths does well
//! whichever it is (Pesaran and Pick, 2011), equal weights do as well as learnt ones where the history is short (Claeskens and
//! others, 2016), and the last year, were it abnormal, is half of the average and not all of it. What sets a series apart from
//! the whole is partly chance, and part of it passes.

use crate::shape::{season, without_season, without_shifts};

/// The windows, each as weighty as the others.
const WINDOWS_MONTHS: [usize; 3] = [12, 36, 60];

/// How much of the difference between a series' growth and the whole's goes on. Up to March 2021 about half did for staff groups
/// and regions, a quarter for systems and three tenths for organisations.
const KEPT: f64 = 0.5;

/// Growth a month once level shifts and season are taken out, averaged over the windows; over the months known, where a window
/// is longer. `history` has at least two values.
pub(crate) fn growth_per_month(history: &[f64]) -> f64 {
    let joined = without_shifts(history);
    average(&without_season(&joined, &season(&joined)))
}

fn average(level: &[f64]) -> f64 {
    let end = level.len() - 1;
    let over = |window: usize| (level[end] - level[end - window.min(end)]) / window.min(end) as f64;
    WINDOWS_MONTHS.map(over).iter().sum::<f64>() / WINDOWS_MONTHS.len() as f64
}

/// Growth that goes on, with the season.
pub(super) fn carry(history: &[f64], whole_growth_per_month: f64, months: usize) -> Vec<f64> {
    let joined = without_shifts(history);
    let season = season(&joined);
    let own = average(&without_season(&joined, &season));
    let growth = whole_growth_per_month + KEPT * (own - whole_growth_per_month);

    let end = history.len() - 1;
    let seasonal = |ahead: usize| season[(end + ahead) % 12] - season[end % 12];
    (1..=months).map(|ahead| history[end] + growth * ahead as f64 + seasonal(ahead)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::tests::close;

    #[test]
    fn one_abnormal_year_is_half_of_the_growth_to_come() {
        // Five years of 1%, then one of 6%: 6% in the last year, 8/3% a year in the last three and 2% in the last five.
        let history: Vec<f64> = (0..73)
            .map(|month| 0.01 / 12.0 * f64::from(month) + 0.05 / 12.0 * f64::from((month - 60).max(0)))
            .collect();
        close(&[12.0 * growth_per_month(&history)], &[(0.06 + 0.08 / 3.0 + 0.02) / 3.0]);
    }

    #[test]
    fn a_part_is_drawn_towards_the_whole() {
        // 0.4% a month where the whole grows by 0.1%: half way.
        let history: Vec<f64> = (0..73).map(|month| 0.004 * f64::from(month)).collect();
        let ahead = carry(&history, 0.001, 24);
        close(&[ahead[0] - history[72], ahead[23] - history[72]], &[0.0025, 24.0 * 0.0025]);
    }

    #[test]
    fn a_level_shift_is_not_repeated() {
        let history: Vec<f64> = (0..37).map(|month| if month < 30 { 0.0 } else { -0.1 }).collect();
        close(&carry(&history, 0.0, 2), &[-0.1, -0.1]);
    }

    #[test]
    fn windows_longer_than_the_history_are_the_history() {
        let history: Vec<f64> = (0..25).map(|month| 0.001 * f64::from(month * month)).collect();
        let year = 0.001 * (24.0 * 24.0 - 12.0 * 12.0) / 12.0;
        let all = 0.001 * 24.0;
        close(&[average(&history)], &[(year + 2.0 * all) / 3.0]);
    }
}
