//! The open panel beside what it is about, with one thread and the way to the others: in the margin, under an entry, or
//! as a sheet from below, as the style sheet decides.

mod others;
mod sorted;

use super::Commented;
use super::composer::Composer;
use super::thread_block::{ResolveButton, ThreadBlock};
use super::tour::TourButton;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::anchors::{as_read, is_lost};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use others::{Others, Settled};
use postmortem::{Passage, Thread};
use sorted::SortedThreads;

#[component]
pub fn Panel(commented: Commented) -> impl IntoView {
    let open = use_open();
    let Commented { subject, name, refocus } = commented;
    let sorted = SortedThreads::of(open, subject);
    let SortedThreads { threads, current, value, .. } = sorted;
    let passage = sorted.passage(open);
    let close = move || {
        open.discussion.close();
        refocus.run(());
    };
    view! {
        <aside
            class="thread"
            data-of=move || current.get().map(|id| id.to_string())
            aria-label=move || format!("Comments on {}", name.get())
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if event.key() == "Escape" && !event.is_composing() {
                    event.stop_propagation();
                    close();
                }
            }
        >
            <span class="grab" aria-hidden="true"></span>
            <header>
                <b>{name}</b>
                <span class="q">{move || sorted.count_in_words()}</span>
                <span class="grow"></span>
                {move || current.get().map(|thread| view! { <ResolveButton thread /> }.into_any())}
                <button type="button" class="btn bare icon small" aria-label="Close comments" on:click=move |_| close()>
                    <Icon name=IconName::Close small=true />
                </button>
            </header>
            {move || passage.get().map(|passage| view! { <Quote passage value commented /> }.into_any())}
            {move || match current.get() {
                Some(thread) => view! { <ThreadBlock thread threads /> }.into_any(),
                None => {
                    view! { <Composer subject=subject.get_value() thread=None passage label="Comment" /> }
                        .into_any()
                }
            }}
            <Others subject sorted />
            <TourButton />
            <Settled sorted />
        </aside>
    }
    .into_any()
}

/// The words that a thread is about, and whether they are still there.
#[component]
fn Quote(passage: Passage, value: Memo<Option<Thread>>, commented: Commented) -> impl IntoView {
    let open = use_open();
    let written = open.follow_text(commented.subject.get_value());
    let lost = Memo::new(move |_| {
        written();
        value.with(|thread| thread.as_ref().is_some_and(|thread| is_lost(open, thread)))
    });
    view! {
        <blockquote data-lost=move || lost.get().to_string()>
            {format!("“{}”", as_read(&passage.quote))}
            {move || lost.get().then(|| view! { <small>"These words are no longer in the text."</small> }.into_any())}
        </blockquote>
    }
    .into_any()
}
