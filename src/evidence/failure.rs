//! Why an exchange has no answer: a closed set of faults with their operands.

use serde::{Deserialize, Serialize};

/// A failed exchange.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Failure {
    /// What failed.
    pub kind: FailureKind,
    /// What the operating system, the resolver or the TLS library said, with names and dates.
    #[serde(default)]
    pub detail: String,
}

/// The faults that can be told apart. The names are those of the causes, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The name does not exist.
    DnsNxdomain,
    /// The name has no address of the wanted family.
    DnsNoAddress,
    /// The resolver failed.
    DnsServfail,
    /// The resolver refused to answer.
    DnsRefused,
    /// The resolver was silent.
    DnsTimeout,
    /// The resolver's answer made no sense, or a chain of names had no end.
    DnsMalformed,
    /// Nothing listens there.
    TcpRefused,
    /// No answer to the connect.
    TcpTimeout,
    /// The connection was reset.
    TcpReset,
    /// No route.
    NetworkUnreachable,
    /// The certificate is for other names.
    TlsHostnameMismatch,
    /// The certificate has expired.
    TlsExpired,
    /// The certificate is not valid yet.
    TlsNotYetValid,
    /// Nobody we trust signed it.
    TlsUntrustedCa,
    /// Any other failure of the handshake.
    TlsHandshake,
    /// Connected, then no answer in time.
    HttpTimeout,
    /// The answer is not HTTP.
    HttpMalformed,
    /// The connection was closed before an answer.
    #[default]
    #[serde(alias = "http-connection-closed")]
    ConnectionClosed,
    /// The proxy refused or could not be reached.
    Proxy,
    /// The trouble is on this machine: no network, no resolver.
    Local,
}

impl FailureKind {
    /// The failure concerns the prober's own side, so nothing is known of the target.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Local | Self::Proxy)
    }
}
