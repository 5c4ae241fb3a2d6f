//! TLS: the client configuration, and a certificate check that records what it saw, also when it refuses.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue, WebPkiServerVerifier, verify_server_name,
};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, KeyLog, NamedGroup, RootCertStore, SignatureScheme};

use super::certificate::{self, Facts};
use super::marks::Marks;
use crate::evidence::{Failure, FailureKind};

/// The client configuration: nothing is read from disk before a server shows a certificate.
pub(crate) fn config(authorities: Vec<CertificateDer<'static>>, insecure: bool) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let check = Recording { provider: Arc::clone(&provider), authorities, insecure, own: OnceLock::new(), system: OnceLock::new() };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(check))
        .with_no_client_auth();
    config.key_log = Arc::new(Watcher);
    config.resumption = Resumption::store(Arc::new(Watcher));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Checks certificates as the standard verifier does, and notes them.
#[derive(Debug)]
struct Recording {
    provider: Arc<CryptoProvider>,
    /// What `--cacert` gave.
    authorities: Vec<CertificateDer<'static>>,
    insecure: bool,
    own: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
    system: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
}

impl Recording {
    /// The verifier of the given authorities is asked first; those of the system are read only where that one does not know the issuer.
    fn judge(&self, leaf: &CertificateDer<'_>, chain: &[CertificateDer<'_>], name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
        if self.authorities.iter().any(|a| a.as_ref() == leaf.as_ref()) {
            return judge_pinned(leaf, name, now);
        }
        let own = self.own.get_or_init(|| self.verifier(self.authorities.iter().cloned()));
        if let Some(own) = own {
            match own.verify_server_cert(leaf, chain, name, &[], now) {
                Err(Error::InvalidCertificate(
                    CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_),
                )) => {}
                judged => return judged.map(|_| ()),
            }
        }
        match self.system.get_or_init(|| self.verifier(rustls_native_certs::load_native_certs().certs)) {
            Some(system) => system.verify_server_cert(leaf, chain, name, &[], now).map(|_| ()),
            None if own.is_some() => Err(CertificateError::UnknownIssuer.into()),
            None => Err(Error::General(NO_AUTHORITIES.into())),
        }
    }

    fn verifier(&self, authorities: impl IntoIterator<Item = CertificateDer<'static>>) -> Option<Arc<WebPkiServerVerifier>> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities);
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider)).build().ok()
    }
}

/// A certificate that the user named itself needs no issuer, but must fit the name and the time.
fn judge_pinned(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    match certificate::facts(leaf) {
        Some(facts) if facts.not_after < now => return Err(CertificateError::Expired.into()),
        Some(facts) if facts.not_before > now => return Err(CertificateError::NotValidYet.into()),
        _ => {}
    }
    verify_server_name(&ParsedCertificate::try_from(leaf)?, name)
}

const NO_AUTHORITIES: &str = "this machine has no certificate authorities";

impl ServerCertVerifier for Recording {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let marks = Marks::current();
        // A connection to another port than the URL's may carry another literal host; the page's host is what must be proven.
        let wanted =
            marks.as_ref().and_then(|m| ServerName::try_from(m.host.clone()).ok()).filter(|_| matches!(name, ServerName::IpAddress(_)));
        let name = wanted.as_ref().unwrap_or(name);
        let judged = self.judge(leaf, chain, name, now);
        if let Some(marks) = marks {
            let facts = certificate::facts(leaf);
            let distrust = judged.as_ref().err().map(|error| distrust(error, leaf, name, facts.as_ref(), now));
            marks.note(|seen| {
                let version = if seen.tls13 { "TLSv1.3" } else { "TLSv1.2" };
                let mut tls = facts.map(|facts| facts.tls).unwrap_or_default();
                tls.version = version.into();
                tls.verified = distrust.is_none();
                tls.problem = distrust.clone().filter(|_| self.insecure);
                seen.tls = Some(tls);
                seen.distrust = distrust.filter(|_| !self.insecure);
            });
        }
        match judged {
            Err(error) if !self.insecure => Err(error),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Names what is wrong with a certificate. Where several things are, the order is Chromium's: issuer, name, date
/// (<https://source.chromium.org/chromium/chromium/src/+/main:net/cert/cert_status_flags.cc>).
fn distrust(error: &Error, leaf: &CertificateDer<'_>, name: &ServerName<'_>, facts: Option<&Facts>, now: UnixTime) -> Failure {
    let host = name.to_str();
    let fits = ParsedCertificate::try_from(leaf).is_ok_and(|parsed| verify_server_name(&parsed, name).is_ok());
    let names = facts.map(|f| certificate::name_list(&f.tls.names)).filter(|n| !n.is_empty()).unwrap_or_else(|| "no name at all".into());
    let issuer = facts.map(|f| f.tls.issuer.as_str()).unwrap_or_default();
    let (end, start) = facts.map(|f| (f.tls.not_after.as_str(), f.tls.not_before.as_str())).unwrap_or_default();
    let at = certificate::date(i64::try_from(now.as_secs()).unwrap_or_default());
    let mismatch = format!("the certificate is for {names}, not for {host}");
    let also = |text: String| if fits { text } else { format!("{text}; and {mismatch}") };
    let Error::InvalidCertificate(problem) = error else {
        return Failure {
            kind: FailureKind::Local,
            detail: format!("{error}: install them (package ca-certificates) or name one with --cacert"),
        };
    };
    let expired = matches!(problem, CertificateError::Expired | CertificateError::ExpiredContext { .. });
    let early = matches!(problem, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. });
    let misnamed = matches!(problem, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. });
    let (kind, detail) = if misnamed || ((expired || early) && !fits) {
        let date = if expired { format!("; and it expired on {end}") } else { String::new() };
        (FailureKind::TlsHostnameMismatch, format!("{mismatch}{date}"))
    } else if expired {
        (FailureKind::TlsExpired, format!("the certificate for {names} expired on {end}; now it is {at}"))
    } else if early {
        (FailureKind::TlsNotYetValid, format!("the certificate for {names} is valid from {start}; now it is {at}"))
    } else if matches!(problem, CertificateError::BadEncoding) {
        (FailureKind::TlsHandshake, "the certificate cannot be read: it is malformed, or larger than any client takes".into())
    } else if facts.is_some_and(|f| f.self_signed) {
        (FailureKind::TlsUntrustedCa, also(format!("the certificate is self-signed ({issuer})")))
    } else if matches!(problem, CertificateError::UnknownIssuer) {
        (
            FailureKind::TlsUntrustedCa,
            also(format!("nobody trusted here issued it: the issuer is {issuer}, or an intermediate certificate is missing")),
        )
    } else {
        (FailureKind::TlsUntrustedCa, also(format!("the certificate of {issuer} was not accepted: {problem:?}")))
    };
    Failure { kind, detail }
}

/// Sits where rustls asks for old sessions and offers key material, to see when a handshake begins and which version it has.
/// Keeps nothing: sessions are never resumed, so that every handshake shows its certificate, and no secret is taken.
#[derive(Debug)]
struct Watcher;

impl KeyLog for Watcher {
    fn log(&self, _: &str, _: &[u8], _: &[u8]) {}

    fn will_log(&self, _: &str) -> bool {
        // Only the key schedule of TLS 1.3 asks.
        if let Some(marks) = Marks::current() {
            marks.note(|seen| seen.tls13 = true);
        }
        false
    }
}

impl ClientSessionStore for Watcher {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        // The first thing of a new handshake. A proxy's own does not count.
        if let Some(marks) = Marks::current()
            && (name.to_str() == marks.host || matches!(name, ServerName::IpAddress(_)))
        {
            marks.note(|seen| seen.handshaking = Some(tokio::time::Instant::now()));
        }
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}
