//! Commenting on selected words, wherever they are read or written: a button at the selection, and the same by a key.

use crate::browser::listener::Listener;
use crate::reader::icon::{Icon, IconName};
use crate::state::OpenPostmortem;
use crate::state::postmortem::open::use_open;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use postmortem::{Capability, Subject, markdown};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node, Range};

/// How long a selection stands still before it is offered to be commented on: not while it is being drawn.
const REST_MILLISECONDS: u32 = 250;

/// How far below the selection the button is, in pixels.
const BELOW: f64 = 8.0;

/// The button that follows the selection.
#[component]
pub fn SelectionButton() -> impl IntoView {
    let open = use_open();
    let node = NodeRef::<html::Button>::new();
    let is_offered = RwSignal::new(false);
    let waiting = StoredValue::new_local(None::<Timeout>);
    let look = move || {
        let found = may_comment(open).then(|| selected(open)).flatten();
        let place = found.map(|selected| selected.range.get_bounding_client_rect());
        if is_offered.try_set(place.is_some()).is_none()
            && let (Some(place), Some(button)) = (place, node.try_get_untracked().flatten())
        {
            let style = HtmlElement::style(&button);
            let _ = style.set_property("left", &format!("{}px", place.left() + place.width() / 2.0));
            let _ = style.set_property("top", &format!("{}px", place.bottom() + BELOW));
        }
    };
    let look_later = move || {
        waiting.try_update_value(|waiting| *waiting = Some(Timeout::new(REST_MILLISECONDS, look)));
    };
    let selecting = Listener::new(&document(), "selectionchange", move |_| {
        if selection_range().is_none() {
            is_offered.try_set(false);
        }
        look_later();
    });
    let scrolling = window_event_listener(leptos::ev::scroll, move |_| {
        if is_offered.get_untracked() {
            is_offered.set(false);
            look_later();
        }
    });
    let kept = StoredValue::new_local(Some(selecting));
    on_cleanup(move || {
        scrolling.remove();
        drop(kept.try_update_value(Option::take));
    });
    view! {
        <button
            type="button"
            class="btn small at-selection"
            node_ref=node
            hidden=move || !is_offered.get()
            title="C, or Ctrl+Alt+M while writing"
            // The selection must not go before it was read.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| {
                comment_on_selection(open);
                is_offered.set(false);
            }
        >
            <Icon name=IconName::Comment small=true />
            "Comment"
        </button>
    }
    .into_any()
}

/// Begins a thread on the selected words; whether there were any.
pub fn comment_on_selection(open: OpenPostmortem) -> bool {
    if !may_comment(open) {
        return false;
    }
    let Some(Selected { subject, from, to, .. }) = selected(open) else { return false };
    let passage = open.read(|replica| replica.passage(&subject.text(), from, to)).flatten();
    if passage.is_none() {
        return false;
    }
    open.discussion.begin(subject, passage);
    true
}

/// Also asked by what outlives the page for a moment.
fn may_comment(open: OpenPostmortem) -> bool {
    untrack(|| open.capabilities.may(Capability::Comment))
}

struct Selected {
    subject: Subject,
    from: u32,
    to: u32,
    range: Range,
}

/// The words that are selected in the text of a section or an entry.
fn selected(open: OpenPostmortem) -> Option<Selected> {
    let range = selection_range()?;
    let element = element_of(&range.common_ancestor_container().ok()?)?;
    let subject = subject_around(open, &element)?;
    let (from, to) = if closest(&element, ".cm-content").is_some() {
        let (anchor, head) = open.replica()?.editor(&subject.text())?.selection();
        (anchor.min(head), anchor.max(head))
    } else {
        let prose = closest(&element, ".prose")?;
        let before = document().create_range().ok()?;
        before.set_start(&prose, 0).ok()?;
        before.set_end(&range.start_container().ok()?, range.start_offset().ok()?).ok()?;
        let text = open.read(|replica| replica.text(&subject.text())).flatten()?;
        markdown::source_of(&text, visible(&before), visible(&range))?
    };
    (from < to).then_some(Selected { subject, from, to, range })
}

fn selection_range() -> Option<Range> {
    let selection = window().get_selection().ok().flatten()?;
    if selection.is_collapsed() || selection.range_count() == 0 {
        return None;
    }
    selection.get_range_at(0).ok()
}

fn subject_around(open: OpenPostmortem, element: &Element) -> Option<Subject> {
    if let Some(row) = closest(element, "[data-entry]") {
        return row.get_attribute("data-entry")?.parse().ok().map(Subject::Entry);
    }
    let key = closest(element, "[data-section]")?.get_attribute("data-section")?.parse().ok()?;
    open.parts.sections.with_untracked(|sections| sections.contains_key(&key)).then_some(Subject::Section(key))
}

/// How many characters of a range are no white space.
fn visible(range: &Range) -> usize {
    String::from(range.to_string()).chars().filter(|character| !character.is_whitespace()).count()
}

fn element_of(node: &Node) -> Option<Element> {
    node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}
