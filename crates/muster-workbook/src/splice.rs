//! Changes to a text, each to a range of bytes, made all at once: every byte outside the ranges stays.

use std::ops::Range;

/// Changes that are to be made.
#[derive(Debug, Default)]
pub(crate) struct Splices {
    list: Vec<(Range<usize>, String)>,
}

impl Splices {
    /// Puts a text in the place of a range; an empty range is a place between two bytes.
    pub(crate) fn put(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.list.push((range, text.into()));
    }

    /// The text with the changes, or none where two of them are of the same bytes.
    pub(crate) fn apply(mut self, text: &str) -> Option<String> {
        // What is put at one place stays in the order it was given.
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut out, mut at) = (String::with_capacity(text.len() + 256), 0);
        for (range, new) in self.list {
            if range.start < at {
                return None;
            }
            out.push_str(text.get(at..range.start)?);
            out.push_str(&new);
            at = range.end;
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }
}

/// Where the line begins that a byte is on.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Where the next line begins, after the one that a byte is on.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// How the text ends its lines.
pub(crate) fn line_break(text: &str) -> &'static str {
    let first = text.find('\n');
    if first.is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" }
}
