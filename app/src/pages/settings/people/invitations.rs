//! The invitations that are open. Their links were told once, so a row can only be withdrawn.

use super::directory::{Directory, PeopleRow};
use super::words;
use crate::browser::clock;
use crate::client::people;
use crate::controls::field::ErrorLine;
use crate::controls::list::{List, by_id};
use crate::controls::question::{Press, Question, press_once};
use leptos::prelude::*;
use postmortem::InvitationId;
use postmortem::api::Invitation;

#[component]
pub fn Invitations(directory: Directory, is_inviting: RwSignal<bool>) -> impl IntoView {
    let lock = directory.lock();
    let ids = Memo::new(move |_| {
        directory.invitations.with(|open| open.iter().map(|one| one.id.to_string()).collect::<Vec<_>>())
    });
    let row = by_id(move |id: InvitationId| view! { <Row directory id /> }.into_any());
    view! {
        <section class="wide">
            <header>
                <h2>"Invitations"</h2>
                <span class="note">{move || ids.with(|ids| (!ids.is_empty()).then(|| format!("{} open", ids.len())))}</span>
            </header>
            <Show
                when=move || ids.with(|ids| !ids.is_empty())
                fallback=move || {
                    view! {
                        <div class="nil">
                            <p>"Nobody is invited at the moment. An invitation is a link that you send yourself."</p>
                            <button
                                type="button"
                                class="btn small"
                                disabled=move || lock.is_closed()
                                title=move || lock.reason()
                                on:click=move |_| is_inviting.set(true)
                            >
                                "Invite somebody"
                            </button>
                        </div>
                    }.into_any()
                }
            >
                <table class="t">
                    <thead>
                        <tr>
                            <th scope="col">"For"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Made by"</th>
                            <th scope="col">"Ends"</th>
                            <th scope="col">
                                <span class="vh">"Withdraw"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        <List keys=ids row=row.clone() />
                    </tbody>
                </table>
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Row(directory: Directory, id: InvitationId) -> impl IntoView {
    let wanted = id.clone();
    // What it is for never changes, only how many have joined.
    let found = move || directory.invitations.with(|open| open.iter().find(|one| one.id == wanted).cloned());
    let invitation =
        Memo::new(move |before: Option<&Option<Invitation>>| found().or_else(|| before.cloned().flatten()));
    let place = PeopleRow::Invitation(id.clone());
    view! {
        <tr>
            {move || invitation.get().map(|invitation| view! { <Cells invitation /> }.into_any())}
            <td class="do">
                <Withdraw directory id />
                {move || directory.error_at(&place).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Cells(invitation: Invitation) -> impl IntoView {
    let (now, remark) = (clock::now(), words::used(&invitation));
    view! {
        <td>
            <b>{invitation.mail.unwrap_or_else(|| "Whoever has the link".to_owned())}</b>
            <small>{remark}</small>
        </td>
        <td>{invitation.role.label()}</td>
        <td class="s">{invitation.made_by.unwrap_or_else(|| "Whoever runs the server".to_owned())}</td>
        <td class="s">
            <span class="due">
                <time class="date" datetime=invitation.ends_at.to_rfc3339()>
                    {words::day(invitation.ends_at, now)}
                </time>
                <small>{words::ahead(invitation.ends_at, now)}</small>
            </span>
        </td>
    }
    .into_any()
}

#[component]
fn Withdraw(directory: Directory, id: InvitationId) -> impl IntoView {
    let lock = directory.lock();
    let question = Question::default();
    let withdraw = move |_| {
        if question.press() == Press::Answers {
            question.end();
            let (place, id) = (PeopleRow::Invitation(id.clone()), id.clone());
            directory.run(place, async move { people::withdraw(&id).await }, "The invitation is withdrawn".to_owned());
        }
    };
    view! {
        <button
            type="button"
            class="btn bare small danger"
            disabled=move || lock.is_closed()
            title=move || lock.reason()
            aria-disabled=move || question.is_deaf()
            on:keydown=press_once
            on:blur=move |_| question.end()
            on:click=withdraw
        >
            {move || if question.is_asked() { "Withdraw: its link ends" } else { "Withdraw" }}
        </button>
    }
    .into_any()
}
