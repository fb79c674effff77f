//! Earlier versions: what was kept, a look at one, and bringing it back.

pub mod reading;

use crate::client::versions;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::lock::use_lock;
use crate::controls::notices::{Notices, Undo, use_notices};
use crate::reader::time::{iso, moment};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Postmortem, PostmortemId, Version};
use reading::ReadVersion;
use std::sync::Arc;

#[component]
pub fn HistoryDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open class="pub" title="History" remark="Bringing a version back can be undone.">
            <History open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn History(open: RwSignal<bool>) -> impl IntoView {
    let postmortem = use_open();
    let notices = use_notices();
    let lock = use_lock();
    let kept = RwSignal::new(None::<Vec<Version>>);
    let chosen = RwSignal::new(None::<Version>);
    let shown = RwSignal::new(None::<(u32, Postmortem)>);
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let id = postmortem.id.get_value();
    spawn_local(async move {
        match versions::list(&id).await {
            Ok(list) => kept.set(Some(list)),
            Err(problem) => error.set(Some(problem.to_string())),
        }
    });
    let choose = Callback::new(move |version: Version| {
        let (id, number) = (postmortem.id.get_value(), version.version);
        error.set(None);
        chosen.set(Some(version));
        spawn_local(async move {
            match versions::show(&id, number).await {
                Ok(value) => {
                    notices.speak(format!("Showing “{}” as it was", value.details.title_or_placeholder()));
                    shown.set(Some((number, value)));
                }
                Err(problem) => error.set(Some(problem.to_string())),
            }
        });
    });
    let restore = move |_| {
        let Some(version) = chosen.get_untracked() else { return };
        let id = postmortem.id.get_value();
        is_busy.set(true);
        error.set(None);
        spawn_local(async move {
            match versions::restore(&id, version.version).await {
                Ok(restoration) => {
                    open.set(false);
                    let told = format!("The version of {} is back", moment(version.at));
                    notices.toast(told, restoration.before.map(|before| undo(notices, id, before)));
                }
                Err(problem) => {
                    is_busy.set(false);
                    error.set(Some(problem.to_string()));
                }
            }
        });
    };
    view! {
        <div class="cols">
            <div>{move || kept.with(|kept| kept.as_deref().map(|kept| listed(kept, chosen, choose)))}</div>
            <div>
                {move || {
                    let may_choose = chosen.with(Option::is_none) && kept.with(|kept| kept.as_ref().is_some_and(|kept| !kept.is_empty()));
                    may_choose.then(|| view! { <p class="q">"Choose a version to read it."</p> }.into_any())
                }}
                {move || {
                    let number = chosen.with(|chosen| chosen.as_ref().map(|version| version.version));
                    shown
                        .get()
                        .filter(|(shown, _)| Some(*shown) == number)
                        .map(|(_, value)| view! { <ReadVersion value /> }.into_any())
                }}
            </div>
        </div>
        <footer>
            <span class="grow">{move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}</span>
            <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                "Close"
            </button>
            <button
                type="button"
                class="btn primary"
                disabled=move || is_busy.get() || chosen.with(Option::is_none) || lock.is_closed()
                title=move || lock.reason()
                on:click=restore
            >
                "Bring this version back"
            </button>
        </footer>
    }
    .into_any()
}

/// The versions, each a button; or what will make the first.
fn listed(kept: &[Version], chosen: RwSignal<Option<Version>>, choose: Callback<Version>) -> AnyView {
    if kept.is_empty() {
        let sentence = "Nothing is kept yet. A version is kept when the page is published, when its status changes, \
                        and every ten minutes while people write.";
        return view! { <p class="q">{sentence}</p> }.into_any();
    }
    let lines = kept.iter().map(|version| {
        let number = version.version;
        let is_chosen = move || chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.version == number));
        let by = version.by.as_ref().map(|person| format!(" by {}", person.name));
        let pressed = version.clone();
        view! {
            <li>
                <button type="button" aria-pressed=move || is_chosen().to_string() on:click=move |_| choose.run(pressed.clone())>
                    <time datetime=iso(version.at)>{moment(version.at)}</time>
                    <small>{version.reason.label()}{by}</small>
                </button>
            </li>
        }
        .into_any()
    });
    view! { <ol class="kept" aria-label="Versions, the newest first">{lines.collect_view()}</ol> }.into_any()
}

/// Brings back what was there before.
fn undo(notices: Notices, id: PostmortemId, before: u32) -> Undo {
    Arc::new(move || {
        let id = id.clone();
        spawn_local(async move {
            if let Err(problem) = versions::restore(&id, before).await {
                notices.toast(problem.to_string(), None);
            }
        });
    })
}
