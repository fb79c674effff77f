//! The line by which somebody is named: a person of the team, and what they may do.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, draft};
use crate::controls::choice::Choice;
use crate::controls::person_field::PersonField;
use leptos::prelude::*;
use postmortem::api::TeamMember;
use postmortem::{PostmortemRole, UserId};

/// The heading of the list, with the line where its reader may add to it.
#[component]
pub fn LettingIn(sharing: Sharing) -> impl IntoView {
    let may_change = Memo::new(move |_| sharing.may_change());
    view! {
        <h3>"Named here"</h3>
        {move || may_change.get().then(|| view! { <LettingInForm sharing /> }.into_any())}
    }
    .into_any()
}

#[component]
fn LettingInForm(sharing: Sharing) -> impl IntoView {
    let chosen = RwSignal::new(None::<TeamMember>);
    let role = RwSignal::new(PostmortemRole::Commenter);
    let named = Signal::derive(move || {
        let ids =
            |seen: &postmortem::api::AccessShown| seen.members.iter().map(|member| member.person.id.clone()).collect();
        sharing.seen.with(|seen| seen.as_ref().map(ids)).unwrap_or_else(Vec::<UserId>::new)
    });
    let let_in = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(member) = chosen.get_untracked() else {
            return sharing.refuse(ShareSpot::LettingIn, "Choose somebody of the team from the list.");
        };
        let role = role.get_untracked();
        let done = format!("{} is let in: {}", member.person.name, role.label());
        sharing.change(ShareSpot::LettingIn, |shown| draft::with_member(shown, &member, role), done);
        chosen.set(None);
    };
    let options = draft::GIVEN.map(|role| (role.code().to_owned(), role.label().to_owned())).to_vec();
    let choose_role = Callback::new(move |code: String| {
        if let Ok(chosen) = code.parse() {
            role.set(chosen);
        }
    });
    view! {
        <form class="add" on:submit=let_in>
            <PersonField id="letting-in" label="Person to let in" placeholder="Name or mail address" chosen without=named />
            <Choice
                label="Role of who is let in"
                value=Signal::derive(move || role.get().code().to_owned())
                options
                chosen=choose_role
            />
            <button class="btn" disabled=move || sharing.is_busy()>
                "Let in"
            </button>
        </form>
        <ErrorAt sharing place=ShareSpot::LettingIn />
    }
    .into_any()
}
