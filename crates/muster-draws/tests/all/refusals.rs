//! What is refused, and whether the message says what to write.

use muster_draws::distribution::{Distribution, Shape};

fn refusal(shape: &Shape, value: f64, low: f64, high: f64, bounds: [f64; 2]) -> String {
    match Distribution::fit(shape, value, low, high, bounds) {
        Ok(distribution) => panic!("{} was not refused: {distribution:?}", shape.name()),
        Err(unfit) => unfit.to_string(),
    }
}

const RATE: [f64; 2] = [0.0, 1.0];

#[test]
fn messages_carry_the_numbers_and_the_next_step() {
    let cases = [
        (Shape::Beta, 0.1, f64::NAN, 0.2, RATE, "is not a number"),
        (Shape::Beta, 0.1, 0.2, 0.1, RATE, "from 0.2 to 0.1, which is backwards; write the lower end first"),
        (Shape::Beta, 0.3, 0.1, 0.2, RATE, "the value 0.3 lies outside its range, 0.1 to 0.2"),
        (Shape::Beta, 0.9, 0.8, 1.2, RATE, "goes beyond what this can be, 0 to 1; narrow the range"),
        (Shape::Beta, 0.1, 0.1, 0.16, RATE, "a right triangle is then used, whose mean is 0.12"),
        (Shape::RightTriangle, 0.12, 0.1, 0.16, RATE, "the value 0.12 is inside 0.1 to 0.16"),
        (
            Shape::Triangular,
            0.09,
            0.08,
            0.14,
            RATE,
            "would need its peak at 0.05, outside the range; the value must lie between 0.1 and 0.12",
        ),
        (
            Shape::Pert,
            0.085,
            0.08,
            0.14,
            RATE,
            "would need its peak at 0.0725, outside the range; the value must lie between 0.09 and 0.13",
        ),
        (Shape::Uniform, 0.1, 0.08, 0.14, RATE, "is 0.11, and the value is 0.1; write that middle as the value"),
        (Shape::Normal, 0.1, 0.08, 0.14, RATE, "has its 5% and 95% points at 0.07 and 0.13; write those as the range"),
        (Shape::Lognormal, 0.11, 0.08, 0.12, RATE, "has its 5% and 95% points at 0.089135 and 0.133703"),
        (Shape::Lognormal, 0.0, 0.0, 0.1, RATE, "begins at 0; begin it above zero"),
        (
            Shape::Normal,
            0.02,
            0.0,
            0.04,
            RATE,
            "50 in 1,000 of this normal distribution would lie beyond what this can be, 0 to 1",
        ),
        (Shape::Lognormal, 0.0988, 0.08, 0.12, [0.0, 0.13], "and at most 1 in 1,000 may be cut off"),
    ];
    for (shape, value, low, high, bounds, wanted) in cases {
        let message = refusal(&shape, value, low, high, bounds);
        assert!(message.contains(wanted), "{message}\n  does not say: {wanted}");
    }
}

#[test]
fn quantiles_that_have_no_metalog_are_refused() {
    let any = [f64::NEG_INFINITY, f64::INFINITY];
    let of = |points: &[(f64, f64)], value| refusal(&Shape::Metalog(points.to_vec()), value, 0.0, 1.0, any);
    assert!(of(&[(0.1, 1.0), (0.9, 2.0)], 1.5).contains("3 to 10 quantiles, and 2 were given"));
    assert!(of(&[(0.1, 1.0), (0.5, 0.9), (0.9, 2.0)], 1.5).contains("0.9 at 0.5 does not follow"));
    assert!(of(&[(0.1, 1.0), (0.5, 1.5), (1.0, 2.0)], 1.5).contains("chances between 0 and 1"));
    let turned = of(&[(0.1, 1.0), (0.5, 1.01), (0.9, 10.0)], 3.0);
    assert!(turned.contains("would turn back near the"), "{turned}");
    let other = of(&[(0.1, 8.0), (0.5, 10.0), (0.9, 14.0)], 10.0);
    assert!(other.contains("imply a mean of 10.5689, and the value is 10; write 10.5689"), "{other}");
    let cut = refusal(&Shape::Metalog(vec![(0.1, 0.3), (0.5, 0.4), (0.9, 0.55)]), 0.4146, 0.3, 0.55, [0.2, 1.0]);
    assert!(cut.contains("would lie beyond what this can be, 0.2 to 1"), "{cut}");
}

#[test]
fn rounding_takes_nothing_past_the_end_of_a_range() {
    let [value, low, high] = [0.982_171_881_196_740_4, -0.104_121_617_288_980_59, 1.001_153_070_058_598_4]
        .map(|end| 0.3 + 0.284_107_100_948_072_8 * (end - 0.3));
    let beta = Distribution::fit(&Shape::Beta, value, low, high, RATE).unwrap();
    // low + (high - low) is more than high here.
    let furthest = [beta.at(8.5), beta.quantile(1.0)];
    assert!(furthest.iter().all(|value| *value <= high), "{furthest:?} {high}");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 400, ..Default::default() })]

    /// Whatever is asked for, the answer is a distribution inside the bounds whose mean is as it says, or a refusal.
    #[test]
    fn anything_is_fitted_or_refused(
        shape in 0..6_usize,
        ends in proptest::array::uniform3(-0.2_f64..1.3),
        sorted in proptest::bool::weighted(0.9),
        narrow in 1e-6_f64..1.0,
    ) {
        let [mut low, mut value, mut high] = ends.map(|end| 0.3 + narrow * (end - 0.3));
        if sorted {
            let mut all = [low, value, high];
            all.sort_by(f64::total_cmp);
            [low, value, high] = all;
        }
        let shapes =
            [Shape::Beta, Shape::Pert, Shape::Triangular, Shape::Uniform, Shape::Normal, Shape::Lognormal];
        match Distribution::fit(&shapes[shape], value, low, high, RATE) {
            Err(unfit) => proptest::prop_assert!(unfit.to_string().contains("; "), "no next step: {}", unfit),
            Ok(distribution) => {
                let width = high - low;
                let scores: Vec<f64> = (-1_700..=1_700).map(|k| f64::from(k) / 200.0).collect();
                let mut values = vec![0.0; scores.len()];
                distribution.at_each(&scores, &mut values);
                let [least, most] = distribution.bounds();
                proptest::prop_assert!(values.iter().all(|value| (least..=most).contains(value)));
                let weight = |score: &f64| muster_draws::normal::density(*score) / 200.0;
                let mean: f64 = scores.iter().zip(&values).map(|(score, value)| weight(score) * value).sum();
                proptest::prop_assert!((mean - distribution.mean()).abs() < 1e-4 * width, "{} or {}", mean, distribution.mean());
                proptest::prop_assert!((mean - value).abs() <= 0.0101 * width);
            }
        }
    }
}
