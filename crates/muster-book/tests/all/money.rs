//! Prices: looked up like any other value, changed by scenarios, and drawn apart from what the engine reads.

use muster_book::{Desk, PLAN, Plan, Prices, Stands};
use muster_core::FinancialYear;
use muster_engine::LANES;

use crate::small::{Small, add, code, listed, small, swap, whole};

fn prices(plan: &Plan, place: &str) -> Prices {
    let scenario = plan.scenario(PLAN).unwrap();
    plan.prices(scenario, &[code(place)]).unwrap_or_else(|found| panic!("prices:\n{}", listed(&found)))
}

#[track_caller]
fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs())), "{a} is not {b}");
}

/// Devon's own cost of hiring.
fn with_devon() -> Small {
    small()
        .with("books/local/book.toml", whole("id = \"local\"\ntitle = \"A local book\"\nplace = \"QJK\"\n"))
        .with("books/local/hiring.toml", whole("measure = \"hiring_cost_gbp\"\nabout = \"Devon's.\"\nunit = \"GBP per joiner\"\nprice_year = \"2022/23\"\nchecked = 2026-01-31\n\n[[value]]\nfrom = 2021-04-01\nvalue = 4000\nkind = \"published\"\nsource = \"register\"\nwhere = \"Table 1\"\n"))
        .with("plans/small/plan.toml", swap("small\"]", "small\", \"../../books/local\"]"))
}

#[test]
fn a_price_holds_everywhere_unless_a_place_has_its_own() {
    let plan = with_devon().plan();
    for (place, expected) in [("ENG", 3000.0), ("QJK", 4000.0), ("QOX", 3000.0)] {
        let prices = prices(&plan, place);
        assert_eq!(prices.places[0].hiring_gbp[1], Some(vec![expected; 6]), "{place}");
        assert_eq!(prices.places[0].training_gbp[0], Some(vec![20_000.0; 6]), "{place}");
    }
}

#[test]
fn what_the_books_do_not_price_is_said() {
    // The small book has a price for the nursing degree and none for medicine.
    let prices = prices(&small().plan(), "ENG");
    assert_eq!(prices.places[0].training_gbp[1], None);
    assert_eq!(prices.lacks.len(), 1, "{:?}", prices.lacks);
    assert!(prices.lacks[0].contains("training_cost_gbp"), "{:?}", prices.lacks);
}

#[test]
fn systems_share_the_budget_by_their_staff() {
    let plan = small().plan();
    let budget = |place: &str| prices(&plan, place).places[0].budget_gbp.clone().unwrap();
    let (england, devon, bath) = (budget("ENG"), budget("QJK"), budget("QOX"));
    for year in 0..6 {
        close(england[year], 6e8);
        close(devon[year] + bath[year], england[year]);
        assert!(devon[year] > bath[year] && bath[year] > 0.0);
    }
}

#[test]
fn pounds_of_one_year_become_those_of_another() {
    let index = prices(&small().plan(), "ENG").index.unwrap();
    let year = FinancialYear::starting;
    close(index.factor(year(2022), year(2024)).unwrap(), 1.21);
    close(index.factor(year(2023), year(2022)).unwrap(), 1.0 / 1.1);
    assert_eq!(index.factor(year(1999), year(2022)), None);
}

#[test]
fn a_scenario_changes_prices_too() {
    let change = "\n[[scenario]]\nid = \"dear\"\ntitle = \"Dear\"\n\n[[scenario.change]]\nmeasure = \"hiring_cost_gbp\"\nhow = \"multiply\"\npath = [{ from = 2023-04-01, value = 2.0 }]\nkind = \"published\"\nsource = \"register\"\nwhere = \"Table 1\"\n";
    let plan = small().with("plans/small/scenarios.toml", add(change)).plan();
    let dear = plan.prices(plan.scenario("dear").unwrap(), &[code("ENG")]).unwrap();
    assert_eq!(dear.places[0].hiring_gbp[1].as_ref().unwrap()[..3], [3000.0, 3000.0, 6000.0]);
}

#[test]
fn prices_are_drawn_apart_from_what_the_engine_reads() {
    let ranged = swap("value  = 3000", "value  = 3000\nrange  = [2000, 4000]");
    let plan = small().with("books/small/money/hiring_cost_gbp.toml", ranged).plan();
    let (prices, rest) = (plan.uncertain_prices(), plan.uncertain());
    assert_eq!(prices.len(), 1);
    assert_eq!(rest, small().plan().uncertain(), "the engine's assumptions are what they were");
    let futures = plan.price_futures(plan.scenario(PLAN).unwrap(), &[code("ENG")]).unwrap();
    assert_eq!(futures.assumptions(), prices);
    let mut block = futures.block();
    futures.fill(&Stands::Scores(&|_, _| [-8.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0]), &mut Desk::default(), &mut block);
    let hiring = |lane: usize| futures.read(&block, lane).places[0].hiring_gbp[1].as_ref().unwrap()[0];
    assert!((hiring(0) - 2000.0).abs() < 1.0 && (hiring(1) - 3000.0).abs() < 1e-6 && (hiring(2) - 4000.0).abs() < 1.0);
    assert_eq!(LANES, 8);
}
