//! `latchkey terminal …`.

mod admin;
mod device;

use crate::app::App;
use crate::error::Result;
use clap::Subcommand;

pub(super) use admin::at_door;

#[derive(Debug, Subcommand)]
pub(super) enum Terminal {
    #[command(flatten)]
    Admin(admin::Admin),
    #[command(flatten)]
    Device(device::Device),
}

impl Terminal {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        match self {
            Self::Admin(admin) => admin.run(app, org).await,
            // It ran before anybody looked for a server's settings.
            Self::Device(_) => Ok(()),
        }
    }
}
