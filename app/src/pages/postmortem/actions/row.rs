//! One action item: what, for what, who, by when, and its ticket.

mod due;
mod handle;
mod more;
mod what;

use crate::controls::avatar::NameAvatar;
use crate::controls::choice::{Choice, options};
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::link_field::LinkField;
use crate::state::postmortem::open::use_open;
use due::Due;
use handle::ActionHandle;
use leptos::prelude::*;
use more::More;
use postmortem::{ActionChange, ActionState, ItemId, Priority};
use what::What;

#[component]
pub fn ActionRow(id: ItemId) -> impl IntoView {
    let hook = id.to_string();
    let action = ActionHandle::new(use_open(), id);
    let priority = Signal::derive(move || action.read(|action| action.priority.code().to_owned()));
    let state = Signal::derive(move || action.read(|action| action.state.code().to_owned()));
    let is_writing = RwSignal::new(false);
    view! {
        <tr data-action=hook data-state=move || state.get()>
            <td class="prio-col">
                <span class="prio" data-prio=move || priority.get()>
                    <Choice
                        label="Priority"
                        value=priority
                        options=options!(Priority)
                        chosen=action.choice(|code| code.parse().ok().map(ActionChange::Priority))
                    />
                </span>
            </td>
            <td class="do-col">
                <What action is_writing />
            </td>
            <td class="owner-col">
                <Owner action />
            </td>
            <Due action />
            <td class="state-col">
                <Choice
                    label="State"
                    value=state
                    options=options!(ActionState)
                    chosen=action.choice(|code| code.parse().ok().map(ActionChange::State))
                />
            </td>
            <td class="ticket-col">
                <span class="who">
                    <LinkField
                        label="Ticket"
                        value=Signal::derive(move || action.read(|action| action.ticket.clone()))
                        placeholder="Add link"
                        commit=Callback::new(move |link| action.change(ActionChange::Ticket(link)))
                    />
                    <More action is_writing />
                </span>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Owner(action: ActionHandle) -> impl IntoView {
    let open = use_open();
    let owner = Signal::derive(move || action.read(|action| action.owner.clone()));
    let people = Signal::derive(move || open.presences.people());
    let named = Memo::new(move |_| Some(owner.get()).filter(|owner| !owner.trim().is_empty()));
    view! {
        <span class="who">
            {move || named.get().map(|name| view! { <NameAvatar name people small=true /> }.into_any())}
            <EditInPlace
                label="Owner"
                shown=named
                placeholder="Choose owner"
                typed=owner
                commit=action.words(ActionChange::Owner)
                example="Name"
                list="names"
            />
        </span>
    }
    .into_any()
}
