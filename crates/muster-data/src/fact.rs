//! Facts: one value each, with everything that says what it is a value of.

use std::collections::HashMap;

use crate::{Amount, Period};

/// A text that occurs in many facts, kept once. Which one it is depends on the [`Facts`] that it belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(u32);

/// The words of some facts. The empty text is always the first.
#[derive(Debug, Clone)]
pub struct Words {
    list: Vec<Box<str>>,
    known: HashMap<Box<str>, Word>,
}

impl Default for Words {
    fn default() -> Self {
        Self { list: vec!["".into()], known: HashMap::from([("".into(), Word(0))]) }
    }
}

impl Words {
    /// The word for a text, new or known.
    pub fn add(&mut self, text: &str) -> Word {
        if let Some(word) = self.known.get(text) {
            return *word;
        }
        let word = Word(self.list.len() as u32);
        self.list.push(text.into());
        self.known.insert(text.into(), word);
        word
    }

    /// The word for a text, if any fact has it.
    pub fn find(&self, text: &str) -> Option<Word> {
        self.known.get(text).copied()
    }

    /// The text of a word.
    pub fn text(&self, word: Word) -> &str {
        &self.list[word.0 as usize]
    }
}

/// What a fact is about, apart from its period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The code of a place.
    pub place: Word,
    /// A profession or staff group.
    pub staff: Word,
    /// A setting; empty means all, here and below.
    pub setting: Word,
    /// An age or a band of ages.
    pub age: Word,
    /// A sex.
    pub sex: Word,
    /// An ethnic group.
    pub ethnicity: Word,
    /// A nationality.
    pub nationality: Word,
    /// A pay band or grade.
    pub grade: Word,
    /// Any dimension without a column of its own.
    pub detail: Word,
    /// What was measured.
    pub measure: Word,
}

/// The columns of a [`Subject`], in the order in which facts are sorted and stored.
pub const COLUMNS: [&str; 10] =
    ["measure", "staff", "place", "setting", "age", "sex", "ethnicity", "nationality", "grade", "detail"];

impl Subject {
    /// The words, in the order of [`COLUMNS`].
    pub fn words(&self) -> [Word; 10] {
        [
            self.measure,
            self.staff,
            self.place,
            self.setting,
            self.age,
            self.sex,
            self.ethnicity,
            self.nationality,
            self.grade,
            self.detail,
        ]
    }

    /// From words in the order of [`COLUMNS`].
    pub fn of_words(words: [Word; 10]) -> Self {
        let [measure, staff, place, setting, age, sex, ethnicity, nationality, grade, detail] = words;
        Self { place, staff, setting, age, sex, ethnicity, nationality, grade, detail, measure }
    }
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub subject: Subject,
    /// When.
    pub period: Period,
    /// The value; none where the publisher withheld it.
    pub value: Option<Amount>,
    /// Its unit.
    pub unit: Word,
    /// Publication and edition.
    pub source: Word,
}

/// Facts with their words.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The words.
    pub words: Words,
    /// The facts.
    pub list: Vec<Fact>,
}

impl Facts {
    /// Adds facts that have words of their own.
    pub fn extend(&mut self, other: &Facts) {
        let mut known: HashMap<Word, Word> = HashMap::new();
        let words = &mut self.words;
        let mut here = |word: Word| *known.entry(word).or_insert_with(|| words.add(other.words.text(word)));
        self.list.extend(other.list.iter().map(|fact| Fact {
            subject: Subject::of_words(fact.subject.words().map(&mut here)),
            unit: here(fact.unit),
            source: here(fact.source),
            ..*fact
        }));
    }

    /// The words of a subject as texts, in the order of [`COLUMNS`].
    pub fn texts(&self, subject: &Subject) -> [&str; 10] {
        subject.words().map(|word| self.words.text(word))
    }

    /// Sorts by subject as text, then by period: the order in which facts are stored.
    pub fn sort(&mut self) {
        let mut order: Vec<u32> = (0..self.words.list.len() as u32).collect();
        order.sort_by(|a, b| self.words.list[*a as usize].cmp(&self.words.list[*b as usize]));
        let mut rank = vec![0_u32; order.len()];
        for (at, word) in order.into_iter().enumerate() {
            rank[word as usize] = at as u32;
        }
        let key = |fact: &Fact| (fact.subject.words().map(|word| rank[word.0 as usize]), fact.period);
        self.list.sort_by_cached_key(key);
    }
}
