//! Reads a checks file: defaults, checks, plural keys that multiply; every mistake with its line.

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::expect::{Expect, Limits, Want};
use super::mistake::{Mistake, nearest};
use super::table::{MOST_MISTAKES, Reader};
use super::{Check, Location, values};
use crate::ask::{Ask, Credentials};
use crate::web::Origin;

/// Checks that one file may multiply into.
const MOST: usize = 100_000;

/// Keys of `[defaults]` and of a check.
pub(crate) const SHARED: [&str; 18] = [
    "origin",
    "origins",
    "method",
    "methods",
    "headers",
    "credentials",
    "upload_listener",
    "expose",
    "expect",
    "timeout",
    "exposes",
    "max_age_min",
    "max_age_max",
    "single_allow_origin",
    "vary",
    "status",
    "certificate_days",
    "within_ms",
];

/// Keys of a check alone.
pub(crate) const OWN: [&str; 3] = ["name", "url", "urls"];

/// Reads a checks file. The origin of the command line stands in for a missing one; `env` gives the values of `${VAR}`.
pub fn parse(file: &str, text: &str, origin: Option<&Origin>, env: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Check>, Vec<Mistake>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().take(MOST_MISTAKES).map(|e| Mistake::new(file, text, e.span().unwrap_or(0..0), e.message())).collect());
    }
    let mut reader = Reader { file, text, env, mistakes: Vec::new() };
    let defaults = Draft { origins: origin.cloned().into_iter().collect(), ..Draft::default() };
    let checks = read(&mut reader, defaults, document.get_ref());
    if reader.mistakes.is_empty() { Ok(checks) } else { Err(reader.mistakes) }
}

fn read(reader: &mut Reader<'_>, mut defaults: Draft, document: &DeTable<'_>) -> Vec<Check> {
    reader.known(document, &["defaults", "check"]);
    if let Some(value) = document.get("defaults") {
        match value.get_ref().as_table() {
            Some(table) => {
                reader.known(table, &SHARED);
                defaults.read(reader, table);
            }
            None => {
                let _: Option<()> = reader.wrong(value, "a table [defaults]");
            }
        }
    }
    let Some(list) = document.get("check") else {
        reader.fail(0..0, "there is no [[check]]", Some("add one: [[check]] with url and expect".into()));
        return Vec::new();
    };
    let Some(items) = list.get_ref().as_array() else {
        return reader.wrong(list, "a list: write [[check]] with two brackets").unwrap_or_default();
    };
    if items.is_empty() {
        reader.fail(list.span(), "there is no check in the list", Some("add one: [[check]] with url and expect".into()));
    }
    let mut checks = Vec::new();
    for item in items {
        if let Some(table) = item.get_ref().as_table() {
            check(reader, &defaults, table, item.span(), &mut checks);
        } else {
            let _: Option<()> = reader.wrong(item, "a table");
        }
    }
    checks
}

/// What a table says, not yet an ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) urls: Vec<(Url, usize)>,
    pub(super) origins: Vec<Origin>,
    pub(super) methods: Vec<String>,
    pub(super) headers: Vec<(String, Option<String>)>,
    pub(super) credentials: Credentials,
    pub(super) upload_listener: bool,
    pub(super) expose: Vec<String>,
    pub(super) timeout: Option<f64>,
    pub(super) expect: Expect,
}

fn check(reader: &mut Reader<'_>, defaults: &Draft, table: &DeTable<'_>, span: std::ops::Range<usize>, checks: &mut Vec<Check>) {
    let known: Vec<&str> = OWN.into_iter().chain(SHARED).collect();
    reader.known(table, &known);
    let before = reader.mistakes.len();
    let mut draft = defaults.clone();
    draft.read(reader, table);
    let name = table.get("name").and_then(|v| reader.text(v));
    if reader.mistakes.len() > before {
        return;
    }
    if draft.urls.is_empty() {
        return reader.fail(span, "this check has no url", Some("add url = \"https://…\"".into()));
    }
    if draft.origins.is_empty() {
        return reader.fail(
            span,
            "this check has no origin",
            Some("add origin = \"https://…\" here or under [defaults], or give --origin".into()),
        );
    }
    if draft.urls.len() * draft.origins.len() * draft.methods.len().max(1) + checks.len() > MOST {
        return reader.fail(span, format!("more than {MOST} checks"), None);
    }
    let at = Mistake::new(reader.file, reader.text, span, "").at;
    draft.multiply(name.as_deref(), &at, checks);
}

impl Draft {
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, table: &DeTable<'_>) {
        if let Some(urls) = one_or_many(reader, table, "url", "urls") {
            self.urls =
                urls.into_iter().filter_map(|(text, value)| Some((values::url(reader, &text, value)?, value.span().start))).collect();
        }
        if let Some(origins) = one_or_many(reader, table, "origin", "origins") {
            self.origins = origins.into_iter().filter_map(|(text, value)| values::origin(reader, &text, value)).collect();
        }
        if let Some(methods) = one_or_many(reader, table, "method", "methods") {
            self.methods = methods.into_iter().filter_map(|(text, value)| values::method(reader, text, value)).collect();
        }
        if let Some(headers) = table.get("headers").and_then(|v| values::headers(reader, v)) {
            self.headers = headers;
        }
        if let Some(value) = table.get("credentials") {
            self.credentials = values::credentials(reader, value).unwrap_or_default();
        }
        set(&mut self.upload_listener, table.get("upload_listener").and_then(|v| reader.flag(v)));
        set(&mut self.expose, table.get("expose").and_then(|v| values::names(reader, v)));
        if let Some(value) = table.get("timeout") {
            self.timeout = values::seconds(reader, value);
        }
        if let Some(value) = table.get("expect") {
            set(&mut self.expect.want, want(reader, value));
        }
        limits(&mut self.expect.limits, reader, table);
    }

    fn multiply(self, name: Option<&str>, at: &Location, checks: &mut Vec<Check>) {
        let methods = if self.methods.is_empty() { vec!["GET".to_owned()] } else { self.methods };
        for (url, _) in &self.urls {
            for origin in &self.origins {
                for method in &methods {
                    let mut parts = Vec::new();
                    if self.urls.len() > 1 || name.is_none() {
                        parts.push(url.host_str().map(|h| format!("{h}{}", url.path())).unwrap_or_default());
                    }
                    if self.origins.len() > 1 {
                        parts.push(format!("from {origin}"));
                    }
                    if methods.len() > 1 || name.is_none() {
                        parts.insert(0, method.clone());
                    }
                    let name: Vec<String> =
                        name.map(str::to_owned).into_iter().chain((!parts.is_empty()).then(|| parts.join(" "))).collect();
                    let ask = Ask {
                        method: method.clone(),
                        headers: self.headers.clone(),
                        credentials: self.credentials,
                        upload_listener: self.upload_listener,
                        expose: self.expose.clone(),
                        ..Ask::get(url.clone(), origin.clone())
                    };
                    checks.push(Check {
                        id: None,
                        name: name.join(": "),
                        ask,
                        expect: Some(self.expect.clone()),
                        timeout: self.timeout,
                        at: at.clone(),
                    });
                }
            }
        }
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

type Texts<'t, 'i> = Vec<(String, &'t Spanned<DeValue<'i>>)>;

/// A key in its singular or its plural form, never both.
fn one_or_many<'t, 'i>(reader: &mut Reader<'_>, table: &'t DeTable<'i>, one: &str, many: &str) -> Option<Texts<'t, 'i>> {
    match (table.get(one), table.get(many)) {
        (Some(value), None) => Some(vec![(reader.text(value)?, value)]),
        (None, Some(list)) => {
            let Some(items) = list.get_ref().as_array() else { return reader.wrong(list, "a list of texts") };
            if items.is_empty() {
                reader.fail(list.span(), format!("`{many}` is empty"), None);
            }
            items.iter().map(|item| Some((reader.text(item)?, item))).collect()
        }
        (Some(_), Some(list)) => {
            reader.fail(list.span(), format!("`{one}` and `{many}` exclude each other"), None);
            None
        }
        (None, None) => None,
    }
}

fn want(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Want> {
    if let Some(table) = value.get_ref().as_table() {
        reader.known(table, &["cause"]);
        let Some(cause) = table.get("cause") else { return reader.wrong(value, "{ cause = \"…\" }") };
        let code = reader.text(cause)?;
        if crate::cause::rule(&code).is_some() {
            return Some(Want::Cause(code));
        }
        let near = crate::cause::nearest(&code).map(|rule| format!("did you mean {:?}?", rule.code));
        let help = near.or(Some("see `whycors explain`".into()));
        reader.fail(cause.span(), format!("there is no cause {code:?}"), help);
        return None;
    }
    match reader.text(value)?.as_str() {
        "allowed" => Some(Want::Allowed),
        "blocked" => Some(Want::Blocked),
        other => {
            let help = nearest(other, &["allowed", "blocked"]).map(|w| format!("did you mean {w:?}?"));
            reader.fail(value.span(), format!("expect is {other:?}, wanted \"allowed\", \"blocked\" or {{ cause = \"…\" }}"), help);
            None
        }
    }
}

fn limits(limits: &mut Limits, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    set(&mut limits.exposes, table.get("exposes").and_then(|v| values::names(reader, v)));
    set(&mut limits.vary, table.get("vary").and_then(|v| values::names(reader, v)));
    set(&mut limits.single_allow_origin, table.get("single_allow_origin").and_then(|v| reader.flag(v)));
    let mut number = |key: &str, slot: &mut Option<f64>| {
        if let Some(value) = table.get(key) {
            *slot = reader.number(value);
        }
    };
    number("max_age_min", &mut limits.max_age_min);
    number("max_age_max", &mut limits.max_age_max);
    number("certificate_days", &mut limits.certificate_days);
    number("within_ms", &mut limits.within_ms);
    if let Some(value) = table.get("status") {
        limits.status = values::status(reader, value);
    }
    let written = table.get("max_age_max").or_else(|| table.get("max_age_min"));
    if let (Some(value), Some(min), Some(max)) = (written, limits.max_age_min, limits.max_age_max)
        && min > max
    {
        reader.fail(value.span(), format!("`max_age_min` is {min}, more than `max_age_max`, {max}: no answer is both"), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        (name == "HOST").then(|| "api.example.com".into())
    }

    fn parse(file: &str, text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Check>, Vec<Mistake>> {
        super::parse(file, text, None, env)
    }

    #[test]
    fn the_origin_of_the_command_line_stands_in_for_a_missing_one() {
        let own = "[[check]]\nurl = \"https://a.test\"\norigin = \"https://b.test\"\n";
        let none = "[[check]]\nurl = \"https://a.test\"\n";
        let given = Origin::parse("https://c.test").unwrap();
        for (text, origins) in [
            (format!("{own}{none}"), ["https://b.test", "https://c.test"]),
            (format!("[defaults]\norigin = \"https://d.test\"\n{own}{none}"), ["https://b.test", "https://d.test"]),
        ] {
            let checks = super::parse("c.toml", &text, Some(&given), &env).unwrap();
            assert_eq!(checks.iter().map(|check| check.ask.origin.as_str()).collect::<Vec<_>>(), origins);
        }
        assert!(parse("c.toml", none, &env).unwrap_err()[0].to_string().contains("this check has no origin"));
    }

    #[test]
    fn every_key_is_documented() {
        let page = include_str!("../../docs/checks.md");
        for key in OWN.into_iter().chain(SHARED) {
            let row = page.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{key}`")));
            assert!(row, "docs/checks.md has no row of `{key}`");
        }
    }

    #[test]
    fn plural_keys_multiply() {
        let text = r#"
            [defaults]
            origin = "https://app.example.com"
            timeout = 5
            [[check]]
            name = "strangers"
            url = "https://${HOST}/x"
            origins = ["https://evil.example", "null"]
            methods = ["GET", "PUT"]
            expect = "blocked"
            [[check]]
            url = "https://api.example.com/y"
        "#;
        let checks = parse("c.toml", text, &env).unwrap();
        let names: Vec<&str> = checks.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names[1], "strangers: PUT from https://evil.example");
        assert_eq!(names[4], "GET api.example.com/y");
        assert_eq!((checks.len(), checks[0].at.line, checks[0].timeout), (5, 5, Some(5.0)));
        assert_eq!(checks[4].expect.as_ref().unwrap().want, Want::Allowed);
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text = "[defaults]\norigin = \"https://app.example.com/\"\n[[check]]\nurll = \"x\"\nurl = \"ftp://x\"\nexpect = \"alowed\"\n[[check]]\nurl = \"https://${NOPE}\"\n";
        let said: Vec<String> = parse("c.toml", text, &env).unwrap_err().iter().map(ToString::to_string).collect();
        let all = said.join("\n");
        for part in [
            "c.toml:2:10: an origin has no trailing slash",
            "did you mean `url`?",
            "only http and https",
            "did you mean \"allowed\"?",
            "the environment has no `NOPE`",
        ] {
            assert!(all.contains(part), "{part} not in\n{all}");
        }
    }

    #[test]
    fn values_that_no_request_has_are_mistakes() {
        for (line, words) in [
            ("method = \"P T\"", "c.toml:4:10: \"P T\" is not a method"),
            ("methods = [\"PUT\", \"\"]", "c.toml:4:19: \"\" is not a method"),
            ("headers = [\"x-a\", \"a b: c\"]", "c.toml:4:19: \"a b\" is not a header name"),
            ("expose = [\"e tag\"]", "c.toml:4:11: \"e tag\" is not a header name"),
            ("exposes = [\"e tag\"]", "c.toml:4:12: \"e tag\" is not a header name"),
            ("vary = [\"origin\", \"or igin\"]", "c.toml:4:19: \"or igin\" is not a header name"),
            ("max_age_min = 10\nmax_age_max = 5", "c.toml:5:15: `max_age_min` is 10, more than `max_age_max`, 5"),
            ("status = 0xF00", "c.toml:4:10: a status is a whole number from 100 to 599"),
            ("max_age_min = 0x10\nmax_age_max = 0b1", "`max_age_min` is 16, more than `max_age_max`, 1"),
            ("status = -0", "a status is"),
            ("timeout = 0", "c.toml:4:11: a time-out is more than 0 and at most 3600 seconds"),
            ("timeout = 1e9", "at most 3600"),
            ("status = 2000", "c.toml:4:10: a status is a whole number from 100 to 599"),
            ("name = \"${HOST:-x}\"", "c.toml:4:8: `HOST:-x` is not the name of a variable"),
            ("name = \"${}\"", "`` is not the name of a variable"),
            ("expect = {}", "c.toml:4:10: expected { cause"),
            ("expect = { cause = \"s3-wrong-region\" }", "did you mean \"s3-wrong-region-redirect\"?"),
        ] {
            let text = format!("[[check]]\nurl = \"https://a.test\"\norigin = \"https://b.test\"\n{line}\n");
            let said = parse("c.toml", &text, &env).unwrap_err()[0].to_string();
            assert!(said.contains(words), "{line}: {said}");
        }
        let text = "[[check]]\nurl = \"https://a.test\"\norigin = \"https://*.b.test\"\n";
        assert!(parse("c.toml", text, &env).unwrap_err()[0].to_string().contains("a pattern of CORS rules"));
    }

    #[test]
    fn whole_numbers_may_be_written_in_every_way_of_toml() {
        for (text, status) in [("0o310", 200), ("0xC8", 200), ("0b1100_1000", 200), ("2_00", 200), ("+200", 200), ("2e2", 200)] {
            let text = format!("[[check]]\nurl = \"https://a.test\"\norigin = \"https://b.test\"\nstatus = {text}\n");
            let checks = parse("c.toml", &text, &env).unwrap();
            assert_eq!(checks[0].expect.as_ref().unwrap().limits.status, Some(status), "{text}");
        }
    }

    #[test]
    fn tables_that_mean_nothing_are_mistakes() {
        for (text, words) in [
            ("check = []", "c.toml:1:9: there is no check in the list"),
            ("probe = 3\n[[check]]\nurl = \"https://a.test\"\norigin = \"https://b.test\"", "unknown key `probe`"),
        ] {
            let said = parse("c.toml", text, &env).unwrap_err()[0].to_string();
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn broken_toml_is_no_panic() {
        for text in ["[[check", "check = 3", "", "[[check]]\nurl = 3", "[check]\nurl = \"x\"", "defaults = 1\n[[check]]"] {
            assert!(parse("c.toml", text, &env).is_err(), "{text}");
        }
    }
}
