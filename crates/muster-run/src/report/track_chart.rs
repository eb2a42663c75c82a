//! A series against its band: bands around the middle of the forecast, and what happened as a line with a dot for each month.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::chart::{Chart, FALL, INK, RISE, draw_in, font, text};
use super::frame::{Frame, dashed, key};
use crate::number::thousands;
use crate::run::RunError;

const SIZE: (u32, u32) = (520, 340);
/// From the outermost band to the innermost: where its edges are among the points, how often a future lies in it, and its shade.
const BANDS: [(usize, usize, &str, RGBColor); 3] = [
    (0, 6, "19 in 20 futures", RGBColor(0xdc, 0xe9, 0xf6)),
    (1, 5, "four in five", RGBColor(0x9e, 0xc3, 0xe6)),
    (2, 4, "half", RGBColor(0x4f, 0x8f, 0xcc)),
];

/// What is drawn.
pub(crate) struct Banded<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) months: Vec<String>,
    pub(crate) band: Vec<[f64; 7]>,
    pub(crate) actual: Vec<Option<f64>>,
}

/// The chart.
pub(crate) fn banded(series: &Banded<'_>) -> Result<Chart, RunError> {
    let edges = series.band.iter().flatten().chain(series.actual.iter().flatten()).copied();
    let (low, high) = edges.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let room = ((high - low) * 0.06).max(high.abs() * 1e-3);
    let last = series.actual.iter().rposition(Option::is_some).unwrap_or_default();
    let description = format!(
        "{}, {}. In {}: actual {}, middle of the forecast {}, four in five futures between {} and {}.",
        series.title,
        series.unit,
        series.months[last],
        series.actual[last].map_or("unknown".to_owned(), thousands),
        thousands(series.band[last][3]),
        thousands(series.band[last][1]),
        thousands(series.band[last][5])
    );
    let unit = format!("{}; the axis does not start at nought", series.unit);
    draw_in(series.id, (series.title, &unit), &description, SIZE, |area| {
        let frame = Frame {
            left: 72,
            right: SIZE.0 as i32 - 16,
            low: SIZE.1 as i32 - 36,
            high: 62,
            bottom: low - room,
            top: high + room,
            years: series.months.len(),
        };
        for (n, (lower, upper, words, shade)) in BANDS.iter().enumerate() {
            let edge = |which: usize| frame.points(series.band.iter().map(move |band| band[which]));
            let mut outline = edge(*upper);
            outline.extend(edge(*lower).into_iter().rev());
            area.draw(&Polygon::new(outline, shade.filled()))?;
            for which in [*lower, *upper] {
                area.draw(&PathElement::new(edge(which), RISE.mix(0.5).stroke_width(1)))?;
            }
            let x = 10 + 172 * n as i32;
            area.draw(&Rectangle::new([(x, 30), (x + 26, 44)], shade.filled()))?;
            text(area, words, (x + 34, 37), &font(15, INK, HPos::Left))?;
        }
        frame.paint(area, &series.months)?;
        dashed(area, &frame.points(series.band.iter().map(|band| band[3])), INK.stroke_width(2))?;
        let known = series.actual.iter().enumerate().filter_map(|(month, value)| Some((month, (*value)?)));
        let points: Vec<(usize, (i32, i32))> =
            known.map(|(month, value)| (month, (frame.x(month), frame.y(value)))).collect();
        // A month that is missing leaves a gap in the line.
        for run in points.chunk_by(|a, b| a.0 + 1 == b.0) {
            area.draw(&PathElement::new(run.iter().map(|(_, at)| *at).collect::<Vec<_>>(), FALL.stroke_width(3)))?;
        }
        for (_, at) in &points {
            area.draw(&Circle::new(*at, 3, FALL.filled()))?;
        }
        key(area, (10, 14), FALL.stroke_width(3), false)?;
        text(area, "what happened", (44, 14), &font(15, INK, HPos::Left))?;
        key(area, (182, 14), INK.stroke_width(2), true)?;
        text(area, "middle of the forecast", (216, 14), &font(15, INK, HPos::Left))
    })
}
