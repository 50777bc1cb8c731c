//! Makes of whatever was uploaded as a logo one small PNG that holds nothing but its pixels.

use image::codecs::png::{CompressionType, FilterType as PngFilter, PngDecoder, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, Limits, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, roxmltree};
use std::io::Cursor;

/// What may be uploaded, bytes.
pub const MOST_BYTES: usize = 256 * 1024;
/// What is kept, pixels: twice as shown, for fine screens.
const WIDTH: u32 = 400;
/// The same.
const HEIGHT: u32 = 80;
/// What is kept, bytes: a visitor's first page loads it.
const MOST_KEPT: usize = 5 * 1024;
/// Each side of what is decoded, pixels.
const MOST_SIDE: u32 = 4_000;
/// Elements of a drawing.
const MOST_NODES: u32 = 20_000;
/// How deep its elements may lie.
const DEEPEST: usize = 64;
/// Elements that draw others again, and so multiply.
const MOST_REPEATS: usize = 12;
/// For reading deeply nested files; it is only reserved, not used.
const STACK: usize = 64 << 20;

/// A picture as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// PNG.
    pub png: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Reads a PNG or SVG and makes it small. Takes its time: not for an async thread.
///
/// # Errors
/// A sentence with what to do.
pub fn make(bytes: Vec<u8>) -> Result<Picture, String> {
    if bytes.len() > MOST_BYTES {
        return Err("This file is larger than 256 KB. Save it smaller, then choose it again.".into());
    }
    let work = move || if bytes.starts_with(b"\x89PNG\r\n\x1a\n") { from_png(&bytes) } else { from_svg(&bytes) };
    let thread = std::thread::Builder::new().name("logo".into()).stack_size(STACK).spawn(work);
    let failed = || "This picture could not be read just now. Please try again.".to_owned();
    thread.map_err(|_| failed())?.join().map_err(|_| failed())?.and_then(|image| small(&image))
}

fn from_png(bytes: &[u8]) -> Result<RgbaImage, String> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(80 << 20);
    let decoded = PngDecoder::with_limits(Cursor::new(bytes), limits).and_then(DynamicImage::from_decoder);
    let image = decoded.map_err(|_| {
        format!("This PNG cannot be read, or is larger than {MOST_SIDE} pixels. Save it again, then choose it.")
    })?;
    Ok(image.into_rgba8())
}

fn from_svg(bytes: &[u8]) -> Result<RgbaImage, String> {
    let unreadable = || "This is neither a PNG nor an SVG that can be read. Choose another file.".to_owned();
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|_| unreadable())?;
    if document.root_element().tag_name().name() != "svg" {
        return Err(unreadable());
    }
    inspect(&document)?;
    // Nothing is fetched or read from anywhere: a drawing is what it draws.
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: nothing, ..Options::default() };
    let tree = Tree::from_xmltree(&document, &options).map_err(|_| unreadable())?;
    let size = tree.size();
    let scale = (WIDTH as f32 / size.width()).min(HEIGHT as f32 / size.height());
    let side = |length: f32, most: u32| ((length * scale).round() as u32).clamp(1, most);
    let (width, height) = (side(size.width(), WIDTH), side(size.height(), HEIGHT));
    let mut pixels = Pixmap::new(width, height).ok_or_else(unreadable)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let plain = pixels.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    RgbaImage::from_raw(width, height, plain.collect()).ok_or_else(unreadable)
}

/// Refuses what would be lost, and what would take for ever.
fn inspect(document: &roxmltree::Document<'_>) -> Result<(), String> {
    let mut repeats = 0;
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        match node.tag_name().name() {
            "text" => {
                let words = "This SVG holds words as text. Turn them into paths in your drawing program, so that they look the same everywhere.";
                return Err(words.into());
            }
            "image" => return Err("This SVG holds a picture inside. Choose a drawing without one, or a PNG.".into()),
            "use" | "pattern" | "mask" | "filter" | "marker" => repeats += 1,
            _ => {}
        }
        // In the order of the document, so that the first too deep one ends it.
        if repeats > MOST_REPEATS || node.ancestors().take(DEEPEST + 1).count() > DEEPEST {
            return Err("This SVG is too intricate. Simplify it in your drawing program, or choose a PNG.".into());
        }
    }
    Ok(())
}

/// The largest form of a picture that is light enough.
fn small(image: &RgbaImage) -> Result<Picture, String> {
    if image.pixels().all(|pixel| pixel.0[3] == 0) {
        return Err("Nothing can be seen on this picture. Choose another one.".into());
    }
    for (hundredths, bits) in [(100, 8), (100, 5), (80, 8), (80, 5), (64, 5), (50, 5), (50, 4), (36, 4), (25, 4)] {
        let fitted = fit(image, WIDTH * hundredths / 100, HEIGHT * hundredths / 100);
        let (width, height) = fitted.dimensions();
        let png = encode(&coarse(fitted, bits))?;
        if png.len() <= MOST_KEPT {
            return Ok(Picture { png, width, height });
        }
    }
    Err("This picture has too many details for a logo. Choose a plainer one.".into())
}

/// Within these bounds, never larger than it is; colours are weighed by how much they cover.
fn fit(image: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    let (from_width, from_height) = image.dimensions();
    let scale = (f64::from(width) / f64::from(from_width)).min(f64::from(height) / f64::from(from_height)).min(1.0);
    if scale >= 1.0 {
        return image.clone();
    }
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let mut weighed = image.clone();
    for pixel in weighed.pixels_mut() {
        let alpha = u16::from(pixel.0[3]);
        for part in pixel.0.iter_mut().take(3) {
            *part = u8::try_from((u16::from(*part) * alpha + 127) / 255).unwrap_or(u8::MAX);
        }
    }
    let mut fitted = image::imageops::resize(&weighed, side(from_width), side(from_height), FilterType::Lanczos3);
    for pixel in fitted.pixels_mut() {
        let alpha = u16::from(pixel.0[3]).max(1);
        for part in pixel.0.iter_mut().take(3) {
            *part = u8::try_from((u16::from(*part) * 255 / alpha).min(255)).unwrap_or(u8::MAX);
        }
    }
    fitted
}

/// With fewer shades, which pack better.
fn coarse(mut image: RgbaImage, bits: u32) -> RgbaImage {
    if bits < 8 {
        let steps = (1_u32 << bits) - 1;
        for pixel in image.pixels_mut() {
            for part in &mut pixel.0 {
                let step = (u32::from(*part) * steps + 127) / 255;
                *part = u8::try_from(step * 255 / steps).unwrap_or(u8::MAX);
            }
        }
    }
    // What cannot be seen has no colour.
    for pixel in image.pixels_mut().filter(|pixel| pixel.0[3] == 0) {
        pixel.0 = [0; 4];
    }
    image
}

fn encode(image: &RgbaImage) -> Result<Vec<u8>, String> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, PngFilter::Adaptive)
        .write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgba8)
        .map_err(|cause| format!("This picture cannot be kept: {cause}."))?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inside: &str) -> Vec<u8> {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"40\" height=\"20\">{inside}</svg>").into_bytes()
    }

    fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
        encode(&RgbaImage::from_fn(width, height, |x, y| image::Rgba(pixel(x, y)))).unwrap()
    }

    #[test]
    fn a_drawing_fills_its_bounds_and_is_a_plain_png() {
        let made = make(svg("<rect width=\"40\" height=\"20\" fill=\"#1f3a5f\"/>")).unwrap();
        assert_eq!((made.width, made.height), (160, 80));
        assert!(made.png.starts_with(b"\x89PNG") && made.png.len() <= MOST_KEPT);
        let back = from_png(&made.png).unwrap();
        assert_eq!(back.get_pixel(80, 40).0, [0x1f, 0x3a, 0x5f, 255]);
    }

    #[test]
    fn a_picture_is_made_smaller_and_loses_what_is_not_its_pixels() {
        let mut bytes = png(1_000, 300, |x, _| if x < 500 { [200, 0, 0, 255] } else { [0, 0, 0, 0] });
        // A text chunk before the end, as cameras and programs write.
        let end = bytes.len() - 12;
        let chunk = [&[0, 0, 0, 12][..], b"tEXtsecret\0place", &[0xde, 0xad, 0xbe, 0xef]].concat();
        bytes.splice(end..end, chunk);
        if let Ok(made) = make(bytes.clone()) {
            assert!(!made.png.windows(6).any(|part| part == b"secret"));
        }
        let made = make(png(1_000, 300, |x, _| if x < 500 { [200, 0, 0, 255] } else { [0, 0, 0, 0] })).unwrap();
        assert_eq!((made.width, made.height), (267, 80));
        let back = from_png(&made.png).unwrap();
        assert_eq!(back.get_pixel(20, 40).0, [200, 0, 0, 255]);
        assert_eq!(back.get_pixel(250, 40).0[3], 0);
        let small = make(png(30, 10, |_, _| [1, 2, 3, 255])).unwrap();
        assert_eq!((small.width, small.height), (30, 10), "nothing is blown up");
    }

    #[test]
    fn even_noise_becomes_light_or_is_refused() {
        let noise = |x: u32, y: u32| {
            let value = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).to_le_bytes();
            [value[0], value[1], value[2], 255]
        };
        match make(png(200, 80, noise)) {
            Ok(made) => assert!(made.png.len() <= MOST_KEPT),
            Err(said) => assert!(said.contains("too many details"), "{said}"),
        }
    }

    #[test]
    fn what_is_no_logo_is_refused_with_what_to_do() {
        let entities = "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"><desc>&d;&d;&d;</desc></svg>";
        let repeats = "<use xlink:href=\"#a\"/>".repeat(13);
        let deep = format!("{}{}", "<g>".repeat(70_000 / 7), "</g>".repeat(70_000 / 7));
        for (bytes, said) in [
            (Vec::new(), "neither a PNG nor an SVG"),
            (b"GIF89a".to_vec(), "neither a PNG nor an SVG"),
            (b"<html/>".to_vec(), "neither a PNG nor an SVG"),
            (b"\x89PNG\r\n\x1a\nrubbish".to_vec(), "cannot be read"),
            (vec![b'x'; MOST_BYTES + 1], "larger than 256 KB"),
            (svg("<text>Northwind</text>"), "Turn them into paths"),
            (svg("<image xlink:href=\"file:///etc/passwd\"/>"), "holds a picture inside"),
            (svg(&repeats), "too intricate"),
            (svg(&deep), "too intricate"),
            (svg("<script>alert(1)</script>"), "Nothing can be seen"),
            (entities.as_bytes().to_vec(), ""),
        ] {
            let refused = make(bytes).unwrap_err();
            assert!(refused.contains(said), "{refused}, not {said}");
        }
        let wide = png(4_001, 1, |_, _| [0, 0, 0, 255]);
        assert!(make(wide).unwrap_err().contains("larger than 4000 pixels"));
    }
}
