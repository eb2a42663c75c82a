//! The description of a publication: which table is meant, what its columns are, and what its words mean.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::period::Reading;

/// A publication, as its file in `publications/` describes it. `docs/publication-format.md` is the reference.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Its id, which is also the name of its file.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Its licence.
    pub licence: String,
    /// What it is, in a sentence or two.
    pub about: String,
    /// The entry in `sources/` that numbers fitted from it name.
    #[serde(default)]
    pub cite: Option<String>,
    /// How often it comes out, where that is known.
    #[serde(default)]
    pub refresh: Option<Refresh>,
    /// How the edition is dated.
    #[serde(default)]
    pub edition: Option<Field>,
    /// Whether its rows are people.
    #[serde(default)]
    pub person_level: bool,
    /// Its layouts.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// Measures that only it has.
    #[serde(default, rename = "measure")]
    pub measures: Vec<Measure>,
    /// Its own words for things.
    #[serde(default)]
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    /// What should hold of its values.
    #[serde(default)]
    pub checks: Checks,
    /// Examples, which are tests.
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
}

/// How often a publication comes out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// How often.
    pub every: Every,
    /// How many months after the last day of its figures it comes out, where that is known.
    #[serde(default)]
    pub lag_months: Option<u8>,
    /// How we know.
    pub why: String,
}

/// How often something comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Twelve times a year.
    Monthly,
    /// Four times a year.
    Quarterly,
    /// Once a year.
    Annual,
}

impl Every {
    /// From one edition to the next.
    pub fn months(self) -> u8 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::Annual => 12,
        }
    }

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Annual => "annual",
        }
    }
}

/// One layout of a publication.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What to call it in messages.
    pub name: String,
    /// A regular expression for the names of its sheets.
    #[serde(default)]
    pub sheet: Option<String>,
    /// A regular expression for the name of its file.
    #[serde(default)]
    pub file_name: Option<String>,
    /// The headings that its heading row holds.
    #[serde(default)]
    pub headings: Vec<String>,
    /// The number of columns of a file without headings.
    #[serde(default)]
    pub columns: Option<usize>,
    /// For a file without headings: what the first cell of each row looks like.
    #[serde(default)]
    pub first_cell: Option<String>,
    /// Columns in which an empty cell repeats the one above.
    #[serde(default)]
    pub fill: Vec<String>,
    /// How the row after the last one begins.
    #[serde(default)]
    pub until: Vec<String>,
    /// Whether the table is looked for again below its end.
    #[serde(default)]
    pub repeats: bool,
    /// Rows left out on purpose.
    #[serde(default, rename = "skip")]
    pub skips: Vec<Skip>,
    /// Where each row belongs.
    #[serde(default)]
    pub place: Vec<PlaceField>,
    /// What a row without any code means: `refuse`, or `ENG`.
    #[serde(default)]
    pub otherwise: Option<String>,
    /// The fields that hold for the whole row.
    #[serde(flatten)]
    pub fields: Fields,
    /// What signs mean.
    #[serde(default)]
    pub markers: BTreeMap<String, Marker>,
    /// How percentages with a sign are read.
    #[serde(default)]
    pub percent: Option<Percent>,
    /// The columns that hold values.
    #[serde(default)]
    pub values: Vec<Values>,
    /// For rows that are people.
    #[serde(default)]
    pub people: Option<People>,
    /// What became of places.
    #[serde(default, rename = "successor")]
    pub successors: Vec<SuccessorFields>,
    /// How places relate.
    #[serde(default, rename = "link")]
    pub links: Vec<LinkFields>,
}

/// The fields of a fact that a description fills.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Fields {
    /// When.
    #[serde(default)]
    pub period: Option<Field>,
    /// Profession or staff group.
    #[serde(default)]
    pub staff: Option<Field>,
    /// Setting.
    #[serde(default)]
    pub setting: Option<Field>,
    /// Age.
    #[serde(default)]
    pub age: Option<Field>,
    /// Sex.
    #[serde(default)]
    pub sex: Option<Field>,
    /// Ethnic group.
    #[serde(default)]
    pub ethnicity: Option<Field>,
    /// Nationality.
    #[serde(default)]
    pub nationality: Option<Field>,
    /// Pay band or grade.
    #[serde(default)]
    pub grade: Option<Field>,
    /// Any other dimension.
    #[serde(default)]
    pub detail: Option<Field>,
    /// What was measured.
    #[serde(default)]
    pub measure: Option<Field>,
    /// The unit, where the measure leaves it open.
    #[serde(default)]
    pub unit: Option<Field>,
}

/// Where a text comes from: that very text, a rule, or several that are joined.
pub type Field = Form<Found>;

/// A text, a table of keys, or a list of either.
///
/// A plain text and a table of keys say the same thing at different length. Reading them by hand, and not as whichever
/// happens to fit, keeps the message about a misspelt key precise.
#[derive(Debug, Clone)]
pub enum Form<T> {
    /// A text.
    Text(String),
    /// Several.
    List(Vec<Form<T>>),
    /// A table of keys.
    Table(Box<T>),
}

impl<T> Default for Form<T> {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl<T> Form<T> {
    /// The texts, where it is one or a list of them.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(list) => list.iter().flat_map(Self::texts).collect(),
            Self::Table(_) => Vec::new(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Form<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyForm<T> {
            type Value = Form<T>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text, a table or a list")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Form<T>, E> {
                Ok(Form::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Form<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Form::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, keys: A) -> Result<Form<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(keys)).map(|table| Form::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(AnyForm(PhantomData))
    }
}

/// No table is possible here: a text, or a list of texts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoTable {}

/// A text from the file, and what is done with it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key that a description may set")]
pub struct Found {
    /// The cell of the row; of several, the first that is not empty.
    pub column: Form<NoTable>,
    /// Texts of a cell that count as nothing, so that the next column is asked.
    pub blank: Vec<String>,
    /// The heading of the value's column.
    pub heading: bool,
    /// The merged cell above the heading.
    pub above: bool,
    /// The name of the sheet.
    pub sheet: bool,
    /// The name of the file.
    pub file: bool,
    /// The first cell above the headings that matches.
    pub text: Option<String>,
    /// A fixed text.
    pub fixed: Option<String>,
    /// The first group of this is kept.
    pub pattern: Option<String>,
    /// Translations.
    pub map: BTreeMap<String, String>,
    /// A table of translations in `[labels]`.
    pub labels: Option<String>,
    /// Whether a text that is not translated is kept.
    pub keep: bool,
    /// What stands in for nothing.
    pub default: Option<String>,
    /// Added to a whole number, for codes that start elsewhere.
    pub plus: Option<i64>,
    /// For a period: how it is understood.
    #[serde(rename = "as")]
    pub reading: Reading,
    /// For the age of a person: the column with the date of birth.
    pub born: Option<String>,
}

/// One level of the place of a row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceField {
    /// What kind of place.
    pub kind: PlaceKind,
    /// Its code: a column by its name, or a rule.
    pub code: Form<Found>,
    /// Its name: a column, or a rule.
    #[serde(default)]
    pub name: Option<Form<Found>>,
    /// The column with the day it opened.
    #[serde(default)]
    pub opened: Option<String>,
    /// The column with the day it closed.
    #[serde(default)]
    pub closed: Option<String>,
    /// The column that says with which others it is compared.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Texts that mean that there is no code.
    #[serde(default)]
    pub blank: Vec<String>,
}

/// What kind of place, from the largest to the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A country.
    Country,
    /// An NHS England region.
    Region,
    /// An integrated care system.
    System,
    /// The part of a system that was a clinical commissioning group.
    SubIcb,
    /// A trust, or any other body that employs people.
    Organisation,
    /// A primary care network.
    Pcn,
    /// A general practice.
    Practice,
    /// A council's area.
    LocalAuthority,
    /// Any other area.
    Area,
}

/// Rows left out on purpose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The column looked at.
    pub column: String,
    /// Texts of rows to leave out.
    #[serde(default)]
    pub is: Vec<String>,
    /// A pattern of rows to leave out.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Whether rows with nothing there are left out.
    #[serde(default)]
    pub blank: bool,
    /// Why.
    pub why: String,
}

/// What a sign stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    /// Nothing was counted.
    Zero,
    /// The publisher withheld the value.
    Suppressed,
    /// There is no value.
    Absent,
}

/// How `5%` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Percent {
    /// As 5, because the measure is in percent.
    #[serde(rename = "as written")]
    AsWritten,
}

/// Columns that hold values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// Which: one by its heading, several, or a rule.
    pub columns: Form<ColumnRule>,
    /// Each value is multiplied by this.
    #[serde(default)]
    pub scale: Option<f64>,
    /// Fields that hold for these columns.
    #[serde(flatten)]
    pub fields: Fields,
}

/// A rule for columns.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnRule {
    /// Every heading that is a date.
    pub dates: bool,
    /// Every heading that matches.
    pub pattern: Option<String>,
    /// Every column that nothing else names.
    pub rest: bool,
}

/// Which columns describe a person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// The column that tells one person from another.
    pub person: String,
    /// The column with their full-time equivalent.
    pub fte: String,
}

/// Where a succession is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuccessorFields {
    /// The column with the code that ended.
    pub from: String,
    /// The column with the code that followed.
    pub to: String,
    /// The column with the day.
    #[serde(default)]
    pub date: Option<String>,
    /// The column with the share that went there.
    #[serde(default)]
    pub share: Option<String>,
    /// The column that says what happened.
    #[serde(default)]
    pub change: Option<String>,
}

/// Where a link is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkFields {
    /// What kind of link.
    pub kind: String,
    /// From which place.
    pub from: PlaceField,
    /// To which place.
    pub to: PlaceField,
    /// The column with its weight; 1 without it.
    #[serde(default)]
    pub weight: Option<String>,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its unit; empty where each row says it.
    #[serde(default)]
    pub unit: String,
    /// What kind of number it is.
    pub kind: MeasureKind,
    /// Whether values of places that do not overlap may be added.
    #[serde(default)]
    pub adds: bool,
    /// What is counted, who is not, and when.
    pub definition: String,
    /// The everyday name that measures with different definitions share.
    #[serde(default)]
    pub family: Option<String>,
}

/// What kind of number a measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// So many at a moment.
    Stock,
    /// So many in a period.
    Flow,
    /// A flow by a stock, or another ratio.
    Rate,
    /// A mark on a scale.
    Score,
    /// A number of things or events.
    Count,
    /// Money.
    Money,
    /// A part of a whole.
    Share,
}

/// What should hold of the values.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Checks {
    /// Measures that add over places.
    pub places: Vec<String>,
    /// Measures that add over staff groups.
    pub staff: Vec<String>,
    /// Whether no month may be missing.
    pub months: bool,
    /// Measures whose jumps are reported.
    pub jumps: Vec<String>,
}

/// An example: a piece of a file and what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub says: String,
    /// The text of a CSV.
    #[serde(default)]
    pub file: Option<String>,
    /// The name of that file, where it matters.
    #[serde(default)]
    pub file_name: Option<String>,
    /// Sheets of a workbook, with bars between cells.
    #[serde(default)]
    pub sheets: BTreeMap<String, String>,
    /// The facts that come of it, each as a line.
    #[serde(default)]
    pub facts: Vec<String>,
    /// The places.
    #[serde(default)]
    pub places: Option<Vec<String>>,
    /// The successions.
    #[serde(default)]
    pub successors: Option<Vec<String>>,
    /// The links.
    #[serde(default)]
    pub links: Option<Vec<String>>,
    /// What is not understood, each as `row,column: text`.
    #[serde(default)]
    pub not_understood: Vec<String>,
}
