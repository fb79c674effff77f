//! What the incident did to customers, in figures (R64 to R71).

use crate::{ItemId, UserId};
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

pub fn unknown(figures: &[ImpactFigure]) -> impl Iterator<Item = &ImpactFigure> {
    figures.iter().filter(|figure| figure.value.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, Command, FigureChange, FigureDraft, Severity, create};

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
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
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
}
