//! `apigw-missing-route`.

use super::fault::{self, Fault};
use crate::cause::answer::{Answer, grant};
use crate::cause::places::{self, first_segment};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// A REST API answered `Missing Authentication Token`. Despite its words this is what API Gateway says when nothing is
    /// defined for this method on this path: the resource has no OPTIONS method (CORS was never enabled there, or not
    /// deployed since), or the path does not exist. With `Authorization: Bearer …` the same gap reads
    /// `not a valid key=value pair (missing equal-sign) in Authorization header`. An HTTP API says 404 `Not Found`.
    /// # Why the browser hides it
    /// The answer is a 403 without any Access-Control header, so the console speaks of CORS and not of the route.
    /// # How to tell
    /// `x-amzn-errortype: MissingAuthenticationTokenException`; it stays when status and body were customised. A plain GET on
    /// the same path tells whether only OPTIONS is missing. An OPTIONS method with IAM authorization gives the same answer and
    /// cannot be told apart from outside.
    /// # Fix
    /// Add an OPTIONS method with authorization NONE to the resource (Enable CORS) and deploy; or correct the path: stage,
    /// spelling, a stage name left in although the custom domain's mapping already selects it.
    /// # Sources
    /// API Gateway guide, "Gateway response types"; AWS re:Post, "Troubleshoot 403 errors of API Gateway" (documented).
    /// localstack, recorded against AWS: path and method give the identical answer (validated).
    "apigw-missing-route": "API Gateway has no such method on this path", Cause, Specific, ApigwRest, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    match fault {
        Fault::MissingRoute | Fault::IncompleteSignature if answer.preflight => Some(no_options(case, &answer)),
        Fault::MissingRoute | Fault::IncompleteSignature => Some(no_method(case, &answer, fault)),
        Fault::NotFound if !answer.preflight => Some(no_http_route(case, &answer)),
        _ => None,
    }
}

fn no_options(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let path = case.ask.url.path();
    let get = places::read_here(case).map(|get| {
        let same = matches!(fault::of_probe(case, get.probe), Some(Fault::MissingRoute | Fault::IncompleteSignature));
        (get, same)
    });
    let seen = match &get {
        None => String::new(),
        Some((_, true)) => " A plain GET on the same path gets the same answer, so the path itself may be wrong.".to_owned(),
        Some((get, false)) => format!(
            " A plain GET on the same path is answered with {}, so the path exists and only OPTIONS is at fault.",
            get.response.status
        ),
    };
    let text = format!(
        "\"Missing Authentication Token\" means that nothing is defined for OPTIONS on {path}: CORS was not enabled on that resource, or not deployed since, or the path is wrong.{seen}{}",
        stage_hint(case)
    );
    // From outside a method that asks for IAM looks like one that is missing, whatever else answers.
    let mut finding = answer.finding(case, &text).confidence(Confidence::Likely).or_else(
        "apigw-iam-on-options",
        "an OPTIONS method with IAM authorization answers the same; only the API's configuration tells, and the fix is the same: OPTIONS with authorization NONE",
    );
    if let Some((get, same)) = &get {
        finding = finding.cite(get.probe, format!("GET: status {}{}", get.response.status, if *same { ", the same answer" } else { "" }));
    }
    let nothing_there = get.is_some_and(|(_, same)| same);
    let finding = finding.fix(apigw::options_method(&grant(case))).want(places::plain_get(case));
    if nothing_there { finding.fix(correct_the_path(&case.ask.sent_method(), path)) } else { finding }
}

fn no_method(case: &Case<'_>, answer: &Answer<'_>, fault: Fault) -> Finding {
    let (method, path) = (answer.method(case), case.ask.url.path());
    let signature = if fault == Fault::IncompleteSignature {
        " Its words about the Authorization header only mean that it tried to read the token as a signature, as it does where no route matches."
    } else {
        ""
    };
    let text = format!(
        "The gateway knows no {method} on {path}: the path or the method is wrong, or it was not deployed since it was added.{signature}{}",
        stage_hint(case)
    );
    answer
        .finding(case, &text)
        .confidence(Confidence::Likely)
        .or_else(
            "apigw-iam-on-options",
            format!("a {method} method with IAM authorization answers an unsigned call the same; the API's configuration tells"),
        )
        .fix(correct_the_path(&method, path))
        .fix(apigw::gateway_responses(&grant(case)))
}

fn correct_the_path(method: &str, path: &str) -> Fix {
    Fix::new(
        "fix-url",
        format!("ask for a path that the API has, or give {path} the method {method} and deploy"),
        "Console: API Gateway, your API, Stages, the stage: its tree shows what is deployed. A resource that was added after the last \
         deployment is not in it.",
    )
}

fn no_http_route(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let text = format!(
        "No route of the HTTP API matches {} {}, or its first segment is no deployed stage.",
        answer.method(case),
        case.ask.url.path()
    );
    answer
        .finding(case, &text)
        .confidence(Confidence::Possible)
        .or_else("apigw-stage-missing", "an unknown stage gives the same answer; the list of stages tells")
        .fix(Fix::new(
            "fix-url",
            "ask for a route that the API has",
            "Console: API Gateway, your API, Routes and Stages. A stage other than $default stands at the beginning of the path.",
        ))
        .fix(apigw::http_cors(&grant(case)))
}

/// A stage name at the start of a custom domain's path is the usual slip.
fn stage_hint(case: &Case<'_>) -> String {
    const STAGES: [&str; 9] = ["dev", "prod", "stage", "staging", "test", "qa", "production", "development", "default"];
    let own_name = case.target.kind.starts_with("api-gateway");
    match first_segment(&case.ask.url).filter(|first| !own_name && STAGES.contains(&first.to_ascii_lowercase().as_str())) {
        Some(first) => {
            format!(" The path begins with /{first}: where the custom domain's mapping already selects the stage, that segment must go.")
        }
        None => String::new(),
    }
}
