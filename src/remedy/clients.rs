//! What well-known clients add to a request by themselves, for `--as NAME`: data, and how it is laid over an ask.
//!
//! Only what a preflight can see; never the clients' own logic.

use When::{Always, Reading, Writing};

use crate::ask::Ask;

/// On which requests a client adds a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// GET and HEAD.
    Reading,
    /// Everything else.
    Writing,
}

/// A client.
#[derive(Debug)]
pub struct Client {
    /// The name of the option.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its usual method, where the user names none.
    method: Option<&'static str>,
    /// It uses `XMLHttpRequest` with an upload progress listener, so that a preflight is always sent.
    upload_listener: bool,
    /// What it adds; without a value, the value differs each time and is never safelisted.
    headers: &'static [(When, &'static str, Option<&'static str>)],
}

#[rustfmt::skip]
static CLIENTS: &[Client] = &[
    Client {
        name: "aws-sdk-js-v3", about: "AWS SDK for JavaScript v3, signing in the browser (3.729 and later)",
        method: None, upload_listener: false,
        headers: &[
            (Always, "authorization", None), (Always, "x-amz-date", None), (Always, "x-amz-content-sha256", None),
            (Always, "x-amz-security-token", None), (Always, "x-amz-user-agent", None), (Always, "amz-sdk-invocation-id", None),
            (Always, "amz-sdk-request", None), (Writing, "content-type", Some("application/octet-stream")),
            (Writing, "x-amz-checksum-crc32", None), (Writing, "x-amz-sdk-checksum-algorithm", None), (Reading, "x-amz-checksum-mode", None),
        ],
    },
    Client {
        name: "aws-sdk-js-v2", about: "AWS SDK for JavaScript v2, signing in the browser",
        method: None, upload_listener: true,
        headers: &[
            (Always, "authorization", None), (Always, "x-amz-date", None), (Always, "x-amz-content-sha256", None),
            (Always, "x-amz-security-token", None), (Always, "x-amz-user-agent", None), (Writing, "content-type", Some("application/octet-stream")),
        ],
    },
    Client {
        name: "aws-amplify", about: "Amplify Storage (uploadData, downloadData)",
        method: None, upload_listener: true,
        headers: &[
            (Always, "authorization", None), (Always, "x-amz-date", None), (Always, "x-amz-content-sha256", None),
            (Always, "x-amz-security-token", None), (Always, "x-amz-user-agent", None), (Writing, "content-type", Some("application/octet-stream")),
        ],
    },
    Client {
        name: "uppy", about: "Uppy's AwsS3 plugin with presigned URLs",
        method: Some("PUT"), upload_listener: true, headers: &[(Writing, "content-type", Some("image/png"))],
    },
    Client {
        name: "dropzone", about: "Dropzone",
        method: Some("POST"), upload_listener: true,
        headers: &[
            (Always, "accept", Some("application/json")), (Always, "cache-control", Some("no-cache")),
            (Always, "x-requested-with", Some("XMLHttpRequest")), (Writing, "content-type", Some("multipart/form-data")),
        ],
    },
    Client {
        name: "fine-uploader", about: "Fine Uploader",
        method: Some("POST"), upload_listener: true,
        headers: &[
            (Always, "x-requested-with", Some("XMLHttpRequest")), (Always, "cache-control", Some("no-cache")),
            (Writing, "content-type", Some("multipart/form-data")),
        ],
    },
    Client {
        name: "filepond", about: "FilePond",
        method: Some("POST"), upload_listener: true, headers: &[(Writing, "content-type", Some("multipart/form-data"))],
    },
    Client {
        name: "tus", about: "tus-js-client, creating an upload (PATCH sends the parts)",
        method: Some("POST"), upload_listener: true,
        headers: &[
            (Always, "tus-resumable", Some("1.0.0")), (Writing, "upload-length", None), (Writing, "upload-metadata", None),
            (Writing, "upload-offset", None), (Writing, "content-type", Some("application/offset+octet-stream")),
        ],
    },
    Client {
        name: "axios", about: "axios with a JSON body",
        method: None, upload_listener: false,
        headers: &[(Always, "accept", Some("application/json, text/plain, */*")), (Writing, "content-type", Some("application/json"))],
    },
    Client {
        name: "jquery", about: "jQuery.ajax with a form body (across origins it adds no X-Requested-With)",
        method: None, upload_listener: false,
        headers: &[(Writing, "content-type", Some("application/x-www-form-urlencoded; charset=UTF-8"))],
    },
    Client {
        name: "angular", about: "Angular's HttpClient with a JSON body",
        method: None, upload_listener: false,
        headers: &[(Always, "accept", Some("application/json, text/plain, */*")), (Writing, "content-type", Some("application/json"))],
    },
    Client {
        name: "apollo-client", about: "Apollo Client",
        method: Some("POST"), upload_listener: false, headers: &[(Writing, "content-type", Some("application/json"))],
    },
    Client {
        name: "supabase-js", about: "supabase-js",
        method: None, upload_listener: false,
        headers: &[
            (Always, "apikey", None), (Always, "authorization", None), (Always, "x-client-info", None),
            (Writing, "content-type", Some("application/json")),
        ],
    },
    Client {
        name: "azure-storage-blob", about: "@azure/storage-blob, uploading a block blob",
        method: Some("PUT"), upload_listener: true,
        headers: &[
            (Always, "x-ms-version", None), (Always, "x-ms-client-request-id", None), (Always, "x-ms-useragent", None),
            (Writing, "x-ms-blob-type", Some("BlockBlob")), (Writing, "x-ms-blob-content-type", None),
            (Writing, "content-type", Some("application/octet-stream")),
        ],
    },
    Client {
        name: "sentry", about: "any client while Sentry's tracing is on",
        method: None, upload_listener: false, headers: &[(Always, "sentry-trace", None), (Always, "baggage", None)],
    },
    Client {
        name: "datadog-rum", about: "any client while Datadog RUM's tracing is on",
        method: None, upload_listener: false,
        headers: &[
            (Always, "traceparent", None), (Always, "tracestate", None), (Always, "x-datadog-origin", None),
            (Always, "x-datadog-parent-id", None), (Always, "x-datadog-sampling-priority", None), (Always, "x-datadog-trace-id", None),
        ],
    },
    Client {
        name: "opentelemetry", about: "any client while OpenTelemetry's fetch or XHR instrumentation is on",
        method: None, upload_listener: false, headers: &[(Always, "traceparent", None), (Always, "tracestate", None)],
    },
];

/// Every client.
pub fn all() -> &'static [Client] {
    CLIENTS
}

/// A client by its name, in any case.
pub fn find(name: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.name.eq_ignore_ascii_case(name))
}

impl Client {
    /// Adds what the client adds. What the ask already says stays; its usual method counts only when the user named none.
    pub fn apply(&self, ask: &mut Ask, method_is_given: bool) {
        if let Some(method) = self.method.filter(|_| !method_is_given) {
            method.clone_into(&mut ask.method);
        }
        ask.upload_listener |= self.upload_listener;
        let reading = matches!(ask.sent_method().as_str(), "GET" | "HEAD");
        let due = self.headers.iter().filter(|(when, ..)| match when {
            Always => true,
            Reading => reading,
            Writing => !reading,
        });
        for (_, name, value) in due {
            if !ask.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                ask.headers.push(((*name).to_owned(), value.map(str::to_owned)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::verdict::{self, Engine};
    use crate::web::Origin;

    fn asked(client: &str, method: Option<&str>) -> (String, Vec<String>) {
        let mut ask = Ask::get(Url::parse("https://api.example.net/").unwrap(), Origin::parse("https://app.example.com").unwrap());
        if let Some(method) = method {
            method.clone_into(&mut ask.method);
        }
        find(client).unwrap().apply(&mut ask, method.is_some());
        (ask.method.clone(), verdict::unsafe_header_names(&ask, Engine::Chromium))
    }

    #[test]
    fn adds_what_a_preflight_sees() {
        let (method, names) = asked("Dropzone", None);
        assert_eq!((method.as_str(), names), ("POST", vec!["cache-control".to_owned(), "x-requested-with".to_owned()]));
        assert_eq!(asked("jquery", Some("POST")).1, Vec::<String>::new());
        assert_eq!(asked("axios", Some("GET")).1, Vec::<String>::new());
        assert_eq!(asked("axios", Some("PUT")), ("PUT".into(), vec!["content-type".to_owned()]));
        assert!(asked("aws-sdk-js-v3", Some("PUT")).1.contains(&"x-amz-checksum-crc32".to_owned()));
        assert!(!asked("aws-sdk-js-v3", None).1.contains(&"x-amz-checksum-crc32".to_owned()));
        assert_eq!(asked("uppy", Some("POST")).0, "POST");
    }

    #[test]
    fn what_the_user_gave_stays() {
        let mut ask = Ask::get(Url::parse("https://api.example.net/").unwrap(), Origin::null());
        ask.headers.push(("Content-Type".into(), Some("text/plain".into())));
        find("uppy").unwrap().apply(&mut ask, false);
        assert_eq!(ask.headers.len(), 1);
        assert!(ask.upload_listener);
    }
}
