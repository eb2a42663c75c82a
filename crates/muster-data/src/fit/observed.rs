//! What the dataset says, ready to be asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;

use super::FitError;
use crate::description::PlaceKind;
use crate::store::Filter;
use crate::{Amount, Dataset, Facts, Library, Period};

/// The staff groups whose FTE add to all staff, as every publication by organisation has them.
pub const STAFF_GROUPS: [&str; 13] = [
    "doctors",
    "nurses",
    "midwives",
    "ambulance",
    "st-and-t",
    "support-clinical",
    "support-ambulance",
    "support-st-and-t",
    "central",
    "estates",
    "senior-managers",
    "managers",
    "unknown",
];

/// The row of all ambulance trusts together: they serve many systems and have a share of their own.
pub const AMBULANCE_TRUSTS: &str = "ambulance trusts";

/// Values of one publication by measure, staff, place, age and period; other dimensions are added up.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    publication: &'static str,
    values: BTreeMap<(String, String, String, String), BTreeMap<Period, Amount>>,
}

impl Observed {
    /// Adds facts up. Those that `wanted` refuses are left out; the words are those of [`crate::COLUMNS`].
    pub fn of(publication: &'static str, facts: &Facts, wanted: impl Fn(&[&str; 10]) -> bool) -> Self {
        let mut values: BTreeMap<_, BTreeMap<Period, Amount>> = BTreeMap::new();
        for fact in &facts.list {
            let texts = facts.texts(&fact.subject);
            let Some(value) = fact.value.filter(|_| wanted(&texts)) else { continue };
            let [measure, staff, place, _, age, ..] = texts.map(str::to_owned);
            *values.entry((measure, staff, place, age)).or_default().entry(fact.period).or_default() += value;
        }
        Self { publication, values }
    }

    /// By period, where there is anything.
    pub fn series(&self, measure: &str, staff: &str, place: &str, age: &str) -> Option<&BTreeMap<Period, Amount>> {
        self.values.get(&(measure.to_owned(), staff.to_owned(), place.to_owned(), age.to_owned()))
    }

    /// One value, where there is one.
    pub fn find(&self, measure: &str, staff: &str, place: &str, age: &str, period: Period) -> Option<f64> {
        Some(self.series(measure, staff, place, age)?.get(&period)?.to_f64())
    }

    /// One value, or what to do about its absence.
    pub fn get(&self, measure: &str, staff: &str, place: &str, age: &str, period: Period) -> Result<f64, FitError> {
        self.find(measure, staff, place, age, period).ok_or_else(|| {
            let age = if age.is_empty() { String::new() } else { format!(", aged {age}") };
            FitError::Missing(format!(
                "no {measure} of {staff}{age} in {place}, {period}: add files of `{}`",
                self.publication
            ))
        })
    }

    /// The last period in which any place has a value.
    pub fn last_period(&self, measure: &str, staff: &str) -> Option<Period> {
        let of = self.values.iter().filter(|((of, who, ..), _)| of == measure && who == staff);
        of.filter_map(|(_, series)| series.keys().next_back().copied()).max()
    }

    /// Every place, with its value.
    pub fn places<'a>(
        &'a self,
        measure: &'a str,
        staff: &'a str,
        period: Period,
    ) -> impl Iterator<Item = (&'a str, f64)> + 'a {
        self.values
            .iter()
            .filter(move |((of, who, ..), _)| of == measure && who == staff)
            .filter_map(move |((_, _, place, _), series)| Some((place.as_str(), series.get(&period)?.to_f64())))
    }
}

/// The evidence that a book is fitted from.
#[derive(Debug)]
pub struct Evidence {
    /// The last month in which England is known by staff group and every organisation in total.
    pub month: Period,
    /// Staff in post: England by staff group and grade, organisations.
    pub staff: Observed,
    /// Staff of primary care networks, by network.
    pub networks: Observed,
    /// Staff by organisation and group, of all nationalities.
    pub groups: Observed,
    /// Joiners, leavers and staff in post by age; whoever left is in no NHS organisation.
    pub turnover: Observed,
    /// The same by organisation; whoever left may be in another.
    pub benchmarking: Observed,
    /// Registered people by system.
    pub registered: BTreeMap<String, f64>,
    /// The system of each organisation, those included that are no more.
    system_of: BTreeMap<String, String>,
    ambulance: BTreeSet<String>,
    titles: BTreeMap<String, String>,
    parents: BTreeMap<String, String>,
}

impl Evidence {
    /// Reads what fits need from a dataset.
    pub fn of(dataset: &Dataset) -> Result<Self, FitError> {
        let facts = |publication: &str, measures: &[&str]| {
            let measures = measures.iter().map(|measure| (*measure).to_owned()).collect();
            dataset.facts(&Filter { publication: Some(publication.to_owned()), measures, ..Filter::default() })
        };
        let staff = Observed::of("hchs-staff", &facts("hchs-staff", &[])?, |_| true);
        let months = staff.series("fte", "nurses", "ENG", "").and_then(|series| series.last_key_value());
        let month = *months.ok_or_else(|| FitError::Missing("no staff in post: add files of `hchs-staff`".into()))?.0;
        let (system_of, ambulance) = organisations(dataset)?;
        let registered = registered(dataset, &facts("icb-allocations", &["allocation_population"])?)?;
        Ok(Self {
            month,
            staff,
            networks: Observed::of("pcn-workforce", &facts("pcn-workforce", &["fte"])?, |_| true),
            groups: Observed::of("nationality", &facts("nationality", &["fte"])?, |_| true),
            // Rows by pay band are parts of rows that are there as well.
            turnover: Observed::of("turnover", &facts("turnover", &[])?, |texts| texts[8].is_empty()),
            benchmarking: Observed::of("turnover-benchmarking", &facts("turnover-benchmarking", &[])?, |_| true),
            registered,
            system_of,
            ambulance,
            titles: dataset.library().all_staff().map(|staff| (staff.id.clone(), staff.title.clone())).collect(),
            parents: parents(dataset.library()),
        })
    }

    /// What to call a profession or staff group.
    pub fn title<'a>(&'a self, staff: &'a str) -> &'a str {
        self.titles.get(staff).map_or(staff, String::as_str)
    }

    /// Which of the [`STAFF_GROUPS`] a grade or group belongs to.
    pub fn group_of(&self, staff: &str) -> Option<usize> {
        let mut at = staff;
        loop {
            if let Some(found) = STAFF_GROUPS.iter().position(|group| *group == at) {
                return Some(found);
            }
            at = self.parents.get(at)?;
        }
    }

    /// England's staff in post of one or several groups, joined by `+`.
    pub fn england(&self, measure: &str, staff: &str, month: Period) -> Result<f64, FitError> {
        staff.split('+').map(|staff| self.staff.get(measure, staff, "ENG", "", month)).sum()
    }

    /// The same month in earlier years, the last first: as many as `years`.
    pub fn years_before(&self, years: i16) -> Vec<Period> {
        let day = self.month.starts();
        (0..=years).map(|ago| Period::month(date(day.year() - ago, day.month(), 1))).collect()
    }

    /// The row that an organisation stands in: its system, or that of the ambulance trusts. Merged trusts and closed
    /// commissioning groups stand where their successors do.
    pub fn row_of(&self, organisation: &str) -> Option<&str> {
        if self.ambulance.contains(organisation) {
            return Some(AMBULANCE_TRUSTS);
        }
        self.system_of.get(organisation).map(String::as_str)
    }

    /// What each row has of a staff group, organisations added up.
    pub fn by_row(&self, observed: &Observed, staff: &str, period: Period) -> BTreeMap<String, f64> {
        let mut rows = BTreeMap::new();
        for (place, value) in observed.places("fte", staff, period) {
            if let Some(row) = self.row_of(place) {
                *rows.entry(row.to_owned()).or_default() += value;
            }
        }
        rows
    }
}

/// The system of each organisation, and which are ambulance trusts. Staff statistics place organisations that are no more
/// where their successors are, so nothing else is needed to follow a merger.
fn organisations(dataset: &Dataset) -> Result<(BTreeMap<String, String>, BTreeSet<String>), FitError> {
    let mut system_of = BTreeMap::new();
    let mut ambulance = BTreeSet::new();
    for (publication, record) in dataset.place_records()? {
        if publication == "hchs-staff"
            && record.kind == PlaceKind::Organisation
            && let Some(parent) = record.parent
        {
            if record.name.contains("Ambulance Service") {
                ambulance.insert(record.code.clone());
            }
            system_of.insert(record.code, parent);
        }
    }
    Ok((system_of, ambulance))
}

fn registered(dataset: &Dataset, facts: &Facts) -> Result<BTreeMap<String, f64>, FitError> {
    let mut system_of: BTreeMap<String, String> = BTreeMap::new();
    for (publication, record) in dataset.place_records()? {
        if publication == "icb-allocations"
            && let Some(parent) = record.parent
        {
            system_of.insert(record.code, parent);
        }
    }
    let mut people: BTreeMap<String, Amount> = BTreeMap::new();
    for fact in &facts.list {
        let place = facts.words.text(fact.subject.place);
        if let (Some(system), Some(value)) = (system_of.get(place), fact.value) {
            *people.entry(system.clone()).or_default() += value;
        }
    }
    Ok(people.into_iter().map(|(system, people)| (system, people.to_f64())).collect())
}

fn parents(library: &Library) -> BTreeMap<String, String> {
    library.all_staff().filter_map(|staff| Some((staff.id.clone(), staff.parent.clone()?))).collect()
}
