//! Something between the user and the server answered in its place.

use super::{Broken, quote};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::{FailureKind, Probe};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// A proxy, a company's TLS inspection or the sign-in page of a network answered in place of the server.
    /// # Why the browser hides it
    /// Such an answer carries no CORS headers, so the page gets the usual CORS error, though neither page nor server did anything wrong.
    /// # How to tell
    /// Status 407 or 511, an error page that names the proxy (Squid, Zscaler …), or a certificate issued by an inspecting product instead
    /// of a public authority. From another network the same request works.
    /// # Fix
    /// Sign in to the proxy or the network, or have the host exempted from inspection. In this tool, `--proxy` and `--cacert` name the
    /// proxy and its authority.
    /// # Sources
    /// - 407: <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8>
    /// - 511: <https://www.rfc-editor.org/rfc/rfc6585#section-6>
    "proxy-interference": "something between the user and the server answers in its place", Cause, Specific, Proxy,
    supersedes: ["tls-untrusted-ca", "preflight-auth-required"]
}

/// Makers of products that inspect TLS, as their certificates name them.
const INSPECTORS: [&str; 18] = [
    "zscaler",
    "netskope",
    "fortinet",
    "fortigate",
    "palo alto",
    "sophos",
    "blue coat",
    "bluecoat",
    "cisco umbrella",
    "forcepoint",
    "mcafee",
    "kaspersky",
    "avast",
    "eset ssl filter",
    "bitdefender",
    "mitmproxy",
    "charles proxy",
    "portswigger",
];

fn find(case: &Case<'_>) -> Option<Finding> {
    let probe = case.deciding().or_else(|| case.browser_probes().last())?;
    let (what, says) = own_proxy(probe).or_else(|| answered(probe)).or_else(|| inspected(case))?;
    Some(
        Finding::new(format!(
            "{what} This is neither the page's fault nor the server's CORS rules: something on the way answered in the server's place, \
             and its answer cannot carry CORS headers."
        ))
        .cite(probe, says)
        .layer(Layer::Proxy)
        .confidence(Confidence::Likely)
        .fix(Fix::new(
            "pass-the-proxy",
            "sign in to the proxy or network, or have this host exempted from inspection",
            "Compare from another network, such as a phone's.",
        ))
        .fix(Fix::new("name-the-proxy", "give this tool the same way out as the browser", "").snippet(
            "shell",
            "",
            "whycors probe URL --origin ORIGIN --proxy http://proxy.example.com:3128 --cacert inspecting-ca.pem",
        )),
    )
}

/// The proxy that this run was told to use.
fn own_proxy(probe: &Probe) -> Option<(String, String)> {
    let failure = probe.failure.as_ref().filter(|failure| failure.kind == FailureKind::Proxy)?;
    Some((
        "The proxy refused, or could not be reached, so nothing is known of the server.".into(),
        format!("proxy: {}", quote(&failure.detail, 200)),
    ))
}

/// An answer that only something on the way gives.
fn answered(probe: &Probe) -> Option<(String, String)> {
    let response = probe.response.as_ref()?;
    if let status @ (407 | 511) = response.status {
        let asks = if status == 407 {
            "a proxy asks for credentials (407), which a preflight never carries."
        } else {
            "the network asks to sign in first (511)."
        };
        let line = response.header("proxy-authenticate").map(|v| format!(", Proxy-Authenticate: {}", quote(v, 80))).unwrap_or_default();
        return Some((format!("Instead of the server, {asks}"), format!("status {status}{line}")));
    }
    if response.status < 400 {
        return None;
    }
    let signs = [("x-squid-error", ""), ("server", "squid"), ("server", "zscaler"), ("server", "bluecoat"), ("proxy-status", "")];
    let (name, value) = signs.iter().find_map(|(name, start)| {
        let value = response.header(name)?;
        value.to_ascii_lowercase().starts_with(start).then_some((*name, value))
    })?;
    let value = quote(value, 80);
    Some((
        format!("The error {} was made by a proxy on the way ({name}: {value}).", response.status),
        format!("status {}, {name}: {value}", response.status),
    ))
}

/// A certificate that an inspecting product made.
fn inspected(case: &Case<'_>) -> Option<(String, String)> {
    let broken = Broken::with(case, FailureKind::TlsUntrustedCa)?;
    let issuer = broken.probe.tls.as_ref().map(|tls| tls.issuer.as_str())?;
    let lower = issuer.to_ascii_lowercase();
    INSPECTORS.iter().find(|name| lower.contains(*name))?;
    let issuer = quote(issuer, 120);
    Some((format!("The certificate shown for {} was made by an inspecting proxy ({issuer}).", broken.host), format!("issuer {issuer}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Failure, Response};

    #[test]
    fn tells_what_only_a_proxy_says() {
        let said = |status, name: &str, value: &str| {
            let response = Response { status, headers: vec![(name.into(), value.into())], ..Response::default() };
            answered(&Probe { response: Some(response), ..Probe::default() }).map(|(_, says)| says)
        };
        assert_eq!(said(407, "Proxy-Authenticate", "Basic").as_deref(), Some("status 407, Proxy-Authenticate: Basic"));
        assert_eq!(said(503, "X-Squid-Error", "ERR_DNS_FAIL 0").as_deref(), Some("status 503, x-squid-error: ERR_DNS_FAIL 0"));
        assert_eq!(said(403, "server", "nginx"), None);
        assert_eq!(said(200, "x-squid-error", "x"), None);
        let failure = Failure { kind: FailureKind::Proxy, detail: "tunnel refused".into() };
        assert!(own_proxy(&Probe { failure: Some(failure), ..Probe::default() }).is_some());
    }
}
