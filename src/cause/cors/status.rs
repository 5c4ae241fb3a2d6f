//! A preflight that was answered with a status outside 200 to 299 and no redirect.

use super::fault::server_fix;
use super::words;
use crate::cause::answer::Answer;
use crate::cause::{Case, Finding, Fix, quote};

/// The refused preflight of this case, when its status is one of these.
pub(super) fn refused<'a>(case: &Case<'a>, fits: impl Fn(u16) -> bool) -> Option<Answer<'a>> {
    let answer = Answer::of(case).filter(|answer| answer.preflight && !answer.response.is_ok())?;
    let redirects = answer.response.is_redirect() && answer.response.header("location").is_some();
    (!redirects && fits(answer.response.status)).then_some(answer)
}

/// A finding that begins with the status and who made it, and quotes what the answer says.
pub(super) fn finding(case: &Case<'_>, answer: &Answer<'_>, explanation: &str) -> Finding {
    let words = words::of(answer.response);
    let said = words.as_ref().map(|words| format!(" It says: \"{words}\".")).unwrap_or_default();
    let finding = answer.finding(case, &format!("{explanation}{said}{}", other_origin(case, answer)));
    match words.filter(|_| answer.response.body.trim_start().starts_with('<')) {
        Some(words) => finding.cite(answer.probe, format!("the body: {words}")),
        None => finding,
    }
}

/// A header that is there and does not let the page in either, so that nobody mends the status alone.
fn other_origin(case: &Case<'_>, answer: &Answer<'_>) -> String {
    match answer.response.combined("access-control-allow-origin").filter(|_| case.check_failed("allow-origin")) {
        Some(value) => format!(" Its Access-Control-Allow-Origin ({}) would not let the page in either.", quote(&value, 120)),
        None => String::new(),
    }
}

/// Answer OPTIONS in front of everything else, written for the platform that answered.
pub(super) fn answer_options(case: &Case<'_>, answer: &Answer<'_>, detail: &'static str) -> Fix {
    server_fix(case, answer.probe, Fix::new("answer-options", "answer OPTIONS with 204 and the CORS headers", detail))
}
