//! Opens a file of any kind that publications come in, as sheets of cells; refuses what is damaged or out of all proportion.

mod columns;
mod spreadsheet;
mod text;

use std::fs::File;
use std::io::{self, Cursor, Read};
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

/// How much of a file is read before it is refused: more than any publication, and little enough to refuse what only
/// pretends to be one.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes, packed and unpacked.
    pub bytes: u64,
    /// Cells.
    pub cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1_000_000_000, cells: 30_000_000 }
    }
}

impl Limits {
    fn megabytes(self) -> u64 {
        self.bytes / 1_000_000
    }
}

/// Longer than any cell of a publication, and what a spreadsheet program allows.
const LONGEST_CELL: usize = 32_768;
/// Empty cells before full ones, for each full one; a publication is not that scattered.
const EMPTY_PER_FULL: usize = 20;

/// Counts what is kept of a file. A few bytes of a packed file can stand for the same long text in millions of cells.
struct Meter {
    limits: Limits,
    cells: usize,
    full: usize,
    bytes: u64,
}

impl Meter {
    fn new(limits: Limits) -> Self {
        Self { limits, cells: 0, full: 0, bytes: 0 }
    }

    /// One full cell, and the empty ones that stand before it.
    fn count(&mut self, cell: &Cell, cells: usize) -> Result<(), String> {
        let length = if let Cell::Text(text) = cell { text.len() } else { 0 };
        self.cells += cells;
        self.full += usize::from(!cell.is_empty());
        self.bytes += length as u64;
        if length > LONGEST_CELL {
            return Err(format!("a cell has more than {LONGEST_CELL} letters: cut it, or leave the column out"));
        }
        if self.cells > self.limits.cells {
            return Err(format!(
                "the file has more than {} million cells: cut it to the rows that are needed",
                self.limits.cells / 1_000_000
            ));
        }
        if self.bytes > self.limits.bytes {
            return Err(format!(
                "the texts of the file come to more than {} MB: no publication's do, so it was left alone",
                self.limits.megabytes()
            ));
        }
        Ok(())
    }

    /// Whether the cells are so far apart that nearly all that is kept would be empty.
    fn scattered(&self) -> bool {
        self.cells > 1_000_000 && self.cells > self.full.saturating_mul(EMPTY_PER_FULL)
    }
}

pub(crate) fn refused<T>(why: impl Into<String>) -> Result<T, OpenError> {
    Err(OpenError::Refused(why.into()))
}

fn other_kind<T>(why: &str) -> Result<T, OpenError> {
    Err(OpenError::OtherKind(why.to_owned()))
}

/// Opens a file: CSV and its relatives in any encoding, XLSX, Parquet, and any of them in gzip.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let limits = Limits::default();
    let mut bytes = Vec::new();
    File::open(path)?.take(limits.bytes + 1).read_to_end(&mut bytes)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    open_bytes(&name, bytes, limits)
}

/// The hash of a file as it is stored, without reading what it says.
pub fn hash(path: &Path) -> Result<String, OpenError> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hex(&hasher.finalize()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Opens what has been read already.
pub fn open_bytes(name: &str, bytes: Vec<u8>, limits: Limits) -> Result<Opened, OpenError> {
    if bytes.len() as u64 > limits.bytes {
        return refused(format!(
            "the file is larger than {} MB: split it, or cut it to the rows that are needed",
            limits.megabytes()
        ));
    }
    let (sha256, size) = (hex(&Sha256::digest(&bytes)), bytes.len() as u64);
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { unzip(&bytes, limits)? } else { bytes };
    let sheets = read(bytes, limits)?;
    Ok(Opened { name: name.to_owned(), sha256, bytes: size, sheets })
}

/// Unpacks a gzip file, once without keeping anything, so that nothing larger than the limit is ever held.
fn unzip(bytes: &[u8], limits: Limits) -> Result<Vec<u8>, OpenError> {
    let size = io::copy(&mut MultiGzDecoder::new(bytes).take(limits.bytes + 1), &mut io::sink())
        .or_else(|error| refused(format!("the gzip file is damaged or cut short ({error}): fetch it again")))?;
    if size > limits.bytes {
        return refused(format!(
            "unpacked, the file is larger than {} MB: no publication is, so it was left alone",
            limits.megabytes()
        ));
    }
    let mut inside = Vec::with_capacity(size as usize);
    MultiGzDecoder::new(bytes).read_to_end(&mut inside)?;
    Ok(inside)
}

fn read(bytes: Vec<u8>, limits: Limits) -> Result<Vec<Sheet>, OpenError> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii_start();
    match start {
        [] => refused("the file is empty: fetch it again"),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => spreadsheet::read(Cursor::new(bytes), limits),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            refused("this is an old (.xls) or a password-protected workbook: save it as .xlsx without a password")
        }
        [b'P', b'A', b'R', b'1', ..] => columns::read(bytes, limits),
        [b'%', b'P', b'D', b'F', ..] => {
            other_kind("this is a PDF, which holds no table that can be read: use the CSV or the workbook")
        }
        [b'<', b'?', ..] => {
            other_kind("this is XML, which holds no table that Muster knows: use the CSV or the workbook")
        }
        [b'<', b'!' | b'a'..=b'z' | b'A'..=b'Z', ..] => refused(
            "this is a web page, not a table: it may be what a site shows in place of the file; fetch the file again",
        ),
        _ => Ok(vec![text::read(&bytes, limits)?]),
    }
}
