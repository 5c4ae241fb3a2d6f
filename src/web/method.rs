//! Request methods as the Fetch standard sorts them.

use super::header::is_token;

/// Upper-cases the six methods that browsers upper-case; any other stays as it is.
/// <https://fetch.spec.whatwg.org/#concept-method-normalize>.
pub fn normalize(method: &str) -> &str {
    const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    NORMALIZED.into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap_or(method)
}

/// Whether `fetch` takes it as a method at all.
pub fn is_valid(method: &str) -> bool {
    is_token(method)
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>.
pub fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|known| known.eq_ignore_ascii_case(method))
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>.
pub fn is_safelisted(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_cases_only_the_six() {
        for (given, sent) in [("put", "PUT"), ("Delete", "DELETE"), ("patch", "patch"), ("PATCH", "PATCH"), ("chicken", "chicken")] {
            assert_eq!(normalize(given), sent);
        }
        assert!(is_forbidden("connect") && !is_valid("A B") && !is_safelisted("PUT"));
    }
}
