//! Hints about a host name that the resolver does not know: what its author probably meant.

use url::Url;

use crate::aws::region::{self, Region};
use crate::aws::s3::S3Location;
use crate::aws::s3::presign::without_signature;
use crate::aws::{self, Target};
use crate::cause::{Case, Fix};
use crate::evidence::{Purpose, Step};
use crate::web::placeholder;

/// What the text of an unknown name tells.
#[derive(Debug, Default)]
pub(super) struct Hint {
    /// Sentences for the reader, the most telling first.
    pub(super) says: String,
    /// What to change.
    pub(super) fix: Option<Fix>,
    /// Where the bucket really is.
    pub(super) discovery: Option<Step>,
    /// Whether the text alone shows the slip.
    pub(super) certain: bool,
}

/// Reads an unknown name.
pub(super) fn read(case: &Case<'_>, url: &Url) -> Hint {
    let target = aws::target(url);
    match target.kind.as_str() {
        "s3" => s3(case, url, &target),
        "api-gateway" => api(url, &target),
        "lambda-url" => function_url(&target),
        "cloudfront" => Hint {
            says: "A distribution keeps its name as long as it exists: this one was deleted, or its id is mistyped.".into(),
            ..Hint::default()
        },
        _ => other(url),
    }
}

fn s3(case: &Case<'_>, url: &Url, target: &Target) -> Hint {
    let written = target.region.as_deref().unwrap_or_default();
    let bucket = target.bucket.as_deref().unwrap_or("BUCKET");
    if region::find(written).is_some() || written.is_empty() {
        return Hint {
            says: "The name is well-formed, and S3 names resolve whether the bucket exists or not. So the resolver that was asked hides \
                it (a VPN, a filter, a local name server), or this kind of endpoint does not exist in that region."
                .into(),
            ..Hint::default()
        };
    }
    let discovery = discovery_step(case, url);
    let found = discovery.as_ref().and_then(|step| case.answer(step)?.response.as_ref()?.header("x-amz-bucket-region"));
    let meant = found.and_then(region::find).or_else(|| region::nearest(written));
    let what = match placeholder::find(written) {
        Some(_) => format!("\"{written}\" stands where the region belongs: a variable of the client was empty when the URL was built."),
        None => format!("\"{written}\" is not the name of an AWS region, and S3 host names contain the region's name."),
    };
    let says = match (found, meant) {
        (Some(found), _) => format!("{what} The bucket {bucket} is in {found}."),
        (None, Some(region)) => format!("{what} The nearest is {} ({}).", region.name, region.title),
        (None, None) if !region::beginning(written).is_empty() => {
            format!("{what} These begin so: {}.", region::beginning(written).join(", "))
        }
        (None, None) => format!("{what} A bucket's region is shown in the S3 console, and by `aws s3api get-bucket-location`."),
    };
    Hint { says, fix: Some(region_fix(case, url, meant)), discovery, certain: true }
}

fn region_fix(case: &Case<'_>, url: &Url, meant: Option<&Region>) -> Fix {
    let moved = meant.and_then(|region| aws::s3::regional_url(&without_signature(url), region.name));
    let Some(url) = moved else {
        return Fix::new("set-the-region", "give the client the bucket's region", "The region is a name such as us-west-2, never a city.");
    };
    let region = meant.map_or("", |region| region.name);
    Fix::new(
        "use-regional-endpoint",
        format!("use {} ({region})", url.host_str().unwrap_or_default()),
        "Set the client's region to that name, so that it builds this URL. A presigned URL has to be signed anew, since the signature \
         covers the host.",
    )
    .snippet("text", "endpoint for the page", String::from(url.clone()))
    .proven_by(case.preflight_step(Purpose::FixVerification, |ask| ask.url = url))
}

/// HEAD on the bucket at the name without a region: S3 tells the region even to strangers.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>.
fn discovery_step(case: &Case<'_>, url: &Url) -> Option<Step> {
    let at = S3Location::parse(url)?;
    let bucket = at.bucket.filter(|bucket| bucket.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-.".contains(&c)))?;
    let suffix = at.endpoint.partition.dns_suffix();
    let dotted = bucket.contains('.');
    let asked = if dotted { format!("https://s3.{suffix}/{bucket}") } else { format!("https://{bucket}.s3.{suffix}/") };
    let asked = Url::parse(&asked).ok()?;
    Some(case.get_step(Purpose::RegionDiscovery, |ask| {
        ask.method = "HEAD".into();
        ask.headers.clear();
        ask.url = asked;
    }))
}

fn api(url: &Url, target: &Target) -> Hint {
    let id = target.id.as_deref().unwrap_or_default();
    let written = target.region.as_deref().unwrap_or_default();
    if region::find(written).is_none() {
        let nearest = match (region::nearest(written), region::beginning(written)) {
            (Some(region), _) => format!(" The nearest is {}.", region.name),
            (None, names) if !names.is_empty() => format!(" These begin so: {}.", names.join(", ")),
            _ => String::new(),
        };
        return Hint { says: format!("\"{written}\" is not the name of an AWS region.{nearest}"), certain: true, ..Hint::default() };
    }
    Hint {
        says: format!(
            "The name of an API disappears with the API: {id} was deleted, never was in {written}, or is a private API, whose name \
             resolves inside its VPC only. Compare {} with the Invoke URL in the API Gateway console.",
            url.host_str().unwrap_or_default()
        ),
        fix: Some(Fix::new(
            "fix-url",
            "take the Invoke URL from the console or from the stack's outputs",
            "After a redeployment from scratch an API has a new id. A private API is reached through its VPC endpoint, never from the \
             internet.",
        )),
        ..Hint::default()
    }
}

fn function_url(target: &Target) -> Hint {
    let written = target.region.as_deref().unwrap_or_default();
    let nearest = region::nearest(written).filter(|r| r.name != written).map(|r| format!(" The nearest region is {}.", r.name));
    Hint {
        says: format!(
            "Names of function URLs resolve for every id, so it is the region \"{written}\" or the rest of the name that is wrong.{}",
            nearest.unwrap_or_default()
        ),
        ..Hint::default()
    }
}

fn other(url: &Url) -> Hint {
    let host = url.host_str().unwrap_or_default();
    let says = if let Some(found) = host.split(['.', '-']).find_map(placeholder::find) {
        format!("\"{found}\" in the name shows that a variable of the client was empty when the URL was built.")
    } else if misspelt_aws(host) {
        "Names of AWS end in amazonaws.com (in China amazonaws.com.cn), and this one does not quite.".into()
    } else if !host.contains('.') {
        "A name without a dot is one of a private network, such as a service of docker compose or of Kubernetes: containers know it, the \
         browser on the user's machine does not."
            .into()
    } else if [".local", ".internal", ".lan", ".test", ".localdomain", ".svc", ".home.arpa"].iter().any(|end| host.ends_with(end)) {
        "Such names exist inside one network only: check the VPN, /etc/hosts or the local name server.".into()
    } else {
        "Check the spelling, whether the record was ever made (and in the right zone), and whether the domain has lapsed.".into()
    };
    let fix = (!host.contains('.')).then(|| {
        let mut published = url.clone();
        let _ = published.set_host(Some("localhost"));
        let detail = "The service's own name stays right between containers. A presigned URL has to be signed for the name that the browser \
            uses: give the signer that endpoint (MinIO: a second client, or MINIO_SERVER_URL), as the signature covers the host.";
        Fix::new("use-published-name", format!("give the page a name that the user's machine knows instead of {host}"), detail).snippet(
            "text",
            "with the port published on this machine",
            published.origin().ascii_serialization(),
        )
    });
    Hint { says, fix, ..Hint::default() }
}

/// `amazonaws.co`, `amazonaw.com` and the like.
fn misspelt_aws(host: &str) -> bool {
    let labels: Vec<&str> = host.rsplit('.').take(3).collect();
    labels.iter().any(|label| (7..=12).contains(&label.len()) && strsim::osa_distance(label, "amazonaws") <= 2)
}
