//! Changes to nginx. Source: nginx, `ngx_http_headers_module` (`add_header`, `always`, inheritance).

use super::{Fix, Grant};

/// Put the headers on errors as well.
pub(crate) fn always(grant: &Grant) -> Fix {
    let detail = "Without `always`, add_header leaves out every status but 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308; and a \
        block (`if` included) that has an add_header of its own inherits none from the blocks around it.";
    Fix::new("add-header-always", "add `always` to every add_header of CORS", detail).snippet("nginx", "", grant.fill(ALWAYS))
}

const ALWAYS: &str = r#"add_header Access-Control-Allow-Origin "<origin>" always;
add_header Vary Origin always;"#;
