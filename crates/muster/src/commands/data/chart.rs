//! Charts of answers: lines in the terminal, or as SVG.

use std::fs;
use std::path::Path;

use muster_data::lens::{Answer, Row};
use textplots::{Chart, LabelBuilder, LabelFormat, Plot, Shape};

use super::question::unit;

type Series<'a> = [(String, Vec<&'a Row>)];

/// A chart of dots, each series below its name.
pub(crate) fn terminal(series: &Series, unit: &str) -> String {
    let mut text = String::new();
    for (name, rows) in series.iter().take(6) {
        let points: Vec<(f32, f32)> = rows
            .iter()
            .filter_map(|row| {
                let day = row.period.ends();
                Some((f32::from(day.year()) + (f32::from(day.month()) - 0.5) / 12.0, row.value?.to_f64() as f32))
            })
            .collect();
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        text.push_str(&format!("{name}, {unit}\n"));
        if first.0 < last.0 {
            let mut chart = Chart::new(120, 32, first.0, last.0);
            let shape = Shape::Lines(&points);
            let chart =
                chart.lineplot(&shape).x_label_format(LabelFormat::Custom(Box::new(|year| format!("{year:.0}"))));
            chart.axis();
            chart.figures();
            text.push_str(&chart.to_string());
        }
        text.push('\n');
    }
    text
}

/// A chart in a file; its name says of which kind.
pub(crate) fn file(path: &Path, answer: &Answer, series: &Series) -> Result<(), String> {
    if path.extension().is_none_or(|kind| kind != "svg") {
        return Err(format!("{}: a chart is drawn as SVG: give a name that ends in .svg", path.display()));
    }
    let mut periods: Vec<_> = answer.rows.iter().map(|row| row.period).collect();
    periods.sort_unstable();
    periods.dedup();
    let whole = series.iter().filter(|(_, rows)| {
        periods.iter().all(|period| rows.iter().any(|row| row.period == *period && row.value.is_some()))
    });
    let lines: Vec<(String, Vec<f64>)> = whole
        .map(|(name, rows)| {
            (name.clone(), rows.iter().filter_map(|row| row.value.map(muster_data::Amount::to_f64)).collect())
        })
        .collect();
    if lines.is_empty() || periods.len() < 2 {
        return Err(
            "a line needs at least two periods, with a value in each: choose other dates, or --by year".to_owned()
        );
    }
    let labels: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let svg = muster_run::line_chart(&answer.measure.title, &labels, lines, unit(answer))
        .map_err(|error| error.to_string())?;
    fs::write(path, svg).map_err(|error| format!("{}: {error}", path.display()))
}
