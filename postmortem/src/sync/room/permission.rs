//! What the person of a connection may send: the one place where each kind of message is held against it.

use crate::capability::{Capabilities, Capability};
use crate::person::Person;
use crate::wire::Message;

/// Who opens a connection, and what they may do in this room: the owner of the room says so at its door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// In whose name everything of the connection is done.
    pub person: Person,
    /// What they may do.
    pub capabilities: Capabilities,
}

impl Participant {
    /// Somebody who may do everything.
    pub fn owner(person: Person) -> Self {
        Self { person, capabilities: Capabilities::of_owner() }
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It is taken.
    Granted,
    /// It is taken as far as it brings nothing new. Whoever may only read answers the room's state vector as well, with
    /// what everybody has.
    NothingNew,
    /// It is refused.
    Denied,
}

impl Permission {
    /// What becomes of a message of somebody who may do so much.
    pub fn of(message: &Message<'_>, capabilities: Capabilities) -> Self {
        let may_read = capabilities.contains(Capability::Read);
        match message {
            Message::Missing(_) | Message::Update(_) if capabilities.contains(Capability::Edit) => Self::Granted,
            Message::Missing(_) | Message::Update(_) if may_read => Self::NothingNew,
            Message::Missing(_) | Message::Update(_) => Self::Denied,
            Message::StateVector(_) | Message::Presence(_) | Message::PresenceQuery if may_read => Self::Granted,
            Message::StateVector(_) | Message::Presence(_) | Message::PresenceQuery => Self::Denied,
            // Nothing is done with these, whoever sends them.
            Message::Acknowledged(_) | Message::Event(_) | Message::Unknown(_) => Self::Granted,
        }
    }
}
