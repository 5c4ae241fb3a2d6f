//! Why an engine stops, with the operands of the check that failed.

use std::borrow::Cow;

use crate::evidence::FailureKind;
use crate::web::site::Space;

/// The first thing that an engine objects to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reason<'a> {
    /// CONNECT, TRACE or TRACK.
    ForbiddenMethod(&'a str),
    /// Not a method at all.
    InvalidMethod(&'a str),
    /// Not a header that `fetch` takes.
    InvalidHeader(&'a str),
    /// http from an https page.
    MixedContent,
    /// An insecure public page and a more private target.
    InsecureLocalNetwork(Space),
    /// No answer.
    Network(FailureKind),
    /// A 407.
    ProxyAuth,
    /// No `Access-Control-Allow-Origin`.
    OriginMissing,
    /// `*` with credentials.
    OriginWildcard,
    /// A value that holds more than one.
    OriginMultiple(Cow<'a, str>),
    /// Lines more than one, to an engine that counts them.
    OriginRepeated,
    /// No URL.
    OriginInvalid(Cow<'a, str>),
    /// Another origin.
    OriginMismatch(Cow<'a, str>),
    /// `Access-Control-Allow-Credentials` is not `true`.
    Credentials(Cow<'a, str>),
    /// A redirect instead of an answer to the preflight.
    PreflightRedirect(u16),
    /// Outside 200 to 299.
    PreflightStatus(u16),
    /// The list of methods cannot be read.
    MethodList(Cow<'a, str>),
    /// The list of header names cannot be read.
    HeaderList(Cow<'a, str>),
    /// Not allowed.
    Method(Cow<'a, str>),
    /// The first header name that is not allowed, lower case.
    Header(Cow<'a, str>),
    /// Redirect mode `error`.
    RedirectMode,
    /// The `Location` cannot be parsed.
    RedirectInvalid(String),
    /// Two different ones.
    RedirectAmbiguous,
    /// It is empty.
    RedirectEmpty,
    /// A `data:` URL.
    RedirectUnsafe,
    /// Another scheme that is not http or https.
    RedirectScheme(String),
    /// A user name or password in it, across origins.
    RedirectUserInfo,
    /// The same within the page's own origin.
    RedirectOwnUserInfo,
    /// More than twenty.
    RedirectLimit,
}
