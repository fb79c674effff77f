//! What the incident did, in figures: value first. Zero is a figure that was checked; an unknown one says so.

use crate::controls::icon::{Icon, IconName};
use leptos::prelude::*;
use postmortem::{Postmortem, Severity, duration, rail};

/// One figure as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What was counted.
    pub label: String,
    /// The figure; absent while nobody knows it.
    pub value: Option<String>,
    /// How it was found.
    pub note: String,
}

/// Whether a figure says that nothing was hit, which is then worth the word "Checked".
pub fn is_zero(value: &str) -> bool {
    let value = value.trim();
    value == "0" || value.eq_ignore_ascii_case("none") || value.eq_ignore_ascii_case("zero")
}

/// Whether a figure was written as words rather than as a number, and is therefore set smaller.
pub fn is_long(value: &str) -> bool {
    value.chars().count() > 24
}

/// The time at each severity, from the entries that change it (R65, R66).
pub fn times_in_severity(postmortem: &Postmortem) -> Vec<Reading> {
    [Severity::Sev1, Severity::Sev2]
        .into_iter()
        .filter_map(|severity| {
            let time = rail::time_in(severity, &postmortem.timeline, &postmortem.details)?;
            (time > chrono::TimeDelta::zero()).then(|| Reading {
                label: format!("Time in {}", severity.label()),
                value: Some(duration::in_words(time)),
                note: "from status changes".to_owned(),
            })
        })
        .collect()
}

/// The figures that are known, those counted from the timeline first. One that only repeats the duration is left out:
/// the head of the page says it already.
pub fn known(postmortem: &Postmortem) -> Vec<Reading> {
    let whole = postmortem.details.duration().map(duration::in_words);
    let repeats =
        |value: &str| whole.as_deref().is_some_and(|whole| whole.split_whitespace().eq(value.split_whitespace()));
    let written = postmortem.impact.iter().map(|figure| Reading {
        label: figure.label.clone(),
        value: figure.value.clone(),
        note: figure.note.clone(),
    });
    let told =
        |reading: &Reading| reading.value.as_deref().is_some_and(|value| !value.trim().is_empty() && !repeats(value));
    times_in_severity(postmortem).into_iter().chain(written.filter(told)).collect()
}

/// One figure.
#[component]
pub fn Figure(reading: Reading) -> impl IntoView {
    let Reading { label, value, note } = reading;
    let zero = value.as_deref().is_some_and(is_zero);
    let value = match value {
        None => view! { <dd class="v"><span class="todo">"Not known yet"</span></dd> }.into_any(),
        Some(value) => {
            let class = if is_long(&value) { "v long" } else { "v" };
            view! { <dd class=class>{value}</dd> }.into_any()
        }
    };
    let words = match (zero, note.is_empty()) {
        (true, true) => Some("Checked".to_owned()),
        (true, false) => Some(format!("Checked: {note}")),
        (false, false) => Some(note),
        (false, true) => None,
    };
    let check = zero.then(|| view! { <Icon name=IconName::Check small=true/> });
    view! {
        <div>
            <dt>{label}</dt>
            {value}
            {words.map(|words| view! { <dd class="n">{check}<span>{words}</span></dd> })}
        </div>
    }
}

/// Figures in their grid.
#[component]
pub fn Figures(readings: Vec<Reading>) -> impl IntoView {
    let figures: Vec<_> = readings.into_iter().map(|reading| view! { <Figure reading=reading/> }).collect();
    view! { <dl class="figs">{figures}</dl> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_recognised_in_figures_and_words() {
        assert!(is_zero("0"));
        assert!(is_zero(" None "));
        assert!(!is_zero("0.5 %"));
        assert!(!is_zero(""));
    }
}
