//! The client's only sources of time and randomness.

use chrono::{DateTime, Utc};
use postmortem::ItemId;
use postmortem::id::CommentId;
use std::cell::Cell;

thread_local! {
    static LAST_ID: Cell<u64> = const { Cell::new(0) };
}

/// The time of this browser's clock.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

/// Milliseconds since 1970.
pub fn milliseconds() -> u64 {
    js_sys::Date::now() as u64
}

/// A fresh id for an item. Ids grow, also within a millisecond: entries of the same minute keep the order in which they
/// were pasted.
pub fn new_item_id() -> ItemId {
    ItemId::new(next_instant(), random())
}

/// A fresh id for a comment; those written later sort later.
pub fn new_comment_id() -> CommentId {
    CommentId::new(next_instant(), random())
}

fn next_instant() -> u64 {
    LAST_ID.with(|last| {
        let at = milliseconds().max(last.get() + 1);
        last.set(at);
        at
    })
}

/// A fresh client id: Yjs' own are random 32-bit numbers too.
pub fn new_client_id() -> u64 {
    u64::from(u32::from_le_bytes(random()))
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let source = web_sys::window().and_then(|window| window.crypto().ok());
    let filled = source.is_some_and(|source| source.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
}
