//! What the head shows and the document does not hold: how far the post-mortem is, and whose it is.

use crate::{Person, Status, UserId};
use serde::{Deserialize, Serialize};

/// A row that the server writes from the session, so that nobody sets it in another's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadRow {
    pub status: Status,
    /// The name of the one person responsible for completing the page (R57); empty while there is none.
    #[serde(default)]
    pub owner: String,
    /// Whose name that is; none of somebody outside the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Whether an account owns it, under that name or beside one that was typed: it decides on the post-mortem.
    #[serde(default)]
    pub is_owned: bool,
}

impl Default for HeadRow {
    fn default() -> Self {
        Self { status: Status::Draft, owner: String::new(), owner_id: None, is_owned: false }
    }
}

impl HeadRow {
    /// Somebody has another name now.
    pub fn rename(&mut self, person: &Person) {
        if self.owner_id.as_ref() == Some(&person.id) {
            self.owner.clone_from(&person.name);
        }
    }
}
