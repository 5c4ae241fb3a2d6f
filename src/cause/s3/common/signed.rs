//! Signed URLs: when the URL and the clock alone have to judge a signature, and how that is told.

use super::error_of;
use crate::aws::s3::presign::Presigned;
use crate::cause::{Case, Place};
use crate::evidence::Purpose;
use crate::verdict::Stage;

/// The URL's signature, where only the URL and the clock can judge it: no actual request was answered in a way that tells.
pub(crate) fn unjudged<'a>(case: &Case<'a>) -> Option<&'a Presigned> {
    let signed = case.target.presigned.as_ref()?;
    let mut answers = case.browser_probes().filter(|p| p.purpose == Purpose::Actual).filter_map(|p| Some((p, p.response.as_ref()?)));
    let judged = answers.any(|(probe, response)| response.status < 400 || error_of(case, probe).is_some());
    (!judged).then_some(signed)
}

/// Whether the URL holds a part of a signature only: of version 2 S3 then says no more than `AccessDenied`.
pub(crate) fn lacks_parameter(case: &Case<'_>) -> bool {
    case.target.presigned.as_ref().is_some_and(|signed| signed.problems(None).iter().any(|problem| problem.code == "missing-parameter"))
}

/// The sentence for a fault that is known from the URL while CORS lets the request through.
pub(crate) fn would_be_refused(case: &Case<'_>) -> &'static str {
    if case.allowed() { " CORS lets the request through; the request itself would be refused." } else { "" }
}

/// Where a fault goes that the URL and the clock show. It leads where the request itself is what fails, or will: a preflight is
/// answered without a look at the signature, and an answer that is no refusal has another reason.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html>.
pub(crate) fn foreseen_place(case: &Case<'_>) -> Place {
    let refusal = |status| matches!(status, 400 | 401 | 403);
    let answered = match case.verdict.stage {
        Stage::None | Stage::Actual | Stage::Expose => case.deciding().filter(|probe| probe.purpose == Purpose::Actual),
        _ => return Place::Beside,
    };
    if answered.and_then(|probe| probe.response.as_ref()).is_none_or(|response| refusal(response.status)) {
        Place::LeadOrBeside
    } else {
        Place::Beside
    }
}

/// A span of time in words.
pub(crate) fn span(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..120 => (seconds, "seconds"),
        120..7_200 => (seconds / 60, "minutes"),
        7_200..172_800 => (seconds / 3_600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{number} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_own_unit() {
        for (seconds, words) in [(0, "0 seconds"), (119, "119 seconds"), (900, "15 minutes"), (7_200, "2 hours"), (200_000, "2 days")] {
            assert_eq!(span(seconds), words);
        }
    }
}
