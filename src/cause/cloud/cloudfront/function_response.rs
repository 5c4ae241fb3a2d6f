//! `cloudfront-function-response`.

use super::one_line;
use crate::cause::answer::{Answer, grant};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// A CloudFront Function or a Lambda@Edge function on the distribution made the answer; the origin was never asked. Often it
    /// checks a session or rewrites paths, and treats a preflight like any other request.
    /// # Why the browser hides it
    /// What the function returns has no CORS headers, or a status that a preflight must not have.
    /// # How to tell
    /// `x-cache: FunctionGeneratedResponse from cloudfront` or `LambdaGeneratedResponse from cloudfront`; a function that fails gives a
    /// CloudFront page that names it.
    /// # Fix
    /// Let the function pass OPTIONS on (or answer it), and set the headers on what it generates.
    /// # Sources
    /// CloudFront guide, "Generate HTTP responses in request triggers" (documented); captured headers (reported).
    "cloudfront-function-response": "a function on the distribution made the answer", Cause, Specific, CloudfrontFunction
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let layer = case.answerer_of(answer.probe).layer;
    let failed = layer == Layer::Cloudfront && blames_function(&answer.response.body);
    if !failed && (layer != Layer::CloudfrontFunction || answer.readable || leads_to_login(&answer)) {
        return None;
    }
    let text = if failed {
        "CloudFront's page says that the function associated with the distribution failed."
    } else {
        "x-cache says that a function on the distribution generated it; the origin was never asked. A function that checks sessions has to let OPTIONS pass, since a preflight carries no cookie and no token."
    };
    if failed {
        return Some(answer.finding(case, text).confidence(Confidence::Likely).fix(mend_function()));
    }
    let fix = Fix::new("let-options-through", "let the function pass OPTIONS on", "Return the request unchanged when the method is OPTIONS; set Access-Control-Allow-Origin on every response that the function makes.")
        .snippet("javascript", "CloudFront Functions", grant(case).fill(CODE));
    Some(answer.finding(case, text).confidence(Confidence::Likely).fix(fix))
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-lambda-limit-exceeded-error.html>
fn mend_function() -> Fix {
    Fix::new(
        "mend-the-function",
        "mend the function that the behaviour calls",
        "Console: CloudFront, the distribution, Behaviors, Function associations. The logs of Lambda@Edge lie in the region nearest to the \
         visitor; look for an exception, an answer of the wrong form, and a missing lambda:GetFunction or edgelambda.amazonaws.com in the role.",
    )
}

/// Whether CloudFront's page says that a function failed.
pub(super) fn blames_function(body: &str) -> bool {
    let text = one_line(body);
    text.contains("The Lambda function")
        || text.contains("The CloudFront function")
        || text.contains("function associated with the CloudFront distribution")
}

/// A redirect to a login page has a cause of its own.
fn leads_to_login(answer: &Answer<'_>) -> bool {
    const WORDS: [&str; 6] = ["/authorize", "/login", "signin", "sign-in", "oauth2", "/auth?"];
    let location = answer.response.header("location").unwrap_or_default().to_ascii_lowercase();
    answer.response.is_redirect() && WORDS.iter().any(|word| location.contains(word))
}

const CODE: &str = r#"function handler(event) {
  var request = event.request;
  if (request.method === "OPTIONS") return request;
  // …
  return { statusCode: 403, headers: { "access-control-allow-origin": { value: "<origin>" } } };
}"#;
