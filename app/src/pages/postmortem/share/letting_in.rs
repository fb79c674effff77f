//! The line by which somebody is named: a person of the team or a group of it, and what they may do.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, draft};
use crate::controls::choice::Choice;
use crate::controls::completion::{Source, Suggestion};
use crate::controls::person_field::{FinderField, NotMeant, meant_of};
use crate::state::capabilities::use_server_capabilities;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::AccessShown;
use postmortem::{Capability, PostmortemRole};

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
    let chosen = RwSignal::new(None::<Suggestion>);
    let role = RwSignal::new(PostmortemRole::Commenter);
    let named = Signal::derive(move || sharing.seen.with(|seen| seen.as_ref().map(named).unwrap_or_default()));
    let (typed, is_unknown) = (RwSignal::new(String::new()), RwSignal::new(false));
    let capabilities = use_server_capabilities();
    let let_in = move |suggestion: Suggestion| {
        let role = role.get_untracked();
        let done = format!("{} is let in: {}", suggestion.name(), role.label());
        sharing.change(ShareSpot::LettingIn, |shown| with(shown, &suggestion, role), done);
        chosen.set(None);
        typed.set(String::new());
        is_unknown.set(false);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(suggestion) = chosen.get_untracked() {
            return let_in(suggestion);
        }
        spawn_local(async move {
            let (words, without) = (typed.get_untracked(), named.get_untracked());
            let answer = meant_of(Source::PeopleAndGroups, &words, &without).await;
            // The dialog may be closed, or another name be typed.
            if typed.try_get_untracked().as_ref() != Some(&words) {
                return;
            }
            is_unknown.set(answer.as_ref().is_ok_and(|answer| *answer == Err(NotMeant::Nobody)));
            match answer {
                Ok(Ok(suggestion)) => let_in(suggestion),
                Ok(Err(problem)) => sharing.refuse(ShareSpot::LettingIn, &problem.sentence(&words)),
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
            <FinderField
                id="letting-in"
                label="Person or group to let in"
                placeholder="Name, mail address or group"
                source=Source::PeopleAndGroups
                typed
                name=Signal::derive(move || chosen.with(|chosen| chosen.as_ref().map(|one| one.name().to_owned())))
                choose=Callback::new(move |suggestion| chosen.set(suggestion))
                without=named
            />
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

/// The ids of those who are named already.
fn named(seen: &AccessShown) -> Vec<String> {
    let people = seen.members.iter().map(|member| member.person.id.to_string());
    people.chain(seen.groups.iter().map(|group| group.id.to_string())).collect()
}

fn with(shown: &AccessShown, suggestion: &Suggestion, role: PostmortemRole) -> AccessShown {
    match suggestion {
        Suggestion::Person(member) => draft::with_member(shown, member, role),
        Suggestion::Group(group) => draft::with_group(shown, group, role),
        Suggestion::Service(_) | Suggestion::NewService(_) | Suggestion::AsTyped(_) => shown.clone(),
    }
}
