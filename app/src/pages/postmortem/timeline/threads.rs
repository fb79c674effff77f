//! The threads of an entry: a count at its side, an open panel in the margin on its line, or one quiet line there.

use super::entry::EntryHandle;
use super::thread_panel::Panel;
use crate::controls::icon::{Icon, IconName};
use crate::reader::Avatar;
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Comment, Subject};

/// The count of open comments at the side of an entry; it opens and closes the panel.
#[component]
pub fn CommentBubble(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let count = Memo::new(move |_| {
        let threads = open.discussion.of(&Subject::Entry(handle.id.get_value()));
        threads.iter().filter(|thread| thread.resolved.is_none()).map(|thread| thread.comments.len()).sum::<usize>()
    });
    let is_open = move || open.discussion.open.with(|shown| handle.id.with_value(|id| shown.as_ref() == Some(id)));
    let label = move || match count.get() {
        0 => format!("Comment on {}", handle.clock.get()),
        1 => format!("1 comment on {}", handle.clock.get()),
        count => format!("{count} comments on {}", handle.clock.get()),
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
    .into_any()
}

/// What stands beside an entry: the open panel, or the first words of its thread.
#[component]
pub fn Threads(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let is_open =
        Memo::new(move |_| open.discussion.open.with(|shown| handle.id.with_value(|id| shown.as_ref() == Some(id))));
    let first = Memo::new(move |_| {
        let threads = open.discussion.of(&Subject::Entry(handle.id.get_value()));
        let waiting = threads.into_iter().find(|thread| thread.resolved.is_none())?;
        let replies = waiting.comments.len().saturating_sub(1);
        waiting.comments.into_iter().next().map(|comment| (comment, replies))
    });
    view! {
        {move || {
            // The open panel does not hang on what is said in it.
            if is_open.get() {
                return view! { <Panel handle /> }.into_any();
            }
            match first.get() {
                Some((comment, replies)) => view! { <Stub handle comment replies /> }.into_any(),
                None => ().into_any(),
            }
        }}
    }
    .into_any()
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
                {(replies > 0).then(|| view! { <span class="q">{format!(" +{replies}")}</span> }.into_any())}
            </span>
        </button>
    }
    .into_any()
}
