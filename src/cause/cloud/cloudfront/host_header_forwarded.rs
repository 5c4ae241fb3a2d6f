//! `cloudfront-host-header-forwarded`.

use crate::cause::apigw::lambda_url_not_found::{behind_cloudfront, nobody};
use crate::cause::apigw::refusal::{self, Origin};
use crate::cause::{Case, Confidence, Finding};
use crate::layer::Layer;
use crate::remedy::cloudfront;

cause! {
    /// # What happened
    /// A distribution stands in front of API Gateway or a function URL and sends the viewer's Host header on. Both find what is meant
    /// by Host, do not know this one, and refuse.
    /// # Why the browser hides it
    /// The 403 `Forbidden` has no CORS headers.
    /// # How to tell
    /// `ForbiddenException` through CloudFront, while the API's own name answers correctly; of a function URL, `{"Message":null}`
    /// through CloudFront.
    /// # Fix
    /// The managed origin request policy `AllViewerExceptHostHeader`.
    /// # Sources
    /// CloudFront guide, "Use managed origin request policies" (documented); getlift/lift#229, brefphp/bref#682,
    /// Droplr/serverless-api-cloudfront#15, aws/aws-cdk#20090 (reported).
    "cloudfront-host-header-forwarded": "CloudFront sends the viewer's Host header on to an origin that does not know it", Cause, Specific, Cloudfront
}

fn find(case: &Case<'_>) -> Option<Finding> {
    of_api(case).or_else(|| of_function(case))
}

fn of_function(case: &Case<'_>) -> Option<Finding> {
    let answer = nobody(case).filter(|answer| behind_cloudfront(case, answer))?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let text = format!(
        "A function URL is found by the Host header, and no function has the name that came with this request: most likely the distribution \
        sends the viewer's Host ({host}) on."
    );
    let finding = answer.finding(case, &text).layer(Layer::Cloudfront).confidence(Confidence::Possible).fix(cloudfront::keep_host());
    Some(finding.or_else(
        "lambda-url-not-found",
        "the distribution's origin names a function URL that was deleted; asked under its own name it answers the same",
    ))
}

fn of_api(case: &Case<'_>) -> Option<Finding> {
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
