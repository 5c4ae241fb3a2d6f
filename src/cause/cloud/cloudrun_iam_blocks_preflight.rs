//! `cloudrun-iam-blocks-preflight`.

use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The Cloud Run service (or function) asks for authentication by IAM, and Google's front end refuses the preflight, which never
    /// carries a token. The service itself was not asked.
    /// # Why the browser hides it
    /// The 403 (or 401) page has no CORS headers.
    /// # How to tell
    /// `server: Google Frontend` and "Your client does not have permission to get URL".
    /// # Fix
    /// Allow unauthenticated calls and check the token in the service; or put API Gateway or a load balancer with IAP in front that answers OPTIONS.
    /// # Sources
    /// Cloud Run, "Authenticating developers and end users" (documented); google/adk-python#635 (reported).
    "cloudrun-iam-blocks-preflight": "Google's front end asks the preflight for a token", Cause, Exact, GoogleFrontend
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|a| a.preflight && matches!(a.status(), 401 | 403))?;
    let page = answer.response.body.contains("Your client does not have permission");
    let bare = answer.response.body.trim().is_empty() && case.target.kind.starts_with("cloud-");
    if case.answerer_of(answer.probe).layer != Layer::GoogleFrontend || !(page || bare) {
        return None;
    }
    let text =
        "IAM of Cloud Run refuses whoever brings no token, and a preflight never brings one. The service's own CORS code was not reached.";
    let fix = Fix::new(
        "allow-unauthenticated",
        "allow unauthenticated calls, and check the token in the service",
        "Console: Cloud Run, the service, Security, Allow unauthenticated invocations.",
    )
    .snippet("shell", "gcloud", "gcloud run services add-iam-policy-binding SERVICE --member=allUsers --role=roles/run.invoker");
    Some(answer.finding(case, text).confidence(Confidence::Likely).fix(fix))
}
