//! Which part of a request no CORS rule of a bucket covers, concluded from trials that vary one input at a time.
//!
//! S3 has one sentence for every mismatch, but its rules are conjunctive: a rule matches when origin, method and each
//! header match, and an empty list of headers always does. So a request that passes without headers has a header to blame,
//! an origin for which no method passes is itself to blame, and so on. Source: S3 User Guide, "How does Amazon S3 evaluate
//! the CORS configuration on a bucket?".

use super::listed;
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
        /// Each asked by itself, and refused.
        guilty: Vec<String>,
        /// Neither asked by itself nor seen to pass.
        suspects: Vec<String>,
        /// The most that passed at once.
        passing: Vec<String>,
        /// Whether those that pass are refused together: different rules have them.
        scattered: bool,
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
    let (fine, open) = (passed_headers(own, trials), unsettled(own, trials));
    let of_pair = || trials.iter().filter(|t| same_pair(&t.question, own));
    let guilty: Vec<String> = own.headers.iter().filter(|h| !fine.contains(h) && !open.contains(h)).cloned().collect();
    if guilty.is_empty() && open.is_empty() {
        return Attribution::Split(Split::Headers);
    }
    // The page's own preflight alone accuses every header at once, which tells nothing.
    let grouped = of_pair().any(|t| (1..own.headers.len()).contains(&t.question.headers.len()));
    if guilty.is_empty() && fine.is_empty() && !grouped {
        return Attribution::Open;
    }
    let most = of_pair().filter(|t| t.matched).map(|t| &t.question.headers).max_by_key(|headers| headers.len());
    let scattered = of_pair().any(|t| !t.matched && !t.question.headers.is_empty() && covers(&fine, &t.question.headers));
    Attribution::Header { guilty, suspects: open, passing: most.cloned().unwrap_or_default(), scattered }
}

/// Header names that passed together with the ask's origin and method: each passes by itself then, for the rule covers it.
pub(crate) fn passed_headers(own: &Question, trials: &[Trial<'_>]) -> Vec<String> {
    unique(trials.iter().filter(|t| t.matched && same_pair(&t.question, own)).flat_map(|t| &t.question.headers))
}

/// Header names that were neither seen to pass nor refused by themselves.
pub(crate) fn unsettled(own: &Question, trials: &[Trial<'_>]) -> Vec<String> {
    let of_pair = || trials.iter().filter(|t| same_pair(&t.question, own));
    let settled = |name: &String| {
        of_pair().any(|t| if t.matched { t.question.headers.contains(name) } else { t.question.headers == [name.as_str()] })
    };
    own.headers.iter().filter(|name| !settled(name)).cloned().collect()
}

/// The nearest passing request and the smallest failing one, as a sentence.
pub(crate) fn boundary(method: &str, guilty: &[String], suspects: &[String], passing: &[String]) -> String {
    let passes = if passing.is_empty() { "without request headers".to_owned() } else { format!("with {}", listed(passing)) };
    let mut parts = vec![format!("{method} {passes} passes")];
    if !guilty.is_empty() {
        let each = if guilty.len() > 1 { "each of " } else { "" };
        parts.push(format!("adding {each}{} fails", listed(guilty)));
    }
    if !suspects.is_empty() {
        let which = if suspects.len() > 1 { "any of " } else { "" };
        parts.push(format!("whether {which}{} passes by itself was not seen", listed(suspects)));
    }
    format!("{}.", parts.join("; "))
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
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::aws::s3::cors::config::{Rule as Cors, Text};
    use crate::aws::s3::cors::engine::{Request, evaluate};
    use crate::evidence::Probe;

    const NAMES: [&str; 4] = ["cache-control", "content-type", "x-amz-acl", "x-amz-date"];

    fn question(origin: &str, method: &str, headers: &[&str]) -> Question {
        Question { origin: origin.into(), method: method.into(), headers: headers.iter().map(|h| (*h).to_owned()).collect() }
    }

    fn request(q: &Question) -> Request {
        Request { origin: q.origin.clone(), method: q.method.clone(), headers: q.headers.clone(), actual: false }
    }

    fn cors(origins: &[&str], methods: &[&str], headers: &[&str]) -> Cors {
        let texts = |list: &[&str]| list.iter().map(|t| Text::plain(*t)).collect();
        Cors { origins: texts(origins), methods: texts(methods), headers: texts(headers), ..Cors::default() }
    }

    /// Plays both waves against rules that only the test knows.
    fn investigate(lets: impl Fn(&Question) -> bool, own: &Question) -> Attribution {
        let probe = Probe::default();
        let mut trials = vec![Trial { probe: &probe, question: own.clone(), matched: lets(own) }];
        for _ in 0..2 {
            let asked = super::super::plan::next(own, &trials).into_iter().map(|(_, question)| question);
            let answers: Vec<Trial<'_>> = asked.map(|question| Trial { probe: &probe, matched: lets(&question), question }).collect();
            trials.extend(answers);
        }
        assert!(trials.len() <= 24, "{} preflights", trials.len());
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
        let method = |passing: &[&str]| Attribution::Method { passing: passing.iter().map(|m| (*m).to_owned()).collect() };
        let header = |guilty: &[&str], fine: &[&str]| Attribution::Header {
            guilty: guilty.iter().map(|h| (*h).to_owned()).collect(),
            suspects: vec![],
            passing: fine.iter().map(|h| (*h).to_owned()).collect(),
            scattered: false,
        };
        let both = ["content-type", "x-amz-acl"];
        for (rules, wanted) in [
            (vec![cors(&["https://other.example.com"], &["PUT"], &[])], origin(None)),
            (vec![cors(&["https://app.example.com/"], &["PUT"], &[])], origin(Some("https://app.example.com/"))),
            (vec![cors(&["http://app.example.com"], &["PUT"], &[])], origin(Some("http://app.example.com"))),
            (vec![cors(&[PAGE], &["GET", "HEAD"], &["content-type"])], method(&["GET", "HEAD"])),
            (vec![cors(&[PAGE], &["PUT"], &["content-*"])], header(&["x-amz-acl"], &["content-type"])),
            (vec![cors(&[PAGE], &["PUT"], &[])], header(&both, &[])),
            (
                vec![cors(&[PAGE], &["PUT"], &[]), cors(&[PAGE], &["POST"], &both)],
                Attribution::Split(Split::MethodAndHeaders(vec!["POST".into()])),
            ),
            (vec![cors(&[PAGE], &["PUT"], &both[..1]), cors(&[PAGE], &["PUT"], &both[1..])], Attribution::Split(Split::Headers)),
            (vec![cors(&[PAGE], &["PUT"], &both)], Attribution::Passes),
        ] {
            assert_eq!(investigate(|q| evaluate(&rules, &request(q)).allowed, &put), wanted, "{rules:?}");
        }
    }

    #[test]
    fn many_headers_are_halved_until_the_guilty_one_stands_alone() {
        let names: Vec<String> = (0..12).map(|n| format!("x-h{n:02}")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let allowed: Vec<&str> = all.iter().copied().filter(|name| *name != "x-h07").collect();
        let rules = [cors(&[PAGE], &["PUT"], &allowed)];
        let found = investigate(|q| evaluate(&rules, &request(q)).allowed, &question(PAGE, "PUT", &all));
        let Attribution::Header { guilty, suspects, .. } = found else { panic!("{found:?}") };
        assert_eq!((guilty, suspects), (vec!["x-h07".to_owned()], vec![]));
    }

    /// What no trial asked is not said to be refused, what was not asked at once not said to pass.
    #[test]
    fn nothing_is_concluded_that_was_not_asked() {
        let many: Vec<String> = (0..39).map(|n| format!("x-g-{n:02}")).chain(["y-1".to_owned()]).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let found =
            |rules: &[Cors], headers: &[&str]| investigate(|q| evaluate(rules, &request(q)).allowed, &question(PAGE, "PUT", headers));
        let apart = [cors(&[PAGE], &METHODS, &["x-g-*"]), cors(&[PAGE], &["PUT"], &["y-1"])];
        assert_eq!(found(&apart, &many), Attribution::Split(Split::Headers));

        let two = [cors(&[PAGE], &["PUT"], &["x-a"]), cors(&[PAGE], &["PUT"], &["x-b"])];
        let Attribution::Header { guilty, passing, scattered, .. } = found(&two, &["x-a", "x-b", "x-c"]) else { panic!("three headers") };
        assert_eq!((guilty, passing.len(), scattered), (vec!["x-c".to_owned()], 1, true));

        let none = [cors(&[PAGE], &METHODS, &[])];
        let Attribution::Header { guilty, suspects, .. } = found(&none, &many) else { panic!("forty headers") };
        assert_eq!((guilty.len(), suspects.len()), (7, 33));
    }

    fn some(words: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<&'static str>> {
        proptest::sample::subsequence(words, 0..=most)
    }

    proptest! {
        /// Whatever the rules are, two waves tell the part that no rule covers, as a look at the rules does.
        #[test]
        fn two_waves_tell_what_the_rules_show(
            rules in vec(
                (some(&[PAGE, "https://app.example.com/", "https://other.example.org"], 3), some(&METHODS, 5), some(&NAMES, 4)),
                1..4,
            ),
            method in 0..METHODS.len(),
            headers in some(&NAMES, 4),
        ) {
            let rules: Vec<Cors> = rules.iter().map(|(o, m, h)| cors(o, m, h)).collect();
            let own = question(PAGE, METHODS[method], &headers);
            let passes = |method: &str, headers: &[&str]| evaluate(&rules, &request(&question(PAGE, method, headers))).allowed;
            let found = investigate(|q| evaluate(&rules, &request(q)).allowed, &own);
            match &found {
                Attribution::Passes => prop_assert!(passes(&own.method, &headers)),
                Attribution::Origin { .. } => prop_assert!(METHODS.iter().all(|m| !passes(m, &[]))),
                Attribution::Method { passing } => {
                    prop_assert!(!passes(&own.method, &[]) && !passing.is_empty() && passing.iter().all(|m| passes(m, &[])));
                }
                Attribution::Header { guilty, suspects, passing, scattered } => {
                    prop_assert!(!guilty.is_empty() && suspects.is_empty(), "{:?}", found);
                    let fine: Vec<&str> = headers.iter().copied().filter(|h| !guilty.iter().any(|g| g == h)).collect();
                    prop_assert!(guilty.iter().all(|h| !passes(&own.method, &[h])) && fine.iter().all(|h| passes(&own.method, &[h])));
                    prop_assert!(passes(&own.method, &passing.iter().map(String::as_str).collect::<Vec<_>>()));
                    prop_assert_eq!(*scattered, !passes(&own.method, &fine));
                    prop_assert!(*scattered || passing.len() == fine.len());
                }
                Attribution::Split(Split::MethodAndHeaders(methods)) => {
                    prop_assert!(passes(&own.method, &[]) && methods.iter().all(|m| passes(m, &headers)));
                }
                Attribution::Split(Split::Headers) => prop_assert!(headers.iter().all(|h| passes(&own.method, &[h]))),
                Attribution::Open => prop_assert!(false, "nothing told"),
            }
            prop_assert_eq!(found == Attribution::Passes, passes(&own.method, &headers));
        }
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
