//! An HTTP API's bare 204: CORS is configured, and what was asked is not listed. Which part, the varied preflights tell.
//!
//! An origin that is not listed was measured to give 204 without any Access-Control header. For methods and headers no
//! measurement is known, so they are judged by what a preflight without them gets, never by a remembered shape.

use crate::cause::answer::Answer;
use crate::cause::lists::{Missing, Reading};
use crate::cause::places::{Nearby, nearby};
use crate::cause::{Case, Confidence, Finding};
use crate::evidence::{Purpose, Step};
use crate::layer::Layer;
use crate::remedy::granted::Granted;
use crate::verdict;

/// The methods that an API has.
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "PATCH"];

/// The part of the ask that is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Origin,
    Method,
    Header,
}

/// A bare 204, and what the varied preflights say of it.
pub(super) struct Unlisted<'a> {
    pub(super) answer: Answer<'a>,
    pub(super) part: Part,
    pub(super) confidence: Confidence,
    /// The varied preflight that tells, if one does.
    pub(super) proof: Option<Nearby<'a>>,
    /// The preflights around it.
    reading: Reading<'a>,
}

/// Reads a bare 204 of an HTTP API.
pub(super) fn read<'a>(case: &Case<'a>) -> Option<Unlisted<'a>> {
    let answer = Answer::of(case)?;
    let bare = answer.preflight && answer.status() == 204 && !answer.response.has_cors_headers();
    if !bare || case.answerer_of(answer.probe).layer != Layer::ApigwHttp {
        return None;
    }
    let told = |fits: &dyn Fn(&Nearby<'a>) -> bool| {
        varied(case).find(|near| fits(near) && near.response.header("access-control-allow-origin").is_some())
    };
    let (origin, method) = (case.ask.origin.as_str(), case.ask.sent_method());
    let ours = |near: &Nearby<'_>| asked(near, "origin") == origin;
    let same_method = |near: &Nearby<'_>| asked(near, "access-control-request-method") == method;
    let (part, proof) = if let Some(near) = told(&|n| ours(n) && same_method(n)) {
        (Part::Header, Some(near))
    } else if let Some(near) = told(&ours) {
        (Part::Method, Some(near))
    } else {
        (Part::Origin, told(&|n| !ours(n)))
    };
    // Without headers and with a plain method there is nothing but the origin left to refuse.
    let plain = case.asked_headers().is_empty() && matches!(method.as_str(), "GET" | "HEAD" | "POST");
    let without_headers = |near: &Nearby<'_>| ours(near) && asked(near, "access-control-request-headers").is_empty();
    let stays_bare = varied(case).any(|near| without_headers(&near));
    // Some method is allowed: where none is permitted from this origin, it is the origin.
    let tried = |wanted: &str| varied(case).any(|near| without_headers(&near) && asked(&near, "access-control-request-method") == wanted);
    let every_method = METHODS.into_iter().chain([method.as_str()]).all(|wanted| tried(wanted) || (plain && wanted == method));
    // An answer that lists all that was asked contradicts the refusal: another has to decide. Browsers need no list for a POST.
    let lists = |near: &Nearby<'_>| Granted::of(near.response).methods.iter().any(|listed| *listed == method || listed == "*");
    let contradicted = proof.as_ref().is_some_and(|near| ours(near) && lists(near) && verdict::preflight_allows(case.ask, near.response));
    let confidence = match &proof {
        Some(_) if contradicted => Confidence::Likely,
        Some(_) => Confidence::Confirmed,
        None if every_method => Confidence::Confirmed,
        None if plain || stays_bare => Confidence::Likely,
        None => Confidence::Possible,
    };
    Some(Unlisted { answer, part, confidence, proof, reading: Reading::of(case, answer) })
}

impl Unlisted<'_> {
    /// The finding, with the preflights that would tell the three parts apart.
    pub(super) fn finding(&self, case: &Case<'_>, explanation: &str) -> Finding {
        let mut finding = self
            .answer
            .finding(case, &format!("CORS is configured on the HTTP API (that is why it answers 204 by itself), but what was asked is not in its lists, and then it leaves out every Access-Control header. {explanation}"))
            .confidence(self.confidence);
        if self.names().is_some() {
            finding = self.reading.cite(finding);
        } else if let Some(near) = &self.proof {
            let asked = |name| asked(near, name);
            let names = asked("access-control-request-headers");
            finding = finding.cite(
                near.probe,
                format!(
                    "the preflight from {} for {} with {} is permitted",
                    asked("origin"),
                    asked("access-control-request-method"),
                    if names.is_empty() { "no headers" } else { names }
                ),
            );
        }
        steps(case).into_iter().fold(self.reading.ask(case, finding), Finding::want)
    }

    /// The headers that are refused by themselves, and what passes beside them, in a sentence.
    pub(super) fn names(&self) -> Option<(Vec<String>, String)> {
        match self.reading.missing().filter(|_| self.reading.is_settled()) {
            Some(Missing::Headers(names)) => Some((names, self.reading.says())),
            _ => None,
        }
    }
}

/// The same preflight without headers, for each method that is left.
fn steps(case: &Case<'_>) -> Vec<Step> {
    let own = case.ask.sent_method();
    let others = METHODS.into_iter().filter(|method| *method != own);
    let bare = |method: &str| {
        case.preflight_step(Purpose::VaryMethod, |ask| {
            ask.headers.clear();
            method.clone_into(&mut ask.method);
        })
    };
    others.map(bare).collect()
}

fn varied<'a>(case: &Case<'a>) -> impl Iterator<Item = Nearby<'a>> {
    nearby(case).filter(|near| near.is_preflight() && near.same_path(case)).collect::<Vec<_>>().into_iter()
}

fn asked<'p>(near: &'p Nearby<'_>, name: &str) -> &'p str {
    near.probe.request.header(name).unwrap_or_default()
}
