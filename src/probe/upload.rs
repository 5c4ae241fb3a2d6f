//! A request body sent in pieces, with time for an answer that comes before its end.
//!
//! A server that refuses a body by its size answers early and hangs up; while the rest is still being written, the reset
//! that follows would hide the answer.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::stream;

/// Sizes of the first pieces: what a server's first look takes in. What is left follows in one.
const FIRST_PIECES: [usize; 3] = [64 * 1024, 1024 * 1024, 1024 * 1024];
/// Time for an answer after each of them.
const PAUSE: Duration = Duration::from_millis(100);

/// The body; a small one goes in one piece.
pub(crate) fn paced(bytes: Vec<u8>) -> reqwest::Body {
    if bytes.len() <= FIRST_PIECES[0] {
        return bytes.into();
    }
    reqwest::Body::wrap_stream(stream::unfold((bytes, 0), |(mut rest, sent)| async move {
        if rest.is_empty() {
            return None;
        }
        if sent > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let size = FIRST_PIECES.get(sent).copied().unwrap_or(rest.len()).min(rest.len());
        let left = rest.split_off(size);
        Some((Ok::<_, Infallible>(rest), (left, sent + 1)))
    }))
}
