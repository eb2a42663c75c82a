//! Disclosure control: what may leave when the rows behind a table are people.
//!
//! Three rules, in this order. Counts are rounded to the nearest five. A count below five, or a full-time equivalent that
//! belongs to one, is suppressed. Where a line of the table would then hold exactly one suppressed value beside its total,
//! the smallest other value of the line is suppressed as well, until no value can be got by subtraction.
//!
//! The rules look at one table with its totals. They do not look at other tables: somebody who publishes many overlapping
//! tables from one source should have them checked together.

use crate::Amount;

/// Counts below this are suppressed.
pub const SMALLEST: i64 = 5;
/// Counts are rounded to a multiple of this.
pub const BASE: i64 = 5;

/// The rules in a sentence, for the foot of a table.
pub const RULES: &str =
    "Counts are rounded to the nearest five; fewer than five, and what would reveal them by subtraction, are withheld.";

/// A cell of a table: how many people it counts, and whether it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protected {
    /// The rounded value; none where it is withheld.
    pub shown: Option<Amount>,
}

/// Protects a table of counts with the totals of its rows and columns, which are worked out here from the cells.
///
/// The last row and the last column of the result are the totals; the last cell of all is the grand total. Nought stays
/// nought: that nobody is there is not hidden.
pub fn protect(counts: &[Vec<Amount>]) -> Vec<Vec<Protected>> {
    let table = with_totals(counts);
    let hidden = hidden(&table);
    let show = |value: Amount, hidden: bool| Protected { shown: (!hidden).then(|| rounded(value)) };
    table
        .iter()
        .zip(&hidden)
        .map(|(row, hidden)| row.iter().zip(hidden).map(|(value, hidden)| show(*value, *hidden)).collect())
        .collect()
}

/// A value, rounded to the base.
pub fn rounded(value: Amount) -> Amount {
    let base = BASE * 1_000_000;
    let millionths = value.millionths();
    Amount::from_millionths((millionths + base / 2).div_euclid(base) * base)
}

fn with_totals(counts: &[Vec<Amount>]) -> Vec<Vec<Amount>> {
    let mut table: Vec<Vec<Amount>> =
        counts.iter().map(|row| row.iter().copied().chain([row.iter().copied().sum()]).collect()).collect();
    let width = table.first().map_or(0, Vec::len);
    table.push((0..width).map(|column| table.iter().map(|row| row[column]).sum()).collect());
    table
}

/// Which cells of a table with totals are withheld.
fn hidden(table: &[Vec<Amount>]) -> Vec<Vec<bool>> {
    let small = |value: &Amount| *value > Amount::ZERO && *value < Amount::from_millionths(SMALLEST * 1_000_000);
    let mut hidden: Vec<Vec<bool>> = table.iter().map(|row| row.iter().map(small).collect()).collect();
    let (height, width) = (table.len(), table.first().map_or(0, Vec::len));
    let lines: Vec<Vec<(usize, usize)>> = (0..height)
        .map(|row| (0..width).map(|column| (row, column)).collect())
        .chain((0..width).map(|column| (0..height).map(|row| (row, column)).collect()))
        .collect();
    // Each round hides at least one more cell or is the last.
    loop {
        let mut changed = false;
        for line in &lines {
            let alone = line.iter().filter(|(row, column)| hidden[*row][*column]).count() == 1;
            let others =
                line.iter().filter(|(row, column)| !hidden[*row][*column] && table[*row][*column] > Amount::ZERO);
            // Inner cells before totals: a total is worth more to its reader than a part.
            let next = others.min_by_key(|(row, column)| {
                (*row == height - 1 || *column == width - 1, table[*row][*column], *row, *column)
            });
            if let (true, Some((row, column))) = (alone, next) {
                hidden[*row][*column] = true;
                changed = true;
            }
        }
        if !changed {
            return hidden;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rows: &[&[i32]]) -> Vec<Vec<Amount>> {
        rows.iter().map(|row| row.iter().map(|count| Amount::from(*count)).collect()).collect()
    }

    fn shown(rows: &[&[i32]]) -> Vec<Vec<String>> {
        let text = |cell: &Protected| cell.shown.map_or("withheld".to_owned(), |value| value.to_string());
        protect(&table(rows)).iter().map(|row| row.iter().map(text).collect()).collect()
    }

    #[test]
    fn three_midwives_are_withheld_and_so_is_what_would_give_them_away() {
        // Nurses, midwives, doctors on two wards; the totals come last.
        let expected =
            [["40", "withheld", "withheld", "55"], ["30", "withheld", "withheld", "60"], ["70", "15", "30", "115"]];
        assert_eq!(shown(&[&[41, 3, 12], &[29, 11, 19]]), expected);
    }

    #[test]
    fn nobody_is_not_a_secret_and_large_numbers_are_only_rounded() {
        assert_eq!(shown(&[&[0, 12], &[8, 103]]), [["0", "10", "10"], ["10", "105", "110"], ["10", "115", "125"]]);
    }

    /// What an attacker knows of a cell: the range of counts that its shown value leaves open.
    fn range(cell: &Protected) -> (i64, i64) {
        match cell.shown {
            None => (1, i64::MAX),
            Some(value) => {
                let value = value.millionths() / 1_000_000;
                ((value - BASE / 2).max(0), value + BASE / 2)
            }
        }
    }

    /// Every count that a withheld cell of a 2 × 2 table could be, by trying all tables that round to what is shown.
    fn possible(protected: &[Vec<Protected>], row: usize, column: usize) -> std::collections::BTreeSet<i64> {
        let fits = |row: usize, column: usize, value: i64| {
            let (low, high) = range(&protected[row][column]);
            (low..=high).contains(&value)
        };
        let mut found = std::collections::BTreeSet::new();
        // No count in these tests is above 23.
        let each = |row: usize, column: usize| {
            let (low, high) = range(&protected[row][column]);
            low..=high.min(30)
        };
        for a in each(0, 0) {
            for b in each(0, 1).filter(|b| fits(0, 2, a + b)) {
                for c in each(1, 0).filter(|c| fits(2, 0, a + c)) {
                    for d in each(1, 1) {
                        if fits(1, 2, c + d) && fits(2, 1, b + d) && fits(2, 2, a + b + c + d) {
                            found.insert([[a, b], [c, d]][row][column]);
                        }
                    }
                }
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// The test that tries: nobody who knows the rules and the whole table can work out a small count.
        #[test]
        fn an_attacker_who_tries_every_table_cannot_tell_a_small_count(counts in prop::array::uniform4(0_i32..24)) {
            let [a, b, c, d] = counts;
            let rows = table(&[&[a, b], &[c, d]]);
            let protected = protect(&rows);
            for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let count = rows[row][column].millionths() / 1_000_000;
                if (1..SMALLEST).contains(&count) {
                    prop_assert_eq!(protected[row][column].shown, None);
                    let possible = possible(&protected, row, column);
                    prop_assert!(possible.contains(&count));
                    prop_assert!(possible.len() >= 3, "{:?} can only be {:?}", (row, column), possible);
                }
            }
        }
    }
}
