//! Codes as people meet them: on the page, in the mail, as files and on paper, each read by decoders that are not ours.

use crate::browser::Browser;
use crate::house::{House, Organization, Things, week};
use crate::sink::Sink;
use base64::Engine;
use domain::channel::Channel;
use domain::qr::{Code, Rotating};
use domain::role::Role;
use server::notify::{mail::Mailer, outbox};
use server::service::code::{self, Picture};
use server::service::link::{self, LinkInput};

crate::on_both!(
    every_picture_is_read_by_two_decoders,
    a_picture_is_for_whoever_holds_the_link,
    a_page_shows_its_code_before_its_time_and_not_after,
    a_page_that_opens_nothing_shows_the_code_and_no_button,
    a_rotating_picture_is_new_and_a_page_without_script_comes_back,
    a_mail_brings_its_code_inline_and_attached,
    a_mail_of_a_rotating_code_has_no_picture,
    an_admins_look_at_a_code_is_an_event,
    any_code_is_explained_from_text_and_from_a_picture,
    a_file_of_links_brings_and_takes_their_codes,
);

/// What the `zbarimg` and the `ZXingReader` of Debian's zbar-tools and zxing-cpp-tools read: decoders with no line of
/// ours, of the encoder's or of each other's in them.
fn two_others(picture: &[u8], kind: &str) -> String {
    let file = tempfile::Builder::new().suffix(&format!(".{kind}")).tempfile().unwrap();
    std::fs::write(file.path(), picture).unwrap();
    let read = |program: &str, arguments: &[&str]| {
        let read = std::process::Command::new(program).args(arguments).arg(file.path()).output();
        let read = read.unwrap_or_else(|_| panic!("{program}; `cargo xtask test unit` installs it"));
        assert!(read.status.success(), "{program} read nothing: {}", String::from_utf8_lossy(&read.stderr));
        String::from_utf8(read.stdout).unwrap().trim_end().to_owned()
    };
    let text = read("zbarimg", &["--raw", "--quiet"]);
    assert_eq!(read("ZXingReader", &["-format", "QRCode", "-bytes"]), text, "they read the same");
    text
}

/// An SVG as pixels, by the library that draws logos.
fn pixels(svg: &str) -> Vec<u8> {
    use resvg::tiny_skia::{Pixmap, Transform};
    let tree = resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).expect("an SVG");
    let size = tree.size().to_int_size();
    let mut drawn = Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(&tree, Transform::identity(), &mut drawn.as_mut());
    let grey = drawn.pixels().iter().map(|pixel| pixel.red()).collect();
    png(grey, size.width(), size.height())
}

fn png(grey: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    let image = image::GrayImage::from_raw(width, height, grey).unwrap();
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn both(png: &[u8]) -> String {
    let text = two_others(png, "png");
    assert_eq!(code::find(png), Picture::Code(text.clone().into_bytes()), "and so does ours");
    text
}

async fn with_code(house: &House, ours: &Organization, kind: &str) -> Things {
    house.things_like(ours, |link| link.qr = kind.into()).await
}

async fn text(house: &House, ours: &Organization, link: &str) -> String {
    code::current(&house.app, &ours.id, link).await.unwrap().expect("a code").text().to_owned()
}

/// The bytes of an answer's picture.
async fn picture(browser: &mut Browser, path: &str) -> Vec<u8> {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    page.bytes
}

async fn every_picture_is_read_by_two_decoders(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut owner = house.signed_in(&ours).await;
    for kind in ["online", "offline"] {
        let things = with_code(&house, &ours, kind).await;
        let expected = text(&house, &ours, &things.link).await;
        let mut visitor = house.browser();
        visitor.visit(&things.secret).await;
        for (browser, path) in
            [(&mut visitor, format!("/visit/{}", things.link)), (&mut owner, format!("/links/{}", things.link))]
        {
            assert_eq!(both(&picture(browser, &format!("{path}/code.png")).await), expected, "{kind} {path}");
            let svg = picture(browser, &format!("{path}/code.svg")).await;
            assert_eq!(both(&pixels(&String::from_utf8(svg).unwrap())), expected, "{kind} {path} as SVG");
        }
    }
    // The largest offline code: eight doors.
    let mut doors = Vec::new();
    for _ in 0..7 {
        doors.push(house.things(&ours).await.door);
    }
    let things = house
        .things_like(&ours, |link| {
            link.qr = "offline".into();
            link.doors.extend(doors);
        })
        .await;
    let expected = text(&house, &ours, &things.link).await;
    assert_eq!(expected.len(), 198);
    assert_eq!(both(&picture(&mut owner, &format!("/links/{}/code.png", things.link)).await), expected);
}

async fn a_picture_is_for_whoever_holds_the_link(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, other) = (with_code(&house, &ours, "online").await, with_code(&house, &ours, "online").await);
    let plain = house.things(&ours).await;
    let mut visitor = house.browser();
    visitor.visit(&things.secret).await;
    let mut stranger = house.signed_in(&theirs).await;
    let mut observer = house.colleague(&ours, Role::Observer).await;
    for kind in ["png", "svg"] {
        let (of_visitor, of_admin) =
            (format!("/visit/{}/code.{kind}", things.link), format!("/links/{}/code.{kind}", things.link));
        assert_eq!(visitor.get(&of_visitor).await.status, 200);
        assert_eq!(visitor.get(&format!("/visit/{}/code.{kind}", other.link)).await.status, 404);
        assert_eq!(house.browser().get(&of_visitor).await.status, 400, "no cookie, no link");
        assert_eq!(stranger.get(&of_admin).await.status, 404);
        assert_eq!(observer.get(&of_admin).await.status, 403);
        assert_eq!(house.browser().get(&of_admin).await.status, 303, "asked to sign in");
    }
    let mut owner = house.signed_in(&ours).await;
    visitor.visit(&plain.secret).await;
    assert_eq!(visitor.get(&format!("/visit/{}/code.png", plain.link)).await.status, 404, "a link without a code");
    assert_eq!(owner.get(&format!("/links/{}/code.png", plain.link)).await.status, 404);
    // A new address takes the old one's picture along.
    let before = picture(&mut visitor, &format!("/visit/{}/code.png", things.link)).await;
    link::rotate(&house.app, &house.owner(&ours), &things.link).await.unwrap();
    assert_eq!(visitor.get(&format!("/visit/{}/code.png", things.link)).await.status, 404);
    visitor.visit(&house.secret(&ours, &things.link).await).await;
    assert_ne!(picture(&mut visitor, &format!("/visit/{}/code.png", things.link)).await, before);
}

async fn a_page_shows_its_code_before_its_time_and_not_after(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let local = |ms: i64| app::text::when::input(house.app.clock.now() + ms, "Europe/Berlin");
    let early = |kind: &'static str| {
        let (from, until) = (local(3_600_000), local(7_200_000));
        move |link: &mut LinkInput| {
            link.qr = kind.into();
            link.valid_from = from;
            link.valid_until = until;
        }
    };
    let (things, rotating) =
        (house.things_like(&ours, early("offline")).await, house.things_like(&ours, early("rotating")).await);
    let mut visitor = house.browser();
    let page = visitor.visit(&rotating.secret).await;
    assert!(page.body.contains("A little early") && !page.body.contains("<img src=\"/visit"), "stale by then");
    let page = visitor.visit(&things.secret).await;
    let shown = format!("<img src=\"/visit/{}/code.svg\"", things.link);
    for words in [shown.as_str(), "A little early", "Save picture", "download=\"door-code.png\"", "without a network"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(page.body.contains("/pkg/code.") && !page.body.contains("http-equiv=\"refresh\""));
    let path = format!("/visit/{}", things.link);
    link::pause(&house.app, &actor, &things.link).await.unwrap();
    house.app.clock.shift(3_700_000);
    assert!(!visitor.get(&path).await.body.contains(&shown), "paused");
    assert_eq!(visitor.get(&format!("{path}/code.png")).await.status, 404);
    link::resume(&house.app, &actor, &things.link).await.unwrap();
    let page = visitor.get(&path).await;
    assert!(page.body.contains(&shown) && page.body.contains("Unlock Quetzal Gate"), "{}", page.body);
    let german = visitor.get(&format!("{path}?lang=de")).await.body;
    assert!(german.contains("Ihr Code") && german.contains("Bild speichern") && german.contains("auch ohne Netz"));
    house.app.clock.shift(3_600_000);
    assert!(!visitor.get(&path).await.body.contains(&shown), "ended");
    assert_eq!(visitor.get(&format!("{path}/code.svg")).await.status, 404);
}

async fn a_page_that_opens_nothing_shows_the_code_and_no_button(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |link| {
            link.qr = "online".into();
            link.no_web = true;
        })
        .await;
    let mut visitor = house.browser();
    let page = visitor.visit(&things.secret).await;
    assert!(page.body.contains("Your code") && page.body.contains("Quetzal Gate"), "{}", page.body);
    assert!(!page.body.contains("Unlock") && !page.body.contains("<button") && !page.body.contains("/pkg/visit."));
    let asked = visitor.get(&format!("/visit/{}/doors/{}", things.link, things.door)).await;
    assert_eq!((asked.status, asked.location()), (303, format!("/visit/{}", things.link).as_str()));
    let token = page.token();
    let said = visitor.tap(&things.link, &things.door, &token, "0123456789abcdef").await.json();
    assert_eq!((said["state"].as_str(), said["title"].as_str()), (Some("denied"), Some("Show your code")), "{said}");
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 0);
}

async fn a_rotating_picture_is_new_and_a_page_without_script_comes_back(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = with_code(&house, &ours, "rotating").await;
    let mut visitor = house.browser();
    let page = visitor.visit(&things.secret).await;
    assert!(page.body.contains("<noscript><meta http-equiv=\"refresh\" content=\"15\"></noscript>"), "{}", page.body);
    assert!(page.body.contains("keep this page open") && !page.body.contains("Save picture"));
    house.app.clock.shift(code::next_step(house.app.clock.now()));
    let path = format!("/visit/{}/code.png", things.link);
    let rotating = |png: &[u8]| match Code::read(both(png).as_bytes()) {
        Ok(Code::Rotating(code)) => code,
        other => panic!("a rotating code, not {other:?}"),
    };
    let first: Rotating = rotating(&picture(&mut visitor, &path).await);
    house.app.clock.shift(15_000);
    let second = rotating(&picture(&mut visitor, &path).await);
    assert_eq!((second.step, second.slot, second.badge), (first.step + 1, 0, first.badge));
    let mut owner = house.signed_in(&ours).await;
    assert_ne!(owner.get(&format!("/links/{}/code.png", things.link)).await.status, 200, "the visitor's page alone");
    assert_eq!(owner.get(&format!("/links/{}/badge", things.link)).await.status, 404);
}

/// The parts of a mail that are pictures, each with its head.
fn pictures(mail: &str) -> Vec<(String, Vec<u8>)> {
    let mail = mail.replace('\r', "");
    let parts = mail.split("\n--").filter(|part| part.contains("Content-Type: image/png"));
    parts
        .map(|part| {
            let (head, body) = part.split_once("\n\n").expect("a head and a body");
            let body: String = body.split_whitespace().collect();
            let bytes = base64::engine::general_purpose::STANDARD.decode(body).expect("base64");
            (head.to_owned(), bytes)
        })
        .collect()
}

async fn mailed(
    house: &House,
    ours: &Organization,
    sink: &Sink,
    wish: impl FnOnce(&mut LinkInput),
) -> (Things, String) {
    let things = house
        .things_like(ours, |link| {
            link.email = "ada@keller.example".into();
            wish(link);
        })
        .await;
    link::send(&house.app, &house.owner(ours), &things.link, Channel::Email).await.unwrap();
    let mailer = Mailer::new(&house.app.config).unwrap();
    assert_eq!(outbox::round(&house.app, &mailer).await.unwrap(), 1);
    (things, sink.mails().pop().expect("a mail"))
}

async fn a_mail_brings_its_code_inline_and_attached(database: &str) {
    let sink = Sink::open().await;
    let more = [("LATCHKEY_SMTP_URL", sink.url()), ("LATCHKEY_MAIL_FROM", "door@quetzal.example".into())];
    let house = House::open_with(database, &more);
    let ours = house.organization("Quetzal").await;
    for kind in ["online", "offline"] {
        let (things, mail) = mailed(&house, &ours, &sink, |link| link.qr = kind.into()).await;
        let expected = text(&house, &ours, &things.link).await;
        let found = pictures(&mail);
        let heads: Vec<bool> = found.iter().map(|(head, _)| head.contains("Content-ID: <code>")).collect();
        assert_eq!(heads, [true, false], "inline, then attached");
        assert!(found[1].0.contains("filename=\"door-code.png\""), "{}", found[1].0);
        for (_, png) in &found {
            assert_eq!(both(png), expected, "{kind}");
        }
        let words = mail.replace("=\n", "");
        assert!(words.contains("The picture is attached: door-code.png."), "{words}");
        assert_eq!(words.contains("It opens without a network too."), kind == "offline");
    }
    let (_, mail) = mailed(&house, &ours, &sink, |link| {
        link.qr = "online".into();
        link.no_web = true;
    })
    .await;
    let words = mail.replace("=\n", "");
    assert!(words.contains("Your QR code opens the doors") && words.contains("Show my code"), "{words}");
}

async fn a_mail_of_a_rotating_code_has_no_picture(database: &str) {
    let sink = Sink::open().await;
    let house = House::open_with(database, &[("LATCHKEY_SMTP_URL", sink.url())]);
    let ours = house.organization("Quetzal").await;
    let (_, mail) = mailed(&house, &ours, &sink, |link| link.qr = "rotating".into()).await;
    assert!(pictures(&mail).is_empty());
    let words = mail.replace("=\n", "");
    assert!(words.contains("Your QR code is on the page"), "{words}");
}

async fn an_admins_look_at_a_code_is_an_event(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |link| {
            link.qr = "offline".into();
            link.days = week(&["mon-fri=08:00-18:00"]);
        })
        .await;
    let mut owner = house.signed_in(&ours).await;
    let path = format!("/links/{}", things.link);
    let page = owner.get(&path).await;
    for words in ["Offline code", "only the server counts", "Show the code", "code.png", "/badge", "is void"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("class=\"qr\""));
    assert_eq!(house.count(&ours, "link.code_shown", "done").await, 0);
    let page = owner.get(&format!("{path}?code=1")).await;
    assert!(
        page.body.contains(&format!("<img src=\"{path}/code.svg\"")) && page.body.contains("class=\"qr\""),
        "{}",
        page.body
    );
    picture(&mut owner, &format!("{path}/code.svg")).await;
    assert_eq!(house.count(&ours, "link.code_shown", "done").await, 1);
    for size in ["", "?size=card"] {
        let badge = owner.get(&format!("{path}/badge{size}")).await;
        for words in ["Quetzal Visitor", "Quetzal House", "Quetzal Gate", "Good from", "code.svg"] {
            assert!(badge.body.contains(words), "{words}: {}", badge.body);
        }
    }
    let mut observer = house.colleague(&ours, Role::Observer).await;
    let page = observer.get(&path).await;
    assert!(page.body.contains("Offline code") && !page.body.contains("Show the code"), "{}", page.body);
    assert_eq!(observer.get(&format!("{path}?code=1")).await.status, 403);
    link::revoke(&house.app, &house.owner(&ours), &things.link).await.unwrap();
    assert_ne!(owner.get(&format!("{path}/code.png")).await.status, 200);
    assert!(owner.get(&path).await.body.contains("The server refuses its code"));
}

async fn any_code_is_explained_from_text_and_from_a_picture(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = with_code(&house, &ours, "offline").await;
    let mut owner = house.signed_in(&ours).await;
    let scanned = text(&house, &ours, &things.link).await;
    let before = house.events(&ours).await.len();
    let page = owner.submit("/codes/inspect", "/codes/inspect", &[("text", &scanned), ("door", &things.door)]).await;
    assert_eq!(page.status, 200);
    for words in [
        "Offline code",
        "Quetzal Visitor",
        "Quetzal Gate",
        " would open.",
        "A terminal opens for it",
        "signature is good",
        "The link is not revoked",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(house.events(&ours).await.len(), before, "nothing is written");
    let png = server::service::code::png(&scanned).unwrap();
    let token = page.token();
    let fields = [("csrf", token.as_str()), ("door", "")];
    let seen = owner.upload("/codes/inspect", &fields, ("picture", "photo.png", &png)).await;
    assert!(seen.status == 200 && seen.body.contains("Offline code") && seen.body.contains("Quetzal Visitor"));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::load_from_memory(&png).unwrap().into_rgb8().write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let seen = owner.upload("/codes/inspect", &fields, ("picture", "photo.jpg", jpeg.get_ref())).await;
    assert!(seen.status == 200 && seen.body.contains("Offline code"), "a phone's photo: {}", seen.body);
    for (bytes, words) in [(&b"no picture"[..], "cannot be read"), (&white()[..], "No code was found")] {
        let refused = owner.upload("/codes/inspect", &fields, ("picture", "photo.png", bytes)).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{words}: {}", refused.body);
    }
    for (asked, words) in [
        ("", "Paste what the code says"),
        ("LK1NOTHING", "damaged or of a later version"),
        ("LK1NM2GT58X4MPKAFA59NANTSBDENW", "nobody here knows it"),
        ("tel:+4930", "none of ours: 9 bytes"),
    ] {
        let page = owner.submit("/codes/inspect", "/codes/inspect", &[("text", asked), ("door", &things.door)]).await;
        assert!(page.body.to_lowercase().contains(&words.to_lowercase()), "{words}: {}", page.body);
    }
    let script = "</textarea><script>alert(1)</script>";
    let page = owner.submit("/codes/inspect", "/codes/inspect", &[("text", script)]).await;
    assert!(!page.body.contains("<script>alert") && page.body.contains("&lt;/textarea&gt;"), "what is read is text");
}

fn white() -> Vec<u8> {
    png(vec![255; 10_000], 100, 100)
}

async fn a_file_of_links_brings_and_takes_their_codes(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let actor = house.owner(&ours);
    let file = format!("name,doors,QR code\nAda,{0},Offline\nBo,{0},\nCy,{0},square\n", things.door);
    let batch = link::import::batch(&house.app);
    let done = link::import::import(&house.app, &actor, file.as_bytes(), &batch).await.unwrap();
    let made: Vec<bool> = done.iter().map(|row| row.id.is_some()).collect();
    assert_eq!(made, [true, true, false]);
    let ada = done[0].id.clone().unwrap();
    assert!(text(&house, &ours, &ada).await.starts_with("LK1F"));
    let (links, _) = link::export::export(&house.app, &actor, Default::default()).await.unwrap();
    let csv = String::from_utf8(link::export::csv(&links, house.app.clock.now(), true).unwrap()).unwrap();
    let head = csv.lines().next().unwrap();
    let at = head.split(',').position(|name| name == "qr").expect("a column");
    let mut kinds: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(at)).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["none", "none", "offline"]);
}
