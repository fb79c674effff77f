//! The outline: every part of the page, how far it is, how much it counts, and who is there.

use super::here::HereDots;
use super::part::{SheetPart, parts_in_order};
use crate::controls::focus::go_to;
use crate::controls::list::{DrawRow, List};
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use postmortem::markdown;
use postmortem::severity_time::known_figures;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

/// How far from the edge of a strip its current part stands, in pixels.
const STRIP_MARGIN: i32 = 16;

/// How long after a movement of the page the current part is looked up.
const LOOK_MILLISECONDS: u32 = 80;

/// A part counts as current once its heading is this near to the top, in pixels: under the bar with some air.
const HEADING_PASSED: f64 = 140.0;

/// The keys that are worth a place beside the sections; the dialog has all of them.
const HINTS: &[(&[&str], &str)] =
    &[(&["N"], "new entry"), (&["J", "K"], "next, previous"), (&["C"], "comment"), (&["?"], "all keys")];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Progress {
    done: usize,
    total: usize,
    count: Option<String>,
}

impl Progress {
    /// How much of a part is there: done, and of how many where counting means something.
    fn of(part: &SheetPart, open: OpenPostmortem) -> Self {
        let parts = open.parts;
        match part {
            SheetPart::Section(key) => parts.sections.with(|sections| {
                let text = sections.get(key).map_or("", String::as_str);
                let is_list = matches!(key.as_str(), "went_well" | "went_poorly");
                let points = if is_list { markdown::points(text) } else { 0 };
                let is_written = usize::from(!text.trim().is_empty());
                Self { done: is_written, total: 1, count: (points > 0).then(|| points.to_string()) }
            }),
            SheetPart::Impact => {
                let (figures, timeline, details) = (parts.figures.read(), parts.timeline.read(), parts.details.read());
                let (known, all) = known_figures(&figures, &timeline, &details);
                Self::counted(known, all)
            }
            SheetPart::Timeline => parts.timeline.with(|entries| {
                Self::counted(entries.iter().filter(|entry| entry.source.is_some()).count(), entries.len())
            }),
            SheetPart::Actions => parts.actions.with(|actions| {
                Self::counted(actions.iter().filter(|action| !action.owner.trim().is_empty()).count(), actions.len())
            }),
        }
    }

    fn counted(done: usize, total: usize) -> Self {
        Self { done, total, count: (total > 0).then(|| format!("{done}/{total}")) }
    }

    fn icon(&self) -> (IconName, &'static str) {
        match self {
            Self { done: 0, .. } => (IconName::Empty, "empty"),
            Self { done, total, .. } if done == total => (IconName::Full, "complete"),
            _ => (IconName::Half, "in progress"),
        }
    }
}

#[component]
pub fn Outline() -> impl IntoView {
    let open = use_open();
    let parts = Memo::new(move |_| parts_in_order(open));
    let current = RwSignal::new(String::from("overview"));
    follow_scrolling(parts, current);
    let keys = Memo::new(move |_| parts.with(|parts| parts.iter().map(SheetPart::anchor).collect::<Vec<_>>()));
    let row: DrawRow = Arc::new(move |anchor| {
        let part = parts.with_untracked(|parts| parts.iter().find(|part| part.anchor() == anchor).cloned());
        part.map(|part| view! { <Line part current /> }.into_any()).into_any()
    });
    view! {
        <nav class="outline" aria-label="Sections">
            <h2>"Sections"</h2>
            <ol>
                <List keys row />
            </ol>
            <dl class="hints">
                {HINTS
                    .iter()
                    .map(|(keys, meaning)| {
                        view! {
                            <div>
                                <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }.into_any()).collect_view()}</dt>
                                <dd>{*meaning}</dd>
                            </div>
                        }.into_any()
                    })
                    .collect_view()}
            </dl>
        </nav>
    }
    .into_any()
}

#[component]
fn Line(part: SheetPart, current: RwSignal<String>) -> impl IntoView {
    let open = use_open();
    let anchor = part.anchor();
    let (title, place) = (part.title(), part.place());
    let progress = Memo::new(move |_| Progress::of(&part, open));
    let (own, target) = (anchor.clone(), anchor.clone());
    let node = NodeRef::<leptos::html::Li>::new();
    let is_current = Memo::new(move |_| current.with(|current| *current == own));
    // Where the outline is a strip that scrolls sideways, the current part stays in sight. Only the strip moves.
    Effect::new(move |_| {
        if is_current.get()
            && let Some(line) = node.get()
            && let Some(strip) = line.parent_element().and_then(|strip| strip.dyn_into::<HtmlElement>().ok())
        {
            strip.set_scroll_left(line.offset_left() - strip.offset_left() - STRIP_MARGIN);
        }
    });
    let go = move |event: MouseEvent| {
        event.prevent_default();
        go_to(&target);
    };
    view! {
        <li node_ref=node>
            <a href=format!("#{anchor}") aria-current=move || is_current.get().then_some("true") on:click=go>
                {move || {
                    let (name, _) = progress.get().icon();
                    view! { <Icon name small=true /> }.into_any()
                }}
                <span>
                    {title}
                    <span class="vh">{move || format!(", {}", progress.get().icon().1)}</span>
                </span>
                <span class="here">
                    <HereDots place />
                    {move || progress.get().count.map(|count| view! { <span class="mono">{count}</span> }.into_any())}
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// Marks the part whose heading was passed last.
fn follow_scrolling(parts: Memo<Vec<SheetPart>>, current: RwSignal<String>) {
    let waiting = StoredValue::new_local(None::<Timeout>);
    let look = move || {
        waiting.try_update_value(|waiting| waiting.take().map(Timeout::forget));
        let Some(parts) = parts.try_get_untracked() else { return };
        let mut passed = parts.iter().map(SheetPart::anchor).filter(|anchor| {
            let element: Option<Element> = document().get_element_by_id(anchor);
            element.is_some_and(|element| element.get_bounding_client_rect().top() < HEADING_PASSED)
        });
        let last = passed.next_back().unwrap_or_else(|| "overview".into());
        if current.try_with_untracked(|current| *current != last).unwrap_or(false) {
            current.set(last);
        }
    };
    let listener = window_event_listener(leptos::ev::scroll, move |_| {
        let is_idle = waiting.try_with_value(Option::is_none).unwrap_or(false);
        if is_idle {
            waiting.set_value(Some(Timeout::new(LOOK_MILLISECONDS, look)));
        }
    });
    on_cleanup(move || listener.remove());
}
