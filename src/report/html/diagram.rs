//! The exchange as a sequence diagram: browser, resolver, endpoints; the step that failed is marked. The same in words below it,
//! for those who cannot see it.

use std::fmt::Write as _;

use url::Url;

use super::super::Report;
use super::super::escape::html;
use super::super::words::{answerer, browsers_own, nothing_seen, result};
use crate::evidence::{FailureKind, Probe, Purpose};
use crate::verdict::{Outcome, Stage};

const LANE: i32 = 300;
const LEFT: i32 = 105;
const TOP: i32 = 66;
const ROW: i32 = 42;
/// Columns that a letter takes, plain and bold, in wide fonts.
const LETTER: i32 = 8;
const BOLD_LETTER: i32 = 9;
/// The most lanes besides the browser's; a chain of redirects may name many hosts.
const MAX_LANES: usize = 5;

/// One arrow.
struct Step {
    from: usize,
    to: usize,
    label: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Good,
    Bad,
    /// It never happened.
    Never,
    /// The browser would go on; whycors did not.
    Later,
}

/// The lanes and arrows of a report.
struct Scene {
    lanes: Vec<String>,
    steps: Vec<Step>,
}

/// The picture and the words.
pub(super) fn draw(report: &Report, prefix: &str) -> String {
    let scene = scene(report);
    if scene.steps.is_empty() {
        return format!("<p>{}</p>\n", nothing_seen(report));
    }
    format!("{}{}", picture(&scene, prefix), words(&scene))
}

fn scene(report: &Report) -> Scene {
    let mut scene = Scene { lanes: vec!["Browser".into()], steps: Vec::new() };
    let failed = failed_probe(report);
    let mut resolved: Vec<String> = Vec::new();
    for probe in browsers_own(report) {
        let url = Url::parse(&probe.request.url).unwrap_or_else(|_| report.ask.url.clone());
        let host = url.host_str().unwrap_or_default().to_owned();
        if let Some(dns) = probe.dns.as_ref().filter(|dns| dns.is_lookup())
            && !resolved.contains(&host)
        {
            let resolver = scene.lane("Resolver");
            let answer = if dns.addresses.is_empty() { dns.rcode.clone() } else { dns.addresses.join(", ") };
            scene.arrow(0, resolver, format!("where is {host}?"), Kind::Plain);
            scene.arrow(resolver, 0, answer, if dns.addresses.is_empty() { Kind::Bad } else { Kind::Plain });
            resolved.push(host.clone());
        }
        if probe.failure.as_ref().is_some_and(|f| is_of_name(f.kind)) && probe.dns.is_some() {
            continue;
        }
        let lane = scene.lane(&place(&url));
        exchange(&mut scene, report, probe, lane, failed == Some(probe.id.as_str()));
    }
    if report.verdict.actual == Outcome::NotSent && !scene.steps.is_empty() && report.verdict.stage != Stage::Request {
        let lane = scene.lane(&place(&report.ask.url));
        let method = report.ask.sent_method();
        if report.verdict.allowed == Some(true) {
            scene.arrow(0, lane, format!("{method}: the browser goes on"), Kind::Later);
        } else {
            scene.arrow(0, lane, format!("{method}: never sent"), Kind::Never);
        }
    }
    scene
}

fn exchange(scene: &mut Scene, report: &Report, probe: &Probe, lane: usize, failed: bool) {
    let what = if probe.purpose == Purpose::Preflight { "preflight " } else { "" };
    scene.arrow(0, lane, format!("{what}{} {}", probe.request.method, path(&probe.request.url)), Kind::Plain);
    let kind = if failed { Kind::Bad } else { Kind::Good };
    match &probe.response {
        Some(response) => {
            let by = answerer(report, probe).and_then(|(layers, _)| layers.last().copied()).map(|layer| format!(" from {}", layer.title()));
            // Where a redirect leads says more than who sent it, and there is room for one of them.
            let label = redirect_to(probe).map(|to| format!(" → {to}")).or(by).unwrap_or_default();
            scene.arrow(lane, 0, format!("{}{label}", response.status), kind);
        }
        None => scene.arrow(lane, 0, result(report, probe), Kind::Bad),
    }
}

/// The browser's exchange at which it stopped.
fn failed_probe(report: &Report) -> Option<&str> {
    if report.verdict.allowed == Some(true) {
        return None;
    }
    let wanted = if report.verdict.stage == Stage::Preflight { Purpose::Preflight } else { Purpose::Actual };
    let fits = browsers_own(report).filter(|p| p.purpose == wanted).last();
    fits.or_else(|| browsers_own(report).last()).map(|p| p.id.as_str())
}

fn is_of_name(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::DnsNxdomain
            | FailureKind::DnsNoAddress
            | FailureKind::DnsServfail
            | FailureKind::DnsRefused
            | FailureKind::DnsTimeout
            | FailureKind::DnsMalformed
    )
}

impl Scene {
    /// The lane of this name, made when it is new.
    fn lane(&mut self, name: &str) -> usize {
        match self.lanes.iter().position(|lane| lane == name) {
            Some(at) => at,
            None if self.lanes.len() > MAX_LANES => self.lanes.len() - 1,
            None => {
                self.lanes.push(name.to_owned());
                self.lanes.len() - 1
            }
        }
    }

    fn arrow(&mut self, from: usize, to: usize, label: String, kind: Kind) {
        self.steps.push(Step { from, to, label, kind });
    }
}

fn place(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

fn path(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), |url| format!("{}{}", url.path(), if url.query().is_some() { "?…" } else { "" }))
}

fn picture(scene: &Scene, prefix: &str) -> String {
    let x = |lane: usize| LEFT + i32::try_from(lane).unwrap_or(0) * LANE;
    let width = x(scene.lanes.len() - 1) + LEFT + 40;
    let rows = i32::try_from(scene.steps.len()).unwrap_or(i32::MAX / ROW / 2);
    let height = TOP + rows * ROW + 24;
    let mut out = format!(
        "<svg class=\"diagram\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{prefix}wire-title\"><title id=\"{prefix}wire-title\">Sequence diagram; the steps are listed below it</title>\n"
    );
    let y = |row: usize| TOP + i32::try_from(row).unwrap_or(0) * ROW + 14;
    // Behind everything else.
    for (row, _) in scene.steps.iter().enumerate().filter(|(_, step)| step.kind == Kind::Bad) {
        let _ = writeln!(out, "<rect class=\"band\" x=\"0\" y=\"{}\" width=\"{width}\" height=\"{ROW}\" rx=\"6\"/>", y(row) - 26);
    }
    for (lane, name) in scene.lanes.iter().enumerate() {
        lane_head(&mut out, name, x(lane), height);
    }
    for (row, step) in scene.steps.iter().enumerate() {
        arrow(&mut out, step, (x(step.from), x(step.to)), y(row));
    }
    out.push_str("</svg>\n");
    out
}

fn lane_head(out: &mut String, name: &str, x: i32, height: i32) {
    let name = middle_cut(name, 29);
    let width = (i32::try_from(name.chars().count()).unwrap_or(29) * BOLD_LETTER + 20).max(100);
    let _ = writeln!(
        out,
        "<line class=\"lane\" x1=\"{x}\" y1=\"40\" x2=\"{x}\" y2=\"{}\"/><rect class=\"box\" x=\"{}\" y=\"8\" width=\"{width}\" height=\"32\" rx=\"6\"/><text class=\"lane-name\" x=\"{x}\" y=\"29\" text-anchor=\"middle\">{}</text>",
        height - 8,
        x - width / 2,
        html(&name)
    );
}

fn arrow(out: &mut String, step: &Step, (from, to): (i32, i32), y: i32) {
    let class = match step.kind {
        Kind::Plain => "",
        Kind::Good => " good",
        Kind::Bad => " bad",
        Kind::Never | Kind::Later => " never",
    };
    let forward = if to > from { 1 } else { -1 };
    let (start, end) = (from + 6 * forward, to - 8 * forward);
    let end = if step.kind == Kind::Never { from + (to - from) / 3 } else { end };
    let letter = if step.kind == Kind::Bad { BOLD_LETTER } else { LETTER };
    let label = end_cut(&step.label, usize::try_from(((to - from).abs() - 36) / letter).unwrap_or(40));
    let _ = write!(
        out,
        "<g class=\"step{class}\"><title>{}</title><line class=\"arrow\" x1=\"{start}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\"/>",
        html(&step.label)
    );
    if step.kind == Kind::Never {
        let _ = write!(out, "<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>", end - 5, y - 5);
    } else {
        let _ = write!(out, "<path class=\"tip\" d=\"M{to} {y}l{0} -5v10z\"/>", -9 * forward);
    }
    if step.kind == Kind::Bad {
        let _ = write!(
            out,
            "<circle class=\"stop\" cx=\"{to}\" cy=\"{y}\" r=\"9\"/><path class=\"cross\" d=\"M{} {}l8 8m0 -8l-8 8\"/><text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"end\">stops here</text>",
            to - 4,
            y - 4,
            to - 14,
            y + 4
        );
    }
    // What never happened is told beside the cross, the rest above the middle of the arrow.
    let (x, y, anchor) = if step.kind == Kind::Never { (end + 12, y + 5, "start") } else { (i32::midpoint(from, to), y - 7, "middle") };
    let _ = writeln!(out, "<text class=\"label\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text></g>", html(&label));
}

/// The steps as a list.
fn words(scene: &Scene) -> String {
    let mut out = String::from("<details><summary>The steps in words</summary><ol>\n");
    for step in &scene.steps {
        let mark = match step.kind {
            Kind::Bad => " <span class=\"chip bad\">the browser stops here</span>",
            Kind::Never => " <span class=\"chip\">never happens</span>",
            Kind::Later => " <span class=\"chip\">not sent by this probe</span>",
            Kind::Plain | Kind::Good => "",
        };
        let _ = writeln!(out, "<li>{} to {}: {}{mark}</li>", html(&scene.lanes[step.from]), html(&scene.lanes[step.to]), html(&step.label));
    }
    out.push_str("</ol></details>\n");
    out
}

/// What a redirect changes: the host, else the rest of the URL.
fn redirect_to(probe: &Probe) -> Option<String> {
    let response = probe.response.as_ref().filter(|response| response.is_redirect())?;
    let location = response.header("location")?;
    let from = Url::parse(&probe.request.url).ok()?;
    let Ok(to) = from.join(location) else { return Some(location.to_owned()) };
    Some(match to.host_str() {
        Some(host) if from.host_str() != Some(host) => host.to_owned(),
        Some(host) if from.scheme() != to.scheme() => format!("{}://{host}", to.scheme()),
        _ => path(to.as_str()),
    })
}

/// At most so many characters, the end left out.
fn end_cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// At most so many characters, the middle left out: host names tell at both ends.
fn middle_cut(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let half = most / 2;
    text.chars().take(half).chain(['…']).chain(text.chars().skip(count - half + 1)).collect()
}
