//! The command line that asks the same again.

use super::client::shell_quoted;
use crate::ask::Ask;

/// `whycors probe` for this ask, without further options.
pub fn probe(ask: &Ask) -> String {
    let word = shell_quoted;
    let mut command =
        format!("whycors probe {} --origin {} --method {}", word(ask.url.as_str()), word(ask.origin.as_str()), word(&ask.method));
    for (name, value) in &ask.headers {
        let header = value.as_ref().map_or_else(|| name.clone(), |value| format!("{name}: {value}"));
        command.push_str(" --header ");
        command.push_str(&word(&header));
    }
    for name in &ask.expose {
        command.push_str(" --expose ");
        command.push_str(&word(name));
    }
    for (given, option) in [(ask.with_credentials(), " --credentials"), (ask.upload_listener, " --upload-listener")] {
        if given {
            command.push_str(option);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::web::Origin;

    #[test]
    fn every_part_is_one_word_of_a_shell() {
        let url = Url::parse("https://api.example.com/x?a=1&b=2").unwrap();
        let mut ask = Ask::get(url, Origin::parse("https://app.example.com").unwrap());
        ask.headers = vec![("x-note".into(), Some("it's".into())), ("x-bare".into(), None)];
        ask.upload_listener = true;
        ask.expose = vec!["etag".into()];
        let wanted = "whycors probe 'https://api.example.com/x?a=1&b=2' --origin https://app.example.com --method GET \
                      --header 'x-note: it'\\''s' --header x-bare --expose etag --upload-listener";
        assert_eq!(probe(&ask), wanted);
    }
}
