//! Bodies of groups: people of the team under one name.

use crate::{GroupId, Person, UserId};
use serde::{Deserialize, Serialize};

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamGroup {
    pub id: GroupId,
    pub name: String,
    /// How many people are in it who can come in.
    pub size: u32,
    /// Those people by name: the first few in a list of groups, everybody where one group is asked for.
    pub people: Vec<Person>,
}

/// The groups of the team, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    pub groups: Vec<TeamGroup>,
    /// How many there are beyond those that are listed.
    #[serde(default)]
    pub more: u32,
}

/// A group to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGroup {
    pub name: String,
    #[serde(default)]
    pub people: Vec<UserId>,
}

/// What changes of a group; what is left away stays. People are added and taken out one by one, so that two who change a
/// group at once undo nothing of each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<UserId>,
}
