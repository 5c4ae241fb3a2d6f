//! `gcs-cors-no-match`.

use url::Url;

use crate::aws::s3::presign::without_signature;
use crate::cause::answer::{Answer, grant};
use crate::cause::lists::{Missing, Reading};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;
use crate::verdict::Outcome;
use crate::web::Origin;

cause! {
    /// # What happened
    /// No entry of the bucket's CORS configuration covers this origin, method and every request header. Cloud Storage then answers as if
    /// nothing were wrong.
    /// # Why the browser hides it
    /// The preflight gets 200, but no Access-Control header at all.
    /// # How to tell
    /// `server: UploadServer` or `x-guploader-uploadid`, 200 and no Access-Control header. The same preflight without request headers tells
    /// whether one of them is the reason. `storage.cloud.google.com` never does CORS. The session of a resumable upload (`upload_id` in
    /// its URL) answers for the origin that opened it, although the preflight passes.
    /// # Fix
    /// Add origin, method and headers to the bucket's configuration; `responseHeader` holds request headers as well. A session is opened
    /// with the page's Origin.
    /// # Sources
    /// Cloud Storage, "Configure cross-origin resource sharing" (documented); googleapis/nodejs-storage#1145 (reported).
    "gcs-cors-no-match": "the Cloud Storage bucket gives this page no permission for the request", Cause, Specific, Gcs, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case)?;
    if case.ask.url.host_str() == Some(FOR_PEOPLE) && !answer.readable {
        return Some(for_people(case, &answer));
    }
    if case.answerer_of(answer.probe).layer != Layer::Gcs || answer.readable || !answer.response.is_ok() {
        return None;
    }
    // The same configuration decided the preflight, so where that passed it is not what took the headers away.
    if case.verdict.preflight == Outcome::Passed {
        return is_session(&case.ask.url).then(|| session_of_another_origin(case, &answer));
    }
    if !answer.bare() {
        return None;
    }
    let headers = case.asked_headers();
    let asked = if headers.is_empty() { "no extra headers".to_owned() } else { headers.join(", ") };
    let (method, origin) = (case.ask.sent_method(), &case.ask.origin);
    let reading = Reading::of(case, answer);
    let text = match reading.missing().filter(|_| reading.is_settled()) {
        Some(Missing::Headers(names)) => {
            format!("{} So the bucket's responseHeader list does not have {}.", reading.says().trim_start(), names.join(", "))
        }
        _ => format!(
            "Cloud Storage leaves out every Access-Control header when no entry covers {method} from {origin} with {asked}.{}",
            reading.says()
        ),
    };
    let bucket = case.target.bucket.as_deref().unwrap_or("BUCKET");
    let fix = change(&reading, &method, origin)
        .snippet("json", "cors.json", grant(case).fill("[\n  {\n    \"origin\": [\"<origin>\"],\n    \"method\": [\"<method>\"],\n    \"responseHeader\": [<header-list>],\n    \"maxAgeSeconds\": 3600\n  }\n]"))
        .snippet("shell", "gcloud", format!("gcloud storage buckets update gs://{bucket} --cors-file=cors.json"));
    Some(reading.settle(case, answer.finding(case, &text).confidence(Confidence::Likely).fix(fix)))
}

/// The change to the part that is missing, as far as it is known.
fn change(reading: &Reading<'_>, method: &str, origin: &Origin) -> Fix {
    const WHOLE: &str = "One entry has to hold the origin, the method and, in responseHeader, every request header.";
    match reading.missing().filter(|_| reading.is_settled()) {
        Some(Missing::Headers(names)) => Fix::new(
            "add-allowed-header",
            format!("add {} to responseHeader of the bucket's CORS configuration", names.join(", ")),
            "responseHeader lists the request headers that may be sent as well as the response headers that may be read.",
        ),
        Some(Missing::Method) => {
            Fix::new("add-cors-rules", format!("add {method} to the methods of the bucket's CORS entry for {origin}"), WHOLE)
        }
        Some(Missing::Origin) => {
            Fix::new("add-cors-rules", format!("add {origin} to the origins of the bucket's CORS configuration"), WHOLE)
        }
        None => Fix::new("add-cors-rules", "cover this request in the bucket's CORS configuration", WHOLE),
    }
}

/// Whether the URL is the session of a resumable upload.
fn is_session(url: &Url) -> bool {
    url.query_pairs().any(|(name, _)| name == "upload_id")
}

fn session_of_another_origin(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let origin = &case.ask.origin;
    let text = "The preflight passed, so the CORS configuration is not the reason. This is the session of a resumable upload, and a session answers \
         for the origin that opened it: here another one, or a server that sent no Origin.";
    let detail = "The request that starts the upload (its answer's Location is this URL) has to carry the page's Origin. A server that starts \
                  it for the page sets that header by hand; then get a fresh URL, since an open session keeps its origin.";
    let fix = Fix::new("open-session-with-origin", format!("open the upload session with Origin: {origin}"), detail).snippet(
        "shell",
        "curl",
        format!("curl -X POST -i -H 'Origin: {origin}' -H 'Authorization: Bearer TOKEN' -H 'x-goog-resumable: start' https://storage.googleapis.com/BUCKET/OBJECT"),
    );
    answer.finding(case, text).confidence(Confidence::Likely).fix(fix)
}

/// The name for people who are signed in to Google.
const FOR_PEOPLE: &str = "storage.cloud.google.com";

fn for_people(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let text = "storage.cloud.google.com is for people who are signed in with a cookie: it never does CORS. storage.googleapis.com does.";
    let mut url = case.ask.url.clone();
    let fix = Fix::new("use-api-name", "ask storage.googleapis.com instead", "A signed URL has to be signed for that name.");
    let fix = match url.set_host(Some("storage.googleapis.com")) {
        Ok(()) => fix.snippet("text", "the URL", without_signature(&url).to_string()),
        Err(_) => fix,
    };
    answer.finding(case, text).layer(Layer::Gcs).confidence(Confidence::Confirmed).fix(fix)
}
