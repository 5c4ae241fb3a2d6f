//! A preflight that ends in a server error, beside what GET gets on the same path: everything is down, or OPTIONS alone fails.

use super::places::{plain_get, read_here};
use super::{Case, Confidence, Finding};

/// Adds what GET tells, or asks for it. A signed URL is signed for one method, so GET tells nothing there; a server that asks for a
/// pause is not asked more.
pub(crate) fn beside_get(case: &Case<'_>, mut finding: Finding) -> Finding {
    let busy = case.reply().is_some_and(|response| response.header("retry-after").is_some());
    if busy || case.target.presigned.is_some() {
        return finding;
    }
    let Some(get) = read_here(case) else { return finding.want(plain_get(case)) };
    let status = get.response.status;
    let reading = if status >= 500 {
        format!(" GET on the same path fails as well ({status}): it is down for everybody, not for OPTIONS alone.")
    } else {
        format!(" GET on the same path is answered with {status}: OPTIONS alone fails.")
    };
    finding.explanation.push_str(&reading);
    finding.cite(get.probe, format!("GET: status {status}")).confidence(Confidence::Confirmed)
}
