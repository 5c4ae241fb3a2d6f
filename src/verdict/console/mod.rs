//! What each browser prints, word for word, for this URL and this origin.

mod chromium;
mod firefox;
mod webkit;

use url::Url;

use super::reason::Reason;
use super::walk::{End, Walk};
use super::{Engine, Stage, expose};
use crate::evidence::{Probe, Response};

/// What a message is made of.
pub(super) struct Scene<'a> {
    /// How the request stands.
    walk: &'a Walk<'a>,
    /// Where it failed.
    stage: Stage,
    /// Why.
    reason: &'a Reason<'a>,
    /// The answer that it failed on.
    response: Option<&'a Response>,
}

impl<'a> Scene<'a> {
    fn url(&self) -> &'a Url {
        &self.walk.flight.url
    }

    fn page(&self) -> &'a str {
        self.walk.flight.ask.origin.as_str()
    }

    /// `XMLHttpRequest` has upload listeners, `fetch` has none.
    fn is_xhr(&self) -> bool {
        self.walk.flight.ask.upload_listener
    }
}

/// The console text of a walk that ended badly; nothing when the browser prints nothing.
pub(super) fn of(walk: &Walk<'_>, probes: &[Probe]) -> Option<String> {
    let ask = walk.flight.ask;
    match &walk.end {
        End::Blocked(stage, reason) => {
            let response = walk.last.and_then(|index| probes.get(index)).and_then(|probe| probe.response.as_ref());
            let scene = Scene { walk, stage: *stage, reason, response };
            match walk.flight.profile.engine {
                Engine::Chromium => chromium::text(&scene),
                Engine::Firefox => firefox::text(&scene),
                Engine::Webkit => webkit::text(&scene),
            }
        }
        // `fetch` hides a header in silence.
        End::Readable(response) if ask.upload_listener && walk.flight.cross_origin && walk.flight.profile.engine != Engine::Firefox => {
            let hidden = expose::hidden(walk.flight.profile, ask, response).next()?;
            Some(format!("Refused to get unsafe header \"{hidden}\""))
        }
        _ => None,
    }
}
