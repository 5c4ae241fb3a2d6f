//! `apigw-forbidden`.

use super::fault::{self, Fault};
use super::refusal::{self, Origin, Refusal};
use crate::cause::answer::{Answer, grant};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::remedy::apigw;

cause! {
    /// # What happened
    /// API Gateway answered `Forbidden`, its one word for many things: no or a wrong API key, a stage that does not exist, a custom
    /// domain without mapping, a web ACL, a public API asked through a VPC endpoint, a private API by the wrong name, a refused
    /// client certificate, a disabled default endpoint. On an HTTP API it is a Lambda authorizer's no, or IAM.
    /// # Why the browser hides it
    /// The 403 is the gateway's own and has no CORS headers.
    /// # How to tell
    /// `x-amzn-errortype: ForbiddenException` and `{"message":"Forbidden"}`. A path that cannot exist under the same stage, one under
    /// another stage, and a plain GET tell most of the candidates apart.
    /// # Fix
    /// It depends on the candidate; each has its own code.
    /// # Sources
    /// AWS re:Post, "Troubleshoot 403 errors of API Gateway", "API Gateway VPC connections"; API Gateway guide, "Choose between REST
    /// APIs and HTTP APIs" (documented).
    "apigw-forbidden": "API Gateway refuses the call with a bare Forbidden", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if let Some(refusal) = refusal::read(case) {
        return (refusal.origin == Origin::Unknown).then(|| rest(case, &refusal));
    }
    let (answer, fault) = fault::fault(case)?;
    if fault != Fault::Forbidden || answer.preflight || !fault::is_http_api(case, &answer) {
        return None;
    }
    Some(by_authorizer(case, &answer))
}

fn by_authorizer(case: &Case<'_>, answer: &Answer<'_>) -> Finding {
    let hidden = if answer.readable { "" } else { " Without CORS on the API the page cannot read it." };
    let text = format!("On an HTTP API this is a Lambda authorizer that said no, or IAM authorization without a signature.{hidden}");
    let finding = answer
        .finding(case, &text)
        .confidence(Confidence::Likely)
        .rule_out("apigw-forbidden-waf", "HTTP APIs have no web ACL")
        .rule_out("apigw-api-key-required", "HTTP APIs have no API keys")
        .rule_out("apigw-resource-policy-denied", "HTTP APIs have no resource policy")
        .fix(see_authorizer(case));
    if answer.readable { finding } else { finding.fix(apigw::http_cors(&grant(case))) }
}

fn see_authorizer(case: &Case<'_>) -> Fix {
    let detail = "The authorizer's log shows what it was asked and what it answered; a cached answer lasts as long as its TTL. A route with IAM \
        authorization needs a signed request.";
    let command = "aws apigatewayv2 get-routes --api-id <id> --region <region>    # AuthorizationType, AuthorizerId\naws apigatewayv2 get-authorizers --api-id <id> --region <region>";
    Fix::new("see-the-authorizer", "see why the route's authorizer refuses this call", detail).snippet(
        "shell",
        "AWS CLI",
        grant(case).fill(command),
    )
}

fn rest(case: &Case<'_>, refusal: &Refusal<'_>) -> Finding {
    let text = "Forbidden stands for a missing or wrong API key, an unknown stage, an unmapped custom domain, a web ACL (WAF), or the wrong network; the answer alone does not tell which.";
    let mut finding = refusal
        .finding(case, text)
        .or_else("apigw-api-key-required", "the preflight with the x-api-key header would pass")
        .or_else("apigw-forbidden-waf", "a plain GET with a common user agent, without odd headers or query, would pass");
    finding = if refusal::own_name(case) {
        finding.or_else(
            "apigw-stage-missing",
            "a random path below the same stage would say Missing Authentication Token if the stage existed",
        )
    } else {
        finding.or_else("apigw-custom-domain-unmapped", "every path says Forbidden; the API's own execute-api name works")
    };
    finding.fix(apigw::gateway_responses(&grant(case)))
}
