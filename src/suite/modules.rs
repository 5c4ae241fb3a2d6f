//! The exporter's configuration: which targets it may probe, and the asks it may make of them.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::mistake::Mistake;
use super::parse::{Draft, SHARED};
use super::table::{MOST_MISTAKES, Reader};
use super::{Check, Expect, Location};
use crate::ask::Ask;
use crate::web::{Origin, glob};

/// What is said where no target may be probed.
const NOTHING: &str = "`allow` names no target, so that none may be probed";
/// The least that may be.
const EXAMPLE: &str = "allow = [\"https://api.example.com/*\"]";

/// The exporter's configuration.
#[derive(Debug, Clone, Default)]
pub struct Modules {
    /// Patterns of URLs that may be probed; a `*` in the host stands for characters of a host, in the path for any.
    pub allow: Vec<String>,
    /// Whether private, link-local and loopback addresses may be probed.
    pub allow_private: bool,
    /// The modules by name.
    pub by_name: BTreeMap<String, Module>,
}

/// One way to probe a target.
#[derive(Debug, Clone)]
pub struct Module {
    /// The ask for any target: its URL is replaced.
    ask: Ask,
    /// What must come of it.
    pub expect: Expect,
    /// Seconds for each probe.
    pub timeout: Option<f64>,
}

impl Modules {
    /// Whether a target may be probed.
    pub fn allows(&self, target: &Url) -> bool {
        self.allow.iter().any(|pattern| glob::glob_url(pattern, target))
    }
}

impl Module {
    /// The check of a target.
    pub fn check(&self, target: Url) -> Check {
        let ask = Ask { url: target, ..self.ask.clone() };
        Check { id: None, name: String::new(), ask, expect: Some(self.expect.clone()), timeout: self.timeout, at: Location::default() }
    }
}

/// Reads the exporter's configuration; `env` gives the values of `${VAR}`.
pub fn modules(file: &str, text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Modules, Vec<Mistake>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().take(MOST_MISTAKES).map(|e| Mistake::new(file, text, e.span().unwrap_or(0..0), e.message())).collect());
    }
    let mut reader = Reader { file, text, env, mistakes: Vec::new() };
    let modules = read(&mut reader, document.get_ref());
    if reader.mistakes.is_empty() { Ok(modules) } else { Err(reader.mistakes) }
}

fn read(reader: &mut Reader<'_>, document: &DeTable<'_>) -> Modules {
    reader.known(document, &["targets", "modules"]);
    let mut modules = Modules::default();
    match document.get("targets").and_then(|v| Some((v.span(), v.get_ref().as_table()?))) {
        Some((span, targets)) => {
            reader.known(targets, &["allow", "allow_private"]);
            match targets.get("allow") {
                Some(allow) => modules.allow = patterns(reader, allow),
                None => reader.fail(span, NOTHING, Some(EXAMPLE.into())),
            }
            modules.allow_private = targets.get("allow_private").and_then(|v| reader.flag(v)).unwrap_or_default();
        }
        None => reader.fail(0..0, "there is no [targets]", Some(format!("add [targets] with {EXAMPLE}"))),
    }
    let tables = document.get("modules").and_then(|v| v.get_ref().as_table());
    let Some(tables) = tables.filter(|tables| !tables.is_empty()) else {
        let span = document.get("modules").map_or(0..0, Spanned::span);
        reader.fail(span, "there is no [modules.NAME]", Some("add one with origin and expect".into()));
        return modules;
    };
    for (name, value) in tables {
        let DeValue::Table(table) = value.get_ref() else {
            let _: Option<()> = reader.wrong(value, "a table [modules.NAME]");
            continue;
        };
        reader.known(table, &SHARED);
        let mut draft = Draft::default();
        draft.read(reader, table);
        match module(draft) {
            Ok(module) => drop(modules.by_name.insert(name.get_ref().to_string(), module)),
            Err(problem) => reader.fail(name.span(), problem, None),
        }
    }
    modules
}

/// The patterns of targets; one that fits nothing lets nothing be probed.
fn patterns(reader: &mut Reader<'_>, allow: &Spanned<DeValue<'_>>) -> Vec<String> {
    let items = allow.get_ref().as_array();
    if items.is_some_and(|items| items.is_empty()) {
        reader.fail(allow.span(), NOTHING, Some(EXAMPLE.into()));
    }
    let Some(patterns) = reader.texts(allow) else { return Vec::new() };
    for (pattern, span) in patterns.iter().zip(items.into_iter().flatten().map(Spanned::span)) {
        if !glob::fits_some_url(pattern) {
            let help = "write scheme, host and path as in an address bar, such as https://api.example.com/* or https://*/*";
            reader.fail(span, "no URL fits this pattern", Some(help.into()));
        }
    }
    patterns
}

fn module(draft: Draft) -> Result<Module, &'static str> {
    let [origin]: [Origin; 1] = draft.origins.try_into().map_err(|_| "a module has exactly one origin")?;
    if draft.methods.len() > 1 {
        return Err("a module has one method");
    }
    // Any URL serves: `Module::check` puts the target's in its place.
    let url = Url::parse("https://target.invalid/").map_err(|_| "no URL")?;
    let ask = Ask {
        method: draft.methods.into_iter().next().unwrap_or_else(|| "GET".into()),
        headers: draft.headers,
        credentials: draft.credentials,
        upload_listener: draft.upload_listener,
        expose: draft.expose,
        ..Ask::get(url, origin)
    };
    Ok(Module { ask, expect: draft.expect, timeout: draft.timeout })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_modules_and_says_what_is_missing() {
        let text =
            "[targets]\nallow = [\"https://*.example.com/*\"]\n[modules.up]\norigin = \"https://app.example.com\"\nmethod = \"PUT\"\n";
        let read = modules("w.toml", text, &|_| None).unwrap();
        let target = |t: &str| Url::parse(t).unwrap();
        assert!(read.allows(&target("https://a.example.com/x")) && !read.allows(&target("https://evil.test/?https://a.example.com/x")));
        assert_eq!(read.by_name["up"].check(target("https://a.example.com/x")).ask.method, "PUT");
        let said: Vec<String> = modules("w.toml", "[modules.up]\nmethod = \"PUT\"\norgin = 1", &|_| None)
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(
            said.iter().any(|s| s.contains("[targets]"))
                && said.iter().any(|s| s.contains("did you mean `origin`?"))
                && said.iter().any(|s| s.contains("exactly one origin")),
            "{said:?}"
        );
    }

    #[test]
    fn what_lets_nothing_be_probed_is_a_mistake_with_its_place() {
        const MODULE: &str = "[modules.up]\norigin = \"https://app.example.com\"\n";
        for (text, says) in [
            (format!("[targets]\nallow = [\"*\"]\n{MODULE}"), "w.toml:2:10: no URL fits this pattern"),
            (format!("[targets]\nallow = [\"https://*/*\", \"not a url\"]\n{MODULE}"), "w.toml:2:25: no URL fits this pattern"),
            (format!("[targets]\nallow = []\n{MODULE}"), "w.toml:2:9: `allow` names no target"),
            (format!("{MODULE}[targets]\nallow_private = true\n"), "w.toml:3:1: `allow` names no target"),
            ("[targets]\nallow = [\"https://*/*\"]\n[modules]\n".into(), "w.toml:3:1: there is no [modules.NAME]"),
        ] {
            let said: Vec<String> = modules("w.toml", &text, &|_| None).unwrap_err().iter().map(ToString::to_string).collect();
            assert!(said.len() == 1 && said[0].starts_with(says), "{text}: {said:?}");
        }
    }
}
