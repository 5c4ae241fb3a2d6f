//! `lambda-url-not-found`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// No function owns this URL: it was deleted, or its id or region is mistyped. The names of function URLs are a wildcard, so
    /// every id resolves and answers.
    /// # Why the browser hides it
    /// The 403 has no CORS headers.
    /// # How to tell
    /// `{"Message":null}` with `x-amzn-errortype: AccessDeniedException`.
    /// # Fix
    /// Take the URL from the function's configuration.
    /// # Sources
    /// localstack's recording against AWS, `test_lambda_url_non_existing_url`, 2025-11-24 (validated).
    "lambda-url-not-found": "no function has this URL", Cause, Specific, LambdaUrl
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let nothing = answer.message(case).is_some_and(|m| m.capital && m.text.is_none());
    if case.answerer_of(answer.probe).layer != Layer::LambdaUrl || answer.status() != 403 || !nothing {
        return None;
    }
    let host = case.ask.url.host_str().unwrap_or_default();
    let text = format!(
        "No function owns {host}: the URL was deleted, or its id or region is mistyped. Such names always resolve, so DNS does not show it."
    );
    let fix = Fix::new(
        "fix-url",
        "take the URL from the function's configuration",
        "Console: Lambda, the function, Configuration, Function URL.",
    )
    .snippet("shell", "AWS CLI", "aws lambda get-function-url-config --function-name FUNCTION --query FunctionUrl");
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}
