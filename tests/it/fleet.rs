//! Fleets in the real binary: dealt to lanes, read along, stopped together.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// Begins a fleet that comes over standard input.
fn begin(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(["check", "-", "--origin", "http://app.example.com", "--format", "ndjson"]).args(arguments).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// An ask of the number-th address of this machine, at a port where nobody listens.
fn line(number: usize, port: u16) -> String {
    format!("{{\"id\":{number},\"url\":\"http://127.9.{}.{}:{port}/\"}}\n", number / 200, 1 + number % 200)
}

/// A port that nobody listens at on those addresses.
fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The ids of the results, in the order they came, until the end.
fn ids(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        for line in output.lines() {
            let report: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let _ = sender.send(report["id"].as_str().unwrap().to_owned());
        }
    });
    receiver
}

#[test]
fn each_line_is_answered_as_it_comes() {
    let port = dead_port();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("all.json");
    let also = format!("json={}", report.display());
    for arguments in [&[][..], &["--report", &also]] {
        let mut child = begin(arguments);
        let (mut input, ids) = (child.stdin.take().unwrap(), ids(&mut child));
        for number in 0..3 {
            input.write_all(line(number, port).as_bytes()).unwrap();
            assert_eq!(ids.recv_timeout(Duration::from_mins(1)), Ok(number.to_string()));
        }
        drop(input);
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
    let all: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!((all["results"].as_array().unwrap().len(), &all["summary"]["blocked"]), (3, &Value::from(3)));
}

/// With few places the lanes hand them to each other all the time; none may be left waiting for one that is free.
#[test]
fn every_line_of_a_long_fleet_is_answered_once() {
    let port = dead_port();
    for jobs in ["7", "1", "2", "2", "2", "2"] {
        let mut child = begin(&["--jobs", jobs, "--no-follow-up"]);
        let (mut input, ids) = (child.stdin.take().unwrap(), ids(&mut child));
        let writing = thread::spawn(move || (0..1500).all(|number| input.write_all(line(number, port).as_bytes()).is_ok()));
        let answered: Vec<String> = std::iter::from_fn(|| match ids.recv_timeout(Duration::from_mins(1)) {
            Ok(id) => Some(id),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{jobs} jobs wait for nothing"),
        })
        .collect();
        assert!(writing.join().unwrap());
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!((answered.len(), answered.iter().collect::<BTreeSet<_>>().len()), (1500, 1500));
    }
}

#[test]
fn the_first_failure_stops_every_lane() {
    let port = dead_port();
    let mut child = begin(&["--fail-fast", "--no-follow-up"]);
    let (mut input, ids) = (child.stdin.take().unwrap(), ids(&mut child));
    let writing = thread::spawn(move || (0..60_000).all(|number| input.write_all(line(number, port).as_bytes()).is_ok()));
    let answered = ids.iter().count();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!((1..1000).contains(&answered), "{answered}");
    assert!(!writing.join().unwrap(), "nobody reads on");
}

/// Runs these checks with `--wait`; the status, and name and outcome of every result.
fn waited(checks: &str, arguments: &[&str]) -> (Option<i32>, Vec<(String, bool)>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checks.toml");
    std::fs::write(&file, format!("[defaults]\norigin = \"https://app.example.com\"\n{checks}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
    command.args(["check", "--format", "json", "--no-follow-up", "--wait"]).args(arguments).arg(file).env_clear();
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = |one: &Value| (one["check"]["name"].as_str().unwrap().to_owned(), one["check"]["met"].as_bool().unwrap());
    (output.status.code(), report["results"].as_array().unwrap().iter().map(result).collect())
}

#[test]
fn what_is_still_unmet_when_the_waiting_ends_is_a_failure() {
    let url = format!("http://127.9.0.1:{}/", dead_port());
    let checks = format!("[[check]]\nname = \"up\"\nurl = \"{url}\"\n[[check]]\nname = \"down\"\nurl = \"{url}x\"\nexpect = \"blocked\"\n");
    assert_eq!(waited(&checks, &["1"]), (Some(1), vec![("up".into(), false), ("down".into(), true)]));
}

#[test]
fn waiting_ends_when_every_expectation_is_met() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let mut head = BufReader::new(&stream).lines();
            while head.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let allowed = if number == 0 { "" } else { "access-control-allow-origin: *\r\n" };
            let _ = write!(&stream, "HTTP/1.1 200 OK\r\n{allowed}content-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let checks = format!("[[check]]\nname = \"up\"\nurl = \"{url}\"\n");
    assert_eq!(waited(&checks, &["60", "--fail-fast"]), (Some(0), vec![("up".into(), true)]));
}

/// A file that something failed to fill must not look like success; a part of a short one may have none.
#[test]
fn a_fleet_of_nothing_is_no_success() {
    for (arguments, status) in [(&[][..], 2), (&["--shard", "0/2"], 0)] {
        let mut child = begin(arguments);
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(status), "{arguments:?}");
    }
}

/// A line that cannot be read costs the run its success, and no other line its answer.
#[test]
fn lines_that_cannot_be_read_are_passed_over_alone() {
    let port = dead_port();
    let ask = |number: usize| line(number, port).into_bytes();
    let long = [b"{\"id\":7,\"name\":\"".to_vec(), vec![b'a'; 3 << 20], b"\"}\n".to_vec()].concat();
    let not_utf8 = [&ask(8)[..20], b"\xff", &ask(8)[20..]].concat();
    for (bad, status) in [(&b"\r\n \t\n"[..], 1), (&long, 2), (&not_utf8, 2), (b"\xef\xbb\xbf{}\n", 2)] {
        let mut child = begin(&["--wait", "0s", "--no-follow-up"]);
        let ids = ids(&mut child);
        let fleet = [b"\xef\xbb\xbf", &ask(0)[..], bad, &ask(1)].concat();
        child.stdin.take().unwrap().write_all(&fleet).unwrap();
        let mut answered: Vec<String> = ids.iter().collect();
        answered.sort_unstable();
        assert_eq!(
            (child.wait().unwrap().code(), answered),
            (Some(status), vec!["0".into(), "1".into()]),
            "{:?}",
            &bad[..bad.len().min(9)]
        );
    }
}

/// Its lines would be a hundred mistakes of TOML.
#[test]
fn a_fleet_under_another_name_is_told_how_to_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.json");
    std::fs::write(&file, line(0, 9).repeat(3)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_whycors")).arg("check").arg(file).env_clear().output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains(".ndjson"), "{said}");
}
