//! Servers that misbehave, on loopback: each answers every connection with one script.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::task::JoinHandle;
use url::Url;
use whycors::evidence::{FailureKind, Probe, Purpose, Step};
use whycors::probe::{Options, Wiring};

/// A server; gone when dropped.
pub(crate) struct Server {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Handles every connection with `script`.
    pub(crate) async fn start<F, S>(script: S) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
        S: Fn(TcpStream) -> F + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(script(stream));
            }
        });
        Self { address, task }
    }

    /// Reads the request, writes these bytes, closes.
    pub(crate) async fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Arc::new(bytes.into());
        Self::start(move |mut stream| {
            let bytes = Arc::clone(&bytes);
            async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                // Unread input would turn the close into a reset.
                let _ = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut [0; 1024])).await;
            }
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// Reads up to the end of a request's header, or the first of a TLS handshake.
pub(crate) async fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while !seen.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => seen.extend_from_slice(&buffer[..n]),
            _ => break,
        }
        if seen[0] == 0x16 {
            break;
        }
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// Closes a connection with a reset.
pub(crate) fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

/// Options with short bounds, so that a test of a time-out is short. Only for those: a busy machine is late for anything else.
pub(crate) fn hurried() -> Options {
    Options { timeout: Duration::from_millis(700), connect_timeout: Duration::from_millis(400), ..Options::default() }
}

/// An address that refuses connections for as long as its socket is held: nobody else can be given the port.
pub(crate) fn closed() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// Options whose bounds are longer than [`soon`]: what ends under them was ended by something else.
pub(crate) fn patient() -> Options {
    Options { timeout: SOON * 2, connect_timeout: SOON * 2, ..Options::default() }
}

/// More than any of this takes, on the busiest machine.
const SOON: Duration = Duration::from_mins(1);

/// What the work comes to, which must not hang.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, work).await.unwrap_or_else(|_| panic!("not done in {SOON:?}"))
}

/// A plain preflight.
pub(crate) fn step(url: &str) -> Step {
    Step {
        purpose: Purpose::Preflight,
        hop: 0,
        method: "OPTIONS".into(),
        url: Url::parse(url).unwrap(),
        headers: vec![("Origin".into(), "https://app.example.com".into())],
        with_body: false,
        turn: 0,
    }
}

/// Sends a preflight over fresh wiring.
pub(crate) async fn probe(url: &str, options: Options) -> Probe {
    Wiring::new(options).observe(&step(url)).await
}

/// The fault of a probe that must have failed.
pub(crate) fn kind(probe: &Probe) -> FailureKind {
    match &probe.failure {
        Some(failure) => failure.kind,
        None => panic!("no failure: {probe:?}"),
    }
}

/// A name server that answers each question with what `answer` makes of the query and its type.
pub(crate) struct Names {
    pub address: SocketAddr,
    pub asked: Arc<std::sync::Mutex<Vec<(String, u16)>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Names {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// What a name server does with a question.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A response code and records: type and data, owned by the asked name unless given.
    Records(u16, Vec<Record>),
    /// Nothing.
    Silence,
    /// The truncation bit over UDP; the records over TCP.
    OverTcp(Vec<Record>),
    /// Bytes that are no DNS message.
    Garbage,
    /// The right answer under another id.
    WrongId,
    /// These messages, whatever they are, in the given order.
    Datagrams(fn(&[u8]) -> Vec<Vec<u8>>),
    /// The truncation bit over UDP; a long answer over TCP, a byte after each pause.
    Drip(Duration),
    /// The records after a pause, over UDP.
    Late(Duration, Vec<Record>),
}

/// A record: its owner (the asked name unless given), type and data.
pub(crate) type Record = (Option<&'static str>, u16, Vec<u8>);

impl Names {
    pub(crate) async fn start(answer: impl Fn(&str, u16) -> Answer + Send + Sync + 'static) -> Self {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().unwrap();
        let asked: Arc<std::sync::Mutex<Vec<(String, u16)>>> = Arc::default();
        let answer = Arc::new(answer);
        let (log, decide) = (Arc::clone(&asked), Arc::clone(&answer));
        let over_udp = tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((n, peer)) = udp.recv_from(&mut buffer).await {
                let query = &buffer[..n];
                let (name, kind) = question(query);
                log.lock().unwrap().push((name.clone(), kind));
                let reply = match decide(&name, kind) {
                    Answer::Silence => continue,
                    Answer::Garbage => b"\x00\x01garbage".to_vec(),
                    Answer::Records(code, records) => message(query, 0x8180 | code, &records),
                    Answer::OverTcp(_) | Answer::Drip(_) => message(query, 0x8380, &[]),
                    Answer::Datagrams(make) => {
                        for datagram in make(query) {
                            let _ = udp.send_to(&datagram, peer).await;
                        }
                        continue;
                    }
                    Answer::Late(pause, records) => {
                        tokio::time::sleep(pause).await;
                        message(query, 0x8180, &records)
                    }
                    Answer::WrongId => {
                        let mut reply = message(query, 0x8180, &[(None, 1, vec![127, 0, 0, 1])]);
                        reply[0] ^= 0xff;
                        reply
                    }
                };
                let _ = udp.send_to(&reply, peer).await;
            }
        });
        let over_tcp = tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    while let Ok(length) = stream.read_u16().await {
                        let mut query = vec![0; usize::from(length)];
                        if stream.read_exact(&mut query).await.is_err() {
                            break;
                        }
                        let (name, kind) = question(&query);
                        let records = match answer(&name, kind) {
                            Answer::OverTcp(records) | Answer::Records(_, records) => records,
                            Answer::Drip(pause) => {
                                let reply = message(&query, 0x8180, &vec![(None, 1, vec![127, 0, 0, 1]); 200]);
                                let _ = stream.write_u16(u16::try_from(reply.len()).unwrap()).await;
                                for byte in reply {
                                    tokio::time::sleep(pause).await;
                                    let _ = stream.write_all(&[byte]).await;
                                }
                                break;
                            }
                            _ => break,
                        };
                        let reply = message(&query, 0x8180, &records);
                        let _ = stream.write_u16(u16::try_from(reply.len()).unwrap()).await;
                        let _ = stream.write_all(&reply).await;
                    }
                });
            }
        });
        Self { address, asked, tasks: vec![over_udp, over_tcp] }
    }

    /// How often a name was asked for A and AAAA.
    pub(crate) fn times(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|(n, kind)| n == name && matches!(kind, 1 | 28)).count()
    }
}

fn question(query: &[u8]) -> (String, u16) {
    let (mut at, mut labels) = (12, Vec::new());
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), u16::from_be_bytes([query[at + 1], query[at + 2]]))
}

pub(crate) fn message(query: &[u8], flags: u16, records: &[Record]) -> Vec<u8> {
    let end = 12 + query[12..].iter().position(|b| *b == 0).unwrap() + 5;
    let mut out = query[..2].to_vec();
    out.extend(flags.to_be_bytes());
    out.extend([0, 1]);
    out.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    out.extend([0, 0, 0, 0]);
    out.extend(&query[12..end]);
    for (owner, kind, data) in records {
        match owner {
            Some(owner) => out.extend(wire_name(owner)),
            None => out.extend([0xc0, 12]),
        }
        out.extend(kind.to_be_bytes());
        out.extend([0, 1, 0, 0, 0, 30]);
        out.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        out.extend(data);
    }
    out
}

/// A name as DNS writes it.
pub(crate) fn wire_name(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.').filter(|l| !l.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap());
        out.extend(label.as_bytes());
    }
    out.push(0);
    out
}
