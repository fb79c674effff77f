//! What is typed in a field until it is taken over, refused, or given up.

use leptos::html;
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Typing {
    /// What was typed and not taken over; while there is something, a change by others waits.
    draft: RwSignal<Option<String>>,
    value: Signal<String>,
    commit: Callback<String, Result<(), String>>,
    error: RwSignal<Option<String>>,
    input: NodeRef<html::Input>,
}

impl Typing {
    pub fn new(
        value: Signal<String>,
        commit: Callback<String, Result<(), String>>,
        error: RwSignal<Option<String>>,
        input: NodeRef<html::Input>,
    ) -> Self {
        Self { draft: RwSignal::new(None), value, commit, error, input }
    }

    pub fn shown(&self) -> String {
        self.draft.get().unwrap_or_else(|| self.value.get())
    }

    /// The same, once.
    pub fn shown_now(&self) -> String {
        untrack(|| self.shown())
    }

    pub fn write(&self, text: String) {
        if self.is_complete() {
            self.draft.set(Some(text));
        }
    }

    /// Hands over what was typed when the field is left; `false` when it is refused and stays in the field, and when the
    /// field is out of the page, its signals gone already.
    pub fn finish(&self) -> bool {
        let Some(draft) = self.draft.try_get_untracked() else { return false };
        let text = changed(draft, self.is_complete(), self.value.try_get_untracked().as_deref());
        let refused = text.and_then(|text| self.commit.try_run(text)?.err());
        match refused {
            None => {
                self.give_up();
                true
            }
            Some(sentence) => {
                self.error.set(Some(sentence));
                false
            }
        }
    }

    /// Shows the document's value again.
    pub fn give_up(&self) {
        self.draft.set(None);
        self.error.set(None);
    }

    /// Whether the browser can make a value of what is typed.
    fn is_complete(&self) -> bool {
        self.input.try_get_untracked().flatten().is_none_or(|input| input.check_validity())
    }
}

/// What there is to hand over. A date of which a part is missing is no date that was taken away.
fn changed(draft: Option<String>, is_complete: bool, value: Option<&str>) -> Option<String> {
    draft.filter(|text| is_complete && value != Some(text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typing(commit: impl Fn(String) -> Result<(), String> + Send + Sync + 'static) -> Typing {
        Typing::new(Signal::stored("was".to_owned()), Callback::new(commit), RwSignal::new(None), NodeRef::new())
    }

    #[test]
    fn a_refused_value_stays_in_the_field_with_its_sentence() {
        let owner = Owner::new();
        owner.set();
        let typing = typing(|_| Err("No.".to_owned()));
        typing.write("typed".to_owned());
        assert!(!typing.finish());
        assert_eq!(typing.shown(), "typed");
        assert_eq!(typing.error.get().as_deref(), Some("No."));
        typing.give_up();
        assert_eq!((typing.shown().as_str(), typing.error.get()), ("was", None));
    }

    #[test]
    fn only_what_is_whole_and_different_is_handed_over() {
        let typed = || Some("typed".to_owned());
        assert_eq!(changed(typed(), true, Some("was")), typed());
        assert_eq!(changed(typed(), true, Some("typed")), None);
        assert_eq!(changed(typed(), false, Some("was")), None, "a part of a date is missing");
        assert_eq!(changed(None, true, Some("was")), None);
    }
}
