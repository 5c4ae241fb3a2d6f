//! `lambda-url-forbidden`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding};
use crate::layer::Layer;
use crate::remedy::{cloudfront, lambda_url};

cause! {
    /// # What happened
    /// The function URL does not let this caller in: its authorization type is `AWS_IAM`, or it is NONE and the function's resource
    /// policy lacks a grant. URLs made since October 2025 need two: lambda:InvokeFunctionUrl and lambda:InvokeFunction.
    /// # Why the browser hides it
    /// The 403 is made before the function runs and has no CORS headers.
    /// # How to tell
    /// `x-amzn-errortype: AccessDeniedException` and a body whose key is `Message` with a capital, beginning with `Forbidden`. API Gateway
    /// writes `message` small. A foreign Host, as a distribution forwards it, is refused the same way.
    /// # Fix
    /// Authorization type NONE with both grants; or a distribution with origin access control that signs for the browser.
    /// # Sources
    /// Lambda guide, "Control access to Lambda function URLs" (documented); localstack's snapshots of 2024 and 2025 (validated);
    /// aws/aws-cdk#20090 (reported). That the second grant is asked of every URL is not certain.
    "lambda-url-forbidden": "the function URL does not let this caller in", Cause, Specific, LambdaUrl
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let answerer = case.answerer_of(answer.probe);
    let said = answer.message(case);
    let denied = answer.response.header("x-amzn-errortype").is_some_and(|t| t.starts_with("AccessDeniedException"));
    let forbidden = match said {
        Some(message) => message.capital && message.text.as_deref().is_some_and(|text| text.starts_with("Forbidden")),
        None => denied && answer.response.body.trim().is_empty(),
    };
    // What was traced and has no type of error is the function's own answer.
    let own = !denied && answer.response.header("x-amzn-trace-id").is_some();
    if answerer.layer != Layer::LambdaUrl || answer.status() != 403 || !forbidden || own {
        return None;
    }
    let text = "The URL's authorization type is AWS_IAM, or it is NONE and the function's resource policy does not grant everybody the call: \
        the permission lambda:InvokeFunctionUrl is missing, or on newer URLs the second one, lambda:InvokeFunction. The function was not run.";
    let mut finding = answer.finding(case, text).confidence(Confidence::Likely).fix(lambda_url::permissions());
    if answerer.through.contains(&Layer::Cloudfront) {
        finding = finding
            .or_else(
                "cloudfront-host-header-forwarded",
                "a distribution that sends the viewer's Host on is refused the same way; the function URL's own name would work",
            )
            .fix(cloudfront::keep_host());
    }
    Some(finding)
}
