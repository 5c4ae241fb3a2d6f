//! The CORS part of a web server's or framework's configuration, ready to paste: least privilege, for one request.
//!
//! Knows how each platform writes it; never which cause asks for it.

mod gateways;
mod snippets;

use super::granted::{Granted, joined};
use super::{Fix, Snippet};
use crate::ask::Ask;
use crate::evidence::Response;
use crate::layer::Layer;
use crate::verdict::{self, Engine};

/// What a server has to allow, no more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The page's origin, behind one that is allowed already; or `*` alone.
    pub origins: Vec<String>,
    /// Methods, as sent.
    pub methods: Vec<String>,
    /// Names of request headers, lower case.
    pub headers: Vec<String>,
    /// Whether credentials are included.
    pub credentials: bool,
    /// Names of response headers that the page reads.
    pub expose: Vec<String>,
}

/// A platform that this module writes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Platform {
    Nginx,
    Express,
    NextJs,
    Apache,
    Caddy,
    FastApi,
    Flask,
    Django,
    Rails,
    Spring,
    AspNet,
    Iis,
    Kong,
    Traefik,
    Supabase,
}

impl Policy {
    /// What this request needs.
    pub fn for_ask(ask: &Ask, engine: Engine) -> Self {
        Self {
            origins: vec![ask.origin.to_string()],
            methods: vec![ask.sent_method()],
            headers: verdict::unsafe_header_names(ask, engine),
            credentials: ask.with_credentials(),
            expose: ask.expose.iter().map(|name| name.to_ascii_lowercase()).collect(),
        }
    }

    /// The same, so that it takes nothing away of what an answer allows already.
    #[must_use]
    pub(crate) fn beside(mut self, there: &Granted) -> Self {
        self.methods = joined(&there.methods, &self.methods, self.credentials);
        self.headers = joined(&there.headers, &self.headers, self.credentials);
        self.expose = joined(&there.expose, &self.expose, self.credentials);
        let origins: Vec<String> = there.origin.iter().cloned().collect();
        self.origins = joined(&origins, &self.origins, self.credentials);
        self.credentials |= there.credentials && !self.allows_every_origin();
        self
    }

    /// Whether every origin is allowed.
    pub fn allows_every_origin(&self) -> bool {
        self.origins.iter().any(|origin| origin == "*")
    }

    /// The header lines that the answer to the preflight must have.
    pub fn preflight_lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = self.common_lines();
        lines.push(("Access-Control-Allow-Methods", self.methods.join(", ")));
        if !self.headers.is_empty() {
            lines.push(("Access-Control-Allow-Headers", self.headers.join(", ")));
        }
        lines
    }

    /// The header lines that the answer to the request itself must have.
    pub fn actual_lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = self.common_lines();
        if !self.expose.is_empty() {
            lines.push(("Access-Control-Expose-Headers", self.expose.join(", ")));
        }
        lines
    }

    fn common_lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("Access-Control-Allow-Origin", self.origins.join(" "))];
        if self.credentials {
            lines.push(("Access-Control-Allow-Credentials", "true".into()));
        }
        lines
    }
}

/// The policy in the form of the platform that answered; where that is unknown, in the most common ones. Nothing for a layer that is not
/// configured like a web server (a bucket, a gateway, a distribution).
pub fn pastes(policy: &Policy, layer: Layer, response: Option<&Response>) -> Vec<Snippet> {
    if !is_server(layer) {
        return Vec::new();
    }
    let known = if layer == Layer::Nginx { Some(Platform::Nginx) } else { response.and_then(platform) };
    match known {
        // What answers as a proxy may only pass on what an application says.
        Some(Platform::Nginx) => vec![Platform::Nginx, Platform::Express],
        Some(Platform::Iis) => vec![Platform::Iis, Platform::AspNet],
        Some(platform) => vec![platform],
        None => vec![Platform::Nginx, Platform::Express, Platform::Caddy, Platform::Apache],
    }
    .into_iter()
    .map(|platform| paste(policy, platform))
    .collect()
}

/// How authentication leaves OPTIONS alone, on the platform that answered.
pub fn before_authentication(response: &Response) -> &'static str {
    match platform(response) {
        Some(Platform::Iis) => "IIS: install its CORS Module, which answers OPTIONS before Windows authentication asks for credentials.",
        Some(Platform::Kong) => {
            "Kong: its cors plugin answers OPTIONS before any plugin that authenticates, unless preflight_continue is on."
        }
        Some(Platform::Traefik) => {
            "Traefik: put the headers middleware that does CORS before the one that authenticates, in the router's list."
        }
        None | Some(Platform::Nginx) => "nginx: `if ($request_method = OPTIONS) { return 204; }` before auth_request or auth_basic.",
        Some(_) => "What adds the CORS headers stands before what asks for credentials, and answers OPTIONS by itself.",
    }
}

/// How errors come to carry the CORS headers as well, on the platform that answered.
pub fn on_errors(layer: Layer, response: &Response) -> &'static str {
    match platform(response) {
        _ if !is_server(layer) => "What makes the error has to add them.",
        None | Some(Platform::Nginx | Platform::Express) => {
            "nginx: add `always` to add_header. Express: put cors() before everything that can fail, error handlers included."
        }
        Some(_) => "What adds them stands before everything that can fail, authentication and error handlers included.",
    }
}

/// Whether this layer is configured like a web server.
fn is_server(layer: Layer) -> bool {
    matches!(layer, Layer::Server | Layer::Nginx | Layer::Envoy | Layer::Alb | Layer::Cloudflare | Layer::GoogleFrontend)
}

fn platform(response: &Response) -> Option<Platform> {
    const SIGNS: [(&str, Platform); 19] = [
        ("kong", Platform::Kong),
        ("nginx", Platform::Nginx),
        ("openresty", Platform::Nginx),
        ("express", Platform::Express),
        ("next.js", Platform::NextJs),
        ("caddy", Platform::Caddy),
        ("apache", Platform::Apache),
        ("uvicorn", Platform::FastApi),
        ("hypercorn", Platform::FastApi),
        ("werkzeug", Platform::Flask),
        ("gunicorn", Platform::Django),
        ("wsgiserver", Platform::Django),
        ("puma", Platform::Rails),
        ("passenger", Platform::Rails),
        ("webrick", Platform::Rails),
        ("kestrel", Platform::AspNet),
        ("microsoft-iis", Platform::Iis),
        ("asp.net", Platform::Iis),
        ("jetty", Platform::Spring),
    ];
    // Spring names itself in no header, but in the words of its CORS filter.
    if response.body.trim() == "Invalid CORS request" {
        return Some(Platform::Spring);
    }
    // Nor Next.js on the answers of its route handlers, but they vary by what its router sends.
    if response.combined("vary").is_some_and(|names| names.contains("next-router-state-tree")) {
        return Some(Platform::NextJs);
    }
    if response.header("sb-gateway-version").is_some() {
        return Some(Platform::Supabase);
    }
    // Traefik names itself in the realm of its authentication only.
    if response.combined("www-authenticate").is_some_and(|value| value.contains("realm=\"traefik\"")) {
        return Some(Platform::Traefik);
    }
    let said = ["x-powered-by", "server"].map(|name| response.header(name).unwrap_or_default().to_ascii_lowercase());
    said.iter().find_map(|text| SIGNS.iter().find(|(sign, _)| text.contains(sign))).map(|(_, platform)| *platform)
}

fn paste(policy: &Policy, platform: Platform) -> Snippet {
    let (language, label, code) = match platform {
        Platform::Nginx => ("nginx", "nginx", snippets::nginx(policy)),
        Platform::NextJs => ("javascript", "Next.js", snippets::nextjs(policy)),
        Platform::Rails => ("ruby", "Rails (rack-cors)", snippets::rails(policy)),
        Platform::Express => ("javascript", "Express", snippets::express(policy)),
        Platform::Apache => ("apache", "Apache", snippets::apache(policy)),
        Platform::Caddy => ("caddyfile", "Caddy", snippets::caddy(policy)),
        Platform::FastApi => ("python", "FastAPI", snippets::fastapi(policy)),
        Platform::Flask => ("python", "Flask (flask-cors)", snippets::flask(policy)),
        Platform::Django => ("python", "Django (django-cors-headers)", snippets::django(policy)),
        Platform::Spring => ("java", "Spring", snippets::spring(policy)),
        Platform::AspNet => ("csharp", "ASP.NET Core", snippets::aspnet(policy)),
        Platform::Iis => ("xml", "IIS (CORS Module)", gateways::iis(policy)),
        Platform::Kong => ("yaml", "Kong", gateways::kong(policy)),
        Platform::Traefik => ("yaml", "Traefik", gateways::traefik(policy)),
        Platform::Supabase => ("typescript", "Supabase Edge Function", gateways::supabase(policy)),
    };
    Snippet::new(language, label, code)
}

/// A page that has no origin of its own.
pub(crate) fn serve_the_page() -> Fix {
    let detail = "A page opened from a file, or in a sandboxed frame without allow-same-origin, has the origin null, and so has every such \
        frame of any site: a server that allows null by name lets all of them in.";
    Fix::new("serve-the-page", "serve the page from a web server, so that it has an origin", detail).snippet(
        "shell",
        "in the page's directory",
        "python3 -m http.server 8000    # then open http://localhost:8000/",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: &str, value: &str) -> Response {
        Response { status: 403, headers: vec![(name.into(), value.into())], ..Response::default() }
    }

    fn labels(layer: Layer, response: &Response) -> Vec<String> {
        let policy = Policy { origins: vec!["https://app.example.com".into()], methods: vec!["PUT".into()], ..Policy::default() };
        pastes(&policy, layer, Some(response)).into_iter().map(|p| p.label.into_owned()).collect()
    }

    #[test]
    fn writes_for_the_platform_that_answered() {
        assert_eq!(labels(Layer::Server, &answer("X-Powered-By", "Express")), ["Express"]);
        assert_eq!(labels(Layer::Server, &answer("Server", "uvicorn")), ["FastAPI"]);
        assert_eq!(labels(Layer::Server, &answer("Vary", "rsc, next-router-state-tree")), ["Next.js"]);
        assert_eq!(labels(Layer::Server, &answer("Server", "nginx/1.24.0")), ["nginx", "Express"]);
        assert_eq!(labels(Layer::Server, &answer("Server", "made-up")).len(), 4);
        assert_eq!(labels(Layer::Server, &answer("Server", "Microsoft-IIS/10.0")), ["IIS (CORS Module)", "ASP.NET Core"]);
        assert_eq!(labels(Layer::Server, &answer("X-Powered-By", "ASP.NET")), ["IIS (CORS Module)", "ASP.NET Core"]);
        assert_eq!(labels(Layer::Server, &answer("Server", "kong/3.2.2")), ["Kong"]);
        assert_eq!(labels(Layer::Server, &answer("WWW-Authenticate", "Basic realm=\"traefik\"")), ["Traefik"]);
        assert_eq!(labels(Layer::Cloudflare, &answer("sb-gateway-version", "1")), ["Supabase Edge Function"]);
        assert!(labels(Layer::S3, &answer("Server", "AmazonS3")).is_empty());
    }

    #[test]
    fn no_other_server_is_told_to_change_nginx() {
        for (name, value, nginx) in [
            ("Server", "nginx", true),
            ("Server", "made-up", true),
            ("Server", "Microsoft-IIS/10.0", false),
            ("Server", "kong/3.2.2", false),
            ("WWW-Authenticate", "Basic realm=\"traefik\"", false),
            ("Server", "uvicorn", false),
        ] {
            let response = answer(name, value);
            assert_eq!(before_authentication(&response).contains("nginx"), nginx, "{value}");
            assert_eq!(on_errors(Layer::Server, &response).contains("nginx"), nginx, "{value}");
        }
        assert!(!on_errors(Layer::LambdaUrl, &answer("Server", "made-up")).contains("nginx"));
    }

    #[test]
    fn what_stands_in_front_gets_the_whole_policy() {
        let policy = Policy {
            origins: vec!["https://app.example.com".into()],
            methods: vec!["PUT".into()],
            headers: vec!["content-type".into()],
            credentials: true,
            expose: vec!["etag".into()],
        };
        for text in [gateways::kong(&policy), gateways::traefik(&policy), gateways::iis(&policy)] {
            for part in ["https://app.example.com", "PUT", "content-type", "true", "etag"] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
        assert!(gateways::supabase(&policy).contains("\"Access-Control-Allow-Headers\": \"content-type\""));
    }
}
