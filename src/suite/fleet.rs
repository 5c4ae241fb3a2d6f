//! One line of a fleet file: an ask as JSON, with an optional expectation.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::mistake::nearest;
use super::values::PATTERN;
use super::{Check, Expect, Location, Want};
use crate::ask::{Ask, Credentials, Redirect};
use crate::web::{Origin, header, method};

/// A line of a fleet file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetAsk {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    name: Option<String>,
    url: String,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    headers: Vec<HeaderForm>,
    #[serde(default)]
    credentials: Option<Value>,
    #[serde(default)]
    upload_listener: bool,
    #[serde(default)]
    expose: Vec<String>,
    #[serde(default)]
    expect: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum HeaderForm {
    Text(String),
    Pair(String, Option<String>),
}

/// Reads one line. The origin of the command line stands in for a missing one.
pub fn fleet_line(file: &str, line: usize, text: &str, origin: Option<&Origin>) -> Result<Check, String> {
    let fleet: FleetAsk = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let url = Url::parse(&fleet.url).map_err(|e| format!("url {:?}: {e}", fleet.url))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("url {:?}: only http and https can be probed", fleet.url));
    }
    let origin = match (&fleet.origin, origin) {
        (Some(text), _) if text.contains('*') => return Err(format!("origin {text:?}: {PATTERN}")),
        (Some(text), _) => Origin::parse(text).map_err(|e| e.to_string())?,
        (None, Some(origin)) => origin.clone(),
        (None, None) => return Err("no origin: add \"origin\" to the line, or --origin for all".into()),
    };
    let headers = fleet.headers.into_iter().map(|header| match header {
        HeaderForm::Pair(name, value) => (name, value),
        HeaderForm::Text(text) => split_header(&text),
    });
    let headers: Vec<_> = headers.collect();
    let method = fleet.method.unwrap_or_else(|| "GET".into());
    if !method::is_valid(&method) {
        return Err(format!("{method:?} is not a method; write letters only, such as PUT"));
    }
    if let Some(name) = headers.iter().map(|(name, _)| name).chain(&fleet.expose).find(|name| !header::is_token(name)) {
        return Err(format!("{name:?} is not a header name"));
    }
    let ask = Ask {
        url,
        origin,
        method,
        headers,
        credentials: fleet.credentials.map(credentials).transpose()?.unwrap_or_default(),
        redirect: Redirect::default(),
        upload_listener: fleet.upload_listener,
        expose: fleet.expose,
        body_bytes: None,
        form: None,
    };
    let expect = fleet.expect.as_ref().map(want).transpose()?.map(|want| Expect { want, ..Expect::default() });
    let id = fleet.id.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let name = fleet.name.or_else(|| id.clone()).unwrap_or_else(|| format!("line {line}"));
    Ok(Check { id, name, ask, expect, timeout: None, at: Location { file: file.to_owned(), line, column: 1 } })
}

/// Why a line is none; for a key that there is not, the nearest.
fn unreadable(error: &serde_json::Error) -> String {
    const KEYS: [&str; 10] = ["id", "name", "url", "origin", "method", "headers", "credentials", "upload_listener", "expose", "expect"];
    let text = error.to_string();
    if error.is_syntax() || error.is_eof() {
        return format!("not JSON: {text}");
    }
    let key = text.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')).map(|(key, _)| key);
    match key.and_then(|key| nearest(key, &KEYS)) {
        Some(near) => format!("unknown key `{}`: did you mean `{near}`?", key.unwrap_or_default()),
        None => text,
    }
}

/// A credentials mode, or whether there are any, as in a file of checks.
fn credentials(value: Value) -> Result<Credentials, String> {
    match value {
        Value::Bool(true) => Ok(Credentials::Include),
        Value::Bool(false) => Ok(Credentials::SameOrigin),
        value => serde_json::from_value(value.clone())
            .map_err(|_| format!("credentials {value}: write true, false, \"omit\", \"same-origin\" or \"include\"")),
    }
}

fn want(value: &Value) -> Result<Want, String> {
    let cause = match (value, value.get("cause")) {
        (Value::String(word), _) if word == "allowed" => return Ok(Want::Allowed),
        (Value::String(word), _) if word == "blocked" => return Ok(Want::Blocked),
        (Value::Object(keys), Some(Value::String(cause))) if keys.len() == 1 => cause,
        _ => return Err(format!("expect {value}: write \"allowed\", \"blocked\" or {{\"cause\": \"…\"}}, without more")),
    };
    if crate::cause::rule(cause).is_some() {
        return Ok(Want::Cause(cause.clone()));
    }
    let help = crate::cause::nearest(cause).map_or("see `whycors explain`".into(), |rule| format!("did you mean {:?}?", rule.code));
    Err(format!("there is no cause {cause:?}; {help}"))
}

/// `name` or `name: value`.
pub(super) fn split_header(text: &str) -> (String, Option<String>) {
    match text.split_once(':') {
        Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
        None => (text.trim().to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        for (line, words) in [
            ("url https://a.test", "not JSON: "),
            (r#"{"url": "https://a.test""#, "not JSON: "),
            (r#"{"url": "https://a.test", "expct": "blocked"}"#, "unknown key `expct`: did you mean `expect`?"),
            (r#"{"url": "https://a.test", "colour": 1}"#, "unknown field `colour`, expected one of"),
            (r#"{"url": "https://a.test"}"#, "no origin"),
            (r#"{"url": "a.test", "origin": "https://b.test"}"#, "relative URL"),
            (r#"{"url": "https://a.test", "origin": "https://*.b.test"}"#, "a pattern of CORS rules"),
            (r#"{"url": "https://a.test", "origin": "https://b.test", "method": "P T"}"#, "\"P T\" is not a method"),
            (r#"{"url": "https://a.test", "origin": "https://b.test", "headers": ["a b"]}"#, "\"a b\" is not a header name"),
            (
                r#"{"url": "https://a.test", "origin": "https://b.test", "expect": {"cause": "s3-wrong-region"}}"#,
                "s3-wrong-region-redirect",
            ),
            (r#"{"url": "https://a.test", "origin": "https://b.test", "credentials": 1}"#, "credentials 1: write true"),
            (r#"{"url": "https://a.test", "origin": "https://b.test", "credentials": "yes"}"#, "credentials \"yes\": write true"),
            (r#"{"url": "https://a.test", "origin": "https://b.test", "expect": true}"#, "expect true: write"),
            (
                r#"{"url": "https://a.test", "origin": "https://b.test", "expect": {"cause": "options-auth-required", "x": 1}}"#,
                "without more",
            ),
        ] {
            let said = fleet_line("fleet.ndjson", 1, line, None).unwrap_err();
            assert!(said.contains(words), "{line}: {said}");
        }
    }

    #[test]
    fn credentials_are_a_mode_or_whether_there_are_any() {
        for (value, mode) in [("true", Credentials::Include), ("false", Credentials::SameOrigin), ("\"omit\"", Credentials::Omit)] {
            let line = format!(r#"{{"url": "https://a.test", "origin": "https://b.test", "credentials": {value}}}"#);
            assert_eq!(fleet_line("fleet.ndjson", 1, &line, None).unwrap().ask.credentials, mode, "{value}");
        }
    }
}
