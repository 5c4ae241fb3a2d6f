//! What the signature of a request or a form covers, in words.

use std::fmt::Write as _;

use crate::aws::s3::post_policy::Condition;
use crate::aws::s3::presign::Presigned;

/// What a signature says of itself: version, region, end; of a form also what its policy wants.
pub(super) fn signature(signed: &Presigned) -> String {
    let version = signed.version.strip_prefix('v').unwrap_or(&signed.version);
    let region = signed.scope.as_ref().filter(|scope| !scope.region.is_empty()).map(|scope| format!(" for {}", scope.region));
    let end = signed.expires.as_ref().map(|end| format!(", good until {end}"));
    let covers = match signed.signed_headers.as_slice() {
        [] => String::new(),
        names => format!("; it covers the headers {}", names.join(", ")),
    };
    let what = if signed.form.is_some() { "a form signed" } else { "signed" };
    let mut text = format!("{what} with version {version}{}{}{covers}", region.unwrap_or_default(), end.unwrap_or_default());
    let Some(form) = &signed.form else { return text };
    // What only the signature needs says nothing to a person.
    let telling =
        |condition: &&Condition| condition.value.is_some() && !["x-amz-algorithm", "x-amz-date"].contains(&condition.field.as_str());
    let conditions = form.policy.iter().flat_map(|policy| &policy.conditions).filter(telling).map(ToString::to_string);
    let size = form.policy.as_ref().and_then(|policy| policy.content_length).map(|(low, high)| format!("a file of {low} to {high} bytes"));
    let wants: Vec<String> = conditions.chain(size).collect();
    if !wants.is_empty() {
        let _ = write!(text, "\nits policy wants {}", wants.join("; "));
    }
    if !form.to_add.is_empty() {
        let _ = write!(text, "\nthe page has to add {}", form.to_add.join(", "));
    }
    text
}
