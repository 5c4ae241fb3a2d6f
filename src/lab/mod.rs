//! The lab: plays a world on loopback through real DNS, TCP, TLS and HTTP, so that the whole network path is tried.
//!
//! It proves plumbing, never what AWS does: a claim about AWS rests on the source named in the world file. It listens on
//! 127.0.0.1 alone and opens no connection to anywhere else.
#![allow(clippy::disallowed_methods, reason = "the lab keeps time")]

mod authority;
mod door;
mod http;
mod names;
mod tls;
mod visit;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

pub use visit::Visit;

use crate::evidence::{Request, Response};
use crate::world::{TcpMode, Turns, World};
use authority::Authority;

/// Where everything listens: a port that the system picks.
const LOOPBACK: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// A certificate authority made at start, and what all worlds have in common.
#[derive(Debug, Clone)]
pub struct Lab {
    authority: Arc<Authority>,
    latency: Duration,
    limit: Option<(u32, Duration)>,
}

/// One round trip that a world's servers saw the beginning of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// What it was.
    pub kind: TripKind,
    /// How long after the world came up.
    pub at: Duration,
}

/// What a round trip was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TripKind {
    /// A DNS query.
    Query,
    /// A connection.
    Connect,
    /// A TLS handshake.
    Handshake,
    /// A request, by its method.
    Request(String),
}

/// More round trips are not kept.
const MOST_TRIPS: usize = 4096;

/// A world that is up; dropping it takes it down.
#[derive(Debug)]
pub struct Playing {
    dns_server: SocketAddr,
    rules: Vec<Rule>,
    scene: Arc<Scene>,
    tasks: JoinSet<()>,
    held: Vec<door::Held>,
    #[expect(dead_code, reason = "held for its tasks")]
    names: names::NameServer,
}

/// What every server of one world shares.
#[derive(Debug)]
struct Scene {
    world: World,
    authority: Arc<Authority>,
    latency: Duration,
    /// Requests that are answered in so long; the rest gets 429.
    limit: Option<(u32, Duration)>,
    /// When the present stretch of the limit began, and how many requests it has had.
    stretch: Mutex<(Instant, u32)>,
    /// The world's time when it came up, and when that was.
    began: (i64, Instant),
    trips: Mutex<Vec<Trip>>,
    /// What the servers remember.
    turns: Mutex<Turns>,
}

impl Lab {
    /// Makes the authority.
    pub fn new() -> io::Result<Self> {
        Ok(Self { authority: Arc::new(Authority::new()?), latency: Duration::ZERO, limit: None })
    }

    /// Delays the answer to every round trip: a DNS query, a connect, a handshake, a request.
    #[must_use]
    pub fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Answers so many requests in so long (whole seconds), and the others with 429 and `Retry-After`.
    #[must_use]
    pub fn with_limit(mut self, requests: u32, each: Duration) -> Self {
        self.limit = Some((requests, each));
        self
    }

    /// The authority's certificate, to be trusted by whoever visits.
    pub fn certificate(&self) -> String {
        self.authority.pem()
    }

    /// Brings a world up; `now`, in seconds since 1970, fills in its times.
    pub async fn play(&self, world: World, now: i64) -> io::Result<Playing> {
        let scene = Arc::new(Scene {
            world,
            authority: Arc::clone(&self.authority),
            latency: self.latency,
            limit: self.limit,
            stretch: Mutex::new((Instant::now(), 0)),
            began: (now, Instant::now()),
            trips: Mutex::default(),
            turns: Mutex::default(),
        });
        let (dns_server, names) = names::serve(Arc::clone(&scene)).await?;
        let mut playing =
            Playing { dns_server, rules: Vec::new(), scene: Arc::clone(&scene), tasks: JoinSet::new(), held: Vec::new(), names };
        for (place, mode) in faulty_places(&scene.world) {
            playing.open(&place, mode).await?;
        }
        playing.open("", TcpMode::Ok).await?;
        Ok(playing)
    }
}

/// One `--connect-to HOST1:PORT1:HOST2:PORT2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    from: String,
    host: &'static str,
    port: u16,
}

impl Rule {
    /// From a place as world files name it: a host, a host and port, or nothing for all.
    fn new(place: &str, host: &'static str, port: u16) -> Self {
        let any_port = if has_port(place) { "" } else { ":" };
        Self { from: format!("{place}{any_port}"), host, port }
    }

    /// The same without a name to resolve, for clients that cannot ask the world's name server.
    #[must_use]
    pub fn direct(&self) -> Self {
        let host = if self.host.is_empty() { "127.0.0.1" } else { self.host };
        Self { host, ..self.clone() }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.from, self.host, self.port)
    }
}

/// The places of a world whose connections go wrong; those with a port come first, because the first rule that fits counts.
fn faulty_places(world: &World) -> Vec<(String, TcpMode)> {
    let mut places: Vec<_> = world.tcp.iter().map(|(place, mode)| (place.clone(), *mode)).collect();
    places.sort_by_key(|(place, _)| !has_port(place));
    places
}

fn has_port(place: &str) -> bool {
    place.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

impl Playing {
    /// The world's name server; it answers over UDP and TCP.
    pub fn dns_server(&self) -> SocketAddr {
        self.dns_server
    }

    /// Where to connect instead, as curl's `--connect-to`; the first that fits counts. Names are still resolved, so a prober
    /// has to stay on loopback by itself.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How many requests came, by method.
    pub fn requests(&self) -> BTreeMap<String, usize> {
        let mut requests = BTreeMap::new();
        for trip in self.trips() {
            if let TripKind::Request(method) = trip.kind {
                *requests.entry(method).or_default() += 1;
            }
        }
        requests
    }

    /// Every round trip so far, in order.
    pub fn trips(&self) -> Vec<Trip> {
        self.scene.trips.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn open(&mut self, place: &str, mode: TcpMode) -> io::Result<()> {
        let rule = match mode {
            // A connect to the broadcast address fails at once, whatever routes there are.
            TcpMode::Unreachable => Rule::new(place, "255.255.255.255", 9),
            TcpMode::Refused => Rule::new(place, "", self.hold(door::refusing()?)),
            TcpMode::Timeout => Rule::new(place, "", self.hold(door::silent().await?)),
            _ => Rule::new(place, "", door::open(Arc::clone(&self.scene), mode, &mut self.tasks).await?),
        };
        self.rules.push(rule);
        Ok(())
    }

    fn hold(&mut self, (port, held): (u16, door::Held)) -> u16 {
        self.held.push(held);
        port
    }
}

impl Scene {
    fn now(&self) -> i64 {
        let (began, since) = self.began;
        began.saturating_add(i64::try_from(since.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    /// Notes a round trip, and takes its time.
    async fn round_trip(&self, kind: TripKind) {
        self.note(kind);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
    }

    fn note(&self, kind: TripKind) {
        let mut trips = self.trips.lock().unwrap_or_else(PoisonError::into_inner);
        if trips.len() < MOST_TRIPS {
            trips.push(Trip { kind, at: self.began.1.elapsed() });
        }
    }

    /// The world's reply; nothing where the connection is closed instead.
    fn respond(&self, request: &Request) -> Option<Response> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        self.world.respond(request, self.now(), &mut turns)
    }

    /// How long to wait, when there were too many requests.
    fn too_many(&self) -> Option<Duration> {
        let (requests, each) = self.limit?;
        let mut stretch = self.stretch.lock().unwrap_or_else(PoisonError::into_inner);
        if stretch.0.elapsed() >= each {
            *stretch = (Instant::now(), 0);
        }
        stretch.1 = stretch.1.saturating_add(1);
        (stretch.1 > requests).then_some(each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_curl() {
        for (place, rule, direct) in [
            ("", ":::81", "::127.0.0.1:81"),
            ("a.test", "a.test:::81", "a.test::127.0.0.1:81"),
            ("a.test:443", "a.test:443::81", "a.test:443:127.0.0.1:81"),
            ("[::1]", "[::1]:::81", "[::1]::127.0.0.1:81"),
        ] {
            let made = Rule::new(place, "", 81);
            assert_eq!((made.to_string(), made.direct().to_string()), (rule.to_owned(), direct.to_owned()));
        }
    }
}
