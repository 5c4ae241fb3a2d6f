//! What a certificate says: issuer, names, dates. Reads; trusts nothing and nobody.

use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::evidence::Tls;

/// Names kept of one certificate.
const MAX_NAMES: usize = 100;
/// Characters kept of one name or issuer.
const MAX_TEXT: usize = 300;

/// A certificate, read.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) tls: Tls,
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) self_signed: bool,
}

/// Reads a certificate; nothing when it is not one.
pub(crate) fn facts(der: &CertificateDer<'_>) -> Option<Facts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let mut names: Vec<String> = match certificate.subject_alternative_name() {
        Ok(Some(extension)) => extension.value.general_names.iter().filter_map(name).take(MAX_NAMES).collect(),
        _ => Vec::new(),
    };
    if names.is_empty() {
        names.extend(certificate.subject().iter_common_name().filter_map(|cn| cn.as_str().ok()).map(clip).take(1));
    }
    let (not_before, not_after) = (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let tls = Tls {
        issuer: clip(&certificate.issuer().to_string()),
        names,
        not_before: date(not_before),
        not_after: date(not_after),
        ..Tls::default()
    };
    Some(Facts { tls, not_before, not_after, self_signed: certificate.issuer().as_raw() == certificate.subject().as_raw() })
}

/// Seconds since 1970 as RFC 3339.
pub(crate) fn date(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|t| t.format(&Rfc3339).ok()).unwrap_or_default()
}

/// A few names as words.
pub(crate) fn name_list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(clip(name)),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|b| std::net::Ipv4Addr::from(b).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|b| std::net::Ipv6Addr::from(b).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn clip(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
