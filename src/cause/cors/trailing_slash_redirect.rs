//! The path lacks a slash at the end, or has one too many.

use url::Url;

use super::moved::{Moved, Way, refused_there, shown};
use crate::cause::{Case, Confidence, Finding, Fix};

cause! {
    /// # What happened
    /// The server redirects to the same path with (or without) a slash at the end. Frameworks do that to keep one address for a page; a
    /// browser does not follow it for a preflight, nor for a request when the redirect carries no CORS headers.
    /// # Why the browser hides it
    /// The page learns neither the status nor the target. In a tab and with curl the redirect is followed, so there everything works.
    /// # How to tell
    /// The Location differs in the slash alone. Behind a proxy that ends TLS, it often says http as well, a second fault.
    /// # Fix
    /// Write the path as the server wants it, or turn the redirect off (`FastAPI`: `redirect_slashes=False`, Django: `APPEND_SLASH =
    /// False`).
    /// # Sources
    /// - Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    /// - Django: <https://docs.djangoproject.com/en/stable/ref/settings/#append-slash>
    "trailing-slash-redirect": "the server redirects to the same path with another ending slash", Cause, Protocol, Server,
    supersedes: ["preflight-redirect", "actual-redirect-cross-origin", "https-redirect"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let moved = Moved::by(case, Way::Slash)?;
    let wanted = wanted(&moved);
    let step = case.proof_step(|ask| ask.url = wanted.clone());
    let passes = case.answer(&step).is_some_and(|probe| case.passes(probe) == Some(true));
    let slash = if moved.to.path().ends_with('/') { "a slash at the end is missing" } else { "the slash at the end is one too many" };
    let scheme = match (moved.from.scheme(), moved.to.scheme()) {
        ("https", "http") => " The target even says http: the application does not know that a proxy ends TLS (X-Forwarded-Proto).",
        ("http", "https") => " The target says https, too: both are wanted at once.",
        _ => "",
    };
    Some(
        Finding::new(format!(
            "{} is answered {} with a redirect to {}: {slash}. A browser does not follow a redirected preflight, nor a redirect without \
             CORS headers.{scheme}{}",
            shown(&moved.from),
            moved.response.status,
            shown(&moved.to),
            refused_there(case, &step)
        ))
        .layer(case.answerer_of(moved.probe).layer)
        .cite(moved.probe, moved.line())
        .confidence(if passes { Confidence::Confirmed } else { Confidence::Likely })
        .fix(
            Fix::new("fix-url", format!("ask for {}", shown(&wanted)), "Exactly the path that the server has.")
                .snippet("text", "the URL", shown(&wanted))
                .proven_by(step),
        )
        .fix(
            Fix::new("turn-the-redirect-off", "let the server take both forms", "")
                .snippet("python", "FastAPI", "app = FastAPI(redirect_slashes=False)")
                .snippet("python", "Django", "APPEND_SLASH = False"),
        ),
    )
}

/// What the page should ask for: the server's path, over the better of the two schemes.
fn wanted(moved: &Moved<'_>) -> Url {
    if moved.from.scheme() == "http" && moved.to.scheme() == "https" {
        return moved.to.clone();
    }
    let mut url = moved.from.clone();
    url.set_path(moved.to.path());
    url
}
