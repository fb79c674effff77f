//! Bodies of passkeys: those of a person, and what a browser is asked to make or to use one. What it is asked and what it answers
//! is JSON as the Web Authentication API has it, which browsers read and write themselves.

use crate::PasskeyId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A passkey of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// None of one that never signed anybody in.
    #[serde(default)]
    pub used_at: Option<DateTime<Utc>>,
    /// The name of the server for which it was made, where that is not today's: it signs nobody in here.
    #[serde(default)]
    pub made_for: Option<String>,
}

/// What is asked before a passkey is added, beside the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyProof {
    /// The session has just begun.
    Nothing,
    /// The password.
    Password,
    /// A session that has just begun: the account has no password.
    NewSession,
}

/// The passkeys of whoever asks, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkeys {
    pub passkeys: Vec<Passkey>,
    pub proof: PasskeyProof,
    /// What the next one may be called: this browser, in a few words.
    pub suggested_name: String,
    /// The origin of the pages in which they can be added and used.
    #[serde(default)]
    pub at: Option<String>,
    /// Why there is no such origin, in a sentence.
    #[serde(default)]
    pub obstacle: Option<String>,
}

/// That a passkey is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NewPasskeyAttempt {
    /// Where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// What a browser is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAttempt {
    /// The options, as `parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()` take them.
    pub options: serde_json::Value,
}

/// A passkey that a browser has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskey {
    pub name: String,
    /// What the browser answered, as its `toJSON()` gives it.
    pub credential: serde_json::Value,
}

/// Another name of a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyChange {
    pub name: String,
}
