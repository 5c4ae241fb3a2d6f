//! The least CORS configuration that lets a request through, merged into what is there: nothing that works today stops
//! working, and nobody else gets in. Changes nothing but the rules; writes no text.

mod mend;
mod trace;

pub use trace::{Traced, trace};

use crate::ask::Ask;
use crate::aws::s3::cors::config::{Rule, Text};
use crate::aws::s3::cors::engine::{METHODS, Reply, Request, covers, covers_header, evaluate};
use crate::remedy::s3_cors::least_rule;
use crate::verdict::{Engine, unsafe_header_names};

/// What has to get through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Want {
    /// The page's origin.
    pub origin: String,
    /// The method, as sent.
    pub method: String,
    /// The names that the preflight asks for.
    pub headers: Vec<String>,
    /// Response headers that the page reads.
    pub expose: Vec<String>,
    /// Whether the page includes credentials: then `*` does not do.
    pub credentials: bool,
}

impl Want {
    /// What a page's request needs.
    pub fn of(ask: &Ask, engine: Engine) -> Self {
        Self {
            origin: ask.origin.to_string(),
            method: ask.sent_method(),
            headers: unsafe_header_names(ask, engine),
            expose: ask.expose.clone(),
            credentials: ask.with_credentials(),
        }
    }
}

/// The new configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion {
    /// Its rules.
    pub rules: Vec<Rule>,
    /// What was done to the given ones, a sentence each; nothing when they already let the request through.
    pub changes: Vec<String>,
}

/// Merges what is wanted into the rules that are there, or says what no configuration of S3 can do.
pub fn suggest(existing: &[Rule], wants: &[Want]) -> Result<Suggestion, String> {
    let (rules, changes) = mend::mended(existing);
    let mut suggestion = Suggestion { rules, changes };
    for want in wants {
        if !METHODS.contains(&want.method.as_str()) {
            return Err(format!("no CORS rule of S3 can allow {}: it knows {}", want.method, METHODS.join(", ")));
        }
        if satisfied(&suggestion.rules, want) {
            continue;
        }
        let (rules, change) = merged(&suggestion.rules, want);
        suggestion.rules = rules;
        suggestion.changes.push(change);
    }
    Ok(suggestion)
}

/// Whether preflight and actual answer both do.
pub fn satisfied(rules: &[Rule], want: &Want) -> bool {
    let preflight = evaluate(rules, &request(want, false));
    let actual = evaluate(rules, &request(want, true));
    let exposed = list(&actual.reply, "access-control-expose-headers");
    preflight.allowed
        && actual.allowed
        && want.expose.iter().all(|name| exposed.iter().any(|e| e.eq_ignore_ascii_case(name)))
        && (!want.credentials || [&preflight.reply, &actual.reply].into_iter().all(with_credentials))
}

fn request(want: &Want, actual: bool) -> Request {
    let headers = if actual { Vec::new() } else { want.headers.clone() };
    Request { origin: want.origin.clone(), method: want.method.clone(), headers, actual }
}

/// The first way that works and takes nothing away: extend a rule, add one at the end, or put one in front of the rule
/// that answers today.
fn merged(rules: &[Rule], want: &Want) -> (Vec<Rule>, String) {
    let least = least_rule(&want.origin, &want.method, &want.headers, &want.expose);
    let mut appended = rules.to_vec();
    appended.push(least.clone());
    let candidates =
        (0..rules.len()).filter_map(|index| extended(rules, index, want)).chain([(appended, format!("rule {} added", rules.len()))]);
    candidates
        .into_iter()
        .find(|(candidate, _)| satisfied(candidate, want) && keeps(rules, candidate, want))
        .unwrap_or_else(|| in_front(rules, least, want))
}

/// Rule `index` with the one part extended in which it differs from what is wanted, when no other request gains by it.
fn extended(rules: &[Rule], index: usize, want: &Want) -> Option<(Vec<Rule>, String)> {
    let rule = rules.get(index)?;
    let only = |list: &[Text], value: &str| matches!(list, [text] if text.value == value && !text.opaque);
    let same_headers = rule.headers.len() == want.headers.len()
        && want.headers.iter().all(|name| rule.headers.iter().any(|text| text.value.eq_ignore_ascii_case(name)));
    let (mut rules, mut changed) = (rules.to_vec(), rule.clone());
    let (one_origin, one_method) = (only(&rule.origins, &want.origin), only(&rule.methods, &want.method));
    let enough_exposed = want.expose.iter().all(|name| rule.expose.iter().any(|text| text.value.eq_ignore_ascii_case(name)));
    let what = if one_origin && one_method {
        let missing = want.headers.iter().filter(|name| !rule.headers.iter().any(|text| covers_header(&text.value, name)));
        changed.headers.extend(missing.map(Text::plain));
        expose(&mut changed, &want.expose);
        "headers"
    } else if one_origin && same_headers && enough_exposed {
        changed.methods.push(Text::plain(&want.method));
        "method"
    } else if one_method && same_headers && enough_exposed && rule.origins.iter().all(|text| text.value != "*") {
        changed.origins.push(Text::plain(&want.origin));
        "origin"
    } else {
        return None;
    };
    *rules.get_mut(index)? = changed;
    Some((rules, format!("rule {index}: {what} added")))
}

/// A rule of its own in front of the one that answers today, with all that this one gives.
fn in_front(rules: &[Rule], mut least: Rule, want: &Want) -> (Vec<Rule>, String) {
    let at = rules.iter().position(|rule| answers(rule, want)).unwrap_or(rules.len());
    for rule in rules.iter().skip(at).filter(|rule| answers(rule, want)) {
        let names: Vec<String> = rule.expose.iter().map(|text| text.value.clone()).collect();
        expose(&mut least, &names);
    }
    let mut rules = rules.to_vec();
    rules.insert(at, least);
    (rules, format!("rule {at} added in front of the one that answers today"))
}

fn answers(rule: &Rule, want: &Want) -> bool {
    rule.origins.iter().any(|text| !text.opaque && covers(&text.value, &want.origin)) && rule.methods.iter().any(|m| m.value == want.method)
}

fn expose(rule: &mut Rule, names: &[String]) {
    for name in names {
        if !rule.expose.iter().any(|text| text.value.eq_ignore_ascii_case(name)) {
            rule.expose.push(Text::plain(name));
        }
    }
}

/// Samples of what was allowed are allowed still, with the same credentials and no header less to read.
pub fn keeps(before: &[Rule], after: &[Rule], want: &Want) -> bool {
    const MOST: usize = 5000;
    let samples = before.iter().flat_map(|rule| samples(rule, want)).take(MOST);
    samples.into_iter().all(|request| {
        let (old, new) = (evaluate(before, &request), evaluate(after, &request));
        let readable = list(&new.reply, "access-control-expose-headers");
        !old.allowed
            || (new.allowed
                && (!with_credentials(&old.reply) || with_credentials(&new.reply))
                && list(&old.reply, "access-control-expose-headers").iter().all(|name| readable.contains(name)))
    })
}

/// Requests that a rule was written for: its origins (a wildcard filled in, and the wanted one), methods and headers.
fn samples(rule: &Rule, want: &Want) -> Vec<Request> {
    let origins = rule.origins.iter().filter(|text| !text.opaque).map(|text| text.value.replace('*', "x"));
    let origins: Vec<String> = origins.chain([want.origin.clone()]).collect();
    let names: Vec<String> = rule.headers.iter().filter(|text| !text.opaque).map(|text| text.value.replace('*', "x")).collect();
    let mut requests = Vec::new();
    for origin in &origins {
        for method in &rule.methods {
            for headers in [Vec::new(), names.clone(), want.headers.clone()] {
                requests.push(Request { origin: origin.clone(), method: method.value.clone(), headers, actual: false });
            }
        }
    }
    requests
}

fn list(reply: &Reply, name: &str) -> Vec<String> {
    let value = reply.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
    value.split(", ").filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn with_credentials(reply: &Reply) -> bool {
    reply.headers.iter().any(|(name, _)| name == "access-control-allow-credentials")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aws::s3::cors::read;
    use crate::cause::Severity;
    use crate::lint::lint;
    use crate::remedy::s3_cors::{Form, render};

    fn texts(values: &[&str]) -> Vec<Text> {
        values.iter().map(|value| Text::plain(*value)).collect()
    }

    fn rule(origins: &[&str], methods: &[&str], headers: &[&str], expose: &[&str]) -> Rule {
        Rule { origins: texts(origins), methods: texts(methods), headers: texts(headers), expose: texts(expose), ..Rule::default() }
    }

    fn want(method: &str, headers: &[&str], expose: &[&str], credentials: bool) -> Want {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        Want { origin: "https://a.test".into(), method: method.into(), headers: owned(headers), expose: owned(expose), credentials }
    }

    #[test]
    fn the_least_that_does() {
        const A: &str = "https://a.test";
        for (existing, want, changes) in [
            (vec![], want("PUT", &["content-type"], &[], false), &["rule 0 added"][..]),
            (vec![rule(&[A], &["PUT"], &["*"], &[])], want("PUT", &["x"], &[], true), &[]),
            (vec![rule(&[A], &["PUT"], &["y"], &[])], want("PUT", &["x"], &[], false), &["rule 0: headers added"]),
            (vec![rule(&[A], &["PUT"], &["x"], &[])], want("GET", &["X"], &[], false), &["rule 0: method added"]),
            (vec![rule(&["https://b.test"], &["PUT"], &["x"], &[])], want("PUT", &["x"], &[], false), &["rule 0: origin added"]),
            (vec![rule(&["https://b.test"], &["PUT"], &["*"], &[])], want("PUT", &["x"], &[], false), &["rule 1 added"]),
            (vec![rule(&["*"], &["GET"], &["*"], &["ETag"])], want("GET", &["x"], &["ETag"], false), &[]),
            (
                vec![rule(&["*"], &["GET"], &["*"], &["ETag"])],
                want("GET", &["x"], &["Date"], true),
                &["rule 0 added in front of the one that answers today"],
            ),
            (
                vec![rule(&["https://a.test/"], &["GET", "OPTIONS"], &[], &[])],
                want("GET", &[], &[], false),
                &[
                    "left out OPTIONS: S3 refuses it",
                    "left out https://a.test/: it can never match, because it ends in a slash, and an origin has none",
                    "left out rule 0: nothing of it is left",
                    "rule 0 added",
                ],
            ),
        ] {
            let suggestion = suggest(&existing, std::slice::from_ref(&want)).unwrap();
            assert_eq!(suggestion.changes, changes, "{existing:?} {want:?}");
            assert!(satisfied(&suggestion.rules, &want));
        }
        assert!(suggest(&[], &[want("PATCH", &[], &[], false)]).is_err());
    }

    #[test]
    fn a_wider_rule_keeps_what_it_exposes() {
        let existing = [rule(&["*"], &["GET"], &["*"], &["ETag", "x-amz-id-2"])];
        let want = want("GET", &[], &["Date"], true);
        let rules = suggest(&existing, std::slice::from_ref(&want)).unwrap().rules;
        assert_eq!(rules[0].expose.iter().map(|t| t.value.as_str()).collect::<Vec<_>>(), ["Date", "ETag", "x-amz-id-2"]);
        assert_eq!(rules[1], existing[0]);
    }

    fn some(values: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<Text>> {
        proptest::sample::subsequence(values, least..=values.len()).prop_map(|list| texts(&list))
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        (
            some(&["https://a.test", "https://b.test", "https://*.test", "*"], 1),
            some(&["GET", "PUT", "POST", "DELETE"], 1),
            some(&["*", "content-type", "x-amz-*", "x-own"], 0),
            some(&["ETag", "x-amz-version-id"], 0),
        )
            .prop_map(|(origins, methods, headers, expose)| Rule { origins, methods, headers, expose, ..Rule::default() })
    }

    proptest! {
        #[test]
        fn it_gets_through_nothing_is_lost_and_strangers_stay_out(
            existing in proptest::collection::vec(any_rule(), 0..4),
            method in proptest::sample::select(&["GET", "PUT", "POST", "DELETE", "HEAD"][..]),
            headers in proptest::sample::subsequence(&["content-type", "x-amz-acl", "x-own"][..], 0..=3),
            expose in proptest::sample::subsequence(&["ETag", "Date"][..], 0..=2),
            credentials: bool,
        ) {
            let want = want(method, &headers, &expose, credentials);
            let after = suggest(&existing, std::slice::from_ref(&want)).unwrap().rules;
            prop_assert!(satisfied(&after, &want));
            prop_assert!(keeps(&existing, &after, &want));
            for method in METHODS {
                for headers in [&[][..], &["x-own"], &["content-type", "x-amz-acl"]] {
                    let headers: Vec<String> = headers.iter().map(|h| (*h).to_owned()).collect();
                    let stranger = Request { origin: "https://stranger.example".into(), method: method.into(), headers, actual: false };
                    prop_assert_eq!(evaluate(&existing, &stranger).allowed, evaluate(&after, &stranger).allowed);
                }
            }
            for form in [Form::Console, Form::Xml, Form::CloudFormation, Form::Terraform] {
                let text = render(&after, form, "uploads");
                let document = read(&text).unwrap();
                prop_assert!(lint(&document).iter().all(|finding| finding.severity != Severity::Error), "{}", text);
                prop_assert!(satisfied(&document.configs[0].rules, &want), "{}", text);
            }
        }
    }
}
