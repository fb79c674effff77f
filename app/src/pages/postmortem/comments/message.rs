//! One comment: who, when, what; its author can change or delete it.

use crate::browser::clock;
use crate::client::comments;
use crate::controls::notices::use_notices;
use crate::controls::question::{Press, Question, press_once};
use crate::reader::time::{iso, moment};
use crate::reader::{Avatar, Plain};
use crate::state::postmortem::open::use_open;
use crate::state::session::use_session;
use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::{Capability, Comment};

#[component]
pub fn Message(comment: Comment) -> impl IntoView {
    let session = use_session();
    let open = use_open();
    // A comment that is being changed stays open when a session ends.
    let is_own = untrack(|| session.person()).is_some_and(|person| person.id == comment.author.id);
    let is_editing = RwSignal::new(false);
    let Comment { id, author, text, created_at, edited_at, .. } = comment;
    let name = author.name.clone();
    let (id, text) = (StoredValue::new(id), StoredValue::new(text));
    let is_waiting = Memo::new(move |_| open.waiting_comments.with(|waiting| id.with_value(|id| waiting.contains(id))));
    view! {
        <div class="msg" tabindex="-1" data-comment=id.with_value(ToString::to_string)>
            <Avatar person=author small=true />
            <div>
                <div class="by">
                    <b>{name}</b>
                    <time datetime=iso(created_at) title=moment(created_at)>
                        {short(created_at)}
                    </time>
                    {edited_at.map(|at| view! { <small title=moment(at)>"edited"</small> }.into_any())}
                    {move || match (is_waiting.get(), is_own) {
                        (true, _) => view! { <small data-waiting title="Kept in this browser, and sent after your other changes">"waiting"</small> }.into_any(),
                        (false, true) => view! { <Own comment=id is_editing /> }.into_any(),
                        (false, false) => ().into_any(),
                    }}
                </div>
                {move || {
                    if is_editing.get() {
                        view! { <Rewrite comment=id text is_editing /> }.into_any()
                    } else {
                        view! { <p><Plain text=text.get_value() /></p> }.into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}

/// `11:41`, with the day when that was another one.
fn short(at: DateTime<Utc>) -> String {
    let pattern = if at.date_naive() == clock::now().date_naive() { "%H:%M UTC" } else { "%-d %b %H:%M UTC" };
    at.format(pattern).to_string()
}

#[component]
fn Own(comment: StoredValue<postmortem::id::CommentId>, is_editing: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let lock = open.capabilities.lock(Capability::Comment);
    let question = Question::default();
    let delete = move |_| {
        if question.press() != Press::Answers {
            return;
        }
        let (postmortem, comment) = (open.id.get_value(), comment.get_value());
        spawn_local(async move {
            match comments::delete(&postmortem, &comment).await {
                Ok(()) => notices.speak("Comment deleted"),
                Err(error) => notices.refuse_sentence(&error.to_string(), None),
            }
        });
    };
    view! {
        <span class="own">
            <button
                type="button"
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                on:click=move |_| is_editing.set(true)
            >
                "Edit"
            </button>
            <button
                type="button"
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                aria-disabled=move || question.is_deaf()
                on:keydown=press_once
                on:click=delete
                on:blur=move |_| question.end()
            >
                {move || if question.is_asked() { "Really delete?" } else { "Delete" }}
            </button>
        </span>
    }
    .into_any()
}

#[component]
fn Rewrite(
    comment: StoredValue<postmortem::id::CommentId>,
    text: StoredValue<String>,
    is_editing: RwSignal<bool>,
) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let draft = RwSignal::new(text.get_value());
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(textarea) = node.get() {
            let _ = textarea.focus();
        }
    });
    let save = move || {
        let (postmortem, comment, words) = (open.id.get_value(), comment.get_value(), draft.get_untracked());
        if words.trim().is_empty() {
            return;
        }
        spawn_local(async move {
            match comments::change(&postmortem, &comment, &words).await {
                Ok(()) => is_editing.set(false),
                Err(error) => notices.refuse_sentence(&error.to_string(), Some(words)),
            }
        });
    };
    view! {
        <textarea
            rows="3"
            aria-label="Your comment"
            node_ref=node
            prop:value=move || draft.get()
            on:input=move |event| draft.set(event_target_value(&event))
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                    event.prevent_default();
                    save();
                } else if event.key() == "Escape" && !event.is_composing() {
                    event.stop_propagation();
                    is_editing.set(false);
                }
            }
        ></textarea>
        <div class="row2">
            <span class="grow"></span>
            <button type="button" class="btn bare small" on:click=move |_| is_editing.set(false)>
                "Cancel"
            </button>
            <button type="button" class="btn small" on:click=move |_| save()>
                "Save"
            </button>
        </div>
    }
    .into_any()
}
