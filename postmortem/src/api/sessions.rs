//! Bodies of sessions.

use serde::{Deserialize, Serialize};

/// The name that others will see.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewSession {
    pub name: String,
}
