//! The preflight is answered with another status outside 200 to 299.

use super::{filter, status};
use crate::aws::s3::presign::without_signature;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::Purpose;
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The preflight was answered with a status outside 200 to 299, and a browser goes on only after one of those, whatever the headers
    /// say.
    /// # Why the browser hides it
    /// The status of a preflight is never shown to the page, only that it "does not have HTTP ok status".
    /// # How to tell
    /// The status and the body say what the server did not like: a version that does not know OPTIONS, plain HTTP on a TLS port, a
    /// missing parameter.
    /// # Fix
    /// Answer OPTIONS with 204 and the CORS headers before anything looks at the rest of the request.
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - OK status: <https://fetch.spec.whatwg.org/#ok-status>
    "preflight-bad-status": "the preflight is answered with an error status", Cause, General, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let named = |status: u16| matches!(status, 401 | 403 | 404 | 405 | 407 | 429) || status >= 500;
    let answer = status::refused(case, |status| !named(status))?;
    if let Some(finding) = filter::finding(case, &answer) {
        return Some(finding);
    }
    let body = answer.response.body.to_ascii_lowercase();
    if ["plain http request was sent to https port", "http request to an https server"].iter().any(|words| body.contains(words)) {
        return Some(wrong_scheme(case, &answer));
    }
    match case.answerer_of(answer.probe).layer {
        Layer::S3 => return Some(by_s3(case, &answer)),
        Layer::ApigwRest => return Some(by_gateway(case, &answer)),
        _ => {}
    }
    let unknown = ["unknownapi", "unsupported api", "method"].iter().any(|words| body.contains(words));
    let why = match answer.status() {
        300..=399 => "It is a redirect without a target, which tells a browser nothing.",
        _ if unknown => "The server does not know what to do with OPTIONS; another version of it, or a proxy in front, has to answer it.",
        410 => "There was something at this path once: the URL is an old one, or the route takes no OPTIONS.",
        421 => "The server does not take the name in the URL on this connection: the wrong certificate or host name leads there.",
        426 => "The server wants another protocol at this path.",
        400 | 406 | 411 | 412 | 414 | 415 | 422 | 428 | 431 => {
            "The server looked for something in the OPTIONS request that a preflight does not have."
        }
        _ => "The status is not one that an OPTIONS handler gives; the server's log says which part of it answered.",
    };
    let finding = status::finding(case, &answer, why).confidence(Confidence::Likely).fix(status::answer_options(
        case,
        &answer,
        "Before anything looks at parameters, versions or bodies.",
    ));
    let update = Fix::new("fix-server", "update the server to a version that answers OPTIONS", "");
    Some(if unknown { finding.fix(update) } else { finding })
}

/// S3 answers OPTIONS by itself: nobody can add a handler there.
fn by_s3(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let text = "S3 itself does not take the request as it stands: its name, its path or a header that was asked for.";
    let fix = Fix::new("fix-url", "mend what S3 says", "No CORS rule is looked at before.");
    status::finding(case, answer, text).confidence(Confidence::Likely).fix(fix)
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html>
fn by_gateway(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let text = "API Gateway checks parameters or the body of OPTIONS as well, and a preflight has neither.";
    let detail = "Console: API Gateway, your API, Resources, the path, OPTIONS, Method request: no request validator, no required \
        parameter; then Deploy API.";
    let fix = Fix::new("no-validator-on-options", "take the request validator off OPTIONS, and deploy", detail);
    status::finding(case, answer, text).confidence(Confidence::Likely).fix(fix)
}

fn wrong_scheme(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let mut https = case.ask.url.clone();
    let fix = Fix::new("use-https", "write https into the page's URL", "");
    let fix = match https.set_scheme("https") {
        Ok(()) => fix
            .snippet("text", "the URL", without_signature(&https).to_string())
            .proven_by(case.preflight_step(Purpose::FixVerification, |ask| ask.url = https)),
        Err(()) => fix,
    };
    let text = "The URL says http, and the port expects https: change the scheme.";
    status::finding(case, answer, text).confidence(Confidence::Confirmed).fix(fix)
}
