//! What API Gateway itself says: the kinds of answers that the gateway makes, whatever status and text they were given.
//!
//! `x-amzn-errortype` survives customised gateway responses, so it is read first; where a proxy or a local server dropped
//! it, the gateway's own sentences are known. JSON keys count by case: `Message` is the resource policy's or an authorizer's.
//! Source: API Gateway, "Gateway response types"; localstack's recorded snapshots; users' captures.

use crate::cause::Case;
use crate::cause::answer::{Answer, Message};
use crate::evidence::{Probe, Response};
use crate::layer::{Answerer, Layer};

/// A kind of answer that the gateway makes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No such method on no such path; an unsigned call to a method with IAM says the same.
    MissingRoute,
    /// The same, where `Authorization` holds something that is not a signature.
    IncompleteSignature,
    /// The umbrella: key, stage, mapping, WAF, network.
    Forbidden,
    /// A resource policy, or an identity policy.
    Policy,
    /// A Lambda authorizer said no.
    AuthorizerDenied,
    /// An authorizer found no valid token.
    Unauthorized,
    /// The authorizer itself is broken.
    AuthorizerBroken,
    /// The body or the parameters did not pass the validator.
    Invalid,
    /// The body is too big.
    TooLarge,
    /// No mapping for this content type.
    UnsupportedMedia,
    /// A throttle.
    Throttled,
    /// The quota of a usage plan.
    Quota,
    /// The integration failed, or the gateway in calling it.
    Integration,
    /// HTTP API: no such route or stage.
    NotFound,
    /// Any other.
    Other,
}

/// The answer of this case, when API Gateway made it.
pub(super) fn fault<'a>(case: &Case<'a>) -> Option<(Answer<'a>, Fault)> {
    let answer = Answer::of(case)?;
    Some((answer, of_probe(case, answer.probe)?))
}

/// What the gateway says in the answer of a probe.
pub(super) fn of_probe(case: &Case<'_>, probe: &Probe) -> Option<Fault> {
    let response = probe.response.as_ref()?;
    read(response, case.message_of(probe), case.answerer_of(probe))
}

/// Whether an HTTP API answered, and no REST API.
pub(super) fn is_http_api(case: &Case<'_>, answer: &Answer<'_>) -> bool {
    case.answerer_of(answer.probe).layer == Layer::ApigwHttp
}

fn read(response: &Response, said: Option<&Message>, answerer: &Answerer) -> Option<Fault> {
    let by_text = |strict| sentence(response.status, said, &response.body, strict);
    match answerer.layer {
        Layer::ApigwRest => by_type(response, said).or_else(|| by_text(false)).or(Some(Fault::Other)),
        Layer::ApigwHttp if response.status >= 400 => by_text(false).or_else(|| by_challenge(response)),
        // A function may say the same words; it leaves a trace id.
        Layer::ApigwRestIntegration if response.header("x-amzn-trace-id").is_none() => by_text(true),
        Layer::Apigw if response.status >= 400 => by_text(true),
        // Local servers and proxies that drop the headers: only words that nobody else uses.
        Layer::Server | Layer::Cloudfront | Layer::Cloudflare | Layer::Nginx => {
            by_text(true).filter(|f| matches!(f, Fault::MissingRoute | Fault::Policy))
        }
        _ => None,
    }
}

fn by_type(response: &Response, said: Option<&Message>) -> Option<Fault> {
    let kind = response.header("x-amzn-errortype")?;
    let text = text_of(said);
    Some(match kind.split(':').next().unwrap_or_default().trim() {
        _ if text == "Missing Authentication Token" => Fault::MissingRoute,
        "MissingAuthenticationTokenException" => Fault::MissingRoute,
        "IncompleteSignatureException" => Fault::IncompleteSignature,
        "ForbiddenException" | "WafFilteredException" => Fault::Forbidden,
        "AccessDeniedException" if text.starts_with("User: anonymous") || text.contains("execute-api:Invoke") => Fault::Policy,
        "AccessDeniedException" => Fault::AuthorizerDenied,
        "UnauthorizedException" => Fault::Unauthorized,
        "AuthorizerConfigurationException" => Fault::AuthorizerBroken,
        "RequestTooLargeException" => Fault::TooLarge,
        "UnsupportedMediaTypeException" => Fault::UnsupportedMedia,
        "BadRequestException" if text == "Unsupported Media Type" || response.status == 415 => Fault::UnsupportedMedia,
        "BadRequestException" => Fault::Invalid,
        "TooManyRequestsException" | "ThrottlingException" => Fault::Throttled,
        "LimitExceededException" => Fault::Quota,
        "InternalServerErrorException" => Fault::Integration,
        _ => return None,
    })
}

/// The gateway's own sentences. `strict` asks for the status that belongs to them as well.
fn sentence(status: u16, said: Option<&Message>, body: &str, strict: bool) -> Option<Fault> {
    if body.contains("HTTP content length exceeded") {
        return Some(Fault::TooLarge);
    }
    let text = text_of(said);
    let fault = match text {
        "Missing Authentication Token" => (403, Fault::MissingRoute),
        "Forbidden" if !said.is_some_and(|m| m.capital) => (403, Fault::Forbidden),
        "Unauthorized" | "The incoming token has expired" => (401, Fault::Unauthorized),
        "Too Many Requests" => (429, Fault::Throttled),
        "Limit Exceeded" => (429, Fault::Quota),
        "Request Entity Too Large" | "Request Too Long" => (413, Fault::TooLarge),
        "Unsupported Media Type" => (415, Fault::UnsupportedMedia),
        "Internal server error" | "Internal Server Error" => (if status == 502 { 502 } else { 500 }, Fault::Integration),
        "Endpoint request timed out" | "Network error communicating with endpoint" => (504, Fault::Integration),
        "Service Unavailable" => (503, Fault::Integration),
        "Not Found" => (404, Fault::NotFound),
        _ if text.contains("(missing equal-sign) in Authorization header") => (403, Fault::IncompleteSignature),
        _ if text.contains("not authorized to perform: execute-api:Invoke") => (403, Fault::Policy),
        _ if text.starts_with("User is not authorized to access this resource") => (403, Fault::AuthorizerDenied),
        _ => return None,
    };
    (!strict || fault.0 == status).then_some(fault.1)
}

/// A JWT authorizer's refusal, where the body is not known.
fn by_challenge(response: &Response) -> Option<Fault> {
    let bearer = response.header("www-authenticate").is_some_and(|value| value.trim_start().starts_with("Bearer"));
    (response.status == 401 && bearer && response.body.trim().is_empty()).then_some(Fault::Unauthorized)
}

fn text_of(said: Option<&Message>) -> &str {
    said.and_then(|m| m.text.as_deref()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::answer::message;

    fn told(layer: Layer, status: u16, kind: &str, body: &str) -> Option<Fault> {
        let headers = if kind.is_empty() { Vec::new() } else { vec![("x-amzn-errortype".to_owned(), kind.to_owned())] };
        let response = Response { status, headers, body: body.into(), ..Response::default() };
        read(&response, message(body).as_ref(), &Answerer { layer, ..Answerer::default() })
    }

    #[test]
    fn the_type_survives_what_was_customised() {
        let custom = r#"{"code":"not_found","message":"no such route"}"#;
        assert_eq!(told(Layer::ApigwRest, 404, "MissingAuthenticationTokenException", custom), Some(Fault::MissingRoute));
        assert_eq!(told(Layer::ApigwRest, 401, "UnauthorizedException", r#"{"message":""}"#), Some(Fault::Unauthorized));
        let local = r#"{"message": "Missing Authentication Token"}"#;
        assert_eq!(told(Layer::ApigwRest, 403, "UnauthorizedException", local), Some(Fault::MissingRoute));
        assert_eq!(told(Layer::ApigwRest, 403, "NewException", ""), Some(Fault::Other));
    }

    #[test]
    fn access_denied_has_two_speakers() {
        let policy = r#"{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:x"}"#;
        let authorizer = r#"{"Message":"User is not authorized to access this resource with an explicit deny"}"#;
        assert_eq!(told(Layer::ApigwRest, 403, "AccessDeniedException", policy), Some(Fault::Policy));
        assert_eq!(told(Layer::ApigwRest, 403, "AccessDeniedException", &policy[..50]), Some(Fault::Policy));
        assert_eq!(told(Layer::ApigwRest, 403, "AccessDeniedException", authorizer), Some(Fault::AuthorizerDenied));
    }

    #[test]
    fn words_alone_need_their_own_status() {
        let forbidden = r#"{"message":"Forbidden"}"#;
        assert_eq!(told(Layer::Apigw, 403, "", forbidden), Some(Fault::Forbidden));
        assert_eq!(told(Layer::Apigw, 404, "", forbidden), None);
        assert_eq!(told(Layer::Server, 403, "", forbidden), None);
        assert_eq!(told(Layer::Server, 403, "", r#"{"message": "Missing Authentication Token"}"#), Some(Fault::MissingRoute));
        assert_eq!(told(Layer::ApigwHttp, 204, "", ""), None);
        assert_eq!(told(Layer::ApigwHttp, 404, "", r#"{"message":"Not Found"}"#), Some(Fault::NotFound));
        assert_eq!(told(Layer::ApigwHttp, 404, "", r#"{"message":"no such order"}"#), None);
    }
}
