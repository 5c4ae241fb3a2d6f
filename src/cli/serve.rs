//! `whycors serve`: the Prometheus exporter.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::net::NetArgs;
use super::output::{Trouble, complain, read_bounded};
use super::probe::runtime;
use super::{Exit, Global, interrupt};
use crate::exporter::{self, Exporter};
use crate::suite::{self, Modules};

/// Largest configuration.
const MAX_FILE: u64 = 4 * 1024 * 1024;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Targets that may be probed, and modules (TOML)
    #[arg(long = "config", alias = "config.file", env = "WHYCORS_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Read the configuration, say what is wrong with it, and end
    #[arg(long = "config.check", alias = "config-check")]
    config_check: bool,
    /// Where to listen
    #[arg(long, env = "WHYCORS_LISTEN", default_value = "127.0.0.1:9876", value_name = "IP:PORT")]
    listen: SocketAddr,
    #[command(flatten)]
    net: NetArgs,
}

pub(crate) fn run(args: ServeArgs, global: Global) -> Result<Exit, Trouble> {
    let modules = read(&args.config).map_err(Trouble::new)?;
    if args.config_check {
        if global.quiet == 0 {
            complain(format_args!(
                "{}: {} modules, {} target patterns, no mistakes",
                args.config.display(),
                modules.by_name.len(),
                modules.allow.len()
            ));
        }
        return Ok(Exit::Ok);
    }
    let options = args.net.options()?;
    let config = args.config.clone();
    let exporter = Exporter::new(modules, Box::new(move || read(&config)), options);
    runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(args.listen).await;
        let listener = listener.map_err(|e| Trouble::new(format!("cannot listen on {}: {e}", args.listen)))?;
        let address = listener.local_addr().unwrap_or(args.listen);
        if !address.ip().is_loopback() {
            complain(format_args!("listening on {address}: whoever reaches it can have the allowed targets probed"));
        } else if global.quiet == 0 {
            complain(format_args!("listening on http://{address}"));
        }
        reload_on_hangup(&exporter);
        exporter::serve(exporter, listener, interrupt::wait()).await;
        Ok(())
    })?;
    Ok(Exit::Ok)
}

fn read(path: &Path) -> Result<Modules, String> {
    let bytes = read_bounded(path, MAX_FILE).map_err(|e| e.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{}: not UTF-8 text; a TOML file is expected", path.display()))?;
    suite::modules(&path.display().to_string(), &text, &|name| std::env::var(name).ok()).map_err(|mistakes| {
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        said.join("\n")
    })
}

#[cfg(unix)]
fn reload_on_hangup(exporter: &std::sync::Arc<Exporter>) {
    use tokio::signal::unix::{SignalKind, signal};
    let exporter = std::sync::Arc::clone(exporter);
    let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match exporter.reload() {
                Ok(()) => complain("configuration reloaded"),
                Err(error) => complain(format_args!("the old configuration stays: {error}")),
            }
        }
    });
}

#[cfg(not(unix))]
fn reload_on_hangup(_exporter: &std::sync::Arc<Exporter>) {}
