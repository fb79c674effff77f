//! Finding words anywhere in the post-mortem. The browser's own search sees only what is drawn, which of a long timeline
//! is little; this one reads the values, and brings the place into sight. A second Ctrl and F asks the browser.

use super::part::{SheetPart, parts_in_order};
use super::timeline::reveal;
use crate::controls::icon::{Icon, IconName};
use crate::state::OpenPostmortem;
use crate::state::open::use_open;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use postmortem::{TextId, search};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition};

/// The longest selection that is taken over as what is looked for, in characters.
const LONGEST_PREFILL: usize = 80;

/// The row that is shown as found.
const SHOWN_ROW: &str = "[data-found]";

/// A place where the words stand.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// In a shared text, in UTF-16 units.
    Text(TextId, u32, u32),
    /// In a short value of the row that this selector finds.
    Row(String),
}

/// Where the person was before the search.
struct Before {
    focus: Option<HtmlElement>,
    scroll: f64,
}

/// Where the person goes when the bar closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// To where they were before.
    Back,
    /// On from what is shown.
    On,
    /// To the browser's own search.
    ToTheBrowser,
}

/// The bar; nothing while it is closed.
#[component]
pub fn FindBar(is_open: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let field = NodeRef::<html::Input>::new();
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Place>::new());
    let current = RwSignal::new(0_usize);
    let before = StoredValue::new_local(None::<Before>);

    let look = move || {
        found.set(untrack(|| places(open, &words.get())));
        current.set(0);
    };
    let show = move || {
        let place = found.with_untracked(|found| found.get(current.get_untracked()).cloned());
        show_place(open, place);
    };
    let step = move |forward: bool| {
        let was = found.with_untracked(|found| found.get(current.get_untracked()).cloned());
        let was_at = current.get_untracked();
        look();
        let count = found.with_untracked(Vec::len);
        if count == 0 {
            show();
            return;
        }
        // Others write meanwhile: what was shown may have moved in the list.
        let here = found.with_untracked(|found| found.iter().position(|place| Some(place) == was.as_ref()));
        let here = here.unwrap_or(was_at.min(count - 1));
        current.set(if forward { (here + 1) % count } else { (here + count - 1) % count });
        show();
    };
    let close = move |goes: Goes| {
        let shown = shown_element(open).filter(|_| goes == Goes::On);
        is_open.set(false);
        show_place(open, None);
        let before = before.try_update_value(Option::take).flatten();
        let (focus, scroll) = before.map_or((None, None), |before| (before.focus, Some(before.scroll)));
        if goes == Goes::ToTheBrowser {
            return;
        }
        if let Some(focus) = shown.or(focus) {
            let _ = focus.focus();
        }
        if let Some(scroll) = scroll.filter(|_| goes == Goes::Back) {
            window().scroll_to_with_x_and_y(0.0, scroll);
        }
    };
    let listener = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let asks = (event.ctrl_key() || event.meta_key())
            && !event.shift_key()
            && !event.alt_key()
            && event.key().eq_ignore_ascii_case("f");
        if !asks || document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        // All of the timeline stands in that field, where only the browser finds it.
        if document().active_element().is_some_and(|element| element.id() == "timeline-text") {
            return;
        }
        let is_here =
            field.get_untracked().is_some_and(|field| document().active_element().as_ref() == Some(field.as_ref()));
        if is_here {
            close(Goes::ToTheBrowser);
            return;
        }
        event.prevent_default();
        is_open.set(true);
    });
    on_cleanup(move || listener.remove());
    Effect::new(move |was_open: Option<bool>| {
        let opens = is_open.get();
        if opens && was_open != Some(true) {
            let focus = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
            before.set_value(Some(Before { focus, scroll: window().scroll_y().unwrap_or(0.0) }));
            if let Some(selected) = selected_words() {
                words.set(selected);
            }
            look();
            Timeout::new(0, move || {
                if let Some(field) = field.try_get_untracked().flatten() {
                    let _ = field.focus();
                    field.select();
                }
            })
            .forget();
        }
        opens
    });
    let keydown = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            // The first Enter shows the first place; it has not been shown while it was typed.
            if open.found.with_untracked(Option::is_none) && !is_row_shown() {
                look();
                show();
            } else {
                step(!event.shift_key());
            }
        }
        "Escape" if !event.is_composing() => {
            event.stop_propagation();
            close(Goes::Back);
        }
        _ => {}
    };
    let count = move || {
        let count = found.with(Vec::len);
        match (words.with(|words| words.trim().is_empty()), count) {
            (true, _) => String::new(),
            (false, 0) => "Nothing found".to_owned(),
            (false, count) => format!("{} of {count}", current.get() + 1),
        }
    };
    view! {
        <Show when=move || is_open.get()>
            <div class="find" role="search" aria-label="Find in this post-mortem">
                <input
                    type="search"
                    node_ref=field
                    aria-label="Find in this post-mortem"
                    placeholder="Find in this post-mortem"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || words.get()
                    on:input=move |event| {
                        words.set(event_target_value(&event));
                        look();
                        show_place(open, None);
                    }
                    on:keydown=keydown
                />
                <span class="q" role="status">
                    {count}
                </span>
                <button type="button" class="btn bare icon small" aria-label="Previous place" on:click=move |_| step(false)>
                    <span class="up">
                        <Icon name=IconName::ChevronDown small=true />
                    </span>
                </button>
                <button type="button" class="btn bare icon small" aria-label="Next place" on:click=move |_| step(true)>
                    <Icon name=IconName::ChevronDown small=true />
                </button>
                <button type="button" class="btn bare icon small" aria-label="Close the search" on:click=move |_| close(Goes::On)>
                    <Icon name=IconName::Close small=true />
                </button>
            </div>
        </Show>
    }
    .into_any()
}

/// Every place of the words, in reading order.
fn places(open: OpenPostmortem, words: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let title = open.parts.details.with(|details| details.title.clone());
    find_values(&mut found, words, "h1", &[&title]);
    for responder in open.parts.responders.get() {
        find_values(&mut found, words, &format!("[data-responder=\"{}\"]", responder.id), &[&responder.name]);
    }
    for part in parts_in_order(open) {
        match part {
            SheetPart::Section(key) => open.parts.sections.with(|sections| {
                find_in_text(
                    &mut found,
                    words,
                    TextId::Section(key.clone()),
                    sections.get(&key).map_or("", String::as_str),
                );
            }),
            SheetPart::Impact => {
                for figure in open.parts.figures.get() {
                    let row = format!("[data-figure=\"{}\"]", figure.id);
                    let value = figure.value.unwrap_or_default();
                    find_values(&mut found, words, &row, &[&value, &figure.label, &figure.note]);
                }
            }
            SheetPart::Timeline => {
                for id in
                    open.parts.timeline.with(|entries| entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>())
                {
                    let Some(entry) = open.parts.entry(&id) else { continue };
                    entry.with(|entry| {
                        find_in_text(&mut found, words, TextId::Entry(id.clone()), &entry.text);
                        let source = entry.source.as_ref().map_or("", |source| source.as_str());
                        find_values(&mut found, words, &format!("[data-entry=\"{id}\"]"), &[&entry.note, source]);
                    });
                }
            }
            SheetPart::Actions => {
                for action in open.parts.actions.get() {
                    find_in_text(&mut found, words, TextId::Action(action.id.clone()), &action.text);
                    find_values(&mut found, words, &format!("[data-action=\"{}\"]", action.id), &[&action.owner]);
                }
            }
        }
    }
    found
}

fn find_in_text(found: &mut Vec<Place>, words: &str, id: TextId, text: &str) {
    found.extend(search::places(text, words).into_iter().map(|(from, to)| Place::Text(id.clone(), from, to)));
}

/// A row counts once, however often its values have the words.
fn find_values(found: &mut Vec<Place>, words: &str, row: &str, values: &[&str]) {
    if values.iter().any(|value| !search::places(value, words).is_empty()) {
        found.push(Place::Row(row.to_owned()));
    }
}

/// Shows a place and brings it into sight; `None` takes away what was shown.
fn show_place(open: OpenPostmortem, place: Option<Place>) {
    if let Ok(Some(row)) = document().query_selector(SHOWN_ROW) {
        let _ = row.remove_attribute("data-found");
    }
    let text = match &place {
        Some(Place::Text(text, from, to)) => Some((text.clone(), *from, *to)),
        _ => None,
    };
    open.found.set(text);
    match place {
        Some(Place::Text(TextId::Entry(id), ..)) => reveal(open, &id, |row| bring_into_sight(&row)),
        Some(Place::Text(TextId::Action(id), ..)) => show_row(&format!("[data-action=\"{id}\"]"), false),
        Some(Place::Row(selector)) => {
            match selector.strip_prefix("[data-entry=\"").and_then(|rest| rest.strip_suffix("\"]")) {
                Some(id) => {
                    if let Ok(id) = id.parse() {
                        reveal(open, &id, move |row| {
                            let _ = row.set_attribute("data-found", "");
                            bring_into_sight(&row);
                        });
                    }
                }
                None => show_row(&selector, true),
            }
        }
        // An editor brings its own words into sight.
        Some(Place::Text(TextId::Section(_), ..)) | None => {}
    }
}

fn show_row(selector: &str, marks: bool) {
    let Some(row) = document().query_selector(selector).ok().flatten() else { return };
    if marks {
        let _ = row.set_attribute("data-found", "");
    }
    bring_into_sight(&row);
}

fn bring_into_sight(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// What takes the keyboard where a found place is shown: the editor of its text, or its row.
fn shown_element(open: OpenPostmortem) -> Option<HtmlElement> {
    let selector = match open.found.get_untracked() {
        Some((TextId::Section(key), ..)) => format!("[data-section=\"{key}\"] .cm-content"),
        Some((TextId::Entry(id), ..)) => format!("[data-entry=\"{id}\"]"),
        Some((TextId::Action(id), ..)) => format!("[data-action=\"{id}\"]"),
        None => SHOWN_ROW.to_owned(),
    };
    let place = document().query_selector(&selector).ok().flatten()?;
    let takes = if place.matches("[tabindex], [contenteditable]").unwrap_or(false) {
        Some(place)
    } else {
        place.query_selector("button, input, select, a[href]").ok().flatten()
    };
    takes?.dyn_into().ok()
}

/// Whether a row is shown as found.
fn is_row_shown() -> bool {
    document().query_selector(SHOWN_ROW).is_ok_and(|row| row.is_some())
}

/// What is selected, when it is short enough to be looked for.
fn selected_words() -> Option<String> {
    let words = String::from(window().get_selection().ok()??.to_string());
    let fits = !words.trim().is_empty() && words.chars().count() <= LONGEST_PREFILL && !words.contains('\n');
    fits.then_some(words)
}
