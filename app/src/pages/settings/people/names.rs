//! Names from before there were accounts, each until somebody says whose it was.

use super::directory::{Directory, PeopleRow};
use super::words;
use crate::client::people;
use crate::controls::field::ErrorLine;
use crate::controls::list::{List, by_id};
use crate::controls::person_field::{PersonField, meant};
use crate::controls::question::{Press, Question, press_once};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::UserId;
use postmortem::api::{NameWithoutAccount, TeamMember};

#[component]
pub fn Names(directory: Directory) -> impl IntoView {
    let ids = Memo::new(move |_| {
        directory.people.with(|people| {
            let names = people.iter().flat_map(|people| &people.names);
            names.map(|name| name.person.id.to_string()).collect::<Vec<_>>()
        })
    });
    let row = by_id(move |id: UserId| view! { <Row directory id /> }.into_any());
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <section class="wide">
                <header>
                    <h2>"Names without an account"</h2>
                    <span class="note">"typed before accounts were there"</span>
                </header>
                <table class="t">
                    <thead class="vh">
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Is the same as"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <List keys=ids row=row.clone() />
                    </tbody>
                </table>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(directory: Directory, id: UserId) -> impl IntoView {
    let wanted = id.clone();
    let find = move |people: &Option<postmortem::api::People>| {
        people.as_ref()?.names.iter().find(|name| name.person.id == wanted).cloned()
    };
    let name = Memo::new(move |before: Option<&Option<NameWithoutAccount>>| {
        directory.people.with(&find).or_else(|| before.cloned().flatten())
    });
    let place = PeopleRow::Person(id.clone());
    view! {
        <tr>
            <td>
                {move || {
                    name.get()
                        .map(|name| {
                            view! {
                                <b>{name.person.name.clone()}</b>
                                <small>{words::written(&name)}</small>
                            }.into_any()
                        })
                }}
                {move || directory.error_at(&place).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </td>
            <td class="do">
                <Join directory id />
            </td>
        </tr>
    }
    .into_any()
}

/// Whose the name was, and the button that says so: what is one is never two again.
#[component]
fn Join(directory: Directory, id: UserId) -> impl IntoView {
    let lock = directory.lock();
    let (chosen, typed) = (RwSignal::new(None::<TeamMember>), RwSignal::new(String::new()));
    let question = Question::default();
    let field = format!("same-as-{id}");
    let join = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let place = PeopleRow::Person(id.clone());
        let Some(member) = chosen.get_untracked() else {
            let words = typed.get_untracked();
            spawn_local(async move {
                match meant(&words, &[]).await {
                    // Asked about by its name, as if it was chosen.
                    Ok(Ok(member)) => {
                        typed.try_set(member.person.name.clone());
                        chosen.try_set(Some(member));
                        question.press();
                    }
                    Ok(Err(problem)) => directory.refuse(place, problem.sentence(&words)),
                    Err(sentence) => directory.refuse(place, sentence),
                }
            });
            return;
        };
        if question.press() == Press::Answers {
            question.end();
            let name = id.clone();
            let done = format!("The name is {}’s now", member.person.name);
            let request = async move { people::join_name(&member.person.id, name).await };
            directory.run(place, request, done);
        }
    };
    view! {
        <form class="two" on:submit=join>
            <PersonField id=field label="Is the same as" placeholder="Is the same as…" chosen without=Vec::new() typed />
            <button
                class="btn small"
                disabled=move || lock.is_closed() || typed.with(|typed| typed.trim().is_empty())
                title=move || lock.reason()
                aria-disabled=move || question.is_deaf()
                on:keydown=press_once
                on:blur=move |_| question.end()
            >
                {move || if question.is_asked() { "Join for good" } else { "Join" }}
            </button>
        </form>
    }
    .into_any()
}
