//! One thread: what was said, who settled it, and the reply.

use super::composer::Composer;
use super::message::Message;
use crate::client::comments;
use crate::controls::list::{DrawRow, List};
use crate::controls::lock::Lock;
use crate::controls::notices::{Notices, use_notices};
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::anchors::as_read;
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::thread::More;
use postmortem::{Capability, Comment, CommentId, Subject, Thread, ThreadId};
use std::sync::Arc;
use wasm_bindgen::JsCast;

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
    let more = Memo::new(move |_| value.with(|thread| thread.as_ref().and_then(|thread| thread.more)));
    // A comment is drawn anew when its author changed it, and when the whole of a shortened one came.
    let key = |comment: &Comment| format!("{} {:?} {}", comment.id, comment.edited_at, comment.text.len());
    let gap = Memo::new(move |_| value.with(|thread| thread.as_ref().map_or(0, gap)));
    let keys = move |from_gap: bool| {
        Memo::new(move |_| {
            comments.with(|comments| {
                let (before, behind) = comments.split_at(gap.get().min(comments.len()));
                (if from_gap { behind } else { before }).iter().map(key).collect::<Vec<_>>()
            })
        })
    };
    let message: DrawRow = Arc::new(move |wanted| {
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
        <List keys=keys(false) row=message.clone() />
        {move || more.get().map(|more| view! { <Left thread=id value more /> }.into_any())}
        <List keys=keys(true) row=message />
        <Settlement thread=id value />
        {move || {
            subject
                .get()
                .filter(|_| replies && !is_settled.get())
                .map(|subject: Subject| view! { <Composer subject thread=Some(id.get_value()) passage=Signal::stored(None) label="Reply" /> }.into_any())
        }}
    }.into_any()
}

/// Behind which of its comments the others stand that are not here; a first one that is shortened stands before them.
fn gap(thread: &Thread) -> usize {
    thread.more.map_or(thread.comments.len(), |more| thread.split_at(more.after).max(1))
}

/// The way to the comments of a long thread that are not here.
#[component]
fn Left(thread: StoredValue<ThreadId>, value: Memo<Option<Thread>>, more: More) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let is_asking = RwSignal::new(false);
    let left = Memo::new(move |_| {
        value.with(|thread| thread.as_ref().map_or(0, |thread| thread.count().saturating_sub(thread.comments.len())))
    });
    let ask = move |_| {
        if is_asking.get_untracked() {
            return;
        }
        is_asking.set(true);
        spawn_local(async move {
            let known = value.get_untracked().map_or(0, |thread| gap(&thread));
            match open.fetch_comments(&thread.get_value(), more.after).await {
                Ok(()) => {
                    notices.speak("More comments are shown");
                    let first = value.get_untracked().and_then(|thread| Some(thread.comments.get(known)?.id.clone()));
                    go_to(first);
                }
                Err(error) => notices.refuse_sentence(&error.to_string(), None),
            }
            is_asking.try_set(false);
        });
    };
    let label = move || match left.get() {
        0 => "Show the whole comment".to_owned(),
        left if left <= comments::NEXT => format!("Show {left} more"),
        left => format!("Show {} of {left} more", comments::NEXT),
    };
    view! {
        <button type="button" class="btn small left" aria-busy=move || is_asking.get().to_string() on:click=ask>
            {label}
        </button>
    }
    .into_any()
}

/// The keyboard goes on where the comments that came begin; the button that brought them may be gone.
fn go_to(comment: Option<CommentId>) {
    let Some(comment) = comment else { return };
    request_animation_frame(move || {
        let message = document().query_selector(&format!("[data-comment=\"{comment}\"]")).ok().flatten();
        if let Some(message) = message.and_then(|message| message.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = message.focus();
        }
    });
}

/// Who resolved a settled thread, and the way back.
#[component]
fn Settlement(thread: StoredValue<ThreadId>, value: Memo<Option<Thread>>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let lock = open.capabilities.lock(Capability::Comment);
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
                                disabled=move || lock.is_closed()
                                title=move || lock.reason()
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

#[component]
pub fn ResolveButton(thread: ThreadId) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let (id, may) = (thread.clone(), open.capabilities.lock(Capability::Comment));
    let is_waiting = Memo::new(move |_| {
        open.waiting_comments.with(|all| all.iter().any(|begun| ThreadId::from(begun.clone()) == id))
    });
    let lock = Lock::new(Signal::derive(move || {
        let waits = || "Your comment is on its way; the thread can be resolved once it is there.".to_owned();
        may.reason().or_else(|| is_waiting.get().then(waits))
    }));
    view! {
        <button
            type="button"
            class="btn bare small"
            disabled=move || lock.is_closed()
            title=move || lock.reason()
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
