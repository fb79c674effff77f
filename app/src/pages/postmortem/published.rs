//! Whether the page still says what was published, and what differs.

use super::Dialogs;
use crate::client::publications;
use crate::state::postmortem::open::{OpenPostmortem, Publication, use_open};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::digest::Differences;
use postmortem::{Capability, Digests};

/// How long the document rests before it is compared: reading all of it with every key would cost more than it tells.
const REST_MILLISECONDS: u32 = 1_500;

/// Compares what is written with what was published, for as long as the page lives.
pub fn follow_publication(open: OpenPostmortem) {
    let published = RwSignal::new(None::<Digests>);
    let version = move |publication: &Publication| publication.slug.clone().map(|slug| (slug, publication.revision));
    // Told with every connection, whether it is another version or not.
    Effect::new(move |before: Option<Option<(String, u32)>>| {
        let standing = open.publication.with(version);
        if before.is_some_and(|before| before != standing) {
            published.set(None);
        }
        if standing.is_some() && published.with_untracked(Option::is_none) {
            let (id, asked) = (open.id.get_value(), standing.clone());
            spawn_local(async move {
                // Without an answer nothing is claimed; the next connection, or the next version, asks again.
                if let Ok(digests) = publications::digests(&id).await
                    && open.publication.try_with_untracked(version) == Some(asked)
                {
                    published.try_set(digests);
                }
            });
        }
        standing
    });
    let resting = StoredValue::new_local(None::<Timeout>);
    let compare = move || {
        let differences = published.try_with_untracked(|published| {
            published
                .as_ref()
                .map_or_else(Differences::default, |published| published.compared_published(&open.postmortem()))
        });
        if let Some(differences) = differences
            && open.unpublished.try_with_untracked(|known| *known != differences) == Some(true)
        {
            open.unpublished.set(differences);
        }
    };
    Effect::new(move |_| {
        open.parts.changed.track();
        let delay = if published.with(Option::is_some) { REST_MILLISECONDS } else { 0 };
        resting.set_value(Some(Timeout::new(delay, compare)));
    });
    on_cleanup(move || resting.dispose());
}

/// Which version stands, and what has changed since: a value of the head, there once something is published.
#[component]
pub fn PublishedState(dialogs: Dialogs) -> impl IntoView {
    let open = use_open();
    let standing = Memo::new(move |_| {
        open.publication.with(|publication| {
            publication.slug.as_ref()?;
            let day = publication.published_at.map(|at| at.format(", %a %-d %b %Y").to_string()).unwrap_or_default();
            Some(format!("Version {}{day}", publication.revision))
        })
    });
    let may_publish = move || open.capabilities.may(Capability::Publish);
    let changed = Memo::new(move |_| may_publish().then(|| open.unpublished.with(changed_since)).flatten());
    view! {
        {move || {
            standing
                .get()
                .map(|version| {
                    view! {
                        <div>
                            <dt>"Published"</dt>
                            <dd>
                                {version}
                                {move || {
                                    changed
                                        .get()
                                        .map(|words| {
                                            view! {
                                                <button
                                                    type="button"
                                                    class="todo"
                                                    title=words.clone()
                                                    on:click=move |_| dialogs.publish.set(true)
                                                >
                                                    "Changed since"
                                                    <span class="vh">{format!(": {words}")}</span>
                                                </button>
                                            }.into_any()
                                        })
                                }}
                            </dd>
                        </div>
                    }
                        .into_any()
                })
        }}
    }
    .into_any()
}

/// `3 entries and “Overview”`; nothing while nothing differs.
pub fn changed_since(differences: &Differences) -> Option<String> {
    (!differences.is_empty()).then(|| differences.in_words())
}
