//! Where an engine departs from the Fetch standard: a table of named differences, each seen in that engine.
//!
//! The walk of the algorithm is one for all; it asks the profile where engines part. Never holds code of its own.

use super::Engine;

/// The differences of one engine. A field that is `false` means: as the standard has it.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of yes and no")]
pub(super) struct Profile {
    /// Which engine.
    pub(super) engine: Engine,
    /// The preflight's checks in the order in which this engine makes them: the first that fails is the reason shown.
    pub(super) preflight_order: [Test; 7],
    /// `DPR`, `Device-Memory`, `Save-Data: on` and other old client hints need no preflight, and a redirect to an origin
    /// that is not the page's drops them.
    pub(super) client_hints_are_safe: bool,
    /// `User-Agent` set by a script needs no preflight and is not asked for.
    pub(super) user_agent_is_safe: bool,
    /// Repeated request headers are judged one by one, as the standard says; the others judge the joined value.
    pub(super) judges_request_lines: bool,
    /// Bytes above 127 in `Accept` and `Content-Type` need a preflight.
    pub(super) ascii_values_only: bool,
    /// `BYTES=0-1` is as safe as `bytes=0-1`.
    pub(super) range_unit_in_any_case: bool,
    /// The joined values of a response header leave empty lines out.
    pub(super) drops_empty_lines: bool,
    /// Two `Access-Control-Allow-Origin` lines fail as such when both are spelled exactly so; else they are joined.
    pub(super) counts_origin_lines: bool,
    /// A 407 of the target is taken for a proxy's and ends the request.
    pub(super) proxy_auth_ends_it: bool,
    /// A redirected preflight is told as a bad status where the request would not follow redirects.
    pub(super) unfollowed_redirect_is_status: bool,
    /// Which faults of a `Location` are a network error before any CORS check.
    pub(super) bad_location: BadLocation,
    /// What a redirect status with an empty `Location` comes to.
    pub(super) empty_location: EmptyLocation,
    /// Repeated `Location` lines are joined to one URL and followed there. No record holds what answers; wherever it was
    /// observed, the page got it.
    pub(super) joins_locations: bool,
    /// Which redirects to a URL with a user name are refused.
    pub(super) user_info: UserInfo,
    /// After a redirect from one foreign origin to another the preflight still names the page, only the request says `null`.
    pub(super) preflights_as_page: bool,
    /// Once a request needed a preflight, each later hop gets one.
    pub(super) preflights_every_hop: bool,
    /// `Authorization` goes along to another origin.
    pub(super) keeps_authorization: bool,
    /// `Content-Type` stays when a redirect turns the method into GET.
    pub(super) keeps_content_type: bool,
    /// DELETE turns into GET on a redirect to another origin.
    pub(super) delete_becomes_get: bool,
    /// `http://localhost` and `http://127.0.0.1` are mixed content on an https page.
    pub(super) loopback_is_mixed: bool,
    /// A page on the open internet may not call this machine or its network unless it is secure and the user agrees.
    pub(super) guards_local_network: bool,
}

/// Which faults of a `Location` are a network error before any CORS check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadLocation {
    /// None.
    Never,
    /// That it cannot be parsed, whatever the redirect mode.
    Unparseable,
    /// That it cannot be parsed or is a `data:` URL, where redirects are followed.
    Unfollowable,
}

/// Which redirects to a URL with a user name are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserInfo {
    /// Those to another origin than the page's, as the standard has it.
    AcrossOrigins,
    /// Those of a request that had left the page's origin before.
    OnceAcross,
    /// All.
    Always,
}

/// What a redirect status with an empty `Location` comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EmptyLocation {
    /// A redirect to the same URL, as the standard has it.
    SameUrl,
    /// No redirect: the answer itself is handed to the page.
    Answer,
    /// An error, though in redirect mode `error` the answer is handed to the page.
    Error,
}

/// One check of a preflight's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// It is no redirect.
    Redirect,
    /// The CORS check.
    Cors,
    /// The status is 200 to 299.
    Status,
    /// `Access-Control-Allow-Methods` is a list of tokens.
    MethodList,
    /// `Access-Control-Allow-Headers` is a list of tokens.
    HeaderList,
    /// The method is allowed.
    Method,
    /// The header names are allowed.
    Headers,
}

use Test::{Cors, HeaderList, Headers, Method, MethodList, Redirect, Status};

static CHROMIUM: Profile = Profile {
    engine: Engine::Chromium,
    preflight_order: [Redirect, Cors, Status, MethodList, HeaderList, Method, Headers],
    client_hints_are_safe: true,
    user_agent_is_safe: true,
    judges_request_lines: false,
    ascii_values_only: false,
    range_unit_in_any_case: false,
    drops_empty_lines: false,
    counts_origin_lines: false,
    proxy_auth_ends_it: true,
    unfollowed_redirect_is_status: false,
    bad_location: BadLocation::Unparseable,
    empty_location: EmptyLocation::Answer,
    joins_locations: false,
    user_info: UserInfo::Always,
    preflights_as_page: false,
    preflights_every_hop: false,
    keeps_authorization: false,
    keeps_content_type: false,
    delete_becomes_get: false,
    loopback_is_mixed: false,
    guards_local_network: true,
};

static FIREFOX: Profile = Profile {
    engine: Engine::Firefox,
    preflight_order: [Cors, Redirect, Status, MethodList, Method, HeaderList, Headers],
    client_hints_are_safe: false,
    user_agent_is_safe: false,
    judges_request_lines: true,
    ascii_values_only: true,
    range_unit_in_any_case: false,
    drops_empty_lines: true,
    counts_origin_lines: true,
    proxy_auth_ends_it: false,
    unfollowed_redirect_is_status: true,
    bad_location: BadLocation::Unfollowable,
    empty_location: EmptyLocation::SameUrl,
    joins_locations: false,
    user_info: UserInfo::AcrossOrigins,
    preflights_as_page: true,
    preflights_every_hop: true,
    keeps_authorization: false,
    keeps_content_type: false,
    delete_becomes_get: false,
    loopback_is_mixed: false,
    guards_local_network: false,
};

static WEBKIT: Profile = Profile {
    engine: Engine::Webkit,
    preflight_order: [Status, Redirect, Cors, MethodList, HeaderList, Method, Headers],
    client_hints_are_safe: false,
    user_agent_is_safe: false,
    judges_request_lines: false,
    ascii_values_only: false,
    range_unit_in_any_case: true,
    drops_empty_lines: false,
    counts_origin_lines: false,
    proxy_auth_ends_it: false,
    unfollowed_redirect_is_status: false,
    bad_location: BadLocation::Never,
    empty_location: EmptyLocation::Error,
    joins_locations: true,
    user_info: UserInfo::OnceAcross,
    preflights_as_page: false,
    preflights_every_hop: true,
    keeps_authorization: true,
    keeps_content_type: true,
    delete_becomes_get: true,
    loopback_is_mixed: true,
    guards_local_network: false,
};

impl Profile {
    /// The differences of this engine.
    pub(super) fn of(engine: Engine) -> &'static Self {
        match engine {
            Engine::Chromium => &CHROMIUM,
            Engine::Firefox => &FIREFOX,
            Engine::Webkit => &WEBKIT,
        }
    }
}
