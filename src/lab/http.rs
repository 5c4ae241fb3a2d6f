//! HTTP/1.1: hands each request to the world, and writes the reply line by line as the world gives it.

use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderName, HeaderValue, RETRY_AFTER, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Scene, TripKind};
use crate::evidence;

/// How much of an upload is read before the connection is given up.
const UPLOAD: usize = 16 * 1024 * 1024;

/// Answers until the visitor leaves. `server_name` is the host where a request does not name one.
pub(super) async fn serve<S>(scene: Arc<Scene>, stream: S, scheme: &'static str, server_name: String) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| {
        let scene = Arc::clone(&scene);
        let server_name = server_name.clone();
        async move { answer(&scene, request, scheme, &server_name).await }
    });
    // The world says which headers there are, a date included.
    http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service).await.map_err(io::Error::other)
}

async fn answer(
    scene: &Scene,
    mut request: hyper::Request<Incoming>,
    scheme: &str,
    server_name: &str,
) -> io::Result<hyper::Response<Full<Bytes>>> {
    scene.round_trip(TripKind::Request(request.method().to_string())).await;
    if let Some(wait) = scene.too_many() {
        let mut refusal = plain(StatusCode::TOO_MANY_REQUESTS, "slower, please");
        refusal.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        return Ok(refusal);
    }
    let asked = as_evidence(&request, scheme, server_name);
    if !drain(request.body_mut()).await {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the lab reads 16 MiB at most"));
    }
    // An error in place of an answer closes the connection.
    let Some(response) = scene.respond(&asked) else { return Err(io::ErrorKind::ConnectionAborted.into()) };
    Ok(reply(&response).unwrap_or_else(|| plain(StatusCode::INTERNAL_SERVER_ERROR, "this world's reply is not HTTP")))
}

fn as_evidence(request: &hyper::Request<Incoming>, scheme: &str, server_name: &str) -> evidence::Request {
    let host = match (request.uri().authority(), request.headers().get(HOST)) {
        (Some(authority), _) => authority.to_string(),
        (None, Some(host)) => latin1(host),
        (None, None) => server_name.to_owned(),
    };
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    evidence::Request {
        method: request.method().to_string(),
        url: format!("{scheme}://{host}{path}"),
        headers: request.headers().iter().map(|(name, value)| (name.to_string(), latin1(value))).collect(),
    }
}

fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().map(|&byte| char::from(byte)).collect()
}

/// Reads a body to its end, so that the connection stays usable; false when there is too much of it.
async fn drain(body: &mut Incoming) -> bool {
    let mut left = UPLOAD;
    while let Some(Ok(frame)) = body.frame().await {
        let size = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

fn reply(response: &evidence::Response) -> Option<hyper::Response<Full<Bytes>>> {
    let mut reply = hyper::Response::new(Full::new(Bytes::from(response.body.clone())));
    *reply.status_mut() = StatusCode::from_u16(response.status).ok().filter(|status| !status.is_informational())?;
    *reply.headers_mut() = lines(&response.headers)?;
    Some(reply)
}

/// The header lines, in order and with repetitions. How long the body is follows from the body.
fn lines(headers: &[(String, String)]) -> Option<HeaderMap> {
    let mut lines = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            continue;
        }
        let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        lines.append(name, HeaderValue::from_bytes(&bytes).ok()?);
    }
    Some(lines)
}

fn plain(status: StatusCode, text: &'static str) -> hyper::Response<Full<Bytes>> {
    let mut reply = hyper::Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *reply.status_mut() = status;
    reply
}
