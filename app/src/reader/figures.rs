//! What the incident did, in figures: value first. A zero says who checked it; an unknown figure says that it is.

use crate::reader::icon::{Icon, IconName};
use chrono::TimeDelta;
use leptos::prelude::*;
use postmortem::impact::is_zero;
use postmortem::severity_time::TIMED_SEVERITIES;
use postmortem::severity_time::{Basis, TimeIn, Untold, time_in};
use postmortem::{Details, ImpactFigure, Postmortem, Severity, TimelineEntry, duration};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureReading {
    pub label: String,
    /// The figure; absent while nobody knows it.
    pub value: Option<String>,
    /// How it was found.
    pub note: String,
    /// Who checked that it is zero, in the middle of a sentence.
    pub checked_by: Option<String>,
}

/// Whether a figure was written as words rather than as a number, and is therefore set smaller.
pub fn is_long(value: &str) -> bool {
    value.chars().count() > 24
}

/// The time at a severity (R65, R66), and what says it or what it lacks.
pub fn time_in_severity(severity: Severity, entries: &[TimelineEntry], details: &Details) -> FigureReading {
    let name = severity.label();
    let (value, note) = match time_in(severity, entries, details) {
        Ok(TimeIn { most, basis, .. }) if most <= TimeDelta::zero() => {
            let begins = entries.iter().any(|entry| entry.severity == Some(severity));
            let note = match (basis, begins) {
                (Basis::Own, _) => format!("no entry says a severity, and this is a {}", details.severity.label()),
                (Basis::Entries, false) => format!("no entry begins {name}"),
                (Basis::Entries, true) => format!("{name} begins outside of the incident"),
            };
            (Some("0".to_owned()), note)
        }
        Ok(TimeIn { least, most, is_about, basis }) => {
            let about = if is_about { "about " } else { "" };
            let note = match basis {
                Basis::Entries => "from status changes",
                Basis::Own => "the severity of the whole incident, since no entry says one",
            };
            (Some(format!("{about}{}", duration::range_in_words(least, most))), note.to_owned())
        }
        Err(untold) => (None, lack(untold).to_owned()),
    };
    FigureReading { label: format!("Time in {name}"), value, note, checked_by: None }
}

fn lack(untold: Untold) -> &'static str {
    match untold {
        Untold::Unresolved => "counted once the incident is resolved",
        Untold::NoStart => "counted once the start is known",
        Untold::Undated => "an entry that changes the severity has no time",
        Untold::Contradicted => "start and resolution cannot both be true",
    }
}

/// The times at each severity that the incident was at.
fn times_in_severity(postmortem: &Postmortem) -> impl Iterator<Item = FigureReading> + '_ {
    let reading = |severity: &Severity| time_in_severity(*severity, &postmortem.timeline, &postmortem.details);
    TIMED_SEVERITIES.iter().map(reading).filter(|reading| !reading.value.as_deref().is_none_or(is_zero))
}

/// The figures that are known, those counted from the timeline first. One that only repeats the duration is left out:
/// the head of the page says it already. `who` says in the middle of a sentence who checked a figure.
pub fn known(postmortem: &Postmortem, who: impl Fn(&ImpactFigure) -> String) -> Vec<FigureReading> {
    let whole = postmortem.details.duration().map(duration::in_words);
    let repeats =
        |value: &str| whole.as_deref().is_some_and(|whole| whole.split_whitespace().eq(value.split_whitespace()));
    let written = postmortem.impact.iter().map(|figure| FigureReading {
        label: figure.label.clone(),
        value: figure.value.clone(),
        note: figure.note.clone(),
        checked_by: figure
            .checked_by
            .as_ref()
            .filter(|_| figure.value.as_deref().is_some_and(is_zero))
            .map(|_| who(figure)),
    });
    let told = |reading: &FigureReading| {
        reading.value.as_deref().is_some_and(|value| !value.trim().is_empty() && !repeats(value))
    };
    times_in_severity(postmortem).chain(written.filter(told)).collect()
}

#[component]
pub fn Figure(reading: FigureReading) -> impl IntoView {
    let FigureReading { label, value, note, checked_by } = reading;
    let value = match value {
        None => view! { <dd class="v"><span class="todo">"Not known yet"</span></dd> }.into_any(),
        Some(value) => {
            let class = if is_long(&value) { "v long" } else { "v" };
            view! { <dd class=class>{value}</dd> }.into_any()
        }
    };
    let check = checked_by.is_some().then(|| view! { <Icon name=IconName::Check small=true/> });
    let words = match (checked_by, note.is_empty()) {
        (Some(who), true) => Some(format!("Checked by {who}")),
        (Some(who), false) => Some(format!("Checked by {who}: {note}")),
        (None, false) => Some(note),
        (None, true) => None,
    };
    view! {
        <div>
            <dt>{label}</dt>
            {value}
            {words.map(|words| view! { <dd class="n">{check}<span>{words}</span></dd> })}
        </div>
    }
}

#[component]
pub fn Figures(readings: Vec<FigureReading>) -> impl IntoView {
    let figures: Vec<_> = readings.into_iter().map(|reading| view! { <Figure reading=reading/> }).collect();
    view! { <dl class="figs">{figures}</dl> }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let FigureReading { value, note, .. } =
                    time_in_severity(severity, std::slice::from_ref(entry), details);
                (value, note)
            })
        };
        assert_eq!(told(&entry, &details)[0], (None, "counted once the incident is resolved".to_owned()));
        details.resolved_at = at("2018-10-21T23:52:00Z");
        assert_eq!(told(&entry, &details)[0], (None, "counted once the start is known".to_owned()));
        details.started_at = at("2018-10-21T22:52:00Z");
        let [one, two] = told(&entry, &details);
        assert_eq!(one, (Some("0".to_owned()), "no entry says a severity, and this is a SEV-2".to_owned()));
        let whole = "the severity of the whole incident, since no entry says one".to_owned();
        assert_eq!(two, (Some("1\u{a0}h".to_owned()), whole));
        entry.severity = Some(Severity::Sev2);
        let [one, two] = told(&entry, &details);
        assert_eq!(one, (Some("0".to_owned()), "no entry begins SEV-1".to_owned()));
        assert_eq!(two, (Some("1\u{a0}h".to_owned()), "from status changes".to_owned()));
        let other = postmortem::OtherReading { at: "2018-10-21T22:55:00Z".parse().unwrap(), clock: String::new() };
        entry.readings.push(other);
        entry.precision = postmortem::Precision::About;
        let value = told(&entry, &details)[1].0.clone().unwrap_or_default();
        assert_eq!(value.replace('\u{a0}', " "), "about 57 min to 1 h");
        entry.at = None;
        assert_eq!(told(&entry, &details)[1], (None, "an entry that changes the severity has no time".to_owned()));
    }
}
