//! What the S3 rules ask in common: did S3 itself answer, and what did it say. Names no cause and proposes no fix.

pub(in crate::cause) mod attribution;
pub(super) mod cors;
pub(in crate::cause) mod elsewhere;
pub(in crate::cause) mod plan;
pub(super) mod region;
pub(super) mod rule;
pub(super) mod signed;
pub(in crate::cause) mod trial;

use crate::aws::s3::error_body::ErrorBody;
use crate::cause::{Case, Confidence, Finding, Place, Severity};
use crate::evidence::{Probe, Response};
use crate::layer::Layer;
use crate::verdict::Stage;

/// An error of S3 in answer to one probe.
pub(super) struct Refusal<'a> {
    /// What was asked.
    pub(super) probe: &'a Probe,
    /// The answer.
    pub(super) response: &'a Response,
    /// Its error document.
    pub(super) error: &'a ErrorBody,
}

impl Refusal<'_> {
    /// Whether it has this code.
    pub(super) fn is(&self, code: &str) -> bool {
        self.error.code == code
    }

    /// Whether the message holds this text, in any case.
    pub(super) fn says(&self, text: &str) -> bool {
        self.error.message.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
    }

    /// The answer in one line, to be cited.
    pub(super) fn quote(&self) -> String {
        quote(self.response, self.error)
    }
}

/// Status, code and message in one line, cut to a readable length.
pub(super) fn quote(response: &Response, error: &ErrorBody) -> String {
    const LONGEST: usize = 240;
    let message: String = error.message.chars().take(LONGEST).collect();
    let more = if error.message.chars().count() > LONGEST { "…" } else { "" };
    let colon = if message.is_empty() { "" } else { ": " };
    format!("{} {}{colon}{message}{more}", response.status, error.code)
}

/// Whether Amazon S3 itself answered, directly or through something in front of it.
pub(super) fn answered(case: &Case<'_>, probe: &Probe) -> bool {
    probe.response.is_some() && case.answerer_of(probe).layer == Layer::S3
}

/// The error of S3 in answer to a probe.
pub(super) fn refusal<'a>(case: &'a Case<'_>, probe: &'a Probe) -> Option<Refusal<'a>> {
    let response = probe.response.as_ref()?;
    let error = error_of(case, probe)?;
    answered(case, probe).then_some(Refusal { probe, response, error })
}

/// The preflight that S3 refused and the browser stopped at.
pub(super) fn refused_preflight<'a>(case: &'a Case<'_>) -> Option<Refusal<'a>> {
    refusal(case, case.failed_preflight()?.0)
}

/// The actual request that S3, or a store that speaks its protocol, refused, whether the page may read the answer or not.
pub(super) fn refused_actual<'a>(case: &'a Case<'_>) -> Option<Refusal<'a>> {
    let (probe, response) = case.error_reply()?;
    let error = error_of(case, probe)?;
    speaks_s3(case.answerer_of(probe).layer).then_some(Refusal { probe, response, error })
}

/// Whether an error document of this component means what it means at S3. Small stores and those behind a proxy are not
/// recognised by name; the document itself shows what they are.
fn speaks_s3(layer: Layer) -> bool {
    layer.is_s3_like() || matches!(layer, Layer::Server | Layer::Gcs | Layer::Nginx | Layer::Envoy | Layer::Cloudflare)
}

/// The actual request that S3 refused with one of these codes.
pub(super) fn coded<'a>(case: &'a Case<'_>, codes: &[&str]) -> Option<Refusal<'a>> {
    refused_actual(case).filter(|r| codes.contains(&r.error.code.as_str()))
}

/// A finding that rests on the code of an actual answer. It leads unless the CORS layer already stopped the page, and is
/// worth saying then as well: the request would fail in the end.
pub(super) fn by_code(case: &Case<'_>, refusal: &Refusal<'_>, text: &str) -> Finding {
    let layer = case.answerer_of(refusal.probe).layer;
    let whose = if layer == Layer::S3 { String::new() } else { format!(" (It was {} that answered, in the words of S3.)", layer.title()) };
    let readable = match case.verdict.stage {
        Stage::Actual => " The page sees nothing of it: the answer carries no CORS headers, so the console speaks of CORS.",
        _ if case.allowed() => " The CORS rules are in order: the page may read this answer.",
        _ => "",
    };
    Finding::new(format!("{text}{whose}{readable}"))
        .layer(layer)
        .cite(refusal.probe, refusal.quote())
        .confidence(Confidence::Confirmed)
        .severity(Severity::Error)
        .place(Place::LeadOrBeside)
}

/// The error of S3 that the browser met: to the preflight, else to the actual request.
pub(super) fn refused<'a>(case: &'a Case<'_>) -> Option<Refusal<'a>> {
    refused_preflight(case).or_else(|| refused_actual(case))
}

/// The error document of an answer: the XML of the REST endpoints, else the HTML list and the headers of website endpoints.
pub(super) fn error_of<'a>(case: &'a Case<'_>, probe: &Probe) -> Option<&'a ErrorBody> {
    case.s3_error(probe).or_else(|| case.website_error(probe))
}

/// The bucket, by the URL or by the answer.
pub(super) fn bucket(case: &Case<'_>, error: Option<&ErrorBody>) -> Option<String> {
    let told = error.and_then(|e| e.get("BucketName").or_else(|| e.get("Bucket")));
    case.target.bucket.as_deref().or(told).map(str::to_owned)
}

/// The bucket as a phrase: `the bucket "uploads"`, or `the bucket` when its name is not known.
pub(super) fn the_bucket(case: &Case<'_>, error: Option<&ErrorBody>) -> String {
    let behind = if is_access_point(case) { "behind the access point " } else { "" };
    bucket(case, error).map_or_else(|| "the bucket".to_owned(), |name| format!("the bucket {behind}\"{name}\""))
}

/// Whether the name stands for an access point: the CORS rules are those of the bucket behind it, which the name does not tell.
pub(super) fn is_access_point(case: &Case<'_>) -> bool {
    let form = case.target.endpoint.as_deref().is_some_and(|form| form.ends_with("access-point") || form == "privatelink-accesspoint");
    form || case.target.bucket.as_deref().is_some_and(|name| name.ends_with("-s3alias"))
}

/// Names as a phrase: `a`, `a and b`, `a, b and c`.
pub(in crate::cause) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_names_as_people_do() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }
}
