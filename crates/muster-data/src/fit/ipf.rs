//! Iterative proportional fitting: an old table, made to add up to new totals.

/// Why a table cannot be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoFit {
    /// The rows and the columns do not add to the same.
    #[error("the totals of the rows add to {rows:.3} and those of the columns to {columns:.3}")]
    Totals {
        /// The sum of the rows' totals.
        rows: f64,
        /// The sum of the columns' totals.
        columns: f64,
    },
    /// A row or column that should have people has none in the seed.
    #[error("{0} has a total and nothing in the seed that could be scaled to it")]
    Empty(String),
    /// Zeros in the seed stand in the way.
    #[error("no table with the zeros of the seed has these totals: after {0} rounds it is still off")]
    Zeros(usize),
}

/// How far totals may be apart, relative to them: publications round.
const SAME: f64 = 1e-4;
/// How near the fitted table comes to its totals, relative to all of it.
const CLOSE: f64 = 1e-12;
/// Tables with many zeros come near slowly, though a fit exists.
const ROUNDS: usize = 200_000;

/// Scales rows and columns in turn until both add to their totals. What is zero in the seed stays zero, and the pattern of
/// the seed (the ratios of ratios) stays as it was.
///
/// ```
/// use muster_data::fit::ipf::fit;
/// let fitted = fit(&[vec![1.0, 1.0], vec![1.0, 1.0]], &[30.0, 70.0], &[60.0, 40.0]).unwrap();
/// assert_eq!(fitted, [[18.0, 12.0], [42.0, 28.0]]);
/// ```
pub fn fit(seed: &[Vec<f64>], rows: &[f64], columns: &[f64]) -> Result<Vec<Vec<f64>>, NoFit> {
    let all: f64 = rows.iter().sum();
    let of_columns: f64 = columns.iter().sum();
    if (all - of_columns).abs() > SAME * all.max(of_columns) {
        return Err(NoFit::Totals { rows: all, columns: of_columns });
    }
    // What publications round is spread over the columns.
    let columns: Vec<f64> =
        columns.iter().map(|total| if of_columns > 0.0 { total * all / of_columns } else { 0.0 }).collect();
    let mut table: Vec<Vec<f64>> = seed.to_vec();
    for _ in 0..ROUNDS {
        for (at, (row, total)) in table.iter_mut().zip(rows).enumerate() {
            let factor = factor(row.iter().sum(), *total).ok_or_else(|| NoFit::Empty(format!("row {}", at + 1)))?;
            row.iter_mut().for_each(|cell| *cell *= factor);
        }
        for (at, total) in columns.iter().enumerate() {
            let sum: f64 = table.iter().map(|row| row[at]).sum();
            let factor = factor(sum, *total).ok_or_else(|| NoFit::Empty(format!("column {}", at + 1)))?;
            table.iter_mut().for_each(|row| row[at] *= factor);
        }
        let off: f64 = table.iter().zip(rows).map(|(row, total)| (row.iter().sum::<f64>() - total).abs()).sum();
        if off <= CLOSE * all {
            return Ok(table);
        }
    }
    Err(NoFit::Zeros(ROUNDS))
}

fn factor(sum: f64, total: f64) -> Option<f64> {
    match (sum > 0.0, total > 0.0) {
        (true, _) => Some(total / sum),
        (false, false) => Some(0.0),
        (false, true) => None,
    }
}

/// How far a fitted table is from the true one: the absolute errors of the cells over all that there is (the mean absolute
/// percentage error, weighted by size), for the whole table and for each column.
pub fn error(fitted: &[Vec<f64>], truth: &[Vec<f64>]) -> (f64, Vec<f64>) {
    let columns = truth.first().map_or(0, Vec::len);
    let (mut wrong, mut all) = (vec![0.0; columns], vec![0.0; columns]);
    for (fitted, truth) in fitted.iter().zip(truth) {
        for at in 0..columns {
            wrong[at] += (fitted[at] - truth[at]).abs();
            all[at] += truth[at];
        }
    }
    let ratio = |wrong: f64, all: f64| if all > 0.0 { wrong / all } else { 0.0 };
    let whole = ratio(wrong.iter().sum(), all.iter().sum());
    (whole, wrong.iter().zip(&all).map(|(wrong, all)| ratio(*wrong, *all)).collect())
}
