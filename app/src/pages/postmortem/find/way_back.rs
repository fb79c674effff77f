//! Where the person was before the search, and where they go when the bar closes.

use super::sight::{show, shown_element};
use crate::state::OpenPostmortem;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The longest selection that is taken over as what is looked for, in characters.
const LONGEST_PREFILL: usize = 80;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// To where they were before.
    Back,
    /// On from what is shown.
    On,
    ToTheBrowser,
}

struct Before {
    focus: Option<HtmlElement>,
    scroll: f64,
}

#[derive(Clone, Copy)]
pub struct WayBack(StoredValue<Option<Before>, LocalStorage>);

impl WayBack {
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    pub fn remember(&self) {
        let focus = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
        self.0.set_value(Some(Before { focus, scroll: window().scroll_y().unwrap_or(0.0) }));
    }

    /// Takes away what is shown, and gives the keyboard to where the person goes.
    pub fn take(&self, open: OpenPostmortem, goes: Goes) {
        let shown = shown_element(open).filter(|_| goes == Goes::On);
        show(open, None);
        let before = self.0.try_update_value(Option::take).flatten();
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
    }
}

/// What is selected, when it is short enough to be looked for.
pub fn selected_words() -> Option<String> {
    let words = String::from(window().get_selection().ok()??.to_string());
    is_looked_for(&words).then_some(words)
}

fn is_looked_for(selected: &str) -> bool {
    !selected.trim().is_empty() && selected.chars().count() <= LONGEST_PREFILL && !selected.contains('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_words_of_one_line_are_looked_for_and_a_passage_is_not() {
        assert!(is_looked_for("deploys locked"));
        assert!(is_looked_for(&"é".repeat(LONGEST_PREFILL)));
        assert!(!is_looked_for(" "));
        assert!(!is_looked_for("one line\nand another"));
        assert!(!is_looked_for(&"a".repeat(LONGEST_PREFILL + 1)));
    }
}
