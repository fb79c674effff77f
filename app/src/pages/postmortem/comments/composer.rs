//! Where a comment or a reply is written. It is sent with Ctrl and Enter; what cannot be sent stays in the field, also when the
//! right to comment is taken away meanwhile.

use crate::controls::field::ErrorLine;
use crate::controls::notices::use_notices;
use crate::state::postmortem::drafts::DraftPlace;
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use leptos::html;
use leptos::prelude::*;
use postmortem::{Capability, Passage, Subject, ThreadId, thread::LONGEST_COMMENT};

#[component]
pub fn Composer(
    subject: Subject,
    thread: Option<ThreadId>,
    /// The words that a new thread is to be about; others may be chosen while it is written.
    #[prop(into)]
    passage: Signal<Option<Passage>>,
    /// "Comment" or "Reply".
    label: &'static str,
) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let lock = open.capabilities.lock(Capability::Comment);
    let node = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<String>);
    let place = (subject, thread);
    let drafts = open.discussion.drafts;
    let draft = RwSignal::new(drafts.text(&place));
    let place = StoredValue::new(place);
    let write = move |words: String| {
        place.with_value(|place| drafts.keep(place, passage.get_untracked(), words.clone()));
        draft.set(words);
    };
    Effect::new(move |_| {
        // What was sent and not taken comes back.
        let kept = place.with_value(|place| drafts.follow(place));
        if !kept.is_empty() && draft.with_untracked(|draft| *draft != kept) {
            draft.set(kept);
        }
    });
    focus_when_asked(open, place, node);
    let send = move || {
        let words = draft.get_untracked().trim().to_owned();
        if words.is_empty() {
            return;
        }
        let length = words.chars().count();
        if length > LONGEST_COMMENT {
            let sentence = format!("A comment has at most {LONGEST_COMMENT} characters, this one has {length}.");
            error.set(Some(sentence));
            return;
        }
        let (subject, thread) = place.get_value();
        let begins = thread.is_none();
        let id = match open.comment(subject.clone(), thread, passage.get_untracked(), words) {
            Ok(id) => id,
            Err(left) => return error.set(Some(left.to_string())),
        };
        error.set(None);
        place.with_value(|place| drafts.keep(place, None, String::new()));
        draft.set(String::new());
        if begins {
            // The thread's field for replies comes in the place of this one.
            open.discussion.await_field(&subject);
            open.discussion.began(&subject, id.into());
        }
        notices.speak("Comment sent");
    };
    view! {
        {move || lock.reason().map(|reason| view! { <p class="hint">{reason}</p> }.into_any())}
        <div class="compose" hidden=move || lock.is_closed() && draft.with(String::is_empty)>
            <textarea
                node_ref=node
                rows="2"
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                aria-label=label
                placeholder=label
                prop:value=move || draft.get()
                on:input=move |event| write(event_target_value(&event))
                on:keydown=move |event: web_sys::KeyboardEvent| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        event.prevent_default();
                        send();
                    }
                }
            ></textarea>
            {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            <div class="row2">
                <span class="hint hide-s">
                    <kbd>"Ctrl"</kbd>
                    " "
                    <kbd>"↵"</kbd>
                    " to send"
                </span>
                <span class="grow"></span>
                <button
                    type="button"
                    class="btn small"
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    on:click=move |_| send()
                >
                    {label}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Takes the keyboard where this person asked for the field, also while it is there: for other words, or by a thread that
/// is open already.
fn focus_when_asked(open: OpenPostmortem, place: StoredValue<DraftPlace>, node: NodeRef<html::Textarea>) {
    let focuses = StoredValue::new(place.with_value(|place| open.discussion.takes_focus(place)));
    Effect::new(move |_| {
        if place.with_value(|place| open.discussion.shows(place) && open.discussion.takes_focus(place)) {
            focuses.set_value(true);
        }
        if let Some(node) = node.get()
            && focuses.try_update_value(std::mem::take) == Some(true)
        {
            let _ = node.focus();
        }
    });
}
