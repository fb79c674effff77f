//! Who can open the published page.

use crate::client::publications;
use crate::controls::field::ErrorLine;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Capability, PageReaders};

/// A choice that holds at once for a page that stands, and for the next one otherwise.
#[component]
pub fn Readers(chosen: RwSignal<Option<PageReaders>>) -> impl IntoView {
    let open = use_open();
    let lock = open.capabilities.lock(Capability::Publish);
    let error = RwSignal::new(None::<String>);
    let stands = Memo::new(move |_| open.publication.with(|publication| publication.readers));
    let is_selected = move |readers: Option<PageReaders>| stands.get().or(chosen.get()) == readers;
    let choose = move |event| {
        let readers = event_target_value(&event).parse().ok();
        chosen.set(readers);
        let slug = open.publication.with_untracked(|publication| publication.slug.clone());
        let (Some(readers), Some(slug)) = (readers, slug) else { return };
        let id = open.id.get_value();
        error.set(None);
        spawn_local(async move {
            if let Err(problem) = publications::set_readers(&id, &slug, readers).await {
                error.set(Some(problem.to_string()));
            }
        });
    };
    let choices = PageReaders::ALL.iter().map(|readers| {
        let readers = *readers;
        view! {
            <option value=readers.code() selected=move || is_selected(Some(readers))>
                {readers.label()}
            </option>
        }
        .into_any()
    });
    view! {
        <p class="field">
            <label for="page-readers">"Who can open it"</label>
            <select id="page-readers" disabled=move || lock.is_closed() title=move || lock.reason() on:change=choose>
                <Show when=move || stands.get().is_none()>
                    <option value="" selected=move || is_selected(None)>
                        "As the team has it"
                    </option>
                </Show>
                {choices.collect_view()}
            </select>
            {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        </p>
    }
    .into_any()
}
