//! What is offered while somebody types: a list under a field, asked of the server with what was typed, to choose from with
//! arrows and Enter, or by a press. The field is its owner's; this is the list, and what the keys do to it.

mod suggestion;

pub use suggestion::{Source, Suggestion, size};

use crate::reader::Avatar;
use crate::reader::icon::{Icon, IconName};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long somebody rests before the server is asked.
const REST_MILLISECONDS: u32 = 150;

/// How often it is looked whether a press is over.
const PRESS_MILLISECONDS: u32 = 50;

/// What a list is for.
#[derive(Clone, Copy)]
pub struct CompletionKind {
    pub source: Source,
    /// Whether only what is listed can be taken. Beside free text a last line keeps what is typed.
    pub is_strict: bool,
    /// Ids or names of what is not offered.
    pub without: Signal<Vec<String>>,
    /// Whether a name that is not in the list may be added to it.
    pub may_add: Signal<bool>,
}

/// The list under one field.
#[derive(Clone, Copy)]
pub struct Completion {
    kind: CompletionKind,
    wanted: RwSignal<String>,
    found: RwSignal<Option<Result<Vec<Suggestion>, String>>>,
    marked: RwSignal<Option<usize>>,
    chosen: Callback<Suggestion>,
    resting: StoredValue<Option<Timeout>, LocalStorage>,
}

impl CompletionKind {
    /// A list beside which anything may be typed.
    pub fn free(source: Source) -> Self {
        Self { source, is_strict: false, without: Signal::stored(Vec::new()), may_add: Signal::stored(false) }
    }
}

impl Completion {
    /// A list that is not open, until the owner of the calling component goes.
    pub fn new(kind: CompletionKind, chosen: Callback<Suggestion>) -> Self {
        let resting = StoredValue::new_local(None);
        on_cleanup(move || resting.dispose());
        let (wanted, found, marked) = (RwSignal::new(String::new()), RwSignal::new(None), RwSignal::new(None));
        Self { kind, wanted, found, marked, chosen, resting }
    }

    /// Offers what fits to a text, once its writer rests.
    pub fn type_in(self, text: &str) {
        self.wanted.set(text.trim().to_owned());
        if text.trim().is_empty() && !self.kind.is_strict {
            return self.close();
        }
        self.resting.set_value(Some(Timeout::new(REST_MILLISECONDS, move || self.look())));
    }

    fn look(self) {
        let Some(wanted) = self.wanted.try_get_untracked() else { return };
        spawn_local(async move {
            let without = self.kind.without.try_get_untracked().unwrap_or_default();
            let answer = self.kind.source.find(&wanted, &without).await;
            // Somebody may have typed on, chosen, or gone elsewhere.
            let is_wanted = self.wanted.try_get_untracked().is_some_and(|now| now == wanted)
                && self.resting.try_with_value(Option::is_some) == Some(true);
            if !is_wanted {
                return;
            }
            let answer = answer.map_err(|problem| problem.to_string()).map(|mut found| {
                let new = suggestion::new_service(&wanted, &found).filter(|_| self.kind.may_add.get_untracked());
                let kept = suggestion::as_typed(&wanted, &found).filter(|_| !self.kind.is_strict);
                found.extend(new.into_iter().chain(kept));
                found
            });
            // Enter takes the first line of what is there already; nothing is made by it that was not asked for.
            let first = answer.as_ref().ok().and_then(|found| found.first());
            self.marked.set(first.is_some_and(Suggestion::is_there).then_some(0));
            // Beside a list that cannot be had, anything may be typed all the same.
            let is_shown = self.kind.is_strict || answer.as_ref().is_ok_and(|found| !found.is_empty());
            self.found.set(is_shown.then_some(answer));
        });
    }

    fn listed(self) -> Vec<Suggestion> {
        self.found.with(|found| found.as_ref().and_then(|found| found.as_ref().ok()).cloned().unwrap_or_default())
    }

    fn choose(self, suggestion: Suggestion) {
        self.close();
        self.chosen.run(suggestion);
    }

    /// Takes the list away; what is asked for it still comes too late.
    pub fn close(self) {
        self.resting.try_set_value(None);
        self.found.try_set(None);
    }

    /// The field was left. Until a press that took the keyboard is over, the list stays: what stands under it would move
    /// from under the pointer, and the press be lost.
    pub fn leave(self) {
        self.resting.try_set_value(None);
        Timeout::new(0, move || self.close_unless_pressed()).forget();
    }

    fn close_unless_pressed(self) {
        let is_used_again = self.resting.try_with_value(Option::is_some).unwrap_or(true);
        if is_used_again {
            return;
        }
        if document().query_selector(":active").ok().flatten().is_some() {
            Timeout::new(PRESS_MILLISECONDS, move || self.close_unless_pressed()).forget();
        } else {
            self.close();
        }
    }

    /// Whether the key was for the list.
    pub fn key(self, key: &str) -> bool {
        let listed = untrack(|| self.listed());
        let marked = self.marked.get_untracked();
        match (key, marked.and_then(|at| listed.get(at))) {
            ("ArrowDown", _) if self.found.with_untracked(Option::is_none) => {
                self.resting.set_value(Some(Timeout::new(0, move || self.look())));
            }
            ("ArrowDown" | "ArrowUp", _) if !listed.is_empty() => {
                self.marked.set(Some(moved(marked, key == "ArrowDown", listed.len())));
            }
            ("Enter", Some(suggestion)) => self.choose(suggestion.clone()),
            ("Escape", _) if self.found.with_untracked(Option::is_some) => self.close(),
            _ => return false,
        }
        true
    }

    /// Whether anything is shown under the field.
    pub fn is_open(self) -> bool {
        self.found.with(Option::is_some)
    }

    /// The id of the marked line, for `aria-activedescendant` of the field.
    pub fn active(self, id: &str) -> Option<String> {
        let count = self.listed().len();
        self.marked.get().filter(|at| *at < count).map(|at| format!("{id}-{at}"))
    }

    /// What is shown where there is nothing to choose.
    fn sentence(self) -> Option<String> {
        self.found.with(|found| match found {
            Some(Err(sentence)) => Some(sentence.clone()),
            Some(Ok(found)) if found.is_empty() => Some(self.kind.source.nothing().to_owned()),
            None | Some(Ok(_)) => None,
        })
    }

    /// What a screen reader is told when the list comes.
    fn told(self) -> String {
        match self.listed().len() {
            0 => String::new(),
            1 => "1 suggestion. Choose it with the arrow keys.".to_owned(),
            count => format!("{count} suggestions. Choose with the arrow keys."),
        }
    }
}

/// The line that is marked next, round the list and from outside of it.
fn moved(marked: Option<usize>, is_down: bool, count: usize) -> usize {
    match (marked, is_down) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
    }
}

/// The id of the list under a field of an id, for its `aria-controls`.
pub fn list_id(id: &str) -> String {
    format!("{id}-list")
}

/// The list under the field of this id, while it is open; both stand in an element of the class `finds`.
#[component]
pub fn Suggestions(#[prop(into)] id: String, completion: Completion) -> impl IntoView {
    let list = list_id(&id);
    view! {
        <ul
            class="menu"
            role="listbox"
            id=list
            aria-label=completion.kind.source.label()
            hidden=move || completion.listed().is_empty()
        >
            {move || {
                let lines = completion.listed().into_iter().enumerate();
                lines
                    .map(|(at, suggestion)| {
                        view! { <Line id=format!("{id}-{at}") at suggestion completion /> }.into_any()
                    })
                    .collect_view()
            }}
        </ul>
        <span class="vh" role="status">{move || completion.told()}</span>
        {move || completion.sentence().map(|sentence| view! { <p class="menu none" role="status">{sentence}</p> }.into_any())}
    }
    .into_any()
}

#[component]
fn Line(id: String, at: usize, suggestion: Suggestion, completion: Completion) -> impl IntoView {
    let (person, remark) = (suggestion.person().cloned(), suggestion.remark());
    let icon = match &suggestion {
        Suggestion::Person(_) | Suggestion::Service(_) | Suggestion::AsTyped(_) => None,
        Suggestion::Group(_) => Some(IconName::People),
        Suggestion::NewService(_) => Some(IconName::Plus),
    };
    let words = match &suggestion {
        Suggestion::NewService(name) => format!("Add “{name}” to the team’s services"),
        Suggestion::AsTyped(text) => format!("Keep “{text}” as it is typed"),
        Suggestion::Person(_) | Suggestion::Group(_) | Suggestion::Service(_) => suggestion.name().to_owned(),
    };
    view! {
        <li
            id=id
            role="option"
            aria-selected=move || (completion.marked.get() == Some(at)).to_string()
            // The field keeps the keyboard: without it, the list is closed.
            on:mousedown=move |event| event.prevent_default()
            on:click=move |_| completion.choose(suggestion.clone())
        >
            {person
                .map(|person| {
                    view! {
                        <span aria-hidden="true">
                            <Avatar person small=true />
                        </span>
                    }.into_any()
                })}
            {icon.map(|name| view! { <Icon name small=true /> }.into_any())}
            <span>{words}</span>
            {remark.map(|remark| view! { <small>{remark}</small> }.into_any())}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_goes_round_the_list_and_comes_in_at_either_end() {
        assert_eq!([moved(None, true, 3), moved(Some(0), true, 3), moved(Some(2), true, 3)], [0, 1, 0]);
        assert_eq!([moved(None, false, 3), moved(Some(0), false, 3), moved(Some(1), false, 3)], [2, 2, 0]);
    }
}
