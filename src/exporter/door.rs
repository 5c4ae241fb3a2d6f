//! Where scrapers arrive: a bounded number of connections, each with a bounded time to say what it wants.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// The bounds of a door.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Connections at once; the next one waits until another ends.
    pub(super) connections: usize,
    /// Time for a request's header, from when one is waited for: idle connections end by it too.
    pub(super) head: Duration,
    /// How long the end waits for those who are asking.
    pub(super) grace: Duration,
}

/// After the system refused a connection, for want of descriptors as a rule.
const PAUSE: Duration = Duration::from_millis(200);

/// Lets scrapers in until `stop` resolves, and a little longer those who were asking.
pub(super) async fn serve(listener: TcpListener, routes: Router, bounds: Bounds, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let guests = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head);
    let arrival = async || {
        let place = Arc::clone(&places).acquire_owned().await.ok();
        (place, listener.accept().await)
    };
    tokio::pin!(stop);
    loop {
        let (place, accepted) = tokio::select! {
            arrived = arrival() => arrived,
            () = &mut stop => break,
        };
        let Ok((stream, _)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let connection = guests.watch(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes.clone())));
        tokio::spawn(async move {
            // Whatever ends a connection concerns its client alone.
            let _ = connection.await;
            drop(place);
        });
    }
    let _ = timeout(bounds.grace, guests.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    #[test]
    fn whoever_never_finishes_a_request_makes_room_for_others() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let bounds = Bounds { connections: 2, head: Duration::from_millis(300), grace: Duration::from_secs(1) };
            let routes = Router::new().route("/", get(|| async { "here" }));
            tokio::spawn(serve(listener, routes, bounds, std::future::pending()));
            let mut hanging = Vec::new();
            for _ in 0..2 {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(b"GET / HT").await.unwrap();
                hanging.push(stream);
            }
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
            let mut answer = String::new();
            timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
            assert!(answer.ends_with("here"), "{answer}");
        });
    }
}
