//! tower-sessions on our own store: ids kept hashed, ended sessions never brought back, idleness measured by us.

use super::admin::common::FLASH;
use crate::clock::Clock;
use crate::secret::HashedSecret;
use crate::store::Db;
use crate::store::session::{self, SessionRow};
use async_trait::async_trait;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use domain::id::Kind;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

/// Last-seen is written at most this often, milliseconds.
const TOUCH_MS: i64 = 60_000;

tokio::task_local! {
    /// Set while a request is served that a page makes by itself.
    static UNATTENDED: ();
}

tokio::task_local! {
    /// What the session of a request held when it was loaded.
    static LOADED: RefCell<Option<HashMap<String, Value>>>;
}

/// A change that was made must not be answered as a failure only because the sentence about it could not be kept.
pub async fn let_answers_stand(request: Request, next: Next) -> Response {
    LOADED.scope(RefCell::new(None), next.run(request)).await
}

/// Whether this differs from what was loaded in nothing but what the next page says once. Whatever else a session
/// holds, such as who signed in, has to be saved or the request fails.
fn differs_in_words_only(now: &HashMap<String, Value>) -> bool {
    let rest = |data: &HashMap<String, Value>| {
        let mut data = data.clone();
        data.remove(FLASH);
        data
    };
    LOADED.try_with(|loaded| loaded.borrow().as_ref().is_some_and(|loaded| rest(loaded) == rest(now))).unwrap_or(false)
}

/// A page that is open asks for its stream again and again; that nobody sits before it must still end the session.
pub async fn leave_idle(request: Request, next: Next) -> Response {
    if request.uri().path().ends_with("/stream") {
        return UNATTENDED.scope((), next.run(request)).await;
    }
    next.run(request).await
}

/// The name of the cookie that names a session; with `__Host-` no other host's cookie can take its place.
#[must_use]
pub(super) fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-latchkey" } else { "latchkey" }
}

/// The key under which a session holds the admin's id.
pub(super) const ADMIN: &str = "admin";

/// Sessions in our database.
#[derive(Clone, Debug)]
pub struct Sessions {
    db: Db,
    clock: Clock,
    idle_ms: i64,
    absolute_ms: i64,
}

impl Sessions {
    /// Sessions that end after so long without use, and after so long in all (milliseconds).
    #[must_use]
    pub fn new(db: Db, clock: Clock, idle_ms: i64, absolute_ms: i64) -> Self {
        Self { db, clock, idle_ms, absolute_ms }
    }
}

/// What stands in the database for a cookie's id.
#[must_use]
pub fn hash(id: &Id) -> String {
    HashedSecret::of(&id.to_string()).to_hex()
}

fn backend(cause: crate::error::Error) -> Error {
    Error::Backend(format!("{cause:?}"))
}

fn encode(record: &Record) -> Result<(String, Option<String>)> {
    let data = serde_json::to_string(&record.data).map_err(|cause| Error::Encode(cause.to_string()))?;
    let admin = record.data.get(ADMIN).and_then(|value| value.as_str()).map(str::to_owned);
    Ok((data, admin))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // A session that begins anew in the place of another still carries that one's id, which somebody may know.
        record.id = Id::default();
        let (data, admin_id) = encode(record)?;
        let (id_hash, public_id, absolute) = (hash(&record.id), self.clock.id(Kind::Session), self.absolute_ms);
        let create = move |tx: &mut crate::store::writer::Tx<'_>| {
            let row = SessionRow {
                id_hash: id_hash.clone(),
                public_id: public_id.clone(),
                admin_id: admin_id.clone(),
                data: data.clone(),
                address_prefix: String::new(),
                user_agent: String::new(),
                created_at: tx.now,
                last_seen_at: tx.now,
                expires_at: tx.now + absolute,
            };
            session::insert(tx, &row)
        };
        // Ids have 128 random bits: a collision is refused by the key and never overwrites anybody.
        self.db.write(create).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, admin) = encode(record)?;
        let id_hash = hash(&record.id);
        let saved = self.db.write(move |tx| session::update(tx, &id_hash, &data, admin.as_deref())).await;
        match saved {
            // Ended meanwhile, perhaps by the admin on another device: it stays ended.
            Err(crate::error::Error::NotFound) => Ok(()),
            Err(cause) if differs_in_words_only(&record.data) => {
                tracing::warn!(?cause, "what was done could not be kept for the next page to say");
                Ok(())
            }
            other => other.map_err(backend),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (id_hash, now, idle) = (hash(id), self.clock.now(), self.idle_ms);
        let key = id_hash.clone();
        let row = self.db.read(move |c| session::find(c, &key, now, idle)).await.map_err(backend)?;
        let Some(row) = row else { return Ok(None) };
        let attended = UNATTENDED.try_with(|()| ()).is_err();
        if attended && now - row.last_seen_at > TOUCH_MS {
            // On a full disk the log must still be read.
            if let Err(cause) = self.db.write(move |tx| session::touch(tx, &id_hash)).await {
                tracing::warn!(?cause, "a session's last use could not be noted");
            }
        }
        let data: HashMap<String, Value> =
            serde_json::from_str(&row.data).map_err(|cause| Error::Decode(cause.to_string()))?;
        // Outside of a request there is nothing to compare with later.
        let _ = LOADED.try_with(|loaded| loaded.replace(Some(data.clone())));
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000)
            .map_err(|cause| Error::Decode(cause.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let id_hash = hash(id);
        self.db.write(move |tx| session::end(tx, &id_hash)).await.map_err(backend)
    }
}
