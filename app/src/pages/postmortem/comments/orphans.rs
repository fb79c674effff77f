//! Threads whose entry was deleted: they are kept and shown below the timeline, never thrown away.

use super::thread_block::ThreadBlock;
use crate::controls::list::{List, by_id};
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::Subject;
use std::collections::BTreeSet;

/// The list; nothing while every thread has its entry.
#[component]
pub fn Orphans() -> impl IntoView {
    let open = use_open();
    let threads = Memo::new(move |_| {
        let entries: BTreeSet<_> =
            open.parts.timeline.with(|entries| entries.iter().map(|entry| entry.id.clone()).collect());
        open.discussion
            .all()
            .into_iter()
            .filter(|thread| matches!(&thread.subject, Subject::Entry(entry) if !entries.contains(entry)))
            .collect::<Vec<_>>()
    });
    let ids = Memo::new(move |_| {
        threads.with(|threads| threads.iter().map(|thread| thread.id.to_string()).collect::<Vec<_>>())
    });
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <details class="loose">
                <summary>
                    <Icon name=IconName::ChevronRight small=true />
                    "Comments on deleted entries"
                    <span>{move || ids.with(Vec::len)}</span>
                </summary>
                <List
                    keys=ids
                    row=by_id(move |thread| {
                        view! {
                            <div class="thread">
                                <ThreadBlock thread threads replies=false quotes=true />
                            </div>
                        }
                            .into_any()
                    })
                />
            </details>
        </Show>
    }
    .into_any()
}
