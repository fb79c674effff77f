//! The open panel beside what it is about, with one thread and the way to the others: in the margin, under an entry, or
//! as a sheet from below, as the style sheet decides.

use super::Commented;
use super::composer::Composer;
use super::thread_block::{ResolveButton, ThreadBlock};
use super::tour::TourButton;
use crate::controls::icon::{Icon, IconName};
use crate::controls::list::{List, by_id};
use crate::state::anchors::{as_read, is_lost};
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Passage, Thread, ThreadId};

/// The panel.
#[component]
pub fn Panel(commented: Commented) -> impl IntoView {
    let open = use_open();
    let Commented { subject, name, refocus } = commented;
    let threads = Memo::new(move |_| subject.with_value(|subject| open.discussion.of(subject)));
    let shown = Memo::new(move |_| open.discussion.shown.get());
    // A thread that was settled makes room for the next one that is not, or for a new one.
    let current = Memo::new(move |_| {
        let wanted = shown.get()?.thread?;
        let unresolved = threads.get().into_iter().filter(|thread| thread.resolved.is_none()).map(|thread| thread.id);
        let unresolved: Vec<ThreadId> = unresolved.collect();
        let is_there =
            unresolved.contains(&wanted) || threads.with(|threads| threads.iter().all(|thread| thread.id != wanted));
        if is_there { Some(wanted) } else { unresolved.into_iter().next() }
    });
    let value = Memo::new(move |_| {
        let current = current.get()?;
        threads.with(|threads| threads.iter().find(|thread| thread.id == current).cloned())
    });
    let passage = Memo::new(move |_| match current.get() {
        Some(_) => value.get().and_then(|thread| thread.passage),
        None => shown.get().filter(|shown| shown.thread.is_none()).and_then(|shown| shown.passage),
    });
    let settled = Memo::new(move |_| threads.with(|threads| ids(threads, |thread| thread.resolved.is_some())));
    let others = Memo::new(move |_| {
        let current = current.get();
        threads.with(|threads| ids(threads, |thread| thread.resolved.is_none() && Some(&thread.id) != current.as_ref()))
    });
    let count = move || match value.with(|thread| thread.as_ref().map_or(0, Thread::count)) {
        0 if current.with(Option::is_some) => String::new(),
        0 => "New comment".to_owned(),
        1 => "1 comment".to_owned(),
        count => format!("{count} comments"),
    };
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
                <span class="q">{count}</span>
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
            <Show when=move || others.with(|others| !others.is_empty()) || current.with(Option::is_some)>
                <div class="others">
                    <List
                        keys=others
                        row=by_id(move |thread: ThreadId| view! { <Other thread threads /> }.into_any())
                    />
                    {move || {
                        let offers = current.with(Option::is_some) && value.with(|thread| thread.as_ref().is_some_and(|thread| thread.passage.is_some()));
                        offers
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
            <TourButton />
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

/// Another thread on the same section or entry.
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

fn ids(threads: &[Thread], is_wanted: impl Fn(&Thread) -> bool) -> Vec<String> {
    threads.iter().filter(|thread| is_wanted(thread)).map(|thread| thread.id.to_string()).collect()
}
