//! Signed URLs: what must not travel to another host, and what the rules ask of a signature.

use url::Url;

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
