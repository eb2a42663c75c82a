//! Fan charts: a figure through the years in all draws, as bands around its median.
//!
//! Bands differ in lightness and have edges, and the second of two medians is dashed, so that nothing is told by colour alone.

use muster_draws::summary::Summary;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::chart::{Area, Chart, FALL, INK, Painted, RISE, WIDTH, draw, draw_in, font, text};
use super::frame::{Frame, dashed, key};
use crate::number::{about, thousands};
use crate::run::RunError;

/// One figure is drawn narrower than other charts: two stand side by side, and on a phone the text stays large.
const SIZE: (u32, u32) = (420, 340);
const HEIGHT: u32 = 400;
/// Room at the right for the figures of the last year.
const MARGIN: i32 = 76;

/// Where the edges of a band are among the quantiles of a summary, and how often a future lies in it.
type Band = (usize, usize, &'static str);
const BANDS: [Band; 3] = [(0, 6, "19 in 20"), (1, 5, "four in five"), (2, 4, "half of futures")];

/// From the outermost band to the innermost.
const SHADES: [RGBColor; 3] = [RGBColor(0xdc, 0xe9, 0xf6), RGBColor(0x9e, 0xc3, 0xe6), RGBColor(0x4f, 0x8f, 0xcc)];

/// What the draws say of one figure through the years.
pub(super) struct Fan {
    pub(super) name: String,
    /// By year.
    pub(super) years: Vec<Summary>,
    /// The same figure by year when nothing is drawn.
    pub(super) central: Vec<f64>,
}

impl Fan {
    fn quantile(&self, which: usize) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.years.iter().map(move |year| year.quantiles[which].value)
    }

    /// The outline of a band: along its upper edge, and back along its lower.
    fn outline(&self, frame: &Frame, (low, high, _): Band) -> Vec<(i32, i32)> {
        let mut points = frame.points(self.quantile(high));
        points.extend(frame.points(self.quantile(low)).into_iter().rev());
        points
    }

    fn last(&self, which: usize) -> f64 {
        self.quantile(which).next_back().unwrap_or_default()
    }

    /// The last year in words, for those who cannot see the chart.
    fn in_words(&self, bands: &[Band]) -> String {
        let band = |(low, high, often): &Band| {
            format!("{often} between {} and {}", thousands(self.last(*low)), thousands(self.last(*high)))
        };
        let bands: Vec<String> = bands.iter().rev().map(band).collect();
        let central = self.central.last().copied().unwrap_or_default();
        format!(
            "{}: median {}; {}; central value {}",
            self.name,
            thousands(self.last(3)),
            bands.join("; "),
            thousands(central)
        )
    }
}

/// The values that an axis must reach for all of some fans, with a little room.
pub(super) fn reach(fans: &[Fan], with_nought: bool) -> (f64, f64) {
    let start = if with_nought { (0.0, 0.0) } else { (f64::INFINITY, f64::NEG_INFINITY) };
    let values = fans.iter().flat_map(|fan| fan.quantile(0).chain(fan.quantile(6)).chain(fan.central.iter().copied()));
    let (low, high) = values.fold(start, |(low, high), value| (low.min(value), high.max(value)));
    let room = ((high - low) * 0.05).max(1.0);
    (if with_nought && low == 0.0 { 0.0 } else { low - room }, high + room)
}

fn band(area: &Area<'_>, points: Vec<(i32, i32)>, fill: ShapeStyle, edge: ShapeStyle) -> Painted {
    let closed: Vec<(i32, i32)> = points.iter().chain(points.first()).copied().collect();
    area.draw(&Polygon::new(points, fill))?;
    area.draw(&PathElement::new(closed, edge))?;
    Ok(())
}

/// How a band looks in a legend.
fn swatch(area: &Area<'_>, (x, y): (i32, i32), fill: ShapeStyle, edge: ShapeStyle, words: &str) -> Painted {
    band(area, vec![(x, y - 8), (x + 26, y - 8), (x + 26, y + 8), (x, y + 8)], fill, edge)?;
    text(area, words, (x + 34, y), &font(15, INK, HPos::Left))
}

/// Figures of the last year beside it, moved apart where they would lie on one another.
fn ends(area: &Area<'_>, frame: &Frame, mut values: Vec<(f64, RGBColor)>) -> Painted {
    values.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut above = i32::MIN / 2;
    for (value, colour) in values {
        let at = frame.y(value).max(above + 16);
        text(area, &about(value), (frame.right + 6, at), &font(15, colour, HPos::Left))?;
        above = at;
    }
    Ok(())
}

/// One figure: bands for half of the futures, four in five and 19 in 20, the median, and the central value dashed.
pub(super) fn fan(
    id: &str,
    title: &str,
    years: &[String],
    fan: &Fan,
    (bottom, top): (f64, f64),
    unit: &str,
) -> Result<Chart, RunError> {
    let description = format!("{title}, {unit}, in {}. {}.", years[years.len() - 1], fan.in_words(&BANDS));
    draw_in(id, (title, unit), &description, SIZE, |area| {
        let (right, low) = (SIZE.0 as i32 - MARGIN, SIZE.1 as i32 - 36);
        let frame = Frame { left: 72, right, low, high: 84, bottom, top, years: years.len() };
        let edge = RISE.stroke_width(1);
        for (n, of) in BANDS.iter().enumerate() {
            band(area, fan.outline(&frame, *of), SHADES[n].filled(), edge)?;
            swatch(area, (10, 58 - 22 * n as i32), SHADES[n].filled(), edge, of.2)?;
        }
        frame.paint(area, years)?;
        if bottom < 0.0 && top > 0.0 {
            let nought = vec![(frame.left, frame.y(0.0)), (frame.right, frame.y(0.0))];
            area.draw(&PathElement::new(nought, INK.stroke_width(1)))?;
        }
        area.draw(&PathElement::new(frame.points(fan.quantile(3)), INK.stroke_width(3)))?;
        dashed(area, &frame.points(fan.central.iter().copied()), INK.stroke_width(2))?;
        for (at, is_dashed, words) in [(14, false, "median, the middle future"), (36, true, "central value")] {
            key(area, (198, at), INK.stroke_width(if is_dashed { 2 } else { 3 }), is_dashed)?;
            text(area, words, (232, at), &font(15, INK, HPos::Left))?;
        }
        ends(area, &frame, [1, 3, 5].map(|which| (fan.last(which), INK)).to_vec())
    })
}

/// Two figures against each other: bands for half of the futures and four in five, and the medians, the first one dashed.
pub(super) fn two_fans(
    id: &str,
    title: &str,
    years: &[String],
    fans: &[Fan; 2],
    unit: &str,
) -> Result<Chart, RunError> {
    let bands = &BANDS[1..];
    let words = fans.each_ref().map(|fan| fan.in_words(bands)).join(". ");
    let description = format!("{title}, {unit}, in {}. {words}.", years[years.len() - 1]);
    let (bottom, top) = reach(fans, false);
    let unit = &format!("{unit}; the axis does not start at nought");
    draw(id, (title, unit), &description, HEIGHT, |area| {
        let (right, low) = (WIDTH as i32 - MARGIN, HEIGHT as i32 - 42);
        let frame = Frame { left: 86, right, low, high: 68, bottom, top, years: years.len() };
        for (n, (fan, colour)) in fans.iter().zip([FALL, RISE]).enumerate() {
            let legend = 14 + 22 * n as i32;
            for (band_of, strength, at) in [(bands[0], 0.2, 370), (bands[1], 0.4, 210)] {
                let (fill, edge) = (colour.mix(strength).filled(), colour.stroke_width(1));
                band(area, fan.outline(&frame, band_of), fill, edge)?;
                // In the chart the inner band lies on the outer one.
                let fill = if at == 210 { colour.mix(0.52).filled() } else { fill };
                swatch(area, (at, legend), fill, edge, band_of.2)?;
            }
            key(area, (10, legend), colour.stroke_width(3), n == 0)?;
            text(area, &format!("{}, median", fan.name), (44, legend), &font(15, INK, HPos::Left))?;
        }
        frame.paint(area, years)?;
        let (first, second) = (&fans[0], &fans[1]);
        dashed(area, &frame.points(first.quantile(3)), FALL.stroke_width(3))?;
        area.draw(&PathElement::new(frame.points(second.quantile(3)), RISE.stroke_width(3)))?;
        ends(area, &frame, vec![(first.last(3), FALL), (second.last(3), RISE)])
    })
}
