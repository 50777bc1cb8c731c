//! Becoming a terminal.

use super::client::{Client, Lost};
use super::store::{Server, Store};
use super::{Clocks, SOFTWARE};
use terminal::wire::PairRequest;
use terminal::{Effect, Terminal};

/// Pairs this machine: a code for a token, which the file keeps, and the first list.
///
/// # Errors
/// A sentence.
pub async fn pair(store: &mut Store, server: &Server, code: &str, clocks: &Clocks) -> Result<Terminal, String> {
    let client = Client::new(&server.url, &server.certificate, "")?;
    let request = PairRequest { code: code.trim().to_owned(), software: SOFTWARE.into() };
    let asked = clocks.time();
    let answer = client.pair(&request).await.map_err(|lost| match lost {
        Lost::Refused { title, .. } if !title.is_empty() => title,
        other => format!("This machine could not be paired: {other}."),
    })?;
    let (mut terminal, effects) = Terminal::paired(answer, asked, clocks.time()).map_err(|cause| cause.to_string())?;
    let writes: Vec<_> = effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Store(writes) => Some(writes),
            _ => None,
        })
        .flatten()
        .collect();
    store.begin(server, &writes).map_err(|trouble| trouble.0)?;
    // With the list at hand the network may go at once. Without it, `run` fetches it.
    let client = Client::new(&server.url, &server.certificate, &terminal.identity().token)?;
    match client.list(None).await {
        Ok(Some(list)) => {
            for effect in terminal.list_received(list, clocks.time()) {
                if let Effect::Store(writes) = effect {
                    store.apply(&writes).map_err(|trouble| trouble.0)?;
                }
            }
        }
        Ok(None) => {}
        Err(lost) => tracing::warn!(%lost, "no list yet"),
    }
    Ok(terminal)
}
