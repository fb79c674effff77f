//! Bodies of status and owner.

use crate::{Status, UserId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    pub status: Status,
}

/// Whose the post-mortem is from now on: one of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerChange {
    /// Somebody of the team, who decides on it from then on.
    Person(UserId),
    /// Somebody outside, by name; an empty one leaves it to the account that decides on it.
    Name(String),
}
