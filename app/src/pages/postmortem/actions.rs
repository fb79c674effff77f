//! The action items as a table whose cells are edited in place, and the line that adds one.

mod row;
use super::here::HereNote;
use crate::browser::clock;
use crate::controls::list::{List, by_id};
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{ActionDraft, ActionState, Command};
use row::ActionRow;

/// The id of the line that adds one.
const NEW: &str = "new-action";

#[component]
pub fn Actions() -> impl IntoView {
    let open = use_open();
    let actions = open.parts.actions;
    let ids =
        Memo::new(move |_| actions.with(|all| all.iter().map(|action| action.id.to_string()).collect::<Vec<_>>()));
    let note = Memo::new(move |_| {
        actions.with(|all| {
            let waiting = all.iter().filter(|action| action.state == ActionState::Open);
            let owned = waiting.clone().filter(|action| !action.owner.trim().is_empty()).count();
            format!("{} open, {owned} with an owner", waiting.count())
        })
    });
    view! {
        <section class="sec" id="actions" data-section="actions" tabindex="-1" aria-labelledby="actions-heading">
            <header>
                <h2 id="actions-heading">"Action items"</h2>
                <span class="note">{note}</span>
                <span class="grow"></span>
                <HereNote place="actions" />
            </header>
            <Show when=move || ids.with(|ids| !ids.is_empty())>
                <table class="acts">
                    <thead>
                        <tr>
                            <th scope="col">"Prio"</th>
                            <th scope="col">"Action"</th>
                            <th scope="col">"Owner"</th>
                            <th scope="col">"Due"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Ticket"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <List keys=ids row=by_id(|id| view! { <ActionRow id /> }.into_any()) />
                    </tbody>
                </table>
            </Show>
            <AddAction />
        </section>
    }
    .into_any()
}

#[component]
fn AddAction() -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    let notices = use_notices();
    let text = RwSignal::new(String::new());
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let what = text.get_untracked().trim().to_owned();
        if what.is_empty() {
            return;
        }
        match open.run(&Command::AddAction(clock::new_item_id(), ActionDraft::new(what))) {
            Ok(()) => {
                text.set(String::new());
                notices.taken_at(NEW);
                notices.speak("Action item added");
            }
            Err(error) => notices.refuse_at(NEW, &error.to_string(), text.get_untracked()),
        }
    };
    view! {
        <div class="addline">
            <Icon name=IconName::Plus small=true />
            <form on:submit=add>
                <input
                    id=NEW
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    aria-label="New action item"
                    placeholder="Start with a verb: “Stop…”, “Test…”, “Move…”"
                    autocomplete="off"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </form>
        </div>
    }
    .into_any()
}
