//! `apigw-iam-on-options`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, places};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// The page signs its requests (it sends `x-amz-date` with `Authorization`), so the API uses IAM authorization, and the
    /// preflight was answered `Missing Authentication Token`: the OPTIONS method very probably asks for IAM as well.
    /// # Why the browser hides it
    /// A browser never signs a preflight. The refusal is a 403 without Access-Control headers.
    /// # How to tell
    /// From outside it looks exactly like a missing OPTIONS method. That the page signs, and that a plain GET is refused with
    /// the same words, makes IAM the better guess; the API's configuration decides.
    /// # Fix
    /// An OPTIONS method with authorization NONE; the other methods keep IAM. The fix is the same where the method is missing.
    /// # Sources
    /// aws-amplify/amplify-js#1654; measured in mariotoffia/floci, docs/design/resource-policy-enforcement.md (reported).
    "apigw-iam-on-options": "OPTIONS asks for an IAM signature, which browsers never send with a preflight", Cause, Specific, ApigwRest,
    supersedes: ["apigw-missing-route"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::MissingRoute || !answer.preflight {
        return None;
    }
    let signing: Vec<String> = case
        .asked_headers()
        .into_iter()
        .filter(|n| matches!(n.as_str(), "x-amz-date" | "x-amz-content-sha256" | "x-amz-security-token"))
        .collect();
    if signing.is_empty() {
        return None;
    }
    let read = places::read_here(case);
    // A GET that answers without a signature is not an IAM method, and then OPTIONS hardly is.
    if read.as_ref().is_some_and(|get| fault::of_probe(case, get.probe) != Some(Fault::MissingRoute)) {
        return None;
    }
    let text = format!(
        "The page is about to send {}, so it signs for IAM authorization; \"Missing Authentication Token\" is what an IAM method says to an unsigned call, and a preflight is never signed. \
        A path without any OPTIONS method says the same, so both stay possible.",
        signing.join(", ")
    );
    let mut finding = answer
        .finding(case, &text)
        .confidence(Confidence::Possible)
        .or_else(
            "apigw-missing-route",
            "a resource without an OPTIONS method answers the same; the API's configuration tells, and the fix is the same",
        )
        .fix(apigw::open_options(&grant(case)))
        .fix(apigw::options_method(&grant(case)))
        .want(places::plain_get(case));
    if let Some(get) = read {
        finding = finding.cite(get.probe, "an unsigned GET gets the same answer");
    }
    Some(finding)
}
