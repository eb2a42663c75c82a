//! What a workbook was made from: the texts of the files, kept in the workbook itself, so that an import knows what was there before anyone
//! wrote in it, whatever has happened to the files since.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use crate::fields::Schemas;
use crate::folder::{Folder, hash};
use crate::layout::Layout;
use crate::record::Text;
use crate::sheet::Sheet;

/// The version of the format: a workbook of another is refused.
pub(crate) const FORMAT: u32 = 1;

/// The letters of one cell: Excel allows 32,767.
const LINE: usize = 32_000;

/// No plan is larger than this many bytes of text.
const LARGEST: u64 = 64 << 20;

/// What a workbook was made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Base {
    /// The version of the format.
    pub format: u32,
    /// The id of the plan.
    pub plan: String,
    /// Its title.
    pub title: String,
    /// The topics that were asked for; empty for all.
    pub topics: Vec<String>,
    /// The files.
    pub files: Vec<Made>,
}

/// A file of which a workbook was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Made {
    /// Its name in the plan.
    pub name: String,
    /// Whether it was there.
    pub exists: bool,
    /// Its text.
    pub text: String,
}

impl Base {
    /// Of a plan as it stands.
    pub(crate) fn of(plan: &muster_book::Plan, folder: &Folder, topics: &[String]) -> Self {
        let made = |file: &crate::folder::Stored| Made {
            name: file.name.clone(),
            exists: file.exists,
            text: file.text.clone(),
        };
        Self {
            format: FORMAT,
            plan: plan.id.clone(),
            title: plan.title.clone(),
            topics: topics.to_vec(),
            files: folder.files.iter().map(made).collect(),
        }
    }

    /// The records of each file.
    pub(crate) fn texts(&self) -> Result<Vec<Text>, String> {
        self.files
            .iter()
            .map(|file| Text::read(&file.name, &file.text).map_err(|why| format!("{}: {why}", file.name)))
            .collect()
    }

    /// The sheets that were made of it.
    pub(crate) fn sheets(&self, texts: &[Text], schemas: &Schemas) -> Vec<Sheet> {
        let names = self.files.iter().map(|file| file.name.as_str()).collect();
        let mut sheets = Layout { names, texts, schemas }.sheets();
        sheets.retain(|sheet| self.topics.is_empty() || self.topics.contains(&sheet.topic));
        sheets
    }

    /// As lines of letters and digits that any program keeps as they are; the first says what the others must be.
    pub(crate) fn pack(&self) -> std::io::Result<Vec<String>> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(serde_json::to_string(self)?.as_bytes())?;
        let letters = crate::folder::hexadecimal(&packer.finish()?);
        let mut lines = vec![format!("muster-workbook {FORMAT} {}", hash(&letters))];
        lines.extend(letters.as_bytes().chunks(LINE).map(|line| String::from_utf8_lossy(line).into_owned()));
        Ok(lines)
    }

    /// The same, read back. None where a line is missing or was changed; the version where it is another.
    pub(crate) fn unpack(lines: &[String]) -> Result<Self, Spoilt> {
        let (head, rest) = lines.split_first().ok_or(Spoilt::Changed)?;
        let mut words = head.split_whitespace();
        if words.next() != Some("muster-workbook") {
            return Err(Spoilt::Changed);
        }
        let format = words.next().and_then(|word| word.parse().ok()).ok_or(Spoilt::Changed)?;
        if format != FORMAT {
            return Err(Spoilt::Version(format));
        }
        let letters = rest.concat();
        if words.next() != Some(hash(&letters).as_str()) {
            return Err(Spoilt::Changed);
        }
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let packed: Option<Vec<u8>> = letters.as_bytes().chunks(2).map(byte).collect();
        let mut text = String::new();
        DeflateDecoder::new(packed.ok_or(Spoilt::Changed)?.as_slice())
            .take(LARGEST)
            .read_to_string(&mut text)
            .map_err(|_| Spoilt::Changed)?;
        serde_json::from_str(&text).map_err(|_| Spoilt::Changed)
    }
}

/// Why what a workbook was made from cannot be told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Spoilt {
    /// It was changed or lost.
    Changed,
    /// It is of another version of the format.
    Version(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_and_what_was_changed_is_noticed() {
        let text = "value = 1 # é\r\n".repeat(9_000);
        let made = Made { name: "plan/a.toml".to_owned(), exists: true, text };
        let base = Base { format: FORMAT, plan: "p".into(), title: "P".into(), topics: Vec::new(), files: vec![made] };
        let lines = base.pack().unwrap();
        assert_eq!(Base::unpack(&lines).unwrap().files[0].text, base.files[0].text);
        let mut changed = lines.clone();
        let other = if changed[1].starts_with('0') { "1" } else { "0" };
        changed[1].replace_range(0..1, other);
        assert_eq!(Base::unpack(&changed).err(), Some(Spoilt::Changed));
        assert_eq!(Base::unpack(&lines[..1]).err(), Some(Spoilt::Changed));
        assert_eq!(Base::unpack(&["muster-workbook 9 x".to_owned()]).err(), Some(Spoilt::Version(9)));
    }
}
