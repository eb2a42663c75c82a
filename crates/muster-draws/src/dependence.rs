//! Correlation matrices: checked, mended with a warning, factored, and conditioned on what is known.

use nalgebra::{DMatrix, DVector};
use thiserror::Error;

/// How far two numbers that should be one may differ, and how negative an eigenvalue may be, before it is more than rounding.
const ROUNDING: f64 = 1e-9;

/// Correlations between the scores of a group of variables. It is positive semi-definite, with ones on the diagonal.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    matrix: DMatrix<f64>,
    /// Lower triangular; times its transpose it is the matrix.
    lower: DMatrix<f64>,
}

/// What was changed to make a matrix possible: no set of variables can have the correlations that were stated.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// The names of the pair whose correlation changed most.
    pub pair: [String; 2],
    /// Their correlation as stated.
    pub stated: f64,
    /// Their correlation as used.
    pub used: f64,
    /// The root of the sum of squares of all changes: the distance between the two matrices.
    pub distance: f64,
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "no assumptions can be correlated as stated, so the nearest possible correlations are used; the largest change is \
             between {} and {}: {:.4} was stated, {:.4} is used; state correlations that can hold together",
            self.pair[0], self.pair[1], self.stated, self.used
        )
    }
}

/// Why a matrix is no correlation matrix, and cannot be mended.
#[derive(Clone, Debug, PartialEq, Error)]
#[allow(missing_docs, reason = "the message says what each number is")]
pub enum Impossible {
    /// Not one row and one column for each variable.
    #[error(
        "{row} has {found} correlations, and {wanted} are needed: one for each of the group, itself included; complete the row"
    )]
    NotSquare { row: String, found: usize, wanted: usize },
    /// A number is missing or infinite, or beyond −1 to 1.
    #[error(
        "the correlation between {first} and {second} is {value}; a correlation lies between -1 and 1, so correct it"
    )]
    NotACorrelation { first: String, second: String, value: f64 },
    /// Two numbers for one pair.
    #[error(
        "the correlation between {first} and {second} is {one} in one row and {other} in the other; write the same number in both"
    )]
    NotSymmetric { first: String, second: String, one: f64, other: f64 },
    /// A variable's correlation with itself is not 1.
    #[error("the correlation of {name} with itself is {value}; write 1")]
    NotOne { name: String, value: f64 },
}

impl Correlation {
    /// The correlations in `rows`, one row for each name. If no variables could have them, the nearest matrix that is possible
    /// (Higham, IMA Journal of Numerical Analysis 22, 2002), and what that changed.
    ///
    /// # Errors
    ///
    /// [`Impossible`], if it is not square and symmetric with ones on the diagonal and the rest from −1 to 1.
    pub fn new<N: AsRef<str>>(names: &[N], rows: &[Vec<f64>]) -> Result<(Self, Option<Repair>), Impossible> {
        check(names, rows)?;
        let size = names.len();
        let stated = DMatrix::from_fn(size, size, |i, j| 0.5 * (rows[i][j] + rows[j][i]));
        let lowest = stated.clone().symmetric_eigen().eigenvalues.iter().copied().fold(0.0, f64::min);
        if lowest >= -ROUNDING {
            return Ok((Self::from_possible(&stated), None));
        }
        let correlation = Self::from_possible(&nearest(&stated));
        let change = |i: usize, j: usize| (correlation.matrix[(i, j)] - stated[(i, j)]).abs();
        let pairs = (0..size).flat_map(|i| (0..i).map(move |j| (j, i)));
        let (i, j) = pairs.max_by(|a, b| change(a.0, a.1).total_cmp(&change(b.0, b.1))).unwrap_or((0, 0));
        let repair = Repair {
            pair: [i, j].map(|k| names[k].as_ref().to_owned()),
            stated: stated[(i, j)],
            used: correlation.matrix[(i, j)],
            distance: (&correlation.matrix - &stated).norm(),
        };
        Ok((correlation, Some(repair)))
    }

    /// No correlation at all between `size` variables.
    pub fn none(size: usize) -> Self {
        Self { matrix: DMatrix::identity(size, size), lower: DMatrix::identity(size, size) }
    }

    /// How many variables.
    pub fn size(&self) -> usize {
        self.matrix.nrows()
    }

    /// The correlation of two variables.
    pub fn between(&self, first: usize, second: usize) -> f64 {
        self.matrix[(first, second)]
    }

    /// Turns independent scores into correlated ones, in place: `columns[k]` holds the scores of variable k, one a draw.
    pub fn apply(&self, columns: &mut [Vec<f64>]) {
        multiply(&self.lower, columns);
    }

    /// What the other variables do once those at the places `known` are known.
    pub fn given(&self, known: &[usize]) -> Conditional {
        let unknown: Vec<usize> = (0..self.size()).filter(|k| !known.contains(k)).collect();
        let part = |rows: &[usize], columns: &[usize]| {
            DMatrix::from_fn(rows.len(), columns.len(), |i, j| self.matrix[(rows[i], columns[j])])
        };
        let across = part(&unknown, known);
        let weights = &across * inverse(part(known, known));
        let left = part(&unknown, &unknown) - &weights * across.transpose();
        Conditional { known: known.to_vec(), unknown, weights, lower: factor(&left) }
    }

    /// A matrix that is positive semi-definite but for rounding, factored; and made exactly what the factor gives.
    fn from_possible(matrix: &DMatrix<f64>) -> Self {
        let mut lower = factor(matrix);
        for mut row in lower.row_iter_mut() {
            let length = row.norm();
            if length > 0.0 {
                row /= length;
            }
        }
        let mut matrix = &lower * lower.transpose();
        matrix.fill_diagonal(1.0);
        Self { matrix, lower }
    }
}

/// The scores of some variables, given the scores of others that they are correlated with.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    known: Vec<usize>,
    unknown: Vec<usize>,
    /// How much each known score moves the mean of each unknown one.
    weights: DMatrix<f64>,
    /// The factor of what remains uncertain.
    lower: DMatrix<f64>,
}

impl Conditional {
    /// The places of the variables that are not known, in order: what [`Conditional::apply`] works on.
    pub fn unknown(&self) -> &[usize] {
        &self.unknown
    }

    /// Turns independent scores of the unknown variables into scores that go with the known ones, in place. `known` has a
    /// column for each known variable, in the order that [`Correlation::given`] was told them.
    pub fn apply(&self, known: &[&[f64]], unknown: &mut [Vec<f64>]) {
        multiply(&self.lower, unknown);
        for (i, column) in unknown.iter_mut().enumerate() {
            for (k, scores) in known.iter().enumerate().take(self.known.len()) {
                let weight = self.weights[(i, k)];
                column.iter_mut().zip(*scores).for_each(|(out, score)| *out += weight * score);
            }
        }
    }
}

/// A lower triangular matrix times columns, in place: from the last row up, since a row uses only those before it.
fn multiply(lower: &DMatrix<f64>, columns: &mut [Vec<f64>]) {
    for i in (0..lower.nrows().min(columns.len())).rev() {
        let (before, rest) = columns.split_at_mut(i);
        let own = lower[(i, i)];
        rest[0].iter_mut().for_each(|score| *score *= own);
        for (k, column) in before.iter().enumerate() {
            let weight = lower[(i, k)];
            rest[0].iter_mut().zip(column).for_each(|(out, score)| *out += weight * score);
        }
    }
}

fn check<N: AsRef<str>>(names: &[N], rows: &[Vec<f64>]) -> Result<(), Impossible> {
    let name = |k: usize| names.get(k).map_or_else(|| format!("row {}", k + 1), |name| name.as_ref().to_owned());
    let wanted = names.len();
    if rows.len() != wanted {
        return Err(Impossible::NotSquare { row: "the matrix".to_owned(), found: rows.len(), wanted });
    }
    for (i, row) in rows.iter().enumerate() {
        if row.len() != wanted {
            return Err(Impossible::NotSquare { row: name(i), found: row.len(), wanted });
        }
    }
    for (i, row) in rows.iter().enumerate() {
        if row[i] != 1.0 {
            return Err(Impossible::NotOne { name: name(i), value: row[i] });
        }
        for (j, &value) in row.iter().enumerate() {
            if !(-1.0..=1.0).contains(&value) {
                return Err(Impossible::NotACorrelation { first: name(i), second: name(j), value });
            }
            if (value - rows[j][i]).abs() > ROUNDING {
                return Err(Impossible::NotSymmetric {
                    first: name(i),
                    second: name(j),
                    one: value,
                    other: rows[j][i],
                });
            }
        }
    }
    Ok(())
}

/// The nearest correlation matrix, by alternating projections: onto matrices without negative eigenvalues, with Dykstra's
/// correction, and onto those with ones on the diagonal.
fn nearest(stated: &DMatrix<f64>) -> DMatrix<f64> {
    let mut current = stated.clone();
    let mut correction = DMatrix::zeros(stated.nrows(), stated.ncols());
    for _ in 0..5_000 {
        let target = &current - &correction;
        let mut projected = without_negative(&target);
        correction = &projected - &target;
        projected.fill_diagonal(1.0);
        let moved = (&projected - &current).norm();
        current = projected;
        if moved < 1e-12 {
            break;
        }
    }
    current
}

fn without_negative(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let eigen = matrix.clone().symmetric_eigen();
    let kept = DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.max(0.0)));
    &eigen.eigenvectors * kept * eigen.eigenvectors.transpose()
}

/// A lower triangular factor with no negative number on its diagonal. It is made from the eigenvectors and not by Cholesky's
/// method, which loses its digits where a matrix is only just possible, as each mended one is.
fn factor(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    if matrix.is_empty() {
        return matrix.clone();
    }
    let eigen = matrix.clone().symmetric_eigen();
    let roots = DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.max(0.0).sqrt()));
    let mut lower = (roots * eigen.eigenvectors.transpose()).qr().r().transpose();
    for mut column in lower.column_iter_mut() {
        let first = column.iter().copied().find(|value| *value != 0.0).unwrap_or(0.0);
        if first < 0.0 {
            column.neg_mut();
        }
    }
    lower
}

/// The inverse of a correlation matrix; of a singular one the pseudo-inverse.
pub(crate) fn inverse(matrix: DMatrix<f64>) -> DMatrix<f64> {
    if matrix.is_empty() {
        return matrix;
    }
    let eigen = matrix.symmetric_eigen();
    let inverted: DVector<f64> = eigen.eigenvalues.map(|value| if value > ROUNDING { 1.0 / value } else { 0.0 });
    &eigen.eigenvectors * DMatrix::from_diagonal(&inverted) * eigen.eigenvectors.transpose()
}
