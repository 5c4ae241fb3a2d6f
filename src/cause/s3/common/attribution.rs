//! Which part of a request no CORS rule of a bucket covers, concluded from trials that vary one input at a time.
//!
//! S3 has one sentence for every mismatch, but its rules are conjunctive: a rule matches when origin, method and each
//! header match, and an empty list of headers always does. So a request that passes without headers has a header to blame,
//! an origin for which no method passes is itself to blame, and so on. Source: S3 User Guide, "How does Amazon S3 evaluate
//! the CORS configuration on a bucket?".

use super::trial::{Question, Trial};

/// The methods that a rule can list. Source: S3 User Guide, "Elements of a CORS configuration".
pub(crate) const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];

/// What the trials show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribution {
    /// Not enough was tried.
    Open,
    /// A rule covers the request after all.
    Passes,
    /// The origin: no method passes for it.
    Origin {
        /// A similar origin that passes.
        neighbour: Option<String>,
        /// Methods that were tried in vain.
        tried: Vec<String>,
    },
    /// The method: others pass for this origin.
    Method {
        /// Those that pass.
        passing: Vec<String>,
    },
    /// Some headers.
    Header {
        /// Each refused by itself.
        guilty: Vec<String>,
        /// Refused together; not told apart.
        suspects: Vec<String>,
        /// Passed.
        fine: Vec<String>,
    },
    /// Every part is allowed by some rule, no rule allows all.
    Split(Split),
}

/// How a request is spread over several rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Split {
    /// The headers pass with these methods, the method passes without the headers.
    MethodAndHeaders(Vec<String>),
    /// Each header passes by itself.
    Headers,
}

/// Reads the trials.
pub(crate) fn attribute(own: &Question, trials: &[Trial<'_>]) -> Attribution {
    let own_headers = sorted(&own.headers);
    if trials.iter().any(|t| t.matched && same_pair(&t.question, own) && sorted(&t.question.headers) == own_headers) {
        return Attribution::Passes;
    }
    match answer(trials, &own.origin, &own.method) {
        Some(true) => headers(own, trials),
        Some(false) => origin_or_method(own, trials),
        None => Attribution::Open,
    }
}

/// Whether origin and method pass: no, when they fail without headers; yes, when they pass with any.
pub(crate) fn answer(trials: &[Trial<'_>], origin: &str, method: &str) -> Option<bool> {
    let mut of_pair = trials.iter().filter(|t| t.question.origin == origin && t.question.method == method);
    if of_pair.clone().any(|t| t.matched) {
        return Some(true);
    }
    of_pair.any(|t| t.question.headers.is_empty()).then_some(false)
}

fn origin_or_method(own: &Question, trials: &[Trial<'_>]) -> Attribution {
    let verdicts: Vec<(&str, bool)> = METHODS.iter().filter_map(|m| Some((*m, answer(trials, &own.origin, m)?))).collect();
    let passing: Vec<String> = verdicts.iter().filter(|(_, ok)| *ok).map(|(m, _)| (*m).to_owned()).collect();
    if !passing.is_empty() {
        return Attribution::Method { passing };
    }
    let neighbour = trials.iter().find(|t| t.matched && t.question.origin != own.origin).map(|t| t.question.origin.clone());
    if neighbour.is_none() && !verdicts.iter().any(|(m, _)| *m != own.method) {
        return Attribution::Open;
    }
    Attribution::Origin { neighbour, tried: verdicts.iter().map(|(m, _)| (*m).to_owned()).collect() }
}

fn headers(own: &Question, trials: &[Trial<'_>]) -> Attribution {
    let with_headers = |t: &&Trial<'_>| t.matched && t.question.origin == own.origin && t.question.method != own.method;
    let covering = trials.iter().filter(with_headers).filter(|t| covers(&t.question.headers, &own.headers));
    let elsewhere: Vec<String> = covering.map(|t| t.question.method.clone()).collect();
    if !elsewhere.is_empty() && !own.headers.is_empty() {
        return Attribution::Split(Split::MethodAndHeaders(elsewhere));
    }
    let fine = passed_headers(own, trials);
    let refused = refused_sets(own, trials, &fine);
    if refused.iter().any(Vec::is_empty) {
        return Attribution::Split(Split::Headers);
    }
    let guilty: Vec<String> = unique(refused.iter().filter(|set| set.len() == 1).flatten());
    let open = refused.iter().filter(|set| !set.iter().any(|h| guilty.contains(h)));
    let suspects = unique(open.flatten());
    // The page's own preflight alone accuses every header at once, which tells nothing.
    if guilty.is_empty() && fine.is_empty() && suspects.len() == own.headers.len() && suspects.len() > 1 && !grouped(own, trials) {
        return Attribution::Open;
    }
    Attribution::Header { guilty, suspects, fine }
}

/// Header names that passed together with the ask's origin and method.
pub(crate) fn passed_headers(own: &Question, trials: &[Trial<'_>]) -> Vec<String> {
    unique(trials.iter().filter(|t| t.matched && same_pair(&t.question, own)).flat_map(|t| &t.question.headers))
}

/// The refused sets of headers, without those that passed.
pub(crate) fn refused_sets(own: &Question, trials: &[Trial<'_>], fine: &[String]) -> Vec<Vec<String>> {
    let refused = trials.iter().filter(|t| !t.matched && same_pair(&t.question, own));
    refused.map(|t| t.question.headers.iter().filter(|h| !fine.contains(h)).cloned().collect()).collect()
}

/// Whether fewer headers than all were tried.
fn grouped(own: &Question, trials: &[Trial<'_>]) -> bool {
    trials.iter().any(|t| same_pair(&t.question, own) && (1..own.headers.len()).contains(&t.question.headers.len()))
}

fn same_pair(a: &Question, b: &Question) -> bool {
    a.origin == b.origin && a.method == b.method
}

fn covers(some: &[String], all: &[String]) -> bool {
    all.iter().all(|h| some.contains(h))
}

fn sorted(names: &[String]) -> Vec<String> {
    unique(names.iter())
}

fn unique<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let set: std::collections::BTreeSet<&String> = names.collect();
    set.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Probe;

    type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

    fn question(origin: &str, method: &str, headers: &[&str]) -> Question {
        Question { origin: origin.into(), method: method.into(), headers: headers.iter().map(|h| (*h).to_owned()).collect() }
    }

    fn lets(rules: &[Rule], q: &Question) -> bool {
        rules.iter().any(|(origin, methods, headers)| {
            *origin == q.origin && methods.contains(&q.method.as_str()) && q.headers.iter().all(|h| headers.contains(&h.as_str()))
        })
    }

    /// Plays both waves against rules that only the test knows.
    fn investigate(rules: &[Rule], own: &Question) -> Attribution {
        let probe = Probe::default();
        let mut asked = vec![own.clone()];
        for _ in 0..2 {
            let trials: Vec<Trial<'_>> =
                asked.iter().map(|q| Trial { probe: &probe, question: q.clone(), matched: lets(rules, q) }).collect();
            let next = super::super::plan::next(own, &trials);
            asked.extend(next.into_iter().map(|(_, q)| q));
        }
        assert!(asked.len() <= 23, "{} preflights", asked.len());
        let trials: Vec<Trial<'_>> = asked.into_iter().map(|q| Trial { probe: &probe, matched: lets(rules, &q), question: q }).collect();
        attribute(own, &trials)
    }

    const PAGE: &str = "https://app.example.com";

    #[test]
    fn names_the_part_that_no_rule_covers() {
        let put = question(PAGE, "PUT", &["content-type", "x-amz-acl"]);
        let origin = |neighbour: Option<&str>| Attribution::Origin {
            neighbour: neighbour.map(str::to_owned),
            tried: METHODS.iter().map(|m| (*m).to_owned()).collect(),
        };
        let cases: Vec<(&[Rule], Attribution)> = vec![
            (&[("https://other.example.com", &["PUT"], &[])], origin(None)),
            (&[("https://app.example.com/", &["PUT"], &[])], origin(Some("https://app.example.com/"))),
            (&[("http://app.example.com", &["PUT"], &[])], origin(Some("http://app.example.com"))),
            (&[(PAGE, &["GET", "HEAD"], &["content-type"])], Attribution::Method { passing: vec!["GET".into(), "HEAD".into()] }),
            (
                &[(PAGE, &["PUT"], &["content-type"])],
                Attribution::Header { guilty: vec!["x-amz-acl".into()], suspects: vec![], fine: vec!["content-type".into()] },
            ),
            (
                &[(PAGE, &["PUT"], &[])],
                Attribution::Header { guilty: vec!["content-type".into(), "x-amz-acl".into()], suspects: vec![], fine: vec![] },
            ),
            (
                &[(PAGE, &["PUT"], &[]), (PAGE, &["POST"], &["content-type", "x-amz-acl"])],
                Attribution::Split(Split::MethodAndHeaders(vec!["POST".into()])),
            ),
            (&[(PAGE, &["PUT"], &["content-type"]), (PAGE, &["PUT"], &["x-amz-acl"])], Attribution::Split(Split::Headers)),
            (&[(PAGE, &["PUT"], &["content-type", "x-amz-acl"])], Attribution::Passes),
        ];
        for (rules, wanted) in cases {
            assert_eq!(investigate(rules, &put), wanted, "{rules:?}");
        }
    }

    #[test]
    fn many_headers_are_halved_until_the_guilty_one_stands_alone() {
        let names: Vec<String> = (0..12).map(|n| format!("x-h{n:02}")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let allowed: &'static [&'static str] =
            &["x-h00", "x-h01", "x-h02", "x-h03", "x-h04", "x-h05", "x-h06", "x-h08", "x-h09", "x-h10", "x-h11"];
        let found = investigate(&[(PAGE, &["PUT"], allowed)], &question(PAGE, "PUT", &all));
        let Attribution::Header { guilty, suspects, .. } = found else { panic!("{found:?}") };
        assert_eq!((guilty, suspects), (vec!["x-h07".to_owned()], vec![]));
    }

    #[test]
    fn one_refusal_alone_settles_nothing() {
        let own = question(PAGE, "PUT", &["content-type", "x-amz-acl"]);
        let probe = Probe::default();
        let refused = Trial { probe: &probe, question: own.clone(), matched: false };
        assert_eq!(attribute(&own, std::slice::from_ref(&refused)), Attribution::Open);
        let bare = question(PAGE, "GET", &[]);
        let refused = Trial { question: bare.clone(), ..refused };
        assert_eq!(attribute(&bare, &[refused]), Attribution::Open);
    }
}
