//! Whether what a control does may be done. Where it may not, the control is there, disabled, and says why.

use leptos::prelude::*;

/// Why something may not be done; open while there is no reason.
#[derive(Debug, Clone, Copy)]
pub struct Lock(Signal<Option<String>>);

impl Lock {
    /// Closed while there is a reason.
    pub fn new(reason: Signal<Option<String>>) -> Self {
        Self(reason)
    }

    /// Whether it may not be done.
    pub fn is_closed(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Why not, in a sentence.
    pub fn reason(self) -> Option<String> {
        self.0.get()
    }
}

/// What stands in the way of changing what is around a control: the page provides it.
pub fn use_lock() -> Lock {
    use_context().unwrap_or_else(|| Lock::new(Signal::stored(None)))
}
