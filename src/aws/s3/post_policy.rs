//! The policy of a browser form upload. Source: S3 API Reference, "POST Policy". Never checks a signature.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A policy document, as far as it steers what the form may hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// `expiration` in seconds since 1970.
    pub expires_at: Option<i64>,
    /// Names of the form fields that a condition speaks of, lower case, without `$`.
    pub fields: Vec<String>,
    /// Smallest and largest file.
    pub content_length: Option<(u64, u64)>,
    /// The bucket it is for.
    pub bucket: Option<String>,
}

/// Larger policies are not read: S3 takes at most 20 KB of form fields.
const MOST_BYTES: usize = 32 * 1024;

impl Policy {
    /// Reads the `policy` field: base64 of a JSON document.
    pub fn parse(field: &str) -> Option<Self> {
        let document: Value = serde_json::from_slice(&base64(field)?).ok()?;
        let expiration = document.get("expiration").and_then(Value::as_str);
        let expires_at = expiration.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok()).map(OffsetDateTime::unix_timestamp);
        let mut policy = Self { expires_at, ..Self::default() };
        for condition in document.get("conditions")?.as_array()? {
            policy.learn(condition);
        }
        Some(policy)
    }

    /// Form fields that no condition names: S3 refuses them as "Extra input fields".
    pub fn extra_fields<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<String> {
        const FREE: [&str; 5] = ["policy", "file", "awsaccesskeyid", "signature", "x-amz-signature"];
        let free = |name: &str| FREE.contains(&name) || name.starts_with("x-ignore-");
        names.map(str::to_ascii_lowercase).filter(|name| !free(name) && !self.fields.contains(name)).collect()
    }

    fn learn(&mut self, condition: &Value) {
        match condition {
            Value::Object(equal) => {
                for (name, value) in equal {
                    self.field(name, value);
                }
            }
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(op), low, high] if op.eq_ignore_ascii_case("content-length-range") => {
                    self.content_length = number(low).zip(number(high));
                }
                [Value::String(_), Value::String(name), value] => self.field(name.trim_start_matches('$'), value),
                _ => {}
            },
            _ => {}
        }
    }

    fn field(&mut self, name: &str, value: &Value) {
        let name = name.to_ascii_lowercase();
        if name == "bucket" {
            self.bucket = value.as_str().map(str::to_owned);
        }
        self.fields.push(name);
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Decodes standard base64, white space ignored.
fn base64(text: &str) -> Option<Vec<u8>> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => continue,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xff) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"expiration":"2026-11-22T10:00:00Z","conditions":[{"bucket":"uploads"},["starts-with","$key","in/"],
    //  ["content-length-range",1,1048576],["eq","$Content-Type","image/png"],{"x-amz-date":"20261122T090000Z"}]}
    const POLICY: &str = "eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yMlQxMDowMDowMFoiLCJjb25kaXRpb25zIjpbeyJidWNrZXQiOiJ1cGxvYWRzIn0sWyJzdGFydHMtd2l0aCIsIiRrZXkiLCJpbi8iXSxbImNvbnRlbnQtbGVuZ3RoLXJhbmdlIiwxLDEwNDg1NzZdLFsiZXEiLCIkQ29udGVudC1UeXBlIiwiaW1hZ2UvcG5nIl0seyJ4LWFtei1kYXRlIjoiMjAyNjExMjJUMDkwMDAwWiJ9XX0=";

    #[test]
    fn reads_conditions_and_end() {
        let policy = Policy::parse(POLICY).unwrap();
        assert_eq!(policy.expires_at, Some(1_795_341_600));
        assert_eq!(policy.fields, ["bucket", "key", "content-type", "x-amz-date"]);
        assert_eq!((policy.content_length, policy.bucket.as_deref()), (Some((1, 1_048_576)), Some("uploads")));
        let names = ["key", "Content-Type", "policy", "file", "x-amz-checksum-crc32", "x-ignore-me"];
        assert_eq!(policy.extra_fields(names.into_iter()), ["x-amz-checksum-crc32"]);
    }

    #[test]
    fn what_is_no_policy_is_none() {
        for text in ["", "!!!", "bm90IGpzb24=", "e30="] {
            assert_eq!(Policy::parse(text), None, "{text}");
        }
    }
}
