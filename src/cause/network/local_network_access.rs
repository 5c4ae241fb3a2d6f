//! A public page asks for something in the user's own network.

use std::net::IpAddr;

use crate::cause::{Case, Confidence, Finding, Fix, Place, Severity, authority};
use crate::evidence::Probe;
use crate::verdict::Stage;
use crate::web::site::{self, Space};

cause! {
    /// # What happened
    /// A page from the public internet asks for an address in the user's own network, or on the user's own machine. Chromium (142 and
    /// later) asks the user for permission first, and refuses outright when the page itself came over plain http.
    /// # Why the browser hides it
    /// The page sees one network error, whether the user said no, an enterprise policy did, or the server is down. Only the console has
    /// the word "local network access".
    /// # How to tell
    /// The URL names a private or loopback address, or the system's resolver gives one for its name, while the page's own host is public.
    /// An address that came from an option of this tool proves nothing about the user's network.
    /// # Fix
    /// Reach the server under a public address, or serve the page from the same network. Where neither is possible: serve the page over
    /// https and tell the user to allow local network access; a managed browser has a policy for it.
    /// # Sources
    /// - Local Network Access: <https://wicg.github.io/local-network-access/>
    /// - Chrome: <https://developer.chrome.com/blog/local-network-access>
    "local-network-access": "a public page may not reach into the user's own network without permission", Cause, Protocol, Browser
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let blocked = case.verdict.stage == Stage::Request && case.check_failed("local-network-access");
    let url = &case.ask.url;
    let (space, seen) = Space::of_url(url).map(|space| (space, None)).or_else(|| by_name(case))?;
    if space == Space::Public {
        return None;
    }
    let page = &case.ask.origin;
    if page.is_null() || !blocked && !site::may_be_public(page) {
        return None;
    }
    let place = authority(url);
    let kind = if space == Space::Loopback { "the user's own machine" } else { "the user's own network" };
    let what = if blocked {
        let host = page.host().unwrap_or_default();
        format!(
            "Chromium refuses it outright, because the page {page} itself came over plain http. (Where {host} leads to this machine or \
             network, by a hosts file say, the page is no public one and nothing is refused.)"
        )
    } else {
        "Chromium asks the user for permission first; without it the request fails like any CORS failure.".to_owned()
    };
    let finding = Finding::new(format!(
        "{place} lies in {kind}, while the page {page} comes from the public internet, as its name says. {what} Firefox and Safari have no \
         such question yet."
    ));
    let finding = match seen {
        Some((probe, address)) => finding.cite(probe, format!("{place} resolves to {address}")),
        None => finding.cite_ask(format!("URL {url}, page {page}")),
    };
    let secure = format!("Serve {} over https, and expect the permission prompt", page.host().unwrap_or("the page"));
    Some(
        finding
            .confidence(if blocked { Confidence::Likely } else { Confidence::Possible })
            .severity(Severity::Warning)
            .place(if blocked { Place::Lead } else { Place::Beside })
            .fix(Fix::new(
                "use-public-address",
                "reach the server under a public address",
                "Or serve the page from the network that the server is in.",
            ))
            .fix(Fix::new("ask-for-permission", secure, "A managed browser can be allowed by policy (LocalNetworkAccessAllowedForUrls).")),
    )
}

/// What the system's own resolver said of the name.
fn by_name<'a>(case: &Case<'a>) -> Option<(Space, Option<(&'a Probe, String)>)> {
    let probe = case.browser_probes().find(|p| p.hop == 0 && p.dns.as_ref().is_some_and(|dns| !dns.addresses.is_empty()))?;
    let dns = probe.dns.as_ref().filter(|dns| !dns.overridden)?;
    let spaces = dns.addresses.iter().filter_map(|text| Some((Space::of_address(text.parse::<IpAddr>().ok()?), text)));
    let (space, address) = spaces.min_by_key(|(space, _)| *space)?;
    Some((space, Some((probe, address.clone()))))
}
