//! A link's code as its pages, its mail and the command line show it.

use super::{issue, picture};
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::code::{self, CodeRow};
use domain::Millis;
use domain::qr::{Kind, STEP_S};

/// A link's code, ready to be drawn.
#[derive(Clone)]
pub struct Current {
    /// Its row.
    pub row: CodeRow,
    /// What it is.
    pub kind: Kind,
    text: String,
}

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Current").field("row", &self.row).finish_non_exhaustive()
    }
}

impl Current {
    /// What it shows at the moment it was asked for. Whoever has it can open the door.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How wide its picture is, with the white around it, modules.
    #[must_use]
    pub fn modules(&self) -> u32 {
        picture::modules(self.text.len())
    }

    /// As a PNG. Takes a few milliseconds of a thread that may block.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be drawn.
    pub async fn png(self) -> Result<Vec<u8>> {
        drawn(move || picture::png(&self.text)).await
    }

    /// As an SVG.
    ///
    /// # Errors
    /// As [`Self::png`].
    pub async fn svg(self) -> Result<String> {
        drawn(move || picture::svg(&self.text)).await
    }
}

async fn drawn<T: Send + 'static>(draw: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let drawn = tokio::task::spawn_blocking(draw).await;
    drawn.map_err(|cause| Error::Unavailable(format!("a code could not be drawn: {cause}")))?
}

/// The code of an organization's link; none where it has none, or none yet.
///
/// # Errors
/// `Unavailable` when the key does not open it; those of the store.
pub async fn current(app: &App, organization: &str, link: &str) -> Result<Option<Current>> {
    let (owner, id) = (organization.to_owned(), link.to_owned());
    let row = app.db.read(move |c| code::newest(c, &owner, &id)).await?;
    row.map(|row| open(app, row)).transpose()
}

/// A code's row with what it shows now.
pub(crate) fn open(app: &App, row: CodeRow) -> Result<Current> {
    let kind = Kind::from_code(&row.kind)
        .ok_or_else(|| Error::Unavailable(format!("{} is of a kind that this version does not know", row.id)))?;
    let text = issue::text(&app.keys, &row, app.clock.now())?;
    Ok(Current { row, kind, text })
}

/// How long a rotating code's picture stands yet before the next, milliseconds.
#[must_use]
pub fn next_step(now: Millis) -> Millis {
    let step = i64::from(STEP_S) * 1_000;
    step - now.rem_euclid(step)
}
