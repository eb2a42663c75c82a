//! The standard normal, against 30-digit values from mpmath.

use muster_draws::normal::{below, score, scores};

#[test]
fn the_quantile_is_exact_to_fourteen_digits() {
    for (chance, wanted) in [
        (1e-16, -8.222_082_216_130_435),
        (1e-10, -6.361_340_902_404_056),
        (0.001, -3.090_232_306_167_813_5),
        (0.3, -0.524_400_512_708_041),
        (0.77, 0.738_846_849_185_213_7),
        (0.999, 3.090_232_306_167_813),
    ] {
        let found = score(chance);
        assert!((found / wanted - 1.0).abs() < 1e-14, "at {chance}: {found}, wanted {wanted}");
    }
    assert_eq!(score(0.5), 0.0);
    assert_eq!(score(0.0), f64::NEG_INFINITY);
    assert_eq!(score(1.0), f64::INFINITY);
}

#[test]
fn the_distribution_function_is_exact_to_fourteen_digits() {
    for (z, wanted) in [
        (-8.0, 6.220_960_574_271_784e-16),
        (-3.3, 4.834_241_423_837_775e-4),
        (-0.5, 0.308_537_538_725_986_9),
        (0.2, 0.579_259_709_439_103),
        (2.7, 0.996_533_026_196_959_3),
    ] {
        assert!((below(z) / wanted - 1.0).abs() < 1e-13, "at {z}: {}, wanted {wanted}", below(z));
    }
}

#[test]
fn each_undoes_the_other() {
    for k in -800..=500 {
        let z = f64::from(k) / 100.0;
        assert!((score(below(z)) - z).abs() < 1e-10, "at {z}");
    }
}

#[test]
fn many_at_once_are_the_same_bits() {
    let chances: Vec<f64> = (0..=10_007).map(|k| f64::from(k) / 10_007.0).chain([1e-16, 1e-9]).collect();
    let mut many = chances.clone();
    scores(&mut many);
    assert!(chances.iter().zip(&many).all(|(chance, many)| score(*chance).to_bits() == many.to_bits()));
}
