//! Showing a place that was found, and bringing it into sight.

use super::found::FoundPlace;
use crate::pages::postmortem::timeline::reveal;
use crate::state::OpenPostmortem;
use leptos::prelude::*;
use postmortem::TextId;
use postmortem::digest::Place;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// The row that is shown as found.
const SHOWN_ROW: &str = "[data-found]";

/// Shows a place and brings it into sight; `None` takes away what was shown.
pub fn show(open: OpenPostmortem, place: Option<FoundPlace>) {
    if let Ok(Some(row)) = document().query_selector(SHOWN_ROW) {
        let _ = row.remove_attribute("data-found");
    }
    let text = match &place {
        Some(FoundPlace::Words(text, from, to)) => Some((text.clone(), *from, *to)),
        Some(FoundPlace::Row(_)) | None => None,
    };
    open.found.set(text);
    match place {
        Some(FoundPlace::Words(TextId::Entry(id), ..)) => reveal(open, &id, |row| bring_into_sight(&row)),
        Some(FoundPlace::Words(TextId::Action(id), ..)) => show_row(&Place::Action(id), bring_into_sight),
        Some(FoundPlace::Row(Place::Entry(id))) => reveal(open, &id, |row| mark(&row)),
        Some(FoundPlace::Row(row)) => show_row(&row, mark),
        // An editor brings its own words into sight.
        Some(FoundPlace::Words(TextId::Section(_), ..)) | None => {}
    }
}

/// What takes the keyboard where a found place is shown: the editor of its text, or its row.
pub fn shown_element(open: OpenPostmortem) -> Option<HtmlElement> {
    let selector = match open.found.get_untracked() {
        Some((TextId::Section(key), ..)) => format!("{} .cm-content", selector(&Place::Section(key))),
        Some((TextId::Entry(id), ..)) => selector(&Place::Entry(id)),
        Some((TextId::Action(id), ..)) => selector(&Place::Action(id)),
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

pub fn is_row_shown() -> bool {
    document().query_selector(SHOWN_ROW).is_ok_and(|row| row.is_some())
}

/// What stands for a place in the page.
fn selector(place: &Place) -> String {
    match place {
        Place::Details => "h1".to_owned(),
        Place::Section(key) => format!("[data-section=\"{key}\"]"),
        Place::Figure(id) => format!("[data-figure=\"{id}\"]"),
        Place::Entry(id) => format!("[data-entry=\"{id}\"]"),
        Place::Action(id) => format!("[data-action=\"{id}\"]"),
        Place::Responder(id) => format!("[data-responder=\"{id}\"]"),
    }
}

fn show_row(place: &Place, show: fn(&Element)) {
    if let Some(row) = document().query_selector(&selector(place)).ok().flatten() {
        show(&row);
    }
}

/// Shows a row as found; words of a text are underlined instead.
fn mark(row: &Element) {
    let _ = row.set_attribute("data-found", "");
    bring_into_sight(row);
}

fn bring_into_sight(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
