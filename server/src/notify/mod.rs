//! What goes out to people: mail with a calendar file and text messages, by way of the outbox.

mod account;
pub mod calendar;
mod compose;
pub mod mail;
pub mod outbox;
pub mod sms;
pub mod smtp;

pub(crate) use compose::dress;

use mail::Delivery;
use std::path::Path;

/// The whole chain of causes, on one line. One that the cause above has said already is not said again.
fn said(cause: &dyn std::error::Error) -> String {
    let mut text = cause.to_string();
    let mut deeper = cause.source();
    while let Some(cause) = deeper {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        deeper = cause.source();
    }
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).take(300).collect()
}

/// Puts a message into a file instead of sending it.
async fn keep(folder: &Path, name: &str, content: Vec<u8>) -> Delivery {
    let path = folder.join(name);
    let written = async {
        tokio::fs::create_dir_all(folder).await?;
        // Written aside and renamed, so that nobody reads half a message.
        let part = folder.join(format!("{name}.part"));
        tokio::fs::write(&part, content).await?;
        tokio::fs::rename(&part, &path).await
    };
    match written.await {
        Ok(()) => Delivery::Kept(name.to_owned()),
        Err(cause) => Delivery::Later(format!("the message could not be written to {}: {cause}", path.display())),
    }
}
