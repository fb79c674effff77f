//! One thread: what was said, who settled it, and the reply.

use super::composer::Composer;
use super::message::Message;
use crate::client::comments;
use crate::controls::icon::{Icon, IconName};
use crate::controls::list::{List, Row};
use crate::state::anchors::as_read;
use crate::state::notices::{Notices, use_notices};
use crate::state::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Comment, Subject, Thread, ThreadId};
use std::sync::Arc;

/// One thread: what was said, who settled it, and the reply.
#[component]
pub fn ThreadBlock(
    thread: ThreadId,
    threads: Memo<Vec<Thread>>,
    /// Whether what it is about is there to be written about.
    #[prop(default = true)]
    replies: bool,
    /// Whether it shows the words that it is about.
    #[prop(optional)]
    quotes: bool,
) -> impl IntoView {
    let id = StoredValue::new(thread);
    let value = Memo::new(move |_| {
        threads.with(|threads| threads.iter().find(|one| id.with_value(|id| one.id == *id)).cloned())
    });
    let comments = Memo::new(move |_| value.get().map(|thread| thread.comments).unwrap_or_default());
    // A comment is drawn anew when its author changed it.
    let key = |comment: &Comment| format!("{} {:?}", comment.id, comment.edited_at);
    let keys = Memo::new(move |_| comments.with(|comments| comments.iter().map(key).collect::<Vec<_>>()));
    let message: Row = Arc::new(move |wanted| {
        let found = comments.with_untracked(|comments| comments.iter().find(|comment| key(comment) == wanted).cloned());
        found.map(|comment| view! { <Message comment /> }.into_any()).into_any()
    });
    let is_settled =
        Memo::new(move |_| value.with(|thread| thread.as_ref().is_some_and(|thread| thread.resolved.is_some())));
    let subject = Memo::new(move |_| value.with(|thread| thread.as_ref().map(|thread| thread.subject.clone())));
    let quote = Memo::new(move |_| value.with(|thread| thread.as_ref().and_then(|thread| thread.passage.clone())));
    view! {
        {move || {
            let quote = quote.get().filter(|_| quotes);
            quote.map(|passage| view! { <blockquote>{format!("“{}”", as_read(&passage.quote))}</blockquote> }.into_any())
        }}
        <List keys row=message />
        <Settlement thread=id value />
        {move || {
            subject
                .get()
                .filter(|_| replies && !is_settled.get())
                .map(|subject: Subject| view! { <Composer subject thread=Some(id.get_value()) passage=Signal::stored(None) label="Reply" /> }.into_any())
        }}
    }.into_any()
}

/// Who resolved a settled thread, and the way back.
#[component]
fn Settlement(thread: StoredValue<ThreadId>, value: Memo<Option<Thread>>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let resolution =
        Memo::new(move |_| value.with(|thread| thread.as_ref().and_then(|thread| thread.resolved.clone())));
    view! {
        {move || {
            resolution
                .get()
                .map(|resolution| {
                    let words =
                        format!("Resolved by {}, {}", resolution.by.name, resolution.at.format("%-d %b %H:%M UTC"));
                    view! {
                        <div class="settled">
                            <span>{words}</span>
                            <button
                                type="button"
                                class="again"
                                on:click=move |_| settle(open, notices, thread.get_value(), false)
                            >
                                "Reopen"
                            </button>
                        </div>
                    }.into_any()
                })
        }}
    }
    .into_any()
}

/// The button that settles an open thread.
#[component]
pub fn ResolveButton(thread: ThreadId) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    view! {
        <button
            type="button"
            class="btn bare small"
            on:click=move |_| settle(open, notices, thread.clone(), true)
        >
            <Icon name=IconName::Check small=true />
            "Resolve"
        </button>
    }
    .into_any()
}

fn settle(open: OpenPostmortem, notices: Notices, thread: ThreadId, is_resolved: bool) {
    let postmortem = open.id.get_value();
    if is_resolved {
        // The field of this thread goes, and the next one takes its focus.
        if let Some(subject) = open.discussion.subject_of(&thread) {
            open.discussion.await_field(&subject);
        }
    }
    spawn_local(async move {
        let done = if is_resolved {
            comments::resolve(&postmortem, &thread).await
        } else {
            comments::reopen(&postmortem, &thread).await
        };
        match done {
            Ok(()) => notices.speak(if is_resolved { "Resolved" } else { "Reopened" }),
            Err(error) => {
                open.discussion.await_nothing();
                notices.refuse_sentence(&error.to_string(), None);
            }
        }
    });
}
