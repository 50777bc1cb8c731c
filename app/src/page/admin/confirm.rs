//! Before something is destroyed: what goes, what stays, and the way back.

use leptos::prelude::*;

use super::{Chrome, WayBack};
use crate::shell::{self, Islands};
use crate::ui;

/// A question with its consequences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The question: *Revoke Ada Keller's link?*
    pub title: String,
    /// What it destroys and what stays, a sentence each.
    pub consequences: Vec<String>,
    /// Why it cannot be done; then there is no button.
    pub refused: Option<String>,
    /// Where it posts to.
    pub action: String,
    /// The button: *Revoke*.
    pub button: String,
    /// The version of the object, for stale forms.
    pub version: i64,
    /// The way back.
    pub back: WayBack,
}

impl Model {
    /// Removing a place; refused while it has doors.
    #[must_use]
    pub fn remove_place(id: &str, name: &str, doors: i64, version: i64) -> Self {
        let refused = (doors > 0)
            .then(|| format!("This place still has {}. Move or remove them first.", ui::count(doors, "door", "doors")));
        Self {
            title: format!("Remove {name}?"),
            consequences: vec![
                "The place disappears from every list. It has no doors, so nothing stops opening.".into(),
                "Its events stay in the event log.".into(),
            ],
            refused,
            action: format!("/places/{id}/remove"),
            button: "Remove place".into(),
            version,
            back: WayBack::new(format!("/places/{id}"), "Keep it"),
        }
    }

    /// Removing a door; `links` that are not over open it.
    #[must_use]
    pub fn remove_door(id: &str, name: &str, place: &str, links: i64, version: i64) -> Self {
        let ends = match links {
            0 => "No link that still works opens it.".to_owned(),
            1 => "One link that still works opens it and will no longer do so.".to_owned(),
            links => format!("{links} links that still work open it and will no longer do so."),
        };
        Self {
            title: format!("Remove {name}?"),
            consequences: vec![
                format!("Latchkey no longer opens {name} at {place}, for anybody."),
                ends,
                "Its events stay in the event log. This cannot be undone.".into(),
            ],
            refused: None,
            action: format!("/doors/{id}/remove"),
            button: "Remove door".into(),
            version,
            back: WayBack::new(format!("/doors/{id}"), "Keep it"),
        }
    }

    /// Removing a group, by which `links` that are not revoked open its `doors`.
    #[must_use]
    pub fn remove_group(id: &str, name: &str, doors: &[String], links: i64, version: i64) -> Self {
        let doors = if doors.is_empty() { "no door".to_owned() } else { ui::list(doors) };
        let ends = match links {
            0 => "No access link uses it.".to_owned(),
            1 => format!(
                "One access link uses it and loses this way to {doors}. What the link names itself it still opens."
            ),
            links => {
                format!(
                    "{links} access links use it and lose this way to {doors}. What they name themselves they still open."
                )
            }
        };
        Self {
            title: format!("Remove {name}?"),
            consequences: vec![
                ends,
                "The doors themselves stay.".into(),
                "Its events stay in the event log. This cannot be undone.".into(),
            ],
            refused: None,
            action: format!("/groups/{id}/remove"),
            button: "Remove group".into(),
            version,
            back: WayBack::new(format!("/groups/{id}"), "Keep it"),
        }
    }

    /// Erasing the person that a link was made for; `alive` while it still opens something, or will.
    #[must_use]
    pub fn erase_link(id: &str, name: &str, alive: bool, version: i64) -> Self {
        let mut consequences = vec![
            "Destroyed: name, e-mail, phone, company, host, note and external id of the link.".to_owned(),
            "Destroyed: name, network and browser beside each of its events, the addresses its messages went to, and mails and text messages kept on this server.".to_owned(),
            "Kept: that a link existed, which doors it opened and when, without telling whose it was. The event log still verifies.".to_owned(),
            "Copies elsewhere are yours to find: backups, exports, mails that were sent.".to_owned(),
            "This cannot be undone by anybody.".to_owned(),
        ];
        if alive {
            consequences.insert(0, "The link is revoked: it opens nothing any more.".to_owned());
        }
        Self {
            title: format!("Erase {name}?"),
            consequences,
            refused: None,
            action: format!("/links/{id}/erase"),
            button: "Erase this person".into(),
            version,
            back: WayBack::new(format!("/links/{id}"), "Keep everything"),
        }
    }

    /// Erasing an admin who left; refused while they may still sign in.
    #[must_use]
    pub fn erase_admin(id: &str, name: &str, refused: Option<String>) -> Self {
        Self {
            title: format!("Erase {name}?"),
            consequences: vec![
                "Destroyed: their name and address, how they signed in, and network and browser beside everything they did here.".into(),
                "Kept: what was done, without telling by whom. The event log still verifies.".into(),
                "Copies elsewhere are yours to find: backups, exports, mails that were sent.".into(),
                "This cannot be undone by anybody.".into(),
            ],
            refused,
            action: format!("/admins/{id}/erase"),
            button: "Erase this person".into(),
            version: 0,
            back: WayBack::new("/admins", "Keep everything"),
        }
    }

    /// Removing a schedule; `refused` says whom it still binds.
    #[must_use]
    pub fn remove_schedule(id: &str, name: &str, refused: Option<String>, version: i64) -> Self {
        Self {
            title: format!("Remove {name}?"),
            consequences: vec![
                "No door and no group has these hours, so nothing opens more or less than before.".into(),
                "Its week and its exceptions are gone. Its events stay in the event log.".into(),
            ],
            refused,
            action: format!("/schedules/{id}/remove"),
            button: "Remove schedule".into(),
            version,
            back: WayBack::new(format!("/schedules/{id}"), "Keep it"),
        }
    }

    /// Ending a terminal at a door, which opens by its relay or not; `list`: until when its list opens.
    #[must_use]
    pub fn revoke_terminal(
        id: &str,
        name: &str,
        (door, opens): (&str, bool),
        list: Option<String>,
        version: i64,
    ) -> Self {
        let mut consequences =
            vec!["It opens nothing more, and forgets token, list and journal, as soon as it hears of it.".to_owned()];
        consequences.extend(list.map(|until| {
            format!("While it does not hear of it, it goes on opening by its list, until {until} at the latest.")
        }));
        if opens {
            consequences.push(format!(
                "{door} opens by its relay, so access links cannot open {door} until it has another driver."
            ));
        }
        consequences.push(
            "It cannot be switched on again: its device becomes another terminal. What it read stays in the event log."
                .into(),
        );
        Self {
            title: format!("Revoke {name}?"),
            consequences,
            refused: None,
            action: format!("/terminals/{id}/revoke"),
            button: "Revoke terminal".into(),
            version,
            back: WayBack::new(format!("/terminals/{id}"), "Keep it"),
        }
    }

    /// Taking a terminal off every list, with so many entries of its journal that are not here yet.
    #[must_use]
    pub fn remove_terminal(
        id: &str,
        name: &str,
        at: (&str, bool),
        (list, waiting): (Option<String>, i64),
        version: i64,
    ) -> Self {
        let mut consequences = vec!["It disappears from every list, and is revoked if it was not before.".to_owned()];
        if waiting > 0 {
            let entries = ui::count(waiting, "scan is", "scans are");
            consequences.push(format!(
                "{entries} not in the event log yet, and will never be. Wait until it was on line again to keep them."
            ));
        }
        let revoked = Self::revoke_terminal(id, name, at, list, version);
        consequences.extend(revoked.consequences.into_iter().skip(1));
        Self {
            title: format!("Remove {name}?"),
            consequences,
            action: format!("/terminals/{id}/remove"),
            button: "Remove terminal".into(),
            ..revoked
        }
    }

    /// Removing an admin with so many live sessions and open invitations.
    #[must_use]
    pub fn remove_admin(id: &str, name: &str, sessions: i64, invited: i64, refused: Option<String>) -> Self {
        let ends = match sessions {
            0 => "They are not signed in anywhere.".to_owned(),
            one_or_more => {
                format!("They are signed out at once: {}.", ui::count(one_or_more, "session ends", "sessions end"))
            }
        };
        let invitations = (invited > 0).then(|| {
            format!("{} they sent and nobody used yet, taken back.", ui::count(invited, "invitation", "invitations"))
        });
        let mut consequences =
            vec![format!("{name} can no longer sign in, look at anything or open any door here."), ends];
        consequences.extend(invitations);
        consequences.push("The links they made go on working, and what they did stays in the event log.".into());
        Self {
            title: format!("Remove {name}?"),
            consequences,
            refused,
            action: format!("/admins/{id}/remove"),
            button: "Remove admin".into(),
            version: 0,
            back: WayBack::new(format!("/admins/{id}"), "Keep them"),
        }
    }

    /// Taking one's authenticator app away; `others` says what is left.
    #[must_use]
    pub fn remove_app(others: bool) -> Self {
        Self::remove_factor(
            "Remove your authenticator app?".into(),
            "Its codes work no more. Delete the entry in the app too, so that nobody wonders.",
            others,
            "/account/totp/remove".into(),
            "Remove app",
        )
    }

    /// Taking a passkey away; `others` says whether any other factor is left.
    #[must_use]
    pub fn remove_passkey(id: &str, name: &str, others: bool) -> Self {
        Self::remove_factor(
            format!("Remove the passkey {name}?"),
            "It no longer signs you in here. Delete it on the device too, so that it is not offered there.",
            others,
            format!("/account/passkeys/{id}/remove"),
            "Remove passkey",
        )
    }

    fn remove_factor(title: String, gone: &str, others: bool, action: String, button: &str) -> Self {
        let left = if others {
            "Your other second factor and your recovery codes go on working."
        } else {
            "It is your last second factor: your recovery codes go with it, and your password alone signs you in."
        };
        Self {
            title,
            consequences: vec![gone.into(), left.into()],
            refused: None,
            action,
            button: button.into(),
            version: 0,
            back: WayBack::new("/account/second-factor", "Keep it"),
        }
    }

    /// Revoking a link, which opens `doors`.
    #[must_use]
    pub fn revoke_link(id: &str, name: &str, doors: &[String], version: i64) -> Self {
        let opens = if doors.is_empty() { "any door".to_owned() } else { ui::list(doors) };
        Self {
            title: format!("Revoke the link of {name}?"),
            consequences: vec![
                format!("It stops opening {opens} at once, on every phone it was opened on."),
                "It cannot be switched on again. To stop it for a while, pause it instead.".into(),
                "What happened with it stays in the event log.".into(),
            ],
            refused: None,
            action: format!("/links/{id}/revoke"),
            button: "Revoke link".into(),
            version,
            back: WayBack::new(format!("/links/{id}"), "Keep it"),
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let title = model.title.clone();
    let back = view! { <a class="btn" href=model.back.href.clone()>{model.back.label.clone()}</a> }.into_any();
    let inside = if let Some(refused) = model.refused {
        view! { {ui::form_error(Some(refused))} <p class="row">{back}</p> }.into_any()
    } else {
        let sentences = model.consequences.into_iter().map(|said| view! { <li>{said}</li> }).collect_view();
        let buttons = view! {
            {ui::version(model.version)}
            <button class="btn danger solid">{model.button}</button>
            {back}
        };
        view! {
            <ul class="consequences">{sentences}</ul>
            {ui::form(model.action, &chrome.form_token, "row", buttons.into_any())}
        }
        .into_any()
    };
    let body = view! { <div class="problem"><h1>{model.title}</h1>{inside}</div> };
    shell::admin(chrome, &title, Islands::None, body.into_any())
}
