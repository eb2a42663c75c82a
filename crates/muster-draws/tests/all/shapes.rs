//! Each shape, against scipy's quantiles and moments, and against quadrature of its own quantile function.

use muster_draws::distribution::{Distribution, Shape};
use muster_draws::normal;

use crate::assert_near;

const RATE: [f64; 2] = [0.0, 1.0];
const ANY: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
const CHANCES: [f64; 5] = [0.001, 0.05, 0.5, 0.9, 0.9999];

fn fit(shape: &Shape, value: f64, low: f64, high: f64, bounds: [f64; 2]) -> Distribution {
    Distribution::fit(shape, value, low, high, bounds).unwrap_or_else(|unfit| panic!("{}: {unfit}", shape.name()))
}

/// What scipy 1.17 says: quantiles at `CHANCES`, then the mean and the standard deviation.
#[test]
fn quantiles_and_moments_are_those_of_scipy() {
    let lognormal_value = 0.098_726_637_698_189_97;
    let cases = [
        (
            fit(&Shape::Beta, 0.10, 0.08, 0.14, RATE),
            [
                0.080_606_107_273_024_27,
                0.084_586_423_484_739_73,
                0.098_828_610_227_341_85,
                0.115_033_422_477_171_7,
                0.135_931_215_250_744_4,
            ],
            (0.1, 0.010_690_449_676_496_97),
        ),
        (
            fit(&Shape::Beta, 0.05, 0.0, 1.0, RATE),
            [
                1.301_592_830_708_014e-11,
                5.994_016_125_702_161e-6,
                0.013_557_625_219_530_43,
                0.152_123_226_544_526_1,
                0.711_045_215_807_525_3,
            ],
            (0.05, 0.082_375_447_104_791_42),
        ),
        (
            fit(&Shape::Pert, 0.10, 0.08, 0.14, RATE),
            [
                0.080_606_107_273_024_27,
                0.084_586_423_484_739_74,
                0.098_828_610_227_341_86,
                0.115_033_422_477_171_7,
                0.135_931_215_250_744_4,
            ],
            (0.1, 0.010_690_449_676_496_98),
        ),
        (
            fit(&Shape::Triangular, 0.105, 0.08, 0.14, RATE),
            [
                0.080_948_683_298_050_52,
                0.086_708_203_932_499_37,
                0.103_257_653_858_252_3,
                0.123_568_323_274_845,
                0.139_480_384_757_729_4,
            ],
            (0.105, 0.012_747_548_783_981_96),
        ),
        (
            fit(&Shape::Normal, 0.04, 0.02, 0.06, RATE),
            [
                0.003_917_252_688_918_182,
                0.020_055_951_193_646_54,
                0.040_007_641_833_277_75,
                0.055_586_035_508_971_04,
                0.085_221_570_283_143_62,
            ],
            (0.040_021_678_311_605_51, 0.012_123_407_168_525_84),
        ),
        (
            fit(&Shape::Lognormal, lognormal_value, 0.08, 0.12, ANY),
            [
                0.066_945_569_573_804_61,
                0.08,
                0.097_979_589_711_327_11,
                0.114_745_175_459_199_3,
                0.154_955_471_275_822_1,
            ],
            (lognormal_value, 0.012_214_678_334_523_73),
        ),
        (
            fit(&Shape::RightTriangle, 0.10, 0.10, 0.15, RATE),
            [0.100_025_006_253_127, 0.101_266_028_275_955_2, 0.114_644_660_940_672_6, 0.134_188_611_699_158_1, 0.1495],
            (0.116_666_666_666_666_7, 0.011_785_113_019_775_79),
        ),
    ];
    for (distribution, quantiles, (mean, sd)) in cases {
        for (chance, wanted) in CHANCES.into_iter().zip(quantiles) {
            assert_near(
                &format!("{distribution:.0?} at {chance}"),
                distribution.quantile(chance),
                wanted,
                1e-12 * 0.06,
            );
        }
        assert_near("mean", distribution.mean(), mean, 1e-13);
        assert_near("standard deviation", distribution.standard_deviation(), sd, 1e-13);
    }
}

#[test]
fn a_metalog_goes_through_its_points_and_knows_its_moments() {
    let points = vec![(0.1, 8.0), (0.5, 10.0), (0.9, 14.0)];
    let metalog = fit(&Shape::Metalog(points.clone()), 10.57, 8.0, 14.0, ANY);
    for (chance, value) in points {
        assert_near("a point", metalog.quantile(chance), value, 1e-12);
    }
    // By mpmath, from the coefficients that numpy solves for.
    for (chance, wanted) in [(0.001, 4.491_192_263_898_736_5), (0.25, 8.8125), (0.999, 23.351_589_648_553_556)] {
        assert_near("a quantile", metalog.quantile(chance), wanted, 1e-11);
    }
    assert_near("mean", metalog.mean(), 10.568_899_516_641_733, 1e-12);
    assert_near("standard deviation", metalog.standard_deviation(), 2.568_226_691_388_770_4, 1e-12);
}

#[test]
fn a_metalog_takes_as_many_points_as_terms() {
    let points = vec![(0.05, 7.0), (0.25, 9.0), (0.5, 10.0), (0.75, 11.5), (0.95, 15.0)];
    let metalog = fit(&Shape::Metalog(points.clone()), 10.4, 7.0, 15.0, ANY);
    for (chance, value) in points {
        assert_near("a point", metalog.quantile(chance), value, 1e-11);
    }
}

/// Mean and standard deviation by the midpoint rule in the score: nothing shared with how the crate finds them.
fn by_quadrature(distribution: &Distribution) -> (f64, f64) {
    let step = 1.0 / 512.0;
    let nodes: Vec<(f64, f64)> = (-4300..4300)
        .map(|k| (f64::from(k) + 0.5) * step)
        .map(|score| (normal::density(score) * step, distribution.at(score)))
        .collect();
    let mean = nodes.iter().map(|(weight, value)| weight * value).sum::<f64>();
    let variance = nodes.iter().map(|(weight, value)| weight * (value - mean).powi(2)).sum::<f64>();
    (mean, variance.sqrt())
}

#[test]
fn the_mean_is_the_value_by_quadrature() {
    let metalog = Shape::Metalog(vec![(0.1, 0.30), (0.5, 0.40), (0.9, 0.55)]);
    let cases = [
        (fit(&Shape::Beta, 0.10, 0.08, 0.14, RATE), 0.10),
        (fit(&Shape::Beta, 0.081, 0.08, 0.14, RATE), 0.081),
        (fit(&Shape::Beta, 0.1399, 0.08, 0.14, RATE), 0.1399),
        (fit(&Shape::Beta, -3.0, -10.0, 5.0, ANY), -3.0),
        (fit(&Shape::Pert, 0.13, 0.08, 0.14, RATE), 0.13),
        (fit(&Shape::Triangular, 0.11, 0.08, 0.14, RATE), 0.11),
        (fit(&Shape::Triangular, 0.12, 0.08, 0.14, RATE), 0.12),
        (fit(&Shape::Uniform, 0.11, 0.08, 0.14, RATE), 0.11),
        (fit(&Shape::Normal, 0.11, 0.08, 0.14, ANY), 0.11),
        (fit(&Shape::Lognormal, 0.0988, 0.08, 0.12, ANY), 0.0988),
        (fit(&metalog, 0.4146, 0.30, 0.55, ANY), 0.4146),
    ];
    for (distribution, value) in cases {
        let (mean, sd) = by_quadrature(&distribution);
        let allowed = if matches!(value, 0.4146) { 0.01 * 0.25 } else { 1e-6 * distribution.standard_deviation() };
        assert_near("the value", mean, value, allowed);
        assert_near("the mean it states", distribution.mean(), mean, 1e-6 * sd);
        assert_near("the spread it states", distribution.standard_deviation(), sd, 1e-5 * sd);
    }
}

#[test]
fn what_is_cut_off_is_made_whole_again() {
    // 0.086% of this lognormal would be above the bound.
    for (shape, value, low, high, bounds) in [
        (Shape::Normal, 0.04, 0.019, 0.061, RATE),
        (Shape::Lognormal, 0.0988, 0.08, 0.12, [0.0, 0.145]),
        (Shape::Metalog(vec![(0.1, 0.30), (0.5, 0.40), (0.9, 0.55)]), 0.4146, 0.3, 0.55, [0.0, 1.1]),
    ] {
        let distribution = fit(&shape, value, low, high, bounds);
        let (mean, sd) = by_quadrature(&distribution);
        assert_near("the mean it states", distribution.mean(), mean, 1e-6 * sd);
        assert_near("the spread it states", distribution.standard_deviation(), sd, 1e-5 * sd);
        assert!(distribution.at(8.2) <= bounds[1] && distribution.at(-8.2) >= bounds[0], "{}", shape.name());
        assert_eq!([distribution.quantile(0.0), distribution.quantile(1.0)], bounds);
    }
}

#[test]
fn no_range_is_a_constant() {
    for shape in [Shape::Beta, Shape::Normal, Shape::Triangular, Shape::Uniform, Shape::RightTriangle] {
        let constant = fit(&shape, 0.1, 0.1, 0.1, RATE);
        assert!(constant.is_constant());
        assert_eq!((constant.at(-5.0), constant.quantile(0.9), constant.mean()), (0.1, 0.1, 0.1));
        assert_eq!(constant.standard_deviation(), 0.0);
    }
}

#[test]
fn the_usual_shape_is_a_triangle_a_beta_where_none_fits_and_at_an_end_a_right_triangle() {
    assert_eq!(Shape::usual(0.11, 0.08, 0.14), Shape::Triangular);
    assert_eq!(Shape::usual(0.09, 0.08, 0.14), Shape::Beta);
    assert_eq!(Shape::usual(0.10, 0.10, 0.14), Shape::RightTriangle);
    assert_eq!(Shape::usual(0.14, 0.10, 0.14), Shape::RightTriangle);
    // Whatever is usual can be fitted.
    for value in [0.08, 0.0801, 0.09, 0.1, 0.105, 0.12, 0.125, 0.14] {
        fit(&Shape::usual(value, 0.08, 0.14), value, 0.08, 0.14, RATE);
    }
    fit(&Shape::usual(0.14, 0.14, 0.14), 0.14, 0.14, 0.14, RATE);
    let down = fit(&Shape::RightTriangle, 0.14, 0.08, 0.14, RATE);
    assert_near("mean", down.mean(), 0.12, 1e-15);
}

#[test]
fn a_score_whose_chances_are_known_has_the_same_value() {
    for shape in [Shape::Beta, Shape::Triangular, Shape::Uniform, Shape::Normal] {
        let distribution = fit(&shape, 0.11, 0.08, 0.14, RATE);
        for score in [-8.0, -1.3, 0.0, 0.2, 5.0] {
            let (below, above) = normal::sides(score);
            let [known] = distribution.at_known(&[score], &[below], &[above]);
            assert_eq!(known.to_bits(), distribution.at(score).to_bits());
        }
    }
}

#[test]
fn every_quantile_function_rises_and_many_at_once_are_the_same_bits() {
    let metalog = Shape::Metalog(vec![(0.1, 0.30), (0.5, 0.40), (0.9, 0.55)]);
    for distribution in [
        fit(&Shape::Beta, 0.10, 0.08, 0.14, RATE),
        fit(&Shape::Beta, 0.0801, 0.08, 0.14, RATE),
        fit(&Shape::Triangular, 0.105, 0.08, 0.14, RATE),
        fit(&Shape::Uniform, 0.11, 0.08, 0.14, RATE),
        fit(&Shape::Normal, 0.04, 0.02, 0.06, RATE),
        fit(&Shape::Lognormal, 0.0988, 0.08, 0.12, ANY),
        fit(&metalog, 0.4146, 0.30, 0.55, ANY),
    ] {
        let scores: Vec<f64> = (-9_000..9_000).map(|k| f64::from(k) / 1_000.0).collect();
        let mut many = vec![0.0; scores.len()];
        distribution.at_each(&scores, &mut many);
        let width = distribution.standard_deviation();
        for (pair, score) in many.windows(2).zip(&scores) {
            assert!(pair[1] >= pair[0] - 1e-13 * width, "falls at {score}: {pair:?}");
        }
        assert!(scores.iter().zip(&many).all(|(score, value)| distribution.at(*score).to_bits() == value.to_bits()));
        for score in [-3.0, -0.4, 0.0, 1.7, 3.5] {
            let (at, quantile) = (distribution.at(score), distribution.quantile(normal::below(score)));
            assert_near("at a score and at its chance", at, quantile, 1e-11 * width + 1e-12 * 0.06);
        }
    }
}
