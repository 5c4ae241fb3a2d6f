//! The policy of a browser form upload. Source: S3 API Reference, "POST Policy". Never checks a signature.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A policy document, as far as it steers what the form may hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Policy {
    /// `expiration` in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// What it says of fields, in its order.
    pub conditions: Vec<Condition>,
    /// Smallest and largest file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_length: Option<(u64, u64)>,
}

/// What a policy says of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Condition {
    /// The field's name, lower case, without `$`.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what; left out for credentials and tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The same for credentials and tokens: compared, never shown.
    #[serde(skip)]
    pub(super) secret: Option<String>,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// The field is exactly the value.
    Eq,
    /// The field begins with the value.
    StartsWith,
}

/// Larger policies are not read: S3 takes at most 20 KB of form fields.
const MOST_BYTES: usize = 32 * 1024;
/// Fields whose values are nobody's business.
const SECRET: [&str; 5] = ["x-amz-credential", "x-amz-security-token", "x-amz-signature", "awsaccesskeyid", "signature"];

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

    /// The bucket it is for.
    pub fn bucket(&self) -> Option<&str> {
        self.conditions.iter().find(|condition| condition.field == "bucket")?.value.as_deref()
    }

    /// Form fields that no condition names: S3 refuses them as "Extra input fields".
    pub fn extra_fields<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<String> {
        const FREE: [&str; 5] = ["policy", "file", "awsaccesskeyid", "signature", "x-amz-signature"];
        let free = |name: &str| FREE.contains(&name) || name.starts_with("x-ignore-");
        let known = |name: &str| self.conditions.iter().any(|condition| condition.field == name);
        names.map(str::to_ascii_lowercase).filter(|name| !free(name) && !known(name)).collect()
    }

    fn learn(&mut self, condition: &Value) {
        match condition {
            Value::Object(equal) => {
                for (name, value) in equal {
                    self.field(name, Operator::Eq, value);
                }
            }
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(op), low, high] if op.eq_ignore_ascii_case("content-length-range") => {
                    self.content_length = number(low).zip(number(high));
                }
                [Value::String(op), Value::String(name), value] => {
                    let operator = if op.eq_ignore_ascii_case("starts-with") { Operator::StartsWith } else { Operator::Eq };
                    self.field(name.trim_start_matches('$'), operator, value);
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn field(&mut self, name: &str, operator: Operator, value: &Value) {
        let field = name.to_ascii_lowercase();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (value, secret) = if SECRET.contains(&field.as_str()) { (None, Some(text)) } else { (Some(text), None) };
        self.conditions.push(Condition { field, operator, value, secret });
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.value.as_deref().unwrap_or("…");
        match self.operator {
            Operator::Eq => write!(f, "{} to be {value:?}", self.field),
            Operator::StartsWith if value.is_empty() => write!(f, "{} to be anything", self.field),
            Operator::StartsWith => write!(f, "{} to start with {value:?}", self.field),
        }
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
        let said: Vec<String> = policy.conditions.iter().map(ToString::to_string).collect();
        let wanted = [
            "bucket to be \"uploads\"",
            "key to start with \"in/\"",
            "content-type to be \"image/png\"",
            "x-amz-date to be \"20261122T090000Z\"",
        ];
        assert_eq!(said, wanted);
        assert_eq!((policy.content_length, policy.bucket()), (Some((1, 1_048_576)), Some("uploads")));
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
