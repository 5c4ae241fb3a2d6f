//! `cloudfront-geo-blocked`.

use super::{page, page_finding};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The distribution's geographic restriction does not serve the country that the request comes from.
    /// # Why the browser hides it
    /// CloudFront's own 403 has no CORS headers, so visitors of one country see CORS errors and others see nothing.
    /// # How to tell
    /// "The Amazon CloudFront distribution is configured to block access from your country.", as a page or as JSON.
    /// # Fix
    /// The distribution's geographic restrictions; or ask from an allowed country.
    /// # Sources
    /// CloudFront guide, "Restrict the geographic distribution of your content" (documented); captures of both forms (reported).
    "cloudfront-geo-blocked": "the distribution does not serve the country that the request comes from", Cause, Exact, Cloudfront
}

fn find(case: &Case<'_>) -> Option<Finding> {
    const SENTENCE: &str = "configured to block access from your country";
    let answer = page(case, SENTENCE)?;
    let fix = Fix::new(
        "allow-country",
        "change the distribution's geographic restrictions",
        "Console: CloudFront, the distribution, Security, Geographic restrictions. A VPN or a cloud host may count as another country than the user's.",
    );
    let text = "The distribution's geographic restriction refuses the country of this address, whatever is asked.";
    Some(page_finding(case, &answer, SENTENCE, text).confidence(Confidence::Confirmed).fix(fix))
}
