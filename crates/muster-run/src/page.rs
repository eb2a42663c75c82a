//! Pages in the look of the report, for what other crates have to say.

use askama::Template;

use crate::report::{Block, Section as Laid, Stat, Table as Grid, TableRow};
use crate::run::RunError;

/// Something in a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// Numbers in large type: label, value, note.
    Stats(Vec<(String, String, String)>),
    /// A table.
    Table(Table),
    /// A long table, folded on the screen and open in print.
    Folded(Table),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its rows, and whether each is a sum.
    pub rows: Vec<(Vec<String>, bool)>,
    /// Whether all columns but the first hold numbers.
    pub numeric: bool,
}

/// A part of the page under its own heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its name in links; that of the first is `in-short`.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What it holds.
    pub parts: Vec<Part>,
}

#[derive(Template)]
#[template(path = "plain.html")]
struct Page<'a> {
    title: &'a str,
    subtitle: &'a str,
    about: &'a str,
    sections: Vec<Laid>,
    version: &'static str,
}

/// A page as one file that needs no other. Sections with nothing in them are left out.
pub fn page(title: &str, subtitle: &str, about: &str, sections: Vec<Section>) -> Result<String, RunError> {
    let sections = sections.into_iter().filter(|section| !section.parts.is_empty()).map(lay).collect();
    let page = Page { title, subtitle, about, sections, version: env!("CARGO_PKG_VERSION") };
    page.render().map_err(|error| RunError::File { path: title.to_owned(), error: error.to_string() })
}

fn lay(section: Section) -> Laid {
    let grid = |Table { caption, head, rows, numeric }: Table| Grid {
        caption,
        head,
        rows: rows
            .into_iter()
            .map(|(cells, is_sum)| TableRow { cells, class: if is_sum { "group" } else { "" } })
            .collect(),
        numeric,
    };
    let block = |part| match part {
        Part::Text(text) => Block::Text(text),
        Part::Stats(stats) => {
            Block::Stats(stats.into_iter().map(|(label, value, note)| Stat { label, value, note }).collect())
        }
        Part::Table(table) => Block::Table(grid(table)),
        Part::Folded(table) => Block::Folded(grid(table)),
    };
    Laid { id: section.id, title: section.title, blocks: section.parts.into_iter().map(block).collect() }
}
