//! A file of links as rows of cells, whichever way a spreadsheet wrote it.

use super::columns::Column;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::collections::HashMap;

/// The longest file, bytes.
pub const LONGEST: usize = 1 << 20;
/// The most rows.
const MOST: usize = 2_000;

/// One row below the head.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    cells: HashMap<Column, String>,
    /// Whether it has more cells than the head.
    pub(super) too_long: bool,
}

impl Row {
    pub(super) fn get(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }
}

/// A file's rows, and the heads that say nothing to us.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) rows: Vec<Row>,
    pub(super) unknown: Vec<String>,
}

fn refused(sentence: impl ToString) -> Error {
    Error::field("file", sentence)
}

/// Reads a file.
///
/// # Errors
/// `Fields` on `file`, with what to do about it.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet> {
    if bytes.len() > LONGEST {
        return Err(refused("This file is larger than 1 MB. Split it into several."));
    }
    let text = decode(bytes)?;
    let (text, skipped, given) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        // Excel's own way to say what stands between cells.
        Some((sep, rest)) => (rest, 1, sep.bytes().next()),
        None => (&*text, 0, None),
    };
    let delimiter = given.unwrap_or_else(|| delimiter(text));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records = reader.records();
    let head = match records.next() {
        Some(head) => {
            head.map_err(|_| refused("This file cannot be read as CSV. Save it as CSV UTF-8 and try again."))?
        }
        None => return Err(refused("This file is empty.")),
    };
    let columns: Vec<Option<Column>> = head.iter().map(Column::headed).collect();
    if !columns.contains(&Some(Column::Name)) {
        return Err(refused(
            "The first line must name the columns, and one of them must be called name. Compare with the template.",
        ));
    }
    if let Some(twice) =
        Column::ALL.iter().find(|column| columns.iter().filter(|one| **one == Some(**column)).count() > 1)
    {
        return Err(refused(format!("Two columns mean {}. Remove one of them.", twice.code())));
    }
    let heads = head.iter().zip(&columns);
    let unknown = heads.filter(|(head, column)| column.is_none() && !head.trim().is_empty());
    let mut sheet = Sheet { unknown: unknown.map(|(head, _)| head.trim().to_owned()).collect(), rows: Vec::new() };
    let mut lines = Lines { text, at: 0, line: 1 + skipped };
    for record in records {
        let record =
            record.map_err(|_| refused("This file cannot be read as CSV. Save it as CSV UTF-8 and try again."))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if sheet.rows.len() == MOST {
            return Err(refused("This file has more than 2,000 rows. Split it into several."));
        }
        let named = record.iter().zip(&columns).filter_map(|(cell, column)| Some(((*column)?, bare(cell).to_owned())));
        sheet.rows.push(Row {
            line: lines.at(record.position().map_or(0, csv::Position::byte)),
            cells: named.collect(),
            too_long: record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()),
        });
    }
    if sheet.rows.is_empty() {
        return Err(refused("This file has a head, but no rows below it."));
    }
    Ok(sheet)
}

/// Counts lines as an editor does; the reader takes empty lines for the beginning of the row below them.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX);
        let bytes = self.text.as_bytes();
        let empty = bytes.iter().skip(from).take_while(|byte| b"\r\n".contains(byte)).count();
        let passed = bytes.iter().take(from.saturating_add(empty)).skip(self.at).filter(|byte| **byte == b'\n').count();
        self.at = from.saturating_add(empty);
        self.line += u64::try_from(passed).unwrap_or(0);
        self.line
    }
}

/// A cell without the space around it, and without the mark by which an export keeps a spreadsheet from computing it.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// UTF-8 with or without its mark, else what Windows wrote before.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0) {
        return Err(refused("This is no text file that can be read here. Save it as CSV UTF-8 and try again."));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Ok(Cow::Owned(bytes.iter().map(|byte| windows(*byte)).collect())),
    }
}

/// Windows-1252; five of its bytes stand for nothing.
fn windows(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
        '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        other => char::from(other),
    }
}

/// What stands between the heads most often.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |byte: u8| head.bytes().filter(|one| *one == byte).count();
    // The first of equals wins, and with one column only there is nothing to choose.
    [b'\t', b';', b','].into_iter().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8]) -> Vec<String> {
        read(bytes).unwrap().rows.iter().map(|row| row.get(Column::Name).to_owned()).collect()
    }

    fn sentence(bytes: &[u8]) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn whatever_a_spreadsheet_writes_is_read() {
        for bytes in [
            &b"name,note\nAda,\"two, three\"\n"[..],
            b"\xef\xbb\xbfName;Notiz\r\nAda;x\r\n\r\n;\r\n",
            b"sep=;\nname;note\nAda;x",
            b"name\tnote\nAda\tx",
            b"name\nAda",
            b"\"Name\",\"Note\"\n\"Ada\",\"a\nb\"",
        ] {
            assert_eq!(names(bytes), ["Ada"], "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(names(b"name;x\nJ\xf6rg M\xfcller \x80;"), ["Jörg Müller €"], "Windows-1252");
        assert_eq!(names("name\nJörg".as_bytes()), ["Jörg"]);
    }

    #[test]
    fn lines_are_told_as_an_editor_counts_them() {
        let sheet = read(b"name,note\nAda,\"a\nb\"\n\nBo,x,y\n").unwrap();
        assert_eq!(sheet.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(sheet.rows.iter().map(|row| row.too_long).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_mark_against_formulas_is_taken_off_again() {
        let sheet = read(b"name,phone,colour\n'=Ada,'+4930,red\n'Ada,,").unwrap();
        assert_eq!((sheet.rows[0].get(Column::Name), sheet.rows[0].get(Column::Phone)), ("=Ada", "+4930"));
        assert_eq!(sheet.rows[1].get(Column::Name), "'Ada");
        assert_eq!(sheet.unknown, ["colour"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_what_to_do() {
        assert!(sentence(b"").contains("empty"));
        assert!(sentence(b"Ada,ada@example.com\n").contains("must be called name"));
        assert!(sentence(b"name,Besucher\nAda,Ada").contains("Two columns mean name"));
        assert!(sentence(b"name\n").contains("no rows"));
        assert!(sentence(b"\xff\xfen\0a\0").contains("CSV UTF-8"));
        assert!(sentence(format!("name\n{}", "Ada\n".repeat(2_001)).as_bytes()).contains("2,000 rows"));
        assert!(sentence(&vec![b'a'; LONGEST + 1]).contains("1 MB"));
    }
}
