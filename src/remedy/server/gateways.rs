//! One policy for what stands in front of applications, or runs them: Kong, Traefik, IIS, Supabase. Texts only.

use super::Policy;
use super::snippets::{MAX_AGE, list};

pub(super) fn kong(policy: &Policy) -> String {
    format!(
        "plugins:\n  - name: cors    # answers OPTIONS before the plugins that authenticate\n    config:\n      origins: [{}]\n      methods: [{}]\n      \
         headers: [{}]\n      exposed_headers: [{}]\n      credentials: {}\n      max_age: {MAX_AGE}",
        list(&policy.origins),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        policy.credentials,
    )
}

pub(super) fn traefik(policy: &Policy) -> String {
    format!(
        "http:\n  middlewares:\n    cors:    # the first in the router's list: it answers OPTIONS by itself\n      headers:\n        \
         accessControlAllowOriginList: [{}]\n        accessControlAllowMethods: [{}]\n        accessControlAllowHeaders: [{}]\n        \
         accessControlExposeHeaders: [{}]\n        accessControlAllowCredentials: {}\n        accessControlMaxAge: {MAX_AGE}\n        \
         addVaryHeader: true",
        list(&policy.origins),
        list(&policy.methods),
        list(&policy.headers),
        list(&policy.expose),
        policy.credentials,
    )
}

pub(super) fn iis(policy: &Policy) -> String {
    let part = |tag: &str, name: &str, items: &[String]| {
        let items: Vec<String> = items.iter().map(|item| format!("<add {name}=\"{}\" />", item.replace('&', "&amp;"))).collect();
        if items.is_empty() { String::new() } else { format!("        <{tag}>{}</{tag}>\n", items.concat()) }
    };
    let origin = |origin: &String| {
        format!(
            "      <add origin=\"{origin}\" allowCredentials=\"{}\" maxAge=\"{MAX_AGE}\">\n{}{}{}      </add>\n",
            policy.credentials,
            part("allowHeaders", "header", &policy.headers),
            part("allowMethods", "method", &policy.methods),
            part("exposeHeaders", "header", &policy.expose),
        )
    };
    format!(
        "<!-- web.config; the IIS CORS Module answers OPTIONS before authentication -->\n<configuration>\n  <system.webServer>\n    \
         <cors enabled=\"true\">\n{}    </cors>\n  </system.webServer>\n</configuration>",
        policy.origins.iter().map(origin).collect::<String>()
    )
}

pub(super) fn supabase(policy: &Policy) -> String {
    let lines: Vec<String> = policy.preflight_lines().iter().map(|(name, value)| format!("  {name:?}: {value:?},\n")).collect();
    format!(
        "const corsHeaders = {{\n{}}};\n\nDeno.serve(async (req) => {{\n  // Before anything that reads the body.\n  if (req.method === \"OPTIONS\") \
         return new Response(null, {{ status: 204, headers: corsHeaders }});\n  // On every other answer, errors included:\n  \
         return new Response(body, {{ headers: corsHeaders }});\n}});",
        lines.concat()
    )
}
