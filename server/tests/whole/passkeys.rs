//! Passkeys over HTTP, with a small authenticator of our own: what it answers is good once, in the session that asked,
//! and for the admin who was asked.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, PASSWORD};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::role::Role;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

crate::on_both!(
    what_a_new_passkey_answers_adds_it_once_where_it_was_asked_for,
    what_a_passkey_answers_signs_in_once_where_it_was_asked,
    nobody_elses_passkey_answers,
    side_by_side_an_answer_passes_once,
    an_answer_for_another_site_or_without_its_owner_is_none,
);

const ADDING: &str = "/account/passkeys/new";
const SECOND: &str = "/sign-in/second-factor";
const PROVING: &str = "/account/prove";
const ORIGIN: &str = "http://localhost:3000";
/// A person was there (1), and was the right one (4).
const VERIFIED: u8 = 1 | 4;

/// A key as phones keep it: it counts nothing, so only the server can tell that an answer comes again.
struct Key {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    id: Vec<u8>,
}

impl Key {
    fn new() -> Self {
        let (random, how) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let made = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(how, made.as_ref(), &random).unwrap();
        let id = Sha256::digest(pair.public_key().as_ref())[..16].to_vec();
        Self { pair, random, id }
    }

    /// The authenticator data of WebAuthn §6.1, without what only a new key has.
    fn data(flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest("localhost").to_vec();
        data.push(flags);
        data.extend_from_slice(&[0; 4]);
        data
    }

    fn credential(&self, response: &Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {} }).to_string()
    }

    /// What a browser posts for a page that asks for a new passkey.
    fn begins(&self, options: &Value) -> String {
        let mut data = Self::data(VERIFIED | 0x40);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&[0, 16]);
        data.extend_from_slice(&self.id);
        // COSE: an EC2 key on P-256 for ES256, its two halves without the mark before them.
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        data.extend_from_slice(&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend_from_slice(x);
        data.extend_from_slice(&[0x22, 0x58, 32]);
        data.extend_from_slice(y);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend_from_slice(&data);
        self.credential(&json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client("webauthn.create", options, ORIGIN)),
        }))
    }

    /// What a browser posts for a page that asks for a passkey.
    fn answers(&self, options: &Value) -> String {
        self.answers_as(options, ORIGIN, VERIFIED)
    }

    fn answers_as(&self, options: &Value, origin: &str, flags: u8) -> String {
        let (data, client) = (Self::data(flags), client("webauthn.get", options, origin));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.pair.sign(&self.random, &signed).unwrap();
        self.credential(&json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature),
        }))
    }
}

fn client(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let challenge = &options["publicKey"]["challenge"];
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string().into_bytes()
}

/// A page's question and its form's token.
async fn asked(browser: &mut Browser, path: &str) -> (Value, String) {
    let page = browser.get(path).await;
    let options = page.attribute("data-passkey=\"").unwrap_or_else(|| panic!("a question in {}", page.body));
    let options = html_escape::decode_html_entities(&options).into_owned();
    (serde_json::from_str(&options).unwrap(), page.token())
}

async fn post(browser: &mut Browser, path: &str, token: &str, answer: &str) -> Page {
    browser.post(path, &[("csrf", token), ("name", "Phone"), ("credential", answer)]).await
}

/// The same answer from a page of this browser's own, which asked something else.
async fn try_it(browser: &mut Browser, path: &str, answer: &str) -> u16 {
    let (_, token) = asked(browser, path).await;
    let page = post(browser, path, &token, answer).await;
    assert!(page.status == 303 || page.body.contains("was not accepted"), "{}", page.body);
    page.status
}

async fn house(database: &str) -> (House, Organization) {
    let house = House::open_with(database, &[("LATCHKEY_BASE_URL", ORIGIN.into())]);
    let ours = house.organization("Quetzal").await;
    (house, ours)
}

/// Gives whoever uses this browser a passkey.
async fn with_key(browser: &mut Browser) -> Key {
    let key = Key::new();
    let (options, token) = asked(browser, ADDING).await;
    let page = post(browser, ADDING, &token, &key.begins(&options)).await;
    assert_eq!(page.status, 303, "{}", page.body);
    key
}

async fn half(house: &House, email: &str) -> Browser {
    let mut browser = house.browser();
    let page = browser.sign_in(email, PASSWORD).await;
    assert_eq!(page.location(), SECOND, "{}", page.body);
    browser
}

async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/").await.status == 200
}

async fn by_passkey(house: &House, ours: &Organization, action: &str) -> usize {
    let events = house.events(ours).await;
    let good = events.iter().filter(|row| row.action == action && row.outcome == "done");
    good.filter(|row| row.details().get("method").is_some_and(|method| *method == "passkey")).count()
}

async fn what_a_new_passkey_answers_adds_it_once_where_it_was_asked_for(database: &str) {
    let (house, ours) = house(database).await;
    let (mut here, mut elsewhere) = (house.signed_in(&ours).await, house.signed_in(&ours).await);
    let mut colleague = house.colleague(&ours, Role::Administrator).await;
    let (options, token) = asked(&mut here, ADDING).await;
    let answer = Key::new().begins(&options);
    assert_eq!(try_it(&mut elsewhere, ADDING, &answer).await, 422, "another session of the same admin");
    assert_eq!(try_it(&mut colleague, ADDING, &answer).await, 422, "another admin");
    let token_of_one_not_asked = house.signed_in(&ours).await.get("/account").await.token();
    assert_eq!(post(&mut elsewhere, ADDING, &token_of_one_not_asked, &answer).await.status, 403, "their form");
    let mut never = house.signed_in(&ours).await;
    let own = never.get("/account").await.token();
    assert_eq!(post(&mut never, ADDING, &own, &answer).await.status, 422, "a session that asked nothing");
    assert_eq!(house.count(&ours, "factor.added", "done").await, 0);

    assert_eq!(post(&mut here, ADDING, &token, &answer).await.status, 303, "where it was asked for");
    // Once; not even when the passkey is gone, so that nothing of the kind is there already.
    let events = house.events(&ours).await;
    let added = events.iter().find(|row| row.action == "factor.added").expect("its event").details();
    let remove = format!("/account/passkeys/{}/remove", added["passkey"]);
    assert_eq!(here.submit(&remove, &remove, &[]).await.status, 303);
    assert_eq!(post(&mut here, ADDING, &token, &answer).await.status, 422, "once");
    assert_eq!(try_it(&mut here, ADDING, &answer).await, 422, "nor for a question of later");
    assert_eq!(house.count(&ours, "factor.added", "done").await, 1);
}

async fn what_a_passkey_answers_signs_in_once_where_it_was_asked(database: &str) {
    let (house, ours) = house(database).await;
    let key = with_key(&mut house.signed_in(&ours).await).await;
    let (mut here, mut elsewhere) = (half(&house, &ours.email).await, half(&house, &ours.email).await);
    let (options, token) = asked(&mut here, SECOND).await;
    let answer = key.answers(&options);
    assert_eq!(try_it(&mut elsewhere, SECOND, &answer).await, 422, "another browser");
    let mut copied = here.clone();
    assert_eq!(post(&mut here, SECOND, &token, &answer).await.location(), "/");
    assert!(is_in(&mut here).await);
    assert_eq!(post(&mut copied, SECOND, &token, &answer).await.location(), "/sign-in", "that session has ended");
    let mut again = half(&house, &ours.email).await;
    assert_eq!(try_it(&mut again, SECOND, &answer).await, 422, "another question");
    for browser in [&mut elsewhere, &mut copied, &mut again] {
        assert!(!is_in(browser).await);
    }
    assert_eq!(by_passkey(&house, &ours, "admin.sign_in").await, 1);

    // Fresh proof: the same question is not answered twice, nor does what signed in prove anything.
    house.app.clock.shift(11 * 60_000);
    assert_eq!(try_it(&mut here, PROVING, &answer).await, 422);
    let (options, token) = asked(&mut here, PROVING).await;
    let proof = key.answers(&options);
    assert_eq!(post(&mut here, PROVING, &token, &proof).await.status, 303);
    assert_eq!(post(&mut here, PROVING, &token, &proof).await.status, 422);
    assert_eq!(by_passkey(&house, &ours, "admin.proved").await, 1);
}

async fn nobody_elses_passkey_answers(database: &str) {
    let (house, ours) = house(database).await;
    let theirs = house.organization("Marmot").await;
    let key = with_key(&mut house.signed_in(&ours).await).await;
    let foreign = with_key(&mut house.signed_in(&theirs).await).await;
    for (email, wrong, right) in [(&ours.email, &foreign, &key), (&theirs.email, &key, &foreign)] {
        let mut browser = half(&house, email).await;
        let (options, token) = asked(&mut browser, SECOND).await;
        let page = post(&mut browser, SECOND, &token, &wrong.answers(&options)).await;
        assert!(page.status == 422 && !is_in(&mut browser).await, "{}", page.body);
        // With the owner's name on it, either.
        let mut forged: Value = serde_json::from_str(&wrong.answers(&options)).unwrap();
        forged["id"] = json!(URL_SAFE_NO_PAD.encode(&right.id));
        forged["rawId"] = forged["id"].clone();
        assert_eq!(try_it(&mut browser, SECOND, &forged.to_string()).await, 422);
        let (options, token) = asked(&mut browser, SECOND).await;
        assert_eq!(post(&mut browser, SECOND, &token, &right.answers(&options)).await.location(), "/");
    }
    assert_eq!(house.count(&ours, "admin.sign_in", "failed").await, 2, "each try stands in the log");
}

async fn side_by_side_an_answer_passes_once(database: &str) {
    let (house, ours) = house(database).await;
    let mut owner = house.signed_in(&ours).await;
    let key = Key::new();
    let (options, token) = asked(&mut owner, ADDING).await;
    let (answer, mut also) = (key.begins(&options), owner.clone());
    let (one, two) = tokio::join!(post(&mut owner, ADDING, &token, &answer), post(&mut also, ADDING, &token, &answer));
    assert_eq!([one.status, two.status].iter().filter(|status| **status == 303).count(), 1, "{}", one.body);
    assert_eq!(house.count(&ours, "factor.added", "done").await, 1);

    for round in 1..=5 {
        let mut here = half(&house, &ours.email).await;
        let (options, token) = asked(&mut here, SECOND).await;
        let (answer, mut also) = (key.answers(&options), here.clone());
        tokio::join!(post(&mut here, SECOND, &token, &answer), post(&mut also, SECOND, &token, &answer));
        let inside = usize::from(is_in(&mut here).await) + usize::from(is_in(&mut also).await);
        assert_eq!((inside, by_passkey(&house, &ours, "admin.sign_in").await), (1, round));
    }
}

async fn an_answer_for_another_site_or_without_its_owner_is_none(database: &str) {
    let (house, ours) = house(database).await;
    let key = with_key(&mut house.signed_in(&ours).await).await;
    let mut browser = half(&house, &ours.email).await;
    for (origin, flags) in [("http://evil.example", VERIFIED), ("https://localhost:3000", VERIFIED), (ORIGIN, 1)] {
        let (options, token) = asked(&mut browser, SECOND).await;
        let page = post(&mut browser, SECOND, &token, &key.answers_as(&options, origin, flags)).await;
        assert!(page.status == 422 && page.body.contains("was not accepted"), "{origin} {flags}: {}", page.status);
    }
    assert!(!is_in(&mut browser).await);
}
