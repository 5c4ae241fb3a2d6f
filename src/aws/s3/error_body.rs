//! The XML error body of S3 and its look-alikes.

/// Elements of an `<Error>` body that tell something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// `<Code>`.
    pub code: String,
    /// `<Message>`.
    pub message: String,
    /// Every other child element with text, in order.
    pub elements: Vec<(String, String)>,
}

impl ErrorBody {
    /// Reads an `<Error>` document, also inside `<ErrorResponse>`; nothing when it is not one. A cut-off body is read
    /// as far as it goes.
    pub fn parse(body: &str) -> Option<Self> {
        let mut rest = inside(body)?;
        let mut error = Self::default();
        for _ in 0..64 {
            let Some(open) = rest.find('<') else { break };
            rest = &rest[open + 1..];
            if rest.starts_with('/') {
                break;
            }
            let Some(end) = rest.find('>') else { break };
            let tag = &rest[..end];
            rest = &rest[end + 1..];
            if tag.ends_with('/') {
                continue;
            }
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            let close = format!("</{name}>");
            let Some(stop) = rest.find(&close) else {
                if name == "Message" {
                    error.message = unescape(rest);
                }
                break;
            };
            let text = unescape(rest[..stop].trim());
            rest = &rest[stop + close.len()..];
            match name {
                "Code" => error.code = text,
                "Message" => error.message = text,
                _ => error.elements.push((name.to_owned(), text)),
            }
        }
        (!error.code.is_empty()).then_some(error)
    }

    /// Reads the error page of a website endpoint: an HTML list, and headers that say the same.
    pub fn of_website<'a>(body: &str, header: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let is_list = body.contains("<li>");
        let item = |name: &str| {
            let (_, rest) = is_list.then(|| body.split_once(&format!("<li>{name}: "))).flatten()?;
            rest.split_once("</li>").map(|(text, _)| text.to_owned())
        };
        let code = header("x-amz-error-code").map(str::to_owned).or_else(|| item("Code"))?;
        let message = header("x-amz-error-message").map(str::to_owned).or_else(|| item("Message")).unwrap_or_default();
        let elements = ["Method", "ResourceType", "BucketName", "Key"].into_iter().filter_map(|name| Some((name.to_owned(), item(name)?)));
        Some(Self { code, message, elements: elements.collect() })
    }

    /// An element by name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.elements.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What follows the opening tag, which may name a namespace.
fn inside(body: &str) -> Option<&str> {
    body.match_indices("<Error").take(8).find_map(|(at, tag)| {
        let rest = &body[at + tag.len()..];
        let attributes = rest.starts_with(|c: char| c == '>' || c.is_ascii_whitespace());
        attributes.then(|| rest.split_once('>').map(|(_, inside)| inside))?
    })
}

/// The named entities, and the two numbered ones that programs in Go write for quotes.
fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, &str); 7] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    if !text.contains('&') {
        return text.to_owned();
    }
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_cut_off_body_as_far_as_it_goes() {
        let error = ErrorBody::parse("<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS re").unwrap();
        assert_eq!((error.code.as_str(), error.message.as_str()), ("AccessForbidden", "CORSResponse: This CORS re"));
        let error = ErrorBody::parse("<Error><Code>NoSuchKey</Code><Message>No.</Message><Key>a").unwrap();
        assert_eq!((error.message.as_str(), error.elements.len()), ("No.", 0));
        assert!(ErrorBody::parse("<Error><Code>Access").is_none());
    }

    #[test]
    fn spaces_namespaces_and_entities_change_nothing() {
        for body in [
            "<?xml version='1.0'?>\n<Error xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Code>X</Code><Message>'a'</Message></Error>",
            "<ErrorResponse><Error>\n  <Code>\n\tX </Code>\n  <Message xml:lang=\"en\"> &#39;a&apos;\n</Message></Error></ErrorResponse>",
        ] {
            let error = ErrorBody::parse(body).unwrap();
            assert_eq!((error.code.as_str(), error.message.as_str()), ("X", "'a'"), "{body}");
        }
        assert!(ErrorBody::parse("<Errors><Code>X</Code></Errors>").is_none());
    }

    #[test]
    fn reads_the_error_page_of_a_website_endpoint() {
        let body = "<html><h1>405 Method Not Allowed</h1><ul><li>Code: MethodNotAllowed</li><li>Message: No.</li><li>Method: \
             PUT</li></ul>";
        let error = ErrorBody::of_website(body, |_| None).unwrap();
        assert_eq!((error.code.as_str(), error.message.as_str(), error.get("Method")), ("MethodNotAllowed", "No.", Some("PUT")));
        assert!(ErrorBody::of_website("<html>no</html>", |_| None).is_none());
        let told = ErrorBody::of_website("", |name| (name == "x-amz-error-code").then_some("NoSuchKey"));
        assert_eq!(told.unwrap().code, "NoSuchKey");
    }
}
