//! What can be done with an entry beside writing in it.

use super::handle::EntryHandle;
use crate::controls::focus::focus_id_later;
use crate::controls::lock::use_lock;
use crate::controls::menu::{Menu, MenuItem};
use crate::controls::notices::{Notices, use_notices};
use crate::reader::icon::IconName;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Capability, Command, ItemId, ItemKind, KeyTime, Subject, TimelineEntry};
use wasm_bindgen_futures::JsFuture;

/// The key times that an entry can stand for, as one says it.
const TURNS: [(KeyTime, &str); 4] = [
    (KeyTime::Started, "This is when it started"),
    (KeyTime::Detected, "This is when it was detected"),
    (KeyTime::Mitigated, "This is when it was mitigated"),
    (KeyTime::Resolved, "This is when it was resolved"),
];

#[component]
pub fn EntryMenu(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let lock = use_lock();
    let mark = move |key| {
        let at = handle.entry.with_untracked(|entry| entry.at);
        Callback::new(move |()| open.edit(&Command::SetKeyTime(key, at)))
    };
    let delete = Callback::new(move |()| {
        let id = handle.id.get_value();
        let next = open.parts.timeline.with_untracked(|entries| neighbour(entries, &id));
        handle.is_writing.set(false);
        open.delete(ItemKind::Entry, id, &format!("Entry {}", handle.clock.get_untracked()));
        focus_id_later(next.map_or_else(|| "timeline".to_owned(), |next| format!("entry-{next}")));
    });
    let label = Signal::derive(move || format!("More about entry {}", handle.clock.get()));
    view! {
        <Menu label>
            <MenuItem
                label="Edit the words"
                icon=IconName::Edit
                lock
                run=Callback::new(move |()| handle.is_writing.set(true))
            />
            <MenuItem
                label="Change the time"
                icon=IconName::Clock
                lock
                run=Callback::new(move |()| handle.is_timing.set(true))
            />
            <MenuItem
                label=if handle.entry.with_untracked(|entry| entry.source.is_some()) { "Change the source" } else { "Add a source" }
                icon=IconName::Link
                lock
                run=Callback::new(move |()| handle.is_sourcing.set(true))
            />
            <MenuItem
                label="Comment"
                icon=IconName::Comment
                lock=open.capabilities.lock(Capability::Comment)
                run=Callback::new(move |()| open.discussion.open(&Subject::Entry(handle.id.get_value())))
            />
            <MenuItem
                label="Kind, severity and more"
                icon=IconName::More
                run=Callback::new(move |()| handle.is_detailed.set(true))
            />
            <MenuItem
                label="Copy the link"
                icon=IconName::Copy
                run=Callback::new(move |()| copy_link(&handle.id.get_value(), notices))
            />
            <hr />
            {TURNS
                .into_iter()
                .map(|(key, label)| {
                    let icon = match key {
                        KeyTime::Started => IconName::Start,
                        KeyTime::Detected => IconName::Detection,
                        KeyTime::Resolved => IconName::Check,
                        _ => IconName::Recovery,
                    };
                    view! { <MenuItem label icon lock run=mark(key) /> }.into_any()
                })
                .collect_view()}
            <hr />
            <MenuItem label="Delete entry" icon=IconName::Delete danger=true lock run=delete />
        </Menu>
    }.into_any()
}

/// Puts the address of an entry on the clipboard: whoever opens it sees the entry selected.
fn copy_link(id: &ItemId, notices: Notices) {
    let location = window().location();
    let page = format!("{}{}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    let address = format!("{page}#entry-{id}");
    spawn_local(async move {
        let is_copied = JsFuture::from(window().navigator().clipboard().write_text(&address)).await.is_ok();
        if is_copied {
            notices.toast("Link to the entry copied", None);
        } else {
            notices.toast(format!("The browser does not allow copying here. The link is {address}"), None);
        }
    });
}

/// The entry after one, or the one before the last.
fn neighbour(entries: &[TimelineEntry], id: &ItemId) -> Option<ItemId> {
    let index = entries.iter().position(|entry| entry.id == *id)?;
    let next = entries.get(index + 1).or_else(|| entries.get(index.checked_sub(1)?))?;
    Some(next.id.clone())
}
