//! The words that a link is found by, each from its beginning: folded, so that neither case nor accents count.

use super::LinkRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{link_words, links};
use crate::store::writer::Tx;
use diesel::prelude::*;
use icu_normalizer::DecomposingNormalizerBorrowed;
use std::collections::BTreeSet;

/// Words kept of one link; what is beyond is found by the rest.
const MOST: usize = 64;
/// Characters kept of one word.
const LONGEST: usize = 40;
/// Words of a search that count.
const ASKED: usize = 8;
/// Stands before the words of a host, so that a filter can tell them from a visitor's.
const HOST: char = '@';

/// The two ways in which one word of a search may begin what it finds; often they are the same.
pub(super) type Term = [String; 2];

/// Without case, accents, points and the like: `Müller` is `muller`, `Ł` is `l`, `ß` is `ss`.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for character in DecomposingNormalizerBorrowed::new_nfkd().normalize(&lower).chars() {
        match character {
            // Combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic script.
            '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' => {}
            '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => {}
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    folded
}

/// The word that a text without spaces is kept as, whole.
pub(super) fn whole(text: &str) -> String {
    short(&fold(text))
}

/// A name as lists sort it.
#[must_use]
pub fn name_key(name: &str) -> String {
    fold(name.trim())
}

/// As a German without umlauts writes it: `mueller`. The same as [`fold`] where there are none.
fn spelled(text: &str) -> String {
    let mut lower = text.to_lowercase();
    for (umlaut, apart, letters) in [('ä', "a\u{308}", "ae"), ('ö', "o\u{308}", "oe"), ('ü', "u\u{308}", "ue")] {
        lower = lower.replace(umlaut, letters).replace(apart, letters);
    }
    fold(&lower)
}

fn short(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// What stands between white space, without the punctuation around it.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|token| {
        let bare = token.trim_matches(|character: char| !character.is_alphanumeric());
        // What is all symbols, such as a name of emoji, stands for itself.
        if bare.is_empty() && !token.is_ascii() { token } else { bare }
    })
}

/// Scripts that put no space between words: there a word may begin anywhere.
fn runs_on(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{eff}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

struct Words(BTreeSet<String>);

impl Words {
    fn put(&mut self, word: &str) {
        if !word.is_empty() && self.0.len() < MOST {
            self.0.insert(short(word));
        }
    }

    /// Each token whole, its parts around `@ . -` and the like, and in either spelling.
    fn text(&mut self, text: &str) {
        for token in tokens(text) {
            for word in [fold(token), spelled(token)] {
                self.put(&word);
                // A part begins behind what is neither letter nor digit; what follows it belongs to it too.
                let behind =
                    |pair: &((usize, char), (usize, char))| !pair.0.1.is_alphanumeric() && pair.1.1.is_alphanumeric();
                for (_, (at, _)) in word.char_indices().zip(word.char_indices().skip(1)).filter(behind) {
                    self.put(word.get(at..).unwrap_or_default());
                }
                if word.contains(runs_on) {
                    for (at, _) in word.char_indices().skip(1).take(12) {
                        self.put(word.get(at..).unwrap_or_default());
                    }
                }
            }
        }
    }

    /// With the country's code and without it, which has one to three digits.
    fn phone(&mut self, phone: &str) {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        self.put(&digits);
        for code in 1..=3 {
            if digits.len() >= code + 6 {
                self.put(digits.get(code..).unwrap_or_default());
            }
        }
    }

    fn host(&mut self, host: &str) {
        for token in tokens(host) {
            for word in [fold(token), spelled(token)] {
                self.put(&format!("{HOST}{word}"));
            }
        }
    }
}

/// The words of a link.
#[must_use]
pub fn of(row: &LinkRow) -> BTreeSet<String> {
    let mut words = Words(BTreeSet::new());
    words.text(&row.name);
    words.phone(&row.phone);
    words.host(&row.host_name);
    // The note comes last: it may be long, and what is beyond the bound is lost.
    for text in [&row.email, &row.external_id, &row.company, &row.host_name, &row.note] {
        words.text(text);
    }
    words.0
}

/// What a search asks for: each term must be met, by any of its beginnings. `None` when there is nothing to look for
/// in what was typed.
pub(super) fn asked(search: &str) -> Option<Vec<Term>> {
    let dialled = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+()-./".contains(c);
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    // A number as people write it, with its groups apart, is one word.
    let terms: Vec<Term> = if digits.len() >= 6 && search.chars().all(dialled) && search.trim().contains(' ') {
        vec![ways(&digits, digits.trim_start_matches('0'))]
    } else {
        tokens(search)
            .filter(|token| !token.is_empty())
            .take(ASKED)
            .map(|token| {
                let bare = if token.bytes().all(|byte| byte.is_ascii_digit()) {
                    token.trim_start_matches('0').to_owned()
                } else {
                    let digits: String = token.chars().filter(char::is_ascii_digit).collect();
                    let number = digits.len() >= 6 && token.chars().all(dialled);
                    if number { digits.trim_start_matches('0').to_owned() } else { spelled(token) }
                };
                ways(&fold(token), &bare)
            })
            .collect()
    };
    if terms.is_empty() && !search.trim().is_empty() { None } else { Some(terms) }
}

/// What a filter by host asks for.
pub(super) fn asked_of_host(host: &str) -> Vec<Term> {
    tokens(host)
        .filter(|token| !token.is_empty())
        .take(ASKED)
        .map(|token| ways(&format!("{HOST}{}", fold(token)), &format!("{HOST}{}", spelled(token))))
        .collect()
}

fn ways(one: &str, other: &str) -> Term {
    let other = if other.is_empty() { one } else { other };
    [short(one), short(other)]
}

/// Just beyond every word that begins so: no text holds this last of all characters.
pub(super) fn end(beginning: &str) -> String {
    format!("{beginning}\u{10ffff}")
}

/// Links in whose words one begins so, at most so many. Words are kept folded and compared byte by byte.
///
/// # Errors
/// Those of the database.
pub fn with_word(c: &mut AnyConnection, organization: &str, word: &str, most: i64) -> Result<Vec<String>> {
    let mut ids: Vec<String> = link_words::table
        .filter(link_words::organization_id.eq(organization))
        .filter(link_words::word.ge(word))
        .filter(link_words::word.lt(format!("{word}\u{10FFFF}")))
        .select(link_words::link_id)
        .limit(most)
        .load(c)?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Keeps the words of a link as it is now, in place of those it had.
///
/// # Errors
/// Those of the database.
pub fn replace(tx: &mut Tx<'_>, row: &LinkRow) -> Result<()> {
    diesel::delete(link_words::table.filter(link_words::link_id.eq(&row.id))).execute(tx.connection)?;
    let rows: Vec<_> = of(row)
        .into_iter()
        .map(|word| {
            (
                link_words::organization_id.eq(row.organization_id.clone()),
                link_words::word.eq(word),
                link_words::link_id.eq(row.id.clone()),
            )
        })
        .collect();
    let insert = diesel::insert_into(link_words::table);
    match tx.connection {
        AnyConnection::Sqlite(c) => insert.values(rows).execute(c)?,
        AnyConnection::Postgres(c) => insert.values(rows).execute(c)?,
    };
    Ok(())
}

/// Links after an id that have no words yet, in order, at most `most`.
///
/// # Errors
/// Those of the database.
pub fn without(c: &mut AnyConnection, after: &str, most: i64) -> Result<Vec<LinkRow>> {
    let words = link_words::table.filter(link_words::link_id.eq(links::id));
    Ok(links::table
        .filter(links::id.gt(after))
        .filter(diesel::dsl::not(diesel::dsl::exists(words)))
        .order(links::id)
        .limit(most)
        .select(LinkRow::as_select())
        .load(c)?)
}

/// Keeps the words of links that have none, and their names as lists sort them; those changed meanwhile have them.
///
/// # Errors
/// Those of the database.
pub fn fill(tx: &mut Tx<'_>, ids: &[String]) -> Result<()> {
    let rows: Vec<LinkRow> =
        links::table.filter(links::id.eq_any(ids)).select(LinkRow::as_select()).load(tx.connection)?;
    for row in rows {
        replace(tx, &row)?;
        diesel::update(links::table.find(&row.id))
            .set(links::name_key.eq(name_key(&row.name)))
            .execute(tx.connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, search: &str) -> bool {
        let mut words = Words(BTreeSet::new());
        words.text(text);
        let begins = |way: &String| words.0.iter().any(|word| word.starts_with(way.as_str()));
        asked(search).is_some_and(|terms| terms.iter().all(|term| term.iter().any(begins)))
    }

    #[test]
    fn words_are_found_from_their_beginning_without_case_or_accents() {
        for search in ["müller", "MULLER", "mueller", "mull", "jose mul", "Nunez", "straß", "stras"] {
            assert!(found("José Müller Ñuñez Straße", search), "{search}");
        }
        assert!(!found("José Müller", "üller"), "not from the middle");
        assert!(!found("José Müller", "jose keller"), "every word must be met");
        assert!(found("Mueller", "Müller"), "either spelling finds the other");
        assert!(found("Mu\u{308}ller", "Müller"), "however the umlaut was typed");
    }

    #[test]
    fn addresses_are_found_whole_and_by_their_parts() {
        for search in ["ada@keller.example", "ada@kel", "keller", "keller.ex", "example", "<ada@keller.example>"] {
            assert!(found("ada@keller.example", search), "{search}");
        }
        assert!(found("Jean-Luc O'Brien", "luc brien o'br jean-l"));
        assert!(found("山田太郎", "太郎") && found("محمد الأحمد", "الاحمد"));
    }

    #[test]
    fn a_number_is_found_however_it_is_dialled() {
        let mut words = Words(BTreeSet::new());
        words.phone("+49305550117");
        let found = |search: &str| {
            asked(search)
                .unwrap()
                .iter()
                .all(|term| term.iter().any(|way| words.0.iter().any(|word| word.starts_with(way.as_str()))))
        };
        for search in ["+49 30 555 0117", "+4930555", "0049305550117", "030 5550117", "030/5550117", "4930"] {
            assert!(found(search), "{search}");
        }
        assert!(!found("+49 31 555"));
    }

    #[test]
    fn what_holds_no_word_finds_nothing_and_what_is_too_much_is_cut() {
        assert_eq!(asked("  "), Some(Vec::new()));
        assert_eq!(asked("!!!"), None);
        assert!(found("🗝🗝", "🗝"));
        let many: String = (0..500).map(|number| format!("word{number} ")).collect();
        let mut words = Words(BTreeSet::new());
        words.text(&many);
        assert_eq!(words.0.len(), MOST);
        assert_eq!(asked(&many).unwrap().len(), ASKED);
        assert_eq!(asked(&"x".repeat(200)).unwrap(), vec![["x".repeat(LONGEST), "x".repeat(LONGEST)]]);
    }
}
