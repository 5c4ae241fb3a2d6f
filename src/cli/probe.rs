//! `whycors probe`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;
use url::Url;

use super::ask::AskArgs;
use super::conduct::ConductArgs;
use super::format::OutputArgs;
use super::intake::{FromArgs, Job};
use super::net::NetArgs;
use super::output::{Trouble, complain};
use super::progress::Progress;
use super::suggest::rules_of;
use super::{Exit, Global, defaults, interrupt, replay};
use crate::allow_map::Survey;
use crate::ask::{Ask, Credentials};
use crate::evidence::{Probe, Step};
use crate::inquiry::Budget;
use crate::probe::{Conduct, Wiring, inquire, observe, sample};
use crate::report::samples::Samples;
use crate::report::{Batch, Entry, Report};
use crate::web::{Origin, header, method};

/// Asks under way at once, when the input holds several.
const AT_ONCE: usize = 4;

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    #[command(flatten)]
    from: FromArgs,
    #[command(flatten)]
    ask: AskArgs,
    #[command(flatten)]
    net: NetArgs,
    #[command(flatten)]
    conduct: ConductArgs,
    /// The bucket's CORS configuration, in any form that `whycors lint` reads: a fix is merged into it and traced through it
    #[arg(long, env = "WHYCORS_CORS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(mut args: ProbeArgs, global: Global) -> Result<Exit, Trouble> {
    args.output.check()?;
    args.ask.defaults = defaults::find(global)?;
    let mut options = args.net.options_with(args.ask.defaults.timeout)?;
    options.body = args.conduct.body()?;
    let body_bytes = options.body.as_ref().map(|body| body.len() as u64);
    let jobs = args.from.jobs(&args.ask, global)?;
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
    let cors_config = args.config.as_deref().map(|path| rules_of(path, None)).transpose()?;
    let started = Instant::now();
    let (reports, stopped) = runtime.block_on(async {
        let wiring = Wiring::new(options);
        let progress = Progress::new(global);
        let stop = interrupt::watch();
        let work = Work { wiring: &wiring, conduct: &args.conduct, budget, body_bytes, further, stop, progress: &progress, cors_config };
        let probed = stream::iter(jobs.into_iter().map(|job| work.done(job)));
        let reports: Vec<(Option<Report>, bool)> = probed.buffered(AT_ONCE).collect().await;
        progress.finish();
        let stopped = reports.iter().any(|(_, stopped)| *stopped);
        (reports.into_iter().filter_map(|(report, _)| report).collect::<Vec<_>>(), stopped)
    });
    if stopped {
        complain(interrupt::TOLD);
    }
    let exit = worst(&reports).unless_all(!stopped);
    let entries = reports.into_iter().map(|report| Entry { report, check: None }).collect();
    let batch = Batch::of_asks(entries, Some(started.elapsed().as_secs_f64() * 1000.0));
    args.output.emit(batch, global, budget.engine)?;
    Ok(exit)
}

/// What the jobs of one run share.
struct Work<'a> {
    wiring: &'a Wiring,
    conduct: &'a ConductArgs,
    budget: Budget,
    body_bytes: Option<u64>,
    /// Further origins of the map, when one is wanted.
    further: Option<Vec<Origin>>,
    stop: watch::Receiver<bool>,
    progress: &'a Progress,
    /// The bucket's configuration, where the user gave it.
    cors_config: Option<serde_json::Value>,
}

impl Work<'_> {
    /// Does one job; the flag says whether it was interrupted.
    async fn done(&self, job: Job) -> (Option<Report>, bool) {
        match job {
            Job::Probe { ask, failed } => {
                let (report, stopped) = self.probe(*ask, failed).await;
                if let Some(report) = report.as_ref().filter(|report| failed && !stopped && report.verdict.allowed == Some(true)) {
                    passes_now(report);
                }
                (report, stopped)
            }
            Job::Replay(evidence) => (Some(replay::report(*evidence, self.budget.engine)), false),
            Job::Tell(found) => (found.report(), false),
        }
    }

    async fn probe(&self, mut ask: Ask, failed: bool) -> (Option<Report>, bool) {
        ask.body_bytes = self.body_bytes.or(ask.body_bytes);
        let survey = self.further.as_ref().map(|further| Survey::new(&ask, further));
        let conduct = Conduct { stop: Some(self.stop.clone()), cors_config: self.cors_config.clone(), ..Conduct::default() };
        let budget = Budget { doubted: failed, ..self.budget };
        let mut run = inquire(ask, budget, self.wiring, conduct, |_| self.progress.step()).await;
        let mut samples = None;
        if let Some(first) = run.outcome.evidence.probes.first().filter(|_| !run.stopped)
            && let (Some(step), Some(sampling)) = (Step::again(first), self.conduct.sampling(first))
        {
            let answers = sample(self.wiring, &step, &sampling, interrupt::stopped(self.stop.clone())).await;
            let probes: Vec<Probe> = answers.iter().map(|(_, _, probe)| probe.clone()).collect();
            samples = Some(Samples::of(&run.outcome.evidence.ask, answers));
            run.outcome = replay::resume(run.outcome.evidence, self.budget.engine).sampled(probes).conclude();
        }
        let mut report = Report { samples, ..Report::of(run.outcome, Some(run.duration_ms)) };
        if let Some(survey) = survey.filter(|_| !run.stopped) {
            let answers = observe(self.wiring, &survey.steps(self.budget.engine), Some(self.stop.clone())).await;
            report.map = Some(survey.read(&answers));
        }
        (Some(report), run.stopped || *self.stop.borrow())
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
