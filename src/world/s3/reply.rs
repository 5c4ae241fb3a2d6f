//! An answer of S3 under construction, and the XML of its errors.

use std::fmt::Write as _;

use crate::evidence::{Request, Response};

/// Ids that every answer carries.
const REQUEST_ID: &str = "7Q4EXAMPLE0REQ1";
const HOST_ID: &str = "bWFkZS11cC1ob3N0LWlk";

/// What S3 is about to answer.
pub(super) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    content: Content,
}

enum Content {
    Empty,
    File(String),
    Error { code: String, message: String, elements: Vec<(String, String)>, html: bool },
}

impl Answer {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), content: Content::Empty }
    }

    pub(super) fn file(lines: &[String], body: &str) -> Self {
        let mut answer = Self { status: 200, headers: Vec::new(), content: Content::File(body.to_owned()) };
        answer.headers.extend(lines.iter().filter_map(|l| l.split_once(':')).map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned())));
        answer
    }

    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        let content = Content::Error { code: code.to_owned(), message: message.to_owned(), elements: Vec::new(), html: false };
        Self { status, headers: Vec::new(), content }
    }

    /// Adds an element to an error.
    pub(super) fn element(mut self, name: &str, value: &str) -> Self {
        if let Content::Error { elements, .. } = &mut self.content {
            elements.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn headers(mut self, lines: Vec<(String, String)>) -> Self {
        self.headers.extend(lines);
        self
    }

    /// As a website endpoint writes it.
    pub(super) fn for_website(mut self) -> Self {
        if let Content::Error { code, message, html, .. } = &mut self.content {
            *html = true;
            let lines = [("x-amz-error-code", code.clone()), ("x-amz-error-message", message.clone())];
            self.headers.extend(lines.map(|(name, value)| (name.to_owned(), value)));
        }
        self
    }

    pub(super) fn into_response(self, request: &Request) -> Response {
        let mut headers = vec![("x-amz-request-id".to_owned(), REQUEST_ID.to_owned()), ("x-amz-id-2".to_owned(), HOST_ID.to_owned())];
        headers.extend(self.headers);
        let mut body = String::new();
        match self.content {
            Content::Empty => {}
            Content::File(text) => body = text,
            Content::Error { code, message, elements, html } => {
                headers.push(("Content-Type".into(), if html { "text/html; charset=utf-8" } else { "application/xml" }.into()));
                body = if html { page(self.status, &code, &message) } else { document(&code, &message, &elements) };
            }
        }
        headers.push(("Server".into(), "AmazonS3".into()));
        if request.method == "HEAD" {
            body.clear();
        }
        Response { status: self.status, headers, body, ..Response::default() }
    }
}

fn document(code: &str, message: &str, elements: &[(String, String)]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
    let own = [("Code", code), ("Message", message)];
    let ids = [("RequestId", REQUEST_ID), ("HostId", HOST_ID)];
    let further = elements.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().chain(further).chain(ids) {
        let _ = write!(xml, "<{name}>{}</{name}>", escape(value));
    }
    xml + "</Error>"
}

fn page(status: u16, code: &str, message: &str) -> String {
    let (code, message) = (escape(code), escape(message));
    format!(
        "<html>\n<head><title>{status} {code}</title></head>\n<body>\n<h1>{status} {code}</h1>\n<ul>\n<li>Code: {code}</li>\n\
         <li>Message: {message}</li>\n<li>RequestId: {REQUEST_ID}</li>\n<li>HostId: {HOST_ID}</li>\n</ul>\n<hr/>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
