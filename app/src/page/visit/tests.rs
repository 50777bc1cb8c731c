use super::*;
use doors::{Door, DoorState, Place};
use leptos::prelude::*;

use crate::text::when::moment;

fn chrome() -> Chrome {
    Chrome {
        assets: Arc::new(Assets {
            admin_css: "/pkg/admin.1.css".into(),
            visitor_css: "/pkg/visitor.1.css".into(),
            visit_js: "/pkg/visit.1.js".into(),
            code_js: "/pkg/code.1.js".into(),
            passkey_js: "/pkg/passkey.1.js".into(),
            islands_js: "/pkg/latchkey.1.js".into(),
            islands_wasm: "/pkg/latchkey.1.wasm".into(),
            favicon: "/favicon.svg".into(),
            manifest: "/manifest.webmanifest".into(),
            ..Assets::default()
        }),
        language: Language::En,
        organization: Some("Northwind <Studios>".into()),
        brand: Brand::default(),
    }
}

fn door(name: &str, state: DoorState) -> Door {
    Door { id: "door_1".into(), name: name.into(), description: String::new(), state }
}

fn model(doors: Vec<Door>) -> doors::Model {
    doors::Model {
        link_id: "link_1".into(),
        visitor: "<b>Ada</b>".into(),
        host: Some(Host { name: "Jonas".into(), contact: "javascript:alert(1)".into() }),
        good_until: Some(moment(5_000, 0, "UTC", Language::En)),
        uses_left: Some(3),
        code: code::Shown::Nothing,
        by_code: false,
        places: vec![Place { name: "Berlin".into(), address: String::new(), doors }],
        form_token: "\"><script>".into(),
        now_ms: 1_000,
    }
}

fn html(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| view().to_html())
}

/// What a browser with script makes of the page: the text in `<noscript>` is no markup.
fn with_script(html: &str) -> String {
    let mut rest = html;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("<noscript") {
        out.push_str(before);
        rest = after.split_once("</noscript>").map_or("", |(_, after)| after);
    }
    out + rest
}

#[test]
fn with_script_on_no_page_has_anything_to_submit() {
    let list = html(|| doors::view(model(vec![door("Gate", DoorState::Ready)]), &chrome()).into_any());
    let one = html(|| {
        let model = confirm::Model {
            link_id: "link_1".into(),
            door_id: "door_1".into(),
            door: "Gate".into(),
            description: String::new(),
            host: None,
            form_token: "token".into(),
            request_id: "0123".into(),
        };
        confirm::view(model, &chrome()).into_any()
    });
    assert!(one.contains("<form") && one.contains("action=\"/visit/link_1/doors/door_1/unlock\""));
    for page in [list, one] {
        let seen = with_script(&page);
        assert!(!seen.contains("<form") && !seen.contains("submit") && !seen.contains("<input"), "{seen}");
        assert!(!seen.contains("href=\"/visit/link_1/doors/"), "{seen}");
    }
}

#[test]
fn names_are_text_and_never_markup_or_an_address() {
    let page = html(|| doors::view(model(vec![door("<i>", DoorState::Ready)]), &chrome()).into_any());
    for markup in ["<b>Ada", "<i>", "<Studios>", "\"><script>", "href=\"javascript"] {
        assert!(!page.contains(markup), "{markup} in {page}");
    }
    assert!(!page.contains("style=\""));
}

#[test]
fn a_door_that_cannot_open_offers_nothing_to_press() {
    for (state, presses) in [
        (DoorState::Ready, 1),
        (DoorState::Offline, 1),
        (DoorState::Unlocked { until_ms: 4_000 }, 1),
        (DoorState::LockedDown, 0),
        (DoorState::NotAllowed, 0),
        (DoorState::Closed { opens: Some("Monday 08:00".into()) }, 0),
        (DoorState::Closed { opens: None }, 0),
    ] {
        let page = html(|| doors::view(model(vec![door("Gate", state.clone())]), &chrome()).into_any());
        assert_eq!(page.matches("<button").count(), presses, "{state:?}");
    }
    let closed = DoorState::Closed { opens: Some("Monday 08:00".into()) };
    let closed = html(|| doors::view(model(vec![door("Gate", closed)]), &chrome()).into_any());
    assert!(closed.contains("Opens Monday 08:00"), "{closed}");
    let open =
        html(|| doors::view(model(vec![door("Gate", DoorState::Unlocked { until_ms: 4_000 })]), &chrome()).into_any());
    assert!(open.contains("data-open=\"3000\"") && open.contains("Open now"));
}

#[test]
fn a_logo_takes_the_marks_place_and_a_colour_ours() {
    let mut branded = chrome();
    branded.brand.logo = Some(("/logo/ab.png".into(), 301, 80));
    branded.brand.shades = domain::colour::Colour::parse("#0b5d3b").ok().map(domain::colour::Colour::shades);
    let page = html(|| doors::view(model(vec![door("Gate", DoorState::Ready)]), &branded).into_any());
    assert!(page.contains("src=\"/logo/ab.png\"") && page.contains("width=\"151\""), "{page}");
    assert!(page.contains("alt=\"Northwind &lt;Studios&gt;\"") && !page.contains("class=\"mark\""), "{page}");
    assert!(page.contains(":root{--key:#0b5d3b"), "{page}");
    let plain = html(|| doors::view(model(vec![door("Gate", DoorState::Ready)]), &chrome()).into_any());
    assert!(!plain.contains("<style") && !plain.contains("<img"));
}

#[test]
fn an_unknown_address_tells_nothing_about_any_organization() {
    let host = Host { name: "Jonas".into(), contact: String::new() };
    let doors = Some("/visit/link_1".to_owned());
    let model = trouble::Model { trouble: trouble::Trouble::Gone, host: Some(host), doors, again: None };
    let page = html(|| trouble::view(model, &chrome()).into_any());
    assert!(!page.contains("Northwind") && !page.contains("Jonas") && !page.contains("link_1"));
}

#[test]
fn only_plain_numbers_and_addresses_become_links() {
    for (contact, href) in [
        ("+49 30 555 0117", Some("tel:+49305550117")),
        ("+49 (0)30 5550-117", Some("tel:+49305550117")),
        ("jonas@northwind.example", Some("mailto:jonas@northwind.example")),
        ("jonas@northwind.example?bcc=all@x.example", None),
        ("javascript:alert(1)", None),
        ("Reception, room 12", None),
        ("2026-11-24 14:31", None),
        ("a@b", None),
    ] {
        assert_eq!(parts::address(contact).as_deref(), href, "{contact}");
    }
}

#[test]
fn the_scripts_answer_has_the_shape_the_script_reads() {
    let open = serde_json::to_value(Answer::open(5_000, Some(2), Language::En)).expect("plain data");
    assert_eq!(
        open,
        serde_json::json!({"state":"open","title":"Open now","text":"","open_ms":5000,"uses_left":2,"retry":false})
    );
    let late = Answer::shut("timed_out", Some("Jonas"), None, Language::De);
    let late = serde_json::to_value(late).expect("plain data");
    assert_eq!((&late["state"], &late["retry"]), (&serde_json::json!("timed_out"), &serde_json::json!(true)));
}
