//! New entries as TOML: names in line, what belongs together in braces.

use crate::change::Set;
use crate::toml_text::is_pair;
use crate::value::Value;

/// Changes by the first part of the name of what they change: `owner.role` under `owner`.
pub(crate) fn tops<'s>(sets: &[&'s Set]) -> Vec<(String, Vec<&'s Set>)> {
    let mut tops: Vec<(String, Vec<&Set>)> = Vec::new();
    for set in sets {
        let top = first(&set.field);
        match tops.iter_mut().find(|(known, _)| *known == top) {
            Some((_, list)) => list.push(set),
            None => tops.push((top, vec![set])),
        }
    }
    tops
}

fn first(name: &str) -> String {
    let top = name.split('.').next().unwrap_or(name);
    top.split('[').next().unwrap_or(top).to_owned()
}

/// A name as TOML writes it.
pub(crate) fn bare(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_bare { name.to_owned() } else { Value::Text(name.to_owned()).in_toml() }
}

/// Fields as names and what stands behind them.
pub(crate) fn with_fields(fields: &[(String, Value)]) -> Result<Vec<(String, String)>, String> {
    nested(&fields.iter().map(|(name, value)| (name.clone(), value.in_toml())).collect::<Vec<_>>())
}

/// Fields in braces.
pub(crate) fn inline(fields: &[(String, String)]) -> Result<String, String> {
    let parts: Vec<String> = nested(fields)?.into_iter().map(|(name, literal)| format!("{name} = {literal}")).collect();
    Ok(if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) })
}

/// Fields by the first part of their names; what has more parts in braces, the two numbers of a range in brackets.
fn nested(fields: &[(String, String)]) -> Result<Vec<(String, String)>, String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in fields {
        let top = first(name);
        if !names.contains(&top) {
            names.push(top);
        }
    }
    let literal = |top: &String| -> Result<(String, String), String> {
        let pair =
            |i: usize| fields.iter().find(|(name, _)| *name == format!("{top}[{i}]")).map(|(_, literal)| literal);
        if let Some((_, literal)) = fields.iter().find(|(name, _)| name == top) {
            return Ok((bare(top), literal.clone()));
        }
        let below: Vec<(String, String)> = fields
            .iter()
            .filter_map(|(name, literal)| Some((name.strip_prefix(&format!("{top}."))?.to_owned(), literal.clone())))
            .collect();
        match (pair(0), pair(1)) {
            (Some(low), Some(high)) => Ok((bare(top), format!("[{low}, {high}]"))),
            (None, None) if !below.is_empty() => Ok((bare(top), inline(&below)?)),
            _ if is_pair(top) => Err(format!("{top} needs both its numbers, or none")),
            _ => Err(format!("{top} cannot be written")),
        }
    };
    names.iter().map(literal).collect()
}

/// An entry of a list in lines of its own, the equals signs in line.
pub(crate) fn entry(kind: &str, lines: &[(String, String)]) -> String {
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let mut text = format!("[[{}]]\n", kind.split('.').map(bare).collect::<Vec<_>>().join("."));
    for (name, literal) in lines {
        text.push_str(&format!("{name:<width$} = {literal}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_together_that_belong_together() {
        let text = |text: &str| Value::Text(text.to_owned());
        let fields = [
            ("id".to_owned(), text("x")),
            ("owner.organisation".to_owned(), text("o")),
            ("owner.role".to_owned(), text("r")),
            ("range[0]".to_owned(), Value::Number(0.5)),
            ("range[1]".to_owned(), Value::Number(1.0)),
        ];
        let written = entry("action", &with_fields(&fields).unwrap());
        assert_eq!(
            written,
            "[[action]]\nid    = \"x\"\nowner = { organisation = \"o\", role = \"r\" }\nrange = [0.5, 1]\n"
        );
        assert!(with_fields(&fields[3..4]).is_err());
    }
}
