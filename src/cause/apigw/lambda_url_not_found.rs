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
    /// `{"Message":null}` with `x-amzn-errortype: AccessDeniedException`. The same answer under another name than the function URL's own:
    /// what stands in front sent its own Host on.
    /// # Fix
    /// Take the URL from the function's configuration.
    /// # Sources
    /// localstack's recording against AWS, `test_lambda_url_non_existing_url`, 2025-11-24 (validated).
    "lambda-url-not-found": "no function has this URL", Cause, Specific, LambdaUrl
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = nobody(case).filter(|answer| !behind_cloudfront(case, answer))?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let text = if case.target.kind == "lambda-url" {
        format!(
            "No function owns {host}: the URL was deleted, or its id or region is mistyped. Such names always resolve, so DNS does not show it."
        )
    } else {
        format!(
            "No function owns the name that was asked for: what stands in front sent on its own Host ({host}), or names a URL that was deleted."
        )
    };
    let fix = Fix::new(
        "fix-url",
        "take the URL from the function's configuration",
        "Console: Lambda, the function, Configuration, Function URL.",
    )
    .snippet("shell", "AWS CLI", "aws lambda get-function-url-config --function-name FUNCTION --query FunctionUrl");
    Some(answer.finding(case, &text).confidence(Confidence::Likely).fix(fix))
}

/// The answer of the service to a name that no function has.
pub(crate) fn nobody<'a>(case: &Case<'a>) -> Option<Answer<'a>> {
    let answer = Answer::of(case)?;
    let nothing = answer.message(case).is_some_and(|m| m.capital && m.text.is_none());
    (nothing && answer.status() == 403 && case.answerer_of(answer.probe).layer == Layer::LambdaUrl).then_some(answer)
}

/// Whether a distribution asked under a name that no function has: then its Host header is the first suspect, not the id.
pub(crate) fn behind_cloudfront(case: &Case<'_>, answer: &Answer<'_>) -> bool {
    case.target.kind != "lambda-url" && case.answerer_of(answer.probe).through.contains(&Layer::Cloudfront)
}
