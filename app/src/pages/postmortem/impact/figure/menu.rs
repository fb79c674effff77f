//! What can be done with a figure beside writing in it.

use super::handle::FigureHandle;
use crate::controls::focus::focus_id_later;
use crate::controls::lock::use_lock;
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::icon::IconName;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::ItemKind;

#[component]
pub fn FigureMenu(handle: FigureHandle, is_noting: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    let label = move || handle.figure.with(|figure| figure.label.clone());
    view! {
        <Menu label=Signal::derive(move || format!("More about {}", label())) class="btn bare icon small">
            <MenuItem
                label="Write how it was found"
                icon=IconName::Edit
                lock
                run=Callback::new(move |()| is_noting.set(true))
            />
            <MenuItem
                label="Mark as not known"
                icon=IconName::Empty
                lock
                run=Callback::new(move |()| handle.forget_value())
            />
            <MenuItem
                label="Delete figure"
                icon=IconName::Delete
                danger=true
                lock
                run=Callback::new(move |()| {
                    let what = format!("“{}”", untrack(label));
                    open.delete(ItemKind::Figure, handle.id(), &what);
                    focus_id_later("impact".to_owned());
                })
            />
        </Menu>
    }
    .into_any()
}
