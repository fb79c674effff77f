//! Who is here and where. A client says only where its cursor is; the server adds from the session who it is, so that
//! nobody can appear as somebody else. On the wire these are awareness states as Yjs clients use them.

use crate::lib0::{Cursor as Bytes, Lib0Error, put_block, put_number};
use crate::{ClientId, Person, limits, sticky};
use serde::{Deserialize, Serialize};

/// The longest path of a place, in bytes.
const LONGEST_PLACE: usize = 128;

/// Where a person is, as shown to the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    #[serde(rename = "user")]
    pub person: Person,
    /// The part of the page: the path of a text, `timeline/ID`, or the name of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The selection in the text at `place`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Selection>,
}

/// A selection in a text: two positions that stay with their neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Where the selection began.
    pub anchor: serde_json::Value,
    /// Where the caret is.
    pub head: serde_json::Value,
}

impl Selection {
    /// From two positions as [`crate::Replica::sticky`] gives them.
    pub fn new(anchor: &str, head: &str) -> Option<Self> {
        Some(Self { anchor: serde_json::from_str(anchor).ok()?, head: serde_json::from_str(head).ok()? })
    }

    fn is_readable(&self) -> bool {
        [&self.anchor, &self.head].into_iter().all(|position| sticky::read(position).is_some())
    }
}

/// What a client says of itself. Whatever else it sends is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The part of the page.
    #[serde(default)]
    pub place: Option<String>,
    /// The selection there.
    #[serde(default)]
    pub cursor: Option<Selection>,
}

impl Whereabouts {
    /// Reads a client's state. A state that is too long or no JSON reads as being nowhere in particular; so does a
    /// part of it that cannot be read.
    pub fn read(state: &str) -> Self {
        #[derive(Deserialize)]
        struct Loose {
            place: Option<serde_json::Value>,
            cursor: Option<serde_json::Value>,
        }
        if state.len() > limits::PRESENCE {
            return Self::default();
        }
        let Ok(loose) = serde_json::from_str::<Loose>(state) else { return Self::default() };
        let place = loose.place.and_then(|place| place.as_str().map(str::to_owned));
        let cursor = loose.cursor.and_then(|cursor| Selection::deserialize(&cursor).ok());
        Self {
            place: place.filter(|place| place.len() <= LONGEST_PLACE && !place.contains(char::is_control)),
            cursor: cursor.filter(Selection::is_readable),
        }
    }

    /// As the others see it.
    pub fn of(self, person: Person) -> Presence {
        Presence { person, place: self.place, cursor: self.cursor }
    }
}

/// One awareness state on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The client id of the page.
    pub client: ClientId,
    /// Grows with each state of that client.
    pub clock: u64,
    /// The state as JSON; `None` when the client has gone.
    pub json: Option<String>,
}

/// Awareness states as bytes.
pub fn encode(states: &[State]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_number(&mut bytes, states.len() as u64);
    for state in states {
        put_number(&mut bytes, state.client.0);
        put_number(&mut bytes, state.clock);
        put_block(&mut bytes, state.json.as_deref().unwrap_or("null").as_bytes());
    }
    bytes
}

/// Awareness states from bytes.
///
/// # Errors
/// When the bytes end early, hold text that is not UTF-8, or name more clients than they have room for.
pub fn decode(bytes: &[u8]) -> Result<Vec<State>, Lib0Error> {
    let mut cursor = Bytes::new(bytes);
    let count = cursor.number()?;
    // The shortest state takes three bytes; a count above that is a lie and must not be allocated for.
    if count > (cursor.remaining() / 3) as u64 {
        return Err(Lib0Error::Truncated);
    }
    let mut states = Vec::new();
    for _ in 0..count {
        let (client, clock, json) = (ClientId(cursor.number()?), cursor.number()?, cursor.text()?);
        states.push(State { client, clock, json: (json != "null").then(|| json.to_owned()) });
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_survive_the_wire() {
        let states = [
            State { client: ClientId(7), clock: 3, json: Some("{\"place\":\"timeline\"}".into()) },
            State { client: ClientId(1 << 40), clock: 4, json: None },
        ];
        assert_eq!(decode(&encode(&states)), Ok(states.to_vec()));
    }

    #[test]
    fn a_count_without_states_is_not_believed() {
        assert_eq!(decode(&[0xff, 0xff, 0xff, 0x7f, 1, 1, 1]), Err(Lib0Error::Truncated));
    }

    #[test]
    fn only_whereabouts_are_taken_from_a_client() {
        let cursor = r#"{"type":null,"tname":null,"item":{"client":1,"clock":2},"assoc":-1}"#;
        let state = format!(
            r#"{{"user":{{"name":"Somebody else","color":"red;background:url(//x)"}},"place":"sections/overview",
                "cursor":{{"anchor":{cursor},"head":{cursor}}},"more":[[[]]]}}"#
        );
        let read = Whereabouts::read(&state);
        assert_eq!(read.place.as_deref(), Some("sections/overview"));
        assert!(read.cursor.is_some());
        for hostile in [
            "{",
            "[]",
            "null",
            r#"{"place":7,"cursor":"x"}"#,
            r#"{"place":"a\u0000b","cursor":{"anchor":[],"head":{}}}"#,
            &format!(r#"{{"place":"{}"}}"#, "x".repeat(limits::PRESENCE)),
            "[[[]]]",
        ] {
            assert_eq!(Whereabouts::read(hostile), Whereabouts::default(), "{hostile}");
        }
    }
}
