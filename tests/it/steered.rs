//! What a server sends cannot steer what is printed, and does not fill the memory; in the real binary.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::servers::{Server, read_request};

const FORMATS: [&str; 8] = ["human", "json", "ndjson", "markdown", "html", "junit", "github", "prometheus"];

/// Escapes in the body; in header lines what HTTP lets through: C1 controls as bytes, and overrides as UTF-8.
fn tricky() -> Vec<u8> {
    let body =
        "<Error><Code>AccessDenied\u{1b}[2J\u{202e}</Code><Message>\u{9b}31m\u{1b}]0;owned\u{7}\u{2066}\u{feff}\u{200b}</Message></Error>";
    let mut answer = b"HTTP/1.1 403 \x9b31m\xe2\x80\xae\r\nServer: AmazonS3\x9b2J\r\nAccess-Control-Allow-Origin: https://\xe2\x80\xaeevil.example\x9b31m\r\n\
        Location: https://\xe2\x80\xaeevil.example/\x9b\r\nX-Amz-Request-Id: \xe2\x80\xae\x85\x9d\r\nContent-Type: application/xml\x9c\r\n"
        .to_vec();
    answer.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).bytes());
    answer
}

fn steers(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

async fn probe(arguments: Vec<String>) -> (Option<i32>, String) {
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
        let output = command.args(["probe", "--origin", "https://app.example.com"]).args(arguments).env_clear().output().unwrap();
        (output.status.code(), [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn no_form_of_output_can_be_steered() {
    let server = Server::saying(tricky()).await;
    for format in FORMATS {
        for more in ["-q", "-vv"] {
            let (_, text) = probe(vec![server.url(), "--format".into(), format.into(), more.into()]).await;
            assert!(text.len() > 20, "{format}: {text}");
            let found: Vec<char> = text.chars().filter(|c| steers(*c)).collect();
            assert!(found.is_empty(), "{format} {more} prints {found:?}:\n{text:?}");
        }
    }
    let (status, text) = probe(vec!["https://\u{1b}[2J\u{202e}/\u{9b}".into()]).await;
    assert_eq!(status, Some(2));
    assert!(!text.chars().any(steers), "{text:?}");
}

/// Memory that a process has for itself, in KiB.
#[cfg(target_os = "linux")]
fn own_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// As SECURITY.md states it.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 32 * 1024;

#[cfg(target_os = "linux")]
#[tokio::test]
async fn floods_do_not_fill_the_memory() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut bomb, &vec![0; 50_000_000]).unwrap();
    let bomb = bomb.finish().unwrap();
    let lines = "X-Filler: aaaaaaaaaaaaaaaaaaaaa\r\n".repeat(2000).into_bytes();
    let floods: [(&str, Vec<u8>, Vec<u8>); 6] = [
        ("a body", b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'a'; 1 << 20]),
        ("a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n".to_vec(), vec![b'a'; 1 << 20]),
        ("header lines", b"HTTP/1.1 200 OK\r\n".to_vec(), lines),
        ("a header line", b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec(), vec![b'a'; 1 << 20]),
        ("interim answers", vec![], b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1000)),
        ("a bomb", [b"HTTP/1.1 403 Forbidden\r\nContent-Encoding: gzip\r\n\r\n".to_vec(), bomb].concat(), vec![]),
    ];
    for (name, once, again) in floods {
        let flood = std::sync::Arc::new((once, again));
        let server = Server::start(move |mut stream| {
            let flood = std::sync::Arc::clone(&flood);
            async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(&flood.0).await;
                while !flood.1.is_empty() && stream.write_all(&flood.1).await.is_ok() {}
            }
        })
        .await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
        command.args(["probe", &server.url(), "--origin", "https://app.example.com", "--timeout", "1"]);
        let mut child = command.env_clear().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut most = 0;
        let status = loop {
            most = most.max(own_memory(child.id()).unwrap_or(0));
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        assert!(status.code().is_some_and(|code| code < 2), "{name}: {status}");
        assert!(most > 0 && most < MOST_MEMORY, "{name}: {most} KiB");
    }
}

/// A file that is all hole: what it would cost to hold it shows at once.
#[cfg(target_os = "linux")]
#[test]
fn files_of_a_gigabyte_are_streamed_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let huge = folder.path().join("huge.toml");
    std::fs::File::create(&huge).unwrap().set_len(1 << 30).unwrap();
    let huge = huge.to_str().unwrap();
    let probe = ["probe", "http://127.0.0.1:1/", "--origin", "https://app.example.com"];
    for arguments in [
        &["lint", huge][..],
        &["check", huge],
        &["merge", huge],
        &["replay", huge],
        &["serve", "--config", huge],
        &[&probe[..], &["--cacert", huge]].concat(),
    ] {
        let mut command = Command::new("sh");
        // 160 MiB of anonymous memory, of which the stack of each thread is a part.
        command.args(["-c", "ulimit -d 163840; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_whycors")]).args(arguments);
        let output = command.env_clear().output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), told.lines().count()), (Some(2), 1), "{arguments:?}: {told}");
        assert!(["larger than", "longer than", "not a report"].iter().any(|word| told.contains(word)), "{arguments:?}: {told}");
    }
}
