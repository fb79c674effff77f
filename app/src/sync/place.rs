//! The place in a page that stands for a text, as presence names it.

use postmortem::TextId;

/// `sections/overview`, `timeline/ID`, `actions/ID`.
pub fn place_of(text: &TextId) -> String {
    match text {
        TextId::Section(key) => format!("sections/{key}"),
        TextId::Entry(id) => format!("timeline/{id}"),
        TextId::Action(id) => format!("actions/{id}"),
    }
}
