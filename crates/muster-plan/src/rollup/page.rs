//! A roll-up as a page in the look of the report.

use jiff::civil::Date;
use muster_core::PlaceKind;
use muster_run::page::{Part, Section, Table, page};
use muster_run::{RunError, percent};

use super::bridge::Bridge;
use super::write::{amount, difference};
use super::{Item, Node, Rollup, Standing, Statement};
use crate::submission::{Fired, Severity};
use crate::triangulate::Triangle;

/// What else is said on the page, beside the statements.
#[derive(Debug, Default)]
pub struct Beside<'a> {
    /// Rules that were not kept, by place.
    pub fired: &'a [(String, Fired)],
    /// Growth in posts, activity and money.
    pub triangles: &'a [Triangle],
    /// From earlier plans to these.
    pub bridge: Option<&'a Bridge>,
    /// The day.
    pub today: Option<Date>,
}

impl Rollup {
    /// The page, for a year counted from the baseline.
    pub fn html(&self, year: usize, beside: &Beside<'_>) -> Result<String, RunError> {
        let Some(whole) = self.whole() else { return Err(RunError::Request("nothing was rolled up".to_owned())) };
        let sections = vec![
            self.in_short(whole, year),
            Section {
                id: "statement",
                title: format!("Statement of {}", whole.name),
                parts: vec![whole_table(whole, year)],
            },
            self.by_level(year),
            self.organisations(year),
            findings(self),
            bridge(beside.bridge),
            triangles(beside.triangles),
            rules(beside.fired),
        ];
        let on = beside.today.map(|day| format!(" on {day}")).unwrap_or_default();
        let about = format!(
            "{}, scenario {}, added up{on}. Modelled is what the plan of the whole gives a place. The difference is explained by exchanging the assumptions that differ one group at a time, first to last and last to first, and taking the mean, so the lines add exactly. Lines of parts come from shares that do not add up, and from limits that bind in a part and not in the whole: posts without people to take them, temporary staff where there is a gap.",
            self.title, self.scenario
        );
        let subtitle =
            format!("What was submitted, what is modelled, and what makes the difference, {}", self.years[year]);
        page(&format!("Roll-up: {}", whole.name), &subtitle, &about, sections)
    }

    fn in_short(&self, whole: &Node, year: usize) -> Section {
        let statement = &whole.statement;
        let stat = |item: Item| {
            let note = format!(
                "{} modelled, {}",
                amount(item, statement.modelled.at(year).get(item)),
                difference(item, statement.difference().at(year).get(item))
            );
            (format!("{}, {}", item.title(), item.unit()), amount(item, statement.submitted.at(year).get(item)), note)
        };
        let submitted = self.nodes.iter().filter(|node| node.standing == Standing::Submitted).count();
        let mut text = format!("{submitted} plans are added up.");
        if whole.missing.is_empty() {
            text.push_str(" Every place has submitted.");
        } else {
            let names: Vec<&str> = whole.missing.iter().take(6).map(muster_core::PlaceCode::as_str).collect();
            let more = whole.missing.len() - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let (places, have, their) =
                if whole.missing.len() == 1 { ("place", "has", "its") } else { ("places", "have", "their") };
            text.push_str(&format!(
                " {} {places} {have} submitted nothing ({}{more}): {their} top-down share stands in, {} of all staff in post.",
                whole.missing.len(),
                names.join(", "),
                percent(statement.estimated_share(Item::StaffFte, year))
            ));
        }
        let stats = [Item::StaffFte, Item::GapFte, Item::NewlyQualified, Item::PayBillGbp].map(stat).to_vec();
        Section { id: "in-short", title: "In short".to_owned(), parts: vec![Part::Stats(stats), Part::Text(text)] }
    }

    /// The whole, its regions and systems.
    fn by_level(&self, year: usize) -> Section {
        let rows = self.from_the_top().into_iter().filter_map(|(index, depth)| {
            let node = &self.nodes[index];
            let is_system = node.kind == PlaceKind::System && node.covers == crate::submission::Covers::Whole;
            let shown = node.kind < PlaceKind::System || (is_system && !node.name.contains("not submitted"));
            shown.then(|| (row(node, depth, year), node.kind < PlaceKind::System))
        });
        let table = Table {
            caption: format!("Staff in post, FTE, {}", self.years[year]),
            head: head(),
            rows: rows.collect(),
            numeric: false,
        };
        Section { id: "places", title: "Regions and systems".to_owned(), parts: vec![Part::Table(table)] }
    }

    /// Each system with its organisations.
    fn organisations(&self, year: usize) -> Section {
        let systems = self.nodes.iter().filter(|node| node.kind == PlaceKind::System && !node.children.is_empty());
        let parts = systems.map(|node| {
            let mut rows = vec![(row(node, 0, year), true)];
            rows.extend(node.children.iter().map(|child| (row(&self.nodes[*child], 1, year), false)));
            Part::Folded(Table { caption: node.name.clone(), head: head(), rows, numeric: false })
        });
        Section { id: "organisations", title: "Organisations".to_owned(), parts: parts.collect() }
    }
}

fn head() -> Vec<String> {
    ["Place", "Modelled", "Difference", "Submitted", "How", "What explains the difference"].map(str::to_owned).to_vec()
}

/// How a place comes to be in the sum, in words.
pub fn standing_in_words(node: &Node) -> String {
    match node.standing {
        Standing::Added if node.missing.is_empty() => "sum".to_owned(),
        Standing::Added => format!("sum, {} missing", node.missing.len()),
        Standing::Estimated => "estimated".to_owned(),
        Standing::Submitted => match (&node.version, &node.sign_off) {
            (Some(version), Some(signed)) => format!("version {version}, signed {} by {}", signed.date, signed.name),
            (Some(version), None) => format!("version {version}, not signed"),
            (None, _) => "plan".to_owned(),
        },
    }
}

/// The lines of a statement as text: those of at least one in the last figure shown.
pub fn lines_in_words(statement: &Statement, item: Item, year: usize) -> String {
    let shown = |(title, line): &(&'static str, f64)| {
        let text = difference(item, *line);
        (!["0", "£0"].contains(&text.as_str())).then(|| format!("{title} {text}"))
    };
    statement.lines(item, year).iter().filter_map(shown).collect::<Vec<_>>().join("; ")
}

fn row(node: &Node, depth: usize, year: usize) -> Vec<String> {
    let item = Item::StaffFte;
    let statement = &node.statement;
    let because: Vec<String> = node.because.values().flatten().cloned().collect();
    let mut words = lines_in_words(statement, item, year);
    if !because.is_empty() {
        words.push_str(&format!(". {}", because.join("; ")));
    }
    vec![
        format!("{}{}", "\u{2003}".repeat(depth), node.name),
        amount(item, statement.modelled.at(year).get(item)),
        difference(item, statement.difference().at(year).get(item)),
        amount(item, statement.submitted.at(year).get(item)),
        standing_in_words(node),
        words,
    ]
}

fn whole_table(whole: &Node, year: usize) -> Part {
    let statement = &whole.statement;
    let rows = Item::ALL.iter().map(|&item| {
        let cells = vec![
            format!("{}, {}", item.title(), item.unit()),
            amount(item, statement.modelled.at(year).get(item)),
            difference(item, statement.difference().at(year).get(item)),
            amount(item, statement.submitted.at(year).get(item)),
            amount(item, statement.estimated.at(year).get(item)),
            lines_in_words(statement, item, year),
        ];
        (cells, false)
    });
    let head = ["", "Modelled", "Difference", "Submitted", "Of which estimated", "What explains the difference"];
    let caption = format!("{}: what was submitted, and what makes the difference", whole.name);
    Part::Table(Table { caption, head: head.map(str::to_owned).to_vec(), rows: rows.collect(), numeric: false })
}

fn findings(rollup: &Rollup) -> Section {
    let rows = rollup.findings.iter().map(|finding| {
        let places: Vec<String> = finding
            .by_place
            .iter()
            .take(5)
            .map(|(place, amount)| format!("{place} {}", muster_run::signed(*amount)))
            .collect();
        let amount = format!("{} {}", muster_run::signed(finding.amount), finding.unit);
        (vec![finding.found.title().to_owned(), amount, finding.words.clone(), places.join("; ")], false)
    });
    let rows: Vec<_> = rows.collect();
    let parts = if rows.is_empty() {
        vec![Part::Text("Nothing was found to be counted twice.".to_owned())]
    } else {
        let head = ["What", "Amount", "What was found", "Places"].map(str::to_owned).to_vec();
        vec![Part::Table(Table { caption: "Counted twice, or by nobody".to_owned(), head, rows, numeric: false })]
    };
    Section { id: "twice", title: "Counted twice".to_owned(), parts }
}

fn bridge(bridge: Option<&Bridge>) -> Section {
    let parts = bridge.map(|bridge| {
        let head = ["", "Staff in post, FTE", "Gap, FTE", "Pay bill"].map(str::to_owned).to_vec();
        let rows = bridge.rows().into_iter().map(|(title, amounts, is_end)| {
            let show = |item: Item| {
                let value = amounts.get(item);
                if is_end { amount(item, value) } else { difference(item, value) }
            };
            let cells = [Item::StaffFte, Item::GapFte, Item::PayBillGbp].map(show);
            (std::iter::once(title).chain(cells).collect(), is_end)
        });
        let caption = format!("From the earlier plans to these, {}", bridge.year);
        vec![Part::Table(Table { caption, head, rows: rows.collect(), numeric: true })]
    });
    Section { id: "bridge", title: "From the plans before".to_owned(), parts: parts.unwrap_or_default() }
}

fn triangles(triangles: &[Triangle]) -> Section {
    let rows: Vec<_> = triangles
        .iter()
        .filter(|triangle| triangle.depth < 3)
        .map(|triangle| {
            let numbers =
                [triangle.posts, triangle.activity, triangle.pay_bill, triangle.productivity, triangle.pay_per_fte]
                    .map(percent);
            let mut cells = vec![format!("{}{}", "\u{2003}".repeat(triangle.depth), triangle.name)];
            cells.extend(numbers);
            cells.push(triangle.flags.join("; "));
            (cells, triangle.depth < 2)
        })
        .collect();
    let head = ["Place", "Posts", "Activity", "Pay bill", "Care per post", "Pay per post", "Outside its band"];
    let table = Table {
        caption: "Growth a year, from the baseline to the horizon, in constant prices".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows,
        numeric: false,
    };
    let parts = if triangles.is_empty() { Vec::new() } else { vec![Part::Table(table)] };
    Section { id: "triangulation", title: "Posts, activity and money".to_owned(), parts }
}

fn rules(fired: &[(String, Fired)]) -> Section {
    let rows: Vec<_> = fired
        .iter()
        .map(|(place, fired)| {
            let severity = match fired.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            (
                vec![
                    severity.to_owned(),
                    place.clone(),
                    fired.says.clone(),
                    format!("{}: {}", fired.found, fired.help),
                ],
                false,
            )
        })
        .collect();
    let head = ["", "Place", "Rule", "What was found"].map(str::to_owned).to_vec();
    let table = Table { caption: "Rules that were not kept".to_owned(), head, rows, numeric: false };
    let parts = if fired.is_empty() { Vec::new() } else { vec![Part::Folded(table)] };
    Section { id: "rules", title: "Submission rules".to_owned(), parts }
}
