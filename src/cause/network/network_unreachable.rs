//! No route leads to the address.

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;

cause! {
    /// # What happened
    /// No route leads to the server's address: the own machine or a router on the way says so at once.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure. Chromium's console has `net::ERR_ADDRESS_UNREACHABLE`.
    /// # How to tell
    /// "Network unreachable" or "no route to host": a name with only IPv6 addresses on a network without IPv6, a private address without
    /// VPN, or a machine that is switched off on the same network.
    /// # Fix
    /// Give the name an address that the users' networks can reach (IPv4 as well as IPv6), or connect the VPN.
    /// # Sources
    /// - Happy Eyeballs, how clients choose a family: <https://www.rfc-editor.org/rfc/rfc8305>
    "network-unreachable": "no route leads to the server", Cause, Protocol, Network
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::NetworkUnreachable)?;
    let place = &broken.place;
    let addresses = broken.probe.dns.as_ref().map(|dns| dns.addresses.as_slice()).unwrap_or_default();
    let family = if !addresses.is_empty() && addresses.iter().all(|a| a.contains(':')) {
        " The name has IPv6 addresses only, and this network has no IPv6."
    } else {
        " A private address without its VPN, or a machine that is switched off, looks like this."
    };
    Some(
        broken
            .finding(&format!("connect to {place}"), format!("No route leads to {place}{}.{family} {ONE_ERROR}", broken.addresses()))
            .confidence(Confidence::Likely)
            .fix(Fix::new(
                "use-a-reachable-address",
                format!("give {} an address that the users can reach", broken.host),
                "Or connect to its network first (VPN).",
            )),
    )
}
