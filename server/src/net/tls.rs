//! TLS to an address that an admin chose: by the public authorities, or by certificates that they name themselves.

use super::Stream;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, rustls};

/// Whom to believe that a server is who it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trust {
    /// The authorities that browsers know.
    #[default]
    Public,
    /// Only these certificates, PEM: an authority of one's own, or the device's own certificate.
    Own(String),
}

impl Trust {
    /// Own certificates where there are any.
    #[must_use]
    pub fn of(pem: &str) -> Self {
        if pem.trim().is_empty() { Self::Public } else { Self::Own(pem.trim().to_owned()) }
    }
}

/// The certificates of a PEM text; nothing where it holds none, or one that cannot be read.
#[must_use]
pub fn certificates(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    all.ok().filter(|all| !all.is_empty())
}

/// Shakes hands; a sentence when it does not come to that.
pub(super) async fn shake(stream: TcpStream, host: &str, trust: &Trust) -> Result<Box<dyn Stream>, String> {
    let config = config(trust)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("{host} is no name for a certificate."))?;
    match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(cause) => {
            let inner = cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            Err(match inner {
                Some(rustls::Error::InvalidCertificate(wrong)) => {
                    format!("The certificate of {host} is not trusted ({}).", wrongness(wrong))
                }
                _ => format!("{host} does not speak TLS as expected ({cause})."),
            })
        }
    }
}

fn wrongness(wrong: &CertificateError) -> String {
    match wrong {
        CertificateError::UnknownIssuer => "its issuer is unknown".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name".to_owned()
        }
        other => other.to_string(),
    }
}

fn config(trust: &Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?;
    Ok(match trust {
        Trust::Public => {
            let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        Trust::Own(pem) => {
            let certificates = certificates(pem).ok_or("The door's certificate cannot be read.")?;
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates.iter().cloned());
            let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().ok();
            let own = Own { certificates, chain, provider };
            builder.dangerous().with_custom_certificate_verifier(Arc::new(own)).with_no_client_auth()
        }
    })
}

/// Believes the very certificates it was given, whatever name they are for, since a device on a home network makes
/// its own; and what one of them signed, as usual.
#[derive(Debug)]
struct Own {
    certificates: Vec<CertificateDer<'static>>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.certificates.iter().any(|own| own == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.chain {
            Some(chain) => chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
