//! The only place that draws randomness: ids, session tokens, slugs of publications, nonces and replicas' client ids.

use crate::clock;
use postmortem::ClientId;
use rand::RngCore;

/// The milliseconds since 1970 and ten random bytes that a fresh id is made of.
fn seed() -> (u64, [u8; 10]) {
    (u64::try_from(clock::now().timestamp_millis()).unwrap_or(0), rand::random())
}

/// Makes a fresh id of any of the id types: `random::id(ThreadId::new)`.
pub fn id<Id>(new: fn(u64, [u8; 10]) -> Id) -> Id {
    let (milliseconds, random) = seed();
    new(milliseconds, random)
}

/// The client id of a replica of the server's own. Like Yjs', it stays within 32 bits.
pub fn client() -> ClientId {
    ClientId(u64::from(rand::random::<u32>()))
}

/// 256 bits in hexadecimal: the token in a session's cookie.
pub fn token() -> String {
    hexadecimal::<32>()
}

/// Whether a text can be one of those.
pub fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a password is hashed with, so that equal ones differ.
pub fn salt() -> [u8; 16] {
    rand::random()
}

/// 128 bits in hexadecimal: a link that cannot be guessed, or a nonce.
pub fn slug() -> String {
    hexadecimal::<16>()
}

/// A number below `bound`: what everybody would do at once is spread over that many moments.
pub fn below(bound: u32) -> u32 {
    rand::random_range(0..bound.max(1))
}

fn hexadecimal<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
