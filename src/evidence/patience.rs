//! Answers that ask to come back later.

use std::time::Duration;

use super::Response;
use crate::web::http_date;

impl Response {
    /// Whether it says that this was one request too many, and nothing of what was asked.
    pub fn is_busy(&self) -> bool {
        self.status == 429 || self.status == 503 && (self.header("retry-after").is_some() || self.body.contains("<Code>SlowDown<"))
    }

    /// How long it asks to wait; a date counts from the answer's own `Date`, or else from `now`, in seconds since 1970.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>.
    pub fn retry_after(&self, now: i64) -> Option<Duration> {
        let after = self.header("retry-after")?.trim();
        let seconds = after.parse().ok().or_else(|| {
            let sent = self.header("date").and_then(|date| http_date::parse(date.trim())).unwrap_or(now);
            Some(u64::try_from(http_date::parse(after)?.saturating_sub(sent)).unwrap_or(0))
        });
        seconds.map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_or_a_date() {
        const NOON: i64 = 1_792_584_000;
        const DATE: Option<&str> = Some("Wed, 21 Oct 2026 11:00:00 GMT");
        for (after, date, seconds) in [
            ("9", None, Some(9)),
            (" 3600 ", DATE, Some(3600)),
            ("Wed, 21 Oct 2026 12:00:30 GMT", None, Some(30)),
            ("Wed, 21 Oct 2026 12:00:30 GMT", DATE, Some(3630)),
            ("Wed, 21 Oct 2026 11:59:00 GMT", None, Some(0)),
            ("soon", None, None),
            ("-3", None, None),
        ] {
            let lines = [("Retry-After", Some(after)), ("Date", date)];
            let headers = lines.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
            let response = Response { status: 429, headers, ..Response::default() };
            assert_eq!(response.retry_after(NOON), seconds.map(Duration::from_secs), "{after}, {date:?}");
        }
    }
}
