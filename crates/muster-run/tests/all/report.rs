//! The report stands alone and can be read by everyone.

use std::collections::HashSet;

use crate::england;

fn page() -> String {
    String::from_utf8(england().outputs().unwrap().remove("report.html").unwrap()).unwrap()
}

/// The opening tags of one kind.
pub(crate) fn tags<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let open = format!("<{name}");
    page.match_indices(&open)
        .map(|(at, _)| &page[at..=at + page[at..].find('>').unwrap()])
        .filter(|tag| tag[open.len()..].starts_with([' ', '>']))
        .collect()
}

#[test]
fn it_needs_nothing_from_elsewhere() {
    let page = page();
    assert!(tags(&page, "script").is_empty() && tags(&page, "link").is_empty() && tags(&page, "img").is_empty());
    assert!(!page.contains("url(") && !page.contains("@import"));
}

#[test]
fn headings_tables_and_charts_can_be_read_without_seeing_them() {
    let page = page();
    assert!(page.contains("<html lang=\"en-GB\">"));
    assert_eq!(tags(&page, "h1").len(), 1);
    assert!(tags(&page, "h2").len() > 10);
    let tables = tags(&page, "table").len();
    assert!(tables > 10);
    assert_eq!(tags(&page, "caption").len(), tables);
    for heading in tags(&page, "th") {
        assert!(heading.contains("scope="), "{heading}");
    }
    let charts = tags(&page, "svg");
    assert!(charts.len() >= 6);
    for chart in &charts {
        assert!(chart.contains("role=\"img\"") && chart.contains("aria-labelledby"), "{chart}");
    }
    assert_eq!(tags(&page, "desc").len(), charts.len());
    for region in tags(&page, "div").iter().filter(|tag| tag.contains("scroll")) {
        assert!(region.contains("tabindex=\"0\"") && region.contains("aria-label="), "{region}");
    }
}

#[test]
fn every_id_is_used_once_and_every_link_leads_somewhere() {
    let page = page();
    let after = |mark: &str| -> Vec<&str> {
        page.match_indices(mark).map(|(at, _)| page[at + mark.len()..].split('"').next().unwrap()).collect()
    };
    let ids = after(" id=\"");
    let known: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "an id is used twice");
    for link in after("href=\"#") {
        assert!(known.contains(link), "#{link} leads nowhere");
    }
}

#[test]
fn it_says_what_was_missed_what_was_fitted_and_every_source() {
    let page = page();
    assert!(page.contains("missed by") && page.contains("used for calibration: met"));
    let run = england();
    for calibrated in run.plan.shelf.books.iter().flat_map(|book| &book.calibrated) {
        assert!(page.contains(&calibrated.assumption.replace('\'', "&#39;")), "{}", calibrated.assumption);
    }
    for action in &run.plan.actions {
        assert!(page.contains(&action.id), "{}", action.id);
    }
}

#[test]
fn a_report_of_one_system_speaks_of_that_system_alone() {
    let run = crate::make(crate::request(&crate::root().join("plans/ltwp-2023"), &["QJK"])).unwrap();
    let page = String::from_utf8(run.outputs().unwrap().remove("report.html").unwrap()).unwrap();
    assert!(page.contains("the NHS in Devon had"));
    assert!(!page.contains("published outcomes that nothing was fitted to"), "no check of England is put to Devon");
    let of_england = england().swings[0].gap_fte;
    let of_devon = run.swings[0].gap_fte;
    assert!(of_devon < of_england / 10.0, "{of_devon} is not Devon's gap");
}
