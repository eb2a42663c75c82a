//! The data-quality page: what a dataset holds, how fresh it is, which sums hold, where series break, and what was left out.
//!
//! Nothing that was read from rows about people is on it but counts.

mod coverage;
mod sections;

use std::collections::HashMap;

use askama::Template;
use jiff::civil::Date;
use muster_data::Dataset;
use muster_data::quality::Findings;
use muster_data::store::{Filter, Publication};

use crate::report::{Block, Section, Table};
use crate::run::RunError;
use coverage::Coverage;

/// A publication, and what is to be said of it.
struct Held<'a> {
    id: &'a str,
    publication: &'a Publication,
    findings: Findings,
    coverage: Coverage,
    /// The names of its places, by code.
    names: HashMap<&'a str, &'a str>,
}

/// The page, ready to be written in any form.
pub struct DataQuality {
    title: String,
    subtitle: String,
    sections: Vec<Section>,
    today: Date,
}

#[derive(Template)]
#[template(path = "data-quality.html")]
struct Page<'a> {
    title: &'a str,
    subtitle: &'a str,
    sections: &'a [Section],
    today: Date,
    version: &'static str,
}

impl DataQuality {
    /// Looks through a dataset, as on a day.
    pub fn of(dataset: &Dataset, today: Date) -> Result<Self, RunError> {
        let wrong = |error: &dyn ToString| RunError::Request(error.to_string());
        let records = dataset.place_records().map_err(|error| wrong(&error))?;
        let mut all = Vec::new();
        for (id, publication) in &dataset.catalogue().publications {
            let filter = Filter { publication: Some(id.clone()), ..Filter::default() };
            let facts = dataset.facts(&filter).map_err(|error| wrong(&error))?;
            let places = || records.iter().filter(|(of, _)| of == id).map(|(_, record)| record);
            all.push(Held {
                id,
                publication,
                findings: dataset.findings(id).map_err(|error| wrong(&error))?,
                coverage: Coverage::of(&facts, places()),
                names: places().map(|place| (place.code.as_str(), place.name.as_str())).collect(),
            });
        }
        let mut sections = vec![
            sections::in_short(&all, today),
            sections::findings(&all),
            sections::coverage(&all, today)?,
            sections::freshness(&all, dataset, today),
            sections::breaks(&all),
            sections::sums(&all),
            sections::revisions(dataset),
            sections::files(dataset)?,
            sections::licences(&all),
        ];
        sections.retain(|section| !section.blocks.is_empty());
        let covers = all.iter().filter_map(|held| held.publication.covers);
        let (first, last) = (covers.clone().map(|days| days.0).min(), covers.map(|days| days.1).max());
        let span = first.zip(last).map(|(first, last)| format!(", {} to {}", first.year(), last.year()));
        Ok(Self {
            title: "Data quality".to_owned(),
            subtitle: format!("What the dataset holds{}, and how far it can be relied on", span.unwrap_or_default()),
            sections,
            today,
        })
    }

    /// As a page of its own, for a browser or for paper.
    pub fn html(&self) -> Result<String, RunError> {
        let page = Page {
            title: &self.title,
            subtitle: &self.subtitle,
            sections: &self.sections,
            today: self.today,
            version: env!("CARGO_PKG_VERSION"),
        };
        page.render().map_err(|error| RunError::File { path: "data-quality.html".to_owned(), error: error.to_string() })
    }

    /// As Markdown, for documents. Charts are left out: a table beside each says the same.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}, on {}.\n", self.title, self.subtitle, self.today);
        for section in &self.sections {
            text.push_str(&format!("\n## {}\n", section.title));
            for block in &section.blocks {
                match block {
                    Block::Text(words) => text.push_str(&format!("\n{words}\n")),
                    Block::Stats(stats) => {
                        text.push('\n');
                        for stat in stats {
                            text.push_str(&format!("- {}: **{}** ({})\n", stat.label, stat.value, stat.note));
                        }
                    }
                    Block::Chart(_) | Block::Charts(_) => {}
                    Block::Table(table) | Block::Folded(table) => text.push_str(&markdown_table(table)),
                }
            }
        }
        text
    }
}

fn markdown_table(table: &Table) -> String {
    let escape = |cell: &String| cell.replace('|', "\\|").replace('\n', " ");
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(escape).collect::<Vec<_>>().join(" | "));
    let rule = if table.numeric { "---:|" } else { "---|" };
    let mut text =
        format!("\n**{}**\n\n{}|---|{}\n", table.caption, line(&table.head), rule.repeat(table.head.len() - 1));
    table.rows.iter().for_each(|row| text.push_str(&line(&row.cells)));
    text
}
