//! The history of every series, and which are parts of which.

use std::collections::BTreeMap;

use crate::Month;

/// What a series counts: the whole of England, its staff groups, or its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// All staff in England.
    England,
    /// One staff group in England.
    StaffGroup,
    /// All staff in one region.
    Region,
    /// All staff in one integrated care system.
    System,
    /// All staff in one organisation.
    Organisation,
}

impl Level {
    /// Every level, from the whole to the parts.
    pub const ALL: [Self; 5] = [Self::England, Self::StaffGroup, Self::Region, Self::System, Self::Organisation];

    /// As written in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::England => "england",
            Self::StaffGroup => "staff_group",
            Self::Region => "region",
            Self::System => "system",
            Self::Organisation => "organisation",
        }
    }
}

/// Staff in post, month by month.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name, found once in a panel.
    pub id: String,
    /// What it counts.
    pub level: Level,
    /// The series that this is a part of; none for the whole.
    pub parent: Option<String>,
    /// The month of the first value.
    pub start: Month,
    /// Staff in post at the end of each month. Before the first and after the last there were none, and 0 says the same.
    pub values_fte: Vec<f64>,
}

impl Series {
    /// Staff in post at the end of `month`.
    pub fn fte_in(&self, month: Month) -> f64 {
        let index = usize::try_from(month.months_since(self.start)).ok();
        index.and_then(|index| self.values_fte.get(index)).copied().unwrap_or(0.0)
    }
}

/// Series that add up.
///
/// The children of one series that share a [`Level`] are together the whole of it, every month: England is the sum of its
/// regions and, divided another way, the sum of its staff groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    series: Vec<Series>,
    first: Month,
    last: Month,
    /// For each series, the ways of dividing it: the deepest division first.
    divisions: Vec<Vec<Vec<usize>>>,
    /// Every series, parents before children.
    downwards: Vec<usize>,
    /// For each series, the one without a parent that it is a part of.
    wholes: Vec<usize>,
}

/// A panel that does not hold together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PanelError {
    /// Nothing to forecast.
    #[error("the panel has no values")]
    Empty,
    /// Two series with one name.
    #[error("there are two series called `{0}`")]
    Twice(String),
    /// A value that cannot be staff in post.
    #[error("`{id}` is {value_fte} FTE in {month}: staff in post are a number, 0 or more")]
    NotFte {
        /// The series.
        id: String,
        /// The month.
        month: Month,
        /// What it said.
        value_fte: f64,
    },
    /// A parent that is not there.
    #[error("`{id}` is part of `{parent}`, which is not in the panel")]
    NoParent {
        /// The series.
        id: String,
        /// The parent it names.
        parent: String,
    },
    /// Series that are, in the end, parts of themselves.
    #[error("`{0}` is a part of itself")]
    Circle(String),
    /// Parts that are not the whole.
    #[error("the parts of `{id}` by {} add up to {parts_fte} FTE in {month}, and it is {whole_fte}", .level.id())]
    DoesNotAddUp {
        /// The whole.
        id: String,
        /// The level of the parts.
        level: Level,
        /// The first month in which they differ.
        month: Month,
        /// The sum of the parts.
        parts_fte: f64,
        /// The whole.
        whole_fte: f64,
    },
}

/// How far the parts may be from the whole, for figures rounded when they were published.
const ROUNDING_FTE: f64 = 1.0;

impl Panel {
    /// A panel of these series, or what is wrong with them.
    pub fn new(series: Vec<Series>) -> Result<Self, PanelError> {
        let months = || series.iter().filter(|one| !one.values_fte.is_empty());
        let first = months().map(|one| one.start).min().ok_or(PanelError::Empty)?;
        let end = |one: &Series| one.start.plus(one.values_fte.len() as i32 - 1);
        let last = months().map(end).max().ok_or(PanelError::Empty)?;

        let mut places = BTreeMap::new();
        for (place, one) in series.iter().enumerate() {
            if places.insert(one.id.as_str(), place).is_some() {
                return Err(PanelError::Twice(one.id.clone()));
            }
            if let Some(index) = one.values_fte.iter().position(|value| !(value.is_finite() && *value >= 0.0)) {
                let (month, value_fte) = (one.start.plus(index as i32), one.values_fte[index]);
                return Err(PanelError::NotFte { id: one.id.clone(), month, value_fte });
            }
        }

        let mut children: Vec<BTreeMap<Level, Vec<usize>>> = vec![BTreeMap::new(); series.len()];
        let mut downwards = Vec::new();
        for (place, one) in series.iter().enumerate() {
            match &one.parent {
                None => downwards.push(place),
                Some(parent) => {
                    let missing = || PanelError::NoParent { id: one.id.clone(), parent: parent.clone() };
                    let parent = *places.get(parent.as_str()).ok_or_else(missing)?;
                    children[parent].entry(one.level).or_default().push(place);
                }
            }
        }
        let mut wholes: Vec<usize> = (0..series.len()).collect();
        let mut next = 0;
        while let Some(&place) = downwards.get(next) {
            for &child in children[place].values().flatten() {
                wholes[child] = wholes[place];
                downwards.push(child);
            }
            next += 1;
        }
        if let Some(lost) = (0..series.len()).find(|place| !downwards.contains(place)) {
            return Err(PanelError::Circle(series[lost].id.clone()));
        }

        // The division with most series below it comes first: it is the one that bottom-up adds.
        let mut below = vec![1_usize; series.len()];
        let mut divisions: Vec<Vec<Vec<usize>>> = vec![Vec::new(); series.len()];
        for &place in downwards.iter().rev() {
            let count = |parts: &Vec<usize>| parts.iter().map(|&part| below[part]).sum::<usize>();
            let mut ways: Vec<Vec<usize>> = children[place].values().cloned().collect();
            ways.sort_by_key(|parts| std::cmp::Reverse(count(parts)));
            below[place] = 1 + ways.iter().map(count).sum::<usize>();
            divisions[place] = ways;
        }

        let panel = Self { series, first, last, divisions, downwards, wholes };
        panel.check_sums()?;
        Ok(panel)
    }

    fn check_sums(&self) -> Result<(), PanelError> {
        for (whole, ways) in self.series.iter().zip(&self.divisions) {
            for parts in ways {
                for month in (0..=self.last.months_since(self.first)).map(|months| self.first.plus(months)) {
                    let parts_fte: f64 = parts.iter().map(|&part| self.series[part].fte_in(month)).sum();
                    let whole_fte = whole.fte_in(month);
                    if (parts_fte - whole_fte).abs() > ROUNDING_FTE {
                        let level = self.series[parts[0]].level;
                        return Err(PanelError::DoesNotAddUp {
                            id: whole.id.clone(),
                            level,
                            month,
                            parts_fte,
                            whole_fte,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Every series, in the order given.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The series of this name.
    pub fn find(&self, id: &str) -> Option<&Series> {
        self.series.iter().find(|one| one.id == id)
    }

    /// The first month with a value.
    pub fn first_month(&self) -> Month {
        self.first
    }

    /// The last month with a value.
    pub fn last_month(&self) -> Month {
        self.last
    }

    /// What was known at the end of `origin`: the same series, without any later value.
    #[must_use]
    pub fn known_at(&self, origin: Month) -> Self {
        let mut known = self.clone();
        for one in &mut known.series {
            let months = usize::try_from(origin.months_since(one.start) + 1).unwrap_or(0);
            one.values_fte.truncate(months);
        }
        known.last = origin.min(self.last);
        known
    }

    /// The ways of dividing a series into parts, the deepest first.
    pub(crate) fn divisions(&self, place: usize) -> &[Vec<usize>] {
        &self.divisions[place]
    }

    /// Every series, parents before children.
    pub(crate) fn downwards(&self) -> &[usize] {
        &self.downwards
    }

    /// For each series, the one without a parent that it is a part of: itself, when it has none.
    pub(crate) fn wholes(&self) -> &[usize] {
        &self.wholes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(id: &str, level: Level, parent: Option<&str>, values_fte: &[f64]) -> Series {
        let start = Month::new(2016, 1).expect("January");
        Series { id: id.into(), level, parent: parent.map(Into::into), start, values_fte: values_fte.into() }
    }

    #[test]
    fn the_deepest_division_comes_first() {
        let panel = Panel::new(vec![
            series("England", Level::England, None, &[3.0]),
            series("Nurses", Level::StaffGroup, Some("England"), &[3.0]),
            series("North", Level::Region, Some("England"), &[3.0]),
            series("Leeds", Level::Organisation, Some("North"), &[3.0]),
        ])
        .expect("it adds up");
        assert_eq!(panel.divisions(0), [vec![2], vec![1]]);
        assert_eq!(panel.downwards(), [0, 1, 2, 3]);
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        let england = || series("England", Level::England, None, &[3.0, 5.0]);
        let refused = |series| Panel::new(series).expect_err("refused").to_string();
        assert_eq!(refused(vec![]), "the panel has no values");
        assert_eq!(refused(vec![england(), england()]), "there are two series called `England`");
        assert_eq!(
            refused(vec![series("Leeds", Level::Organisation, Some("North"), &[1.0])]),
            "`Leeds` is part of `North`, which is not in the panel"
        );
        assert_eq!(
            refused(vec![england(), series("North", Level::Region, Some("England"), &[3.0, 2.0])]),
            "the parts of `England` by region add up to 2 FTE in 2016-02, and it is 5"
        );
        assert_eq!(
            refused(vec![series("Leeds", Level::Organisation, Some("Leeds"), &[1.0])]),
            "`Leeds` is a part of itself"
        );
        assert_eq!(
            refused(vec![series("England", Level::England, None, &[1.0, -1.0])]),
            "`England` is -1 FTE in 2016-02: staff in post are a number, 0 or more"
        );
    }

    #[test]
    fn after_the_origin_nothing_is_known() {
        let panel = Panel::new(vec![series("England", Level::England, None, &[3.0, 5.0, 9.0])]).expect("one series");
        let known = panel.known_at(panel.first_month().plus(1));
        assert_eq!(known.series()[0].values_fte, [3.0, 5.0]);
        assert_eq!(known.last_month(), panel.first_month().plus(1));
    }
}
