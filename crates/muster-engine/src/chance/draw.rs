//! Whole numbers of people, drawn. They are kept as `f64`, which holds every whole number up to 2⁵³ exactly.

use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution, Poisson};

use crate::inputs::Ages;
use crate::step::NOBODY;

/// Above this many people, a whole number and the chance in it are beyond what `f64` can tell apart.
const COUNTABLE: f64 = 9e15;

/// Up to this many people are drawn one by one, which is then faster.
const FEW: f64 = 8.0;

/// A series of stated numbers made whole without bias: each is rounded up or down, the fraction left over is carried to the next, and
/// the first fraction is chance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole(f64);

impl Whole {
    /// Starts from a random fraction, of 32 bits so that adding whole numbers to it is exact.
    pub(crate) fn start(rng: &mut dyn Rng) -> Self {
        Self(f64::from(rng.next_u32()) / 2f64.powi(32))
    }

    /// Starts from this fraction.
    pub(crate) fn from(fraction: f64) -> Self {
        Self(fraction)
    }

    /// The next stated number, whole.
    pub(crate) fn next(&mut self, stated: f64) -> f64 {
        let sum = self.0 + stated;
        let whole = sum.floor();
        self.0 = sum - whole;
        whole
    }
}

/// How many of `people` do what each does with this chance.
pub(crate) fn binomial(rng: &mut dyn Rng, people: f64, chance: f64) -> f64 {
    // A share of what is left after everyone was shared out is no number; nobody is there to take it.
    let chance = chance.max(0.0);
    if people == 0.0 || chance == 0.0 {
        return 0.0;
    }
    if chance >= 1.0 {
        return people;
    }
    if people > COUNTABLE {
        return (people * chance).round();
    }
    if people <= FEW {
        return (0..people as u32).map(|_| f64::from(u8::from(rng.random::<f64>() < chance))).sum();
    }
    Binomial::new(people as u64, chance).map_or(f64::NAN, |binomial| binomial.sample(rng) as f64)
}

/// How many come from a large pool when this many are expected.
pub(crate) fn poisson(rng: &mut dyn Rng, expected: f64) -> f64 {
    if expected == 0.0 {
        return 0.0;
    }
    if expected > COUNTABLE {
        return expected.round();
    }
    Poisson::new(expected).map_or(f64::NAN, |poisson| poisson.sample(rng))
}

/// How `people` divide over shares that add to 1: each person falls to one of them. Nobody is lost where shares add to 1 only
/// nearly.
pub(crate) fn divide(rng: &mut dyn Rng, people: f64, shares: &[f64], mut give: impl FnMut(usize, f64)) {
    let mut rest = people;
    let mut share_left: f64 = shares.iter().sum();
    let mut last = 0;
    for (i, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        if rest == 0.0 {
            return;
        }
        let part = binomial(rng, rest, share / share_left);
        give(i, part);
        rest -= part;
        share_left -= share;
        last = i;
    }
    give(last, rest);
}

/// The ages of `people` whose ages have these shares.
pub(crate) fn ages(rng: &mut dyn Rng, people: f64, shares: &Ages) -> Ages {
    let mut ages = NOBODY;
    if people <= FEW {
        let all = shares.iter().sum();
        (0..people as u32).for_each(|_| ages[one_of(rng, shares, all)] += 1.0);
    } else {
        divide(rng, people, shares, |age, part| ages[age] += part);
    }
    ages
}

/// Takes `number` of the people there out of `there`, anyone as likely as another, and returns them by age.
///
/// When everyone is taken with the same chance, all choices of the number that comes of it are equally likely. So is then any choice of
/// `number` people, once somebody at random is added, or put back, as often as it takes.
pub(crate) fn take_anyone(rng: &mut dyn Rng, there: &mut Ages, number: f64) -> Ages {
    let pool: f64 = there.iter().sum();
    if number >= pool {
        return std::mem::replace(there, NOBODY);
    }
    let mut taken = NOBODY;
    if number > FEW {
        for (there, taken) in there.iter_mut().zip(&mut taken) {
            *taken = binomial(rng, *there, number / pool);
            *there -= *taken;
        }
    }
    let mut in_hand: f64 = taken.iter().sum();
    while in_hand < number {
        let age = one_of(rng, there, pool - in_hand);
        (there[age], taken[age], in_hand) = (there[age] - 1.0, taken[age] + 1.0, in_hand + 1.0);
    }
    while in_hand > number {
        let age = one_of(rng, &taken, in_hand);
        (there[age], taken[age], in_hand) = (there[age] + 1.0, taken[age] - 1.0, in_hand - 1.0);
    }
    taken
}

/// An age drawn by weights that add to `all`; never one without weight.
fn one_of(rng: &mut dyn Rng, weights: &Ages, all: f64) -> usize {
    let mut at = rng.random::<f64>() * all;
    let mut last = 0;
    for (age, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        last = age;
        at -= weight;
        if at < 0.0 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn rounding_keeps_the_mean_of_each_and_the_total_of_all() {
        let stated = [0.3, 1.75, 0.0, 2.0, 0.5, 0.125];
        let total: f64 = stated.iter().sum();
        let mut means = [0.0; 6];
        let starts = 8_000;
        for start in 0..starts {
            let mut whole = Whole::from((f64::from(start) + 0.5) / f64::from(starts));
            let rounded = stated.map(|number| whole.next(number));
            assert!(rounded.iter().all(|number| number.fract() == 0.0));
            assert!((rounded.iter().sum::<f64>() - total).abs() < 1.0, "{rounded:?}");
            for (mean, number) in means.iter_mut().zip(rounded) {
                *mean += number / f64::from(starts);
            }
        }
        for (mean, stated) in means.iter().zip(stated) {
            assert!((mean - stated).abs() < 1e-3, "{mean} is not {stated}");
        }
    }

    #[test]
    fn whole_numbers_are_left_as_they_are() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..1000 {
            let mut whole = Whole::start(&mut rng);
            assert_eq!([3.0, 0.0, 1_400_000.0, 7.0].map(|number| whole.next(number)), [3.0, 0.0, 1_400_000.0, 7.0]);
        }
    }

    #[test]
    fn nobody_is_lost_where_shares_nearly_add_to_one() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let shares = [0.3, 0.7 - 1e-7, 1e-17, 0.0];
        for people in 0..200 {
            let mut all = 0.0;
            divide(&mut rng, f64::from(people), &shares, |i, part| {
                assert!(i < 3 || part == 0.0, "someone fell to a share of nought");
                all += part;
            });
            assert_eq!(all, f64::from(people));
        }
    }

    #[test]
    fn posts_are_taken_by_anyone_who_is_there() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut opening = NOBODY;
        (opening[10], opening[20], opening[40]) = (10.0, 25.0, 5.0);
        for number in [4.0, 12.0, 33.0] {
            let (mut sum, mut squares) = (NOBODY, NOBODY);
            let draws = 20_000;
            for _ in 0..draws {
                let mut there = opening;
                let taken = take_anyone(&mut rng, &mut there, number);
                assert_eq!(taken.iter().sum::<f64>(), number);
                for age in 0..taken.len() {
                    assert_eq!(there[age] + taken[age], opening[age]);
                    sum[age] += taken[age] / f64::from(draws);
                    squares[age] += taken[age].powi(2) / f64::from(draws);
                }
            }
            // Without replacement: the hypergeometric mean and variance.
            for ((mean, square), opening) in sum.iter().zip(squares).zip(opening) {
                let share = opening / 40.0;
                let variance = number * share * (1.0 - share) * (40.0 - number) / 39.0;
                assert!((mean - number * share).abs() < 0.05, "{mean} of {opening}");
                assert!((square - mean * mean - variance).abs() < 0.05 * (1.0 + variance), "{square} of {opening}");
            }
        }
        let mut few = opening;
        assert_eq!(take_anyone(&mut rng, &mut few, 41.0), opening, "more posts than people");
        assert_eq!(few, NOBODY);
    }

    #[test]
    fn numbers_beyond_counting_do_not_stop_the_run() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        assert_eq!(binomial(&mut rng, 1e18, 0.25), 2.5e17);
        assert_eq!(poisson(&mut rng, 1e300), 1e300);
    }
}
