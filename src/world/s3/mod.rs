//! An emulated bucket: how Amazon S3 answers for it at every form of its endpoint. Keeps nothing and checks no signature.
//!
//! Each answer follows a recorded, documented or reported one: the S3 User Guide, the API reference ("Error responses"),
//! and public recordings of S3 made by compatible stores' test suites.

mod bucket;
mod reply;
mod routing;
mod signed;
mod website;

use url::Url;

use crate::aws::s3::S3Location;
use crate::aws::s3::cors::config::Rule;
use crate::aws::s3::cors::engine;
use crate::aws::s3::endpoint::{Endpoint, Form};
use crate::evidence::{Request, Response};
use crate::web::glob::glob;
use reply::Answer;

pub use bucket::{Acceleration, Bucket, Object, Refusal, Rules};

/// A request to Amazon S3.
struct Asked<'a> {
    request: &'a Request,
    url: &'a Url,
    at: S3Location,
    now: i64,
}

/// How S3 answers in a world with these buckets; nothing when the host is not one of S3.
pub(super) fn respond(buckets: &[Bucket], request: &Request, url: &Url, now: i64) -> Option<Response> {
    if buckets.is_empty() {
        return None;
    }
    let asked = Asked { request, url, at: S3Location::parse(url)?, now };
    let bucket = asked.at.bucket.as_deref().and_then(|name| buckets.iter().find(|bucket| bucket.name == name));
    let answer = if asked.at.endpoint.is_website() { website::answer(&asked, bucket) } else { asked.answer(bucket) };
    Some(answer.into_response(request))
}

/// The chain of names that leads to a bucket; nothing when the host is no bucket's.
pub(super) fn chain(buckets: &[Bucket], host: &str) -> Option<Vec<String>> {
    let (endpoint, name) = Endpoint::parse(host)?;
    let bucket = buckets.iter().find(|bucket| Some(bucket.name.as_str()) == name)?;
    routing::chain(bucket, &endpoint)
}

/// Whether the certificate of S3 does not fit: it covers one label, and this bucket's name has several.
pub(super) fn certificate_misfits(buckets: &[Bucket], host: &str) -> bool {
    let name = Endpoint::parse(host).and_then(|(_, name)| name);
    name.is_some_and(|name| name.contains('.') && buckets.iter().any(|bucket| bucket.name == name))
}

impl Asked<'_> {
    fn answer(&self, bucket: Option<&Bucket>) -> Answer {
        let is_preflight = self.request.method == "OPTIONS";
        if is_preflight && self.request.header("origin").is_none() {
            return Answer::error(400, "BadRequest", "Insufficient information. Origin request header needed.");
        }
        let Some(bucket) = bucket else { return self.without_bucket(is_preflight) };
        if let Some(elsewhere) = routing::elsewhere(self, bucket) {
            return elsewhere;
        }
        if self.at.endpoint.form == Form::Accelerate
            && let Some(refused) = not_accelerated(bucket.accelerate)
        {
            return refused;
        }
        if is_preflight { self.preflight(bucket) } else { self.actual(bucket) }
    }

    fn without_bucket(&self, is_preflight: bool) -> Answer {
        match &self.at.bucket {
            Some(_) if is_preflight => self.forbidden(403, "AccessForbidden", "CORSResponse: Bucket not found", "BUCKET"),
            Some(name) => Answer::error(404, "NoSuchBucket", "The specified bucket does not exist").element("BucketName", name),
            None if is_preflight => self.refuse(&self.evaluate(&[], false), "BUCKET"),
            None => Answer::error(403, "AccessDenied", "Access Denied"),
        }
    }

    /// The answer to a preflight of a bucket that is here.
    fn preflight(&self, bucket: &Bucket) -> Answer {
        // A preflight that announces no method is refused by every rule.
        let no_rule = [Rule::default()];
        let announces = self.request.header("access-control-request-method").is_some();
        let rules = if announces || bucket.cors.is_none() { bucket.rules() } else { &no_rule };
        let reply = self.evaluate(rules, false);
        if reply.status == 200 {
            return Answer::empty(200).headers(reply.headers);
        }
        let resource = if self.at.key.is_some() && bucket.cors.is_some() { "OBJECT" } else { "BUCKET" };
        self.refuse(&reply, resource)
    }

    fn refuse(&self, reply: &engine::Reply, resource: &str) -> Answer {
        let message = reply.message.as_deref().unwrap_or_default();
        self.forbidden(reply.status, reply.error_code.unwrap_or_default(), message, resource)
    }

    fn forbidden(&self, status: u16, code: &str, message: &str, resource: &str) -> Answer {
        let answer = Answer::error(status, code, message);
        if status != 403 {
            return answer;
        }
        let method = self.request.header("access-control-request-method").unwrap_or("OPTIONS");
        answer.element("Method", method).element("ResourceType", resource)
    }

    /// What the rules say of this request: by what it announces, else by its own method.
    fn evaluate(&self, rules: &[Rule], actual: bool) -> engine::Reply {
        let announced = self.request.header("access-control-request-method");
        let request = engine::Request {
            origin: self.request.header("origin").unwrap_or_default().to_owned(),
            method: announced.unwrap_or(if actual { &self.request.method } else { "GET" }).to_owned(),
            headers: self.request.header("access-control-request-headers").map(str::to_owned).into_iter().collect(),
            actual,
        };
        engine::evaluate(rules, &request).reply
    }

    /// The CORS headers of any other answer; none without an origin, and then no `Vary` either.
    fn cors_headers(&self, bucket: &Bucket) -> Vec<(String, String)> {
        if self.request.header("origin").is_none() { Vec::new() } else { self.evaluate(bucket.rules(), true).headers }
    }

    /// The answer to any other request; the CORS headers are the same whether it is refused or not.
    fn actual(&self, bucket: &Bucket) -> Answer {
        let answer = signed::refusal(self, bucket).or_else(|| self.refused(bucket)).unwrap_or_else(|| self.done(bucket));
        answer.headers(self.cors_headers(bucket))
    }

    fn refused(&self, bucket: &Bucket) -> Option<Answer> {
        let key = self.at.key.as_deref().unwrap_or_default();
        let fits = |refusal: &&Refusal| {
            refusal.method.as_deref().is_none_or(|method| method == self.request.method)
                && refusal.key.as_deref().is_none_or(|pattern| glob(pattern, key))
        };
        let refusal = bucket.refuse.iter().find(fits)?;
        let answer = Answer::error(refusal.status, &refusal.code, &refusal.message);
        Some(
            refusal.elements.iter().filter_map(|e| e.split_once(':')).fold(answer, |a, (name, value)| a.element(name.trim(), value.trim())),
        )
    }

    fn done(&self, bucket: &Bucket) -> Answer {
        const ETAG: &str = "\"d41d8cd98f00b204e9800998ecf8427e\"";
        let is_form = self.request.header("content-type").is_some_and(|t| t.to_ascii_lowercase().starts_with("multipart/form-data"));
        match (self.request.method.as_str(), self.at.key.as_deref()) {
            ("GET" | "HEAD", Some(key)) => bucket.read(key),
            // The list of a private bucket is not for everybody, its region is.
            ("HEAD", None) => Answer::error(403, "AccessDenied", "Access Denied").header("x-amz-bucket-region", &bucket.region),
            ("GET", None) => Answer::error(403, "AccessDenied", "Access Denied"),
            ("PUT", Some(_)) => Answer::empty(200).header("ETag", ETAG),
            ("DELETE", Some(_)) => Answer::empty(204),
            ("POST", None) if is_form => Answer::empty(204).header("ETag", ETAG),
            ("POST", None) => {
                let condition = "Bucket POST must be of the enclosure-type multipart/form-data";
                Answer::error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
                    .element("Condition", condition)
            }
            (method, _) => Answer::error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
                .element("Method", method)
                .element("ResourceType", if self.at.key.is_some() { "OBJECT" } else { "BUCKET" }),
        }
    }
}

fn not_accelerated(state: Acceleration) -> Option<Answer> {
    let state = match state {
        Acceleration::On => return None,
        Acceleration::Never => "not configured",
        Acceleration::Suspended => "disabled",
    };
    Some(Answer::error(400, "InvalidRequest", &format!("S3 Transfer Acceleration is {state} on this bucket")))
}
