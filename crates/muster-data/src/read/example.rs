//! Examples of a description, held: a piece of a file, and exactly what must come of it.

use crate::description::{Description, Example};
use crate::library::Library;
use crate::open::{Cell, Limits, OpenError, Opened, Sheet, open_bytes};
use crate::{Facts, Period};

use super::{Filing, read};

/// Where an example and what was read differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What the example says it shows.
    pub says: String,
    /// The lines that it expects and that did not come.
    pub missing: Vec<String>,
    /// The lines that came and that it does not expect.
    pub unexpected: Vec<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.says)?;
        for line in &self.missing {
            writeln!(f, "  expected, and did not come:  {line}")?;
        }
        for line in &self.unexpected {
            writeln!(f, "  came, and was not expected:  {line}")?;
        }
        Ok(())
    }
}

/// Holds every example of a description; says where they differ.
pub fn hold_examples(description: &Description, library: &Library) -> Vec<Difference> {
    description.examples.iter().filter_map(|example| hold(example, description, library)).collect()
}

fn hold(example: &Example, description: &Description, library: &Library) -> Option<Difference> {
    let failed =
        |why: String| Some(Difference { says: example.says.clone(), missing: Vec::new(), unexpected: vec![why] });
    let opened = match opened(example, description) {
        Ok(opened) => opened,
        Err(error) => return failed(error.to_string()),
    };
    let filing = match read(&opened, description, library) {
        Ok(filing) => filing,
        Err(error) => return failed(error.to_string()),
    };
    let mut difference = Difference { says: example.says.clone(), missing: Vec::new(), unexpected: Vec::new() };
    let mut compare = |expected: &[String], came: Vec<String>| {
        let mut came: Vec<(String, String)> = came.into_iter().map(|line| (tight(&line), line)).collect();
        for line in expected {
            match came.iter().position(|(tight_line, _)| *tight_line == tight(line)) {
                Some(at) => drop(came.remove(at)),
                None => difference.missing.push(line.clone()),
            }
        }
        difference.unexpected.extend(came.into_iter().map(|(_, line)| line));
    };
    compare(&example.facts, fact_lines(&filing.facts));
    let not_understood = filing.not_understood.iter();
    compare(
        &example.not_understood,
        not_understood.map(|note| format!("{},{}: {}", note.row, note.column, note.text)).collect(),
    );
    if let Some(places) = &example.places {
        compare(places, place_lines(&filing));
    }
    if let Some(successors) = &example.successors {
        compare(successors, successor_lines(&filing));
    }
    if let Some(links) = &example.links {
        let lines =
            filing.links.iter().map(|link| format!("{} | {} > {} | {}", link.kind, link.from, link.to, link.weight));
        compare(links, lines.collect());
    }
    (!difference.missing.is_empty() || !difference.unexpected.is_empty()).then_some(difference)
}

fn opened(example: &Example, description: &Description) -> Result<Opened, OpenError> {
    let name = example.file_name.clone().unwrap_or_else(|| format!("{}.csv", description.id));
    if let Some(text) = &example.file {
        return open_bytes(&name, text.trim_start_matches('\n').as_bytes().to_vec(), Limits::default());
    }
    let sheet = |(name, text): (&String, &String)| Sheet {
        name: name.clone(),
        rows: text.trim_matches('\n').lines().map(|line| line.split('|').map(cell).collect()).collect(),
    };
    Ok(Opened { name, sha256: String::new(), bytes: 0, sheets: example.sheets.iter().map(sheet).collect() })
}

/// A cell of a workbook, as an example writes it.
fn cell(text: &str) -> Cell {
    let text = text.trim();
    match (text.parse::<jiff::civil::Date>(), text.parse::<f64>()) {
        (Ok(day), _) => Cell::Date(day),
        (_, Ok(number)) => Cell::Number(number),
        _ => Cell::of(text),
    }
}

fn tight(line: &str) -> String {
    line.split('|').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("|")
}

/// Facts as lines: `period | place | staff | dimension=value … | measure | value`.
fn fact_lines(facts: &Facts) -> Vec<String> {
    facts.list.iter().map(|fact| fact_line(facts, fact)).collect()
}

/// A fact as a line.
pub(crate) fn fact_line(facts: &Facts, fact: &crate::Fact) -> String {
    let [measure, staff, place, dimensions @ ..] = facts.texts(&fact.subject);
    let named = crate::COLUMNS[3..].iter().zip(dimensions).filter(|(_, text)| !text.is_empty());
    let dimensions: Vec<String> = named.map(|(name, text)| format!("{name}={text}")).collect();
    let value = fact.value.map_or_else(|| "suppressed".to_owned(), |value| value.to_string());
    let mut parts = vec![fact.period.to_string(), place.to_owned(), staff.to_owned()];
    parts.extend(Some(dimensions.join(" ")).filter(|text| !text.is_empty()));
    parts.extend([measure.to_owned(), value]);
    parts.join(" | ")
}

fn place_lines(filing: &Filing) -> Vec<String> {
    let line = |place: &super::PlaceRecord| {
        let mut parts = vec![place.code.clone(), super::kind_name(place.kind).to_owned(), place.name.clone()];
        parts.extend(place.parent.iter().map(|parent| format!("parent {parent}")));
        let (opened, closed) = (place.opened.or(place.seen_from), place.closed.or(place.seen_to));
        match (opened, closed) {
            (Some(opened), Some(closed)) => parts.push(format!("{opened} to {closed}")),
            (Some(opened), None) => parts.push(format!("{opened} to")),
            (None, Some(closed)) => parts.push(format!("to {closed}")),
            (None, None) => {}
        }
        parts.extend(place.cluster.iter().map(|cluster| format!("cluster {cluster}")));
        parts.retain(|part| !part.is_empty());
        parts.join(" | ")
    };
    filing.places.iter().map(line).collect()
}

fn successor_lines(filing: &Filing) -> Vec<String> {
    let line = |succession: &super::Succession| {
        let mut parts = vec![format!("{} > {}", succession.from, succession.to)];
        parts.extend(succession.date.map(|date| Period::day(date).to_string()));
        parts.extend(succession.share.map(|share| format!("share {share}")));
        parts.extend(Some(succession.change.clone()).filter(|change| !change.is_empty()));
        parts.join(" | ")
    };
    filing.successors.iter().map(line).collect()
}
