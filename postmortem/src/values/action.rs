//! What is to be done so that it does not happen again, or goes better (R45 to R48, R81 to R86).

use crate::named::named;
use crate::{ItemId, Link};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

named! {
    /// What an action item is for (R83 to R86).
    ActionKind, "a kind of action" {
        /// Keeps the cause from coming back (R83).
        Prevents = "prevents", "Prevents the cause";
        /// Makes a repeat less bad (R84).
        Prepares = "prepares", "Prepares for a repeat";
        /// Improves how we respond (R86).
        Process = "process", "Response process";
        /// A remaining step of this post-mortem (R85).
        Remaining = "remaining", "Remaining step";
    }
}

named! {
    /// How soon; only the top two are worth a ticket (R48).
    Priority, "a priority" {
        /// Has to be dealt with.
        P1 = "P1", "P1";
        /// Should be dealt with.
        P2 = "P2", "P2";
        /// Worth remembering.
        P3 = "P3", "P3";
    }
}

named! {
    /// Whether it is done; declining is a decision that stays on record (R46, G9).
    ActionState, "a state of an action" {
        Open = "open", "Open";
        Done = "done", "Done";
        Declined = "declined", "Declined";
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionItem {
    /// The key of the action in the document.
    pub id: ItemId,
    /// What is to be done; several people may write it at once.
    pub text: String,
    /// Who does it; empty while nobody does.
    pub owner: String,
    pub due: Option<NaiveDate>,
    pub priority: Priority,
    pub kind: ActionKind,
    pub state: ActionState,
    pub ticket: Option<Link>,
    /// Why it was declined (R46); empty while nobody said.
    #[serde(default)]
    pub reason: String,
}
