//! The URL holds a value that was never filled in.

use crate::aws::region;
use crate::cause::{Case, Finding, Fix, Severity};
use crate::web::{percent, placeholder};

cause! {
    /// # What happened
    /// The URL holds `undefined`, `null`, `[object Object]`, an unfilled template or the name of a city where a region belongs: the
    /// client built it from a variable that was empty or of the wrong kind.
    /// # Why the browser hides it
    /// A wrong URL leads to another host or another path, whose refusal looks like a CORS error.
    /// # How to tell
    /// Read the URL as it is sent, not as it stands in the code.
    /// # Fix
    /// Find where the URL is put together: a missing environment variable at build time, a promise that was not awaited, an object
    /// instead of its id.
    /// # Sources
    /// - Vite, variables at build time: <https://vite.dev/guide/env-and-mode>
    /// - Region names: <https://docs.aws.amazon.com/general/latest/gr/s3.html>
    "placeholder-in-url": "the URL holds a value that was never filled in", Note, Protocol, Browser
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (found, place) = in_url(case)?;
    Some(
        Finding::new(format!(
            "\"{found}\" in {place} looks like a value that was never filled in: the client built the URL from a variable that was empty \
             or of the wrong kind."
        ))
        .cite_ask(format!("{place}: {found}"))
        .severity(Severity::Warning)
        .fix(Fix::new(
            "fix-url",
            "find where the page puts the URL together",
            "A missing environment variable at build time, a promise that was not awaited, an object instead of its id.",
        )),
    )
}

fn in_url(case: &Case<'_>) -> Option<(String, String)> {
    let url = &case.ask.url;
    let host = url.host_str().unwrap_or_default();
    if let Some(found) = host.split(['.', '-']).find_map(placeholder::find) {
        return Some((found, format!("the host {host}")));
    }
    let written = case.target.region.as_deref().filter(|_| matches!(case.target.kind.as_str(), "s3" | "api-gateway" | "lambda-url"));
    if let Some(text) = written.filter(|text| region::find(text).is_none() && !region::is_region(text)) {
        let nearest = region::nearest(text).map(|r| format!(" (the region is called {})", r.name)).unwrap_or_default();
        return Some((text.to_owned(), format!("the host {host}{nearest}")));
    }
    if let Some(found) = url.path_segments()?.take(64).find_map(placeholder::find) {
        return Some((found, format!("the path {}", super::quote(&percent::decode(url.path()), 120))));
    }
    url.query_pairs()
        .take(64)
        .find_map(|(name, value)| Some((placeholder::find(&value)?, format!("the query parameter {}", super::quote(&name, 60)))))
}
