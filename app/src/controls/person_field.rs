//! Fields that find somebody of the team, or a group of it: only what is listed can be chosen.

use super::completion::{Completion, CompletionKind, Source, Suggestion, Suggestions, list_id};
use leptos::prelude::*;
use postmortem::UserId;
use postmortem::api::TeamMember;

/// A field that finds a person.
#[component]
pub fn PersonField(
    #[prop(into)] id: String,
    /// The accessible name.
    label: &'static str,
    placeholder: &'static str,
    /// Who was chosen; the field is empty again when this is taken away.
    chosen: RwSignal<Option<TeamMember>>,
    /// Who is not offered.
    #[prop(into)]
    without: Signal<Vec<UserId>>,
) -> impl IntoView {
    let name = Signal::derive(move || chosen.with(|chosen| chosen.as_ref().map(|member| member.person.name.clone())));
    let choose = Callback::new(move |suggestion: Option<Suggestion>| {
        chosen.set(match suggestion {
            Some(Suggestion::Person(member)) => Some(member),
            Some(Suggestion::Group(_) | Suggestion::Service(_) | Suggestion::NewService(_)) | None => None,
        });
    });
    let without = Signal::derive(move || without.with(|ids| ids.iter().map(ToString::to_string).collect()));
    let typed = RwSignal::new(String::new());
    view! { <FinderField id label placeholder source=Source::People typed name choose without /> }.into_any()
}

/// A field that finds what its source has.
#[component]
pub fn FinderField(
    #[prop(into)] id: String,
    /// The accessible name.
    label: &'static str,
    placeholder: &'static str,
    source: Source,
    /// What stands in it.
    typed: RwSignal<String>,
    /// The name of what is chosen.
    name: Signal<Option<String>>,
    /// Told what was chosen, and nothing when something else is typed.
    choose: Callback<Option<Suggestion>>,
    without: Signal<Vec<String>>,
) -> impl IntoView {
    let kind = CompletionKind { source, is_strict: true, without, may_add: Signal::stored(false) };
    let chosen = Callback::new(move |suggestion: Suggestion| {
        typed.set(suggestion.name().to_owned());
        choose.run(Some(suggestion));
    });
    let completion = Completion::new(kind, chosen);
    Effect::new(move |before: Option<Option<String>>| {
        let name = name.get();
        // Taken by whoever asked; somebody who types on has other letters in the field.
        if name.is_none() && before.flatten().is_some_and(|before| typed.with_untracked(|typed| *typed == before)) {
            typed.set(String::new());
        }
        name
    });
    let (list, option) = (list_id(&id), id.clone());
    view! {
        <div class="finds">
            <div class="field">
                <input
                    id=id.clone()
                    role="combobox"
                    aria-label=label
                    aria-autocomplete="list"
                    aria-expanded=move || completion.is_open().to_string()
                    aria-controls=list
                    aria-activedescendant=move || completion.active(&option)
                    placeholder=placeholder
                    autocomplete="off"
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        typed.set(text.clone());
                        choose.run(None);
                        completion.type_in(&text);
                    }
                    on:blur=move |_| completion.close()
                    on:keydown=move |event| {
                        if !event.is_composing() && completion.key(&event.key()) {
                            event.prevent_default();
                            event.stop_propagation();
                        }
                    }
                />
            </div>
            <Suggestions id completion />
        </div>
    }
    .into_any()
}
