//! One action item: what, for what, who, by when, and its ticket.

use super::changes::ChangeMark;
use crate::controls::avatar::NameAvatar;
use crate::controls::choice::{Choice, options};
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::focus::focus_id_later;
use crate::controls::icon::IconName;
use crate::controls::link_field::LinkField;
use crate::controls::lock::use_lock;
use crate::controls::menu::{Menu, MenuItem};
use crate::editor::written::Written;
use crate::reader::time::day;
use crate::state::clock;
use crate::state::open::use_open;
use chrono::NaiveDate;
use leptos::prelude::*;
use postmortem::deadline::Distance;
use postmortem::{
    ActionChange, ActionDraft, ActionItem, ActionKind, ActionState, Command, ItemId, ItemKind, Priority, TextId,
    contradiction,
};

/// A row of the table.
#[component]
pub fn ActionRow(id: ItemId) -> impl IntoView {
    let open = use_open();
    let item = StoredValue::new(id.clone());
    let hook = id.to_string();
    let action = Memo::new(move |_| {
        let found = open.parts.actions.with(|all| all.iter().find(|one| item.with_value(|id| one.id == *id)).cloned());
        found.unwrap_or_else(|| absent(item.get_value()))
    });
    let change = move |change| open.try_edit(&Command::ChangeAction(item.get_value(), change));
    let edit = move |change| open.edit(&Command::ChangeAction(item.get_value(), change));
    let priority = Signal::derive(move || action.with(|action| action.priority.code().to_owned()));
    let kind = Signal::derive(move || action.with(|action| action.kind.code().to_owned()));
    let state = Signal::derive(move || action.with(|action| action.state.code().to_owned()));
    let text = Signal::derive(move || action.with(|action| action.text.clone()));
    let owner = Signal::derive(move || action.with(|action| action.owner.clone()));
    let due = Signal::derive(move || action.with(|action| action.due));
    let reason = Signal::derive(move || action.with(|action| action.reason.clone()));
    let is_declined = Memo::new(move |_| action.with(|action| action.state == ActionState::Declined));
    let people = Signal::derive(move || open.presences.people());
    let named = Memo::new(move |_| Some(owner.get()).filter(|owner| !owner.trim().is_empty()));
    // How far the date is away matters only while there is something to do.
    let distance = Memo::new(move |_| {
        let due = action.with(|action| action.due.filter(|_| action.state == ActionState::Open))?;
        Some(Distance::of(due, clock::today()))
    });
    let wrong = Memo::new(move |_| {
        let due = due.get()?;
        open.parts.details.with(|details| contradiction::of_due(due, details))
    });
    let lock = use_lock();
    let is_editing = RwSignal::new(false);
    let tags = Memo::new(move |_| {
        open.parts.details.with(|details| {
            let day = details.started_at.map(|at| at.date_naive());
            let severity = format!("sev{}", details.severity.number());
            (severity, day.map(|day| details.severity.tag(day)))
        })
    });
    let set_owner = Callback::new(move |name: String| change(ActionChange::Owner(name.trim().to_owned())));
    let set_reason = Callback::new(move |text: String| change(ActionChange::Reason(text.trim().to_owned())));
    let set_due = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return change(ActionChange::Due(None));
        }
        let date = text.trim().parse::<NaiveDate>();
        let date = date.map_err(|_| "This is not a date. Write it as 2018-11-06.".to_owned())?;
        change(ActionChange::Due(Some(date)))
    });
    view! {
        <tr data-action=hook data-state=move || state.get()>
            <td class="prio-col">
                <span class="prio" data-prio=move || priority.get()>
                    <Choice
                        label="Priority"
                        value=priority
                        options=options!(Priority)
                        chosen=Callback::new(move |code: String| {
                            if let Ok(priority) = code.parse() {
                                edit(ActionChange::Priority(priority));
                            }
                        })
                    />
                </span>
            </td>
            <td class="do-col">
                <div class="do">
                    <Written
                        text=TextId::Action(id)
                        value=text
                        label="Action item"
                        placeholder="What is to be done"
                        is_editing
                    />
                </div>
                <div>
                    <Choice
                        label="What the action is for"
                        value=kind
                        options=options!(ActionKind)
                        chosen=Callback::new(move |code: String| {
                            if let Ok(kind) = code.parse() {
                                edit(ActionChange::Kind(kind));
                            }
                        })
                    />
                    <span class="chip tag">{move || tags.get().0}</span>
                    {move || tags.get().1.map(|tag| view! { <span class="chip tag">{tag}</span> }.into_any())}
                    <ChangeMark place=format!("actions/{}", item.get_value()) />
                </div>
                <Show when=move || is_declined.get()>
                    <div class="why">
                        <EditInPlace
                            label="Why it is declined"
                            shown=Signal::derive(move || {
                                let reason = reason.get();
                                (!reason.trim().is_empty()).then(|| format!("Declined: {reason}"))
                            })
                            placeholder="Say why it is declined"
                            typed=reason
                            commit=set_reason
                            example="The return is not worth it, since…"
                        />
                    </div>
                </Show>
            </td>
            <td class="owner-col">
                <span class="who">
                    {move || named.get().map(|name| view! { <NameAvatar name people small=true /> }.into_any())}
                    <EditInPlace
                        label="Owner"
                        shown=named
                        placeholder="Choose owner"
                        typed=owner
                        commit=set_owner
                        example="Name"
                        list="names"
                    />
                </span>
            </td>
            <td class="due-col due" class:late=move || distance.with(|distance| distance.as_ref().is_some_and(|distance| distance.is_late))>
                <EditInPlace
                    label="Due"
                    shown=Signal::derive(move || due.get().map(day))
                    placeholder="Set date"
                    typed=Signal::derive(move || due.get().map(|due| due.to_string()).unwrap_or_default())
                    commit=set_due
                    kind="date"
                />
                {move || match wrong.get() {
                    Some(sentence) => Some(view! { <small class="doubtful">{sentence}</small> }.into_any()),
                    None => distance.get().map(|Distance { words, .. }| view! { <small>{words}</small> }.into_any()),
                }}
            </td>
            <td class="state-col">
                <Choice
                    label="State"
                    value=state
                    options=options!(ActionState)
                    chosen=Callback::new(move |code: String| {
                        if let Ok(state) = code.parse() {
                            edit(ActionChange::State(state));
                        }
                    })
                />
            </td>
            <td class="ticket-col">
                <span class="who">
                    <LinkField
                        label="Ticket"
                        value=Signal::derive(move || action.with(|action| action.ticket.clone()))
                        placeholder="Add link"
                        commit=Callback::new(move |link| change(ActionChange::Ticket(link)))
                    />
                    <Menu label="More about this action item" class="btn bare icon small">
                        <MenuItem
                            label="Edit the words"
                            icon=IconName::Edit
                            lock
                            run=Callback::new(move |()| is_editing.set(true))
                        />
                        <MenuItem
                            label="Delete action item"
                            icon=IconName::Delete
                            danger=true
                            lock
                            run=Callback::new(move |()| {
                                open.delete(ItemKind::Action, item.get_value(), "Action item");
                                focus_id_later("actions".to_owned());
                            })
                        />
                    </Menu>
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// What a row shows in the moment between the deletion of its item and its own end.
fn absent(id: ItemId) -> ActionItem {
    let draft = ActionDraft::new("");
    ActionItem {
        id,
        text: draft.text,
        owner: draft.owner,
        due: draft.due,
        priority: draft.priority,
        kind: draft.kind,
        state: ActionState::Open,
        ticket: draft.ticket,
        reason: String::new(),
    }
}
