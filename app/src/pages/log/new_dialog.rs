//! The dialog behind "New post-mortem": title, severity and who finds it, or one of the other beginnings.

use super::import::ImportFlow;
use super::start::{Start, use_start};
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use leptos::prelude::*;
use postmortem::api::NewPostmortem;
use postmortem::{Openness, Severity};

#[component]
pub fn NewDialog(open: RwSignal<bool>, import: ImportFlow) -> impl IntoView {
    view! {
        <Dialog open title="New post-mortem">
            <NewForm open import />
        </Dialog>
    }
    .into_any()
}

#[component]
fn NewForm(open: RwSignal<bool>, import: ImportFlow) -> impl IntoView {
    let start = use_start();
    let title = RwSignal::new(String::new());
    let severity = RwSignal::new(Severity::Sev2);
    let access = RwSignal::new(Openness::Team);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let title = title.get_untracked().trim().to_owned();
        start.blank(NewPostmortem { title, severity: severity.get_untracked(), access: access.get_untracked() });
    };
    view! {
        <form on:submit=submit>
            <div class="body">
                <div>
                    <label class="label" for="new-title">
                        "What happened, in one line"
                    </label>
                    <div class="field">
                        <input
                            id="new-title"
                            autofocus
                            autocomplete="off"
                            placeholder="Checkout failed for one region"
                            prop:value=move || title.get()
                            on:input=move |event| title.set(event_target_value(&event))
                        />
                    </div>
                </div>
                <div>
                    <label class="label" for="new-severity">
                        "Severity"
                    </label>
                    <div class="field">
                        <select
                            id="new-severity"
                            prop:value=move || severity.get().code()
                            on:change=move |event| {
                                if let Ok(chosen) = event_target_value(&event).parse() {
                                    severity.set(chosen);
                                }
                            }
                        >
                            {Severity::ALL
                                .iter()
                                .map(|level| {
                                    view! {
                                        <option value=level.code() selected=*level == Severity::Sev2>
                                            {level.label()}
                                        </option>
                                    }.into_any()
                                })
                                .collect_view()}
                        </select>
                    </div>
                </div>
                <WhoFindsIt access />
                {move || start.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                <OtherWays start open import access />
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    class="btn primary"
                    disabled=move || start.is_busy.get() || start.lock.is_closed()
                    title=move || start.lock.reason()
                >
                    "Start"
                </button>
            </footer>
        </form>
    }
    .into_any()
}

/// Whether the team finds it, or only those who are named in it later.
#[component]
fn WhoFindsIt(access: RwSignal<Openness>) -> impl IntoView {
    let choices = [
        (Openness::Team, "The team", None),
        (Openness::Private, "Only you: private", Some("No trace of it for others, until you let them in under Share.")),
    ];
    view! {
        <fieldset class="opts">
            <legend class="label">"Who finds it"</legend>
            {choices
                .map(|(choice, words, consequence)| {
                    view! {
                        <label class="opt">
                            <input
                                type="radio"
                                name="new-access"
                                value=choice.code()
                                checked=choice == Openness::Team
                                on:change=move |_| access.set(choice)
                            />
                            <span>
                                {words}
                                {consequence.map(|consequence| view! { <small>{consequence}</small> }.into_any())}
                            </span>
                        </label>
                    }.into_any()
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

/// The ways to a post-mortem that is not empty.
#[component]
fn OtherWays(start: Start, open: RwSignal<bool>, import: ImportFlow, access: RwSignal<Openness>) -> impl IntoView {
    let is_private = move || access.get() == Openness::Private;
    view! {
        <ul class="aside-list">
            <li>
                <button
                    type="button"
                    disabled=move || start.is_busy.get() || start.lock.is_closed() || is_private()
                    title=move || {
                        start.lock.reason().or(is_private().then(|| "The example is for the team.".to_owned()))
                    }
                    on:click=move |_| start.example()
                >
                    <b>"Open an example"</b>
                    <small>"GitHub, 21 October 2018: 19 entries, finished"</small>
                </button>
            </li>
            <li>
                <button
                    type="button"
                    disabled=move || start.lock.is_closed()
                    title=move || start.lock.reason()
                    on:click=move |_| {
                        // It goes with the dialog.
                        let access = access.get_untracked();
                        open.set(false);
                        import.choose(access);
                    }
                >
                    <b>"Import a file"</b>
                    <small>"JSON, one incident each. Files can also be dropped on the log."</small>
                </button>
            </li>
        </ul>
    }
    .into_any()
}
