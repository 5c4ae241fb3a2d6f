//! URLs inside sentences.

use url::Url;

/// How many words that begin like a URL and are none are passed in one sentence.
const MAX_TRIES: usize = 64;

/// A text as an absolute URL that a page may ask for.
pub(super) fn url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// A text that a command line takes as a URL: without a scheme it is http, as for curl.
pub(super) fn loose_url(text: &str) -> Option<Url> {
    url(text).or_else(|| if text.contains("://") || text.is_empty() { None } else { url(&format!("http://{text}")) })
}

/// The first URL in a sentence, without the quotes around it and the punctuation behind it, and where it ends.
pub(super) fn first_url(sentence: &str) -> Option<(Url, usize)> {
    let mut from = 0;
    // Each round passes one `http`.
    for _ in 0..MAX_TRIES {
        let start = from + sentence.get(from..)?.find("http")?;
        let rest = &sentence[start..];
        if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                // Also the punctuation of Chinese and Japanese, where no blank follows.
                .find(|c: char| c.is_whitespace() || "'\"‘’“”«»<>`。，、；：（）「」".contains(c))
                .unwrap_or(rest.len());
            let word = unpunctuated(&rest[..end]);
            if let Some(url) = url(word) {
                return Some((url, start + word.len()));
            }
        }
        from = start + 4;
    }
    None
}

/// Without the punctuation that belongs to the sentence; a bracket goes when it was opened outside.
fn unpunctuated(mut word: &str) -> &str {
    let opened = word.matches('(').count();
    let mut closed = word.matches(')').count();
    loop {
        let shorter = word.trim_end_matches(['.', ',', ';', ':', '!', '…']);
        let shorter = match shorter.strip_suffix(')') {
            Some(inner) if opened < closed => {
                closed -= 1;
                inner
            }
            _ => shorter,
        };
        if shorter.len() == word.len() {
            return word;
        }
        word = shorter;
    }
}

/// What stands between the quote at the beginning of the text and its end.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let open = text.chars().next()?;
    let close = match open {
        '\'' | '"' | '`' => open,
        '‘' | '’' => '’',
        '“' | '”' | '„' => '”',
        '«' => '»',
        _ => return None,
    };
    let rest = &text[open.len_utf8()..];
    Some(&rest[..rest.find([close, '“']).or_else(|| rest.find(close))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_urls_in_sentences() {
        for (sentence, wanted) in [
            ("at ‘https://a.example/x’. Next", "https://a.example/x"),
            ("remote resource at https://a.example/x.json. (Reason: …)", "https://a.example/x.json"),
            ("see (https://a.example/x), please", "https://a.example/x"),
            ("https://a.example/x_(y)", "https://a.example/x_(y)"),
            ("http or https://a.example", "https://a.example/"),
            ("读取位于https://a.example/x的远程资源", "https://a.example/x%E7%9A%84%E8%BF%9C%E7%A8%8B%E8%B5%84%E6%BA%90"),
            ("資源 https://a.example/x。（原因", "https://a.example/x"),
        ] {
            assert_eq!(first_url(sentence).map(|(url, _)| url.to_string()).as_deref(), Some(wanted), "{sentence}");
        }
        assert!(first_url("no http here, https:// neither").is_none());
        assert_eq!(quoted("‘x’ y"), Some("x"));
        assert_eq!(quoted("'https://a' from"), Some("https://a"));
    }
}
