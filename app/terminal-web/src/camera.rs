//! The camera: asks for it, shows its picture, and looks for codes in it.

use crate::browser::{Browser, call, member, name_of, object, promised};
use crate::decode;
use crate::run::Message;
use futures_channel::mpsc::UnboundedSender;
use js_sys::{Array, Promise};
use serde_json::json;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaDeviceInfo, MediaDeviceKind, MediaStream,
    MediaStreamTrack, MediaStreamTrackState,
};

/// Between two looks at the picture, milliseconds.
const REST_MS: i32 = 100;
/// Between two tries to get a camera that gives no picture, milliseconds.
const RETRY_MS: i32 = 10_000;
/// The longer side of what is searched, points: codes at a hand's width are large, and old tablets slow.
const LONGEST: f64 = 720.0;

#[wasm_bindgen]
extern "C" {
    /// The browser's own reader, <https://wicg.github.io/shape-detection-api/>.
    type BarcodeDetector;
    #[wasm_bindgen(constructor, catch)]
    fn new(options: &JsValue) -> Result<BarcodeDetector, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn detect(this: &BarcodeDetector, picture: &HtmlVideoElement) -> Result<Promise, JsValue>;
    #[wasm_bindgen(static_method_of = BarcodeDetector, js_name = getSupportedFormats, catch)]
    fn formats() -> Result<Promise, JsValue>;
}

/// How the camera is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// None is wanted.
    Off,
    /// It was asked for.
    Starting,
    /// It sees.
    Seeing,
    /// Somebody refused it.
    Denied,
    /// There is none.
    Missing,
    /// There is one, which gives no picture.
    Busy,
    /// Browsers give cameras to https alone.
    Insecure,
}

/// What the camera tells.
#[derive(Clone, Debug)]
pub enum Seen {
    /// How it is now, and whether its picture is to be turned round like a mirror's.
    Is(Condition, bool),
    /// A code.
    Code(Vec<u8>),
}

/// Which camera to take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one on the side of the screen.
    #[default]
    Front,
    /// The one on the back.
    Back,
    /// None.
    None,
    /// The one with this id.
    Id(String),
}

impl Choice {
    /// As the settings keep it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
            Self::None => "none",
            Self::Id(id) => id,
        }
    }

    /// Reads [`Choice::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        match code {
            "" | "front" => Self::Front,
            "back" => Self::Back,
            "none" => Self::None,
            id => Self::Id(id.to_owned()),
        }
    }
}

/// The camera at hand.
#[derive(Clone, Debug)]
pub struct Camera {
    browser: Browser,
    video: HtmlVideoElement,
    sender: UnboundedSender<Message>,
    /// Counts the starts; what an earlier one began ends by itself.
    run: Rc<Cell<u32>>,
}

impl Camera {
    /// Shows its picture in `video`, and tells what it sees.
    #[must_use]
    pub fn new(browser: &Browser, video: HtmlVideoElement, sender: UnboundedSender<Message>) -> Self {
        Self { browser: browser.clone(), video, sender, run: Rc::default() }
    }

    /// Takes a camera in place of the one before.
    pub fn start(&self, choice: Choice) {
        let run = self.run.get().wrapping_add(1);
        self.run.set(run);
        self.release();
        let this = self.clone();
        spawn_local(async move { this.keep(choice, run).await });
    }

    async fn keep(&self, choice: Choice, run: u32) {
        let mirrored = choice != Choice::Back;
        if choice == Choice::None {
            return self.tell(Seen::Is(Condition::Off, false));
        }
        self.tell(Seen::Is(Condition::Starting, mirrored));
        while self.run.get() == run {
            let condition = match self.take(&choice).await {
                Ok(track) if self.run.get() == run => {
                    self.tell(Seen::Is(Condition::Seeing, mirrored));
                    self.look(&track, run).await;
                    Condition::Busy
                }
                Ok(_) => return,
                Err(condition) => condition,
            };
            if self.run.get() != run {
                return;
            }
            self.tell(Seen::Is(condition, mirrored));
            if matches!(condition, Condition::Denied | Condition::Insecure) {
                return;
            }
            self.browser.sleep(RETRY_MS).await;
        }
    }

    async fn take(&self, choice: &Choice) -> Result<MediaStreamTrack, Condition> {
        let secure = member(&self.browser.window, "isSecureContext").is_truthy();
        let Ok(devices) = self.browser.window.navigator().media_devices() else {
            return Err(if secure { Condition::Missing } else { Condition::Insecure });
        };
        if devices.is_undefined() {
            return Err(if secure { Condition::Missing } else { Condition::Insecure });
        }
        let which = match choice {
            Choice::Id(id) => json!({ "deviceId": { "exact": id } }),
            Choice::Back => json!({ "facingMode": "environment" }),
            Choice::Front | Choice::None => json!({ "facingMode": "user" }),
        };
        let mut video = json!({ "width": { "ideal": 1280 }, "height": { "ideal": 720 } });
        if let (Some(wanted), Some(which)) = (video.as_object_mut(), which.as_object()) {
            wanted.extend(which.clone());
        }
        let constraints = object(&json!({ "video": video, "audio": false }));
        let stream = devices.get_user_media_with_constraints(constraints.unchecked_ref());
        let stream = match stream {
            Ok(promise) => JsFuture::from(promise).await.map_err(|cause| why(&cause))?,
            Err(cause) => return Err(why(&cause)),
        };
        let stream: MediaStream = stream.dyn_into().map_err(|_| Condition::Busy)?;
        let track = stream.get_video_tracks().get(0).dyn_into().map_err(|_| Condition::Missing)?;
        self.release();
        self.video.set_src_object(Some(&stream));
        if let Ok(playing) = self.video.play() {
            // Where it does not play by itself, the frames come all the same.
            let _ = JsFuture::from(playing).await;
        }
        Ok(track)
    }

    /// Looks for codes until the camera goes or another is taken.
    async fn look(&self, track: &MediaStreamTrack, run: u32) {
        let mut own = native().await;
        let canvas = self.canvas();
        while self.run.get() == run && track.ready_state() == MediaStreamTrackState::Live {
            if self.video.ready_state() >= 2 && !self.browser.document.hidden() {
                let read = match (&own, &canvas) {
                    (Some(reader), _) => detect(reader, &self.video).await.unwrap_or_else(|_| {
                        // It would fail at the next look, too, and nobody would ever come in.
                        own = None;
                        None
                    }),
                    (None, Some((canvas, context))) => self.search(canvas, context),
                    (None, None) => None,
                };
                if let Some(read) = read
                    && self.run.get() == run
                {
                    self.tell(Seen::Code(read));
                }
            }
            self.browser.sleep(REST_MS).await;
        }
    }

    fn canvas(&self) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
        let canvas: HtmlCanvasElement = self.browser.document.create_element("canvas").ok()?.dyn_into().ok()?;
        // Kept in memory rather than in the graphics card: it is read at each look.
        let options = object(&json!({ "willReadFrequently": true, "alpha": false }));
        let context = canvas.get_context_with_context_options("2d", &options).ok()??;
        Some((canvas, context.dyn_into().ok()?))
    }

    fn search(&self, canvas: &HtmlCanvasElement, context: &CanvasRenderingContext2d) -> Option<Vec<u8>> {
        let (wide, high) = (self.video.video_width(), self.video.video_height());
        let scale = (LONGEST / f64::from(wide.max(high).max(1))).min(1.0);
        let (width, height) = (scaled(wide, scale), scaled(high, scale));
        if width == 0 || height == 0 {
            return None;
        }
        if canvas.width() != width || canvas.height() != height {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let (w, h) = (f64::from(width), f64::from(height));
        context.draw_image_with_html_video_element_and_dw_and_dh(&self.video, 0.0, 0.0, w, h).ok()?;
        let points = context.get_image_data(0.0, 0.0, w, h).ok()?.data();
        decode::read(&points, usize::try_from(width).ok()?, usize::try_from(height).ok()?)
    }

    fn release(&self) {
        if let Some(stream) = self.video.src_object() {
            for track in stream.get_tracks() {
                if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                    track.stop();
                }
            }
        }
        self.video.set_src_object(None);
    }

    fn tell(&self, seen: Seen) {
        let _ = self.sender.unbounded_send(Message::Seen(seen));
    }
}

/// Every camera there is, id and name; the names are empty until one was allowed.
pub async fn all(browser: &Browser) -> Vec<(String, String)> {
    let devices = member(&browser.window.navigator(), "mediaDevices");
    let found = promised(call(&devices, "enumerateDevices", &[])).await;
    let list: Array = found.and_then(|found| found.dyn_into().ok()).unwrap_or_default();
    let devices = list.iter().filter_map(|one| one.dyn_into::<MediaDeviceInfo>().ok());
    let cameras = devices.filter(|one| one.kind() == MediaDeviceKind::Videoinput && !one.device_id().is_empty());
    cameras.map(|one| (one.device_id(), one.label())).collect()
}

/// The browser's own reader, where it reads what we show it: some have the name and nothing behind it.
async fn native() -> Option<BarcodeDetector> {
    let formats: Array = JsFuture::from(BarcodeDetector::formats().ok()?).await.ok()?.dyn_into().ok()?;
    if !formats.includes(&"qr_code".into(), 0) {
        return None;
    }
    BarcodeDetector::new(&object(&json!({ "formats": ["qr_code"] }))).ok()
}

async fn detect(own: &BarcodeDetector, video: &HtmlVideoElement) -> Result<Option<Vec<u8>>, JsValue> {
    let found: Array = JsFuture::from(own.detect(video)?).await?.dyn_into()?;
    let text = member(&found.get(0), "rawValue").as_string().filter(|text| !text.is_empty());
    Ok(text.map(String::into_bytes))
}

fn why(cause: &JsValue) -> Condition {
    match name_of(cause).as_str() {
        "NotAllowedError" | "SecurityError" => Condition::Denied,
        "NotFoundError" | "OverconstrainedError" | "TypeError" => Condition::Missing,
        _ => Condition::Busy,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between nothing and the longest side")]
fn scaled(side: u32, scale: f64) -> u32 {
    (f64::from(side) * scale) as u32
}
