//! How long an inquiry takes and how much it asks of a server: round trips and waves with a delay of 100 ms each, a server that
//! limits the rate, and nothing ever written.

use std::time::Duration;

use whycors::evidence::{Probe, Step};
use whycors::lab::{Lab, Trip, TripKind, Visit};
use whycors::probe::{Wiring, observe};
use whycors::verdict::{Engine, preflight_step};
use whycors::world::{World, simulate};

const DELAY: Duration = Duration::from_millis(100);
/// What people run into most.
const COMMON: [&str; 5] = [
    "cause/s3-wrong-region-redirect",
    "cause/s3-cors-not-configured",
    "cause/allow-origin-mismatch",
    "cause/s3-cors-header-no-match",
    "cause/apigw-missing-route",
];

async fn visit(lab: &Lab, name: &str) -> Visit {
    let world = World::all().unwrap().into_iter().find(|world| world.name == name).unwrap();
    let (expect, now) = (world.clone(), time::OffsetDateTime::now_utc().unix_timestamp());
    let visit = lab.visit(world, now).await.unwrap();
    assert!(expect.shortfalls(&visit.run.outcome).is_empty(), "{name}");
    visit
}

fn of(kind: &TripKind, trips: &[Trip]) -> usize {
    trips.iter().filter(|trip| trip.kind == *kind).count()
}

/// When a probe began and ended, in milliseconds of the run.
fn span(probe: &Probe) -> (f64, f64) {
    let began = probe.timing_ms.started.unwrap();
    (began, began + probe.timing_ms.total.unwrap())
}

/// A busy machine only ever adds to a time, so that what keeps its time once can keep it.
async fn once_in_time(mut attempt: impl AsyncFnMut() -> Result<(), String>) {
    let mut late = Vec::new();
    for _ in 0..6 {
        match attempt().await {
            Ok(()) => return,
            Err(why) => late.push(why),
        }
    }
    panic!("late each time: {late:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commonest_failures_take_two_further_waves_at_most() {
    let lab = Lab::new().unwrap().with_latency(DELAY);
    for name in COMMON {
        once_in_time(async || {
            let visit = visit(&lab, name).await;
            let probes = &visit.run.outcome.evidence.probes;
            let last = probes.iter().map(|probe| probe.wave).max().unwrap();
            assert!(last <= 2 && probes.len() <= 24, "{name}: {last} further waves, {} probes", probes.len());
            // The browser was stopped by its first request: it is answered after a query, a connect, a handshake and the request, as with curl.
            let own = probes.iter().filter(|probe| probe.wave == 0).count();
            let first = visit.trips.iter().position(|trip| matches!(trip.kind, TripKind::Request(_))).unwrap();
            let before = &visit.trips[..first];
            assert_eq!((own, of(&TripKind::Connect, before), of(&TripKind::Handshake, before)), (1, 1, 1), "{name}: {:?}", visit.trips);
            // A and AAAA go out together; the resolver's own search behind an alias without an AAAA is not waited for.
            assert!(of(&TripKind::Query, before) <= 3, "{name}: {before:?}");
            let apart = before[1].at.checked_sub(before[0].at).unwrap();
            in_time(apart < DELAY, || format!("{name}: {before:?}"))?;
            let (began, answered) = span(&probes[0]);
            assert!(answered - began >= 400.0, "{name}: the first answer came after {} ms", answered - began);
            in_time(answered - began < 1400.0, || format!("{name}: the first answer came after {} ms", answered - began))?;
            for wave in 1..=last {
                let spans: Vec<(f64, f64)> = probes.iter().filter(|probe| probe.wave == wave).map(span).collect();
                let began = spans.iter().map(|(began, _)| *began).fold(0.0, f64::max);
                let answered = spans.iter().map(|(_, ended)| *ended).fold(f64::MAX, f64::min);
                in_time(began < answered, || format!("{name}: the {} probes of wave {wave} did not run together: {spans:?}", spans.len()))?;
            }
            // One wave costs at most a query, a connect, a handshake and a request; a slow machine gets as much again.
            let (waves, duration) = (f64::from(last + 1), visit.run.duration_ms);
            in_time(duration < waves * 4.0 * 100.0 * 2.0 + 500.0, || format!("{name}: {duration} ms for {waves} waves"))
        })
        .await;
    }
}

fn in_time(kept: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if kept { Ok(()) } else { Err(otherwise()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_asked_for_once() {
    let visit = visit(&Lab::new().unwrap(), "cause/s3-cors-header-no-match").await;
    assert!(visit.run.outcome.evidence.probes.len() > 8);
    assert_eq!(of(&TripKind::Query, &visit.trips), 2, "A and AAAA: {:?}", visit.trips);
}

/// When each request came, in seconds after the first.
fn arrivals(trips: &[Trip]) -> Vec<f64> {
    let at: Vec<f64> = trips.iter().filter(|trip| matches!(trip.kind, TripKind::Request(_))).map(|trip| trip.at.as_secs_f64()).collect();
    at.iter().map(|time| time - at[0]).collect()
}

fn a_world() -> World {
    World::all().unwrap().into_iter().find(|world| world.name == "cause/s3-cors-header-no-match").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_slower_at_once_gets_one_request() {
    let lab = Lab::new().unwrap().with_limit(0, Duration::from_mins(10));
    let visit = lab.visit(a_world(), time::OffsetDateTime::now_utc().unix_timestamp()).await.unwrap();
    let outcome = &visit.run.outcome;
    assert_eq!((arrivals(&visit.trips).len(), visit.run.stopped), (1, false));
    assert_eq!(outcome.conclusion.diagnosis.as_ref().unwrap().cause, "preflight-rate-limited");
    assert_eq!(outcome.evidence.probes[0].response.as_ref().unwrap().header("retry-after"), Some("600"));
}

/// Five answers in two seconds, and thirty requests to send.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_limits_the_rate_is_obeyed() {
    once_in_time(async || {
        let lab = Lab::new().unwrap().with_limit(5, Duration::from_secs(2)).with_latency(Duration::from_millis(20));
        let playing = lab.play(a_world(), crate::NOW).await.unwrap();
        let ask = a_world().ask(crate::NOW).unwrap();
        let steps: Vec<Step> = (0..30).map(|_| preflight_step(&ask, Engine::Chromium)).collect();
        let answers = observe(&Wiring::new(playing.options()), &steps, None).await;
        let at = arrivals(&playing.trips());
        // Twenty go out together, and one more for each good answer; the first refusal stops the rest.
        let before = at.iter().filter(|at| **at < 1.0).count();
        // A stretch of two seconds that ended on the way lets more through.
        in_time((20..=25).contains(&before), || format!("{at:?}"))?;
        // Then nothing for as long as was asked for, and one at a time up to the next refusal; nothing after it.
        in_time(at.len() > before && at[before] - at[before - 1] >= 1.95, || format!("{at:?}"))?;
        assert!(at[before..].windows(2).all(|pair| pair[1] - pair[0] >= 0.019), "{at:?}");
        in_time((at.len(), answers.len()) == (before + 6, before + 6), || format!("{at:?}"))?;
        let refused = answers.iter().filter(|probe| probe.response.as_ref().is_some_and(|response| response.status == 429)).count();
        // All but five, and the last.
        in_time(refused == before - 5 + 1, || format!("{refused} refused: {at:?}"))
    })
    .await;
}

/// The first stretch has answers for two thirds of the questions, the second for the rest; or there is no second within reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_was_one_too_many_is_asked_again_or_told() {
    let free = simulate(&a_world(), crate::NOW).unwrap().evidence.probes.len();
    for (limit, stretch, settled) in [(free * 2 / 3, Duration::from_secs(2), true), (1, Duration::from_mins(10), false)] {
        // A busy machine may need more than the stretch for what fits into it.
        once_in_time(async || {
            let lab = Lab::new().unwrap().with_limit(u32::try_from(limit).unwrap(), stretch);
            let visit = lab.visit(a_world(), time::OffsetDateTime::now_utc().unix_timestamp()).await.unwrap();
            let outcome = &visit.run.outcome;
            let refused = outcome.evidence.probes.iter().filter(|probe| probe.response.as_ref().unwrap().is_busy()).count();
            let diagnosis = outcome.conclusion.diagnosis.as_ref().unwrap();
            in_time((diagnosis.cause == "s3-cors-header-no-match") == settled, || format!("{diagnosis:?}"))?;
            let told = (refused == 0, diagnosis.explanation.contains("refused as too many requests"));
            in_time(told == (settled, !settled), || format!("{diagnosis:?}"))
        })
        .await;
    }
}

/// A simple GET that passes, with these lines in its answer, and the one that a preflight came before.
fn passing(lines: &[&str], preflighted: bool) -> World {
    let headers = if preflighted { "headers = [\"x-own\"]" } else { "" };
    let text = format!(
        r#"
title = "a request that passes"
[ask]
url = "https://api.example.com/items"
origin = "https://app.example.com"
{headers}
[[exchange]]
when = {{ method = "OPTIONS" }}
reply = {{ status = 204, headers = ["Access-Control-Allow-Headers: x-own", {0}] }}
[[exchange]]
reply = {{ status = 200, headers = [{0}], body = "[]" }}
[expect]
allowed = true
"#,
        lines.iter().map(|line| format!("{line:?}")).collect::<Vec<_>>().join(", ")
    );
    World::parse("passing", &text).unwrap()
}

#[test]
fn a_request_that_passes_costs_two_more_at_most() {
    const NAMED: &str = "Access-Control-Allow-Origin: {origin}";
    const TRUSTED: &str = "Access-Control-Allow-Credentials: true";
    const VARY: &str = "Vary: Origin";
    const NO_STORE: &str = "Cache-Control: no-store";
    for (lines, preflighted, more) in [
        (&[NAMED, VARY, NO_STORE][..], false, 0),
        (&["Access-Control-Allow-Origin: *", NO_STORE], true, 0),
        (&["Access-Control-Allow-Origin: *"], false, 1),
        (&[NAMED, VARY], true, 1),
        (&[NAMED], true, 2),
        (&[NAMED, TRUSTED, VARY], false, 2),
        (&[NAMED, TRUSTED], true, 2),
    ] {
        let outcome = simulate(&passing(lines, preflighted), crate::NOW).unwrap();
        let probes = &outcome.evidence.probes;
        assert_eq!(outcome.verdict.allowed, Some(true));
        assert_eq!(probes.iter().filter(|probe| probe.wave > 0).count(), more, "{lines:?}: {probes:#?}");
    }
}
