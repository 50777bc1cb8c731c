//! The demo's people: colleagues in every role, one of them with an authenticator app, and one who is still invited.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::PlainSecret;
use crate::service::actor::Actor;
use crate::service::factor;
use crate::service::invitation::{self, InviteInput, JoinInput};
use domain::role::Role;
use std::collections::BTreeMap;

/// Invites them, and lets them join.
///
/// # Errors
/// Those of the services.
pub(super) async fn join(app: &App, maya: &Actor) -> Result<()> {
    for (name, email, role) in [
        ("Jonas Weber", "jonas@northwind.example", Role::Administrator),
        ("Samira Haddad", "samira@northwind.example", Role::AccessManager),
        ("Piet Vos", "piet@northwind.example", Role::Observer),
    ] {
        let id = invite(app, maya, name, email, role).await?;
        let (owner, wanted) = (maya.organization.clone(), id);
        let row = app.db.read(move |c| crate::store::invitation::find(c, &owner, &wanted)).await?;
        let address = invitation::address(app, &row)?;
        let opened = invitation::open(app, address.rsplit('/').next().unwrap_or_default()).await?;
        // Nobody signs in as them; a password that nobody knows is the safest.
        let typed = JoinInput { name: name.into(), password: PlainSecret::new().expose().to_owned() };
        let joined = invitation::join(app, &opened, &BTreeMap::new(), &typed).await?;
        if role == Role::Administrator {
            let actor = Actor { id: joined, role, ..maya.clone() };
            let new = factor::new_app(app, &actor.id);
            let code = new.seed.code(app.clock.now() / 30_000);
            factor::set_up_app(app, &actor, &new, &code).await?;
        }
    }
    Ok(())
}

/// Somebody whose invitation is still open today.
///
/// # Errors
/// Those of the services.
pub(super) async fn expect(app: &App, maya: &Actor) -> Result<()> {
    invite(app, maya, "Lena Brandt", "lena@northwind.example", Role::AccessManager).await.map(|_| ())
}

/// Without a mail: the demo writes to nobody.
async fn invite(app: &App, maya: &Actor, name: &str, email: &str, role: Role) -> Result<String, Error> {
    let typed = InviteInput { name: name.into(), email: email.into(), role: role.code().into(), mail: false };
    invitation::invite(app, maya, &typed).await
}
