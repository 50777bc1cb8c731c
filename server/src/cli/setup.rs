//! `latchkey setup` and `latchkey demo`.

use super::output::print;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::setup::{self, SetupInput};
use clap::Args;
use serde_json::json;

/// Make an organization and its owner.
#[derive(Debug, Args)]
pub(super) struct Setup {
    /// What the organization is called.
    #[arg(long, value_name = "NAME")]
    organization: String,
    /// The owner's e-mail address, to sign in with.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What the owner is called.
    #[arg(long, value_name = "NAME", default_value = "Owner")]
    name: String,
    /// The organization's time zone.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// Read the password from standard input: its first line, at least 15 characters.
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Setup {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let mut password = String::new();
        std::io::stdin().read_line(&mut password).map_err(|cause| Error::Unavailable(cause.to_string()))?;
        let typed = SetupInput {
            organization: self.organization.clone(),
            time_zone: self.time_zone,
            name: self.name,
            email: self.email.clone(),
            password: password.trim_end_matches(['\r', '\n']).to_owned(),
        };
        let made = setup::set_up(app, &typed, None).await?;
        let object = json!({ "id": made.organization, "organization": self.organization, "admin": made.admin, "email": self.email });
        print(
            self.json,
            &object,
            &format!("{} is set up. Sign in at {}/sign-in as {}.", self.organization, app.base_url(), self.email),
        )
    }
}

/// Fill a new organization to look around in.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(self, app: &App) -> Result<()> {
        let made = crate::service::demo::fill(app).await?;
        let object = json!({
            "id": made.organization, "email": made.email, "password": made.password,
            "sign_in": format!("{}/sign-in", app.base_url()), "url": made.url,
        });
        let code = qrcode::QrCode::new(made.url.as_bytes()).map_err(|cause| Error::Unavailable(cause.to_string()))?;
        // Painted dark on light whatever the terminal's own colours are: many cameras read no inverted codes.
        let picture: String = code
            .render::<qrcode::render::unicode::Dense1x2>()
            .quiet_zone(true)
            .build()
            .lines()
            .map(|line| format!("\x1b[30;107m{line}\x1b[0m\n"))
            .collect();
        let lines = format!(
            "Sign in at    {}/sign-in\n  e-mail      {}\n  password    {}\n\nA visitor's link: {}\n\n{picture}",
            app.base_url(),
            made.email,
            made.password,
            made.url
        );
        print(self.json, &object, &lines)
    }
}
