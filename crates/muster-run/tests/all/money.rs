//! Money: a small plan worked out by hand, lines that add up, prices of other years, budgets, what is missing, and draws.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use muster_book::{COUNTERFACTUAL, Figure, FigureMeasure, Form, PLAN};
use muster_run::money::{By, Item, Ledger, Line, Money, Pounds, waterfall};
use muster_run::uncertainty::Ask;
use muster_run::{Request, Run, RunError, answer, gbp, save, verify};

use crate::{england, england_drawn, make, request, root};

#[track_caller]
fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs())), "{a} is not {b}");
}

/// What a small plan states of money: a measure, its value and its unit.
const PRICES: [(&str, f64, &str); 4] = [
    ("hiring_cost_gbp", 3_000.0, "GBP per joiner"),
    ("international_cost_gbp", 10_000.0, "GBP per recruit"),
    ("budget_gbp", 40e6, "GBP per year"),
    ("inflation", 0.1, "growth per year"),
];

/// A thousand nurses, of whom a tenth leave each year; 100 qualify and ten come from abroad. 1,200 are needed, and temporary staff
/// cover half of what is missing.
struct Tiny {
    folder: tempfile::TempDir,
}

impl Tiny {
    fn new() -> Self {
        let tiny = Self { folder: tempfile::tempdir().unwrap() };
        tiny.write(
            "sources/register.toml",
            "title = 'A register'\npublisher = 'A publisher'\nlicence = 'own work'\ngrade = 'A'\nabout = 'Made up.'\n",
        );
        tiny.write("book/book.toml", "id = 'tiny'\ntitle = 'A tiny book'\nplace = 'ENG'\nbaseline = 2022-03-31\n");
        tiny.write(
            "book/places.csv",
            "code,name,kind,parent,from,to,successor,source\nENG,England,country,,,,,register\n",
        );
        tiny.write("book/professions.toml", "[[group]]\nid = 'nursing'\ntitle = 'Nursing'\n\n[[profession]]\nid = 'nurses'\ntitle = 'Nurses'\ngroup = 'nursing'\nsettings = ['acute']\n");
        tiny.write(
            "book/programmes.toml",
            "[[programme]]\nid = 'degree'\ntitle = 'Degree'\nfills = 'nurses'\nlength_years = 2\n",
        );
        tiny.write("book/pay_bands.toml", "about = 'Two bands.'\n[earnings]\nkind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n[shares]\nkind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n[[band]]\nid = 'low'\ntitle = 'Low'\nearnings = 2\n[[band]]\nid = 'high'\ntitle = 'High'\nearnings = 3\n[[mix]]\nprofession = 'nurses'\nshare = { low = 0.6, high = 0.4 }\n");
        tiny.write("plan/plan.toml", "id = 'tiny'\ntitle = 'A tiny plan'\nplace = 'ENG'\nfrom = '2021/22'\nto = '2023/24'\nbooks = ['../book']\nsources = '../sources'\n");
        tiny.write("plan/actions.toml", "[[action]]\nid = 'A'\ntitle = 'Keep people'\ntheme = 'retain'\nlevel = 'national'\nowner = { organisation = 'NHS England', role = 'Director' }\ndue = 2024-03-31\nsource = 'register'\nevidence = 'None.'\nuntracked_effect = 'Only its cost is told.'\n\n[[action.cost]]\ngbp = 2.42e6\nprice_year = '2023/24'\nfrom = 2022-04-01\nto = 2024-03-31\nwhat = 'retention'\nkind = 'published'\nabout = 'Two years.'\n\n[[action.cost]]\ngbp = 1e6\nprice_year = '2022/23'\nfrom = 2022-04-01\nto = 2023-03-31\nwhat = 'one_off'\ncounted_in = 'training'\nkind = 'published'\nabout = 'Places.'\n");
        for (measure, value, unit) in [
            ("population", 1000.0, "people"),
            ("productivity_growth", 0.0, "growth per year"),
            ("on_cost", 1.2, "multiplier"),
            ("real_pay_growth", 0.02, "growth per year"),
            ("temporary_premium", 1.5, "multiplier"),
            ("temporary_fill", 0.5, "share of gap"),
            ("participation", 1.0, "FTE per head"),
            ("leaver_rate", 0.1, "share of opening headcount, per year"),
            ("returner_rate", 0.0, "joiners per opening head, per year"),
            ("wider_market_rate", 0.0, "joiners per opening head, per year"),
            ("skill_mix", 1.0, "multiplier"),
        ] {
            tiny.state(measure, "", unit, value);
        }
        for (measure, value, unit) in [
            ("stock_fte", 1000.0, "FTE"),
            ("demand_fte", 1200.0, "FTE"),
            ("international_headcount", 10.0, "people per year"),
            ("earnings_gbp", 30_000.0, "GBP per FTE per year"),
        ] {
            tiny.state(measure, "for = { profession = 'nurses' }\n", unit, value);
        }
        for (measure, value, unit) in [
            ("training_intake", 100.0, "people per year"),
            ("course_attrition", 0.0, "share of starters, whole course"),
            ("training_join_share", 1.0, "share of those who complete"),
            ("training_cost_gbp", 20_000.0, "GBP per student per year"),
        ] {
            tiny.state(measure, "for = { programme = 'degree' }\n", unit, value);
        }
        tiny.state("entry_age_share", "for = { programme = 'degree', age = '20-24' }\n", "share of starters", 1.0);
        tiny.state("age_share", "for = { age = '30-39' }\n", "share of headcount", 1.0);
        tiny.state("joiner_age_share", "for = { age = '30-39' }\n", "share of joiners", 1.0);
        tiny.state(
            "setting_share",
            "for = { profession = 'nurses', setting = 'acute' }\n",
            "share of the profession",
            1.0,
        );
        for (measure, value, unit) in [
            ("use_by_age", 1.0, "relative use per person"),
            ("other_growth", 0.0, "growth per year"),
            ("setting_shift", 1.0, "multiplier"),
        ] {
            let mut text = Self::head(measure, unit);
            for setting in ["acute", "community", "mental_health", "primary_care", "ambulance"] {
                text.push_str(&Self::value(&format!("for = {{ setting = '{setting}' }}\n"), value));
            }
            tiny.write(&format!("book/{measure}.toml"), &text);
        }
        for (measure, value, unit) in PRICES {
            tiny.state(measure, "", unit, value);
        }
        tiny
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn head(measure: &str, unit: &str) -> String {
        let mut head = format!("measure = '{measure}'\nabout = 'Made up.'\nunit = '{unit}'\nchecked = 2026-01-31\n");
        if measure.ends_with("_gbp") {
            head.push_str("price_year = '2022/23'\n");
        }
        head
    }

    fn value(key: &str, value: f64) -> String {
        format!(
            "\n[[value]]\n{key}from = 2010-04-01\nvalue = {value:?}\nkind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n"
        )
    }

    fn state(&self, measure: &str, key: &str, unit: &str, value: f64) {
        self.write(&format!("book/{measure}.toml"), &(Self::head(measure, unit) + &Self::value(key, value)));
    }

    fn remove(&self, measure: &str) {
        fs::remove_file(self.folder.path().join(format!("book/{measure}.toml"))).unwrap();
    }

    fn run(&self) -> Run {
        match make(request(&self.folder.path().join("plan"), &[])) {
            Ok(run) => run,
            Err(RunError::Plan(found)) => {
                let mut text = String::new();
                found.iter().for_each(|one| writeln!(text, "{one}").unwrap());
                panic!("the tiny plan runs:\n{text}")
            }
            Err(other) => panic!("the tiny plan runs: {other}"),
        }
    }

    fn ledger(&self, scenario: &str) -> Ledger {
        let run = self.run();
        Ledger::of(&run, run.scenario(scenario).unwrap()).unwrap()
    }
}

fn line(ledger: &Ledger, line: Line, year: usize) -> f64 {
    ledger.sum(|row| row.line == line)[year]
}

#[test]
fn a_small_plan_costs_what_a_hand_calculation_says() {
    let tiny = Tiny::new();
    let ledger = tiny.ledger(PLAN);
    // The baseline: 1,000 nurses at 30,000 x 1.2; 200 missing, of whom 100 are covered at half as much again; 200 students.
    close(line(&ledger, Line::PermanentPay, 0), 36_000_000.0);
    close(line(&ledger, Line::TemporaryCover, 0), 3_600_000.0);
    close(line(&ledger, Line::TemporaryPremium, 0), 1_800_000.0);
    close(line(&ledger, Line::Training, 0), 4_000_000.0);
    close(ledger.total()[0], 45_400_000.0);
    // A year later: 1,000 less 100 leavers, with 100 who qualified and 10 from abroad, at 36,720 each; 190 are missing.
    close(line(&ledger, Line::PermanentPay, 1), 1010.0 * 36_720.0);
    close(line(&ledger, Line::TemporaryCover, 1), 95.0 * 36_720.0);
    close(line(&ledger, Line::TemporaryPremium, 1), 95.0 * 36_720.0 / 2.0);
    close(line(&ledger, Line::Hiring, 1), 300_000.0);
    close(line(&ledger, Line::International, 1), 100_000.0);
    // GBP 2.42 million in the prices of a year later, when prices are a tenth higher, in two equal parts.
    close(line(&ledger, Line::ActionsRetention, 0), 0.0);
    close(line(&ledger, Line::ActionsRetention, 1), 1_100_000.0);
    close(line(&ledger, Line::ActionsRetention, 2), 1_100_000.0);
    close(ledger.total()[1], 1010.0 * 36_720.0 + 1.5 * 95.0 * 36_720.0 + 4_000_000.0 + 400_000.0 + 1_100_000.0);
}

#[test]
fn a_cost_that_another_line_holds_is_shown_and_not_added() {
    let ledger = Tiny::new().ledger(PLAN);
    assert_eq!(line(&ledger, Line::ActionsOneOff, 1), 0.0);
    assert_eq!(ledger.stated.len(), 1);
    assert_eq!(ledger.stated[0].gbp, [0.0, 1_000_000.0, 0.0]);
}

#[test]
fn without_the_plan_nothing_is_paid_for_actions() {
    let (with, without) = (Tiny::new().ledger(PLAN), Tiny::new().ledger(COUNTERFACTUAL));
    close(with.total()[2] - without.total()[2], 1_100_000.0);
    assert!(without.stated.is_empty());
}

#[test]
fn pay_divides_between_bands_and_adds_up() {
    let run = Tiny::new().run();
    let ledger = Ledger::of(&run, run.scenario(PLAN).unwrap()).unwrap();
    // 0.6 x 2 and 0.4 x 3 weigh the same: half of the pay each, and 600 and 400 of the nurses.
    let bands = ledger.by(&run, By::Band);
    assert_eq!(bands.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["Low", "High"]);
    close(bands[0].1[0], 18_000_000.0);
    close(bands[1].1[0], 18_000_000.0);
    let fte: Vec<f64> =
        ledger.rows.iter().filter(|row| row.line == Line::PermanentPay).map(|row| row.quantity[0]).collect();
    close(fte[0], 600.0);
    close(fte[1], 400.0);
}

#[test]
fn cash_is_the_pounds_of_each_year() {
    let real = Tiny::new().ledger(PLAN);
    let cash = real.in_cash().unwrap();
    assert_eq!((real.pounds, cash.pounds), (Pounds::Real, Pounds::Cash));
    // Prices of 2022/23: a tenth lower the year before, a tenth higher the year after.
    for (year, factor) in [1.0 / 1.1, 1.0, 1.1].into_iter().enumerate() {
        close(cash.total()[year], real.total()[year] * factor);
        close(cash.budget_gbp.as_ref().unwrap()[year], 40e6 * factor);
    }
}

#[test]
fn what_is_spent_beyond_the_budget_is_said_by_year() {
    let tiny = Tiny::new();
    let gap = tiny.ledger(COUNTERFACTUAL).affordability_gap().unwrap();
    close(gap[0], 5_400_000.0);
    tiny.remove("budget_gbp");
    let ledger = tiny.ledger(COUNTERFACTUAL);
    assert_eq!(ledger.affordability_gap(), None);
    assert!(ledger.lacks.iter().any(|lack| lack.contains("budget_gbp")), "{:?}", ledger.lacks);
}

#[test]
fn a_book_without_prices_runs_and_says_what_it_lacks() {
    let tiny = Tiny::new();
    for (measure, ..) in PRICES {
        tiny.remove(measure);
    }
    tiny.remove("training_cost_gbp");
    tiny.remove("pay_bands");
    let ledger = tiny.ledger(PLAN);
    close(ledger.total()[0], 41_400_000.0);
    let said = ledger.lacks.join("; ");
    for lack in ["training_cost_gbp", "hiring_cost_gbp", "international_cost_gbp", "budget_gbp", "inflation", "`A`"] {
        assert!(said.contains(lack), "{lack}: {said}");
    }
    assert!(ledger.in_cash().unwrap_err().to_string().contains("M033"));
    let run = tiny.run();
    let figure = Figure::of(FigureMeasure::TrainingGbp, run.plan.to);
    assert!(answer(&run, run.main_scenario(), &figure).unwrap_err().to_string().contains("training"));
    assert!(run.outputs().unwrap().contains_key("money.parquet"));
}

#[test]
fn the_money_of_a_run_that_was_written_down_verifies() {
    let tiny = Tiny::new();
    let folder = tiny.folder.path().join("run");
    save(&tiny.run(), Some(&folder)).unwrap();
    let verified = verify(&folder, &|_| {}).unwrap();
    assert!(verified.agrees());
    for file in ["money.parquet", "money.json"] {
        assert!(verified.outputs.iter().any(|(output, same)| output.path == file && *same), "{file}");
    }
}

#[test]
fn every_column_of_the_waterfall_adds_up() {
    let tiny = Tiny::new();
    let small = tiny.run();
    for run in [&small, england()] {
        for scenario in &run.scenarios {
            let waterfall = waterfall(scenario, &Ledger::of(run, scenario).unwrap());
            let columns: [fn(&muster_run::money::Step) -> f64; 4] =
                [|step| step.fte, |step| step.temporary_fte, |step| step.gbp, |step| step.students];
            for column in columns {
                let steps: f64 = waterfall.steps.iter().map(column).sum();
                close(column(&waterfall.opening) + steps, column(&waterfall.closing));
            }
        }
    }
}

#[test]
fn lines_add_to_the_whole_whatever_they_are_added_by() {
    let run = england();
    for scenario in &run.scenarios {
        let ledger = Ledger::of(run, scenario).unwrap();
        let of = |by: By| -> f64 { ledger.by(run, by).iter().map(|(_, pounds)| pounds[15]).sum() };
        close(of(By::Line), ledger.total()[15]);
        close(of(By::Place), ledger.total()[15]);
        close(of(By::Profession) + of(By::Programme) + of(By::Action), ledger.total()[15]);
        close(of(By::Band), line(&ledger, Line::PermanentPay, 15));
    }
}

#[test]
fn systems_spend_and_may_spend_what_england_does() {
    let systems = make(request(&root().join("plans/ltwp-2023"), &["systems"])).unwrap();
    let whole = Ledger::of(england(), england().main_scenario()).unwrap();
    let parts = Ledger::of(&systems, systems.main_scenario()).unwrap();
    for line_ in [Line::PermanentPay, Line::Training, Line::Hiring, Line::International, Line::ActionsRecurrent] {
        close(line(&whole, line_, 15), line(&parts, line_, 15));
    }
    close(whole.budget_gbp.unwrap()[15], parts.budget_gbp.unwrap()[15]);
}

#[test]
fn a_figure_can_be_the_sum_of_years() {
    let run = england();
    let (from, to) = (run.plan.to + -2, run.plan.to);
    for measure in [FigureMeasure::TrainingGbp, FigureMeasure::TemporaryGbp, FigureMeasure::SpendGbp] {
        let at = |year| answer(run, run.main_scenario(), &Figure::of(measure, year)).unwrap();
        let total = answer(run, run.main_scenario(), &Figure::of(measure, to).since(from, Form::Total)).unwrap();
        close(total, at(from) + at(from + 1) + at(to));
    }
}

#[test]
fn an_action_brings_what_the_plan_without_it_lacks() {
    let run = england();
    let money = Money::of(run, None).unwrap();
    let nursing = money.actions.iter().find(|action| action.id == "LTWP-T05").unwrap();
    let index = run.plan.actions.iter().position(|action| action.id == "LTWP-T05").unwrap();
    // The plan without it, resolved and projected by itself.
    let mut without = run.plan.scenario(PLAN).unwrap().clone();
    without.actions.retain(|action| *action != index);
    let resolved = run.plan.resolve(&without, &run.places, muster_engine::Step::Year).unwrap();
    let projection = muster_engine::project(&resolved.inputs).unwrap();
    let sum = |cells: &[muster_engine::CellResult], of: fn(&muster_engine::YearResult) -> f64| -> f64 {
        cells.iter().map(|cell| of(&cell.years[15])).sum()
    };
    let with = &run.scenario(PLAN).unwrap().projection;
    let fte = sum(&with.cells, |year| year.fte) - sum(&projection.cells, |year| year.fte);
    assert!((nursing.extra_fte - fte).abs() < 1e-3 && fte > 0.0, "{} and {fte}", nursing.extra_fte);
    close(
        nursing.total_gbp,
        nursing.training_gbp
            + nursing.recruitment_gbp
            + nursing.own_gbp.unwrap_or_default()
            + nursing.temporary_gbp
            + nursing.pay_gbp,
    );
}

#[test]
fn draws_are_the_same_on_one_thread_and_on_two() {
    let run = england();
    let ask = Ask { draws: Some(32), ..Ask::default() };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Money::of(run, Some(&ask)).unwrap())
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(one, two);
    let draws = one.draws.unwrap();
    let total = draws.summary(PLAN, Item::Total, 15).unwrap();
    let lines = [
        Line::PermanentPay,
        Line::TemporaryCover,
        Line::TemporaryPremium,
        Line::Training,
        Line::Hiring,
        Line::International,
    ];
    let means: f64 = lines.iter().map(|line| draws.summary(PLAN, Item::Line(*line), 15).unwrap().mean.value).sum();
    close(means, total.mean.value);
    assert!(total.quantiles[0].value < total.quantiles[6].value);
    // Prices have ranges of their own: students cost more or less where their number is certain.
    let students = draws.summary(COUNTERFACTUAL, Item::Programme(4), 0).unwrap();
    assert!(students.standard_deviation > 0.0);
}

#[test]
fn a_run_with_draws_writes_its_money_with_ranges() {
    let outputs = england_drawn().outputs().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&outputs["money.json"]).unwrap();
    let total = &json["scenarios"][1]["lines"]["total"][15];
    let (gbp, range) = (total["gbp"].as_f64().unwrap(), &total["range_95"]);
    assert!(range[0].as_f64().unwrap() < gbp && gbp < range[1].as_f64().unwrap(), "{total}");
    let page = String::from_utf8(outputs["report.html"].clone()).unwrap();
    for words in ["id=\"money\"", "Beside what was published", "People, pounds and students", "four futures of five"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn published_pounds_are_held_against_the_difference_of_two_scenarios() {
    let run = england();
    let verdict = run.verdicts.iter().find(|verdict| verdict.id == "training-funding").unwrap();
    let [plan, none] = [PLAN, COUNTERFACTUAL].map(|id| Ledger::of(run, run.scenario(id).unwrap()).unwrap());
    let sum = |ledger: &Ledger| -> f64 { (3..=7).map(|year| line(ledger, Line::Training, year)).sum() };
    close(verdict.figure.unwrap(), sum(&plan) - sum(&none));
    assert!(verdict.found == gbp(verdict.figure.unwrap()));
}

#[test]
fn a_scenario_of_one_is_counted_by_itself() {
    let only = Request { scenarios: vec![PLAN.to_owned()], ..request(Path::new(&root().join("plans/ltwp-2023")), &[]) };
    let money = Money::of(&make(only).unwrap(), None).unwrap();
    assert_eq!(money.ledgers.len(), 1);
    assert!(money.ledger(COUNTERFACTUAL).is_none());
}
