//! How a host name of S3 is read, label by label from the right.

use super::endpoint::{Endpoint, Form};
use crate::aws::region::Partition;

/// Labels that stand where a region could stand, and are none.
const RESERVED: [&str; 16] = [
    "s3",
    "dualstack",
    "vpce",
    "accesspoint",
    "s3-fips",
    "s3-website",
    "s3-deprecated",
    "s3-accesspoint",
    "s3-accesspoint-fips",
    "s3-object-lambda",
    "s3-object-lambda-fips",
    "s3-outposts",
    "s3-control",
    "s3-control-fips",
    "s3-global",
    "s3express-control",
];

/// What stands before the service (with its dot), and the endpoint; the partition's suffix is already off.
pub(super) fn read(rest: &str, partition: Partition) -> Option<(&str, Endpoint)> {
    without_region(rest, partition).or_else(|| with_region(rest))
}

/// Names whose last label is the service: what is left of it, with its dot, and the endpoint.
fn without_region(rest: &str, partition: Partition) -> Option<(&str, Endpoint)> {
    let (front, last) = split_last(rest);
    if let Some(region) = last.strip_prefix("s3-website-") {
        return some(front, Form::WebsiteDash, Some(region));
    }
    if partition == Partition::Aws {
        match last {
            "s3" => return some(front, Form::Global, None),
            "s3-external-1" => return some(front, Form::External("s3-external-1"), None),
            "s3-1" => return some(front, Form::External("s3-1"), None),
            "s3-accelerate" => return some(front, Form::Accelerate, None),
            "s3-global" => return some(take(front, "accesspoint")?, Form::MultiRegionAccessPoint, None),
            "dualstack" => {
                let (front, mut endpoint) = some(take(front, "s3-accelerate")?, Form::Accelerate, None)?;
                endpoint.dualstack = true;
                return Some((front, endpoint));
            }
            _ => {}
        }
    }
    if RESERVED.contains(&last) {
        return None;
    }
    if let Some(region) = last.strip_prefix("s3-fips-") {
        let (front, mut endpoint) = some(front, Form::Dash, Some(region))?;
        endpoint.fips = true;
        return Some((front, endpoint));
    }
    some(front, Form::Dash, Some(last.strip_prefix("s3-")?))
}

/// Names that end in a region.
fn with_region(rest: &str) -> Option<(&str, Endpoint)> {
    if let Some(front) = take(rest, "vpce") {
        return private_link(front);
    }
    let (front, region) = split_last(rest);
    if region.is_empty() || RESERVED.contains(&region) {
        return None;
    }
    let (front, dualstack) = match take(front.strip_suffix('.')?, "dualstack") {
        Some(front) => (front, true),
        None => (front, false),
    };
    let (front, service) = split_last(front.strip_suffix('.')?);
    let (form, fips) = regional_form(service)?;
    let (front, mut endpoint) = some(front, form, Some(region))?;
    endpoint.dualstack = dualstack;
    endpoint.fips = fips;
    Some((front, endpoint))
}

fn regional_form(service: &str) -> Option<(Form, bool)> {
    if let Some(zone) = service.strip_prefix("s3express-").filter(|zone| !zone.starts_with("control")) {
        let (zone, fips) = zone.strip_prefix("fips-").map_or((zone, false), |zone| (zone, true));
        return (!zone.is_empty() && zone != "control").then(|| (Form::Express(zone.to_owned()), fips));
    }
    let (plain, fips) = service.strip_suffix("-fips").map_or((service, false), |plain| (plain, true));
    let form = match plain {
        "s3" => Form::Regional,
        "s3-website" => Form::WebsiteDot,
        "s3-deprecated" => Form::Deprecated,
        "s3-accesspoint" => Form::AccessPoint,
        "s3-object-lambda" => Form::ObjectLambda,
        "s3-outposts" => Form::Outposts,
        "s3-control" => Form::Control,
        "s3express-control" => Form::ExpressControl,
        _ => return None,
    };
    Some((form, fips))
}

fn private_link(front: &str) -> Option<(&str, Endpoint)> {
    let (front, region) = split_last(front.strip_suffix('.')?);
    let front = take(front.strip_suffix('.')?, "s3")?;
    let (front, id) = split_last(front.strip_suffix('.')?);
    if !id.starts_with("vpce-") {
        return None;
    }
    let (front, kind) = split_last(front.strip_suffix('.')?);
    let kind = ["bucket", "accesspoint", "control"].into_iter().find(|k| *k == kind)?;
    some(front, Form::PrivateLink(kind, id.to_owned()), Some(region))
}

fn some<'a>(front: &'a str, form: Form, region: Option<&str>) -> Option<(&'a str, Endpoint)> {
    (region != Some("")).then(|| (front, Endpoint::new(form, region)))
}

/// The last label, and all before it with its dot.
fn split_last(host: &str) -> (&str, &str) {
    host.rfind('.').map_or(("", host), |dot| host.split_at(dot + 1))
}

/// All before a last label that must be this one; with its dot.
fn take<'a>(host: &'a str, label: &str) -> Option<&'a str> {
    let (front, last) = split_last(host.strip_suffix('.').unwrap_or(host));
    (last == label).then_some(front)
}
