//! `cloudfront-https-redirect`.

use url::Url;

use super::through_cloudfront;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The page asks over http, and the distribution's viewer protocol policy redirects to https: 307 for OPTIONS, 301 for GET.
    /// # Why the browser hides it
    /// A redirected preflight is refused; a redirected GET fails because CloudFront's redirect has no CORS headers.
    /// # How to tell
    /// `server: CloudFront`, `x-cache: Redirect from cloudfront`, and a Location that differs only in the scheme.
    /// # Fix
    /// Ask for the https URL.
    /// # Sources
    /// CloudFront guide, "Require HTTPS for communication between viewers and CloudFront" (documented); captured headers (reported).
    "cloudfront-https-redirect": "CloudFront redirects http to https", Cause, Exact, Cloudfront, supersedes: ["https-redirect"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let from = case.url_of(answer.probe);
    let to = Url::parse(answer.response.header("location")?).ok()?;
    let only_scheme = from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host() && from.path() == to.path();
    if !answer.response.is_redirect() || !only_scheme || !through_cloudfront(case, &answer) {
        return None;
    }
    let text = format!("The distribution sends every http request to https, by a redirect without CORS headers. Ask for {to} at once.");
    let fix = Fix::new("use-https", format!("ask for {to}"), "The page's code has the URL with http.")
        .proven_by(case.proof_step(|ask| ask.url = to.clone()));
    Some(answer.finding(case, &text).cite(answer.probe, format!("location: {to}")).confidence(Confidence::Confirmed).fix(fix))
}
