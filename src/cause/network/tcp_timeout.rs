//! The connect gets no answer.

use std::net::IpAddr;

use super::{Broken, ONE_ERROR};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::evidence::FailureKind;
use crate::web::site::Space;

cause! {
    /// # What happened
    /// The attempt to connect was never answered: packets are dropped on the way, or nothing has that address.
    /// # Why the browser hides it
    /// The page gets the same network error as for a CORS failure, often only after a minute or two. Chromium's console has
    /// `net::ERR_CONNECTION_TIMED_OUT`.
    /// # How to tell
    /// Silence, not a refusal: typical of a security group, a firewall, a private address without VPN, or a machine that is gone.
    /// # Fix
    /// Open the port for the users' addresses (security group, network ACL, firewall), connect through the VPN, or use a public address.
    /// # Sources
    /// - Security groups drop in silence: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
    "tcp-timeout": "the server does not answer the connection attempt", Cause, Protocol, Network
}

fn find(case: &Case<'_>) -> Option<Finding> {
    let broken = Broken::with(case, FailureKind::TcpTimeout)?;
    let place = &broken.place;
    let private = if is_private(&broken) {
        " That is a private address: it can be reached only inside its own network (a VPC, an office), so without VPN nobody answers."
    } else {
        " A firewall or security group drops such packets in silence; a missing machine looks the same."
    };
    Some(
        broken
            .finding(
                &format!("connect to {place}"),
                format!(
                    "The attempt to connect to {place}{} timed out: nobody answered.{private}{} {ONE_ERROR}",
                    broken.addresses(),
                    broken.port_hint()
                ),
            )
            .confidence(Confidence::Confirmed)
            .fix(Fix::new(
                "open-the-port",
                format!("let the users' addresses reach {place}"),
                "Look at the security group, the network ACL and the firewall in front of it, and at whether the machine still has that \
                 address.",
            )),
    )
}

fn is_private(broken: &Broken<'_>) -> bool {
    let addresses = broken.probe.dns.iter().flat_map(|dns| dns.addresses.iter());
    addresses.chain(std::iter::once(&broken.host)).any(|text| text.parse::<IpAddr>().is_ok_and(|a| Space::of_address(a) == Space::Local))
}
