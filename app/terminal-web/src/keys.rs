//! A scanner that acts as a keyboard: which keys went down becomes what was read, whatever layout the machine has.

/// A pause this long between two keys, milliseconds, ends what a scanner typed: it types a key every few of them,
/// a hand does not.
const PAUSE_MS: f64 = 120.0;
/// What is typed without an end by Enter counts only from this length on: a hand on the keys is no scan.
const LEAST: usize = 8;
/// A code is never longer.
const MOST: usize = 4_096;

/// What a scanner has typed so far.
#[derive(Debug, Default)]
pub struct Typed {
    text: String,
    last: f64,
}

impl Typed {
    /// Takes a key that went down: [`web_sys::KeyboardEvent::code`], whether Shift was held, and when, in
    /// the steady clock's milliseconds. Gives what was read when the key ends it.
    pub fn key(&mut self, code: &str, shift: bool, at: f64) -> Option<String> {
        if at - self.last > PAUSE_MS {
            self.text.clear();
        }
        self.last = at;
        if matches!(code, "Enter" | "NumpadEnter" | "Tab") {
            return Some(std::mem::take(&mut self.text)).filter(|text| !text.is_empty());
        }
        if let Some(letter) = letter(code, shift)
            && self.text.len() < MOST
        {
            self.text.push(letter);
        }
        None
    }

    /// What was read by a scanner that sends no Enter, once it has been silent.
    pub fn silent(&mut self, at: f64) -> Option<String> {
        if self.text.is_empty() || at - self.last <= PAUSE_MS {
            return None;
        }
        Some(std::mem::take(&mut self.text)).filter(|text| text.len() >= LEAST)
    }
}

/// What the key bears on the keyboard that scanners imitate, the American one.
fn letter(code: &str, shift: bool) -> Option<char> {
    if let Some(name) = code.strip_prefix("Key") {
        let letter = name.chars().next()?;
        return Some(if shift { letter } else { letter.to_ascii_lowercase() });
    }
    if let Some(name) = code.strip_prefix("Numpad") {
        let sign = match name {
            "Add" => '+',
            "Subtract" => '-',
            "Multiply" => '*',
            "Divide" => '/',
            "Decimal" => '.',
            digit => digit.chars().next().filter(char::is_ascii_digit)?,
        };
        return Some(sign);
    }
    let (plain, shifted) = match code {
        "Digit1" => ('1', '!'),
        "Digit2" => ('2', '@'),
        "Digit3" => ('3', '#'),
        "Digit4" => ('4', '$'),
        "Digit5" => ('5', '%'),
        "Digit6" => ('6', '^'),
        "Digit7" => ('7', '&'),
        "Digit8" => ('8', '*'),
        "Digit9" => ('9', '('),
        "Digit0" => ('0', ')'),
        "Minus" => ('-', '_'),
        "Equal" => ('=', '+'),
        "BracketLeft" => ('[', '{'),
        "BracketRight" => (']', '}'),
        "Backslash" => ('\\', '|'),
        "Semicolon" => (';', ':'),
        "Quote" => ('\'', '"'),
        "Backquote" => ('`', '~'),
        "Comma" => (',', '<'),
        "Period" => ('.', '>'),
        "Slash" => ('/', '?'),
        "Space" => (' ', ' '),
        _ => return None,
    };
    Some(if shift { shifted } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(typed: &mut Typed, keys: &[(&str, bool)], from: f64, step: f64) -> Option<String> {
        let mut read = None;
        for (at, (code, shift)) in keys.iter().enumerate() {
            read = read.or(typed.key(code, *shift, from + step * f64::from(u32::try_from(at).unwrap())));
        }
        read
    }

    const LK1: [(&str, bool); 5] =
        [("ShiftLeft", true), ("KeyL", true), ("KeyK", true), ("Digit1", false), ("KeyY", false)];

    #[test]
    fn keys_are_read_by_where_they_are() {
        let mut typed = Typed::default();
        assert_eq!(scan(&mut typed, &LK1, 0.0, 4.0), None);
        assert_eq!(typed.key("Enter", false, 25.0).as_deref(), Some("LK1y"));
        assert_eq!(typed.key("Enter", false, 30.0), None, "an Enter alone is nothing");
        assert_eq!(
            scan(&mut typed, &[("Slash", true), ("Quote", true), ("Enter", false)], 40.0, 4.0),
            Some("?\"".into())
        );
    }

    #[test]
    fn a_hand_on_the_keys_is_no_scan() {
        let mut typed = Typed::default();
        scan(&mut typed, &LK1, 0.0, 300.0);
        assert_eq!(typed.key("Enter", false, 1_500.0), None);
    }

    #[test]
    fn a_scanner_without_enter_ends_by_its_silence() {
        let mut typed = Typed::default();
        scan(&mut typed, &LK1, 0.0, 4.0);
        scan(&mut typed, &LK1, 20.0, 4.0);
        assert_eq!(typed.silent(100.0), None, "it may go on");
        assert_eq!(typed.silent(300.0).as_deref(), Some("LK1yLK1y"));
        assert_eq!(typed.silent(900.0), None);
        scan(&mut typed, &LK1, 1_000.0, 4.0);
        assert_eq!(typed.silent(2_000.0), None, "too short");
    }
}
