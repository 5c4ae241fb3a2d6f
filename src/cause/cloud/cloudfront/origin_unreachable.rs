//! `cloudfront-origin-unreachable`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// CloudFront could not get an answer from the origin: no connection, no agreement on TLS, or no answer in time.
    /// # Why the browser hides it
    /// CloudFront's own 502, 503 or 504 page has no CORS headers.
    /// # How to tell
    /// `server: CloudFront` and a 5xx page, such as "CloudFront wasn't able to connect to the origin." The paragraph "We can't connect to
    /// the server for this app or website at this time" stands on other pages too and proves nothing.
    /// # Fix
    /// Ask the origin under its own name: certificate, ports, security groups, origin protocol policy, response timeout.
    /// # Sources
    /// CloudFront guide, "Troubleshooting error responses from your origin" (documented); captured pages (reported).
    "cloudfront-origin-unreachable": "CloudFront gets no answer from the origin", Cause, Specific, Cloudfront
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let own = case.answerer_of(answer.probe).layer == Layer::Cloudfront;
    if !own || !matches!(answer.status(), 502..=504) || super::function_response::blames_function(&answer.response.body) {
        return None;
    }
    let why = match answer.status() {
        504 => "the origin did not answer in time",
        503 => "the origin or the edge had no capacity, or the origin is not there",
        _ => "no connection to the origin came about: it is down, does not listen on the port, or its certificate does not fit",
    };
    let fix = Fix::new(
        "reach-the-origin",
        "ask the origin under its own name",
        "The certificate must cover the origin's domain name, and the origin protocol policy must match what it listens on.",
    )
    .snippet("shell", "curl", "curl -sv https://ORIGIN/ -o /dev/null");
    Some(answer.finding(case, &format!("CloudFront made this error itself: {why}.")).confidence(Confidence::Likely).fix(fix))
}
