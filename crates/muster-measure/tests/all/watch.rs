//! Series whose truth is known: how often an alarm is false, and how soon a drift or a step is found.

use muster_measure::watch::{FalseAlarms, Forecast, Point, TestKind, Verdict, Watch, WatchError};

use crate::{known, normals};

const MONTHS: u32 = 36;

/// Paths of a stock: a yearly rate that nobody knows exactly, and a random walk on top. They hang together from month to month.
fn futures(name: &str, count: u64) -> Vec<Vec<f64>> {
    let rates = normals(&format!("{name}, rates"), count, 1);
    let steps = normals(&format!("{name}, steps"), count, MONTHS);
    rates.iter().zip(&steps).map(|(rate, steps)| path(0.02 + 0.01 * rate[0], steps)).collect()
}

/// A stock that grows at `rate` a year, moved by 0.3% a month.
fn path(rate: f64, steps: &[f64]) -> Vec<f64> {
    steps
        .iter()
        .scan(0.0, |at, step| {
            *at += rate / 12.0 + 0.003 * step;
            Some(*at)
        })
        .collect()
}

fn forecast() -> Forecast {
    Forecast::new(futures("forecast", 2000)).unwrap()
}

fn verdict(watch: &Watch<'_>, values: &[f64]) -> Verdict {
    watch.hold(&known(values), FalseAlarms::default()).unwrap().verdict
}

#[test]
fn a_plan_that_is_right_is_called_luck_in_nineteen_watches_of_twenty() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    let truths = futures("truth", 1000);
    let verdicts: Vec<Verdict> = truths.iter().map(|truth| verdict(&watch, truth)).collect();
    let share = |of: Verdict| verdicts.iter().filter(|verdict| **verdict == of).count() as f64 / truths.len() as f64;
    // Stated: at most 1% broken and 4% drift. The standard error of a share of 1,000 near 4% is 0.6%.
    assert!(share(Verdict::BrokenAssumption) <= 0.01 + 0.01, "broken: {}", share(Verdict::BrokenAssumption));
    assert!(share(Verdict::Drift) <= 0.04 + 0.015, "drift: {}", share(Verdict::Drift));
    assert!(share(Verdict::Luck) > 0.93, "luck: {}", share(Verdict::Luck));
    // Not so careful that it never speaks.
    assert!(share(Verdict::Drift) > 0.01);
}

#[test]
fn looking_every_month_raises_no_more_alarms_than_looking_once() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    let truths = futures("watched", 150);
    let alarmed = |truth: &Vec<f64>| {
        (3..=truth.len())
            .any(|seen| matches!(verdict(&watch, &truth[..seen]), Verdict::Drift | Verdict::BrokenAssumption))
    };
    let alarms = truths.iter().filter(|truth| alarmed(truth)).count();
    // One in twenty of 150 is 7.5; fifteen or more would happen once in a hundred times.
    assert!(alarms < 15, "{alarms} of 150 watches");
}

#[test]
fn points_that_hang_together_would_fool_a_rule_that_takes_them_for_independent() {
    // Seven distances in a row on one side are nothing unusual on a path of a right plan, and seven errors are.
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    let truths = futures("run", 200);
    let run = |of: &dyn Fn(&Point) -> f64, truth: &Vec<f64>| {
        let reading = watch.hold(&known(truth), FalseAlarms::default()).unwrap();
        let values: Vec<Option<f64>> = reading.points.iter().map(|point| point.as_ref().map(of)).collect();
        muster_measure::chart::longest_run(&values, 0.0) >= 7
    };
    let of_distances = truths.iter().filter(|truth| run(&|point| point.distance, truth)).count();
    let of_errors = truths.iter().filter(|truth| run(&|point| point.error, truth)).count();
    assert!(of_distances > 150 && of_errors < 80, "{of_distances} and {of_errors} of 200");
}

#[test]
fn a_rate_far_outside_the_plan_is_a_broken_assumption_and_is_found_before_the_end() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    // The plan says 2% a year, give or take 1%; the truth is a loss of 3%.
    let steps = normals("broken", 100, MONTHS);
    let readings: Vec<_> =
        steps.iter().map(|steps| watch.hold(&known(&path(-0.03, steps)), FalseAlarms::default()).unwrap()).collect();
    let broken = readings.iter().filter(|reading| reading.verdict == Verdict::BrokenAssumption).count();
    assert!(broken > 85, "{broken} of 100");
    let band = |reading: &muster_measure::watch::Reading| reading.tests[0].since;
    assert_eq!(readings[0].tests[0].kind, TestKind::Band);
    let early = readings.iter().filter_map(band).filter(|since| *since < 30).count();
    assert!(early > 50, "{early} before the thirtieth month");
}

#[test]
fn a_change_of_pace_half_way_is_noticed_while_still_inside_the_band() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    // As planned for eighteen months; then 7% a year more than planned, against a step of 0.3% a month.
    let noticed = normals("drift", 100, MONTHS)
        .iter()
        .map(|steps| {
            let mut truth = path(0.02, steps);
            truth
                .iter_mut()
                .enumerate()
                .skip(18)
                .for_each(|(month, value)| *value += 0.07 / 12.0 * (month - 17) as f64);
            verdict(&watch, &truth)
        })
        .filter(|verdict| matches!(verdict, Verdict::Drift | Verdict::BrokenAssumption))
        .count();
    assert!(noticed > 80, "{noticed} of 100");
}

#[test]
fn a_step_is_found_in_the_month_it_happens() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    let mut truth = path(0.02, &normals("step", 1, MONTHS)[0]);
    truth[20..].iter_mut().for_each(|value| *value += 0.025);
    let reading = watch.hold(&known(&truth), FalseAlarms::default()).unwrap();
    assert_eq!(reading.verdict, Verdict::BrokenAssumption);
    let step = reading.tests.iter().find(|test| test.kind == TestKind::Step).unwrap();
    assert_eq!(step.since, Some(20));
    assert!(reading.signals.iter().any(|signal| signal.from == 20));
}

#[test]
fn missing_months_are_passed_over() {
    let forecast = forecast();
    let truth = &futures("gaps", 1)[0];
    let mut with_gaps = known(truth);
    (0..with_gaps.len()).filter(|month| month % 3 == 1).for_each(|month| with_gaps[month] = None);
    let gaps: Vec<usize> = (0..with_gaps.len()).filter(|month| month % 3 == 1).collect();
    let watch = forecast.watch(&gaps).unwrap();
    let reading = watch.hold(&with_gaps, FalseAlarms::default()).unwrap();
    assert_eq!(reading.verdict, forecast.hold(&with_gaps, FalseAlarms::default()).unwrap().verdict);
    assert_eq!(reading.points.iter().flatten().count(), 24);
    assert!(reading.points[1].is_none() && reading.points[2].is_some());
    // A false alarm is no more frequent with gaps.
    let gaps: Vec<usize> = (0..MONTHS as usize).filter(|month| month % 4 == 2).collect();
    let watch = forecast.watch(&gaps).unwrap();
    let alarms = futures("gaps", 300)
        .iter()
        .filter(|truth| {
            let mut values = known(truth);
            gaps.iter().for_each(|month| values[*month] = None);
            let verdict = watch.hold(&values, FalseAlarms::default()).unwrap().verdict;
            matches!(verdict, Verdict::Drift | Verdict::BrokenAssumption)
        })
        .count();
    assert!(alarms < 27, "{alarms} of 300; one in twenty is 15");
}

#[test]
fn too_few_months_are_no_verdict_unless_far_outside() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    let truth = &futures("few", 1)[0];
    assert_eq!(verdict(&watch, &truth[..6]), Verdict::NotEnoughMonths);
    assert_eq!(verdict(&watch, &[]), Verdict::NotEnoughMonths);
    assert_eq!(verdict(&watch, &[0.2, 0.2, 0.2]), Verdict::BrokenAssumption);
    assert_eq!(verdict(&watch, &[0.2, 0.2]), Verdict::NotEnoughMonths);
}

#[test]
fn the_middle_of_the_forecast_has_half_of_the_paths_below() {
    let forecast = forecast();
    let watch = forecast.watch(&[]).unwrap();
    let middle: Vec<f64> = (0..MONTHS as usize).map(|month| forecast.quantiles(month, [0.5])[0]).collect();
    let reading = watch.hold(&known(&middle), FalseAlarms::default()).unwrap();
    assert!(reading.points.iter().flatten().all(|point| (point.pit - 0.5).abs() < 1e-9));
    assert_eq!(reading.verdict, Verdict::Luck);
}

#[test]
fn a_forecast_that_cannot_be_held_against_anything_says_why() {
    assert_eq!(Forecast::new(futures("few paths", 100)).unwrap_err(), WatchError::TooFewPaths(100));
    let forecast = forecast();
    assert_eq!(forecast.hold(&[Some(0.0); 40], FalseAlarms::default()).unwrap_err(), WatchError::Lengths);
    assert_eq!(forecast.hold(&[Some(f64::NAN)], FalseAlarms::default()).unwrap_err(), WatchError::NotANumber);
    let flat = Forecast::new(vec![vec![1.0; 4]; 1000]).unwrap();
    assert_eq!(flat.hold(&[Some(1.0)], FalseAlarms::default()).unwrap_err(), WatchError::NoSpread);
}
