//! One policy, written as each platform wants it. Texts only.

use std::fmt::Write as _;

use super::Policy;

/// How long a browser may keep the answer to a preflight: below every browser's own limit.
const MAX_AGE: u32 = 600;

pub(super) fn nginx(policy: &Policy) -> String {
    let lines = |lines: Vec<(&str, String)>, indent: &str| {
        lines.into_iter().fold(String::new(), |mut text, (name, value)| {
            let value = if name.ends_with("-Origin") { "$cors_origin".to_owned() } else { quoted(&value) };
            let _ = writeln!(text, "{indent}add_header {name} {value} always;");
            text
        })
    };
    format!(
        "map $http_origin $cors_origin {{\n    default \"\";\n    {origin} $http_origin;\n}}\n\n\
         location / {{\n    if ($request_method = OPTIONS) {{\n{preflight}        add_header Access-Control-Max-Age \
         {MAX_AGE} always;\n        \
         add_header Vary Origin always;\n        return 204;\n    }}\n{actual}    add_header Vary Origin always;\n    # proxy_pass …\n}}",
        origin = quoted(&policy.origin),
        preflight = lines(policy.preflight_lines(), "        "),
        actual = lines(policy.actual_lines(), "    "),
    )
}

pub(super) fn express(policy: &Policy) -> String {
    let mut options =
        vec![format!("origin: [{}]", list(std::slice::from_ref(&policy.origin))), format!("methods: [{}]", list(&policy.methods))];
    if !policy.headers.is_empty() {
        options.push(format!("allowedHeaders: [{}]", list(&policy.headers)));
    }
    if !policy.expose.is_empty() {
        options.push(format!("exposedHeaders: [{}]", list(&policy.expose)));
    }
    if policy.credentials {
        options.push("credentials: true".into());
    }
    options.push(format!("maxAge: {MAX_AGE}"));
    format!(
        "const cors = require(\"cors\");\n\n// Before authentication and before the routes: it answers OPTIONS by itself.\n\
         app.use(cors({{\n  {},\n}}));",
        options.join(",\n  ")
    )
}

pub(super) fn apache(policy: &Policy) -> String {
    let mut text = format!("SetEnvIf Origin \"^{}$\" CORS_ORIGIN=$0\n", policy.origin.replace('.', "\\."));
    let mut lines = policy.preflight_lines();
    lines.extend(policy.actual_lines().into_iter().filter(|(name, _)| name.contains("Expose")));
    for (name, value) in lines {
        let value = if name.ends_with("-Origin") { "%{CORS_ORIGIN}e".to_owned() } else { value };
        let _ = writeln!(text, "Header always set {name} {} env=CORS_ORIGIN", quoted(&value));
    }
    text.push_str(
        "Header always merge Vary Origin\n\nRewriteEngine On\nRewriteCond %{REQUEST_METHOD} =OPTIONS\n\
         RewriteCond %{HTTP:Access-Control-Request-Method} !=\"\"\nRewriteRule ^ - [R=204,L]",
    );
    text
}

pub(super) fn caddy(policy: &Policy) -> String {
    let mut lines = policy.preflight_lines();
    lines.extend(policy.actual_lines().into_iter().filter(|(name, _)| name.contains("Expose")));
    let lines = lines.into_iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "    {name} {}", quoted(&value));
        text
    });
    format!(
        "@cors header Origin {origin}\nheader @cors {{\n{lines}    +Vary Origin\n    defer\n}}\n\n\
         @preflight {{\n    method OPTIONS\n    header Origin {origin}\n    header Access-Control-Request-Method *\n}}\nrespond \
         @preflight 204",
        origin = policy.origin,
    )
}

pub(super) fn fastapi(policy: &Policy) -> String {
    format!(
        "from fastapi.middleware.cors import CORSMiddleware\n\napp.add_middleware(\n    CORSMiddleware,\n    allow_origins=[{}],\n    \
         allow_methods=[{}],\n    allow_headers=[{}],\n    expose_headers=[{}],\n    allow_credentials={},\n    max_age={MAX_AGE},\n)",
        list(std::slice::from_ref(&policy.origin)),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        if policy.credentials { "True" } else { "False" },
    )
}

pub(super) fn django(policy: &Policy) -> String {
    format!(
        "# settings.py; corsheaders.middleware.CorsMiddleware stands above CommonMiddleware\nCORS_ALLOWED_ORIGINS = [{}]\n\
         CORS_ALLOW_METHODS = [{}]\nCORS_ALLOW_HEADERS = [{}]\nCORS_EXPOSE_HEADERS = [{}]\nCORS_ALLOW_CREDENTIALS = {}\n\
         CORS_PREFLIGHT_MAX_AGE = {MAX_AGE}",
        list(std::slice::from_ref(&policy.origin)),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        if policy.credentials { "True" } else { "False" },
    )
}

pub(super) fn spring(policy: &Policy) -> String {
    format!(
        "@Bean\nCorsConfigurationSource corsConfigurationSource() {{\n    var cors = new CorsConfiguration();\n    \
         cors.setAllowedOrigins(List.of({}));\n    cors.setAllowedMethods(List.of({}));\n    cors.setAllowedHeaders(List.of({}));\n    \
         cors.setExposedHeaders(List.of({}));\n    cors.setAllowCredentials({});\n    cors.setMaxAge({MAX_AGE}L);\n    \
         var source = new UrlBasedCorsConfigurationSource();\n    source.registerCorsConfiguration(\"/**\", cors);\n    return \
             source;\n}}\n\
         // and in the security filter chain: http.cors(Customizer.withDefaults())",
        list(std::slice::from_ref(&policy.origin)),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        policy.credentials,
    )
}

pub(super) fn aspnet(policy: &Policy) -> String {
    let mut calls =
        vec![format!(".WithOrigins({})", list(std::slice::from_ref(&policy.origin))), format!(".WithMethods({})", list(&policy.methods))];
    if !policy.headers.is_empty() {
        calls.push(format!(".WithHeaders({})", list(&policy.headers)));
    }
    if !policy.expose.is_empty() {
        calls.push(format!(".WithExposedHeaders({})", list(&policy.expose)));
    }
    if policy.credentials {
        calls.push(".AllowCredentials()".into());
    }
    format!(
        "builder.Services.AddCors(o => o.AddDefaultPolicy(p => p\n    {}));\n\n\
         app.UseCors(); // after UseRouting, before UseAuthentication and UseAuthorization",
        calls.join("\n    ")
    )
}

fn list(items: &[String]) -> String {
    items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ")
}

/// In double quotes. What a page may send holds no quote, but a method is free text.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy {
            origin: "https://app.example.com".into(),
            methods: vec!["PUT".into()],
            headers: vec!["content-type".into(), "x-token".into()],
            credentials: true,
            expose: vec!["etag".into()],
        }
    }

    #[test]
    fn every_platform_names_everything_that_is_needed() {
        for write in [nginx, express, apache, caddy, fastapi, django, spring, aspnet] {
            let text = write(&policy()).replace("\\.", ".");
            for part in ["https://app.example.com", "PUT", "content-type", "x-token", "etag", "redentials"] {
                assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part} is missing in\n{text}");
            }
        }
    }

    #[test]
    fn nginx_repeats_its_headers_in_the_if_block() {
        let text = nginx(&policy());
        assert_eq!(text.matches("add_header Access-Control-Allow-Origin $cors_origin always;").count(), 2);
        assert!(text.contains("    \"https://app.example.com\" $http_origin;"));
    }

    #[test]
    fn quotes_cannot_break_out() {
        assert_eq!(quoted("a\"b\\"), "\"a\\\"b\\\\\"");
    }
}
