//! A short deterministic run of what `fuzz/` runs for longer: every reader of foreign text on seeds and their mutations.
//! It fails by a panic, or by a reader that takes too long to come back.

use std::path::Path;
use std::time::{Duration, Instant};

use whycors::world::{World, simulate};

#[path = "../../fuzz/entries.rs"]
mod entries;

const NOW: i64 = 1_795_000_000;
const MUTATIONS: u64 = 60;

/// What is spliced in: delimiters, escapes, and characters that take more than one byte.
const SPLICES: [&str; 20] = [
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "&",
    "%",
    "\u{0}",
    "\u{202e}",
    "ü",
    "\u{1F600}",
    "$'",
    "^\"",
    "\r\n",
    "*",
    "99999999999999999999",
];

/// A small generator of its own, so that each run is the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

fn mutate(seed: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = seed.chars().collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(chars.len() + 1);
        match dice.below(4) {
            0 => chars.truncate(at),
            1 => drop(chars.splice(at..at, SPLICES[dice.below(SPLICES.len())].chars()).collect::<Vec<_>>()),
            2 => drop(chars.drain(at..(at + dice.below(20)).min(chars.len())).collect::<Vec<_>>()),
            _ => {
                let piece: Vec<char> = chars[at..(at + dice.below(200)).min(chars.len())].to_vec();
                drop(chars.splice(at..at, piece).collect::<Vec<_>>());
            }
        }
    }
    chars.into_iter().collect()
}

fn survive(seeds: &[String], entry: fn(&str)) {
    assert!(!seeds.is_empty());
    for (number, seed) in seeds.iter().enumerate() {
        entry(seed);
        let mut dice = Dice(number as u64);
        for _ in 0..MUTATIONS {
            entry(&mutate(seed, &mut dice));
        }
    }
}

fn files(folder: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.is_file()).collect();
    found.sort();
    found.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).chars().take(20_000).collect()).collect()
}

/// What once made a reader hang.
#[test]
fn regressions() {
    for text in files("fuzz/regressions") {
        for entry in
            [entries::intake, entries::curl, entries::fetch, entries::checks, entries::s3_config, entries::evidence, entries::target]
        {
            entry(&text);
        }
    }
}

/// A reader that looks back, or ahead, at the whole text from every place in it takes minutes for what should take a moment.
#[test]
fn long_repetitions() {
    const LENGTH: usize = 60_000;
    const MOST: Duration = Duration::from_secs(5);
    let pieces = [
        "\n",
        " ",
        ";",
        "&",
        "'",
        "\\'",
        "\"",
        "`",
        "{",
        "[",
        "(",
        "}",
        ")",
        ",",
        ":",
        "^\n",
        "\\\n",
        "-H ",
        "curl ",
        "curl x\n",
        "fetch(",
        "new ",
        "const x = ",
        "Access to fetch at '",
        "https://",
        "http://[",
        "method ",
        "https://a.example/ ",
        "@{",
        "//",
        "/*",
        "<",
        "<a>",
        "<!--",
        "- ",
        "a: ",
        "a: &a ",
        "*a ",
        "<<E\n",
        "${",
        "a{",
        "a = ",
        "{\"a\":",
        "#",
        "[a]\n",
        "a.",
        "ü",
        "%2F",
        "?a=",
        "&X-Amz-Signature=",
        ";key=",
        "code=",
        "token=",
        "Bearer ",
        "-eyJ",
        "cookie: x ",
        "u:p@",
        "\\u0027",
        "x\n",
        "A",
        ".",
        "/",
        "..",
        "key=",
        "key=.",
        "basic+",
        "bearer+a=",
        "cookie:ü",
        "^set-cookie: ;",
        "credential%3D/",
        "code%3Da",
        "set-cookie: a=b",
    ];
    let beginnings = [
        "",
        "curl 'https://a.example/' ",
        "curl '",
        "fetch(\"https://a.example/\", {a: b ",
        "fetch(\"https://a.example/\", [",
        "Invoke-WebRequest -Uri \"https://a.example/\" ",
        "Access to fetch at 'https://a.example/",
        "[{\"AllowedOrigins\":[\"",
        "<CORSConfiguration>",
        "Resources:\n  A:\n",
        "resource \"aws_s3_bucket_cors_configuration\" \"a\" {\n",
        "[[check]]\nname = \"",
        "https://a.s3.amazonaws.com/?X-Amz-Signature=",
    ];
    let readers: [fn(&str); 4] = [entries::intake, entries::target, entries::checks, entries::s3_config];
    for (beginning, piece) in beginnings.iter().flat_map(|beginning| pieces.iter().map(move |piece| (beginning, piece))) {
        let text = format!("{beginning}{}x", piece.repeat(LENGTH / piece.len()));
        for (number, reader) in readers.iter().enumerate() {
            // A busy machine only ever adds to what is seen.
            let least = (0..3).map(|_| taken(|| reader(&text))).find(|taken| *taken < MOST);
            assert!(least.is_some(), "reader {number} takes {MOST:?} for {beginning:?} and many of {piece:?}");
        }
    }
}

fn taken(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

#[test]
fn urls() {
    let worlds = World::all().unwrap();
    survive(&worlds.iter().step_by(3).map(|w| w.ask(NOW).unwrap().url.to_string()).collect::<Vec<_>>(), entries::target);
}

#[test]
fn pasted_text() {
    survive(&files("fixtures/intake"), entries::intake);
}

#[test]
fn checks_and_exporter_files() {
    let mut seeds = vec![
        include_str!("../../deploy/whycors.toml").to_owned(),
        r#"{"url":"https://a.example/","origin":"null","headers":["x-a"],"expect":{"cause":"tcp-refused"}}"#.to_owned(),
    ];
    seeds.push("[defaults]\norigin = \"https://app.example.com\"\n[[check]]\nname = \"a\"\nurls = [\"https://a.example/\", \"${X}\"]\nmethods = [\"GET\", \"PUT\"]\nexpect = { cause = \"tcp-refused\" }\nmax_age_min = 5\n".to_owned());
    survive(&seeds, entries::checks);
}

#[test]
fn s3_configurations() {
    survive(&files("fixtures/s3-cors"), entries::s3_config);
}

#[test]
fn recorded_evidence() {
    let worlds = World::all().unwrap();
    let evidence = worlds.iter().step_by(5).map(|w| serde_json::to_string(&simulate(w, NOW).unwrap().evidence).unwrap());
    survive(&evidence.collect::<Vec<_>>(), entries::evidence);
}
