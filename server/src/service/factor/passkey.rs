//! Passkeys (WebAuthn Level 3) by `webauthn-rs`. Browsers give them to named hosts over https only, and to localhost.

use super::{Method, Purpose, after_removal, codes, first_codes};
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::HashedSecret;
use crate::service::actor::Actor;
use crate::store::admin::AdminRow;
use crate::store::factor::{self as store, PasskeyRow};
use crate::store::throttle;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::event::Outcome;
use domain::id::Kind;
use domain::input;
use webauthn_rs::prelude::{
    CredentialID, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

/// How often a question may be answered well. A session forgets it with the first answer; a day is far longer than two
/// requests run side by side.
const ONCE: throttle::Limit = throttle::Limit { failures: 1, window_ms: 86_400_000 };

/// A conversation with a browser's authenticator.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What the browser is asked, JSON.
    pub options: String,
    /// What the server must remember until the answer, JSON.
    pub state: String,
}

/// This server as passkeys know it; none where browsers would refuse.
fn relying_party(app: &App) -> Option<Webauthn> {
    let address = Url::parse(app.base_url()).ok()?;
    let host = address.domain()?.to_owned();
    let secure = address.scheme() == "https" || host == "localhost" || host.ends_with(".localhost");
    if !secure {
        return None;
    }
    WebauthnBuilder::new(&host, &address).ok()?.rp_name("Latchkey").build().ok()
}

/// Whether browsers give passkeys to this server under the address it has.
#[must_use]
pub fn available(app: &App) -> bool {
    relying_party(app).is_some()
}

fn refused(cause: &dyn std::fmt::Display) -> Error {
    tracing::info!(%cause, "a passkey was not accepted");
    Error::Refused("The passkey was not accepted. Please try again.".into())
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|cause| Error::Unavailable(cause.to_string()))
}

fn unavailable() -> Error {
    Error::Refused("Passkeys need https and a host with a name. Ask whoever runs this server.".into())
}

fn of(row: &PasskeyRow) -> Option<Passkey> {
    serde_json::from_str(&row.data).ok()
}

/// The admin's handle in authenticators: the same each time, and telling nothing.
fn handle(admin: &str) -> Uuid {
    let hash = HashedSecret::of(&format!("passkey:{admin}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(hash.as_bytes().split_at(16).0);
    Uuid::from_bytes(bytes)
}

/// Begins to add a passkey.
///
/// # Errors
/// `Refused` where browsers give none; those of the store.
pub async fn begin_adding(app: &App, admin: &AdminRow) -> Result<Begun> {
    let server = relying_party(app).ok_or_else(unavailable)?;
    let id = admin.id.clone();
    let known = app.db.read(move |c| store::passkeys_of(c, &id)).await?;
    let known: Vec<CredentialID> = known.iter().filter_map(of).map(|passkey| passkey.cred_id().clone()).collect();
    let (options, state) = server
        .start_passkey_registration(handle(&admin.id), &admin.email, &admin.name, Some(known))
        .map_err(|cause| Error::Unavailable(cause.to_string()))?;
    Ok(Begun { options: json(&options)?, state: json(&state)? })
}

/// Adds a passkey by what the browser answered. Gives recovery codes where there were none.
///
/// # Errors
/// `Fields`; `Refused` when the answer does not fit; those of the store.
pub async fn add(app: &App, actor: &Actor, name: &str, answer: &str, state: &str) -> Result<Option<Vec<String>>> {
    let name = input::line(name, 60).map_err(|refused| Error::field("name", refused))?;
    let server = relying_party(app).ok_or_else(unavailable)?;
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|cause| refused(&cause))?;
    let state: PasskeyRegistration = serde_json::from_str(state).map_err(|cause| refused(&cause))?;
    let passkey = server.finish_passkey_registration(&answer, &state).map_err(|cause| refused(&cause))?;
    let (credential_id, data) = (URL_SAFE_NO_PAD.encode(passkey.cred_id().as_slice()), json(&passkey)?);
    let (actor, id, fresh) = (actor.clone(), app.clock.id(Kind::Passkey), codes::draw());
    app.db
        .write(move |tx| {
            let row = PasskeyRow {
                id: id.clone(),
                admin_id: actor.id.clone(),
                credential_id: credential_id.clone(),
                name: name.clone(),
                data: data.clone(),
                created_at: tx.now,
                last_used_at: None,
            };
            store::insert_passkey(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "factor.added", &actor.id);
            event.detail.insert("factor".into(), "passkey".into());
            event.detail.insert("passkey".into(), id.clone());
            tx.record(event);
            first_codes(tx, &actor, &fresh)
        })
        .await
}

/// Takes a passkey away. Says what it was called.
///
/// # Errors
/// `NotFound`; `Refused` when it is the last factor and one is required; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let row = store::passkey(tx.connection, &actor.id, &id)?;
            store::remove_passkey(tx, &actor.id, &id)?;
            after_removal(tx, &actor, "passkey")?;
            Ok(row.name)
        })
        .await
}

/// Begins to ask for one of an admin's passkeys; nothing when they have none, or browsers would give none.
///
/// # Errors
/// Those of the store.
pub async fn begin_asking(app: &App, admin: &str) -> Result<Option<Begun>> {
    let Some(server) = relying_party(app) else { return Ok(None) };
    let id = admin.to_owned();
    let known: Vec<Passkey> = app.db.read(move |c| store::passkeys_of(c, &id)).await?.iter().filter_map(of).collect();
    if known.is_empty() {
        return Ok(None);
    }
    let (options, state) =
        server.start_passkey_authentication(&known).map_err(|cause| Error::Unavailable(cause.to_string()))?;
    Ok(Some(Begun { options: json(&options)?, state: json(&state)? }))
}

/// Checks what the browser answered.
///
/// # Errors
/// `Refused` when it does not fit; those of the store.
pub async fn check(app: &App, actor: &Actor, answer: &str, state: &str, purpose: Purpose) -> Result<Method> {
    let (used, wrong) = match used(app, actor, answer, state).await {
        Ok(used) => (Some(used), None),
        Err(wrong @ Error::Refused(_)) => (None, Some(wrong)),
        Err(other) => return Err(other),
    };
    if note(app, actor, used, state, purpose).await? {
        return Ok(Method::Passkey);
    }
    Err(wrong.unwrap_or_else(|| refused(&"this answer was used already")))
}

/// The passkey that an answer proves, as it is from now on.
async fn used(app: &App, actor: &Actor, answer: &str, state: &str) -> Result<PasskeyRow> {
    let server = relying_party(app).ok_or_else(unavailable)?;
    let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|cause| refused(&cause))?;
    let state: PasskeyAuthentication = serde_json::from_str(state).map_err(|cause| refused(&cause))?;
    let result = server.finish_passkey_authentication(&answer, &state).map_err(|cause| refused(&cause))?;
    let id = actor.id.clone();
    for row in app.db.read(move |c| store::passkeys_of(c, &id)).await? {
        let Some(mut passkey) = of(&row) else { continue };
        if passkey.update_credential(&result).is_some() {
            return Ok(PasskeyRow { data: json(&passkey)?, ..row });
        }
    }
    Err(refused(&"it was removed meanwhile"))
}

/// Writes down how it went; says whether it went well. An answer is good once, also when it comes twice at the same
/// moment and each request still finds the question in its session.
async fn note(app: &App, actor: &Actor, used: Option<PasskeyRow>, state: &str, purpose: Purpose) -> Result<bool> {
    let (actor, question) = (actor.clone(), format!("passkey:{}", HashedSecret::of(state).to_hex()));
    app.db
        .write(move |tx| {
            let mut event = actor.event(tx.clock, tx.now, purpose.action(), &actor.id);
            event.detail.insert("method".into(), Method::Passkey.code().into());
            let fresh = throttle::wait(tx.connection, &question, ONCE, tx.now)?.is_none();
            let good = used.as_ref().filter(|_| fresh);
            match good {
                Some(row) => {
                    throttle::count(tx, &question, ONCE)?;
                    store::used_passkey(tx, &actor.id, &row.id, &row.data)?;
                }
                None => event.outcome = Outcome::Failed,
            }
            tx.record(event);
            Ok(good.is_some())
        })
        .await
}
