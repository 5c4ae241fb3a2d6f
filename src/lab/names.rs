//! The name server of one world: answers as its file says, and with loopback for every other name.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Header, HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{CNAME, SOA};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

use super::{LOOPBACK, Scene, TripKind};

/// How long answers may be kept. Worlds come and go.
const TTL: u32 = 1;

/// A running server; dropping it stops it.
pub(super) struct NameServer(#[expect(dead_code, reason = "held for its tasks")] Server<Handler>);

impl std::fmt::Debug for NameServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NameServer")
    }
}

/// Starts the name server of a scene.
pub(super) async fn serve(scene: Arc<Scene>) -> io::Result<(SocketAddr, NameServer)> {
    let (udp, tcp) = sockets().await?;
    let address = udp.local_addr()?;
    let mut server = Server::new(Handler(scene));
    server.register_socket(udp);
    server.register_listener(tcp, Duration::from_secs(10), 16);
    Ok((address, NameServer(server)))
}

/// The same free port for UDP and TCP; somebody else may take one of the two in between.
async fn sockets() -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..16 {
        let udp = UdpSocket::bind(LOOPBACK).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

struct Handler(Arc<Scene>);

/// What to say to one query.
struct Answer {
    code: ResponseCode,
    records: Vec<Record>,
    authority: Option<Record>,
}

#[async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(&self, request: &Request, mut reply: R) -> ResponseInfo {
        self.0.round_trip(TripKind::Query).await;
        let mut metadata = Metadata::response_from_request(&request.metadata);
        let unsent = |metadata| ResponseInfo::from(Header { metadata, counts: HeaderCounts::default() });
        let answer = match request.request_info() {
            Ok(info) => self.answer(&Name::from(info.query.name()), info.query.query_type()),
            Err(_) => Some(Answer { code: ResponseCode::FormErr, records: Vec::new(), authority: None }),
        };
        // Silence is an answer as well.
        let Some(answer) = answer else { return unsent(metadata) };
        metadata.response_code = answer.code;
        metadata.recursion_available = true;
        let builder = MessageResponseBuilder::from_message_request(request);
        let message = builder.build(metadata, &answer.records, &[] as &[Record], answer.authority.iter(), &[] as &[Record]);
        match reply.send_response(message).await {
            Ok(info) => info,
            Err(_) => unsent(metadata),
        }
    }
}

impl Handler {
    fn answer(&self, asked: &Name, kind: RecordType) -> Option<Answer> {
        let name = self.0.world.name(asked.to_ascii().trim_end_matches('.'));
        if name.timeout {
            return None;
        }
        let code = match name.rcode.as_deref() {
            Some("NXDOMAIN") => ResponseCode::NXDomain,
            Some("SERVFAIL") => ResponseCode::ServFail,
            Some("REFUSED") => ResponseCode::Refused,
            _ => ResponseCode::NoError,
        };
        let (mut records, owner) = chain(asked, &name.cname);
        if code == ResponseCode::NoError {
            records.extend(name.addresses().iter().filter_map(|a| address(&owner, a, kind)));
        }
        let empty = matches!(code, ResponseCode::NoError | ResponseCode::NXDomain) && records.len() == name.cname.len();
        Some(Answer { code, records, authority: empty.then(|| start_of_authority(&owner)) })
    }
}

/// The records that lead from a name to the last name of its chain.
fn chain(asked: &Name, chain: &[String]) -> (Vec<Record>, Name) {
    let mut owner = asked.clone();
    let mut records = Vec::new();
    for next in chain.iter().filter_map(|next| Name::from_ascii(format!("{next}.")).ok()) {
        records.push(Record::from_rdata(owner, TTL, RData::CNAME(CNAME(next.clone()))));
        owner = next;
    }
    (records, owner)
}

fn address(owner: &Name, text: &str, kind: RecordType) -> Option<Record> {
    let data = match (text.parse().ok()?, kind) {
        (IpAddr::V4(ip), RecordType::A) => RData::A(ip.into()),
        (IpAddr::V6(ip), RecordType::AAAA) => RData::AAAA(ip.into()),
        _ => return None,
    };
    Some(Record::from_rdata(owner.clone(), TTL, data))
}

/// What a server sends along with "no such name" and "no such record", of the zone above the name.
fn start_of_authority(name: &Name) -> Record {
    let zone = name.base_name();
    let soa = SOA::new(zone.clone(), zone.clone(), 1, 3600, 600, 86_400, TTL);
    Record::from_rdata(zone, TTL, RData::SOA(soa))
}
