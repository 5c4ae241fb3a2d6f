//! Values that a program put into a URL because it had none: `undefined`, `[object Object]`, an unfilled template.

use super::percent;

const WORDS: [&str; 6] = ["undefined", "null", "NaN", "None", "[object Object]", "[object Promise]"];

/// The placeholder that a value is or holds, if any.
pub fn find(value: &str) -> Option<String> {
    let decoded = percent::decode(value);
    if let Some(word) = WORDS.iter().find(|word| decoded == **word || (word.starts_with('[') && decoded.contains(**word))) {
        return Some((*word).to_owned());
    }
    if !decoded.contains(['{', '<']) {
        return None;
    }
    [("{{", "}}"), ("${", "}"), ("<%", "%>")].iter().find_map(|(open, close)| {
        let start = decoded.find(open)?;
        let inner = decoded.get(start + open.len()..)?;
        let end = inner.find(close)?;
        decoded.get(start..start + open.len() + end + close.len()).filter(|text| text.len() <= 80).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn finds_what_was_never_filled_in() {
        for (value, found) in [
            ("undefined", Some("undefined")),
            ("%5Bobject%20Object%5D", Some("[object Object]")),
            ("%7B%7BBUCKET%7D%7D", Some("{{BUCKET}}")),
            ("a-${STAGE}-b", Some("${STAGE}")),
            ("undefined-behaviour.pdf", None),
            ("nullable", None),
            ("{}", None),
            ("", None),
        ] {
            assert_eq!(find(value).as_deref(), found, "{value}");
        }
    }
}
