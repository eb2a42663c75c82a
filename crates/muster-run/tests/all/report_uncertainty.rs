//! The report says how sure its figures are, where draws were asked for, and says it rightly.

use muster_run::uncertainty::{GAP, RowDraws};
use muster_run::{Row, Run, thousands};

use crate::report::tags;
use crate::{england, england_drawn};

fn page(run: &Run) -> String {
    String::from_utf8(run.outputs().unwrap().remove("report.html").unwrap()).unwrap()
}

fn section(page: &str) -> &str {
    let from = page.find("id=\"uncertainty\"").unwrap();
    &page[from..from + page[from..].find("</section>").unwrap()]
}

/// The row of a table that starts with this heading, in this part of the page.
fn row<'p>(part: &'p str, heading: &str) -> &'p str {
    let from = part.find(&format!("<th scope=\"row\">{heading}</th>")).unwrap();
    &part[from..from + part[from..].find("</tr>").unwrap()]
}

#[test]
fn the_section_is_there_where_draws_were_asked_for_and_follows_what_is_in_short() {
    let without = page(england());
    assert!(!without.contains("id=\"uncertainty\"") && !without.contains("How sure are we?"));
    let page = page(england_drawn());
    let headings = tags(&page, "section");
    let place = headings.iter().position(|tag| tag.contains("id=\"uncertainty\"")).unwrap();
    assert!(headings[place - 1].contains("id=\"in-short\""));
    assert!(page.contains("href=\"#uncertainty\""));
}

#[test]
fn its_figures_are_those_of_the_draws() {
    let run = england_drawn();
    let known = run.uncertainty.as_ref().unwrap();
    let page = page(run);
    let section = section(&page);
    let plan = known.scenario("plan").unwrap();
    let cells = |of: &RowDraws| {
        let gap = &of.years[of.years.len() - 1][GAP];
        let [low, high] = gap.interval_80();
        [gap.median().value, low.value, high.value]
            .map(|value| format!("<td data-label=\"{{}}\">{}</td>", thousands(value)))
    };
    let has = |row: &str, cells: [String; 3]| {
        for (cell, label) in cells.iter().zip(["Median", "1 in 10 is below", "1 in 10 is above"]) {
            assert!(row.contains(&cell.replace("{}", label)), "{row} lacks {cell}");
        }
    };
    has(row(section, "All staff"), cells(&plan.rows[0]));
    let nurses = run.plan.shelf.taxonomy.professions.iter().position(|known| known.title == "Adult nurses");
    let profession = nurses.unwrap_or(0);
    let title = &run.plan.shelf.taxonomy.professions[profession].title;
    let of = plan.rows.iter().find(|row| row.of.row == Row::Profession(profession)).unwrap();
    has(row(section, title), cells(of));
    for target in &plan.targets {
        let share = format!("({:.1}%)", target.chance * 100.0);
        assert!(row(section, &target.title.replace('\'', "&#39;")).contains(&share), "{} {share}", target.title);
    }
    assert!(section.contains(&known.enough.to_string()));
}

#[test]
fn the_plan_is_set_against_no_plan_future_by_future() {
    let run = england_drawn();
    let known = run.uncertainty.as_ref().unwrap();
    let end = run.years().len() - 1;
    let gaps = |id: &str| known.scenario(id).unwrap().whole.of(GAP, end);
    let better = gaps("plan").iter().zip(gaps("counterfactual")).filter(|(plan, none)| plan < none).count();
    assert_eq!(better, known.draws, "the sentence below is of a plan that helps in every draw");
    assert!(
        section(&page(run)).contains("is smaller with the plan than without the plan in every one of the 64 futures")
    );
}

#[test]
fn its_charts_can_be_read_and_hold_numbers_alone() {
    let page = page(england_drawn());
    let section = section(&page);
    let charts: Vec<&str> = section.split("<svg ").skip(1).map(|rest| &rest[..rest.find("</svg>").unwrap()]).collect();
    assert_eq!(charts.len(), 3);
    for chart in charts {
        assert!(chart.starts_with("role=\"img\"") && chart.contains("<desc") && chart.contains("median"));
        // Every element is closed, by itself or by its own end.
        let mut open = Vec::new();
        for tag in chart.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(tag.split_whitespace().next().unwrap());
            }
        }
        assert!(open.is_empty(), "{open:?} are not closed");
        assert!(chart.contains("four in five") && chart.contains("half of futures"));
    }
    for nonsense in ["NaN", "inf,", "inf<", "2147483647"] {
        assert!(!section.contains(nonsense), "{nonsense}");
    }
}
