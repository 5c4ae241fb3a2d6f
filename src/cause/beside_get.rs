//! A preflight that ends in a server error, beside what GET gets on the same path: everything is down, or OPTIONS alone fails.

use super::origin_error::is_unreachable;
use super::places::{Nearby, plain_get, read_here};
use super::{Case, Confidence, Finding};

/// Adds what GET tells, or asks for it. A signed URL is signed for one method, so GET tells nothing there; a server that asks for a
/// pause is not asked more.
pub(crate) fn beside_get(case: &Case<'_>, mut finding: Finding) -> Finding {
    let busy = case.reply().is_some_and(|response| response.header("retry-after").is_some());
    if busy || case.target.presigned.is_some() {
        return finding;
    }
    let Some(get) = read_here(case) else { return finding.want(plain_get(case)) };
    let status = get.response.status;
    let told = told_by(case, &get);
    let reading = match told {
        Told::Down => format!(" GET on the same path fails as well ({status}): it is down for everybody, not for OPTIONS alone."),
        Told::FailsWithoutBody => fails_too(case, &get),
        Told::OptionsAlone => format!(" GET on the same path is answered with {status}: OPTIONS alone fails."),
    };
    finding.explanation.push_str(&reading);
    let finding = finding.cite(get.probe, format!("GET: status {status}"));
    if told == Told::FailsWithoutBody { finding } else { finding.confidence(Confidence::Confirmed) }
}

/// What GET tells beside a preflight that ended in a server error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The page reads, and reading fails as well; or nothing can be reached by any method.
    Down,
    /// GET fails as well, but the page sends something that neither has.
    FailsWithoutBody,
    /// GET is answered.
    OptionsAlone,
}

/// What this GET tells.
pub(crate) fn told_by(case: &Case<'_>, get: &Nearby<'_>) -> Told {
    match get.response.status {
        ..500 => Told::OptionsAlone,
        _ if matches!(case.ask.sent_method().as_str(), "GET" | "HEAD") || is_unreachable(get.response) => Told::Down,
        _ => Told::FailsWithoutBody,
    }
}

/// That GET fails as well, where that does not tell what the page's own method gets.
pub(crate) fn fails_too(case: &Case<'_>, get: &Nearby<'_>) -> String {
    let (status, method) = (get.response.status, case.ask.sent_method());
    format!(" GET on the same path, which has no body either, fails as well ({status}); whether {method} does is not known.")
}
