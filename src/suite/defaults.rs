//! The `[defaults]` of a checks file, for requests that are asked on the command line.

use toml::de::DeTable;

use super::mistake::Mistake;
use super::parse::{Draft, SHARED};
use super::table::{MOST_MISTAKES, Reader};
use crate::ask::Credentials;
use crate::web::Origin;

/// What a file gives where the command line is silent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Defaults {
    /// The page's origin.
    pub origin: Option<Origin>,
    /// Method.
    pub method: Option<String>,
    /// Request headers.
    pub headers: Vec<(String, Option<String>)>,
    /// Whether credentials are included.
    pub credentials: bool,
    /// Whether the page listens to the upload's progress.
    pub upload_listener: bool,
    /// Response headers that the page reads.
    pub expose: Vec<String>,
    /// Seconds for each probe.
    pub timeout: Option<f64>,
    /// The keys that were given and that mean something for one request.
    pub keys: Vec<String>,
}

/// Keys that mean something for one request; the others are for checks alone.
const MEANT: [&str; 7] = ["origin", "method", "headers", "credentials", "upload_listener", "expose", "timeout"];

/// Reads the `[defaults]` of a file, whatever else it holds; nothing without such a table. `env` gives the values of `${VAR}`.
pub fn defaults(file: &str, text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Defaults>, Vec<Mistake>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().take(MOST_MISTAKES).map(|e| Mistake::new(file, text, e.span().unwrap_or(0..0), e.message())).collect());
    }
    let mut reader = Reader { file, text, env, mistakes: Vec::new() };
    let Some(value) = document.get_ref().get("defaults") else { return Ok(None) };
    let mut draft = Draft::default();
    let mut keys = Vec::new();
    match value.get_ref().as_table() {
        Some(table) => {
            reader.known(table, &SHARED);
            draft.read(&mut reader, table);
            keys = MEANT.iter().filter(|key| table.contains_key(**key)).map(|key| (*key).to_owned()).collect();
        }
        None => {
            let _: Option<()> = reader.wrong(value, "a table [defaults]");
        }
    }
    if !reader.mistakes.is_empty() {
        return Err(reader.mistakes);
    }
    // The plural keys multiply checks; one request takes none of theirs.
    let one = |key: &str| keys.iter().any(|known| known == key);
    Ok(Some(Defaults {
        origin: draft.origins.into_iter().next().filter(|_| one("origin")),
        method: draft.methods.into_iter().next().filter(|_| one("method")),
        headers: draft.headers,
        credentials: draft.credentials == Credentials::Include,
        upload_listener: draft.upload_listener,
        expose: draft.expose,
        timeout: draft.timeout,
        keys,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Defaults>, String> {
        let env = |name: &str| (name == "TOKEN").then(|| "t".to_owned());
        defaults("whycors.toml", text, &env).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn what_a_request_needs_is_taken() {
        let text = "[defaults]\norigin = \"https://app.example.com\"\nheaders = [\"authorization: ${TOKEN}\"]\ntimeout = 5\nexpect = \"blocked\"\nmethods = [\"PUT\"]\n[[check]]\nnonsense = 1\n";
        let found = read(text).unwrap().unwrap();
        assert_eq!(found.origin.unwrap().as_str(), "https://app.example.com");
        assert_eq!((found.method, found.timeout, found.headers.len()), (None, Some(5.0), 1));
        assert_eq!(found.keys, ["origin", "headers", "timeout"]);
        assert_eq!(read("[targets]\nallow = []").unwrap(), None);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, words) in [
            ("[defaults]\norgin = \"https://a.example\"", "whycors.toml:2:1: unknown key `orgin`"),
            ("[defaults]\norigin = \"https://a.example/\"", "no trailing slash"),
            ("defaults = 1", "a table [defaults]"),
            ("[defaults", "whycors.toml:1"),
        ] {
            assert!(read(text).unwrap_err().contains(words), "{text}: {:?}", read(text));
        }
    }
}
