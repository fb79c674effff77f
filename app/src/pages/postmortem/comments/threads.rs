//! The threads of an entry: a count at its side, an open panel in the margin on its line, or one quiet line there.

use super::Commented;
use super::panel::Panel;
use crate::reader::Avatar;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Capability, Thread};

/// The count of open comments; it opens and closes the panel. Where nothing is said and nothing may be, it is not offered.
#[component]
pub fn CommentBubble(commented: Commented) -> impl IntoView {
    let open = use_open();
    let Commented { subject, name, .. } = commented;
    let count = Memo::new(move |_| {
        let threads = subject.with_value(|subject| open.discussion.unresolved(subject));
        threads.iter().map(Thread::count).sum::<usize>()
    });
    let is_open = Memo::new(move |_| subject.with_value(|subject| open.discussion.is_open(subject)));
    let is_offered = Memo::new(move |_| {
        let has_threads = || subject.with_value(|subject| !open.discussion.of(subject).is_empty());
        open.capabilities.may(Capability::Comment) || is_open.get() || has_threads()
    });
    let label = move || match count.get() {
        0 if !open.capabilities.may(Capability::Comment) => format!("Resolved comments on {}", name.get()),
        0 => format!("Comment on {}", name.get()),
        1 => format!("1 comment on {}", name.get()),
        count => format!("{count} comments on {}", name.get()),
    };
    view! {
        <button
            type="button"
            class="bub"
            class:add=move || count.get() == 0 && !is_open.get()
            aria-expanded=move || is_open.get().to_string()
            aria-label=label
            hidden=move || !is_offered.get()
            on:click=move |_| subject.with_value(|subject| open.discussion.toggle(subject))
        >
            <Icon name=IconName::Comment small=true />
            {move || (count.get() > 0).then(|| count.get())}
        </button>
    }
    .into_any()
}

/// What stands beside an entry: the open panel, or the first words of its first thread.
#[component]
pub fn Threads(commented: Commented) -> impl IntoView {
    let open = use_open();
    let subject = commented.subject;
    let is_open = Memo::new(move |_| subject.with_value(|subject| open.discussion.is_open(subject)));
    let unresolved = Memo::new(move |_| subject.with_value(|subject| open.discussion.unresolved(subject)));
    view! {
        {move || {
            // The open panel does not hang on what is said in it.
            if is_open.get() {
                return view! { <Panel commented /> }.into_any();
            }
            let threads = unresolved.get();
            let comments = threads.iter().map(Thread::count).sum::<usize>();
            threads.into_iter().next().map(|thread| view! { <Stub thread more=comments.saturating_sub(1) /> }.into_any()).into_any()
        }}
    }
    .into_any()
}

/// A thread as one quiet line in the margin.
#[component]
pub fn Stub(
    thread: Thread,
    /// How many comments follow.
    more: usize,
) -> impl IntoView {
    let open = use_open();
    let first = thread.comments.first().cloned();
    view! {
        <button
            type="button"
            class="stub"
            tabindex="-1"
            data-of=thread.id.to_string()
            on:click=move |_| open.discussion.open_thread(&thread)
        >
            {first.map(|comment| {
                let name = comment.author.first_name().to_owned();
                view! {
                    <Avatar person=comment.author small=true />
                    <span>
                        <b>{name}</b>
                        " "
                        {comment.text}
                        {(more > 0).then(|| view! { <span class="q">{format!(" +{more}")}</span> }.into_any())}
                    </span>
                }
                    .into_any()
            })}
        </button>
    }
    .into_any()
}
