//! What happens below one request: when it connected, when TLS began, which certificate came. The HTTP client hides this, so
//! its hooks (resolver, connector, certificate check) note it here. Notes only; decides nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::evidence::{Failure, Tls};

tokio::task_local! {
    /// The exchange that the current task works for.
    static CURRENT: Arc<Marks>;
}

/// One exchange, seen from below.
#[derive(Debug)]
pub(crate) struct Marks {
    /// The host whose certificate counts (a proxy's own is another).
    pub(crate) host: String,
    /// Where to connect.
    pub(crate) addresses: Vec<SocketAddr>,
    /// By when a connection must stand.
    pub(crate) deadline: Instant,
    seen: Mutex<Seen>,
}

/// The notes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The connect began.
    pub(crate) connecting: Option<Instant>,
    /// TCP stands and TLS began.
    pub(crate) handshaking: Option<Instant>,
    /// The connection is ready for a request.
    pub(crate) connected: Option<Instant>,
    /// The certificate and the session.
    pub(crate) tls: Option<Tls>,
    /// What is wrong with the certificate.
    pub(crate) distrust: Option<Failure>,
    /// The server chose TLS 1.3.
    pub(crate) tls13: bool,
}

impl Marks {
    pub(crate) fn new(host: &str, addresses: Vec<SocketAddr>, deadline: Instant) -> Arc<Self> {
        Arc::new(Self { host: host.to_owned(), addresses, deadline, seen: Mutex::default() })
    }

    /// The marks of the exchange that the current task works for.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// Runs a future for this exchange.
    pub(crate) fn around<F: Future>(self: Arc<Self>, future: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, future)
    }

    /// Notes something.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// All notes so far.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
