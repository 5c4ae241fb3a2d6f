//! How S3 evaluates a CORS configuration: the first rule that satisfies origin, method and every requested header answers
//! alone. Source: S3 User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket", and answers recorded
//! against S3. Never judges what a browser makes of the answer.

use super::config::{Rule, Text};
use super::hint;
use crate::web::header;

/// The methods that a rule can hold and a preflight can ask for.
pub const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
const NOT_ALLOWED: &str = "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request \
                           method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the \
                           resource's CORS spec.";

/// What S3 looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `Origin`, byte for byte.
    pub origin: String,
    /// `Access-Control-Request-Method`; on an actual request without it, the verb.
    pub method: String,
    /// The items of `Access-Control-Request-Headers`. The headers that an actual request really carries are not looked at.
    pub headers: Vec<String>,
    /// An actual request, not the preflight.
    pub actual: bool,
}

/// What S3 does with a request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Whether a rule matches.
    pub allowed: bool,
    /// The rule that answers.
    pub rule: Option<usize>,
    /// Each rule's part.
    pub rules: Vec<RuleTrace>,
    /// The answer.
    pub reply: Reply,
}

/// One rule against the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace {
    /// Whether it is the one that answers.
    pub matched: bool,
    /// The first part that fails.
    pub failed_on: Option<Part>,
    /// Every part that fails, and on which value.
    pub detail: String,
}

/// A part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `AllowedOrigins`.
    Origin,
    /// `AllowedMethods`.
    Method,
    /// `AllowedHeaders`.
    Header,
}

/// S3's answer, as far as CORS makes it. Header names in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The status: that of the preflight, or 200 for an actual request, whose own status has nothing to do with CORS.
    pub status: u16,
    /// The CORS headers and `vary`.
    pub headers: Vec<(String, String)>,
    /// `<Code>` of the error.
    pub error_code: Option<&'static str>,
    /// `<Message>` of the error.
    pub message: Option<String>,
}

impl Part {
    /// `origin`, `method` or `header`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Method => "method",
            Self::Header => "header",
        }
    }
}

/// Evaluates the rules.
pub fn evaluate(rules: &[Rule], request: &Request) -> Trace {
    let judged: Vec<Vec<(Part, String)>> = rules.iter().map(|rule| failures(rule, request)).collect();
    let refused = bad_request(request).filter(|_| !request.actual);
    let rule = judged.iter().position(Vec::is_empty).filter(|_| refused.is_none());
    let trace = |(index, failed): (usize, &Vec<(Part, String)>)| RuleTrace {
        matched: rule == Some(index),
        failed_on: failed.first().map(|(part, _)| *part),
        detail: match (failed.is_empty(), rule) {
            (true, Some(first)) if first == index => "origin, method and headers match".into(),
            (true, Some(first)) => format!("would match, but rule {first} comes first"),
            (true, None) => "S3 refuses the preflight before it looks at the rules".into(),
            (false, _) => failed.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>().join("; "),
        },
    };
    let reply = match (rule.and_then(|index| rules.get(index)), refused) {
        (Some(rule), _) => Reply { status: 200, headers: headers(rule, request), ..Reply::default() },
        (None, Some(message)) => Reply { status: 400, error_code: Some("BadRequest"), message: Some(message), ..Reply::default() },
        (None, None) if request.actual => Reply { status: 200, ..Reply::default() },
        (None, None) => forbidden(rules.is_empty()),
    };
    Trace { allowed: rule.is_some(), rule, rules: judged.iter().enumerate().map(trace).collect(), reply }
}

/// Whether a pattern with at most one `*` covers a value: the whole of it, byte for byte.
pub fn covers(pattern: &str, value: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == value,
        // S3 does not store a second wildcard.
        Some((_, rest)) if rest.contains('*') => false,
        Some((start, end)) => value.len() >= start.len() + end.len() && value.starts_with(start) && value.ends_with(end),
    }
}

/// Whether an entry of `AllowedHeaders` covers a header name, in any case.
pub fn covers_header(pattern: &str, name: &str) -> bool {
    covers(&pattern.to_ascii_lowercase(), &name.to_ascii_lowercase())
}

/// The requested names: trimmed, empty items dropped.
fn requested(request: &Request) -> impl Iterator<Item = &str> {
    request.headers.iter().flat_map(|item| item.split(',')).map(str::trim).filter(|name| !name.is_empty())
}

fn failures(rule: &Rule, request: &Request) -> Vec<(Part, String)> {
    let mut failed = Vec::new();
    if matching_origin(rule, &request.origin).is_none() {
        failed.push((Part::Origin, origin_failure(rule, &request.origin)));
    }
    if !known(&rule.methods).any(|method| method == request.method) {
        let unknown = unknown_values(&rule.methods);
        failed.push((Part::Method, format!("{} is not in AllowedMethods ({}){unknown}", request.method, listed(&rule.methods))));
    }
    let refused: Vec<&str> = requested(request).filter(|name| !known(&rule.headers).any(|pattern| covers_header(pattern, name))).collect();
    if !refused.is_empty() {
        let unknown = unknown_values(&rule.headers);
        let verb = if refused.len() == 1 { "matches" } else { "match" };
        let list = match rule.headers.len() {
            0 => "nothing: the rule has no AllowedHeaders".to_owned(),
            _ => format!("none of AllowedHeaders ({})", listed(&rule.headers)),
        };
        failed.push((Part::Header, format!("{} {verb} {list}{unknown}", refused.join(", "))));
    }
    failed
}

fn origin_failure(rule: &Rule, origin: &str) -> String {
    let hint = known(&rule.origins).find_map(|pattern| hint::difference(pattern, origin)).map(|h| format!(": {h}")).unwrap_or_default();
    format!("{origin} is not in AllowedOrigins ({}){hint}{}", listed(&rule.origins), unknown_values(&rule.origins))
}

fn known(values: &[Text]) -> impl Iterator<Item = &str> {
    values.iter().filter(|text| !text.opaque).map(|text| text.value.as_str())
}

fn unknown_values(values: &[Text]) -> String {
    match values.iter().find(|text| text.opaque) {
        Some(text) => format!(", unless {} turns out to allow it", text.value),
        None => String::new(),
    }
}

fn listed(values: &[Text]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> =
        values.iter().take(MOST).map(|t| if t.value.is_empty() { "\"\"".to_owned() } else { t.value.clone() }).collect();
    let more = if values.len() > MOST { format!(", and {} more", values.len() - MOST) } else { String::new() };
    if shown.is_empty() { "none".into() } else { format!("{}{more}", shown.join(", ")) }
}

fn matching_origin<'a>(rule: &'a Rule, origin: &str) -> Option<&'a str> {
    known(&rule.origins).find(|pattern| covers(pattern, origin))
}

fn bad_request(request: &Request) -> Option<String> {
    if !METHODS.contains(&request.method.as_str()) {
        return Some(format!("Invalid Access-Control-Request-Method: {}", request.method));
    }
    let bad = requested(request).find(|name| !header::is_token(name))?;
    Some(format!("Access-Control-Request-Headers \"{bad}\" contains invalid character."))
}

fn forbidden(unconfigured: bool) -> Reply {
    let message = if unconfigured { "CORSResponse: CORS is not enabled for this bucket." } else { NOT_ALLOWED };
    Reply { status: 403, headers: Vec::new(), error_code: Some("AccessForbidden"), message: Some(message.into()) }
}

/// The same set on the preflight and on the actual answer; whichever it is, credentials follow from the pattern alone.
fn headers(rule: &Rule, request: &Request) -> Vec<(String, String)> {
    let anyone = matching_origin(rule, &request.origin) == Some("*");
    let joined = |values: &[Text]| known(values).collect::<Vec<_>>().join(", ");
    let names = requested(request).map(str::to_ascii_lowercase).collect::<Vec<_>>().join(", ");
    let mut headers = vec![("access-control-allow-origin", if anyone { "*".to_owned() } else { request.origin.clone() })];
    headers.push(("access-control-allow-methods", joined(&rule.methods)));
    if !names.is_empty() {
        headers.push(("access-control-allow-headers", names));
    }
    if !rule.expose.is_empty() {
        headers.push(("access-control-expose-headers", joined(&rule.expose)));
    }
    if let Some(age) = rule.max_age {
        headers.push(("access-control-max-age", age.seconds.to_string()));
    }
    if !anyone {
        headers.push(("access-control-allow-credentials", "true".to_owned()));
    }
    headers.push(("vary", VARY.to_owned()));
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(origins: &[&str], methods: &[&str], headers: &[&str]) -> Rule {
        let texts = |values: &[&str]| values.iter().map(|v| Text::plain(*v)).collect();
        Rule { origins: texts(origins), methods: texts(methods), headers: texts(headers), ..Rule::default() }
    }

    fn ask(origin: &str, method: &str, headers: &[&str]) -> Request {
        let headers = headers.iter().map(|h| (*h).to_owned()).collect();
        Request { origin: origin.into(), method: method.into(), headers, actual: false }
    }

    fn value<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
        reply.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    #[test]
    fn the_first_rule_that_satisfies_everything_answers_alone() {
        let rules = [rule(&["https://a.test"], &["PUT"], &[]), rule(&["*"], &["GET", "PUT"], &["X-Amz-*"])];
        let trace = evaluate(&rules, &ask("https://a.test", "PUT", &["x-amz-acl"]));
        assert_eq!((trace.rule, trace.rules[0].failed_on), (Some(1), Some(Part::Header)));
        assert_eq!(value(&trace.reply, "access-control-allow-origin"), Some("*"));
        assert_eq!(value(&trace.reply, "access-control-allow-credentials"), None);
        assert_eq!(value(&trace.reply, "access-control-allow-methods"), Some("GET, PUT"));
        let trace = evaluate(&rules, &ask("https://a.test", "PUT", &[]));
        assert_eq!((trace.rule, trace.rules[1].detail.as_str()), (Some(0), "would match, but rule 0 comes first"));
        assert_eq!(value(&trace.reply, "access-control-allow-credentials"), Some("true"));
    }

    #[test]
    fn refusals_speak_as_s3_does() {
        let rules = [rule(&["https://a.test"], &["GET"], &[])];
        for (request, status, starts) in [
            (ask("https://b.test", "GET", &[]), 403, "CORSResponse: This CORS request is not allowed."),
            (ask("https://a.test", "PATCH", &[]), 400, "Invalid Access-Control-Request-Method: PATCH"),
            (ask("https://a.test", "get", &[]), 400, "Invalid Access-Control-Request-Method: get"),
            (ask("https://a.test", "GET", &["a b"]), 400, "Access-Control-Request-Headers \"a b\" contains"),
        ] {
            let trace = evaluate(&rules, &request);
            assert_eq!((trace.allowed, trace.reply.status), (false, status));
            assert!(trace.reply.message.unwrap().starts_with(starts) && trace.reply.headers.is_empty());
        }
        let empty = evaluate(&[], &ask("https://a.test", "GET", &[]));
        assert_eq!(empty.reply.message.as_deref(), Some("CORSResponse: CORS is not enabled for this bucket."));
        let mut actual = ask("https://b.test", "PATCH", &[]);
        actual.actual = true;
        assert_eq!(evaluate(&rules, &actual).reply, Reply { status: 200, ..Reply::default() });
    }

    #[test]
    fn an_unknown_value_never_counts_as_a_match_and_is_named() {
        let mut one = rule(&["!Ref Origin"], &["GET"], &[]);
        one.origins[0].opaque = true;
        let trace = evaluate(&[one], &ask("https://a.test", "GET", &[]));
        assert!(trace.rules[0].detail.contains("unless !Ref Origin turns out"), "{}", trace.rules[0].detail);
    }

    /// The plain definition: some way to split the value around the wildcard.
    fn naive(pattern: &str, value: &str) -> bool {
        let mut parts = pattern.split('*');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(only), None, _) => only == value,
            (Some(start), Some(end), None) => {
                (0..=value.len()).any(|i| (i..=value.len()).any(|j| value.get(..i) == Some(start) && value.get(j..) == Some(end)))
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn covers_as_the_plain_definition_does(pattern in "[ab.*]{0,6}", value in "[ab.*ä]{0,8}") {
            prop_assert_eq!(covers(&pattern, &value), naive(&pattern, &value));
        }
    }
}
