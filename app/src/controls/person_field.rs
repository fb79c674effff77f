//! Fields that find somebody of the team, or a group of it: only what is listed can be chosen.

use super::completion::{Completion, CompletionKind, Source, Suggestion, Suggestions, list_id};
use crate::client::people;
use leptos::html;
use leptos::prelude::*;
use postmortem::UserId;
use postmortem::api::TeamMember;

/// How many are asked for who may be called as it is typed.
const MOST: u32 = 500;

/// Why it is not known who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMeant {
    /// Nothing is typed.
    Nothing,
    Nobody,
    /// So many are called so.
    Several(usize),
}

/// Who is meant by a whole name or mail address, without a choice from the list; a sentence where the team cannot be asked.
pub async fn meant(typed: &str, without: &[UserId]) -> Result<Result<TeamMember, NotMeant>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Err(NotMeant::Nothing));
    }
    let answer = people::list(typed, MOST).await.map_err(|problem| problem.to_string())?;
    Ok(exactly(answer.people, typed, without))
}

/// The one who is called so, or has this mail address.
fn exactly(found: Vec<TeamMember>, typed: &str, without: &[UserId]) -> Result<TeamMember, NotMeant> {
    let wanted = typed.to_lowercase();
    let is_meant = |member: &TeamMember| {
        let mail = member.mail.as_ref().is_some_and(|mail| mail.to_lowercase() == wanted);
        mail || member.person.name.to_lowercase() == wanted
    };
    let mut meant: Vec<TeamMember> =
        found.into_iter().filter(|member| is_offered(member, without) && is_meant(member)).collect();
    match (meant.pop(), meant.len()) {
        (None, _) => Err(NotMeant::Nobody),
        (Some(one), 0) => Ok(one),
        (Some(_), others) => Err(NotMeant::Several(others + 1)),
    }
}

fn is_offered(member: &TeamMember, without: &[UserId]) -> bool {
    member.suspended_at.is_none() && !member.is_program && !without.contains(&member.person.id)
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
            Some(Suggestion::Group(_) | Suggestion::Service(_) | Suggestion::NewService(_)) | None => None,
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
            input.select();
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

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::person::PersonColor;
    use postmortem::{Person, TeamRole};

    fn member(name: &str) -> TeamMember {
        TeamMember {
            person: Person {
                id: name.parse().expect("an id"),
                name: name.into(),
                color: PersonColor::Rose,
                initials: None,
            },
            mail: None,
            role: TeamRole::Member,
            seen_at: None,
            suspended_at: None,
            owned: 0,
            is_program: false,
        }
    }

    #[test]
    fn a_whole_name_or_mail_address_means_somebody_where_it_is_one_persons() {
        let with_mail = |id: &str, name: &str| {
            let person = Person { name: name.into(), ..member(id).person };
            TeamMember { person, mail: Some(format!("{id}@harbour.example")), ..member(id) }
        };
        let found = || vec![with_mail("mara", "Mara Roth"), with_mail("m2", "Mara Roth"), with_mail("tom", "Tomasz")];
        let meant = |typed: &str, without: &[UserId]| {
            exactly(found(), typed, without).map(|member| member.person.id.to_string())
        };
        assert_eq!(meant("tomasz", &[]).as_deref(), Ok("tom"));
        assert_eq!(meant("M2@harbour.example", &[]).as_deref(), Ok("m2"));
        assert_eq!(meant("Mara Roth", &[]), Err(NotMeant::Several(2)));
        assert_eq!(meant("Mara Roth", &[member("mara").person.id]).as_deref(), Ok("m2"));
        assert_eq!(meant("Mara", &[]), Err(NotMeant::Nobody), "letters of a name may mean anybody");
    }
}
