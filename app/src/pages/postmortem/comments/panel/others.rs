//! The threads on the same section or entry beside the one that is shown: those to go to, and those that are settled.

use super::sorted::SortedThreads;
use crate::controls::list::{List, by_id};
use crate::pages::postmortem::comments::thread_block::ThreadBlock;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Capability, Subject, Thread, ThreadId};

/// The threads that are not settled, and the way to a comment on the whole.
#[component]
pub fn Others(subject: StoredValue<Subject>, sorted: SortedThreads) -> impl IntoView {
    let open = use_open();
    let SortedThreads { threads, current, value, others, .. } = sorted;
    let is_about_words = move || value.with(|thread| thread.as_ref().is_some_and(|thread| thread.passage.is_some()));
    view! {
        <Show when=move || others.with(|others| !others.is_empty()) || current.with(Option::is_some)>
            <div class="others">
                <List
                    keys=others
                    row=by_id(move |thread: ThreadId| view! { <Other thread threads /> }.into_any())
                />
                {move || {
                    (current.with(Option::is_some) && is_about_words() && open.capabilities.may(Capability::Comment))
                        .then(|| {
                            view! {
                                <button type="button" on:click=move |_| open.discussion.begin(subject.get_value(), None)>
                                    <Icon name=IconName::Plus small=true />
                                    "Comment on the whole"
                                </button>
                            }
                                .into_any()
                        })
                }}
            </div>
        </Show>
    }
    .into_any()
}

/// The threads that were resolved, folded.
#[component]
pub fn Settled(sorted: SortedThreads) -> impl IntoView {
    let SortedThreads { threads, settled, .. } = sorted;
    view! {
        <Show when=move || settled.with(|settled| !settled.is_empty())>
            <details>
                <summary class="settled">
                    {move || match settled.with(Vec::len) {
                        1 => "1 resolved thread".to_owned(),
                        count => format!("{count} resolved threads"),
                    }}
                </summary>
                <List
                    keys=settled
                    row=by_id(move |thread| view! { <ThreadBlock thread threads quotes=true /> }.into_any())
                />
            </details>
        </Show>
    }
    .into_any()
}

/// The beginning of a thread, to go to it.
#[component]
fn Other(thread: ThreadId, threads: Memo<Vec<Thread>>) -> impl IntoView {
    let open = use_open();
    let value = Memo::new(move |_| threads.with(|threads| threads.iter().find(|one| one.id == thread).cloned()));
    view! {
        {move || {
            value
                .get()
                .and_then(|thread| {
                    let first = thread.comments.first().cloned()?;
                    let name = first.author.first_name().to_owned();
                    Some(
                        view! {
                            <button type="button" on:click=move |_| open.discussion.open_thread(&thread)>
                                <b>{name}</b>
                                " "
                                {first.text}
                            </button>
                        }
                            .into_any(),
                    )
                })
        }}
    }
    .into_any()
}
