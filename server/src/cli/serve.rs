//! `latchkey serve`: everything that runs until somebody stops it.

use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::{accept, router, security, tls};
use crate::notify::{mail::Mailer, outbox};
use crate::service::{audit, brokers, housekeeping, link, setup, terminal};
use crate::store::{DatabaseUrl, watch};
use std::fs::{File, TryLockError};

/// Runs the server until it is told to stop, then finishes what is under way.
///
/// # Errors
/// When something that the server cannot do without cannot be had.
pub(super) async fn serve(config: Config) -> Result<()> {
    let app = App::open(config)?;
    let _lock = lock(&app)?;
    let mailer = Mailer::new(&app.config).map_err(Error::Refused)?;
    let certificate = app.config.tls.as_ref().map(tls::Reloading::open).transpose().map_err(Error::Refused)?;
    let listener = tokio::net::TcpListener::bind(app.config.listen)
        .await
        .map_err(|cause| Error::Unavailable(format!("cannot listen on {}: {cause}", app.config.listen)))?;
    // For commands beside it, which know the data folder alone.
    let address = app.config.data_dir.join(super::options::ADDRESS);
    if let Err(cause) = std::fs::write(&address, app.base_url()) {
        tracing::warn!(%cause, "commands beside this server will not know its address");
    }
    housekeeping::at_start(&app).await?;
    greet(&app).await?;

    watch::start(app.db.clone(), app.config.database.clone(), app.stop.clone());
    tokio::spawn(brokers::follow(app.clone()));
    terminal::hear::look(&app).await?;
    tokio::spawn(terminal::hear::follow(app.clone()));
    let outbox = tokio::spawn(outbox::work(app.clone(), mailer));
    app.tasks.spawn(link::fill_words(app.clone()));
    let housekeeping = tokio::spawn(housekeeping::work(app.clone()));
    tokio::spawn(stop_on_signal(app.clone()));

    if let Some(certificate) = certificate.clone() {
        tokio::spawn(certificate.watch(app.stop.clone()));
    }

    let limits = accept::Limits::new(app.config.max_connections, security::Policy { https: app.is_https() });
    let served = accept::serve(listener, certificate, router::router(app.clone()), limits, app.stop.clone()).await;
    app.stop.cancel();
    app.tasks.close();
    // Openings under way are over within their five seconds.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(6), app.tasks.wait()).await;
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), outbox).await;
    let _ = housekeeping.await;
    if let Err(cause) = audit::make_checkpoints(&app).await {
        tracing::warn!(?cause, "no checkpoint could be signed on the way out");
    }
    tracing::info!("stopped");
    served.map_err(|cause| Error::Unavailable(cause.to_string()))
}

/// One server a data folder: on SQLite a second one would declare the first one's openings lost.
fn lock(app: &App) -> Result<File> {
    let path = app.config.data_dir.join("lock");
    let file = File::create(&path).map_err(|cause| Error::Unavailable(format!("{}: {cause}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) if matches!(app.config.database, DatabaseUrl::Sqlite(_)) => {
            Err(Error::Refused(format!(
                "Another server uses {} already. Stop it first, or give this one another LATCHKEY_DATA_DIR.",
                app.config.data_dir.display()
            )))
        }
        Err(TryLockError::WouldBlock) => Ok(file),
        Err(TryLockError::Error(cause)) => Err(Error::Unavailable(format!("{}: {cause}", path.display()))),
    }
}

/// What a person at the console needs to know.
async fn greet(app: &App) -> Result<()> {
    println!("Latchkey is at {}", app.base_url());
    if let Some(address) = setup::offer(app).await? {
        println!("\nNothing is set up yet. Open this address once to make your organization:\n\n  {address}\n");
    }
    if app.config.listen.ip().is_unspecified() && !app.config.base_url_given {
        tracing::warn!(
            "links and codes will lead to {}, which is each reader's own machine; set LATCHKEY_BASE_URL to where this server is found",
            app.base_url()
        );
    }
    if !app.is_https() {
        tracing::warn!(
            "on plain http cookies are not protected on their way; set LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY, or put a proxy with https before this server and set LATCHKEY_BASE_URL"
        );
    }
    if app.config.smtp.is_none() {
        tracing::info!("no mail server is configured: mail is kept in {}", app.config.data_dir.join("mail").display());
    }
    if app.config.sms.is_none() {
        tracing::info!(
            "no text message service is configured: text messages are kept in {}",
            app.config.data_dir.join("sms").display()
        );
    }
    Ok(())
}

async fn stop_on_signal(app: App) {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(cause) => {
            tracing::warn!(%cause, "cannot listen for SIGTERM");
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: finishing what is under way");
    app.stop.cancel();
}
