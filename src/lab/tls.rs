//! The handshake: the certificate is chosen, right or wrong, by the name that the visitor asks for.

use std::io;
use std::sync::Arc;

use rustls::server::Acceptor;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::{Scene, TripKind};
use crate::world::TlsMode;

/// A fatal alert, `handshake_failure`. <https://www.rfc-editor.org/rfc/rfc8446#section-6>.
const ALERT: &[u8] = &[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];
/// What a web server says on a port that does not speak TLS.
const NOT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Shakes hands; nothing when the world wants it to fail before a certificate is shown.
pub(super) async fn accept(scene: &Scene, stream: TcpStream) -> io::Result<Option<(String, TlsStream<TcpStream>)>> {
    let mut start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    scene.round_trip(TripKind::Handshake).await;
    let host = match start.client_hello().server_name() {
        Some(name) => name.to_ascii_lowercase(),
        // Addresses are not named in the handshake.
        None => scene.world.ask.host().unwrap_or_default(),
    };
    let mode = scene.world.tls_mode(&host);
    match mode {
        TlsMode::PlainHttp => start.io.write_all(NOT_TLS).await?,
        TlsMode::Alert => start.io.write_all(ALERT).await?,
        _ => {
            let config = scene.authority.server(&host, mode)?;
            return Ok(Some((host, start.into_stream(Arc::clone(&config)).await?)));
        }
    }
    start.io.shutdown().await?;
    Ok(None)
}
