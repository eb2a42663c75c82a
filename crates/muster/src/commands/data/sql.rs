//! `muster data sql`: ask the dataset anything that SQL can say.

use std::path::{Path, PathBuf};

use muster_run::RunError;

use super::asked;
use crate::output::Output;

/// Ask the dataset a question in SQL; nothing can be changed that way.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The question, or `-` to read it from standard input.
    #[arg(required_unless_present_any = ["file", "views"])]
    question: Option<String>,
    /// Read the question from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "question")]
    file: Option<PathBuf>,
    /// Say what the views and their columns are.
    #[arg(long, conflicts_with_all = ["question", "file", "out", "repeat"])]
    views: bool,
    /// Write the answer as a Parquet file instead of printing it.
    #[arg(long, value_name = "FILE.parquet")]
    out: Option<PathBuf>,
    /// Answer so many times, and print how long it took instead of the answer.
    #[arg(long, value_name = "TIMES", conflicts_with = "out", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,
}

#[cfg(not(feature = "sql"))]
pub(crate) fn run(_: &Path, args: &Args, _: &Output) -> Result<bool, RunError> {
    let Args { question: _, file: _, views: _, out: _, repeat: _ } = args;
    Err(asked(
        "this muster was built without SQL, which takes longer to build than everything else together. Build it with \
         `cargo build --release --features sql`",
    ))
}

#[cfg(feature = "sql")]
pub(crate) use answering::run;

#[cfg(feature = "sql")]
mod answering {
    use std::fs;
    use std::io::Read;
    use std::time::{Duration, Instant};

    use muster_data::Dataset;
    use muster_data::sql::{Answer, Cell, Limits, Session, VIEWS};
    use serde::ser::{Serialize, SerializeMap, Serializer};

    use super::{Args, Output, Path, RunError, asked};
    use crate::output::{Format, Rows};

    /// More rows than these are for programs, and Parquet is the better file.
    const PRINTED: usize = 100_000;

    pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
        if args.views {
            views(output);
            return Ok(true);
        }
        let question = question(args)?;
        let start = Instant::now();
        let dataset = Dataset::open(data).map_err(asked)?;
        let session = Session::open(&dataset, Limits::default()).map_err(asked)?;
        if let Some(times) = args.repeat {
            return repeat(&session, &question, times, start.elapsed(), output);
        }
        let answer = session.ask(&question).map_err(asked)?;
        match &args.out {
            Some(path) => {
                if inside(path, data) {
                    return Err(asked(format!(
                        "{} would lie in the dataset: choose another folder with --out",
                        path.display()
                    )));
                }
                answer.write(path).map_err(asked)?;
                output.say(&format!("{} rows in {}", answer.row_count(), path.display()));
            }
            None => print(&answer, output)?,
        }
        if !session.left_out().is_empty() {
            output.say(&format!(
                "Nothing of {} is in SQL: its rows are people, and only what is rounded and suppressed may leave.",
                session.left_out().join(", ")
            ));
        }
        Ok(true)
    }

    fn question(args: &Args) -> Result<String, RunError> {
        match (&args.question, &args.file) {
            (Some(question), _) if question != "-" => Ok(question.clone()),
            (None, Some(file)) => {
                fs::read_to_string(file).map_err(|error| asked(format!("{}: {error}", file.display())))
            }
            _ => {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map(|_| text).map_err(|error| asked(format!("standard input cannot be read: {error}")))
            }
        }
    }

    fn print(answer: &Answer, output: &Output) -> Result<(), RunError> {
        if answer.row_count() > PRINTED {
            return Err(asked(format!(
                "the answer has {} rows, and at most {PRINTED} are printed: add LIMIT, ask for totals, or write all of \
                 them with --out FILE.parquet",
                answer.row_count()
            )));
        }
        let (columns, rows) = (answer.columns(), answer.rows().map_err(asked)?);
        if output.format() == Format::Json {
            Output::json(&rows.iter().map(|row| Line(&columns, row)).collect::<Vec<_>>());
            return Ok(());
        }
        // Only numbers at the end are set to the right: the table knows no columns in between.
        let words = answer.numeric().iter().rposition(|numeric| !numeric).map_or(0, |last| last + 1);
        let mut table = Rows::new(&columns, (words < columns.len()).then_some(words));
        rows.iter().for_each(|row| table.push(row.iter().map(Cell::to_string).collect()));
        output.rows(&table);
        Ok(())
    }

    /// A row with the names of its columns, in their order.
    struct Line<'a>(&'a [&'a str], &'a [Cell]);

    impl Serialize for Line<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(self.0.len()))?;
            self.0.iter().zip(self.1).try_for_each(|(name, cell)| map.serialize_entry(name, cell))?;
            map.end()
        }
    }

    fn views(output: &Output) {
        let mut rows = Rows::new(&["View", "Column", "What it is"], None);
        for view in VIEWS {
            rows.push_strong(vec![view.name.to_owned(), String::new(), view.about.to_owned()]);
            for (column, about) in view.columns {
                rows.push(vec![view.name.to_owned(), (*column).to_owned(), (*about).to_owned()]);
            }
        }
        output.rows(&rows);
    }

    /// Whether a file lies in a folder, or would.
    fn inside(file: &Path, folder: &Path) -> bool {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match (parent.canonicalize(), folder.canonicalize()) {
            (Ok(parent), Ok(folder)) => parent.starts_with(folder),
            _ => false,
        }
    }

    fn repeat(
        session: &Session,
        question: &str,
        times: u32,
        opening: Duration,
        output: &Output,
    ) -> Result<bool, RunError> {
        let mut took = Vec::new();
        let mut count = 0;
        for _ in 0..times {
            let start = Instant::now();
            count = session.ask(question).map_err(asked)?.row_count();
            took.push(start.elapsed());
        }
        let first = took[0];
        took.sort();
        let columns = ["Rows", "Opening, ms", "First, ms", "Median, ms", "Fastest, ms", "Slowest, ms"];
        let mut rows = Rows::new(&columns, Some(0));
        let mut row = vec![count.to_string()];
        let times = [opening, first, took[took.len() / 2], took[0], took[took.len() - 1]];
        row.extend(times.map(|time| format!("{:.2}", time.as_secs_f64() * 1_000.0)));
        rows.push(row);
        output.rows(&rows);
        Ok(true)
    }
}
