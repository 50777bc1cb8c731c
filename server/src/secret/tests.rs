use super::*;
use std::collections::HashSet;

fn keys(byte: u8) -> Keys {
    Keys::derive(&RootKey(Zeroizing::new([byte; 32])))
}

#[test]
fn ten_thousand_secrets_differ_and_fit_into_an_address() {
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        let secret = PlainSecret::new();
        assert_eq!(secret.expose().len(), 32);
        assert!(secret.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert!(seen.insert(secret.expose().to_owned()));
    }
}

#[test]
fn a_secret_never_shows_in_debug_output() {
    let secret = PlainSecret::new();
    let said = format!("{secret:?} {:?} {:?} {:?}", secret.hash(), keys(1), RootKey::draw());
    assert!(!said.contains(secret.expose()) && !said.contains(&secret.hash().to_hex()), "{said}");
}

#[test]
fn a_hash_survives_storage_and_nothing_else_is_read_as_one() {
    let hash = HashedSecret::of("abc");
    // FIPS 180-2, appendix B.1.
    assert_eq!(hash.to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(HashedSecret::from_hex(&hash.to_hex()), Some(hash));
    assert_eq!(HashedSecret::from_hex(&hash.to_hex().to_uppercase()), None);
    assert_eq!(HashedSecret::from_hex("ba78"), None);
}

#[test]
fn what_is_sealed_opens_only_with_its_context_its_key_and_every_byte() {
    let sealed = keys(1).seal("links/link_1/secret", b"hello");
    assert_eq!(keys(1).open("links/link_1/secret", &sealed).map(|plain| plain.to_vec()), Some(b"hello".to_vec()));
    assert!(keys(1).open("links/link_2/secret", &sealed).is_none());
    assert!(keys(2).open("links/link_1/secret", &sealed).is_none());
    assert_ne!(sealed, keys(1).seal("links/link_1/secret", b"hello"), "a nonce was used twice");
    for at in 0..sealed.len() {
        let mut mutant = sealed.clone();
        mutant[at] ^= 1;
        assert!(keys(1).open("links/link_1/secret", &mutant).is_none(), "byte {at}");
        assert!(keys(1).open("links/link_1/secret", &sealed[..at]).is_none(), "cut at {at}");
    }
}

#[test]
fn each_use_has_a_key_of_its_own_and_a_restart_derives_the_same() {
    let (one, again) = (keys(7), keys(7));
    assert_eq!(one.checkpoint_public_key(), again.checkpoint_public_key());
    assert_eq!(one.cookie, again.cookie);
    assert_ne!(one.form(), one.checkpoint.as_bytes().as_slice());
    assert_ne!(one.form(), &one.cookie.signing()[..32]);
}

#[test]
fn a_checkpoint_is_verified_by_its_public_key_alone() {
    let keys = keys(3);
    let signature = keys.sign_checkpoint(b"sequence 5");
    assert!(verify_checkpoint(&keys.checkpoint_public_key(), b"sequence 5", &signature));
    assert!(!keys.verify_checkpoint(b"sequence 6", &signature));
    assert!(!keys.verify_checkpoint(b"sequence 5", &signature[1..]));
    assert!(!verify_checkpoint(&self::keys(4).checkpoint_public_key(), b"sequence 5", &signature));
}

#[test]
fn a_root_key_is_read_in_either_alphabet_and_only_at_its_length() {
    let text = base64::engine::general_purpose::STANDARD.encode([0xfb; 32]);
    assert_eq!(RootKey::parse(&format!("{text}\n")), Some(RootKey(Zeroizing::new([0xfb; 32]))));
    assert_eq!(RootKey::parse(&URL_SAFE_NO_PAD.encode([0xfb; 32])), RootKey::parse(&text));
    assert_eq!(RootKey::parse(&URL_SAFE_NO_PAD.encode([0xfb; 31])), None);
    assert_eq!(RootKey::parse("not a key"), None);
}
