//! Putting the focus on an element of the page by its id.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Puts the focus on an element, when it is there.
pub fn focus_id(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Puts the focus on an element once what is being deleted now is out of the page.
pub fn focus_id_later(id: String) {
    Timeout::new(0, move || focus_id(&id)).forget();
}
