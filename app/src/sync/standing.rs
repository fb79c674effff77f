//! Whether what was typed here is on the server's disk, in words that never promise more than that.

use chrono::{DateTime, Utc};

/// Where what was typed here is kept until the server has it. The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum WhereKept {
    /// In this browser, all of it.
    Browser,
    /// On its way into the browser's storage.
    Storing,
    /// The browser has not said yet whether it gives storage.
    #[default]
    Opening,
    /// In this page alone: the browser gives no storage, or has none left.
    Page,
}

/// How the connection and the copy stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether the server hears this page.
    pub is_connected: bool,
    /// Whether everything that the server has is here.
    pub is_synced: bool,
    /// Whether the server says that it cannot save.
    pub is_failing: bool,
    /// Whether something is known to be in the way of a connection.
    pub is_obstructed: bool,
    /// Edits and comments that the server has not acknowledged.
    pub unsaved: usize,
    /// Where they are kept.
    pub storage: WhereKept,
}

impl Standing {
    /// Whether everything typed here is on the server's disk.
    pub fn is_saved(&self) -> bool {
        self.is_connected && self.is_synced && self.unsaved == 0
    }
}

/// The save state as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// The document has not arrived yet.
    Opening,
    /// Everything typed here is acknowledged, last at this time.
    Saved(Option<DateTime<Utc>>),
    /// This many changes are on their way.
    Saving(usize),
    /// No connection; this many changes are kept where the storage says.
    Offline(usize, WhereKept),
    /// The server cannot save; this many changes are kept where the storage says.
    Failing(usize, WhereKept),
}

impl Saving {
    /// What is shown when things stand like this.
    pub fn of(standing: Standing, has_arrived: bool, saved_at: Option<DateTime<Utc>>) -> Self {
        let Standing { is_connected, is_synced, is_failing, is_obstructed, unsaved, storage } = standing;
        match (is_connected, unsaved) {
            (false, 0) if !has_arrived && !is_obstructed => Self::Opening,
            (false, count) => Self::Offline(count, storage),
            (true, 0) if is_synced => Self::Saved(saved_at),
            (true, 0) => Self::Opening,
            (true, count) if is_failing => Self::Failing(count, storage),
            (true, count) => Self::Saving(count),
        }
    }

    /// The words beside the icon.
    pub fn words(&self) -> String {
        match self {
            Self::Opening => "Opening".into(),
            Self::Saved(_) => "Saved".into(),
            Self::Saving(count) => format!("Saving {}", count_changes(*count)),
            Self::Offline(0, _) => "Offline".into(),
            Self::Offline(count, storage) => format!("Offline, {}", kept(*count, *storage)),
            Self::Failing(count, storage) => format!("Not saved, {}", kept(*count, *storage)),
        }
    }
}

fn kept(count: usize, storage: WhereKept) -> String {
    let place = if storage == WhereKept::Browser { "this browser" } else { "this page only" };
    format!("{} kept in {place}", count_changes(count))
}

/// `1 change`, `3 changes`.
pub fn count_changes(count: usize) -> String {
    if count == 1 { "1 change".into() } else { format!("{count} changes") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_promise_no_more_than_the_storage_does() {
        let cut_off = |storage| Standing { unsaved: 2, storage, ..Standing::default() };
        let words = |standing| Saving::of(standing, true, None).words();
        assert_eq!(words(cut_off(WhereKept::Browser)), "Offline, 2 changes kept in this browser");
        for storage in [WhereKept::Storing, WhereKept::Opening, WhereKept::Page] {
            assert_eq!(words(cut_off(storage)), "Offline, 2 changes kept in this page only");
        }
        let failing = Standing {
            is_connected: true,
            is_synced: true,
            is_failing: true,
            unsaved: 1,
            ..cut_off(WhereKept::Browser)
        };
        assert_eq!(words(failing), "Not saved, 1 change kept in this browser");
    }

    #[test]
    fn nothing_is_called_saved_before_everything_has_come() {
        let connected = Standing { is_connected: true, ..Standing::default() };
        assert_eq!(Saving::of(connected, false, None), Saving::Opening);
        assert_eq!(Saving::of(Standing { is_synced: true, ..connected }, false, None), Saving::Saved(None));
        assert_eq!(Saving::of(Standing::default(), false, None), Saving::Opening);
        assert_eq!(Saving::of(Standing::default(), true, None), Saving::Offline(0, WhereKept::Opening));
    }
}
