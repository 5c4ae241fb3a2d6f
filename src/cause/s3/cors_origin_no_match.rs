//! No CORS rule of the bucket names the page's origin.

use super::common::attribution::Attribution;
use super::common::rule::{add_rule, advised_origin};
use super::common::{cors, listed, the_bucket};
use crate::cause::neighbours::slip;
use crate::cause::{Case, Confidence, Finding};
use crate::remedy::server::serve_the_page;

cause! {
    /// # What happened
    /// No CORS rule of the bucket matches the page's origin, whatever the method.
    /// # Why the browser hides it
    /// The console says that Access-Control-Allow-Origin is missing, although the bucket has rules that look right. The
    /// comparison is byte for byte: scheme, `www`, port and a trailing slash all count, and `https://*.example.com` does
    /// not cover `https://example.com`.
    /// # How to tell
    /// Preflights of this origin fail for GET, PUT, POST, DELETE and HEAD even without request headers. A similar origin
    /// that passes shows the slip: one with a trailing slash means that the rule was written with a slash or a path.
    /// # Fix
    /// Put the origin into `AllowedOrigins` exactly as the browser sends it: scheme, host and, unless it is the default
    /// one, port; no slash at the end.
    /// # Sources
    /// - localstack `test_s3_cors.py`: anchoring, scheme and port (recorded against AWS)
    /// - S3 User Guide, "Elements of a CORS configuration" (documented)
    "s3-cors-origin-no-match": "no CORS rule of the bucket matches the page's origin", Cause, Exact, S3,
    blames: CorsRules,
    supersedes: ["preflight-forbidden", "missing-allow-origin", "actual-response-missing-cors", "actual-error-without-cors",
        "s3-cors-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let reading = cors::reading(case)?;
    let Attribution::Origin { neighbour, tried } = &reading.attribution else { return None };
    let origin = reading.own.origin.as_str();
    let bucket = the_bucket(case, Some(reading.refusal.error));
    let hint = neighbour.as_deref().map(|n| format!(" The same preflight from {n} passes: {}.", slip(origin, n))).unwrap_or_default();
    let text = format!(
        "No CORS rule of {bucket} matches the origin {origin}: {} without request headers from this origin {} refused. AllowedOrigins \
         (AllowedOrigin in XML) is compared byte for byte.{hint}",
        listed(tried),
        if tried.len() == 1 { "is" } else { "are all" },
    );
    // A neighbour that passes leaves no doubt, nor do all five methods.
    let sure = neighbour.is_some() || tried.len() >= 5;
    let advised = advised_origin(case, &reading.own);
    let title = if advised == "*" {
        "allow every origin with * in AllowedOrigins: a page without an origin has no name of its own".to_owned()
    } else {
        format!("allow {origin}, written exactly so, in AllowedOrigins")
    };
    let fix = add_rule(case, &reading.own, title);
    let finding = reading.finding(case, text).confidence(if sure { Confidence::Confirmed } else { Confidence::Likely });
    let finding = if case.ask.origin.is_null() { finding.fix(serve_the_page()) } else { finding };
    let finding = finding.fix(fix).rule_out("s3-cors-not-configured", "S3 would say that CORS is not enabled");
    let others = tried.len() >= 5;
    Some(if others { finding.rule_out("s3-cors-method-no-match", "no other method passes from this origin either") } else { finding })
}
