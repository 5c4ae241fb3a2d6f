//! `apigw-public-api-via-vpce`.

use super::refusal::{self, Origin};
use crate::cause::{Case, Finding, Fix};

cause! {
    /// # What happened
    /// A public API was asked through a VPC endpoint: the network has an interface endpoint for execute-api with private DNS, so every
    /// `execute-api` name of the region leads to private addresses, and a public API refuses calls that come that way.
    /// # Why the browser hides it
    /// The answer is a 403 `Forbidden` without CORS headers. Colleagues outside that network see no fault.
    /// # How to tell
    /// The API's own name resolves to a private address here and to public ones elsewhere.
    /// # Fix
    /// Switch private DNS off on the endpoint, reach the API by a custom domain, or send its name to public addresses in the VPC's DNS.
    /// # Sources
    /// AWS re:Post, "Why do I get an HTTP 403 Forbidden error when connecting to my API Gateway APIs from a VPC?" (documented).
    "apigw-public-api-via-vpce": "a public API is asked through a VPC endpoint, and refuses that", Cause, Specific, ApigwRest
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::read(case).filter(|r| r.origin == Origin::PrivateNetwork)?;
    let address = refusal::private_address(case)?;
    let host = case.ask.url.host_str().unwrap_or_default();
    let text = format!(
        "{host} resolves to the private address {address}: this network has a VPC endpoint for execute-api with private DNS, which catches every API of the region. A public API refuses calls through it."
    );
    let fix = Fix::new("private-dns-off", "use a custom domain for the API, or switch private DNS off on the VPC endpoint", "A custom domain is not caught by the endpoint's private zone. Console: VPC, Endpoints, the execute-api endpoint, Modify private DNS name.")
        .snippet("shell", "AWS CLI", "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-ID --no-private-dns-enabled");
    Some(
        refusal
            .finding(case, &text)
            .cite(refusal.answer.probe, format!("{host} resolves to {address}"))
            .or_else(
                "apigw-private-endpoint",
                "a private API asked by a name or through an endpoint that it does not accept answers the same; its endpoint type tells",
            )
            .fix(fix),
    )
}
