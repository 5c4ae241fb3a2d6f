//! `apigw-resource-policy-denied`.

use super::fault::{self, Fault};
use crate::cause::answer::grant;
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::{Grant, apigw};

cause! {
    /// # What happened
    /// The API's resource policy does not let this caller in. The policy is evaluated before anything else on the API, the
    /// preflight included, so no CORS setting of the API is ever reached.
    /// # Why the browser hides it
    /// The refusal is a 403 without Access-Control headers.
    /// # How to tell
    /// `x-amzn-errortype: AccessDeniedException` and a body whose key is `Message` with a capital: `User: anonymous is not
    /// authorized to perform: execute-api:Invoke on resource: …`. Its end tells whether a Deny matched (`with an explicit deny`)
    /// or no Allow did. The resource names stage, method and path; the method is OPTIONS for a preflight.
    /// # Fix
    /// Correct the policy: the address range (`aws:SourceIp`) or the VPC endpoint (`aws:SourceVpce`) it asks for, or an Allow for
    /// `execute-api:/STAGE/OPTIONS/*`. Deploy the API afterwards: a policy takes effect with a deployment.
    /// # Sources
    /// API Gateway guide, "Controlling access with resource policies" (documented). The wordings: public reports of 2019 to 2026.
    "apigw-resource-policy-denied": "the API's resource policy refuses this caller", Cause, Exact, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::Policy {
        return None;
    }
    let said = answer.message(case).and_then(|m| m.text.as_deref()).unwrap_or_default();
    let anonymous = said.contains("User: anonymous") || !said.contains("User: arn:");
    let denied = said.contains("with an explicit deny");
    let verdict = if denied {
        "A Deny statement matched: the usual one limits the source addresses or the VPC endpoint."
    } else {
        "No Allow statement matched this method, path or source."
    };
    let whose = if anonymous { "the API's resource policy" } else { "the caller's identity policy or the API's resource policy" };
    let place = said.split("on resource: ").nth(1).and_then(|rest| rest.split_whitespace().next()).and_then(Place::of);
    let at = place.as_ref().map(|p| format!(" It was asked for {} /{} in stage {}.", p.method, p.path, p.stage)).unwrap_or_default();
    let text = format!("The refusal is made by {whose}. {verdict}{at} The policy is asked before CORS is, for OPTIONS as well.");
    let fix = Fix::new(
        "allow-in-resource-policy",
        "let this caller in, in the API's resource policy, and deploy",
        "Console: API Gateway, your API, Resource policy; then deploy the API. A condition on aws:SourceIp has to hold the public address \
         that the request arrives from (of the VPN or proxy, where there is one): a private range such as 10.0.0.0/8 never matches there, \
         and a call through a VPC endpoint is matched by aws:VpcSourceIp or aws:SourceVpce instead. Where the API is meant for one network \
         only, call it from there.",
    )
    .snippet("json", "statement (put in your own addresses)", statement(case, place.as_ref(), denied));
    Some(
        answer
            .finding(case, &text)
            .confidence(if anonymous { Confidence::Confirmed } else { Confidence::Likely })
            .fix(fix)
            .fix(apigw::gateway_responses(&place.map_or_else(|| grant(case), |place| place.name_in(grant(case))))),
    )
}

/// The statement that matched, mended: no Allow helps against a Deny, so a Deny has to leave the caller out.
/// 203.0.113.0/24 is set aside for documentation. <https://www.rfc-editor.org/rfc/rfc5737>.
fn statement(case: &Case<'_>, place: Option<&Place>, denied: bool) -> String {
    let (effect, condition) = if denied { ("Deny", "NotIpAddress") } else { ("Allow", "IpAddress") };
    let (stage, path) = place.map_or(("STAGE", "*"), |p| (p.stage.as_str(), p.path.as_str()));
    let mut methods = vec![place.map_or_else(|| "OPTIONS".to_owned(), |p| p.method.clone()), case.ask.sent_method()];
    methods.dedup();
    let resources: Vec<String> = methods.iter().map(|method| format!("    \"execute-api:/{stage}/{method}/{path}\"")).collect();
    format!(
        "{{\n  \"Effect\": \"{effect}\",\n  \"Principal\": \"*\",\n  \"Action\": \"execute-api:Invoke\",\n  \"Resource\": [\n{}\n  ],\n  \
         \"Condition\": {{ \"{condition}\": {{ \"aws:SourceIp\": [\"203.0.113.0/24\"] }} }}\n}}",
        resources.join(",\n")
    )
}

/// What `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH` names.
struct Place {
    region: String,
    api: String,
    stage: String,
    method: String,
    path: String,
}

impl Place {
    fn of(arn: &str) -> Option<Self> {
        let region = arn.split(':').nth(3)?.to_owned();
        let mut parts = arn.split(':').nth(5)?.splitn(4, '/').map(str::to_owned);
        Some(Self { region, api: parts.next()?, stage: parts.next()?, method: parts.next()?, path: parts.next().unwrap_or_default() })
    }

    /// Behind a custom domain the resource alone tells which API it is.
    fn name_in(self, grant: Grant) -> Grant {
        Grant { id: self.api, region: self.region, stage: self.stage, ..grant }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn the_resource_names_stage_method_and_path() {
        let place = Place::of("arn:aws:execute-api:eu-west-1:********2087:abc123de45/dev/OPTIONS/a/b").unwrap();
        assert_eq!((place.stage.as_str(), place.method.as_str(), place.path.as_str()), ("dev", "OPTIONS", "a/b"));
        assert_eq!((place.region.as_str(), place.api.as_str()), ("eu-west-1", "abc123de45"));
        assert!(Place::of("").is_none() && Place::of("arn:aws:execute-api").is_none());
    }
}
