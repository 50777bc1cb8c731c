//! What a terminal does without a network among 10,000 codes, and the list of them.

use super::shared::Failed;
use super::{CALLERS, terminal};
use domain::id::Kind;
use domain::qr::{Code, Flags, Offline, Online, audience};
use domain::terminal::{Known, List, Manifest, judge};
use server::app::App;
use server::secret::{PlainSecret, Signs};
use server::service::terminal::list::{self, Delivered};
use server::store::code::{self, CodeRow, Settings};
use server::store::link::{Grants, LinkRow};
use std::time::{Duration, Instant};

/// Codes in the list.
const LISTED: usize = 10_000;

/// What was measured.
pub(crate) struct Listed {
    /// 99 of 100 decisions took at most so long, milliseconds.
    pub(crate) decision_p99_ms: f64,
    /// The list as it is sent.
    pub(crate) bytes: usize,
    /// Making and packing it, milliseconds.
    pub(crate) made_ms: f64,
}

/// Puts 10,000 codes into the list, fetches it as a terminal that has none, and decides about each of them by it.
pub(crate) async fn listed(app: &App, organization: &str, door: &str) -> Result<Listed, Failed> {
    let mut texts = Vec::with_capacity(LISTED + LISTED / 4);
    for _ in 0..LISTED / 500 {
        let some: Vec<Online> = (0..500).map(|_| Online(server::clock::random())).collect();
        texts.extend(some.iter().map(Online::text));
        let (owner, door) = (organization.to_owned(), door.to_owned());
        app.db
            .write(move |tx| {
                for online in &some {
                    let link = row(tx.clock.id(Kind::Link), &owner, tx.now);
                    let grants = Grants { doors: vec![door.clone()], ..Grants::default() };
                    server::store::link::insert(tx, &link, &grants)?;
                    let kind = Some(domain::qr::Kind::Online);
                    code::put_settings(tx, &owner, &link.id, Settings { kind, web: true, off_line: true })?;
                    code::insert(tx, &code_row(tx.clock.id(Kind::Code), &link, online, tx.now))?;
                }
                Ok(())
            })
            .await?;
    }
    let terminal = terminal(app, organization, door, CALLERS).await?;
    let begun = Instant::now();
    let Delivered::Whole { manifest, list } = list::deliver(app, &terminal, None).await? else {
        return Err("no list".into());
    };
    let sent = serde_json::to_vec(&serde_json::json!({ "manifest": manifest, "list": list }))?;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &sent)?;
    let bytes = packed.finish()?.len();
    let made_ms = millis(begun.elapsed());
    let key = app.keys.signing(organization, Signs::Lists).verifying_key();
    let manifest = Manifest::open(&manifest, &key)?;
    let list = List::from_bytes(list.as_bytes())?;
    let signer = app.keys.signing(organization, Signs::Offline(1));
    for _ in 0..LISTED / 4 {
        let unsigned = Offline {
            key: 1,
            audience: audience(organization),
            id: server::clock::random(),
            flags: Flags::default(),
            not_before: 0,
            not_after: u32::MAX,
            scopes: vec![list.door.scope],
            signature: [0; 64],
        };
        texts.push(unsigned.sign(&signer)?.text());
    }
    let now = app.clock.now();
    let mut took = Vec::with_capacity(texts.len());
    for text in &texts {
        let begun = Instant::now();
        let code = Code::read(text.as_bytes())?;
        let known = Known { manifest: &manifest, list: &list, now: Some(now), reachable: true };
        let judged = judge(known, &code, |_| false);
        took.push(begun.elapsed());
        if !judged.decision.granted() {
            return Err(format!("a listed code was refused: {:?}", judged.decision.reason).into());
        }
    }
    took.sort_unstable();
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Listed { decision_p99_ms: millis(p99), bytes, made_ms })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn row(id: String, organization: &str, now: i64) -> LinkRow {
    let secret = PlainSecret::new();
    LinkRow {
        id,
        organization_id: organization.to_owned(),
        name: "Somebody".into(),
        email: String::new(),
        phone: String::new(),
        company: String::new(),
        host_name: String::new(),
        host_contact: String::new(),
        note: String::new(),
        external_id: String::new(),
        language: String::new(),
        valid_from: now - 1_000,
        valid_until: Some(now + 86_400_000),
        max_uses: None,
        uses: 0,
        cooldown_ms: 0,
        paused_at: None,
        revoked_at: None,
        secret_hash: secret.hash().to_hex(),
        secret_sealed: Vec::new(),
        secret_version: 1,
        first_opened_at: None,
        version: 1,
        created_at: now,
        notify_host: false,
        reminded_at: None,
        arrived_at: None,
        last_used_at: None,
        name_key: "somebody".into(),
    }
}

fn code_row(id: String, link: &LinkRow, online: &Online, now: i64) -> CodeRow {
    CodeRow {
        id,
        organization_id: link.organization_id.clone(),
        link_id: link.id.clone(),
        kind: "online".into(),
        lookup: List::code_name(&online.hash()),
        sealed: None,
        not_before: None,
        not_after: None,
        last_step: -1,
        created_at: now,
        retired_at: None,
    }
}
