//! The line at the foot of the timeline where an entry is written as one writes in a chat: time, what, link. What the
//! line will become shows before Enter; several pasted lines become several entries, as one edit. Every guess is told,
//! with one key that corrects it, and a list that may be read in two ways is asked about first.

mod list;
mod paste;
mod told;
mod typed_line;

use super::look::use_look;
use crate::browser::clock;
use crate::controls::field::ErrorLine;
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::pages::becomes::preview;
use crate::pages::doubtful_list::DoubtfulList;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;
use list::take;
use paste::paste;
use postmortem::quick_lines::List;
use std::sync::Arc;
use typed_line::TypedLine;

#[component]
pub fn QuickLine() -> impl IntoView {
    let (open, notices) = (use_open(), use_notices());
    let zone = use_look().zone;
    let line = TypedLine::new(open, notices, zone);
    let doubtful = RwSignal::new(None::<Arc<List>>);
    view! {
        <form
            class="quick"
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                line.add();
            }
        >
            <div class="lead" aria-hidden="true">
                <Icon name=IconName::Plus small=true />
                "New "
                <kbd>"N"</kbd>
            </div>
            <div>
                <LineField line doubtful />
                <Hint line />
                {move || line.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </div>
        </form>
        <DoubtfulList
            list=doubtful
            zone=zone
            take=Callback::new(move |(list, way): (Arc<List>, usize)| take(open, notices, &list, way))
        />
    }
    .into_any()
}

/// The field with the zone of its times, and the button for the time of this moment.
#[component]
fn LineField(line: TypedLine, doubtful: RwSignal<Option<Arc<List>>>) -> impl IntoView {
    let (open, notices) = (use_open(), use_notices());
    let lock = use_lock();
    let zone = use_look().zone;
    let field = NodeRef::<html::Input>::new();
    let keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            line.error.set(None);
        }
        if event.key() == "ArrowUp" && line.text.with_untracked(String::is_empty) && notices.correct() {
            event.prevent_default();
        }
    };
    let now = move |_| {
        line.put_now();
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    };
    view! {
        <div class="field" class:bad=move || line.error.with(Option::is_some)>
            <input
                id="quick-line"
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                node_ref=field
                aria-label=move || format!("New entry: time in {}, what happened, link", zone.get().label(reference(open)))
                aria-describedby="quick-becomes"
                placeholder="23:07 deploys locked https://…"
                autocomplete="off"
                aria-invalid=move || line.error.with(|error| error.is_some().then_some("true"))
                prop:value=move || line.text.get()
                on:input=move |event| line.type_in(event_target_value(&event))
                on:keydown=keydown
                on:paste=move |event| {
                    let Some(list) = paste(&event, &open.near(None, zone.get_untracked())) else { return };
                    if list.doubt().is_some() {
                        doubtful.set(Some(Arc::new(list)));
                    } else {
                        take(open, notices, &list, 0);
                    }
                }
            />
            <span class="zone" aria-hidden="true">{move || zone.get().label(reference(open))}</span>
            <button
                type="button"
                class="btn bare small now"
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                on:click=now
            >
                "Now"
            </button>
            <kbd aria-hidden="true">"↵"</kbd>
        </div>
    }
    .into_any()
}

/// What the line will become, and what else can be written in it.
#[component]
fn Hint(line: TypedLine) -> impl IntoView {
    let open = use_open();
    let zone = use_look().zone;
    let becomes = Memo::new(move |_| line.text.with(|line| preview(line, &open.near(None, zone.get()))));
    view! {
        <p class="hint">
            <span id="quick-becomes" class="becomes">
                {move || becomes.get().unwrap_or_else(|| "Time, what, link.".to_owned())}
            </span>
            <span>"Paste fifty lines to make fifty entries."</span>
            <span>
                <span class="mono">"TODO"</span>
                " in front makes an action item."
            </span>
        </p>
    }
    .into_any()
}

/// Where the timeline is: its latest entry, else the start, else now.
fn reference(open: OpenPostmortem) -> DateTime<Utc> {
    let latest = open.parts.timeline.with(|entries| entries.iter().rev().find_map(|entry| entry.at));
    let start = || open.parts.details.with(|details| details.started_at);
    latest.or_else(start).unwrap_or_else(clock::now)
}
