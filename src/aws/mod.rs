//! What a name means: hosts of AWS and its neighbours, parsed without asking anybody.

mod apigw;
mod clouds;
mod hosts;
pub mod region;
pub mod s3;
pub mod stores;

use serde::{Deserialize, Serialize};
use url::Url;

/// What a URL points at, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Target {
    /// `s3`, `api-gateway` (REST or HTTP, the name does not tell), `api-gateway-rest`, `api-gateway-http`, `lambda-url`,
    /// `cloudfront`, … or `other`.
    pub kind: String,
    /// The bucket, access point or alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The object key, percent-decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The region in the host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The form of the endpoint, such as `global-virtual-hosted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The API, function or distribution id in the host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The stage of an API: the first path segment, where the name has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What the URL's signature says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presigned: Option<Box<s3::presign::Presigned>>,
}

/// Reads a URL's host (and for stores its path and query).
pub fn target(url: &Url) -> Target {
    let Some(host) = url.domain().map(|host| host.trim_end_matches('.').to_ascii_lowercase()) else { return other(url) };
    let s3 = || s3::S3Location::parse(url).map(|at| at.target(url));
    let other = || other(url);
    s3().or_else(|| stores::target(url)).or_else(|| apigw::read(&host, url)).or_else(|| named(&host)).unwrap_or_else(other)
}

/// What the names of a CNAME chain add: the first that is known, such as a distribution behind a custom domain.
pub fn chain_target(chain: &[String]) -> Option<Target> {
    chain.iter().find_map(|name| {
        let url = Url::parse(&format!("https://{}/", name.trim_end_matches('.'))).ok()?;
        Some(target(&url)).filter(|target| target.kind != "other")
    })
}

fn named(host: &str) -> Option<Target> {
    [hosts::lambda_url, hosts::cloudfront, hosts::load_balancer, hosts::amplify, hosts::service, clouds::read]
        .into_iter()
        .find_map(|read| read(host))
}

fn other(url: &Url) -> Target {
    Target { kind: "other".into(), presigned: s3::presign::Presigned::of(url).map(Box::new), ..Target::default() }
}

/// The labels before `amazonaws.com` and its forms in other partitions.
fn amazon_labels(host: &str) -> Option<Vec<&str>> {
    const SUFFIXES: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
    let name = SUFFIXES.iter().find_map(|suffix| host.strip_suffix(suffix))?;
    Some(name.split('.').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> String {
        let t = target(&Url::parse(url).unwrap());
        [Some(t.kind), t.id, t.region, t.endpoint, t.stage].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_tell_their_kind() {
        for (url, wanted) in [
            ("https://abc123de45.execute-api.eu-west-1.amazonaws.com/prod/x", "api-gateway abc123de45 eu-west-1 default prod"),
            ("https://abc123de45.execute-api.cn-north-1.amazonaws.com.cn/", "api-gateway abc123de45 cn-north-1 default"),
            (
                "https://abc123de45-vpce-0a1b.execute-api.eu-west-1.amazonaws.com/dev",
                "api-gateway abc123de45 eu-west-1 vpc-endpoint-alias dev",
            ),
            ("https://vpce-0a1b-2c3d-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com/", "api-gateway vpce-0a1b eu-west-1 vpc-endpoint"),
            ("https://d-a1b2c3.execute-api.eu-west-1.amazonaws.com/", "api-gateway-custom-domain-target d-a1b2c3 eu-west-1"),
            ("https://a1b2.lambda-url.eu-west-1.on.aws/", "lambda-url a1b2 eu-west-1"),
            ("https://d111111abcdef8.cloudfront.net/x", "cloudfront d111111abcdef8"),
            ("http://web-1234567890.eu-west-1.elb.amazonaws.com/", "alb web-1234567890 eu-west-1 internet-facing"),
            ("https://x1y2.appsync-api.us-east-1.amazonaws.com/graphql", "appsync x1y2 us-east-1 appsync-api"),
            ("https://cognito-idp.us-east-1.amazonaws.com/", "cognito us-east-1 cognito-idp"),
            ("https://login.auth.eu-west-1.amazoncognito.com/login", "cognito login eu-west-1 hosted-ui"),
            ("https://dynamodb.us-east-1.amazonaws.com/", "aws-service us-east-1 dynamodb"),
            ("https://iam.amazonaws.com/", "aws-service iam"),
            ("https://main.d1a2b3.amplifyapp.com/", "amplify-hosting d1a2b3"),
            ("https://account.blob.core.windows.net/c/b", "azure-blob account"),
            ("https://contoso.azure-api.net/orders", "azure-apim contoso"),
            ("https://svc-abc-ew.a.run.app/", "cloud-run svc-abc-ew.a"),
            ("https://ec2-1-2-3-4.us-west-2.compute.amazonaws.com/", "other"),
            ("https://execute-api.eu-west-1.amazonaws.com.evil.example/", "other"),
            ("https://example.com/", "other"),
            ("https://192.0.2.1/", "other"),
        ] {
            assert_eq!(read(url), wanted, "{url}");
        }
    }

    #[test]
    fn the_chain_names_what_a_custom_domain_hides() {
        let chain = ["d-a1b2c3.execute-api.eu-west-1.amazonaws.com.".to_owned()];
        assert_eq!(chain_target(&chain).map(|t| t.kind).as_deref(), Some("api-gateway-custom-domain-target"));
        assert_eq!(chain_target(&["lb.example.net".to_owned()]), None);
    }
}
