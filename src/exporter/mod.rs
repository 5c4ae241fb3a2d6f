//! The Prometheus exporter, after the manners of `blackbox_exporter`: the scraper names target and module. It probes only what its
//! configuration allows, a bounded number at once, and keeps the last failures for people.

mod door;
mod history;
mod own;
mod page;

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use url::Url;

use self::door::Bounds;
use self::history::History;
use self::own::Own;
use crate::inquiry::Budget;
use crate::probe::{Conduct, Options, Wiring, inquire};
use crate::report::{Checked, Entry, Report, prometheus};
use crate::suite::{Module, Modules};

/// Probes at once; a scrape beyond that is answered 503 at once.
const AT_ONCE: usize = 64;
/// What the scraper's time-out is shortened by, as `blackbox_exporter` does.
const OFFSET: f64 = 0.5;
/// Connections and their time.
const BOUNDS: Bounds = Bounds { connections: 512, head: Duration::from_secs(30), grace: Duration::from_secs(3) };
/// Bound of a probe when neither the module nor the scraper names one.
const USUAL_TIMEOUT: f64 = 10.0;

/// Reads the configuration again; an error is text for people.
pub type Reload = Box<dyn Fn() -> Result<Modules, String> + Send + Sync>;

/// The running exporter.
pub struct Exporter {
    modules: RwLock<Arc<Modules>>,
    reload: Reload,
    options: Options,
    /// Names and connections are shared by the probes of one time-out, and of the same freedom to call private addresses.
    wirings: Mutex<HashMap<(u64, bool), Arc<Wiring>>>,
    gate: Semaphore,
    history: Mutex<History>,
    own: Own,
}

impl Exporter {
    /// An exporter with its first configuration.
    pub fn new(modules: Modules, reload: Reload, options: Options) -> Arc<Self> {
        Arc::new(Self {
            modules: RwLock::new(Arc::new(modules)),
            reload,
            options,
            wirings: Mutex::default(),
            gate: Semaphore::new(AT_ONCE),
            history: Mutex::default(),
            own: Own::default(),
        })
    }

    /// Reads the configuration again; a broken one changes nothing.
    pub fn reload(&self) -> Result<(), String> {
        let modules = (self.reload)();
        self.own.reloads.fetch_add(1, Ordering::Relaxed);
        self.own.reload_ok.store(modules.is_ok(), Ordering::Relaxed);
        *self.modules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(modules?);
        self.wirings.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    fn modules(&self) -> Arc<Modules> {
        Arc::clone(&self.modules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The wiring for a time-out, in tenths of a second so that there are few of them.
    fn wiring(&self, seconds: f64, public_only: bool) -> Arc<Wiring> {
        let timeout = Duration::from_secs_f64((seconds.clamp(0.1, 600.0) * 10.0).round() / 10.0);
        let key = (u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX), public_only);
        let mut wirings = self.wirings.lock().unwrap_or_else(PoisonError::into_inner);
        if wirings.len() > 16 {
            wirings.clear();
        }
        let options = Options { timeout, connect_timeout: self.options.connect_timeout.min(timeout), public_only, ..self.options.clone() };
        Arc::clone(wirings.entry(key).or_insert_with(|| Arc::new(Wiring::new(options))))
    }
}

/// Serves until `stop` resolves, and a little longer those who were asking.
pub async fn serve(exporter: Arc<Exporter>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let routes = Router::new()
        .route("/", get(index))
        .route("/probe", get(probe))
        .route("/metrics", get(metrics))
        .route("/failures/{number}", get(failure))
        .route("/-/healthy", get(|| async { "healthy\n" }))
        .route("/-/reload", post(reload).put(reload))
        .with_state(exporter);
    door::serve(listener, routes, BOUNDS, stop).await;
}

async fn probe(State(exporter): State<Arc<Exporter>>, Query(query): Query<HashMap<String, String>>, headers: HeaderMap) -> Response {
    let modules = exporter.modules();
    let (target, module) = match asked(&modules, &query) {
        Ok(asked) => asked,
        Err((status, text)) => return (status, text).into_response(),
    };
    let Ok(_place) = exporter.gate.try_acquire() else {
        exporter.own.refused.fetch_add(1, Ordering::Relaxed);
        return (StatusCode::SERVICE_UNAVAILABLE, "too many probes at once\n").into_response();
    };
    let seconds = patience(&headers, module);
    let entry = run(&exporter, &modules, module, target, seconds).await;
    exporter.own.probes.fetch_add(1, Ordering::Relaxed);
    let text = prometheus::one(&entry);
    let debug = query.get("debug").is_some_and(|d| d == "true");
    if entry.failed() {
        exporter.history.lock().unwrap_or_else(PoisonError::into_inner).keep(entry.clone());
    }
    if debug {
        let report = serde_json::to_string_pretty(&entry).unwrap_or_default();
        return plain(format!("{text}\n{report}\n"));
    }
    plain(text)
}

fn plain(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], text)
        .into_response()
}

/// What the scraper asks for. Nothing of the query is echoed.
fn asked<'m>(modules: &'m Modules, query: &HashMap<String, String>) -> Result<(Url, &'m Module), (StatusCode, &'static str)> {
    let bad = |text| Err((StatusCode::BAD_REQUEST, text));
    let module = match query.get("module") {
        Some(name) => modules.by_name.get(name),
        None if modules.by_name.len() == 1 => modules.by_name.values().next(),
        None => return bad("which module? add &module=NAME\n"),
    };
    let Some(module) = module else { return bad("there is no such module\n") };
    let Some(Ok(target)) = query.get("target").map(|text| Url::parse(text)) else { return bad("add ?target=URL\n") };
    if !matches!(target.scheme(), "http" | "https") || !target.username().is_empty() || target.password().is_some() {
        return bad("the target has to be an http or https URL without a user name\n");
    }
    if !modules.allows(&target) {
        return Err((StatusCode::FORBIDDEN, "the configuration does not allow this target (targets.allow)\n"));
    }
    Ok((target, module))
}

/// Seconds for the whole inquiry: what the module says, and less than the scraper waits.
/// <https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md>.
fn patience(headers: &HeaderMap, module: &Module) -> f64 {
    let scraper = headers.get("x-prometheus-scrape-timeout-seconds").and_then(|v| v.to_str().ok()?.parse::<f64>().ok());
    let scraper = scraper.filter(|s| *s > OFFSET).map(|s| s - OFFSET);
    let own = module.timeout.or(scraper).unwrap_or(USUAL_TIMEOUT);
    own.min(scraper.unwrap_or(own))
}

async fn run(exporter: &Exporter, modules: &Modules, module: &Module, target: Url, seconds: f64) -> Entry {
    let check = module.check(target);
    // The browser's own requests and two waves have to fit; a probe that hangs ends the inquiry.
    let wiring = exporter.wiring(seconds / 2.0, !modules.allow_private);
    let (sender, stop) = tokio::sync::watch::channel(false);
    let timer = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        let _ = sender.send(true);
        sender.closed().await;
    });
    let conduct = Conduct { stop: Some(stop), ..Conduct::default() };
    let run = inquire(check.ask, Budget::default(), &wiring, conduct, |_| {}).await;
    timer.abort();
    let mut report = Report::of(run.outcome, Some(run.duration_ms));
    let now = report.taken_at().unwrap_or_default();
    let met = module.expect.judge(&report, now);
    report.redact();
    let checked = Checked {
        name: String::new(),
        expected: Some(module.expect.want.describe()),
        met: met.met,
        shortfalls: met.shortfalls,
        location: None,
    };
    Entry { report, check: Some(checked) }
}

async fn metrics(State(exporter): State<Arc<Exporter>>) -> Response {
    plain(exporter.own.text(AT_ONCE - exporter.gate.available_permits()))
}

async fn reload(State(exporter): State<Arc<Exporter>>) -> Response {
    match exporter.reload() {
        Ok(()) => "reloaded\n".into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
    }
}

async fn index(State(exporter): State<Arc<Exporter>>) -> Response {
    let modules = exporter.modules();
    let history = exporter.history.lock().unwrap_or_else(PoisonError::into_inner);
    page::html(page::index(&modules, &history))
}

async fn failure(State(exporter): State<Arc<Exporter>>, Path(number): Path<String>) -> Response {
    let history = exporter.history.lock().unwrap_or_else(PoisonError::into_inner);
    match number.parse().ok().and_then(|number| history.get(number)) {
        Some(entry) => page::html(page::failure(entry)),
        None => (StatusCode::NOT_FOUND, "no longer kept\n").into_response(),
    }
}
