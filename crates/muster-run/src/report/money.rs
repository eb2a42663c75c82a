//! What it costs: from the opening year to the horizon, by line, against the budget, by action, and beside what was published.

use muster_book::{COUNTERFACTUAL, Check};

use super::chart::{self, Series};
use super::sections::{lower, year_names};
use super::{Block, Section, Stat, Table};
use crate::money::{By, Item, Ledger, Line, Money, StatedCost, Step, Sure, Waterfall};
use crate::number::{gbp, percent, signed, thousands};
use crate::run::{Run, RunError};
use crate::verdict::{Outcome, expected_in_words};

/// How many professions, programmes and places a table shows before it says that there are more.
const MOST: usize = 40;

pub(super) fn section(run: &Run) -> Result<Section, RunError> {
    let money = run.money()?;
    let mut blocks = vec![Block::Stats(stats(run, money))];
    blocks.extend(in_words(run, money).into_iter().map(Block::Text));
    let main = run.main_scenario();
    let position = run.scenarios.iter().position(|scenario| scenario.id == main.id).unwrap_or_default();
    let waterfall = &money.waterfalls[position];
    blocks.push(Block::Chart(waterfall_chart(run, waterfall)?));
    blocks.push(Block::Text(
        "Each bar is pounds a year; beside its name are the people and the students it stands for. People who join or leave are counted at what an FTE of their profession cost at the start, and what an FTE costs more by the end is a step of its own. The first year has staff and no joiners, so hiring begins at nought."
            .to_owned(),
    ));
    blocks.push(Block::Folded(waterfall_table(waterfall)));
    blocks.push(Block::Chart(spending_chart(run, money)?));
    blocks.push(Block::Table(by_line(run, money)));
    if money.ledgers.iter().any(|ledger| ledger.budget_gbp.is_some()) {
        blocks.push(Block::Table(budget(run, money)));
    }
    blocks.extend(published(run, money).map(Block::Table));
    if !money.actions.is_empty() {
        blocks.push(Block::Text(
            "What each action brings and costs is the plan with it less the plan without it. The cost of an extra FTE is training, recruitment and the action's own cost over all years, for each FTE that is in post in the last year because of it; those still in training then have cost money and are not in post yet, which makes late actions look dear. Where an action trains nobody and its own cost was never stated, there is no such figure: keeping people is not free, and nobody has said what it costs."
                .to_owned(),
        ));
        blocks.push(Block::Folded(actions(run, money)));
    }
    let ledger = &money.ledgers[position];
    for (by, caption) in [
        (By::Band, "Pay of permanent staff by pay band"),
        (By::Profession, "Pay, temporary staff and hiring by profession"),
        (By::Programme, "Training by programme"),
        (By::Place, "By place"),
    ] {
        if by != By::Place || run.places.len() > 1 {
            blocks.push(Block::Folded(breakdown(run, money, ledger, by, caption)));
        }
    }
    blocks.extend(stated(run, ledger).into_iter().map(Block::Text));
    blocks.extend(lacks(ledger).map(Block::Text));
    Ok(Section { id: "money", title: "Money".to_owned(), blocks })
}

fn end(run: &Run) -> usize {
    run.years().len() - 1
}

fn stats(run: &Run, money: &Money) -> Vec<Stat> {
    let (first, last) = (run.plan.from, run.plan.to);
    let opening = &money.ledgers[0];
    let mut stats = vec![Stat {
        label: format!("Spent in {first}"),
        value: gbp(opening.total()[0]),
        note: format!("on staff and students, {}", opening.pounds_in_words()),
    }];
    for ledger in &money.ledgers {
        let total = ledger.total()[end(run)];
        let sure = money.sure(&ledger.scenario, Item::Total, end(run), total);
        stats.push(Stat {
            label: format!("In {last}, {}", lower(&ledger.title)),
            value: gbp(total),
            note: range_of(&sure).map_or_else(String::new, |range| format!("four futures of five: {range}")),
        });
    }
    stats
}

fn in_words(run: &Run, money: &Money) -> Vec<String> {
    let (year, last) = (end(run), run.plan.to);
    let prices = money.ledgers[0].pounds_in_words();
    let mut texts = vec![format!(
        "Everything here is in {prices}: pay of permanent staff with the employer's own costs, bank and agency staff with their premium, students by programme, hiring, and what the plan's actions cost by themselves. Lines add up to the total. Money is counted and limits nothing."
    )];
    if let (Some(main), Some(other)) = (money.ledger(&run.main_scenario().id), money.ledger(COUNTERFACTUAL))
        && main.scenario != COUNTERFACTUAL
    {
        let change = |of: &dyn Fn(&Ledger) -> f64| of(main) - of(other);
        let lines =
            |lines: &'static [Line]| change(&move |ledger: &Ledger| ledger.sum(|row| lines.contains(&row.line))[year]);
        let difference = change(&|ledger| ledger.total()[year]);
        let range = money
            .draws
            .as_ref()
            .and_then(|draws| draws.difference(&main.scenario, COUNTERFACTUAL, Item::Total, year))
            .and_then(|summary| range_of(&Sure::of(difference, Some(&summary))));
        texts.push(format!(
            "In {last} the plan costs {} {} than doing nothing{}: {} more for permanent staff, {} more for training, {} {} for temporary staff.",
            gbp(difference.abs()),
            if difference < 0.0 { "less" } else { "more" },
            range.map_or_else(String::new, |range| format!(" (four futures of five: {range})")),
            gbp(lines(&[Line::PermanentPay])),
            gbp(lines(&[Line::Training])),
            gbp(lines(&[Line::TemporaryCover, Line::TemporaryPremium]).abs()),
            if lines(&[Line::TemporaryCover]) < 0.0 { "less" } else { "more" },
        ));
    }
    if let Some(draws) = &money.draws {
        let total = money.ledger(&run.main_scenario().id).map_or(0.0, |ledger| ledger.total()[year]);
        let sure = money.sure(&run.main_scenario().id, Item::Total, year, total);
        texts.push(format!(
            "Ranges are of {} futures, drawn as in the rest of this report, with prices drawn from their own ranges. Drawn again, the ends of the range of {last} would move by about {}.",
            draws.draws,
            sure.error.map_or_else(|| "nothing".to_owned(), gbp)
        ));
    }
    texts
}

/// "£140.1bn to £165.2bn".
fn range_of(sure: &Sure) -> Option<String> {
    sure.range_80.map(|[low, high]| format!("{} to {}", gbp(low), gbp(high)))
}

/// The people and students of a step, in brackets after its name.
fn beside(title: &str, fte: f64, temporary_fte: f64, students: f64) -> String {
    let parts: Vec<String> = [(fte, "FTE"), (temporary_fte, "temporary FTE"), (students, "students")]
        .iter()
        .filter(|(amount, _)| amount.abs() >= 0.5)
        .map(|(amount, unit)| format!("{} {unit}", signed(*amount)))
        .collect();
    if parts.is_empty() { title.to_owned() } else { format!("{title} ({})", parts.join(", ")) }
}

fn waterfall_chart(run: &Run, waterfall: &Waterfall) -> Result<chart::Chart, RunError> {
    let million = |pounds: f64| pounds / 1e6;
    let steps: Vec<(String, f64)> = waterfall
        .steps
        .iter()
        .map(|step| (beside(&step.title, step.fte, step.temporary_fte, step.students), million(step.gbp)))
        .collect();
    let ends = |step: &Step| {
        format!(
            "{}: {} FTE, {} temporary, {} students",
            step.title,
            thousands(step.fte),
            thousands(step.temporary_fte),
            thousands(step.students)
        )
    };
    let (opening, closing) = (ends(&waterfall.opening), ends(&waterfall.closing));
    let title = format!(
        "People, pounds and students from {} to {}, {}",
        run.plan.from,
        run.plan.to,
        lower(&run.main_scenario().title)
    );
    chart::waterfall(
        "money-waterfall",
        (&title, "£ million a year"),
        (&opening, million(waterfall.opening.gbp)),
        &steps,
        (&closing, million(waterfall.closing.gbp)),
    )
}

fn waterfall_table(waterfall: &Waterfall) -> Table {
    let head = ["Step", "Permanent FTE", "Temporary FTE", "Pounds a year", "Students"].map(str::to_owned).to_vec();
    let mut table = Table::numbers("The same as a table", head);
    let plus = |pounds: f64| if pounds > 0.0 { format!("+{}", gbp(pounds)) } else { gbp(pounds) };
    let ends = |step: &Step| {
        vec![
            step.title.clone(),
            thousands(step.fte),
            thousands(step.temporary_fte),
            gbp(step.gbp),
            thousands(step.students),
        ]
    };
    table.push("total", ends(&waterfall.opening));
    for step in &waterfall.steps {
        let cells = [signed(step.fte), signed(step.temporary_fte), plus(step.gbp), signed(step.students)];
        table.push("", std::iter::once(step.title.clone()).chain(cells).collect());
    }
    table.push("total", ends(&waterfall.closing));
    table
}

fn spending_chart(run: &Run, money: &Money) -> Result<chart::Chart, RunError> {
    let million = |pounds: Vec<f64>| pounds.into_iter().map(|pounds| pounds / 1e6).collect();
    let mut series: Vec<Series> = money
        .ledgers
        .iter()
        .map(|ledger| Series { name: format!("Spending {}", lower(&ledger.title)), values: million(ledger.total()) })
        .collect();
    if let Some(budget) = money.ledgers.iter().find_map(|ledger| ledger.budget_gbp.clone()) {
        series.push(Series { name: "Budget".to_owned(), values: million(budget) });
    }
    let unit = format!("£ million a year, {}", money.ledgers[0].pounds_in_words());
    chart::lines("money-chart", "Spending and budget", &year_names(run), &series, &unit)
}

/// Each line in the first, a middle and the last year, with the range of the last.
fn by_line(run: &Run, money: &Money) -> Table {
    let (last, years) = (end(run), year_names(run));
    let shown = [0, last / 2, last];
    let mut head = vec!["Line".to_owned()];
    head.extend(shown.iter().map(|year| years[*year].clone()));
    head.extend([format!("{}, four futures of five", years[last]), "19 of 20".to_owned()]);
    let mut table = Table::numbers("Spending by line", head);
    for ledger in &money.ledgers {
        table.push("group", {
            let mut cells = vec![ledger.title.clone()];
            cells.resize(shown.len() + 3, String::new());
            cells
        });
        let row = |title: &str, pounds: &[f64], item: Option<Item>| {
            let mut cells = vec![title.to_owned()];
            cells.extend(shown.iter().map(|year| gbp(pounds[*year])));
            let sure = item.map(|item| money.sure(&ledger.scenario, item, last, pounds[last]));
            let words = |range: Option<[f64; 2]>| {
                range.map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", gbp(low), gbp(high)))
            };
            cells.push(words(sure.as_ref().and_then(|sure| sure.range_80)));
            cells.push(words(sure.as_ref().and_then(|sure| sure.range_95)));
            cells
        };
        for (line, pounds) in ledger.by_line() {
            let used = pounds.iter().any(|pounds| *pounds != 0.0);
            if used {
                let item = (!line.of_actions()).then_some(Item::Line(line));
                table.push("", row(line.title(), &pounds, item));
            }
        }
        table.push("total", row("All", &ledger.total(), Some(Item::Total)));
    }
    table
}

fn budget(run: &Run, money: &Money) -> Table {
    let years = year_names(run);
    let mut head = vec!["Year".to_owned(), "Budget".to_owned()];
    for ledger in &money.ledgers {
        head.extend([
            format!("Spent, {}", lower(&ledger.title)),
            "Beyond the budget".to_owned(),
            "four futures of five".to_owned(),
        ]);
    }
    let mut table = Table::numbers("Spending against the budget", head);
    for (year, name) in years.iter().enumerate() {
        let budget = money.ledgers.iter().find_map(|ledger| Some(ledger.budget_gbp.as_ref()?[year]));
        let mut cells = vec![name.clone(), budget.map_or_else(|| "–".to_owned(), gbp)];
        for ledger in &money.ledgers {
            let beyond = ledger.affordability_gap().map(|gap| gap[year]);
            let sure = beyond.map(|gap| money.sure(&ledger.scenario, Item::OverBudget, year, gap));
            let none = || "–".to_owned();
            cells.extend([
                gbp(ledger.total()[year]),
                beyond.map_or_else(none, gbp),
                sure.as_ref().and_then(range_of).unwrap_or_else(none),
            ]);
        }
        table.push("", cells);
    }
    table
}

/// What the plan or others stated in pounds, and what comes out.
fn published(run: &Run, money: &Money) -> Option<Table> {
    let checks: Vec<&Check> =
        run.plan.checks.iter().chain(&run.plan.targets).filter(|check| check.figure.measure.is_money()).collect();
    let mut table = Table::words(
        "Beside what was published",
        &["Figure", "Published", "Here", "Outcome", "Four futures of five", "What to know"],
    );
    for row in unstated(run, money) {
        table.push("", row);
    }
    for check in checks {
        let Some(verdict) = run.verdicts.iter().find(|verdict| verdict.id == check.id) else { continue };
        let summary = money.draws.as_ref().and_then(|draws| draws.of_check(run, check));
        let range = verdict.figure.and_then(|figure| range_of(&Sure::of(figure, summary.as_ref())));
        let class = match verdict.outcome {
            Outcome::Met => "met",
            Outcome::Missed => "missed",
            Outcome::NotAsked => "",
        };
        table.push(
            class,
            vec![
                check.title.clone(),
                expected_in_words(check),
                verdict.found.clone(),
                verdict.words(),
                range.unwrap_or_else(|| "–".to_owned()),
                check.note.clone(),
            ],
        );
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The growth of the pay bill and the extra spending, which a plan that says nothing of money leaves to others.
fn unstated(run: &Run, money: &Money) -> Vec<Vec<String>> {
    let (main, year) = (&run.main_scenario().id, end(run));
    let Some(ledger) = money.ledger(main) else { return Vec::new() };
    let bill = |year: usize| -> f64 {
        let pay = [Line::PermanentPay, Line::TemporaryCover, Line::TemporaryPremium];
        ledger.sum(|row| pay.contains(&row.line))[year]
    };
    let row = |title: String, here: String, range: Option<String>| {
        let (none, words) = ("not stated".to_owned(), "Nothing was published to hold it against.".to_owned());
        vec![title, none, here, "–".to_owned(), range.unwrap_or_else(|| "–".to_owned()), words]
    };
    let growth = (bill(year) / bill(0)).powf(1.0 / year as f64) - 1.0;
    let drawn = money.draws.as_ref().and_then(|draws| draws.pay_bill_growth(main));
    let range = drawn.map(|drawn| drawn.interval_80().map(|end| percent(end.value)).join(" to "));
    let mut rows = vec![row(
        format!("Growth of the pay bill a year, {} to {}, beyond prices", run.plan.from, run.plan.to),
        percent(growth),
        range,
    )];
    if let Some(other) = money.ledger(COUNTERFACTUAL).filter(|other| other.scenario != *main) {
        for (title, item, extra) in [
            ("Spending", Item::Total, ledger.total()[year] - other.total()[year]),
            (
                "Pay of permanent staff",
                Item::Line(Line::PermanentPay),
                ledger.by_line()[0].1[year] - other.by_line()[0].1[year],
            ),
        ] {
            let drawn = money.draws.as_ref().and_then(|draws| draws.difference(main, COUNTERFACTUAL, item, year));
            let title = format!("{title} in {} beyond that without the plan", run.plan.to);
            rows.push(row(title, gbp(extra), range_of(&Sure::of(extra, drawn.as_ref()))));
        }
    }
    rows
}

fn actions(run: &Run, money: &Money) -> Table {
    let head = [
        "Action",
        "Extra FTE",
        "Training",
        "Recruitment",
        "Own cost",
        "Temporary staff",
        "Pay",
        "All",
        "Cost of an extra FTE",
    ];
    let caption = format!(
        "What each action brings by {} and costs over all years, {}",
        run.plan.to,
        money.ledgers[0].pounds_in_words()
    );
    let mut table = Table::numbers(caption, head.map(str::to_owned).to_vec());
    for action in &money.actions {
        let each = action.gbp_per_extra_fte.map_or_else(|| "–".to_owned(), |pounds| format!("£{}", thousands(pounds)));
        let cells = [
            signed(action.extra_fte),
            gbp(action.training_gbp),
            gbp(action.recruitment_gbp),
            action.own_in_words(),
            gbp(action.temporary_gbp),
            gbp(action.pay_gbp),
            gbp(action.total_gbp),
            each,
        ];
        table.push("", std::iter::once(action.title.clone()).chain(cells).collect());
    }
    table
}

/// A breakdown in the first, a middle and the last year, the largest at the end first.
fn breakdown(run: &Run, money: &Money, ledger: &Ledger, by: By, caption: &str) -> Table {
    let (last, years) = (end(run), year_names(run));
    let shown = [0, last / 2, last];
    let mut head = vec![String::new()];
    head.extend(shown.iter().map(|year| years[*year].clone()));
    let ranged = by == By::Programme && money.draws.is_some();
    if ranged {
        head.push(format!("{}, four futures of five", years[last]));
    }
    let mut table = Table::numbers(format!("{caption}, {}", lower(&ledger.title)), head);
    let mut rows = ledger.by(run, by);
    if by != By::Band {
        rows.sort_by(|a, b| b.1[last].total_cmp(&a.1[last]));
    }
    let more = rows.len().saturating_sub(MOST);
    for (title, pounds) in rows.iter().take(MOST) {
        let mut cells = vec![title.clone()];
        cells.extend(shown.iter().map(|year| gbp(pounds[*year])));
        if ranged {
            let programme = run.plan.shelf.taxonomy.programmes.iter().position(|programme| programme.title == *title);
            let sure = programme.map(|i| money.sure(&ledger.scenario, Item::Programme(i), last, pounds[last]));
            cells.push(sure.as_ref().and_then(range_of).unwrap_or_else(|| "–".to_owned()));
        }
        table.push("", cells);
    }
    if more > 0 {
        let mut cells = vec![format!("{more} others, in money.parquet")];
        let rest = |year: usize| gbp(rows[MOST..].iter().map(|(_, pounds)| pounds[year]).sum());
        cells.extend(shown.iter().map(|year| rest(*year)));
        table.push("", cells);
    }
    table
}

/// Costs of actions that other lines hold.
fn stated(run: &Run, ledger: &Ledger) -> Vec<String> {
    let of = |stated: &StatedCost| {
        let action = &run.plan.actions[stated.action];
        let abouts: Vec<&str> = action.costs.iter().map(|cost| cost.about.as_str()).collect();
        format!(
            "Stated for an action and counted in another line. {}: {}. {}",
            action.title,
            gbp(stated.gbp.iter().sum()),
            abouts.join(" ")
        )
    };
    ledger.stated.iter().map(of).collect()
}

fn lacks(ledger: &Ledger) -> Option<String> {
    (!ledger.lacks.is_empty())
        .then(|| format!("Not counted, because the books do not say: {}.", ledger.lacks.join("; ")))
}
