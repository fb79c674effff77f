//! Who can open the published page.

use crate::client::{people, publications};
use crate::controls::field::ErrorLine;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Capability, Openness, PageReaders};

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

/// Who will be able to open the page that is published next, in a sentence.
pub fn use_reach(chosen: RwSignal<Option<PageReaders>>) -> Memo<&'static str> {
    let open = use_open();
    let usual = RwSignal::new(None::<PageReaders>);
    spawn_local(async move {
        // Without an answer it is said as the choice says it.
        if let Ok(team) = people::team().await {
            let _ = usual.try_set(Some(team.pages_are_for));
        }
    });
    Memo::new(move |_| {
        let is_private = open.audience.with(|audience| audience.access == Openness::Private);
        let stands = open.publication.with(|publication| publication.readers);
        let said = stands.or_else(|| chosen.get());
        reach(said.or(is_private.then_some(PageReaders::Team)).or_else(|| usual.get()), is_private)
    })
}

fn reach(readers: Option<PageReaders>, is_private: bool) -> &'static str {
    match (readers, is_private) {
        (Some(PageReaders::Link), false) => "Whoever has the link will see it, without signing in.",
        (Some(PageReaders::Link), true) => {
            "Whoever has the link will see it, without signing in, though the post-mortem is private."
        }
        (Some(PageReaders::Team), _) => "Only people who are signed in here will see it.",
        (None, _) => "Whom the team’s settings say will see it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_private_one_goes_to_whoever_has_the_link_is_said_before() {
        assert!(reach(Some(PageReaders::Link), true).ends_with("though the post-mortem is private."));
        assert_eq!(reach(Some(PageReaders::Team), true), reach(Some(PageReaders::Team), false));
        assert!(!reach(None, false).contains("link"), "nothing is claimed that is not known");
    }
}
