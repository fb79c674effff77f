//! A question on the button that asks it: the first press asks, and the next one answers. A double click is one press, and
//! so is a key that is held down.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// How long the question stands before it can be answered: whoever answers sooner has not read it.
const READING_MILLISECONDS: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    Asks,
    /// The rest of a double click.
    Repeats,
    /// The answer, a yes.
    Answers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Quiet,
    Asked,
    Read,
}

impl Stage {
    fn press(self) -> (Self, Press) {
        match self {
            Self::Quiet => (Self::Asked, Press::Asks),
            Self::Asked => (Self::Asked, Press::Repeats),
            Self::Read => (Self::Read, Press::Answers),
        }
    }
}

/// The question of one button.
#[derive(Clone, Copy)]
pub struct Question {
    stage: RwSignal<Stage>,
    reading: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Default for Question {
    fn default() -> Self {
        Self { stage: RwSignal::new(Stage::Quiet), reading: StoredValue::new_local(None) }
    }
}

impl Question {
    /// Whether it stands; followed by whoever draws it.
    pub fn is_asked(self) -> bool {
        self.stage.get() != Stage::Quiet
    }

    /// Whether it takes an answer by now, as `aria-disabled` of the button says it; followed by whoever draws it.
    pub fn is_deaf(self) -> Option<&'static str> {
        (self.stage.get() == Stage::Asked).then_some("true")
    }

    pub fn press(self) -> Press {
        let (stage, press) = self.stage.get_untracked().press();
        self.stage.set(stage);
        if press == Press::Asks {
            let read = self.stage;
            let timer = Timeout::new(READING_MILLISECONDS, move || {
                read.try_set(Stage::Read);
            });
            self.reading.set_value(Some(timer));
        }
        press
    }

    /// It is answered, or the person went elsewhere.
    pub fn end(self) {
        self.reading.try_set_value(None);
        self.stage.try_set(Stage::Quiet);
    }
}

/// Keeps a key that is held down from pressing its button again and again.
pub fn press_once(event: KeyboardEvent) {
    if event.repeat() {
        event.prevent_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_click_asks_and_does_not_answer() {
        let (asked, press) = Stage::Quiet.press();
        assert_eq!(press, Press::Asks);
        assert_eq!(asked.press(), (Stage::Asked, Press::Repeats));
        assert_eq!(Stage::Read.press().1, Press::Answers);
    }
}
