//! The request under way: what changes from hop to hop.

use std::borrow::Cow;

use url::Url;

use super::preflight::Asked;
use super::profile::Profile;
use super::redirect;
use super::unsafe_names::{is_client_hint, unsafe_names};
use crate::ask::Ask;
use crate::web::{Origin, header, method, site};

/// A request of the page on its way, between two hops.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the standard or of one engine")]
pub(super) struct Flight<'a> {
    pub(super) ask: &'a Ask,
    pub(super) profile: &'static Profile,
    /// Where it goes now.
    pub(super) url: Cow<'a, Url>,
    /// Its method now.
    pub(super) method: &'a str,
    /// Redirects behind it.
    pub(super) hop: u32,
    /// Its answer may be read only by the rules of CORS.
    pub(super) cross_origin: bool,
    /// It went from one foreign origin to another: it says `null` now.
    /// <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>.
    tainted: bool,
    /// An earlier hop needed a preflight.
    preflighted: bool,
    /// A redirect took the body away.
    body_dropped: bool,
    /// A redirect led to another origin.
    left_origin: bool,
    /// A redirect led to an origin that is not the page's.
    left_page: bool,
    /// A redirect led to a URL that the record cannot hold.
    pub(super) off_record: bool,
    /// The hops behind: URL, method, and whether the `Location` there was empty.
    behind: Vec<(Cow<'a, Url>, &'a str, bool)>,
}

/// A header of the ask, as the page gave it.
pub(super) type Given = (String, Option<String>);

impl<'a> Flight<'a> {
    /// The request as the page makes it.
    pub(super) fn new(ask: &'a Ask, profile: &'static Profile) -> Self {
        Self {
            ask,
            profile,
            url: Cow::Borrowed(&ask.url),
            method: method::normalize(&ask.method),
            hop: 0,
            cross_origin: !ask.origin.is_of(&ask.url),
            tainted: false,
            preflighted: false,
            body_dropped: false,
            left_origin: false,
            left_page: false,
            off_record: false,
            behind: Vec::new(),
        }
    }

    /// The value of `Origin` on the request proper.
    pub(super) fn origin(&self) -> &'a str {
        if self.tainted { "null" } else { self.ask.origin.as_str() }
    }

    /// The value of `Origin` on its preflight.
    pub(super) fn preflight_origin(&self) -> &'a str {
        if self.profile.preflights_as_page { self.ask.origin.as_str() } else { self.origin() }
    }

    /// The page's headers that are still there; those that scripts may not set never were.
    pub(super) fn headers(&self) -> impl Iterator<Item = &'a Given> + Clone {
        let (body_dropped, left_origin, profile) = (self.body_dropped, self.left_origin, self.profile);
        let drops_hints = self.left_page && profile.client_hints_are_safe;
        self.ask.headers.iter().filter(move |(name, value)| {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let of_body = is("content-encoding") || is("content-language") || is("content-location") || is("content-type");
            let kept = profile.keeps_content_type && is("content-type");
            let dropped = header::is_forbidden(name, value.as_deref().unwrap_or_default())
                || (of_body && body_dropped && !kept)
                || (drops_hints && is_client_hint(name))
                || (is("authorization") && left_origin && !profile.keeps_authorization);
            !dropped
        })
    }

    /// Lower-case names that a preflight of this hop asks for.
    pub(super) fn unsafe_names(&self) -> Vec<Cow<'a, str>> {
        unsafe_names(self.profile, self.headers())
    }

    /// Whether this hop needs a preflight. <https://fetch.spec.whatwg.org/#main-fetch>, step 12.
    pub(super) fn needs_preflight(&mut self, names: &[Cow<'a, str>]) -> bool {
        let of_itself = self.ask.upload_listener || !method::is_safelisted(self.method) || !names.is_empty();
        let sticky = self.profile.preflights_every_hop && self.preflighted;
        // Header names count from the start, a method only where it crosses origins.
        self.preflighted |= if self.cross_origin { of_itself } else { !names.is_empty() };
        self.cross_origin && (of_itself || sticky)
    }

    /// What the preflight of this hop asks.
    pub(super) fn asked<'b>(&'b self, names: &'b [Cow<'a, str>]) -> Asked<'a, 'b> {
        Asked {
            url: &self.url,
            origin: self.preflight_origin(),
            reads_as_cors: !(self.profile.preflights_as_page && self.ask.origin.is_of(&self.url)),
            method: self.method,
            names,
            redirect: self.ask.redirect,
            with_credentials: self.ask.with_credentials(),
        }
    }

    /// Whether the page's origin forbids to send it.
    pub(super) fn is_mixed_content(&self) -> bool {
        is_mixed_content(self.profile, &self.ask.origin, &self.url)
    }

    /// Goes on to where a redirect leads.
    pub(super) fn follow(&mut self, status: u16, to: Url, by_empty_location: bool) {
        let stays = to.origin() == self.url.origin();
        let from_foreign = !self.ask.origin.is_of(&self.url);
        let method = redirect::next_method(self.profile, status, self.method, !stays);
        self.body_dropped |= method != self.method;
        self.left_origin |= !stays;
        self.left_page |= !self.ask.origin.is_of(&to);
        self.tainted |= !stays && from_foreign;
        self.cross_origin |= !self.ask.origin.is_of(&to);
        let url = std::mem::replace(&mut self.url, Cow::Owned(to));
        self.behind.push((url, std::mem::replace(&mut self.method, method), by_empty_location));
        self.hop += 1;
    }

    /// An earlier hop that was the same request: unless the record says otherwise, its answer comes again.
    pub(super) fn same_before(&self) -> Option<u32> {
        let address = |url: &Url| url[..url::Position::AfterQuery].to_owned();
        let here = self.behind.last().map(|_| address(&self.url))?;
        let same = self.behind.iter().position(|(url, method, empty)| (*method == self.method || *empty) && address(url) == here)?;
        u32::try_from(same).ok()
    }
}

/// Whether a page of this origin may not ask for the URL: http from an https page.
/// <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>.
pub(super) fn is_mixed_content(profile: &Profile, origin: &Origin, url: &Url) -> bool {
    origin.scheme() == Some("https") && url.scheme() == "http" && (profile.loopback_is_mixed || !site::is_loopback(url))
}
