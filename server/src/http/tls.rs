//! TLS from certificate and key files, read again when they change.

use crate::config::TlsFiles;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const POLL: Duration = Duration::from_secs(5);

/// A TLS configuration that follows its files. New connections get the newest one that was usable.
#[derive(Clone, Debug)]
pub struct Reloading {
    files: TlsFiles,
    current: Arc<RwLock<Current>>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    stamps: Stamps,
}

/// When both files changed last, and their lengths.
type Stamps = [Option<(SystemTime, u64)>; 2];

impl Reloading {
    /// Reads both files.
    ///
    /// # Errors
    /// A sentence that names the file and the remedy.
    pub fn open(files: &TlsFiles) -> Result<Self, String> {
        let stamps = stamps(files);
        let config = Arc::new(read(files)?);
        Ok(Self { files: files.clone(), current: Arc::new(RwLock::new(Current { config, stamps })) })
    }

    /// What handshakes use now.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(current.config.clone())
    }

    /// Looks at the files every few seconds until the token is cancelled; spawn it beside [`super::accept::serve`].
    pub async fn watch(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(POLL)).await.is_some() {
            let looked = self.clone();
            let _ = tokio::task::spawn_blocking(move || looked.look()).await;
        }
    }

    /// Reads the files again if they changed. A pair that cannot be used leaves the old one in place.
    fn look(&self) {
        let stamps = stamps(&self.files);
        if self.current.read().unwrap_or_else(PoisonError::into_inner).stamps == stamps {
            return;
        }
        let read = read(&self.files);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Said once a change, not every few seconds.
        current.stamps = stamps;
        match read {
            Ok(config) => {
                current.config = Arc::new(config);
                tracing::info!("the TLS certificate was read again");
            }
            Err(sentence) => {
                tracing::error!("{sentence} The certificate from before stays in use.")
            }
        }
    }
}

fn stamps(files: &TlsFiles) -> Stamps {
    [&files.certificate, &files.key].map(|path| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    })
}

fn read(files: &TlsFiles) -> Result<ServerConfig, String> {
    let (at, key_at) = (files.certificate.display(), files.key.display());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&files.certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|cause| unreadable("certificate", &files.certificate, &cause))?;
    if chain.is_empty() {
        return Err(format!(
            "The TLS certificate {at} holds no certificate. It is a PEM file that begins with -----BEGIN CERTIFICATE-----."
        ));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|cause| match cause {
        pem::Error::NoItemsFound => {
            format!("The TLS key {key_at} holds no private key. It is a PEM file, and not encrypted.")
        }
        cause => unreadable("key", &files.key, &cause),
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|cause| format!("TLS cannot be set up: {cause}."))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|cause| match cause {
            rustls::Error::InconsistentKeys(_) => {
                format!("The TLS key {key_at} does not belong to the certificate {at}. Name the two files that were made together.")
            }
            cause => format!("The TLS certificate {at} and its key {key_at} cannot be used: {cause}."),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn unreadable(what: &str, path: &Path, cause: &pem::Error) -> String {
    let cause = match cause {
        pem::Error::Io(cause) => cause.to_string(),
        other => other.to_string(),
    };
    format!("The TLS {what} {} cannot be read: {cause}. Check the path and who may read it.", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(folder: &Path, name: &str) -> TlsFiles {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn a_new_certificate_is_taken_up_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = write(folder.path(), "one.example");
        let tls = Reloading::open(&files).unwrap();
        let config = |tls: &Reloading| Arc::as_ptr(&tls.current.read().unwrap().config);
        let first = config(&tls);
        tls.look();
        assert_eq!(first, config(&tls), "unchanged files were read again");
        fs::write(&files.certificate, "nonsense").unwrap();
        tls.look();
        assert_eq!(first, config(&tls), "a broken certificate was taken up");
        write(folder.path(), "another.example");
        tls.look();
        assert_ne!(first, config(&tls));
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = write(folder.path(), "one.example");
        let said = |files: &TlsFiles| Reloading::open(files).unwrap_err();
        let missing = TlsFiles { certificate: folder.path().join("none.pem"), ..files.clone() };
        assert!(said(&missing).contains("none.pem cannot be read"), "{}", said(&missing));
        let swapped = TlsFiles { certificate: files.key.clone(), key: files.certificate.clone() };
        assert!(said(&swapped).contains("holds no certificate"), "{}", said(&swapped));
        let keyless = TlsFiles { key: files.certificate.clone(), ..files.clone() };
        assert!(said(&keyless).contains("holds no private key"), "{}", said(&keyless));
        let other = tempfile::tempdir().unwrap();
        let mixed = TlsFiles { key: write(other.path(), "two.example").key, ..files };
        assert!(said(&mixed).contains("does not belong to"), "{}", said(&mixed));
    }
}
