//! What the keys of a scanner that types stand for. A scanner types as a keyboard of some country, and the machine sees
//! only which keys were pressed: those of the United States, unless a calibration code taught it better.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the calibration code shows: all letters and digits, and the signs that addresses and tickets are made of.
pub const CALIBRATION: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._/:?&=%+#@!$*(),;";
/// What stands for a key that nobody knows: no code has it.
const UNKNOWN: char = '\u{fffd}';

const SHIFTS: [u16; 2] = [42, 54];
const ALT_GR: u16 = 100;
const ENDS: [u16; 3] = [28, 96, 15];
/// Control, the other Alt, the locks and the Meta keys type nothing.
const SILENT: [u16; 8] = [29, 56, 58, 69, 70, 97, 125, 126];

/// A key with what was held down beside it. Keys are numbered as Linux does (`input-event-codes.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stroke(pub u16, pub bool, pub bool);

/// From strokes to characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(Stroke, char)>", into = "Vec<(Stroke, char)>")]
pub struct Layout(BTreeMap<Stroke, char>);

impl From<Vec<(Stroke, char)>> for Layout {
    fn from(pairs: Vec<(Stroke, char)>) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl From<Layout> for Vec<(Stroke, char)> {
    fn from(layout: Layout) -> Self {
        layout.0.into_iter().collect()
    }
}

impl Layout {
    /// As in the United States, which most scanners begin with.
    #[must_use]
    pub fn us() -> Self {
        let rows: [(u16, &str, &str); 6] = [
            (2, "1234567890-=", "!@#$%^&*()_+"),
            (16, "qwertyuiop[]", "QWERTYUIOP{}"),
            (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
            (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
            (71, "789-456+1230.", ""),
            (57, " ", " "),
        ];
        let mut known = BTreeMap::from([(Stroke(55, false, false), '*'), (Stroke(98, false, false), '/')]);
        for (first, plain, shifted) in rows {
            known.extend((first..).zip(plain.chars()).map(|(key, sign)| (Stroke(key, false, false), sign)));
            known.extend((first..).zip(shifted.chars()).map(|(key, sign)| (Stroke(key, true, false), sign)));
        }
        Self(known)
    }

    /// As the calibration code was typed.
    ///
    /// # Errors
    /// A sentence, when what was typed cannot be that code.
    pub fn learned(strokes: &[Stroke]) -> Result<Self, String> {
        if strokes.len() != CALIBRATION.chars().count() {
            return Err(format!(
                "The scanner pressed {} keys for {} characters. Set it to a keyboard without dead keys, without a prefix and with Enter as its only suffix, and scan again.",
                strokes.len(),
                CALIBRATION.chars().count()
            ));
        }
        let mut known = BTreeMap::new();
        for (stroke, sign) in strokes.iter().zip(CALIBRATION.chars()) {
            if let Some(other) = known.insert(*stroke, sign) {
                return Err(format!(
                    "The scanner presses the same key for {other} and {sign}. Switch its conversion of case off, and scan again."
                ));
            }
        }
        Ok(Self(known))
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self, strokes: &[Stroke]) -> Vec<u8> {
        let signs = strokes.iter().map(|stroke| self.0.get(stroke).copied().unwrap_or(UNKNOWN));
        signs.collect::<String>().into_bytes()
    }
}

/// Follows the keys of a scanner.
#[derive(Debug, Default)]
pub struct Typist {
    shifts: [bool; 2],
    alt_gr: bool,
    strokes: Vec<Stroke>,
}

impl Typist {
    /// A key went down (1), up (0) or repeats (2); gives the strokes of a code that ended with it.
    pub fn key(&mut self, key: u16, value: i32) -> Option<Vec<Stroke>> {
        if let Some(shift) = SHIFTS.iter().position(|shift| *shift == key) {
            if let Some(held) = self.shifts.get_mut(shift) {
                *held = value != 0;
            }
        } else if key == ALT_GR {
            self.alt_gr = value != 0;
        } else if value == 1 && ENDS.contains(&key) {
            return self.end();
        } else if value == 1 && !SILENT.contains(&key) && self.strokes.len() <= domain::qr::LONGEST {
            self.strokes.push(Stroke(key, self.shifts.contains(&true), self.alt_gr));
        }
        None
    }

    /// The strokes so far, as if the code ended here.
    pub fn end(&mut self) -> Option<Vec<Stroke>> {
        Some(std::mem::take(&mut self.strokes)).filter(|strokes| !strokes.is_empty())
    }

    /// Whether a code has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !self.strokes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Presses what a scanner presses for a text, on a keyboard that is given by its strokes.
    fn typed(text: &str, keyboard: &Layout) -> Vec<Stroke> {
        let mut typist = Typist::default();
        for sign in text.chars() {
            let (Stroke(key, shift, _), _) = keyboard.0.iter().find(|(_, known)| **known == sign).unwrap();
            if *shift {
                assert_eq!(typist.key(54, 1), None);
            }
            assert_eq!(typist.key(*key, 1), None);
            assert_eq!(typist.key(*key, 2), None, "a repeat is no second stroke");
            assert_eq!(typist.key(*key, 0), None);
            if *shift {
                typist.key(54, 0);
            }
        }
        assert!(typist.has_begun());
        typist.key(28, 1).unwrap()
    }

    fn german() -> Layout {
        let mut pairs: Vec<(Stroke, char)> = Layout::us().into();
        for (_, sign) in &mut pairs {
            *sign = match *sign {
                'y' => 'z',
                'z' => 'y',
                'Y' => 'Z',
                'Z' => 'Y',
                '/' => '-',
                '-' => '/',
                other => other,
            };
        }
        pairs.into()
    }

    #[test]
    fn a_scanner_types_as_in_the_united_states_unless_it_was_taught_otherwise() {
        let text = "LK1N0123ZY/a-z?x=Y";
        assert_eq!(Layout::us().text(&typed(text, &Layout::us())), text.as_bytes());
        assert_ne!(Layout::us().text(&typed(text, &german())), text.as_bytes());
        let learned = Layout::learned(&typed(CALIBRATION, &german())).unwrap();
        assert_eq!(learned.text(&typed(text, &german())), text.as_bytes());
        let kept: Layout = serde_json::from_str(&serde_json::to_string(&learned).unwrap()).unwrap();
        assert_eq!(kept, learned);
    }

    #[test]
    fn what_is_no_calibration_teaches_nothing() {
        assert!(Layout::learned(&typed("LK1N0123", &Layout::us())).unwrap_err().contains("8 keys"));
        let lower: Vec<Stroke> =
            typed(CALIBRATION, &Layout::us()).iter().map(|one| Stroke(one.0, false, false)).collect();
        assert!(Layout::learned(&lower).unwrap_err().contains("same key"));
    }

    #[test]
    fn an_unknown_key_makes_no_code_of_another() {
        let mut typist = Typist::default();
        assert_eq!(typist.key(28, 1), None, "nothing was typed");
        for key in [30, 183, 48, 29, 58] {
            typist.key(key, 1);
        }
        assert_eq!(Layout::us().text(&typist.key(96, 1).unwrap()), "a\u{fffd}b".as_bytes());
    }
}
