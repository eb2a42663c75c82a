//! Rows: what each says, and why where it says nothing that can be filed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use jiff::civil::Date;

use super::field::{self, Here, Memo, Problem, SLOTS, Slot};
use super::layout::{Layout, regex};
use super::tally::Tally;
use super::{Collected, Filing, LISTED, NotUnderstood, PlaceRecord, Succession};
use crate::description::{
    Description, Field, Form, Found, Marker, MeasureKind, Percent, PlaceField, PlaceKind, SuccessorFields, Table,
    Values,
};
use crate::fact::{Fact, Subject, Word};
use crate::library::{Library, plain};
use crate::open::Cell;
use crate::period::{First, Period, Reading, comes_first};
use crate::{Amount, ages};

/// Reads every row of a table into a filing; says at which row the table ended.
pub(super) fn read_table(
    layout: &Layout,
    table: &Table,
    description: &Description,
    library: &Library,
    filing: &mut Filing,
    collected: &mut Collected,
) -> usize {
    let memo = Memo::default();
    let mut reader = TableReader {
        layout,
        table,
        description,
        library,
        memo: &memo,
        filing,
        collected,
        finished: HashMap::new(),
        sheet: layout.sheet.name.as_str().into(),
        skips: table.skips.iter().map(|skip| skip.pattern.as_deref().and_then(|text| regex(text).ok())).collect(),
        blocks: Vec::new(),
        place_on_column: table.place.iter().any(|place| field::code_depends_on_column(&place.code)),
    };
    reader.blocks = table.values.iter().map(|values| reader.block(values)).collect();
    if let Some(wrong) = reader.month_first() {
        reader.note(wrong.0, &wrong.1);
        return layout.sheet.rows.len();
    }
    reader.rows()
}

/// Where a fact was first met.
#[derive(Debug)]
pub(super) struct Met {
    sheet: Rc<str>,
    row: usize,
    /// Its place in the list of facts.
    at: usize,
}

/// What a fact needs, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
struct Draft {
    period: Option<Period>,
    subject: Subject,
    unit: Word,
}

/// One block of value columns, with what its headings say worked out beforehand.
struct Block<'d> {
    values: &'d Values,
    columns: Vec<(usize, Vec<(Slot, Understood)>)>,
    /// Fields that need the row, but not the heading.
    on_row: Vec<(Slot, &'d Field)>,
    /// Fields that need both.
    on_both: Vec<(Slot, &'d Field)>,
}

/// A field, nothing, or why it is not understood.
type Understood = Result<Option<Done>, Problem>;
/// What belongs to some of the fields.
type Slots<T> = [(Slot, T)];

/// What stands in a cell of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Nothing,
    Withheld,
    Value(Amount),
}

/// A field, understood.
#[derive(Debug, Clone, Copy)]
enum Done {
    Word(Word),
    Period(Period),
}

struct TableReader<'a> {
    layout: &'a Layout<'a>,
    table: &'a Table,
    description: &'a Description,
    library: &'a Library,
    memo: &'a Memo,
    filing: &'a mut Filing,
    collected: &'a mut Collected,
    finished: HashMap<(Slot, Reading, String), Result<Option<Done>, String>>,
    /// The name of the sheet.
    sheet: Rc<str>,
    skips: Vec<Option<regex::Regex>>,
    blocks: Vec<Block<'a>>,
    /// Whether the place is in the heading of the value's column.
    place_on_column: bool,
}

/// How a row ended.
#[derive(Debug, Default)]
struct Outcome {
    filed: bool,
    problem: bool,
}

impl<'a> TableReader<'a> {
    fn here<'r>(&self, row: &'r [Cell], column: usize) -> Here<'r>
    where
        'a: 'r,
    {
        Here { memo: self.memo, layout: self.layout, description: self.description, row, column, on: None }
    }

    fn block(&mut self, values: &'a Values) -> Block<'a> {
        let mut block = Block { values, columns: Vec::new(), on_row: Vec::new(), on_both: Vec::new() };
        let fields: Vec<(Slot, &'a Field)> = SLOTS
            .into_iter()
            .filter_map(|slot| {
                // What depends on the row alone, and stands for the whole table, is worked out once for the row.
                let own = field::of(&values.fields, slot);
                let table = field::of(&self.table.fields, slot).filter(|field| field::depends(field).on_column);
                own.or(table).map(|field| (slot, field))
            })
            .collect();
        for (slot, field) in &fields {
            let depends = field::depends(field);
            match (depends.on_row, depends.on_column) {
                (true, true) => block.on_both.push((*slot, field)),
                (true, false) => block.on_row.push((*slot, field)),
                (false, _) => {}
            }
        }
        for column in self.layout.value_columns(self.table, &values.columns) {
            let known = fields
                .iter()
                .filter(|(_, field)| !field::depends(field).on_row)
                .map(|(slot, field)| (*slot, self.field(*slot, field, self.here(&[], column))))
                .collect();
            block.columns.push((column, known));
        }
        block
    }

    fn rows(&mut self) -> usize {
        let mut filled: Vec<Cell> = vec![Cell::Empty; self.layout.width];
        let fill: Vec<usize> = self.table.fill.iter().filter_map(|name| self.layout.column(name)).collect();
        let rows = &self.layout.sheet.rows;
        for (at, cells) in rows.iter().enumerate().skip(self.layout.first_row) {
            let Some(first) = cells.iter().find(|cell| !cell.is_empty()) else { continue };
            if self.table.until.iter().any(|end| plain(&first.text()).starts_with(&plain(end))) {
                return at + 1;
            }
            let mut row = cells.clone();
            // A new region empties the system that the rows above were in; a system's name beside its code does not.
            let mut fresh = false;
            for column in &fill {
                if row.len() <= *column {
                    row.resize(column + 1, Cell::Empty);
                }
                if !row[*column].is_empty() {
                    fresh = true;
                    filled[*column] = row[*column].clone();
                } else if fresh {
                    filled[*column] = Cell::Empty;
                } else {
                    row[*column] = filled[*column].clone();
                }
            }
            self.filing.account.rows_in += 1;
            if let Some(why) = self.left_out(&row) {
                *self.filing.account.rows_left_out.entry(why).or_default() += 1;
                continue;
            }
            let outcome = self.row(at, &row);
            let account = &mut self.filing.account;
            match outcome {
                Outcome { filed: true, .. } => account.rows_filed += 1,
                Outcome { problem: true, .. } => account.rows_refused += 1,
                Outcome { .. } => account.rows_without_value += 1,
            }
        }
        rows.len()
    }

    /// A date with the month first, where none has the day first: then those that could be either are not to be trusted.
    fn month_first(&self) -> Option<(usize, Problem)> {
        let columns = self.table.fields.period.iter().flat_map(field::columns);
        let mut found = None;
        for column in columns.filter_map(|name| self.layout.column(&name)) {
            for (at, row) in self.layout.sheet.rows.iter().enumerate().skip(self.layout.first_row) {
                let Some(Cell::Text(text)) = row.get(column) else { continue };
                match comes_first(text) {
                    Some(First::Day) => return None,
                    Some(First::Month) if found.is_none() => {
                        let why = "the month comes first in this date, so other dates may be misread, and the table was not read: write dates as in 2021-12-31";
                        found = Some((
                            at,
                            Problem {
                                column: self.layout.column_name(column),
                                text: text.to_string(),
                                why: why.to_owned(),
                            },
                        ));
                    }
                    _ => {}
                }
            }
        }
        found
    }

    fn left_out(&self, row: &[Cell]) -> Option<String> {
        let here = self.here(row, 0);
        self.table.skips.iter().zip(&self.skips).find_map(|(skip, pattern)| {
            let text = field::cell(&skip.column, here).map(|cell| cell.text().into_owned()).unwrap_or_default();
            let matches = skip.blank && text.is_empty()
                || skip.is.iter().any(|listed| plain(listed) == plain(&text))
                || pattern.as_ref().is_some_and(|pattern| pattern.is_match(&text));
            matches.then(|| skip.why.clone())
        })
    }

    fn row(&mut self, at: usize, row: &[Cell]) -> Outcome {
        let mut outcome = Outcome::default();
        if let Some(problem) = self.uneven(row) {
            self.note(at, &problem);
            return Outcome { filed: false, problem: true };
        }
        let draft = match self.draft(row) {
            Ok(draft) => draft,
            Err(problem) => {
                self.note(at, &problem);
                return Outcome { filed: false, problem: true };
            }
        };
        let references =
            if self.place_on_column { Ok(false) } else { self.references(self.here(row, 0), draft.period) };
        match references {
            Ok(found) => outcome.filed |= found && self.table.values.is_empty() && self.table.people.is_none(),
            Err(problem) => {
                self.note(at, &problem);
                outcome.problem = true;
            }
        }
        if let Some(people) = &self.table.people {
            match self.person(people, row, draft) {
                Ok(()) => outcome.filed = true,
                Err(problem) => {
                    self.note(at, &problem);
                    outcome.problem = true;
                }
            }
        }
        for block in 0..self.blocks.len() {
            self.values(block, at, row, draft, &mut outcome);
        }
        outcome
    }

    /// In a text file, a row with more or fewer cells than there are headings: its columns may have moved. A line of words
    /// below the table is one cell, or empty but for one.
    fn uneven(&self, row: &[Cell]) -> Option<Problem> {
        let width = self.layout.width;
        let full = row.iter().filter(|cell| !cell.is_empty()).count();
        if !self.layout.sheet.name.is_empty() || full < 2 {
            return None;
        }
        let problem = |column: usize, why: &str| Problem {
            column: self.layout.column_name(column),
            text: row.get(column).map(|cell| cell.text().into_owned()).unwrap_or_default(),
            why: why.to_owned(),
        };
        if let Some(extra) = row.iter().skip(width).position(|cell| !cell.is_empty()) {
            return Some(problem(
                width + extra,
                "the row has more cells than there are headings, so its columns may have moved: check for a comma that needs quotation marks",
            ));
        }
        (row.len() < width).then(|| {
            problem(
                row.len(),
                "the row has fewer cells than there are headings, so its columns may have moved: check for a comma that is missing",
            )
        })
    }

    /// What holds for the whole row.
    fn draft(&mut self, row: &[Cell]) -> Result<Draft, Problem> {
        let mut draft = Draft::default();
        let mut here = self.here(row, 0);
        for slot in SLOTS {
            let Some(field) = field::of(&self.table.fields, slot) else { continue };
            if field::depends(field).on_column {
                continue;
            }
            here.on = draft.period.map(Period::ends);
            let done = self.field(slot, field, here)?;
            Self::set(&mut draft, slot, done);
        }
        if !self.place_on_column {
            draft.subject.place = self.place(self.here(row, 0))?;
        }
        if draft.subject.staff == Word::default() {
            draft.subject.staff = self.filing.facts.words.add("all");
        }
        Ok(draft)
    }

    fn set(draft: &mut Draft, slot: Slot, done: Option<Done>) {
        let subject = &mut draft.subject;
        match (slot, done) {
            (_, None) => {}
            (_, Some(Done::Period(period))) => draft.period = Some(period),
            (Slot::Staff, Some(Done::Word(word))) => subject.staff = word,
            (Slot::Setting, Some(Done::Word(word))) => subject.setting = word,
            (Slot::Age, Some(Done::Word(word))) => subject.age = word,
            (Slot::Sex, Some(Done::Word(word))) => subject.sex = word,
            (Slot::Ethnicity, Some(Done::Word(word))) => subject.ethnicity = word,
            (Slot::Nationality, Some(Done::Word(word))) => subject.nationality = word,
            (Slot::Grade, Some(Done::Word(word))) => subject.grade = word,
            (Slot::Detail, Some(Done::Word(word))) => subject.detail = word,
            (Slot::Measure, Some(Done::Word(word))) => subject.measure = word,
            (Slot::Unit | Slot::Period, Some(Done::Word(word))) => draft.unit = word,
        }
    }

    /// A field of a row, understood.
    fn field(&mut self, slot: Slot, field: &Field, here: Here) -> Result<Option<Done>, Problem> {
        let Some(text) = field::text(field, here)? else { return Ok(None) };
        let reading = match field {
            Form::Table(found) => found.reading,
            _ => Reading::AsWritten,
        };
        let key = (slot, reading, text);
        let known = self.finished.get(&key).cloned();
        let done = known.unwrap_or_else(|| {
            let done = self.finish(slot, reading, &key.2);
            self.finished.insert(key.clone(), done.clone());
            done
        });
        done.map_err(|why| Problem { column: self.named(field, here), text: key.2, why })
    }

    fn named(&self, field: &Field, here: Here) -> String {
        match field {
            Form::Table(found) if found.heading || found.above => self.layout.column_name(here.column),
            _ => field::columns(field).into_iter().next().map_or_else(
                || "title".to_owned(),
                |name| self.layout.column(&name).map_or(name, |at| self.layout.column_name(at)),
            ),
        }
    }

    /// Brings a text to the form in which it is filed.
    fn finish(&mut self, slot: Slot, reading: Reading, text: &str) -> Result<Option<Done>, String> {
        let words = &mut self.filing.facts.words;
        let word = match slot {
            Slot::Period => {
                return Period::read(text, reading)
                    .map(|period| Some(Done::Period(period)))
                    .map_err(|error| error.to_string());
            }
            Slot::Staff => {
                let own = self.description.labels.get("staff").into_iter().flatten();
                let own = own.into_iter().find(|(label, _)| plain(label) == plain(text)).map(|(_, id)| id.as_str());
                let staff = own.map_or_else(|| self.library.staff_called(text), |id| self.library.staff(id));
                let id = staff.map(|staff| staff.id.as_str());
                words.add(id.ok_or("no profession or staff group is called this: add the label to vocabulary/staff.toml or to [labels.staff]")?)
            }
            Slot::Measure => match self.library.measure(text) {
                Some(measure) => words.add(&measure.id),
                None => return Err("no measure has this id: define it with [[measure]]".to_owned()),
            },
            Slot::Age => words.add(&ages::band(text).ok_or("this is no age or band of ages that Muster knows")?),
            Slot::Sex => match plain(text).as_str() {
                "male" | "males" | "men" | "m" => words.add("male"),
                "female" | "females" | "women" | "f" => words.add("female"),
                "all" | "persons" | "people" | "both" | "all persons" => return Ok(None),
                _ => return Err("a sex is male or female here".to_owned()),
            },
            _ => words.add(text),
        };
        Ok(Some(Done::Word(word)))
    }

    /// The place of a row; the tree learns what it belongs to.
    fn place(&mut self, here: Here) -> Result<Word, Problem> {
        let table = self.table;
        for entry in &table.place {
            if let Some(code) = place_code(entry, here)? {
                return Ok(self.filing.facts.words.add(&code));
            }
        }
        if table.otherwise.as_deref() == Some("refuse") {
            let column = table.place.iter().flat_map(|entry| field::columns_of_code(&entry.code)).next();
            return Err(Problem {
                column: column.unwrap_or_default(),
                text: String::new(),
                why: "the row names no place".to_owned(),
            });
        }
        Ok(self.filing.facts.words.add(table.otherwise.as_deref().unwrap_or("ENG")))
    }

    /// Places, successors and links: whether the row says anything of them.
    fn references(&mut self, here: Here, period: Option<Period>) -> Result<bool, Problem> {
        let mut found = false;
        let mut below: Option<PlaceRecord> = None;
        let table = self.table;
        for entry in &table.place {
            let Some(code) = place_code(entry, here)? else { continue };
            let record = PlaceRecord {
                code,
                kind: entry.kind,
                name: match &entry.name {
                    Some(name) => field::code(name, here)?.unwrap_or_default(),
                    None => String::new(),
                },
                parent: None,
                opened: day(entry.opened.as_deref(), here)?,
                closed: day(entry.closed.as_deref(), here)?,
                seen_from: period.map(Period::starts),
                seen_to: period.map(Period::ends),
                cluster: match &entry.cluster {
                    Some(column) => field::cell(column, here).map(|cell| cell.text().into_owned()),
                    None => None,
                },
            };
            if let Some(mut child) = below.take().filter(|child| child.code != record.code) {
                child.parent = Some(record.code.clone());
                self.keep(child);
            }
            below = Some(record);
            found = true;
        }
        below.into_iter().for_each(|record| self.keep(record));
        for successor in &table.successors {
            if let Some(succession) = succession(successor, here)? {
                self.filing.successors.push(succession);
                found = true;
            }
        }
        for link in &table.links {
            let (Some(from), Some(to)) = (place_code(&link.from, here)?, place_code(&link.to, here)?) else { continue };
            let weight = match &link.weight {
                None => Some(Amount::from(1)),
                Some(column) => amount_in(column, here)?,
            };
            let Some(weight) = weight else { continue };
            *self.collected.links.entry((link.kind.clone(), from, to)).or_default() += weight;
            found = true;
        }
        Ok(found)
    }

    fn keep(&mut self, record: PlaceRecord) {
        let key = (record.code.clone(), record.parent.clone(), record.name.clone());
        match self.collected.places.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(record);
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.seen_from = known.seen_from.min(record.seen_from).or(known.seen_from).or(record.seen_from);
                known.seen_to = known.seen_to.max(record.seen_to);
                known.opened = known.opened.or(record.opened);
                known.closed = known.closed.or(record.closed);
                known.cluster = record.cluster.or(known.cluster.take());
            }
        }
    }

    fn values(&mut self, block: usize, at: usize, row: &[Cell], draft: Draft, outcome: &mut Outcome) {
        let values = self.blocks[block].values;
        let columns = std::mem::take(&mut self.blocks[block].columns);
        let on_row = std::mem::take(&mut self.blocks[block].on_row);
        let on_both = std::mem::take(&mut self.blocks[block].on_both);
        let mut row_draft = draft;
        let mut row_problem = None;
        for (slot, field) in &on_row {
            match self.field(*slot, field, self.here(row, 0)) {
                Ok(done) => Self::set(&mut row_draft, *slot, done),
                Err(problem) => row_problem = Some(problem),
            }
        }
        for (column, known) in &columns {
            let cell = row.get(*column).unwrap_or(&Cell::Empty);
            let reading = self.reading(cell, values.scale);
            if reading == Ok(Stands::Nothing) {
                continue;
            }
            let filed = match &row_problem {
                Some(problem) => Err(problem.clone()),
                None => self.value(at, row, *column, (known, &on_both), row_draft, reading),
            };
            match filed {
                Ok(()) => outcome.filed = true,
                Err(problem) => {
                    self.note(at, &problem);
                    outcome.problem = true;
                    if row_problem.is_some() {
                        break;
                    }
                }
            }
        }
        let block = &mut self.blocks[block];
        (block.columns, block.on_row, block.on_both) = (columns, on_row, on_both);
    }

    fn value(
        &mut self,
        at: usize,
        row: &[Cell],
        column: usize,
        (known, on_both): (&Slots<Understood>, &Slots<&Field>),
        mut draft: Draft,
        reading: Result<Stands, String>,
    ) -> Result<(), Problem> {
        for (slot, done) in known {
            Self::set(&mut draft, *slot, done.clone()?);
        }
        for (slot, field) in on_both {
            let done = self.field(*slot, field, self.here(row, column))?;
            Self::set(&mut draft, *slot, done);
        }
        if self.place_on_column {
            draft.subject.place = self.place(self.here(row, column))?;
            self.references(self.here(row, column), draft.period)?;
        }
        let problem = |why: &str| Problem {
            column: self.layout.column_name(column),
            text: row.get(column).map(|cell| cell.text().into_owned()).unwrap_or_default(),
            why: why.to_owned(),
        };
        let value = match reading.map_err(|why| problem(&why))? {
            Stands::Nothing => return Ok(()),
            Stands::Withheld => None,
            Stands::Value(value) => Some(value),
        };
        let period = draft.period.ok_or_else(|| problem("the description says no period for this value"))?;
        if draft.subject.measure == Word::default() {
            return Err(problem("the description says no measure for this value"));
        }
        let (words, library) = (&mut self.filing.facts.words, self.library);
        let measure = library.measure(words.text(draft.subject.measure));
        // Publishers correct full-time equivalents and posts to less than nothing; heads are counted one by one.
        let heads = measure.is_some_and(|measure| measure.kind == MeasureKind::Stock && measure.unit == "people");
        if heads && value.is_some_and(|value| value < Amount::ZERO) {
            return Err(problem("a number of people cannot be less than 0"));
        }
        let unit = match measure.map_or("", |measure| measure.unit.as_str()) {
            "" => draft.unit,
            unit => words.add(unit),
        };
        let fact = Fact { subject: draft.subject, period, value, unit, source: Word::default() };
        let met = match self.collected.seen.entry((fact.subject, fact.period)) {
            Entry::Vacant(vacant) => {
                vacant.insert(Met { sheet: self.sheet.clone(), row: at, at: self.filing.facts.list.len() });
                self.filing.facts.list.push(fact);
                return Ok(());
            }
            Entry::Occupied(first) => first,
        };
        let first = met.get();
        let same = match (self.filing.facts.list[first.at].value, value) {
            (Some(first), Some(value)) => first.says_the_same(value),
            (first, value) => first == value,
        };
        if same {
            return Ok(());
        }
        let sheet = if first.sheet == self.sheet { String::new() } else { format!(" of sheet `{}`", first.sheet) };
        let why = format!("row {}{sheet} gives another value for the same thing; the first was kept", first.row + 1);
        Err(problem(&why))
    }

    /// What stands in a value's cell: nothing, something withheld, or an amount.
    fn reading(&self, cell: &Cell, scale: Option<f64>) -> Result<Stands, String> {
        let amount = match cell {
            Cell::Empty => return Ok(Stands::Nothing),
            Cell::Date(_) => {
                return Err("this is a date, where a number is expected: the column may have moved".to_owned());
            }
            Cell::Number(_) if self.table.markers.get(&*cell.text()) == Some(&Marker::Absent) => {
                return Ok(Stands::Nothing);
            }
            Cell::Number(number) => Amount::nearest(*number).ok_or(TOO_LARGE)?,
            Cell::Text(text) => {
                let text = text.trim();
                match self.marker(text) {
                    Some(Marker::Zero) => Amount::ZERO,
                    Some(Marker::Suppressed) => return Ok(Stands::Withheld),
                    Some(Marker::Absent) => return Ok(Stands::Nothing),
                    None => match text.strip_suffix('%') {
                        // Where the description already turns percent into shares, the sign only says so once more.
                        Some(percent) if self.table.percent == Some(Percent::AsWritten) || scale == Some(0.01) => {
                            read_amount(percent)?
                        }
                        Some(percent) => read_amount(percent)?.times(0.01).ok_or(TOO_LARGE)?,
                        None => read_amount(text)?,
                    },
                }
            }
        };
        match scale {
            None => Ok(Stands::Value(amount)),
            Some(scale) => Ok(Stands::Value(amount.times(scale).ok_or(TOO_LARGE)?)),
        }
    }

    fn marker(&self, text: &str) -> Option<Marker> {
        self.table.markers.get(text).copied().or(match text {
            "*" | "c" | "[c]" => Some(Marker::Suppressed),
            "-" | "." | ".." | "..." | "n/a" | "N/A" | "NA" | "na" | "[x]" | "[z]" | ":" => Some(Marker::Absent),
            _ => None,
        })
    }

    fn person(&mut self, people: &crate::description::People, row: &[Cell], draft: Draft) -> Result<(), Problem> {
        let here = self.here(row, 0);
        let problem =
            |column: &str, text: String, why: &str| Problem { column: column.to_owned(), text, why: why.to_owned() };
        let missing = |column: &str| problem(column, String::new(), "every person needs one");
        let person = field::cell(&people.person, here).ok_or_else(|| missing(&people.person))?.text().into_owned();
        let fte = amount_in(&people.fte, here)?.ok_or_else(|| missing(&people.fte))?;
        let most = Amount::from(2);
        if fte < Amount::ZERO || fte > most {
            let why = "a full-time equivalent lies between 0 and 2 for one person: is this a number of hours?";
            return Err(problem(&people.fte, fte.to_string(), why));
        }
        let period = draft.period.ok_or_else(|| missing("period"))?;
        self.collected.tally.works(period, &person, fte, most).map_err(|all| {
            let why = format!(
                "with the rows above this person would work {all} full-time equivalents: is the row there twice?"
            );
            problem(&people.fte, fte.to_string(), &why)
        })?;
        for staff in self.groups_of(draft.subject.staff) {
            for subject in margins(Subject { staff, ..draft.subject }) {
                self.collected.tally.add((subject, period), &person, fte);
            }
        }
        Ok(())
    }

    /// A profession, and every group that it is in.
    fn groups_of(&mut self, staff: Word) -> Vec<Word> {
        let library = self.library;
        let words = &mut self.filing.facts.words;
        let mut list = vec![staff];
        let mut at = library.staff(words.text(staff));
        while let Some(parent) = at.and_then(|staff| staff.parent.as_deref()) {
            list.push(words.add(parent));
            at = library.staff(parent);
        }
        list
    }

    fn note(&mut self, at: usize, problem: &Problem) {
        self.filing.account.not_understood += 1;
        if self.filing.not_understood.len() < LISTED {
            self.filing.not_understood.push(NotUnderstood {
                sheet: self.layout.sheet.name.clone(),
                row: at + 1,
                column: problem.column.clone(),
                text: problem.text.clone(),
                why: problem.why.clone(),
            });
        }
    }
}

/// A subject without dimensions, and with each of them alone. All at once would describe single people.
fn margins(subject: Subject) -> impl Iterator<Item = Subject> {
    let nothing = Word::default();
    let bare = Subject {
        setting: nothing,
        age: nothing,
        sex: nothing,
        ethnicity: nothing,
        nationality: nothing,
        grade: nothing,
        detail: nothing,
        ..subject
    };
    let each = [
        Subject { setting: subject.setting, ..bare },
        Subject { age: subject.age, ..bare },
        Subject { sex: subject.sex, ..bare },
        Subject { ethnicity: subject.ethnicity, ..bare },
        Subject { nationality: subject.nationality, ..bare },
        Subject { grade: subject.grade, ..bare },
        Subject { detail: subject.detail, ..bare },
    ];
    std::iter::once(bare).chain(each.into_iter().filter(move |one| *one != bare))
}

/// Files what was counted of people.
pub(super) fn count_people(tally: &Tally, library: &Library, filing: &mut Filing) {
    let words = &mut filing.facts.words;
    let measures = ["headcount", "fte"]
        .map(|id| (words.add(id), words.add(library.measure(id).map_or("", |measure| &measure.unit))));
    for ((subject, period), headcount, fte) in tally.totals() {
        for ((measure, unit), value) in measures.into_iter().zip([headcount, fte]) {
            let subject = Subject { measure, ..subject };
            filing.facts.list.push(Fact { subject, period, value: Some(value), unit, source: Word::default() });
        }
    }
}

fn read_amount(text: &str) -> Result<Amount, String> {
    text.trim().parse().map_err(|_| {
        let point = text.trim().replacen(',', ".", 1);
        let why = match (text.trim().parse::<f64>(), point.parse::<f64>()) {
            (Ok(number), _) if !number.is_nan() => TOO_LARGE,
            (_, Ok(_)) if text.contains(',') => {
                "a number is expected here: write decimals with a point, and commas only between thousands"
            }
            _ => "a number is expected here",
        };
        why.to_owned()
    })
}

const TOO_LARGE: &str = "this number is too large to be true";

fn amount_in(column: &str, here: Here) -> Result<Option<Amount>, Problem> {
    let Some(cell) = field::cell(column, here) else { return Ok(None) };
    let amount = match cell {
        Cell::Number(number) => Amount::nearest(*number),
        other => match &*other.text() {
            "NA" | "*" => return Ok(None),
            text => text.parse().ok(),
        },
    };
    amount.map(Some).ok_or_else(|| Problem {
        column: column.to_owned(),
        text: cell.text().into_owned(),
        why: "a number is expected here".to_owned(),
    })
}

/// The code of a place in a row. The board of a system, as an employer, has a code of its own.
fn place_code(entry: &PlaceField, here: Here) -> Result<Option<String>, Problem> {
    code_of(entry, Some(entry.kind), here)
}

/// The code of a place of a kind, or of any kind there has ever been.
fn code_of(entry: &PlaceField, kind: Option<PlaceKind>, here: Here) -> Result<Option<String>, Problem> {
    let Some(text) = field::code(&entry.code, here)? else { return Ok(None) };
    if entry.blank.iter().any(|blank| plain(blank) == plain(&text)) {
        return Ok(None);
    }
    let code = text.trim().to_uppercase();
    if let Some(why) = not_a_code(kind, text.trim(), &code) {
        let column = field::columns_of_code(&entry.code).into_iter().next().unwrap_or_default();
        return Err(Problem { column, text, why: why.to_owned() });
    }
    Ok(Some(if entry.kind == PlaceKind::Organisation && is_system(&code) { format!("{code}.B") } else { code }))
}

/// Why a text is not the code of a place of this kind; none where it can be one. Names in the place of codes, numbers, and
/// codes of regions and systems that have changed places would otherwise make places that are none.
fn not_a_code(kind: Option<PlaceKind>, text: &str, code: &str) -> Option<&'static str> {
    let letters = code.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let signs = code.chars().filter(|letter| ".-".contains(*letter)).count();
    let word = digits == 0 && signs == 0 && letters > 3;
    // Sites have codes of five letters, all of them large.
    let site = kind.is_none_or(|kind| kind == PlaceKind::Organisation) && letters == 5 && text == code;
    if !(2..=12).contains(&code.len()) || letters + digits + signs != code.len() || word && !site {
        return Some("this is not the code of a place: codes are letters and digits, as in RH8; is it a name?");
    }
    let kind = kind?;
    if letters == 0 {
        Some("this is not the code of a place, which has letters: is it a value, or did a spreadsheet change it?")
    } else if kind != PlaceKind::System && kind != PlaceKind::Organisation && is_system(code) {
        Some("this is the code of a system, in a column of other places: the columns may have been swapped")
    } else if kind != PlaceKind::Region && is_region(code) {
        Some("this is the code of a region, in a column of other places: the columns may have been swapped")
    } else {
        None
    }
}

/// `QJK`, as systems have.
fn is_system(code: &str) -> bool {
    code.len() == 3 && code.starts_with('Q')
}

/// `Y58`, as regions have.
fn is_region(code: &str) -> bool {
    code.len() == 3 && code.starts_with('Y') && code.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}

fn day(column: Option<&str>, here: Here) -> Result<Option<Date>, Problem> {
    let Some((column, cell)) = column.and_then(|column| field::cell(column, here).map(|cell| (column, cell))) else {
        return Ok(None);
    };
    match cell {
        Cell::Date(day) => Ok(Some(*day)),
        other => match &*other.text() {
            "NA" => Ok(None),
            text => text.parse::<Period>().map(|period| Some(period.starts())).map_err(|error| Problem {
                column: column.to_owned(),
                text: text.to_owned(),
                why: error.to_string(),
            }),
        },
    }
}

fn succession(fields: &SuccessorFields, here: Here) -> Result<Option<Succession>, Problem> {
    let code = |column: &str| -> Result<Option<String>, Problem> {
        let entry = PlaceField {
            kind: PlaceKind::Organisation,
            code: Form::<Found>::Text(column.to_owned()),
            name: None,
            opened: None,
            closed: None,
            cluster: None,
            blank: vec!["NA".to_owned()],
        };
        code_of(&entry, None, here)
    };
    let (Some(from), Some(to)) = (code(&fields.from)?, code(&fields.to)?) else { return Ok(None) };
    if from == to {
        return Ok(None);
    }
    let share = fields.share.as_deref().map_or(Ok(None), |column| amount_in(column, here))?;
    let change = fields.change.as_deref().and_then(|column| field::cell(column, here));
    Ok(Some(Succession {
        from,
        to,
        date: day(fields.date.as_deref(), here)?,
        share,
        change: change.map(|cell| cell.text().into_owned()).unwrap_or_default(),
    }))
}
