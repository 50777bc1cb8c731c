//! Finds a QR code in a picture where the browser cannot.

/// Reads the first code of a picture of four bytes a point, red, green, blue and opacity.
#[must_use]
pub fn read(points: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let grey: Vec<u8> = points.chunks_exact(4).map(grey).collect();
    if grey.len() < width * height {
        return None;
    }
    let at = |x: usize, y: usize| grey.get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    image.detect_grids().into_iter().find_map(|grid| {
        let mut read = Vec::new();
        grid.decode_to(&mut read).ok().map(|_| read)
    })
}

/// Green counts most to the eye, and to a camera.
fn grey(point: &[u8]) -> u8 {
    let [red, green, blue, ..] = *point else {
        return u8::MAX;
    };
    let sum = u16::from(red) + u16::from(green) * 2 + u16::from(blue);
    u8::try_from(sum / 4).unwrap_or(u8::MAX)
}
