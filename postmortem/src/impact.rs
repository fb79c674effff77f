//! What the incident did to customers, in figures (R64 to R71).

use crate::{Details, ItemId, Severity, TimelineEntry, UserId, severity_time};
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
    pub label: String,
    /// The figure with its unit, as written; absent while it is not known.
    pub value: Option<String>,
    /// How it was found, or what it leaves out.
    pub note: String,
    /// Who checked that the value is what it is; absent while nobody did, and for another value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<UserId>,
    /// Their name, where whoever read the document knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checker: Option<String>,
}

/// Whether a figure says that nothing was hit, which somebody may have checked.
pub fn is_zero(value: &str) -> bool {
    // "none; a few writes had to be reconciled" is a zero with its remark.
    let value = value.split(';').next().unwrap_or(value).trim();
    value == "0" || value.eq_ignore_ascii_case("none") || value.eq_ignore_ascii_case("zero")
}

/// The severities whose time every post-mortem tells (R65, R66).
pub const TIMED_SEVERITIES: [Severity; 2] = [Severity::Sev1, Severity::Sev2];

pub fn unknown(figures: &[ImpactFigure]) -> impl Iterator<Item = &ImpactFigure> {
    figures.iter().filter(|figure| figure.value.is_none())
}

/// How many figures are known, and of how many: those that people find out, and the times at SEV-1 and SEV-2, which the
/// timeline tells.
pub fn known(figures: &[ImpactFigure], entries: &[TimelineEntry], details: &Details) -> (usize, usize) {
    let told =
        TIMED_SEVERITIES.iter().filter(|severity| severity_time::time_in(**severity, entries, details).is_ok()).count();
    let found = figures.len() - unknown(figures).count();
    (found + told, figures.len() + TIMED_SEVERITIES.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, FigureChange, FigureDraft, create};

    #[test]
    fn zero_is_recognised_in_figures_and_words() {
        assert!(is_zero("0"));
        assert!(is_zero(" None "));
        assert!(is_zero("none; a few writes were reconciled by hand"));
        assert!(!is_zero("0,5 %"));
        assert!(!is_zero("0.5 %"));
        assert!(!is_zero(""));
    }

    #[test]
    fn a_check_is_somebodys_and_of_the_value_that_was_checked() {
        let replica = create::create(1, "x", Severity::Sev2).expect("made");
        let (id, mara): (ItemId, UserId) = ("f".parse().expect("an id"), "mara".parse().expect("an id"));
        let change = |change| replica.run(&Command::ChangeFigure(id.clone(), change)).expect("run");
        let checked_by = || replica.read().postmortem.impact[0].checked_by.clone();
        let draft = FigureDraft { label: "Orders lost".into(), value: Some("0".into()), ..FigureDraft::default() };
        replica.run(&Command::AddFigure(id.clone(), draft)).expect("run");
        assert_eq!(checked_by(), None, "an import checks nothing");
        change(FigureChange::CheckedBy(mara.clone()));
        assert_eq!(checked_by(), Some(mara));
        change(FigureChange::Value(Some("none".into())));
        assert_eq!(checked_by(), None, "nobody checked this one");
    }

    #[test]
    fn r64_a_zero_is_known_and_an_absent_value_is_not() {
        let figure = |value: Option<&str>| ImpactFigure {
            id: "f".parse().expect("an id"),
            label: "Users affected".into(),
            value: value.map(str::to_owned),
            note: String::new(),
            checked_by: None,
            checker: None,
        };
        let figures = [figure(Some("0")), figure(None)];
        assert_eq!(known(&figures, &[], &Details::default()), (1, 4));
        assert_eq!(unknown(&figures).count(), 1);
    }
}
