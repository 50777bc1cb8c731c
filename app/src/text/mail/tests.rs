use super::*;

fn model(language: Language) -> MailModel {
    MailModel {
        language,
        organization: "Northwind Studios".into(),
        visitor: "Ada Lovelace".into(),
        host: Some("Jonas Weber".into()),
        contact: Some("+49 30 555 0117".into()),
        places: vec![MailPlace {
            name: "Studio Berlin".into(),
            address: "Lindenstraße 14".into(),
            doors: vec!["Front door".into(), "Studio 3".into()],
        }],
        good_from_ms: None,
        good_until_ms: Some(when::parse_input("2026-11-24T18:00", "Europe/Berlin").expect("a time")),
        zone: "Europe/Berlin".into(),
        uses: Some(3),
        code: None,
        by_code: false,
        url: "https://door.example.org/l/s3cret".into(),
        own: OwnWords::default(),
        dress: Dress::default(),
    }
}

#[test]
fn ones_own_words_colour_and_logo_take_the_place_of_ours() {
    let mut ours = model(Language::En);
    ours.own = OwnWords { subject: "Come in, {name}".into(), greeting: "{organization} & {host} await you".into() };
    ours.dress.colour = Colour::parse("#0b5d3b").ok();
    ours.dress.logo = Some(Logo { src: "cid:logo".into(), width: 120, height: 40 });
    let mail = access_link(ours.clone());
    assert_eq!(mail.subject, "Come in, Ada Lovelace");
    assert!(mail.text.starts_with("Northwind Studios & Jonas Weber await you\n\n"), "{}", mail.text);
    assert!(mail.html.contains("Northwind Studios &amp; Jonas Weber await you</h1>"));
    assert!(
        mail.html.contains("background:#0b5d3b")
            && mail.html.contains("<img src=\"cid:logo\" alt=\"Northwind Studios\" width=\"120\"")
    );
    let mail = reminder(ours);
    assert_eq!(mail.subject, "Your door link for Northwind Studios ends soon");
    assert!(
        mail.text.contains("ask for more time now.") && mail.text.contains("Good until Tue 24 November 2026, 18:00")
    );
}

#[test]
fn the_plain_mail_says_everything_in_order() {
    let mail = access_link(model(Language::En));
    assert_eq!(mail.subject, "Your door link for Northwind Studios");
    assert_eq!(
        mail.text,
        "Hello Ada Lovelace,\n\n\
         Jonas Weber invites you to Northwind Studios. The link below opens the doors on your way; \
         you need no app and no account.\n\n\
         Open my doors:\nhttps://door.example.org/l/s3cret\n\n\
         It opens these doors:\n\nStudio Berlin, Lindenstraße 14\n- Front door\n- Studio 3\n\n\
         Good until Tue 24 November 2026, 18:00 (Europe/Berlin).\n\
         It opens a door 3 times in all.\n\
         If a door stays shut, ask Jonas Weber, +49 30 555 0117.\n\n\
         Do not forward this mail: the link is your key, and whoever has it can come in.\n\n\
         -- \nNorthwind Studios\nYou were not expecting this? Then delete it; nothing else happens.\n"
    );
}

#[test]
fn the_german_mail_is_german_throughout() {
    let mail = access_link(model(Language::De));
    assert_eq!(mail.subject, "Ihr Türlink für Northwind Studios");
    assert!(mail.text.contains("Gültig bis Di. 24. November 2026, 18:00 (Europe/Berlin)."));
    assert!(mail.html.contains("<html lang=\"de\">"));
    for english in ["Hello", "Good", "door ", "forward"] {
        assert!(!mail.text.replace("Front door", "").contains(english), "{english}");
    }
}

#[test]
fn a_name_cannot_write_markup_or_a_second_line() {
    let mut evil = model(Language::En);
    evil.visitor = "<img src=x onerror=alert(1)>\r\nBcc: x@example.org".into();
    evil.organization = "A \"B\"\r\nTo: everyone".into();
    evil.places[0].doors[0] = "</li><script>".into();
    evil.url = "https://x/\" onclick=\"y".into();
    let mail = access_link(evil);
    assert_eq!(mail.subject, "Your door link for A \"B\" To: everyone");
    assert!(!mail.text.contains('\r') && !mail.text.contains("\nBcc"));
    assert!(mail.html.contains("&lt;img src=x onerror=alert(1)&gt; Bcc: x@example.org"));
    assert!(!mail.html.contains("<img") && !mail.html.contains("<script"));
    assert!(mail.html.contains("href=\"https://x/&quot; onclick=&quot;y\""));
}

#[test]
fn what_is_unknown_is_left_out() {
    let mut bare = model(Language::En);
    (bare.host, bare.contact, bare.good_until_ms, bare.uses) = (None, Some("  ".into()), None, Some(1));
    bare.places.clear();
    bare.visitor = "{}".into();
    let mail = access_link(bare);
    assert!(mail.text.starts_with("Hello {},\n\nWelcome to Northwind Studios."));
    assert!(mail.text.contains("Good until further notice.\nIt opens a door once.\n\nDo not"));
    assert!(!mail.text.contains("stays shut") && !mail.text.contains("these doors"));
}

#[test]
fn a_code_is_told_in_words_and_drawn_where_it_may_be() {
    for language in Language::ALL {
        let phrases = phrases::of(language);
        for (code, drawn, said) in [
            (MailCode::Picture(231, false), true, vec![phrases.code, phrases.code_attached]),
            (MailCode::Picture(231, true), true, vec![phrases.code, phrases.code_offline, phrases.code_attached]),
            (MailCode::OnPage, false, vec![phrases.code_on_page]),
        ] {
            let mail = access_link(MailModel { code: Some(code), by_code: true, ..model(language) });
            assert_eq!(mail.html.contains("<img src=\"cid:code\""), drawn);
            assert!(said.iter().all(|line| mail.text.contains(line)), "{}", mail.text);
            assert!(mail.html.contains(phrases.button_by_code) && mail.text.contains("https://door.example.org/l/"));
            assert!(!mail.text.contains(phrases.button) && !mail.html.contains("{}"));
        }
    }
}
