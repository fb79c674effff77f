//! What can be done with an action item beside changing its values.

use super::handle::ActionHandle;
use crate::controls::focus::focus_id_later;
use crate::controls::lock::use_lock;
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::icon::IconName;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::ItemKind;

#[component]
pub fn More(action: ActionHandle, is_writing: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    view! {
        <Menu label="More about this action item" class="btn bare icon small">
            <MenuItem
                label="Edit the words"
                icon=IconName::Edit
                lock
                run=Callback::new(move |()| is_writing.set(true))
            />
            <MenuItem
                label="Delete action item"
                icon=IconName::Delete
                danger=true
                lock
                run=Callback::new(move |()| {
                    open.delete(ItemKind::Action, action.id(), "Action item");
                    focus_id_later("actions".to_owned());
                })
            />
        </Menu>
    }
    .into_any()
}
