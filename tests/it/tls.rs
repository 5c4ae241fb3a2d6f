//! Certificates right and wrong, each recorded with its names and dates also when it is refused; HTTP/2 over one connection.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::ring::sign;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use whycors::evidence::{FailureKind as Kind, Probe};
use whycors::probe::{Options, Resolve, Wiring};

use crate::servers::{Server, patient, soon, step};

pub(crate) struct Leaf {
    pub names: Vec<String>,
    pub days: (i64, i64),
    /// Signs itself instead of being signed by the authority.
    pub own: bool,
    pub versions: &'static [&'static rustls::SupportedProtocolVersion],
    pub http2: bool,
}

pub(crate) fn leaf(name: &str) -> Leaf {
    Leaf { names: vec![name.into()], days: (-1, 30), own: false, versions: rustls::ALL_VERSIONS, http2: false }
}

fn day(offset: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + time::Duration::days(offset)
}

pub(crate) fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Test Authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub(crate) fn dress(leaf: &Leaf, authority: &CertifiedIssuer<'static, KeyPair>) -> (ServerConfig, CertificateDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(leaf.names.clone()).unwrap();
    (params.not_before, params.not_after) = (day(leaf.days.0), day(leaf.days.1));
    if leaf.own {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let certificate = if leaf.own { params.self_signed(&key) } else { params.signed_by(&key, authority) }.unwrap();
    let der = certificate.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(leaf.versions)
        .unwrap()
        .with_no_client_auth()
        // Shown without a look at it.
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(
            vec![der.clone()],
            sign::any_supported_type(&key).unwrap(),
        ))));
    config.alpn_protocols = if leaf.http2 { vec![b"h2".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    (config, der)
}

pub(crate) async fn serve(config: ServerConfig) -> Server {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    })
    .await
}

/// Asks for `https://api.example.com`, which leads to the server.
pub(crate) async fn visit(server: &Server, options: Options) -> Probe {
    let port = server.address.port();
    let resolve = vec![Resolve::parse(&format!("api.example.com:{port}:127.0.0.1")).unwrap()];
    Wiring::new(Options { resolve, ..options }).observe(&step(&format!("https://api.example.com:{port}/"))).await
}

pub(crate) fn trusting(certificate: CertificateDer<'static>) -> Options {
    Options { authorities: vec![certificate], ..patient() }
}

async fn see(leaf: Leaf) -> Probe {
    let authority = authority();
    let (config, _) = dress(&leaf, &authority);
    visit(&serve(config).await, trusting(authority.der().clone())).await
}

#[tokio::test]
async fn a_good_certificate_is_recorded() {
    static OLD: [&rustls::SupportedProtocolVersion; 1] = [&rustls::version::TLS12];
    let seen = see(leaf("api.example.com")).await;
    assert_eq!(seen.response.as_ref().map(|r| r.status), Some(204), "{:?}", seen.failure);
    let tls = seen.tls.unwrap();
    assert_eq!((tls.version.as_str(), tls.issuer.as_str(), tls.verified), ("TLSv1.3", "CN=Test Authority", true));
    assert_eq!(tls.names, ["api.example.com"]);
    assert!(tls.not_before < tls.not_after && tls.not_after.ends_with('Z'));
    assert!(seen.timing_ms.connect.is_some() && seen.timing_ms.tls.is_some_and(|ms| ms > 0.0));

    let old = see(Leaf { versions: &OLD, ..leaf("api.example.com") }).await;
    assert_eq!(old.tls.unwrap().version, "TLSv1.2");
}

#[tokio::test]
async fn a_bad_one_is_recorded_as_well() {
    for (leaf, kind, says) in [
        (leaf("www.example.com"), Kind::TlsHostnameMismatch, "for www.example.com, not for api.example.com"),
        (leaf("*.api.example.com"), Kind::TlsHostnameMismatch, "*.api.example.com"),
        (Leaf { days: (-30, -3), ..leaf("api.example.com") }, Kind::TlsExpired, "expired on"),
        (Leaf { days: (3, 30), ..leaf("api.example.com") }, Kind::TlsNotYetValid, "valid from"),
        // The name comes before the date, as in Chromium.
        (Leaf { days: (-30, -3), ..leaf("www.example.com") }, Kind::TlsHostnameMismatch, "and it expired"),
        (Leaf { own: true, ..leaf("api.example.com") }, Kind::TlsUntrustedCa, "self-signed"),
        (Leaf { own: true, ..leaf("www.example.com") }, Kind::TlsUntrustedCa, "not for api.example.com"),
    ] {
        let name = leaf.names[0].clone();
        let seen = see(leaf).await;
        let failure = seen.failure.unwrap();
        assert_eq!(failure.kind, kind, "{}", failure.detail);
        assert!(failure.detail.contains(says), "{}", failure.detail);
        let tls = seen.tls.unwrap();
        assert_eq!((tls.names, tls.version.as_str(), tls.verified), (vec![name], "TLSv1.3", false));
    }
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_not_trusted() {
    let (config, _) = dress(&leaf("api.example.com"), &authority());
    let seen = visit(&serve(config).await, trusting(authority().der().clone())).await;
    let failure = seen.failure.unwrap();
    assert_eq!(failure.kind, Kind::TlsUntrustedCa);
    assert!(failure.detail.contains("Test Authority"), "{}", failure.detail);
}

#[tokio::test]
async fn a_self_signed_certificate_can_be_trusted_by_itself() {
    let (config, der) = dress(&Leaf { own: true, ..leaf("api.example.com") }, &authority());
    let seen = visit(&serve(config).await, trusting(der)).await;
    assert_eq!(seen.response.map(|r| r.status), Some(204), "{:?}", seen.failure);
    let (config, der) = dress(&Leaf { own: true, days: (-9, -3), ..leaf("api.example.com") }, &authority());
    assert_eq!(visit(&serve(config).await, trusting(der)).await.failure.unwrap().kind, Kind::TlsExpired);
}

#[tokio::test]
async fn insecure_goes_on_and_says_what_would_have_failed() {
    let authority = authority();
    let (config, _) = dress(&leaf("www.example.com"), &authority);
    let options = Options { insecure: true, ..trusting(authority.der().clone()) };
    let seen = visit(&serve(config).await, options).await;
    assert_eq!(seen.response.map(|r| r.status), Some(204));
    let tls = seen.tls.unwrap();
    assert!(!tls.verified);
    assert_eq!(tls.problem.unwrap().kind, Kind::TlsHostnameMismatch);
}

#[tokio::test]
async fn names_are_bounded() {
    let names: Vec<String> = (0..1000).map(|n| format!("n{n}.example.com")).collect();
    let seen = see(Leaf { names, ..leaf("") }).await;
    assert_eq!(seen.failure.unwrap().kind, Kind::TlsHostnameMismatch);
    assert_eq!(seen.tls.unwrap().names.len(), 100);
    // Ten thousand short ones just fit into a handshake, and the right one may be the last.
    let short = |n: u32| [n / 1296, n / 36 % 36, n % 36].map(|digit| char::from_digit(digit, 36).unwrap()).iter().collect::<String>();
    let mut names: Vec<String> = (0..10_000).map(short).collect();
    names.push("api.example.com".into());
    let seen = soon(see(Leaf { names, ..leaf("") })).await;
    assert!(seen.response.is_some(), "{:?}", seen.failure);
    assert_eq!(seen.tls.unwrap().names.len(), 100);
    // More than any client reads.
    let names: Vec<String> = (0..10_000).map(|n| format!("n{n}.example.com")).collect();
    assert_eq!(see(Leaf { names, ..leaf("") }).await.failure.unwrap().kind, Kind::TlsHandshake);
}

#[tokio::test]
async fn probes_share_one_http2_connection() {
    let authority = authority();
    let (config, _) = dress(&Leaf { http2: true, ..leaf("api.example.com") }, &authority);
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let answer = service_fn(|_| async {
                let mut response = hyper::Response::new(Empty::<Bytes>::new());
                *response.status_mut() = hyper::StatusCode::NO_CONTENT;
                Ok::<_, std::convert::Infallible>(response)
            });
            let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await;
        }
    })
    .await;
    let port = server.address.port();
    let resolve = vec![Resolve::parse(&format!("api.example.com:{port}:127.0.0.1")).unwrap()];
    let wiring = Wiring::new(Options { resolve, ..trusting(authority.der().clone()) });
    let preflight = step(&format!("https://api.example.com:{port}/"));
    let first = wiring.observe(&preflight).await;
    assert_eq!(first.response.unwrap().http_version.as_deref(), Some("HTTP/2"), "{:?}", first.failure);
    let (second, third) = tokio::join!(wiring.observe(&preflight), wiring.observe(&preflight));
    for later in [second, third] {
        assert!(later.connection.unwrap().reused, "a new connection");
        assert_eq!(later.tls.unwrap().names, ["api.example.com"]);
        assert!(later.timing_ms.connect.is_none() && later.timing_ms.tls.is_none());
    }
}

#[tokio::test]
async fn an_http2_connection_that_breaks() {
    let authority = authority();
    let (config, _) = dress(&Leaf { http2: true, ..leaf("api.example.com") }, &authority);
    let acceptor = TlsAcceptor::from(Arc::new(config));
    // Settings, then: a reset of the stream, a farewell, and noise.
    let settings: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    let scripts: [(&[u8], Kind); 3] = [
        (&[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 2], Kind::ConnectionClosed),
        (&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], Kind::ConnectionClosed),
        (&[0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 255, 255], Kind::HttpMalformed),
    ];
    for (bytes, kind) in scripts {
        let acceptor = acceptor.clone();
        let server = Server::start(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.write_all(settings).await;
                let mut seen = 0;
                // The preface, the settings and the request.
                while seen < 120 {
                    match stream.read(&mut [0; 4096]).await {
                        Ok(n) if n > 0 => seen += n,
                        _ => return,
                    }
                }
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
                while stream.read(&mut [0; 4096]).await.is_ok_and(|n| n > 0) {}
            }
        })
        .await;
        let seen = visit(&server, trusting(authority.der().clone())).await;
        let failure = seen.failure.unwrap();
        assert_eq!(failure.kind, kind, "{bytes:?}: {}", failure.detail);
    }
}
