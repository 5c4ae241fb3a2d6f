//! Which parameters, headers and elements hold secrets, by their names alone.

/// How much of a header's value is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secret {
    /// All of it.
    Whole,
    /// All but the scheme word of `Authorization`.
    Scheme,
    /// The values of all `name=value` pairs: `Cookie`.
    Pairs,
    /// The value of the first pair: `Set-Cookie` has attributes after it.
    FirstPair,
}

/// Where a name stands, for the few that are secret in one place only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `name=value` after `?` or `&`.
    Query,
    /// `name=value` elsewhere.
    Text,
    /// A member of a JSON object or an element of XML.
    Member,
}

/// Whole names, in lower case without `-`, `_` and `.`.
const NAMES: &[&str] = &[
    "assertion",
    "auth",
    "authorization",
    "awsaccesskeyid",
    "canonicalrequest",
    "canonicalrequestbytes",
    "clientassertion",
    "connectsid",
    "cookie",
    "googleaccessid",
    "hdnea",
    "hdnts",
    "jsessionid",
    "jwt",
    "keypairid",
    "otp",
    "pass",
    "passphrase",
    "passwd",
    "phpsessid",
    "proxyauthorization",
    "pwd",
    "samlrequest",
    "samlresponse",
    "setcookie",
    "sig",
    "signatureprovided",
    "stringtosign",
    "stringtosignbytes",
    "token0",
    "xamzsignature",
];

/// Endings of such names.
const ENDINGS: &[&str] = &[
    "accesskey",
    "accesskeyid",
    "apikey",
    "apitoken",
    "authkey",
    "credential",
    "password",
    "privatekey",
    "secret",
    "secretkey",
    "sessionid",
    "sessionkey",
    "signature",
    "subscriptionkey",
    "token",
];

/// Names that are secret in one place only.
const SOMETIMES: &[&str] = &["code", "key"];

/// The last bytes of all of these, sorted: a name that ends otherwise is not secret, and most do.
const TAILS: [u32; NAMES.len() + ENDINGS.len() + SOMETIMES.len()] = {
    let mut tails = [0; NAMES.len() + ENDINGS.len() + SOMETIMES.len()];
    let mut at = 0;
    while at < tails.len() {
        let name = if at < NAMES.len() {
            NAMES[at]
        } else if at < NAMES.len() + ENDINGS.len() {
            ENDINGS[at - NAMES.len()]
        } else {
            SOMETIMES[at - NAMES.len() - ENDINGS.len()]
        };
        let tail = tail(name.as_bytes());
        let mut place = at;
        while place > 0 && tails[place - 1] > tail {
            tails[place] = tails[place - 1];
            place -= 1;
        }
        tails[place] = tail;
        at += 1;
    }
    tails
};

/// The last four bytes that count, folded as in [`Folded`].
const fn tail(name: &[u8]) -> u32 {
    let (mut tail, mut shift, mut at) = (0, 0, name.len());
    while at > 0 && shift < 32 {
        at -= 1;
        if !is_separator(name[at]) {
            tail |= (name[at].to_ascii_lowercase() as u32) << shift;
            shift += 8;
        }
    }
    tail
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'.')
}

/// A name in lower case without its separators; only the last bytes of a long one count.
#[derive(Clone, Copy)]
struct Folded {
    bytes: [u8; 48],
    len: usize,
}

impl Folded {
    /// Nothing for a name that cannot be secret by its end.
    fn of(name: &str) -> Option<Self> {
        TAILS.binary_search(&tail(name.as_bytes())).ok()?;
        let mut folded = Self { bytes: [0; 48], len: 0 };
        let end = &name.as_bytes()[name.len().saturating_sub(48)..];
        for byte in end.iter().filter(|byte| !is_separator(**byte)) {
            folded.bytes[folded.len] = byte.to_ascii_lowercase();
            folded.len += 1;
        }
        Some(folded)
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn is_secret(&self) -> bool {
        NAMES.iter().any(|n| n.as_bytes() == self.bytes()) || ENDINGS.iter().any(|e| self.bytes().ends_with(e.as_bytes()))
    }
}

/// Whether a name needs a closer look. Most do not.
pub(super) fn may_be_secret(name: &str) -> bool {
    Folded::of(name).is_some()
}

/// How much of this header is secret; nothing for most.
pub(super) fn of_header(name: &str) -> Option<Secret> {
    let folded = Folded::of(name)?;
    match folded.bytes() {
        b"authorization" | b"proxyauthorization" => Some(Secret::Scheme),
        b"cookie" => Some(Secret::Pairs),
        b"setcookie" => Some(Secret::FirstPair),
        // `NextContinuationToken` and the like do no harm; header names that merely speak of tokens would be cut in vain.
        b"accesscontrolrequestheaders" => None,
        _ if folded.is_secret() => Some(Secret::Whole),
        _ => None,
    }
}

/// Whether the value of this parameter, member or element is secret.
pub(super) fn is_secret(name: &str, place: Place, value: &str) -> bool {
    let Some(folded) = Folded::of(name) else { return false };
    match folded.bytes() {
        // An authorisation code in a redirect; elsewhere a code is an error's.
        b"code" => place == Place::Query && value.len() >= 8 && !value.bytes().all(|b| b.is_ascii_alphabetic()),
        // An API key, or the name of an object.
        b"key" => place == Place::Query && value.len() >= 16 && super::token::looks_random(value),
        // Objects of AWS SDKs and form fields hold more than the key id.
        b"token" | b"auth" | b"pass" | b"cookie" => place != Place::Text || super::token::looks_random(value),
        _ => folded.is_secret(),
    }
}

/// Whether only the part before the first slash of this value is secret: `X-Amz-Credential` holds the scope behind it.
pub(super) fn has_scope(name: &str) -> bool {
    Folded::of(name).is_some_and(|folded| folded.bytes().ends_with(b"credential"))
}

/// Length of the scheme word with the blank after it; 0 when the value is a bare token.
pub(super) fn scheme_length(value: &str) -> usize {
    const ALONE: [&str; 6] = ["bearer", "basic", "digest", "negotiate", "ntlm", "aws4-hmac-sha256"];
    let word = value.find([' ', '\t']).unwrap_or(value.len());
    match value.get(..word) {
        Some(scheme) if word < value.len() || ALONE.iter().any(|s| s.eq_ignore_ascii_case(scheme)) => {
            value.len() - value[word..].trim_start_matches([' ', '\t']).len()
        }
        _ => 0,
    }
}
