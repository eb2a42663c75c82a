//! Families of assumptions: what a planner would name together.

use muster_book::{Assumption, Measure};
use muster_draws::sampler::Sampler;
use serde::{Deserialize, Serialize};

/// Assumptions of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each has a title")]
pub enum Family {
    StaffAtStart,
    Hours,
    Leaving,
    ReturningAndJoining,
    FromAbroad,
    TrainingPlaces,
    TrainingOutcomes,
    Moves,
    NeedAtStart,
    GrowthOfNeed,
    Productivity,
    Pay,
    Delivery,
}

impl Family {
    /// Every family, in the order of the measures.
    pub const ALL: [Self; 13] = [
        Self::StaffAtStart,
        Self::Hours,
        Self::Leaving,
        Self::ReturningAndJoining,
        Self::FromAbroad,
        Self::TrainingPlaces,
        Self::TrainingOutcomes,
        Self::Moves,
        Self::NeedAtStart,
        Self::GrowthOfNeed,
        Self::Productivity,
        Self::Pay,
        Self::Delivery,
    ];

    /// The family of an assumption.
    pub fn of(assumption: &Assumption) -> Self {
        let Assumption::Stated(measure, ..) = assumption else { return Self::Delivery };
        match measure {
            Measure::StockFte | Measure::SettingShare | Measure::AgeShare | Measure::PlaceShare => Self::StaffAtStart,
            Measure::Participation => Self::Hours,
            Measure::LeaverRate => Self::Leaving,
            Measure::ReturnerRate | Measure::WiderMarketRate | Measure::JoinerAgeShare => Self::ReturningAndJoining,
            Measure::InternationalHeadcount => Self::FromAbroad,
            Measure::TrainingIntake | Measure::EntryAgeShare => Self::TrainingPlaces,
            Measure::CourseAttrition | Measure::TrainingJoinShare => Self::TrainingOutcomes,
            Measure::MoveShare | Measure::MoveHeadcount => Self::Moves,
            Measure::DemandFte => Self::NeedAtStart,
            Measure::Population | Measure::UseByAge | Measure::OtherGrowth | Measure::SettingShift => {
                Self::GrowthOfNeed
            }
            Measure::ProductivityGrowth | Measure::SkillMix => Self::Productivity,
            Measure::TemporaryFill
            | Measure::EarningsGbp
            | Measure::OnCost
            | Measure::RealPayGrowth
            | Measure::TemporaryPremium
            | Measure::TrainingCostGbp
            | Measure::HiringCostGbp
            | Measure::InternationalCostGbp
            | Measure::BudgetGbp
            | Measure::Inflation => Self::Pay,
        }
    }

    /// What to call it in a report.
    pub fn title(self) -> &'static str {
        match self {
            Self::StaffAtStart => "Staff at the start",
            Self::Hours => "Hours per head",
            Self::Leaving => "How many leave",
            Self::ReturningAndJoining => "Returners and joiners from other work",
            Self::FromAbroad => "Recruitment from abroad",
            Self::TrainingPlaces => "Training: places",
            Self::TrainingOutcomes => "Training: completion and joining",
            Self::Moves => "Moves between professions",
            Self::NeedAtStart => "Staff needed at the start",
            Self::GrowthOfNeed => "Care needed: population and growth",
            Self::Productivity => "Productivity and skill mix",
            Self::Pay => "Pay and temporary staff",
            Self::Delivery => "Delivery of the plan's actions",
        }
    }
}

/// Some families, and the assumptions that are theirs, as indices.
pub(super) struct Members {
    pub(super) families: Vec<Family>,
    pub(super) assumptions: Vec<usize>,
}

/// The families of some assumptions, each by itself. Those without any are left out.
pub(super) fn plain(assumptions: &[Assumption]) -> Vec<Members> {
    let of = |family: Family| {
        let own = (0..assumptions.len()).filter(|i| Family::of(&assumptions[*i]) == family).collect();
        Members { families: vec![family], assumptions: own }
    };
    Family::ALL.into_iter().map(of).filter(|members| !members.assumptions.is_empty()).collect()
}

/// The same with families joined that any correlation reaches across.
pub(super) fn merged(mut members: Vec<Members>, sampler: &Sampler) -> Vec<Members> {
    for group in sampler.groups() {
        let pairs = (0..group.members.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        for (i, j) in pairs.filter(|(i, j)| group.correlation.between(*i, *j) != 0.0) {
            join(&mut members, group.members[i], group.members[j]);
        }
    }
    for joined in &mut members {
        joined.families.sort_unstable();
        joined.assumptions.sort_unstable();
    }
    members
}

/// Makes the families of two assumptions one.
fn join(members: &mut Vec<Members>, first: usize, second: usize) {
    let place = |assumption: usize| members.iter().position(|members| members.assumptions.contains(&assumption));
    if let (Some(first), Some(second)) = (place(first), place(second))
        && first != second
    {
        let later = members.remove(first.max(second));
        let into = &mut members[first.min(second)];
        into.families.extend(later.families);
        into.assumptions.extend(later.assumptions);
    }
}
