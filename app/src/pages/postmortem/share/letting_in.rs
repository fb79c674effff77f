//! The line by which somebody is named: a person of the team, and what they may do.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, draft};
use crate::controls::choice::Choice;
use crate::controls::person_field::{NotMeant, PersonField, meant};
use crate::state::capabilities::use_server_capabilities;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::TeamMember;
use postmortem::{Capability, PostmortemRole, UserId};

/// Where somebody is invited.
const INVITE: &str = "/settings/people";

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
    let (typed, is_unknown) = (RwSignal::new(String::new()), RwSignal::new(false));
    let capabilities = use_server_capabilities();
    let let_in = move |member: TeamMember| {
        let role = role.get_untracked();
        let done = format!("{} is let in: {}", member.person.name, role.label());
        sharing.change(ShareSpot::LettingIn, |shown| draft::with_member(shown, &member, role), done);
        chosen.set(None);
        typed.set(String::new());
        is_unknown.set(false);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(member) = chosen.get_untracked() {
            return let_in(member);
        }
        spawn_local(async move {
            let (words, without) = (typed.get_untracked(), named.get_untracked());
            let answer = meant(&words, &without).await;
            // The dialog may be closed, or another name be typed.
            if typed.try_get_untracked().as_ref() != Some(&words) {
                return;
            }
            is_unknown.set(answer.as_ref().is_ok_and(|answer| *answer == Err(NotMeant::Nobody)));
            match answer {
                Ok(Ok(member)) => let_in(member),
                Ok(Err(problem)) => sharing.refuse(ShareSpot::LettingIn, &not_meant(problem, words.trim())),
                Err(sentence) => sharing.refuse(ShareSpot::LettingIn, &sentence),
            }
        });
    };
    let options = draft::GIVEN.map(|role| (role.code().to_owned(), role.label().to_owned())).to_vec();
    let choose_role = Callback::new(move |code: String| {
        if let Ok(chosen) = code.parse() {
            role.set(chosen);
        }
    });
    view! {
        <form class="add" on:submit=submit>
            <PersonField id="letting-in" label="Person to let in" placeholder="Name or mail address" chosen without=named typed />
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
        <Show when=move || is_unknown.get()>
            {move || match capabilities.may(Capability::Manage) {
                true => view! { <a class="lnk" href=INVITE>"Invite somebody to the team"</a> }.into_any(),
                false => view! { <p class="hint">"An admin of the team can invite them."</p> }.into_any(),
            }}
        </Show>
    }
    .into_any()
}

/// What is said where what was typed is no one person of the team.
fn not_meant(problem: NotMeant, typed: &str) -> String {
    match problem {
        NotMeant::Nothing => "Choose somebody of the team from the list.".to_owned(),
        NotMeant::Several(count) => format!("{count} people are called “{typed}”. Choose one from the list."),
        NotMeant::Nobody => format!("Nobody else in the team is called “{typed}”."),
    }
}
