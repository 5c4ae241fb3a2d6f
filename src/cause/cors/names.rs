//! The request headers that a preflight asked for and the answer does not allow.

use super::fault::{Fault, Kind};
use crate::cause::Case;
use crate::web::list;

/// The refused names, in the order asked; the first is the one that browsers name.
pub(super) struct Refused<'a> {
    pub(super) fault: Fault<'a>,
    pub(super) names: Vec<String>,
    /// What is allowed, as written.
    pub(super) allowed: Vec<String>,
}

impl<'a> Refused<'a> {
    /// The refused names of this case.
    pub(super) fn of(case: &Case<'a>) -> Option<Self> {
        let fault = Fault::is(case, Kind::Headers)?;
        let value = fault.value("access-control-allow-headers").unwrap_or_default();
        let allowed: Vec<String> = list::items(&value).map(str::to_owned).collect();
        let asked = match fault.probe.request.header("access-control-request-headers") {
            Some(line) => list::items(line).map(str::to_ascii_lowercase).collect(),
            None => case.asked_headers(),
        };
        let names: Vec<String> = asked.into_iter().filter(|name| !allowed.iter().any(|item| item.eq_ignore_ascii_case(name))).collect();
        (!names.is_empty()).then_some(Self { fault, names, allowed })
    }

    /// The answer as a sentence tells it.
    pub(super) fn answer(&self) -> String {
        match self.allowed.as_slice() {
            [] => "the answer has no Access-Control-Allow-Headers".to_owned(),
            items => format!("the answer allows {}", super::quote(&items.join(", "), 240)),
        }
    }
}
