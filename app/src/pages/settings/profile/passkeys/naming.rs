//! The dialog that gives a passkey another name.

use super::own::OwnPasskeys;
use crate::client::passkeys;
use crate::controls::dialog::Dialog;
use crate::controls::focus::focus_id;
use crate::controls::form_field::{FieldKind, FormField};
use crate::pages::settings::about::About;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::Passkey;
use postmortem::limits;

pub const NAME: FieldKind = FieldKind {
    id: "passkey-name",
    label: "Name",
    kind: "",
    autocomplete: "off",
    longest: Some(limits::PASSKEY_NAME),
    autofocus: true,
};

/// What is said where there is no name.
pub const NAMELESS: &str = "Give it a name, by which you will tell it from others.";

#[component]
pub fn RenameDialog(open: RwSignal<bool>, what: About<Passkey>, own: OwnPasskeys) -> impl IntoView {
    let title = move || what.get().map(|passkey| format!("Rename {}", passkey.name)).unwrap_or_default();
    view! {
        <Dialog open title=Signal::derive(title)>
            {untrack(|| what.get()).map(|passkey| view! { <Form open passkey own /> }.into_any())}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(open: RwSignal<bool>, passkey: Passkey, own: OwnPasskeys) -> impl IntoView {
    let name = RwSignal::new(passkey.name);
    let (error, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let id = passkey.id;
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = name.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            error.set(Some(NAMELESS.to_owned()));
            return focus_id(NAME.id);
        }
        is_busy.set(true);
        let id = id.clone();
        spawn_local(async move {
            match passkeys::rename(&id, &wanted).await {
                Ok(()) => {
                    open.try_set(false);
                    own.tell(format!("It is called {wanted} from now on."));
                }
                Err(problem) => {
                    is_busy.try_set(false);
                    error.try_set(Some(problem.to_string()));
                }
            }
        });
    };
    view! {
        <form novalidate on:submit=save>
            <div class="body">
                <FormField field=NAME value=name error />
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button class="btn primary" disabled=move || is_busy.get()>
                    "Save"
                </button>
            </footer>
        </form>
    }
    .into_any()
}
