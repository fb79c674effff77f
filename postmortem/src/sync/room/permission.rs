//! What the person of a connection may send: the one place where each kind of message is held against it.

use super::{ConnectionId, Dialect, Room, RoomEffect};
use crate::UserId;
use crate::api::close_code;
use crate::capability::{Capabilities, Capability};
use crate::event::Event;
use crate::person::Person;
use crate::wire::{self, Message};

/// What is said to whoever may not read any more.
const CLOSED_TO_YOU: &str = "You can no longer read this post-mortem.";

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

impl Room {
    /// Holds what a person sends from here on against what they may do now, and tells their pages. Where that is not even to
    /// read, their connections end.
    pub fn permit(&mut self, user: &UserId, capabilities: Capabilities) -> Vec<RoomEffect> {
        let changed = self.members.iter_mut().filter(|(_, member)| member.person.id == *user);
        let changed: Vec<(ConnectionId, Dialect)> = changed
            .filter_map(|(connection, member)| {
                let before = std::mem::replace(&mut member.capabilities, capabilities);
                (before != capabilities).then_some((*connection, member.dialect))
            })
            .collect();
        if !capabilities.contains(Capability::Read) {
            let close = |(to, _): (ConnectionId, Dialect)| {
                self.leave(to);
                RoomEffect::Close { to, code: close_code::CLOSED_TO_YOU, reason: CLOSED_TO_YOU.into() }
            };
            return changed.into_iter().map(close).collect();
        }
        let pages = changed.into_iter().filter(|(_, dialect)| *dialect == Dialect::Debrief);
        let to: Vec<ConnectionId> = pages.map(|(connection, _)| connection).collect();
        if to.is_empty() {
            return Vec::new();
        }
        vec![RoomEffect::Send { to, frame: wire::event(&Event::Capabilities { capabilities }) }]
    }
}
