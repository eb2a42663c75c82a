//! Changes to a table, cell by cell: the quotes, spaces and line ends of every other cell stay.

use crate::change::{Add, Delete, Set};
use crate::csv_text::{Cell, rows};
use crate::splice::{Splices, line_break};
use crate::value::Value;

/// The table with the changes, or why they cannot be made.
pub(crate) fn edit(text: &str, sets: &[&Set], deletes: &[&Delete], adds: &[&Add]) -> Result<String, (String, String)> {
    let table = rows(text);
    let Some((head, lines)) = table.split_first() else { return Err((String::new(), "the table is empty".to_owned())) };
    let columns: Vec<&str> = head.iter().map(|cell| cell.text.as_str()).collect();
    let mut splices = Splices::default();
    for set in sets.iter().filter(|set| !deletes.iter().any(|delete| delete.record == set.record)) {
        // The first record is the table itself.
        let line = set.record.checked_sub(1).and_then(|at| lines.get(at));
        let column = columns.iter().position(|name| *name == set.field);
        let Some(cell) = line.zip(column).and_then(|(line, column)| line.get(column)) else {
            return Err((set.address.clone(), format!("the table has no cell for {}", set.field)));
        };
        let (range, was_quoted) = inner(text, cell);
        splices.put(range, written(set.new.as_ref(), was_quoted));
    }
    for delete in deletes {
        let Some(line) = delete.record.checked_sub(1).and_then(|at| lines.get(at)) else { continue };
        let (Some(first), Some(last)) = (line.first(), line.last()) else { continue };
        let rest = &text[last.span.end..];
        let end = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        splices.put(first.span.start..last.span.end + end, "");
    }
    if !adds.is_empty() {
        let ending = line_break(text);
        let mut block = if text.ends_with('\n') { String::new() } else { ending.to_owned() };
        for add in adds {
            let cell = |name: &&str| {
                let value = add.fields.iter().find(|(field, ..)| field == name).map(|(_, value, _)| value);
                written(value, false)
            };
            block.push_str(&columns.iter().map(cell).collect::<Vec<_>>().join(","));
            block.push_str(ending);
        }
        splices.put(text.len()..text.len(), block);
    }
    splices.apply(text).ok_or_else(|| (String::new(), "two changes are of one cell".to_owned()))
}

/// The bytes of a cell without the spaces round it, and whether it is in quotes.
fn inner(text: &str, cell: &Cell) -> (std::ops::Range<usize>, bool) {
    let whole = &text[cell.span.clone()];
    let start = cell.span.start + (whole.len() - whole.trim_start().len());
    let end = cell.span.end - (whole.len() - whole.trim_end().len());
    let range = start..end.max(start);
    let is_quoted = text[range.clone()].starts_with('"');
    (range, is_quoted)
}

fn written(value: Option<&Value>, quoted: bool) -> String {
    let Some(value) = value else { return String::new() };
    let plain = value.in_csv();
    if quoted && !plain.starts_with('"') { format!("\"{plain}\"") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(record: usize, field: &str, new: Option<Value>) -> Set {
        Set { file: 0, record, field: field.to_owned(), old: None, new, address: "S!A1".to_owned() }
    }

    #[test]
    fn one_cell_changes_and_every_other_byte_stays() {
        let text = "who,value,why\r\na,0.50 ,\"x, y\"\r\nb,,\r\n";
        let changed = edit(text, &[&set(1, "value", Some(Value::Number(0.6)))], &[], &[]).unwrap();
        assert_eq!(changed, "who,value,why\r\na,0.6 ,\"x, y\"\r\nb,,\r\n");
        let changed = edit(
            text,
            &[&set(1, "why", Some(Value::Text("z".into()))), &set(2, "value", Some(Value::Number(1.0)))],
            &[],
            &[],
        )
        .unwrap();
        assert_eq!(changed, "who,value,why\r\na,0.50 ,\"z\"\r\nb,1,\r\n");
        let gone = edit(text, &[], &[&Delete { file: 0, record: 1, address: String::new() }], &[]).unwrap();
        assert_eq!(gone, "who,value,why\r\nb,,\r\n");
    }
}
