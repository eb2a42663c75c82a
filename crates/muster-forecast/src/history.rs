//! A series as the methods see it: the logarithms of its current spell.

use crate::{Month, Series};

/// The logarithms of staff in post from the last month without any to `origin`; empty when there are none at `origin`.
///
/// An organisation that stopped and started is forecast from its second start.
pub(crate) fn known_to(series: &Series, origin: Month) -> Vec<f64> {
    let months = usize::try_from(origin.months_since(series.start) + 1).unwrap_or(0);
    if months > series.values_fte.len() {
        return Vec::new();
    }
    let known = &series.values_fte[..months];
    let start = known.iter().rposition(|value| *value <= 0.0).map_or(0, |none| none + 1);
    known[start..].iter().map(|value| value.ln()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn the_spell_is_the_one_that_reaches_the_origin() {
        let start = Month::new(2016, 1).expect("January");
        let values_fte = vec![5.0, 0.0, 1.0, 1.0, 0.0];
        let series = Series { id: "Leeds".into(), level: Level::Organisation, parent: None, start, values_fte };
        let spells = [0, 1, 2, 3, 4, 5].map(|months| known_to(&series, start.plus(months)).len());
        assert_eq!(spells, [1, 0, 1, 2, 0, 0]);
    }
}
