//! Finding a place by its code or its name.

use std::cmp::Reverse;

use super::{Place, Places};

/// Words that names of the NHS have or lack without meaning another place.
const NOISE: [&str; 16] = [
    "nhs",
    "foundation",
    "trust",
    "ft",
    "the",
    "of",
    "and",
    "integrated",
    "care",
    "board",
    "icb",
    "ics",
    "stp",
    "ccg",
    "teaching",
    "university",
];
/// How alike two names must be to be offered.
const ALIKE: f64 = 0.82;
/// How many are offered.
const OFFERED: usize = 10;

/// The words of a name that tell it from others.
fn telling(name: &str) -> Vec<String> {
    let lower = name.to_lowercase().replace(['\'', '’'], "");
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let list: Vec<String> = words.clone().filter(|word| !NOISE.contains(word)).map(str::to_owned).collect();
    if list.is_empty() { words.map(str::to_owned).collect() } else { list }
}

/// How a name compares with the one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Other,
    Like,
    Holds,
    Same,
}

impl Places {
    /// The places that a text may mean, the likeliest first: the one with that code, or else those with that name, or else those
    /// whose names hold all its words, or else those with a name like it.
    pub fn find(&self, text: &str) -> Vec<&Place> {
        if let Some(place) = self.get(&text.trim().to_uppercase()) {
            return vec![place];
        }
        let wanted = telling(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let joined = wanted.join(" ");
        let likeness = |name: &String| {
            let words = telling(name);
            let other = words.join(" ");
            if other == joined {
                (Tier::Same, 0)
            } else if wanted.iter().all(|word| words.contains(word)) {
                (Tier::Holds, usize::MAX - words.len())
            } else {
                let alike = strsim::jaro_winkler(&joined, &other);
                (if alike >= ALIKE { Tier::Like } else { Tier::Other }, (alike * 1_000.0) as usize)
            }
        };
        let score = |place: &Place| place.names.iter().chain([&place.name]).map(likeness).max();
        let scored = self.all().filter_map(|place| Some((score(place)?, place)));
        let mut list: Vec<((Tier, usize), &Place)> = scored.filter(|((tier, _), _)| *tier > Tier::Other).collect();
        let best = list.iter().map(|((tier, _), _)| *tier).max();
        list.retain(|((tier, _), _)| Some(*tier) == best);
        list.sort_by_key(|(score, place)| (Reverse(*score), place.ended.is_some(), place.kind, place.code.as_str()));
        list.into_iter().take(OFFERED).map(|(_, place)| place).collect()
    }
}
