//! The review meeting: when it is held, and how far the day for it is away.

use crate::browser::clock;
use crate::controls::time_field::TimeField;
use crate::state::postmortem::open::use_open;
use chrono::TimeDelta;
use leptos::prelude::*;
use postmortem::deadline::{self, Distance, Today};
use postmortem::{Command, Details, Near, Zone, duration, quick_entry};

#[component]
pub fn Meeting() -> impl IntoView {
    let open = use_open();
    let details = open.parts.details;
    let meeting = Signal::derive(move || details.with(|details| details.meeting_at));
    let distance = Memo::new(move |_| details.with(|details| distance(details, clock::today())));
    // What is planned is not in the past.
    let read = Callback::new(move |text: String| {
        let (now, reference) = (clock::now(), meeting.get_untracked());
        let last = reference.unwrap_or(now).max(now) + TimeDelta::days(1);
        quick_entry::parse_exact_time(&text, &Near { reference, ..Near::now(last, Zone::UTC) })
    });
    view! {
        <TimeField
            label="Review meeting"
            value=meeting
            zone=Signal::stored(Zone::UTC)
            read
            placeholder="Set a time"
            commit=Callback::new(move |at| open.try_edit(&Command::SetMeeting(at)))
        />
        {move || {
            distance
                .get()
                .map(|Distance { words, is_late }| view! { <span class="q" class:late=is_late>{words}</span> }.into_any())
        }}
    }
    .into_any()
}

/// How far the review is away. A meeting that was held is no longer late; while there is none, the last day for it is told.
fn distance(details: &Details, today: Today) -> Option<Distance> {
    let Some(due) = deadline::review_due(details, today) else {
        let held = today.day_of(details.meeting_at?) - today.date;
        return Some(Distance { words: duration::days_in_words(held.num_days()), is_late: false });
    };
    let distance = Distance::of(due, today);
    let by = if details.meeting_at.is_none() { format!("by {}, ", due.format("%a %-d %b")) } else { String::new() };
    Some(Distance { words: format!("{by}{}", distance.words), ..distance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use postmortem::Status;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn the_last_day_is_told_while_no_meeting_is_set() {
        let today = Today::at(at("2018-10-25T12:00:00Z"), Zone::UTC);
        let over = Details { resolved_at: Some(at("2018-10-22T23:03:00Z")), ..Details::default() };
        let told = distance(&over, today).expect("a distance");
        assert!(told.words.starts_with("by Mon 29 Oct, ") && !told.is_late, "{}", told.words);
        let planned = Details { meeting_at: Some(at("2018-10-26T09:00:00Z")), ..over };
        assert!(distance(&planned, today).is_some_and(|told| !told.words.starts_with("by")));
        assert_eq!(distance(&Details::default(), today), None);
    }

    #[test]
    fn a_meeting_that_was_held_is_not_late() {
        let today = Today::at(at("2018-11-25T12:00:00Z"), Zone::UTC);
        let missed = Details { meeting_at: Some(at("2018-10-26T09:00:00Z")), ..Details::default() };
        assert!(distance(&missed, today).is_some_and(|told| told.is_late));
        let held = Details { status: Status::Reviewed, ..missed };
        assert!(distance(&held, today).is_some_and(|told| !told.is_late));
    }
}
