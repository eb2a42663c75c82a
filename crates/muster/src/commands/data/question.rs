//! The words in which a question is put, which `show` and `compare` share.

use jiff::ToSpan;
use muster_data::Period;
use muster_data::lens::{Answer, Question, Step};
use muster_run::RunError;

use super::asked;
use crate::output::{Format, Output, Rows};

#[derive(clap::Args)]
pub(crate) struct QuestionArgs {
    /// What was measured, as in `fte`; `muster data list measures` shows them all.
    #[arg(long)]
    pub(crate) measure: String,
    /// Whose: a code, a name, `regions`, `systems of Y58`, `organisations of QJK`. Without it: England.
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Vec<String>,
    /// A profession or staff group, as in `nurses`; `muster data list staff` shows them all.
    #[arg(long, visible_alias = "staff")]
    profession: Vec<String>,
    /// From when: a year, a month or a day.
    #[arg(long, value_name = "PERIOD")]
    since: Option<Period>,
    /// Until when.
    #[arg(long, value_name = "PERIOD")]
    until: Option<Period>,
    /// The step.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Lay out a dimension: age, sex, ethnicity, nationality, grade, setting, detail or staff.
    #[arg(long, value_name = "DIMENSION")]
    across: Option<String>,
    /// Hold a dimension at a value, as in `grade=Band 5`.
    #[arg(long = "where", value_name = "DIMENSION=VALUE")]
    held: Vec<String>,
    /// Organisations as they were, or as they are now, with those that became part of them.
    #[arg(long = "as", value_enum, default_value_t = As::Was)]
    read: As,
    /// One publication, where several answer.
    #[arg(long, value_name = "ID")]
    publication: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum By {
    Month,
    Quarter,
    Year,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum As {
    Was,
    Now,
}

impl QuestionArgs {
    pub(crate) fn question(&self) -> Result<Question, RunError> {
        let held = self
            .held
            .iter()
            .map(|text| {
                let pair = text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
                pair.ok_or_else(|| asked(format!("`{text}` holds no dimension: write it as in `grade=Band 5`")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Question {
            measure: self.measure.clone(),
            places: self.place.clone(),
            staff: self.profession.clone(),
            since: self.since.map(Period::starts),
            until: self.until.map(Period::ends),
            by: match self.by {
                None => Step::AsPublished,
                Some(By::Month) => Step::Month,
                Some(By::Quarter) => Step::Quarter,
                Some(By::Year) => Step::Year,
            },
            held,
            across: self.across.clone(),
            as_now: matches!(self.read, As::Now),
            publication: self.publication.clone(),
        })
    }

    /// The same question, reaching so many years further back.
    pub(crate) fn question_back(&self, years: Option<u32>) -> Result<Question, RunError> {
        let mut question = self.question()?;
        if let (Some(since), Some(years)) = (question.since, years) {
            question.since = Some(since.saturating_sub(i64::from(years).years()));
        }
        Ok(question)
    }
}

/// What must stand beside every answer: its definition, its source, and what a reader should know.
pub(crate) fn passport(answer: &Answer, output: &Output) {
    output.say(&format!("{} ({}). {}", answer.measure.title, unit(answer), answer.measure.definition));
    output.say(&format!("Source: {}.", answer.source.line()));
    answer.notes.iter().for_each(|note| output.say(note));
}

pub(crate) fn unit(answer: &Answer) -> &str {
    answer.rows.first().map_or(answer.measure.unit.as_str(), |row| row.unit.as_str())
}

/// Every value in a row of its own, with its definition and source, for programs.
pub(crate) fn long(answer: &Answer) -> Rows {
    let mut rows = Rows::new(
        &[
            "period",
            "place",
            "place_name",
            "staff",
            "across",
            "measure",
            "value",
            "unit",
            "basis",
            "source",
            "definition",
        ],
        None,
    );
    for row in &answer.rows {
        rows.push(vec![
            row.period.to_string(),
            row.place.clone(),
            row.place_name.clone(),
            row.staff.clone(),
            row.across.clone(),
            answer.measure.id.clone(),
            row.value.map(|value| value.to_string()).unwrap_or_default(),
            row.unit.clone(),
            if row.value.is_some() { row.basis.text() } else { "withheld".to_owned() },
            answer.source.line(),
            answer.measure.definition.clone(),
        ]);
    }
    rows
}

/// A value for people: whole numbers with thousands, small ones with digits that matter.
pub(crate) fn shown(value: Option<muster_data::Amount>) -> String {
    let Some(value) = value else { return "withheld".to_owned() };
    let number = value.to_f64();
    match number.abs() {
        size if size >= 1_000.0 => muster_run::thousands(number),
        size if size >= 10.0 => format!("{number:.1}"),
        0.0 => "0".to_owned(),
        _ => format!("{number:.4}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

/// Whether the answer is for people.
pub(crate) fn for_people(output: &Output) -> bool {
    matches!(output.format(), Format::Table | Format::Markdown)
}
