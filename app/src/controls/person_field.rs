//! Fields that find somebody of the team, or a group of it: only what is listed can be chosen.

use super::completion::{Completion, CompletionKind, Source, Suggestion, Suggestions, list_id};
use leptos::html;
use leptos::prelude::*;
use postmortem::UserId;
use postmortem::api::TeamMember;

/// Why it is not known who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMeant {
    /// Nothing is typed.
    Nothing,
    Nobody,
    /// So many are called so.
    Several(usize),
}

impl NotMeant {
    /// What is said of it where only somebody of the team can be taken.
    pub fn sentence(self, typed: &str) -> String {
        let typed = typed.trim();
        match self {
            Self::Nothing => "Choose somebody of the team from the list.".to_owned(),
            Self::Several(count) => format!("{count} in the team are called “{typed}”. Choose one from the list."),
            Self::Nobody => format!("Nobody else in the team is called “{typed}”."),
        }
    }
}

/// Who is meant by a whole name or mail address, without a choice from the list; a sentence where the team cannot be asked.
pub async fn meant(typed: &str, without: &[UserId]) -> Result<Result<TeamMember, NotMeant>, String> {
    let without: Vec<String> = without.iter().map(ToString::to_string).collect();
    let found = meant_of(Source::People, typed, &without).await?;
    Ok(found.and_then(|found| match found {
        Suggestion::Person(member) => Ok(member),
        Suggestion::Group(_) | Suggestion::Service(_) | Suggestion::NewService(_) | Suggestion::AsTyped(_) => {
            Err(NotMeant::Nobody)
        }
    }))
}

/// The same of what a source has; `without` are ids.
pub async fn meant_of(source: Source, typed: &str, without: &[String]) -> Result<Result<Suggestion, NotMeant>, String> {
    if typed.trim().is_empty() {
        return Ok(Err(NotMeant::Nothing));
    }
    Ok(the_one(source.named(typed, without).await.map_err(|problem| problem.to_string())?))
}

fn the_one<T>(mut meant: Vec<T>) -> Result<T, NotMeant> {
    match (meant.pop(), meant.len()) {
        (None, _) => Err(NotMeant::Nobody),
        (Some(one), 0) => Ok(one),
        (Some(_), others) => Err(NotMeant::Several(others + 1)),
    }
}

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
    /// What is typed, for whoever asks [`meant`] about it.
    #[prop(optional)]
    typed: RwSignal<String>,
    /// Whether it has the keyboard as soon as it is there, with all of its words selected.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let name = Signal::derive(move || chosen.with(|chosen| chosen.as_ref().map(|member| member.person.name.clone())));
    let choose = Callback::new(move |suggestion: Option<Suggestion>| {
        chosen.set(match suggestion {
            Some(Suggestion::Person(member)) => Some(member),
            Some(
                Suggestion::Group(_) | Suggestion::Service(_) | Suggestion::NewService(_) | Suggestion::AsTyped(_),
            )
            | None => None,
        });
    });
    let without = Signal::derive(move || without.with(|ids| ids.iter().map(ToString::to_string).collect()));
    view! { <FinderField id label placeholder source=Source::People typed name choose without autofocus /> }.into_any()
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
    /// Whether it has the keyboard as soon as it is there, with all of its words selected.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get().filter(|_| autofocus) {
            let _ = input.focus();
            // Once it has the words that it begins with.
            request_animation_frame(move || input.select());
        }
    });
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
                    node_ref=input
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
                    on:blur=move |_| completion.leave()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_somebody_where_it_is_one_persons() {
        assert_eq!(the_one(vec!["mara"]), Ok("mara"));
        assert_eq!(the_one(vec!["mara", "m2"]), Err(NotMeant::Several(2)));
        assert_eq!(the_one::<&str>(Vec::new()), Err(NotMeant::Nobody));
        assert!(NotMeant::Several(2).sentence(" Mara ").starts_with("2 in the team are called “Mara”."));
    }
}
