//! Names of the other AWS services that answer browsers: function URLs, CloudFront, load balancers, AppSync, Cognito,
//! Amplify Hosting, and the management endpoints that never should.

use super::region::is_region;
use super::{Target, amazon_labels};

/// Reads a function URL's name, `{32 letters and digits}.lambda-url.{region}.on.aws`.
pub(super) fn lambda_url(host: &str) -> Option<Target> {
    let labels: Vec<&str> = host.split('.').collect();
    let [id, "lambda-url", region, "on", "aws"] = labels.as_slice() else { return None };
    Some(named("lambda-url", Some(id), Some(region), None))
}

/// Reads a distribution's own name.
pub(super) fn cloudfront(host: &str) -> Option<Target> {
    let id = host.strip_suffix(".cloudfront.net").or_else(|| host.strip_suffix(".cloudfront.cn"))?;
    (!id.contains('.')).then(|| named("cloudfront", Some(id), None, None))
}

/// Reads a load balancer's name. Application and Classic load balancers share one form; network ones have another.
pub(super) fn load_balancer(host: &str) -> Option<Target> {
    match amazon_labels(host)?.as_slice() {
        [id, region, "elb"] if is_region(region) => {
            let scheme = if id.starts_with("internal-") { "internal" } else { "internet-facing" };
            Some(named("alb", Some(id), Some(region), Some(scheme)))
        }
        [id, "elb", region] if is_region(region) => Some(named("nlb", Some(id), Some(region), None)),
        _ => None,
    }
}

/// Reads the name of an Amplify Hosting branch.
pub(super) fn amplify(host: &str) -> Option<Target> {
    let id = host.strip_suffix(".amplifyapp.com")?;
    Some(named("amplify-hosting", id.rsplit('.').next(), None, None))
}

/// Reads the names of `AppSync` and Cognito, and of any service's management endpoint. S3 has its own grammar.
pub(super) fn service(host: &str) -> Option<Target> {
    if let Some(name) = host.strip_suffix(".amazoncognito.com") {
        let labels: Vec<&str> = name.split('.').collect();
        let [prefix, "auth" | "auth-fips", region] = labels.as_slice() else { return None };
        return Some(named("cognito", Some(prefix), Some(region), Some("hosted-ui")));
    }
    match amazon_labels(host).or_else(|| dual_stack_labels(host))?.as_slice() {
        [id, api @ ("appsync-api" | "appsync-realtime-api"), region] => Some(named("appsync", Some(id), Some(region), Some(api))),
        [api @ ("cognito-idp" | "cognito-identity"), region] => Some(named("cognito", None, Some(region), Some(api))),
        ["s3", ..] => None,
        [api, region] if is_region(region) && !api.starts_with("s3-") => Some(named("aws-service", None, Some(region), Some(api))),
        [part @ ("api" | "data" | "runtime" | "streaming"), api, region] if is_region(region) => {
            Some(named("aws-service", None, Some(region), Some(&format!("{part}.{api}"))))
        }
        [api @ ("iam" | "sts" | "route53" | "cloudfront" | "organizations" | "budgets" | "support")] => {
            Some(named("aws-service", None, None, Some(api)))
        }
        _ => None,
    }
}

/// `{service}.{region}.api.aws`.
fn dual_stack_labels(host: &str) -> Option<Vec<&str>> {
    Some(host.strip_suffix(".api.aws")?.split('.').collect())
}

fn named(kind: &str, id: Option<&str>, region: Option<&str>, endpoint: Option<&str>) -> Target {
    Target {
        kind: kind.into(),
        id: id.map(str::to_owned),
        region: region.map(str::to_owned),
        endpoint: endpoint.map(str::to_owned),
        ..Target::default()
    }
}
