//! Whether a proposed configuration does what it should, evaluated as S3 evaluates its rules: the wanted request gets through,
//! and what was let through before still is. Asks nobody, and knows only the rules it is given.

use super::{Want, satisfied};
use crate::aws::s3::cors::config::Rule;
use crate::aws::s3::cors::engine::{Request, evaluate};

/// What a trace shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// The rule that answers the wanted request; nothing when it does not get through.
    pub by: Option<usize>,
    /// How many of the requests that passed before still pass.
    pub kept: usize,
    /// Those that no longer do.
    pub lost: Vec<Request>,
}

/// Traces the wanted request, and those that passed before, through the rules.
pub fn trace(rules: &[Rule], want: &Want, passed: &[Request]) -> Traced {
    let by = evaluate(rules, &super::request(want, false)).rule.filter(|_| satisfied(rules, want));
    let (kept, lost): (Vec<&Request>, Vec<&Request>) = passed.iter().partition(|request| evaluate(rules, request).allowed);
    Traced { by, kept: kept.len(), lost: lost.into_iter().cloned().collect() }
}

impl Traced {
    /// Whether the change does what it should.
    pub fn is_good(&self) -> bool {
        self.by.is_some() && self.lost.is_empty()
    }

    /// The trace in a sentence; `before` says where the requests that passed were seen.
    pub fn says(&self, before: &str) -> String {
        let gets_through = match self.by {
            Some(rule) => format!("this request gets through by rule {rule} (counted from 0)"),
            None => "this request still does not get through".to_owned(),
        };
        let others = match (self.kept, self.lost.as_slice()) {
            (0, []) => String::new(),
            (1, []) => format!(", and so does the one that passed {before}"),
            (kept, []) => format!(", and so do the {kept} that passed {before}"),
            (_, [first, ..]) => format!(", but {} from {}, which passed {before}, would be lost", first.method, first.origin),
        };
        format!("Traced offline, as S3 evaluates its rules: {gets_through}{others}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::s3_cors::least_rule;

    #[test]
    fn tells_what_gets_through_and_what_is_lost() {
        let request = |method: &str| Request { origin: "https://a.test".into(), method: method.into(), headers: vec![], actual: false };
        let want = Want { origin: "https://a.test".into(), method: "PUT".into(), headers: vec!["x-own".into()], ..Want::default() };
        let get = least_rule("https://a.test", "GET", &[], &[]);
        let put = least_rule("https://a.test", "PUT", &["x-own".into()], &[]);
        for (rules, passed, good, says) in [
            (vec![put.clone()], vec![], true, "gets through by rule 0 (counted from 0)."),
            (
                vec![get.clone(), put.clone()],
                vec![request("GET")],
                true,
                "by rule 1 (counted from 0), and so does the one that passed here.",
            ),
            (vec![put], vec![request("GET")], false, "but GET from https://a.test, which passed here, would be lost."),
            (vec![get], vec![request("GET")], false, "this request still does not get through"),
        ] {
            let traced = trace(&rules, &want, &passed);
            assert_eq!(traced.is_good(), good, "{rules:?}");
            assert!(traced.says("here").contains(says), "{}", traced.says("here"));
        }
    }
}
