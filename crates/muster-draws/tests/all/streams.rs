//! Streams: the same numbers whatever the pieces, and no relation between names, seeds and steps.

use muster_draws::stream::Stream;

#[test]
fn a_number_is_the_same_whatever_is_asked_with_it() {
    let stream = Stream::named(7, "leaver_rate/adult-nurses/acute");
    let mut all = vec![0.0; 1_000];
    stream.uniforms(0, 3, &mut all);
    for (first, count) in [(0, 1), (17, 1), (17, 100), (1, 999), (31, 64), (63, 65), (500, 3)] {
        let mut part = vec![0.0; count];
        stream.uniforms(first as u64, 3, &mut part);
        assert_eq!(part, all[first..first + count], "{count} from {first}");
    }
    for (draw, number) in (0..).zip(&all) {
        assert_eq!(stream.uniform(draw, 3), *number);
    }
}

#[test]
fn the_numbers_are_pinned() {
    // A change here changes every published figure. The key is SHA-256("muster draws 1" + eight zero bytes + "a").
    let stream = Stream::named(0, "a");
    let bits: Vec<u64> =
        [(0, 0), (1, 0), (0, 1), (1_u64 << 40, 0)].map(|(draw, step)| stream.bits(draw, step)).to_vec();
    assert_eq!(bits, PINNED);
}

/// By another implementation of `ChaCha8`, written from RFC 8439 with eight rounds, a 64-bit counter and a 64-bit stream.
const PINNED: [u64; 4] =
    [12_888_622_332_049_976_506, 1_131_461_628_220_487_726, 13_572_496_935_631_441_375, 9_910_890_828_251_073_505];

#[test]
fn numbers_are_strictly_between_0_and_1_and_uniform() {
    let mut numbers = vec![0.0; 100_000];
    Stream::named(1, "uniform").uniforms(0, 0, &mut numbers);
    assert!(numbers.iter().all(|u| *u > 0.0 && *u < 1.0));
    let mut counts = [0.0; 100];
    numbers.iter().for_each(|u| counts[(u * 100.0) as usize] += 1.0);
    let chi_squared: f64 = counts.iter().map(|count| (count - 1000.0_f64).powi(2) / 1000.0).sum();
    // 99 degrees of freedom: 1 in 10,000 either side.
    assert!((54.0..162.0).contains(&chi_squared), "chi squared is {chi_squared}");
}

#[test]
fn streams_are_independent_of_each_other_and_of_themselves_later() {
    let count = 20_000;
    let column = |seed: u64, name: &str, step: u32, first: u64| {
        let mut numbers = vec![0.0; count];
        Stream::named(seed, name).uniforms(first, step, &mut numbers);
        numbers
    };
    let base = column(5, "one", 0, 0);
    let mut others = vec![
        ("another name", column(5, "two", 0, 0)),
        ("a longer name", column(5, "one ", 0, 0)),
        ("another seed", column(6, "one", 0, 0)),
        ("a seed in the next byte", column(5 + 256, "one", 0, 0)),
    ];
    for lag in 1..20 {
        others.push(("a later step", column(5, "one", lag, 0)));
        others.push(("a later draw", column(5, "one", 0, u64::from(lag))));
        others.push(("many names", column(5, &format!("name {lag}"), 0, 0)));
    }
    let limit = 4.2 / (count as f64).sqrt(); // beyond this 1 time in 37,000, and 61 are tried
    for (what, other) in others {
        let r = 12.0 * base.iter().zip(&other).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum::<f64>() / count as f64;
        assert!(r.abs() < limit, "correlation {r} with {what}");
        assert_ne!(base, other);
    }
}
