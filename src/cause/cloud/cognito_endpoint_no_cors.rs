//! `cognito-endpoint-no-cors`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The page fetches a page of Cognito's hosted UI (`/login`, `/logout`, `/oauth2/authorize`). These are for people: the browser
    /// has to go there, a script cannot read them.
    /// # Why the browser hides it
    /// They grant no cross-origin reading.
    /// # How to tell
    /// A host below `amazoncognito.com`, and no Access-Control-Allow-Origin.
    /// # Fix
    /// Navigate: set `window.location`. Scripts call `cognito-idp.REGION.amazonaws.com` and `/oauth2/token`, which allow it.
    /// # Sources
    /// Amazon Cognito guide, "Managed login endpoints" (documented); aws-samples/cloudfront-authorization-at-edge#299, #233 (reported).
    "cognito-endpoint-no-cors": "Cognito's login pages are for navigation, not for scripts", Cause, Specific, Cognito
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let hosted = case.target.kind == "cognito" && case.target.endpoint.as_deref() == Some("hosted-ui");
    if !hosted || answer.readable || !answer.bare() || answer.probe.hop > 0 {
        return None;
    }
    let path = case.ask.url.path();
    let text = format!("{path} of the hosted UI is a page for people and allows no script to read it.");
    let fix = Fix::new(
        "navigate",
        "send the browser there instead of fetching it",
        "The login comes back to the redirect URI with a code, which the page exchanges at /oauth2/token.",
    )
    .snippet("javascript", "", format!("window.location.assign(\"{}\");", case.ask.url));
    let sure = if path == "/oauth2/token" { Confidence::Possible } else { Confidence::Likely };
    Some(answer.finding(case, &text).confidence(sure).fix(fix))
}
