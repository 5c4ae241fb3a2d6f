//! Where connections arrive, and how they go wrong before a word of HTTP is understood.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{LOOPBACK, Scene, TripKind, http, tls};
use crate::world::TcpMode;

/// Connections of one door at a time.
const CONNECTIONS: usize = 256;
/// The longest that a connection lives.
const LIFE: Duration = Duration::from_mins(1);
/// How much of a request is read before it is ignored.
const HEAD: usize = 64 * 1024;

/// Sockets that have to stay open for a fault to last.
#[derive(Debug)]
pub(super) enum Held {
    /// Bound, so that nobody else takes the port, but not listening.
    Bound(#[expect(dead_code, reason = "held open")] TcpSocket),
    /// A listener whose queue is full.
    Full(#[expect(dead_code, reason = "held open")] TcpListener, #[expect(dead_code, reason = "held open")] Vec<TcpStream>),
}

/// A port at which nothing listens.
pub(super) fn refusing() -> io::Result<(u16, Held)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(LOOPBACK)?;
    Ok((socket.local_addr()?.port(), Held::Bound(socket)))
}

/// A port that never answers a connect: the queue of its listener is full and nobody empties it.
pub(super) async fn silent() -> io::Result<(u16, Held)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(LOOPBACK)?;
    let listener = socket.listen(1)?;
    let address = listener.local_addr()?;
    let mut queue = Vec::new();
    for _ in 0..CONNECTIONS {
        match timeout(Duration::from_millis(50), TcpStream::connect(address)).await {
            Ok(stream) => queue.push(stream?),
            Err(_) => break,
        }
    }
    Ok((address.port(), Held::Full(listener, queue)))
}

/// Listens, and lets everybody in.
pub(super) async fn open(scene: Arc<Scene>, mode: TcpMode, tasks: &mut JoinSet<()>) -> io::Result<u16> {
    let listener = TcpListener::bind(LOOPBACK).await?;
    let port = listener.local_addr()?.port();
    tasks.spawn(async move {
        let mut guests = JoinSet::new();
        loop {
            while guests.len() >= CONNECTIONS {
                guests.join_next().await;
            }
            tokio::select! {
                Some(_) = guests.join_next() => {}
                arrival = listener.accept() => {
                    // A failed accept concerns that visitor alone; the pause keeps a lack of file handles from spinning.
                    let Ok((stream, _)) = arrival else {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    let scene = Arc::clone(&scene);
                    guests.spawn(async move {
                        // What goes wrong here is the visitor's to notice.
                        let _ = timeout(LIFE, receive(&scene, mode, stream)).await;
                    });
                }
            }
        }
    });
    Ok(port)
}

async fn receive(scene: &Arc<Scene>, mode: TcpMode, stream: TcpStream) -> io::Result<()> {
    scene.round_trip(TripKind::Connect).await;
    stream.set_nodelay(true)?;
    // The first byte of a TLS record of the handshake; no HTTP method begins with it.
    let mut first = [0];
    let is_tls = stream.peek(&mut first).await? == 1 && first == [0x16];
    if mode == TcpMode::Reset {
        return stream.set_zero_linger();
    }
    if is_tls {
        let Some((host, stream)) = tls::accept(scene, stream).await? else { return Ok(()) };
        converse(scene, mode, stream, "https", &host).await
    } else {
        converse(scene, mode, stream, "http", "").await
    }
}

async fn converse<S>(scene: &Arc<Scene>, mode: TcpMode, mut stream: S, scheme: &'static str, host: &str) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if mode == TcpMode::Ok {
        return http::serve(Arc::clone(scene), stream, scheme, host.to_owned()).await;
    }
    read_head(&mut stream).await?;
    match mode {
        TcpMode::Hang => std::future::pending().await,
        TcpMode::Garbage => stream.write_all(b"220 mail.example.net ESMTP ready\r\n").await?,
        _ => {}
    }
    stream.shutdown().await
}

async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut head = Vec::new();
    while head.len() < HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(())
}
