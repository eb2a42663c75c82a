//! Correlation matrices: checks, repair against published answers, factors and conditional scores.

use muster_draws::dependence::{Correlation, Impossible};
use muster_draws::stream::Stream;

use crate::assert_near;

const NAMES: [&str; 4] = ["leaver rate", "joiners", "retirement", "demand"];

#[test]
fn a_possible_matrix_is_kept() {
    let rows = [vec![1.0, 0.5, -0.2], vec![0.5, 1.0, 0.3], vec![-0.2, 0.3, 1.0]];
    let (correlation, repair) = Correlation::new(&NAMES[..3], &rows).unwrap();
    assert_eq!(repair, None);
    for (i, row) in rows.iter().enumerate() {
        for (j, wanted) in row.iter().enumerate() {
            assert_near("a correlation", correlation.between(i, j), *wanted, 1e-14);
        }
    }
}

#[test]
fn perfect_correlation_needs_no_repair_and_gives_equal_scores() {
    let (correlation, repair) = Correlation::new(&NAMES[..2], &[vec![1.0, 1.0], vec![1.0, 1.0]]).unwrap();
    assert_eq!(repair, None);
    let mut columns = [vec![0.3, -1.2], vec![5.0, 9.0]];
    correlation.apply(&mut columns);
    for (first, second) in columns[0].iter().zip(&columns[1]) {
        assert_near("the same score", *first, *second, 1e-7);
    }
}

/// Higham (2002), section 4: the 3 × 3 example, with its answer to four figures, and its distance.
#[test]
fn the_3_by_3_example_of_higham() {
    let rows = [vec![1.0, 1.0, 0.0], vec![1.0, 1.0, 1.0], vec![0.0, 1.0, 1.0]];
    let (correlation, repair) = Correlation::new(&NAMES[..3], &rows).unwrap();
    assert_near("1, 2", correlation.between(0, 1), 0.7607, 5e-5);
    assert_near("1, 3", correlation.between(0, 2), 0.1573, 5e-5);
    assert_near("2, 3", correlation.between(1, 2), 0.7607, 5e-5);
    let repair = repair.unwrap();
    assert_near("distance", repair.distance, 0.5278, 5e-5);
    assert!(repair.stated == 1.0 && (repair.used - 0.7607).abs() < 5e-5, "{repair:?}");
    let message = repair.to_string();
    assert!(message.contains("joiners") && message.contains("1.0000 was stated, 0.7607 is used"), "{message}");
}

/// Higham (2002): the tridiagonal 4 × 4 example (2 on the diagonal and −1 beside it, whose diagonal becomes 1).
#[test]
fn the_4_by_4_example_of_higham() {
    let rows =
        [vec![1.0, -1.0, 0.0, 0.0], vec![-1.0, 1.0, -1.0, 0.0], vec![0.0, -1.0, 1.0, -1.0], vec![0.0, 0.0, -1.0, 1.0]];
    let (correlation, repair) = Correlation::new(&NAMES, &rows).unwrap();
    assert!(repair.is_some());
    for (i, j, wanted) in PUBLISHED {
        assert_near(&format!("{i}, {j}"), correlation.between(i, j), wanted, 5e-5);
        assert_near(&format!("{j}, {i}"), correlation.between(j, i), wanted, 5e-5);
    }
}

const PUBLISHED: [(usize, usize, f64); 6] =
    [(0, 1, -0.8084), (0, 2, 0.1916), (0, 3, 0.1068), (1, 2, -0.6562), (1, 3, 0.1916), (2, 3, -0.8084)];

#[test]
fn a_mended_matrix_needs_no_mending() {
    let rows: Vec<Vec<f64>> = (0..30_i32)
        .map(|i| {
            (0..30_i32).map(|j| if i == j { 1.0 } else { 0.95 * f64::from((i * j + i + j) % 7 - 3) / 3.0 }).collect()
        })
        .collect();
    let names: Vec<String> = (0..30).map(|k| format!("assumption {k}")).collect();
    let (mended, repair) = Correlation::new(&names, &rows).unwrap();
    assert!(repair.is_some());
    let again: Vec<Vec<f64>> = (0..30).map(|i| (0..30).map(|j| mended.between(i, j)).collect()).collect();
    let (same, repair) = Correlation::new(&names, &again).unwrap();
    assert_eq!(repair, None);
    for (i, row) in again.iter().enumerate() {
        for (j, wanted) in row.iter().enumerate() {
            assert_near("kept", same.between(i, j), *wanted, 1e-7);
        }
    }
}

#[test]
fn what_is_no_correlation_matrix_is_refused_by_name() {
    let message = |rows: &[Vec<f64>]| Correlation::new(&NAMES[..2], rows).unwrap_err().to_string();
    assert!(message(&[vec![1.0, 1.2], vec![1.2, 1.0]]).contains("between leaver rate and joiners is 1.2"));
    assert!(message(&[vec![1.0, 0.2], vec![0.3, 1.0]]).contains("is 0.2 in one row and 0.3 in the other"));
    assert!(message(&[vec![1.0, 0.2], vec![0.2, 0.9]]).contains("joiners with itself is 0.9; write 1"));
    assert!(message(&[vec![1.0, 0.2]]).contains("the matrix has 1 correlations, and 2 are needed"));
    assert!(message(&[vec![1.0, 0.2], vec![1.0]]).contains("joiners has 1 correlations"));
    assert!(message(&[vec![1.0, f64::NAN], vec![f64::NAN, 1.0]]).contains("is NaN"));
    assert!(matches!(Correlation::new(&NAMES, &[]), Err(Impossible::NotSquare { .. })));
}

/// Scores drawn given some of the group have the group's correlations.
#[test]
fn conditional_scores_restore_the_correlations() {
    let rows =
        [vec![1.0, 0.6, -0.3, 0.2], vec![0.6, 1.0, 0.1, 0.5], vec![-0.3, 0.1, 1.0, 0.0], vec![0.2, 0.5, 0.0, 1.0]];
    let (correlation, _) = Correlation::new(&NAMES, &rows).unwrap();
    let count = 40_000;
    let fresh = |name: &str| {
        let mut numbers = vec![0.0; count];
        Stream::named(11, name).uniforms(0, 0, &mut numbers);
        numbers.iter().map(|u| muster_draws::normal::score(*u)).collect::<Vec<f64>>()
    };
    let conditional = correlation.given(&[2, 0]);
    assert_eq!(conditional.unknown(), [1, 3]);
    // The known ones as the group has them.
    let mut known = vec![fresh("a"), fresh("b")];
    let (pair, _) = Correlation::new(&NAMES[..2], &[vec![1.0, -0.3], vec![-0.3, 1.0]]).unwrap();
    pair.apply(&mut known);
    let mut unknown = vec![fresh("c"), fresh("d")];
    conditional.apply(&[&known[0], &known[1]], &mut unknown);
    let columns = [&known[1], &unknown[0], &known[0], &unknown[1]];
    for i in 0..4 {
        for j in 0..4 {
            let found = columns[i].iter().zip(columns[j]).map(|(a, b)| a * b).sum::<f64>() / count as f64;
            assert_near(&format!("{i}, {j}"), found, rows[i][j], 4.0 * (2.0 / count as f64).sqrt());
        }
    }
}

#[test]
fn nothing_known_and_all_known() {
    let (correlation, _) = Correlation::new(&NAMES[..2], &[vec![1.0, 0.5], vec![0.5, 1.0]]).unwrap();
    let all = correlation.given(&[0, 1]);
    assert!(all.unknown().is_empty());
    let mut joint = vec![vec![0.4], vec![-0.9]];
    let mut given_nothing = joint.clone();
    correlation.apply(&mut joint);
    correlation.given(&[]).apply(&[], &mut given_nothing);
    assert_near("the same", joint[1][0], given_nothing[1][0], 1e-14);
}
