//! A recorded request carried an origin that no browser sends.

use crate::cause::{Case, Finding, Fix, Severity, quote};
use crate::web::Origin;

cause! {
    /// # What happened
    /// The origin that was given, or that a recorded request carried, is not one that a browser sends. An origin is scheme, host and
    /// (unless it is the default one) port: no path, no slash at the end, no upper case, no user name.
    /// # Why the browser hides it
    /// It does not: the browser always sends the right form. The slip happens in tests with curl, in `AllowedOrigins` and in this tool's
    /// own options, and then everything seems to work or to fail for the wrong reason.
    /// # How to tell
    /// The text differs, byte for byte, from what the page shows as `location.origin`.
    /// # Fix
    /// Use the form that is named, such as `https://app.example.com` or `http://localhost:3000`.
    /// # Sources
    /// - HTML: <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
    /// - Fetch: <https://fetch.spec.whatwg.org/#origin-header>
    "invalid-origin": "what was given as origin is not one that a browser sends", Note, Protocol, Browser
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (probe, error) = case.browser_probes().find_map(|probe| Some((probe, Origin::parse(probe.request.header("origin")?).err()?)))?;
    let given = quote(&error.given, 100);
    let sent = error.sent.unwrap_or_else(|| case.ask.origin.clone());
    Some(
        Finding::new(format!(
            "The recorded request carries the origin \"{given}\", which no browser sends: {}. A browser sends {sent}.",
            error.problem
        ))
        .cite(probe, format!("Origin: {given}"))
        .severity(Severity::Warning)
        .fix(Fix::new("send-a-browser-origin", format!("test with Origin: {sent}"), "")),
    )
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::find;
    use crate::ask::Ask;
    use crate::aws;
    use crate::cause::Case;
    use crate::evidence::{Evidence, Probe, Purpose, Request};
    use crate::verdict::{Engine, Verdict};
    use crate::web::Origin;

    fn message(origin: &str) -> Option<String> {
        let ask = Ask::get(Url::parse("https://api.example.com/").unwrap(), Origin::parse("https://app.example.com").unwrap());
        let target = aws::target(&ask.url);
        let request = Request { headers: vec![("Origin".into(), origin.into())], ..Request::default() };
        let evidence = Evidence { probes: vec![Probe { purpose: Purpose::Actual, request, ..Probe::default() }], ..Evidence::of(ask) };
        let verdict = Verdict::default();
        find(&Case::new(&evidence, &verdict, &target, 0, Engine::Chromium)).map(|f| f.explanation)
    }

    #[test]
    fn names_what_a_browser_sends() {
        assert!(message("https://app.example.com/").unwrap().contains("sends https://app.example.com."));
        assert!(message("*").is_some());
        assert_eq!(message("https://app.example.com"), None);
        assert_eq!(message("null"), None);
    }
}
