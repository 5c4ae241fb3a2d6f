//! What one answer leaves open, a further probe settles: without follow-ups the cause is not called certain (or not named at
//! all), with them it is, and its near misses, asked the same way, are told apart.

use whycors::cause::Confidence;
use whycors::evidence::Purpose;
use whycors::inquiry::{Budget, Outcome};
use whycors::world::{World, simulate_with};

use crate::NOW;

use Purpose::{
    CacheBust, Control, FixVerification, FollowUp, RandomPath, RegionDiscovery, RegionalPreflight, Repeat, VaryClient, VaryHeader,
    VaryMethod, VaryOrigin,
};

/// The cause, and the probes that settle it.
const SETTLED: [(&str, &[Purpose]); 25] = [
    ("s3-wrong-region-redirect", &[RegionalPreflight]),
    ("s3-permanent-redirect", &[RegionDiscovery, RegionalPreflight]),
    ("s3-location-constraint", &[RegionalPreflight]),
    ("s3-new-bucket-dns", &[RegionDiscovery, RegionalPreflight]),
    ("s3-cors-origin-no-match", &[VaryOrigin, VaryMethod]),
    ("s3-cors-method-no-match", &[VaryMethod]),
    ("s3-cors-header-no-match", &[VaryHeader]),
    ("s3-cors-rule-split", &[VaryHeader, VaryMethod]),
    ("s3-dotted-bucket-tls", &[FixVerification]),
    ("gcs-cors-no-match", &[VaryHeader]),
    ("apigw-api-key-required", &[RandomPath, VaryClient]),
    ("apigw-stage-missing", &[RandomPath]),
    ("apigw-options-mock-broken", &[VaryClient]),
    ("apigw-cors-disabled", &[FollowUp]),
    ("apigw-cors-origin-not-listed", &[VaryOrigin, VaryMethod]),
    ("apigw-cors-method-not-listed", &[VaryMethod]),
    ("apigw-cors-header-not-listed", &[VaryHeader]),
    ("cached-without-cors", &[CacheBust]),
    ("cloudfront-cached-without-vary", &[CacheBust]),
    ("cloudfront-error-page-masking", &[RandomPath]),
    ("client-shape-blocked", &[VaryClient]),
    ("missing-allow-origin", &[FollowUp]),
    ("preflight-server-error", &[FollowUp]),
    ("preflight-signature-checked", &[FollowUp]),
    ("answers-alternate", &[Repeat]),
];

/// Findings that only a further probe shows.
const NOTICED: [(&str, Purpose); 3] =
    [("blanket-options-handler", RandomPath), ("reflects-any-origin", Control), ("missing-vary-origin", Control)];

/// Changes that a probe tries out.
const PROVEN: [&str; 6] = [
    "https-redirect",
    "trailing-slash-redirect",
    "cloudfront-https-redirect",
    "s3-website-https",
    "s3-dotted-bucket-tls",
    "s3-accelerate-off",
];

fn world(code: &str) -> World {
    World::all().unwrap().into_iter().find(|world| world.name == format!("cause/{code}")).unwrap()
}

fn played(world: &World, waves: u32) -> Outcome {
    simulate_with(world, NOW, Budget { waves, send_actual: world.ask.send_actual, ..Budget::default() }).unwrap()
}

fn asked(outcome: &Outcome, purpose: Purpose) -> bool {
    outcome.evidence.probes.iter().any(|probe| probe.wave > 0 && probe.purpose == purpose)
}

fn certain(outcome: &Outcome, code: &str) -> bool {
    outcome.conclusion.diagnosis.as_ref().is_some_and(|d| d.cause == code && d.confidence == Confidence::Confirmed)
}

fn noticed(outcome: &Outcome, code: &str) -> bool {
    outcome.conclusion.notes.iter().any(|note| note.code == code)
}

#[test]
fn a_cause_is_certain_once_its_probes_are_back() {
    let mut slips = Vec::new();
    for (code, purposes) in SETTLED {
        let world = world(code);
        let (before, after) = (played(&world, 0), played(&world, Budget::default().waves));
        if certain(&before, code) {
            slips.push(format!("{code} is certain without a follow-up"));
        }
        if !certain(&after, code) {
            slips.push(format!(
                "{code} is not certain after them: {:?}",
                after.conclusion.diagnosis.as_ref().map(|d| (&d.cause, d.confidence))
            ));
        }
        slips.extend(purposes.iter().filter(|purpose| !asked(&after, **purpose)).map(|purpose| format!("{code}: no {purpose:?}")));
    }
    assert!(slips.is_empty(), "{}", slips.join("\n"));
}

#[test]
fn what_only_a_probe_shows_is_noticed_with_it() {
    for (code, purpose) in NOTICED {
        let world = world(code);
        let (before, after) = (played(&world, 0), played(&world, Budget::default().waves));
        assert!(!noticed(&before, code) && noticed(&after, code) && asked(&after, purpose), "{code}");
    }
}

#[test]
fn a_fix_is_verified_by_its_probe_alone() {
    let verified = |outcome: &Outcome| -> Vec<Option<bool>> {
        outcome
            .conclusion
            .diagnosis
            .iter()
            .flat_map(|d| &d.fixes)
            .filter(|fix| fix.check.as_ref().is_none_or(|c| c.by == whycors::cause::By::Probe))
            .map(|fix| fix.verified)
            .collect()
    };
    for code in PROVEN {
        let world = world(code);
        let (before, after) = (verified(&played(&world, 0)), verified(&played(&world, Budget::default().waves)));
        assert!(!before.contains(&Some(true)) && after.contains(&Some(true)), "{code}: {before:?}, {after:?}");
    }
}

/// What a browser never asks for is not tried as a change, and an answer that leads elsewhere proves none.
#[test]
fn no_change_is_proven_by_a_redirect_or_over_plain_http() {
    let mut slips = Vec::new();
    for world in World::all().unwrap() {
        let outcome = played(&world, Budget::default().waves);
        let proofs: Vec<_> = outcome.evidence.probes.iter().filter(|probe| probe.purpose == FixVerification).collect();
        let mixed = |url: &str| world.ask.origin.starts_with("https") && url.starts_with("http:") && !url.contains("//localhost");
        slips.extend(proofs.iter().filter(|p| mixed(&p.request.url)).map(|p| format!("{}: asks {}", world.name, p.request.url)));
        for fix in outcome.conclusion.diagnosis.iter().flat_map(|d| &d.fixes).filter(|fix| fix.verified == Some(true)) {
            let says = fix.check.as_ref().map_or("", |check| &check.says);
            let by = proofs.iter().find(|probe| says.starts_with(&format!("{}:", probe.id)));
            let leads_on = by.is_some_and(|probe| probe.response.as_ref().is_some_and(whycors::evidence::Response::is_redirect));
            slips.extend(leads_on.then(|| format!("{}: {} by a redirect", world.name, fix.kind)));
        }
    }
    assert!(slips.is_empty(), "{}", slips.join("\n"));
}

/// A copy of an answer to ourselves, of an earlier run or another origin, would pass for the server's own word.
#[test]
fn a_query_that_no_cache_has_seen_was_not_made_up_before() {
    let made_up = |world: &World, now: i64| -> Vec<(String, Option<String>)> {
        let outcome = simulate_with(world, now, Budget::default()).unwrap();
        let followed = outcome.evidence.probes.into_iter().map(|probe| probe.request).filter(|sent| sent.url.contains("?whycors="));
        followed.map(|sent| (sent.url.clone(), sent.header("origin").map(str::to_owned))).collect()
    };
    let mut seen = 0;
    for world in World::all().unwrap() {
        let (mut asked, later) = (made_up(&world, NOW), made_up(&world, NOW + 1));
        assert!(!later.iter().any(|(url, _)| asked.iter().any(|(old, _)| url == old)), "{}: {asked:?}", world.name);
        seen += asked.len();
        asked.sort();
        asked.dedup();
        assert!(!asked.windows(2).any(|pair| pair[0].0 == pair[1].0), "{}: {asked:?}", world.name);
    }
    assert!(seen > 10, "{seen}");
}

/// What a probe excludes: the world, and the causes that it is told not to be.
const EXCLUDED: [(&str, &[&str]); 7] = [
    ("cause/apigw-options-mock-broken", &["apigw-integration-error"]),
    ("cause/client-shape-blocked/near/preflight-forbidden", &["client-shape-blocked"]),
    ("cause/cached-without-cors/near/actual-response-missing-cors", &["cached-without-cors", "answers-alternate"]),
    ("cause/s3-cors-origin-no-match", &["s3-cors-method-no-match"]),
    ("cause/s3-permanent-redirect", &["s3-cors-no-match"]),
    ("cause/s3-cors-method-no-match", &["s3-cors-origin-no-match"]),
    ("cause/s3-cors-header-no-match", &["s3-cors-origin-no-match"]),
];

/// A cause that a probe excludes is told as such, and offered no more; without the probe it is not excluded.
#[test]
fn what_a_probe_excludes_is_told_and_not_offered() {
    let mut slips = Vec::new();
    for world in World::all().unwrap() {
        let (before, after) = (played(&world, 0), played(&world, Budget::default().waves));
        let Some(diagnosis) = &after.conclusion.diagnosis else { continue };
        let out: Vec<&str> = diagnosis.ruled_out.iter().map(|reason| reason.cause.as_str()).collect();
        let offered = diagnosis.alternatives.iter().filter(|other| out.contains(&other.cause.as_str()) || other.cause == diagnosis.cause);
        slips.extend(offered.map(|other| format!("{}: {} is excluded, and offered", world.name, other.cause)));
        let Some((_, codes)) = EXCLUDED.iter().find(|(name, _)| *name == world.name) else { continue };
        let early = |code: &str| before.conclusion.diagnosis.iter().flat_map(|d| &d.ruled_out).any(|reason| reason.cause == code);
        let missed = codes.iter().filter(|code| !out.contains(code) || early(code));
        slips.extend(missed.map(|code| format!("{}: {code} is not excluded by a probe: {out:?}", world.name)));
    }
    assert!(slips.is_empty(), "{}", slips.join("\n"));
}
