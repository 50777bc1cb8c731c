//! The words of links that were made before there were any.

use crate::app::App;
use crate::error::Result;
use crate::store::link::words;

/// Links read at once.
const READ: i64 = 500;
/// Links written at once, so that a tap waits for few.
const WRITTEN: usize = 40;

/// Gives every link its words, once, and stops with the server; the next start goes on.
pub async fn fill_words(app: App) {
    if let Err(cause) = fill(&app).await {
        tracing::warn!(?cause, "some older links are not found by their words yet; the next start tries again");
    }
}

async fn fill(app: &App) -> Result<()> {
    let mut after = String::new();
    let mut filled = 0;
    loop {
        let from = after.clone();
        let rows = app.db.read(move |c| words::without(c, &from, READ)).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after.clone_from(&last.id);
        for some in rows.chunks(WRITTEN) {
            if app.stop.is_cancelled() {
                return Ok(());
            }
            let ids: Vec<String> = some.iter().map(|row| row.id.clone()).collect();
            filled += ids.len();
            app.db.write(move |tx| words::fill(tx, &ids)).await?;
        }
    }
    if filled > 0 {
        tracing::info!(links = filled, "older links are now found by their words");
    }
    Ok(())
}
