//! What the command prints: tables, JSON or CSV on standard output; progress and faults on standard error.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use muster_book::Diagnostic;
use muster_run::{RunError, csv_cell};

/// How to print tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For documents.
    Markdown,
}

/// What `--format` may ask for: a way to print tables, or what `muster export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Asked {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For documents.
    Markdown,
    /// A Vensim model, of `muster export` alone.
    #[value(hide = true)]
    Mdl,
    /// A workbook, of `muster export` alone.
    #[value(hide = true)]
    Xlsx,
}

impl Asked {
    /// How to print tables, if it says how.
    pub(crate) fn printed(self) -> Option<Format> {
        match self {
            Self::Table => Some(Format::Table),
            Self::Json => Some(Format::Json),
            Self::Csv => Some(Format::Csv),
            Self::Markdown => Some(Format::Markdown),
            Self::Mdl | Self::Xlsx => None,
        }
    }
}

/// Where and how to print.
pub(crate) struct Output {
    quiet: bool,
    format: Format,
}

/// Rows to print, in any format.
pub(crate) struct Rows {
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Rows in bold, as indices.
    pub(crate) strong: Vec<usize>,
    /// The first column that holds numbers; none when all hold words.
    pub(crate) numbers_from: Option<usize>,
    /// Whether the last column holds words all the same.
    pub(crate) words_last: bool,
}

impl Rows {
    pub(crate) fn new(head: &[&str], numbers_from: Option<usize>) -> Self {
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Self { head, rows: Vec::new(), strong: Vec::new(), numbers_from, words_last: false }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    pub(crate) fn push_strong(&mut self, row: Vec<String>) {
        self.strong.push(self.rows.len());
        self.rows.push(row);
    }
}

impl Output {
    pub(crate) fn new(quiet: bool, format: Format) -> Self {
        Self { quiet, format }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// How many columns the terminal has; none when standard output is not one.
    pub(crate) fn width() -> Option<u16> {
        if std::io::stdout().is_terminal() { Table::new().width() } else { None }
    }

    /// A line for people: not when quiet, and not among data.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && self.format == Format::Table {
            line(text);
        }
    }

    /// Data: printed whatever was asked for.
    pub(crate) fn data(text: &str) {
        line(text.trim_end_matches('\n'));
    }

    pub(crate) fn rows(&self, rows: &Rows) {
        match self.format {
            Format::Table => line(&table(rows)),
            Format::Csv => {
                let write = |cells: &[String]| cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",");
                line(&write(&rows.head));
                rows.rows.iter().for_each(|row| line(&write(row)));
            }
            Format::Markdown => {
                let escape = |cell: &String| cell.replace('|', "\\|").replace('\n', " ");
                let write =
                    |cells: &[String]| format!("| {} |", cells.iter().map(escape).collect::<Vec<_>>().join(" | "));
                line(&write(&rows.head));
                line(&format!("|{}", "---|".repeat(rows.head.len())));
                rows.rows.iter().for_each(|row| line(&write(row)));
            }
            Format::Json => {
                let object = |row: &Vec<String>| -> serde_json::Value {
                    let pairs = rows.head.iter().zip(row).map(|(name, cell)| (name.clone(), cell.clone().into()));
                    serde_json::Value::Object(pairs.collect())
                };
                Self::json(&rows.rows.iter().map(object).collect::<Vec<_>>());
            }
        }
    }

    pub(crate) fn json(value: &impl serde::Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => line(&text),
            Err(error) => complain(&format!("error: {error}")),
        }
    }

    /// Does something that takes a while, saying what.
    pub(crate) fn progress<T>(&self, work: impl FnOnce(&(dyn Fn(&str) + Sync)) -> T) -> T {
        if self.quiet || !std::io::stderr().is_terminal() {
            return work(&|_| {});
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        let result = work(&|text| bar.set_message(text.to_owned()));
        bar.finish_and_clear();
        result
    }

    pub(crate) fn fail(&self, error: &RunError) {
        match error {
            RunError::Plan(list) if self.format == Format::Json => Self::json(list),
            RunError::Plan(list) => {
                list.iter().for_each(|diagnostic| complain(&picture(diagnostic)));
                let (count, plural) = (list.len(), if list.len() == 1 { "fault" } else { "faults" });
                complain(&format!(
                    "{count} {plural}: nothing was run. `muster explain {}` says more about one.",
                    list[0].code
                ));
            }
            other => complain(&format!("error: {other}")),
        }
    }
}

/// Prints a line. A reader who has gone away, such as `head`, is no fault; a full disk is.
fn line(text: &str) {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("error: the answer cannot be written: {error}"));
            std::process::exit(2);
        }
        _ => {}
    }
}

/// Prints a line for people; when even that cannot be written, the exit code still tells.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn table(rows: &Rows) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.force_no_tty();
    }
    table.set_header(rows.head.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    for (i, row) in rows.rows.iter().enumerate() {
        let cell = |text: &String| {
            let cell = Cell::new(text);
            if rows.strong.contains(&i) { cell.add_attribute(Attribute::Bold) } else { cell }
        };
        table.add_row(row.iter().map(cell));
    }
    if let Some(first) = rows.numbers_from {
        let words = usize::from(rows.words_last);
        let numbers = rows.head.len().saturating_sub(first + words);
        let columns = table.column_iter_mut().skip(first).take(numbers);
        columns.for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    }
    table.to_string()
}

/// A fault with a picture of its place, in colour on a terminal only.
fn picture(diagnostic: &Diagnostic) -> String {
    let plain = !std::io::stderr().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let theme = if plain { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::unicode() };
    let Ok(text) = std::fs::read_to_string(&diagnostic.location.file) else { return format!("{diagnostic}\n") };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    let span = diagnostic.location.span.clone();
    let end = span.end.clamp(span.start, text.len()).min(span.start + 120);
    let span = span.start.min(text.len())..text.floor_char_boundary(end).max(span.start.min(text.len()));
    let shown = MietteDiagnostic::new(diagnostic.message.clone())
        .with_code(diagnostic.code)
        .with_help(diagnostic.help.clone())
        .with_label(LabeledSpan::new_with_span(None, span));
    let report = Report::new(shown).with_source_code(NamedSource::new(&diagnostic.location.file, text));
    let mut out = String::new();
    match GraphicalReportHandler::new_themed(theme).with_context_lines(0).render_report(&mut out, report.as_ref()) {
        Ok(()) => out,
        Err(_) => format!("{diagnostic}\n"),
    }
}
