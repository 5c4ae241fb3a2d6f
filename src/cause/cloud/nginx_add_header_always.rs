//! `nginx-add-header-always`.

use crate::cause::answer::{Answer, grant};
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::Probe;
use crate::layer::Layer;
use crate::remedy::nginx;

cause! {
    /// # What happened
    /// nginx adds the CORS headers by `add_header` without `always`, so they vanish on errors; or a block of its own (`if`, `location`)
    /// has an `add_header` and inherits none.
    /// # Why the browser hides it
    /// Good answers pass and errors do not, so the page sees a CORS error in place of the status.
    /// # How to tell
    /// An error page of nginx without Access-Control-Allow-Origin, while another answer of the same nginx has it.
    /// # Fix
    /// `always` on every `add_header` of CORS; and what the status says.
    /// # Sources
    /// nginx, `ngx_http_headers_module` (documented); openfoodfacts/openfoodfacts-infrastructure#672 (reported).
    "nginx-add-header-always": "nginx leaves its CORS headers off errors", Cause, Specific, Nginx, blames: CorsRules
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let answer = Answer::of(case).filter(|a| !a.preflight && !a.readable && a.refused() && a.bare())?;
    // A body that is too big has a cause of its own.
    let own = answer.response.body.contains("<hr><center>nginx") || answer.response.body.trim().is_empty();
    if case.answerer_of(answer.probe).layer != Layer::Nginx || !own || answer.status() == 413 {
        return None;
    }
    let granted = case.evidence.probes.iter().find(|p| grants(case, p))?;
    let text = "Another answer of the same nginx carries Access-Control-Allow-Origin, this error does not: add_header without `always` leaves errors out.";
    Some(
        answer
            .finding(case, text)
            .cite(granted, "this answer of nginx carries Access-Control-Allow-Origin")
            .confidence(Confidence::Likely)
            .fix(nginx::always(&grant(case))),
    )
}

/// A good answer of nginx at the same host with the header.
fn grants(case: &Case<'_>, probe: &Probe) -> bool {
    let granted = probe.response.as_ref().is_some_and(|r| r.is_ok() && r.header("access-control-allow-origin").is_some());
    granted && case.answerer_of(probe).layer == Layer::Nginx && case.url_of(probe).host() == case.ask.url.host()
}
