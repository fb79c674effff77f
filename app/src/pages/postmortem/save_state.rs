//! Whether it is saved, in the bar, and the banner while the connection is away.

use crate::controls::icon::{Icon, IconName};
use crate::state::open::use_open;
use crate::state::saving::{Saving, offline_words};
use leptos::prelude::*;

/// Icon, word and time.
#[component]
pub fn SaveState() -> impl IntoView {
    let open = use_open();
    move || {
        let state = open.saving.state.get();
        let (class, name) = match &state {
            Saving::Opening | Saving::Saving(_) => ("state", IconName::Saving),
            Saving::Saved(_) => ("state", IconName::Check),
            Saving::Offline(_) => ("state wait", IconName::Offline),
            Saving::Refused(_) => ("state bad", IconName::Warning),
        };
        let time = match &state {
            Saving::Saved(Some(at)) => Some(at.format("%H:%M").to_string()),
            _ => None,
        };
        // The sentence of a refusal stands in the banner; the bar has no room for it.
        let words = if matches!(state, Saving::Refused(_)) { "Not saved".to_owned() } else { state.words() };
        let title = match &state {
            Saving::Saved(Some(at)) => format!("Everything typed here was saved at {}", at.format("%H:%M:%S UTC")),
            _ => state.words(),
        };
        view! {
            <span class=class title=title data-saving=code(&state)>
                <Icon name small=true />
                {words}
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
        if let Some(gate) = open.gate() {
            gate.try_now();
        }
    };
    move || match open.saving.state.get() {
        Saving::Offline(count) => view! {
            <div class="banner">
                <Icon name=IconName::Offline />
                <span>
                    <b>{format!("{}.", offline_words(count))}</b>
                    <span class="hide-s">" Keep writing; they are sent when the server answers."</span>
                </span>
                <span class="grow"></span>
                <button type="button" class="btn small" on:click=try_now>
                    "Try now"
                </button>
            </div>
        }
        .into_any(),
        Saving::Refused(reason) => view! {
            <div class="banner bad" role="alert">
                <Icon name=IconName::Warning />
                <span>
                    <b>"Not saved: "</b>
                    {reason}
                </span>
                <span class="grow"></span>
                <a class="btn small" href="">
                    "Reload"
                </a>
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn code(state: &Saving) -> &'static str {
    match state {
        Saving::Opening => "opening",
        Saving::Saved(_) => "saved",
        Saving::Saving(_) => "saving",
        Saving::Offline(_) => "offline",
        Saving::Refused(_) => "refused",
    }
}
