//! What charts over years share: where their lines lie, ticks, dashes and keys.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::chart::{Area, FAINT, INK, Painted, font, text};
use crate::number::thousands;

/// Where the lines of a chart lie: years along the bottom, values up the side.
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) right: i32,
    /// The foot, further down the page than `high`.
    pub(super) low: i32,
    pub(super) high: i32,
    pub(super) bottom: f64,
    pub(super) top: f64,
    pub(super) years: usize,
}

impl Frame {
    pub(super) fn x(&self, year: usize) -> i32 {
        let share = year as f64 / (self.years - 1).max(1) as f64;
        self.left + (f64::from(self.right - self.left) * share) as i32
    }

    pub(super) fn y(&self, value: f64) -> i32 {
        let share = (value - self.bottom) / (self.top - self.bottom);
        self.low - (f64::from(self.low - self.high) * share) as i32
    }

    pub(super) fn points(&self, values: impl Iterator<Item = f64>) -> Vec<(i32, i32)> {
        values.enumerate().map(|(year, value)| (self.x(year), self.y(value))).collect()
    }

    /// The lines across, and what they and the years are called.
    pub(super) fn paint(&self, area: &Area<'_>, years: &[String]) -> Painted {
        for tick in ticks(self.bottom, self.top) {
            let line = vec![(self.left, self.y(tick)), (self.right, self.y(tick))];
            area.draw(&PathElement::new(line, FAINT.stroke_width(1)))?;
            text(area, &thousands(tick), (self.left - 8, self.y(tick)), &font(15, INK, HPos::Right))?;
        }
        let every = if years.len() <= 6 { 1 } else { years.len().div_ceil(6).max(5) };
        for (i, year) in years.iter().enumerate().filter(|(i, _)| i % every == 0) {
            let (at, anchor) = if i + 1 == years.len() { (self.right, HPos::Right) } else { (self.x(i), HPos::Center) };
            text(area, year, (at, self.low + 20), &font(15, INK, anchor))?;
        }
        Ok(())
    }
}

/// A line with a gap after each year.
pub(super) fn dashed(area: &Area<'_>, points: &[(i32, i32)], style: ShapeStyle) -> Painted {
    for pair in points.windows(2) {
        let part = |a: i32, b: i32| a + (b - a) * 6 / 10;
        let (a, b) = (pair[0], pair[1]);
        area.draw(&PathElement::new(vec![a, (part(a.0, b.0), part(a.1, b.1))], style))?;
    }
    Ok(())
}

/// How a line looks in a legend.
pub(super) fn key(area: &Area<'_>, (x, y): (i32, i32), style: ShapeStyle, is_dashed: bool) -> Painted {
    let parts = if is_dashed { vec![(0, 10), (16, 26)] } else { vec![(0, 26)] };
    for (from, to) in parts {
        area.draw(&PathElement::new(vec![(x + from, y), (x + to, y)], style))?;
    }
    Ok(())
}

/// Round numbers between two values, three to seven of them.
fn ticks(bottom: f64, top: f64) -> Vec<f64> {
    let rough = (top - bottom) / 6.0;
    let power = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].map(|s| s * power).into_iter().find(|step| *step >= rough).unwrap_or(power * 10.0);
    let first = (bottom / step).ceil() as i64;
    let last = (top / step).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 100.0), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(1_310_000.0, 2_390_000.0), [1_400_000.0, 1_600_000.0, 1_800_000.0, 2_000_000.0, 2_200_000.0]);
    }
}
