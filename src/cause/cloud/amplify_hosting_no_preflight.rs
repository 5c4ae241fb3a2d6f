//! `amplify-hosting-no-preflight`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// Amplify Hosting keeps the files in a bucket of its own, without CORS rules, and nobody but AWS can add some. Custom headers of
    /// the app go onto GET answers, but do not answer OPTIONS.
    /// # Why the browser hides it
    /// The preflight gets S3's 403.
    /// # How to tell
    /// A host below `amplifyapp.com` (or a domain of the app) and `CORSResponse: CORS is not enabled for this bucket.`
    /// # Fix
    /// Avoid the preflight: a plain GET without extra headers passes with custom headers set; or serve the file elsewhere.
    /// # Sources
    /// aws-amplify/amplify-hosting#3267 (reported).
    "amplify-hosting-no-preflight": "Amplify Hosting answers no preflights", Cause, Exact, AmplifyHosting, supersedes: ["s3-cors-not-configured"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|a| a.preflight && a.refused())?;
    if case.answerer_of(answer.probe).layer != Layer::AmplifyHosting {
        return None;
    }
    let headers = case.asked_headers();
    let why = if headers.is_empty() { format!("the method {}", case.ask.sent_method()) } else { headers.join(", ") };
    let text = format!(
        "The bucket behind Amplify Hosting has no CORS rules (CORS is not enabled for this bucket), and its owner is AWS. The preflight is due because of {why}; a plain GET needs none."
    );
    let fix = Fix::new("avoid-preflight", "ask with a plain GET, and set the header as a custom header of the app", "Console: Amplify, the app, Hosting, Custom headers: Access-Control-Allow-Origin for the path. Requests that need a preflight have to go to another host, or through a rewrite of the page's own app.")
        .snippet("yaml", "customHttp.yml", format!("customHeaders:\n  - pattern: '{}'\n    headers:\n      - key: Access-Control-Allow-Origin\n        value: '{}'", case.ask.url.path(), case.ask.origin));
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}
