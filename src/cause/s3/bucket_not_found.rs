//! No such bucket.

use super::common::{bucket, cors, error_of, quote, refusal, rule};
use crate::aws::s3::error_body::ErrorBody;
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::{Probe, Response};

cause! {
    /// # What happened
    /// The bucket does not exist: a slip in the name, a bucket that was deleted or not yet created, another partition
    /// (China and `GovCloud` know nothing of each other's buckets), or a placeholder that was never filled in.
    /// # Why the browser hides it
    /// Without a bucket there are no CORS rules, so neither the preflight nor the error has CORS headers. S3 answers a
    /// preflight with 403, not 404, which makes it look like a matter of permissions.
    /// # How to tell
    /// OPTIONS: 403 `AccessForbidden`, `CORSResponse: Bucket not found`. Other methods: 404 `NoSuchBucket`. The name
    /// resolves in DNS all the same.
    /// # Fix
    /// Correct the bucket name where the URL is built, or create the bucket.
    /// # Sources
    /// - localstack `test_s3_cors.py`, `test_s3.py` and their snapshots (recorded against AWS)
    "s3-bucket-not-found": "the bucket does not exist", Cause, Exact, S3,
    supersedes: ["preflight-forbidden", "preflight-not-handled", "missing-allow-origin", "actual-response-missing-cors",
        "actual-error-without-cors", "s3-cors-no-match", "s3-compatible-cors-no-match"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (probe, response, error) = evidence(case)?;
    let mut place = case.url_of(probe).clone();
    place.set_query(None);
    let name = bucket(case, Some(error)).map_or_else(|| "The bucket".to_owned(), |b| format!("The bucket \"{b}\""));
    let finding = Finding::new(format!(
        "{name} does not exist: nobody has created the one that {place} names, so there are no CORS rules either, and the answer carries \
             no CORS headers."
    ));
    Some(
        finding
            .cite(probe, quote(response, error))
            .confidence(Confidence::Confirmed)
            .layer(case.answerer_of(probe).layer)
            .fix(rule::correct_name()),
    )
}

fn evidence<'a>(case: &'a Case<'_>) -> Option<(&'a Probe, &'a Response, &'a ErrorBody)> {
    if let Some(found) = cors::refusal(case).filter(|r| r.says("Bucket not found")) {
        return Some((found.probe, found.response, found.error));
    }
    // Stores that speak S3's protocol use this code as well, and the fault is the same.
    let probe = case.deciding()?;
    let response = probe.response.as_ref()?;
    let direct = error_of(case, probe).filter(|e| e.code == "NoSuchBucket").map(|error| (probe, response, error));
    direct.or_else(|| {
        let found = case
            .follow_ups()
            .filter(|_| cors::unexplained_actual(case).is_some())
            .find_map(|p| refusal(case, p).filter(|r| r.is("NoSuchBucket")))?;
        Some((found.probe, found.response, found.error))
    })
}
