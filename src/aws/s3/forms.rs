//! The endpoint forms that lead to a bucket, as URLs to try side by side. A list from names alone: asks nobody.

use url::Url;

use super::endpoint::{Endpoint, Form};
use crate::aws::region::{self, Partition};

/// One way to address a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The form, such as `regional-virtual-hosted`.
    pub endpoint: String,
    /// The URL of the key.
    pub url: Url,
    /// Whether it takes uploads and presigned URLs: a website endpoint serves GET and HEAD only.
    pub uploads: bool,
    /// What to know before trying it.
    pub remark: Option<&'static str>,
}

const DOTTED: &str = "no certificate covers a bucket name with dots";
const PLAIN_HTTP: &str = "HTTP only, GET and HEAD only, no presigned URLs";
const NOT_FOR_ALL: &str = "only if acceleration is switched on for the bucket";
const EXPRESS: &str = "directory buckets have no CORS";

/// Every form that applies to the bucket in its region, the one to prefer first. The key is written into the path as it is.
pub fn candidates(bucket: &str, region: &str, key: &str) -> Vec<Candidate> {
    if let Some(zone) = zone(bucket) {
        let endpoint = Endpoint::new(Form::Express(zone.to_owned()), Some(region));
        return candidate(&endpoint, Some(bucket), bucket, key, Some(EXPRESS)).into_iter().collect();
    }
    if bucket.rsplit_once('.').is_some_and(|(_, end)| end == "mrap") {
        let endpoint = Endpoint::new(Form::MultiRegionAccessPoint, None);
        return candidate(&endpoint, Some(bucket), bucket, key, None).into_iter().collect();
    }
    let in_host = fits_a_host(bucket);
    let dotted = bucket.contains('.');
    let mut found = Vec::new();
    for endpoint in endpoints(region) {
        let remark = match endpoint.form {
            _ if endpoint.is_website() => Some(PLAIN_HTTP),
            Form::Accelerate => Some(NOT_FOR_ALL),
            _ => dotted.then_some(DOTTED),
        };
        // Acceleration takes no dots.
        if in_host && !(dotted && endpoint.form == Form::Accelerate) {
            found.extend(candidate(&endpoint, Some(bucket), bucket, key, remark));
        }
        if endpoint.takes_path_style() {
            found.extend(candidate(&endpoint, None, bucket, key, None));
        }
    }
    found
}

/// The endpoints of a region, the preferred first.
fn endpoints(name: &str) -> Vec<Endpoint> {
    let known = region::find(name);
    let has = |what: fn(&region::Region) -> bool| known.is_some_and(what);
    let regional = |form| Endpoint::new(form, Some(name));
    let website = if has(region::Region::has_dash_website) { Form::WebsiteDash } else { Form::WebsiteDot };
    let commercial = known.is_none_or(|region| region.partition == Partition::Aws);
    let mut list = vec![regional(Form::Regional), Endpoint { dualstack: true, ..regional(Form::Regional) }];
    if commercial {
        list.push(Endpoint::new(Form::Global, None));
        list.push(Endpoint::new(Form::Accelerate, None));
    }
    if has(region::Region::has_dash_host) {
        list.push(regional(Form::Dash));
    }
    if has(region::Region::has_fips) {
        list.push(Endpoint { fips: true, ..regional(Form::Regional) });
    }
    list.push(regional(website));
    list
}

fn candidate(endpoint: &Endpoint, in_host: Option<&str>, bucket: &str, key: &str, remark: Option<&'static str>) -> Option<Candidate> {
    let scheme = if endpoint.is_website() { "http" } else { "https" };
    let mut url = Url::parse(&format!("{scheme}://{}/", endpoint.host(in_host))).ok()?;
    url.set_path(&if in_host.is_some() { format!("/{key}") } else { format!("/{bucket}/{key}") });
    Some(Candidate { endpoint: endpoint.name(in_host.is_some()), url, uploads: !endpoint.is_website(), remark })
}

/// The availability zone in a directory bucket's name: `NAME--ZONE--x-s3`.
pub fn zone(bucket: &str) -> Option<&str> {
    let (_, zone) = bucket.strip_suffix("--x-s3").or_else(|| bucket.strip_suffix("--xa-s3"))?.rsplit_once("--")?;
    Some(zone).filter(|zone| !zone.is_empty())
}

/// Whether a bucket name can be part of a host name. Old buckets of us-east-1 have capitals and underscores.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn fits_a_host(bucket: &str) -> bool {
    let label = |label: &str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        edge(label.chars().next()) && edge(label.chars().last()) && label.len() <= 63
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    bucket.chars().all(plain) && bucket.len() <= 63 && bucket.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::s3::S3Location;

    fn names(bucket: &str, region: &str) -> Vec<String> {
        candidates(bucket, region, "k").into_iter().map(|c| c.endpoint).collect()
    }

    #[test]
    fn each_region_has_its_forms() {
        let usual = [
            "regional-virtual-hosted",
            "regional-path",
            "dualstack-virtual-hosted",
            "dualstack-path",
            "global-virtual-hosted",
            "global-path",
            "accelerate",
        ];
        let forms = |more: &[&str]| usual.iter().chain(more).map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(names("b", "eu-central-1"), forms(&["dash-virtual-hosted", "dash-path", "website"]));
        assert_eq!(names("b", "us-east-1"), forms(&["fips-virtual-hosted", "fips-path", "website"]));
        assert_eq!(names("b", "il-central-1"), forms(&["website"]));
        assert_eq!(names("b", "cn-north-1").len(), 5);
    }

    #[test]
    fn names_decide_as_well() {
        assert_eq!(names("a--use1-az4--x-s3", "us-east-1"), ["express"]);
        assert_eq!(names("abc.mrap", "us-east-1"), ["multi-region-access-point"]);
        assert!(names("Old_Bucket", "us-east-1").iter().all(|name| name.ends_with("path")));
        let dotted = candidates("a.b", "eu-west-1", "k");
        assert!(dotted.iter().all(|c| c.endpoint != "accelerate") && dotted[0].remark == Some(DOTTED) && dotted[1].remark.is_none());
    }

    #[test]
    fn every_candidate_is_read_back() {
        for region in region::all() {
            for candidate in candidates("my-bucket", region.name, "a/b c") {
                let at = S3Location::parse(&candidate.url).unwrap();
                assert_eq!((at.bucket.as_deref(), at.key.as_deref(), at.form()), (Some("my-bucket"), Some("a/b c"), candidate.endpoint));
                assert!(at.region().is_none_or(|name| name == region.name));
            }
        }
    }
}
