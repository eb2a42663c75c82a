//! How cells look: what is to be filled in is white and open, what is for reading is grey and locked.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use crate::value::{Form, Value};

/// The formats of a workbook.
pub(crate) struct Formats {
    /// The name of a sheet.
    pub title: Format,
    /// Words under it.
    pub about: Format,
    /// The heading of a column to be filled in.
    pub heading: Format,
    /// The heading of a column for reading.
    pub fixed_heading: Format,
    /// The name of a column in the files.
    pub name: Format,
    /// What names the row.
    pub key: Format,
    /// Nothing can stand here.
    pub closed: Format,
    /// A ratio that a formula works out.
    pub ratio: Format,
    /// A sum that a formula works out.
    pub sum: Format,
    /// A sum of parts that is not 1.
    pub wrong: Format,
    fixed: Format,
    open: Format,
}

const LINE: u32 = 0x00D9_D9D9;

impl Formats {
    /// As Muster's workbooks look.
    pub(crate) fn new() -> Self {
        let heading = Format::new()
            .set_bold()
            .set_font_color(0x00FF_FFFF)
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE);
        let fixed = Format::new()
            .set_background_color(0x00F2_F2F2)
            .set_font_color(0x0040_4040)
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE)
            .set_align(FormatAlign::Top);
        let open = Format::new()
            .set_unlocked()
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE)
            .set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            about: Format::new().set_font_color(0x0040_4040),
            fixed_heading: heading.clone().set_background_color(0x0076_8692),
            heading: heading.set_background_color(0x0000_3087),
            name: Format::new().set_font_color(0x0080_8080).set_font_size(8),
            key: fixed.clone().set_font_color(0x00A6_A6A6).set_font_size(8),
            closed: fixed.clone(),
            ratio: fixed.clone().set_num_format("0.0%"),
            sum: fixed.clone().set_num_format("0.0000"),
            wrong: Format::new().set_background_color(0x00FF_C7CE).set_font_color(0x009C_0006),
            fixed,
            open,
        }
    }

    /// A cell that is filled in, in a column of some form that holds some value.
    pub(crate) fn open(&self, form: Form, value: Option<&Value>) -> Format {
        let form = value.map_or(form, Value::form);
        let format = self.open.clone();
        match (form, value) {
            (Form::Number, Some(Value::Number(number))) if number.abs() >= 1000.0 && number.fract() == 0.0 => {
                format.set_num_format("#,##0")
            }
            (Form::Number, _) => format,
            (Form::Day, _) => format.set_num_format("yyyy-mm-dd"),
            (Form::List, _) => format.set_num_format("@").set_text_wrap(),
            // Text stays text: a spreadsheet would make a date of the age band 10-12.
            _ => format.set_num_format("@"),
        }
    }

    /// The same, for a long text that is to be read whole.
    pub(crate) fn open_wrapped(&self, value: Option<&Value>) -> Format {
        self.open(Form::Raw, value).set_text_wrap()
    }

    /// A cell for reading.
    pub(crate) fn fixed(&self, value: &Value) -> Format {
        match value {
            Value::Day(_) => self.fixed.clone().set_num_format("yyyy-mm-dd"),
            Value::Number(_) => self.fixed.clone(),
            _ => self.fixed.clone().set_num_format("@"),
        }
    }
}
