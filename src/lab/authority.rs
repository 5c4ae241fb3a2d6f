//! Two certificate authorities made at start: one that visitors are told to trust, and one that nobody trusts.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::world::{TlsMode, certificate_names};

/// Signs the certificates of the lab's servers.
pub(super) struct Authority {
    trusted: CertifiedIssuer<'static, KeyPair>,
    stranger: CertifiedIssuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

impl Authority {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { trusted: issuer("whycors lab").map_err(other)?, stranger: issuer("Somebody Else's Root").map_err(other)? })
    }

    /// The trusted certificate.
    pub(super) fn pem(&self) -> String {
        self.trusted.pem()
    }

    /// The same, as the prober takes it.
    pub(super) fn certificate(&self) -> CertificateDer<'static> {
        self.trusted.der().clone()
    }

    /// How a server for this host shakes hands.
    pub(super) fn server(&self, host: &str, mode: TlsMode) -> io::Result<Arc<ServerConfig>> {
        let key = KeyPair::generate().map_err(other)?;
        let issuer = if mode == TlsMode::Untrusted { &self.stranger } else { &self.trusted };
        let leaf = leaf(host, mode).and_then(|params| params.signed_by(&key, issuer)).map_err(other)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key))
            .map_err(other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn issuer(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = validity(-400, 400);
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn leaf(host: &str, mode: TlsMode) -> Result<CertificateParams, rcgen::Error> {
    let names = certificate_names(host.trim_matches(['[', ']']), mode);
    let mut params = CertificateParams::new(names.clone())?;
    // A common name holds 64 characters, and nobody reads it any more.
    params.distinguished_name.push(DnType::CommonName, names.first().map_or("", |n| n.get(..64).unwrap_or(n)));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = match mode {
        TlsMode::Expired => validity(-90, -3),
        TlsMode::NotYetValid => validity(3, 90),
        _ => validity(-90, 90),
    };
    Ok(params)
}

/// From and to so many days after today.
fn validity(from: i64, to: i64) -> (OffsetDateTime, OffsetDateTime) {
    let now = OffsetDateTime::now_utc();
    (now + Duration::days(from), now + Duration::days(to))
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(error)
}
