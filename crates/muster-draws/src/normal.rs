//! The standard normal: its distribution function and its quantile.
//!
//! Both rest on `libm` and on plain arithmetic, so that their bits do not depend on the mathematics library of the
//! machine. Upper tails are reached by symmetry, so that a score of 8 is as exact as a score of −8.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// The score that one draw in twenty exceeds: the 95% point of the standard normal.
pub const SCORE_95: f64 = 1.644_853_626_951_472_2;

/// The chance that a standard normal lies below `score`.
pub fn below(score: f64) -> f64 {
    0.5 * libm::erfc(-score * FRAC_1_SQRT_2)
}

/// The chances that a standard normal lies below `score` and above it; the smaller one keeps all its digits.
pub fn sides(score: f64) -> (f64, f64) {
    let tail = 0.5 * libm::erfc(score.abs() * FRAC_1_SQRT_2);
    if score < 0.0 { (tail, 1.0 - tail) } else { (1.0 - tail, tail) }
}

/// The density of the standard normal.
pub fn density(score: f64) -> f64 {
    libm::exp(-0.5 * score * score) / TAU.sqrt()
}

/// The score below which a standard normal lies with chance `chance`; minus or plus infinity at 0 and 1.
///
/// Wichura's algorithm AS 241 (Applied Statistics 37, 1988), whose relative error is about 1 in 10^16.
pub fn score(chance: f64) -> f64 {
    let middle = chance - 0.5;
    if middle.abs() <= BODY { body(middle) } else { tail(chance) }
}

/// Turns chances into scores, in place: bit for bit what [`score`] gives one by one. Nearly all lie in the body, which is worked
/// out for a block at once.
pub fn scores(chances: &mut [f64]) {
    let mut block = [0.0; 64];
    for chances in chances.chunks_mut(block.len()) {
        block.iter_mut().zip(&*chances).for_each(|(score, chance)| *score = body(chance - 0.5));
        for (chance, score) in chances.iter_mut().zip(block) {
            *chance = if (*chance - 0.5).abs() <= BODY { score } else { tail(*chance) };
        }
    }
}

/// How far from a half the body reaches.
const BODY: f64 = 0.425;

/// The score of a chance so far from a half.
fn body(middle: f64) -> f64 {
    let r = 0.180_625 - middle * middle;
    middle * polynomial(r, &BODY_ABOVE) / polynomial(r, &BODY_BELOW)
}

/// The score of a chance beyond the body.
fn tail(chance: f64) -> f64 {
    let below = chance < 0.5;
    let tail = if below { chance } else { 1.0 - chance };
    let size = if tail <= 0.0 {
        f64::INFINITY
    } else {
        let r = (-libm::log(tail)).sqrt();
        if r <= 5.0 {
            polynomial(r - 1.6, &NEAR_ABOVE) / polynomial(r - 1.6, &NEAR_BELOW)
        } else {
            polynomial(r - 5.0, &FAR_ABOVE) / polynomial(r - 5.0, &FAR_BELOW)
        }
    };
    if below { -size } else { size }
}

fn polynomial(x: f64, coefficients: &[f64; 8]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const BODY_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const BODY_BELOW: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_545,
];
const NEAR_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const NEAR_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR_ABOVE: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const FAR_BELOW: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];
