//! Who responded, in which role: a panel in the margin.

use super::changes::ChangeMark;
use crate::browser::clock;
use crate::controls::avatar::NameAvatar;
use crate::controls::choice::{Choice, options};
use crate::controls::completion::{Completion, CompletionKind, Source, Suggestion, Suggestions, list_id};
use crate::controls::field::{Field, FieldCompletion};
use crate::controls::list::{List, by_id};
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::controls::panel::Panel;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, ItemId, ItemKind, Responder, ResponderChange, ResponderDraft, Role};

/// The ids under the line that adds somebody begin so.
const NEW: &str = "new-responder";

#[component]
pub fn Responders() -> impl IntoView {
    let open = use_open();
    let responders = open.parts.responders;
    let ids = Memo::new(move |_| {
        responders.with(|all| all.iter().map(|responder| responder.id.to_string()).collect::<Vec<_>>())
    });
    view! {
        <Panel
            id="responders"
            title="Responders"
            remark=Signal::derive(move || responders.with(|all| all.len().to_string()))
        >
            <ul class="crew">
                <List keys=ids row=by_id(|id| view! { <Line id /> }.into_any()) />
            </ul>
            <AddResponder />
        </Panel>
    }
    .into_any()
}

#[component]
fn Line(id: ItemId) -> impl IntoView {
    let open = use_open();
    let item = StoredValue::new(id);
    let responder = Memo::new(move |_| {
        let found =
            open.parts.responders.with(|all| all.iter().find(|one| item.with_value(|id| one.id == *id)).cloned());
        found.unwrap_or_else(|| Responder { id: item.get_value(), name: String::new(), role: Role::Responder })
    });
    let lock = use_lock();
    let name = Signal::derive(move || responder.with(|responder| responder.name.clone()));
    let role = Signal::derive(move || responder.with(|responder| responder.role.code().to_owned()));
    let people = Signal::derive(move || open.presences.people());
    let set_name = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return Err("Write a name, or delete the responder.".to_owned());
        }
        open.try_edit(&Command::ChangeResponder(item.get_value(), ResponderChange::Name(text.trim().to_owned())))
    });
    let set_role = Callback::new(move |code: String| {
        if let Ok(role) = code.parse() {
            open.edit(&Command::ChangeResponder(item.get_value(), ResponderChange::Role(role)));
        }
    });
    let completion = FieldCompletion {
        id: format!("responder-{}", item.get_value()),
        kind: CompletionKind::free(Source::People),
        is_list: false,
        chosen: Callback::new(|_| {}),
    };
    let leads = move || matches!(responder.with(|one| one.role), Role::IncidentCommander | Role::Scribe);
    view! {
        <li class:lead=leads data-responder=item.get_value().to_string()>
            {move || view! { <NameAvatar name=name.get() people live=true /> }.into_any()}
            <ChangeMark place=format!("responders/{}", item.get_value()) />
            <b class="finds">
                <Field label="Name" value=name commit=set_name completion=Some(completion) />
            </b>
            <span class="role">
                <Choice label="Role" value=role options=options!(Role) chosen=set_role />
            </span>
            <button
                type="button"
                class="btn bare icon small gone"
                aria-label=move || format!("Delete {}", name.get())
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                on:click=move |_| open.delete(ItemKind::Responder, item.get_value(), &name.get_untracked())
            >
                <Icon name=IconName::Close small=true />
            </button>
        </li>
    }
    .into_any()
}

/// The line that adds a responder by name, somebody of the team or whoever else was there; the first one leads, the others
/// helped until somebody says more.
#[component]
fn AddResponder() -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    let notices = use_notices();
    let typed = RwSignal::new(String::new());
    let add = move |name: &str| {
        let name = name.trim().to_owned();
        if name.is_empty() {
            return;
        }
        let has_lead =
            open.parts.responders.with_untracked(|all| all.iter().any(|one| one.role == Role::IncidentCommander));
        let role = if has_lead { Role::Responder } else { Role::IncidentCommander };
        match open.run(&Command::AddResponder(clock::new_item_id(), ResponderDraft { name, role })) {
            Ok(()) => {
                typed.set(String::new());
                notices.taken_at(NEW);
            }
            Err(error) => notices.refuse_at(NEW, &error.to_string(), typed.get_untracked()),
        }
    };
    let without = Signal::derive(move || {
        open.parts.responders.with(|all| all.iter().map(|responder| responder.name.trim().to_owned()).collect())
    });
    let kind = CompletionKind { without, ..CompletionKind::free(Source::People) };
    let completion = Completion::new(kind, Callback::new(move |chosen: Suggestion| add(chosen.name())));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        completion.close();
        add(&typed.get_untracked());
    };
    view! {
        <div class="addline">
            <Icon name=IconName::Plus small=true />
            <form class="finds" on:submit=submit>
                <input
                    role="combobox"
                    aria-label="New responder: name"
                    aria-autocomplete="list"
                    aria-expanded=move || completion.is_open().to_string()
                    aria-controls=list_id(NEW)
                    aria-activedescendant=move || completion.active(NEW)
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    placeholder="Add a name"
                    autocomplete="off"
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        completion.type_in(&text);
                        typed.set(text);
                    }
                    on:blur=move |_| completion.close()
                    on:keydown=move |event| {
                        if !event.is_composing() && completion.key(&event.key()) {
                            event.prevent_default();
                            event.stop_propagation();
                        }
                    }
                />
                <Suggestions id=NEW completion />
            </form>
        </div>
    }
    .into_any()
}
