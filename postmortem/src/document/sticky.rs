//! Positions in texts as peers write them: the JSON of Yjs' relative positions. They come from cursors and comments of
//! any client, and the CRDT asserts what it should check.

use serde::Deserialize;
use serde_json::Value;
use yrs::StickyIndex;

/// Client ids at and above this are none: JavaScript counts no further.
const CLIENTS: u64 = 1 << 53;

/// A position from JSON; `None` for anything else.
pub(crate) fn read(json: &Value) -> Option<StickyIndex> {
    let names_a_client = |key: &str| match json.get(key).and_then(|id| id.get("client")) {
        Some(client) => client.as_u64().is_some_and(|client| client < CLIENTS),
        None => true,
    };
    if ["item", "type"].into_iter().all(names_a_client) { StickyIndex::deserialize(json).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_position_names_an_item_of_a_possible_client() {
        let at = |client: u64| json!({ "type": null, "tname": null, "item": { "client": client, "clock": 3 } });
        assert!(read(&at(43)).is_some());
        assert!(read(&at(CLIENTS - 1)).is_some());
        assert!(read(&at(CLIENTS)).is_none());
        assert!(read(&json!({ "type": { "client": u64::MAX, "clock": 3 } })).is_none());
        assert!(read(&json!([])).is_none());
    }
}
