//! Whose turn it is to tell: one at a time about each thing, so that nothing older is told behind something newer, and nobody
//! who tells of one thing waits for who tells of another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

type ByName = HashMap<String, Arc<tokio::sync::Mutex<()>>>;

/// The turns at everything.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<ByName>>);

/// One's turn, until it is dropped.
#[derive(Debug)]
pub struct AnnouncementTurn {
    all: Turns,
    name: String,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits for one's turn at something.
    pub async fn at(&self, name: &str) -> AnnouncementTurn {
        let turns = self.turns().entry(name.to_owned()).or_default().clone();
        // A turn that is not taken, because whoever waits ends, is forgotten with the next.
        let guard = Some(turns.lock_owned().await);
        AnnouncementTurn { all: self.clone(), name: name.to_owned(), guard }
    }

    fn turns(&self) -> MutexGuard<'_, ByName> {
        // Nothing panics while it holds the lock; if something did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AnnouncementTurn {
    fn drop(&mut self) {
        let mut turns = self.all.turns();
        drop(self.guard.take());
        // Whoever waits holds the lock as well, and took it while the map was locked.
        if turns.get(&self.name).is_some_and(|turns| Arc::strong_count(turns) == 1) {
            turns.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn one_thing_has_one_turn_at_a_time_and_no_other_waits_for_it() {
        let turns = Turns::default();
        let first = turns.at("busy").await;
        let mut second = Box::pin(turns.at("busy"));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(turns.at("quiet").now_or_never().is_some());
        drop(first);
        drop(second.await);
        assert!(turns.turns().is_empty(), "nothing is left of turns that are over");
    }
}
