//! The published format: every vector and both generators of `docs/qr-codes.md` against the code.

use domain::qr::{Code, PartnerKind, audience, subject};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::Value;
use std::process::Command;

const DOCUMENT: &str = include_str!("../../../docs/qr-codes.md");

fn block(language: &str) -> &'static str {
    let (_, rest) = DOCUMENT.split_once(&format!("```{language}\n")).expect("a block");
    rest.split_once("```").expect("its end").0
}

fn vectors() -> Value {
    serde_json::from_str(block("json")).expect("vectors")
}

fn text<'a>(vectors: &'a Value, name: &str) -> &'a str {
    vectors[name].as_str().unwrap_or_else(|| panic!("{name} is missing"))
}

fn bytes(vectors: &Value, name: &str) -> Vec<u8> {
    let text = text(vectors, name);
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}

fn key(vectors: &Value) -> VerifyingKey {
    let seed = bytes(vectors, "ed25519_seed").try_into().expect("32 bytes");
    let key = SigningKey::from_bytes(&seed).verifying_key();
    assert_eq!(key.as_bytes().as_slice(), bytes(vectors, "ed25519_public_key"));
    key
}

/// Whether a code is read and verifies under the vectors' keys.
fn believed(vectors: &Value, code: &str) -> bool {
    let ours = audience(text(vectors, "organization"));
    match Code::read(code.as_bytes()) {
        Ok(Code::Online(_)) => true,
        Ok(Code::Offline(code)) => code.audience == ours && code.verify(&key(vectors)),
        Ok(Code::Rotating(code)) => code.verify(ours, &key(vectors)),
        Ok(Code::Partner(code)) => code.verify(ours, &bytes(vectors, "partner_secret")),
        Ok(Code::Foreign(_)) | Err(_) => false,
    }
}

#[test]
fn what_the_document_accepts_is_accepted_and_means_what_it_says() {
    let vectors = vectors();
    assert_eq!(audience(text(&vectors, "organization")).as_slice(), bytes(&vectors, "audience"));
    let read = |kind: &str| {
        let code = vectors["accepted"][kind].as_str().expect("a code");
        assert!(believed(&vectors, code), "{kind}");
        Code::read(code.as_bytes()).expect("readable")
    };
    let Code::Online(online) = read("online") else { panic!("another kind") };
    assert_eq!(online.hash().as_slice(), bytes(&vectors, "online_sha256"));
    let Code::Offline(offline) = read("offline") else { panic!("another kind") };
    assert_eq!((offline.scopes.as_slice(), offline.not_before), ([7, 42].as_slice(), 1_795_600_000));
    let Code::Rotating(rotating) = read("rotating") else { panic!("another kind") };
    assert_eq!(vectors["rotating_step"], rotating.step);
    let Code::Partner(partner) = read("partner") else { panic!("another kind") };
    assert_eq!((partner.kind, partner.subject), (PartnerKind::Link, subject(text(&vectors, "external_id"))));
}

#[test]
fn what_the_document_refuses_is_refused() {
    let vectors = vectors();
    let refused = vectors["refused"].as_object().expect("codes");
    assert!(refused.len() >= 10);
    for (code, why) in refused {
        assert!(!believed(&vectors, code), "{code}: {why}");
        assert!(!matches!(Code::read(code.as_bytes()), Ok(Code::Foreign(_))), "{code} is no foreign code");
    }
}

#[test]
fn a_partner_makes_our_codes_from_the_document_alone() {
    let vectors = vectors();
    let time = vectors["time"].to_string();
    let arguments = [
        text(&vectors, "organization"),
        text(&vectors, "partner_key_id"),
        text(&vectors, "partner_secret"),
        text(&vectors, "external_id"),
        &time,
        text(&vectors, "nonce"),
    ];
    for (language, program, file) in [("python", "python3", "partner.py"), ("javascript", "node", "partner.cjs")] {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
        std::fs::write(&path, block(language)).expect("a file");
        let made = Command::new(program).arg(path).args(arguments).output();
        let made = made.unwrap_or_else(|cause| panic!("{program}: {cause}"));
        let said = String::from_utf8_lossy(&made.stderr);
        let code = String::from_utf8(made.stdout).expect("text");
        assert_eq!(vectors["accepted"]["partner"], code.trim(), "{language}: {said}");
    }
}
