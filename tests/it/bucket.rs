//! The emulated bucket answers as Amazon S3 does: one row for each recorded or documented situation.

use whycors::aws::s3::error_body::ErrorBody;
use whycors::evidence::{Request, Response};
use whycors::world::{Turns, World};

use crate::NOW;

const BUCKETS: &str = r#"
title = "buckets of a test"
ask = { url = "https://old.s3.us-west-2.amazonaws.com/", origin = "https://app.example.com" }
[[bucket]]
name = "old"
region = "us-west-2"
cors = [{ AllowedOrigins = ["https://app.example.com"], AllowedMethods = ["GET", "PUT"], AllowedHeaders = ["content-type", "x-amz-*"], ExposeHeaders = ["ETag"], MaxAgeSeconds = 600 }, { AllowedOrigins = ["*"], AllowedMethods = ["HEAD"] }]
[[bucket.object]]
key = "a b.txt"
headers = ["Content-Type: text/plain"]
body = "hello"
[[bucket.refuse]]
method = "DELETE"
key = "locked/*"
status = 403
code = "AccessDenied"
message = "Access Denied because object protected by object lock."
[[bucket]]
name = "fresh"
region = "eu-central-1"
fresh = true
accelerate = "on"
[[bucket]]
name = "new"
region = "eu-south-1"
accelerate = "suspended"
[[bucket]]
name = "first"
region = "us-east-1"
website = true
cors = '[{"AllowedOrigins": ["https://*"], "AllowedMethods": ["GET"]}]'
[[bucket.object]]
key = "index.html"
body = "<p>hello"
[[bucket]]
name = "with.dots"
region = "us-west-2"
[expect]
allowed = true
"#;

const APP: &str = "https://app.example.com";

fn ask(method: &str, url: &str, headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let world = World::parse("buckets", BUCKETS).unwrap();
    world.respond(&Request { method: method.into(), url: url.into(), headers }, NOW, &mut Turns::default()).unwrap()
}

/// The answer in a line: status, code, the elements and headers that matter.
fn told(response: &Response) -> String {
    let mut words = vec![response.status.to_string()];
    if let Some(error) = ErrorBody::parse(&response.body) {
        words.push(error.code.clone());
        words.push(error.message.chars().take(60).collect());
        let elements = error.elements.iter().filter(|(name, _)| name != "RequestId" && name != "HostId");
        words.extend(elements.map(|(name, value)| format!("{name}={value}")));
    }
    for name in ["x-amz-bucket-region", "location", "access-control-allow-origin", "vary"] {
        words.extend(response.combined(name).map(|value| format!("{name}: {value}")));
    }
    words.join(" | ")
}

#[test]
fn preflights() {
    const OLD: &str = "https://old.s3.us-west-2.amazonaws.com/key";
    const NOT_ALLOWED: &str = "CORSResponse: This CORS request is not allowed. This is usua";
    const NOT_ENABLED: &str = "CORSResponse: CORS is not enabled for this bucket.";
    const PASSES: &str = "vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    let (origin, put) = (("origin", APP), ("access-control-request-method", "PUT"));
    for (url, headers, wanted) in [
        (OLD, vec![], "400 | BadRequest | Insufficient information. Origin request header needed.".to_owned()),
        (
            OLD,
            vec![origin, ("access-control-request-method", "PATCH")],
            "400 | BadRequest | Invalid Access-Control-Request-Method: PATCH".into(),
        ),
        (
            OLD,
            vec![origin, put, ("access-control-request-headers", "x y")],
            "400 | BadRequest | Access-Control-Request-Headers \"x y\" contains invalid charac".into(),
        ),
        (
            "https://none.s3.us-west-2.amazonaws.com/key",
            vec![origin, put],
            "403 | AccessForbidden | CORSResponse: Bucket not found | Method=PUT | ResourceType=BUCKET".into(),
        ),
        (
            "https://fresh.s3.eu-central-1.amazonaws.com/key",
            vec![origin, put],
            format!("403 | AccessForbidden | {NOT_ENABLED} | Method=PUT | ResourceType=BUCKET"),
        ),
        (
            "https://fresh.s3.eu-central-1.amazonaws.com/key",
            vec![origin],
            format!("403 | AccessForbidden | {NOT_ENABLED} | Method=OPTIONS | ResourceType=BUCKET"),
        ),
        (
            OLD,
            vec![origin, ("access-control-request-method", "POST")],
            format!("403 | AccessForbidden | {NOT_ALLOWED} | Method=POST | ResourceType=OBJECT"),
        ),
        (OLD, vec![origin], format!("403 | AccessForbidden | {NOT_ALLOWED} | Method=OPTIONS | ResourceType=OBJECT")),
        (
            "https://s3.us-west-2.amazonaws.com/old",
            vec![("origin", "https://other.test"), put],
            format!("403 | AccessForbidden | {NOT_ALLOWED} | Method=PUT | ResourceType=BUCKET"),
        ),
        (
            "https://s3.us-west-2.amazonaws.com/",
            vec![origin, put],
            format!("403 | AccessForbidden | {NOT_ENABLED} | Method=PUT | ResourceType=BUCKET"),
        ),
        (
            OLD,
            vec![origin, put, ("access-control-request-headers", "content-type,x-amz-acl")],
            format!("200 | access-control-allow-origin: {APP} | {PASSES}"),
        ),
        (
            "https://old.s3.dualstack.us-west-2.amazonaws.com/key",
            vec![origin, put],
            format!("200 | access-control-allow-origin: {APP} | {PASSES}"),
        ),
        (
            OLD,
            vec![("origin", "https://x.test"), ("access-control-request-method", "HEAD")],
            format!("200 | access-control-allow-origin: * | {PASSES}"),
        ),
        // An expired signature plays no part.
        (
            "https://old.s3.us-west-2.amazonaws.com/key?X-Amz-Expires=1&X-Amz-Date=20200101T000000Z&X-Amz-Algorithm=AWS4-HMAC-SHA256",
            vec![origin, put],
            format!("200 | access-control-allow-origin: {APP} | {PASSES}"),
        ),
    ] {
        let response = ask("OPTIONS", url, &headers);
        assert_eq!(told(&response), wanted, "{url} {headers:?}");
        assert!(response.status != 200 || response.body.is_empty());
    }
}

#[test]
fn the_wrong_region() {
    const PERMANENT: &str = "301 | PermanentRedirect | The bucket you are attempting to access must be addressed us";
    const INCOMPATIBLE: &str = "400 | IllegalLocationConstraintException | The";
    let temporary = |host: &str, key: &str, region: &str| {
        format!(
            "307 | TemporaryRedirect | Please re-send this request to the specified temporary endpo | Endpoint={host} | Bucket=fresh | \
             x-amz-bucket-region: {region} | location: https://{host}{key}"
        )
    };
    for (method, url, wanted) in [
        ("OPTIONS", "https://fresh.s3.amazonaws.com/a%20b?c", temporary("fresh.s3.eu-central-1.amazonaws.com", "/a%20b?c", "eu-central-1")),
        ("OPTIONS", "https://fresh.s3-accelerate.amazonaws.com/k", temporary("fresh.s3.eu-central-1.amazonaws.com", "/k", "eu-central-1")),
        // Once the name is known everywhere, it leads to the right region.
        ("HEAD", "https://old.s3.amazonaws.com/", "403 | x-amz-bucket-region: us-west-2 | access-control-allow-origin: * | vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method".into()),
        ("OPTIONS", "https://s3.amazonaws.com/old/k", format!("{PERMANENT} | Endpoint=s3.us-west-2.amazonaws.com | Bucket=old")),
        (
            "OPTIONS",
            "https://old.s3.eu-west-1.amazonaws.com/k",
            format!("{PERMANENT} | Endpoint=old.s3.us-west-2.amazonaws.com | Bucket=old"),
        ),
        (
            "GET",
            "https://s3-eu-west-1.amazonaws.com/old/k",
            format!("{PERMANENT} | Endpoint=s3.us-west-2.amazonaws.com | Bucket=old | x-amz-bucket-region: us-west-2"),
        ),
        (
            "GET",
            "https://first.s3.eu-west-1.amazonaws.com/k",
            format!("{PERMANENT} | Endpoint=first.s3.amazonaws.com | Bucket=first | x-amz-bucket-region: us-east-1"),
        ),
        ("OPTIONS", "https://new.s3.amazonaws.com/k", format!("{INCOMPATIBLE} eu-south-1 location constraint is incompatible for the r")),
        (
            "OPTIONS",
            "https://new.s3.us-west-2.amazonaws.com/k",
            format!("{INCOMPATIBLE} eu-south-1 location constraint is incompatible for the r"),
        ),
        (
            "OPTIONS",
            "https://first.s3.eu-south-1.amazonaws.com/k",
            format!("{INCOMPATIBLE} unspecified location constraint is incompatible for the "),
        ),
        ("HEAD", "https://new.s3.amazonaws.com/", "400 | x-amz-bucket-region: eu-south-1".into()),
        ("HEAD", "https://first.s3-external-1.amazonaws.com/", "403 | x-amz-bucket-region: us-east-1".into()),
    ] {
        assert_eq!(told(&ask(method, url, &[("origin", APP)])), wanted, "{method} {url}");
    }
}

#[test]
fn actual_requests() {
    const OLD: &str = "https://old.s3.us-west-2.amazonaws.com";
    let cors = format!("access-control-allow-origin: {APP} | vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    for (method, path, headers, wanted) in [
        ("GET", "/a%20b.txt", vec![("origin", APP)], format!("200 | {cors}")),
        ("GET", "/a%20b.txt", vec![], "200".to_owned()),
        ("GET", "/a%20b.txt", vec![("origin", "https://other.test")], "200".into()),
        ("GET", "/none", vec![("origin", APP)], format!("404 | NoSuchKey | The specified key does not exist. | Key=none | {cors}")),
        ("GET", "/", vec![("origin", APP)], format!("403 | AccessDenied | Access Denied | {cors}")),
        ("PUT", "/new", vec![("origin", APP)], format!("200 | {cors}")),
        ("PUT", "/new", vec![("origin", APP), ("access-control-request-method", "DELETE")], "200".into()),
        ("DELETE", "/locked/x", vec![], "403 | AccessDenied | Access Denied because object protected by object lock.".into()),
        ("DELETE", "/x", vec![], "204".into()),
        ("POST", "/", vec![("content-type", "multipart/form-data; boundary=x")], "204".into()),
        ("POST", "/", vec![("content-type", "text/plain")], "412 | PreconditionFailed | At least one of the pre-conditions you specified did not hol | Condition=Bucket POST must be of the enclosure-type multipart/form-data".into()),
        ("POST", "/key", vec![], "405 | MethodNotAllowed | The specified method is not allowed against this resource. | Method=POST | ResourceType=OBJECT".into()),
    ] {
        assert_eq!(told(&ask(method, &format!("{OLD}{path}"), &headers)), wanted, "{method} {path} {headers:?}");
    }
    let missing = ask("GET", "https://none.s3.us-west-2.amazonaws.com/k", &[("origin", APP)]);
    assert_eq!(told(&missing), "404 | NoSuchBucket | The specified bucket does not exist | BucketName=none");
    let wanted = "400 | InvalidRequest | S3 Transfer Acceleration is not configured on this bucket";
    assert_eq!(told(&ask("OPTIONS", "https://old.s3-accelerate.amazonaws.com/k", &[("origin", APP)])), wanted);
    assert_eq!(told(&ask("HEAD", "https://new.s3-accelerate.amazonaws.com/k", &[])), "400");
    assert_eq!(told(&ask("GET", "https://api.example.com/k", &[])), "404");
}

#[test]
fn presigned_urls() {
    let url = |change: fn(&str) -> String| {
        let good = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/{day}/us-west-2/s3/aws4_request&X-Amz-Date={date}&\
                    X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
        let now = time::OffsetDateTime::from_unix_timestamp(NOW - 60).unwrap();
        let date = format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            now.year(),
            u8::from(now.month()),
            now.day(),
            now.hour(),
            now.minute(),
            now.second()
        );
        format!("https://old.s3.us-west-2.amazonaws.com/k?{}", change(good).replace("{day}", &date[..8]).replace("{date}", &date))
    };
    for (url, header, wanted) in [
        (url(str::to_owned), None, "200"),
        (url(|q| q.replace("{date}", "20200101T000000Z")), None, "403 | AccessDenied | Request has expired | Expires=2020-01-01T00:05:00Z"),
        (url(|q| q.replace("{date}", "20990101T000000Z")), None, "403 | AccessDenied | Request is not yet valid"),
        (url(|q| q.replace("=300", "=604801")), None, "400 | AuthorizationQueryParametersError | X-Amz-Expires must be less than a week"),
        (url(|q| q.replace("=300", "=-1")), None, "400 | AuthorizationQueryParametersError | X-Amz-Expires must be non-negative"),
        (url(|q| q.replace("=300", "=0")), None, "403 | AccessDenied | Request has expired"),
        (
            url(|q| q.replace("us-west-2/s3", "eu-west-1/s3")),
            None,
            "400 | AuthorizationQueryParametersError | Error parsing the X-Amz-Credential parameter; the region 'eu | Region=us-west-2",
        ),
        (
            url(|q| q.replace("&X-Amz-SignedHeaders=host", "")),
            None,
            "400 | AuthorizationQueryParametersError | Query-string authentication",
        ),
        (
            url(str::to_owned),
            Some(("x-amz-acl", "public-read")),
            "403 | AccessDenied | There were headers present in the request which were not sig | HeadersNotSigned=x-amz-acl",
        ),
        (
            "https://old.s3.us-west-2.amazonaws.com/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1&Signature=x".into(),
            None,
            "403 | AccessDenied | Request has expired",
        ),
        (
            "https://fresh.s3.eu-central-1.amazonaws.com/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1&Signature=x".into(),
            None,
            "400 | InvalidRequest | The authorization mechanism you have provided is not support",
        ),
    ] {
        let mut headers = vec![("origin", APP)];
        headers.extend(header);
        let response = ask("PUT", &url, &headers);
        assert!(told(&response).starts_with(wanted), "{url}: {}", told(&response));
        // The page may read the refusal.
        assert_eq!(response.header("access-control-allow-origin").is_some(), url.contains("//old."));
    }
}

#[test]
fn websites() {
    const SITE: &str = "http://first.s3-website-us-east-1.amazonaws.com";
    let page = ask("GET", &format!("{SITE}/"), &[("origin", APP)]);
    assert_eq!((page.status, page.body.as_str(), page.header("access-control-allow-origin")), (200, "<p>hello", Some(APP)));
    let refused = ask("PUT", &format!("{SITE}/x"), &[]);
    assert_eq!((refused.status, refused.header("content-type")), (405, Some("text/html; charset=utf-8")));
    assert!(refused.body.contains("<h1>405 MethodNotAllowed</h1>"));
    let missing = ask("GET", &format!("{SITE}/none"), &[]);
    assert_eq!((missing.status, missing.header("x-amz-error-code")), (404, Some("NoSuchKey")));
    let off = ask("GET", "http://old.s3-website-us-west-2.amazonaws.com/", &[]);
    assert_eq!(off.header("x-amz-error-code"), Some("NoSuchWebsiteConfiguration"));
}

#[test]
fn names_and_certificates() {
    let world = World::parse("buckets", BUCKETS).unwrap();
    let chain = |host: &str| world.name(host).cname.join(" ");
    assert_eq!(chain("old.s3.us-west-2.amazonaws.com"), "s3-r-w.us-west-2.amazonaws.com");
    assert_eq!(chain("old.s3.dualstack.us-west-2.amazonaws.com"), "s3-r-w.dualstack.us-west-2.amazonaws.com");
    assert_eq!(chain("fresh.s3.amazonaws.com"), "s3-1-w.amazonaws.com s3-w.us-east-1.amazonaws.com");
    assert_eq!(chain("old.s3.amazonaws.com"), "s3-us-west-2-w.amazonaws.com");
    assert_eq!(chain("s3.amazonaws.com"), "");
    let mode = |host: &str| format!("{:?}", world.tls_mode(host));
    assert_eq!(mode("with.dots.s3.us-west-2.amazonaws.com"), "HostnameMismatch");
    assert_eq!(mode("old.s3.us-west-2.amazonaws.com"), "Ok");
}

#[test]
fn a_configuration_that_s3_would_refuse_is_refused() {
    let bad = BUCKETS.replace("\"AllowedMethods\": [\"GET\"]", "\"AllowedMethods\": [\"GET\",]");
    assert!(World::parse("bad", &bad).unwrap_err().to_string().contains("cors, line 1"));
}
