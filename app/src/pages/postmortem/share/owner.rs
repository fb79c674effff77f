//! Whose the post-mortem is, and handing it over: apart from the roles, since one person gives and one takes.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, draft};
use crate::controls::avatar::NameAvatar;
use crate::controls::person_field::{PersonField, meant};
use crate::controls::question::{Press, Question, press_once};
use crate::reader::Avatar;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::TeamMember;
use postmortem::{HeadRow, Person};

#[component]
pub fn Ownership(sharing: Sharing) -> impl IntoView {
    let may_change = Memo::new(move |_| sharing.may_change());
    let owner = Memo::new(move |_| {
        sharing.seen.with(|seen| seen.as_ref().and_then(draft::owner).map(|owner| owner.person.clone()))
    });
    let outside = use_outside();
    view! {
        <h3>"Owner"</h3>
        <div class="hand">
            {move || match (outside.get(), owner.get()) {
                (Some(name), decides) => view! { <Outside name decides /> }.into_any(),
                (None, Some(person)) => {
                    view! {
                        <p>
                            <span aria-hidden="true">
                                <Avatar person=person.clone() small=true />
                            </span>
                            <span>{person.name}</span>
                        </p>
                    }
                        .into_any()
                }
                (None, None) => view! { <p class="q">"Nobody owns it."</p> }.into_any(),
            }}
            {move || may_change.get().then(|| view! { <HandOver sharing owner /> }.into_any())}
        </div>
    }
    .into_any()
}

/// The name of somebody outside of the team whom the head shows as the owner.
pub fn use_outside() -> Memo<Option<String>> {
    let open = use_open();
    Memo::new(move |_| {
        let outside = |head: &HeadRow| head.owner_id.is_none() && !head.owner.trim().is_empty();
        open.parts.head.with(|head| head.as_ref().filter(|head| outside(head)).map(|head| head.owner.clone()))
    })
}

/// An owner without an account, and who decides in their place.
#[component]
fn Outside(name: String, decides: Option<Person>) -> impl IntoView {
    let decides =
        decides.map_or_else(|| "An admin of the team decides".to_owned(), |person| format!("{} decides", person.name));
    view! {
        <p>
            <NameAvatar name=name.clone() people=Signal::stored(Vec::new()) small=true />
            <span>{format!("{name} (outside of the team)")}</span>
        </p>
        <p class="hint">{format!("Somebody without an account decides nothing here. {decides} who may do what.")}</p>
    }
    .into_any()
}

#[component]
fn HandOver(sharing: Sharing, owner: Memo<Option<Person>>) -> impl IntoView {
    let (chosen, typed) = (RwSignal::new(None::<TeamMember>), RwSignal::new(String::new()));
    let (question, outside) = (Question::default(), use_outside());
    let own = Signal::derive(move || owner.get().map(|owner| owner.id).into_iter().collect::<Vec<_>>());
    let hand_over = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(member) = chosen.get_untracked() else {
            let (words, without) = (typed.get_untracked(), own.get_untracked());
            spawn_local(async move {
                match meant(&words, &without).await {
                    // Asked about by its name, as if it was chosen.
                    Ok(Ok(member)) => {
                        sharing.forget_error();
                        typed.try_set(member.person.name.clone());
                        chosen.try_set(Some(member));
                        question.press();
                    }
                    Ok(Err(problem)) => sharing.refuse(ShareSpot::Owner, &problem.sentence(&words)),
                    Err(sentence) => sharing.refuse(ShareSpot::Owner, &sentence),
                }
            });
            return;
        };
        sharing.forget_error();
        if question.press() == Press::Answers {
            question.end();
            let done = format!("{} owns it now", member.person.name);
            sharing.change(ShareSpot::Owner, |shown| draft::handed_over(shown, &member), done);
            chosen.set(None);
        }
    };
    view! {
        <form class="two" on:submit=hand_over>
            <PersonField id="new-owner" label="New owner" placeholder="New owner" chosen without=own typed />
            <button
                class="btn"
                disabled=move || sharing.is_busy()
                aria-disabled=move || question.is_deaf()
                on:keydown=press_once
                on:blur=move |_| question.end()
            >
                {move || if question.is_asked() { "Yes, hand over" } else { "Hand over" }}
            </button>
        </form>
        <ErrorAt sharing place=ShareSpot::Owner />
        <p class="hint" role="status">
            {move || {
                let stays = owner.get().map_or("There", |owner| if sharing.is_me(&owner.id) { "You stay an editor; there" } else { "Who owns it now stays an editor; there" });
                let decides = "Whoever owns it decides who may do what, and deletes it.";
                match (question.is_asked(), chosen.get()) {
                    (true, Some(new)) => format!("{} will decide who may do what. {stays} is no way back but by them.", new.person.name),
                    // What an owner decides stands above this where it is somebody outside.
                    _ if outside.get().is_some() => format!("An account that owns it decides who may do what. {stays} is one owner at a time."),
                    _ => format!("{decides} {stays} is one owner at a time."),
                }
            }}
        </p>
    }
    .into_any()
}
