//! `r2-cors-not-configured`.

use crate::cause::answer::{Answer, grant};
use crate::cause::lists::Reading;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::remedy::client::shell_quoted;

cause! {
    /// # What happened
    /// The R2 bucket has no CORS policy, or none that fits; R2 says the same in both cases, and at the wrong jurisdiction's host
    /// (`eu.`, `fedramp.`) too.
    /// # Why the browser hides it
    /// The 403 has no CORS headers.
    /// # How to tell
    /// 403 with `<Code>Unauthorized</Code><Message>CORS not configured for this bucket</Message>`.
    /// # Fix
    /// A CORS policy on the bucket. `AllowedHeaders` must list the names; check the host's jurisdiction.
    /// # Sources
    /// Cloudflare R2, "Configure CORS" (documented); captured answers (reported).
    "r2-cors-not-configured": "the R2 bucket has no CORS policy for this request", Cause, Specific, R2, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    if case.answerer_of(answer.probe).layer != Layer::R2 || answer.readable {
        return None;
    }
    let error = case.s3_error(answer.probe);
    let says = answer.preflight && error.as_ref().is_some_and(|e| e.code == "Unauthorized" || e.message.contains("CORS not configured"));
    let bare = answer.response.is_ok() && answer.bare();
    if !says && !bare {
        return None;
    }
    let reading = Reading::of(case, answer);
    let asked = format!(
        "{} from {} with {}",
        case.ask.sent_method(),
        case.ask.origin,
        if case.asked_headers().is_empty() { "no extra headers".to_owned() } else { case.asked_headers().join(", ") }
    );
    let bucket = case.target.bucket.as_deref();
    let whose = bucket.map_or_else(|| "this bucket".to_owned(), |name| format!("the bucket {name}"));
    let text = if reading.shows_a_list() {
        format!("The bucket has a CORS policy, and it does not cover {asked}.{}", reading.says())
    } else {
        format!("R2 has no CORS policy for {whose}, or none that covers {asked}; it says the same at the host of the wrong jurisdiction.")
    };
    let fix = Fix::new("add-cors-rules", "add a CORS policy to the bucket", "Dashboard: R2, the bucket, Settings, CORS policy. It takes effect within half a minute.")
        .snippet("json", "dashboard", grant(case).fill("[\n  {\n    \"AllowedOrigins\": [\"<origin>\"],\n    \"AllowedMethods\": [\"<method>\"],\n    \"AllowedHeaders\": [<header-list>]\n  }\n]"))
        .snippet("shell", "wrangler", format!("npx wrangler r2 bucket cors set {} --file cors.json", shell_quoted(bucket.unwrap_or("BUCKET"))));
    let finding = answer.finding(case, &text).confidence(if says { Confidence::Likely } else { Confidence::Possible }).fix(fix);
    Some(reading.settle(case, finding))
}
