//! Bodies of who may do what on one post-mortem.

use crate::{Capabilities, GroupId, Openness, Person, PostmortemRole, TeamRole, UserId};
use serde::{Deserialize, Serialize};

/// Somebody who is named, by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRole {
    pub person: UserId,
    pub role: PostmortemRole,
}

/// A group that is named, by id: everybody in it has the role for as long as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedGroupRole {
    pub group: GroupId,
    /// Everything but owner.
    pub role: PostmortemRole,
}

/// Who may do what from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessChange {
    pub access: Openness,
    /// What members of the team are who are not named; the team's usual where it is left away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members_are: Option<PostmortemRole>,
    /// Everybody who is named. The owner stays the owner when they are left away; naming another owner hands it over.
    pub members: Vec<NamedRole>,
    /// Every group that is named; those that are stay so where it is left away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<NamedGroupRole>>,
}

/// Somebody who is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostmortemMember {
    pub person: Person,
    pub role: PostmortemRole,
    /// What they are in the team.
    pub team_role: TeamRole,
    /// Only where somebody else who is named is called the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
}

/// A group that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostmortemGroup {
    pub id: GroupId,
    pub name: String,
    /// How many people are in it who can come in.
    pub size: u32,
    pub role: PostmortemRole,
    /// Whether whoever asks is in it.
    pub includes_you: bool,
}

/// Who may do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessShown {
    pub access: Openness,
    /// None where the team's usual holds.
    pub members_are: Option<PostmortemRole>,
    /// What the team's usual is.
    pub usually: PostmortemRole,
    /// The owner first, then by name.
    pub members: Vec<PostmortemMember>,
    /// By name.
    #[serde(default)]
    pub groups: Vec<PostmortemGroup>,
    /// How many people can read it.
    pub readers: u32,
    /// What whoever asks may do.
    pub capabilities: Capabilities,
}
