//! A signer with a wrong clock.

use super::common::{by_code, coded};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// The request is signed with a time more than 15 minutes away from that of S3: the clock of the machine that signs
    /// (often the visitor's own) is wrong.
    /// # Why the browser hides it
    /// The preflight is not signed and passes. It fails for some visitors only.
    /// # How to tell
    /// 403 `RequestTimeTooSkewed`, with `<RequestTime>`, `<ServerTime>` and `<MaxAllowedSkewMilliseconds>`.
    /// # Fix
    /// Set the clock, or let the SDK correct for it (`systemClockOffset` in JavaScript), or sign on a server.
    /// # Sources
    /// - S3 API reference, "Error responses" (documented); the elements are as users paste them (reported)
    "s3-clock-skew": "the clock of the signer is more than 15 minutes off", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["RequestTimeTooSkewed"])?;
    let times = match (refusal.error.get("RequestTime"), refusal.error.get("ServerTime")) {
        (Some(signed), Some(server)) => format!(": the request says {signed}, S3 says {server}"),
        _ => String::new(),
    };
    let fix = Fix::new(
        "set-the-clock",
        "set the clock of the machine that signs",
        "Credentials used in a page are signed with the visitor's clock; presigning on a server avoids that.",
    );
    Some(by_code(case, &refusal, &format!("The request was signed with a time more than 15 minutes off{times}.")).fix(fix))
}
