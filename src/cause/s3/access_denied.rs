//! S3's authorisation refused the request.

use super::common::signed::lacks_parameter;
use super::common::{by_code, coded, the_bucket};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

cause! {
    /// # What happened
    /// The request reached the bucket and its authorisation refused it: 403 `AccessDenied`. To a caller without credentials
    /// S3 does not tell the reasons apart.
    /// # Why the browser hides it
    /// When no CORS rule matches either, the 403 carries no CORS headers and shows up as a CORS error. The preflight passes
    /// in any case: it is judged without looking at permissions.
    /// # How to tell
    /// The actual answer is 403 `AccessDenied`. `AccessForbidden` would be the CORS layer, `AccessDenied` is not.
    /// # Fix
    /// Check in this order: is the request signed at all; does the key exist (without `s3:ListBucket` a missing key is 403
    /// as well); bucket policy and IAM policy of the signer; Block Public Access for anonymous reads; a policy that only
    /// lets a VPC endpoint in; Requester Pays; the KMS key's policy.
    /// # Sources
    /// - S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors" (documented)
    /// - argmin `public_access_cors.rs`: the 403 carries CORS headers when a rule matches (recorded against AWS)
    "s3-access-denied": "S3 denied access to the request itself", Cause, Specific, S3,
    supersedes: ["http-error-readable", "actual-error-without-cors", "actual-response-missing-cors"]
}

/// Messages of `AccessDenied` that other causes read.
const TOLD_ELSEWHERE: [&str; 5] = ["Request has expired", "not yet valid", "were not signed", "object lock", "Invalid according to Policy"];

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = coded(case, &["AccessDenied", "AllAccessDisabled", "AccountProblem"])?;
    let told = TOLD_ELSEWHERE.iter().any(|text| refusal.says(text)) || lacks_parameter(case);
    if told || case.answerer_of(refusal.probe).through.contains(&Layer::Cloudfront) {
        return None;
    }
    if let Some(told) = Told::of(&refusal.error.message) {
        return Some(
            by_code(case, &refusal, &told.text(&the_bucket(case, Some(refusal.error)))).confidence(Confidence::Likely).fix(told.fix()),
        );
    }
    let signed = case.target.presigned.is_some() || case.ask.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let first = if signed {
        "the policies of the identity that signed it, the bucket policy, or the KMS key do not allow it; or the key does not exist and \
             the signer may not list the bucket"
    } else {
        "the request is not signed and the object is not public (Block Public Access, no policy for everyone); or the key does not exist"
    };
    let text = format!(
        "S3 refused the request to {} with AccessDenied. From outside the reasons look alike: {first}. A policy that admits only a VPC \
         endpoint and Requester Pays answer the same.",
        the_bucket(case, Some(refusal.error))
    );
    let fix = Fix::new(
        "check-permissions",
        "check who signs the request and what they may do",
        "Repeat it with the signer's own credentials (`aws s3api head-object`): 404 there means a missing key, 403 a policy. CloudTrail \
             data events name the policy that refused.",
    );
    Some(by_code(case, &refusal, &text).confidence(Confidence::Likely).fix(fix))
}

/// What the longer message tells a signed caller: the action, and the kind of policy.
struct Told<'a> {
    action: &'a str,
    reason: &'a str,
}

impl<'a> Told<'a> {
    fn of(message: &'a str) -> Option<Self> {
        let (_, rest) = message.split_once("is not authorized to perform: ")?;
        let action = rest.split_whitespace().next()?;
        let reason = rest.find(" because ").or_else(|| rest.find(" with an explicit deny")).and_then(|at| rest.get(at..));
        Some(Self { action, reason: reason.unwrap_or_default().trim() })
    }

    fn text(&self, bucket: &str) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(" ({})", self.reason.trim_end_matches('.')) };
        format!("S3 refused the request to {bucket} with AccessDenied and says why: whoever signed it may not do {}{reason}.", self.action)
    }

    fn fix(&self) -> Fix {
        let (kind, detail) = match self.reason {
            denied if denied.contains("explicit deny") => {
                ("take the Deny away that matches", "No Allow helps against a Deny: its conditions have to leave this caller out.")
            }
            _ if self.action.starts_with("kms:") => (
                "allow it in the key's policy and in the identity's",
                "The object is encrypted with a KMS key, and its policy counts as well.",
            ),
            _ => ("allow it in a policy of that identity", "The message names the kind of policy in which the permission is missing."),
        };
        Fix::new("allow-the-action", format!("{}: {kind}", self.action), detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_message_names_the_action_and_the_policy() {
        let user = "User: arn:aws:iam::111122223333:user/up is not authorized to perform: ";
        for (rest, action, reason) in [
            (
                "s3:PutObject on resource: \"x\" because no identity-based policy allows it",
                "s3:PutObject",
                "because no identity-based policy allows it",
            ),
            (
                "s3:GetObject on resource: \"x\" with an explicit deny in a resource-based policy",
                "s3:GetObject",
                "with an explicit deny in a resource-based policy",
            ),
            ("kms:Decrypt", "kms:Decrypt", ""),
        ] {
            let message = format!("{user}{rest}");
            assert_eq!(Told::of(&message).map(|told| (told.action, told.reason)), Some((action, reason)));
        }
        assert!(Told::of("Access Denied").is_none());
    }
}
