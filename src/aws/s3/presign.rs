//! Presigned URLs and forms, read offline. Never holds the signature, the token or the whole key id, and never asks the clock.

use serde::{Deserialize, Serialize};
use url::Url;

use super::post_form::PostForm;

/// The longest lifetime that signature version 4 allows: seven days.
pub const LONGEST_LIFETIME: i64 = 604_800;

/// What a presigned URL says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Presigned {
    /// `v4`, `v4a` or `v2`.
    pub version: String,
    /// The first four characters of the access key id and `…`: they tell a temporary key (`ASIA`) from a lasting one (`AKIA`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Day, region and service that it is signed for; not in `v2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// When it was signed, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The same in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<i64>,
    /// How many seconds it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<i64>,
    /// When it expires, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// The same, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Names of the headers that the signature covers, lower case. Always empty in `v2`, which covers every `x-amz-*` header.
    pub signed_headers: Vec<String>,
    /// Whether a session token of temporary credentials is there.
    pub session_token: bool,
    /// Checksum parameters that an SDK put into the query.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checksums: Vec<String>,
    /// Parameters whose value was never filled in, as `NAME=VALUE`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub placeholders: Vec<String>,
    /// Parameters that its version needs and that are not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Parameters whose value cannot be read, as `NAME=VALUE`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// What the posted form says, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<PostForm>,
}

/// What a version 4 signature is limited to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Scope {
    /// `20261122`.
    pub date: String,
    /// The region; empty in `v4a`, which covers several.
    pub region: String,
    /// `s3`.
    pub service: String,
}

/// Where a moment lies in the lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It starts in so many seconds.
    NotYetValid(i64),
    /// It is good for so many seconds more.
    Valid(i64),
    /// It ended so many seconds ago.
    Expired(i64),
    /// The dates cannot be read.
    Unknown,
}

/// Something in the URL that cannot work, or will not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `missing-parameter`, `unreadable-parameter`, `placeholder`, `lifetime-too-long`, `lifetime-not-positive`,
    /// `scope-date-differs`, `scope-region-differs`, `host-not-signed`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

impl Presigned {
    /// Where a moment (seconds since 1970) lies in the lifetime.
    pub fn state(&self, now: i64) -> State {
        match (self.signed_at, self.expires_at) {
            (_, Some(end)) if now >= end => State::Expired(now.saturating_sub(end)),
            (Some(start), _) if now < start => State::NotYetValid(start.saturating_sub(now)),
            (_, Some(end)) => State::Valid(end.saturating_sub(now)),
            _ => State::Unknown,
        }
    }

    /// What cannot work, judged from the URL alone; `host_region` is the region in the host name.
    pub fn problems(&self, host_region: Option<&str>) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut add = |code, message| found.push(Problem { code, message });
        for name in &self.missing {
            add("missing-parameter", format!("{name} is missing"));
        }
        for what in &self.unreadable {
            add("unreadable-parameter", format!("{what} cannot be read"));
        }
        for what in &self.placeholders {
            add("placeholder", format!("{what} was never filled in"));
        }
        match self.lifetime {
            Some(life) if life > LONGEST_LIFETIME => {
                add("lifetime-too-long", format!("X-Amz-Expires is {life}; at most {LONGEST_LIFETIME} (7 days) is allowed"));
            }
            Some(life) if life <= 0 => add("lifetime-not-positive", format!("X-Amz-Expires is {life}: it is never valid")),
            _ => {}
        }
        if let Some(scope) = &self.scope {
            let day = self.date.as_deref().and_then(|d| d.get(..8)).unwrap_or(&scope.date);
            if scope.date != day {
                add("scope-date-differs", format!("the credential is for {}, X-Amz-Date says {day}", scope.date));
            }
            if let Some(host) = host_region.filter(|host| *host != scope.region && !scope.region.is_empty()) {
                add("scope-region-differs", format!("signed for {}, but the host is in {host}", scope.region));
            }
        }
        let query_form = self.lifetime.is_some();
        if query_form && self.version != "v2" && !self.signed_headers.is_empty() && !self.signed_headers.iter().any(|h| h == "host") {
            add("host-not-signed", "X-Amz-SignedHeaders does not name host".into());
        }
        found
    }

    /// Names of the `x-amz-*` headers to be sent that the signature does not cover, lower case: S3 refuses them.
    /// `UNSIGNED-PAYLOAD` as payload hash is the exception.
    pub fn unsigned_amz_headers(&self, headers: &[(String, Option<String>)]) -> Vec<String> {
        let unsigned = |(name, value): &(String, Option<String>)| {
            let name = name.to_ascii_lowercase();
            let exempt = name == "x-amz-content-sha256" && value.as_deref() == Some("UNSIGNED-PAYLOAD");
            (name.starts_with("x-amz-") && !exempt && !self.signed_headers.contains(&name)).then_some(name)
        };
        headers.iter().filter_map(unsigned).collect()
    }

    /// Names of the signed headers that the page does not set. The browser itself sends `host` and `content-length`.
    pub fn missing_signed_headers(&self, headers: &[(String, Option<String>)]) -> Vec<String> {
        let sent = |name: &String| headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) || name == "host" || name == "content-length";
        self.signed_headers.iter().filter(|name| !sent(name)).cloned().collect()
    }
}

/// The URL without its signature. The rest of the query stays byte for byte; preflights need no signature, and nothing
/// signed is sent anywhere but where it was signed for.
pub fn without_signature(url: &Url) -> Url {
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

    const QUERY: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request\
                         &X-Amz-Date=20261122T090000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Signature=5f1c";
    const SIGNED_AT: i64 = 1_795_338_000;

    fn of(query: &str) -> Option<Presigned> {
        Presigned::of(&Url::parse(&format!("https://b.s3.us-west-2.amazonaws.com/k?{query}")).unwrap())
    }

    #[test]
    fn reads_version_4() {
        let signed = of(QUERY).unwrap();
        assert_eq!((signed.version.as_str(), signed.key_id.as_deref()), ("v4", Some("AKIA…")));
        assert_eq!(signed.scope, Some(Scope { date: "20261122".into(), region: "us-east-1".into(), service: "s3".into() }));
        assert_eq!((signed.signed_at, signed.expires.as_deref()), (Some(SIGNED_AT), Some("2026-11-22T10:00:00Z")));
        assert_eq!(signed.signed_headers, ["content-type", "host"]);
        assert!(!signed.session_token && signed.missing.is_empty());
        let text = serde_json::to_string(&signed).unwrap();
        assert!(!text.contains("5f1c") && !text.contains("IOSFODNN7"), "{text}");
    }

    #[test]
    fn knows_before_within_and_after() {
        let signed = of(QUERY).unwrap();
        for (at, state) in [(-1, State::NotYetValid(1)), (0, State::Valid(3600)), (3599, State::Valid(1)), (3700, State::Expired(100))] {
            assert_eq!(signed.state(SIGNED_AT + at), state);
        }
        assert_eq!(of("X-Amz-Signature=x").unwrap().state(0), State::Unknown);
    }

    #[test]
    fn names_what_cannot_work() {
        for (query, region, codes) in [
            (QUERY.to_owned(), Some("us-east-1"), &[][..]),
            (QUERY.to_owned(), Some("us-west-2"), &["scope-region-differs"][..]),
            (QUERY.replace("=3600", "=604801"), None, &["lifetime-too-long"]),
            (QUERY.replace("=3600", "=0"), None, &["lifetime-not-positive"]),
            (QUERY.replace("=3600", "=9223372036854775807"), None, &["lifetime-too-long"]),
            (QUERY.replace("=20261122T", "=20261123T"), None, &["scope-date-differs"]),
            (QUERY.replace("=20261122T090000Z", "=yesterday"), None, &["unreadable-parameter", "scope-date-differs"]),
            (QUERY.replace("content-type%3Bhost", "content-type"), None, &["host-not-signed"]),
            (QUERY.replace("&X-Amz-Expires=3600", ""), None, &["missing-parameter"]),
            (QUERY.replace("=3600", "=undefined"), None, &["unreadable-parameter", "placeholder"]),
        ] {
            let found: Vec<&str> = of(&query).unwrap().problems(region).iter().map(|p| p.code).collect();
            assert_eq!(found, codes, "{query}");
        }
    }

    #[test]
    fn tells_version_2_and_4a_and_strangers() {
        let v2 = of("AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1795338000&Signature=bWFkZS11cA%3D%3D").unwrap();
        assert_eq!((v2.version.as_str(), v2.expires_at, v2.state(SIGNED_AT)), ("v2", Some(SIGNED_AT), State::Expired(0)));
        let v4a = of(&QUERY.replace("HMAC-SHA256", "ECDSA-P256-SHA256").replace("us-east-1%2F", "")).unwrap();
        assert_eq!((v4a.version.as_str(), v4a.scope.unwrap().date.as_str()), ("v4a", "20261122"));
        for query in ["", "a=b", "Expires=1&Signature=x&Key-Pair-Id=K", "X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=1"] {
            assert_eq!(of(query), None, "{query}");
        }
    }

    #[test]
    fn compares_headers_with_what_was_signed() {
        let signed = of(&format!("{QUERY}&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32")).unwrap();
        assert_eq!(signed.checksums, ["x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm"]);
        let headers = [("X-Amz-Acl".to_owned(), None), ("x-amz-content-sha256".to_owned(), Some("UNSIGNED-PAYLOAD".to_owned()))];
        assert_eq!(signed.unsigned_amz_headers(&headers), ["x-amz-acl"]);
        assert_eq!(signed.missing_signed_headers(&headers), ["content-type"]);
    }

    #[test]
    fn reads_a_form() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = [
            field("key", "in/${filename}"),
            field("x-amz-algorithm", "AWS4-HMAC-SHA256"),
            field("x-amz-credential", "ASIAIOSFODNN7EXAMPLE/20261122/eu-west-1/s3/aws4_request"),
            field("x-amz-date", "20261122T090000Z"),
            field("x-amz-security-token", "secret"),
            field("policy", "eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yMlQxMDowMDowMFoiLCJjb25kaXRpb25zIjpbXX0="),
        ];
        let signed = Presigned::of_form(&fields).unwrap();
        assert_eq!((signed.state(SIGNED_AT), signed.key_id.as_deref()), (State::Valid(3600), Some("ASIA…")));
        assert_eq!((signed.session_token, signed.missing.as_slice()), (true, &["x-amz-signature".to_owned()][..]));
        assert!(signed.placeholders.is_empty());
        assert_eq!(Presigned::of_form(&[field("key", "a")]), None);
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
