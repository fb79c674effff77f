//! Those who cannot come in: what is left to do about each, before what undoes it.

use super::directory::{Directory, PeopleRow};
use super::hand_over::HandOverDialog;
use super::members::Who;
use super::words;
use crate::browser::clock;
use crate::controls::field::ErrorLine;
use crate::controls::list::{List, by_id};
use crate::pages::settings::about::About;
use leptos::prelude::*;
use postmortem::UserId;
use postmortem::api::{TeamMember, TeamMemberChange};

#[component]
pub fn Suspended(directory: Directory) -> impl IntoView {
    let handing = About::nothing();
    let ids =
        Memo::new(move |_| directory.suspended().iter().map(|member| member.person.id.to_string()).collect::<Vec<_>>());
    let row = by_id(move |id: UserId| view! { <Row directory handing id /> }.into_any());
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <section class="wide">
                <header>
                    <h2>"Suspended"</h2>
                    <span class="note">"what they wrote stays theirs"</span>
                </header>
                <table class="t">
                    <thead class="vh">
                        <tr>
                            <th scope="col">"Person"</th>
                            <th scope="col">"Left to do"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <List keys=ids row=row.clone() />
                    </tbody>
                </table>
            </section>
        </Show>
        <HandOverDialog directory who=handing />
    }
    .into_any()
}

#[component]
fn Row(directory: Directory, handing: About<TeamMember>, id: UserId) -> impl IntoView {
    let (wanted, place) = (id.clone(), PeopleRow::Person(id));
    let member = Memo::new(move |before: Option<&Option<TeamMember>>| {
        let found = directory.suspended().into_iter().find(|member| member.person.id == wanted);
        found.or_else(|| before.cloned().flatten())
    });
    let since = move || {
        let at = member.with(|member| member.as_ref().and_then(|member| member.suspended_at));
        at.map(|at| format!("Since {}", words::day(at, clock::now())))
    };
    let owned = Memo::new(move |_| member.with(|member| member.as_ref().map_or(0, |member| member.owned)));
    view! {
        <tr>
            <td>
                {move || member.get().map(|member| view! { <Who directory member /> }.into_any())}
                {move || directory.error_at(&place).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </td>
            <td class="s">
                <b>{move || words::owned(owned.get())}</b>
                <small>{since}</small>
            </td>
            <td class="do">
                <HandOverButton directory handing member />
                <RestoreButton directory member />
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn HandOverButton(directory: Directory, handing: About<TeamMember>, member: Memo<Option<TeamMember>>) -> impl IntoView {
    let lock = directory.lock();
    let press = move |_| {
        if let Some(member) = member.get_untracked() {
            handing.ask(member);
        }
    };
    view! {
        <button
            type="button"
            class="btn small"
            disabled=move || lock.is_closed()
            title=move || lock.reason()
            on:click=press
        >
            "Hand over"
            <span class="vh">{move || of(member)}</span>
        </button>
    }
    .into_any()
}

#[component]
fn RestoreButton(directory: Directory, member: Memo<Option<TeamMember>>) -> impl IntoView {
    let lock = directory.lock();
    let restore = move |_| {
        if let Some(TeamMember { person, .. }) = member.get_untracked() {
            let change = TeamMemberChange { role: None, is_suspended: Some(false) };
            directory.change(&person.id, change, format!("{} can come in again", person.name));
        }
    };
    view! {
        <button
            type="button"
            class="btn bare small"
            disabled=move || lock.is_closed()
            title=move || lock.reason()
            on:click=restore
        >
            "Restore"
            <span class="vh">{move || of(member)}</span>
        </button>
    }
    .into_any()
}

/// Tells the button of one row from that of another.
fn of(member: Memo<Option<TeamMember>>) -> String {
    member.with(|member| member.as_ref().map(|member| format!(": {}", member.person.name)).unwrap_or_default())
}
