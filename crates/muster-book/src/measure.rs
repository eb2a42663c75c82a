//! The measures a book can state: their units, what they are stated for, and which numbers can be right.

use muster_core::{AgeRange, CITIZEN_AGES, STAFF_AGES};

/// A measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described in its Spec")]
pub enum Measure {
    StockFte,
    SettingShare,
    AgeShare,
    Participation,
    LeaverRate,
    ReturnerRate,
    WiderMarketRate,
    InternationalHeadcount,
    JoinerAgeShare,
    TrainingIntake,
    CourseAttrition,
    TrainingJoinShare,
    EntryAgeShare,
    MoveShare,
    MoveHeadcount,
    DemandFte,
    Population,
    UseByAge,
    OtherGrowth,
    SettingShift,
    ProductivityGrowth,
    SkillMix,
    TemporaryFill,
    EarningsGbp,
    OnCost,
    RealPayGrowth,
    TemporaryPremium,
    PlaceShare,
    TrainingCostGbp,
    HiringCostGbp,
    InternationalCostGbp,
    BudgetGbp,
    Inflation,
}

/// What a measure is stated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A profession, a staff group, or all.
    Staff,
    /// A training programme.
    Programme,
    /// A move.
    Move,
    /// The whole place: no profession, programme or move.
    Whole,
}

/// Whether a part of the key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It must be given.
    Required,
    /// It may be given.
    Allowed,
    /// It may not.
    Never,
}

/// What there is to know about a measure.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says yes or no to a question of its own")]
pub struct Spec {
    /// Which.
    pub measure: Measure,
    /// As written in books.
    pub id: &'static str,
    /// As written in reports.
    pub title: &'static str,
    /// The one unit it is stated in.
    pub unit: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What it is stated for.
    pub subject: Subject,
    /// Whether it is stated by setting.
    pub setting: Part,
    /// The ages it is stated for, if any.
    pub ages: Option<AgeRange>,
    /// The lowest number that can be right.
    pub lowest: f64,
    /// The highest number that can be right.
    pub highest: f64,
    /// An amount, which a system shares in, rather than a rate, which holds everywhere.
    pub shared: bool,
    /// Parts of a whole, which add to 1.
    pub parts_of_one: bool,
    /// Money, so the file states its price year.
    pub money: bool,
    /// Read once, at the start: a later value, or an action on it, would change nothing, and is refused.
    pub read_once: bool,
    /// What something costs, or may: read where money is counted and never by the engine. A book need not state it.
    pub price: bool,
}

/// No workforce, population or number of places is larger.
const VERY_MANY: f64 = 1e8;

/// No budget is larger, in pounds.
const VERY_MUCH: f64 = 1e13;

macro_rules! spec {
    ($measure:ident, $id:literal, $title:literal, $unit:literal, $subject:ident, $setting:ident, $ages:expr, $range:expr, $about:literal $(, $flag:ident)*) => {
        Spec {
            measure: Measure::$measure, id: $id, title: $title, unit: $unit, about: $about, subject: Subject::$subject, setting: Part::$setting, ages: $ages,
            lowest: $range.0, highest: $range.1, $($flag: true,)* ..DEFAULT
        }
    };
}

const DEFAULT: Spec = Spec {
    measure: Measure::StockFte,
    id: "",
    title: "",
    unit: "",
    about: "",
    subject: Subject::Whole,
    setting: Part::Never,
    ages: None,
    lowest: 0.0,
    highest: 1.0,
    shared: false,
    parts_of_one: false,
    money: false,
    read_once: false,
    price: false,
};

const STAFF: Option<AgeRange> = Some(STAFF_AGES);
const PEOPLE: Option<AgeRange> = Some(CITIZEN_AGES);

/// Every measure, in the order of [`Measure`].
pub const MEASURES: &[Spec] = &[
    spec!(
        StockFte,
        "stock_fte",
        "staff in post",
        "FTE",
        Staff,
        Never,
        None,
        (0.0, VERY_MANY),
        "Staff in post at the baseline.",
        shared,
        read_once
    ),
    spec!(
        SettingShare,
        "setting_share",
        "division between settings",
        "share of the profession",
        Staff,
        Required,
        None,
        (0.0, 1.0),
        "How a profession's staff divide between care settings at the baseline; joiners divide in the same way.",
        parts_of_one,
        read_once
    ),
    spec!(
        AgeShare,
        "age_share",
        "ages",
        "share of headcount",
        Staff,
        Never,
        STAFF,
        (0.0, 1.0),
        "How a profession's people divide between ages at the baseline; within a band, evenly.",
        parts_of_one,
        read_once
    ),
    spec!(
        Participation,
        "participation",
        "hours per head",
        "FTE per head",
        Staff,
        Never,
        STAFF,
        (0.1, 1.2),
        "Hours worked per person, as a share of full time."
    ),
    spec!(
        LeaverRate,
        "leaver_rate",
        "leaver rate",
        "share of opening headcount, per year",
        Staff,
        Never,
        STAFF,
        (0.0, 1.0),
        "Share of people in post at the start of the year who have left the NHS by its end."
    ),
    spec!(
        ReturnerRate,
        "returner_rate",
        "returners",
        "joiners per opening head, per year",
        Staff,
        Never,
        None,
        (0.0, 1.0),
        "People who come back to the NHS in a year, per head in post at its start."
    ),
    spec!(
        WiderMarketRate,
        "wider_market_rate",
        "joiners from the wider labour market",
        "joiners per opening head, per year",
        Staff,
        Never,
        None,
        (0.0, 1.0),
        "People who join from the wider labour market in a year, per head in post at its start."
    ),
    spec!(
        InternationalHeadcount,
        "international_headcount",
        "international recruits",
        "people per year",
        Staff,
        Never,
        None,
        (0.0, VERY_MANY),
        "People recruited from abroad in a year.",
        shared
    ),
    spec!(
        JoinerAgeShare,
        "joiner_age_share",
        "ages of joiners",
        "share of joiners",
        Staff,
        Never,
        STAFF,
        (0.0, 1.0),
        "Ages of those who join other than from a programme.",
        parts_of_one
    ),
    spec!(
        TrainingIntake,
        "training_intake",
        "starters",
        "people per year",
        Programme,
        Never,
        None,
        (0.0, VERY_MANY),
        "People who start a programme in the year.",
        shared
    ),
    spec!(
        CourseAttrition,
        "course_attrition",
        "course attrition",
        "share of starters, whole course",
        Programme,
        Never,
        None,
        (0.0, 1.0),
        "Share of those who start a programme who never finish it."
    ),
    spec!(
        TrainingJoinShare,
        "training_join_share",
        "share of graduates who join",
        "share of those who complete",
        Programme,
        Never,
        None,
        (0.0, 1.0),
        "Share of those who finish a programme who join the NHS."
    ),
    spec!(
        EntryAgeShare,
        "entry_age_share",
        "ages of starters",
        "share of starters",
        Programme,
        Never,
        STAFF,
        (0.0, 1.0),
        "Ages of those who start a programme.",
        parts_of_one,
        read_once
    ),
    spec!(
        MoveShare,
        "move_share",
        "share who move",
        "share per year",
        Move,
        Never,
        None,
        (0.0, 1.0),
        "Share of those who could who make a move in a year."
    ),
    spec!(
        MoveHeadcount,
        "move_headcount",
        "people who move",
        "people per year",
        Move,
        Never,
        None,
        (0.0, VERY_MANY),
        "People who make a move in a year.",
        shared
    ),
    spec!(
        DemandFte,
        "demand_fte",
        "staff needed at the start",
        "FTE",
        Staff,
        Never,
        None,
        (0.0, VERY_MANY),
        "Staff needed at the baseline.",
        shared,
        read_once
    ),
    spec!(
        Population,
        "population",
        "population",
        "people",
        Whole,
        Never,
        PEOPLE,
        (0.0, VERY_MANY),
        "People who may need care, by single year of age."
    ),
    spec!(
        UseByAge,
        "use_by_age",
        "use of care by age",
        "relative use per person",
        Whole,
        Required,
        PEOPLE,
        (0.0, 1000.0),
        "Care used per person at each age, relative to the average.",
        read_once
    ),
    spec!(
        OtherGrowth,
        "other_growth",
        "growth that age does not explain",
        "growth per year",
        Whole,
        Required,
        None,
        (-0.2, 0.2),
        "Growth of activity that the age of the population does not explain."
    ),
    spec!(
        SettingShift,
        "setting_shift",
        "shift between settings",
        "multiplier",
        Whole,
        Required,
        None,
        (0.2, 5.0),
        "Activity that moves in from other settings (above 1) or out to them (below 1)."
    ),
    spec!(
        ProductivityGrowth,
        "productivity_growth",
        "productivity growth",
        "growth per year",
        Whole,
        Allowed,
        None,
        (-0.1, 0.1),
        "Growth of activity per FTE."
    ),
    spec!(
        SkillMix,
        "skill_mix",
        "skill mix",
        "multiplier",
        Staff,
        Never,
        None,
        (0.0, 20.0),
        "Work that passes to a profession from others (above 1) or to others (below 1)."
    ),
    spec!(
        TemporaryFill,
        "temporary_fill",
        "share of gaps that temporary staff fill",
        "share of gap",
        Staff,
        Never,
        None,
        (0.0, 1.0),
        "Share of each shortfall that bank and agency staff cover."
    ),
    spec!(
        EarningsGbp,
        "earnings_gbp",
        "earnings",
        "GBP per FTE per year",
        Staff,
        Never,
        None,
        (5_000.0, 500_000.0),
        "Earnings before employer's costs.",
        money
    ),
    spec!(
        OnCost,
        "on_cost",
        "on-costs",
        "multiplier",
        Whole,
        Never,
        None,
        (1.0, 2.0),
        "Employer's cost as a multiple of earnings."
    ),
    spec!(
        RealPayGrowth,
        "real_pay_growth",
        "real pay growth",
        "growth per year",
        Whole,
        Never,
        None,
        (-0.1, 0.1),
        "Growth of earnings beyond prices."
    ),
    spec!(
        TemporaryPremium,
        "temporary_premium",
        "premium of temporary staff",
        "multiplier",
        Whole,
        Never,
        None,
        (0.5, 5.0),
        "Cost of a temporary FTE as a multiple of a permanent one."
    ),
    spec!(
        PlaceShare,
        "place_share",
        "share of England",
        "share of England",
        Staff,
        Required,
        None,
        (0.0, 1.0),
        "How England's staff divide between systems, by setting; for a group or profession where it is known.",
        parts_of_one,
        read_once
    ),
    spec!(
        TrainingCostGbp,
        "training_cost_gbp",
        "cost of training",
        "GBP per student per year",
        Programme,
        Never,
        None,
        (0.0, 500_000.0),
        "Public money for one student of a programme for a year of study: teaching, placements and support.",
        money,
        price
    ),
    spec!(
        HiringCostGbp,
        "hiring_cost_gbp",
        "cost of hiring",
        "GBP per joiner",
        Staff,
        Never,
        None,
        (0.0, 200_000.0),
        "Employer's cost of hiring one person who is newly qualified, comes back, or joins from the wider labour market.",
        money,
        price
    ),
    spec!(
        InternationalCostGbp,
        "international_cost_gbp",
        "cost of recruiting abroad",
        "GBP per recruit",
        Staff,
        Never,
        None,
        (0.0, 200_000.0),
        "Employer's cost of recruiting one person from abroad: agency, visa, travel, examinations and support.",
        money,
        price
    ),
    spec!(
        BudgetGbp,
        "budget_gbp",
        "budget",
        "GBP per year",
        Whole,
        Never,
        None,
        (0.0, VERY_MUCH),
        "Money for staff, their training and recruitment, and the plan's actions in a year.",
        shared,
        money,
        price
    ),
    spec!(
        Inflation,
        "inflation",
        "inflation",
        "growth per year",
        Whole,
        Never,
        None,
        (-0.1, 0.5),
        "Growth of prices in general from the financial year before: what turns pounds of one year into those of another.",
        price
    ),
];

impl Measure {
    /// What there is to know about it.
    pub fn spec(self) -> &'static Spec {
        &MEASURES[self as usize]
    }

    /// As written in books.
    pub fn id(self) -> &'static str {
        self.spec().id
    }

    /// The measure of this name.
    pub fn named(id: &str) -> Option<Self> {
        MEASURES.iter().find(|spec| spec.id == id).map(|spec| spec.measure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (i, spec) in MEASURES.iter().enumerate() {
            assert_eq!(spec.measure as usize, i, "{}", spec.id);
            assert_eq!(Measure::named(spec.id), Some(spec.measure));
            assert!(
                spec.lowest < spec.highest && !spec.unit.is_empty() && !spec.title.is_empty() && !spec.about.is_empty()
            );
        }
    }
}
