//! Putting the focus on an element of the page by its id.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Puts the focus on an element, when it is there.
pub fn focus_id(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Puts the focus on an element that has just come, unless somebody is about something else: a menu that they opened while
/// the page was on its way would close.
pub fn focus_if_free(element: &HtmlElement) {
    let is_free = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if is_free {
        let _ = element.focus();
    }
}

/// Goes to a part of the page: shows it and takes the keyboard there, to its first control where it is none itself.
pub fn go_to(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        go_to_element(element);
    }
}

/// The same for an element that is at hand. What is folded is opened.
pub fn go_to_element(element: Element) {
    if let Ok(Some(details)) = element.closest("details:not([open])") {
        let _ = details.set_attribute("open", "");
    }
    element.scroll_into_view();
    let target = if element.has_attribute("tabindex") {
        Some(element)
    } else {
        element.query_selector("button, input, select, a[href], summary").ok().flatten()
    };
    if let Some(target) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        let _ = target.focus();
    }
}

/// Puts the focus on an element once what is being deleted now is out of the page.
pub fn focus_id_later(id: String) {
    Timeout::new(0, move || focus_id(&id)).forget();
}
