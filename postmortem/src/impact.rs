//! What the incident did to customers, in figures (R64 to R71).

use crate::ItemId;
use serde::{Deserialize, Serialize};

/// The figures that every new post-mortem asks for, as key and label: they are usually 0, but always checked (R67 to
/// R71).
pub const TEMPLATE_FIGURES: &[(&str, &str)] = &[
    ("accounts_affected", "Accounts affected"),
    ("users_affected", "Users affected"),
    ("support_requests", "Support requests raised"),
    ("events_dropped", "Events dropped or not accepted"),
    ("notifications_late", "Notifications delivered out of SLA"),
];

/// One figure. "0" is a value; an absent value means that nobody knows yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpactFigure {
    /// The key of the figure in the document.
    pub id: ItemId,
    /// What was counted.
    pub label: String,
    /// The figure with its unit, as written; absent while it is not known.
    pub value: Option<String>,
    /// How it was found, or what it leaves out.
    pub note: String,
}
