//! The name does not exist.

use super::{Broken, ONE_ERROR, name};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// The resolver says that the host name does not exist. Nothing was connected, nothing was sent; no CORS header is missing anywhere.
    /// # Why the browser hides it
    /// A page may not learn which names of a private network exist, so it gets one network error for all of this. Firefox even words it
    /// "CORS request did not succeed"; Chromium's console has `net::ERR_NAME_NOT_RESOLVED`.
    /// # How to tell
    /// The answer of the resolver is NXDOMAIN. For S3, a missing bucket still resolves, so it is the region or the suffix that is wrong,
    /// or a local resolver. The name of an API Gateway API disappears with the API.
    /// # Fix
    /// Correct the URL, or make the DNS record. A name that only a private network knows (docker compose, Kubernetes, a VPN) is not one
    /// that a browser elsewhere can ask.
    /// # Sources
    /// - NXDOMAIN: <https://www.rfc-editor.org/rfc/rfc8020>
    /// - Amazon S3 endpoints: <https://docs.aws.amazon.com/general/latest/gr/s3.html>
    "dns-nxdomain": "the host name does not exist", Cause, Protocol, Dns
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::DnsNxdomain)?;
    let hint = name::read(case, &broken.url);
    let host = &broken.host;
    let finding = broken
        .finding(
            &format!("DNS for {host}: NXDOMAIN"),
            format!("The name {host} does not exist (NXDOMAIN), so nothing was ever sent. {} {ONE_ERROR}", hint.says),
        )
        .confidence(if hint.certain { Confidence::Confirmed } else { Confidence::Likely })
        .fix(
            hint.fix
                .unwrap_or_else(|| Fix::new("fix-url", format!("use a name that exists instead of {host}, or make its DNS record"), "")),
        );
    Some(match hint.discovery {
        Some(step) => finding.want(step),
        None => finding,
    })
}
