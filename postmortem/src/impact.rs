//! What the incident did to customers, in figures (R64 to R71).

use crate::{Details, ItemId, Severity, TimelineEntry, rail};
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

/// The severities whose time every post-mortem tells (R65, R66).
pub const TIMED_SEVERITIES: [Severity; 2] = [Severity::Sev1, Severity::Sev2];

/// The figures that nobody knows yet.
pub fn unknown(figures: &[ImpactFigure]) -> impl Iterator<Item = &ImpactFigure> {
    figures.iter().filter(|figure| figure.value.is_none())
}

/// How many figures are known, and of how many: those that people find out, and the times at SEV-1 and SEV-2, which the
/// timeline tells.
pub fn known(figures: &[ImpactFigure], entries: &[TimelineEntry], details: &Details) -> (usize, usize) {
    let told = TIMED_SEVERITIES.iter().filter(|severity| rail::time_in(**severity, entries, details).is_some()).count();
    let found = figures.len() - unknown(figures).count();
    (found + told, figures.len() + TIMED_SEVERITIES.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r64_a_zero_is_known_and_an_absent_value_is_not() {
        let figure = |value: Option<&str>| ImpactFigure {
            id: "f".parse().expect("an id"),
            label: "Users affected".into(),
            value: value.map(str::to_owned),
            note: String::new(),
        };
        let figures = [figure(Some("0")), figure(None)];
        assert_eq!(known(&figures, &[], &Details::default()), (1, 4));
        assert_eq!(unknown(&figures).count(), 1);
    }
}
