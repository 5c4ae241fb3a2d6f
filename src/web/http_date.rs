//! Dates of HTTP headers, in each of the three forms. <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>.

use time::{Date, Month, Time};

/// Seconds since 1970 of such a date.
pub fn parse(text: &str) -> Option<i64> {
    let mut parts = text.split([' ', ',', '-']).filter(|part| !part.is_empty());
    let mut next = || parts.next();
    let (_weekday, second, third, fourth, fifth) = (next()?, next()?, next()?, next()?, next()?);
    let (day, month, year, clock) = match next() {
        Some("GMT") => (second, third, fourth, fifth),
        None => (third, second, fifth, fourth),
        Some(_) => return None,
    };
    let date = Date::from_calendar_date(full_year(year)?, month_of(month)?, day.parse().ok()?).ok()?;
    let midnight = next().is_none().then(|| date.midnight().assume_utc().unix_timestamp())?;
    Some(midnight + seconds_of(clock)?)
}

/// Two digits of a year mean the century around us.
fn full_year(text: &str) -> Option<i32> {
    let year = text.parse::<u16>().ok()?.into();
    Some(match (text.len(), year) {
        (2, 0..70) => 2000 + year,
        (2, _) => 1900 + year,
        _ => year,
    })
}

fn month_of(text: &str) -> Option<Month> {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = NAMES.iter().position(|name| *name == text)? + 1;
    Month::try_from(u8::try_from(number).ok()?).ok()
}

fn seconds_of(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    // A leap second counts as the one before.
    let time = Time::from_hms(hour, minute, if second == 60 { 59 } else { second }).ok()?;
    parts.next().is_none().then(|| time.duration_since(Time::MIDNIGHT).whole_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, at) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("Wed, 21 Oct 2026 07:28:00 GMT", Some(1_792_567_680)),
            ("Wed, 21 Oct 2026 07:28:60 GMT", Some(1_792_567_739)),
            ("Wed, 32 Oct 2026 07:28:00 GMT", None),
            ("Wed, 21 Oct 2026 07:28:00 CET", None),
            ("Wed, 21 Oct 2026 25:28:00 GMT", None),
            ("120", None),
            ("", None),
        ] {
            assert_eq!(parse(text), at, "{text}");
        }
    }
}
