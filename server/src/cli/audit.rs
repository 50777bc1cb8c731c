//! `latchkey audit …`.

use super::options::acting;
use super::output::print;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::audit;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Verify the database's logs, or an exported file, against hashes and signed checkpoints.
    Verify(Verify),
    /// Write a log with its checkpoints as JSON lines; docs/audit.md has a verifier in 20 lines.
    Export(Export),
    /// Sign the present head of every log now instead of within the hour.
    Checkpoint,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// An exported file; the database when left out.
    file: Option<PathBuf>,
    /// Print one JSON object a log.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Where to; standard output when left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Audit {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        match self {
            Self::Verify(verify) => {
                let verified = match &verify.file {
                    None => audit::verify(app).await?,
                    Some(path) => {
                        let file = std::fs::File::open(path)
                            .map_err(|cause| Error::Refused(format!("{}: {cause}", path.display())))?;
                        vec![audit::verify_export(&app.keys, std::io::BufReader::new(file))?]
                    }
                };
                for log in verified {
                    let object = json!({
                        "id": log.organization, "first": log.first, "events": log.events, "head": log.head, "checkpoints": log.checkpoints, "state": "intact",
                    });
                    let line = format!(
                        "{}: {} events, {} checkpoints, intact.",
                        log.organization, log.events, log.checkpoints
                    );
                    print(verify.json, &object, &line)?;
                    if log.torn > 0 {
                        eprintln!(
                            "latchkey: data/checkpoints/{}.jsonl has {} lines that broke off while they were written. The others hold.",
                            log.organization, log.torn
                        );
                    }
                }
                Ok(())
            }
            Self::Export(export) => {
                let (_, actor) = acting(app, org).await?;
                match &export.out {
                    None => audit::export_to(app, &actor, &mut std::io::stdout()).await?,
                    Some(path) => {
                        let file = std::fs::File::create(path)
                            .map_err(|cause| Error::Refused(format!("{}: {cause}", path.display())))?;
                        let mut out = std::io::BufWriter::new(file);
                        let last = audit::export_to(app, &actor, &mut out).await?;
                        std::io::Write::flush(&mut out).map_err(|cause| Error::Unavailable(cause.to_string()))?;
                        last
                    }
                };
                Ok(())
            }
            Self::Checkpoint => {
                let made = audit::make_checkpoints(app).await?;
                println!("{made} {} signed.", if made == 1 { "checkpoint" } else { "checkpoints" });
                Ok(())
            }
        }
    }
}
