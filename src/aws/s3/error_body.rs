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
        let start = body.find("<Error>")? + "<Error>".len();
        let mut rest = &body[start..];
        let mut error = Self::default();
        for _ in 0..64 {
            let Some(open) = rest.find('<') else { break };
            rest = &rest[open + 1..];
            if rest.starts_with('/') {
                break;
            }
            let Some(end) = rest.find('>') else { break };
            let name = &rest[..end];
            rest = &rest[end + 1..];
            if name.ends_with('/') {
                continue;
            }
            let close = format!("</{name}>");
            let Some(stop) = rest.find(&close) else { break };
            let text = unescape(&rest[..stop]);
            rest = &rest[stop + close.len()..];
            match name {
                "Code" => error.code = text,
                "Message" => error.message = text,
                _ => error.elements.push((name.to_owned(), text)),
            }
        }
        (!error.code.is_empty()).then_some(error)
    }

    /// An element by name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.elements.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
