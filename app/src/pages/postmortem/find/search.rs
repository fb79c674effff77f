//! What is looked for, where it was found, and which place is shown.

use super::found::{FoundPlace, places};
use super::sight::{is_row_shown, show};
use crate::pages::postmortem::part::parts_in_order;
use crate::state::OpenPostmortem;
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Search {
    pub words: RwSignal<String>,
    open: OpenPostmortem,
    found: RwSignal<Vec<FoundPlace>>,
    current: RwSignal<usize>,
}

impl Search {
    pub fn new(open: OpenPostmortem) -> Self {
        Self { words: RwSignal::new(String::new()), open, found: RwSignal::new(Vec::new()), current: RwSignal::new(0) }
    }

    /// Looks again for what was looked for last, or for what is selected now.
    pub fn begin(&self, selected: Option<String>) {
        if let Some(selected) = selected {
            self.words.set(selected);
        }
        self.look();
    }

    /// Looks while words are typed. Nothing is shown of what they find until it is asked for.
    pub fn write(&self, words: String) {
        self.words.set(words);
        self.look();
        show(self.open, None);
    }

    /// Shows the first place, where none is shown yet, or the next one.
    pub fn enter(&self, forward: bool) {
        if self.open.found.with_untracked(Option::is_none) && !is_row_shown() {
            self.look();
            self.show();
        } else {
            self.step(forward);
        }
    }

    /// Shows the place after or before the one that is shown.
    pub fn step(&self, forward: bool) {
        let (was, was_at) = (self.shown(), self.current.get_untracked());
        self.look();
        let next = self.found.with_untracked(|found| next(found, was.as_ref(), was_at, forward));
        self.current.set(next);
        self.show();
    }

    /// How many places there are and which one is shown, in words.
    pub fn told(&self) -> String {
        let count = self.found.with(Vec::len);
        match (self.words.with(|words| words.trim().is_empty()), count) {
            (true, _) => String::new(),
            (false, 0) => "Nothing found".to_owned(),
            (false, count) => format!("{} of {count}", self.current.get() + 1),
        }
    }

    fn look(&self) {
        let order = untrack(|| parts_in_order(self.open));
        self.found.set(untrack(|| self.words.with(|words| places(self.open.parts, order, words))));
        self.current.set(0);
    }

    fn show(&self) {
        show(self.open, self.shown());
    }

    fn shown(&self) -> Option<FoundPlace> {
        self.found.with_untracked(|found| found.get(self.current.get_untracked()).cloned())
    }
}

/// The place after or before the one that was shown, going round at the ends. Others write meanwhile: what was shown may
/// have moved in the list, or be gone from it.
fn next(found: &[FoundPlace], was: Option<&FoundPlace>, was_at: usize, forward: bool) -> usize {
    let count = found.len();
    let Some(last) = count.checked_sub(1) else { return 0 };
    let here = found.iter().position(|place| Some(place) == was).unwrap_or(was_at.min(last));
    if forward { (here + 1) % count } else { (here + last) % count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::digest::Place;

    fn row(id: &str) -> FoundPlace {
        FoundPlace::Row(Place::Entry(id.parse().expect("an id")))
    }

    #[test]
    fn the_places_go_round() {
        let found = [row("a"), row("b"), row("c")];
        assert_eq!(next(&found, Some(&row("c")), 2, true), 0);
        assert_eq!(next(&found, Some(&row("a")), 0, false), 2);
        assert_eq!(next(&[], Some(&row("a")), 0, true), 0);
    }

    #[test]
    fn the_next_place_follows_what_was_shown_where_others_moved_it_to() {
        let found = [row("new"), row("a"), row("b")];
        assert_eq!(next(&found, Some(&row("a")), 0, true), 2);
        assert_eq!(next(&found, Some(&row("deleted")), 7, false), 1, "what is gone counts as the last");
    }
}
