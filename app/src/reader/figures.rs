//! What the incident did, in figures: value first. Zero is a figure that was checked; an unknown one says so.

use crate::controls::icon::{Icon, IconName};
use chrono::TimeDelta;
use leptos::prelude::*;
use postmortem::impact::TIMED_SEVERITIES;
use postmortem::{Details, Postmortem, Severity, TimelineEntry, duration, rail};

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
    // "none; a few writes had to be reconciled" is a zero with its remark.
    let value = value.split(';').next().unwrap_or(value).trim();
    value == "0" || value.eq_ignore_ascii_case("none") || value.eq_ignore_ascii_case("zero")
}

/// Whether a figure was written as words rather than as a number, and is therefore set smaller.
pub fn is_long(value: &str) -> bool {
    value.chars().count() > 24
}

/// The time at a severity, from the entries that change it (R65, R66). While they do not tell it, the note says what they
/// lack.
pub fn time_in_severity(severity: Severity, entries: &[TimelineEntry], details: &Details) -> Reading {
    let (value, note) = match rail::time_in(severity, entries, details) {
        Some(time) if time > TimeDelta::zero() => (Some(duration::in_words(time)), "from status changes".to_owned()),
        Some(_) => (Some("0".to_owned()), format!("no entry begins {}", severity.label())),
        None if details.resolved_at.is_none() => (None, "counted once the incident is resolved".to_owned()),
        None => (None, "mark the entries where the severity changes".to_owned()),
    };
    Reading { label: format!("Time in {}", severity.label()), value, note }
}

/// The times at each severity that the incident was at.
fn times_in_severity(postmortem: &Postmortem) -> impl Iterator<Item = Reading> + '_ {
    let reading = |severity: &Severity| time_in_severity(*severity, &postmortem.timeline, &postmortem.details);
    TIMED_SEVERITIES.iter().map(reading).filter(|reading| !reading.value.as_deref().is_none_or(is_zero))
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
    times_in_severity(postmortem).chain(written.filter(told)).collect()
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
        assert!(is_zero("none; a few writes were reconciled by hand"));
        assert!(!is_zero("0,5 %"));
        assert!(!is_zero("0.5 %"));
        assert!(!is_zero(""));
    }

    #[test]
    fn r65_r66_a_time_in_a_severity_is_told_or_says_what_it_lacks() {
        let at = |text: &str| text.parse().ok();
        let mut entry = TimelineEntry {
            id: "e".parse().unwrap(),
            at: at("2018-10-21T22:52:00Z"),
            until: None,
            precision: postmortem::Precision::Minute,
            kind: postmortem::EntryKind::StatusChange,
            text: String::new(),
            source: None,
            note: String::new(),
            severity: None,
            clock: String::new(),
            readings: Vec::new(),
            stamp: postmortem::Stamp::default(),
        };
        let mut details = Details::default();
        let told = |entry: &TimelineEntry, details: &Details| {
            TIMED_SEVERITIES.map(|severity| {
                let Reading { value, note, .. } = time_in_severity(severity, std::slice::from_ref(entry), details);
                (value, note)
            })
        };
        assert_eq!(told(&entry, &details)[0], (None, "counted once the incident is resolved".to_owned()));
        details.resolved_at = at("2018-10-21T23:52:00Z");
        assert_eq!(told(&entry, &details)[0], (None, "mark the entries where the severity changes".to_owned()));
        entry.severity = Some(Severity::Sev2);
        let [one, two] = told(&entry, &details);
        assert_eq!(one, (Some("0".to_owned()), "no entry begins SEV-1".to_owned()));
        assert_eq!(two, (Some("1\u{a0}h".to_owned()), "from status changes".to_owned()));
    }
}
