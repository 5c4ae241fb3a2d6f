//! The exporter against whoever reaches its port: it probes what it may, echoes nothing, and ends when told to.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use crate::servers::{Server, read_request};

/// More than anything here takes, on the busiest machine.
const SOON: Duration = Duration::from_secs(100);

/// A running exporter; gone when dropped.
struct Exporter {
    child: Child,
    address: String,
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Exporter {
    fn start(folder: &Path, config: &str, more: &[&str]) -> Self {
        std::fs::write(folder.join("whycors.toml"), config).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
        command.args(["serve", "--config", "whycors.toml", "--listen", "127.0.0.1:0"]).args(more);
        let mut child = command.current_dir(folder).env_clear().stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("http://"), "{line}");
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { child, address }
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.get_with(path, "")
    }

    /// The same with further header lines.
    fn get_with(&self, path: &str, more: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_default();
        (status, answer)
    }

    fn probe(&self, target: &str) -> (u16, String) {
        self.scrape(target, "")
    }

    /// Probes as a scraper that waits so many seconds.
    fn scrape(&self, target: &str, seconds: &str) -> (u16, String) {
        let target: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let header = if seconds.is_empty() { String::new() } else { format!("X-Prometheus-Scrape-Timeout-Seconds: {seconds}\r\n") };
        self.get_with(&format!("/probe?debug=true&target={target}"), &header)
    }
}

fn config(allow: &str, private: bool) -> String {
    format!("[targets]\nallow = [{allow}]\nallow_private = {private}\n[modules.read]\norigin = \"http://localhost:3000\"\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_not_public_are_refused_in_every_spelling() {
    let hit = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&hit);
    let server = Server::start(move |_| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async {}
    })
    .await;
    let port = server.address.port();
    let folder = tempfile::tempdir().unwrap();
    let resolve = format!("rebound.example.com:{port}:127.0.0.1");
    let exporter = Exporter::start(folder.path(), &config("\"http://*:*/*\", \"https://*:*/*\"", false), &["--resolve", &resolve]);
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "localhost",
        "a.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "rebound.example.com",
    ] {
        let (status, text) = exporter.probe(&format!("http://{host}:{port}/"));
        assert_eq!(status, 200, "{host}: {text}");
        assert!(text.contains("not a public address") && text.contains("whycors_inconclusive 1"), "{host}: {text}");
    }
    for target in ["http://169.254.169.254:80/latest/meta-data/", "http://[fd00:ec2::254]:80/", "http://[64:ff9b::a9fe:a9fe]:80/"] {
        assert!(exporter.probe(target).1.contains("not a public address"), "{target}");
    }
    assert_eq!(hit.load(std::sync::atomic::Ordering::SeqCst), 0);
}

/// A proxy resolves names itself, so what it would be asked for has to be known.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_no_way_around() {
    let proxy = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Proxy: arrived-there\r\n\r\n").await;
    let folder = tempfile::tempdir().unwrap();
    let via = format!("http://{}", proxy.address);
    // Nobody listens there: no name can be known.
    let nobody = ["--proxy", &via, "--dns-server", "127.0.0.1:1"];
    let exporter = Exporter::start(folder.path(), &config("\"http://*/*\"", false), &nobody);
    for (target, says) in [
        ("http://169.254.169.254/latest/", "not a public address"),
        ("http://localhost/", "not a public address"),
        ("http://api.example.com/", "cannot be known"),
    ] {
        let (_, text) = exporter.probe(target);
        assert!(text.contains(says) && !text.contains("arrived-there"), "{target}: {text}");
    }
    assert!(exporter.probe("http://198.51.100.7/").1.contains("arrived-there"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_request_is_echoed_and_only_allowed_targets_are_probed() {
    let folder = tempfile::tempdir().unwrap();
    let exporter = Exporter::start(folder.path(), &config("\"https://api.example.com/*\"", false), &[]);
    for target in
        ["https://evil.test/<script>", "<script>alert(1)</script>", "javascript:alert(1)//<script>", "https://u:p@api.example.com/<script>"]
    {
        let (status, text) = exporter.probe(target);
        assert!(matches!(status, 400 | 403), "{target}: {text}");
        assert!(!text.contains("script") && !text.contains("evil"), "{text}");
    }
    for path in [
        "/probe",
        "/probe?target=%00%ff",
        "/probe?module=%3Cscript%3E&target=https://api.example.com/",
        "/failures/%3Cscript%3E",
        "/%3Cscript%3E",
    ] {
        let (status, text) = exporter.get(path);
        assert!((400..500).contains(&status) && !text.contains("<script"), "{path}: {text}");
    }
    assert!(exporter.get("/metrics").1.contains("whycors_exporter_probes_total 0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exporter_has_a_bounded_number_of_probes_and_no_secret_to_tell() {
    // Keeps each connection until it is let go, and tells of it.
    let (arrive, arrived) = mpsc::channel();
    let (let_go, held) = tokio::sync::watch::channel(());
    let silent = Server::start(move |stream| {
        let (arrive, mut held) = (arrive.clone(), held.clone());
        async move {
            let _ = arrive.send(());
            let _ = held.changed().await;
            drop(stream);
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let config = config("\"http://127.0.0.1:*/*\"", true) + "timeout = 600\n";
    let exporter = Exporter::start(folder.path(), &config, &[]);
    let target = format!("{}?X-Amz-Signature=5ec4e75ec4e7&token=t0ken5ecret&X-Amz-Security-Token=5ec4e75ec4e7", silent.url());
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..64).map(|_| scope.spawn(|| exporter.probe(&target).0)).collect();
        for _ in 0..64 {
            arrived.recv_timeout(SOON).unwrap();
        }
        for _ in 0..3 {
            assert_eq!(exporter.probe(&target).0, 503);
        }
        drop(let_go);
        assert!(asking.into_iter().all(|thread| thread.join().unwrap() == 200));
    });
    let everything = ["/", "/metrics", "/failures/0", "/failures/1"].map(|path| exporter.get(path).1).concat() + &exporter.probe(&target).1;
    assert!(everything.contains("whycors_exporter_refused_total 3") && everything.contains("REDACTED"));
    assert!(!everything.contains("5ec4e75ec4e7") && !everything.contains("t0ken5ecret"), "{everything}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exporter_ends_when_it_is_told_to_whoever_hangs_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut exporter = Exporter::start(folder.path(), &config("\"https://api.example.com/*\"", false), &[]);
    let mut hanging = TcpStream::connect(&exporter.address).unwrap();
    hanging.write_all(b"GET /metrics HT").unwrap();
    assert_eq!(exporter.get("/-/healthy").0, 200);
    let begun = Instant::now();
    assert!(Command::new("sh").args(["-c", &format!("kill -TERM {}", exporter.child.id())]).status().unwrap().success());
    let status = exporter.child.wait().unwrap();
    assert!(status.success() && begun.elapsed() < SOON, "{status} after {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_time_a_scraper_names_a_probe_has_an_end() {
    let silent = Server::start(|stream| async move {
        tokio::time::sleep(SOON).await;
        drop(stream);
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let config = config("\"http://127.0.0.1:*/*\"", true);
    let exporter = Exporter::start(folder.path(), &config, &["--timeout", "0.5"]);
    for seconds in ["inf", "1e30", "100000", "NaN", "-1", "0.3", ""] {
        let (status, text) = exporter.scrape(&silent.url(), seconds);
        assert_eq!(status, 200, "{seconds}: {text}");
        assert!(text.contains("http-timeout"), "{seconds}: {text}");
    }
    assert!(exporter.get("/metrics").1.contains("whycors_exporter_running 0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_s_own_request_has_all_the_time_that_there_is() {
    let slow = Server::start(|mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let answer = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let folders = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let config = config("\"http://127.0.0.1:*/*\"", true);
    let cases = [("timeout = 7\n", "", "10", true), ("", "", "7", true), ("timeout = 30\n", "0.5", "", true), ("", "0.5", "", false)];
    std::thread::scope(|scope| {
        for (folder, (module, timeout, scraper, allowed)) in folders.iter().zip(cases) {
            let (config, url) = (format!("{config}{module}"), slow.url());
            scope.spawn(move || {
                let options: &[&str] = if timeout.is_empty() { &[] } else { &["--timeout", timeout] };
                let (_, text) = Exporter::start(folder.path(), &config, options).scrape(&url, scraper);
                assert!(text.contains(if allowed { "whycors_allowed 1" } else { "http-timeout" }), "{module}{timeout} {scraper}: {text}");
            });
        }
    });
}
