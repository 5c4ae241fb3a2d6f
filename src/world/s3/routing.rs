//! A request that reaches another region than the bucket's, and where the names lead.
//! Source: S3 User Guide, "Making requests: request redirection"; reported answers where the guide is silent.

use super::reply::Answer;
use super::{Asked, Bucket};
use crate::aws::region::{self, Redirect};
use crate::aws::s3::endpoint::{Endpoint, Form};

/// The answer of the wrong region; nothing when the request came to the right place.
pub(super) fn elsewhere(asked: &Asked<'_>, bucket: &Bucket) -> Option<Answer> {
    let at = &asked.at;
    match &at.endpoint.form {
        Form::Global if bucket.region == "us-east-1" => None,
        Form::Global if is_new(&bucket.region) => Some(incompatible(asked, bucket)),
        // Once DNS knows the bucket, its own region answers to the name without a region.
        Form::Global if at.virtual_hosted => bucket.fresh.then(|| temporary(asked, bucket)),
        Form::Global => Some(permanent(asked, bucket)),
        Form::Accelerate => bucket.fresh.then(|| temporary(asked, bucket)),
        _ => match at.region() {
            Some(region) if region == bucket.region => None,
            None => None,
            Some(region) if is_new(region) || is_new(&bucket.region) => Some(incompatible(asked, bucket)),
            Some(_) => Some(permanent(asked, bucket)),
        },
    }
}

/// The CNAME chain of a bucket's host; nothing for the forms that lead to an address at once.
pub(super) fn chain(bucket: &Bucket, endpoint: &Endpoint) -> Option<Vec<String>> {
    let home = bucket.region.as_str();
    let stack = if endpoint.dualstack { ".dualstack" } else { "" };
    match endpoint.form {
        Form::Regional => Some(vec![format!("s3-r-w{stack}.{}.amazonaws.com", endpoint.region()?)]),
        // The default until the bucket's own record is there; regions since 2019 never get one.
        Form::Global if bucket.fresh || home == "us-east-1" || is_new(home) => {
            Some(vec!["s3-1-w.amazonaws.com".into(), "s3-w.us-east-1.amazonaws.com".into()])
        }
        Form::Global => Some(vec![format!("s3-{home}-w.amazonaws.com")]),
        _ => None,
    }
}

fn is_new(region: &str) -> bool {
    region::find(region).is_some_and(|region| region.redirect == Redirect::Refused)
}

fn temporary(asked: &Asked<'_>, bucket: &Bucket) -> Answer {
    const MESSAGE: &str = "Please re-send this request to the specified temporary endpoint. Continue to use the original request \
                           endpoint for future requests.";
    let host = Endpoint::new(Form::Regional, Some(&bucket.region)).host(Some(&bucket.name));
    let mut location = asked.url.clone();
    // A host built from a bucket that a URL named is a host.
    let _ = location.set_host(Some(&host));
    Answer::error(307, "TemporaryRedirect", MESSAGE)
        .element("Endpoint", &host)
        .element("Bucket", &bucket.name)
        .header("Location", location.as_str())
        .header("x-amz-bucket-region", &bucket.region)
}

/// No Location, and nothing about the region in the headers of an OPTIONS.
fn permanent(asked: &Asked<'_>, bucket: &Bucket) -> Answer {
    const MESSAGE: &str = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
                           future requests to this endpoint.";
    let home =
        if bucket.region == "us-east-1" { Endpoint::new(Form::Global, None) } else { Endpoint::new(Form::Regional, Some(&bucket.region)) };
    let host = home.host(asked.at.virtual_hosted.then_some(bucket.name.as_str()));
    let answer = Answer::error(301, "PermanentRedirect", MESSAGE).element("Endpoint", &host).element("Bucket", &bucket.name);
    if asked.request.method == "OPTIONS" { answer } else { answer.header("x-amz-bucket-region", &bucket.region) }
}

fn incompatible(asked: &Asked<'_>, bucket: &Bucket) -> Answer {
    let home = if bucket.region == "us-east-1" { "unspecified" } else { &bucket.region };
    let message = format!("The {home} location constraint is incompatible for the region specific endpoint this request was sent to.");
    let answer = Answer::error(400, "IllegalLocationConstraintException", &message);
    if asked.request.method == "HEAD" { answer.header("x-amz-bucket-region", &bucket.region) } else { answer }
}
