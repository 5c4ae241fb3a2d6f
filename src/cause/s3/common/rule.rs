//! The changes that several S3 causes propose.

use url::Url;

use super::is_access_point;
use super::trial::{Question, Trial, trials};
use crate::aws::s3::cors;
use crate::aws::s3::cors::config::Rule;
use crate::aws::s3::cors::engine::{Request, evaluate};
use crate::cause::{By, Case, Fix};
use crate::remedy::{client, s3_cors};
use crate::suggest::{Traced, Want, keeps, suggest, trace};

/// For a bucket that is not there.
pub(crate) fn correct_name() -> Fix {
    Fix::new(
        "fix-url",
        "correct the bucket name in the URL",
        "Look for a slip in the name, an environment variable that was empty when the URL was built, and a bucket of another account, \
         partition or environment. Where the name is right, create the bucket.",
    )
}

/// The rules that let this request through and nothing else besides what passes already, traced offline.
pub(crate) fn add_rule(case: &Case<'_>, own: &Question, title: impl Into<String>) -> Fix {
    add_rule_for(case, own, trials(case, own), title)
}

/// The origin to put into a rule. `null` belongs to every file and sandboxed frame, so none is told to allow it by name where `*`
/// serves as well.
pub(crate) fn advised_origin<'a>(case: &Case<'_>, own: &'a Question) -> &'a str {
    if own.origin == "null" && !case.ask.with_credentials() { "*" } else { &own.origin }
}

/// The same where the rules were tried at another name of the bucket.
pub(crate) fn add_rule_for(case: &Case<'_>, own: &Question, trials: Vec<Trial<'_>>, title: impl Into<String>) -> Fix {
    let want = Want {
        origin: advised_origin(case, own).to_owned(),
        method: own.method.clone(),
        headers: own.headers.clone(),
        expose: exposed(case),
        credentials: case.ask.with_credentials(),
    };
    let trials: Vec<(Request, bool)> = trials.into_iter().map(|trial| (trial.question.into(), trial.matched)).collect();
    let passed: Vec<Request> = trials.iter().filter(|(_, matched)| *matched).map(|(request, _)| request.clone()).collect();
    match given(case) {
        Some(rules) => {
            let mut fix = merge(case, &rules, &want, &passed, title.into());
            fix.detail.to_mut().push_str(&disagreement(&rules, &trials).unwrap_or_default());
            fix
        }
        None => append(case, &want, &passed, title.into()),
    }
}

/// The configuration that the user gave, where it can be read.
fn given(case: &Case<'_>) -> Option<Vec<Rule>> {
    let document = cors::read(&case.evidence.cors_config.as_ref()?.to_string()).ok()?;
    Some(document.configs.into_iter().next()?.rules)
}

/// A request that the given configuration and the bucket answer differently: then the bucket has another one.
fn disagreement(given: &[Rule], trials: &[(Request, bool)]) -> Option<String> {
    let (request, matched) = trials.iter().find(|(request, matched)| evaluate(given, request).allowed != *matched)?;
    let (says, does) = if *matched { ("refuses", "allows") } else { ("allows", "refuses") };
    let headers = if request.headers.is_empty() { String::new() } else { format!(" with {}", request.headers.join(", ")) };
    Some(format!(
        " Careful: the configuration that was given {says} {} from {}{headers}, and the bucket {does} it. So it is not the one that the \
         bucket has now.",
        request.method, request.origin
    ))
}

/// One more rule, behind those that nobody has seen: those stand for them that answered the requests which passed.
fn append(case: &Case<'_>, want: &Want, passed: &[Request], title: String) -> Fix {
    const DETAIL: &str = "One rule has to hold all three: AllowedOrigins, AllowedMethods and AllowedHeaders (AllowedOrigin and so on in \
        XML). Put it behind the rules that are there, and keep those: saving replaces them all. It shows after some seconds.";
    let rule = s3_cors::least_rule(&want.origin, &want.method, &want.headers, &want.expose);
    let mut rules: Vec<Rule> = passed.iter().map(|seen| s3_cors::least_rule(&seen.origin, &seen.method, &seen.headers, &[])).collect();
    rules.push(rule.clone());
    let traced = trace(&rules, want, passed);
    let behind = if passed.is_empty() { "" } else { " at the end" };
    let through =
        if traced.by.is_some() { "this request gets through" } else { "this request still does not get through: S3 has no rule for it" };
    let says = format!("Traced offline, as S3 evaluates its rules: with this rule{behind}, {through}{}.", still(&traced));
    let fix = Fix::new("add-cors-rule", title, DETAIL);
    with_forms(case, fix.verified(traced.is_good(), By::Trace, says), &[rule])
}

/// What becomes of the requests that passed.
fn still(traced: &Traced) -> String {
    match (traced.kept, traced.lost.first()) {
        (_, Some(lost)) => format!(", and {} from {} no longer does", lost.method, lost.origin),
        (0, None) => String::new(),
        (1, None) => ", and the one that passed here still does".to_owned(),
        (kept, None) => format!(", and the {kept} that passed here still do"),
    }
}

/// The whole configuration, merged into the one that the user gave.
fn merge(case: &Case<'_>, given: &[Rule], want: &Want, passed: &[Request], title: String) -> Fix {
    let Ok(suggestion) = suggest(given, std::slice::from_ref(want)) else { return append(case, want, passed, title) };
    let traced = trace(&suggestion.rules, want, passed);
    let good = traced.is_good() && keeps(given, &suggestion.rules, want);
    let says = format!("{} What the given configuration allows is allowed still.", traced.says("here"));
    let fix = if suggestion.changes.is_empty() {
        let detail = "The configuration that was given lets this request through, and the bucket refuses it: the bucket has another \
            one. Look whether it was deployed, to which bucket and account, and wait some seconds.";
        Fix::new("deploy-cors-config", "deploy the configuration that was given: it allows this request", detail)
    } else {
        let detail = format!(
            "The snippets hold the whole configuration, merged into the one that was given: {}. It shows after some seconds.",
            suggestion.changes.join("; ")
        );
        Fix::new("add-cors-rule", title, detail)
    };
    with_forms(case, fix.verified(good, By::Trace, says), &suggestion.rules)
}

fn with_forms(case: &Case<'_>, mut fix: Fix, rules: &[Rule]) -> Fix {
    if is_access_point(case) {
        fix.detail.to_mut().push_str(" An access point has no rules of its own: these belong to the bucket behind it.");
        fix.snippets.extend(s3_cors::snippets(rules, "BUCKET"));
        return fix;
    }
    let bucket = case.target.bucket.as_deref().unwrap_or("BUCKET");
    fix.snippets.extend(s3_cors::snippets(rules, bucket));
    fix
}

impl From<Question> for Request {
    fn from(Question { origin, method, headers }: Question) -> Self {
        Self { origin, method, headers, actual: false }
    }
}

fn exposed(case: &Case<'_>) -> Vec<String> {
    let mut names: Vec<String> = case.ask.expose.iter().filter(|n| !n.eq_ignore_ascii_case("etag")).cloned().collect();
    if multipart(&case.ask.url) || names.len() < case.ask.expose.len() {
        names.push("ETag".into());
    }
    names
}

/// Whether the request uploads a part of a multipart upload.
pub(crate) fn multipart(url: &Url) -> bool {
    let has = |name: &str| url.query_pairs().any(|(n, _)| n.eq_ignore_ascii_case(name));
    has("partNumber") && has("uploadId")
}

/// Address the bucket in its own region.
pub(crate) fn use_region(case: &Case<'_>, region: &str, url: &Url) -> Fix {
    let host = url.host_str().unwrap_or_default();
    let mut shown = url.clone();
    shown.set_query(None);
    let detail = match &case.target.presigned {
        Some(signed) if signed.form.is_none() => format!(
            "Sign it again: the signature covers the region and the host, so neither can be exchanged in the link that you have. Give \
             the client that signs the region {region}; the URL becomes {shown}. (The probe proves the CORS rules there, not a signature.)"
        ),
        Some(_) => format!(
            "The form is posted to {shown} then; its signature covers the region, not the host. Give the client that signs the region \
             {region}."
        ),
        None => format!("The URL becomes {shown}. Where an SDK builds it, give the client the region {region}."),
    };
    with_sdks(case, region, Fix::new("use-regional-endpoint", format!("address the bucket as {host}"), detail))
}

/// Sign for the bucket's region.
pub(crate) fn sdk_region(case: &Case<'_>, region: &str) -> Fix {
    let detail = "The signature contains the region and covers the host: neither can be exchanged in an existing link.";
    with_sdks(case, region, Fix::new("presign-in-bucket-region", format!("sign for {region}"), detail))
}

fn with_sdks(case: &Case<'_>, region: &str, mut fix: Fix) -> Fix {
    let bucket = case.target.bucket.as_deref().unwrap_or("BUCKET");
    fix.snippets.extend(client::use_region(bucket, region, &case.ask.url, &case.ask.sent_method()));
    fix
}
