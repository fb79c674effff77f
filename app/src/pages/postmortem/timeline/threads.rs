//! The threads of an entry: a count at its side, an open panel in the margin on its line, or one quiet line there.

use super::composer::Composer;
use super::entry::EntryHandle;
use super::message::Message;
use crate::client::comments;
use crate::controls::icon::{Icon, IconName};
use crate::reader::Avatar;
use crate::state::notices::use_notices;
use crate::state::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Comment, ItemId, Thread, ThreadId};

/// The count of open comments at the side of an entry; it opens and closes the panel.
#[component]
pub fn CommentBubble(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let count = Memo::new(move |_| {
        let threads = handle.id.with_value(|id| open.discussion.of(id));
        threads.iter().filter(|thread| thread.resolved.is_none()).map(|thread| thread.comments.len()).sum::<usize>()
    });
    let is_open = move || open.discussion.open.with(|shown| handle.id.with_value(|id| shown.as_ref() == Some(id)));
    let label = move || match count.get() {
        0 => format!("Comment on {}", handle.clock()),
        1 => format!("1 comment on {}", handle.clock()),
        count => format!("{count} comments on {}", handle.clock()),
    };
    let press = move |_| {
        let shown =
            (!open.discussion.open.with_untracked(|shown| handle.id.with_value(|id| shown.as_ref() == Some(id))))
                .then(|| handle.id.get_value());
        open.discussion.open.set(shown);
    };
    view! {
        <button
            type="button"
            class="bub"
            class:add=move || count.get() == 0 && !is_open()
            aria-expanded=move || is_open().to_string()
            aria-label=label
            on:click=press
        >
            <Icon name=IconName::Comment small=true />
            {move || (count.get() > 0).then(|| count.get())}
        </button>
    }
}

/// What stands beside an entry: the open panel, or the first words of its thread.
#[component]
pub fn Threads(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let is_open =
        Memo::new(move |_| open.discussion.open.with(|shown| handle.id.with_value(|id| shown.as_ref() == Some(id))));
    let first = Memo::new(move |_| {
        let threads = handle.id.with_value(|id| open.discussion.of(id));
        let waiting = threads.into_iter().find(|thread| thread.resolved.is_none())?;
        let replies = waiting.comments.len().saturating_sub(1);
        waiting.comments.into_iter().next().map(|comment| (comment, replies))
    });
    view! {
        {move || match (is_open.get(), first.get()) {
            (true, _) => view! { <Panel handle /> }.into_any(),
            (false, Some((comment, replies))) => view! { <Stub handle comment replies /> }.into_any(),
            (false, None) => ().into_any(),
        }}
    }
}

/// One quiet line in the margin.
#[component]
fn Stub(handle: EntryHandle, comment: Comment, replies: usize) -> impl IntoView {
    let open = use_open();
    let first_name = comment.author.first_name().to_owned();
    view! {
        <button
            type="button"
            class="stub"
            tabindex="-1"
            on:click=move |_| open.discussion.open.set(Some(handle.id.get_value()))
        >
            <Avatar person=comment.author small=true />
            <span>
                <b>{first_name}</b>
                " "
                {comment.text}
                {(replies > 0).then(|| view! { <span class="q">{format!(" +{replies}")}</span> })}
            </span>
        </button>
    }
}

/// The open panel with everything that was said about an entry.
#[component]
fn Panel(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let id = handle.id.get_value();
    let threads = Memo::new(move |_| open.discussion.of(&id));
    let waiting = Memo::new(move |_| {
        threads.with(|threads| {
            threads
                .iter()
                .filter(|thread| thread.resolved.is_none())
                .map(|thread| thread.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let settled = Memo::new(move |_| {
        threads.with(|threads| {
            threads
                .iter()
                .filter(|thread| thread.resolved.is_some())
                .map(|thread| thread.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let close = move || {
        open.discussion.open.set(None);
        handle.focus();
    };
    view! {
        <aside
            class="thread"
            aria-label=format!("Comments on {}", handle.clock())
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    close();
                }
            }
        >
            <span class="grab" aria-hidden="true"></span>
            <header>
                <b>{handle.clock()}</b>
                <span class="q">"Comments"</span>
                <span class="grow"></span>
                <button type="button" class="btn bare icon small" aria-label="Close comments" on:click=move |_| close()>
                    <Icon name=IconName::Close small=true />
                </button>
            </header>
            <For each=move || waiting.get() key=ThreadId::clone let:thread>
                <ThreadBlock thread threads />
            </For>
            <Show when=move || waiting.with(Vec::is_empty)>
                <Composer entry=handle.id.get_value() thread=None label="Comment" focuses=true />
            </Show>
            <Show when=move || settled.with(|settled| !settled.is_empty())>
                <details>
                    <summary class="settled">
                        {move || match settled.with(Vec::len) {
                            1 => "1 resolved thread".to_owned(),
                            count => format!("{count} resolved threads"),
                        }}
                    </summary>
                    <For each=move || settled.get() key=ThreadId::clone let:thread>
                        <ThreadBlock thread threads />
                    </For>
                </details>
            </Show>
        </aside>
    }
}

/// One thread: what was said, who settled it, and the reply.
#[component]
pub fn ThreadBlock(
    thread: ThreadId,
    threads: Memo<Vec<Thread>>,
    /// Whether the entry is there to be written about.
    #[prop(default = true)]
    replies: bool,
) -> impl IntoView {
    let id = StoredValue::new(thread);
    let value = Memo::new(move |_| {
        threads.with(|threads| threads.iter().find(|one| id.with_value(|id| one.id == *id)).cloned())
    });
    let comments = Memo::new(move |_| value.get().map(|thread| thread.comments).unwrap_or_default());
    let is_settled =
        Memo::new(move |_| value.with(|thread| thread.as_ref().is_some_and(|thread| thread.resolved.is_some())));
    let entry = Memo::new(move |_| value.with(|thread| thread.as_ref().map(|thread| thread.entry.clone())));
    view! {
        <For each=move || comments.get() key=|comment| (comment.id.to_string(), comment.edited_at) let:comment>
            <Message comment />
        </For>
        <Settlement thread=id value />
        {move || {
            entry
                .get()
                .filter(|_| replies && !is_settled.get())
                .map(|entry: ItemId| view! { <Composer entry thread=Some(id.get_value()) label="Reply" focuses=true /> })
        }}
    }
}

/// Resolving an open thread, or who resolved a settled one and the way back.
#[component]
fn Settlement(thread: StoredValue<ThreadId>, value: Memo<Option<Thread>>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let set = move |is_resolved: bool| {
        let (postmortem, thread) = (open.id.get_value(), thread.get_value());
        spawn_local(async move {
            let done = if is_resolved {
                comments::resolve(&postmortem, &thread).await
            } else {
                comments::reopen(&postmortem, &thread).await
            };
            match done {
                Ok(()) => notices.speak(if is_resolved { "Resolved" } else { "Reopened" }),
                Err(error) => notices.refuse_sentence(&error.to_string(), None),
            }
        });
    };
    let resolution =
        Memo::new(move |_| value.with(|thread| thread.as_ref().and_then(|thread| thread.resolved.clone())));
    view! {
        <div class="settled">
            {move || match resolution.get() {
                Some(resolution) => {
                    view! {
                        <span>{format!("Resolved by {}, {}", resolution.by.name, resolution.at.format("%-d %b %H:%M UTC"))}</span>
                        <button type="button" class="again" on:click=move |_| set(false)>
                            "Reopen"
                        </button>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <button type="button" class="btn bare small" on:click=move |_| set(true)>
                            <Icon name=IconName::Check small=true />
                            "Resolve"
                        </button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
