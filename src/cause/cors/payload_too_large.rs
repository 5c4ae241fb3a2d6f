//! A limit on the size of the body.

use super::words;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The request itself was answered 413: its body is larger than a proxy, a gateway or the server accepts.
    /// # Why the browser hides it
    /// The 413 is usually made by a proxy in front of the application, and its own error pages carry no CORS headers. So the page sees a
    /// CORS error for large files, and none for small ones.
    /// # How to tell
    /// Small bodies work, large ones do not; the hidden status is 413.
    /// # Fix
    /// Raise the limit where it is set (nginx: `client_max_body_size`), upload in parts, or straight to a store. Put the CORS headers on
    /// errors as well, so that the page can tell.
    /// # Sources
    /// - RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14>
    /// - nginx: <https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size>
    "payload-too-large": "the body is larger than the server accepts", Cause, General, Server,
    supersedes: ["actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|answer| !answer.preflight && answer.status() == 413)?;
    let size = case.ask.body_bytes.map(|bytes| format!(" of {bytes} bytes")).unwrap_or_default();
    let said = words::of(answer.response).map(|words| format!(" It says: \"{words}\".")).unwrap_or_default();
    let layer = case.answerer_of(answer.probe).layer;
    let fix = Fix::new(
        "raise-body-limit",
        "raise the limit where it is set, or upload in parts",
        "Behind several proxies the smallest limit counts.",
    );
    let fix = match layer {
        Layer::Nginx => fix.snippet("nginx", "nginx", "client_max_body_size 200m;"),
        Layer::Server | Layer::Envoy => fix
            .snippet("nginx", "nginx", "client_max_body_size 200m;")
            .snippet("javascript", "Express", "app.use(express.json({ limit: \"200mb\" }));")
            .snippet("apache", "Apache", "LimitRequestBody 209715200"),
        _ => fix,
    };
    Some(
        answer
            .finding(
                case,
                &format!(
                    "413 means that the body{size} is larger than it accepts. CORS is not the problem: a smaller body would pass.{said}"
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(fix)
            .fix(Fix::new(
                "upload-directly",
                "send large files straight to a store, with a presigned URL",
                "Then neither proxy nor application sees the body.",
            )),
    )
}
