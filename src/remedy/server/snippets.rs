//! One policy, written as each platform wants it. Texts only.

use std::fmt::Write as _;

use super::Policy;

/// How long a browser may keep the answer to a preflight: below every browser's own limit.
pub(super) const MAX_AGE: u32 = 600;

pub(super) fn nginx(policy: &Policy) -> String {
    let lines = |lines: Vec<(&str, String)>, indent: &str| {
        lines.into_iter().fold(String::new(), |mut text, (name, value)| {
            let value = if name.ends_with("-Origin") && !policy.allows_every_origin() { "$cors_origin".to_owned() } else { quoted(&value) };
            let _ = writeln!(text, "{indent}add_header {name} {value} always;");
            text
        })
    };
    let origins = each_origin(policy, |origin| format!("    {} $http_origin;\n", quoted(origin)));
    let map = if policy.allows_every_origin() {
        String::new()
    } else {
        format!("map $http_origin $cors_origin {{\n    default \"\";\n{origins}}}\n\n")
    };
    format!(
        "{map}location / {{\n    if ($request_method = OPTIONS) {{\n{preflight}        add_header Access-Control-Max-Age \
         {MAX_AGE} always;\n        \
         add_header Vary Origin always;\n        return 204;\n    }}\n{actual}    add_header Vary Origin always;\n    # proxy_pass …\n}}",
        preflight = lines(policy.preflight_lines(), "        "),
        actual = lines(policy.actual_lines(), "    "),
    )
}

pub(super) fn express(policy: &Policy) -> String {
    // In a list the asterisk is a name like any other.
    let origins = if policy.allows_every_origin() { quoted("*") } else { format!("[{}]", list(&policy.origins)) };
    let mut options = vec![format!("origin: {origins}"), format!("methods: [{}]", list(&policy.methods))];
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

pub(super) fn nextjs(policy: &Policy) -> String {
    let every = policy.allows_every_origin();
    // A pattern of the page's origin, so that the answer names it back.
    let origins = policy.origins.join("|").replace('.', "\\.");
    let has = if every {
        String::new()
    } else {
        format!("      has: [{{ type: \"header\", key: \"origin\", value: {} }}],\n", quoted(&format!("(?<origin>{origins})")))
    };
    let mut lines = policy.preflight_lines();
    lines.extend(policy.actual_lines().into_iter().filter(|(name, _)| name.contains("Expose")));
    lines.extend([("Access-Control-Max-Age", MAX_AGE.to_string()), ("Vary", "Origin".to_owned())]);
    let lines = lines.into_iter().fold(String::new(), |mut text, (name, value)| {
        let value = if name.ends_with("-Origin") && !every { ":origin".to_owned() } else { value };
        let _ = writeln!(text, "        {{ key: \"{name}\", value: {} }},", quoted(&value));
        text
    });
    format!(
        "// next.config.js; a route handler answers OPTIONS by itself, a function under pages/api ends it with 204\nmodule.exports = {{\n  \
         async headers() {{\n    return [{{\n      source: \"/:path*\",\n{has}      headers: [\n{lines}      ],\n    }}];\n  }},\n}};"
    )
}

pub(super) fn apache(policy: &Policy) -> String {
    let origins = if policy.allows_every_origin() { ".+".to_owned() } else { policy.origins.join("|").replace('.', "\\.") };
    let mut text = format!("SetEnvIf Origin \"^({origins})$\" CORS_ORIGIN=$0\n");
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
        let value = if name.ends_with("-Origin") && policy.origins.len() > 1 { "{header.Origin}".to_owned() } else { value };
        let _ = writeln!(text, "    {name} {}", quoted(&value));
        text
    });
    let origins = each_origin(policy, |origin| format!("    header Origin {origin}\n"));
    format!(
        "@cors {{\n{origins}}}\nheader @cors {{\n{lines}    +Vary Origin\n    defer\n}}\n\n\
         @preflight {{\n    method OPTIONS\n{origins}    header Access-Control-Request-Method *\n}}\nrespond @preflight 204",
    )
}

pub(super) fn fastapi(policy: &Policy) -> String {
    format!(
        "from fastapi.middleware.cors import CORSMiddleware\n\napp.add_middleware(\n    CORSMiddleware,\n    allow_origins=[{}],\n    \
         allow_methods=[{}],\n    allow_headers=[{}],\n    expose_headers=[{}],\n    allow_credentials={},\n    max_age={MAX_AGE},\n)",
        list(&policy.origins),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        if policy.credentials { "True" } else { "False" },
    )
}

pub(super) fn flask(policy: &Policy) -> String {
    format!(
        "from flask_cors import CORS\n\nCORS(\n    app,\n    origins=[{}],\n    methods=[{}],\n    allow_headers=[{}],\n    \
         expose_headers=[{}],\n    supports_credentials={},\n    max_age={MAX_AGE},\n)",
        list(&policy.origins),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        if policy.credentials { "True" } else { "False" },
    )
}

pub(super) fn django(policy: &Policy) -> String {
    let origins = if policy.allows_every_origin() {
        "CORS_ALLOW_ALL_ORIGINS = True".to_owned()
    } else {
        format!("CORS_ALLOWED_ORIGINS = [{}]", list(&policy.origins))
    };
    format!(
        "# settings.py; corsheaders.middleware.CorsMiddleware stands above CommonMiddleware\n{origins}\n\
         CORS_ALLOW_METHODS = [{}]\nCORS_ALLOW_HEADERS = [{}]\nCORS_EXPOSE_HEADERS = [{}]\nCORS_ALLOW_CREDENTIALS = {}\n\
         CORS_PREFLIGHT_MAX_AGE = {MAX_AGE}",
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        if policy.credentials { "True" } else { "False" },
    )
}

pub(super) fn rails(policy: &Policy) -> String {
    let any = |items: &[String], each: String| if items.iter().any(|item| item == "*") { ":any".to_owned() } else { format!("[{each}]") };
    let symbol = |method: &String| match method.to_ascii_lowercase() {
        plain if plain.bytes().all(|b| b.is_ascii_lowercase()) => format!(":{plain}"),
        other => format!(":{}", quoted(&other)),
    };
    let methods = policy.methods.iter().map(symbol).collect::<Vec<_>>().join(", ");
    format!(
        "# config/initializers/cors.rb, with the gem rack-cors\nRails.application.config.middleware.insert_before 0, Rack::Cors do\n  \
         allow do\n    origins {}\n    resource \"*\",\n      headers: {},\n      methods: {},\n      expose: [{}],\n      \
         credentials: {},\n      max_age: {MAX_AGE}\n  end\nend",
        list(&policy.origins),
        any(&policy.headers, list(&policy.headers)),
        any(&policy.methods, methods),
        list(&policy.expose),
        policy.credentials,
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
        list(&policy.origins),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        policy.credentials,
    )
}

pub(super) fn aspnet(policy: &Policy) -> String {
    let origins =
        if policy.allows_every_origin() { ".AllowAnyOrigin()".to_owned() } else { format!(".WithOrigins({})", list(&policy.origins)) };
    let mut calls = vec![origins, format!(".WithMethods({})", list(&policy.methods))];
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

fn each_origin(policy: &Policy, write: impl Fn(&str) -> String) -> String {
    policy.origins.iter().fold(String::new(), |text, origin| text + &write(origin))
}

pub(super) fn list(items: &[String]) -> String {
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
            origins: vec!["https://app.example.com".into()],
            methods: vec!["PUT".into()],
            headers: vec!["content-type".into(), "x-token".into()],
            credentials: true,
            expose: vec!["etag".into()],
        }
    }

    #[test]
    fn every_platform_names_everything_that_is_needed() {
        for write in [nginx, express, nextjs, apache, caddy, fastapi, flask, django, rails, spring, aspnet] {
            let text = write(&policy()).replace('\\', "");
            for part in ["https://app.example.com", "PUT", "content-type", "x-token", "etag", "redentials"] {
                assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part} is missing in\n{text}");
            }
        }
    }

    #[test]
    fn what_is_allowed_already_stays() {
        let two = Policy { origins: vec!["https://old.example.com".into(), "https://app.example.com".into()], ..policy() };
        let every = Policy { origins: vec!["*".into()], credentials: false, ..policy() };
        for write in [nginx, express, nextjs, apache, caddy, fastapi, flask, django, rails, spring, aspnet] {
            let text = write(&two).replace('\\', "");
            assert!(text.contains("https://old.example.com") && text.contains("https://app.example.com"), "{text}");
            let text = write(&every);
            assert!(!text.contains("example.com") && !text.contains("[\"*\"],\n  methods"), "{text}");
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
