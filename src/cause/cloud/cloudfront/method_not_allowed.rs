//! `cloudfront-method-not-allowed`.

use super::{page, page_finding};
use crate::cause::{Case, Confidence, Finding};
use crate::remedy::cloudfront;

cause! {
    /// # What happened
    /// The behaviour that matches the path allows only GET and HEAD (or GET, HEAD, OPTIONS), and CloudFront refuses other methods
    /// itself: the preflight, or the PUT or POST after it, never reaches the origin.
    /// # Why the browser hides it
    /// CloudFront's own 403 page has no CORS headers.
    /// # How to tell
    /// `server: CloudFront` and a page that says "This distribution is not configured to allow the HTTP request method that was
    /// used for this request. The distribution supports only cachable requests."
    /// # Fix
    /// Allowed HTTP methods of the behaviour: with OPTIONS, and with the page's method. A response headers policy does not help: it
    /// does not turn a 403 into a pass.
    /// # Sources
    /// CloudFront guide, "Distribution settings reference" (documented); a raw page of 2026 (reported).
    "cloudfront-method-not-allowed": "the CloudFront behaviour does not allow this method", Cause, Exact, Cloudfront, blames: CorsRules
}

const SENTENCES: [&str; 2] = ["not configured to allow the HTTP request method", "supports only cachable requests"];

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, sentence) = SENTENCES.iter().find_map(|s| Some((page(case, s)?, *s)))?;
    let (method, path) = (answer.method(case), case.ask.url.path());
    let method = if answer.preflight { "OPTIONS" } else { method.as_str() };
    let text = format!("The CloudFront behaviour that matches {path} does not allow {method}; the origin was never asked.");
    Some(page_finding(case, &answer, sentence, &text).confidence(Confidence::Confirmed).fix(cloudfront::allowed_methods(path)))
}
