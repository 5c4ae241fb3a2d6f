//! `apigw-private-endpoint`.

use super::refusal::{self, Origin};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::verdict::Stage;

cause! {
    /// # What happened
    /// The name leads to a private API: it answers only inside a VPC, through an interface endpoint, and only under the right
    /// name. From the internet its addresses are private ones, which nobody there can reach.
    /// # Why the browser hides it
    /// The connection fails, or the endpoint answers 403 without CORS headers; the console says no more than a failed request.
    /// # How to tell
    /// `vpce-…` in the name, private addresses (10.…, 172.16.…, 192.168.…) in DNS. The endpoint's own name
    /// (`vpce-….execute-api.….vpce.amazonaws.com`) also needs the API in `Host` or `x-apigw-api-id`.
    /// # Fix
    /// Reach the VPC (VPN, Direct Connect, a host inside), allow the endpoint in the API's resource policy, or use a public endpoint type.
    /// # Sources
    /// API Gateway guide, "Private REST APIs" (documented); awsdocs/amazon-api-gateway-developer-guide#16 (reported).
    "apigw-private-endpoint": "the API is private: it answers only inside its VPC", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    if let Some(refusal) = refusal::read(case).filter(|r| r.origin == Origin::PrivateName) {
        let text = "The name is one of a VPC endpoint, and it answers Forbidden: the API is private and this name, or the endpoint, is not the one it accepts.";
        return Some(refusal.finding(case, text).fix(fix()));
    }
    if case.target.kind != "api-gateway" {
        return None;
    }
    match case.verdict.stage {
        Stage::Connect => unreached(case),
        Stage::Tls => somebody_else(case),
        _ => None,
    }
}

/// A private address that is somebody else's in the network of whoever asks.
fn somebody_else(case: &Case<'_>) -> Option<Finding> {
    let (probe, address) = (case.deciding()?, refusal::private_address(case)?);
    let failure = probe.failure.as_ref()?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let text = format!(
        "{host} leads to {address}, a private address of the VPC. What answers there is not API Gateway ({}): seen from here that address \
         belongs to another network, such as the one of an office or a proxy.",
        failure.detail
    );
    let finding = Finding::new(text).cite(probe, format!("{host} resolves to {address}")).cite(probe, failure.detail.clone());
    Some(finding.confidence(Confidence::Likely).fix(fix()))
}

fn unreached(case: &Case<'_>) -> Option<Finding> {
    let endpoint = case.target.endpoint.as_deref().unwrap_or_default().starts_with("vpc-endpoint");
    let address = refusal::private_address(case);
    if !endpoint && address.is_none() {
        return None;
    }
    let probe = case.deciding()?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let by_name = if endpoint { " (vpce in the name)" } else { "" };
    let by_address =
        address.as_ref().map(|a| format!(" The address {a} is private: it can be reached from inside the VPC only.")).unwrap_or_default();
    let text = format!("{host} is the name of an API behind a VPC endpoint{by_name}, and no connection came about.{by_address}");
    let failure = probe.failure.as_ref().map(|f| f.detail.clone()).unwrap_or_default();
    let finding = Finding::new(text).cite(probe, format!("no connection: {failure}")).confidence(if address.is_some() {
        Confidence::Confirmed
    } else {
        Confidence::Likely
    });
    Some(match address {
        Some(address) => finding.cite(probe, format!("{host} resolves to {address}")).fix(fix()),
        None => finding.fix(fix()),
    })
}

fn fix() -> Fix {
    Fix::new(
        "connect-through-vpn-or-use-public-endpoint",
        "come from inside the VPC, or give the API a public endpoint",
        "A private API is reached through an interface endpoint for execute-api: from a host in the VPC, a VPN or Direct Connect. The endpoint must be in the API's resource policy. \
        Pages on the internet need a regional or edge-optimised endpoint.",
    )
    .snippet("shell", "AWS CLI", "aws apigateway get-rest-api --rest-api-id ID --query endpointConfiguration\naws apigateway update-rest-api --rest-api-id ID --patch-operations op=replace,path=/endpointConfiguration/types/PRIVATE,value=REGIONAL")
}
