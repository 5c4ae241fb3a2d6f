//! The HTTP clients of a process, each with its connections. Probes with the same key share them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::ClientConfig;

use super::connect::{Addresses, Timed};
use super::tls;
use super::wiring::Options;
use crate::evidence::{Failure, FailureKind};

/// Clients kept at once.
const MAX_CLIENTS: usize = 64;
/// Idle connections kept to one host.
const MAX_IDLE: usize = 64;
/// Header lines read of one answer; a browser has no such limit, only one of size.
const MAX_HEADERS: usize = 1500;
/// Size of an HTTP/2 header list; Chromium's limit.
const MAX_HEADER_LIST: u32 = 256 * 1024;

/// Which probes share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct ClientKey {
    pub(super) proxy: Option<String>,
    /// Set where the URL on the wire is not the step's own.
    pub(super) endpoint: Option<String>,
    /// Read as many header lines as [`MAX_HEADERS`]; else the HTTP client's usual 100.
    pub(super) long_head: bool,
    /// Of a step that wants a connection of its own; else 0.
    pub(super) turn: u32,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Clients {
    /// Made for the first client and shared by all, with the roots that it has read.
    tls: Arc<OnceLock<Result<ClientConfig, String>>>,
    slots: Arc<Mutex<HashMap<ClientKey, Slot>>>,
}

#[derive(Debug)]
struct Slot {
    client: reqwest::Client,
    opened: usize,
}

impl Clients {
    /// None yet, but with the same certificate check.
    pub(super) fn like(&self) -> Self {
        Self { tls: Arc::clone(&self.tls), slots: Arc::default() }
    }

    /// The client of a key.
    pub(super) fn get(&self, key: &ClientKey, options: &Options) -> Result<reqwest::Client, Failure> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key) {
            return Ok(slot.client.clone());
        }
        if slots.len() >= MAX_CLIENTS {
            slots.clear();
        }
        let client = self.build(key, options).map_err(|detail| Failure { kind: FailureKind::Local, detail })?;
        slots.insert(key.clone(), Slot { client: client.clone(), opened: 0 });
        Ok(client)
    }

    /// Counts a connection that was opened. A client that has opened the most is retired, and with it those that lie idle: a fleet of
    /// hosts must not use up the descriptors of the process.
    pub(super) fn note_opened(&self, key: &ClientKey, most: usize) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(key) {
            slot.opened += 1;
            if slot.opened >= most {
                slots.remove(key);
            }
        }
    }

    fn build(&self, key: &ClientKey, options: &Options) -> Result<reqwest::Client, String> {
        let tls = self.tls.get_or_init(|| tls::config(options.authorities.clone(), options.insecure).map_err(|e| e.to_string()));
        let mut tls = tls.clone()?;
        let mut builder = reqwest::Client::builder().no_proxy();
        if key.endpoint.is_some() {
            // HTTP/2 has no Host header that could differ from the URL.
            tls.alpn_protocols.retain(|protocol| protocol != b"h2");
            builder = builder.http1_only();
        }
        if key.long_head {
            builder = builder.http1_max_headers(MAX_HEADERS);
        }
        if let Some(proxy) = &key.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(|_| "the proxy's URL cannot be used".to_owned())?);
        }
        let builder = builder
            .tls_backend_preconfigured(tls)
            .dns_resolver(Addresses)
            .connector_layer(Timed)
            .connect_timeout(options.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_max_idle_per_host(MAX_IDLE)
            .http1_title_case_headers()
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .http2_max_header_list_size(MAX_HEADER_LIST);
        builder.build().map_err(|e| e.to_string())
    }
}
