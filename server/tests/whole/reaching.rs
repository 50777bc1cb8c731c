//! The way out to addresses that admins choose.

use crate::relay::Relay;
use async_trait::async_trait;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use server::net::exchange::{self, Lost};
use server::net::{Failure, Net, Resolve, Target, Trust};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers with the next set of addresses each time it is asked, and with the last one for ever.
#[derive(Debug)]
struct Turning(Vec<Vec<&'static str>>, AtomicUsize);

#[async_trait]
impl Resolve for Turning {
    async fn resolve(&self, _host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        let turn = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Ok(self.0[turn].iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), port)).collect())
    }
}

fn net(allowed: &[&str], answers: Vec<Vec<&'static str>>) -> Net {
    let allowed: Vec<ipnet::IpNet> = allowed.iter().map(|net| net.parse().unwrap()).collect();
    Net::with(&allowed, Arc::new(Turning(answers, AtomicUsize::new(0))))
}

fn to(host: &str, port: u16) -> Target {
    Target { host: host.into(), port, tls: None }
}

#[tokio::test]
async fn a_name_that_turns_inward_leads_nowhere() {
    let relay = Relay::open().await;
    // Looked at once, connected once: the second answer, for this very machine, is looked at as well.
    let turning =
        net(&[], vec![vec!["192.0.2.1"], vec!["127.0.0.1"], vec!["::ffff:127.0.0.1"], vec!["64:ff9b::7f00:1"]]);
    for kind in ["a reserved address", "a loopback address", "a loopback address", "a loopback address"] {
        let Err(Failure::Forbidden(said)) = turning.connect(&to("door.example", relay.port)).await.map(drop) else {
            panic!("it was connected to");
        };
        assert!(said.contains(kind) && said.contains("LATCHKEY_ALLOWED_TARGETS"), "{said}");
    }
    assert!(relay.asked().is_empty());
}

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_looked_at() {
    let relay = Relay::open().await;
    // The one resolution is all there is; were the name looked up again, it would be somewhere else.
    let once = net(&["127.0.0.1/32"], vec![vec!["127.0.0.1"], vec!["192.0.2.1"]]);
    assert!(once.connect(&to("door.example", relay.port)).await.is_ok());
    // Of several addresses only those are tried that may be.
    let mixed = net(&["127.0.0.1/32"], vec![vec!["10.0.0.1", "fe80::1", "127.0.0.1"]]);
    assert!(mixed.connect(&to("door.example", relay.port)).await.is_ok());
    let none = net(&["127.0.0.2/32"], vec![vec!["10.0.0.1", "127.0.0.1"]]);
    assert!(matches!(none.connect(&to("door.example", relay.port)).await.map(drop), Err(Failure::Forbidden(_))));
}

#[tokio::test]
async fn an_address_is_judged_as_what_it_is_however_it_is_spelt() {
    let relay = Relay::open().await;
    let strict = Net::new(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "0",
        "::",
    ] {
        let said = strict.forbids_literal(host).unwrap_or_else(|| panic!("{host} went through"));
        assert!(said.contains("LATCHKEY_ALLOWED_TARGETS"), "{said}");
        // And where a form would not have noticed, the connection does.
        assert!(strict.connect(&to(host, relay.port)).await.is_err(), "{host}");
    }
    assert!(relay.asked().is_empty());
    for host in ["1.1.1.1", "door.example", "2606:4700:4700::1111"] {
        assert_eq!(strict.forbids_literal(host), None);
    }
    let open = Net::new(&["127.0.0.0/8".parse().unwrap()]);
    assert_eq!(open.forbids_literal("0x7f.1"), None);
    assert!(open.connect(&to("127.1", relay.port)).await.is_ok());
}

#[tokio::test]
async fn who_is_not_there_is_said_to_be_so() {
    let net = Net::new(&["127.0.0.0/8".parse().unwrap()]);
    let relay = Relay::open().await;
    let port = relay.port;
    relay.close().await;
    let Err(Failure::Unreachable(said)) = net.connect(&to("127.0.0.1", port)).await.map(drop) else {
        panic!("somebody answered");
    };
    assert_eq!(said, format!("127.0.0.1:{port} refused the connection."));
    let Err(Failure::Unreachable(said)) = net.connect(&to("no-such-name.invalid", 80)).await.map(drop) else {
        panic!("it has an address");
    };
    assert!(said.contains("no-such-name.invalid"), "{said}");
}

#[tokio::test]
async fn a_certificate_is_trusted_when_it_was_named_and_not_otherwise() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["relay.local".into()]).unwrap();
    let other = generate_simple_self_signed(vec!["relay.local".into()]).unwrap();
    let key = tokio_rustls::rustls::pki_types::PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream.write_all(b"HTTP/1.1 204 So\r\n\r\n").await;
                let _ = stream.shutdown().await;
            });
        }
    });
    let net = Net::new(&["127.0.0.0/8".parse().unwrap()]);
    for (trust, good) in [(Trust::Public, false), (Trust::of(&other.cert.pem()), false), (Trust::of(&cert.pem()), true)]
    {
        let target = Target { host: "127.0.0.1".into(), port, tls: Some(trust) };
        let request = axum::http::Request::get("/").header("host", "x").body(axum::body::Body::empty()).unwrap();
        match exchange::send(&net, &target, request).await {
            Ok(response) => assert!(good && response.status == 204),
            Err(Lost::Before(Failure::Unreachable(said))) => assert!(!good && said.contains("not trusted"), "{said}"),
            Err(lost) => panic!("{lost:?}"),
        }
    }
}
