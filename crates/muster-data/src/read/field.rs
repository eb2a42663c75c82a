//! Fields: how a text is found in a row, a heading or a title, and what is done with it.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::civil::Date;

use super::layout::{Layout, regex, search};
use crate::description::{Description, Field, Fields, Form, Found};
use crate::library::plain;
use crate::open::Cell;

/// The fields of a fact, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    Period,
    Staff,
    Setting,
    Age,
    Sex,
    Ethnicity,
    Nationality,
    Grade,
    Detail,
    Measure,
    Unit,
}

pub(super) const SLOTS: [Slot; 11] = [
    Slot::Period,
    Slot::Staff,
    Slot::Setting,
    Slot::Age,
    Slot::Sex,
    Slot::Ethnicity,
    Slot::Nationality,
    Slot::Grade,
    Slot::Detail,
    Slot::Measure,
    Slot::Unit,
];

pub(super) fn of(fields: &Fields, slot: Slot) -> Option<&Field> {
    match slot {
        Slot::Period => fields.period.as_ref(),
        Slot::Staff => fields.staff.as_ref(),
        Slot::Setting => fields.setting.as_ref(),
        Slot::Age => fields.age.as_ref(),
        Slot::Sex => fields.sex.as_ref(),
        Slot::Ethnicity => fields.ethnicity.as_ref(),
        Slot::Nationality => fields.nationality.as_ref(),
        Slot::Grade => fields.grade.as_ref(),
        Slot::Detail => fields.detail.as_ref(),
        Slot::Measure => fields.measure.as_ref(),
        Slot::Unit => fields.unit.as_ref(),
    }
}

pub(super) fn all(fields: &Fields) -> impl Iterator<Item = (Slot, &Field)> {
    SLOTS.into_iter().filter_map(|slot| of(fields, slot).map(|field| (slot, field)))
}

/// What a text depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Depends {
    pub(super) on_row: bool,
    pub(super) on_column: bool,
}

pub(super) fn depends(field: &Field) -> Depends {
    match field {
        Form::Text(_) => Depends { on_row: false, on_column: false },
        Form::List(list) => list.iter().map(depends).fold(Depends { on_row: false, on_column: false }, |a, b| {
            Depends { on_row: a.on_row || b.on_row, on_column: a.on_column || b.on_column }
        }),
        Form::Table(found) => Depends {
            on_row: !found.column.texts().is_empty() || found.born.is_some(),
            on_column: found.heading || found.above,
        },
    }
}

pub(super) fn columns(field: &Field) -> Vec<String> {
    match field {
        Form::Text(_) => Vec::new(),
        Form::List(list) => list.iter().flat_map(columns).collect(),
        Form::Table(found) => columns_of(found),
    }
}

fn columns_of(found: &Found) -> Vec<String> {
    found.column.texts().into_iter().map(ToOwned::to_owned).chain(found.born.clone()).collect()
}

/// Whether a code or a name depends on the heading of the value's column.
pub(super) fn code_depends_on_column(code: &Form<Found>) -> bool {
    matches!(code, Form::Table(found) if found.heading || found.above)
}

pub(super) fn columns_of_code(code: &Form<Found>) -> Vec<String> {
    match code {
        Form::Text(name) => vec![name.clone()],
        other => columns(other),
    }
}

/// The one column without which the field says nothing.
pub(super) fn required_column(field: &Field) -> Option<String> {
    match field {
        Form::Table(found) if found.default.is_none() => match columns_of(found).as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A text that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Problem {
    pub(super) column: String,
    pub(super) text: String,
    pub(super) why: String,
}

/// What became of each text at each field: most texts come again and again.
#[derive(Debug, Default)]
pub(super) struct Memo(RefCell<HashMap<(usize, String), Translated>>);

/// A text, nothing, or why there is none.
type Translated = Result<Option<String>, String>;

/// Where the reading stands.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) memo: &'a Memo,
    pub(super) layout: &'a Layout<'a>,
    pub(super) description: &'a Description,
    pub(super) row: &'a [Cell],
    /// The column of the value.
    pub(super) column: usize,
    /// The last day of the period, for the ages of people.
    pub(super) on: Option<Date>,
}

/// The text of a field, if it has one.
pub(super) fn text(field: &Field, here: Here) -> Result<Option<String>, Problem> {
    match field {
        Form::Text(text) => Ok(Some(text.clone())),
        Form::List(list) => {
            let mut parts = Vec::new();
            for part in list {
                parts.extend(text(part, here)?);
            }
            Ok((!parts.is_empty()).then(|| parts.join(" · ")))
        }
        Form::Table(found) => found_text(found, here),
    }
}

/// The text of a code: a plain text names a column here.
pub(super) fn code(code: &Form<Found>, here: Here) -> Result<Option<String>, Problem> {
    match code {
        Form::Text(name) => Ok(cell(name, here).map(|cell| cell.text().into_owned()).filter(|text| !text.is_empty())),
        other => text(other, here),
    }
}

pub(super) fn cell<'a>(name: &str, here: Here<'a>) -> Option<&'a Cell> {
    here.row.get(here.layout.column(name)?).filter(|cell| !cell.is_empty())
}

fn found_text(found: &Found, here: Here) -> Result<Option<String>, Problem> {
    let layout = here.layout;
    let mut from = String::new();
    let raw = if found.heading {
        from = layout.column_name(here.column);
        Some(layout.heading(here.column).to_owned())
    } else if found.above {
        from = format!("above {}", layout.column_name(here.column));
        layout.above(here.column)
    } else if found.sheet {
        Some(layout.sheet.name.clone())
    } else if found.file {
        Some(layout.file.name.trim_end_matches(".gz").to_owned())
    } else if let Some(fixed) = &found.fixed {
        Some(fixed.clone())
    } else if let Some(pattern) = &found.text {
        let pattern = regex(pattern).ok();
        let above = &layout.sheet.rows[layout.from..layout.first_row.saturating_sub(1).max(layout.from)];
        pattern.and_then(|pattern| {
            search(above, &pattern).or_else(|| layout.notes.iter().find_map(|sheet| search(&sheet.rows, &pattern)))
        })
    } else if let Some(born) = &found.born {
        from.clone_from(born);
        return age_of(cell(born, here), here.on).map_err(|why| Problem {
            column: from,
            text: cell(born, here).map(|cell| cell.text().into_owned()).unwrap_or_default(),
            why,
        });
    } else {
        let names = found.column.texts();
        from = names
            .first()
            .map_or(String::new(), |name| layout.column(name).map_or((*name).to_owned(), |at| layout.column_name(at)));
        let says = |cell: &&Cell| !found.blank.iter().any(|blank| plain(blank) == plain(&cell.text()));
        names.iter().find_map(|name| cell(name, here).filter(says)).map(|cell| cell.text().into_owned())
    };
    let Some(raw) = raw.filter(|raw| !raw.is_empty()) else { return Ok(found.default.clone()) };
    let key = (std::ptr::from_ref(found).addr(), raw);
    if let Some(known) = here.memo.0.borrow().get(&key) {
        return known.clone().map_err(|why| Problem { column: from, text: key.1, why });
    }
    let translated = translate(found, here.description, &key.1);
    here.memo.0.borrow_mut().insert(key.clone(), translated.clone());
    translated.map_err(|why| Problem { column: from, text: key.1, why })
}

/// Keeps the group of the pattern, translates, and falls back to the default.
fn translate(found: &Found, description: &Description, raw: &str) -> Result<Option<String>, String> {
    let Some(kept) = refine(found, raw) else { return Ok(found.default.clone()) };
    let labels = found.labels.as_ref().and_then(|name| description.labels.get(name));
    let mut table = found.map.iter().chain(labels.into_iter().flatten()).peekable();
    if table.peek().is_none() {
        return match found.plus {
            None => Ok(Some(kept)),
            Some(plus) => match kept.trim().parse::<f64>() {
                Ok(number) if number.fract() == 0.0 => Ok(Some((number as i64).saturating_add(plus).to_string())),
                _ => Err("a whole number is expected here".to_owned()),
            },
        };
    }
    let wanted = plain(&kept);
    match table.find(|(from, _)| plain(from) == wanted) {
        Some((_, to)) => Ok(Some(to.clone()).filter(|to| !to.is_empty()).or_else(|| found.default.clone())),
        None if found.keep => Ok(Some(kept)),
        None => {
            Err("the description of the publication does not know this word: add it to its `map` or `labels`"
                .to_owned())
        }
    }
}

/// Keeps the first group of the pattern; all of it without a pattern, nothing where the pattern does not match.
pub(super) fn refine(found: &Found, raw: &str) -> Option<String> {
    let Some(pattern) = &found.pattern else { return Some(raw.trim().to_owned()).filter(|text| !text.is_empty()) };
    let matched = regex(pattern).ok()?;
    let matched = matched.captures(raw)?;
    Some(matched.get(1).or(matched.get(0))?.as_str().trim().to_owned()).filter(|text| !text.is_empty())
}

/// A five-year band from a date of birth.
fn age_of(cell: Option<&Cell>, on: Option<Date>) -> Result<Option<String>, String> {
    let born = match cell {
        None => return Ok(Some("unknown".to_owned())),
        Some(Cell::Date(born)) => *born,
        Some(other) => other.text().parse::<crate::Period>().map_err(|error| error.to_string())?.ends(),
    };
    let on = on.ok_or("the age needs a period")?;
    let birthday_to_come = (on.month(), on.day()) < (born.month(), born.day());
    let age = on.year() - born.year() - i16::from(birthday_to_come);
    match age {
        15..75 => Ok(Some(format!("{}-{}", age / 5 * 5, age / 5 * 5 + 4))),
        75..=100 => Ok(Some("75+".to_owned())),
        _ => Err(format!("this would make the person {age} years old: correct the date of birth")),
    }
}
