//! `lambda-url-duplicate-cors`.

use crate::cause::answer::{Answer, grant};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::remedy::lambda_url;

cause! {
    /// # What happened
    /// The function URL adds CORS headers, and the function adds them again: Access-Control-Allow-Origin stands there twice.
    /// # Why the browser hides it
    /// A browser takes exactly one value; two, even equal ones, are a failed check.
    /// # How to tell
    /// Two lines of Access-Control-Allow-Origin on the actual answer (with `x-amzn-trace-id`), one on the preflight, which the URL
    /// answers alone.
    /// # Fix
    /// Set CORS in one place: leave the headers out of the function, or the configuration off the URL.
    /// # Sources
    /// dev.to/rimutaka, aws-powertools/powertools-lambda-python#4163, samvera/serverless-iiif#71 (reported); they contradict the Lambda guide,
    /// which says that the configuration wins.
    "lambda-url-duplicate-cors": "Lambda and its function URL both add CORS headers", Cause, Specific, LambdaUrl, blames: CorsRules,
    supersedes: ["multiple-allow-origin"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    let values: Vec<&str> = answer.response.lines("access-control-allow-origin").flat_map(|line| line.split(',')).map(str::trim).collect();
    if case.answerer_of(answer.probe).layer != Layer::LambdaUrl || answer.readable || values.len() < 2 {
        return None;
    }
    let text = format!(
        "Access-Control-Allow-Origin stands there {} times ({}): the URL's CORS configuration adds it, and the function's own code or framework does as well.",
        values.len(),
        values.join(", ")
    );
    Some(
        answer
            .finding(case, &text)
            .confidence(Confidence::Likely)
            .cite(answer.probe, format!("access-control-allow-origin: {}", values.join(" and ")))
            .fix(Fix::new(
                "single-allow-origin",
                "take the CORS headers out of the function's code",
                "Its middleware too (cors() of Express, CORSMiddleware, the cors of Powertools). The URL's configuration then adds them once, \
                 to the preflight as well.",
            ))
            .fix(lambda_url::cors(&grant(case))),
    )
}
