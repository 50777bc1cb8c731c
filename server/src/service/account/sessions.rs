//! How sessions end.

use crate::app::App;
use crate::error::Result;
use crate::service::actor::Actor;
use crate::store::session;

/// Ends one of the actor's sessions.
///
/// # Errors
/// `NotFound`; those of the store.
pub async fn end_session(app: &App, actor: &Actor, public_id: &str) -> Result<()> {
    let (actor, public_id) = (actor.clone(), public_id.to_owned());
    app.db
        .write(move |tx| {
            session::end_of_admin(tx, &actor.id, &public_id)?;
            tx.record(actor.event(tx.clock, tx.now, "admin.session_ended", &actor.id));
            Ok(())
        })
        .await
}

/// Ends all of the actor's sessions but the one in use; says how many.
///
/// # Errors
/// Those of the store.
pub async fn end_other_sessions(app: &App, actor: &Actor, keep: &str) -> Result<usize> {
    let (actor, keep) = (actor.clone(), keep.to_owned());
    app.db
        .write(move |tx| {
            let ended = session::end_others(tx, &actor.id, &keep)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.session_ended", &actor.id);
            event.detail.insert("sessions_ended".into(), ended.to_string());
            tx.record(event);
            Ok(ended)
        })
        .await
}

/// Records that an admin signed out.
///
/// # Errors
/// Those of the store.
pub async fn signed_out(app: &App, actor: &Actor) -> Result<()> {
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            tx.record(actor.event(tx.clock, tx.now, "admin.sign_out", &actor.id));
            Ok(())
        })
        .await
}
