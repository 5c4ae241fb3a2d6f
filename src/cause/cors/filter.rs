//! CORS filters that refuse with a status and words of their own instead of leaving the headers out.
//!
//! Sources: spring-framework, `DefaultCorsProcessor`; expressjs/cors, README, "Configuring CORS w/ dynamic origin"; actix-extras,
//! `actix-cors`, `CorsError` (documented).

use super::status;
use crate::cause::answer::Answer;
use crate::cause::{Case, Confidence, Finding};

/// A filter, and the words by which its refusal is known.
struct Filter {
    words: &'static str,
    /// The status that it refuses with; none where the application chooses.
    status: Option<u16>,
    name: &'static str,
    /// Where its list stands.
    list: &'static str,
}

const fn filter(words: &'static str, status: Option<u16>, name: &'static str, list: &'static str) -> Filter {
    Filter { words, status, name, list }
}

const FILTERS: [Filter; 5] = [
    filter(
        "Invalid CORS request",
        Some(403),
        "Spring's CORS filter",
        "the origins, methods and headers of its CorsConfiguration (or @CrossOrigin)",
    ),
    filter("Not allowed by CORS", None, "the application's CORS middleware", "the list that its origin function looks in"),
    filter("Origin is not allowed to make this request", Some(400), "actix-cors", "its allowed_origin"),
    filter("Requested method is not allowed", Some(400), "actix-cors", "its allowed_methods"),
    filter("One or more request headers are not allowed", Some(400), "actix-cors", "its allowed_headers"),
];

/// What a refusal in a filter's own words says; nothing for any other refusal.
pub(super) fn finding(case: &Case<'_>, answer: &Answer<'_>) -> Option<Finding> {
    let known =
        |filter: &&Filter| filter.status.is_none_or(|status| status == answer.status()) && answer.response.body.contains(filter.words);
    let filter = FILTERS.iter().find(known)?;
    let origin = &case.ask.origin;
    let text = format!(
        "These are the words of {}: it knows CORS and refuses this page. What is asked for ({} from {origin}) is not covered by {}.",
        filter.name,
        case.ask.sent_method(),
        filter.list
    );
    let fix = status::answer_options(case, answer, "The lists are compared exactly: scheme, host and port, no trailing slash.");
    let fix = crate::cause::Fix { title: format!("add {origin} to the lists of {}", filter.name).into(), ..fix };
    Some(status::finding(case, answer, &text).confidence(Confidence::Likely).blames_cors_rules().fix(fix))
}
