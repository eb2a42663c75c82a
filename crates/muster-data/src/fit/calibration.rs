//! The factors that a fit recomputes, written into the book's list of calibrated assumptions.

use regex::Regex;

use super::FitError;
use super::book::Book;

/// The book's `calibration.toml` with each factor as it is now: "One uplift of 1.0479 on …".
pub(super) fn rewritten(book: &Book, factors: &[(&str, f64)]) -> Result<String, FitError> {
    let mut text = book.text("calibration.toml")?;
    for (name, factor) in factors {
        let pattern = Regex::new(&format!(r"One {name} of [\d.]*\d"));
        let pattern = pattern.unwrap_or_else(|error| unreachable!("a pattern of this file: {error}"));
        if !pattern.is_match(&text) {
            let why = format!("no method says `One {name} of …`, so the {name} cannot be stated");
            return Err(FitError::Book { file: "calibration.toml".into(), why });
        }
        text = pattern.replace(&text, format!("One {name} of {factor:.4}")).into_owned();
    }
    Ok(text)
}
