//! Numbers as books write them.

/// With so many significant digits, and no zeros after them.
///
/// ```
/// use muster_data::fit::number::significant;
/// assert_eq!([significant(0.054_307, 4), significant(19_449.2, 3), significant(0.0, 3)], ["0.05431", "19400", "0"]);
/// ```
pub fn significant(number: f64, digits: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let decimals = digits - 1 - number.abs().log10().floor() as i32;
    let unit = 10_f64.powi(decimals);
    places((number * unit).round() / unit, decimals.max(0) as usize)
}

/// The same, never nearer to the middle of a range than the number itself: down where `down`, else up.
pub fn outward(number: f64, digits: i32, down: bool) -> String {
    let unit = 10_f64.powi(digits - 1 - number.abs().max(1.0).log10().floor() as i32);
    let scaled = number * unit;
    significant(if down { scaled.floor() } else { scaled.ceil() } / unit, digits + 1)
}

/// With at most so many decimals.
pub fn places(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `311,137`.
pub fn thousands(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number <= -0.5 { format!("-{text}") } else { text }
}

/// Whole units that add to the total: each number rounded down, and what is left given to those that lost most.
///
/// ```
/// use muster_data::fit::number::whole;
/// assert_eq!(whole(&[1.4, 1.4, 1.2], 4), [2, 1, 1]);
/// ```
pub fn whole(numbers: &[f64], total: i64) -> Vec<i64> {
    let mut list: Vec<i64> = numbers.iter().map(|number| number.floor() as i64).collect();
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| (numbers[*b] - numbers[*b].floor()).total_cmp(&(numbers[*a] - numbers[*a].floor())));
    let short = usize::try_from(total - list.iter().sum::<i64>()).unwrap_or(0);
    for at in order.iter().cycle().take(if numbers.is_empty() { 0 } else { short }) {
        list[*at] += 1;
    }
    list
}

/// Parts of one, rounded; the largest takes what rounding leaves.
///
/// ```
/// use muster_data::fit::number::parts_of_one;
/// assert_eq!(parts_of_one(&[1.0, 1.0, 4.0], 2), ["0.17", "0.17", "0.66"]);
/// ```
pub fn parts_of_one(parts: &[f64], decimals: usize) -> Vec<String> {
    let all: f64 = parts.iter().sum();
    let unit = 10_f64.powi(decimals as i32);
    let mut rounded: Vec<f64> = parts.iter().map(|part| (part / all * unit).round()).collect();
    let largest = (0..rounded.len()).max_by(|a, b| rounded[*a].total_cmp(&rounded[*b]).then(b.cmp(a)));
    if let Some(largest) = largest {
        rounded[largest] += unit - rounded.iter().sum::<f64>();
    }
    rounded.iter().map(|part| places(part / unit, decimals)).collect()
}
