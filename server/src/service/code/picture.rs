//! Codes as pictures: drawn with whole pixels and four modules of white around, and read again from a picture.

use crate::error::{Error, Result};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageDecoder, ImageEncoder, Limits, Luma};
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};
use std::io::Cursor;

/// About so wide, pixels: sharp on every screen and on paper.
const WIDTH: u32 = 700;
/// Around the code, modules: what readers need (ISO/IEC 18004).
const QUIET: u32 = 4;
/// Each side of what is decoded, pixels.
const MOST_SIDE: u32 = 6_000;
/// Each side of what is looked at, pixels: a phone's picture is shrunk to it.
const LOOKED_AT: u32 = 1_600;

/// Level M: it stands for a scratch or a reflection, and a larger code would be harder to read from a phone.
fn code(text: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|cause| Error::Unavailable(format!("this is no text for a code: {cause}")))
}

/// How wide the code of a text of ours is with its white around it, modules: letters and digits that QR packs
/// closely (ISO/IEC 18004, table 7).
#[must_use]
pub(super) fn modules(characters: usize) -> u32 {
    let most = [20, 38, 61, 90, 122, 154, 178, 221];
    let version = most.into_iter().position(|most| characters <= most).unwrap_or(most.len());
    17 + 4 * u32::try_from(version + 1).unwrap_or(1) + 2 * QUIET
}

fn module(code: &QrCode) -> u32 {
    let modules = u32::try_from(code.width()).unwrap_or(u32::MAX - 2 * QUIET) + 2 * QUIET;
    (WIDTH / modules).max(4)
}

/// A text as a PNG, black on white.
///
/// # Errors
/// `Unavailable` when it cannot be drawn.
pub fn png(text: &str) -> Result<Vec<u8>> {
    let code = code(text)?;
    let side = module(&code);
    let image: GrayImage = code.render::<Luma<u8>>().quiet_zone(true).module_dimensions(side, side).build();
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::NoFilter)
        .write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::L8)
        .map_err(|cause| Error::Unavailable(format!("a code could not be drawn: {cause}")))?;
    Ok(bytes)
}

/// A text as an SVG, black on white.
///
/// # Errors
/// `Unavailable` when it cannot be drawn.
pub fn svg(text: &str) -> Result<String> {
    let code = code(text)?;
    let side = module(&code);
    Ok(code.render::<Color<'_>>().quiet_zone(true).module_dimensions(side, side).build())
}

/// What was found in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The bytes of its code.
    Code(Vec<u8>),
    /// No code that can be read.
    None,
    /// No PNG or JPEG that can be read, or too large a one.
    Unreadable,
}

/// Reads the code in a PNG or JPEG. Takes its time: not for an async thread.
#[must_use]
pub fn find(bytes: &[u8]) -> Picture {
    let Some(image) = decode(bytes) else {
        return Picture::Unreadable;
    };
    // Sharp as it is, then smaller: a decoder finds one better than the other.
    for most in [LOOKED_AT, LOOKED_AT / 2] {
        let (width, height) = (image.width(), image.height());
        let looked = if width.max(height) > most {
            DynamicImage::ImageLuma8(image.clone()).thumbnail(most, most).into_luma8()
        } else {
            image.clone()
        };
        if let Some(found) = read(&looked) {
            return Picture::Code(found);
        }
    }
    Picture::None
}

fn read(image: &GrayImage) -> Option<Vec<u8>> {
    let at = |x: usize, y: usize| {
        let (x, y) = (u32::try_from(x).unwrap_or(u32::MAX), u32::try_from(y).unwrap_or(u32::MAX));
        image.get_pixel_checked(x, y).map_or(255, |pixel| pixel.0[0])
    };
    let (width, height) = (usize::try_from(image.width()).ok()?, usize::try_from(image.height()).ok()?);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    prepared.detect_grids().into_iter().find_map(|grid| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok().map(|_| bytes)
    })
}

fn decode(bytes: &[u8]) -> Option<GrayImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(80 << 20);
    let image = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        DynamicImage::from_decoder(PngDecoder::with_limits(Cursor::new(bytes), limits).ok()?)
    } else {
        let mut decoder = JpegDecoder::new(Cursor::new(bytes)).ok()?;
        decoder.set_limits(limits).ok()?;
        DynamicImage::from_decoder(decoder)
    };
    image.ok().map(DynamicImage::into_luma8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_read_again_and_stands_in_white() {
        for text in ["LK1NM2GT58X4MPKAFA59NANTSBDENW", &"LK1F0".repeat(36)] {
            let png = png(text).unwrap();
            assert_eq!(find(&png), Picture::Code(text.as_bytes().to_vec()));
            let image = decode(&png).unwrap();
            let side = module(&code(text).unwrap());
            assert_eq!((image.width() % side, image.width()), (0, image.height()));
            for at in 0..image.width() {
                assert_eq!(image.get_pixel(at, QUIET * side - 1).0[0], 255);
            }
            assert_eq!(image.get_pixel(QUIET * side, QUIET * side).0[0], 0);
        }
    }

    #[test]
    fn the_kinds_of_code_are_as_large_as_the_documents_say() {
        for (characters, version) in [(30, 2), (153, 6), (198, 8), (131, 6), (70, 4)] {
            let text = format!("LK1{}", "A".repeat(characters - 3));
            let code = code(&text).unwrap();
            assert_eq!(code.version(), qrcode::Version::Normal(version), "{characters}");
            assert_eq!(usize::try_from(modules(characters)).unwrap(), code.width() + 8);
        }
    }

    #[test]
    fn what_is_no_picture_is_told_apart_from_one_without_a_code() {
        assert_eq!(find(b"nothing of the kind"), Picture::Unreadable);
        let mut white = Vec::new();
        PngEncoder::new(&mut white).write_image(&[255; 100], 10, 10, ExtendedColorType::L8).unwrap();
        assert_eq!(find(&white), Picture::None);
    }
}
