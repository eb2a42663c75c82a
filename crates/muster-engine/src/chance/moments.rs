//! The mean and the variance that chance gives a headcount, worked out exactly and without drawing.

use super::draw::Whole;
use crate::inputs::{Ages, Inputs, Step};
use crate::step::{NOBODY, grow_older};
use crate::{EngineError, inputs::CellYear};

/// Mean and variance of the number of people in a cell at the close of a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The expected number, which is what [`project`](crate::project) gives.
    pub mean: f64,
    /// Its square root is the standard deviation, in people.
    pub variance: f64,
}

/// The mean and variance of a cell's headcount in [`project_people`](crate::project_people), for the baseline and each year, exactly.
///
/// It answers for a cell of one stage that no move and no programme reaches, in steps of a year; for others it says why not. What it is
/// for: the integer engine is tested against it, and a planner can see how far chance alone moves a small service without a
/// single draw.
///
/// # How
///
/// Let `X` be people by age when a year opens, with mean `m` and covariance `V`; `q` the chance of leaving, by age; `r` the joiners from
/// outside per opening head (returners and the wider labour market); `π` the ages of joiners; `n` the international recruits. Given `X`,
///
/// - those who stay are binomial, age by age: mean `(1 − q) X`, variance `q (1 − q) X`, independent between ages;
/// - a Poisson number of joiners with multinomial ages is an independent Poisson number at each age: mean and variance `r π ΣX`;
/// - `n` recruits with multinomial ages: mean `n π`, covariance `n (diag π − π πᵀ)`.
///
/// So the mean after joining is `B m + n π` with `B = diag(1 − q) + r π 1ᵀ`, and by the law of total variance
///
/// `V ← B V Bᵀ + diag(q (1 − q) m) + diag(r π Σm) + n (diag π − π πᵀ)`.
///
/// Ageing moves rows and columns up by one. `V` starts from nought, because the opening is whole people.
///
/// What is left is rounding: which whole numbers the opening and the recruits became. All of that hangs on one random fraction, and
/// there are only as many different outcomes as there are ages and years. For each the mean headcount is worked out; the variance between them, weighed by how
/// likely each is, is added to that within them. (The variance within is a linear function of the opening and the recruits, so its mean is that
/// at their means.)
pub fn headcount_moments(inputs: &Inputs, cell: usize) -> Result<Vec<Moments>, EngineError> {
    inputs.check()?;
    refuse_others(inputs, cell)?;
    let opening = inputs.cells[cell].opening[0];
    let years: Vec<Year<'_>> = inputs.cells[cell].years.iter().map(|year| Year::of(inputs, year)).collect();

    let mut mean = opening;
    let mut covariance = vec![NOBODY; opening.len()];
    let mut moments = vec![Moments { mean: mean.iter().sum(), variance: 0.0 }];
    for year in &years {
        year.spread(&mean, &mut covariance);
        mean = year.expect(&mean, year.recruits);
        moments.push(Moments { mean: mean.iter().sum(), variance: covariance.iter().flatten().sum() });
    }
    let stated = opening.iter().copied().chain(years.iter().map(|year| year.recruits));
    for (start, chance) in outcomes(stated) {
        let mut whole = Whole::from(start);
        let mut people = opening.map(|people| whole.next(people));
        let away = |people: &Ages, moments: &Moments| chance * (people.iter().sum::<f64>() - moments.mean).powi(2);
        moments[0].variance += away(&people, &moments[0]);
        for (year, moments) in years.iter().zip(&mut moments[1..]) {
            people = year.expect(&people, whole.next(year.recruits));
            moments.variance += away(&people, moments);
        }
    }
    Ok(moments)
}

fn refuse_others(inputs: &Inputs, cell: usize) -> Result<(), EngineError> {
    let reason = if cell >= inputs.cells.len() {
        "it is not there"
    } else if inputs.step != Step::Year {
        "a step is not a year"
    } else if inputs.cells[cell].opening.len() > 1 {
        "it is a training grade"
    } else if inputs.transfers.iter().any(|transfer| transfer.from == cell || transfer.to == cell) {
        "people move into it or out of it"
    } else if inputs.programmes.iter().any(|programme| programme.fills.iter().any(|(to, _)| *to == cell)) {
        "a programme leads into it"
    } else {
        return Ok(());
    };
    Err(EngineError::Inputs(format!("no exact variance for cell {cell}: {reason}; draw whole people instead")))
}

/// The different ways in which systematic rounding can go: a start that leads to each, and its chance.
fn outcomes(stated: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let mut total = 0.0_f64;
    let mut changes = vec![0.0, 1.0];
    for number in stated {
        total += number;
        changes.push(1.0 - total.fract());
    }
    changes.sort_by(f64::total_cmp);
    let between = |pair: &[f64]| (f64::midpoint(pair[0], pair[1]), pair[1] - pair[0]);
    changes.windows(2).map(between).filter(|(_, chance)| *chance > 0.0).collect()
}

/// What holds in one year.
struct Year<'a> {
    leaver: &'a Ages,
    joiner_ages: &'a Ages,
    /// Joiners by chance per opening head.
    joiner_rate: f64,
    /// International recruits.
    recruits: f64,
}

impl<'a> Year<'a> {
    fn of(inputs: &'a Inputs, rates: &CellYear) -> Self {
        Self {
            leaver: inputs.profiles.get(rates.leaver),
            joiner_ages: inputs.profiles.get(rates.joiner_ages),
            joiner_rate: rates.returner_rate + rates.wider_market_rate,
            recruits: rates.international_headcount,
        }
    }

    /// The expected people at the close.
    fn expect(&self, opening: &Ages, recruits: f64) -> Ages {
        let joiners = self.joiner_rate * opening.iter().sum::<f64>() + recruits;
        let mut closing =
            std::array::from_fn(|age| opening[age] * (1.0 - self.leaver[age]) + joiners * self.joiner_ages[age]);
        grow_older(&mut closing);
        closing
    }

    /// Turns the covariance at the opening into that at the close; `mean` is that of the opening.
    fn spread(&self, mean: &Ages, covariance: &mut [Ages]) {
        let (rate, ages, recruits) = (self.joiner_rate, self.joiner_ages, self.recruits);
        let joiners = rate * mean.iter().sum::<f64>() + recruits;
        // What joiners, who follow the whole headcount, add: the covariance of each age with the headcount, and its variance.
        let of_staying: Vec<f64> =
            covariance.iter().zip(self.leaver).map(|(row, q)| (1.0 - q) * row.iter().sum::<f64>()).collect();
        let of_headcount: f64 = covariance.iter().flatten().sum();
        for (i, row) in covariance.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                *value = *value * (1.0 - self.leaver[i]) * (1.0 - self.leaver[j])
                    + rate * (of_staying[i] * ages[j] + ages[i] * of_staying[j])
                    + (rate * rate * of_headcount - recruits) * ages[i] * ages[j];
            }
            row[i] += mean[i] * self.leaver[i] * (1.0 - self.leaver[i]) + joiners * ages[i];
            grow_older(row);
        }
        // Columns have aged; rows follow.
        let last = covariance.len() - 1;
        let oldest = covariance[last];
        for (value, oldest) in covariance[last - 1].iter_mut().zip(oldest) {
            *value += oldest;
        }
        covariance.copy_within(0..last, 1);
        covariance[0] = NOBODY;
    }
}
