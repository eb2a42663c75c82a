//! The sections of the data-quality page, from what was found.

use std::collections::BTreeMap;

use jiff::civil::Date;
use muster_data::Dataset;
use muster_data::quality::{Check, Counts, Finding, KnownFrom, LISTED, Severity, known_breaks, plain_number};
use muster_data::store::LogEntry;

use super::Held;
use super::coverage::capital;
use crate::number::thousands;
use crate::report::chart;
use crate::report::{Block, Section, Stat, Table};
use crate::run::RunError;

/// Warnings and breaks that the page lists of one publication; the dataset holds them all.
const SHOWN: usize = 100;
/// The first year of the strips: staff statistics begin in 2009.
const FIRST_YEAR: i16 = 2009;
/// Cells that were not understood that the page lists of one file.
const CELLS: usize = 5;

fn section(id: &'static str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id, title: title.to_owned(), blocks }
}

fn count(number: usize) -> String {
    thousands(number as f64)
}

fn total(all: &[Held<'_>]) -> Counts {
    all.iter().map(|held| held.findings.total()).fold(Counts::default(), Counts::plus)
}

pub(super) fn in_short(all: &[Held<'_>], today: Date) -> Section {
    let facts: usize = all.iter().filter_map(|held| held.publication.facts.as_ref()).map(|stored| stored.rows).sum();
    let counts = total(all);
    let sums = || all.iter().flat_map(|held| &held.findings.sums);
    let (tried, hold) = (sums().map(|sums| sums.tried).sum::<usize>(), sums().map(|sums| sums.hold).sum::<usize>());
    let past = |day: &Date| *day <= today;
    let latest = all.iter().filter_map(|held| held.publication.covers).map(|days| days.1).filter(past).max();
    let stat = |label: &str, value: String, note: String| Stat { label: label.to_owned(), value, note };
    let stats = vec![
        stat(
            "Values",
            count(facts),
            format!(
                "in {} publications; {} more say only which places there are",
                all.iter().filter(|held| held.publication.facts.is_some()).count(),
                all.iter().filter(|held| held.publication.facts.is_none()).count()
            ),
        ),
        stat(
            "Sums that hold",
            if tried == hold { count(hold) } else { format!("{} of {}", count(hold), count(tried)) },
            if tried == hold {
                "every sum that was tried".to_owned()
            } else {
                format!("{} do not", count(tried - hold))
            },
        ),
        stat(
            "Errors",
            count(counts.errors),
            format!(
                "that cannot be right, {} warnings to look at and {} notes",
                count(counts.warnings),
                count(counts.notes)
            ),
        ),
        stat(
            "Latest value",
            latest.map_or_else(|| "none".to_owned(), |day| day.strftime("%B %Y").to_string()),
            format!("as seen on {}", today.strftime("%-d %B %Y")),
        ),
    ];
    section("in-short", "In short", vec![Block::Stats(stats)])
}

/// `Whittington Health NHS Trust (RKE)`.
fn place_title(held: &Held<'_>, code: &str) -> String {
    match held.names.get(code).copied().unwrap_or_default() {
        _ if code == "ENG" => "England".to_owned(),
        "" => code.to_owned(),
        name => format!("{name} ({code})"),
    }
}

fn finding_cells(held: &Held<'_>, finding: &Finding) -> Vec<String> {
    let staff = if finding.staff == "all" { "" } else { &finding.staff };
    let of = [place_title(held, &finding.place), staff.replace('-', " "), finding.measure.replace('_', " ")];
    let what: Vec<&str> = of.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    vec![
        format!("{}: {}", finding.publication, finding.check.title()),
        what.join(" · "),
        finding.period.map(|period| period.to_string().replace('/', " to ")).unwrap_or_default(),
        capital(&finding.message),
    ]
}

const FINDING: [&str; 4] = ["Publication and check", "Of", "When", "What was found"];

pub(super) fn findings(all: &[Held<'_>]) -> Section {
    let text = "An error cannot be right. A warning is for a person to look at before relying on the value. A note is good to know. \
                Nothing is changed: what a publisher says stays as it was said.";
    let mut counts = Table::numbers(
        "Findings by publication and check",
        ["Publication and check", "Errors", "Warnings", "Notes"].map(str::to_owned).to_vec(),
    );
    for held in all {
        for (check, found) in &held.findings.counts {
            let numbers = [found.errors, found.warnings, found.notes].map(count);
            let mut cells = vec![format!("{}: {}", held.id, check.title())];
            cells.extend(numbers);
            counts.push("", cells);
        }
    }
    if counts.rows.is_empty() {
        return section("findings", "Findings", vec![Block::Text("The checks found nothing to report.".to_owned())]);
    }
    let mut blocks = vec![Block::Text(text.to_owned())];
    for (severity, caption) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings")] {
        let mut table = Table::words(caption, &FINDING);
        let mut left = 0;
        for held in all.iter().filter(|held| !held.publication.person_level) {
            // Breaks have a section of their own.
            let wanted = |finding: &&Finding| finding.severity == severity && finding.check != Check::Break;
            held.findings.list.iter().filter(wanted).take(SHOWN).for_each(|f| table.push("", finding_cells(held, f)));
            left += held.findings.list.iter().filter(wanted).count().saturating_sub(SHOWN);
        }
        if left > 0 {
            table.caption = format!("{caption}; {} more are in the dataset's folder of findings", count(left));
        }
        if !table.rows.is_empty() {
            blocks.push(Block::Table(table));
        }
    }
    blocks.push(Block::Folded(counts));
    section("findings", "Findings", blocks)
}

pub(super) fn coverage(all: &[Held<'_>], today: Date) -> Result<Section, RunError> {
    let axis = (FIRST_YEAR, (today.year() + 1).max(FIRST_YEAR + 1));
    let text = format!(
        "When there are values, by level of place, from {FIRST_YEAR}. The number is the most places that ever have one at a time: \
         the darker, the nearer to it. What lies before or after is in the dates and in the table below."
    );
    let mut blocks = vec![Block::Text(text)];
    let mut table = Table::words(
        "Coverage by publication, level and measure",
        &["Publication", "Level", "Measures", "From", "To", "Periods", "Places, at most"],
    );
    for held in all.iter().filter(|held| !held.coverage.rows.is_empty()) {
        let rows: Vec<_> = held.coverage.rows.iter().map(super::coverage::Row::strip).collect();
        let title = format!("{} ({})", held.publication.title, held.id);
        blocks.push(Block::Chart(chart::strips(
            &format!("coverage-{}", held.id),
            &title,
            held.coverage.rhythm(),
            axis,
            &rows,
        )?));
        for row in &held.coverage.rows {
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            let cells = vec![
                held.id.to_owned(),
                capital(row.level),
                row.measures.join(", "),
                day(row.first()),
                day(row.last()),
                count(row.places.len()),
                count(row.most()),
            ];
            table.push("", cells);
        }
    }
    if table.rows.is_empty() {
        blocks.clear();
    } else {
        blocks.push(Block::Folded(table));
    }
    Ok(section("coverage", "Coverage", blocks))
}

pub(super) fn freshness(all: &[Held<'_>], dataset: &Dataset, today: Date) -> Section {
    let mut table = Table::words(
        "How fresh each publication is, the oldest first",
        &["Publication", "In", "First day", "Last day", "Days since", "Last edition"],
    );
    let mut only_places = Vec::new();
    let mut rows: Vec<&Held<'_>> = all.iter().collect();
    rows.sort_by_key(|held| (held.publication.covers.map_or(Date::MAX, |days| days.1), held.id));
    for held in rows {
        let editions = dataset.catalogue().files.iter().filter(|file| file.publication == held.id);
        let edition = editions.map(|file| file.edition.as_str()).filter(|edition| *edition != "undated").max();
        let Some((first, last)) = held.publication.covers else {
            only_places.push(held.id);
            continue;
        };
        let since = if last > today { "ahead".to_owned() } else { thousands((today - last).get_days()) };
        let edition = edition.unwrap_or("undated").to_owned();
        let (first, last) = (first.to_string(), last.to_string());
        table.push("", vec![held.id.to_owned(), held.coverage.rhythm().to_owned(), first, last, since, edition]);
    }
    let mut blocks = vec![Block::Table(table)];
    if !only_places.is_empty() {
        blocks.push(Block::Text(format!(
            "Without values of their own, about places and how they relate: {}.",
            only_places.join(", ")
        )));
    }
    section("freshness", "Freshness", blocks)
}

pub(super) fn breaks(all: &[Held<'_>]) -> Section {
    let text = "Where the level of a series shifts, so that values before and after are not one trend. A change counts when it is more than eight times \
                as far from the usual change of that month as such changes differ, is at least 2%, and is not taken back. Only series with four years of months \
                and a middle value of a thousand or more are looked at.";
    let mut known = Table::words("Known breaks", &["Break", "When", "Known from", "What"]);
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    let shown = || all.iter().filter(|held| !held.publication.person_level);
    let listed = || shown().flat_map(|held| held.findings.list.iter().map(move |finding| (held, finding)));
    let found = || listed().filter(|(_, finding)| finding.check == Check::Break);
    for (_, finding) in found() {
        if let Some(id) = &finding.known {
            *explained.entry(id).or_default() += 1;
        }
    }
    for one in known_breaks() {
        let from = match one.known_from {
            KnownFrom::Notes => "Notes with the data",
            KnownFrom::Data => "The values",
        };
        let explains = explained.get(one.id.as_str()).copied().unwrap_or_default();
        let what = format!("{} {} of the breaks found are of it.", one.what, count(explains));
        let when = one.when.to_string().replace('/', " to ");
        known.push("", vec![one.title.clone(), when, format!("{from}. {}", one.source), what]);
    }
    let mut blocks = vec![Block::Text(text.to_owned()), Block::Table(known)];
    let wide = "Breaks of England, regions and systems, or of their staff groups, that nothing known explains";
    let rest = "Breaks that a known one, a merger or a transfer explains, and those of single organisations";
    for (caption, severity) in [(wide, Severity::Warning), (rest, Severity::Note)] {
        let list: Vec<_> = found().filter(|(_, finding)| finding.severity == severity).collect();
        let mut table = Table::words(caption, &FINDING);
        list.iter().take(SHOWN).for_each(|(held, finding)| table.push("", finding_cells(held, finding)));
        if list.len() > SHOWN {
            table.caption = format!("{caption}: the first {SHOWN} of {}", count(list.len()));
        }
        if !table.rows.is_empty() {
            blocks.push(if severity == Severity::Warning { Block::Table(table) } else { Block::Folded(table) });
        }
    }
    if all.iter().any(|held| held.findings.list.len() == LISTED) {
        blocks.push(Block::Text(format!(
            "Of a publication with more than {} findings, only those are counted here.",
            count(LISTED)
        )));
    }
    section("breaks", "Breaks", blocks)
}

pub(super) fn sums(all: &[Held<'_>]) -> Section {
    let text = "Places to what they belong to, and staff groups to their group. Rounding alone may move a sum by half of the last published decimal place for each \
                value in it, and a hundredth is always allowed. Only measures are tried that the publication's description says add up.";
    let mut table = Table::words(
        "Sums that were tried",
        &["Measure", "What is added", "Tried", "Hold", "Withheld", "Allowed", "Largest difference"],
    );
    for (held, sums) in all.iter().flat_map(|held| held.findings.sums.iter().map(move |sums| (held, sums))) {
        let largest = match sums.largest_at.as_str() {
            "" => "none".to_owned(),
            _ if held.publication.person_level => "not shown".to_owned(),
            at => format!("{} ({at})", plain_number(sums.largest)),
        };
        let class = if sums.tried == sums.hold { "met" } else { "missed" };
        let cells = vec![
            format!("{}: {}", held.id, sums.measure.replace('_', " ")),
            capital(&sums.of),
            count(sums.tried),
            count(sums.hold),
            count(sums.withheld),
            plain_number(sums.tolerance),
            largest,
        ];
        table.push(class, cells);
    }
    let blocks =
        if table.rows.is_empty() { Vec::new() } else { vec![Block::Text(text.to_owned()), Block::Table(table)] };
    section("sums", "Sums", blocks)
}

pub(super) fn revisions(dataset: &Dataset) -> Section {
    let catalogue = dataset.catalogue();
    let mut by_publication: BTreeMap<&str, Vec<&LogEntry>> = BTreeMap::new();
    for entry in &catalogue.log {
        by_publication.entry(&entry.publication).or_default().push(entry);
    }
    let mut table = Table::numbers(
        "What editions changed, where a later one spoke of the same values",
        ["Publication", "Files", "New values", "Confirmed", "Revised", "Newer kept"].map(str::to_owned).to_vec(),
    );
    let mut largest = Table::words("The largest revisions", &["Now", "Was", "Change", "Said before by"]);
    for (id, entries) in by_publication {
        let sum = |of: fn(&LogEntry) -> usize| entries.iter().map(|entry| of(entry)).sum::<usize>();
        let (unchanged, revised) = (sum(|entry| entry.unchanged), sum(|entry| entry.revised));
        let newer = sum(|entry| entry.kept_newer);
        if unchanged + revised + newer == 0 {
            continue;
        }
        let numbers = [entries.len(), sum(|entry| entry.added), unchanged, revised, newer].map(count);
        table.push("", std::iter::once(id.to_owned()).chain(numbers).collect());
        if catalogue.publications.get(id).is_none_or(|found| found.person_level) {
            continue;
        }
        for revision in entries.iter().flat_map(|entry| &entry.largest).take(SHOWN) {
            let was = revision.was.map_or_else(|| "withheld".to_owned(), plain_number);
            largest.push("", vec![revision.now.clone(), was, plain_number(revision.by), revision.said.clone()]);
        }
    }
    if table.rows.is_empty() {
        return section(
            "revisions",
            "Revisions",
            vec![Block::Text("No edition spoke of the same values as another.".to_owned())],
        );
    }
    let mut blocks = vec![Block::Table(table)];
    if largest.rows.is_empty() {
        blocks.push(Block::Text("No value was revised.".to_owned()));
    } else {
        blocks.push(Block::Folded(largest));
    }
    section("revisions", "Revisions", blocks)
}

pub(super) fn files(dataset: &Dataset) -> Result<Section, RunError> {
    let catalogue = dataset.catalogue();
    let head =
        ["File", "Rows in", "Filed", "Without value", "Left out", "Refused", "Values", "Withheld", "Not understood"];
    let mut table = Table::numbers("Rows of each file", head.map(str::to_owned).to_vec());
    let mut reasons = Table::words("Rows left out on purpose", &["File", "Rows", "Why"]);
    let mut cells = Table::words(
        format!("Cells that were not understood: the first {CELLS} of each file"),
        &["File", "Cell", "Text", "Why"],
    );
    for file in &catalogue.files {
        let account = &file.account;
        let numbers = [
            account.rows_in,
            account.rows_filed,
            account.rows_without_value,
            account.rows_left_out.values().sum(),
            account.rows_refused,
            account.facts,
            account.withheld,
            account.not_understood,
        ];
        let name = format!("{} ({}, {})", file.name, file.publication, file.edition);
        table.push("", std::iter::once(name).chain(numbers.map(count)).collect());
        for (why, rows) in &account.rows_left_out {
            reasons.push("", vec![file.name.clone(), count(*rows), why.clone()]);
        }
        if catalogue.publications.get(&file.publication).is_none_or(|found| found.person_level) {
            continue;
        }
        let notes = dataset.not_understood(file).map_err(|error| RunError::Request(error.to_string()))?;
        for note in notes.into_iter().take(CELLS) {
            let sheet = if note.sheet.is_empty() { String::new() } else { format!("{}, ", note.sheet) };
            let at = format!("{sheet}row {}, {}", note.row, note.column);
            cells.push("", vec![file.name.clone(), at, note.text, note.why]);
        }
    }
    let understood =
        if cells.rows.is_empty() { "Every cell was understood." } else { "Some cells were not understood." };
    let text = format!(
        "Each row below a heading was filed, holds no value, was left out for a stated reason, or was refused. {understood} Sheets without any known table are not counted."
    );
    let mut blocks = vec![Block::Text(text)];
    if !cells.rows.is_empty() {
        blocks.push(Block::Table(cells));
    }
    if !reasons.rows.is_empty() {
        blocks.push(Block::Table(reasons));
    }
    blocks.push(Block::Folded(table));
    Ok(section("files", "Files", blocks))
}

pub(super) fn licences(all: &[Held<'_>]) -> Section {
    let mut table =
        Table::words("Who publishes what, and under which licence", &["Publication", "Title", "Publisher", "Licence"]);
    for held in all {
        let publication = held.publication;
        let cells =
            [held.id.to_owned(), publication.title.clone(), publication.publisher.clone(), publication.licence.clone()];
        table.push("", cells.to_vec());
    }
    section("licences", "Publishers and licences", vec![Block::Table(table)])
}
