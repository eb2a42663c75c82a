//! Chances as a reader wants them: so many futures in so many.

use crate::number::thousands;

/// "3 in 10" or "1 in 30", as few words as will go in large type.
pub(super) fn short_odds(chance: f64, draws: usize) -> String {
    if chance == 0.0 || chance == 1.0 {
        let draws = thousands(draws as f64);
        format!("{} in {draws}", if chance == 0.0 { "0" } else { &draws })
    } else if chance < 0.05 {
        format!("1 in {}", one_figure(1.0 / chance))
    } else if chance > 0.95 {
        format!("{:.0} in 100", (chance * 100.0).floor())
    } else {
        format!("{:.0} in 10", (chance * 10.0).round().clamp(1.0, 9.0))
    }
}

/// 30 for 28.6: a rare chance is known no better than that.
fn one_figure(number: f64) -> String {
    let unit = 10f64.powf(number.log10().floor());
    thousands((number / unit).round() * unit)
}

/// The same, in a sentence.
pub(super) fn odds(chance: f64, draws: usize) -> String {
    if chance == 0.0 {
        format!("none of the {} futures", thousands(draws as f64))
    } else if chance == 1.0 {
        format!("every one of the {} futures", thousands(draws as f64))
    } else {
        format!("about {} futures", short_odds(chance, draws))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_read_as_people_say_them() {
        let said = [0.0, 0.004, 0.035, 0.06, 0.32, 0.94, 0.9599, 0.9999, 1.0].map(|chance| short_odds(chance, 1000));
        let wanted = [
            "0 in 1,000",
            "1 in 300",
            "1 in 30",
            "1 in 10",
            "3 in 10",
            "9 in 10",
            "95 in 100",
            "99 in 100",
            "1,000 in 1,000",
        ];
        assert_eq!(said, wanted);
        assert_eq!(odds(0.0, 1000), "none of the 1,000 futures");
        assert_eq!(odds(0.32, 1000), "about 3 in 10 futures");
        assert_eq!(odds(1.0, 1000), "every one of the 1,000 futures");
    }
}
