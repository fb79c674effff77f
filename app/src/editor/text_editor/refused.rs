//! What an editor does not take, told under it until something is taken again.

use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedInput {
    headline: String,
    advice: String,
}

impl RefusedInput {
    /// By the editor's reason; `length` is what the text would have had, in UTF-16 units, as its limit is.
    pub fn new(reason: &str, noun: &str, limit: u32, length: u32) -> Self {
        if reason == "too_long" {
            return Self { headline: format!("This {noun} is too long to save."), advice: too_long(limit, length) };
        }
        Self { headline: "Pictures are not taken yet; paste a link to it.".to_owned(), advice: String::new() }
    }
}

#[component]
pub fn RefusedNote(refused: RefusedInput) -> impl IntoView {
    view! {
        <div class="alert" role="alert">
            <Icon name=IconName::Warning />
            <div>
                <b>{refused.headline}</b>
                {refused.advice}
            </div>
        </div>
    }
    .into_any()
}

fn too_long(limit: u32, length: u32) -> String {
    format!(
        "{} characters is the limit, it would have {}. Your text is kept; shorten it or move the log to a source.",
        grouped(limit),
        grouped(length)
    )
}

/// A count with its thousands apart: 21,340.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_refused_with_both_numbers() {
        let refused = RefusedInput::new("too_long", "section", 20_000, 21_340);
        assert_eq!(refused.headline, "This section is too long to save.");
        assert!(refused.advice.starts_with("20,000 characters is the limit, it would have 21,340."));
        assert_eq!(RefusedInput::new("picture", "section", 1, 0).advice, "");
        assert_eq!(grouped(999), "999");
    }
}
