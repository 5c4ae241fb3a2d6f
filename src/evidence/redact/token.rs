//! Secrets that give themselves away by their shape: key ids, web tokens, what follows `Bearer`.

use std::ops::Range;

/// Beginnings that only secrets have, the least length, and whether only capitals and digits may follow.
const SHAPES: &[(&str, usize, bool)] = &[
    ("AKIA", 16, true),
    ("ASIA", 16, true),
    ("eyJ", 24, false),
    ("ghp_", 20, false),
    ("gho_", 20, false),
    ("ghs_", 20, false),
    ("github_pat_", 24, false),
    ("glpat-", 20, false),
    ("xoxb-", 20, false),
    ("xoxp-", 20, false),
    ("sk_live_", 16, false),
    ("rk_live_", 16, false),
    ("ya29.", 20, false),
    ("AIza", 30, false),
];

/// Words in front of a secret, in any case.
const SCHEMES: [&str; 2] = ["bearer", "basic"];

/// For each byte that such a secret, or the scheme in front of it, may begin with: the bytes that may follow, as a set of
/// their last five bits.
pub(super) const BEGINNINGS: [u32; 256] = {
    let mut beginnings = [0; 256];
    let mut at = 0;
    while at < SHAPES.len() {
        let shape = SHAPES[at].0.as_bytes();
        beginnings[shape[0] as usize] |= 1 << (shape[1] & 31);
        at += 1;
    }
    at = 0;
    while at < SCHEMES.len() {
        let scheme = SCHEMES[at].as_bytes();
        beginnings[scheme[0] as usize] |= 1 << (scheme[1] & 31);
        beginnings[scheme[0].to_ascii_uppercase() as usize] |= 1 << (scheme[1] & 31);
        at += 1;
    }
    beginnings
};

/// The secret that begins at a word's start, if one does.
pub(super) fn at(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    for (prefix, least, capitals) in SHAPES {
        if rest.starts_with(prefix) {
            let allowed = |b: &u8| if *capitals { b.is_ascii_uppercase() || b.is_ascii_digit() } else { is_token_byte(*b) };
            let len = rest.bytes().take_while(|b| allowed(b)).count();
            let whole = !capitals || !rest.as_bytes().get(len).is_some_and(u8::is_ascii_alphanumeric);
            return (len >= *least && whole).then_some(start..start + trimmed(&rest[..len]));
        }
    }
    after_scheme(rest).map(|range| start + range.start..start + range.end)
}

/// `Bearer abc123`: the token, unless it is a word of a sentence or a challenge's parameter.
fn after_scheme(rest: &str) -> Option<Range<usize>> {
    let scheme = SCHEMES.into_iter().find(|s| rest.get(..s.len()).is_some_and(|word| word.eq_ignore_ascii_case(s)))?;
    let blank = ["%20", " ", "+"].into_iter().find(|b| rest[scheme.len()..].starts_with(b))?;
    let start = scheme.len() + blank.len();
    let length = |most| {
        let run = rest[start..].bytes().take(most).take_while(|b| is_token_byte(*b) || matches!(b, b'+' | b'/' | b'=')).count();
        trimmed(&rest[start..start + run])
    };
    // Its end is sought when it is one: in a text of many schemes each would look as far as the last.
    let len = length(LOOKED_AT);
    let token = &rest[start..start + len];
    let parameter = token.find('=').is_some_and(|at| !token[at..].bytes().all(|b| b == b'='))
        || (token.ends_with('=') && rest[start + len..].starts_with('"'));
    (!parameter && looks_random(token)).then(|| start..start + length(usize::MAX))
}

/// Length without a full stop or hyphen at the end, which belong to the sentence.
fn trimmed(token: &str) -> usize {
    token.trim_end_matches(['.', '-', '~', '/', '+']).len()
}

fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~')
}

/// Bytes of a word that show what it is.
pub(super) const LOOKED_AT: usize = 512;

/// Whether a word looks made by a machine: letters with digits, capitals inside, base64's end, or simply long.
pub(super) fn looks_random(word: &str) -> bool {
    let bytes = &word.as_bytes()[..word.len().min(LOOKED_AT)];
    let digits = bytes.iter().any(u8::is_ascii_digit) && bytes.iter().any(u8::is_ascii_alphabetic);
    let mixed = bytes.windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count() > 0;
    let plain = bytes.iter().all(u8::is_ascii_graphic);
    plain
        && word != super::MARK
        && ((bytes.len() >= 6 && (digits || word.ends_with('='))) || (bytes.len() >= 8 && mixed) || bytes.len() >= 24)
}
