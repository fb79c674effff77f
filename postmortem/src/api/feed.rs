//! What the server tells those who follow the incident log.

use super::LogRow;
use crate::{Capabilities, PostmortemId};
use serde::{Deserialize, Serialize};

/// One message of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FeedMessage {
    /// First: what this person may do beside any post-mortem.
    Welcome { capabilities: Capabilities },
    /// Lines that are new or changed, and post-mortems that were deleted; with it the log is known up to a position.
    Changed { position: String, lines: Vec<LogRow>, gone: Vec<PostmortemId> },
    /// What was missed cannot be told one by one: the connection ends, and the log is to be asked for.
    Anew,
    /// Nothing has changed. What a later version tells is passed over in the same way.
    #[serde(other)]
    Still,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_a_later_version_is_passed_over() {
        let read = |json: &str| serde_json::from_str::<FeedMessage>(json).expect("a message");
        assert_eq!(read(r#"{"type": "still"}"#), FeedMessage::Still);
        assert_eq!(read(r#"{"type": "weather", "sky": "blue"}"#), FeedMessage::Still);
        assert_eq!(read(r#"{"type": "anew"}"#), FeedMessage::Anew);
        assert_eq!(serde_json::to_string(&FeedMessage::Still).expect("JSON"), r#"{"type":"still"}"#);
    }
}
