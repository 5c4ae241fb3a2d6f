//! Object stores that are not Amazon S3: recognised by host, never taken for AWS. `MinIO`, Ceph, Garage and the like have
//! no host names of their own, so a name cannot tell them.

use url::Url;

use super::Target;
use super::s3::presign::Presigned;
use crate::web::percent;

/// How a store lays out its names.
struct Store {
    kind: &'static str,
    /// End of the host, without the leading dot.
    suffix: &'static str,
    /// What stands in front of the suffix when the bucket is in the path.
    service: Service,
}

/// The labels between the bucket and the suffix.
enum Service {
    /// None: `BUCKET.SUFFIX`.
    Bare,
    /// One label, the account: `BUCKET.ACCOUNT.SUFFIX`.
    Account,
    /// One label, the region: `BUCKET.REGION.SUFFIX`.
    Region,
    /// A word and the region: `BUCKET.s3.REGION.SUFFIX`.
    Named(&'static str),
    /// A word joined to the region: `BUCKET.oss-REGION.SUFFIX`.
    Joined(&'static str),
    /// The bucket is the first part of the path, whatever the host.
    Path,
}

use Service::{Account, Bare, Joined, Named, Path, Region};

const fn store(kind: &'static str, suffix: &'static str, service: Service) -> Store {
    Store { kind, suffix, service }
}

/// First match wins. Source: the documentation of each store.
static STORES: &[Store] = &[
    store("r2", "eu.r2.cloudflarestorage.com", Account),
    store("r2", "fedramp.r2.cloudflarestorage.com", Account),
    store("r2", "r2.cloudflarestorage.com", Account),
    store("r2", "r2.dev", Bare),
    store("gcs", "storage.googleapis.com", Bare),
    store("gcs", "storage.cloud.google.com", Path),
    store("digitalocean-spaces", "cdn.digitaloceanspaces.com", Region),
    store("digitalocean-spaces", "digitaloceanspaces.com", Region),
    store("b2", "backblazeb2.com", Named("s3")),
    store("wasabi", "wasabisys.com", Named("s3")),
    store("scaleway", "scw.cloud", Named("s3")),
    store("s3-compatible", "io.cloud.ovh.net", Named("s3")),
    store("s3-compatible", "io.cloud.ovh.us", Named("s3")),
    store("s3-compatible", "linodeobjects.com", Region),
    store("s3-compatible", "vultrobjects.com", Region),
    store("s3-compatible", "your-objectstorage.com", Region),
    store("s3-compatible", "idrivee2.com", Named("s3")),
    store("s3-compatible", "cloud-object-storage.appdomain.cloud", Named("s3")),
    store("s3-compatible", "myqcloud.com", Named("cos")),
    store("s3-compatible", "aliyuncs.com", Joined("oss-")),
    store("s3-compatible", "fly.storage.tigris.dev", Bare),
    store("s3-compatible", "storage.dev", Region),
    store("s3-compatible", "gateway.storjshare.io", Bare),
    store("s3-compatible", "contabostorage.com", Path),
    store("localstack", "localhost.localstack.cloud", Named("s3")),
];

/// Reads the URL of a known store.
pub fn target(url: &Url) -> Option<Target> {
    let host = url.host_str()?.trim_end_matches('.');
    let (store, front) = STORES.iter().find_map(|store| Some((store, front(host, store.suffix)?)))?;
    let (bucket, region, id) = read_front(front, &store.service)?;
    let path = url.path().strip_prefix('/').unwrap_or(url.path());
    let (bucket, key) = match bucket {
        Some(bucket) => (bucket, path),
        None => json_api(store, path).unwrap_or_else(|| path.split_once('/').unwrap_or((path, ""))),
    };
    let decode = |text: &str| Some(percent::decode(text).into_owned()).filter(|t| !t.is_empty());
    Some(Target {
        kind: store.kind.into(),
        bucket: decode(bucket),
        key: decode(key),
        region: region.map(str::to_owned),
        id: id.map(str::to_owned),
        presigned: Presigned::of(url).map(Box::new),
        ..Target::default()
    })
}

/// Bucket and object in a path of Cloud Storage's JSON API, whose own words come first: `upload/storage/v1/b/BUCKET/o/OBJECT`.
fn json_api<'a>(store: &Store, path: &'a str) -> Option<(&'a str, &'a str)> {
    let rest = ["upload/", "download/"].iter().find_map(|word| path.strip_prefix(word)).unwrap_or(path);
    let rest = rest.strip_prefix("storage/v1/b/").filter(|_| store.kind == "gcs")?;
    let (bucket, object) = rest.split_once('/').unwrap_or((rest, ""));
    Some((bucket, object.strip_prefix("o/").unwrap_or_default()))
}

/// What stands before the suffix, without the dot; empty for the suffix itself.
fn front<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    let front = host.strip_suffix(suffix)?;
    if front.is_empty() { Some(front) } else { front.strip_suffix('.') }
}

type Front<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// Bucket, region and account of the labels before the suffix; nothing when they do not fit.
fn read_front<'a>(front: &'a str, service: &Service) -> Option<Front<'a>> {
    let bucket = |text: &'a str| Some(text).filter(|t| !t.is_empty());
    let (rest, last) = split_last(front);
    match service {
        Bare => Some((bucket(front), None, None)),
        Path => Some((None, None, None)),
        Account | Region if last.is_empty() => None,
        Account => Some((bucket(rest), None, Some(last))),
        Region => Some((bucket(rest), Some(last), None)),
        Joined(word) => Some((bucket(rest), Some(last.strip_prefix(word)?), None)),
        Named(word) => {
            if last.is_empty() || last == *word {
                return Some((bucket(rest), None, None));
            }
            let (rest, service) = split_last(rest);
            // Another interface of the same provider: what its path means is not known.
            if service == *word { Some((bucket(rest), Some(last), None)) } else { Some((Some(""), None, None)) }
        }
    }
}

fn split_last(front: &str) -> (&str, &str) {
    front.rsplit_once('.').unwrap_or(("", front))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stores_and_never_takes_them_for_aws() {
        for (text, kind, bucket, region) in [
            ("https://b.0123abc.r2.cloudflarestorage.com/k", "r2", Some("b"), None),
            ("https://0123abc.eu.r2.cloudflarestorage.com/b/k", "r2", Some("b"), None),
            ("https://storage.googleapis.com/b/k", "gcs", Some("b"), None),
            ("https://b.storage.googleapis.com/k", "gcs", Some("b"), None),
            ("https://storage.googleapis.com/upload/storage/v1/b/b/o?uploadType=resumable", "gcs", Some("b"), None),
            ("https://storage.googleapis.com/storage/v1/b/b/o/k", "gcs", Some("b"), None),
            ("https://b.nyc3.digitaloceanspaces.com/k", "digitalocean-spaces", Some("b"), Some("nyc3")),
            ("https://b.nyc3.cdn.digitaloceanspaces.com/k", "digitalocean-spaces", Some("b"), Some("nyc3")),
            ("https://s3.us-west-004.backblazeb2.com/b/k", "b2", Some("b"), Some("us-west-004")),
            ("https://b.s3.us-west-004.backblazeb2.com/k", "b2", Some("b"), Some("us-west-004")),
            ("https://f004.backblazeb2.com/file/b/k", "b2", None, None),
            ("https://s3.eu-central-1.wasabisys.com/b/k", "wasabi", Some("b"), Some("eu-central-1")),
            ("https://b.s3.wasabisys.com/k", "wasabi", Some("b"), None),
            ("https://b.s3.fr-par.scw.cloud/k", "scaleway", Some("b"), Some("fr-par")),
            ("https://b.oss-cn-hangzhou.aliyuncs.com/k", "s3-compatible", Some("b"), Some("cn-hangzhou")),
            ("http://localhost.localstack.cloud:4566/b/k", "localstack", Some("b"), None),
            ("http://b.s3.us-east-1.localhost.localstack.cloud:4566/k", "localstack", Some("b"), Some("us-east-1")),
        ] {
            let target = crate::aws::target(&Url::parse(text).unwrap());
            assert_eq!((target.kind.as_str(), target.bucket.as_deref(), target.region.as_deref()), (kind, bucket, region), "{text}");
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in
            ["https://example.com/", "https://notr2.cloudflarestorage.com/", "https://r2.cloudflarestorage.com/", "https://10.0.0.1/"]
        {
            assert_eq!(target(&Url::parse(text).unwrap()), None, "{text}");
        }
    }
}
