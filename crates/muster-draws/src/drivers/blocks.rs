//! Sums over parts of the draws, and the jackknife of anything made from them.

use crate::summary::Estimate;

/// How many parts: one for each scrambling of Sobol draws. Random draws are divided in the same way.
pub(super) const BLOCKS: usize = crate::sampler::REPLICATES as usize;

/// Several sums, over each part of the draws.
pub(super) struct Blocks<const K: usize> {
    sums: [[f64; K]; BLOCKS],
}

impl<const K: usize> Blocks<K> {
    /// The sums of what `terms` gives for each of `draws` draws.
    pub(super) fn of(draws: usize, terms: impl Fn(usize) -> [f64; K]) -> Self {
        let mut sums = [[0.0; K]; BLOCKS];
        for draw in 0..draws {
            let terms = terms(draw);
            sums[draw % BLOCKS].iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        Self { sums }
    }

    /// A figure made from the sums over all draws, and its error.
    pub(super) fn estimate(&self, figure: impl Fn(&[f64; K]) -> f64) -> Estimate {
        let mut all = [0.0; K];
        self.sums.iter().for_each(|sums| all.iter_mut().zip(sums).for_each(|(all, sum)| *all += sum));
        let without = |block: usize| figure(&std::array::from_fn(|k| all[k] - self.sums[block][k]));
        Estimate { value: figure(&all), error: jackknife(&std::array::from_fn(without)) }
    }
}

/// The standard error of a figure, from what it would be without each part in turn.
pub(super) fn jackknife(without: &[f64; BLOCKS]) -> f64 {
    let blocks = BLOCKS as f64;
    let mean = without.iter().sum::<f64>() / blocks;
    let squares = without.iter().map(|figure| (figure - mean) * (figure - mean)).sum::<f64>();
    (squares * (blocks - 1.0) / blocks).sqrt()
}
