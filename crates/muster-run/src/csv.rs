//! Cells of a CSV that a spreadsheet program can open without running anything.

/// A cell of a CSV. A spreadsheet program runs a text that begins like a formula, and names come from files that anyone
/// may have written: such a text gets an apostrophe before it, which the program takes for "this is text". Numbers stay
/// as they are, and so does a lone sign, which stands for a value that is not there.
pub fn csv_cell(cell: &str) -> String {
    let bare = cell.trim_end_matches('%').replace(',', "");
    let number = bare.parse::<f64>().is_ok_and(f64::is_finite);
    let formula = cell.len() > 1 && !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_never_leaves_as_a_formula_and_a_number_stays_a_number() {
        for (cell, expected) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("=SUM(A1,A2)", "\"'=SUM(A1,A2)\""),
            ("+44 1392 411611", "'+44 1392 411611"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1+1", "'\t=1+1"),
            ("-inf", "'-inf"),
            ("-3.5", "-3.5"),
            ("+1.2%", "+1.2%"),
            ("-1,234.5", "\"-1,234.5\""),
            ("-1.2e-7", "-1.2e-7"),
            ("-", "-"),
            ("Trust \"A\"", "\"Trust \"\"A\"\"\""),
            ("Barts = Royal London", "Barts = Royal London"),
        ] {
            assert_eq!(csv_cell(cell), expected);
        }
    }
}
