//! Bodies of sessions: signing in, who this browser is, and the devices of a person.

use crate::{Capabilities, Person, SessionId, TeamRole, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What signs in: a mail address with its password, a one-time link, which may set a new password, or a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NewSession {
    Password {
        mail: String,
        password: String,
    },
    Link {
        /// The secret of the link.
        token: String,
        /// The new password, where the link is for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_password: Option<String>,
    },
    Passkey {
        /// What the browser answered, as its `toJSON()` gives it.
        passkey: serde_json::Value,
        /// Who is to sign in, and nobody else; whoever has the passkey where it is left away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<UserId>,
    },
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    #[serde(flatten)]
    pub person: Person,
    /// None of an account that has only tokens.
    #[serde(default)]
    pub mail: Option<String>,
    pub role: TeamRole,
    /// What the role lets them do beside any post-mortem.
    pub capabilities: Capabilities,
    /// The name of the team.
    pub team: String,
    /// In which zone they read times, by its name in the zone database; that of the browser where there is none. It is told to
    /// nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Whether they may sign in with a password, which they can change then.
    #[serde(default)]
    pub has_password: bool,
}

/// What a person changes of themselves; what is left away stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<crate::person::PersonColor>,
    /// One to three letters or digits; nothing in it for those of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// A zone by its name in the zone database; nothing in it for that of the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Another password. Every other session of the person ends with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChange {
    pub old: String,
    pub new: String,
}

/// A browser in which a person is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: SessionId,
    /// Browser and system, as the browser says: `Firefox on Linux`.
    pub label: String,
    pub signed_in_at: DateTime<Utc>,
    /// To ten minutes.
    pub used_at: DateTime<Utc>,
    /// When it ends whatever happens.
    pub ends_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The browsers of a person, the one used last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    pub devices: Vec<Device>,
}
