//! Comma-separated lists of tokens, as `Access-Control-Allow-Methods` and its like hold them.

use super::header::is_token;

/// The items of a `#token` list: spaces and tabs around an item do not count, empty items are skipped.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1>.
pub fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(|item| item.trim_matches([' ', '\t'])).filter(|item| !item.is_empty())
}

/// The first item that is not a token: it makes the whole list a failure.
/// <https://fetch.spec.whatwg.org/#extract-header-list-values>.
pub fn bad_item(value: &str) -> Option<&str> {
    items(value).find(|item| !is_token(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_what_is_empty_and_points_at_what_is_bad() {
        assert_eq!(items(" GET,\t, PUT ,").collect::<Vec<_>>(), ["GET", "PUT"]);
        assert_eq!(bad_item("GET, a b, c@d"), Some("a b"));
        assert_eq!(bad_item(""), None);
    }
}
