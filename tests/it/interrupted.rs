//! Interrupted work, in the real binary: no half file stays, what was found is told, the status is honest.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::servers::{Server, read_request, soon};

const ORIGIN: [&str; 2] = ["--origin", "https://app.example.com"];
const ALLOWED: &[u8] = b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\n";

fn whycors(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Sends a signal; the shell has it built in.
fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

/// Waits until the program has taken over what an interrupt does.
async fn listening(child: &Child) {
    const INTERRUPT: u64 = 1 << 1;
    let caught = || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        u64::from_str_radix(status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?.trim(), 16).ok()
    };
    while Path::new("/proc/self/status").exists() && caught().is_some_and(|caught| caught & INTERRUPT == 0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits for the end, which must come soon.
async fn ended(child: Child) -> (Option<i32>, String, String) {
    let output: Output = soon(tokio::task::spawn_blocking(|| child.wait_with_output().unwrap())).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Names in a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Answers `/fast` at once and everything else never; tells when something slow was asked for.
async fn half_asleep() -> (Server, tokio::sync::mpsc::UnboundedReceiver<()>) {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |mut stream| {
        let sender = sender.clone();
        async move {
            if read_request(&mut stream).await.contains(" /fast") {
                let _ = stream.write_all(ALLOWED).await;
                return;
            }
            let _ = sender.send(());
            std::future::pending::<()>().await;
        }
    })
    .await;
    (server, receiver)
}

#[tokio::test]
async fn an_interrupted_probe_says_so() {
    let (server, mut asked) = half_asleep().await;
    for name in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let url = server.url();
        let child = whycors(&[&["probe", &url, "--report", "json=report.json"], &ORIGIN[..]].concat(), folder.path()).spawn().unwrap();
        soon(asked.recv()).await;
        signal(&child, name);
        let (status, out, err) = ended(child).await;
        assert_eq!(status, Some(3), "{out}{err}");
        assert!(err.contains("interrupted; this is what was found so far") && out.contains("No answer was seen"), "{out}{err}");
        assert!(!out.contains("Nothing was sent"), "{out}");
        assert_eq!(files(folder.path()), ["report.json"]);
        serde_json::from_str::<serde_json::Value>(&fs::read_to_string(folder.path().join("report.json")).unwrap()).unwrap();
    }
}

#[tokio::test]
async fn an_interrupted_check_tells_what_it_has() {
    let (server, mut asked) = half_asleep().await;
    let folder = tempfile::tempdir().unwrap();
    let line = |path: &str| format!("{{\"url\":\"{}{path}\",\"origin\":\"https://app.example.com\"}}\n", server.url());
    fs::write(folder.path().join("fleet.ndjson"), line("fast") + &line("slow")).unwrap();
    for (also, told) in [("json=all.json", "all.json"), ("ndjson=all.ndjson", "all.ndjson")] {
        let child = whycors(&["check", "fleet.ndjson", "--jobs", "1", "--report", also], folder.path()).spawn().unwrap();
        soon(asked.recv()).await;
        signal(&child, "INT");
        let (status, out, err) = ended(child).await;
        assert_eq!(status, Some(3), "{out}{err}");
        assert!(err.contains("found so far") && out.contains("1 request: 1 allowed"), "{out}{err}");
        let told = fs::read_to_string(folder.path().join(told)).unwrap();
        assert!(told.contains("/fast") && (also.starts_with("nd") || told.contains("\"complete\": false")), "{told}");
    }
    let child = whycors(&["check", "fleet.ndjson", "--jobs", "1", "--format", "ndjson", "-o", "lines"], folder.path()).spawn().unwrap();
    soon(asked.recv()).await;
    signal(&child, "INT");
    assert_eq!(ended(child).await.0, Some(3));
    assert_eq!(fs::read_to_string(folder.path().join("lines")).unwrap().lines().count(), 1);
    assert_eq!(files(folder.path()), ["all.json", "all.ndjson", "fleet.ndjson", "lines"]);
}

#[tokio::test]
async fn an_interrupted_replay_tells_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let record = r#"{"ask":{"url":"https://api.example.com/","origin":"https://app.example.com"},"probes":[{"purpose":"actual","response":{"status":200,"headers":[["access-control-allow-origin","*"]]}}]}"#;
    let mut child = whycors(&["replay", "-", "--format", "ndjson", "-o", "lines"], folder.path()).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, format!("{record}\n{record}\nnonsense\n").as_bytes()).unwrap();
    // The complaint about the last line says that all three were read; the pipe stays open.
    let mut complaints = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    complaints.read_line(&mut line).unwrap();
    assert!(line.contains("line 3"), "{line}");
    signal(&child, "INT");
    assert_eq!(ended(child).await.0, Some(2));
    let mut rest = String::new();
    complaints.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("interrupted"), "{rest}");
    assert_eq!(fs::read_to_string(folder.path().join("lines")).unwrap().lines().count(), 2);
    assert_eq!(files(folder.path()), ["lines"]);
}

#[tokio::test]
async fn an_interrupted_demo_shows_what_was_played() {
    let folder = tempfile::tempdir().unwrap();
    let child = whycors(&["demo", "--jobs", "1"], folder.path()).spawn().unwrap();
    soon(listening(&child)).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    signal(&child, "INT");
    let (status, out, err) = ended(child).await;
    assert!(matches!(status, Some(0 | 3)), "{status:?} {out}{err}");
    assert!(status == Some(0) || err.contains("interrupted"), "{err}");
    assert!(out.contains("worlds played"), "{out}{err}");
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_the_work() {
    let (server, _asked) = half_asleep().await;
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{{\"url\":\"{}fast\",\"origin\":\"https://app.example.com\"}}\n", server.url());
    fs::write(folder.path().join("fleet.ndjson"), line.repeat(200_000)).unwrap();
    for format in ["ndjson", "human"] {
        let mut child = whycors(&["check", "fleet.ndjson", "--format", format], folder.path()).spawn().unwrap();
        let mut first = [0; 1];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        drop(child.stdout.take());
        let (_, _, err) = ended(child).await;
        assert!(err.is_empty(), "{err}");
    }
}

/// The clocks of the probes do not wait for whoever reads along.
#[tokio::test]
async fn a_slow_reader_makes_no_server_look_slow() {
    let server = Server::start(move |mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let _ = stream.write_all(ALLOWED).await;
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let port = server.address.port();
    let line = |n: usize| format!("{{\"url\":\"http://n{n}.example.com:{port}/\",\"origin\":\"http://app.example.com\"}}\n");
    fs::write(folder.path().join("fleet.ndjson"), (0..400).map(line).collect::<String>()).unwrap();
    let way = format!("*:{port}:127.0.0.1");
    let options = ["check", "fleet.ndjson", "--format", "ndjson", "--timeout", "10", "--resolve", &way];
    let mut child = whycors(&options, folder.path()).spawn().unwrap();
    // More than the time-out, and more results than a pipe holds.
    tokio::time::sleep(Duration::from_secs(12)).await;
    let (mut out, mut stdout) = (String::new(), child.stdout.take().unwrap());
    let out = soon(tokio::task::spawn_blocking(move || stdout.read_to_string(&mut out).map(|_| out))).await.unwrap().unwrap();
    assert_eq!((ended(child).await.0, out.lines().count(), out.contains("http-timeout")), (Some(0), 400, false));
}

#[tokio::test]
async fn outputs_that_cannot_be_written_are_a_clear_line() {
    let server = Server::saying(ALLOWED).await;
    let folder = tempfile::tempdir().unwrap();
    let url = server.url();
    for (output, says) in [
        ("missing/report.json", "No such file or directory"),
        (".", "it is a directory"),
        ("/proc/report.json", "cannot write /proc/report.json"),
    ] {
        let child = whycors(&[&["probe", &url, "--report"][..], &[&*format!("json={output}")][..], &ORIGIN[..]].concat(), folder.path());
        let (status, out, err) = ended({ child }.spawn().unwrap()).await;
        assert_eq!((status, out.as_str(), err.lines().count()), (Some(2), "", 1), "{err}");
        assert!(err.contains(says) && err.contains("cannot write"), "{err}");
    }
    assert!(files(folder.path()).is_empty());
    if !Path::new("/dev/full").exists() {
        return;
    }
    // One output that fails does not cost the other.
    let child = whycors(&[&["probe", &url, "--report", "json=/dev/full"], &ORIGIN[..]].concat(), folder.path()).spawn().unwrap();
    let (status, out, err) = ended(child).await;
    assert_eq!(status, Some(2));
    assert!(out.starts_with('✓') && err.contains("cannot write /dev/full: No space left"), "{out}{err}");
    for arguments in [&["--help"][..], &["explain"], &["schema"], &["explain", "tcp-refused"]] {
        let mut command = whycors(arguments, folder.path());
        let child = command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap()).spawn().unwrap();
        let (status, _, err) = ended(child).await;
        assert_eq!((status, err.contains("cannot write to standard output")), (Some(2), true), "{arguments:?}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_an_authenticated_request_is_for_its_owner() {
    let server = Server::saying(ALLOWED).await;
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    let plain = server.url();
    let signed = format!("{plain}?X-Amz-Signature=5ec4e75ec4e7");
    for (url, header, wanted) in [
        (&plain, "x-plain: 1", 0o644),
        (&plain, "Authorization: Bearer t0ken", 0o600),
        (&plain, "x-api-key: k3y", 0o600),
        (&signed, "x-plain: 1", 0o600),
    ] {
        let shell = "umask 022; exec \"$0\" \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", shell, env!("CARGO_BIN_EXE_whycors"), "probe", url, "-H", header, "--report", "html=also", "-o", "main"]);
        let ran = command.args(ORIGIN).current_dir(folder.path()).status().unwrap();
        assert!(ran.code().is_some_and(|code| code < 2));
        assert_eq!((mode("main"), mode("also")), (wanted, wanted), "{url} {header}");
        let line = serde_json::json!({"url": url, "origin": "https://app.example.com", "headers": [header]});
        fs::write(folder.path().join("fleet.ndjson"), format!("{line}\n")).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", shell, env!("CARGO_BIN_EXE_whycors"), "check", "fleet.ndjson", "--format", "ndjson", "-o", "lines"]);
        command.current_dir(folder.path()).status().unwrap();
        assert_eq!(mode("lines"), wanted, "{url} {header}");
    }
}
