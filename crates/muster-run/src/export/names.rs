//! Names that Vensim takes: letters, digits and spaces, each used once, whatever a plan calls its things.

use std::collections::HashSet;

/// Words that mean something to Vensim.
const WORDS: &[&str] = &[
    "abs",
    "a function of",
    "active initial",
    "all",
    "and",
    "arccos",
    "arcsin",
    "arctan",
    "cos",
    "delay fixed",
    "delay n",
    "delay1",
    "delay1i",
    "delay3",
    "delay3i",
    "elmcount",
    "except",
    "exp",
    "final time",
    "find marker",
    "game",
    "gamma ln",
    "get direct constants",
    "get direct data",
    "get time value",
    "if then else",
    "implies",
    "initial",
    "initial time",
    "integ",
    "integer",
    "interpolate",
    "invert matrix",
    "ln",
    "log",
    "lookup backward",
    "lookup forward",
    "max",
    "min",
    "mod",
    "modulo",
    "na",
    "not",
    "npv",
    "or",
    "power",
    "prod",
    "pulse",
    "pulse train",
    "quantum",
    "ramp",
    "random",
    "random normal",
    "random uniform",
    "raw",
    "sample if true",
    "saveper",
    "simultaneous",
    "sin",
    "smooth",
    "smooth3",
    "smooth3i",
    "smoothi",
    "sqrt",
    "step",
    "sum",
    "tabbed array",
    "tan",
    "time",
    "time step",
    "time base",
    "trend",
    "vector elm map",
    "vector rank",
    "vector reorder",
    "vector select",
    "vector sort order",
    "vmax",
    "vmin",
    "with lookup",
    "xidz",
    "zidz",
];

/// The names in use. Vensim does not tell capitals from small letters, nor spaces from underscores.
pub(crate) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// With these names kept for the model itself.
    pub(crate) fn new(kept: &[&str]) -> Self {
        let taken = WORDS.iter().chain(kept).map(|name| name.to_lowercase()).collect();
        Self { taken }
    }

    /// A name that nothing else has, as near to `title` as can be.
    pub(crate) fn unique(&mut self, title: &str) -> String {
        let name = plain(title);
        let mut unique = name.clone();
        let mut copy = 2;
        while !self.taken.insert(unique.to_lowercase()) {
            unique = format!("{name} {copy}");
            copy += 1;
        }
        unique
    }
}

/// Letters, digits and single spaces; it begins with a letter.
fn plain(title: &str) -> String {
    let title = title.replace(['\'', '’'], "").replace('&', " and ");
    let spaced: String = title.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    let name = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.starts_with(char::is_alphabetic) { name } else { format!("The {name}").trim_end().to_owned() }
}

/// A number that reads back as itself, without a long row of noughts.
pub(crate) fn number(value: f64) -> String {
    // A minus before nought would be kept, and means nothing here.
    let value = if value == 0.0 { 0.0 } else { value };
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_that_vensim_takes_and_nothing_else_has() {
        let mut names = Names::new(&["Staff"]);
        for (title, name) in [
            ("Children's nurses", "Childrens nurses"),
            ("CHILDREN’S NURSES", "CHILDRENS NURSES 2"),
            ("AHP & support (band 3-4)", "AHP and support band 3 4"),
            ("staff", "staff 2"),
            ("Time", "Time 2"),
            ("2nd year", "The 2nd year"),
            ("~|[]", "The"),
        ] {
            assert_eq!(names.unique(title), name);
        }
    }

    #[test]
    fn every_number_reads_back_as_itself() {
        for value in [0.1, 1.0 / 3.0, 1e-300, 6.02e23, 123_456_789.123_456_78, 2e-5, -0.0, 5e-324] {
            assert_eq!(number(value).parse::<f64>().unwrap(), value, "{value}");
        }
        assert_eq!((number(1e-7), number(100.0), number(-0.0)), ("1e-7".into(), "100".into(), "0".into()));
    }
}
