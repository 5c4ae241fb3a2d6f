//! An S3 URL taken apart into endpoint, bucket and key, and put together again in another form. Key and query stay byte for byte.

use url::Url;

use super::endpoint::{Endpoint, Form};
use super::presign::Presigned;
use crate::aws::Target;
use crate::web::percent;

/// Where an S3 URL points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Location {
    /// The host without the bucket.
    pub endpoint: Endpoint,
    /// The bucket, or what stands in its place (access point, alias, account).
    pub bucket: Option<String>,
    /// The key, percent-decoded; nothing for the bucket itself.
    pub key: Option<String>,
    /// Whether the bucket is part of the host name.
    pub virtual_hosted: bool,
}

impl S3Location {
    /// Reads a URL; nothing when its host is not one of Amazon S3.
    pub fn parse(url: &Url) -> Option<Self> {
        let (endpoint, bucket) = Endpoint::parse(url.host_str()?)?;
        let path = url.path().strip_prefix('/').unwrap_or(url.path());
        let decode = |text: &str| Some(percent::decode(text).into_owned()).filter(|t| !t.is_empty());
        if let Some(bucket) = bucket {
            let bucket = Some(bucket.to_owned());
            return Some(Self { endpoint, bucket, key: decode(path), virtual_hosted: true });
        }
        let (bucket, key) = if endpoint.takes_path_style() { path.split_once('/').unwrap_or((path, "")) } else { ("", path) };
        Some(Self { bucket: decode(bucket), key: decode(key), virtual_hosted: false, endpoint })
    }

    /// The region in the host name.
    pub fn region(&self) -> Option<&str> {
        self.endpoint.region()
    }

    /// The name of the endpoint form in reports.
    pub fn form(&self) -> String {
        self.endpoint.name(self.virtual_hosted)
    }

    /// The same as a report's target.
    pub fn target(&self, url: &Url) -> Target {
        Target {
            kind: "s3".into(),
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            region: self.region().map(str::to_owned),
            endpoint: Some(self.form()),
            presigned: Presigned::of(url).map(Box::new),
            ..Target::default()
        }
    }
}

/// The URL at another endpoint, in the same style; nothing when the URL is not one of S3.
pub fn at_endpoint(url: &Url, endpoint: &Endpoint) -> Option<Url> {
    let at = S3Location::parse(url)?;
    let bucket = at.bucket.as_deref().filter(|_| at.virtual_hosted);
    let host =
        if bucket.is_none() && !endpoint.takes_path_style() { return virtual_hosted_at(url, endpoint) } else { endpoint.host(bucket) };
    with_host(url, &host)
}

/// The URL at the bucket's regional endpoint: what a browser should use. The old and the region-less forms become `s3.REGION`.
pub fn regional_url(url: &Url, region: &str) -> Option<Url> {
    let at = S3Location::parse(url)?;
    at_endpoint(url, &at.endpoint.at_region(region))
}

/// The URL with its bucket in the path: the way out for bucket names with dots over https.
pub fn path_style(url: &Url) -> Option<Url> {
    let at = S3Location::parse(url)?;
    if !at.virtual_hosted {
        return at.endpoint.takes_path_style().then(|| url.clone());
    }
    let endpoint = if at.endpoint.takes_path_style() { at.endpoint } else { regional_of_accelerate(&at.endpoint)? };
    let mut moved = with_host(url, &endpoint.host(None))?;
    moved.set_path(&format!("/{}{}", at.bucket?, url.path()));
    Some(moved)
}

/// The URL with its bucket in the host name.
pub fn virtual_hosted(url: &Url) -> Option<Url> {
    let at = S3Location::parse(url)?;
    if at.virtual_hosted { Some(url.clone()) } else { virtual_hosted_at(url, &at.endpoint) }
}

fn virtual_hosted_at(url: &Url, endpoint: &Endpoint) -> Option<Url> {
    let path = url.path().strip_prefix('/')?;
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let bucket = percent::decode(bucket);
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
    if bucket.is_empty() || !bucket.bytes().all(plain) {
        return None;
    }
    let key = format!("/{key}");
    let mut moved = with_host(url, &endpoint.host(Some(&bucket)))?;
    moved.set_path(&key);
    Some(moved)
}

/// Acceleration has no path style: the global name answers for the same bucket.
fn regional_of_accelerate(endpoint: &Endpoint) -> Option<Endpoint> {
    (endpoint.form == Form::Accelerate).then(|| Endpoint::new(Form::Global, None))
}

fn with_host(url: &Url, host: &str) -> Option<Url> {
    let mut moved = url.clone();
    moved.set_host(Some(host)).ok()?;
    Some(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn finds_bucket_and_key_in_both_styles() {
        for (text, bucket, key) in [
            ("https://b.s3.us-west-2.amazonaws.com/a%20b/c?x=1", Some("b"), Some("a b/c")),
            ("https://s3.us-west-2.amazonaws.com/b/a/c", Some("b"), Some("a/c")),
            ("https://s3.us-west-2.amazonaws.com/b", Some("b"), None),
            ("https://s3.us-west-2.amazonaws.com/", None, None),
            ("https://b.s3.amazonaws.com/", Some("b"), None),
            ("https://b.s3.amazonaws.com//twice", Some("b"), Some("/twice")),
        ] {
            let at = S3Location::parse(&url(text)).unwrap();
            assert_eq!((at.bucket.as_deref(), at.key.as_deref()), (bucket, key), "{text}");
        }
        assert_eq!(S3Location::parse(&url("https://example.com/b")), None);
    }

    #[test]
    fn moves_to_the_region_and_keeps_key_and_query() {
        for (from, to) in [
            ("https://b.s3.amazonaws.com/k%2Fx?a=%7E&b", "https://b.s3.eu-west-1.amazonaws.com/k%2Fx?a=%7E&b"),
            ("https://s3.amazonaws.com/b/k", "https://s3.eu-west-1.amazonaws.com/b/k"),
            ("https://s3-us-west-2.amazonaws.com/b/k", "https://s3.eu-west-1.amazonaws.com/b/k"),
            ("https://b.s3-accelerate.amazonaws.com/k", "https://b.s3.eu-west-1.amazonaws.com/k"),
            ("https://b.s3.dualstack.us-west-2.amazonaws.com/k", "https://b.s3.dualstack.eu-west-1.amazonaws.com/k"),
            ("http://b.s3-website.eu-central-1.amazonaws.com/", "http://b.s3-website-eu-west-1.amazonaws.com/"),
            ("https://b.s3-fips.us-east-1.amazonaws.com/k", "https://b.s3.eu-west-1.amazonaws.com/k"),
        ] {
            assert_eq!(regional_url(&url(from), "eu-west-1").unwrap().as_str(), to);
        }
        assert_eq!(
            regional_url(&url("https://b.s3.amazonaws.com/"), "cn-north-1").unwrap().as_str(),
            "https://b.s3.cn-north-1.amazonaws.com.cn/"
        );
    }

    #[test]
    fn changes_style() {
        let dotted = url("https://a.b.s3.eu-west-1.amazonaws.com/k%20?q");
        let path = path_style(&dotted).unwrap();
        assert_eq!(path.as_str(), "https://s3.eu-west-1.amazonaws.com/a.b/k%20?q");
        assert_eq!(virtual_hosted(&path), Some(dotted));
        assert_eq!(virtual_hosted(&url("https://s3.eu-west-1.amazonaws.com/{{bucket}}/k")), None);
        assert_eq!(path_style(&url("https://b.s3-website-us-east-1.amazonaws.com/")), None);
    }
}
