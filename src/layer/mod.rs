//! Who ANSWERED: fingerprints of the components that answer at AWS and elsewhere, each with its source and sureness.
//!
//! Says who, never why: what an answer means is the causes' work.

mod kinds;
mod sign;
mod table;

pub use kinds::Layer;
pub use sign::Sign;
pub use table::{Fingerprint, Sureness, fingerprints};

use crate::aws::{self, Target};
use crate::evidence::{Probe, Response};
use crate::web::header::starts_with;
use sign::Seen;

/// Who answered one probe, and the sign that shows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answerer {
    /// The component.
    pub layer: Layer,
    /// Components that the answer passed through, outermost first.
    pub through: Vec<Layer>,
    /// The header line or sentence that shows it.
    pub sign: String,
    /// How well the sign is known; nothing when no sign was found.
    pub sureness: Option<Sureness>,
    /// Where the sign is known from.
    pub source: &'static str,
}

/// Reads the fingerprints of an answer. A failed exchange has none.
pub fn of(probe: &Probe, target: &Target) -> Answerer {
    let Some(response) = &probe.response else { return Answerer::default() };
    let known = row(response, target).or_else(|| row(response, &behind(probe)?));
    let Some((row, sign)) = known else {
        return Answerer { through: through(response, target, Layer::Server), ..Answerer::default() };
    };
    Answerer { layer: row.layer, through: through(response, target, row.layer), sign, sureness: Some(row.sureness), source: row.source }
}

/// The first fingerprint that fits, with its sign quoted.
fn row(response: &Response, target: &Target) -> Option<(&'static Fingerprint, String)> {
    let seen = Seen::of(response, target);
    fingerprints().iter().find_map(|row| Some((row, seen.all(row.signs)?)))
}

/// What DNS says of the name, for answers that say nothing of themselves.
fn behind(probe: &Probe) -> Option<Target> {
    aws::chain_target(&probe.dns.as_ref()?.chain)
}

/// What an answer of this layer came through, outermost first.
fn through(response: &Response, target: &Target, layer: Layer) -> Vec<Layer> {
    let mut passed = Vec::new();
    if response.header("cf-ray").is_some() && !matches!(layer, Layer::Cloudflare | Layer::R2) {
        passed.push(Layer::Cloudflare);
    }
    if proves_distribution(response, target, layer) {
        passed.push(Layer::Cloudfront);
    }
    if response.header("apigw-requestid").is_some() && layer != Layer::ApigwHttp {
        passed.push(Layer::ApigwHttp);
    }
    if layer == Layer::S3 {
        passed.extend(proxy(response));
    }
    passed
}

/// The proxy that put its own name over S3's.
fn proxy(response: &Response) -> Option<Layer> {
    let server = response.header("server")?;
    let begins = |name: &str| starts_with(server.trim_start(), name);
    match () {
        () if begins("nginx") || begins("openresty") => Some(Layer::Nginx),
        () if begins("envoy") || begins("istio-envoy") => Some(Layer::Envoy),
        () => None,
    }
}

/// Whether a distribution stands in front. Edge-optimised APIs and several services bring their own edge, whose `via`,
/// `x-cache` and `x-amz-cf-id` look the same; two hops in `via`, or the distribution's own name, prove one.
fn proves_distribution(response: &Response, target: &Target, layer: Layer) -> bool {
    let hops = response.lines("via").map(|line| line.matches("(CloudFront)").count()).sum::<usize>();
    let marked = hops > 0 || response.header("x-amz-cf-id").is_some();
    match layer {
        Layer::Cloudfront | Layer::CloudfrontFunction => false,
        Layer::ApigwRest
        | Layer::ApigwRestIntegration
        | Layer::Apigw
        | Layer::Appsync
        | Layer::Cognito
        | Layer::AmplifyHosting
        | Layer::AwsService => hops > 1 || (marked && target.kind == "cloudfront"),
        _ => marked,
    }
}

impl Answerer {
    /// Whether it answered, or the answer passed through it.
    pub fn involves(&self, layer: Layer) -> bool {
        self.layer == layer || self.through.contains(&layer)
    }

    /// The chain for people, such as `CloudFront → Amazon S3`.
    pub fn chain(&self) -> String {
        self.through.iter().chain([&self.layer]).map(|layer| layer.title()).collect::<Vec<_>>().join(" → ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(url: &str, headers: &[(&str, &str)], body: &str) -> Answerer {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let response = Response { status: 403, headers, body: body.into(), ..Response::default() };
        let probe = Probe { response: Some(response), ..Probe::default() };
        of(&probe, &crate::aws::target(&url::Url::parse(url).unwrap()))
    }

    const VIA: (&str, &str) = ("via", "1.1 883f.cloudfront.net (CloudFront)");

    #[test]
    fn the_gateway_is_told_from_its_integration() {
        let id = ("x-amz-apigw-id", "QYfufG3pHjuPUCd=");
        let own = answer("https://api.example.org/x", &[id, ("x-amzn-errortype", "ForbiddenException")], "");
        assert_eq!((own.layer, own.sign.as_str()), (Layer::ApigwRest, "x-amz-apigw-id: QYfufG3pHjuPUCd="));
        assert_eq!(answer("https://api.example.org/x", &[id, ("server", "Server")], "").layer, Layer::ApigwRestIntegration);
        assert_eq!(answer("https://api.example.org/x", &[("apigw-requestid", "C=")], "").layer, Layer::ApigwHttp);
    }

    #[test]
    fn an_edge_optimised_api_proves_no_distribution() {
        let api = [("x-amz-apigw-id", "Q="), ("x-amzn-errortype", "ForbiddenException"), VIA, ("x-amz-cf-id", "a==")];
        assert!(answer("https://api.example.org/x", &api, "").through.is_empty());
        assert_eq!(answer("https://d111111abcdef8.cloudfront.net/x", &api, "").chain(), "CloudFront → API Gateway (REST API)");
        assert_eq!(answer("https://cdn.example.org/x", &[("server", "AmazonS3"), VIA], "").chain(), "CloudFront → Amazon S3");
    }

    #[test]
    fn what_answered_beats_the_name() {
        let url = "https://d111111abcdef8.cloudfront.net/x";
        assert_eq!(answer(url, &[("server", "gunicorn"), VIA], "").chain(), "CloudFront → the server");
        assert_eq!(answer(url, &[("server", "CloudFront"), VIA], "").chain(), "CloudFront");
        let gone = r#"{"Message":null}"#;
        assert_eq!(answer(url, &[("x-amzn-requestid", "1"), ("x-amzn-errortype", "AccessDeniedException")], gone).layer, Layer::LambdaUrl);
    }

    #[test]
    fn s3_is_known_behind_a_proxy_that_hides_its_name() {
        let body = "<Error><Code>AccessForbidden</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message><HostId>Zm9v</HostId></Error>";
        let url = "https://files.example.org/a.png";
        assert_eq!(answer(url, &[("server", "nginx"), ("x-amz-request-id", "8C4B")], body).chain(), "nginx → Amazon S3");
        assert_eq!(answer(url, &[("server", "istio-envoy")], body).chain(), "Envoy → Amazon S3");
        assert_eq!(answer(url, &[], body).layer, Layer::S3);
        let own = body.replace("<HostId>", "<Resource>/b/a.png</Resource><HostId>");
        assert_eq!(answer(url, &[("server", "nginx"), ("x-amz-request-id", "17A0")], &own).layer, Layer::S3Compatible);
        assert_eq!(answer(url, &[("server", "VERSITYGW"), ("x-amz-request-id", "17A0")], body).layer, Layer::Server);
    }

    #[test]
    fn one_capital_letter_is_another_layer() {
        let headers = [("x-amzn-requestid", "1"), ("x-amzn-errortype", "AccessDeniedException")];
        assert_eq!(answer("https://u.example.org/", &headers, r#"{"Message":"Forbidden"}"#).layer, Layer::LambdaUrl);
        assert_eq!(answer("https://u.example.org/", &headers, r#"{"message":"Forbidden"}"#).layer, Layer::Server);
    }

    #[test]
    fn waf_wins_over_the_host_service() {
        let waf = answer("https://api.example.org/", &[("x-amzn-waf-action", "captcha"), ("server", "CloudFront")], "");
        assert_eq!((waf.layer, waf.sign.as_str()), (Layer::Waf, "x-amzn-waf-action: captcha"));
    }
}
