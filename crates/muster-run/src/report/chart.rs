//! Charts as SVG, each with a title and a description for those who cannot see it.
//!
//! Drawn at 520 units wide and scaled by the page, so that text stays readable on a phone.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::frame::{Frame, dashed, key};
use crate::number::{signed, thousands};
use crate::run::RunError;

pub(super) const WIDTH: u32 = 520;
pub(super) const INK: RGBColor = RGBColor(0x21, 0x2b, 0x32);
pub(super) const FAINT: RGBColor = RGBColor(0xd8, 0xdd, 0xe0);
/// Told apart by people who do not see red and green apart, and in grey.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x21, 0x2b, 0x32),
    RGBColor(0xc2, 0x5e, 0x00),
    RGBColor(0x00, 0x5e, 0xb8),
    RGBColor(0x00, 0x7f, 0x3b),
    RGBColor(0x7c, 0x28, 0x55),
    RGBColor(0x76, 0x86, 0x92),
];
pub(super) const FALL: RGBColor = COLOURS[1];
pub(super) const RISE: RGBColor = COLOURS[2];

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Painted = Result<(), Box<dyn std::error::Error>>;

/// A chart, ready for the page: one `<svg>` element that says in words what it shows.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) svg: String,
}

/// A line of a line chart.
pub(super) struct Series {
    pub name: String,
    pub values: Vec<f64>,
}

pub(super) fn draw(
    id: &str,
    heading: (&str, &str),
    description: &str,
    height: u32,
    paint: impl FnOnce(&Area<'_>) -> Painted,
) -> Result<Chart, RunError> {
    draw_in(id, heading, description, (WIDTH, height), paint)
}

pub(super) fn draw_in(
    id: &str,
    (title, unit): (&str, &str),
    description: &str,
    (width, height): (u32, u32),
    paint: impl FnOnce(&Area<'_>) -> Painted,
) -> Result<Chart, RunError> {
    let fail = |error: String| RunError::File { path: format!("chart {id}"), error };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        paint(&area).map_err(|error| fail(error.to_string()))?;
        area.present().map_err(|error| fail(error.to_string()))?;
    }
    let body = svg.split_once('>').map_or("", |(_, body)| body);
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let svg = format!(
        "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-text\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-title\">{}</title><desc id=\"{id}-text\">{}</desc>{body}",
        escape(title),
        escape(description)
    );
    Ok(Chart { title: title.to_owned(), unit: unit.to_owned(), svg })
}

pub(super) fn font(size: i32, colour: RGBColor, horizontal: HPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour).pos(Pos::new(horizontal, VPos::Center))
}

pub(super) fn text(area: &Area<'_>, words: &str, at: (i32, i32), style: &TextStyle<'_>) -> Painted {
    area.draw_text(words, style, at)?;
    Ok(())
}

/// Years along the bottom, one line for each series, its name at its end. The second is dashed, so that it is not told by colour alone.
pub(super) fn lines(id: &str, title: &str, years: &[String], series: &[Series], unit: &str) -> Result<Chart, RunError> {
    let all = || series.iter().flat_map(|series| series.values.iter().copied());
    let highest = all().fold(f64::NEG_INFINITY, f64::max);
    let lowest = all().fold(f64::INFINITY, f64::min).min(highest * 0.9);
    let margin = (highest - lowest) * 0.08;
    let (bottom, top) = ((lowest - margin).max(0.0), highest + margin);
    let ends: Vec<String> = series
        .iter()
        .map(|s| {
            format!("{} goes from {} to {}", s.name, thousands(s.values[0]), thousands(s.values[s.values.len() - 1]))
        })
        .collect();
    let description = format!("{title}, {unit}, {} to {}. {}.", years[0], years[years.len() - 1], ends.join("; "));
    let height = 380;
    let axis = if bottom > 0.0 { "; the axis does not start at nought" } else { "" };
    let unit = &format!("{unit}{axis}");
    draw(id, (title, unit), &description, height, |area| {
        let (left, right, low, high) = (86, WIDTH as i32 - 14, height as i32 - 42, 18 + 22 * series.len() as i32);
        let frame = Frame { left, right, low, high, bottom, top, years: years.len() };
        frame.paint(area, years)?;
        for (n, series) in series.iter().enumerate() {
            let style = COLOURS[n % COLOURS.len()].stroke_width(3);
            let points = frame.points(series.values.iter().copied());
            let legend = 14 + 22 * n as i32;
            if n == 1 {
                dashed(area, &points, style)?;
            } else {
                area.draw(&PathElement::new(points, style))?;
            }
            key(area, (left, legend), style, n == 1)?;
            text(area, &series.name, (left + 34, legend), &font(16, INK, HPos::Left))?;
        }
        Ok(())
    })
}

/// For each row, a bar for each series, from nought; rows are named above their bars.
pub(super) fn bars(
    id: &str,
    title: &str,
    names: &[String],
    rows: &[(String, Vec<f64>)],
    unit: &str,
) -> Result<Chart, RunError> {
    let words: Vec<String> = rows
        .iter()
        .map(|(row, values)| {
            let list: Vec<String> =
                names.iter().zip(values).map(|(name, v)| format!("{} {name}", thousands(*v))).collect();
            format!("{row}: {}", list.join(", "))
        })
        .collect();
    let description = format!("{title}, {unit}. {}.", words.join("; "));
    let row_height = 30 + 20 * names.len() as i32;
    let head = 12 + 22 * names.len() as i32;
    let height = (head + row_height * rows.len() as i32 + 12) as u32;
    let values = || rows.iter().flat_map(|(_, values)| values.iter().copied());
    let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    draw(id, (title, unit), &description, height, |area| {
        let (left, right) = (if low < 0.0 { 90.0 } else { 10.0 }, f64::from(WIDTH) - 76.0);
        let x = |v: f64| (left + (right - left) * (v - low) / (high - low).max(1.0)) as i32;
        for (n, name) in names.iter().enumerate() {
            let y = 12 + 22 * n as i32;
            area.draw(&Rectangle::new([(10, y - 7), (36, y + 7)], COLOURS[n + 1].filled()))?;
            text(area, name, (44, y), &font(16, INK, HPos::Left))?;
        }
        for (r, (row, values)) in rows.iter().enumerate() {
            let top = head + row_height * r as i32;
            text(area, row, (10, top + 14), &font(16, INK, HPos::Left))?;
            let foot = top + 24 + 20 * names.len() as i32;
            area.draw(&PathElement::new(vec![(x(0.0), top + 24), (x(0.0), foot)], INK.stroke_width(1)))?;
            for (n, value) in values.iter().enumerate() {
                let y = top + 26 + 20 * n as i32;
                let (from, to) = (x(value.min(0.0)), x(value.max(0.0)));
                area.draw(&Rectangle::new([(from, y), (to.max(from + 1), y + 15)], COLOURS[n + 1].filled()))?;
                let (at, anchor) = if *value < 0.0 { (from - 6, HPos::Right) } else { (to + 6, HPos::Left) };
                text(area, &thousands(*value), (at, y + 8), &font(14, INK, anchor))?;
            }
        }
        Ok(())
    })
}

/// From the opening to the closing figure, each step from where the last one ended.
pub(super) fn waterfall(
    id: &str,
    (title, unit): (&str, &str),
    opening: (&str, f64),
    steps: &[(String, f64)],
    closing: (&str, f64),
) -> Result<Chart, RunError> {
    let mut bars: Vec<(String, f64, f64, Option<f64>)> = vec![(opening.0.to_owned(), 0.0, opening.1, None)];
    let mut at = opening.1;
    for (name, change) in steps {
        bars.push((name.clone(), at, at + change, Some(*change)));
        at += change;
    }
    bars.push((closing.0.to_owned(), 0.0, closing.1, None));
    let words: Vec<String> = steps.iter().map(|(name, change)| format!("{name} {}", signed(*change))).collect();
    let description = format!(
        "{title}, {unit}. {}: {}. {}. {}: {}.",
        opening.0,
        thousands(opening.1),
        words.join("; "),
        closing.0,
        thousands(closing.1)
    );
    let row = 42;
    let height = (bars.len() as i32 * row + 12) as u32;
    let extent = bars.iter().flat_map(|bar| [bar.1, bar.2]).fold(0.0, f64::max);
    draw(id, (title, unit), &description, height, |area| {
        let x = |v: f64| (10.0 + (f64::from(WIDTH) - 110.0) * v.max(0.0) / extent.max(1.0)) as i32;
        for (i, (name, from, to, change)) in bars.iter().enumerate() {
            let top = i as i32 * row;
            text(area, name, (10, top + 12), &font(16, INK, HPos::Left))?;
            let colour = match change {
                None => INK,
                Some(change) if *change < 0.0 => FALL,
                Some(_) => RISE,
            };
            let (a, b) = (x(from.min(*to)), x(from.max(*to)));
            area.draw(&Rectangle::new([(a, top + 22), (b.max(a + 2), top + 38)], colour.filled()))?;
            let label = change.map_or_else(|| thousands(*to), signed);
            text(area, &label, (b.max(a + 2) + 6, top + 30), &font(15, INK, HPos::Left))?;
        }
        Ok(())
    })
}

/// For each row, how far the figure moves when an assumption goes to its low and to its high end.
pub(super) fn tornado(id: &str, title: &str, middle: f64, rows: &[(String, f64, f64)]) -> Result<Chart, RunError> {
    let unit = "full-time equivalents; the middle is the gap with nothing moved";
    let words: Vec<String> =
        rows.iter().map(|(name, low, high)| format!("{name}: {} to {}", thousands(*low), thousands(*high))).collect();
    let description = format!("{title}. In the middle {}. {}.", thousands(middle), words.join("; "));
    let row = 50;
    let height = (rows.len() as i32 * row + 52) as u32;
    let centre = WIDTH as i32 / 2;
    let reach =
        rows.iter().flat_map(|(_, low, high)| [(low - middle).abs(), (high - middle).abs()]).fold(1.0, f64::max);
    draw(id, (title, unit), &description, height, |area| {
        let x = |v: f64| (f64::from(centre) + (f64::from(centre) - 76.0) * (v - middle) / reach) as i32;
        for (at, label, colour) in [(10, "at the low end", FALL), (180, "at the high end", RISE)] {
            area.draw(&Rectangle::new([(at, 8), (at + 22, 22)], colour.filled()))?;
            text(area, label, (at + 30, 15), &font(16, INK, HPos::Left))?;
        }
        text(area, &thousands(middle), (centre, 42), &font(14, INK, HPos::Center))?;
        for (i, (name, low, high)) in rows.iter().enumerate() {
            let top = 48 + i as i32 * row;
            text(area, name, (10, top + 14), &font(15, INK, HPos::Left))?;
            area.draw(&PathElement::new(vec![(centre, top + 23), (centre, top + 44)], INK.stroke_width(1)))?;
            for (value, colour, offset) in [(*low, FALL, 0), (*high, RISE, 9)] {
                let (a, b) = (x(value.min(middle)), x(value.max(middle)));
                area.draw(&Rectangle::new(
                    [(a, top + 25 + offset), (b.max(a + 1), top + 33 + offset)],
                    colour.filled(),
                ))?;
            }
            let (left, right) = (low.min(*high).min(middle), low.max(*high).max(middle));
            text(area, &signed(left - middle), (x(left) - 6, top + 33), &font(14, INK, HPos::Right))?;
            text(area, &signed(right - middle), (x(right) + 6, top + 33), &font(14, INK, HPos::Left))?;
        }
        Ok(())
    })
}

/// When a row of strips has values.
pub(crate) struct Strip {
    /// What it is of.
    pub(crate) name: String,
    /// From one place on the axis to another, and how full it is, from 0 to 1; those later in the list lie on top.
    pub(crate) spans: Vec<(f64, f64, f64)>,
    /// In words.
    pub(crate) words: String,
}

/// Strips are narrower than other charts: two stand side by side, and on a phone their text stays large.
const STRIP_WIDTH: u32 = 400;

/// For each row, the stretches of time for which there are values, darker where there are more. The axis is in years.
pub(crate) fn strips(
    id: &str,
    title: &str,
    unit: &str,
    (first, last): (i16, i16),
    rows: &[Strip],
) -> Result<Chart, RunError> {
    let words: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.name, row.words)).collect();
    let description = format!("{title}. {}.", words.join("; "));
    let row = 40;
    let height = (rows.len() as i32 * row + 30) as u32;
    let span = f64::from(last - first).max(1.0);
    draw_in(id, (title, unit), &description, (STRIP_WIDTH, height), |area| {
        let (left, right) = (2.0, f64::from(STRIP_WIDTH) - 2.0);
        let x = |year: f64| (left + (right - left) * ((year - f64::from(first)) / span).clamp(0.0, 1.0)) as i32;
        for (i, strip) in rows.iter().enumerate() {
            let top = i as i32 * row;
            text(area, &strip.name, (2, top + 11), &font(14, INK, HPos::Left))?;
            text(area, &strip.words, (STRIP_WIDTH as i32 - 2, top + 11), &font(13, INK, HPos::Right))?;
            area.draw(&Rectangle::new(
                [(x(f64::from(first)), top + 22), (x(f64::from(last)), top + 36)],
                FAINT.filled(),
            ))?;
            for (from, to, full) in &strip.spans {
                let (a, b) = (x(*from), x(*to));
                let shade = RISE.mix(0.25 + 0.75 * full.clamp(0.0, 1.0)).filled();
                // What lies wholly before or after the axis is in words only.
                if *to > f64::from(first) && *from < f64::from(last) {
                    area.draw(&Rectangle::new([(a, top + 22), (b.max(a + 2), top + 36)], shade))?;
                }
            }
        }
        let foot = rows.len() as i32 * row;
        for year in (first..last).filter(|year| year % 4 == 1) {
            area.draw(&PathElement::new(
                vec![(x(f64::from(year)), foot), (x(f64::from(year)), foot + 6)],
                INK.stroke_width(1),
            ))?;
            text(area, &year.to_string(), (x(f64::from(year)) + 4, foot + 15), &font(14, INK, HPos::Left))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_says_in_words_what_it_shows() {
        let chart = tornado("t", "Gap", 100.0, &[("Leaver rate <nurses>".to_owned(), 90.0, 115.0)]).unwrap();
        assert!(
            chart
                .svg
                .contains("<desc id=\"t-text\">Gap. In the middle 100. Leaver rate &lt;nurses&gt;: 90 to 115.</desc>")
        );
        assert!(chart.svg.contains("role=\"img\"") && chart.svg.ends_with("</svg>\n"));
    }
}
