//! A list that the server keeps, as a part of the settings shows it: searched, cut where it is long, and asked for again when
//! something in it was changed.

use crate::browser::listener::Listener;
use crate::client::RequestError;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::notices::{Notices, use_notices};
use crate::reader::icon::{Icon, IconName};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

/// How many lines are shown at first, and how many more with each press.
const PAGE: u32 = 100;

/// How long somebody who types a search rests before it is made.
const REST_MILLISECONDS: u32 = 200;

/// Lines, and how many there are beyond them.
pub type Page<V> = (Vec<V>, u32);

/// An answer that is on its way.
pub type ListAnswer<V> = Pin<Box<dyn Future<Output = Result<Page<V>, RequestError>>>>;

/// A deletion that is on its way; the sentence why not, where it fails.
pub type Deletion = Pin<Box<dyn Future<Output = Result<(), String>>>>;

pub struct Listing<V: Send + Sync + 'static> {
    /// Nothing before the server has answered.
    pub page: RwSignal<Option<Page<V>>>,
    pub search: RwSignal<String>,
    /// Why there is no list, or why it is not the newest.
    pub failure: RwSignal<Option<String>>,
    limit: RwSignal<u32>,
    request: fn(String, u32) -> ListAnswer<V>,
    resting: StoredValue<Option<Timeout>, LocalStorage>,
    notices: Notices,
}

impl<V: Clone + Send + Sync + 'static> Listing<V> {
    /// Asks for it, until the owner of the calling component goes.
    pub fn open(request: fn(String, u32) -> ListAnswer<V>) -> Self {
        let listing = Self {
            page: RwSignal::new(None),
            search: RwSignal::new(String::new()),
            failure: RwSignal::new(None),
            limit: RwSignal::new(PAGE),
            request,
            resting: StoredValue::new_local(None),
            notices: use_notices(),
        };
        let back = StoredValue::new_local(Listener::new(&window(), "online", move |_| listing.ask()));
        on_cleanup(move || {
            back.dispose();
            listing.resting.dispose();
        });
        listing.ask();
        listing
    }

    pub fn ask(self) {
        let Some(search) = self.search.try_get_untracked() else { return };
        let limit = self.limit.get_untracked();
        spawn_local(async move {
            let answer = (self.request)(search.trim().to_owned(), limit).await;
            // Somebody may have typed on, or gone elsewhere.
            if self.search.try_get_untracked().as_ref() != Some(&search) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.failure.set(None);
                    self.page.set(Some(page));
                }
                Err(problem) => self.failure.set(Some(problem.to_string())),
            }
        });
    }

    pub fn search_for(self, text: String) {
        self.search.set(text);
        self.resting.set_value(Some(Timeout::new(REST_MILLISECONDS, move || self.ask())));
    }

    pub fn show_more(self) {
        self.limit.update(|limit| *limit += PAGE);
        self.ask();
    }

    pub fn lines(self) -> Vec<V> {
        self.page.with(|page| page.as_ref().map(|(lines, _)| lines.clone()).unwrap_or_default())
    }

    /// How many lines there are, those among them that are not shown.
    pub fn count(self) -> usize {
        self.page.with(|page| page.as_ref().map_or(0, |(lines, more)| lines.len() + *more as usize))
    }

    pub fn more(self) -> u32 {
        self.page.with(|page| page.as_ref().map_or(0, |(_, more)| *more))
    }

    /// Says that something was done, and asks for the list again.
    pub fn tell(self, done: String) {
        self.notices.toast(done, None);
        self.ask();
    }
}

impl<V: Send + Sync + 'static> Clone for Listing<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Send + Sync + 'static> Copy for Listing<V> {}

/// What stands around the lines of a list: its search, and what is said where there is none.
#[derive(Clone, Copy)]
pub struct ListWords {
    /// The accessible name of the search.
    pub search: &'static str,
    pub placeholder: &'static str,
    /// What is said where nothing is in it.
    pub empty: &'static str,
    /// What is said where a search finds nothing.
    pub nothing: &'static str,
}

/// The search, then the lines or what is said in their place.
#[component]
pub fn ListFrame(
    words: ListWords,
    search: RwSignal<String>,
    search_for: Callback<String>,
    failure: RwSignal<Option<String>>,
    ask: Callback<()>,
    /// How many lines there are; nothing before the server has answered.
    #[prop(into)]
    count: Signal<Option<usize>>,
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let is_searched = move || search.with(|search| !search.trim().is_empty());
    let shows = Memo::new(move |_| (count.get().map(|count| count > 0), is_searched()));
    view! {
        <Show when=move || matches!(shows.get(), (Some(true), _) | (Some(false), true))>
            <div class="finder" role="search">
                <div class="field">
                    <Icon name=IconName::Search />
                    <input
                        type="search"
                        aria-label=words.search
                        placeholder=words.placeholder
                        autocomplete="off"
                        prop:value=move || search.get()
                        on:input=move |event| search_for.run(event_target_value(&event))
                    />
                </div>
            </div>
        </Show>
        {move || failure.get().map(|sentence| view! { <Failed sentence ask /> }.into_any())}
        {move || match shows.get() {
            (None, _) => view! { <Opening is_failed=failure /> }.into_any(),
            (Some(true), _) => children.with_value(|children| children()),
            (Some(false), true) => view! { <p class="nil q">{words.nothing}</p> }.into_any(),
            (Some(false), false) => view! { <p class="nil q">{words.empty}</p> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Failed(sentence: String, ask: Callback<()>) -> impl IntoView {
    view! {
        <div class="nil">
            <ErrorLine sentence />
            <button type="button" class="btn" on:click=move |_| ask.run(())>
                "Try again"
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn Opening(is_failed: RwSignal<Option<String>>) -> impl IntoView {
    view! {
        <Show when=move || is_failed.with(Option::is_none)>
            <div class="skels" role="img" aria-label="The list is opening">
                <div class="skel short"></div>
                <div class="skel"></div>
                <div class="skel"></div>
            </div>
        </Show>
    }
    .into_any()
}

/// The question before something is deleted, with what becomes of the rest.
#[component]
pub fn DeleteDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    consequence: &'static str,
    /// What the button says.
    #[prop(default = "Delete")]
    verb: &'static str,
    delete: Callback<(), Deletion>,
) -> impl IntoView {
    view! {
        <Dialog open title>
            <DeleteQuestion open consequence verb delete />
        </Dialog>
    }
    .into_any()
}

#[component]
fn DeleteQuestion(
    open: RwSignal<bool>,
    consequence: &'static str,
    verb: &'static str,
    delete: Callback<(), Deletion>,
) -> impl IntoView {
    let (error, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let press = move |_| {
        is_busy.set(true);
        error.set(None);
        spawn_local(async move {
            match delete.run(()).await {
                Ok(()) => {
                    open.try_set(false);
                }
                Err(sentence) => {
                    is_busy.try_set(false);
                    error.try_set(Some(sentence));
                }
            }
        });
    };
    view! {
        <div class="body">
            <p>{consequence}</p>
            {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        </div>
        <footer>
            <span class="grow"></span>
            <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                "Cancel"
            </button>
            <button type="button" class="btn danger" disabled=move || is_busy.get() on:click=press>
                {verb}
            </button>
        </footer>
    }
    .into_any()
}
