//! What the tests stand on: a copy of the repository's plan to change, and workbooks whose cells are changed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use muster_workbook::{Finding, ImportRequest, Imported, WorkbookError, export_plan, import};
use tempfile::TempDir;

/// The repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A plan, its books and its sources, to be changed.
pub(crate) struct Desk {
    folder: TempDir,
    plan: &'static str,
}

impl Desk {
    /// A copy of the repository's plan.
    pub(crate) fn whole() -> Self {
        let folder = TempDir::new().unwrap();
        for part in ["plans/ltwp-2023", "books/england", "sources"] {
            copy(&repository().join(part), &folder.path().join(part));
        }
        Self { folder, plan: "plans/ltwp-2023" }
    }

    /// The small plan of the tests of the book.
    pub(crate) fn small() -> Self {
        let folder = TempDir::new().unwrap();
        let small = crate::small::small();
        for path in small.paths() {
            let there = folder.path().join(&path);
            std::fs::create_dir_all(there.parent().unwrap()).unwrap();
            std::fs::write(there, small.bytes(&path)).unwrap();
        }
        Self { folder, plan: "plans/small" }
    }

    pub(crate) fn plan(&self) -> PathBuf {
        self.folder.path().join(self.plan)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Every file, by path.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_none_or(|ending| ending != "xlsx") {
                    found.insert(path.clone(), std::fs::read(&path).unwrap());
                }
            }
        }
        found
    }

    pub(crate) fn export(&self) -> Vec<u8> {
        export_plan(&self.plan(), &[]).unwrap().bytes
    }

    pub(crate) fn import(&self, bytes: &[u8]) -> Result<Imported, WorkbookError> {
        self.import_with(bytes, false)
    }

    pub(crate) fn import_with(&self, bytes: &[u8], keep_missing: bool) -> Result<Imported, WorkbookError> {
        let workbook = self.path("plan.xlsx");
        std::fs::write(&workbook, bytes).unwrap();
        import(&ImportRequest {
            workbook,
            plan: self.plan(),
            dry_run: false,
            keep_missing,
            today: jiff::civil::date(2026, 11, 23),
        })
    }

    /// What is said of a workbook that must be refused, after a look at whether anything was written.
    pub(crate) fn refused(&self, bytes: &[u8], what: &str) -> Vec<Finding> {
        let before = self.files();
        let outcome = self.import(bytes);
        assert!(before == self.files(), "{what}: a file was changed by an import that was refused");
        match outcome {
            Err(WorkbookError::NotAccepted(findings)) => findings,
            other => panic!("{what}: it was not refused: {other:?}"),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// A workbook whose XML can be changed, cell by cell.
pub(crate) struct Book {
    /// Its parts, in order.
    pub(crate) parts: Vec<(String, Vec<u8>)>,
}

impl Book {
    pub(crate) fn open(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = Vec::new();
        for i in 0..archive.len() {
            let mut part = archive.by_index(i).unwrap();
            let mut held = Vec::new();
            part.read_to_end(&mut held).unwrap();
            parts.push((part.name().unwrap().into_owned(), held));
        }
        Self { parts }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        // Workbooks of the tests are not sent to anyone: packing them would take most of the time.
        let quick = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, held) in &self.parts {
            writer.start_file(name.as_str(), quick).unwrap();
            writer.write_all(held).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// The same, with a last part that says it unpacks to so many bytes.
    pub(crate) fn saying(&self, size: u32) -> Vec<u8> {
        let mut bytes = self.bytes();
        let last = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        bytes[last + 24..last + 28].copy_from_slice(&size.to_le_bytes());
        bytes
    }

    pub(crate) fn part(&self, name: &str) -> String {
        let found = self.parts.iter().find(|(part, _)| part == name).unwrap();
        String::from_utf8(found.1.clone()).unwrap()
    }

    pub(crate) fn set_part(&mut self, name: &str, text: &str) {
        let found = self.parts.iter_mut().find(|(part, _)| part == name).unwrap();
        found.1 = text.as_bytes().to_vec();
    }

    /// The part that a sheet is, by the sheet's name.
    pub(crate) fn part_of(&self, sheet: &str) -> String {
        let workbook = self.part("xl/workbook.xml");
        let names: Vec<&str> =
            workbook.split("<sheet name=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let at =
            names.iter().position(|name| *name == sheet).unwrap_or_else(|| panic!("no sheet {sheet} among {names:?}"));
        format!("xl/worksheets/sheet{}.xml", at + 1)
    }

    /// Changes the XML of a sheet.
    pub(crate) fn edit(&mut self, sheet: &str, change: impl FnOnce(String) -> String) {
        let part = self.part_of(sheet);
        let text = change(self.part(&part));
        self.set_part(&part, &text);
    }

    /// The XML of a cell, with where it stands in its sheet.
    fn cell(text: &str, address: &str) -> std::ops::Range<usize> {
        let start = text.find(&format!("<c r=\"{address}\"")).unwrap_or_else(|| panic!("no cell {address}"));
        let end = match (text[start..].find("/>"), text[start..].find('>')) {
            (Some(short), Some(open)) if short + 1 == open => start + short + 2,
            _ => start + text[start..].find("</c>").unwrap() + 4,
        };
        start..end
    }

    /// Puts XML into a cell, which keeps its style: `<v>1</v>` with the type `n`, say.
    pub(crate) fn put(&mut self, sheet: &str, address: &str, kind: &str, inside: &str) {
        self.edit(sheet, |mut text| {
            let range = Self::cell(&text, address);
            let old = text[range.clone()].to_owned();
            let style = old.split("s=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("0").to_owned();
            let kind = if kind.is_empty() { String::new() } else { format!(" t=\"{kind}\"") };
            text.replace_range(range, &format!("<c r=\"{address}\" s=\"{style}\"{kind}>{inside}</c>"));
            text
        });
    }

    pub(crate) fn number(&mut self, sheet: &str, address: &str, number: f64) {
        self.put(sheet, address, "", &format!("<v>{number}</v>"));
    }

    pub(crate) fn words(&mut self, sheet: &str, address: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.put(sheet, address, "inlineStr", &format!("<is><t xml:space=\"preserve\">{text}</t></is>"));
    }

    pub(crate) fn clear(&mut self, sheet: &str, address: &str) {
        self.put(sheet, address, "", "");
    }
}

/// A workbook as its cells show it, to find cells in.
pub(crate) struct View {
    sheets: BTreeMap<String, Vec<Vec<String>>>,
}

impl View {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        use calamine::Reader;
        let mut book = calamine::Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let mut sheets = BTreeMap::new();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).unwrap();
            let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
            let cell = |row, column| range.get_value((row, column)).map_or_else(String::new, ToString::to_string);
            let rows = (0..height).map(|row| (0..width).map(|column| cell(row, column)).collect()).collect();
            sheets.insert(name, rows);
        }
        Self { sheets }
    }

    /// The column of a name, and the first row below the names, counted from 0.
    fn column(&self, sheet: &str, name: &str) -> (usize, usize) {
        let rows = &self.sheets[sheet];
        let names = rows.iter().position(|row| row.iter().any(|cell| cell == "key" || cell == "who")).unwrap();
        let column = rows[names].iter().position(|cell| cell == name);
        (column.unwrap_or_else(|| panic!("no column {name} in {:?}", rows[names])), names + 1)
    }

    /// The names of the columns of a sheet.
    pub(crate) fn columns(&self, sheet: &str) -> Vec<String> {
        let (_, first) = self.column(sheet, "key");
        self.sheets[sheet][first - 1].iter().filter(|name| !name.is_empty()).cloned().collect()
    }

    /// The address of the name of a column.
    pub(crate) fn name_cell(&self, sheet: &str, name: &str) -> String {
        let (at, first) = self.column(sheet, name);
        address(first - 1, at)
    }

    /// The first row with an entry, counted from 1.
    pub(crate) fn first_row(&self, sheet: &str) -> usize {
        self.column(sheet, "key").1 + 1
    }

    /// How many rows have an entry.
    pub(crate) fn entries(&self, sheet: &str) -> usize {
        let (key, first) = self.column(sheet, "key");
        self.sheets[sheet][first..].iter().filter(|row| !row[key].is_empty()).count()
    }

    /// Every cell of a sheet that has entries, by the key of its row and the name of its column.
    pub(crate) fn cells(&self, sheet: &str) -> BTreeMap<(String, String), (String, String)> {
        let (key, first) = self.column(sheet, "key");
        let rows = &self.sheets[sheet];
        let names = &rows[first - 1];
        let mut cells = BTreeMap::new();
        for (row, held) in rows.iter().enumerate().skip(first).filter(|(_, row)| !row[key].is_empty()) {
            for (column, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                cells.insert((held[key].clone(), name.clone()), (address(row, column), held[column].clone()));
            }
        }
        cells
    }

    /// The sheets that have entries.
    pub(crate) fn sheets(&self) -> Vec<String> {
        let has_entries =
            |rows: &Vec<Vec<String>>| rows.iter().any(|row| row.first().is_some_and(|cell| cell == "key"));
        self.sheets.iter().filter(|(_, rows)| has_entries(rows)).map(|(name, _)| name.clone()).collect()
    }

    /// The address of a column in the first row that holds some texts.
    pub(crate) fn find(&self, sheet: &str, with: &[(&str, &str)], column: &str) -> String {
        let (at, first) = self.column(sheet, column);
        let holds = |row: &[String]| with.iter().all(|(name, text)| row[self.column(sheet, name).0] == *text);
        let rows = &self.sheets[sheet];
        let row = (first..rows.len())
            .find(|row| holds(&rows[*row]))
            .unwrap_or_else(|| panic!("no row of {sheet} with {with:?}"));
        address(row, at)
    }

    /// The address of a column in the first empty row.
    pub(crate) fn empty(&self, sheet: &str, column: &str) -> String {
        let (at, first) = self.column(sheet, column);
        let key = self.column(sheet, if sheet == "Change log" { "who" } else { "key" }).0;
        let rows = &self.sheets[sheet];
        let row = (first..rows.len()).find(|row| rows[*row][key].is_empty()).unwrap_or(rows.len());
        address(row, at)
    }
}

fn address(row: usize, column: usize) -> String {
    format!("{}{}", rust_xlsxwriter::utility::column_number_to_name(column as u16), row + 1)
}
