//! What an answer allows already: a configuration that is pasted over another one must take nothing of it away.

use crate::evidence::Response;
use crate::web::{Origin, header};

/// Entries of a list that are taken over, and the length of one.
const MOST: usize = 50;
const LONGEST: usize = 100;
/// Names that no list has to hold. <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>.
const NEEDLESS: [&str; 3] = ["accept", "accept-language", "content-language"];

/// The lists of one answer, as far as they make sense.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Granted {
    /// The origin, or `*`.
    pub(crate) origin: Option<String>,
    /// Methods.
    pub(crate) methods: Vec<String>,
    /// Names of request headers, lower case.
    pub(crate) headers: Vec<String>,
    /// Names of response headers that a page may read, lower case.
    pub(crate) expose: Vec<String>,
    /// Whether credentials may be included.
    pub(crate) credentials: bool,
}

impl Granted {
    /// Reads an answer. What a server writes there may be anything: only tokens and origins are taken, and none in quotes, which no
    /// name is meant to have.
    pub(crate) fn of(response: &Response) -> Self {
        let single = |name| response.combined(name).map(|value| header::trim(&value).to_owned());
        let names = |name| tokens(response, name).map(|token| token.to_ascii_lowercase()).collect();
        let is_origin = |text: &String| {
            text == "*" || text.len() <= LONGEST * 3 && Origin::parse(text).is_ok_and(|origin| !origin.is_null() && origin.as_str() == text)
        };
        let headers = tokens(response, "access-control-allow-headers").map(|token| token.to_ascii_lowercase());
        Self {
            origin: single("access-control-allow-origin").filter(is_origin),
            methods: tokens(response, "access-control-allow-methods").collect(),
            headers: headers.filter(|name| !NEEDLESS.contains(&name.as_str())).collect(),
            expose: names("access-control-expose-headers"),
            credentials: single("access-control-allow-credentials").is_some_and(|value| value == "true"),
        }
    }
}

fn tokens(response: &Response, name: &str) -> impl Iterator<Item = String> {
    let value = response.combined(name).unwrap_or_default();
    let tokens: Vec<String> = value
        .split(',')
        .map(header::trim)
        .filter(|t| t.len() <= LONGEST && header::is_token(t) && !t.contains('\''))
        .map(str::to_owned)
        .collect();
    tokens.into_iter().take(MOST)
}

/// What is there with what is needed. The wildcard covers all but `Authorization`, and with credentials nothing.
pub(crate) fn joined(there: &[String], needed: &[String], credentials: bool) -> Vec<String> {
    let wildcard = !credentials && there.iter().any(|item| item == "*");
    let covered = |item: &&String| !wildcard || item.eq_ignore_ascii_case("authorization");
    let named = there.iter().filter(|item| wildcard == (*item == "*"));
    let mut all: Vec<String> = Vec::new();
    for item in named.chain(needed.iter().filter(covered)) {
        if !all.iter().any(|known| known == item) {
            all.push(item.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(lines: &[(&str, &str)]) -> Response {
        Response { headers: lines.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(), ..Response::default() }
    }

    #[test]
    fn reads_what_makes_sense_and_nothing_else() {
        let granted = Granted::of(&answer(&[
            ("Access-Control-Allow-Origin", " https://app.example.com "),
            ("Access-Control-Allow-Methods", "GET, PUT,, \"; rm -rf\""),
            ("Access-Control-Allow-Headers", "Accept, X-A"),
            ("Access-Control-Allow-Headers", "x-b"),
            ("Access-Control-Expose-Headers", "ETag"),
            ("Access-Control-Allow-Credentials", "true"),
        ]));
        assert_eq!(granted.origin.as_deref(), Some("https://app.example.com"));
        assert_eq!(
            (granted.methods.join(" "), granted.headers.join(" "), granted.expose.join(" ")),
            ("GET PUT".into(), "x-a x-b".into(), "etag".into())
        );
        assert!(granted.credentials);
        for value in ["null", "https://app.example.com/", "https://a.example, https://b.example", "'; drop"] {
            assert_eq!(Granted::of(&answer(&[("Access-Control-Allow-Origin", value)])).origin, None, "{value}");
        }
    }

    #[test]
    fn nothing_is_taken_away() {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        for (there, needed, credentials, wanted) in [
            (&["GET", "PUT"][..], &["PATCH"][..], false, &["GET", "PUT", "PATCH"][..]),
            (&["*"], &["PATCH"], false, &["*"]),
            (&["*"], &["x-a", "authorization"], false, &["*", "authorization"]),
            (&["*", "x-b"], &["x-a"], true, &["x-b", "x-a"]),
            (&["x-a"], &["x-a"], false, &["x-a"]),
        ] {
            assert_eq!(joined(&list(there), &list(needed), credentials), list(wanted), "{there:?} {needed:?}");
        }
    }

    #[test]
    fn a_name_in_quotes_is_not_taken_over() {
        let granted =
            Granted::of(&answer(&[("access-control-allow-methods", "'GET', PUT"), ("access-control-allow-headers", "'X-A,x-b'")]));
        assert_eq!((granted.methods, granted.headers), (vec!["PUT".to_owned()], vec![]));
    }
}
