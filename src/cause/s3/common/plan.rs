//! The next preflights that would tell which part of a request no CORS rule of a bucket covers. Two waves are enough: the
//! first varies one input at a time, the second asks only what the first left open.

use url::Url;

use super::attribution::{self, Attribution, METHODS};
use super::trial::{Question, Trial};
use crate::cause::{Case, neighbours::neighbours};
use crate::evidence::{Purpose, Step};

/// Header names tried one by one in the first wave; more are tried in so many groups.
const SINGLES: usize = 8;
const GROUPS: usize = 6;
/// Preflights of a second wave at most.
const SECOND_WAVE: usize = 8;
/// How often the page's own preflight is asked where its parts pass.
const MOST_TIMES: usize = 3;
/// Preflights that leave no room for one that only makes sure.
const MOST: usize = 23;

/// The steps to send next for the case's own request.
pub(crate) fn steps(case: &Case<'_>, own: &Question, trials: &[Trial<'_>]) -> Vec<Step> {
    next(own, trials).into_iter().map(|(purpose, question)| question.step(case, purpose, &case.ask.url)).collect()
}

/// The same at another name of the bucket, where the request as it is most likely passes: besides it the first wave asks for the
/// headers alone, and for the rest only when it fails.
pub(crate) fn steps_at(case: &Case<'_>, own: &Question, trials: &[Trial<'_>], place: &Url) -> Vec<Step> {
    let answered = attribution::answer(trials, &own.origin, &own.method);
    let mut questions = match answered {
        Some(true) => second(own, trials),
        _ => first(own),
    };
    if answered.is_none() {
        questions.retain(|(purpose, _)| *purpose == Purpose::VaryHeader);
    }
    questions.retain(|(_, q)| q != own && !trials.iter().any(|t| t.question == *q));
    questions.into_iter().map(|(purpose, question)| question.step(case, purpose, place)).collect()
}

/// The questions to ask next, each with what it varies; none that was asked already.
pub(crate) fn next(own: &Question, trials: &[Trial<'_>]) -> Vec<(Purpose, Question)> {
    let varied = trials.iter().any(|t| t.question != *own);
    let mut questions = if varied { second(own, trials) } else { first(own) };
    questions.retain(|(_, q)| !trials.iter().any(|t| t.question == *q));
    // A rule that was saved a moment ago shows in some answers and not in others, which looks like rules that do not add up.
    let split = || matches!(attribution::attribute(own, trials), Attribution::Split(_));
    let again = trials.iter().filter(|t| t.question == *own).count() < MOST_TIMES && trials.len() + questions.len() < MOST;
    if varied && again && (!questions.is_empty() || split()) {
        questions.insert(0, (Purpose::Repeat, own.clone()));
    }
    questions
}

fn first(own: &Question) -> Vec<(Purpose, Question)> {
    let bare = |method: &str| Question { method: method.into(), headers: Vec::new(), ..own.clone() };
    let mut questions = vec![(Purpose::VaryHeader, bare(&own.method))];
    questions.extend(METHODS.iter().filter(|m| **m != own.method).map(|m| (Purpose::VaryMethod, bare(m))));
    questions.extend(header_groups(&own.headers).into_iter().map(|headers| (Purpose::VaryHeader, Question { headers, ..own.clone() })));
    let near = neighbours(&own.origin).into_iter();
    questions.extend(near.map(|origin| (Purpose::VaryOrigin, Question { origin, headers: Vec::new(), ..own.clone() })));
    questions
}

fn header_groups(headers: &[String]) -> Vec<Vec<String>> {
    let size = if headers.len() <= SINGLES { 1 } else { headers.len().div_ceil(GROUPS) };
    headers.chunks(size).map(<[String]>::to_vec).collect()
}

fn second(own: &Question, trials: &[Trial<'_>]) -> Vec<(Purpose, Question)> {
    if own.headers.is_empty() || attribution::answer(trials, &own.origin, &own.method) != Some(true) {
        return Vec::new();
    }
    let fine = attribution::passed_headers(own, trials);
    let headers = |headers: Vec<String>| (Purpose::VaryHeader, Question { headers, ..own.clone() });
    // Rules do not add up: what passes in parts is asked at once.
    let together = (fine.len() > 1 && fine.len() < own.headers.len()).then(|| headers(fine));
    let alone = attribution::unsettled(own, trials).into_iter().map(|name| headers(vec![name]));
    let others = METHODS.iter().filter(|m| **m != own.method && attribution::answer(trials, &own.origin, m) == Some(true));
    let split = others.map(|m| (Purpose::VaryMethod, Question { method: (*m).to_owned(), ..own.clone() }));
    together.into_iter().chain(alone.take(SECOND_WAVE - 1)).chain(split).take(SECOND_WAVE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wave_varies_one_thing_at_a_time() {
        let own = Question { origin: "https://app.example.com".into(), method: "PUT".into(), headers: vec!["a".into(), "b".into()] };
        let questions = next(&own, &[]);
        assert_eq!(questions.len(), 1 + 4 + 2 + 4);
        for (_, q) in &questions {
            let whole = q.headers.is_empty() || q.headers.len() == 1;
            assert!(whole && (q.origin == own.origin || q.method == own.method), "{q:?}");
        }
    }
}
