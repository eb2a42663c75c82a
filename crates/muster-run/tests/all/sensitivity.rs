//! Moving one assumption by the short way gives what changing the book gives by the long one.

use crate::{Copy, england, make, request};

/// The gap at the horizon when the book itself says something else.
fn gap_with(file: &str, from: &str, to: &str) -> f64 {
    let copy = Copy::new();
    copy.edit(file, from, to);
    let run = make(request(&copy.plan(), &[])).unwrap();
    run.swings[0].gap_fte
}

#[track_caller]
fn agrees(assumption: &str, at_low: f64) {
    let run = england();
    let swing = run.swings.iter().find(|swing| swing.assumption == assumption);
    let swing = swing.unwrap_or_else(|| panic!("no swing for {assumption}"));
    assert!((swing.gap_at_low_fte - at_low).abs() < 1e-3, "{} is not {at_low}", swing.gap_at_low_fte);
    assert!((swing.gap_at_low_fte - swing.gap_fte).abs() > 1.0);
}

#[test]
fn productivity_at_its_low_end() {
    let file = "books/england/demand/productivity_growth.toml";
    // A uniform range has its value in the middle, so the shape goes as well.
    let (uniform, none) = (
        "value  = 0.0175\nrange  = [0.015, 0.02]\ndistribution = \"uniform\"",
        "value  = 0.015\nrange  = [0.015, 0.02]",
    );
    agrees("productivity growth", gap_with(file, uniform, none));
}

#[test]
fn leavers_of_a_staff_group_at_their_low_end() {
    // Every age band of the group goes to its low end together.
    let copy = Copy::new();
    let path = copy.path("books/england/supply/leaver_rate.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let lowered: Vec<String> = text
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if cells[0] == "support" {
                cells[3] = cells[4];
            }
            cells.join(",")
        })
        .collect();
    std::fs::write(&path, lowered.join("\n")).unwrap();
    let run = make(request(&copy.plan(), &[])).unwrap();
    agrees("leaver rate of Support to clinical staff", run.swings[0].gap_fte);
}

#[test]
fn an_action_half_delivered() {
    let run = england();
    let swing = run.swings.iter().find(|swing| swing.assumption.contains("Double medical school places")).unwrap();
    assert!(swing.gap_at_low_fte > swing.gap_fte, "fewer places leave a wider gap");
}

#[test]
fn growth_in_acute_care_at_its_low_end() {
    let file = "books/england/demand/other_growth.toml";
    agrees("growth that age does not explain, Acute", gap_with(file, "value  = 0.0289151", "value  = 0.0239151"));
}

#[test]
fn the_swings_are_sorted_and_point_at_their_source() {
    let run = england();
    assert!(run.swings.len() >= 10);
    assert!(run.swings.windows(2).all(|pair| pair[0].width_fte() >= pair[1].width_fte()));
    for swing in &run.swings {
        assert!(run.plan.shelf.sources.contains_key(&swing.source), "{}", swing.source);
        let (file, line) = swing.written_at.rsplit_once(':').unwrap();
        assert!(crate::root().join(file).exists(), "{file}");
        assert!(line.parse::<usize>().is_ok());
    }
}
