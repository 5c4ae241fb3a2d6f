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
const OFFSET: Duration = Duration::from_millis(500);
/// The longest that an inquiry may hold its place, whatever the scraper and the module say.
const LONGEST: Duration = Duration::from_mins(10);
/// An inquiry that nobody limits lasts at most so many times the bound of one request.
const REQUESTS: u32 = 3;
/// Connections and their time.
const BOUNDS: Bounds = Bounds { connections: 512, head: Duration::from_secs(30), grace: Duration::from_secs(3) };

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

    /// The wiring for a bound of each request, in whole tenths of a second so that there are few of them.
    fn wiring(&self, timeout: Duration, public_only: bool) -> Arc<Wiring> {
        let tenths = u64::try_from(timeout.as_millis().div_ceil(100)).unwrap_or(u64::MAX).max(1);
        let timeout = Duration::from_millis(tenths.saturating_mul(100));
        let mut wirings = self.wirings.lock().unwrap_or_else(PoisonError::into_inner);
        if wirings.len() > 16 {
            wirings.clear();
        }
        let options = Options { timeout, connect_timeout: self.options.connect_timeout.min(timeout), public_only, ..self.options.clone() };
        Arc::clone(wirings.entry((tenths, public_only)).or_insert_with(|| Arc::new(Wiring::new(options))))
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
    let entry = run(&exporter, &modules, module, target, scrape_timeout(&headers)).await;
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

/// How long the scraper waits, where it says so; more than anything here takes is no more than that.
fn scrape_timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("x-prometheus-scrape-timeout-seconds")?.to_str().ok()?;
    let seconds = text.trim().parse().ok().filter(|seconds: &f64| *seconds > 0.0)?;
    Duration::try_from_secs_f64(seconds.min(LONGEST.as_secs_f64())).ok().filter(|time| !time.is_zero())
}

/// The bounds of one request and of the whole inquiry: a module bounds each request, a scraper the whole. The answer has to be there
/// a little before the scraper goes. <https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md>.
fn patience(request: Duration, scraper: Option<Duration>) -> (Duration, Duration) {
    let whole = scraper.map_or(request * REQUESTS, |time| time.saturating_sub(OFFSET.min(time / 2))).min(LONGEST);
    (request.min(whole), whole)
}

async fn run(exporter: &Exporter, modules: &Modules, module: &Module, target: Url, scraper: Option<Duration>) -> Entry {
    let check = module.check(target);
    let own = module.timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let (request, whole) = patience(own.unwrap_or(exporter.options.timeout), scraper);
    let wiring = exporter.wiring(request, !modules.allow_private);
    let conduct = Conduct { longest: Some(whole), ..Conduct::default() };
    let run = inquire(check.ask, Budget::default(), &wiring, conduct, |_| {}).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_bounds_each_request_and_a_scraper_the_whole() {
        for (own, header, request, whole) in [
            (1.0, "", 1.0, 3.0),
            (10.0, "4", 3.5, 3.5),
            (1.0, "10", 1.0, 9.5),
            (10.0, "0.3", 0.15, 0.15),
            (10.0, "inf", 10.0, 599.5),
            (10.0, "1e30", 10.0, 599.5),
            (10.0, "100000", 10.0, 599.5),
            (3600.0, "", 600.0, 600.0),
            (10.0, "NaN", 10.0, 30.0),
            (10.0, "-4", 10.0, 30.0),
            (10.0, "0", 10.0, 30.0),
            (10.0, "1e-30", 10.0, 30.0),
            (10.0, "soon", 10.0, 30.0),
        ] {
            let headers = HeaderMap::from_iter([("x-prometheus-scrape-timeout-seconds".parse().unwrap(), header.parse().unwrap())]);
            let found = patience(Duration::from_secs_f64(own), scrape_timeout(&headers));
            assert_eq!(found, (Duration::from_secs_f64(request), Duration::from_secs_f64(whole)), "{own} and {header:?}");
        }
    }
}
