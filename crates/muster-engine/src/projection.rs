//! What a run produced: for every cell and year the stock, the flows by cause, demand, gap and cost.

use crate::EngineError;

/// Why people come or go, in the order of the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Left the NHS before 55.
    LeaverUnder55,
    /// Left the NHS at 55 or over.
    Leaver55AndOver,
    /// Moved to another profession, setting or place.
    MovedOut,
    /// Moved here from another profession, setting or place.
    MovedIn,
    /// Joined from a training programme.
    NewlyQualified,
    /// Came back to the NHS.
    Returner,
    /// Joined from the wider labour market.
    WiderLabourMarket,
    /// Joined from abroad.
    International,
    /// No one came or went: hours per head changed, because people grew older or work more or less. FTE only.
    Hours,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 9] = [
        Self::LeaverUnder55,
        Self::Leaver55AndOver,
        Self::MovedOut,
        Self::MovedIn,
        Self::NewlyQualified,
        Self::Returner,
        Self::WiderLabourMarket,
        Self::International,
        Self::Hours,
    ];

    /// +1 where people come in, −1 where they go out.
    pub fn sign(self) -> f64 {
        match self {
            Self::LeaverUnder55 | Self::Leaver55AndOver | Self::MovedOut => -1.0,
            _ => 1.0,
        }
    }

    /// As written in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::LeaverUnder55 => "leaver_under_55",
            Self::Leaver55AndOver => "leaver_55_and_over",
            Self::MovedOut => "moved_out",
            Self::MovedIn => "moved_in",
            Self::NewlyQualified => "newly_qualified",
            Self::Returner => "returner",
            Self::WiderLabourMarket => "wider_labour_market",
            Self::International => "international",
            Self::Hours => "hours",
        }
    }

    /// As written in a report.
    pub fn title(self) -> &'static str {
        match self {
            Self::LeaverUnder55 => "Leavers under 55",
            Self::Leaver55AndOver => "Leavers 55 and over",
            Self::MovedOut => "Moved to another profession",
            Self::MovedIn => "Moved from another profession",
            Self::NewlyQualified => "Newly qualified",
            Self::Returner => "Returners",
            Self::WiderLabourMarket => "Wider labour market",
            Self::International => "International",
            Self::Hours => "Ageing and hours per head",
        }
    }
}

/// People who came or went, never negative but for [`Cause::Hours`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flow {
    /// People.
    pub headcount: f64,
    /// What they work.
    pub fte: f64,
}

/// One cell in one year. Year 0 is the baseline: it has stocks and no flows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct YearResult {
    /// People in post at the close.
    pub headcount: f64,
    /// Of those, aged 55 and over.
    pub headcount_55_and_over: f64,
    /// What they work.
    pub fte: f64,
    /// FTE needed.
    pub demand_fte: f64,
    /// Demand less supply; negative when there are more staff than needed.
    pub gap_fte: f64,
    /// Bank and agency staff who cover part of the gap.
    pub temporary_fte: f64,
    /// Employer's cost of permanent staff.
    pub pay_gbp: f64,
    /// Cost of bank and agency staff.
    pub temporary_gbp: f64,
    flows: [Flow; Cause::ALL.len()],
}

impl YearResult {
    /// The flow of one cause in the year that ends here.
    pub fn flow(&self, cause: Cause) -> Flow {
        self.flows[cause as usize]
    }

    pub(crate) fn flow_mut(&mut self, cause: Cause) -> &mut Flow {
        &mut self.flows[cause as usize]
    }

    /// What flows add to the headcount.
    pub fn net_headcount(&self) -> f64 {
        Cause::ALL.iter().map(|cause| cause.sign() * self.flow(*cause).headcount).sum()
    }

    /// What flows and changed hours add to the FTE.
    pub fn net_fte(&self) -> f64 {
        Cause::ALL.iter().map(|cause| cause.sign() * self.flow(*cause).fte).sum()
    }
}

/// One cell through the years, from the baseline on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellResult {
    /// Index 0 is the baseline.
    pub years: Vec<YearResult>,
}

/// One programme in one year. Year 0 is the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProgrammeYear {
    /// People who started in the year.
    pub intake: f64,
    /// People who gave up in the year.
    pub withdrawn: f64,
    /// People who finished in the year.
    pub completed: f64,
    /// Of those, people who joined the NHS.
    pub joined: f64,
    /// Students at the close.
    pub students: f64,
}

/// Posts that a move offered and nobody could take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unfilled {
    /// Index into the transfers.
    pub transfer: usize,
    /// The year, counted from the baseline.
    pub year: usize,
    /// People missing.
    pub headcount: f64,
}

/// A projected future.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Projection {
    /// In the order of the inputs' cells.
    pub cells: Vec<CellResult>,
    /// In the order of the inputs' programmes; index 0 of each is the baseline.
    pub programmes: Vec<Vec<ProgrammeYear>>,
    /// Posts that stayed empty.
    pub unfilled: Vec<Unfilled>,
    /// Net movement of people to "outside the NHS" since the baseline, by year: leavers and those who give up or finish training
    /// elsewhere, less joiners from outside and starters.
    pub outside_headcount: Vec<f64>,
}

/// How far a count may be out, relative to the size of what is counted, before it is a fault and not rounding.
const TOLERANCE: f64 = 1e-9;

impl Projection {
    /// Refuses a result in which people appear or vanish, or which is not a number.
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        let years = self.outside_headcount.len();
        for (i, cell) in self.cells.iter().enumerate() {
            for (year, result) in cell.years.iter().enumerate() {
                let all = [result.headcount, result.fte, result.demand_fte, result.pay_gbp, result.temporary_gbp];
                if all.iter().any(|value| !value.is_finite()) {
                    return Err(EngineError::NotFinite { what: format!("cell {i}"), year });
                }
                if year > 0 {
                    let before = &cell.years[year - 1];
                    same(&format!("cell {i}"), year, before.headcount + result.net_headcount(), result.headcount)?;
                    same(&format!("cell {i} (FTE)"), year, before.fte + result.net_fte(), result.fte)?;
                }
            }
        }
        let people = |year: usize| -> f64 {
            let in_post: f64 = self.cells.iter().map(|cell| cell.years[year].headcount).sum();
            let in_training: f64 = self.programmes.iter().map(|programme| programme[year].students).sum();
            in_post + in_training + self.outside_headcount[year]
        };
        (1..years).try_for_each(|year| same("the whole NHS", year, people(0), people(year)))
    }
}

fn same(place: &str, year: usize, expected: f64, closing: f64) -> Result<(), EngineError> {
    let scale = 1.0 + expected.abs().max(closing.abs());
    if (expected - closing).abs() <= TOLERANCE * scale {
        Ok(())
    } else {
        Err(EngineError::NotConserved { place: place.to_owned(), year, expected, closing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vanished_person_is_noticed() {
        let mut projection = crate::project(&crate::doc_example()).unwrap();
        projection.cells[0].years[2].headcount -= 1.0;
        assert!(matches!(projection.check(), Err(EngineError::NotConserved { year: 2, .. })));
    }

    #[test]
    fn a_figure_that_is_not_a_number_is_noticed() {
        let mut projection = crate::project(&crate::doc_example()).unwrap();
        projection.cells[0].years[3].pay_gbp = f64::NAN;
        assert!(matches!(projection.check(), Err(EngineError::NotFinite { year: 3, .. })));
    }
}
