//! A redirect at which the browser stopped: where it led, and what kind it is.

use url::Url;

use super::words;
use crate::cause::{Case, Fix, quote};
use crate::evidence::{Probe, Response, Step};
use crate::verdict::Stage;
use crate::web::Origin;
use crate::web::site::Relation;

/// An answer that leads elsewhere.
pub(super) struct Moved<'a> {
    pub(super) probe: &'a Probe,
    pub(super) response: &'a Response,
    pub(super) from: Url,
    pub(super) to: Url,
    pub(super) preflight: bool,
}

/// What kind of redirect it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From http to https, the rest stays.
    ToHttps,
    /// A slash more or less.
    Slash,
    /// To a page where people sign in.
    Login,
    /// Anywhere else.
    Other,
}

impl<'a> Moved<'a> {
    /// The redirect at which the browser stopped.
    pub(super) fn of(case: &Case<'a>) -> Option<Self> {
        let preflight = match case.verdict.stage {
            Stage::Preflight => true,
            Stage::Actual => false,
            _ => return None,
        };
        let probe = case.deciding()?;
        let response = probe.response.as_ref().filter(|response| response.is_redirect())?;
        let from = case.url_of(probe);
        let to = case.leads_to(probe)?;
        Some(Self { probe, response, from: from.clone(), to, preflight })
    }

    /// The same, when it is of this kind.
    pub(super) fn by(case: &Case<'a>, way: Way) -> Option<Self> {
        Self::of(case).filter(|moved| moved.way() == way)
    }

    /// The kind.
    pub(super) fn way(&self) -> Way {
        let same_host = self.from.host() == self.to.host();
        let (before, after) = (self.from.path(), self.to.path());
        match () {
            () if same_host && before != after && before.trim_end_matches('/') == after.trim_end_matches('/') => Way::Slash,
            () if same_host && before == after && self.from.scheme() == "http" && self.to.scheme() == "https" => Way::ToHttps,
            () if is_login(&self.from, &self.to) => Way::Login,
            () => Way::Other,
        }
    }

    /// `302 to https://…`, the query shortened away.
    pub(super) fn line(&self) -> String {
        format!("{} → Location: {}", self.response.status, shown(&self.to))
    }
}

/// A URL for a sentence: without its query, which may hold secrets and is long.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// That a redirect should not lead to plain http, where the page came over https; proven at the target's https URL.
pub(super) fn over_https(case: &Case<'_>, to: &Url) -> Fix {
    const DETAIL: &str = "An application behind a proxy that ends TLS builds its links with http until it trusts X-Forwarded-Proto.";
    let mut https = to.clone();
    match https.set_scheme("https") {
        Ok(()) if https == case.ask.url => Fix::new("end-the-redirect", "do not redirect https to the same URL with http", DETAIL),
        Ok(()) => proven_at(case, Fix::new("redirect-to-https", "let the redirect lead to https", DETAIL), &https),
        Err(()) => Fix::new("redirect-to-https", "let the redirect lead to https", DETAIL),
    }
}

/// The change to ask for the redirect's target itself, proven by doing so where nobody new hears of it: at a host of the same site,
/// or one that the browser went to. A host that only a redirect names is not called, nor is a login page or a URL that the page may
/// not ask for.
pub(super) fn proven_at(case: &Case<'_>, fix: Fix, to: &Url) -> Fix {
    if case.is_mixed_content(to) {
        return fix;
    }
    let mut alike = to.clone();
    // Https beside http is the same site here.
    let _ = alike.set_scheme(case.ask.url.scheme());
    let same_site = Relation::of(&Origin::of(&case.ask.url), &alike) != Relation::CrossSite;
    let visited = case.browser_probes().any(|probe| case.url_of(probe).host() == to.host());
    if (same_site || visited) && !is_login(&case.ask.url, to) { fix.proven_by(case.proof_step(|ask| ask.url = to.clone())) } else { fix }
}

/// What the target says to the same request, where that does not let it through: the second thing to mend.
pub(super) fn refused_there(case: &Case<'_>, step: &Step) -> String {
    let refused = case.answer(step).filter(|probe| case.passes(probe) != Some(true));
    let Some((probe, response)) = refused.and_then(|probe| Some((probe, probe.response.as_ref()?))) else { return String::new() };
    match case.leads_to(probe) {
        Some(next) if next == case.ask.url => return " The answer there leads back here: a loop, so neither URL will do.".into(),
        Some(next) => {
            return format!(
                " There the answer is a redirect again, {} to {}: what counts is where the last one leads.",
                response.status,
                shown(&next)
            );
        }
        None => {}
    }
    let said = words::of(response).filter(|_| !response.is_ok()).map(|words| format!(" (\"{words}\")")).unwrap_or_default();
    let allowed = response
        .combined("access-control-allow-origin")
        .map_or("no Access-Control-Allow-Origin".to_owned(), |value| format!("Access-Control-Allow-Origin: {}", quote(&value, 80)));
    format!(" There a browser is stopped as well, by status {}{said} with {allowed}: that is the next thing to mend.", response.status)
}

/// Whether the target is a place where people sign in: a provider's host, a path or a query that says so.
pub(super) fn is_login(from: &Url, to: &Url) -> bool {
    const PROVIDERS: [&str; 14] = [
        "accounts.google.com",
        "login.microsoftonline.com",
        "login.live.com",
        ".amazoncognito.com",
        ".auth0.com",
        ".okta.com",
        ".oktapreview.com",
        ".onelogin.com",
        ".cloudflareaccess.com",
        ".b2clogin.com",
        ".clerk.accounts.dev",
        ".duosecurity.com",
        "github.com/login",
        ".awsapps.com",
    ];
    const FIRST_LABELS: [&str; 9] = ["login", "signin", "sso", "auth", "accounts", "idp", "id", "identity", "adfs"];
    const SEGMENTS: [&str; 16] = [
        "login",
        "signin",
        "sign-in",
        "sign_in",
        "log-in",
        "sso",
        "saml",
        "saml2",
        "oauth2",
        "oauth",
        "authorize",
        "authenticate",
        "openid-connect",
        "adfs",
        "cas",
        "login.php",
    ];
    const KEYS: [&str; 9] =
        ["redirect_uri", "samlrequest", "response_type", "returnurl", "return_to", "redirect_url", "client_id", "relaystate", "continue"];
    let place = format!("{}{}", to.host_str().unwrap_or_default(), to.path());
    let host = to.host_str().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    let segments = || to.path().split('/').map(str::to_ascii_lowercase);
    let new = |word: &str| !from.path().split('/').any(|old| old.eq_ignore_ascii_case(word));
    let asks = to.query_pairs().take(32).any(|(key, _)| KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)));
    PROVIDERS.iter().any(|known| if known.starts_with('.') { host.ends_with(known) } else { place.starts_with(known) })
        || segments().any(|segment| SEGMENTS.contains(&segment.as_str()) && new(&segment))
        || (FIRST_LABELS.contains(&first) && (asks || from.host() != to.host()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_people_sign_in() {
        let from = Url::parse("https://api.example.com/oauth/me").unwrap();
        for (to, login) in [
            ("https://accounts.google.com/o/oauth2/v2/auth?client_id=x", true),
            ("https://team.cloudflareaccess.com/cdn-cgi/access/login/api", true),
            ("https://api.example.com/users/sign_in", true),
            ("https://sso.example.com/?x", true),
            ("https://accounts.idp.example/o/oauth2/v2/auth?redirect_uri=x", true),
            ("https://api.example.com/login?next=/me", true),
            ("https://api.example.com/oauth/me/", false),
            ("https://api.example.com/v2/me", false),
            ("https://cdn.example.com/catalogue/1.json", false),
        ] {
            assert_eq!(is_login(&from, &Url::parse(to).unwrap()), login, "{to}");
        }
    }
}
