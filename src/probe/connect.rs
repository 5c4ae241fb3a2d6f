//! The hooks below the HTTP client: addresses come from our own resolution, and each connect is timed and bounded.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower_layer::Layer;
use tower_service::Service;

use super::marks::Marks;

/// Gives the HTTP client the addresses that were resolved for the exchange.
#[derive(Debug)]
pub(crate) struct Addresses;

impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = Marks::current().map(|marks| marks.addresses.clone());
        Box::pin(async move {
            let addresses = addresses.ok_or_else(|| io::Error::other(format!("{} was not resolved", name.as_str())))?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Wraps the HTTP client's connector.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timed;

impl<S> Layer<S> for Timed {
    type Service = TimedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TimedConnector { inner }
    }
}

/// See [`Timed`].
#[derive(Debug, Clone)]
pub(crate) struct TimedConnector<S> {
    inner: S,
}

/// The connection did not stand in time. Which phase it hung in is in the marks.
#[derive(Debug)]
pub(crate) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was not ready in time")
    }
}

impl std::error::Error for TooSlow {}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl<S, R> Service<R> for TimedConnector<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.inner.call(request);
        let Some(marks) = Marks::current() else { return Box::pin(connecting) };
        marks.note(|seen| seen.connecting = Some(tokio::time::Instant::now()));
        Box::pin(async move {
            // The scope goes along when the client moves an overtaken connect to a task of its own.
            let deadline = marks.deadline;
            let bounded = tokio::time::timeout_at(deadline, std::sync::Arc::clone(&marks).around(connecting));
            let connection = bounded.await.map_err(|_| Box::new(TooSlow) as BoxError)??;
            marks.note(|seen| seen.connected = Some(tokio::time::Instant::now()));
            Ok(connection)
        })
    }
}
