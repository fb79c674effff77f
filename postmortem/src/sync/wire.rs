//! The frames of the sync protocol: y-protocols as Yjs speaks them, and two message kinds of our own for clients that
//! asked for the sub-protocol [`SUBPROTOCOL`]. Reading allocates nothing and never trusts a length.

use crate::event::Event;
use crate::lib0::{Cursor, Lib0Error, put_block, put_number};
use crate::limits;
use bytes::Bytes;

/// The WebSocket sub-protocol with acknowledgements and events.
pub const SUBPROTOCOL: &str = "debrief.1";

/// What a stock Yjs client may offer where it has to offer some protocol, to bring a token beside it.
pub const PLAIN_SUBPROTOCOL: &str = "yjs.1";

const SYNC: u64 = 0;
const PRESENCE: u64 = 1;
const AUTH: u64 = 2;
const PRESENCE_QUERY: u64 = 3;
const ACKNOWLEDGED: u64 = 100;
const EVENT: u64 = 101;

const STATE_VECTOR: u64 = 0;
const MISSING: u64 = 1;
const UPDATE: u64 = 2;

const DENIED: u64 = 0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Sync step 1: what the sender has seen; asks for what it lacks.
    StateVector(&'a [u8]),
    /// Sync step 2: everything that the receiver lacked.
    Missing(&'a [u8]),
    Update(&'a [u8]),
    /// Awareness states.
    Presence(&'a [u8]),
    /// Asks for all awareness states.
    PresenceQuery,
    /// How many document messages of this connection are on disk.
    Acknowledged(u64),
    /// An event as JSON.
    Event(&'a str),
    /// A kind that this version does not know.
    Unknown(u64),
}

/// Bytes that are no frame of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error(transparent)]
    Encoding(#[from] Lib0Error),
    /// An update that the document does not take, or JSON that is no event.
    #[error("The frame holds something that cannot be read.")]
    Unreadable,
    /// A sync message of an unknown kind.
    #[error("The frame holds a sync message of an unknown kind.")]
    UnknownSync,
}

/// The messages of a frame, in order; the first error ends them.
pub fn messages(frame: &[u8]) -> Messages<'_> {
    Messages { cursor: Cursor::new(frame) }
}

/// The iterator behind [`messages`].
#[derive(Debug, Clone)]
pub struct Messages<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_at_end() {
            return None;
        }
        let message = message(&mut self.cursor);
        if message.is_err() {
            self.cursor = Cursor::new(&[]);
        }
        Some(message)
    }
}

fn message<'a>(cursor: &mut Cursor<'a>) -> Result<Message<'a>, WireError> {
    match cursor.number()? {
        SYNC => match cursor.number()? {
            STATE_VECTOR => Ok(Message::StateVector(cursor.block()?)),
            MISSING => Ok(Message::Missing(cursor.block()?)),
            UPDATE => Ok(Message::Update(cursor.block()?)),
            _ => Err(WireError::UnknownSync),
        },
        PRESENCE => Ok(Message::Presence(cursor.block()?)),
        PRESENCE_QUERY => Ok(Message::PresenceQuery),
        ACKNOWLEDGED => Ok(Message::Acknowledged(Cursor::new(cursor.block()?).number()?)),
        EVENT => Ok(Message::Event(cursor.text()?)),
        AUTH => {
            cursor.number()?;
            cursor.block()?;
            Ok(Message::Unknown(AUTH))
        }
        kind => {
            cursor.block()?;
            Ok(Message::Unknown(kind))
        }
    }
}

/// Whether bytes are a whole state vector. The CRDT's own reader allocates for the count that they claim.
pub(crate) fn is_state_vector(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    let Ok(count) = cursor.number() else { return false };
    if count > (bytes.len() / 2) as u64 || count > 2 * limits::CLIENTS as u64 {
        return false;
    }
    (0..count).all(|_| cursor.number().is_ok() && cursor.number().is_ok()) && cursor.is_at_end()
}

/// Sync step 1.
pub fn state_vector(state_vector: &[u8]) -> Bytes {
    sync(STATE_VECTOR, state_vector)
}

/// Sync step 2.
pub fn missing(update: &[u8]) -> Bytes {
    sync(MISSING, update)
}

pub fn update(update: &[u8]) -> Bytes {
    sync(UPDATE, update)
}

/// Awareness states, as [`crate::presence::encode`] writes them.
pub fn presence(states: &[u8]) -> Bytes {
    frame(&[PRESENCE], states)
}

/// What y-protocols call permission denied: why something of the receiver's was refused. Stock clients show it.
pub fn denied(reason: &str) -> Bytes {
    frame(&[AUTH, DENIED], reason.as_bytes())
}

/// That the first `count` document messages of the receiver's connection are on disk.
pub fn acknowledged(count: u64) -> Bytes {
    let mut number = Vec::with_capacity(8);
    put_number(&mut number, count);
    frame(&[ACKNOWLEDGED], &number)
}

/// An event for clients that speak [`SUBPROTOCOL`].
pub fn event(event: &Event) -> Bytes {
    // Events are plain data with string keys: they always have a JSON form.
    let json = serde_json::to_vec(event).unwrap_or_default();
    frame(&[EVENT], &json)
}

fn sync(kind: u64, payload: &[u8]) -> Bytes {
    frame(&[SYNC, kind], payload)
}

fn frame(kinds: &[u64], payload: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(payload.len() + 12);
    for kind in kinds {
        put_number(&mut bytes, *kind);
    }
    put_block(&mut bytes, payload);
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn several_messages_stand_in_one_frame() {
        let mut bytes = update(&[1, 2]).to_vec();
        bytes.extend_from_slice(&acknowledged(300));
        bytes.extend_from_slice(&[PRESENCE_QUERY as u8]);
        let read: Result<Vec<Message<'_>>, WireError> = messages(&bytes).collect();
        assert_eq!(read, Ok(vec![Message::Update(&[1, 2]), Message::Acknowledged(300), Message::PresenceQuery]));
    }

    #[test]
    fn a_frame_that_lies_about_its_length_is_truncated() {
        let read: Vec<_> = messages(&[0, 2, 200, 1]).collect();
        assert_eq!(read, [Err(WireError::Encoding(Lib0Error::Truncated))]);
        let read: Vec<_> = messages(&[0xff; 12]).collect();
        assert_eq!(read, [Err(WireError::Encoding(Lib0Error::Overlong))]);
    }

    #[test]
    fn kinds_of_a_later_version_are_passed_over() {
        let read: Vec<_> = messages(&[120, 1, 7, 3]).collect();
        assert_eq!(read, [Ok(Message::Unknown(120)), Ok(Message::PresenceQuery)]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for message in messages(&bytes) {
                let _ = message;
            }
        }
    }
}
