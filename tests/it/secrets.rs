//! No secret leaves, and a redacted report is still evidence.

use std::path::Path;
use std::process::{Command, Output};

use tokio::io::AsyncWriteExt as _;
use url::Url;
use whycors::evidence::{Evidence, Probe};
use whycors::inquiry::{Budget, Inquiry};
use whycors::report::Report;
use whycors::world::{World, simulate};

use crate::servers::{Server, read_request};

const NOW: i64 = 1_795_000_000;

/// A presigned upload with everything secret in it, and an answer that tells all of it again.
const WORLD: &str = r#"
title = "a presigned URL whose signature does not match"
[ask]
url = "https://uploads.s3.us-west-2.amazonaws.com/a.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F{now:day}%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Date={now:amz}&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Security-Token=IQoJb3JpZ2luSECRETTOKEN&X-Amz-Signature=5ec4e75ec4e75ec4e7"
origin = "https://app.example.com"
headers = ["content-type: text/plain", "authorization: Bearer bearer5ecret", "x-api-key: apikey5ecret"]
[[exchange]]
when = { method = "OPTIONS" }
reply = { status = 200, headers = ["access-control-allow-origin: {origin}", "access-control-allow-headers: {acrh}", "set-cookie: sid=cookie5ecret; Path=/"] }
[[exchange]]
[exchange.reply]
status = 403
headers = ["access-control-allow-origin: {origin}", "content-type: application/xml", "server: AmazonS3", "x-amz-request-id: 7Q4EXAMPLE", "x-echo: {path}?X-Amz-Signature=5ec4e75ec4e75ec4e7"]
body = "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided. Check your key and signing method.</Message><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 5ec4e75ec4e75ec4e7</StringToSign><SignatureProvided>5ec4e75ec4e75ec4e7</SignatureProvided><CanonicalRequest>GET\nX-Amz-Security-Token=IQoJb3JpZ2luSECRETTOKEN</CanonicalRequest><RequestId>7Q4EXAMPLE</RequestId></Error>"
[expect]
allowed = true
"#;

const SECRETS: [&str; 6] =
    ["5ec4e75ec4e75ec4e7", "IQoJb3JpZ2luSECRETTOKEN", "AKIAIOSFODNN7EXAMPLE", "bearer5ecret", "apikey5ecret", "cookie5ecret"];

const FORMATS: [&str; 9] = ["human", "json", "ndjson", "markdown", "html", "junit", "github", "prometheus", "sarif"];

fn replay(report: Report) -> (Option<bool>, whycors::verdict::Stage, Option<String>) {
    let evidence = Evidence { id: report.id, started_at: report.started_at, probes: report.probes, ..Evidence::of(report.ask) };
    let outcome = Inquiry::resume(evidence, Budget::default(), NOW).conclude();
    (outcome.verdict.allowed, outcome.verdict.stage, outcome.conclusion.diagnosis.map(|d| d.cause))
}

#[test]
fn a_redacted_report_replays_to_the_same() {
    for world in World::all().unwrap() {
        let whole = Report::of(simulate(&world, NOW).unwrap(), None);
        let mut redacted = whole.clone();
        redacted.redact();
        let mut again = redacted.clone();
        again.redact();
        assert_eq!(redacted, again, "{}: redacting twice changes more", world.name);
        assert_eq!(replay(whole), replay(redacted), "{}", world.name);
    }
}

fn whycors(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(arguments).current_dir(folder).env_clear().output().unwrap()
}

/// What a run printed or wrote, in one text.
fn everything(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn no_form_of_output_holds_a_secret() {
    let world = World::parse("secrets", WORLD).unwrap();
    let report = Report::of(simulate(&world, NOW).unwrap(), None);
    let record = serde_json::to_string(&Evidence { probes: report.probes, ..Evidence::of(report.ask) }).unwrap();
    for secret in SECRETS {
        assert!(record.contains(secret), "the record does not hold {secret}");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.json"), &record).unwrap();
    std::fs::write(folder.path().join("two.ndjson"), format!("{record}\n{}\n", record.replace("a.bin", "b.bin"))).unwrap();
    for format in FORMATS {
        for input in ["one.json", "two.ndjson"] {
            let also = format!("{format}=also.txt");
            let output = whycors(&["-vv", "replay", input, "--format", format, "--report", &also], folder.path());
            let text = everything(&output) + &std::fs::read_to_string(folder.path().join("also.txt")).unwrap();
            assert!(text.len() > 100, "{format}: {text}");
            for secret in SECRETS {
                assert!(!text.contains(secret), "{format} of {input} holds {secret}:\n{text}");
            }
            let shown = everything(&whycors(&["replay", input, "--format", "json", "--show-secrets"], folder.path()));
            assert!(SECRETS.iter().all(|secret| shown.contains(secret)), "--show-secrets hides something");
        }
    }
}

#[test]
fn no_complaint_holds_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let bad = "ftp://user:cookie5ecret@h.example/?X-Amz-Signature=5ec4e75ec4e75ec4e7&token=apikey5ecret";
    std::fs::write(folder.path().join("paste.txt"), format!("curl '{bad}' -H 'Authorization: Bearer bearer5ecret'")).unwrap();
    for arguments in [
        &["probe", bad, "--origin", "https://app.example.com"][..],
        &["probe", "https://user:cookie5ecret@h.example/", "--origin", "https://app.example.com"],
        &["probe", "--from", "paste.txt"],
        &["probe", "https://h.example/", "--origin", "https://app.example.com/?token=apikey5ecret"],
        &["probe", "https://h.example/", "--origin", "https://app.example.com", "--header", "Authorization Bearer bearer5ecret"],
        &["probe", "https://h.example/", "--origin", "https://app.example.com", "--proxy", "gopher://user:cookie5ecret@proxy.example"],
    ] {
        let output = whycors(arguments, folder.path());
        let text = everything(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        for secret in SECRETS {
            assert!(!text.contains(secret), "{arguments:?} tells {secret}: {text}");
        }
    }
}

/// Two servers on different ports are different origins; a page's credentials stay with the first.
#[tokio::test(flavor = "multi_thread")]
async fn credentials_do_not_cross_origins() {
    let heard = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let log = std::sync::Arc::clone(&heard);
    let stranger = Server::start(move |mut stream| {
        let log = std::sync::Arc::clone(&log);
        async move {
            let request = read_request(&mut stream).await;
            log.lock().unwrap().push_str(&request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\r\n").await;
        }
    })
    .await;
    let elsewhere = stranger.url();
    let server = Server::start(move |mut stream| {
        let elsewhere = elsewhere.clone();
        async move {
            let first = if read_request(&mut stream).await.starts_with("OPTIONS") { "204 No Content".to_owned() } else { format!("307 Temporary Redirect\r\nLocation: {elsewhere}next\r\nSet-Cookie: sid=cookie5ecret") };
            let cors = "Access-Control-Allow-Origin: https://app.example.com\r\nAccess-Control-Allow-Headers: authorization, x-api-key\r\nAccess-Control-Allow-Credentials: true";
            let _ = stream.write_all(format!("HTTP/1.1 {first}\r\n{cors}\r\n\r\n").as_bytes()).await;
        }
    })
    .await;
    let url = server.url() + "?X-Amz-Signature=5ec4e75ec4e75ec4e7";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("headers"), "Authorization: Bearer bearer5ecret\nX-Api-Key: apikey5ecret\n").unwrap();
    let mut told = String::new();
    // Safari keeps Authorization, and every browser a header that it does not know, where the target's preflight allows it.
    for further in [&["--credentials"][..], &[], &["--browser", "webkit"]] {
        let arguments = [&["probe", &*url, "--origin", "https://app.example.com", "-H", "@headers"][..], further].concat();
        told.push_str(&everything(&whycors(&arguments, folder.path())));
    }
    assert!(told.contains("not sent there: what it carries in authorization and x-api-key is for 127.0.0.1 alone"), "{told}");
    let heard = heard.lock().unwrap().clone();
    assert!(heard.contains("OPTIONS /next"), "the redirect was not followed: {heard}");
    for secret in SECRETS {
        assert!(!heard.contains(secret), "{secret} was told to a stranger: {heard}");
    }
}

/// A follow-up goes to the ask's own site, to a host that the browser went to, or to one that follows from an AWS name.
#[test]
fn no_follow_up_goes_to_a_host_that_only_a_redirect_named() {
    let site = |host: &str| host.rsplitn(3, '.').take(2).map(str::to_owned).collect::<Vec<_>>();
    for world in World::all().unwrap() {
        let probes = simulate(&world, NOW).unwrap().evidence.probes;
        let host = |probe: &Probe| Url::parse(&probe.request.url).unwrap().host_str().unwrap().to_owned();
        let own = world.ask(NOW).unwrap().url.host_str().unwrap().to_owned();
        let visited: Vec<String> = probes.iter().filter(|probe| probe.wave == 0).map(host).collect();
        for asked in probes.iter().filter(|probe| probe.wave > 0).map(host) {
            let derived = asked.ends_with(".amazonaws.com") && own.ends_with(".amazonaws.com");
            assert!(site(&asked) == site(&own) || visited.contains(&asked) || derived, "{}: {asked} was asked", world.name);
        }
    }
}
