//! SHA-256 in base64, for the content security policy of the page: only its own script and style count.
//! <https://csrc.nist.gov/pubs/fips/180-4/upd1/final>.

/// `sha256-…` as a source of a policy.
pub(super) fn source(text: &str) -> String {
    format!("'sha256-{}'", base64(&sha256(text.as_bytes())))
}

/// The first 32 bits of the fractional parts of a root of the first primes.
fn roots(count: usize, root: fn(f64) -> f64) -> Vec<u32> {
    let primes = (2_u32..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a fraction times 2^32 fits")]
    let bits = |prime: u32| (root(f64::from(prime)).fract() * 4_294_967_296.0) as u32;
    primes.take(count).map(bits).collect()
}

fn sha256(data: &[u8]) -> [u8; 32] {
    let mut hash = roots(8, f64::sqrt);
    let keys = roots(64, f64::cbrt);
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize((padded.len() + 8).next_multiple_of(64), 0);
    let length = (data.len() as u64).wrapping_mul(8).to_be_bytes();
    let end = padded.len();
    padded[end - 8..].copy_from_slice(&length);
    for block in padded.chunks_exact(64) {
        compress(&mut hash, block, &keys);
    }
    let mut out = [0; 32];
    for (bytes, word) in out.chunks_exact_mut(4).zip(hash) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    out
}

fn compress(hash: &mut [u32], block: &[u8], keys: &[u32]) {
    let mut words: Vec<u32> = block.chunks_exact(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect();
    for i in 16..64 {
        let (a, b) = (words[i - 15], words[i - 2]);
        let small = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let large = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        words.push(words[i - 16].wrapping_add(small).wrapping_add(words[i - 7]).wrapping_add(large));
    }
    let mut state: [u32; 8] = [0; 8];
    state.copy_from_slice(hash);
    for (word, key) in words.iter().zip(keys) {
        let [a, b, c, d, e, f, g, h] = state;
        let choice = (e & f) ^ (!e & g);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let first = h
            .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
            .wrapping_add(choice)
            .wrapping_add(*key)
            .wrapping_add(*word);
        let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(majority);
        state = [first.wrapping_add(second), a, b, c, d.wrapping_add(first), e, f, g];
    }
    for (sum, word) in hash.iter_mut().zip(state) {
        *sum = sum.wrapping_add(word);
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0_usize, |group, (i, byte)| group | usize::from(*byte) << (16 - 8 * i));
        for i in 0..4 {
            out.push(if i <= chunk.len() { char::from(LETTERS[group >> (18 - 6 * i) & 63]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let hex = |text: &str| sha256(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
        assert_eq!(hex(&"a".repeat(64)), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
        assert_eq!(source(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"a"), "YQ==");
    }
}
