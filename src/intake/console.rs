//! Console messages of Chromium, Firefox and Safari, matched by the few words that have stayed the same over the years.

use url::Url;

use super::lookalike::Lookalike;
use super::page::{Draft, names_in, short_url};
use super::text::{first_url, quoted};
use super::{Hints, Intake, IntakeError, MAX_ITEMS, Meaning, Source};
use crate::ask::Credentials;
use crate::web::{Origin, header};

/// The longest prose that is looked at.
const MAX_PROSE: usize = 1 << 20;

/// How messages begin, in lower case. A message ends where the next one begins.
const OPENINGS: &[&str] = &[
    "access to ",
    "cross-origin request blocked",
    "cross-origin redirection to",
    "cross-origin read blocking",
    "origin http",
    "origin null is not allowed",
    "preflight response is not successful",
    "request header field ",
    "credentials flag is true",
    "cannot use wildcard in access-control-allow-origin",
    "access-control-allow-origin cannot contain",
    "fetch api cannot load",
    "xmlhttprequest cannot load",
    "failed to load",
    "refused to ",
    "connecting to '",
    "mixed content:",
    "content-security-policy:",
    "content security policy:",
    "blocked loading mixed",
    "[blocked]",
    "the resource at",
    "a resource is blocked by",
    "the fetchevent for",
    "a serviceworker ",
    "fetchevent.respondwith",
    "content blocker prevented",
    "response was blocked by",
    "a server with the specified hostname",
    "could not connect to the server",
    "the network connection was lost",
    "websocket connection to ",
];

/// Methods that stand before a URL in a line of Chromium's console.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Everything that the messages of a text say. `alone`: nothing else was found in the input, so silence is an error.
pub(super) fn read(prose: &str, hints: &Hints, alone: bool) -> Result<Vec<Intake>, IntakeError> {
    let text = prose.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.get(..text.floor_char_boundary(MAX_PROSE)).unwrap_or_default();
    let mut listener = Listener::default();
    for message in messages(text) {
        listener.hear(message)?;
    }
    listener.end(text, alone)?;
    listener.items(hints)
}

/// The text cut at the beginnings of messages.
fn messages(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let mut starts: Vec<usize> = OPENINGS.iter().flat_map(|opening| lower.match_indices(opening).map(|(at, _)| at)).collect();
    let refusal = "is not allowed by access-control-allow-methods";
    starts.extend(
        lower
            .match_indices("method ")
            .map(|(at, _)| at)
            .filter(|at| lower[*at..].splitn(3, ' ').nth(2).is_some_and(|rest| rest.starts_with(refusal))),
    );
    // Behind a colon stands the reason of the message before.
    starts.retain(|at| !text[..*at].trim_end().ends_with(':'));
    let verbs = METHODS.iter().flat_map(|method| text.match_indices(method));
    starts.extend(verbs.filter(|(at, method)| text[at + method.len()..].starts_with(" http")).map(|(at, _)| at));
    starts.sort_unstable();
    starts.dedup();
    starts.truncate(MAX_ITEMS * 4);
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

/// Puts messages together: Safari says the reason first and the URL in the next one, Chromium names the method last.
#[derive(Default)]
struct Listener {
    drafts: Vec<Draft>,
    lookalikes: Vec<Lookalike>,
    /// A reason that waits for its URL.
    waiting: Option<Waiting>,
    /// The last URL, for a reason that comes after it.
    last: Option<Url>,
    methods: Vec<(Url, String)>,
}

#[derive(Default)]
struct Waiting {
    reasons: String,
    lookalike: Option<Lookalike>,
}

impl Listener {
    fn hear(&mut self, message: &str) -> Result<(), IntakeError> {
        let lower = message.to_ascii_lowercase();
        // Also where the end of the line was not copied.
        let cut_off = lower.starts_with("access to ") && lower.contains(" at '") && lower.contains("from origin '");
        if lower.contains("blocked by cors policy") || cut_off {
            return self.chromium(message);
        }
        if lower.starts_with("cross-origin request blocked") {
            let reason = message.split_once("eason:").map_or(message, |(_, reason)| reason);
            return match first_url(message) {
                Some((url, _)) => {
                    self.ask(url, reason);
                    Ok(())
                }
                None => Err(broken("it names no http or https URL; paste the whole line")),
            };
        }
        if lower.contains("websocket connection to ") {
            return Err(broken("it is about a WebSocket: CORS does not apply to it; the server checks the Origin header itself"));
        }
        let method = METHODS.iter().find(|m| message.starts_with(*m));
        if let Some(mut found) = Lookalike::find(message) {
            found.url = target(message).or_else(|| self.last.clone());
            found.origin = lower.find("page at ").and_then(|at| first_url(&message[at..])).map(|(url, _)| Origin::of(&url));
            match (&found.url, self.drafts.last()) {
                (None, _) => self.waiting.get_or_insert_default().lookalike = Some(found),
                // `Fetch API cannot load URL.` and then the reason.
                (Some(url), Some(draft)) if draft.url == *url && target(message).is_none() => {
                    self.drafts.pop();
                    self.lookalikes.push(found);
                }
                _ => self.lookalikes.push(found),
            }
            return Ok(());
        }
        let url = first_url(message).map(|(url, _)| url);
        match (method, url) {
            (Some(method), Some(url)) => {
                self.last = Some(url.clone());
                self.methods.push((url, (*method).to_owned()));
            }
            (None, Some(url)) if lower.contains("cannot load") || lower.starts_with("failed to load http") => match self.waiting.take() {
                Some(Waiting { lookalike: Some(mut found), .. }) => {
                    found.url = Some(url);
                    self.lookalikes.push(found);
                }
                waiting => self.ask(url, &format!("{} {message}", waiting.unwrap_or_default().reasons)),
            },
            _ if lower.contains("access-control-")
                || lower.contains("preflight")
                || lower.starts_with("cross-origin redirection")
                || lower.contains("credentials flag") =>
            {
                let waiting = self.waiting.get_or_insert_default();
                waiting.reasons.push_str(message);
                waiting.reasons.push(' ');
            }
            _ => {}
        }
        Ok(())
    }

    /// `Access to fetch at 'A' (redirected from 'B') from origin 'O' has been blocked by CORS policy: …`.
    fn chromium(&mut self, message: &str) -> Result<(), IntakeError> {
        let (head, reason) = message.split_once("CORS policy").unwrap_or((message, ""));
        let after = |words: &str| head.find(words).and_then(|at| quoted(&head[at + words.len()..]));
        let named = after("(redirected from ").or_else(|| after(" at "));
        let url = match named {
            Some(text) => super::text::url(text),
            None => first_url(head).map(|(url, _)| url),
        };
        let Some(url) = url else {
            let scheme = named.and_then(|text| text.split_once(':')).map(|(scheme, _)| scheme).filter(|s| s.len() < 20);
            return Err(match scheme {
                Some(scheme) => broken(&format!(
                    "it is about a {scheme}: URL; CORS is for http and https, so serve the page and its files from a web server"
                )),
                None => broken("it names no URL; paste the whole line"),
            });
        };
        let origin = after("from origin ").map(str::to_owned);
        // The one blocker that Chromium tells as a CORS policy.
        if reason.contains("address space")
            && let Some(mut found) = Lookalike::find(reason)
        {
            found.origin = origin.and_then(|origin| Origin::parse(&origin).ok());
            found.says = format!("{} … {}", short_url(&url), found.says);
            found.url = Some(url);
            self.lookalikes.push(found);
            return Ok(());
        }
        self.ask(url, reason);
        if let Some(draft) = self.drafts.last_mut() {
            draft.named_origin = origin;
        }
        Ok(())
    }

    fn ask(&mut self, url: Url, reason: &str) {
        self.last = Some(url.clone());
        let mut draft = Draft::get(url);
        learn(&mut draft, reason);
        self.drafts.push(draft);
    }

    /// What is left when the text ends.
    fn end(&mut self, text: &str, alone: bool) -> Result<(), IntakeError> {
        if let Some(waiting) = self.waiting.take() {
            match waiting.lookalike {
                Some(found) => self.lookalikes.push(found),
                // The last resort: where the refused redirect led to.
                None if self.drafts.is_empty() && waiting.reasons.contains("redirection to") => {
                    if let Some((url, _)) = first_url(&waiting.reasons) {
                        self.ask(url, &waiting.reasons);
                    }
                }
                None if self.drafts.is_empty() && alone => {
                    return Err(broken(
                        "it does not name the URL that was asked for; paste the line that does as well, or give the URL and --origin",
                    ));
                }
                None => {}
            }
        }
        if self.drafts.is_empty() && self.lookalikes.is_empty() && alone {
            self.loosely(text)?;
        }
        Ok(())
    }

    /// A text in another language or of an unknown version: it speaks of CORS and names a URL.
    fn loosely(&mut self, text: &str) -> Result<(), IntakeError> {
        // A referrer policy may be called so, and speaks of something else.
        let lower = text.to_ascii_lowercase().replace("when-cross-origin", "");
        if let Some(mut found) = Lookalike::find(text) {
            found.url = target(text);
            self.lookalikes.push(found);
            return Ok(());
        }
        let speaks = ["cors", "cross-origin", "access-control-", "preflight"].iter().any(|word| lower.contains(word));
        let bare =
            ["failed to fetch", "networkerror when attempting", "load failed", "network error"].iter().any(|word| lower.contains(word));
        match first_url(text).filter(|_| speaks || !self.methods.is_empty()) {
            Some((url, _)) => self.ask(url, text),
            None if speaks || bare => {
                return Err(broken(
                    "it does not name the URL that was asked for; paste the console's own line, which does, or give the URL and --origin",
                ));
            }
            None => {}
        }
        Ok(())
    }

    fn items(self, hints: &Hints) -> Result<Vec<Intake>, IntakeError> {
        let mut items: Vec<Intake> = Vec::new();
        for mut draft in self.drafts {
            if self.lookalikes.iter().any(|found| found.url.as_ref() == Some(&draft.url)) {
                continue;
            }
            if draft.method.is_none() {
                draft.method = self.methods.iter().find(|(url, method)| *url == draft.url && method != "OPTIONS").map(|(_, m)| m.clone());
            }
            items.push(draft.intake(Source::Console, hints)?);
        }
        let known = |found: &Lookalike, before: &[Lookalike]| before.iter().any(|b| (b.cause(), &b.url) == (found.cause(), &found.url));
        for n in 0..self.lookalikes.len() {
            let mut found = self.lookalikes[n].clone();
            if known(&found, &self.lookalikes[..n]) {
                continue;
            }
            found.origin = hints.origin.clone().or(found.origin);
            let place = found.url.as_ref().map(|url| format!("{}: ", short_url(url))).unwrap_or_default();
            let understood = format!("{place}not CORS: {}", found.title());
            items.push(Intake { source: Source::Console, understood, meaning: Meaning::Lookalike(Box::new(found)) });
        }
        items.truncate(MAX_ITEMS);
        Ok(items)
    }
}

/// What a reason says of the request: its method, a header, its credentials, whether it was preflighted.
fn learn(draft: &mut Draft, reason: &str) {
    let lower = reason.to_ascii_lowercase();
    if lower.contains("preflight") {
        draft.preflighted = true;
    }
    if lower.contains("credentials mode") && lower.contains("'include'")
        || lower.contains("credentials flag is true")
        || lower.contains("credential is not supported")
        || lower.contains("credentials flag is 'true'")
        || (lower.contains("expected ‘true’") && lower.contains("access-control-allow-credentials"))
        || lower.contains("wildcard in access-control-allow-origin when credentials")
    {
        draft.credentials = Some(Credentials::Include);
    }
    if let Some(name) =
        word_after(reason, "equest header field ").or_else(|| word_after(reason, "missing token ")).or_else(|| firefox_header(reason))
    {
        draft.names.extend(names_in(name).map(str::to_owned));
    }
    let method = word_after(reason, "ethod ").filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'));
    if let Some(method) = method {
        draft.method = Some(method.to_owned());
    } else if lower.contains("did not find method in cors header") {
        // Firefox does not name it; GET, HEAD and POST never fail there, and PUT is what most pages ask for.
        draft.method = Some("PUT".into());
    }
    if let Some(at) = reason.find("Origin '").or_else(|| reason.find("Origin http")).or_else(|| reason.find("Origin null")) {
        let rest = &reason[at + "Origin ".len()..];
        draft.named_origin = quoted(rest).or_else(|| rest.split(' ').next()).map(|origin| origin.trim_end_matches('.').to_owned());
    }
}

/// `header ‘x-acl’ is not allowed according to header ‘Access-Control-Allow-Headers’`.
fn firefox_header(reason: &str) -> Option<&str> {
    let at = reason.find("is not allowed according to header")?;
    let before = reason.get(..at)?.trim_end();
    let start = before.find("header ")? + "header ".len();
    quoted(&before[start..])
}

/// The word behind these words, without its quotes.
fn word_after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let rest = &text[text.find(words)? + words.len()..];
    let word = quoted(rest).or_else(|| rest.split(' ').next())?;
    header::is_token(word).then_some(word)
}

/// The URL that was asked for: not the page's own, which stands first in a message about mixed content.
fn target(message: &str) -> Option<Url> {
    let lower = message.to_ascii_lowercase();
    let page = lower.find("page at ").and_then(|at| first_url(&message[at..]).map(|(_, end)| at + end));
    first_url(&message[page.unwrap_or(0)..]).map(|(url, _)| url)
}

fn broken(problem: &str) -> IntakeError {
    IntakeError::Broken { what: "the console message", problem: problem.to_owned() }
}
