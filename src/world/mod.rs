//! A world: a file that says how names, connections and servers behave for one ask, and what must be concluded.
//!
//! The same file is played on loopback by the lab, played here without sockets, and read by people as documentation.

mod expect;
mod file;
mod play;
mod s3;
mod turns;

pub use file::{Exchange, Expect, Name, Reply, TcpMode, TlsMode, When, World, WorldAsk};
pub use play::{certificate_names, simulate, simulate_with};
pub use s3::{Acceleration, Bucket, Object, Refusal, Rules};
pub use turns::Turns;

use include_dir::{Dir, include_dir};
use url::Url;

use crate::ask::Ask;
use crate::aws::s3::presign::Presigned;
use crate::evidence::{Request, Response};
use crate::web::Origin;

static CAUSES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/cause");
static STORIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/story");

/// What is wrong with a world file.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct WorldError {
    /// The file.
    pub name: String,
    /// What is wrong.
    pub problem: String,
}

impl World {
    /// Reads a world file.
    pub fn parse(name: &str, text: &str) -> Result<Self, WorldError> {
        let fail = |problem: String| WorldError { name: name.to_owned(), problem };
        let mut world: Self = toml::from_str(text).map_err(|e| fail(e.to_string()))?;
        name.clone_into(&mut world.name);
        world.ask(0).map_err(fail)?;
        let replies = || world.exchange.iter().map(|exchange| &exchange.replies);
        if replies().any(|list| list.is_empty() || list.iter().any(|reply| reply.status == 0 && !reply.closes)) {
            return Err(fail("every exchange needs a reply, and every reply a status (or `closes = true`)".into()));
        }
        Ok(world)
    }

    /// The ask at a time, in seconds since 1970.
    pub fn ask(&self, now: i64) -> Result<Ask, String> {
        let ask = &self.ask;
        let url = Url::parse(&play::clock(&ask.url, now)).map_err(|e| format!("url: {e}"))?;
        let origin = Origin::parse(&ask.origin).map_err(|e| e.to_string())?;
        let headers = ask.headers.iter().map(|h| match h.split_once(':') {
            Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
            None => (h.clone(), None),
        });
        Ok(Ask {
            form: Presigned::of_post(&url, &ask.form, true).map(Box::new),
            url,
            origin,
            method: ask.method.clone(),
            headers: headers.collect(),
            credentials: ask.credentials,
            redirect: ask.redirect,
            upload_listener: ask.upload_listener,
            expose: ask.expose.clone(),
            body_bytes: ask.body_bytes,
        })
    }

    /// What DNS says of a host: its own entry, or that of the name whose chain leads over it.
    pub fn name(&self, host: &str) -> Name {
        let host = host.to_ascii_lowercase();
        if let Some(name) = self.dns.get(&host) {
            return name.clone();
        }
        let over = self.dns.values().find_map(|name| {
            let at = name.cname.iter().position(|next| *next == host)?;
            Some(Name { cname: name.cname.get(at + 1..).unwrap_or_default().to_vec(), ..name.clone() })
        });
        let of_bucket = || Name { cname: s3::chain(&self.bucket, &host).unwrap_or_default(), ..Name::default() };
        over.unwrap_or_else(of_bucket)
    }

    /// Whether a name leads, or the URL itself points, to an address that is not loopback.
    pub fn names_foreign_addresses(&self) -> bool {
        let foreign = |text: &str| text.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| !ip.is_loopback());
        self.ask.host().is_some_and(|host| foreign(&host)) || self.dns.values().any(|name| name.addresses().iter().any(|a| foreign(a)))
    }

    /// How connections to a host and port go.
    pub fn tcp_mode(&self, host: &str, port: u16) -> TcpMode {
        self.tcp.get(&format!("{host}:{port}")).or_else(|| self.tcp.get(host)).copied().unwrap_or_default()
    }

    /// How the handshake with a host goes.
    pub fn tls_mode(&self, host: &str) -> TlsMode {
        let misfits = s3::certificate_misfits(&self.bucket, host);
        self.tls.get(host).copied().unwrap_or(if misfits { TlsMode::HostnameMismatch } else { TlsMode::Ok })
    }

    /// The reply of this world's servers to a request at a time, header names as written; nothing where the connection is closed
    /// instead. `turns` is what they remember.
    pub fn respond(&self, request: &Request, now: i64, turns: &mut Turns) -> Option<Response> {
        play::respond(self, request, now, turns)
    }

    /// Every embedded world, by name.
    pub fn all() -> Result<Vec<Self>, WorldError> {
        let mut files = Vec::new();
        collect(&CAUSES, "cause", &mut files);
        collect(&STORIES, "story", &mut files);
        files.sort();
        files.into_iter().map(|(name, text)| Self::parse(&name, text)).collect()
    }
}

fn collect<'a>(dir: &'a Dir<'a>, prefix: &str, files: &mut Vec<(String, &'a str)>) {
    for file in dir.files().filter(|f| f.path().extension().is_some_and(|e| e == "toml")) {
        let path = file.path().with_extension("").to_string_lossy().replace('\\', "/");
        let name = path.strip_suffix("/world").unwrap_or(&path);
        files.push((format!("{prefix}/{name}"), file.contents_utf8().unwrap_or_default()));
    }
    for dir in dir.dirs() {
        collect(dir, prefix, files);
    }
}
