//! What is added up: a few amounts by year, each of which is a sum over places.

use std::ops::{Add, AddAssign, Sub};

use muster_engine::{Cause, Projection, YearResult};
use serde::Serialize;

/// An amount that adds up over places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Staff in post at the close.
    StaffFte,
    /// Staff needed.
    DemandFte,
    /// Demand less staff in post.
    GapFte,
    /// People who join from a programme.
    NewlyQualified,
    /// People who come back.
    Returners,
    /// People who join from the wider labour market.
    WiderMarket,
    /// People who join from abroad.
    International,
    /// People who leave.
    Leavers,
    /// People who start a programme.
    Intakes,
    /// Bank and agency staff.
    TemporaryFte,
    /// Pay of staff in post, with employer's costs.
    PayBillGbp,
    /// Cost of bank and agency staff.
    TemporaryGbp,
}

impl Item {
    /// Every item, in the order of the statement.
    pub const ALL: [Self; 12] = [
        Self::StaffFte,
        Self::DemandFte,
        Self::GapFte,
        Self::NewlyQualified,
        Self::Returners,
        Self::WiderMarket,
        Self::International,
        Self::Leavers,
        Self::Intakes,
        Self::TemporaryFte,
        Self::PayBillGbp,
        Self::TemporaryGbp,
    ];

    /// As written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::StaffFte => "staff_fte",
            Self::DemandFte => "demand_fte",
            Self::GapFte => "gap_fte",
            Self::NewlyQualified => "newly_qualified_headcount",
            Self::Returners => "returners_headcount",
            Self::WiderMarket => "wider_market_headcount",
            Self::International => "international_headcount",
            Self::Leavers => "leavers_headcount",
            Self::Intakes => "intakes_headcount",
            Self::TemporaryFte => "temporary_fte",
            Self::PayBillGbp => "pay_bill_gbp",
            Self::TemporaryGbp => "temporary_gbp",
        }
    }

    /// The item of this name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.id() == id)
    }

    /// As written in statements.
    pub fn title(self) -> &'static str {
        match self {
            Self::StaffFte => "Staff in post",
            Self::DemandFte => "Staff needed",
            Self::GapFte => "Gap",
            Self::NewlyQualified => "Newly qualified joiners",
            Self::Returners => "Returners",
            Self::WiderMarket => "Joiners from the wider labour market",
            Self::International => "International recruits",
            Self::Leavers => "Leavers",
            Self::Intakes => "Starters on programmes",
            Self::TemporaryFte => "Temporary staff",
            Self::PayBillGbp => "Pay bill",
            Self::TemporaryGbp => "Cost of temporary staff",
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::StaffFte | Self::DemandFte | Self::GapFte | Self::TemporaryFte => "FTE",
            Self::PayBillGbp | Self::TemporaryGbp => "GBP",
            _ => "people",
        }
    }

    /// Whether it is money.
    pub fn is_money(self) -> bool {
        self.unit() == "GBP"
    }

    fn of_cell(self, year: &YearResult) -> f64 {
        let people = |cause| year.flow(cause).headcount;
        match self {
            Self::StaffFte => year.fte,
            Self::DemandFte => year.demand_fte,
            Self::GapFte => year.gap_fte,
            Self::NewlyQualified => people(Cause::NewlyQualified),
            Self::Returners => people(Cause::Returner),
            Self::WiderMarket => people(Cause::WiderLabourMarket),
            Self::International => people(Cause::International),
            Self::Leavers => people(Cause::LeaverUnder55) + people(Cause::Leaver55AndOver),
            Self::Intakes => 0.0,
            Self::TemporaryFte => year.temporary_fte,
            Self::PayBillGbp => year.pay_gbp,
            Self::TemporaryGbp => year.temporary_gbp,
        }
    }
}

/// Every item, in the order of [`Item::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Amounts([f64; Item::ALL.len()]);

impl Amounts {
    /// The amount of one item.
    pub fn get(&self, item: Item) -> f64 {
        self.0[item as usize]
    }

    /// The same, times a number.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self(self.0.map(|amount| amount * factor))
    }

    /// Whether nothing in it is as much as a millionth of a person or a pound.
    pub fn is_nothing(&self) -> bool {
        self.0.iter().all(|amount| amount.abs() < 1e-6)
    }
}

impl Add for Amounts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl Sub for Amounts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] - other.0[i]))
    }
}

/// Amounts by year, the baseline first.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Ledger(pub Vec<Amounts>);

impl Ledger {
    /// Nothing, in as many years.
    pub fn nothing(years: usize) -> Self {
        Self(vec![Amounts::default(); years])
    }

    /// What a projection comes to, in the places that `counts` picks.
    pub fn of(projection: &Projection, cells: &[usize], programmes: &[usize]) -> Self {
        let years = projection.outside_headcount.len();
        let of_year = |year: usize| {
            let mut amounts = [0.0; Item::ALL.len()];
            for cell in cells {
                let result = &projection.cells[*cell].years[year];
                for (amount, item) in amounts.iter_mut().zip(Item::ALL) {
                    *amount += item.of_cell(result);
                }
            }
            amounts[Item::Intakes as usize] =
                programmes.iter().map(|programme| projection.programmes[*programme][year].intake).sum();
            Amounts(amounts)
        };
        Self((0..years).map(of_year).collect())
    }

    /// The amounts of a year, counted from the baseline.
    pub fn at(&self, year: usize) -> Amounts {
        self.0.get(year).copied().unwrap_or_default()
    }

    /// The same, times a number.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self(self.0.iter().map(|amounts| amounts.times(factor)).collect())
    }

    /// Whether there is nothing in it.
    pub fn is_nothing(&self) -> bool {
        self.0.iter().all(Amounts::is_nothing)
    }
}

impl AddAssign<&Self> for Ledger {
    fn add_assign(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), Amounts::default());
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, others)| *mine = *mine + *others);
    }
}

impl Sub for &Ledger {
    type Output = Ledger;
    fn sub(self, other: Self) -> Ledger {
        Ledger(self.0.iter().zip(&other.0).map(|(a, b)| *a - *b).collect())
    }
}

impl<'a> std::iter::Sum<&'a Self> for Ledger {
    fn sum<I: Iterator<Item = &'a Self>>(ledgers: I) -> Self {
        let mut sum = Self::default();
        ledgers.for_each(|ledger| sum += ledger);
        sum
    }
}
