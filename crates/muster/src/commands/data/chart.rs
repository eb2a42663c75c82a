//! Charts of answers: lines in the terminal, or a picture in a file.

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
        text.push_str(&format!("{name}, {unit}; the axis does not start at nought\n"));
        if first.0 < last.0 {
            let mut chart = Chart::new(120, 32, first.0, last.0);
            let shape = Shape::Lines(&points);
            let year = LabelFormat::Custom(Box::new(|year| format!("{year:.0}")));
            let chart = chart.lineplot(&shape).x_label_format(year);
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
    let svg = svg(answer, series)?;
    let bytes = match path.extension().and_then(|kind| kind.to_str()) {
        Some("svg") => svg.into_bytes(),
        Some("png") => png(&svg)?,
        _ => return Err(format!("{}: give the chart a name that ends in .svg or .png", path.display())),
    };
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The lines of the report, with a title above and the source below: a picture that can be sent on alone.
fn svg(answer: &Answer, series: &Series) -> Result<String, String> {
    let mut periods: Vec<_> = answer.rows.iter().map(|row| row.period).collect();
    periods.sort_unstable();
    periods.dedup();
    let has_all = |rows: &[&Row]| {
        periods.iter().all(|period| rows.iter().any(|row| row.period == *period && row.value.is_some()))
    };
    let values = |rows: &[&Row]| rows.iter().filter_map(|row| row.value).map(muster_data::Amount::to_f64).collect();
    let lines: Vec<(String, Vec<f64>)> =
        series.iter().filter(|(_, rows)| has_all(rows)).map(|(name, rows)| (name.clone(), values(rows))).collect();
    if lines.is_empty() || periods.len() < 2 {
        return Err(
            "a line needs at least two periods, with a value in each: choose other dates, or --by year".to_owned()
        );
    }
    let labels: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let chart = muster_run::line_chart(&answer.measure.title, &labels, lines, unit(answer))
        .map_err(|error| error.to_string())?;
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let chart = chart.replacen("<svg ", "<svg x=\"0\" y=\"40\" width=\"520\" height=\"380\" ", 1);
    let line = |y: u32, size: u32, text: &str| {
        format!(
            "<text x=\"14\" y=\"{y}\" font-family=\"sans-serif\" font-size=\"{size}\" fill=\"#212b32\">{}</text>",
            escape(text)
        )
    };
    let title = line(26, 17, &format!("{}, {}", answer.measure.title, unit(answer)));
    let source = line(436, 10, &format!("{}, {}", answer.source.title, answer.source.publisher));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 520 448\">\
         <rect width=\"520\" height=\"448\" fill=\"#ffffff\"/>{title}{chart}{source}</svg>"
    ))
}

#[cfg(feature = "png")]
fn png(svg: &str) -> Result<Vec<u8>, String> {
    use resvg::{tiny_skia, usvg};

    /// Pixels for each unit of the drawing.
    const SCALE: f32 = 3.0;
    let mut options = usvg::Options::default();
    // The letters come along, so that the picture is the same on a machine without fonts.
    options.fontdb_mut().load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    options.fontdb_mut().set_sans_serif_family("Ubuntu");
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("the chart has no size")?;
    let mut picture = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("the chart has no size")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|error| error.to_string())
}

#[cfg(not(feature = "png"))]
fn png(_svg: &str) -> Result<Vec<u8>, String> {
    Err("this muster was built without PNG: draw an .svg, or build it with `cargo build --release --features png`"
        .to_owned())
}
