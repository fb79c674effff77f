//! By when an action item is due: the date, how far it is away, and what speaks against it.

use super::handle::ActionHandle;
use crate::browser::clock;
use crate::controls::edit_in_place::EditInPlace;
use crate::reader::time::day;
use crate::state::postmortem::open::use_open;
use chrono::NaiveDate;
use leptos::prelude::*;
use postmortem::deadline::{Distance, Today};
use postmortem::{ActionChange, ActionState, contradiction};

#[component]
pub fn Due(action: ActionHandle) -> impl IntoView {
    let open = use_open();
    let due = Signal::derive(move || action.read(|action| action.due));
    let distance = Memo::new(move |_| action.read(|action| distance(action.due, action.state, clock::today())));
    let wrong = Memo::new(move |_| {
        let due = due.get()?;
        open.parts.details.with(|details| contradiction::of_due(due, details))
    });
    let commit = Callback::new(move |text: String| action.change(ActionChange::Due(read(&text)?)));
    view! {
        <td
            class="due-col due"
            class:late=move || distance.with(|distance| distance.as_ref().is_some_and(|distance| distance.is_late))
        >
            <EditInPlace
                label="Due"
                shown=Signal::derive(move || due.get().map(day))
                placeholder="Set date"
                typed=Signal::derive(move || due.get().map(|due| due.to_string()).unwrap_or_default())
                commit
                kind="date"
            />
            {move || match wrong.get() {
                Some(sentence) => Some(view! { <small class="doubtful">{sentence}</small> }.into_any()),
                None => distance.get().map(|Distance { words, .. }| view! { <small>{words}</small> }.into_any()),
            }}
        </td>
    }
    .into_any()
}

/// How far the date is away, which matters only while there is something to do.
fn distance(due: Option<NaiveDate>, state: ActionState, today: Today) -> Option<Distance> {
    due.filter(|_| state == ActionState::Open).map(|due| Distance::of(due, today))
}

/// A date as a field of dates gives it; nothing where it was taken away.
fn read(text: &str) -> Result<Option<NaiveDate>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "This is not a date. Write it as 2018-11-06.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::Zone;

    #[test]
    fn only_what_is_to_be_done_can_be_late() {
        let today = Today::at("2018-11-08T12:00:00Z".parse().expect("a time"), Zone::UTC);
        let due = read("2018-11-06").expect("a date");
        assert_eq!(distance(due, ActionState::Open, today).map(|distance| distance.is_late), Some(true));
        assert_eq!(distance(due, ActionState::Done, today), None);
        assert_eq!(distance(None, ActionState::Open, today), None);
    }

    #[test]
    fn an_empty_field_takes_the_date_away_and_another_text_is_refused() {
        assert_eq!(read("  "), Ok(None));
        assert!(read(" 2018-11-06 ").is_ok_and(|due| due.is_some()));
        assert!(read("tomorrow").is_err_and(|sentence| sentence.contains("2018-11-06")));
    }
}
