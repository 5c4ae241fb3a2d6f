//! `cloudfront-sni-host-mismatch`.

use super::{page, page_finding};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The TLS handshake named one distribution and the Host header another, so CloudFront refuses to answer on that connection.
    /// A proxy or a client that sets Host by itself does this; so does a connection reused for two names.
    /// # Why the browser hides it
    /// The 421 page has no CORS headers.
    /// # How to tell
    /// 421 and "The distribution does not match the certificate for which the HTTPS connection was established with."
    /// # Fix
    /// Connect with the name that is asked for; behind a proxy, send the origin's own name in SNI and Host.
    /// # Sources
    /// A captured page (reported); RFC 9110, section 15.5.20.
    "cloudfront-sni-host-mismatch": "the TLS connection and the Host header name different distributions", Cause, Exact, Cloudfront
}

fn find(case: &Case<'_>) -> Option<Finding> {
    const SENTENCE: &str = "does not match the certificate for which the HTTPS connection was established";
    let answer = page(case, SENTENCE)?;
    let text =
        "The TLS handshake named one distribution, the Host header another. A proxy between browser and CloudFront is the usual reason.";
    let fix = Fix::new(
        "one-name",
        "use one name in SNI and Host",
        "nginx as a proxy needs proxy_ssl_server_name on, and proxy_ssl_name and Host set to the distribution's name.",
    )
    .snippet(
        "nginx",
        "",
        "proxy_ssl_server_name on;\nproxy_ssl_name d111111abcdef8.cloudfront.net;\nproxy_set_header Host d111111abcdef8.cloudfront.net;",
    );
    Some(page_finding(case, &answer, SENTENCE, text).confidence(Confidence::Confirmed).fix(fix))
}
