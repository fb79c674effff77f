//! Everybody of the team, and how others come in. Who does not look after the team sees the list, and who does.

mod directory;
mod hand_over;
mod invitations;
mod invite;
mod link_once;
mod members;
mod names;
mod suspend;
mod suspended;
mod words;

use crate::controls::field::ErrorLine;
use crate::reader::icon::{Icon, IconName};
use directory::Directory;
use invitations::Invitations;
use invite::InviteDialog;
use leptos::prelude::*;
use members::Members;
use names::Names;
use postmortem::TeamRole;
use suspended::Suspended;

#[component]
pub fn PeoplePart() -> impl IntoView {
    let directory = Directory::open();
    provide_context(directory.lock());
    let is_inviting = RwSignal::new(false);
    let is_here = Memo::new(move |_| directory.people.with(Option::is_some));
    view! {
        <Head directory is_inviting />
        <Offline directory />
        {move || match (is_here.get(), directory.failure.get()) {
            (false, Some(sentence)) => view! { <Failed directory sentence /> }.into_any(),
            (false, None) => view! { <Opening /> }.into_any(),
            (true, _) => {
                view! {
                    <Finder directory />
                    <Members directory />
                    <Show when=move || directory.may_manage()>
                        <Invitations directory is_inviting />
                        <Suspended directory />
                        <Names directory />
                    </Show>
                }
                    .into_any()
            }
        }}
        <InviteDialog open=is_inviting directory />
    }
    .into_any()
}

#[component]
fn Head(directory: Directory, is_inviting: RwSignal<bool>) -> impl IntoView {
    let lock = directory.lock();
    let sentence = move || {
        let shown = directory.members().len();
        let is_narrowed = directory.role.get().is_some() || !directory.search.get().trim().is_empty();
        let invitations = directory.invitations.with(Vec::len);
        directory
            .people
            .with(|people| people.as_ref().map(|people| words::sentence(people, shown, is_narrowed, invitations)))
    };
    let who_may = move || (!directory.may_manage()).then(|| directory.with_everybody(words::who_may)).flatten();
    view! {
        <div class="log-head">
            <div class="grow">
                <h1>"People"</h1>
                <p>{move || sentence().unwrap_or_else(|| "Everybody of the team, and how others come in.".to_owned())}</p>
                {move || who_may().map(|sentence| view! { <p class="q">{sentence}</p> }.into_any())}
            </div>
            <Show when=move || directory.may_manage()>
                <button
                    type="button"
                    class="btn primary"
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    on:click=move |_| is_inviting.set(true)
                >
                    <Icon name=IconName::Plus small=true />
                    "Invite"
                </button>
            </Show>
        </div>
    }
    .into_any()
}

/// The list is as it was, and can only be read.
#[component]
fn Offline(directory: Directory) -> impl IntoView {
    move || {
        directory.offline_since.get().map(|since| {
            view! {
                <div class="banner boxed" role="status">
                    <Icon name=IconName::Offline />
                    <span>
                        <b>"Offline. "</b>
                        {format!("This is the list of {}. It can be changed when the server answers.", since.format("%H:%M UTC"))}
                    </span>
                    <span class="grow"></span>
                    <button type="button" class="btn small" on:click=move |_| directory.ask()>
                        "Try now"
                    </button>
                </div>
            }
            .into_any()
        })
    }
}

#[component]
fn Failed(directory: Directory, sentence: String) -> impl IntoView {
    view! {
        <div class="nil">
            <h2>"The list did not open"</h2>
            <ErrorLine sentence />
            <button type="button" class="btn" on:click=move |_| directory.ask()>
                "Try again"
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <div class="skels" role="img" aria-label="The list is opening">
            <div class="skel short"></div>
            <div class="skel"></div>
            <div class="skel"></div>
        </div>
    }
    .into_any()
}

/// A search over names and mail addresses, and the one role that is shown.
#[component]
fn Finder(directory: Directory) -> impl IntoView {
    let choose = move |event| directory.role.set(event_target_value(&event).parse().ok());
    let is_narrowed = move || directory.role.get().is_some() || !directory.search.get().is_empty();
    let clear = move |_| {
        directory.role.set(None);
        directory.search_for(String::new());
    };
    view! {
        <div class="finder" role="search">
            <div class="field">
                <Icon name=IconName::Search />
                <input
                    type="search"
                    aria-label="Search people"
                    placeholder=move || if directory.may_manage() { "Name or mail address" } else { "Name" }
                    autocomplete="off"
                    prop:value=move || directory.search.get()
                    on:input=move |event| directory.search_for(event_target_value(&event))
                />
            </div>
            <select
                class="inplace"
                class:set=move || directory.role.get().is_some()
                aria-label="Role"
                prop:value=move || directory.role.get().map(TeamRole::code).unwrap_or_default()
                on:change=choose
            >
                <option value="">"All roles"</option>
                {TeamRole::ALL
                    .iter()
                    .map(|role| view! { <option value=role.code()>{role.label()}</option> }.into_any())
                    .collect_view()}
            </select>
            <Show when=is_narrowed>
                <button type="button" class="btn bare small" on:click=clear>
                    "Show all"
                </button>
            </Show>
        </div>
    }
    .into_any()
}
