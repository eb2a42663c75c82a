//! How staff in post, leavers, joiners and hours divide between bands of ages, for the groups of which turnover statistics say so.
//!
//! Two groups are what others leave: qualified staff less doctors and nurses, and all staff less qualified staff. The total
//! under 25 of all staff was not published; it is their headcount, put on the basis of turnover statistics, less the other bands.

use jiff::civil::date;

use super::FitError;
use super::book::Book;
use super::observed::Evidence;
use crate::Period;

/// The published bands, the youngest first.
pub const BANDS: [&str; 6] = ["<25", "25-34", "35-44", "45-54", "55-64", "65+"];

/// One number for each of the published bands.
pub type Bands = [f64; BANDS.len()];

/// The year whose leavers are known by age: to September 2019, the last before the pandemic.
pub fn year() -> Period {
    Period::new(date(2018, 10, 1), date(2019, 9, 30)).unwrap_or(Period::month(date(2018, 10, 1)))
}

/// The month that closes before that year opens.
pub fn opening() -> Period {
    Period::month(date(2018, 9, 1))
}

/// Which group's ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nurses and health visitors.
    Nurses,
    /// Qualified clinical staff less doctors and nurses.
    OtherClinical,
    /// All staff less qualified clinical staff. Their leavers are those of infrastructure support, the only ones known by age.
    NonClinical,
    /// Consultants.
    Consultants,
    /// No difference between ages.
    Flat,
}

impl Shape {
    /// By the name that recipes use.
    pub fn named(name: &str, file: &str) -> Result<Self, FitError> {
        Ok(match name {
            "nurses" => Self::Nurses,
            "other-clinical" => Self::OtherClinical,
            "non-clinical" => Self::NonClinical,
            "consultants" => Self::Consultants,
            "flat" => Self::Flat,
            other => {
                let why = format!(
                    "`{other}` is not nurses, other-clinical, non-clinical, consultants or flat, whose ages are known"
                );
                return Err(FitError::Book { file: file.to_owned(), why });
            }
        })
    }

    /// A measure by band: opening or leavers or joiners, in `headcount` or `fte`.
    pub fn bands(self, evidence: &Evidence, flow: &str, unit: &str) -> Result<Bands, FitError> {
        let of = |staff: &str| published(evidence, flow, staff, unit);
        Ok(match self {
            Self::Nurses => of("nurses")?,
            Self::Consultants => of("consultants")?,
            Self::OtherClinical => less(less(of("clinical")?, of("doctors")?), of("nurses")?),
            Self::NonClinical => less(of("all")?, of("clinical")?),
            Self::Flat => [1.0; BANDS.len()],
        })
    }

    /// The share of each band that left in the year.
    pub fn leaving(self, evidence: &Evidence) -> Result<Bands, FitError> {
        let leavers = match self {
            Self::NonClinical => published(evidence, "leavers", "infrastructure", "headcount")?,
            Self::Flat => return Ok([1.0; BANDS.len()]),
            other => other.bands(evidence, "leavers", "headcount")?,
        };
        let opening = self.bands(evidence, "opening", "headcount")?;
        Ok(filled(std::array::from_fn(|band| leavers[band] / opening[band])))
    }

    /// FTE per head of each band.
    pub fn hours(self, evidence: &Evidence) -> Result<Bands, FitError> {
        if self == Self::Flat {
            return Ok([1.0; BANDS.len()]);
        }
        let (fte, people) = (self.bands(evidence, "opening", "fte")?, self.bands(evidence, "opening", "headcount")?);
        Ok(filled(std::array::from_fn(|band| fte[band] / people[band])))
    }
}

/// Bands without anybody are as the next older one.
fn filled(mut bands: Bands) -> Bands {
    for band in (0..BANDS.len() - 1).rev() {
        if !bands[band].is_finite() {
            bands[band] = bands[band + 1];
        }
    }
    bands
}

fn less(all: Bands, part: Bands) -> Bands {
    std::array::from_fn(|band| all[band] - part[band])
}

/// What is published; the youngest band, where it is not, is the total less the others.
fn published(evidence: &Evidence, flow: &str, staff: &str, unit: &str) -> Result<Bands, FitError> {
    let measure = format!("{flow}_nhs_{unit}");
    let mut bands = [0.0; BANDS.len()];
    for (band, name) in BANDS.iter().enumerate().skip(1) {
        bands[band] = evidence.turnover.get(&measure, staff, "ENG", name, year())?;
    }
    bands[0] = match evidence.turnover.find(&measure, staff, "ENG", BANDS[0], year()) {
        Some(youngest) => youngest,
        // Nobody is a consultant under 25.
        None if staff == "consultants" => 0.0,
        None => {
            let total = match evidence.turnover.find(&measure, staff, "ENG", "", year()) {
                Some(total) => total,
                None => evidence.england(unit, staff, opening())? * basis(evidence, unit)?,
            };
            total - bands[1..].iter().sum::<f64>()
        }
    };
    Ok(bands)
}

/// Turnover statistics count a little fewer people than those in post in the same month: the ratio, of qualified staff.
pub fn basis(evidence: &Evidence, unit: &str) -> Result<f64, FitError> {
    let measure = format!("opening_nhs_{unit}");
    let counted = if let Some(total) = evidence.turnover.find(&measure, "clinical", "ENG", "", year()) {
        total
    } else {
        let bands = BANDS.iter().map(|band| evidence.turnover.get(&measure, "clinical", "ENG", band, year()));
        bands.sum::<Result<f64, _>>()?
    };
    Ok(counted / evidence.england(unit, "clinical", opening())?)
}

/// The bands of the book's rates: the published one from 55 to 64 is split at 60.
pub const RATE_BANDS: [&str; 7] = ["16-24", "25-34", "35-44", "45-54", "55-59", "60-64", "65-75"];

/// Rates of the published bands in the bands of the book, with 55 to 64 split in the ratio of two factors.
pub fn split(bands: Bands, from_55: f64, from_60: f64) -> [f64; 7] {
    let [under_25, from_25, from_35, from_45, of_55_to_64, from_65] = bands;
    [under_25, from_25, from_35, from_45, of_55_to_64 * from_55, of_55_to_64 * from_60, from_65]
}

/// The factors that split the leaver rate of 55 to 64 in two, so that together they are what was published.
pub fn leaving_split(book: &Book) -> Result<(f64, f64), FitError> {
    let (older, times) = (book.judgement("share_60_to_64")?, book.judgement("leaving_60_to_64")?);
    let young = 1.0 / (1.0 - older + older * times);
    Ok((young, young * times))
}
