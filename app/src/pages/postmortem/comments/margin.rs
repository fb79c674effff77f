//! The threads of a section: each on the line of its words in the margin, where there is one. They never cover each other,
//! and where the margin holds something else already only their authors show.

use super::Commented;
use super::panel::Panel;
use super::threads::Stub;
use crate::controls::list::{DrawRow, List};
use crate::state::postmortem::anchors::anchors;
use crate::state::postmortem::open::use_open;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use postmortem::{Subject, Thread, ThreadId};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The least distance between two threads in the margin, in pixels.
const APART: f64 = 6.0;

/// The key of the open panel among the rows.
const PANEL: &str = "panel";

#[component]
pub fn SectionThreads(commented: Commented) -> impl IntoView {
    let open = use_open();
    let node = NodeRef::<html::Div>::new();
    let subject = commented.subject;
    let is_open = Memo::new(move |_| subject.with_value(|subject| open.discussion.is_open(subject)));
    let unresolved = Memo::new(move |_| subject.with_value(|subject| open.discussion.unresolved(subject)));
    let shown = Memo::new(move |_| {
        is_open.get().then(|| open.discussion.shown.with(|shown| shown.as_ref()?.thread.clone())).flatten()
    });
    let keys = Memo::new(move |_| {
        let shown = shown.get();
        let waiting = unresolved.get().into_iter().filter(|thread| Some(&thread.id) != shown.as_ref());
        let mut keys: Vec<String> = waiting.map(|thread| key(&thread)).collect();
        keys.extend(is_open.get().then(|| PANEL.to_owned()));
        keys
    });
    let row: DrawRow = Arc::new(move |wanted| {
        if wanted == PANEL {
            return view! { <Panel commented /> }.into_any();
        }
        let threads = unresolved.get_untracked();
        let found = threads.into_iter().find(|thread| key(thread) == wanted);
        found
            .map(|thread| {
                let more = thread.count().saturating_sub(1);
                view! { <Stub thread more /> }.into_any()
            })
            .into_any()
    });
    let arrange = move || {
        // The rows are in the page after this turn.
        Timeout::new(0, move || {
            if let Some(Some(node)) = node.try_get_untracked()
                && node.child_element_count() > 0
            {
                let subject = subject.get_value();
                let lines = lines(open, &subject);
                place(&node, &lines);
            }
        })
        .forget();
    };
    let written = open.follow_text(subject.get_value());
    Effect::new(move |_| {
        keys.track();
        open.discussion.shown.track();
        written();
        if node.get().is_some() {
            arrange();
        }
    });
    let listener = window_event_listener(leptos::ev::resize, move |_| arrange());
    on_cleanup(move || listener.remove());
    view! {
        <div class="asides" node_ref=node>
            <List keys row />
        </div>
    }
    .into_any()
}

/// A thread is drawn anew when what its line says changes.
fn key(thread: &Thread) -> String {
    let first = thread.comments.first().map(|comment| comment.edited_at);
    format!("{} {} {first:?}", thread.id, thread.count())
}

/// Which line of the section each thread is on, in pixels of the window; threads on the whole, and those whose words are
/// gone, on its first.
fn lines(open: crate::state::OpenPostmortem, subject: &Subject) -> Vec<(Option<ThreadId>, f64)> {
    let Some(editor) = open.replica().and_then(|replica| replica.editor(&subject.text())) else { return Vec::new() };
    let anchors = untrack(|| anchors(open, subject));
    anchors.into_iter().map(|anchor| (anchor.thread, editor.line_top(anchor.from))).collect()
}

/// Puts the threads on their lines, from the top down and none over another.
fn place(asides: &HtmlElement, lines: &[(Option<ThreadId>, f64)]) {
    let Some(base) = asides.offset_parent().map(|parent| parent.get_bounding_client_rect()) else { return };
    let others =
        document().query_selector(".desk > .margin").ok().flatten().map(|margin| margin.get_bounding_client_rect());
    let of = |element: &HtmlElement| -> f64 {
        let id = element.get_attribute("data-of").unwrap_or_default();
        let line = lines.iter().find(|(thread, _)| thread.as_ref().map_or("", ThreadId::as_str) == id);
        line.map_or_else(|| top_of(asides, base.top()), |(_, top)| *top) - base.top()
    };
    let children = asides.children();
    let mut rows: Vec<(f64, HtmlElement)> = (0..children.length())
        .filter_map(|index| children.item(index)?.dyn_into::<HtmlElement>().ok())
        .map(|element| (of(&element), element))
        .collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut tops = Vec::with_capacity(rows.len());
    // All are measured before any is moved. One that shrinks makes room for those below it, which are measured again.
    for _ in 0..=rows.len() {
        let mut free = f64::MIN;
        let mut are_tight = Vec::with_capacity(rows.len());
        tops.clear();
        for (top, element) in &rows {
            let top = top.max(free);
            let size = element.get_bounding_client_rect();
            are_tight.push(others.as_ref().is_some_and(|others| {
                // Beside the section's own text, as on a narrow page, there is nothing to make room for.
                others.left() > base.right() && base.top() + top < others.bottom() && size.width() > 0.0
            }));
            tops.push(top);
            free = top + size.height() + APART;
        }
        let mut is_settled = true;
        for ((_, element), is_tight) in rows.iter().zip(are_tight) {
            if element.has_attribute("data-tight") != is_tight {
                let _ = element.toggle_attribute_with_force("data-tight", is_tight);
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    for ((_, element), top) in rows.iter().zip(tops) {
        let _ = element.style().set_property("top", &format!("{top}px"));
    }
}

/// The top of the heading over these threads.
fn top_of(asides: &HtmlElement, otherwise: f64) -> f64 {
    let section: Option<Element> = asides.closest(".sec").ok().flatten();
    let heading = section.and_then(|section| section.query_selector("header").ok().flatten());
    heading.map_or(otherwise, |heading| heading.get_bounding_client_rect().top())
}
