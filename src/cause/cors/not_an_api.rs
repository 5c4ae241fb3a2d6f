//! A web page answers OPTIONS.

use super::words;
use crate::cause::{Case, Finding, Fix, Severity, authority};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// OPTIONS is answered with a web page. What listens there serves pages to people: an administration console, a login page, a
    /// single-page application that answers every path with its index.html.
    /// # Why the browser hides it
    /// The body of a preflight's answer is never shown; the page only learns that a header is missing.
    /// # How to tell
    /// The answer is HTML; its title says whose it is.
    /// # Fix
    /// Correct host, port or path: the API listens elsewhere (MinIO's API on 9000, its console on 9001; an API under /api of a site).
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - MinIO, ports: <https://min.io/docs/minio/linux/administration/minio-console.html>
    "not-an-api": "a web page answers, not an API", Note, Protocol, Server
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (probe, response) = case.failed_preflight().filter(|(_, response)| response.is_ok() && words::is_page(response))?;
    let place = authority(case.url_of(probe));
    let title = words::title(&response.body).map(|title| format!(", \"{title}\"")).unwrap_or_default();
    Some(
        Finding::new(format!(
            "{place} answers OPTIONS with a web page{title}. That is a console, a login page or a single-page application, not the API: \
             check host, port and path."
        ))
        .cite(probe, format!("status {}, an HTML page{title}", response.status))
        .severity(Severity::Warning)
        .fix(Fix::new(
            "use-api-port",
            format!("find out where the API listens; {place} serves pages"),
            if case.answerer_of(probe).involves(Layer::Cloudfront) {
                "Behind one distribution the API's paths need a behaviour of their own, with the API as its origin."
            } else {
                "A console often has a port of its own, next to the API's."
            },
        )),
    )
}
