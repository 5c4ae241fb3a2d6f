//! Presigned URLs and forms, read offline. Never holds the signature, the token or the whole key id, and never asks the clock.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use url::Url;

use super::post_policy::Policy;
use crate::web::placeholder;

/// The longest lifetime that signature version 4 allows: seven days.
pub const LONGEST_LIFETIME: i64 = 604_800;

/// What a presigned URL says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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
}

/// What a version 4 signature is limited to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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

const V4: [&str; 6] = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"];
const V2: [&str; 3] = ["AWSAccessKeyId", "Expires", "Signature"];
/// Names that only other signers use beside `Expires` and `Signature`.
const FOREIGN: [&str; 2] = ["Key-Pair-Id", "GoogleAccessId"];
/// A query longer than this is not read further.
const MOST_PARAMETERS: usize = 200;

impl Presigned {
    /// Reads the query of a URL; nothing when it is not signed.
    pub fn of(url: &Url) -> Option<Self> {
        let pairs: Vec<(String, String)> =
            url.query_pairs().take(MOST_PARAMETERS).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let fields = Fields(&pairs);
        if fields.has("X-Amz-Algorithm") || fields.has("X-Amz-Signature") || fields.has("X-Amz-Credential") {
            return Some(Self::v4(&fields, &V4));
        }
        let foreign = FOREIGN.iter().any(|name| fields.has(name));
        (!foreign && (fields.has("AWSAccessKeyId") || fields.has("Expires") && fields.has("Signature"))).then(|| Self::v2(&fields, &V2))
    }

    /// Reads the fields of a browser form; nothing when they are not signed.
    pub fn of_form(fields: &[(String, String)]) -> Option<Self> {
        let fields = Fields(fields);
        let mut signed = if fields.has("x-amz-algorithm") || fields.has("x-amz-credential") {
            Self::v4(&fields, &["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "policy"])
        } else if fields.has("AWSAccessKeyId") {
            Self::v2(&fields, &["AWSAccessKeyId", "signature", "policy"])
        } else {
            return None;
        };
        // S3 itself fills in the name of the file.
        signed.placeholders.retain(|what| !what.ends_with("=${filename}"));
        if let Some(policy) = fields.get("policy") {
            match Policy::parse(policy) {
                Some(policy) => signed.expire_at(policy.expires_at),
                None => signed.unreadable.push("policy".into()),
            }
        }
        Some(signed)
    }

    fn v4(fields: &Fields<'_>, needed: &[&str]) -> Self {
        let multi_region = fields.get("X-Amz-Algorithm").is_some_and(|a| a.starts_with("AWS4-ECDSA"));
        let mut signed = Self::common(if multi_region { "v4a" } else { "v4" }, fields, needed);
        if let Some(credential) = fields.get("X-Amz-Credential") {
            signed.key_id = masked(credential.split('/').next().unwrap_or_default());
            signed.scope = scope(credential, multi_region);
            if signed.scope.is_none() {
                signed.unreadable.push("X-Amz-Credential".into());
            }
        }
        if let Some(date) = fields.get("X-Amz-Date") {
            signed.date = Some(date.chars().take(40).collect());
            signed.signed_at = amz_date(date);
            signed.note_unreadable("X-Amz-Date", date, signed.signed_at.is_none());
        }
        if let Some(text) = fields.get("X-Amz-Expires") {
            signed.lifetime = text.parse().ok();
            signed.note_unreadable("X-Amz-Expires", text, signed.lifetime.is_none());
        }
        signed.expire_at(signed.signed_at.zip(signed.lifetime).and_then(|(at, life)| at.checked_add(life)));
        let names = fields.get("X-Amz-SignedHeaders").unwrap_or_default();
        signed.signed_headers = names.split(';').filter(|n| !n.is_empty()).take(100).map(str::to_ascii_lowercase).collect();
        signed
    }

    fn v2(fields: &Fields<'_>, needed: &[&str]) -> Self {
        let mut signed = Self::common("v2", fields, needed);
        signed.key_id = fields.get("AWSAccessKeyId").and_then(masked);
        if let Some(text) = fields.get("Expires") {
            let at = text.parse().ok();
            signed.note_unreadable("Expires", text, at.is_none());
            signed.expire_at(at);
        }
        signed
    }

    fn common(version: &str, fields: &Fields<'_>, needed: &[&str]) -> Self {
        let checksum = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.starts_with("x-amz-checksum-") || name == "x-amz-sdk-checksum-algorithm"
        };
        let holds = |(name, value): &(String, String)| Some(format!("{name}={}", placeholder::find(value)?));
        Self {
            version: version.into(),
            session_token: fields.has("X-Amz-Security-Token"),
            checksums: fields.0.iter().filter(|(name, _)| checksum(name)).map(|(name, _)| name.to_ascii_lowercase()).collect(),
            placeholders: fields.0.iter().filter_map(holds).collect(),
            missing: needed.iter().filter(|name| !fields.has(name)).map(|name| (*name).to_owned()).collect(),
            ..Self::default()
        }
    }

    fn expire_at(&mut self, at: Option<i64>) {
        self.expires_at = at;
        self.expires = at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()).and_then(|at| at.format(&Rfc3339).ok());
    }

    fn note_unreadable(&mut self, name: &str, value: &str, unreadable: bool) {
        if unreadable {
            self.unreadable.push(format!("{name}={}", value.chars().take(40).collect::<String>()));
        }
    }

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

/// Parameters by name in any case: the first counts.
struct Fields<'a>(&'a [(String, String)]);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

fn masked(key_id: &str) -> Option<String> {
    (!key_id.is_empty()).then(|| key_id.chars().take(4).chain(['…']).collect())
}

/// `KEY/20261122/us-west-2/s3/aws4_request`, read from the right because a key id may hold anything; no region in `v4a`.
fn scope(credential: &str, multi_region: bool) -> Option<Scope> {
    let mut parts = credential.rsplit('/');
    let (_terminator, service) = (parts.next()?, parts.next()?);
    let region = if multi_region { "" } else { parts.next()? };
    let date = parts.next()?;
    parts.next()?;
    let short = |text: &str| text.chars().take(64).collect::<String>();
    Some(Scope { date: short(date), region: short(region), service: short(service) })
}

/// `20261122T100000Z` in seconds since 1970.
fn amz_date(text: &str) -> Option<i64> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(text, format).ok().map(|date| date.assume_utc().unix_timestamp())
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
