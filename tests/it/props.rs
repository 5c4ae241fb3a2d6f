//! What must hold for every ask and every answer.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use whycors::ask::{Ask, Credentials, Redirect};
use whycors::evidence::{Evidence, Failure, FailureKind, Probe, Purpose, Response};
use whycors::verdict::{self, Engine, Outcome, Stage, Verdict};
use whycors::web::{Origin, header, list};

const ENGINES: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::Webkit];
const PAGE: &str = "https://app.example.com";

fn url() -> impl Strategy<Value = String> {
    let known = [
        "https://api.example.com/x",
        "http://api.example.com/x#f",
        "https://app.example.com/y?q",
        "http://127.0.0.1:8080/",
        "https://u@c.test/",
    ];
    prop_oneof![4 => select(known.to_vec()).prop_map(str::to_owned), 1 => "https?://[a-z]{1,5}\\.test(:[0-9]{1,5})?/[ -~]{0,8}"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ -~]{0,20}", vec(any::<u8>(), 0..12).prop_map(|b| b.into_iter().map(char::from).collect()), ".{0,6}"]
}

fn header_value() -> impl Strategy<Value = String> {
    let known =
        [PAGE, "*", "null", "https://b.test", "true", "TRUE", "GET, PUT, patch", "x-a, content-type", "a b", "etag", "", ",", " * "];
    prop_oneof![5 => select(known.to_vec()).prop_map(str::to_owned), 2 => url(), 1 => text()]
}

fn header_name() -> impl Strategy<Value = String> {
    let known = [
        "Access-Control-Allow-Origin",
        "access-control-allow-origin",
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Expose-Headers",
        "Location",
        "content-type",
    ];
    prop_oneof![8 => select(known.to_vec()).prop_map(str::to_owned), 1 => text()]
}

prop_compose! {
    fn response()(
        status in prop_oneof![3 => Just(200), 2 => select(vec![301u16, 302, 303, 307, 308]), 1 => select(vec![204, 401, 403, 404, 407, 500]), 1 => any::<u16>()],
        // Often enough everything is in order, so that later hops are reached.
        mut headers in vec((header_name(), header_value()), 0..6),
        good in any::<bool>(),
    ) -> Response {
        if good {
            headers.retain(|(name, _)| !header::starts_with(name, "access-control-"));
            for (name, value) in [("Origin", "*"), ("Methods", "*"), ("Headers", "*")] {
                headers.push((format!("Access-Control-Allow-{name}"), value.into()));
            }
        }
        Response { status, headers, ..Response::default() }
    }
}

prop_compose! {
    fn probe()(
        purpose in select(vec![Purpose::Preflight, Purpose::Actual, Purpose::Control]),
        hop in 0u32..4,
        response in response(),
        fails in prop::bool::weighted(0.1),
        kind in select(vec![FailureKind::DnsNxdomain, FailureKind::TcpReset, FailureKind::TlsExpired, FailureKind::ConnectionClosed, FailureKind::Local]),
    ) -> Probe {
        let failure = fails.then(|| Failure { kind, detail: String::new() });
        Probe { purpose, hop, response: (!fails).then_some(response), failure, ..Probe::default() }
    }
}

prop_compose! {
    fn ask()(
        url in url().prop_filter_map("a URL", |url| url.parse().ok()),
        origin in select(vec![PAGE, "null", "http://app.example.com", "http://localhost:3000"]),
        method in prop_oneof![4 => select(vec!["GET", "POST", "put", "patch", "DELETE"]).prop_map(str::to_owned), 1 => text()],
        headers in vec((prop_oneof![select(vec!["X-A", "content-type", "Authorization", "Range", "DPR", "cookie"]).prop_map(str::to_owned), text()], prop::option::of(text())), 0..4),
        credentials in select(vec![Credentials::Omit, Credentials::SameOrigin, Credentials::Include]),
        redirect in select(vec![Redirect::Follow, Redirect::Follow, Redirect::Error, Redirect::Manual]),
        upload_listener in prop::bool::weighted(0.1),
        expose in vec(select(vec!["etag".to_owned(), "content-type".to_owned()]), 0..2),
    ) -> Ask {
        let mut ask = Ask::get(url, Origin::parse(origin).unwrap_or_else(|_| Origin::null()));
        (ask.method, ask.headers, ask.credentials, ask.redirect, ask.upload_listener, ask.expose) = (method, headers, credentials, redirect, upload_listener, expose);
        ask
    }
}

fn decide(ask: &Ask, probes: &[Probe]) -> Verdict {
    verdict::decide(ask, probes, Engine::Chromium)
}

fn of(verdict: &Verdict, engine: Engine) -> Option<bool> {
    match engine {
        Engine::Chromium => verdict.browsers.chromium.allowed,
        Engine::Firefox => verdict.browsers.firefox.allowed,
        Engine::Webkit => verdict.browsers.webkit.allowed,
    }
}

/// The items of a list, read by counting characters.
fn naive_items(value: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    for c in value.chars() {
        match c {
            ',' => items.push(String::new()),
            _ => items.last_mut().unwrap().push(c),
        }
    }
    for item in &mut items {
        while item.starts_with([' ', '\t']) {
            item.remove(0);
        }
        while item.ends_with([' ', '\t']) {
            item.pop();
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

fn naive_token(item: &str) -> bool {
    item.chars().all(|c| c > ' ' && c < '\u{7f}' && !"\"(),/:;<=>?@[\\]{}".contains(c))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_are_read_as_a_naive_reader_reads_them(value in prop_oneof![text(), "[a-z ,\t@\"é]{0,24}"]) {
        let naive = naive_items(&value);
        prop_assert_eq!(list::items(&value).collect::<Vec<_>>(), naive.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(list::bad_item(&value), naive.iter().map(String::as_str).find(|item| !naive_token(item)));
    }

    #[test]
    fn a_verdict_never_panics_and_is_at_one_with_itself(ask in ask(), probes in vec(probe(), 0..8)) {
        for engine in ENGINES {
            let verdict = verdict::decide(&ask, &probes, engine);
            prop_assert_eq!(verdict.allowed, of(&verdict, engine));
            prop_assert_eq!(verdict.allowed == Some(true), verdict.stage == Stage::None && verdict.allowed.is_some());
            prop_assert!(verdict.stopped_at.is_none_or(|index| index < probes.len()));
            if matches!(verdict.stage, Stage::Preflight | Stage::Actual | Stage::Expose | Stage::Request) && verdict.allowed == Some(false) {
                prop_assert!(verdict.checks.iter().any(|check| !check.passed), "{:?}", verdict);
            }
            if verdict.allowed == Some(true) {
                prop_assert!(verdict.checks.iter().all(|check| check.passed || check.name == "forbidden-header"), "{:?}", verdict);
                prop_assert!(verdict.preflight != Outcome::Failed && verdict.actual != Outcome::Failed);
            }
        }
    }

    #[test]
    fn an_unrelated_response_header_changes_nothing(
        ask in ask(), probes in vec(probe(), 1..8), which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        name in "x-[a-z]{1,8}|server|vary|cache-control|etag", value in text(),
    ) {
        let before = decide(&ask, &probes);
        let mut after = probes.clone();
        let probe = &mut after[which.index(probes.len())];
        if let Some(response) = &mut probe.response {
            let at = at.index(response.headers.len() + 1);
            response.headers.insert(at, (name, value));
        }
        prop_assert_eq!(before, decide(&ask, &after));
    }

    #[test]
    fn more_credentials_never_turn_blocked_into_allowed(ask in ask(), probes in vec(probe(), 0..8)) {
        let with = |credentials| decide(&Ask { credentials, ..ask.clone() }, &probes);
        let (none, own, all) = (with(Credentials::Omit), with(Credentials::SameOrigin), with(Credentials::Include));
        for engine in ENGINES {
            prop_assert_eq!(of(&none, engine), of(&own, engine));
            prop_assert!(of(&all, engine) != Some(true) || of(&none, engine) == Some(true));
        }
    }

    #[test]
    fn without_allow_origin_no_stranger_reads_anything(ask in ask(), mut probes in vec(probe(), 0..8)) {
        prop_assume!(!ask.origin.is_of(&ask.url));
        for probe in &mut probes {
            probe.response.iter_mut().for_each(|r| r.headers.retain(|(n, _)| !n.eq_ignore_ascii_case("access-control-allow-origin")));
        }
        let verdict = decide(&ask, &probes);
        for engine in ENGINES {
            prop_assert!(of(&verdict, engine) != Some(true), "{:?}", verdict);
        }
    }

    #[test]
    fn a_preflight_that_is_not_due_is_not_looked_at(mut ask in ask(), mut actual in response(), preflight in response()) {
        (ask.method, ask.headers, ask.upload_listener) = ("GET".into(), Vec::new(), false);
        actual.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("location"));
        let probe = |purpose, response| Probe { purpose, response: Some(response), ..Probe::default() };
        let alone = decide(&ask, &[probe(Purpose::Actual, actual.clone())]);
        let both = decide(&ask, &[probe(Purpose::Preflight, preflight), probe(Purpose::Actual, actual)]);
        prop_assert_eq!(alone.browsers, both.browsers);
    }

    #[test]
    fn follow_ups_do_not_count(ask in ask(), probes in vec(probe(), 0..8)) {
        let own: Vec<Probe> = probes.iter().filter(|p| p.purpose != Purpose::Control).cloned().collect();
        prop_assert_eq!(decide(&ask, &probes).browsers, decide(&ask, &own).browsers);
    }

    #[test]
    fn a_live_walk_ends_and_its_record_replays_to_the_same(ask in ask(), answers in vec(probe(), 1..6), engine in select(ENGINES.to_vec())) {
        let mut record = Vec::<Probe>::new();
        while let Some(step) = verdict::next(&ask, &record, engine).map(|next| next.step()) {
            let answer = answers[record.len() % answers.len()].clone();
            record.push(Probe { purpose: step.purpose, hop: step.hop, ..answer });
            prop_assert!(record.len() <= 64);
        }
        let verdict = verdict::decide(&ask, &record, engine);
        let text = serde_json::to_string(&Evidence { probes: record, ..Evidence::of(ask) }).unwrap();
        let again: Evidence = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(verdict::decide(&again.ask, &again.probes, engine), verdict);
    }
}
