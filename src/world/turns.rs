//! Replies that take turns: which one is due. Each question has turns of its own, so that requests on the way at once are
//! answered alike in whatever order they arrive.

use std::collections::HashMap;

use super::{Exchange, Reply};
use crate::evidence::Request;

/// Questions that are counted; any further gets the first reply.
const MOST_QUESTIONS: usize = 4096;
/// What makes a question, besides method and URL.
const STEERING: [&str; 3] = ["origin", "access-control-request-method", "access-control-request-headers"];

/// How often each question came so far.
#[derive(Debug, Clone, Default)]
pub struct Turns(HashMap<String, u64>);

impl Turns {
    /// The reply of the exchange at `index` whose turn it is, and counts it.
    pub(super) fn next<'e>(&mut self, index: usize, exchange: &'e Exchange, request: &Request) -> Option<&'e Reply> {
        if exchange.replies.len() < 2 {
            return exchange.replies.first();
        }
        let came = self.count(index, request);
        let round: u64 = exchange.replies.iter().map(Reply::turns).sum();
        let mut place = came.checked_rem(round)?;
        exchange.replies.iter().find(|reply| {
            let due = place < reply.turns();
            place = place.saturating_sub(reply.turns());
            due
        })
    }

    fn count(&mut self, index: usize, request: &Request) -> u64 {
        let steering = STEERING.map(|name| request.header(name).unwrap_or_default());
        let question = format!("{index} {} {} {}", request.method, request.url, steering.join("\n"));
        if self.0.len() >= MOST_QUESTIONS && !self.0.contains_key(&question) {
            return 0;
        }
        let came = self.0.entry(question).or_default();
        let before = *came;
        *came = before.wrapping_add(1);
        before
    }
}

impl Reply {
    fn turns(&self) -> u64 {
        u64::from(self.times.unwrap_or(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_its_own_turns() {
        let reply = |status, times| Reply { status, times, ..Reply::default() };
        let exchange = Exchange { replies: vec![reply(502, None), reply(204, Some(2))], ..Exchange::default() };
        let mut turns = Turns::default();
        let mut ask = |origin: &str| {
            let headers = vec![("Origin".to_owned(), origin.to_owned())];
            let request = Request { method: "OPTIONS".into(), url: "https://api.example.com/".into(), headers };
            turns.next(0, &exchange, &request).map(|reply| reply.status).unwrap_or_default()
        };
        let one: Vec<u16> = (0..4).map(|_| ask("https://app.example.com")).collect();
        assert_eq!((one, ask("https://www.example.com")), (vec![502, 204, 204, 502], 502));
    }
}
