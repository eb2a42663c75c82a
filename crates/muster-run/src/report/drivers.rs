//! What drives the results: families of assumptions, single ones worth knowing, actions, and chance.

use super::{Block, Section, Table};
use crate::number::{gbp, percent, signed, thousands};
use crate::run::Run;
use crate::uncertainty::drivers::{Contributions, Driven, FamilyShare};
use crate::uncertainty::{ByChance, Drivers};

/// The section; none for a run without draws.
pub(super) fn section(run: &Run) -> Option<Section> {
    let drivers = run.drivers.as_ref()?;
    let mut blocks = vec![Block::Text(in_words(drivers)), Block::Table(families(drivers))];
    blocks.extend(learning(&drivers.gap_fte, "gap").map(Block::Table));
    blocks.extend(learning(&drivers.pay_bill_gbp, "pay bill").map(Block::Folded));
    blocks.extend(drivers.actions.as_ref().map(|actions| Block::Folded(contributions(drivers, actions))));
    if let (Some(by_chance), Some(uncertainty)) = (&run.by_chance, &run.uncertainty)
        && let Some(main) = uncertainty.scenario(&run.main_scenario().id)
    {
        let supply_fte = main.at_horizon()[0].standard_deviation;
        blocks.push(Block::Text(chance_in_words(by_chance, supply_fte)));
        blocks.push(Block::Folded(by_chance_table(run, by_chance, main)));
    }
    Some(Section { id: "drivers", title: "What drives it".to_owned(), blocks })
}

fn in_words(drivers: &Drivers) -> String {
    let largest = |driven: &Driven| {
        let first: Vec<String> = driven
            .families
            .iter()
            .take(3)
            .map(|family| format!("{} ({})", family.title.to_lowercase(), percent(family.share.value.max(0.0))))
            .collect();
        first.join(", ")
    };
    format!(
        "Of what is not known about the gap in {}, most comes from {}; about the pay bill, from {}. Each share is a part of the variance, \
         and the shares add up to all of it. Assumptions that move together share what they do together.",
        drivers.year,
        largest(&drivers.gap_fte),
        largest(&drivers.pay_bill_gbp)
    )
}

fn families(drivers: &Drivers) -> Table {
    let head = ["Kind of assumption", "Assumptions", "Share, gap", "± error", "Share, pay bill", "± error"];
    let caption = format!("Which kinds of assumption make the results of {} uncertain", drivers.year);
    let mut table = Table::numbers(caption, head.map(str::to_owned).to_vec());
    for family in &drivers.gap_fte.families {
        let same = |other: &&FamilyShare| other.family == family.family;
        let pay = drivers.pay_bill_gbp.families.iter().find(same);
        let mut cells = vec![family.title.clone(), thousands(family.assumptions as f64)];
        for share in [Some(family), pay] {
            cells.push(share.map_or_else(String::new, |share| percent(share.share.value)));
            cells.push(share.map_or_else(String::new, |share| percent(share.share.error)));
        }
        table.push("", cells);
    }
    table
}

fn learning(driven: &Driven, what: &str) -> Option<Table> {
    if driven.learning.is_empty() {
        return None;
    }
    let caption = format!("What would be most worth knowing: how much the uncertainty of the {what} would shrink");
    let head = ["If this were known", "Share of variance gone", "± error", "80% interval narrower by", "± error"];
    let mut table = Table::numbers(caption, head.map(str::to_owned).to_vec());
    for learned in &driven.learning {
        let figures = [learned.variance_share, learned.interval_80_shrinks];
        let cells = figures.into_iter().flat_map(|figure| [percent(figure.value), percent(figure.error)]);
        table.push("", std::iter::once(learned.assumption.clone()).chain(cells).collect());
    }
    Some(table)
}

fn contributions(drivers: &Drivers, of: &Contributions) -> Table {
    let caption = format!(
        "What each action adds by {}: without any action the gap is {}, with all {}",
        drivers.year,
        thousands(of.gap_fte.without_actions),
        thousands(of.gap_fte.with_actions)
    );
    let head = ["Action", "Its share, FTE", "Gap without it", "Gap with it alone", "Its share of the pay bill"];
    let mut table = Table::numbers(caption, head.map(str::to_owned).to_vec());
    for action in &of.actions {
        table.push(
            "",
            vec![
                action.title.clone(),
                signed(action.gap_fte.share.value),
                thousands(action.gap_fte.without_it),
                thousands(action.gap_fte.only_it),
                gbp(action.pay_bill_gbp.share.value),
            ],
        );
    }
    table.push(
        "total",
        vec![
            "All actions".to_owned(),
            signed(of.gap_fte.with_actions - of.gap_fte.without_actions - of.gap_fte.not_shared_out),
            thousands(of.gap_fte.without_actions),
            thousands(of.gap_fte.with_actions),
            gbp(of.pay_bill_gbp.with_actions - of.pay_bill_gbp.without_actions - of.pay_bill_gbp.not_shared_out),
        ],
    );
    table
}

fn chance_in_words(by_chance: &ByChance, by_assumptions_fte: f64) -> String {
    let alone = by_chance.everyone().by_chance_fte;
    let together = alone.hypot(by_assumptions_fte);
    format!(
        "Two kinds of not knowing are kept apart. What the assumptions leave open moves supply by {} FTE (one standard deviation), and better \
         evidence would shrink it. Chance, which decides which of forty people leave, moves it by {} FTE even if every assumption \
         is right ({} futures of whole people); together they come to {}. For everyone chance is next to nothing. For small \
         professions and places it is not.",
        thousands(by_assumptions_fte),
        thousands(alone),
        by_chance.futures,
        thousands(together)
    )
}

/// The rows for which chance matters most.
const MOST_BY_CHANCE: usize = 12;

fn by_chance_table(run: &Run, by_chance: &ByChance, main: &crate::uncertainty::ScenarioDraws) -> Table {
    let head = ["", "Supply", "By chance, ± FTE", "By assumptions, ± FTE", "Together, ± FTE"];
    let mut table =
        Table::numbers("Where chance matters most, one standard deviation each", head.map(str::to_owned).to_vec());
    let part = |row: &crate::uncertainty::RowByChance| row.by_chance_fte / row.supply_fte;
    let mut rows: Vec<_> = by_chance.rows.iter().filter(|row| row.supply_fte >= 1.0).collect();
    rows.sort_by(|a, b| part(b).total_cmp(&part(a)).then_with(|| a.id.cmp(&b.id)));
    for row in rows.into_iter().take(MOST_BY_CHANCE) {
        let drawn = main.rows.iter().find(|drawn| drawn.of == row.of);
        let by_assumptions = drawn.map_or(0.0, |drawn| drawn.years[drawn.years.len() - 1][0].standard_deviation);
        table.push(
            "",
            vec![
                run.row_title(row.of.row, row.of.place),
                thousands(row.supply_fte),
                tenth(row.by_chance_fte),
                tenth(by_assumptions),
                tenth(row.by_chance_fte.hypot(by_assumptions)),
            ],
        );
    }
    table
}

fn tenth(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { thousands(value) }
}
