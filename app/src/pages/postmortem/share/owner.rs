//! Whose the post-mortem is, and handing it over: apart from the roles, since one person gives and one takes.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, draft};
use crate::controls::person_field::PersonField;
use crate::controls::question::{Press, Question, press_once};
use crate::reader::Avatar;
use leptos::prelude::*;
use postmortem::Person;
use postmortem::api::TeamMember;

#[component]
pub fn Ownership(sharing: Sharing) -> impl IntoView {
    let may_change = Memo::new(move |_| sharing.may_change());
    let owner = Memo::new(move |_| {
        sharing.seen.with(|seen| seen.as_ref().and_then(draft::owner).map(|owner| owner.person.clone()))
    });
    view! {
        <h3>"Owner"</h3>
        <div class="hand">
            {move || match owner.get() {
                Some(person) => {
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
                None => view! { <p class="q">"Nobody owns it."</p> }.into_any(),
            }}
            {move || may_change.get().then(|| view! { <HandOver sharing owner /> }.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn HandOver(sharing: Sharing, owner: Memo<Option<Person>>) -> impl IntoView {
    let chosen = RwSignal::new(None::<TeamMember>);
    let question = Question::default();
    let own = Signal::derive(move || owner.get().map(|owner| owner.id).into_iter().collect());
    let hand_over = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(member) = chosen.get_untracked() else {
            return sharing.refuse(ShareSpot::Owner, "Choose the new owner from the list.");
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
            <PersonField id="new-owner" label="New owner" placeholder="New owner" chosen without=own />
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
                    _ => format!("{decides} {stays} is one owner at a time."),
                }
            }}
        </p>
    }
    .into_any()
}
