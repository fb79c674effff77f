//! Bodies of the team: its people, how they come in, and what holds for all of them.

use super::ProviderDoor;
use crate::{InvitationId, PageReaders, Person, PostmortemRole, TeamRole, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is told to whoever comes, before they are signed in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Door {
    /// The name of the team; none before the first account is made.
    pub team: Option<String>,
    /// The mail domains of which anybody may join by themselves, with a way to prove the address: none without a provider.
    #[serde(default)]
    pub domains: Vec<String>,
    /// What one can sign in with beside a password.
    #[serde(default)]
    pub providers: Vec<ProviderDoor>,
    /// The origin of the pages in which one can sign in with a passkey; none where the server's address allows none.
    #[serde(default)]
    pub passkeys_at: Option<String>,
}

/// A one-time link that is looked at, by its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkToken {
    pub token: String,
}

/// What a one-time link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Makes the first account, and names the team.
    Setup,
    /// Makes an account.
    Invitation,
    /// Signs somebody in who has an account.
    SignIn,
    /// Sets a new password, and signs in.
    NewPassword,
}

/// What a one-time link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkShown {
    pub kind: LinkKind,
    /// None in a set-up.
    pub team: Option<String>,
    /// What whoever joins will be.
    pub role: TeamRole,
    /// For whom it is, where that is said.
    pub mail: Option<String>,
    /// The name of who has the account.
    pub name: Option<String>,
    pub ends_at: DateTime<Utc>,
}

/// The account that a link makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    /// The secret of the link.
    pub token: String,
    pub name: String,
    pub mail: String,
    pub password: String,
    /// The name of the team, in a set-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// Somebody of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    #[serde(flatten)]
    pub person: Person,
    /// Only for who looks after the team, and of oneself.
    #[serde(default)]
    pub mail: Option<String>,
    pub role: TeamRole,
    /// To ten minutes; none of somebody who never was here.
    #[serde(default)]
    pub seen_at: Option<DateTime<Utc>>,
    /// Since when they cannot come in.
    #[serde(default)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// How many post-mortems are theirs, of those that whoever asks may read.
    #[serde(default)]
    pub owned: u32,
    /// Whether it is an account for programs, which has tokens and no password.
    #[serde(default)]
    pub is_program: bool,
}

/// A name from before there were accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameWithoutAccount {
    #[serde(flatten)]
    pub person: Person,
    /// How many post-mortems they wrote in.
    pub postmortems: u32,
}

/// The people of the team, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    pub people: Vec<TeamMember>,
    /// Only for who looks after the team.
    #[serde(default)]
    pub names: Vec<NameWithoutAccount>,
    /// How many there are beyond those that are listed.
    #[serde(default)]
    pub more: u32,
}

/// What an admin changes of a person; what is left away stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TeamMemberChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<TeamRole>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_suspended: Option<bool>,
}

/// That a name from before there were accounts is this person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameJoined {
    pub name: UserId,
}

/// To whom everything goes that a person owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOwner {
    pub person: UserId,
}

/// A link that was made. Its secret is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLink {
    pub url: String,
    pub ends_at: DateTime<Utc>,
}

/// Whom to invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    pub role: TeamRole,
    /// For whom; whoever has the link where it is left away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// How many people may join with it.
    #[serde(default = "one_person")]
    pub people: u32,
    /// For how many days it holds.
    #[serde(default = "usual_days")]
    pub days: u32,
}

fn one_person() -> u32 {
    1
}

fn usual_days() -> u32 {
    7
}

/// An invitation that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub role: TeamRole,
    pub mail: Option<String>,
    /// How many people may join with it, and how many have.
    pub people: u32,
    pub joined: u32,
    /// The name of who made it; none of one that the operator made.
    pub made_by: Option<String>,
    pub ends_at: DateTime<Utc>,
}

/// The invitations that are open, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitations {
    pub invitations: Vec<Invitation>,
}

/// An invitation that was made, with its link, which is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeInvitation {
    #[serde(flatten)]
    pub invitation: Invitation,
    pub url: String,
}

/// What holds for the whole team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamSettings {
    pub name: String,
    /// What members are on a post-mortem that says nothing else.
    pub members_are: PostmortemRole,
    /// Who can open a published page unless whoever publishes it says otherwise. Of a private post-mortem it is the team.
    pub pages_are_for: PageReaders,
    /// For how many days a browser stays signed in that is not used.
    pub idle_days: u32,
    /// For how many days a browser stays signed in at most.
    pub session_days: u32,
    /// The mail domains of which anybody may join as a member who signs in with a provider that has verified their address.
    #[serde(default)]
    pub domains: Vec<String>,
    /// For how many days the audit log is kept. Always told; a change that leaves it away leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_days: Option<u32>,
}
