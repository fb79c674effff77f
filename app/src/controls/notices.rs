//! What the page tells a person outside of the place they look at: toasts with an undo, refusals with the text they
//! concern, and the words for the screen reader's live region.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::sync::Arc;

/// How long a toast stays, long enough to read and to reach its button.
const TOAST_MILLISECONDS: u32 = 9_000;

/// Takes something back. It outlives the component that did it, which a callback of that component would not.
pub type Undo = Arc<dyn Fn() + Send + Sync>;

/// A short message at the foot of the page.
#[derive(Clone)]
pub struct Toast {
    /// What happened.
    pub message: String,
    /// Takes it back.
    pub undo: Option<Undo>,
    /// Corrects what was guessed.
    pub correction: Option<Correction>,
    number: u32,
}

/// What a toast offers beside taking all of it back, by its button or by the arrow up in an empty quick line.
#[derive(Clone)]
pub struct Correction {
    /// The words of the button.
    pub label: String,
    /// Does it.
    pub run: Undo,
}

/// Something that was not taken, which stays until it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalNotice {
    /// The first words, in bold.
    pub headline: String,
    /// What to do about it.
    pub advice: String,
    /// The person's own text, to copy.
    pub text: Option<String>,
    /// Where it was typed: what is said of it holds until something is taken there.
    pub place: Option<String>,
}

/// The notices of the whole client.
#[derive(Clone, Copy)]
pub struct Notices {
    /// The toast that is shown.
    pub toast: RwSignal<Option<Toast>>,
    /// The refusal that is shown.
    pub refusal: RwSignal<Option<RefusalNotice>>,
    /// What the live region says.
    pub spoken: RwSignal<String>,
    number: StoredValue<u32>,
}

impl Notices {
    /// Nothing to tell.
    pub fn new() -> Self {
        Self {
            toast: RwSignal::new(None),
            refusal: RwSignal::new(None),
            spoken: RwSignal::new(String::new()),
            number: StoredValue::new(0),
        }
    }

    /// Shows a toast for some seconds, in place of the one before it.
    pub fn toast(&self, message: impl Into<String>, undo: Option<Undo>) {
        self.toast_with(message, undo, None);
    }

    /// Shows a toast that offers a correction of what was guessed.
    pub fn toast_with(&self, message: impl Into<String>, undo: Option<Undo>, correction: Option<Correction>) {
        let message = message.into();
        let number = self.number.get_value().wrapping_add(1);
        self.number.set_value(number);
        self.speak(message.clone());
        self.toast.set(Some(Toast { message, undo, correction, number }));
        let toast = self.toast;
        Timeout::new(TOAST_MILLISECONDS, move || {
            let is_current =
                toast.try_with_untracked(|toast| toast.as_ref().is_some_and(|toast| toast.number == number));
            if is_current.unwrap_or(false) {
                toast.set(None);
            }
        })
        .forget();
    }

    /// Takes back what the toast tells; `false` when there is nothing to take back.
    pub fn undo(&self) -> bool {
        let Some(undo) = self.toast.get_untracked().and_then(|toast| toast.undo) else { return false };
        self.toast.set(None);
        undo();
        true
    }

    /// Corrects what the toast tells as a guess; `false` when there is nothing to correct.
    pub fn correct(&self) -> bool {
        let Some(correction) = self.toast.get_untracked().and_then(|toast| toast.correction) else { return false };
        self.toast.set(None);
        (correction.run)();
        true
    }

    /// Shows why something was not taken.
    pub fn refuse(&self, refusal: RefusalNotice) {
        self.refusal.set(Some(refusal));
    }

    /// Shows an error sentence: its first sentence as the headline, the rest as advice.
    pub fn refuse_sentence(&self, sentence: &str, text: Option<String>) {
        self.refuse_in(None, sentence, text);
    }

    /// The same of what was typed at a place, until [`Notices::taken_at`] it.
    pub fn refuse_at(&self, place: &str, sentence: &str, text: String) {
        self.refuse_in(Some(place.to_owned()), sentence, Some(text));
    }

    /// Something that was typed at a place was taken: what is said of what was not holds no more.
    pub fn taken_at(&self, place: &str) {
        let is_told = |refusal: &Option<RefusalNotice>| {
            refusal.as_ref().is_some_and(|refusal| refusal.place.as_deref() == Some(place))
        };
        if self.refusal.with_untracked(is_told) {
            self.refusal.set(None);
        }
    }

    fn refuse_in(&self, place: Option<String>, sentence: &str, text: Option<String>) {
        let (headline, advice) = match sentence.split_once(". ") {
            Some((headline, advice)) => (format!("{headline}."), advice.to_owned()),
            None => (sentence.to_owned(), String::new()),
        };
        self.refuse(RefusalNotice { headline, advice, text, place });
    }

    /// Lets the screen reader say something, without moving the focus.
    pub fn speak(&self, words: impl Into<String>) {
        self.spoken.set(words.into());
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self::new()
    }
}

/// The notices, from any component.
pub fn use_notices() -> Notices {
    use_context().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_taken_is_told_until_something_is_taken_at_its_place() {
        let owner = Owner::new();
        owner.set();
        let notices = Notices::new();
        notices.refuse_at("new-action", "Too long. Shorten it.", "Stop".to_owned());
        notices.taken_at("new-figure");
        let told = notices.refusal.get_untracked().expect("it is told");
        assert_eq!((told.headline.as_str(), told.text.as_deref()), ("Too long.", Some("Stop")));
        notices.taken_at("new-action");
        assert_eq!(notices.refusal.get_untracked(), None);
        notices.refuse_sentence("The server is away.", None);
        notices.taken_at("new-action");
        assert!(notices.refusal.get_untracked().is_some(), "what is about no field stays");
    }
}
