//! `whycors probe`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use futures_util::stream::{self, StreamExt as _};
use url::Url;

use super::intake::{FromArgs, Job};
use super::output::{Trouble, complain};
use super::progress::Progress;
use super::suggest::rules_of;
use super::work::{Work, WorkArgs};
use super::{Exit, Global, interrupt, replay};
use crate::ask::{Ask, Credentials};
use crate::inquiry::Budget;
use crate::probe::Wiring;
use crate::report::{Batch, Entry, Report};
use crate::web::{header, method};

/// Asks under way at once, when the input holds several.
const AT_ONCE: usize = 4;

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    #[command(flatten)]
    from: FromArgs,
    #[command(flatten)]
    work: WorkArgs,
    /// The bucket's CORS configuration, in any form that `whycors lint` reads: a fix is merged into it and traced through it
    #[arg(long, env = "WHYCORS_CORS_CONFIG", value_name = "FILE", help_heading = "The inquiry")]
    config: Option<PathBuf>,
}

pub(crate) fn run(args: ProbeArgs, global: Global) -> Result<Exit, Trouble> {
    let ProbeArgs { from, work: mut args, config } = args;
    let options = args.options(global)?;
    let jobs = from.jobs(&args.ask, global)?;
    if jobs.is_empty() {
        return Ok(Exit::Inconclusive);
    }
    if args.conduct.send_actual
        && options.body.is_none()
        && jobs.iter().any(|job| matches!(job, Job::Probe { ask, .. } if ask.form.is_some()))
    {
        return Err(Trouble::new("--send-actual cannot send the form: its signature was not kept; leave it out, the form is read offline"));
    }
    let runtime = runtime()?;
    let budget = args.conduct.budget();
    let further = args.conduct.map()?;
    let cors_config = config.as_deref().map(|path| rules_of(path, None)).transpose()?;
    let started = Instant::now();
    let (reports, stopped) = runtime.block_on(async {
        let wiring = Wiring::new(options);
        let progress = Progress::new(global);
        let stop = interrupt::watch();
        let work = Work { wiring: &wiring, conduct: &args.conduct, further, stop, progress: &progress, cors_config };
        let reports: Vec<Option<Report>> =
            stream::iter(jobs.into_iter().map(|job| done(&work, job, budget))).buffered(AT_ONCE).collect().await;
        progress.finish();
        (reports.into_iter().flatten().collect::<Vec<_>>(), work.is_stopped())
    });
    if stopped {
        complain(interrupt::TOLD);
    }
    let exit = worst(&reports).unless_all(!stopped);
    let entries = reports.into_iter().map(|report| Entry { report, check: None }).collect();
    let batch = Batch::of_asks(entries, Some(started.elapsed().as_secs_f64() * 1000.0)).complete(!stopped);
    args.output.emit(batch, global, budget.engine)?;
    Ok(exit)
}

/// Does one job.
async fn done(work: &Work<'_>, job: Job, budget: Budget) -> Option<Report> {
    match job {
        Job::Probe { ask, failed } => {
            let report = work.in_full(*ask, Budget { doubted: failed, ..budget }).await;
            if failed && !work.is_stopped() && report.verdict.allowed == Some(true) {
                passes_now(&report);
            }
            Some(report)
        }
        Job::Replay(evidence) => Some(replay::report(*evidence, budget.engine)),
        Job::Tell(found) => found.report(),
    }
}

/// What failed in the browser passes here: says what may be different.
fn passes_now(report: &Report) {
    let credentials = match report.ask.credentials {
        Credentials::Include => "",
        _ => "whether the page sends credentials is not recorded (--credentials asks with them); ",
    };
    complain(format_args!(
        "{}: it failed in the browser and passes now; {credentials}answers may differ from time to time (--repeat 5) or between addresses (--all-addresses)",
        report.request_line()
    ));
}

/// Blocked when any is, else inconclusive when any is.
fn worst(reports: &[Report]) -> Exit {
    let any = |allowed| reports.iter().any(|report| report.verdict.allowed == allowed);
    Exit::of(if any(Some(false)) {
        Some(false)
    } else if any(None) {
        None
    } else {
        Some(true)
    })
}

/// A runtime on this thread alone: one probe needs no pool.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Trouble> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::new(format!("the system gives no means to wait for the network: {error}")))
}

/// Reads a URL as the page would give it to `fetch`.
pub(crate) fn target_url(text: &str) -> Result<Url, Trouble> {
    let wrong = |problem: &str| Err(Trouble::new(format!("{text:?} {problem}")));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) if text.contains("://") => return wrong(&format!("is not a URL that a browser can read: {error}")),
        Err(_) => return wrong("is not a URL; write it whole, such as https://api.example.com/items"),
    };
    match url.scheme() {
        "http" | "https" => {}
        "ws" | "wss" => return wrong("is a WebSocket: CORS does not apply to it; the server checks the Origin header itself"),
        "file" => return wrong("is a local file: a page cannot fetch it at all; serve it over http, and probe that"),
        "ftp" => return wrong("is an FTP address: browsers have no FTP any more; probe an http or https URL"),
        "data" | "blob" => return wrong("holds its content itself: nothing is sent, so CORS does not apply"),
        // `localhost:3000/items` parses as a URL with the scheme `localhost`.
        _ if !text.contains("://") => return wrong(&format!("has no scheme; write https://{text} or http://{text}")),
        _ => return wrong("is neither http nor https; CORS is about those two"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password: fetch() throws on such a URL; take it out and use --header \"Authorization: …\"");
    }
    Ok(url)
}

/// What scripts may not do is said at once: a browser would not send it either.
pub(crate) fn refuse_forbidden(ask: &Ask) -> Result<(), Trouble> {
    if !method::is_valid(&ask.method) {
        return Err(Trouble::new(format!("--method {:?} is not a method: letters only, such as PUT", ask.method)));
    }
    if method::is_forbidden(&ask.method) {
        return Err(Trouble::new(format!("--method {}: fetch() throws a TypeError on it; no page can send it", ask.method)));
    }
    for (name, value) in &ask.headers {
        let given = value.as_deref().unwrap_or_default();
        if !header::is_valid(name, given) {
            return Err(Trouble::new(format!("--header {name:?}: its value has characters that no header can hold")));
        }
        if header::is_forbidden(name, given) {
            return Err(Trouble::new(format!(
                "--header {name}: scripts may not set it, the browser drops it and decides by itself; leave it out{}",
                instead(name)
            )));
        }
    }
    Ok(())
}

fn instead(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "origin" => " (the page's origin is --origin)",
        "cookie" => " (cookies go along with --credentials)",
        "access-control-request-method" => " (the method is --method)",
        "access-control-request-headers" => " (name each header with --header)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Origin;

    #[test]
    fn a_target_is_an_http_url() {
        assert_eq!(target_url("https://api.example.com").unwrap().as_str(), "https://api.example.com/");
        for (text, says) in [
            ("", "not a URL"),
            ("api.example.com/x", "write it whole"),
            ("localhost:3000/x", "write https://localhost:3000/x"),
            ("http://", "not a URL that a browser can read"),
            ("https://api.example.com:99999/", "port"),
            ("file:///etc/passwd", "local file"),
            ("ftp://example.com/", "FTP"),
            ("wss://example.com/", "WebSocket"),
            ("https://user:secret@example.com/", "user name"),
        ] {
            let error = target_url(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn what_scripts_may_not_do_is_refused() {
        let url = Url::parse("https://api.example.com/").unwrap();
        let ask = |method: &str, name: &str| {
            let mut ask = Ask::get(url.clone(), Origin::parse("https://app.example.com").unwrap());
            ask.method = method.into();
            ask.headers = vec![(name.into(), None)];
            refuse_forbidden(&ask).map_err(|e| e.to_string())
        };
        assert!(ask("PUT", "content-type").is_ok());
        assert!(ask("TRACE", "x-a").unwrap_err().contains("TypeError"));
        assert!(ask("P UT", "x-a").unwrap_err().contains("not a method"));
        assert!(ask("GET", "Host").unwrap_err().contains("drops it"));
        assert!(ask("GET", "Origin").unwrap_err().contains("--origin"));
    }
}
