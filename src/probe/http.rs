//! One exchange: name, connection, request, answer, each recorded with its time. Follows nothing, decides nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Version;
use reqwest::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::body::{self, latin1};
use super::clients::ClientKey;
use super::fault;
use super::marks::{Marks, Seen};
use super::public::is_public;
use super::route::{Route, bare};
use super::upload;
use super::wiring::Wiring;
use crate::evidence::{Connection, Dns, Failure, FailureKind, Probe, Request, Response, Step};

/// Time for a body once the header is there: a stream without end must not hold a probe.
const BODY_TIME: Duration = Duration::from_secs(3);

impl Wiring {
    /// Sends one step and records what came of it.
    pub async fn observe(&self, step: &Step) -> Probe {
        self.observe_until(step, None).await
    }

    /// Sends one step of an inquiry that has an end. A request that this end cuts off says nothing where it had less than half of
    /// its time: patience was short, which does not make the server slow.
    pub(super) async fn observe_before(&self, step: &Step, end: Option<Instant>) -> Option<Probe> {
        let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        let probe = self.observe_until(step, end).await;
        let cut_off = probe.response.is_none() && end.is_some_and(|end| Instant::now() >= end);
        (!cut_off || left >= self.options.timeout / 2).then_some(probe)
    }

    async fn observe_until(&self, step: &Step, end: Option<Instant>) -> Probe {
        let mut probe = self.once(step, false, end).await;
        let safe = matches!(step.method.as_str(), "OPTIONS" | "GET" | "HEAD");
        let lost = probe.failure.as_ref().is_some_and(|f| matches!(f.kind, FailureKind::ConnectionClosed | FailureKind::TcpReset));
        let reused = probe.connection.as_ref().is_some_and(|c| c.reused);
        // A server may close an idle connection at any time; that says nothing about the request.
        if lost && reused && safe {
            probe = self.once(step, false, end).await;
        }
        // Room for as many header lines as a browser reads costs each answer some 100 KB, so it is made when it is needed.
        if safe && probe.failure.as_ref().is_some_and(fault::is_large_head) {
            probe = self.once(step, true, end).await;
        }
        probe
    }

    async fn once(&self, step: &Step, long_head: bool, end: Option<Instant>) -> Probe {
        let begun = Instant::now();
        let deadline = begun + self.options.timeout;
        let deadline = end.map_or(deadline, |end| deadline.min(end));
        let mut probe = Probe { purpose: step.purpose, hop: step.hop, request: as_sent(step), ..Probe::default() };
        probe.timing_ms.started = Some(millis(begun - self.start));
        match self.exchange(step, long_head, &mut probe, deadline).await {
            Ok(response) => probe.response = Some(response),
            Err(failure) => probe.failure = Some(failure),
        }
        probe.timing_ms.total = Some(millis(begun.elapsed()));
        probe
    }

    async fn exchange(&self, step: &Step, long_head: bool, probe: &mut Probe, deadline: Instant) -> Result<Response, Failure> {
        let begun = Instant::now();
        let connected_by = deadline.min(begun + self.options.connect_timeout);
        let mut way = self.way(step, probe, connected_by - begun).await?;
        way.key.long_head = long_head;
        way.key.turn = step.turn;
        if let Some(passed) = (step.turn as usize).checked_rem(way.addresses.len()) {
            way.addresses.rotate_left(passed);
        }
        let marks = Marks::new(bare(step.url.host_str().unwrap_or_default()), way.addresses, connected_by);
        let client = self.clients.get(&way.key, &self.options)?;
        let request = self.request(step, way.url, way.host_header)?;
        let sent = Instant::now();
        let answer = timeout_at(deadline, Arc::clone(&marks).around(client.execute(request))).await;
        let arrived = Instant::now();
        let seen = marks.seen();
        if seen.connected.is_some() {
            self.clients.note_opened(&way.key, self.options.connections);
        }
        self.note_connection(step, probe, &marks, &seen);
        record_times(probe, &seen, sent);
        let mut answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(fault::failure(&error, &seen, way.key.proxy.is_some())),
            Err(_) => return Err(fault::too_slow(&seen)),
        };
        probe.timing_ms.first_byte = Some(millis(arrived - seen.connected.unwrap_or(sent)));
        if let (Some(connection), Some(remote)) = (&mut probe.connection, answer.remote_addr()) {
            connection.address = remote.to_string();
        }
        let mut response = head(&answer);
        if step.method != "HEAD" {
            let encoding = response.combined("content-encoding").unwrap_or_default();
            let until = deadline.min(arrived + BODY_TIME);
            let body = body::read(&mut answer, &encoding, self.options.body_limit, until).await;
            (response.body, response.body_truncated) = (body.text, body.truncated);
        }
        Ok(response)
    }

    /// Finds where to connect to: options, proxy, resolution.
    async fn way(&self, step: &Step, probe: &mut Probe, limit: Duration) -> Result<Way, Failure> {
        let begun = Instant::now();
        let (host, port) = (step.url.host_str().unwrap_or_default(), step.url.port_or_known_default().unwrap_or(80));
        let mut way = Way { key: ClientKey::default(), url: step.url.clone(), host_header: None, addresses: Vec::new() };
        let route = if let Some(proxy) = self.proxy(&step.url) {
            probe.connection = Some(Connection { proxy: Some(without_password(&proxy)), ..Connection::default() });
            way.key.proxy = Some(proxy.to_string());
            let port = proxy.port_or_known_default().unwrap_or(1080);
            Route { host: bare(proxy.host_str().unwrap_or_default()).to_owned(), port, fixed: None, option: None }
        } else {
            let route = Route::of(host, port, &self.options.connect_to, &self.options.resolve);
            way.turn(&self.diverted(&route), host, port);
            route
        };
        let (dns, addresses, failure) = self.find(&route, limit).await;
        let failure = match &way.key.proxy {
            Some(_) => self.forbidden_behind_proxy(host, port, limit).await.map_or(Ok(failure), Err)?,
            None => failure.or_else(|| self.forbidden(&route, &addresses)),
        };
        if way.key.proxy.is_none() {
            probe.timing_ms.dns = route.fixed.is_none().then(|| millis(begun.elapsed()));
            probe.dns = Some(dns);
            way.addresses = addresses;
            return failure.map_or(Ok(way), Err);
        }
        way.addresses = addresses;
        match failure {
            Some(failure) => Err(Failure { kind: FailureKind::Proxy, detail: format!("the proxy {}: {}", route.host, failure.detail) }),
            None => Ok(way),
        }
    }

    async fn find(&self, route: &Route, limit: Duration) -> (Dns, Vec<SocketAddr>, Option<Failure>) {
        let known = |fixed: Vec<SocketAddr>| {
            let addresses = fixed.iter().map(|a| a.ip().to_string()).collect();
            (Dns { addresses, rcode: "NOERROR".into(), ..Dns::default() }, fixed, None)
        };
        let (mut dns, mut addresses, failure) = if let Some(only) = self.options.only_address {
            let port = route.fixed.as_ref().and_then(|f| f.first()).map_or(route.port, SocketAddr::port);
            known(vec![SocketAddr::new(only, port)])
        } else if let Some(fixed) = &route.fixed {
            known(fixed.clone())
        } else {
            let resolved = self.names.resolve(&route.host, limit).await;
            let addresses = resolved.addresses.iter().map(|ip| SocketAddr::new(*ip, route.port)).collect();
            (resolved.dns, addresses, resolved.failure)
        };
        if let Some(option) = route.option {
            dns.overridden = true;
            dns.resolver = Some(option.into());
        }
        if let (Some(ip), None) = (self.options.divert, route.option) {
            addresses = addresses.first().map(|address| SocketAddr::new(ip, address.port())).into_iter().collect();
        }
        (dns, addresses, failure)
    }

    /// The route as it is connected: a literal address gives way to the one that everything is diverted to.
    fn diverted(&self, route: &Route) -> Route {
        let literal = route.option.is_none() && route.host.parse::<IpAddr>().is_ok();
        match self.options.divert {
            Some(ip) if literal => Route { host: ip.to_string(), ..route.clone() },
            _ => route.clone(),
        }
    }

    /// Where only public addresses are allowed, one that is not ends the exchange before anything is sent.
    fn forbidden(&self, route: &Route, addresses: &[SocketAddr]) -> Option<Failure> {
        let private = addresses.iter().find(|a| self.options.public_only && !is_public(a.ip()))?;
        let detail = format!("{} leads to {}, which is not a public address; probing those is not allowed here", route.host, private.ip());
        Some(Failure { kind: FailureKind::Local, detail })
    }

    /// A proxy resolves the name itself: where only public addresses are allowed, it has to be known that the target has one.
    async fn forbidden_behind_proxy(&self, host: &str, port: u16, limit: Duration) -> Option<Failure> {
        if !self.options.public_only {
            return None;
        }
        let route = Route { host: bare(host).to_owned(), port, fixed: None, option: None };
        let (_, addresses, failure) = self.find(&route, limit).await;
        let unknown = |failure: Failure| {
            let detail = format!("whether {host} is a public address cannot be known here: {}", failure.detail);
            Failure { kind: FailureKind::Local, detail }
        };
        self.forbidden(&route, &addresses).or(failure.map(unknown))
    }

    fn request(&self, step: &Step, url: Url, host: Option<String>) -> Result<reqwest::Request, Failure> {
        let own = |detail: String| Failure { kind: FailureKind::Local, detail };
        let method = reqwest::Method::from_bytes(step.method.as_bytes()).map_err(|_| own(format!("{:?} is not a method", step.method)))?;
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        for (name, value) in &step.headers {
            append(headers, name, value).ok_or_else(|| own(format!("the header {name:?} cannot be sent with this value")))?;
        }
        if let Some(host) = host.and_then(|h| HeaderValue::from_str(&h).ok()) {
            headers.insert(HOST, host);
        }
        if let Some(body) = self.options.body.as_ref().filter(|_| step.with_body) {
            request.headers_mut().insert(CONTENT_LENGTH, body.len().into());
            *request.body_mut() = Some(upload::paced(body.clone()));
        }
        Ok(request)
    }

    fn note_connection(&self, step: &Step, probe: &mut Probe, marks: &Marks, seen: &Seen) {
        let reached = seen.connecting.is_some();
        let mut connection = probe.connection.take().unwrap_or_default();
        connection.address = marks.addresses.first().map(ToString::to_string).unwrap_or_default();
        connection.reused = !reached;
        probe.connection = Some(connection);
        if step.url.scheme() == "https" {
            let endpoint = format!("{}:{}", marks.host, step.url.port_or_known_default().unwrap_or_default());
            probe.tls.clone_from(&seen.tls);
            match &seen.tls {
                Some(tls) => self.remember(&endpoint, tls),
                None if !reached => probe.tls = self.session(&endpoint),
                None => {}
            }
        }
    }
}

/// Where a request really goes.
#[derive(Debug)]
struct Way {
    key: ClientKey,
    url: Url,
    host_header: Option<String>,
    addresses: Vec<SocketAddr>,
}

impl Way {
    /// The HTTP client connects to the port in the URL, and to a literal host without asking. Where an option says otherwise, the URL
    /// on the wire is changed and the `Host` header keeps the original.
    fn turn(&mut self, route: &Route, host: &str, port: u16) {
        let to = route.fixed.as_ref().and_then(|f| f.first()).copied();
        let target_port = to.map_or(route.port, |a| a.port());
        let literal = bare(host).parse::<IpAddr>().is_ok();
        let moved = literal && route.host != bare(host);
        let explicit = self.url.port().is_some() && target_port != port;
        if !moved && !explicit {
            return;
        }
        self.host_header = Some(match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        if moved {
            let target = to.map_or_else(|| route.host.clone(), |a| a.ip().to_string());
            let bracketed = if target.contains(':') { format!("[{target}]") } else { target };
            let _ = self.url.set_host(Some(&bracketed));
        }
        let _ = self.url.set_port(Some(target_port));
        self.key.endpoint = Some(format!("{host}:{port}"));
    }
}

/// The request as it goes out, the client's own addition included.
fn as_sent(step: &Step) -> Request {
    let mut headers = step.headers.clone();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
        headers.push(("accept".into(), "*/*".into()));
    }
    Request { method: step.method.clone(), url: step.url.to_string(), headers }
}

fn append(headers: &mut HeaderMap, name: &str, value: &str) -> Option<()> {
    let latin1 = || value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
    let bytes = if value.is_ascii() { None } else { latin1() };
    let value = HeaderValue::from_bytes(bytes.as_deref().unwrap_or(value.as_bytes())).ok()?;
    headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    Some(())
}

fn head(answer: &reqwest::Response) -> Response {
    Response {
        status: answer.status().as_u16(),
        http_version: Some(if answer.version() == Version::HTTP_2 { "HTTP/2".into() } else { format!("{:?}", answer.version()) }),
        headers: answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes()))).collect(),
        ..Response::default()
    }
}

fn record_times(probe: &mut Probe, seen: &Seen, sent: Instant) {
    let begun = seen.connecting.unwrap_or(sent);
    let tcp_until = seen.handshaking.or(seen.connected);
    probe.timing_ms.connect = seen.connecting.and(tcp_until).map(|at| millis(at - begun));
    probe.timing_ms.tls = seen.handshaking.zip(seen.connected).map(|(from, to)| millis(to - from));
}

fn without_password(proxy: &Url) -> String {
    let mut shown = proxy.clone();
    let _ = shown.set_password(None);
    let _ = shown.set_username("");
    shown.to_string()
}

/// Milliseconds, to the microsecond.
pub(crate) fn millis(duration: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a probe lasts seconds, not centuries")]
    let micros = duration.as_micros() as f64;
    micros / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_are_latin_1() {
        let mut headers = HeaderMap::new();
        append(&mut headers, "x-name", "é").unwrap();
        assert_eq!(headers["x-name"].as_bytes(), [0xe9]);
        assert!(append(&mut headers, "x-name", "a\nb").is_none() && append(&mut headers, "no name", "a").is_none());
    }

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        assert_eq!(without_password(&Url::parse("http://user:secret@proxy.test:3128/").unwrap()), "http://proxy.test:3128/");
    }
}
