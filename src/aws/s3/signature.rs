//! How the parameters of a signature are read, from a URL's query or a form's fields.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use url::Url;

use super::post_policy::Policy;
use super::presign::{Presigned, Scope};
use crate::web::placeholder;

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

/// The beginning alone; nothing of what a record has blacked out.
fn masked(key_id: &str) -> Option<String> {
    (!key_id.is_empty() && !key_id.starts_with("REDACTED")).then(|| key_id.chars().take(4).chain(['…']).collect())
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
