//! Iterative proportional fitting.

use muster_data::fit::ipf::{NoFit, error, fit};
use proptest::prelude::*;

#[test]
fn what_has_the_totals_already_stays_as_it_is() {
    let table = [vec![10.0, 20.0], vec![30.0, 40.0]];
    assert_eq!(fit(&table, &[30.0, 70.0], &[40.0, 60.0]).unwrap(), table);
}

#[test]
fn two_systems_keep_their_pattern_when_england_doubles_its_nurses() {
    // Columns are doctors and nurses. Both systems have 60 staff more; all of them are nurses, because doctors stay 40.
    let seed = [vec![20.0, 30.0], vec![20.0, 30.0]];
    let fitted = fit(&seed, &[80.0, 80.0], &[40.0, 120.0]).unwrap();
    assert_eq!(fitted, [[20.0, 60.0], [20.0, 60.0]]);
}

#[test]
fn a_zero_stays_zero_and_the_rest_follows() {
    // The first system has no midwives, so its 10 are all nurses; then 10 of the second's 30 are nurses, and 20 midwives.
    let fitted = fit(&[vec![5.0, 0.0], vec![5.0, 5.0]], &[10.0, 30.0], &[20.0, 20.0]).unwrap();
    for (found, expected) in fitted.iter().flatten().zip([10.0, 0.0, 10.0, 20.0]) {
        assert!((found - expected).abs() < 1e-6, "{found} and {expected}");
    }
}

#[test]
fn the_pattern_of_the_seed_is_kept() {
    // The ratio of ratios, (a·d)/(b·c), is 6 before and after, whatever the totals.
    let fitted = fit(&[vec![3.0, 1.0], vec![1.0, 2.0]], &[55.0, 45.0], &[60.0, 40.0]).unwrap();
    let ratio = fitted[0][0] * fitted[1][1] / (fitted[0][1] * fitted[1][0]);
    assert!((ratio - 6.0).abs() < 1e-9, "{ratio}");
}

#[test]
fn totals_that_do_not_go_together_are_refused() {
    let seed = [vec![1.0, 1.0], vec![1.0, 1.0]];
    assert!(matches!(fit(&seed, &[10.0, 10.0], &[10.0, 12.0]), Err(NoFit::Totals { .. })));
    assert_eq!(fit(&[vec![0.0, 0.0], vec![1.0, 1.0]], &[10.0, 10.0], &[10.0, 10.0]), Err(NoFit::Empty("row 1".into())));
}

#[test]
fn the_error_is_what_is_wrong_over_what_there_is() {
    // 2 too many and 2 too few of 40: 10%. In the first column 2 of 20, in the second 2 of 20.
    let (all, by_column) = error(&[vec![12.0, 8.0], vec![10.0, 10.0]], &[vec![10.0, 10.0], vec![10.0, 10.0]]);
    assert_eq!((all, by_column), (0.1, vec![0.1, 0.1]));
}

proptest! {
    #[test]
    fn totals_are_met_and_zeros_stay_zero(
        cells in prop::collection::vec((0_u32..4, 1.0..1000.0_f64, 0.2..5.0_f64), 24),
    ) {
        // A table of four rows with zeros here and there, and the totals of another with the same zeros: so a fit exists.
        let row = |of: &dyn Fn(&(u32, f64, f64)) -> f64| -> Vec<Vec<f64>> {
            cells.chunks(6).map(|row| row.iter().map(of).collect()).collect()
        };
        let seed = row(&|(zero, size, _)| if *zero == 0 { 0.0 } else { *size });
        let truth = row(&|(zero, size, growth)| if *zero == 0 { 0.0 } else { size * growth });
        let rows: Vec<f64> = truth.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<f64> = (0..6).map(|at| truth.iter().map(|row| row[at]).sum()).collect();
        let fitted = fit(&seed, &rows, &columns).unwrap();
        for (row, total) in fitted.iter().zip(&rows) {
            prop_assert!((row.iter().sum::<f64>() - total).abs() <= 1e-6 * (1.0 + total));
        }
        for (at, total) in columns.iter().enumerate() {
            prop_assert!((fitted.iter().map(|row| row[at]).sum::<f64>() - total).abs() <= 1e-6 * (1.0 + total));
        }
        for (was, is) in seed.iter().flatten().zip(fitted.iter().flatten()) {
            prop_assert_eq!(*was == 0.0, *is == 0.0);
        }
    }
}
