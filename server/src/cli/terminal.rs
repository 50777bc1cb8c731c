//! `latchkey terminal …`.

mod admin;

use crate::app::App;
use crate::error::Result;
use clap::Subcommand;

pub(super) use admin::at_door;

#[derive(Debug, Subcommand)]
pub(super) enum Terminal {
    #[command(flatten)]
    Admin(admin::Admin),
}

impl Terminal {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        match self {
            Self::Admin(admin) => admin.run(app, org).await,
        }
    }
}
