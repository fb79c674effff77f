//! Bodies of the providers of single sign-on: how they are reached, and whom they let in as what.

use crate::{ProviderId, TeamRole};
use serde::{Deserialize, Serialize};

/// Whom a provider lets in, and with what role.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntryRules {
    /// The mail domains of which somebody new has to be, in lower case; none says that everybody may come whom it knows.
    #[serde(default)]
    pub domains: Vec<String>,
    /// What it says of somebody that gives them a role.
    #[serde(default)]
    pub claim: Option<RoleClaim>,
    /// The role of whoever is new, where no claim gives one. None lets only those in who have an account.
    #[serde(default)]
    pub otherwise: Option<TeamRole>,
}

/// A claim whose values give roles: a text, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleClaim {
    /// Its name, such as `groups`.
    pub name: String,
    /// In the order in which they count: the first that somebody has.
    pub roles: Vec<ClaimRole>,
    /// Whether the role is theirs at each sign-in anew, and not only that of a new account.
    #[serde(default)]
    pub at_each_sign_in: bool,
}

/// A value of a claim, and the role that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRole {
    pub value: String,
    pub role: TeamRole,
}

/// A provider as an admin sees it. Its secret is never told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    pub id: ProviderId,
    /// What stands on its button.
    pub name: String,
    /// The address by which the provider calls itself.
    pub issuer: String,
    pub client_id: String,
    pub has_secret: bool,
    pub rules: EntryRules,
}

/// The providers of the team, in the order in which they are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Providers {
    pub providers: Vec<Provider>,
    /// The mail domains of the team, whose people join with any of them.
    pub team_domains: Vec<String>,
    /// Where browsers reach the server. A provider has to be told the address `{origin}/sign-in/{id}/callback`.
    pub origin: String,
}

/// A provider as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderDraft {
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// What is kept stays where it is left away; an empty one is of a provider that gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    #[serde(default)]
    pub rules: EntryRules,
}

/// A provider that the team did not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProvider {
    /// For ever: it stands in the address that the provider is told.
    pub id: ProviderId,
    #[serde(flatten)]
    pub draft: ProviderDraft,
}

/// What is asked about a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderQuestion {
    pub issuer: String,
}

/// What a provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFound {
    /// What it calls itself, which may differ in the last slash from what was asked.
    pub issuer: String,
    /// Where it signs people in.
    pub signs_in_at: String,
    /// How many keys it signs with.
    pub keys: u32,
    /// Whether it can be asked for mail addresses and names that it does not say at once.
    pub tells_more: bool,
}
