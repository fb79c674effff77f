//! Changes on their way by hand: saved as a file here, opened from one there.

use crate::browser::clock;
use crate::browser::storage;
use crate::controls::lock::use_lock;
use crate::controls::menu::MenuItem;
use crate::controls::notices::use_notices;
use crate::pages::log::read_carried;
use crate::reader::icon::IconName;
use crate::state::postmortem::open::use_open;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::carried::{CarriedError, ENDING};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The two entries of the menu.
#[component]
pub fn CarryItems(input: NodeRef<html::Input>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let save = move || match open.replica().ok_or(CarriedError::NotHere).and_then(|replica| replica.carried()) {
        Ok(carried) => {
            let name = format!("changes-{}{ENDING}", clock::now().format("%Y-%m-%d-%H%M"));
            storage::download(&name, &carried.write());
        }
        Err(error) => notices.refuse_sentence(&error.to_string(), None),
    };
    let choose = move || {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <MenuItem label="Save changes as a file" icon=IconName::Import run=Callback::new(move |()| save()) />
        <MenuItem
            label="Open changes from a file"
            icon=IconName::Plus
            lock=use_lock()
            run=Callback::new(move |()| choose())
        />
    }
    .into_any()
}

/// Where the browser puts the chosen file. It stands outside of the menu, which goes away when something is chosen.
#[component]
pub fn CarryInput(input: NodeRef<html::Input>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let take = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let file = input.files().and_then(|files| files.get(0));
        let Some(file) = file else { return };
        spawn_local(async move {
            match (read_carried(&file).await, open.replica()) {
                (Ok(carried), Some(replica)) => replica.carry(carried),
                (Err(error), _) => notices.refuse_sentence(&error.to_string(), None),
                (Ok(_), None) => {}
            }
        });
        // The same file can be chosen again.
        input.set_value("");
    };
    view! { <input node_ref=input type="file" accept=ENDING hidden aria-label="File of changes" on:change=take /> }
        .into_any()
}
