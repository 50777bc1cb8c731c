//! Terminals of a test's own, without the protocol between: what the server does for them.

use crate::house::{House, Organization};
use domain::id::Kind;
use domain::qr::Code;
use domain::terminal::{Known, List, Manifest, judge};
use server::secret::{PlainSecret, Signs};
use server::service::actor::Actor;
use server::service::code;
use server::service::link::{self, LinkInput};
use server::service::terminal::journal::{self, Entry};
use server::service::terminal::list::{self, Delivered};
use server::service::terminal::scan::{self, Scan, Scanned};
use server::store::terminal::{self, TerminalRow};

impl House {
    /// A paired terminal at a door, without a trace in the log.
    pub(crate) async fn terminal(&self, organization: &Organization, door: &str) -> TerminalRow {
        let row = TerminalRow {
            id: self.app.clock.id(Kind::Terminal),
            organization_id: organization.id.clone(),
            door_id: door.to_owned(),
            name: format!("{} Reader", organization.marker),
            pairing_hash: None,
            pairing_expires_at: None,
            token_hash: Some(PlainSecret::new().hash().to_hex()),
            paired_at: Some(self.app.clock.now()),
            revoked_at: None,
            removed_at: None,
            software: "test".into(),
            relay: true,
            clock_offset_ms: None,
            last_seen_at: None,
            waiting: 0,
            list_version: 0,
            list_made_at: None,
            list_expires_at: None,
            version: 1,
            created_at: self.app.clock.now(),
        };
        let stored = row.clone();
        self.app.db.write(move |tx| terminal::insert(tx, &stored)).await.expect("a terminal");
        row
    }

    /// A link to a door with a code; the link and what the code shows.
    pub(crate) async fn coded(
        &self,
        organization: &Organization,
        door: &str,
        kind: &str,
        wish: impl FnOnce(&mut LinkInput),
    ) -> (String, String) {
        let mut typed = LinkInput {
            name: format!("{} Guest", organization.marker),
            doors: vec![door.to_owned()],
            zone: "Europe/Berlin".into(),
            qr: kind.into(),
            ..LinkInput::default()
        };
        wish(&mut typed);
        let link = link::create(&self.app, &Actor::operator(&organization.id), &typed).await.expect("a link");
        let text = self.shows(organization, &link).await;
        (link, text)
    }

    /// What a link's code shows now.
    pub(crate) async fn shows(&self, organization: &Organization, link: &str) -> String {
        let current = code::current(&self.app, &organization.id, link).await.expect("a read");
        current.expect("a code").text().to_owned()
    }

    /// A scan under a number.
    pub(crate) async fn scan(&self, terminal: &TerminalRow, sequence: i64, code: &str) -> Scanned {
        let scan = Scan {
            scan: format!("scan-{sequence:011}"),
            sequence,
            code: code.as_bytes().to_vec(),
            at: Some(self.app.clock.now()),
        };
        scan::scan(&self.app, terminal, scan).await.expect("an answer")
    }

    /// Uploads entries; the number up to which all is stored.
    pub(crate) async fn upload(&self, terminal: &TerminalRow, entries: Vec<Entry>) -> i64 {
        journal::upload(&self.app, terminal, entries).await.expect("an upload")
    }

    /// Brings a terminal its newest list, as one that has none.
    pub(crate) async fn list(&self, terminal: &TerminalRow) -> Held {
        let Delivered::Whole { manifest, list } = list::deliver(&self.app, terminal, None).await.expect("a list")
        else {
            panic!("whoever has nothing gets everything");
        };
        self.held(terminal, &manifest, list.into_bytes())
    }

    /// A list as a terminal takes it.
    pub(crate) fn held(&self, terminal: &TerminalRow, manifest: &str, bytes: Vec<u8>) -> Held {
        let key = self.app.keys.signing(&terminal.organization_id, Signs::Lists).verifying_key();
        let manifest = Manifest::open(manifest, &key).expect("the server's signature");
        manifest.admit(&terminal.id, 0, &bytes, self.app.clock.now()).expect("a list to be taken");
        Held { manifest, list: List::from_bytes(&bytes).expect("a list") }
    }

    /// Reads a terminal's row anew.
    pub(crate) async fn refreshed(&self, terminal: &TerminalRow) -> TerminalRow {
        let (owner, id) = (terminal.organization_id.clone(), terminal.id.clone());
        self.app.db.read(move |c| terminal::find(c, &owner, &id)).await.expect("a terminal")
    }

    /// Says that a terminal decides by a version, as its heartbeat would.
    pub(crate) async fn decides_by(&self, terminal: &TerminalRow, version: i64) {
        let (owner, id) = (terminal.organization_id.clone(), terminal.id.clone());
        let done = self.app.db.write(move |tx| {
            let mut row = terminal::find(tx.connection, &owner, &id)?;
            list::acknowledge(tx, &mut row, version)?;
            terminal::update(tx, &row)
        });
        done.await.expect("an acknowledgement");
    }
}

/// What a terminal decides by.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) manifest: Manifest,
    pub(crate) list: List,
}

impl Held {
    /// What a terminal with this list says about a code.
    pub(crate) fn judge(&self, code: &str, now: i64) -> domain::terminal::Judged {
        let code = Code::read(code.as_bytes()).expect("a code");
        let known = Known { manifest: &self.manifest, list: &self.list, now: Some(now), reachable: true };
        judge(known, &code, |_| false)
    }

    pub(crate) fn reason(&self, code: &str, now: i64) -> &'static str {
        self.judge(code, now).decision.reason.code()
    }
}

/// An entry for a scan that the terminal decided by itself.
pub(crate) fn off_line(house: &House, sequence: i64, credential: Option<&str>, kind: &str, granted: bool) -> Entry {
    Entry {
        sequence,
        scan: format!("scan-{sequence:011}"),
        at: house.app.clock.now() - 5_000,
        code: "c2hhMjU2".into(),
        kind: kind.into(),
        credential: credential.map(str::to_owned),
        decision: if granted { "grant" } else { "deny" }.into(),
        reason: if granted { "allowed" } else { "needs_network" }.into(),
        trace: if granted { "revoked=pass" } else { "needs_network=fail" }.into(),
        mode: "off_line".into(),
        list: 7,
        outcome: if granted { "opened" } else { "none" }.into(),
        ..Entry::default()
    }
}
