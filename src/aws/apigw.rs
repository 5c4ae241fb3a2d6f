//! Names of API Gateway: default endpoints, VPC endpoints, and what a custom domain points at.

use url::Url;

use super::{Target, amazon_labels};

/// Reads an `execute-api` name. Whether a REST or an HTTP API stands behind it, the name does not tell.
pub(super) fn read(host: &str, url: &Url) -> Option<Target> {
    match amazon_labels(host)?.as_slice() {
        [id, "execute-api", region] => Some(endpoint(id, region, url)),
        [endpoint, "execute-api", region, "vpce"] => Some(Target {
            kind: "api-gateway".into(),
            id: Some(endpoint_id(endpoint).to_owned()),
            region: Some((*region).to_owned()),
            endpoint: Some("vpc-endpoint".into()),
            stage: stage(url),
            ..Target::default()
        }),
        _ => None,
    }
}

fn endpoint(id: &str, region: &str, url: &Url) -> Target {
    let known = Target { region: Some(region.to_owned()), id: Some(id.to_owned()), ..Target::default() };
    if id.starts_with("d-") {
        return Target { kind: "api-gateway-custom-domain-target".into(), ..known };
    }
    let kind = "api-gateway".into();
    let stage = stage(url);
    match id.split_once("-vpce-") {
        Some((api, _)) => Target { kind, stage, id: Some(api.to_owned()), endpoint: Some("vpc-endpoint-alias".into()), ..known },
        None => Target { kind, stage, endpoint: Some("default".into()), ..known },
    }
}

/// `vpce-0a1b-2c3d` and its zonal forms name the endpoint by the first two parts.
fn endpoint_id(label: &str) -> &str {
    label.match_indices('-').nth(1).map_or(label, |(at, _)| &label[..at])
}

/// The first path segment; for an HTTP API's `$default` stage it is a part of the route instead.
fn stage(url: &Url) -> Option<String> {
    url.path_segments()?.next().filter(|segment| !segment.is_empty()).map(str::to_owned)
}
