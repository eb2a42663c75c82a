//! Means, medians and quantiles of plain lists.

/// The mean; 0 of nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The middle value, half way between the middle two of an even number; 0 of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// The values in order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value that a share `level` of sorted values lies below, on the straight line between its neighbours; 0 of nothing.
pub(crate) fn quantile(sorted: &[f64], level: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = level * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// The line of least squares through points `(x, y, weight)`, as a point on it and its slope; flat when every `x` is the same.
pub(crate) fn line(points: &[(f64, f64, f64)]) -> ((f64, f64), f64) {
    let weight: f64 = points.iter().map(|(_, _, weight)| weight).sum();
    let centre_x = points.iter().map(|(x, _, weight)| x * weight).sum::<f64>() / weight;
    let centre_y = points.iter().map(|(_, y, weight)| y * weight).sum::<f64>() / weight;
    let across: f64 = points.iter().map(|(x, _, weight)| weight * (x - centre_x).powi(2)).sum();
    let along: f64 = points.iter().map(|(x, y, weight)| weight * (x - centre_x) * (y - centre_y)).sum();
    ((centre_x, centre_y), if across > 0.0 { along / across } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_of_five_numbers() {
        let values = sorted(&[5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!([0.0, 0.25, 0.5, 0.9, 1.0].map(|level| quantile(&values, level)), [1.0, 2.0, 3.0, 4.6, 5.0]);
    }

    #[test]
    fn the_median_of_an_even_number_is_half_way() {
        assert_eq!(median(&[1.0, 10.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn a_line_goes_through_points_that_are_on_one() {
        assert_eq!(line(&[(0.0, 1.0, 1.0), (1.0, 3.0, 5.0), (2.0, 5.0, 1.0)]), ((1.0, 3.0), 2.0));
    }
}
