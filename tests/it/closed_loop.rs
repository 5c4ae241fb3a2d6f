//! The closed loop over emulated buckets: a refused request, the configuration that `suggest` writes for it, a bucket that has
//! it: then the request is allowed, a stranger's still is not, and what was allowed before still is.

use whycors::aws::s3::cors::config::{Document, Rule};
use whycors::aws::s3::cors::read;
use whycors::cause::{Severity, rule};
use whycors::inquiry::{Budget, Inquiry, Outcome};
use whycors::lab::Lab;
use whycors::lint::lint;
use whycors::remedy::s3_cors::{Form, render};
use whycors::suggest::{Want, suggest};
use whycors::verdict::Engine;
use whycors::world::{World, simulate};

use crate::NOW;

const APP: &str = "https://app.example.com";
const STRANGER: &str = "https://stranger.example";

/// A request of a page.
#[derive(Clone, Copy)]
struct Page {
    origin: &'static str,
    method: &'static str,
    headers: &'static [&'static str],
    credentials: bool,
    expose: &'static [&'static str],
}

/// A request that is refused, by which cause, and what the same bucket allows.
struct Refused {
    cause: &'static str,
    rules: Option<&'static str>,
    page: Page,
    allowed: &'static [Page],
}

const fn page(origin: &'static str, method: &'static str, headers: &'static [&'static str]) -> Page {
    Page { origin, method, headers, credentials: false, expose: &[] }
}

const GET: Page = page(APP, "GET", &[]);
const PUT: Page = page(APP, "PUT", &[]);
const UPLOAD: Page = page(APP, "PUT", &["content-type: image/png"]);
const WITH_ACL: Page = page(APP, "PUT", &["content-type: image/png", "x-amz-acl: private"]);
const AFTER_UPGRADE: Page = page(APP, "PUT", &["content-type: image/png", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm"]);

#[rustfmt::skip]
const REFUSED: &[Refused] = &[
    Refused { cause: "s3-cors-not-configured", rules: None, page: UPLOAD, allowed: &[] },
    Refused { cause: "s3-cors-not-configured", rules: None, page: GET, allowed: &[] },
    Refused {
        cause: "s3-cors-origin-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://other.example.com"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["*"]}]"#),
        page: UPLOAD, allowed: &[page("https://other.example.com", "PUT", &["content-type: image/png"]), page("https://other.example.com", "GET", &[])],
    },
    Refused {
        cause: "s3-cors-origin-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com/"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}]"#),
        page: UPLOAD, allowed: &[],
    },
    Refused {
        cause: "s3-cors-origin-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["http://app.example.com", "https://app.example.com:443"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}]"#),
        page: UPLOAD, allowed: &[page("http://app.example.com", "PUT", &["x-own"])],
    },
    Refused {
        cause: "s3-cors-origin-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://*.app.example.com", "https://App.example.com"], "AllowedMethods": ["GET"]}]"#),
        page: GET, allowed: &[page("https://www.app.example.com", "GET", &[])],
    },
    Refused {
        cause: "s3-cors-origin-no-match",
        rules: Some(r#"[{"AllowedOrigins": [""], "AllowedMethods": ["GET"], "AllowedHeaders": []}]"#),
        page: GET, allowed: &[],
    },
    Refused {
        cause: "s3-cors-method-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["GET"], "AllowedHeaders": ["content-type"]}]"#),
        page: UPLOAD, allowed: &[GET, page(APP, "GET", &["content-type: application/json"])],
    },
    Refused {
        cause: "s3-cors-method-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "HEAD"]}, {"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["POST"]}]"#),
        page: page(APP, "DELETE", &[]), allowed: &[GET, page(STRANGER, "GET", &[])],
    },
    Refused {
        cause: "s3-cors-header-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["content-type"], "MaxAgeSeconds": 60}]"#),
        page: WITH_ACL, allowed: &[UPLOAD, PUT],
    },
    Refused {
        cause: "s3-cors-header-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["PUT", "GET"]}]"#),
        page: UPLOAD, allowed: &[PUT, GET],
    },
    Refused {
        cause: "s3-cors-header-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["content-*", "x-amz-acl"], "ExposeHeaders": ["ETag"]}]"#),
        page: AFTER_UPGRADE, allowed: &[WITH_ACL, Page { expose: &["etag"], ..UPLOAD }],
    },
    Refused {
        cause: "s3-cors-rule-split",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["PUT"]}, {"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["POST"], "AllowedHeaders": ["*"]}]"#),
        page: UPLOAD, allowed: &[PUT, page(APP, "POST", &["x-own"])],
    },
    Refused {
        cause: "s3-cors-rule-split",
        rules: Some(r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["content-type"]}, {"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["x-amz-acl"]}]"#),
        page: WITH_ACL, allowed: &[UPLOAD, page(STRANGER, "PUT", &["content-type: image/png"]), page(APP, "PUT", &["x-amz-acl: private"])],
    },
    Refused {
        cause: "wildcard-with-credentials",
        rules: Some(r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": ["ETag"]}]"#),
        page: Page { credentials: true, ..GET }, allowed: &[GET, page(STRANGER, "GET", &[]), Page { expose: &["etag"], ..GET }],
    },
    Refused {
        cause: "s3-etag-not-exposed",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["GET"]}]"#),
        page: Page { expose: &["etag"], ..GET }, allowed: &[GET],
    },
    Refused {
        cause: "s3-cors-origin-no-match",
        rules: Some(r#"[{"AllowedOrigins": ["https://app.example.com"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}]"#),
        page: Page { origin: "null", ..UPLOAD }, allowed: &[UPLOAD],
    },
];

/// A world in which a page asks this of a bucket with these rules.
fn world(rules: Option<&str>, page: Page) -> World {
    let cors = rules.map(|rules| format!("cors = '''{rules}'''")).unwrap_or_default();
    let Page { origin, method, headers, credentials, expose } = page;
    let credentials = if credentials { "include" } else { "same-origin" };
    let text = format!(
        r#"
title = "a bucket of a test"
[ask]
url = "https://uploads.s3.eu-west-1.amazonaws.com/photo.png"
origin = "{origin}"
method = "{method}"
headers = {headers:?}
credentials = "{credentials}"
expose = {expose:?}
[[bucket]]
name = "uploads"
region = "eu-west-1"
{cors}
[[bucket.object]]
key = "photo.png"
headers = ["ETag: \"5f1c\""]
[expect]
allowed = true
"#
    );
    World::parse("closed loop", &text).unwrap()
}

fn outcome(rules: Option<&str>, page: Page) -> Outcome {
    simulate(&world(rules, page), NOW).unwrap()
}

fn allowed(outcome: &Outcome) -> bool {
    outcome.verdict.allowed.unwrap()
}

/// The configuration that lets the request through, as the S3 console takes it; every other form of it is good as well.
fn suggested(refused: &Refused) -> String {
    let existing: Vec<Rule> = refused.rules.map(|text| first(read(text).unwrap())).unwrap_or_default();
    let ask = world(refused.rules, refused.page).ask(NOW).unwrap();
    let suggestion = suggest(&existing, &[Want::of(&ask, Engine::Chromium)]).unwrap();
    assert!(!suggestion.changes.is_empty());
    for form in Form::SHOWN {
        let text = render(&suggestion.rules, form, "uploads");
        let Some(text) = readable(form, &text) else { continue };
        let document = read(&text).unwrap();
        let errors: Vec<_> = lint(&document).into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{form:?} {errors:?}\n{text}");
        assert_eq!(first(document).len(), suggestion.rules.len(), "{form:?}\n{text}");
    }
    render(&suggestion.rules, Form::Console, "uploads")
}

fn first(document: Document) -> Vec<Rule> {
    document.configs.into_iter().next().unwrap().rules
}

/// The part of a text that `lint` reads; nothing for the languages that it does not.
fn readable(form: Form, text: &str) -> Option<String> {
    match form {
        Form::CdkTs | Form::CdkPython => None,
        Form::Cli | Form::Boto3 => Some(text[text.find('{').unwrap()..=text.rfind('}').unwrap()].to_owned()),
        _ => Some(text.to_owned()),
    }
}

#[test]
fn what_is_suggested_lets_the_request_through_and_nobody_else() {
    for refused in REFUSED {
        let before = outcome(refused.rules, refused.page);
        let cause = before.conclusion.diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str());
        assert_eq!((allowed(&before), cause), (false, Some(refused.cause)), "{:?}", refused.rules);
        let rules = suggested(refused);
        assert!(allowed(&outcome(Some(&rules), refused.page)), "{}\n{rules}", refused.cause);
        let stranger = Page { origin: STRANGER, ..refused.page };
        assert!(!allowed(&outcome(Some(&rules), stranger)), "a stranger gets in\n{rules}");
        for other in refused.allowed {
            assert!(
                allowed(&outcome(refused.rules, *other)),
                "{} {} of {} is not allowed at first",
                other.method,
                other.origin,
                refused.cause
            );
            assert!(allowed(&outcome(Some(&rules), *other)), "{} {} is lost\n{rules}", other.method, other.origin);
        }
    }
}

/// The fixes that a probe proposes are traced: for this request, and for what it saw pass.
#[test]
fn the_proposed_rule_is_traced_offline() {
    for refused in REFUSED.iter().filter(|refused| refused.cause.starts_with("s3-cors")) {
        let diagnosis = outcome(refused.rules, refused.page).conclusion.diagnosis.unwrap();
        let fix = diagnosis.fixes.iter().find(|fix| fix.kind == "add-cors-rule").unwrap();
        let says = &fix.check.as_ref().unwrap().says;
        assert_eq!(fix.verified, Some(true), "{} {says}", refused.cause);
        assert!(says.starts_with("Traced offline") && fix.mark() == Some("traced offline"), "{says}");
        assert!(rule(&diagnosis.cause).is_some());
    }
}

/// With the configuration that is deployed the fix is the whole of it, merged; another one is noticed.
#[test]
fn a_given_configuration_is_merged_and_compared() {
    let refused = &REFUSED[9];
    let diagnosed = |given: &str| {
        let mut evidence = outcome(refused.rules, refused.page).evidence;
        evidence.cors_config = Some(serde_json::from_str(given).unwrap());
        let again = Inquiry::resume(evidence, Budget { max_probes: 0, ..Budget::default() }, NOW).conclude();
        again.conclusion.diagnosis.unwrap().fixes.remove(0)
    };
    let fix = diagnosed(refused.rules.unwrap());
    assert_eq!((&*fix.kind, fix.verified), ("add-cors-rule", Some(true)));
    assert!(fix.detail.contains("rule 0: headers added") && !fix.detail.contains("Careful"), "{}", fix.detail);
    assert!(fix.snippets[0].code.contains("\"MaxAgeSeconds\": 60"), "{}", fix.snippets[0].code);

    let other = diagnosed(r#"[{"AllowedOrigins": ["https://other.example.com"], "AllowedMethods": ["PUT"]}]"#);
    assert!(other.detail.contains("Careful") && other.detail.contains("and the bucket allows it"), "{}", other.detail);
    let not_deployed = diagnosed(r#"[{"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}]"#);
    assert_eq!(not_deployed.kind, "deploy-cors-config");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loop_closes_on_loopback_as_well() {
    let lab = Lab::new().unwrap();
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    for refused in REFUSED.iter().step_by(3) {
        let rules = suggested(refused);
        for (rules, page, wanted) in [
            (refused.rules, refused.page, false),
            (Some(rules.as_str()), refused.page, true),
            (Some(&rules), Page { origin: STRANGER, ..refused.page }, false),
        ] {
            let visit = lab.visit(world(rules, page), now).await.unwrap();
            assert_eq!(allowed(&visit.run.outcome), wanted, "{} from {}\n{rules:?}", refused.cause, page.origin);
        }
    }
}
