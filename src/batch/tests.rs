use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::sleep;
use url::Url;

use super::*;
use crate::suite::Location;
use crate::web::Origin;

pub(super) fn check(host: &str) -> Check {
    let ask = Ask::get(Url::parse(&format!("https://{host}/")).unwrap(), Origin::null());
    Check { id: None, name: host.into(), ask, expect: None, timeout: None, at: Location::default() }
}

fn report(check: &Check, allowed: Option<bool>) -> Report {
    let mut report = unseen(check.ask.clone());
    report.verdict.allowed = allowed;
    report
}

fn lane(checks: impl IntoIterator<Item = Check>, limits: Limits) -> Lane {
    Lane::alone(Dealer::all(checks.into_iter().collect(), 1).remove(0), limits)
}

impl<F: FnMut(Done) -> bool> Results for F {
    fn take(&mut self, done: Done) -> bool {
        self(done)
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

type Probing = Pin<Box<dyn Future<Output = Report> + Send>>;

/// A probe that takes ten milliseconds, and the most of them that were under way at once.
fn counted() -> (impl Fn(Check) -> Probing + Clone, Arc<AtomicUsize>) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = most.clone();
    let probe = move |check: Check| -> Probing {
        let (now, most) = (now.clone(), most.clone());
        Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            sleep(Duration::from_millis(10)).await;
            now.fetch_sub(1, Ordering::Relaxed);
            report(&check, Some(true))
        })
    };
    (probe, seen)
}

#[test]
fn one_host_gets_no_more_than_its_share() {
    let (probe, most) = counted();
    let limits = Limits { jobs: 50, per_host: 3, ..Limits::default() };
    let mut count = 0;
    let all = runtime().block_on(lane((0..40).map(|_| check("a.example")), limits).run(probe, std::future::pending(), &mut |_| {
        count += 1;
        true
    }));
    assert!(all && count == 40 && most.load(Ordering::Relaxed) == 3);
}

#[test]
fn lanes_share_their_places() {
    let (probe, most) = counted();
    let limits = Limits { jobs: 5, ..Limits::default() };
    let places = Places::new(limits);
    let work = async {
        let mut lanes = JoinSet::new();
        for checks in Dealer::all((0..60).map(|n| check(&format!("h{n}.example"))).collect(), 3) {
            let (lane, probe) = (Lane { checks, limits, places: places.clone() }, probe.clone());
            lanes.spawn_local(async move {
                let mut count = 0;
                let mut take = |_| {
                    count += 1;
                    true
                };
                assert!(lane.run(probe, std::future::pending(), &mut take).await);
                count
            });
        }
        lanes.join_all().await.into_iter().sum::<usize>()
    };
    assert_eq!(runtime().block_on(tokio::task::LocalSet::new().run_until(work)), 60);
    assert_eq!(most.load(Ordering::Relaxed), 5);
}

#[test]
fn a_lane_ends_whenever_its_checks_do() {
    let ending = |pause: u64| async move {
        let (sender, checks) = mpsc::channel(1);
        let feed = async move {
            sleep(Duration::from_millis(pause)).await;
            sender.send(vec![Numbered { number: 0, check: check("a.example") }]).await.unwrap();
            sleep(Duration::from_millis(pause)).await;
        };
        let probe = |check: Check| async move {
            sleep(Duration::from_millis(5)).await;
            report(&check, Some(true))
        };
        let mut take = |_| true;
        let lane = Lane::alone(checks, Limits::default()).run(probe, std::future::pending(), &mut take);
        tokio::join!(tokio::time::timeout(Duration::from_secs(9), lane), feed).0
    };
    for pause in [0, 1, 5, 9] {
        assert_eq!(runtime().block_on(ending(pause)), Ok(true), "{pause}");
    }
    let mut take = |_| true;
    let nothing = lane([], Limits::default()).run(|check| async move { report(&check, None) }, std::future::pending(), &mut take);
    assert!(runtime().block_on(nothing));
}

#[test]
fn silent_servers_do_not_hold_places_that_others_could_use() {
    let probe = |check: Check| async move {
        sleep(if check.name.starts_with("silent") { Duration::from_secs(10) } else { Duration::from_millis(1) }).await;
        report(&check, Some(true))
    };
    let checks = (0..8).map(|n| check(&format!("silent{n}.example"))).chain((0..20).map(|n| check(&format!("h{n}.example"))));
    let mut order = Vec::new();
    let limits = Limits { jobs: 4, ..Limits::default() };
    runtime().block_on(lane(checks, limits).run(probe, std::future::pending(), &mut |d: Done| {
        order.push(d.check.name);
        true
    }));
    assert!(order[..20].iter().all(|n| n.starts_with('h')) && order.len() == 28, "{order:?}");
}

#[test]
fn only_inconclusive_checks_are_tried_again() {
    let probe = |check: Check| async move { report(&check, (check.name == "a").then_some(false)) };
    let mut attempts = Vec::new();
    let limits = Limits { retries: 2, ..Limits::default() };
    runtime().block_on(lane([check("a"), check("b")], limits).run(probe, std::future::pending(), &mut |d: Done| {
        attempts.push((d.check.name, d.attempts));
        true
    }));
    attempts.sort();
    assert_eq!(attempts, [("a".to_owned(), 1), ("b".to_owned(), 3)]);
}

#[test]
fn a_check_that_breaks_down_is_inconclusive_and_frees_its_host() {
    let probe = |check: Check| async move {
        assert!(!check.name.starts_with("broken"), "a library that panics");
        report(&check, Some(true))
    };
    let mut seen = Vec::new();
    let limits = Limits { per_host: 1, ..Limits::default() };
    let checks = ["broken.example", "broken.example", "fine.example"].map(check);
    let all = runtime().block_on(lane(checks, limits).run(probe, std::future::pending(), &mut |d: Done| {
        seen.push((d.number, d.report.verdict.allowed));
        true
    }));
    seen.sort_unstable();
    assert!(all);
    assert_eq!(seen, [(0, None), (1, None), (2, Some(true))]);
}

#[test]
fn a_rate_is_kept_and_a_stop_ends_it() {
    let probe = |check: Check| async move { report(&check, Some(true)) };
    let limits = Limits { rate: Some(10.0), ..Limits::default() };
    let mut count = 0;
    let stop = async { sleep(Duration::from_millis(950)).await };
    let all = runtime().block_on(lane((0..1000).map(|_| check("a")), limits).run(probe, stop, &mut |_| {
        count += 1;
        true
    }));
    assert!(!all && (9..=11).contains(&count), "{count}");
}
