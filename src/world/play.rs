//! Plays a world without sockets: the same inquiry as a live run, answered from the file.

use url::Url;

use super::{Reply, TcpMode, TlsMode, Turns, When, World};
use crate::aws::s3::endpoint::Endpoint;
use crate::evidence::{Connection, Dns, Evidence, Failure, FailureKind, Probe, Request, Response, Step, Tls};
use crate::inquiry::{Budget, Inquiry, Outcome};
use crate::web::glob::glob;

/// Plays a world with the usual budget.
pub fn simulate(world: &World, now: i64) -> Result<Outcome, String> {
    simulate_with(world, now, Budget { send_actual: world.ask.send_actual, ..Budget::default() })
}

/// Plays a world.
pub fn simulate_with(world: &World, now: i64, budget: Budget) -> Result<Outcome, String> {
    let evidence = Evidence { started_at: Some(format_time(now, "rfc3339")), ..Evidence::of(world.ask(now)?) };
    let mut inquiry = Inquiry::resume(evidence, budget, now);
    let mut turns = Turns::default();
    loop {
        let steps = inquiry.steps();
        if steps.is_empty() {
            return Ok(inquiry.conclude());
        }
        for step in steps {
            inquiry.learn(observe(world, &step, now, &mut turns));
        }
    }
}

/// What the wire shows for one step.
fn observe(world: &World, step: &Step, now: i64, turns: &mut Turns) -> Probe {
    let request = Request { method: step.method.clone(), url: step.url.to_string(), headers: step.headers.clone() };
    let mut probe = Probe { purpose: step.purpose, hop: step.hop, request, ..Probe::default() };
    let host = step.url.host_str().unwrap_or_default();
    let port = step.url.port_or_known_default().unwrap_or_default();
    let (dns, unresolved) = resolve(world, host);
    probe.dns = Some(dns);
    probe.failure = unresolved.map(|kind| Failure { kind, detail: host.to_owned() }).or_else(|| unconnected(world.tcp_mode(host, port)));
    if probe.failure.is_some() {
        return probe;
    }
    probe.connection = Some(Connection { address: format!("127.0.0.1:{port}"), reused: false, proxy: None });
    if step.url.scheme() == "https" {
        let mode = world.tls_mode(host);
        let speaks_tls = !matches!(mode, TlsMode::PlainHttp | TlsMode::Alert);
        probe.tls = speaks_tls.then(|| certificate(host, mode, now));
        probe.failure = untrusted(host, mode);
    }
    if probe.failure.is_none() {
        match respond(world, &probe.request, now, turns) {
            Some(response) => probe.response = Some(Response { http_version: Some("HTTP/1.1".into()), ..response }),
            None => probe.failure = unconnected(TcpMode::Close),
        }
    }
    probe
}

/// What goes wrong between the address and the answer.
fn unconnected(mode: TcpMode) -> Option<Failure> {
    let (kind, detail) = match mode {
        TcpMode::Ok => return None,
        TcpMode::Refused => (FailureKind::TcpRefused, "connection refused"),
        TcpMode::Timeout => (FailureKind::TcpTimeout, "no answer to the connect"),
        TcpMode::Reset => (FailureKind::TcpReset, "connection reset by peer"),
        TcpMode::Unreachable => (FailureKind::NetworkUnreachable, "no route to the host"),
        TcpMode::Hang => (FailureKind::HttpTimeout, "no answer"),
        TcpMode::Close => (FailureKind::ConnectionClosed, "closed before an answer"),
        TcpMode::Garbage => (FailureKind::HttpMalformed, "not HTTP"),
    };
    Some(Failure { kind, detail: detail.into() })
}

/// What goes wrong in the handshake.
fn untrusted(host: &str, mode: TlsMode) -> Option<Failure> {
    let (kind, detail) = match mode {
        TlsMode::Ok => return None,
        TlsMode::HostnameMismatch => {
            let names = certificate_names(host, mode).join(", ");
            (FailureKind::TlsHostnameMismatch, format!("the certificate is for {names}, not for {host}"))
        }
        TlsMode::Expired => (FailureKind::TlsExpired, "the certificate has expired".into()),
        TlsMode::NotYetValid => (FailureKind::TlsNotYetValid, "the certificate is not valid yet".into()),
        TlsMode::Untrusted => (FailureKind::TlsUntrustedCa, "unknown issuer".into()),
        TlsMode::PlainHttp | TlsMode::Alert => (FailureKind::TlsHandshake, "the handshake failed".into()),
    };
    Some(Failure { kind, detail })
}

/// What the handshake shows of the certificate that the lab makes for a host.
fn certificate(host: &str, mode: TlsMode, now: i64) -> Tls {
    const DAY: i64 = 86_400;
    let (from, to) = match mode {
        TlsMode::Expired => (-93, -3),
        TlsMode::NotYetValid => (3, 93),
        _ => (-30, 60),
    };
    let date = |days: i64| format_time(now + days * DAY, "rfc3339");
    let issuer = if mode == TlsMode::Untrusted { "CN=Somebody Else's Root" } else { "CN=whycors lab" };
    Tls {
        version: "TLSv1.3".into(),
        issuer: issuer.into(),
        names: certificate_names(host, mode),
        not_before: date(from),
        not_after: date(to),
        verified: true,
        problem: None,
    }
}

/// The names on the certificate that the lab makes for a host.
pub fn certificate_names(host: &str, mode: TlsMode) -> Vec<String> {
    // The certificate of S3 covers one label.
    let of_bucket = Endpoint::parse(host).filter(|(_, bucket)| bucket.is_some_and(|name| name.contains('.')));
    match mode {
        TlsMode::HostnameMismatch if of_bucket.is_some() => {
            of_bucket.map(|(endpoint, _)| vec![format!("*.{}", endpoint.host(None)), endpoint.host(None)]).unwrap_or_default()
        }
        TlsMode::HostnameMismatch if host.matches('.').count() > 3 => {
            vec![format!("*.{}", host.splitn(3, '.').nth(2).unwrap_or_default())]
        }
        TlsMode::HostnameMismatch => vec!["wrong.example.net".into()],
        _ => vec![host.to_owned()],
    }
}

fn resolve(world: &World, host: &str) -> (Dns, Option<FailureKind>) {
    if host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok() {
        return (Dns { addresses: vec![host.into()], rcode: "NOERROR".into(), resolver: Some("literal".into()), ..Dns::default() }, None);
    }
    let name = world.name(host);
    let addresses = name.addresses();
    let (rcode, failed) = match name.rcode.as_deref() {
        _ if name.timeout => ("TIMEOUT", Some(FailureKind::DnsTimeout)),
        Some("NXDOMAIN") => ("NXDOMAIN", Some(FailureKind::DnsNxdomain)),
        Some("SERVFAIL") => ("SERVFAIL", Some(FailureKind::DnsServfail)),
        Some("REFUSED") => ("REFUSED", Some(FailureKind::DnsRefused)),
        _ if addresses.is_empty() => ("NOERROR", Some(FailureKind::DnsNoAddress)),
        _ => ("NOERROR", None),
    };
    let addresses = if failed.is_some() { Vec::new() } else { addresses };
    (Dns { chain: name.cname, addresses, rcode: rcode.into(), resolver: None, overridden: true }, failed)
}

/// The reply of the first exchange that matches; nothing where it closes the connection.
pub(super) fn respond(world: &World, request: &Request, now: i64, turns: &mut Turns) -> Option<Response> {
    let Ok(url) = Url::parse(&request.url) else { return Some(Response { status: 400, ..Response::default() }) };
    match world.exchange.iter().enumerate().find(|(_, e)| matches(&e.when, request, &url)) {
        Some((index, exchange)) => {
            let reply = turns.next(index, exchange, request).filter(|reply| !reply.closes)?;
            Some(filled(reply, request, &url, now))
        }
        None => Some(super::s3::respond(&world.bucket, request, &url, now).unwrap_or_else(|| Response {
            status: 404,
            headers: vec![("content-type".into(), "text/plain".into())],
            body: "not found".into(),
            ..Response::default()
        })),
    }
}

/// A reply with what it takes from the request.
fn filled(reply: &Reply, request: &Request, url: &Url, now: i64) -> Response {
    let fill = |text: &str| {
        let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
        clock(text, now)
            .replace("{origin}", &header("origin"))
            .replace("{acrm}", &header("access-control-request-method"))
            .replace("{acrh}", &header("access-control-request-headers"))
            .replace("{host}", url.host_str().unwrap_or_default())
            .replace("{path}", url.path())
    };
    let headers = reply.headers.iter().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_owned(), fill(value.trim())))
    });
    let bodyless = request.method == "HEAD" || matches!(reply.status, 204 | 304);
    Response {
        status: reply.status,
        headers: headers.collect(),
        body: if bodyless { String::new() } else { fill(&reply.body) },
        ..Response::default()
    }
}

fn matches(when: &When, request: &Request, url: &Url) -> bool {
    let fits = |pattern: &Option<String>, text: &str| pattern.as_deref().is_none_or(|p| glob(p, text));
    let path_and_query = url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path()));
    fits(&when.method, &request.method)
        && fits(&when.host, url.host_str().unwrap_or_default())
        && (fits(&when.path, url.path()) || fits(&when.path, &path_and_query))
        && fits(&when.scheme, url.scheme())
        && when.headers.iter().all(|(name, pattern)| match request.header(name) {
            None => pattern.is_empty(),
            Some(value) => !pattern.is_empty() && glob(&pattern.to_ascii_lowercase(), &value.to_ascii_lowercase()),
        })
}

/// Fills in `{now-60:amz}`, `{now:day}` and `{now+300:epoch}`.
pub(super) fn clock(text: &str, now: i64) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{now") {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else { break };
        let inner = &rest[start + 4..start + end];
        let (offset, form) = inner.split_once(':').unwrap_or((inner, "epoch"));
        let at = now + offset.trim_start_matches('+').parse::<i64>().unwrap_or_default();
        out.push_str(&format_time(at, form));
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    out
}

pub(super) fn format_time(at: i64, form: &str) -> String {
    let Ok(t) = time::OffsetDateTime::from_unix_timestamp(at) else { return at.to_string() };
    let (y, m, d) = (t.year(), u8::from(t.month()), t.day());
    match form {
        "amz" => format!("{y:04}{m:02}{d:02}T{:02}{:02}{:02}Z", t.hour(), t.minute(), t.second()),
        "day" => format!("{y:04}{m:02}{d:02}"),
        "rfc3339" => format!("{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}Z", t.hour(), t.minute(), t.second()),
        _ => at.to_string(),
    }
}
