//! Answers that were worked out by hand on the small plan.

use muster_solve::{Answer, Chosen};

use crate::small::{QUESTION, ask, on_disk, plan, question, with_limits};

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-4 * expected.abs().max(1.0), "{found} is not {expected}");
}

fn lever<'a>(answer: &'a Answer, id: &str) -> &'a Chosen {
    answer.levers.iter().find(|chosen| chosen.lever == id).unwrap_or_else(|| panic!("{:?}", answer.levers))
}

#[test]
fn the_cheapest_way_first() {
    // For an FTE in year 4: a course begun in year 2 costs 2 × 3,000 / 0.8 = £7,500, one begun in year 1 2 × 3,000 / 0.72 = £8,333, a recruit of
    // year 4 £10,000 and of year 3 £11,111. With 200 applicants a year: 160 + 144 FTE from courses, and 343.9 − 304 = 39.9 recruits in year 4.
    let folder = on_disk();
    let plan = plan(folder.path());
    let (answer, gap) = ask(&plan, &question(&plan, &with_limits(200.0, 0.1)), &plan.whole(), None);
    assert!(answer.fits);
    near(answer.cost_gbp, 200.0 * 6_000.0 * 2.0 + 39.9 * 10_000.0);
    near(gap[0] + 1.0, 1.0);
    let courses = lever(&answer, "course");
    near(courses.added[1], 200.0);
    near(courses.added[2], 200.0);
    assert_eq!(courses.added[3..], [0.0, 0.0]);
    near(lever(&answer, "abroad").added[4], 39.9);
    assert_eq!(answer.spend_gbp.len(), 5);
    near(answer.spend_gbp[2], 2.0 * 200.0 * 3_000.0);
}

#[test]
fn shadow_prices_are_what_a_limit_moved_by_one_saves() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let cost = |applicants: f64| ask(&plan, &question(&plan, &with_limits(applicants, 0.1)), &plan.whole(), None).0;
    let answer = cost(200.0);
    let applicants = answer.binding.iter().find(|binding| binding.id == "applicants").unwrap();
    // One more starter of year 2 replaces 0.8 recruits: 8,000 − 6,000; one of year 1, 0.72: 7,200 − 6,000.
    near(applicants.years[0].1, 1_200.0);
    near(applicants.years[1].1, 2_000.0);
    near(applicants.worth_fte.unwrap(), 0.8);
    assert!(
        applicants.words.contains("one more applicant there is worth 0.80 FTE in 2025/26 and saves £2,000"),
        "{}",
        applicants.words
    );
    // The same by asking again: one more applicant in each year.
    let priced: f64 = applicants.years.iter().map(|(_, saves)| saves).sum();
    near(answer.cost_gbp - cost(201.0).cost_gbp, priced);
    near(cost(199.0).cost_gbp - answer.cost_gbp, priced);
    let target = answer.binding.iter().find(|binding| binding.id == "gap").unwrap();
    near(target.saves_gbp, 10_000.0);
    let looser = with_limits(200.0, 0.1).replace("aim = \"gap_fte\"\nat_most = 0", "aim = \"gap_fte\"\nat_most = 1");
    near(answer.cost_gbp - ask(&plan, &question(&plan, &looser), &plan.whole(), None).0.cost_gbp, target.saves_gbp);
}

#[test]
fn what_cannot_hold_together_is_named_and_nothing_else() {
    // 150 applicants bring 228 FTE, and 20 recruits a year 20 × 3.439 = 68.8: together less than 343.9.
    let folder = on_disk();
    let plan = plan(folder.path());
    let with_more = with_limits(150.0, 0.02)
        + "\n[[limit]]\nid = \"growth\"\ntitle = \"Growth\"\nholds = \"placements\"\nat_most = 5000\nPASSPORT\n";
    let (answer, _) = ask(&plan, &question(&plan, &with_more), &plan.whole(), None);
    assert!(!answer.fits);
    assert_eq!(
        answer.conflicts,
        [[
            "No gap: Nurses (gap of at most 0 FTE), 2025/26",
            "Applicants (at most 150), 2022/23 to 2023/24",
            "Recruits: Nurses (at most 2.0% of heads in post), 2022/23 to 2025/26"
        ]]
    );
    assert!(!answer.broken.is_empty());
}

#[test]
fn courses_alone_and_in_whole_people() {
    // The gap needs 343.9 = 0.8 a + 0.72 b at 6,000 each: year 2 alone, 429.875 starters; no part of a person starts, so 430.
    let folder = on_disk();
    let plan = plan(folder.path());
    let only = muster_solve::only(&plan, question(&plan, QUESTION), "course").unwrap();
    let (answer, gap) = ask(&plan, &only, &plan.whole(), None);
    assert_eq!(lever(&answer, "course").added, [0.0, 0.0, 430.0, 0.0, 0.0]);
    near(gap[0], -0.1);
    let error = muster_solve::only(&plan, question(&plan, QUESTION), "coarse").unwrap_err();
    assert_eq!(error.to_string(), "no lever moves `coarse`: did you mean `course`?");
}

#[test]
fn retention_bends_and_is_asked_again_until_it_agrees() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let retention = QUESTION.to_owned()
        + "\n[[lever]]\nid = \"keep\"\ntitle = \"Retention\"\nmoves = \"retention\"\nbands = [{ cut = 0.3, gbp_per_head = 100 }, { cut = 0.2, gbp_per_head = 400 }]\nPASSPORT\n\
           \n[[lever]]\nid = \"home\"\ntitle = \"At home\"\nmoves = \"domestic\"\ngbp = 5000\nPASSPORT\n\
           \n[[limit]]\nid = \"home\"\ntitle = \"At home\"\nholds = \"recruits_at_home\"\nat_most = 0.03\neach = true\nPASSPORT\n";
    let (answer, gap) = ask(&plan, &question(&plan, &retention), &plan.whole(), None);
    assert!(answer.fits && answer.agreement.rounds > 1, "{:?}", answer.agreement);
    assert!(answer.agreement.apart < 1e-4, "{:?}", answer.agreement);
    assert!(gap[0].abs() < 0.2, "{gap:?}");
    // 0.3 off a rate of 0.1 keeps three of a hundred, at £100 for each: £3,333 a head kept, less than any recruit.
    assert!(lever(&answer, "keep").added[4] >= 0.3 - 1e-6);
}

#[test]
fn systems_have_their_shares_of_a_national_limit() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let places = plan.places_named(&["systems".to_owned()]).unwrap();
    let (england, _) = ask(&plan, &question(&plan, &with_limits(200.0, 0.1)), &plan.whole(), None);
    let each = with_limits(200.0, 0.1)
        .replace("each = true\nPASSPORT\n\n[[lever]]", "each = true\neach_place = true\nPASSPORT\n\n[[lever]]");
    let (systems, gap) = ask(&plan, &question(&plan, &each), &places, None);
    assert!(gap.iter().all(|gap| gap.abs() < 1e-2), "{gap:?}");
    near(systems.cost_gbp, england.cost_gbp);
}

#[test]
fn a_target_that_is_to_hold_with_a_chance_costs_more() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let asked = question(&plan, QUESTION);
    let cost = |draws| ask(&plan, &asked, &plan.whole(), draws).0;
    let (certain, likely, tail) = (cost(None), cost(Some((40, 0.8, false))), cost(Some((40, 0.8, true))));
    assert!(certain.cost_gbp < likely.cost_gbp && likely.cost_gbp < tail.cost_gbp);
    // 32 of 40 draws, and no more than it must be.
    near(likely.targets[0].chance.unwrap(), 0.8);
    assert!(tail.targets[0].chance.unwrap() > 0.8);
}
