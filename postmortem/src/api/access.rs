//! Bodies of who may do what on one post-mortem.

use crate::{Capabilities, Openness, Person, PostmortemRole, TeamRole, UserId};
use serde::{Deserialize, Serialize};

/// Somebody who is named, by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRole {
    pub person: UserId,
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
}

/// Somebody who is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostmortemMember {
    pub person: Person,
    pub role: PostmortemRole,
    /// What they are in the team.
    pub team_role: TeamRole,
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
    /// How many people can read it.
    pub readers: u32,
    /// What whoever asks may do.
    pub capabilities: Capabilities,
}
