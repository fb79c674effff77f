//! Bodies of versions and restorations.

use crate::{Defect, Postmortem, Version};
use serde::{Deserialize, Serialize};

/// What was kept, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Versions {
    pub versions: Vec<Version>,
}

/// The whole value of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VersionShown {
    pub version: u32,
    pub postmortem: Postmortem,
    /// What could not be read as meant.
    #[serde(default)]
    pub defects: Vec<Defect>,
}

/// Which version is to be restored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct NewRestoration {
    pub version: u32,
}

/// That a version was restored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Restoration {
    pub version: u32,
    /// The version that undoes it; null where nothing had to change.
    pub before: Option<u32>,
}
