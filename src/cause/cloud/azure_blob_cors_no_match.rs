//! `azure-blob-cors-no-match`.

use crate::cause::answer::{Answer, grant};
use crate::cause::lists::Reading;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// No CORS rule of the storage account's Blob service covers this origin, method and every request header, or there is none.
    /// # Why the browser hides it
    /// The preflight gets 403; an actual answer just lacks Access-Control-Allow-Origin.
    /// # How to tell
    /// 403 with `x-ms-error-code: CorsPreflightFailure`.
    /// # Fix
    /// A rule for the Blob service. Uploads need x-ms-blob-type (and content-type) among the allowed headers.
    /// # Sources
    /// Azure Storage, "Cross-Origin Resource Sharing support" (documented); Azure/Azurite#2449 (reported).
    "azure-blob-cors-no-match": "no CORS rule of the storage account covers this request", Cause, Specific, AzureBlob, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    if case.answerer_of(answer.probe).layer != Layer::AzureBlob || answer.readable || !answer.bare() {
        return None;
    }
    let code = answer.response.header("x-ms-error-code").map(str::trim);
    let told = code.is_some_and(|code| code.eq_ignore_ascii_case("CorsPreflightFailure"));
    // The firewall of the account refuses OPTIONS as well, by a code of its own.
    if !told && (code.is_some() || answer.preflight == answer.response.is_ok()) {
        return None;
    }
    let headers = if case.asked_headers().is_empty() { "no extra headers".to_owned() } else { case.asked_headers().join(", ") };
    let reading = Reading::of(case, answer);
    let text = format!(
        "No CORS rule of the Blob service covers {} from {} with {headers}{}.{}",
        case.ask.sent_method(),
        case.ask.origin,
        if reading.shows_a_list() { "" } else { ", or there is no rule at all" },
        reading.says()
    );
    let fix = Fix::new("add-cors-rules", "add a CORS rule to the Blob service", "Portal: the storage account, Settings, Resource sharing (CORS), Blob service.").snippet(
        "shell",
        "Azure CLI",
        grant(case).fill("az storage cors add --services b --account-name <id> --origins '<origin>' --methods <method> --allowed-headers '<headers>' --exposed-headers 'etag' --max-age 3600"),
    );
    let finding = answer.finding(case, &text).confidence(if told { Confidence::Confirmed } else { Confidence::Likely }).fix(fix);
    Some(reading.settle(case, finding))
}
