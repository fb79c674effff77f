//! Identifiers as newtypes. Every id that Debrief makes is a UUIDv7 in its hyphenated form, so that ids sort by the
//! time they were made; ids read from a document are only checked for their alphabet and length.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest id accepted from outside, in bytes: a hyphenated UUID has 36, named template items fewer.
pub const LONGEST_ID: usize = 64;

/// An id that is empty, too long, or has a character other than ASCII letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("An id has 1 to {LONGEST_ID} letters, digits, '-' or '_'.")]
pub struct IdError;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A fresh UUIDv7 from the time in milliseconds since 1970 and ten random bytes.
            pub fn new(unix_milliseconds: u64, random: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_milliseconds, &random).into_uuid().to_string())
            }

            /// Whether it is a UUID as Debrief writes them, which nobody else comes upon by chance.
            pub fn is_uuid(&self) -> bool {
                uuid::Uuid::try_parse(&self.0).is_ok_and(|uuid| uuid.to_string() == self.0)
            }

            /// The id as it stands in the document, in URLs and in the database.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits = !text.is_empty()
                    && text.len() <= LONGEST_ID
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
                if fits { Ok(Self(text.to_owned())) } else { Err(IdError) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A post-mortem, in URLs and as the room of the sync protocol.
    PostmortemId
);
identifier!(
    /// A session: one browser in which a person is signed in.
    SessionId
);
identifier!(
    /// A passkey of a person, as it is kept here. The authenticator calls it by a name of its own.
    PasskeyId
);
identifier!(
    /// A link that invites into the team.
    InvitationId
);
identifier!(
    /// A group of people of the team.
    GroupId
);
identifier!(
    /// A service of the team.
    ServiceId
);
identifier!(
    /// A provider of single sign-on, as it stands in the addresses of its sign-in: chosen by whoever sets it up.
    ProviderId
);
identifier!(
    /// A timeline entry, impact figure, responder or action item: the key of its map in the document.
    ItemId
);
identifier!(
    /// A thread of comments.
    ThreadId
);
identifier!(
    /// One comment in a thread.
    CommentId
);
identifier!(
    /// A person who has given a name.
    UserId
);

/// A thread has the id of the comment that begins it.
impl From<CommentId> for ThreadId {
    fn from(comment: CommentId) -> Self {
        Self(comment.0)
    }
}

/// Which making of a document this is. It changes only when a document is made anew from its values; a copy of another
/// generation shares no history with it, and merging the two would double every text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u32);

/// What only whoever could read a post-mortem knows of it. A server to which somebody names it tells them that they may not read
/// it any more, in the place of saying that nothing is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Receipt(pub String);

impl Receipt {
    /// The header of a request that names it.
    pub const HEADER: &str = "debrief-receipt";
}

/// The id under which a replica writes in the CRDT, below 2^53: a fresh one for each page that is opened and for each time
/// that a server loads a document. Two replicas that edit at once never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct ClientId(pub u64);

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Where in the history of the document something was made: the client id of the replica that made it and that
/// client's clock. The server knows which user brought which range of clocks, which is the authorship shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Stamp {
    /// The client id of the replica, below 2^53.
    pub client: ClientId,
    /// The clock of the first item, counted in UTF-16 units of content by the CRDT.
    pub clock: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_later_sort_later() {
        assert!(ItemId::new(1, [9; 10]) < ItemId::new(2, [0; 10]));
    }

    #[test]
    fn only_the_hyphenated_form_is_a_uuid() {
        let is_uuid = |text: &str| text.parse::<CommentId>().expect("an id").is_uuid();
        assert!(CommentId::new(1, [9; 10]).is_uuid());
        assert!(!is_uuid("3"));
        assert!(!is_uuid("0192F0C1-0000-7000-8000-000000000000"));
        assert!(!is_uuid("0192f0c1000070008000000000000000"));
    }

    #[test]
    fn an_id_with_a_slash_is_refused() {
        assert_eq!("a/b".parse::<ItemId>(), Err(IdError));
        assert_eq!("".parse::<ItemId>(), Err(IdError));
        assert_eq!("x".repeat(LONGEST_ID + 1).parse::<ItemId>(), Err(IdError));
    }
}
