//! Ages and bands of ages, in one form whatever a publication writes.

use std::sync::LazyLock;

use regex::Regex;

static NUMBERS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+").unwrap_or_else(|error| unreachable!("a pattern of this file: {error}")));
static SORTING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\d\d?\.\s*").unwrap_or_else(|error| unreachable!("a pattern of this file: {error}"))
});

/// `25-34`, `65+`, `<25`, `42`, or nothing where all ages are meant; none where the text is no age.
///
/// ```
/// use muster_data::ages::band;
/// assert_eq!(band("01. 0 - 4").as_deref(), Some("0-4"));
/// assert_eq!(band("65 and over").as_deref(), Some("65+"));
/// assert_eq!(band("Under 25").as_deref(), Some("<25"));
/// assert_eq!(band("All age bands").as_deref(), Some(""));
/// assert_eq!(band("elderly"), None);
/// ```
pub fn band(text: &str) -> Option<String> {
    let text = SORTING.replace(text.trim(), "").to_lowercase();
    let numbers: Vec<u32> = NUMBERS.find_iter(&text).filter_map(|found| found.as_str().parse().ok()).collect();
    let older = ["+", "over", "above", "older", "plus"].iter().any(|word| text.contains(word));
    let younger = ["under", "<", "less", "below", "younger"].iter().any(|word| text.contains(word));
    match numbers[..] {
        [] if ["all", "unknown", "not known"].iter().any(|word| text.contains(word)) => {
            Some(if text.contains("known") { "unknown".to_owned() } else { String::new() })
        }
        [from] if older => Some(format!("{from}+")),
        [to] if younger => Some(format!("<{to}")),
        [age] if age <= 120 => Some(age.to_string()),
        [from, to] if from < to && to <= 125 => Some(format!("{from}-{to}")),
        _ => None,
    }
}

/// The first and the last age of a band; 120 is as good as no end.
pub fn range(band: &str) -> Option<(u32, u32)> {
    if let Some(from) = band.strip_suffix('+') {
        return Some((from.parse().ok()?, 120));
    }
    if let Some(to) = band.strip_prefix('<') {
        return Some((0, to.parse::<u32>().ok()?.checked_sub(1)?));
    }
    match band.split_once('-') {
        Some((from, to)) => Some((from.parse().ok()?, to.parse().ok()?)),
        None => band.parse().ok().map(|age| (age, age)),
    }
}
