//! Nothing fits: say what it is not, and show the raw answer.

use super::words;
use crate::cause::{Case, Confidence, Finding, Fix, quote};
use crate::evidence::Probe;

cause! {
    /// # What happened
    /// A browser would block the request, and no known cause fits what was seen.
    /// # Why the browser hides it
    /// As always: the page gets one error for everything.
    /// # How to tell
    /// Look at the failed check and at the raw answer, which are shown.
    /// # Fix
    /// Compare the answer with what the failed check asks for. A report of the case helps to name it next time.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#http-cors-protocol>
    "unexplained": "of something that no known cause explains", Cause, Last, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if case.verdict.allowed != Some(false) {
        return None;
    }
    let failed = case.verdict.checks.iter().find(|check| !check.passed);
    let check = failed.map(|check| {
        format!(" The check {} failed: {} was expected, {} was found.", check.name, quote(&check.expected, 80), quote(&check.found, 120))
    });
    let finding =
        Finding::new(format!("A browser blocks this request, and no known cause fits what was seen.{}", check.unwrap_or_default()))
            .layer(case.answerer().layer)
            .confidence(Confidence::Possible)
            .fix(Fix::new(
                "compare-with-the-check",
                "compare the raw answer with what the failed check asks for",
                "It is shown with --verbose, and in the JSON report.",
            ));
    let finding = match case.deciding() {
        Some(probe) => finding.cite(probe, raw(probe)),
        None => finding.cite_ask(format!("{} {} from {}", case.ask.sent_method(), case.ask.url, case.ask.origin)),
    };
    Some(ruled_out(case, finding))
}

fn raw(probe: &Probe) -> String {
    match (&probe.response, &probe.failure) {
        (Some(response), _) => {
            let headers: Vec<String> =
                response.headers.iter().take(12).map(|(name, value)| format!("{name}: {}", quote(value, 60))).collect();
            let said = words::of(response).map(|words| format!("; it says \"{words}\"")).unwrap_or_default();
            format!("status {}; {}{said}", response.status, headers.join("; "))
        }
        (None, Some(failure)) => format!("no answer: {}", quote(&failure.detail, 200)),
        (None, None) => "no answer was recorded".into(),
    }
}

/// What the evidence excludes, by how far the exchange got.
fn ruled_out(case: &Case<'_>, finding: Finding) -> Finding {
    let answered = case.deciding().is_some_and(|probe| probe.response.is_some());
    let finding = if answered {
        finding
            .rule_out("dns-nxdomain", "the name resolves")
            .rule_out("tcp-refused", "the server was reached")
            .rule_out("tls-handshake", "the server answered")
    } else {
        finding
    };
    let passed = |name: &str| case.verdict.checks.iter().any(|check| check.name == name && check.passed);
    [
        ("allow-origin", "missing-allow-origin", "the origin is allowed"),
        ("preflight-status", "preflight-bad-status", "the preflight has a good status"),
        ("allow-methods", "method-not-allowed", "the method is allowed"),
        ("allow-headers", "header-not-allowed", "every header is allowed"),
        ("allow-credentials", "missing-allow-credentials", "credentials are allowed"),
    ]
    .into_iter()
    .filter(|(check, ..)| passed(check))
    .fold(finding, |finding, (_, code, because)| finding.rule_out(code, because))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::find;
    use crate::ask::Ask;
    use crate::aws;
    use crate::cause::Case;
    use crate::evidence::{Evidence, Probe, Purpose, Response};
    use crate::verdict::{Check, Engine, Stage, Verdict};
    use crate::web::Origin;

    #[test]
    fn shows_the_check_and_the_raw_answer() {
        let ask = Ask::get(Url::parse("https://api.example.net/").unwrap(), Origin::parse("https://app.example.com").unwrap());
        let response = Response { status: 299, headers: vec![("X-Odd".into(), "1".into())], ..Response::default() };
        let probe = Probe { id: "p1".into(), purpose: Purpose::Actual, response: Some(response), ..Probe::default() };
        let evidence = Evidence { probes: vec![probe], ..Evidence::of(ask) };
        let check = |name: &'static str, passed| Check {
            name: name.into(),
            passed,
            expected: "this".into(),
            found: "that".into(),
            spec: "".into(),
        };
        let checks = vec![check("allow-origin", true), check("made-up", false)];
        let verdict = Verdict { allowed: Some(false), stage: Stage::Actual, checks, stopped_at: Some(0), ..Verdict::default() };
        let target = aws::target(&evidence.ask.url);
        let finding = find(&Case::new(&evidence, &verdict, &target, 0, Engine::Chromium)).unwrap();
        assert!(finding.explanation.contains("made-up failed: this was expected, that was found"));
        assert!(finding.evidence[0].says.contains("status 299; X-Odd: 1"));
        assert!(finding.ruled_out.iter().any(|(code, _)| *code == "missing-allow-origin"));
    }
}
