//! Opens a file of any kind that publications come in, as sheets of cells; refuses what is damaged or out of all proportion.

mod columns;
mod spreadsheet;
mod text;

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// A file, read whole.
#[derive(Debug)]
pub struct Opened {
    /// Its name, without folders.
    pub name: String,
    /// The hash of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes, as it is stored.
    pub bytes: u64,
    /// What it holds. A CSV is one sheet without a name.
    pub sheets: Vec<Sheet>,
}

/// A sheet of cells.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Its name; empty for a CSV.
    pub name: String,
    /// Its rows, from the top. Rows may be of different lengths.
    pub rows: Vec<Vec<Cell>>,
}

/// What a cell holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    /// Nothing, or only spaces.
    #[default]
    Empty,
    /// Text, without spaces at its ends.
    Text(Box<str>),
    /// A number of a spreadsheet.
    Number(f64),
    /// A date of a spreadsheet.
    Date(Date),
}

impl Cell {
    /// A cell of a text file.
    pub fn of(text: &str) -> Self {
        match text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}') {
            "" => Self::Empty,
            text => Self::Text(text.into()),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// What a reader would see.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Empty => "".into(),
            Self::Text(text) => (&**text).into(),
            Self::Number(number) => number.to_string().into(),
            Self::Date(date) => date.to_string().into(),
        }
    }
}

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system would not let it be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is damaged or too large.
    #[error("{0}")]
    Refused(String),
    /// It is no table.
    #[error("{0}")]
    OtherKind(String),
}

/// Larger than any publication, and small enough to refuse what only pretends to be one.
pub(crate) const LIMIT_BYTES: u64 = 1 << 30;
/// Cells in one file.
pub(crate) const LIMIT_CELLS: usize = 30_000_000;

pub(crate) fn refused<T>(why: impl Into<String>) -> Result<T, OpenError> {
    Err(OpenError::Refused(why.into()))
}

fn other_kind<T>(why: &str) -> Result<T, OpenError> {
    Err(OpenError::OtherKind(why.to_owned()))
}

/// Opens a file: CSV and its relatives in any encoding, XLSX, Parquet, and any of them in gzip.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT_BYTES + 1).read_to_end(&mut bytes)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    open_bytes(&name, bytes)
}

/// The hash of a file as it is stored, without reading what it says.
pub fn hash(path: &Path) -> Result<String, OpenError> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hex(&hasher.finalize()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens what has been read already.
pub fn open_bytes(name: &str, bytes: Vec<u8>) -> Result<Opened, OpenError> {
    if bytes.len() as u64 > LIMIT_BYTES {
        return refused("the file is larger than 1 GiB: split it, or cut it to the rows that are needed");
    }
    let (sha256, size) = (hex(&Sha256::digest(&bytes)), bytes.len() as u64);
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { unzip(&bytes)? } else { bytes };
    let sheets = read(bytes)?;
    Ok(Opened { name: name.to_owned(), sha256, bytes: size, sheets })
}

fn unzip(bytes: &[u8]) -> Result<Vec<u8>, OpenError> {
    let mut inside = Vec::new();
    match MultiGzDecoder::new(bytes).take(LIMIT_BYTES + 1).read_to_end(&mut inside) {
        Ok(_) if inside.len() as u64 > LIMIT_BYTES => {
            refused("unpacked, the file is larger than 1 GiB: no publication is, so it was left alone")
        }
        Ok(_) => Ok(inside),
        Err(error) => refused(format!("the gzip file is damaged or cut short ({error}): fetch it again")),
    }
}

fn read(bytes: Vec<u8>) -> Result<Vec<Sheet>, OpenError> {
    match bytes.get(..8) {
        _ if bytes.is_empty() => refused("the file is empty"),
        Some([b'P', b'K', 3 | 5, 4 | 6, ..]) => spreadsheet::read(Cursor::new(bytes)),
        Some([0xd0, 0xcf, 0x11, 0xe0, ..]) => {
            refused("this is an old (.xls) or a password-protected workbook: save it as .xlsx without a password")
        }
        Some([b'P', b'A', b'R', b'1', ..]) => columns::read(bytes),
        Some([b'%', b'P', b'D', b'F', ..]) => {
            other_kind("this is a PDF, which holds no table that can be read: use the CSV or the workbook")
        }
        Some([b'<', ..]) => refused(
            "this is a web page, not a table: it may be what a site shows in place of the file; fetch the file again",
        ),
        _ => Ok(vec![text::read(&bytes)?]),
    }
}
