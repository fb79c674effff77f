//! What is to be done, what for, with the tags that its ticket carries, and why it is not done where it was declined.

use super::handle::ActionHandle;
use crate::controls::choice::{Choice, options};
use crate::controls::edit_in_place::EditInPlace;
use crate::editor::written::Written;
use crate::pages::postmortem::changes::ChangeMark;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{ActionChange, ActionKind, ActionState, Details, TextId};

#[component]
pub fn What(action: ActionHandle, is_writing: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let text = Signal::derive(move || action.read(|action| action.text.clone()));
    let kind = Signal::derive(move || action.read(|action| action.kind.code().to_owned()));
    let is_declined = Memo::new(move |_| action.read(|action| action.state == ActionState::Declined));
    let tags = Memo::new(move |_| open.parts.details.with(tags));
    view! {
        <div class="do">
            <Written
                text=TextId::Action(action.id())
                value=text
                label="Action item"
                placeholder="What is to be done"
                is_editing=is_writing
            />
        </div>
        <div>
            <Choice
                label="What the action is for"
                value=kind
                options=options!(ActionKind)
                chosen=action.choice(|code| code.parse().ok().map(ActionChange::Kind))
            />
            <span class="chip tag">{move || tags.get().0}</span>
            {move || tags.get().1.map(|tag| view! { <span class="chip tag">{tag}</span> }.into_any())}
            <ChangeMark place=format!("actions/{}", action.id()) />
        </div>
        <Show when=move || is_declined.get()>
            <Why action />
        </Show>
    }
    .into_any()
}

#[component]
fn Why(action: ActionHandle) -> impl IntoView {
    let reason = Signal::derive(move || action.read(|action| action.reason.clone()));
    let shown = Signal::derive(move || {
        let reason = reason.get();
        (!reason.trim().is_empty()).then(|| format!("Declined: {reason}"))
    });
    view! {
        <div class="why">
            <EditInPlace
                label="Why it is declined"
                shown
                placeholder="Say why it is declined"
                typed=reason
                commit=action.words(ActionChange::Reason)
                example="The return is not worth it, since…"
            />
        </div>
    }
    .into_any()
}

/// The tags by which tickets of the incident are found (R82): its severity, and the same with its day once that is known.
fn tags(details: &Details) -> (String, Option<String>) {
    let day = details.started_at.map(|at| at.date_naive());
    (format!("sev{}", details.severity.number()), day.map(|day| details.severity.tag(day)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::Severity;

    #[test]
    fn the_tag_of_the_day_waits_for_the_day() {
        let undated = Details { severity: Severity::Sev1, ..Details::default() };
        assert_eq!(tags(&undated), ("sev1".to_owned(), None));
        let dated = Details { started_at: "2018-10-21T22:52:00Z".parse().ok(), ..undated };
        assert_eq!(tags(&dated), ("sev1".to_owned(), Some("sev1_20181021".to_owned())));
    }
}
