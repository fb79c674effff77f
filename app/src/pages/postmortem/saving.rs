//! Whether it is saved, in the bar, and the banner while the connection is away.

use crate::browser::storage;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use crate::sync::{KeptFile, Obstacle, Saving};
use leptos::prelude::*;

#[component]
pub fn SaveState() -> impl IntoView {
    let open = use_open();
    move || {
        let state = open.saving.state.get();
        let (class, name) = match &state {
            Saving::Opening | Saving::Saving(_) => ("state", IconName::Saving),
            Saving::Saved(_) => ("state", IconName::Check),
            Saving::Offline(..) => ("state wait", IconName::Offline),
            Saving::Failing(..) => ("state bad", IconName::Warning),
        };
        let time = match &state {
            Saving::Saved(Some(at)) => Some(at.format("%H:%M").to_string()),
            _ => None,
        };
        // The rest stands in the banner; the bar has no room for it.
        let words = if matches!(state, Saving::Failing(..)) { "Not saved".to_owned() } else { state.words() };
        let rest = words.strip_prefix("Offline").map(|rest| view! { <span class="hide-s">{rest.to_owned()}</span> });
        let words = if rest.is_some() { "Offline".to_owned() } else { words };
        let title = match &state {
            Saving::Saved(Some(at)) => format!("Everything typed here was saved at {}", at.format("%H:%M:%S UTC")),
            _ => state.words(),
        };
        view! {
            <span class=class title=title data-saving=code(&state)>
                <Icon name small=true />
                <span>
                    {words}
                    {rest}
                </span>
                {time
                    .map(|time| {
                        view! {
                            " "
                            <span class="mono">{time}</span>
                            <span class="vh">" UTC"</span>
                        }.into_any()
                    })}
            </span>
        }
        .into_any()
    }
}

/// What is the matter while changes cannot be saved, and how to try again.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    let open = use_open();
    let try_now = move |_| {
        if let Some(replica) = open.replica() {
            replica.try_now();
        }
    };
    let download = move |_| {
        if let Some(replica) = open.replica() {
            let (name, text) = replica.written();
            storage::download(&name, text.as_bytes());
        }
    };
    move || {
        match open.saving.state.get() {
        state @ Saving::Offline(..) => view! {
            <div class="banner">
                <Icon name=IconName::Offline />
                <span>
                    <b>{format!("{}.", state.words())}</b>
                    {(!open.saving.arrived.get()).then_some(" Reading only for now.")}
                    {match open.obstacle.get().and_then(|obstacle| obstacle.aside()) {
                        Some(aside) => format!(" {aside}").into_any(),
                        None => {
                            view! { <span class="hide-s">" Keep writing; they are sent when the server answers."</span> }.into_any()
                        }
                    }}
                </span>
                <span class="grow"></span>
                {(open.saving.arrived.get() && open.obstacle.get() == Some(Obstacle::Missing))
                    .then(|| {
                        view! {
                            <button type="button" class="btn small" on:click=download>
                                "Download it"
                            </button>
                        }
                    })}
                <button type="button" class="btn small" on:click=try_now>
                    "Try now"
                </button>
            </div>
        }
        .into_any(),
        state @ Saving::Failing(..) => view! {
            <div class="banner bad" role="alert">
                <Icon name=IconName::Warning />
                <span>
                    <b>{format!("{}.", state.words())}</b>
                    " The server cannot store anything at the moment. It tries again by itself; tell whoever runs it."
                </span>
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
    }
}

/// That nothing outlives this page but what the server has, until it was read.
#[component]
pub fn StorageBanner() -> impl IntoView {
    let open = use_open();
    let is_read = RwSignal::new(false);
    view! {
        <Show when=move || open.saving.has_no_storage.get() && !is_read.get()>
            <div class="banner" data-storage="none">
                <Icon name=IconName::Warning />
                <span>
                    <b>"This browser gives no storage."</b>
                    " Without a connection, what you type is lost with this page: keep it open until it says Saved."
                </span>
                <span class="grow"></span>
                <button type="button" class="btn small" on:click=move |_| is_read.set(true)>
                    "Close"
                </button>
            </div>
        </Show>
    }
    .into_any()
}

/// That a post-mortem is nearly full, until it was read.
#[component]
pub fn FullBanner() -> impl IntoView {
    let open = use_open();
    let is_read = RwSignal::new(false);
    view! {
        <Show when=move || open.fullness.get().is_some() && !is_read.get()>
            <div class="banner" role="status" data-full>
                <Icon name=IconName::Warning />
                <span>
                    <b>{move || format!("This post-mortem is {} % full.", open.fullness.get().unwrap_or_default())}</b>
                    " Everything that was ever written in it takes room, deleted text too. Keep logs behind links, and begin \
                     another post-mortem for what is still to come."
                </span>
                <span class="grow"></span>
                <button type="button" class="btn small" on:click=move |_| is_read.set(true)>
                    "Close"
                </button>
            </div>
        </Show>
    }
    .into_any()
}

/// Text that the server did not take, as files for the person who wrote it: one after the other, the newest first.
#[component]
pub fn KeptFiles(
    /// Whether nothing failed: it was only too late.
    #[prop(optional)]
    is_calm: bool,
) -> impl IntoView {
    let open = use_open();
    move || {
        let (newest, count) = open.kept.with(|kept| (kept.last().cloned(), kept.len()));
        newest.map(|file| view! { <KeptBanner file others=count - 1 is_calm /> }.into_any())
    }
}

#[component]
fn KeptBanner(file: KeptFile, others: usize, is_calm: bool) -> impl IntoView {
    let open = use_open();
    let reason = file.reason.clone();
    let file = StoredValue::new(file);
    let download = move |_| file.with_value(|file| storage::download(&file.name, file.text.as_bytes()));
    let forget = move |_| {
        if let Some(replica) = open.replica() {
            file.with_value(|file| replica.forget_file(file));
        }
    };
    view! {
        <div class="banner" class:bad=!is_calm class:plain=is_calm data-kept>
            <Icon name=if is_calm { IconName::Import } else { IconName::Warning } />
            <span>
                <b>"Some of your text is not in this post-mortem. "</b>
                {reason}
                " It is kept in a file for you." {behind(others)}
            </span>
            <span class="grow"></span>
            <button type="button" class="btn small" on:click=download>
                "Download my text"
            </button>
            <button type="button" class="btn bare small" on:click=forget>
                "Discard it"
            </button>
        </div>
    }
    .into_any()
}

/// That there are files behind the one that is told of.
fn behind(others: usize) -> Option<String> {
    match others {
        0 => None,
        1 => Some(" There is 1 more behind it.".to_owned()),
        others => Some(format!(" There are {others} more behind it.")),
    }
}

fn code(state: &Saving) -> &'static str {
    match state {
        Saving::Opening => "opening",
        Saving::Saved(_) => "saved",
        Saving::Saving(_) => "saving",
        Saving::Offline(..) => "offline",
        Saving::Failing(..) => "failing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_told_of_at_a_time_and_how_many_wait_behind_it() {
        assert_eq!(behind(0), None);
        assert_eq!(behind(1).as_deref(), Some(" There is 1 more behind it."));
        assert_eq!(behind(3).as_deref(), Some(" There are 3 more behind it."));
    }
}
