//! A signature that does not fit the request.

use url::Position;

use super::common::{Refusal, by_code, coded, listed};
use crate::aws::{self, s3::presign::Presigned};
use crate::cause::{Case, Finding, Fix, quote};

cause! {
    /// # What happened
    /// The request that arrived is not the one that was signed: another method, key, query, host or header value, or a
    /// wrong secret key.
    /// # Why the browser hides it
    /// The preflight passes without a look at the signature. The usual way in is the browser itself: it adds a
    /// `Content-Type` to the body of a fetch, and the link was signed with another one, or (version 2) with none.
    /// # How to tell
    /// 403 `SignatureDoesNotMatch`. S3 returns what it signed itself, in `<CanonicalRequest>` (version 4) and
    /// `<StringToSign>`: compare it with what the server signed, line by line.
    /// # Fix
    /// Send exactly what was signed: the method, the `Content-Type`, every signed header with its value, and the URL
    /// untouched, not decoded or encoded again and not behind another host.
    /// # Sources
    /// - localstack `test_s3.py`, argmin `presigned.rs` (recorded against AWS)
    "s3-presign-signature-mismatch": "the signature does not fit the request that was sent", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["SignatureDoesNotMatch"])?;
    let text = format!("S3 answered SignatureDoesNotMatch: the request differs from the one that was signed.{}", suspects(case, &refusal));
    let fix = Fix::new(
        "sign-what-is-sent",
        "sign exactly what the page sends",
        "Give the signer the method, the host, the Content-Type and every x-amz header that the page will send, and let the page send just these. \
             Compare <CanonicalRequest> or <StringToSign> of the answer with the signer's own.",
    );
    Some(by_code(case, &refusal, &text).fix(fix))
}

/// What is known to differ, or is likely to.
fn suspects(case: &Case<'_>, refusal: &Refusal<'_>) -> String {
    let mut told = match &case.target.presigned {
        Some(signed) if signed.version == "v2" => vec![content_type(case, refusal)],
        Some(signed) => signed_headers(case, signed),
        None => Vec::new(),
    };
    if case.target.presigned.as_ref().is_none_or(|signed| signed.version != "v2") {
        told.extend(host(case, refusal));
    }
    let method = refusal.error.get("CanonicalRequest").and_then(|text| text.lines().next()).filter(|m| m.len() < 10);
    told.extend(method.map(|m| format!(" S3 judged it as {m}.")));
    told.concat()
}

/// Version 4 signs the `Host` line, with a port that is not the scheme's own. What the store judged stands in its answer, if anywhere.
fn host(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<String> {
    let url = case.url_of(refusal.probe);
    let sent = &url[Position::BeforeHost..Position::AfterPort];
    let judged = refusal.error.get("CanonicalRequest").and_then(|text| text.lines().find_map(|line| line.strip_prefix("host:")));
    match judged.map(|host| quote(host.trim(), 120)) {
        Some(judged) if judged.eq_ignore_ascii_case(sent) => None,
        Some(judged) => Some(format!(
            " The request was sent to {sent} and judged as one to {judged}: a proxy in between changes Host, which is signed ({KEEP_HOST})."
        )),
        None if aws::target(url).kind == "s3" => Some(format!(" The host and port of the URL ({sent}) are signed as well.")),
        None => Some(format!(
            " The host and port of the URL ({sent}) are signed as well: either the link was signed for another name, or a proxy in front \
             of the store changes Host ({KEEP_HOST})."
        )),
    }
}

const KEEP_HOST: &str = "nginx: proxy_set_header Host $http_host";

/// Version 2 signs the content type, whatever it is.
fn content_type(case: &Case<'_>, refusal: &Refusal<'_>) -> String {
    let seen = refusal.error.get("StringToSign").and_then(|text| text.lines().nth(2)).map(str::trim).filter(|t| !t.is_empty());
    let value = seen.or_else(|| case.ask.header("content-type")).map(|t| format!(" (here {t})")).unwrap_or_default();
    format!(" A version 2 signature covers content-type{value}: the link has to be signed for the same one.")
}

/// Version 4 signs the headers that it lists.
fn signed_headers(case: &Case<'_>, signed: &Presigned) -> Vec<String> {
    let missing = signed.missing_signed_headers(&case.ask.headers);
    let values: Vec<&String> = signed.signed_headers.iter().filter(|h| *h != "host" && !missing.contains(h)).collect();
    let mut told = Vec::new();
    if !missing.is_empty() {
        told.push(format!(" The signature covers {}, which the page does not set.", listed(&missing)));
    }
    if !values.is_empty() {
        told.push(format!(" The values of {} have to be those that were signed.", listed(&values)));
    }
    told
}
