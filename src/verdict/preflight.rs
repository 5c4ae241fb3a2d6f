//! The answer to a preflight. <https://fetch.spec.whatwg.org/#cors-preflight-fetch>.

use std::borrow::Cow;

use url::Url;

use super::cors_check::cors_check;
use super::profile::{Profile, Test};
use super::reason::Reason;
use super::redirect::{self, Location};
use super::values::combined;
use crate::ask::Redirect;
use crate::evidence::Response;
use crate::web::{list, method};

/// Name of the header, as specified.
pub(super) const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
/// Name of the header, as specified.
pub(super) const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";

/// What a preflight asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a, 'b> {
    /// Where it went.
    pub(super) url: &'b Url,
    /// The origin that it named.
    pub(super) origin: &'a str,
    /// Whether its answer is under the CORS check; an engine that sends it as the page takes its own origin's answer as it is.
    pub(super) reads_as_cors: bool,
    /// The method to come.
    pub(super) method: &'a str,
    /// Lower-case names of the headers to come, sorted.
    pub(super) names: &'b [Cow<'a, str>],
    /// What is to be done with redirects.
    pub(super) redirect: Redirect,
    /// Credentials mode `include`.
    pub(super) with_credentials: bool,
}

/// Makes the checks in the engine's order and gives the first objection.
pub(super) fn judge<'a>(profile: &Profile, asked: &Asked<'a, '_>, response: &'a Response) -> Result<(), Reason<'a>> {
    if profile.proxy_auth_ends_it && response.status == 407 {
        return Err(Reason::ProxyAuth);
    }
    if redirect::is_ambiguous(profile, response) {
        return Err(Reason::RedirectAmbiguous);
    }
    profile.preflight_order.iter().try_for_each(|test| run(*test, profile, asked, response))
}

/// Makes one check.
pub(super) fn run<'a>(test: Test, profile: &Profile, asked: &Asked<'a, '_>, response: &'a Response) -> Result<(), Reason<'a>> {
    match test {
        Test::Redirect => no_redirect(profile, asked, response),
        Test::Cors if !asked.reads_as_cors => Ok(()),
        Test::Cors => cors_check(profile, response, asked.origin, asked.with_credentials),
        Test::Status if response.is_ok() => Ok(()),
        Test::Status => Err(Reason::PreflightStatus(response.status)),
        Test::MethodList => well_formed(profile, response, ALLOW_METHODS).map_err(Reason::MethodList),
        Test::HeaderList => well_formed(profile, response, ALLOW_HEADERS).map_err(Reason::HeaderList),
        Test::Method => allows_method(profile, asked, response),
        Test::Headers => match refused_names(profile, asked, response).next() {
            Some(name) => Err(Reason::Header(name.clone())),
            None => Ok(()),
        },
    }
}

/// The names that the answer does not allow, in the order asked.
pub(super) fn refused_names<'a, 'b>(
    profile: &Profile,
    asked: &Asked<'a, 'b>,
    response: &'b Response,
) -> impl Iterator<Item = &'b Cow<'a, str>> {
    let allowed = combined(profile, response, ALLOW_HEADERS);
    let with_credentials = asked.with_credentials;
    asked.names.iter().filter(move |name| !lists(allowed.as_deref(), with_credentials, |item| item.eq_ignore_ascii_case(name)))
}

fn no_redirect<'a>(profile: &Profile, asked: &Asked<'a, '_>, response: &'a Response) -> Result<(), Reason<'a>> {
    let location = redirect::location(profile, response);
    if let Location::To(target) = location {
        redirect::network_fault(profile, asked.url, target, asked.redirect)?;
    }
    match (location, asked.redirect) {
        (Location::None, _) => Ok(()),
        (_, Redirect::Error | Redirect::Manual) if profile.unfollowed_redirect_is_status => Err(Reason::PreflightStatus(response.status)),
        _ => Err(Reason::PreflightRedirect(response.status)),
    }
}

fn well_formed<'a>(profile: &Profile, response: &'a Response, name: &str) -> Result<(), Cow<'a, str>> {
    match combined(profile, response, name) {
        Some(value) if list::bad_item(&value).is_some() => Err(value),
        _ => Ok(()),
    }
}

fn allows_method<'a>(profile: &Profile, asked: &Asked<'a, '_>, response: &'a Response) -> Result<(), Reason<'a>> {
    let allowed = combined(profile, response, ALLOW_METHODS);
    let fits = method::is_safelisted(asked.method) || lists(allowed.as_deref(), asked.with_credentials, |item| item == asked.method);
    if fits { Ok(()) } else { Err(Reason::Method(Cow::Borrowed(asked.method))) }
}

/// Whether the list holds an item that fits, or a `*` that is no literal.
fn lists(value: Option<&str>, with_credentials: bool, fits: impl Fn(&str) -> bool) -> bool {
    value.is_some_and(|value| list::items(value).any(|item| fits(item) || (item == "*" && !with_credentials)))
}
