//! What the words and names of a filter mean: links, doors, places, admins, what was done, and why.

use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::event::Is;
use crate::store::link::words::{self, fold};
use crate::store::names::{self, House};
use app::page::admin::said;
use domain::event::Outcome;
use domain::id::Kind;
use domain::reason::Reason;

/// Words that are looked at; a search for more is cut short.
const WORDS: usize = 6;
/// Links that one word may mean.
const LINKS: i64 = 400;
/// Words that hold a sentence together and mean nothing here.
const SMALL: [&str; 16] =
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "was", "were", "with", "who"];

/// What a search means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// For each word what an event may be to fit it.
    pub any: Vec<Vec<Is>>,
    /// Words that mean nothing here.
    pub unknown: Vec<String>,
}

fn words_of(text: &str) -> Vec<String> {
    fold(text).split_whitespace().map(str::to_owned).take(WORDS).collect()
}

/// Whether some word of a name begins so.
fn begins(name: &str, word: &str) -> bool {
    let name = fold(name);
    name.split(|c: char| !c.is_alphanumeric()).chain(name.split_whitespace()).any(|part| part.starts_with(word))
}

/// Understands a search: every word must be true of an event, each in any of the ways it can be.
///
/// # Errors
/// Those of the database.
pub fn search(c: &mut AnyConnection, organization: &str, text: &str) -> Result<Meaning> {
    let mut meaning = Meaning::default();
    let house = names::house(c, organization)?;
    for word in words_of(text) {
        if SMALL.contains(&word.as_str()) {
            continue;
        }
        let mut is = links_named(c, organization, &word)?;
        is.extend(named(&house, &word));
        is.extend(said_so(&word));
        if is.is_empty() {
            meaning.unknown.push(word);
        }
        meaning.any.push(is);
    }
    meaning.any = joined(meaning.any);
    Ok(meaning)
}

/// Whom a name in a filter means: links made for them, and admins. Empty when nobody is called so.
///
/// # Errors
/// Those of the database.
pub fn person(c: &mut AnyConnection, organization: &str, text: &str) -> Result<Vec<Is>> {
    let typed = text.trim();
    if Kind::Link.owns(typed) {
        return Ok(vec![Is::Link(typed.to_owned())]);
    }
    if Kind::Admin.owns(typed) {
        return Ok(vec![Is::Actor(typed.to_owned())]);
    }
    match typed.to_lowercase().as_str() {
        "operator" | "the operator" => return Ok(vec![Is::Actor("operator".into())]),
        "latchkey" => return Ok(vec![Is::Actor("system".into())]),
        _ => {}
    }
    let people = names::house(c, organization)?.admins;
    let mut all: Option<Vec<Is>> = None;
    for word in words_of(typed) {
        let mut is = links_named(c, organization, &word)?;
        is.extend(people.iter().filter(|(_, name)| begins(name, &word)).map(|(id, _)| Is::Actor(id.clone())));
        all = Some(match all {
            None => is,
            Some(before) => before.into_iter().filter(|one| is.contains(one)).collect(),
        });
    }
    Ok(all.unwrap_or_default())
}

/// Two words that can only be names of links must be names of the same ones.
fn joined(any: Vec<Vec<Is>>) -> Vec<Vec<Is>> {
    let (names, mut rest): (Vec<_>, Vec<_>) =
        any.into_iter().partition(|any| !any.is_empty() && any.iter().all(|is| matches!(is, Is::Link(_))));
    let both = names.into_iter().reduce(|one, other| one.into_iter().filter(|is| other.contains(is)).collect());
    rest.extend(both);
    rest
}

/// Links in whose words one begins so.
fn links_named(c: &mut AnyConnection, organization: &str, word: &str) -> Result<Vec<Is>> {
    Ok(words::with_word(c, organization, word, LINKS)?.into_iter().map(Is::Link).collect())
}

/// What was done, how it came out, and why, in the words that pages say it in.
fn said_so(word: &str) -> Vec<Is> {
    let actions = said::ACTIONS.iter().flat_map(|(_, actions)| actions.iter());
    let actions = actions
        .filter(|(code, words)| begins(words, word) || *code == word)
        .map(|(code, _)| Is::Action((*code).to_owned()));
    let outcomes =
        Outcome::ALL.into_iter().filter(|one| begins(said::outcome(*one), word) || one.code() == word).map(Is::Outcome);
    let reasons = Reason::ALL
        .iter()
        .filter(|one| **one != Reason::Allowed && (begins(said::reason(**one), word) || one.code() == word))
        .map(|one| Is::Reason(one.code().to_owned()));
    actions.chain(outcomes).chain(reasons).collect()
}

/// What of the house is called so; a place's name means its doors too.
fn named(house: &House, word: &str) -> Vec<Is> {
    let places: Vec<&str> =
        house.places.iter().filter(|(_, name)| begins(name, word)).map(|(id, _)| id.as_str()).collect();
    let here = |place: &str| places.contains(&place);
    let doors = house.doors.iter().filter(|(_, name, place)| begins(name, word) || here(place));
    let admins = house.admins.iter().filter(|(_, name)| begins(name, word));
    doors
        .map(|(id, ..)| Is::Door(id.clone()))
        .chain(places.iter().map(|id| Is::Object((*id).to_owned())))
        .chain(house.others.iter().filter(|(_, name)| begins(name, word)).map(|(id, _)| Is::Object(id.clone())))
        .chain(admins.map(|(id, _)| Is::Actor(id.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_finds_a_name_by_the_beginning_of_any_of_its_words() {
        for (name, word, fits) in [
            ("Front door", "front", true),
            ("Front door", "doo", true),
            ("Front door", "ront", false),
            ("Lindenstraße 14", "14", true),
            ("Jean-Luc Picard", "luc", true),
            ("Zoë Müller", "muller", true),
            ("محمد الأحمد", "الأحمد", true),
        ] {
            assert_eq!(begins(name, &fold(word)), fits, "{name} {word}");
        }
    }

    #[test]
    fn words_of_pages_are_understood() {
        assert_eq!(said_so("expired"), vec![Is::Reason("expired".into())]);
        assert!(said_so("refused").contains(&Is::Outcome(Outcome::Denied)));
        assert!(said_so("revoked").contains(&Is::Action("link.revoked".into())));
        assert_eq!(said_so("xyzzy"), Vec::new());
    }

    #[test]
    fn two_names_are_of_one_link() {
        let link = |id: &str| Is::Link(id.into());
        let any = vec![vec![link("a"), link("b")], vec![link("b"), link("c")], vec![Is::Door("d".into())]];
        assert_eq!(joined(any), vec![vec![Is::Door("d".into())], vec![link("b")]]);
        assert_eq!(joined(vec![vec![], vec![link("a")]]), vec![vec![], vec![link("a")]], "an unknown word stays one");
    }
}
