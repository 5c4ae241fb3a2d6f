//! CORS filters that refuse with a status and words of their own instead of leaving the headers out.
//!
//! Sources: spring-framework, `DefaultCorsProcessor`; expressjs/cors, README, "Configuring CORS w/ dynamic origin"; actix-extras,
//! `actix-cors`, `CorsError`; encode/starlette, `CORSMiddleware.preflight_response` (documented; starlette also seen).

use super::status;
use crate::cause::answer::Answer;
use crate::cause::lists::{Missing, Reading};
use crate::cause::{Case, Confidence, Finding, Fix};
use crate::layer::Layer;

/// What of a request a list leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Origin,
    Method,
    Headers,
    /// The words do not say.
    Unsaid,
}

/// A filter, and the words by which its refusal is known.
struct Filter {
    words: &'static str,
    /// The status that it refuses with; none where the application chooses.
    status: Option<u16>,
    name: &'static str,
    /// What is refused, and the list that decides it.
    list: (Part, &'static str),
}

const fn filter(words: &'static str, status: Option<u16>, name: &'static str, part: Part, list: &'static str) -> Filter {
    Filter { words, status, name, list: (part, list) }
}

const FILTERS: [Filter; 5] = [
    filter(
        "Invalid CORS request",
        Some(403),
        "Spring's CORS filter",
        Part::Unsaid,
        "the origins, methods and headers of its CorsConfiguration (or @CrossOrigin)",
    ),
    filter("Not allowed by CORS", None, "the application's CORS middleware", Part::Origin, "the list that its origin function looks in"),
    filter("Origin is not allowed to make this request", Some(400), "actix-cors", Part::Origin, "its allowed_origin"),
    filter("Requested method is not allowed", Some(400), "actix-cors", Part::Method, "its allowed_methods"),
    filter("One or more request headers are not allowed", Some(400), "actix-cors", Part::Headers, "its allowed_headers"),
];

/// How Starlette begins; behind it stand the parts that its lists leave out.
const STARLETTE: &str = "Disallowed CORS ";
const STARLETTE_LISTS: [(&str, Part, &str); 3] = [
    ("origin", Part::Origin, "its allow_origins"),
    ("method", Part::Method, "its allow_methods"),
    ("headers", Part::Headers, "its allow_headers"),
];

/// Who refuses, and which of its lists do not cover the request.
pub(super) struct Refusal {
    name: &'static str,
    lists: Vec<(Part, &'static str)>,
}

impl Refusal {
    /// What the words of an answer say; nothing for any other refusal.
    pub(super) fn of(case: &Case<'_>, answer: &Answer<'_>) -> Option<Self> {
        let (status, body) = (answer.status(), answer.response.body.as_str());
        let known = |filter: &&Filter| filter.status.is_none_or(|wanted| wanted == status) && body.contains(filter.words);
        if let Some(filter) = FILTERS.iter().find(known) {
            return Some(Self { name: filter.name, lists: vec![filter.list] });
        }
        if let Some(parts) = body.strip_prefix(STARLETTE).filter(|_| status == 400) {
            let named = STARLETTE_LISTS.iter().filter(|(word, ..)| parts.split(", ").any(|part| part == *word));
            let lists: Vec<_> = named.map(|(_, part, list)| (*part, *list)).collect();
            return (!lists.is_empty()).then_some(Self { name: "Starlette's CORSMiddleware, which FastAPI uses", lists });
        }
        let own = matches!(case.answerer_of(answer.probe).layer, Layer::Server | Layer::Nginx | Layer::Envoy) && speaks_of_cors(body);
        own.then(|| Self { name: "the application's own CORS filter", lists: vec![(Part::Unsaid, "the lists that it keeps")] })
    }

    /// In a sentence.
    pub(super) fn explanation(&self, case: &Case<'_>) -> String {
        let lists: Vec<&str> = self.lists.iter().map(|(_, list)| *list).collect();
        format!(
            "These are the words of {}: it knows CORS and refuses this page. What is asked for ({} from {}) is not covered by {}.",
            self.name,
            case.ask.sent_method(),
            case.ask.origin,
            lists.join(" and ")
        )
    }

    /// The change to its lists, written for the platform that answered. What its words leave open, the preflights around it may tell.
    pub(super) fn fix(&self, case: &Case<'_>, answer: &Answer<'_>, missing: Option<&Missing>) -> Fix {
        let (origin, method) = (case.ask.origin.to_string(), case.ask.sent_method());
        let headers = match missing {
            Some(Missing::Headers(names)) => names.join(", "),
            _ => case.asked_headers().join(", "),
        };
        let unsaid = match missing {
            Some(Missing::Origin) => origin.clone(),
            Some(Missing::Method) => method.clone(),
            Some(Missing::Headers(_)) => headers.clone(),
            None => {
                let all = [&origin, &method, &headers].into_iter().filter(|part| !part.is_empty()).map(String::as_str);
                format!("what they lack of {}", all.collect::<Vec<_>>().join(", "))
            }
        };
        let entries = self.lists.iter().map(|(part, list)| match part {
            Part::Origin => format!("{origin} to {list}"),
            Part::Method => format!("{method} to {list}"),
            Part::Headers => format!("{headers} to {list}"),
            Part::Unsaid => format!("{unsaid} to the lists of {}", self.name),
        });
        let entries: Vec<String> = entries.collect();
        let fix = status::answer_options(case, answer, "The lists are compared exactly: scheme, host and port, no trailing slash.");
        Fix { title: format!("add {}", entries.join(", and ")).into(), ..fix }
    }
}

/// What the refusal of a preflight in a filter's own words says.
pub(super) fn finding(case: &Case<'_>, answer: &Answer<'_>) -> Option<Finding> {
    let refusal = Refusal::of(case, answer)?;
    let reading = Reading::of(case, *answer);
    let finding = status::finding(case, answer, &format!("{}{}", refusal.explanation(case), reading.says()));
    let finding = finding.confidence(Confidence::Likely).blames_cors_rules().fix(refusal.fix(case, answer, reading.missing().as_ref()));
    Some(reading.settle(case, finding))
}

/// Whether a short text says that CORS refuses. "Origin" alone may be a guard against forged requests, or the server behind a proxy.
fn speaks_of_cors(body: &str) -> bool {
    const LONGEST: usize = 600;
    const REFUSED: [&str; 9] =
        ["not allowed", "disallowed", "not permitted", "not authorized", "denied", "forbidden", "rejected", "not in", "blocked"];
    if body.len() > LONGEST {
        return false;
    }
    let body = body.to_ascii_lowercase();
    let named = body.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "cors");
    named && REFUSED.iter().any(|refused| body.contains(refused))
}

#[cfg(test)]
mod tests {
    use super::speaks_of_cors;

    #[test]
    fn knows_refusals_in_an_applications_own_words() {
        for text in [
            "{\"error\":\"CORS: origin http://localhost:3000 is not allowed\"}",
            "Blocked by CORS",
            "cors-preflight-disallowed",
            "{\"message\":\"CORS policy: not permitted\"}",
        ] {
            assert!(speaks_of_cors(text), "{text}");
        }
        for text in [
            "Forbidden",
            "Method not allowed",
            "{\"error\":\"original file not permitted\"}",
            "Access to the origin server is denied",
            "Forbidden: origin check failed",
            "",
        ] {
            assert!(!speaks_of_cors(text), "{text}");
        }
    }
}
