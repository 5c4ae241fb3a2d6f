//! A visit to a world: the same inquiry as `whycors probe`, with the options that lead into the lab.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::{Lab, Playing, Trip};
use crate::inquiry::Budget;
use crate::probe::{Conduct, ConnectTo, Options, Run, Wiring, inquire};
use crate::world::{TcpMode, World};

/// Bounds of a probe where somebody keeps silent: the whole of it is spent.
const SILENT: (Duration, Duration) = (Duration::from_millis(1500), Duration::from_secs(1));

/// What came of a visit.
#[derive(Debug)]
pub struct Visit {
    /// What was found.
    pub run: Run,
    /// How many requests the world's servers got, by method.
    pub requests: BTreeMap<String, usize>,
    /// Every round trip that they saw, in order.
    pub trips: Vec<Trip>,
}

impl Lab {
    /// Plays a world and inquires its ask over the network. Nothing leaves the machine, whatever addresses the world names.
    pub async fn visit(&self, world: World, now: i64) -> io::Result<Visit> {
        let ask = world.ask(now).map_err(io::Error::other)?;
        let budget = Budget { send_actual: world.ask.send_actual, ..Budget::default() };
        let playing = self.play(world, now).await?;
        let wiring = Wiring::new(playing.options());
        let run = inquire(ask, budget, &wiring, Conduct::default(), |_| {}).await;
        Ok(Visit { run, requests: playing.requests(), trips: playing.trips() })
    }
}

impl Playing {
    /// How a prober reaches this world.
    pub fn options(&self) -> Options {
        let usual = Options::default();
        let (timeout, connect_timeout) = if keeps_silent(&self.scene.world) { SILENT } else { (usual.timeout, usual.connect_timeout) };
        Options {
            dns_server: Some(self.dns_server),
            connect_to: self.rules.iter().filter_map(|rule| ConnectTo::parse(&rule.to_string()).ok()).collect(),
            divert: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            authorities: vec![self.scene.authority.certificate()],
            body: self.scene.world.ask.body_bytes.map(upload),
            timeout,
            connect_timeout,
            ..usual
        }
    }
}

/// What the page uploads; its bytes do not matter.
fn upload(size: u64) -> Vec<u8> {
    vec![b'x'; usize::try_from(size.min(1024 * 1024)).unwrap_or_default()]
}

fn keeps_silent(world: &World) -> bool {
    world.dns.values().any(|name| name.timeout) || world.tcp.values().any(|mode| matches!(mode, TcpMode::Timeout | TcpMode::Hang))
}
