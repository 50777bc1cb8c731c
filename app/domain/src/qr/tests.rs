use super::*;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

const NOW: u32 = 1_795_600_000;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn offline(scopes: Vec<u32>) -> Offline {
    let unsigned = Offline {
        key: 3,
        audience: audience("org_1"),
        id: [9; 10],
        flags: Flags { needs_server: false, once_per_terminal: true },
        not_before: NOW,
        not_after: NOW + 86_400,
        scopes,
        signature: [0; 64],
    };
    unsigned.sign(&key()).expect("few scopes")
}

fn partner() -> Partner {
    let open = Partner {
        key: [1, 2, 3, 4],
        kind: PartnerKind::Link,
        subject: subject("booking 4711"),
        issued_at: NOW,
        lifetime_s: 300,
        nonce: [5, 6, 7, 8],
        tag: [0; 16],
    };
    open.seal(audience("org_1"), SECRET)
}

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

#[test]
fn codes_are_as_long_as_the_format_says() {
    assert_eq!(Online([0xab; 16]).text().len(), 30);
    assert_eq!(offline(vec![1]).text().len(), 153);
    assert_eq!(Rotating::sign([1; 10], 0, step(NOW), audience("org_1"), &key()).text().len(), 131);
    assert_eq!(partner().text().len(), 70);
}

#[test]
fn every_kind_is_read_as_it_was_written() {
    let online = Online([0xab; 16]);
    let rotating = Rotating::sign([1; 10], 2, step(NOW), audience("org_1"), &key());
    for (text, code) in [
        (online.text(), Code::Online(online)),
        (offline(vec![1, u32::MAX]).text(), Code::Offline(offline(vec![1, u32::MAX]))),
        (rotating.text(), Code::Rotating(rotating.clone())),
        (partner().text(), Code::Partner(partner())),
    ] {
        assert_eq!(Code::read(text.as_bytes()), Ok(code.clone()));
        assert_eq!(Code::read(format!(" {}\r\n", text.to_lowercase()).as_bytes()), Ok(code));
        assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), "{text}");
    }
}

#[test]
fn what_begins_like_ours_is_never_a_foreign_code() {
    for text in ["LK1", "lk1n", "LK1X000", "LK1N00", "LK1NÜ", "lkIF", "LK1P0000000000000000000000000000000"] {
        assert_eq!(Code::read(text.as_bytes()), Err(Unreadable::Damaged), "{text}");
    }
    assert_eq!(Code::read(b" \n"), Err(Unreadable::Empty));
    assert_eq!(Code::read(&[b'x'; LONGEST + 1]), Err(Unreadable::TooLong));
    assert_eq!(Code::read(b"https://example.com/LK1"), Ok(Code::Foreign(b"https://example.com/LK1".to_vec())));
    assert_eq!(Code::read(&[0xff, 0xfe]), Ok(Code::Foreign(vec![0xff, 0xfe])));
}

#[test]
fn an_offline_code_opens_one_to_eight_scopes() {
    let unsigned = offline(vec![1]);
    assert_eq!(Offline { scopes: Vec::new(), ..unsigned.clone() }.sign(&key()), Err(TooManyScopes));
    assert_eq!(Offline { scopes: vec![1; 9], ..unsigned }.sign(&key()), Err(TooManyScopes));
    assert!(offline((1..=8).collect()).verify(&key().verifying_key()));
}

#[test]
fn signatures_and_tags_hold_for_their_own_organization_only() {
    let ours = audience("org_1");
    let rotating = Rotating::sign([1; 10], 0, 5, ours, &key());
    assert!(rotating.verify(ours, &key().verifying_key()));
    assert!(!rotating.verify(audience("org_2"), &key().verifying_key()));
    assert!(partner().verify(ours, SECRET));
    assert!(!partner().verify(audience("org_2"), SECRET));
    assert!(!partner().verify(ours, b"another secret of enough bytes......"));
    let theirs = Offline { audience: audience("org_2"), ..offline(vec![1]) };
    assert!(!theirs.verify(&key().verifying_key()));
}

#[test]
fn a_rotating_code_is_good_for_less_than_a_minute_at_every_phase() {
    for phase in 0..STEP_S {
        let made = NOW / STEP_S * STEP_S + phase;
        let code = Rotating::sign([1; 10], 0, step(made), audience("org_1"), &key());
        let ages: Vec<u32> = (0..120).filter(|age| code.is_fresh(made + age)).collect();
        let oldest = ages.last().copied().expect("a fresh one is good");
        // Five seconds of error on each side stay below 55 s.
        assert!(oldest + 10 < 55, "{oldest} s at phase {phase}");
        assert!(ages.contains(&30), "two steps later it is still good");
        assert!(code.is_fresh(made - 5), "a verifier a little behind takes it");
    }
}

#[test]
fn a_partners_code_is_good_from_issue_to_end_with_a_minutes_tolerance() {
    let code = partner();
    assert!(code.is_fresh(NOW, 300) && code.is_fresh(NOW - 60, 300) && code.is_fresh(NOW + 359, 300));
    assert!(!code.is_fresh(NOW - 61, 300) && !code.is_fresh(NOW + 360, 300));
    assert!(!code.is_fresh(NOW, 299), "longer than allowed is refused, not clamped");
    assert!(!Partner { lifetime_s: 0, ..code }.is_fresh(NOW, 300));
}

fn believed(text: &str) -> bool {
    let ours = audience("org_1");
    match Code::read(text.as_bytes()) {
        Ok(Code::Offline(code)) => code.verify(&key().verifying_key()),
        Ok(Code::Rotating(code)) => code.verify(ours, &key().verifying_key()),
        Ok(Code::Partner(code)) => code.verify(ours, SECRET),
        _ => false,
    }
}

#[test]
fn every_mutation_of_a_signed_code_is_refused() {
    let rotating = Rotating::sign([1; 10], 0, step(NOW), audience("org_1"), &key());
    for text in [offline(vec![1, 2, 3]).text(), rotating.text(), partner().text()] {
        assert!(believed(&text));
        for at in 0..text.len() {
            for letter in b"0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
                let mut mutant = text.clone().into_bytes();
                if mutant[at] == *letter {
                    continue;
                }
                mutant[at] = *letter;
                let mutant = String::from_utf8(mutant).expect("letters");
                // `L` at the place of the `1` is the same code, read by a look-alike.
                let same = Code::read(mutant.as_bytes()) == Code::read(text.as_bytes());
                assert!(same == believed(&mutant), "{at} {mutant}");
                assert!(!same || at == 2, "{at} {mutant}");
            }
            assert!(!believed(&text[..at]), "cut off at {at}");
        }
        assert!(!believed(&format!("{text}0")));
    }
}

#[test]
fn every_other_byte_makes_another_code_that_nobody_believes() {
    let rotating = Rotating::sign([1; 10], 0, step(NOW), audience("org_1"), &key());
    for text in [offline(vec![1]).text(), rotating.text(), partner().text()] {
        let code = Code::read(text.as_bytes());
        for at in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut mutant = text.clone().into_bytes();
                mutant[at] = byte;
                // Lower case and look-alikes are the same code, spelled otherwise.
                if Code::read(&mutant) != code {
                    let refused = match Code::read(&mutant) {
                        Ok(Code::Offline(code)) => !code.verify(&key().verifying_key()),
                        Ok(Code::Rotating(code)) => !code.verify(audience("org_1"), &key().verifying_key()),
                        Ok(Code::Partner(code)) => !code.verify(audience("org_1"), SECRET),
                        Ok(Code::Online(_)) => false,
                        // Another prefix, or none: nothing of ours.
                        Ok(Code::Foreign(_)) => at < 3 || mutant.trim_ascii().len() < text.len(),
                        Err(_) => true,
                    };
                    assert!(refused, "{byte:#x} at {at}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_that_can_be_scanned_breaks_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Code::read(&bytes);
    }

    #[test]
    fn nothing_after_our_prefix_breaks_the_reader(kind in "[NFRP]", rest in "[0-9A-Z]{0,200}") {
        let text = format!("LK1{kind}{rest}");
        prop_assert!(!believed(&text));
        // Whatever is read is written the same way again: one code, one spelling.
        let again = match Code::read(text.as_bytes()) {
            Ok(Code::Online(code)) => code.text(),
            Ok(Code::Offline(code)) => code.text(),
            Ok(Code::Rotating(code)) => code.text(),
            Ok(Code::Partner(code)) => code.text(),
            _ => return Ok(()),
        };
        let plain = |text: &str| text[4..].replace('O', "0").replace(['I', 'L'], "1");
        prop_assert_eq!(plain(&text), plain(&again));
    }
}
