//! `whycors lab`: keeps worlds up on loopback, and prints what to try against them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use colored::Colorize;
use tempfile::NamedTempFile;

use super::output::{Trouble, deliver};
use super::probe::refuse_forbidden;
use super::{Exit, Global, interrupt, runtime, worlds};
use crate::ask::{Ask, Redirect};
use crate::lab::{Lab, Playing};
use crate::remedy::client::shell_quoted;
use crate::remedy::command;
use crate::world::World;

/// Largest body that is made; the lab reads no more.
const MOST_BODY: u64 = 16 << 20;

#[derive(Debug, Args)]
pub(crate) struct LabArgs {
    /// Worlds, as `whycors demo` names them [default: the stories]
    names: Vec<String>,
    /// Delay every round trip: a DNS query, a connect, a handshake, a request
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=60_000))]
    latency: u64,
}

pub(crate) fn run(args: LabArgs, _global: Global) -> Result<Exit, Trouble> {
    let worlds = if args.names.is_empty() {
        worlds::all()?.into_iter().filter(|world| world.name.starts_with("story/")).collect()
    } else {
        args.names.iter().map(|name| worlds::find(name)).collect::<Result<Vec<_>, _>>()?
    };
    runtime::block_on(keep(worlds, Duration::from_millis(args.latency)))??;
    Ok(Exit::Ok)
}

async fn keep(worlds: Vec<World>, latency: Duration) -> Result<(), Trouble> {
    let trouble = |error: &dyn std::fmt::Display| Trouble::new(format!("the lab cannot be set up: {error}"));
    let lab = Lab::new().map_err(|error| trouble(&error))?.with_latency(latency);
    let mut authority = tempfile::Builder::new().prefix("whycors-lab-").suffix(".pem").tempfile().map_err(|error| trouble(&error))?;
    authority.write_all(lab.certificate().as_bytes()).map_err(|error| trouble(&error))?;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let mut up = Vec::new();
    let mut bodies = Vec::new();
    let mut text = String::new();
    for world in worlds {
        let playing = lab.play(world.clone(), now).await.map_err(|error| trouble(&error))?;
        let body = world.ask.body_bytes.filter(|_| world.ask.send_actual).map(body_of).transpose().map_err(|error| trouble(&error))?;
        text.push_str(&entry(&world, &playing, authority.path(), body.as_ref().map(NamedTempFile::path), now)?);
        bodies.extend(body);
        up.push(playing);
    }
    let _ = writeln!(text, "{}", "The worlds are up, on 127.0.0.1 alone; Ctrl-C takes them down.".bold());
    deliver(&text, None)?;
    interrupt::wait().await;
    Ok(())
}

/// A file of so many bytes, for the page to upload.
fn body_of(size: u64) -> std::io::Result<NamedTempFile> {
    let body = tempfile::Builder::new().prefix("whycors-lab-").suffix(".bin").tempfile()?;
    body.as_file().set_len(size.min(MOST_BODY))?;
    Ok(body)
}

/// A world, and the lines to try. None of them leaves the machine.
fn entry(world: &World, playing: &Playing, authority: &Path, body: Option<&Path>, now: i64) -> Result<String, Trouble> {
    let ask = world.ask(now).map_err(Trouble::new)?;
    let authority = shell_quoted(&authority.display().to_string());
    let url = shell_quoted(ask.url.as_str());
    let probe = match unsayable(&ask) {
        Some(why) => format!("whycors demo {} --verbose    # not with `probe`: {why}", world.name),
        None => probe_line(world, &ask, playing, &authority, body),
    };
    let names: Vec<String> = ask.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    let mut curl = format!("curl -i -X OPTIONS {url}");
    for rule in playing.rules() {
        let _ = write!(curl, " --connect-to {}", shell_quoted(&rule.direct().to_string()));
    }
    let _ = write!(curl, " --cacert {authority}");
    let _ = write!(curl, " -H {}", shell_quoted(&format!("Origin: {}", ask.origin)));
    let _ = write!(curl, " -H {}", shell_quoted(&format!("Access-Control-Request-Method: {}", ask.sent_method())));
    if !names.is_empty() {
        let _ = write!(curl, " -H {}", shell_quoted(&format!("Access-Control-Request-Headers: {}", names.join(","))));
    }
    let dig = format!("dig @{} -p {} {}", playing.dns_server().ip(), playing.dns_server().port(), ask.url.host_str().unwrap_or_default());
    Ok(format!("{}: {}\n  {probe}\n  {curl}\n  {dig}\n\n", world.name.bold(), world.title))
}

/// The command that asks what the page of this world asks.
fn probe_line(world: &World, ask: &Ask, playing: &Playing, authority: &str, body: Option<&Path>) -> String {
    let mut probe = command::probe(ask);
    if world.ask.send_actual {
        probe.push_str(" --send-actual");
    }
    if let Some(body) = body {
        let _ = write!(probe, " --body {}", shell_quoted(&body.display().to_string()));
    }
    let _ = write!(probe, " --dns-server {}", playing.dns_server());
    for rule in playing.rules() {
        let rule = if world.names_foreign_addresses() { rule.direct() } else { rule.clone() };
        let _ = write!(probe, " --connect-to {}", shell_quoted(&rule.to_string()));
    }
    let _ = write!(probe, " --cacert {authority}");
    if world.names_foreign_addresses() {
        let _ = write!(probe, "    # calls none of the world's own addresses; `whycors demo {}` shows them", world.name);
    }
    probe
}

/// Why `probe` has no options for this ask.
fn unsayable(ask: &Ask) -> Option<String> {
    if ask.form.is_some() {
        return Some("the fields of a form come in a pasted request or a file".into());
    }
    if ask.redirect != Redirect::Follow {
        return Some("the redirect mode comes in a pasted request or a record".into());
    }
    refuse_forbidden(ask).err().map(|trouble| trouble.to_string())
}
