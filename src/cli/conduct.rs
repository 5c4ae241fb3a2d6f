//! How far an inquiry goes: what may be sent, how many probes, whose wording. Shared by `probe` and `s3`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::ask::Browser;
use super::output::{Trouble, read_bounded};
use crate::evidence::Probe;
use crate::inquiry::Budget;
use crate::probe::Sampling;
use crate::web::Origin;

/// Largest body that is sent.
const MAX_BODY: u64 = 256 * 1024 * 1024;

/// How far an inquiry goes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The inquiry")]
pub(crate) struct ConductArgs {
    /// Also send an actual request that could change data (PUT, POST, DELETE, PATCH)
    #[arg(long)]
    pub(crate) send_actual: bool,
    /// Body of the actual request
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,
    /// Only what a browser would send: no diagnostic probes
    #[arg(long, env = "WHYCORS_NO_FOLLOW_UP")]
    pub(crate) no_follow_up: bool,
    /// Probes in all, the browser's own included [default: 24]
    #[arg(long, env = "WHYCORS_MAX_PROBES", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) max_probes: Option<u16>,
    /// Also show what the endpoint lets through: origins (these and a stranger's) × methods, headers
    #[arg(long, value_name = "ORIGIN,…", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub(crate) map: Option<Vec<String>>,
    /// Also send the first request to every address of the name
    #[arg(long)]
    pub(crate) all_addresses: bool,
    /// Also send the first request so many times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) repeat: Option<u32>,
    /// Whose console wording to show first
    #[arg(long, env = "WHYCORS_BROWSER", value_enum, default_value_t)]
    pub(crate) browser: Browser,
}

impl ConductArgs {
    /// What an inquiry may do.
    pub(crate) fn budget(&self) -> Budget {
        let usual = Budget::default();
        Budget {
            max_probes: self.max_probes.map_or(usual.max_probes, usize::from),
            waves: if self.no_follow_up { 0 } else { usual.waves },
            send_actual: self.send_actual,
            engine: self.browser.into(),
            doubted: false,
        }
    }

    /// The further origins of the map, when one is wanted.
    pub(crate) fn map(&self) -> Result<Option<Vec<Origin>>, Trouble> {
        let Some(texts) = &self.map else { return Ok(None) };
        let read = |text: &String| Origin::parse(text).map_err(|e| Trouble::new(format!("--map: {e}")));
        texts.iter().filter(|t| !t.is_empty()).map(read).collect::<Result<_, _>>().map(Some)
    }

    /// How to sample the first request, when that is wanted: at every address of the name, or at the one it went to. Through a proxy
    /// no address is known.
    pub(crate) fn sampling(&self, first: &Probe) -> Option<Sampling> {
        let used = first.connection.iter().filter_map(|c| c.address.parse::<SocketAddr>().ok()).map(|a| a.ip()).take(1);
        let addresses = match &first.dns {
            Some(dns) if self.all_addresses => dns.addresses.iter().filter_map(|a| a.parse().ok()).collect(),
            Some(_) => used.collect(),
            None => Vec::new(),
        };
        (self.all_addresses || self.repeat.is_some()).then(|| Sampling { addresses, rounds: self.repeat.unwrap_or(1) })
    }

    /// The body to send.
    pub(crate) fn body(&self) -> Result<Option<Vec<u8>>, Trouble> {
        self.body.as_deref().map(|file| read_bounded(file, MAX_BODY)).transpose()
    }
}
