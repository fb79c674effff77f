//! A list under a field that is edited where it stands: what of the field it is asked for, and what becomes of the field when
//! something is chosen.

use super::typing::Typing;
use crate::controls::completion::{Completion, CompletionKind, Suggestion, list_id};
use leptos::html;
use leptos::prelude::*;
use std::ops::Range;

/// What a field offers while somebody types in it; the field and its list stand in an element of the class `finds`.
#[derive(Clone)]
pub struct FieldCompletion {
    /// The id of the list's lines begins so.
    pub id: String,
    pub kind: CompletionKind,
    /// Whether the field holds several values between commas, of which the one at the caret is completed.
    pub is_list: bool,
    /// Told what was chosen, once it stands in the field.
    pub chosen: Callback<Suggestion>,
}

/// The same for a field that is there.
#[derive(Clone, Copy)]
pub struct Completing {
    id: StoredValue<String>,
    pub completion: Completion,
    is_list: bool,
    input: NodeRef<html::Input>,
}

impl Completing {
    pub fn new(wanted: FieldCompletion, typing: Typing, input: NodeRef<html::Input>) -> Self {
        let FieldCompletion { id, kind, is_list, chosen } = wanted;
        let choose = Callback::new(move |suggestion: Suggestion| {
            let text = match is_list {
                true => replaced(&typing.shown_now(), caret(input), suggestion.name()),
                false => suggestion.name().to_owned(),
            };
            typing.write(text);
            chosen.run(suggestion);
            // Another value may follow behind a comma.
            if !is_list
                && typing.finish()
                && let Some(input) = input.get_untracked()
            {
                // Nothing depends on whether it had the focus.
                let _ = input.blur();
            }
        });
        Self { id: StoredValue::new(id), completion: Completion::new(kind, choose), is_list, input }
    }

    /// Offers what fits to what is typed now.
    pub fn type_in(self, text: &str) {
        let value = if self.is_list { &text[value_at(text, caret(self.input))] } else { text };
        self.completion.type_in(value);
    }

    /// What the ids of the list's lines begin with.
    pub fn id(self) -> String {
        self.id.get_value()
    }

    /// The id of the list.
    pub fn list(self) -> String {
        self.id.with_value(|id| list_id(id))
    }

    /// The id of the marked line.
    pub fn active(self) -> Option<String> {
        self.id.with_value(|id| self.completion.active(id))
    }
}

/// Where the caret is, in UTF-16 units; at the end where the browser does not say.
fn caret(input: NodeRef<html::Input>) -> usize {
    let caret = input.get_untracked().and_then(|input| input.selection_end().ok().flatten());
    caret.map_or(usize::MAX, |caret| caret as usize)
}

/// The value between commas in which a caret is, without the spaces around it.
fn value_at(text: &str, caret: usize) -> Range<usize> {
    let mut units = 0;
    let at = text.char_indices().find(|(_, character)| {
        let is_there = units >= caret;
        units += character.len_utf16();
        is_there
    });
    let at = at.map_or(text.len(), |(at, _)| at);
    let start = text[..at].rfind(',').map_or(0, |comma| comma + 1);
    let end = text[at..].find(',').map_or(text.len(), |comma| at + comma);
    let value = &text[start..end];
    let start = start + (value.len() - value.trim_start().len());
    start..start + value.trim().len()
}

/// The text with another value in the place of the one at the caret.
fn replaced(text: &str, caret: usize, value: &str) -> String {
    let Range { start, end } = value_at(text, caret);
    let before = &text[..start];
    let space = if before.ends_with(',') { " " } else { "" };
    format!("{before}{space}{value}{}", &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_the_caret_is_the_one_that_is_completed() {
        let at = |text: &'static str, caret: usize| &text[value_at(text, caret)];
        assert_eq!(
            [at("pay", 3), at("Gateway, pay", 12), at("Gateway, pay", 7), at("a,,b", 2)],
            ["pay", "pay", "Gateway", ""]
        );
        assert_eq!(at("🔥🔥, pay ,b", 5), "pay", "a caret is counted in UTF-16 units");
        assert_eq!(at("pay", usize::MAX), "pay");
    }

    #[test]
    fn what_is_chosen_takes_the_place_of_its_letters_and_of_nothing_else() {
        assert_eq!(replaced("Gateway, pa, Disks", 11, "Payments"), "Gateway, Payments, Disks");
        assert_eq!(replaced("Gateway,", 8, "Payments"), "Gateway, Payments");
        assert_eq!(replaced("", 0, "Payments"), "Payments");
    }
}
