//! What shows that an answer is a cache's copy, not the server's own word.

use super::quote;
use crate::evidence::Response;

/// The header that shows a cache at work.
pub(crate) fn cache_sign(response: &Response) -> Option<String> {
    const HITS: [&str; 10] = [
        "x-cache",
        "cf-cache-status",
        "x-cache-status",
        "x-proxy-cache",
        "x-vercel-cache",
        "x-nextjs-cache",
        "cache-status",
        "x-cache-lookup",
        "x-fastcgi-cache",
        "x-litespeed-cache",
    ];
    let hit = HITS.iter().find_map(|name| {
        let value = response.header(name)?;
        value.to_ascii_lowercase().contains("hit").then(|| format!("{name}: {}", quote(value, 80)))
    });
    let aged = || {
        response.header("age").filter(|age| age.trim().parse::<u64>().is_ok_and(|age| age > 0)).map(|age| format!("Age: {}", age.trim()))
    };
    let varnish = || {
        response.header("x-varnish").filter(|ids| ids.split_whitespace().count() > 1).map(|ids| format!("X-Varnish: {}", quote(ids, 40)))
    };
    hit.or_else(aged).or_else(varnish)
}
