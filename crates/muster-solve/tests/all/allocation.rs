//! Where new training places go: answers that can be worked out by hand, and the national plan.

use std::path::Path;

use muster_book::{Geography, Plan, Training};
use muster_solve::geography::{Allocation, Fairness, Request, Sites, Spot, allocate};
use muster_solve::lp::{Interior, Limits};

use crate::programs::near;

fn spot(shortage_fte: f64, current: f64, capacity: f64) -> Spot {
    Spot { shortage_fte, current, capacity, minimum_cohort: 0.0, fte_per_place: 1.0 }
}

fn places(spots: &[Spot], places: u64, fairness: f64) -> Allocation {
    allocate(spots, places, fairness, &Interior, &Limits::default()).unwrap()
}

#[test]
fn each_has_the_same_share_of_its_shortage_met() {
    // 75 places for 150 missing: half of each.
    let found = places(&[spot(100.0, 0.0, 500.0), spot(50.0, 0.0, 500.0)], 75, 1.0);
    assert_eq!(found, Allocation { new_places: vec![50, 25], not_placed: 0 });
}

#[test]
fn who_is_full_does_not_hold_the_others_back() {
    // Room for 20, 500 and 500 more: 20, and the other 80 in halves.
    let found = places(&[spot(100.0, 30.0, 50.0), spot(100.0, 0.0, 500.0), spot(100.0, 0.0, 500.0)], 100, 1.0);
    assert_eq!(found.new_places, [20, 40, 40]);
    // Nobody at all where there is no room or no shortage.
    let found = places(&[spot(100.0, 50.0, 50.0), spot(0.0, 0.0, 500.0), spot(100.0, 0.0, 500.0)], 60, 1.0);
    assert_eq!(found.new_places, [0, 0, 60]);
}

#[test]
fn what_cannot_be_taken_is_left() {
    let found = places(&[spot(100.0, 0.0, 30.0), spot(10.0, 0.0, 500.0)], 60, 1.0);
    // Room for 30 in the first; the second is short of 10 only.
    assert_eq!(found, Allocation { new_places: vec![30, 10], not_placed: 20 });
    assert_eq!(places(&[], 5, 1.0), Allocation { new_places: Vec::new(), not_placed: 5 });
    assert_eq!(places(&[spot(0.0, 0.0, 9.0)], 0, 1.0), Allocation { new_places: vec![0], not_placed: 0 });
}

#[test]
fn the_even_share_comes_first_and_then_what_meets_most() {
    // A place in the second is worth twice as much. Even: a third of each shortage is met by 100 x t + 100 x t / 2 = 60, so t = 0.4.
    let spots = [spot(100.0, 0.0, 500.0), Spot { fte_per_place: 2.0, ..spot(100.0, 0.0, 500.0) }];
    assert_eq!(places(&spots, 60, 1.0).new_places, [40, 20]);
    // As much as can be: 50 places end the shortage of the second, and 10 are left for the first.
    assert_eq!(places(&spots, 60, 0.0).new_places, [10, 50]);
    // Half of the even share first, 20 and 10, then 30 more where they meet most.
    assert_eq!(places(&spots, 60, 0.5).new_places, [20, 40]);
}

#[test]
fn places_are_whole_and_all_are_given() {
    let equal = [spot(70.0, 0.0, 500.0); 3];
    assert_eq!(places(&equal, 100, 1.0).new_places, [34, 33, 33]);
    // Shares of 1 : 2 : 4 of 10 are 1.43, 2.86 and 5.71: whole parts 1, 2, 5, and the two left go to .86 and .71.
    let found = places(&[spot(100.0, 0.0, 500.0), spot(200.0, 0.0, 500.0), spot(400.0, 0.0, 500.0)], 10, 1.0);
    assert_eq!(found.new_places, [1, 3, 6]);
    // A part of a place of room is no room.
    assert_eq!(places(&[spot(100.0, 0.0, 7.9)], 10, 1.0), Allocation { new_places: vec![7], not_placed: 3 });
}

#[test]
fn a_cohort_too_small_to_teach_is_not_started() {
    let small = Spot { minimum_cohort: 15.0, ..spot(10.0, 0.0, 500.0) };
    let found = places(&[small, spot(90.0, 0.0, 500.0)], 50, 1.0);
    assert_eq!(found.new_places, [0, 50]);
    // Where a cohort runs already, one more learner joins it.
    let running = Spot { current: 20.0, ..small };
    assert_eq!(places(&[running, spot(90.0, 0.0, 500.0)], 50, 1.0).new_places, [5, 45]);
}

#[test]
fn fairness_by_hand() {
    let two = [spot(100.0, 0.0, 500.0), spot(100.0, 0.0, 500.0)];
    // One has half met and the other nothing: 50 of 200, and a Gini of a half.
    let found = Fairness::of(&two, &[50, 0]);
    assert_eq!((found.met_fte, found.met_share, found.worst_share, found.gini), (50.0, 0.25, 0.0, 0.5));
    let even = Fairness::of(&two, &[25, 25]);
    assert_eq!((even.met_share, even.worst_share, even.gini), (0.25, 0.25, 0.0));
    // Nothing met is even; more than the shortage meets all of it; who is not short does not count.
    assert_eq!(Fairness::of(&two, &[0, 0]).gini, 0.0);
    let over = Fairness::of(&[spot(100.0, 0.0, 500.0), spot(0.0, 0.0, 500.0)], &[300, 4]);
    assert_eq!((over.met_fte, over.worst_share), (100.0, 1.0));
}

fn national() -> Plan {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Plan::read(&root.join("plans/ltwp-2023")).unwrap()
}

#[test]
fn the_national_plan_trains_where_staff_are_missing() {
    let plan = national();
    let geography = Geography::of(&plan).unwrap();
    for (id, new) in [
        ("adult-nursing-degree", 2000),
        ("medicine", 1000),
        ("foundation-to-gp-training", 500),
        ("core-to-specialty", 300),
    ] {
        let request = Request {
            of: Training::named(&plan, id).unwrap(),
            scenario: "plan".to_owned(),
            places: plan.places_named(&["systems".to_owned()]).unwrap(),
            from: plan.from + 4,
            year: plan.to,
        };
        let sites = Sites::of(&plan, &geography, &request).unwrap();
        assert_eq!(sites.spots.len(), 42);
        let (found, today, then) = sites.allocate(new, 1.0, &Interior, &Limits::default()).unwrap();
        assert_eq!(found.new_places.iter().sum::<u64>() + found.not_placed, new, "{id}");
        for (spot, new) in sites.spots.iter().zip(&found.new_places) {
            assert!(*new == 0 || spot.current + *new as f64 <= spot.capacity + 1e-6, "{id}: {spot:?} has {new}");
            assert!(*new == 0 || spot.shortage_fte > 0.0);
        }
        if found.not_placed == 0 {
            assert!(then.worst_share >= today.worst_share - 1e-3, "{id}: {then:?} after {today:?}");
        }
    }
}

#[test]
fn what_one_place_is_worth_is_what_the_course_gives() {
    // One starter a year from 2025/26 is one cohort for each year of the plan that is left, less attrition and leavers: between none and one FTE for
    // each of the nine cohorts that qualify by 2036/37.
    let plan = national();
    let geography = Geography::of(&plan).unwrap();
    let request = Request {
        of: Training::named(&plan, "adult-nursing-degree").unwrap(),
        scenario: "plan".to_owned(),
        places: plan.places_named(&["systems".to_owned()]).unwrap(),
        from: plan.from + 4,
        year: plan.to,
    };
    let sites = Sites::of(&plan, &geography, &request).unwrap();
    assert!(sites.spots.iter().all(|spot| spot.fte_per_place > 2.0 && spot.fte_per_place < 9.0), "{:?}", sites.spots);
    // Places today are England's, divided.
    let current: f64 = sites.spots.iter().map(|spot| spot.current).sum();
    let england = Request { places: plan.places_named(&["england".to_owned()]).unwrap(), ..request.clone() };
    assert!(near(current, Sites::of(&plan, &geography, &england).unwrap().spots[0].current, 1e-6));
    // Too late to matter.
    let late = Sites::of(&plan, &geography, &Request { from: plan.to, ..request });
    assert!(late.unwrap_err().to_string().contains("has not qualified"));
}

#[test]
fn a_file_that_is_wrong_says_where() {
    let plan = national();
    let text = r#"
[[training]]
of = ["adult-nursing-degre"]
staff_per_place = 0
kind = "judgement"
source = "muster-judgment"
where = "x"
why = ""

[[site]]
of = "medicine"
place = "QQQ"
capacity = -4
kind = "published"
source = "muster-judgement"
"#;
    let faults = Geography::written(&plan, text).unwrap_err();
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
    for code in ["M009", "M010", "M011", "M012"] {
        assert!(codes.contains(&code), "{faults:?}");
    }
    assert!(faults.iter().any(|fault| fault.help.contains("adult-nursing-degree")), "{faults:?}");
    let twice = text.replace("adult-nursing-degre\"", "medicine\", \"medicine\"").replace("= 0", "= 5");
    assert!(Geography::written(&plan, &twice).unwrap_err().iter().any(|fault| fault.code != "M013"));
}
