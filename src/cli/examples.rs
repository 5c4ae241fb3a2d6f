//! What `--help` and the manual pages show to begin with: lines to copy, each of which the tests parse.

use clap::Command;

use crate::suite;

/// The lines of each command; what follows `|` or `>` belongs to the shell.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "probe",
        &[
            "whycors probe https://api.example.com/items --origin https://app.example.com -X PUT -H content-type",
            "whycors probe 'https://uploads.s3.amazonaws.com/a.png?X-Amz-Signature=…' --origin https://app.example.com -X PUT",
            "whycors probe --from failed.har --report html=report.html",
            "pbpaste | whycors probe -",
            "whycors probe --from failed.har --offline --format json",
            "whycors probe https://api.example.com/items --origin https://app.example.com --map",
        ],
    ),
    (
        "s3",
        &[
            "whycors s3 media-uploads --origin https://app.example.com -X PUT -H content-type",
            "whycors s3 media-uploads --region eu-west-1 --origin https://app.example.com --format markdown",
        ],
    ),
    (
        "check",
        &[
            "whycors check whycors.toml",
            "whycors check whycors.toml --wait 120s --format github --report junit=whycors.xml --report sarif=whycors.sarif",
            "whycors check fleet.ndjson --jobs 256 --format ndjson > reports.ndjson",
            "producer | whycors check - --origin https://app.example.com",
        ],
    ),
    ("merge", &["whycors merge part-*.json --format html --output all.html"]),
    (
        "replay",
        &[
            "whycors replay report.json",
            "whycors replay reports.ndjson --browser firefox --format ndjson",
            "whycors replay report.json --format markdown | gh issue create --body-file -",
        ],
    ),
    (
        "lint",
        &[
            "whycors lint cors.json",
            "aws s3api get-bucket-cors --bucket media-uploads | whycors lint -",
            "whycors lint template.yaml --origin https://app.example.com --method PUT --header content-type",
            "whycors lint main.tf --format sarif --output whycors.sarif",
        ],
    ),
    (
        "suggest",
        &[
            "whycors suggest --origin https://app.example.com -X PUT -H content-type --expose etag",
            "whycors suggest --from report.json --config cors.json",
            "whycors suggest --from report.json --form terraform --bucket media-uploads",
        ],
    ),
    ("explain", &["whycors explain", "whycors explain s3-wrong-region-redirect", "whycors explain -q | grep ^s3-"]),
    (
        "serve",
        &[
            "whycors serve --config whycors.toml",
            "whycors serve --config whycors.toml --config.check",
            "curl 'http://127.0.0.1:9876/probe?module=upload&target=https://uploads.s3.eu-west-1.amazonaws.com/x'",
        ],
    ),
    ("lab", &["whycors lab", "whycors lab story/s3-upload-global-endpoint --latency 100"]),
    ("demo", &["whycors demo", "whycors demo story/s3-upload-global-endpoint -v"]),
    ("schema", &["whycors schema", "whycors schema check > check.schema.json"]),
    (
        "completions",
        &[
            "whycors completions bash > /etc/bash_completion.d/whycors",
            "whycors completions zsh > \"${fpath[1]}/_whycors\"",
            "whycors completions fish > ~/.config/fish/completions/whycors.fish",
            "whycors completions powershell >> $PROFILE",
            "whycors completions elvish > ~/.config/elvish/lib/whycors.elv",
        ],
    ),
    ("man", &["whycors man | man -l -", "whycors man probe | man -l -", "whycors man --directory /usr/local/share/man/man1"]),
];

/// The command with its examples below its help.
pub(super) fn with_examples(command: Command) -> Command {
    let Some((_, lines)) = EXAMPLES.iter().find(|(name, _)| *name == command.get_name()) else { return command };
    let heading = if lines.len() == 1 { "Example:" } else { "Examples:" };
    let text = lines.iter().fold(heading.to_owned(), |text, line| text + "\n  " + line);
    let below = if command.get_name() == "check" { keys() } else { String::new() };
    command.after_help(text + &below)
}

/// What a file of checks may say.
fn keys() -> String {
    let (own, shared) = (suite::OWN.join(", "), suite::SHARED.join(", "));
    format!("\n\nKeys of each [[check]]: {own}; of each and of [defaults]: {shared}. docs/checks.md says what each means.")
}

#[cfg(test)]
mod tests {
    use super::super::environment;
    use super::*;

    /// The words of a line as a shell gives them, up to the pipe or the redirection.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for c in line.chars() {
            match (quote, c) {
                (None, '|' | '>') => break,
                (None, '\'' | '"') => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                (None, ' ') => words.push(String::new()),
                (_, c) => words.last_mut().unwrap().push(c),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn every_command_has_examples_that_parse() {
        let whole = environment::command();
        for command in whole.get_subcommands() {
            assert!(command.get_after_help().is_some(), "{} has no example", command.get_name());
        }
        for line in EXAMPLES.iter().flat_map(|(_, lines)| *lines) {
            let ours = line.find("whycors ").filter(|at| *at == 0 || line[..*at].ends_with("| "));
            let Some(start) = ours else { continue };
            let parsed = environment::command().try_get_matches_from(words(&line[start..]));
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }
}
