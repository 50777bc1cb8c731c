use super::*;

fn read(env: &[(&str, &str)], file: Option<&str>) -> Result<Config, Vec<String>> {
    let env = env.iter().map(|(name, value)| (format!("LATCHKEY_{name}"), (*value).to_owned()));
    Config::read(env, file).map_err(|mistakes| mistakes.into_iter().map(|one| one.0).collect())
}

#[test]
fn nothing_at_all_is_a_configuration() {
    let config = read(&[], None).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!((config.base_url.as_str(), config.base_url_given), ("http://127.0.0.1:3000", false));
    assert_eq!(config.database, DatabaseUrl::Sqlite("./data/latchkey.db".into()));
    assert_eq!(config.secret_key_file, PathBuf::from("./data/secret.key"));
    assert_eq!((config.session_idle_minutes, config.session_hours, config.max_connections), (60, 12, 4_096));
    assert_eq!(config.mail_from, "Latchkey <latchkey@localhost>");
    assert!(config.smtp.is_none() && config.sms.is_none() && config.tls.is_none() && config.warnings.is_empty());
}

#[test]
fn the_environment_wins_over_the_file_and_empty_counts_as_unset() {
    let file = "listen = \"0.0.0.0:80\"\nlatchkey_session_hours = 8\ntrusted_proxies = [\"10.0.0.1\", \"fd00::/8\"]\nlog = \"warn\"";
    let config = read(&[("LISTEN", "[::]:8080"), ("LOG", ""), ("DATA_DIR", "/srv/latchkey")], Some(file)).unwrap();
    assert_eq!(config.listen.to_string(), "[::]:8080");
    assert_eq!(config.base_url, "http://localhost:8080");
    assert_eq!((config.session_hours, config.log.as_str()), (8, "warn"));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.database, DatabaseUrl::Sqlite("/srv/latchkey/latchkey.db".into()));
}

#[test]
fn a_base_url_is_an_origin() {
    let config = read(&[("BASE_URL", "https://Doors.example.org:443/")], None).unwrap();
    assert_eq!((config.base_url.as_str(), config.base_url_given), ("https://doors.example.org", true));
    assert_eq!(config.mail_from, "Latchkey <latchkey@doors.example.org>");
    for wrong in ["doors.example.org", "ftp://x", "https://x/doors", "https://x?y", "https://me:pw@x"] {
        assert!(read(&[("BASE_URL", wrong)], None).is_err(), "{wrong}");
    }
}

#[test]
fn every_mistake_is_said_at_once_with_its_name_its_value_and_the_remedy() {
    let wrong = [
        ("LISTEN", "3000"),
        ("BASE_URL", "example.org"),
        ("DATABASE_URL", "mysql://root:hunter2@db"),
        ("SMTP_URL", "ftp://me:hunter2@mail"),
        ("SMS_URL", "twilio://AC12:hunter2@api.twilio.com"),
        ("MAIL_FROM", "nobody"),
        ("SECRET_KEY", "hunter2"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TLS_CERT", "cert.pem"),
        ("LOG", "info,=="),
        ("LOG_FORMAT", "xml"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("SESSION_HOURS", "many"),
        ("MAX_CONNECTIONS", "-1"),
    ];
    let said = read(&wrong, None).unwrap_err();
    assert_eq!(said.len(), wrong.len(), "{said:#?}");
    for (name, value) in wrong {
        let one = said
            .iter()
            .find(|one| one.starts_with(&format!("LATCHKEY_{name} ")))
            .unwrap_or_else(|| panic!("{name} is not among {said:#?}"));
        let secret = value.contains("hunter2") || name == "TLS_CERT";
        assert!(one.contains(value) != secret && one.ends_with('.'), "{one}");
    }
}

#[test]
fn a_wrong_name_is_told_its_nearest_neighbour() {
    let said = read(&[], Some("listne = \"x\"\nallowed_targets = \"\"")).unwrap_err();
    assert_eq!(said, ["listne in the configuration file is not a setting; did you mean listen. Correct or remove it."]);
    let config =
        read(&[("BASEURL", "x"), ("ALLOWED_TARGETS", "x"), ("CONFIG", "x"), ("WHATEVER_ELSE", "x")], None).unwrap();
    assert_eq!(
        config.warnings,
        [
            "LATCHKEY_BASEURL is not a setting; did you mean LATCHKEY_BASE_URL; it is ignored.",
            "LATCHKEY_ALLOWED_TARGETS is a reserved name and does nothing yet.",
            "LATCHKEY_WHATEVER_ELSE is not a setting; it is ignored.",
        ]
    );
}

#[test]
fn a_broken_file_names_its_line_and_repeats_no_secret() {
    let said = read(&[], Some("log = \"info\"\nsecret_key = hunter2 oops")).unwrap_err();
    assert!(said[0].contains("line 2") && !said[0].contains("hunter2"), "{said:?}");
}

#[test]
fn debug_output_holds_no_password() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let config = read(
        &[("DATABASE_URL", "postgres://me:hunter2@db/x"), ("SMTP_URL", "smtp://me:hunter2@mail"), ("SECRET_KEY", key)],
        None,
    )
    .unwrap();
    let said = format!("{config:?}");
    assert!(!said.contains("hunter2") && !said.contains(key) && said.contains("redacted"), "{said}");
}
