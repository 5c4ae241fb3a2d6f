//! The beginning of a body: read within a size and a time, decoded within the same size, whatever the server sends.

use std::io::Read;

use tokio::time::{Instant, timeout_at};

/// A body, as far as it was read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Body {
    pub(crate) text: String,
    pub(crate) truncated: bool,
}

/// Reads the beginning. A body that breaks off, never ends or makes no sense is truncated, no failure: the header has decided.
pub(crate) async fn read(response: &mut reqwest::Response, encoding: &str, limit: usize, deadline: Instant) -> Body {
    let mut raw = Vec::new();
    let mut truncated = false;
    loop {
        match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                let room = limit.saturating_sub(raw.len());
                raw.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    truncated = true;
                    break;
                }
            }
            Ok(Ok(None)) => break,
            Ok(Err(_)) | Err(_) => {
                truncated = true;
                break;
            }
        }
    }
    let decoded = decode(raw, encoding, limit);
    Body { text: text(decoded.bytes), truncated: truncated || decoded.truncated }
}

#[derive(Debug)]
struct Decoded {
    bytes: Vec<u8>,
    truncated: bool,
}

/// Undoes the content codings, the last first. What cannot be decoded stays as it is.
fn decode(raw: Vec<u8>, encoding: &str, limit: usize) -> Decoded {
    /// More codings than that on one body are an attack.
    const MAX_CODINGS: usize = 2;
    let mut body = Decoded { bytes: raw, truncated: false };
    for coding in encoding.split(',').rev().take(MAX_CODINGS) {
        let input = body.bytes.as_slice();
        let decoded = match coding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => drain(flate2::read::MultiGzDecoder::new(input), limit),
            // Some servers send the bare format under this name.
            "deflate" if input.first().is_some_and(|b| b & 0x0f == 8) => drain(flate2::read::ZlibDecoder::new(input), limit),
            "deflate" => drain(flate2::read::DeflateDecoder::new(input), limit),
            "br" => drain(brotli_decompressor::Decompressor::new(input, 4096), limit),
            _ => continue,
        };
        if decoded.bytes.is_empty() && !input.is_empty() {
            body.truncated = true;
            break;
        }
        body = Decoded { truncated: body.truncated || decoded.truncated, ..decoded };
    }
    body
}

fn drain(decoder: impl Read, limit: usize) -> Decoded {
    let mut bytes = Vec::new();
    let mut bounded = decoder.take(limit as u64 + 1);
    let broken = bounded.read_to_end(&mut bytes).is_err();
    let truncated = broken || bytes.len() > limit;
    bytes.truncate(limit);
    Decoded { bytes, truncated }
}

/// UTF-8 where it is, else latin-1; a character cut in two at the end is dropped.
fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.utf8_error().error_len().is_none() => {
            let end = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(end);
            String::from_utf8(bytes).unwrap_or_default()
        }
        Err(error) => latin1(error.as_bytes()),
    }
}

/// Bytes as latin-1, the form in which header values are kept.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    if let Some(text) = str::from_utf8(bytes).ok().filter(|text| text.is_ascii()) {
        return text.to_owned();
    }
    bytes.iter().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn decodes_within_the_limit() {
        let decoded = decode(gzip(b"hello"), "gzip", 100);
        assert_eq!((decoded.bytes.as_slice(), decoded.truncated), (b"hello".as_slice(), false));
        let bomb = decode(gzip(&vec![0; 10_000_000]), "gzip", 1000);
        assert_eq!((bomb.bytes.len(), bomb.truncated), (1000, true));
        let twice = decode(gzip(&gzip(b"hello")), "gzip, gzip", 100);
        assert_eq!(twice.bytes, b"hello");
    }

    #[test]
    fn keeps_what_cannot_be_decoded() {
        let decoded = decode(b"<Error/>".to_vec(), "gzip", 100);
        assert_eq!((decoded.bytes.as_slice(), decoded.truncated), (b"<Error/>".as_slice(), true));
        assert_eq!(decode(b"x".to_vec(), "identity, unheard-of", 100).bytes, b"x");
    }

    #[test]
    fn text_is_never_lost_to_one_byte() {
        assert_eq!(text("é".as_bytes().to_vec()), "é");
        assert_eq!(text("aé".as_bytes()[..2].to_vec()), "a");
        assert_eq!(text(vec![b'a', 0xe9, b'b']), "aéb");
    }
}
