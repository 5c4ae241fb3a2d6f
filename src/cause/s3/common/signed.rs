//! Signed URLs: what must not travel to another host, and what the rules ask of a signature.

use url::Url;

use super::error_of;
use crate::aws::s3::presign::Presigned;
use crate::cause::Case;
use crate::evidence::Purpose;

/// The URL's signature, where only the URL and the clock can judge it: no actual request was answered in a way that tells.
pub(crate) fn unjudged<'a>(case: &Case<'a>) -> Option<&'a Presigned> {
    let signed = case.target.presigned.as_ref()?;
    let mut answers = case.browser_probes().filter(|p| p.purpose == Purpose::Actual).filter_map(|p| p.response.as_ref());
    let judged = answers.any(|r| r.status < 400 || error_of(r).is_some());
    (!judged).then_some(signed)
}

/// The sentence for a fault that is known from the URL while CORS lets the request through.
pub(crate) fn would_be_refused(case: &Case<'_>) -> &'static str {
    if case.allowed() { " CORS lets the request through; the request itself would be refused." } else { "" }
}

/// A span of time in words.
pub(crate) fn span(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..120 => (seconds, "seconds"),
        120..7_200 => (seconds / 60, "minutes"),
        7_200..172_800 => (seconds / 3_600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{number} {unit}")
}

/// The URL without its signature. The rest of the query stays byte for byte; preflights need no signature, and nothing
/// signed is sent anywhere but where it was signed for.
pub(crate) fn without_signature(url: &Url) -> Url {
    let Some(query) = url.query() else { return url.clone() };
    let names = |pair: &str| pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let second_version = query.split('&').any(|pair| names(pair) == "awsaccesskeyid");
    let kept: Vec<&str> = query.split('&').filter(|pair| !belongs_to_signature(&names(pair), second_version)).collect();
    let mut bare = url.clone();
    bare.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
    bare
}

fn belongs_to_signature(name: &str, second_version: bool) -> bool {
    name.starts_with("x-amz-") || (second_version && matches!(name, "awsaccesskeyid" | "signature" | "expires"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_own_unit() {
        for (seconds, words) in [(0, "0 seconds"), (119, "119 seconds"), (900, "15 minutes"), (7_200, "2 hours"), (200_000, "2 days")] {
            assert_eq!(span(seconds), words);
        }
    }

    #[test]
    fn only_the_signature_goes() {
        for (signed, bare) in [
            (
                "https://b.s3.amazonaws.com/k?uploads&X-Amz-Signature=s&x-amz-date=d&partNumber=1%20",
                "https://b.s3.amazonaws.com/k?uploads&partNumber=1%20",
            ),
            ("https://b.s3.amazonaws.com/k?AWSAccessKeyId=a&Expires=1&Signature=s", "https://b.s3.amazonaws.com/k"),
            ("https://b.s3.amazonaws.com/k?Expires=1", "https://b.s3.amazonaws.com/k?Expires=1"),
            ("https://b.s3.amazonaws.com/k", "https://b.s3.amazonaws.com/k"),
        ] {
            assert_eq!(without_signature(&Url::parse(signed).unwrap()).as_str(), bare);
        }
    }
}
