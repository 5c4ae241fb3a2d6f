//! `s3-compatible-cors-no-match`.

use url::Url;

use crate::cause::answer::{Answer, grant};
use crate::cause::lists::Reading;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::remedy::client::shell_quoted;

cause! {
    /// # What happened
    /// A store that speaks S3's protocol but is not Amazon's (Ceph, Garage, Backblaze B2, Spaces, Wasabi, `LocalStack` …) has no CORS rule
    /// that covers this request.
    /// # Why the browser hides it
    /// The preflight is refused, often with a plain `AccessDenied` that looks like a question of permissions.
    /// # How to tell
    /// 403 to OPTIONS from such a store: XML `AccessDenied`, or "This CORS request is not allowed." Preflights are never authorised, so an
    /// `AccessDenied` there can only be about CORS.
    /// # Fix
    /// A CORS rule by the store's own means. Older Ceph stops at the first rule whose origin matches; B2 has rules for its native API and
    /// for S3 apart (`s3_put`, `s3_get`); `LocalStack` takes `EXTRA_CORS_ALLOWED_ORIGINS`.
    /// # Sources
    /// ceph/ceph#69190, the stores' documentation (reported).
    "s3-compatible-cors-no-match": "no CORS rule of this S3-compatible store covers the request", Cause, Specific, S3Compatible, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|a| !a.readable && a.bare())?;
    let layer = case.answerer_of(answer.probe).layer;
    let store = matches!(layer, Layer::S3Compatible | Layer::Ceph | Layer::Minio);
    let error = case.s3_error(answer.probe);
    let spoken = ["CORS request is not allowed", "CORS is not enabled"];
    let in_words = layer != Layer::S3 && layer != Layer::R2 && error.as_ref().is_some_and(|e| spoken.iter().any(|s| e.message.contains(s)));
    let refused = answer.preflight
        && answer.status() == 403
        && (in_words
            || (store && error.as_ref().is_none_or(|e| matches!(e.code.as_str(), "AccessDenied" | "AccessForbidden" | "Forbidden"))));
    let silent = layer == Layer::S3Compatible && answer.response.is_ok() && (answer.preflight || !answer.response.has_cors_headers());
    if !refused && !silent {
        return None;
    }
    let bucket = case.target.bucket.as_deref().map(|b| format!(" of the bucket {b}")).unwrap_or_default();
    let headers = if case.asked_headers().is_empty() { "no extra headers".to_owned() } else { case.asked_headers().join(", ") };
    let reading = Reading::of(case, answer);
    let text = format!(
        "No CORS rule{bucket} covers {} from {} with {headers}.{}{}{}",
        case.ask.sent_method(),
        case.ask.origin,
        if answer.preflight { " The store asks nobody for permission on OPTIONS, so a refusal there is about its CORS rules." } else { "" },
        reading.says(),
        hint(case.target.kind.as_str())
    );
    let finding = answer
        .finding(case, &text)
        .layer(if store { layer } else { Layer::S3Compatible })
        .confidence(if refused { Confidence::Likely } else { Confidence::Possible })
        .fix(add_rule(case));
    Some(reading.settle(case, finding))
}

fn add_rule(case: &Case<'_>) -> Fix {
    const COMMAND: &str = "aws s3api put-bucket-cors --endpoint-url ENDPOINT --bucket BUCKET --cors-configuration \\\n  '{\"CORSRules\":[{\"AllowedOrigins\":[\"<origin>\"],\"AllowedMethods\":[\"<method>\"],\"AllowedHeaders\":[<header-list>]}]}'";
    let command = match case.target.bucket.as_deref() {
        Some(bucket) => COMMAND.replace("ENDPOINT", &endpoint(&case.ask.url, bucket)).replace("BUCKET", &shell_quoted(bucket)),
        None => COMMAND.to_owned(),
    };
    let detail = "Most of these stores take the same calls as S3, with their own endpoint.";
    Fix::new("add-cors-rules", "add a CORS rule by the store's own means", detail).snippet("shell", "AWS CLI", grant(case).fill(&command))
}

/// The store's own address: the URL's, without the bucket where the name begins with it.
fn endpoint(url: &Url, bucket: &str) -> String {
    url.origin().ascii_serialization().replacen(&format!("://{bucket}."), "://", 1)
}

fn hint(kind: &str) -> &'static str {
    match kind {
        "b2" => " On B2 rules for the native API do not count for S3: they need operations such as s3_put.",
        "localstack" => " LocalStack allows only its own origins: set EXTRA_CORS_ALLOWED_ORIGINS.",
        _ => "",
    }
}
