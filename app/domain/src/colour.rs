//! An organization's colour: read, judged by its contrast (WCAG 2.2, relative luminance), and its shades for pages.

use std::fmt;

/// The least contrast of text (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;
/// What contrast links and buttons keep on dark paper.
const READABLE_DARK: f64 = 7.0;

/// A colour of the screen (sRGB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(u8, u8, u8);

const WHITE: Colour = Colour(255, 255, 255);
const BLACK: Colour = Colour(0, 0, 0);
/// The darkest surface that the visitor's links stand on in light, and the lightest in dark.
const SUNK: Colour = Colour(0xf3, 0xf1, 0xed);
const CARD_DARK: Colour = Colour(0x1b, 0x1d, 0x20);

/// Why a colour is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Not `#rrggbb`.
    #[error("Write the colour as # and six digits from 0 to f, such as #1f3a5f.")]
    Form,
    /// White words on it would be hard to read.
    #[error(
        "White words on this colour have a contrast of {0:.1} to 1, and 4.5 is the least that can be read well. Choose a darker one."
    )]
    Pale(f64),
}

/// The shades in which a page uses a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades {
    /// Behind white words, as it was chosen.
    pub fill: Colour,
    /// Words of this colour on light paper.
    pub words: Colour,
    /// A breath of it on light paper.
    pub tint: Colour,
    /// Words of this colour on dark paper, and what lies behind dark words there.
    pub words_dark: Colour,
    /// A breath of it on dark paper.
    pub tint_dark: Colour,
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl Colour {
    /// Reads `#rrggbb`.
    ///
    /// # Errors
    /// `Form`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let digits = text.trim().strip_prefix('#').ok_or(Refused::Form)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Refused::Form);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| Refused::Form)?.to_be_bytes();
        Ok(Self(red, green, blue))
    }

    /// Reads a colour on which white words can be read.
    ///
    /// # Errors
    /// `Form`, `Pale`.
    pub fn accent(text: &str) -> Result<Self, Refused> {
        let colour = Self::parse(text)?;
        let contrast = colour.contrast(WHITE);
        if contrast < READABLE { Err(Refused::Pale((contrast * 10.0).floor() / 10.0)) } else { Ok(colour) }
    }

    /// From 1 (none) to 21 (black on white).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if one > other { one / other } else { other / one }
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// This colour with so many hundredths of another in it.
    fn with(self, other: Self, hundredths: u16) -> Self {
        let mix = |one: u8, other: u8| {
            let sum = u16::from(one) * (100 - hundredths) + u16::from(other) * hundredths;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// This colour with as little of another as makes it stand out from all of these.
    fn until(self, other: Self, least: f64, surfaces: [Self; 2]) -> Self {
        (0..=100)
            .map(|hundredths| self.with(other, hundredths))
            .find(|shade| surfaces.iter().all(|surface| shade.contrast(*surface) >= least))
            .unwrap_or(other)
    }

    /// The shades of this colour, each readable where it stands.
    #[must_use]
    pub fn shades(self) -> Shades {
        let (tint, tint_dark) = (WHITE.with(self, 12), CARD_DARK.with(self, 20));
        Shades {
            fill: self,
            words: self.until(BLACK, READABLE, [SUNK, tint]),
            tint,
            words_dark: self.until(WHITE, READABLE_DARK, [CARD_DARK, tint_dark]),
            tint_dark,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written_alike() {
        assert_eq!(Colour::parse(" #1F3a5f ").map(|colour| colour.to_string()).as_deref(), Ok("#1f3a5f"));
        for wrong in ["", "1f3a5f", "#1f3", "#1f3a5g", "#1f3a5f0", "#+f3a5f", "red", "#é3a5f"] {
            assert_eq!(Colour::parse(wrong), Err(Refused::Form), "{wrong}");
        }
    }

    #[test]
    fn a_pale_colour_is_refused_with_its_contrast() {
        assert!(Colour::accent("#1f3a5f").is_ok() && Colour::accent("#767676").is_ok());
        let said = Colour::accent("#777777").unwrap_err().to_string();
        assert!(said.contains("4.4 to 1"), "{said}");
        assert!(Colour::accent("#ffd400").unwrap_err().to_string().contains("Choose a darker one."));
    }

    #[test]
    fn every_shade_can_be_read_where_it_stands() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let text = format!("#{red:02x}{green:02x}{blue:02x}");
                    let Ok(colour) = Colour::accent(&text) else { continue };
                    let shades = colour.shades();
                    assert!(shades.fill.contrast(WHITE) >= 4.5, "{text}");
                    assert!(shades.words.contrast(SUNK) >= 4.5 && shades.words.contrast(shades.tint) >= 4.5, "{text}");
                    let dark = shades.words_dark;
                    assert!(dark.contrast(CARD_DARK) >= 7.0 && dark.contrast(shades.tint_dark) >= 4.5, "{text}");
                    assert!(dark.contrast(Colour(0x0d, 0x16, 0x22)) >= 7.0, "{text}");
                }
            }
        }
    }
}
