//! The text of a Vensim model: groups, subscript ranges, equations and tables of constants.

use std::collections::HashMap;

use crate::export::names::{Names, number};
use crate::export::world::{Axis, World};

/// Where lines are broken.
const WIDTH: usize = 100;

/// A subscript: which axis it belongs to, and what is written.
pub(crate) type Sub<'s> = (Axis, &'s str);

/// What a variable is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'s> {
    /// In what it is measured.
    pub units: &'s str,
    /// What it is, for a reader.
    pub text: &'s str,
}

/// The text so far, and the names in it.
pub(crate) struct Writer<'w> {
    pub(crate) world: &'w World<'w>,
    pub(crate) names: Names,
    /// What each axis is called.
    ranges: HashMap<Axis, String>,
    /// What each element of an axis is called.
    elements: HashMap<Axis, Vec<String>>,
    /// Tables already written, by their numbers, so that each is written once.
    pub(super) tables: HashMap<(Vec<Axis>, Vec<u64>), String>,
    text: String,
}

impl<'w> Writer<'w> {
    pub(crate) fn new(world: &'w World<'w>, kept: &[&str]) -> Self {
        Self {
            world,
            names: Names::new(kept),
            ranges: HashMap::new(),
            elements: HashMap::new(),
            tables: HashMap::new(),
            text: "{UTF-8}\n".to_owned(),
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// A heading in the list of equations, with a few words.
    pub(crate) fn group(&mut self, title: &str, words: &[String]) {
        let stars = "*".repeat(56);
        let words: Vec<String> = words.iter().flat_map(|line| wrap(&safe(line))).collect();
        self.text.push_str(&format!("{stars}\n\t.{title}\n{stars}~\n\t\t{}\n\t|\n\n", words.join("\n\t\t")));
    }

    /// A subscript range with its elements, which become the names of an axis.
    pub(crate) fn axis(&mut self, axis: Axis, range: &str, elements: Vec<String>, about: &str) {
        self.range(range, &elements, about);
        self.ranges.insert(axis, range.to_owned());
        self.elements.insert(axis, elements);
    }

    /// A subscript range.
    pub(crate) fn range(&mut self, range: &str, elements: &[String], about: &str) {
        let list = elements.join(",\n\t");
        self.text.push_str(&format!("{range}:\n\t{list}\n\t~\t\n\t~\t{}\n\t|\n\n", comment(about)));
    }

    /// A subscript range of numbered elements, with another that it is matched with, element by element.
    pub(crate) fn numbered(&mut self, range: &str, ends: (&str, &str), matched: Option<&str>, about: &str) {
        let matched = matched.map_or(String::new(), |range| format!(" -> {range}"));
        let (first, last) = ends;
        let list = if first == last { first.to_owned() } else { format!("({first}-{last})") };
        self.text.push_str(&format!("{range}:\n\t{list}{matched}\n\t~\t\n\t~\t{}\n\t|\n\n", comment(about)));
    }

    /// The names of the elements of an axis whose range is written elsewhere.
    pub(crate) fn name_axis(&mut self, axis: Axis, range: &str, elements: Vec<String>) {
        self.ranges.insert(axis, range.to_owned());
        self.elements.insert(axis, elements);
    }

    /// What an element of an axis is called.
    pub(crate) fn element(&self, axis: Axis, i: usize) -> &str {
        &self.elements[&axis][i]
    }

    /// What an axis is called.
    pub(crate) fn range_of(&self, axis: Axis) -> &str {
        &self.ranges[&axis]
    }

    /// Whether an axis is written: a plan for one place has no areas, and people who work in one setting need no settings.
    pub(crate) fn shown(&self, axis: Axis) -> bool {
        !matches!(axis, Axis::Area | Axis::Setting) || self.world.len(axis) > 1
    }

    /// A variable with its subscripts, less those of axes that are not written.
    pub(crate) fn at(&self, name: &str, subs: &[Sub<'_>]) -> String {
        let list: Vec<&str> = subs.iter().filter(|(axis, _)| self.shown(*axis)).map(|(_, sub)| *sub).collect();
        if list.is_empty() { name.to_owned() } else { format!("{name}[{}]", list.join(",")) }
    }

    /// An equation.
    pub(crate) fn equation(&mut self, left: &str, right: &str, about: About<'_>) {
        self.equations(&[(left.to_owned(), right.to_owned())], about);
    }

    /// The equations of one variable, for several subscripts; Vensim keeps units and comment with the last.
    pub(crate) fn equations(&mut self, list: &[(String, String)], about: About<'_>) {
        for (i, (left, right)) in list.iter().enumerate() {
            let right = break_lines(right);
            if i + 1 < list.len() {
                self.text.push_str(&format!("{left}=\n\t{right} ~~|\n"));
            } else {
                let (units, words) = (about.units, comment(about.text));
                self.text.push_str(&format!("{left}=\n\t{right}\n\t~\t{units}\n\t~\t{words}\n\t|\n\n"));
            }
        }
    }

    /// Constants: a row, or rows with a row for each element of the first axis.
    pub(super) fn constants(&mut self, left: &str, rows: &[&[f64]], about: About<'_>) {
        let row = |row: &&[f64]| row.iter().map(|value| number(*value)).collect::<Vec<_>>().join(",");
        let text = match rows {
            [one] => break_lines(&row(one)),
            many => many.iter().map(|values| row(values) + ";").collect::<Vec<_>>().join("\n\t"),
        };
        let (units, words) = (about.units, comment(about.text));
        self.text.push_str(&format!("{left}=\n\t{text}\n\t~\t{units}\n\t~\t{words}\n\t|\n\n"));
    }

    /// What ends every model.
    pub(crate) fn end(&mut self) {
        self.text.push_str(
            "\\\\\\---/// Sketch information - do not modify anything except names\n\
             V300  Do not put anything below this section - it will be ignored\n*View 1\n\
             $192-192-192,0,Times New Roman|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0\n///---\\\\\\\n",
        );
    }
}

/// Text that cannot be taken for the end of a comment.
fn safe(text: &str) -> String {
    text.replace('|', "/").replace('~', "-").replace(['{', '}'], " ")
}

fn comment(text: &str) -> String {
    let lines: Vec<String> = text.lines().flat_map(|line| wrap(&safe(line))).collect();
    lines.join("\n\t\t")
}

/// Words in lines.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let room = WIDTH.saturating_sub(lines[last].chars().count());
        if lines[last].is_empty() {
            lines[last].push_str(word);
        } else if word.chars().count() < room {
            lines[last].push(' ');
            lines[last].push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// A long equation in lines, broken after a comma or before a sign between spaces.
fn break_lines(equation: &str) -> String {
    let mut text = String::with_capacity(equation.len());
    let mut length = 0;
    let mut inside = 0_i32;
    let letters: Vec<char> = equation.chars().collect();
    for (i, letter) in letters.iter().enumerate() {
        match letter {
            '[' => inside += 1,
            ']' => inside -= 1,
            _ => {}
        }
        text.push(*letter);
        length += 1;
        let sign_follows = *letter == ' ' && letters.get(i + 1).is_some_and(|next| "+-*".contains(*next));
        if length > WIDTH && inside == 0 && (sign_follows || *letter == ',') {
            text.truncate(text.trim_end_matches(' ').len());
            text.push_str("\n\t");
            length = 0;
        }
    }
    text
}
