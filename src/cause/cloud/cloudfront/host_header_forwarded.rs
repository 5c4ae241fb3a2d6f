//! `cloudfront-host-header-forwarded`.

use crate::cause::apigw::refusal::{self, Origin};
use crate::cause::{Case, Confidence, Finding};
use crate::layer::Layer;
use crate::remedy::cloudfront;

cause! {
    /// # What happened
    /// A distribution stands in front of API Gateway and sends the viewer's Host header on. API Gateway finds the API by Host, does
    /// not know this one, and refuses.
    /// # Why the browser hides it
    /// The 403 `Forbidden` has no CORS headers.
    /// # How to tell
    /// `ForbiddenException` through CloudFront, while the API's own name answers correctly.
    /// # Fix
    /// The managed origin request policy `AllViewerExceptHostHeader`.
    /// # Sources
    /// CloudFront guide, "Use managed origin request policies" (documented); getlift/lift#229, brefphp/bref#682,
    /// Droplr/serverless-api-cloudfront#15 (reported).
    "cloudfront-host-header-forwarded": "CloudFront sends the viewer's Host header on to API Gateway", Cause, Specific, Cloudfront
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::read(case).filter(|r| r.origin == Origin::HostForwarded)?;
    let settled = refusal.confidence == Confidence::Confirmed;
    let text = if settled {
        "The API under its own name answers otherwise, so the Host header that CloudFront sends on makes the difference."
    } else {
        "API Gateway finds the API by the Host header; a distribution that sends the viewer's Host on gets Forbidden for every path."
    };
    let finding = refusal.finding(case, text).layer(Layer::Cloudfront).fix(cloudfront::keep_host());
    let finding = finding.or_else("apigw-custom-domain-unmapped", "an edge-optimised custom domain without API mapping answers the same; the distribution is then API Gateway's own and not in your account");
    Some(if settled {
        finding
    } else {
        finding
            .or_else(
                "apigw-forbidden",
                "an API key, an unknown stage or a web ACL answers the same; the API asked under its own name tells",
            )
            .or_else("apigw-stage-missing", "an origin path without the stage gives the same answer")
    })
}
