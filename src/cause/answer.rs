//! The answer that a rule explains: where the browser stopped, or the HTTP error behind an allowed request.
//!
//! Says what the answer shows; which cause it is, the rules say.

use serde_json::Value;

use super::{Case, Finding, quote};
use crate::evidence::{Probe, Response};
use crate::remedy::Grant;
use crate::remedy::granted::Granted;
use crate::verdict::Stage;

/// An answer that blocks, or an HTTP error that the page may read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    /// The exchange.
    pub(crate) probe: &'a Probe,
    /// Its answer.
    pub(crate) response: &'a Response,
    /// Whether it answers the preflight.
    pub(crate) preflight: bool,
    /// Whether the page may read it.
    pub(crate) readable: bool,
}

/// The one sentence of a JSON error body. The case of the key tells who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Whether the key is `Message`, with a capital.
    pub(crate) capital: bool,
    /// The sentence; nothing for `null`.
    pub(crate) text: Option<String>,
}

impl<'a> Answer<'a> {
    /// The answer of this case; nothing when the browser never got one, or got one that is fine.
    pub(crate) fn of(case: &Case<'a>) -> Option<Self> {
        let probe = case.deciding()?;
        let response = probe.response.as_ref()?;
        match case.verdict.stage {
            Stage::Preflight => Some(Self { probe, response, preflight: true, readable: false }),
            Stage::Actual => Some(Self { probe, response, preflight: false, readable: false }),
            Stage::None | Stage::Expose if response.status >= 400 => Some(Self { probe, response, preflight: false, readable: true }),
            _ => None,
        }
    }

    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    /// Whether it is an answer to the preflight or to the request, but not one that the page reads as it should.
    pub(crate) fn refused(&self) -> bool {
        self.response.status >= 400
    }

    /// Whether the browser found no permission in it at all.
    pub(crate) fn bare(&self) -> bool {
        self.response.header("access-control-allow-origin").is_none()
    }

    /// The JSON error body, as far as it is one.
    pub(crate) fn message<'c>(&self, case: &'c Case<'_>) -> Option<&'c Message> {
        case.message_of(self.probe)
    }

    /// A finding that begins with the status and who made it, and quotes both.
    pub(crate) fn finding(&self, case: &Case<'a>, explanation: &str) -> Finding {
        let answerer = case.answerer_of(self.probe);
        let sign = if answerer.sign.is_empty() { String::new() } else { format!(", {}", quote(&answerer.sign, 160)) };
        let finding = Finding::new(format!("{} {explanation}", self.lead(case)))
            .layer(answerer.layer)
            .cite(self.probe, format!("status {}{sign}", self.response.status));
        match self.says() {
            Some(body) => finding.cite(self.probe, format!("the body: {body}")),
            None => finding,
        }
    }

    /// First things first: which status hides here, and who made it.
    fn lead(&self, case: &Case<'a>) -> String {
        let who = case.answerer_of(self.probe).chain();
        let (status, method) = (self.response.status, self.method(case));
        match (self.preflight, self.readable) {
            (true, _) if self.response.is_ok() => {
                format!("The preflight was answered by {who} with {status}, but without the permission that a browser looks for.")
            }
            (true, _) => format!("The preflight was answered by {who} with {status}; a browser goes on only after 200 to 299."),
            (false, true) => {
                format!("The CORS rules let the page read the answer, and the answer is an error: {who} answered {method} with {status}.")
            }
            (false, false) if self.refused() => {
                format!(
                    "Behind the CORS error hides status {status}: {who} answered {method} so, and no header of that answer lets the page see it."
                )
            }
            (false, false) => format!("{method} was answered by {who} with {status}, but no header of that answer lets the page read it."),
        }
    }

    /// The method that was answered.
    pub(crate) fn method(&self, case: &Case<'_>) -> String {
        if self.probe.request.method.is_empty() { case.ask.sent_method() } else { self.probe.request.method.clone() }
    }

    /// The beginning of a textual body.
    fn says(&self) -> Option<String> {
        let body = self.response.body.trim();
        let page = body.get(..1).is_some_and(|start| start == "<");
        // Of a good answer the body is the page's own data and says nothing of the trouble.
        (!body.is_empty() && !page && !self.response.is_ok()).then(|| quote(body, 240))
    }
}

/// The least permission that lets this ask through beside what the preflight's answer allows already, for snippets.
pub(crate) fn grant(case: &Case<'_>) -> Grant {
    let grant = Grant::of(case.ask, case.asked_headers(), case.target);
    match case.preflight().and_then(|probe| probe.response.as_ref()) {
        Some(response) => grant.beside(&Granted::of(response)),
        None => grant,
    }
}

/// Reads `{"message": …}`, `{"Message": …}`, and nothing else.
pub(crate) fn message(body: &str) -> Option<Message> {
    let body = body.trim_start_matches('\u{feff}').trim();
    if !body.starts_with('{') {
        return None;
    }
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(body) else { return cut_off(body) };
    let (capital, value) = match (fields.get("message"), fields.get("Message")) {
        (Some(value), _) => (false, value),
        (None, Some(value)) => (true, value),
        (None, None) => return None,
    };
    match value {
        Value::Null => Some(Message { capital, text: None }),
        Value::String(text) => Some(Message { capital, text: Some(text.clone()) }),
        _ => None,
    }
}

/// The message of a body that ends before its text does.
fn cut_off(body: &str) -> Option<Message> {
    let rest = body.strip_prefix('{')?.trim_start();
    let capital = rest.starts_with("\"Message\"");
    let rest = rest.strip_prefix("\"Message\"").or_else(|| rest.strip_prefix("\"message\""))?;
    let text = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let whole = text.contains(['"', '\\']);
    (!whole && !text.is_empty()).then(|| Message { capital, text: Some(text.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_of_the_key_counts() {
        let read = |body| message(body).map(|m| (m.capital, m.text.unwrap_or_default()));
        assert_eq!(read(r#"{"message": "Forbidden"}"#), Some((false, "Forbidden".into())));
        assert_eq!(read(r#"{"Message":"Forbidden"}"#), Some((true, "Forbidden".into())));
        assert_eq!(read(r#"{"Message":null}"#), Some((true, String::new())));
        assert_eq!(read("\u{feff}{\"message\":\"marked\"}"), Some((false, "marked".into())));
        assert_eq!(read(r#"{"message": "cut"#), Some((false, "cut".into())));
        for other in ["", "Forbidden", "[]", r#"{"message": 3}"#, r#"{"error":"x"}"#, r#"{"message":"#, r#"{"message": "a", "b": tru"#] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
