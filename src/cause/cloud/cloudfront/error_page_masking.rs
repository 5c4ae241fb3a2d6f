//! `cloudfront-error-page-masking`.

use super::{cache_word, through_cloudfront};
use crate::cause::answer::Answer;
use crate::cause::places::{self, Nearby, nearby};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::Purpose;
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The API behind the distribution answered an error (often 403 or 404), and a custom error response of the distribution
    /// replaced it by the start page of the single-page app, or by what the bucket says when that page is refused.
    /// # Why the browser hides it
    /// The replacement comes from the bucket, so it has no CORS headers of the API; even its status may say 200.
    /// # How to tell
    /// `x-cache: Error from cloudfront` on a 200, an HTML page (or an XML error of S3) for an API path. A random path gives the same page.
    /// # Fix
    /// Custom error responses hold for the whole distribution: take them out and rewrite the app's paths in a CloudFront Function on the
    /// bucket's behaviour, or serve the API under a name of its own. Then the API's own error shows.
    /// # Sources
    /// CloudFront guide, "Generate custom error responses" (documented); a post-mortem and captures (reported).
    "cloudfront-error-page-masking": "a custom error page of the distribution replaces the API's answer", Cause, Specific, Cloudfront,
    supersedes: ["cloudfront-s3-access-denied", "s3-access-denied"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    if answer.readable || !through_cloudfront(case, &answer) || !cache_word(answer.response).contains("error from cloudfront") {
        return None;
    }
    let replaced = answer.response.is_ok();
    let denied = is_denied_page(case, &answer);
    if !replaced && !denied {
        return None;
    }
    let twin = nearby(case).find(|near| near.reads() && !near.same_path(case) && same_page(near, &answer));
    let text = if replaced {
        "x-cache says Error although the status is a success: the origin answered an error, and a custom error response of the distribution put a page in its place. What the API really said is not visible."
    } else {
        "The path looks like an API's, yet S3 answers: the API probably refused, and the error page that should replace it was refused by the bucket in turn."
    };
    let fix = Fix::new(
        "no-distribution-wide-error-page",
        "rewrite the app's paths in a function instead of custom error responses",
        "Console: CloudFront, the distribution, Error pages: remove the 403 and 404 entries. A CloudFront Function on the bucket's behaviour sends paths without a file name to /index.html.",
    )
    .snippet("javascript", "CloudFront Functions", "function handler(event) {\n  if (!event.request.uri.includes(\".\")) event.request.uri = \"/index.html\";\n  return event.request;\n}");
    let mut finding = answer
        .finding(case, text)
        .layer(Layer::Cloudfront)
        .cite(answer.probe, format!("x-cache: {}", answer.response.header("x-cache").unwrap_or_default()))
        .confidence(if twin.is_some() {
            Confidence::Confirmed
        } else if replaced {
            Confidence::Likely
        } else {
            Confidence::Possible
        })
        .fix(fix)
        .want(case.get_step(Purpose::RandomPath, |ask| {
            ask.url = places::sibling(case);
            ask.headers.clear();
        }));
    if denied {
        finding =
            finding.or_else("cloudfront-s3-access-denied", "if the path is a file of the bucket, the bucket refuses CloudFront itself");
    }
    Some(match twin {
        Some(near) => finding.cite(near.probe, "a path that nobody serves gives the same page"),
        None => finding,
    })
}

/// S3's refusal for a path that looks like an API's.
fn is_denied_page(case: &Case<'_>, answer: &Answer<'_>) -> bool {
    let from_s3 = case.answerer_of(answer.probe).layer == Layer::S3;
    let denied = case.s3_error(answer.probe).is_some_and(|e| e.code == "AccessDenied");
    from_s3 && denied && answer.status() == 403 && looks_like_api(case)
}

fn looks_like_api(case: &Case<'_>) -> bool {
    let version = |s: &str| s.len() <= 3 && s.strip_prefix('v').is_some_and(|n| n.parse::<u8>().is_ok());
    case.ask.url.path_segments().is_some_and(|mut segments| segments.any(|s| version(s) || matches!(s, "api" | "graphql" | "rest" | "rpc")))
}

fn same_page(near: &Nearby<'_>, answer: &Answer<'_>) -> bool {
    !near.response.body.is_empty() && near.response.body == answer.response.body && near.response.status == answer.status()
}
