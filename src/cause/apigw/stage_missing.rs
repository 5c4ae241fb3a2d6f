//! `apigw-stage-missing`.

use super::cors_disabled::nothing_there;
use super::fault::{self, Fault};
use super::refusal::{self, Origin};
use crate::cause::answer::grant;
use crate::cause::places::first_segment;
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// On an API's own name (`….execute-api.….amazonaws.com`) the first segment of the path is the stage, and no stage of this name
    /// is deployed: it was left out, misspelt, or never deployed.
    /// # Why the browser hides it
    /// The answer is a 403 `Forbidden` without CORS headers, made before any resource is looked at.
    /// # How to tell
    /// Every path says `Forbidden`, even random ones; below a stage that exists a random path says `Missing Authentication Token`.
    /// A disabled default endpoint and a web ACL that blocks everything look the same. An HTTP API says 404 `Not Found` instead.
    /// # Fix
    /// Put the stage in front of the path, or deploy it.
    /// # Sources
    /// API Gateway guide, "Invoke a REST API" (documented); a post-mortem with captures (reported).
    "apigw-stage-missing": "the path does not begin with a deployed stage", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let Some(refusal) = refusal::read(case).filter(|r| r.origin == Origin::Stage) else { return http(case) };
    let named = refusal
        .proof
        .as_ref()
        .filter(|_| refusal.confidence == Confidence::Confirmed)
        .and_then(|near| first_segment(&near.url))
        .map(str::to_owned);
    let seen = match &named {
        Some(stage) => format!("Below /{stage} the gateway answers otherwise, so that is one: it was left out of the path."),
        None => {
            "Every path that was tried says Forbidden, random ones too, where a stage that exists would say Missing Authentication Token."
                .to_owned()
        }
    };
    let text = format!(
        "On this name the first segment of the path is the stage, and \"{}\" is none that is deployed. {seen}",
        refusal::first(case)
    );
    let finding = refusal.finding(case, &text).fix(fix(case, named.as_deref()));
    Some(if refusal.confidence == Confidence::Confirmed { finding } else { doubts(finding) })
}

/// An HTTP API that finds neither OPTIONS nor the page's own method.
fn http(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    let near = nothing_there(case).filter(|_| answer.preflight && fault == Fault::NotFound)?;
    let text = format!(
        "Neither OPTIONS nor {} is found on {}: the first segment is no deployed stage, or the route is missing and CORS is not configured.",
        case.ask.sent_method(),
        case.ask.url.path()
    );
    let finding = answer.finding(case, &text).cite(near.probe, format!("{}: status 404, the same body", near.probe.request.method));
    let finding = finding.confidence(Confidence::Possible).fix(fix(case, None));
    Some(finding.or_else("apigw-cors-disabled", "with CORS configured and a stage that exists, OPTIONS is answered with 204 on every path"))
}

fn doubts(finding: Finding) -> Finding {
    finding
        .or_else("apigw-forbidden", "a disabled default endpoint (disableExecuteApiEndpoint) answers every path the same")
        .or_else("apigw-forbidden-waf", "a web ACL that blocks this address answers every path the same; another network would pass")
}

fn fix(case: &Case<'_>, stage: Option<&str>) -> Fix {
    let url = refusal::with_stage(case, stage.unwrap_or("STAGE"));
    let list = grant(case).fill("aws apigateway get-stages --rest-api-id <id> --region <region>\naws apigateway create-deployment --rest-api-id <id> --region <region> --stage-name NAME");
    let fix = Fix::new("fix-url", format!("ask for {url}"), "Console: API Gateway, your API, Stages: the invoke URL of a stage shows it.")
        .snippet("shell", "AWS CLI", list);
    match stage {
        Some(_) => fix.proven_by(case.proof_step(|ask| ask.url = url)),
        None => fix,
    }
}
