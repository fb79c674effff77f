//! Whose turn it is to write rows that a room is told of: one at a time for each post-mortem, so that its room hears of them
//! in the order of their commits, and no post-mortem waits for another.

use postmortem::PostmortemId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

type Turns = HashMap<PostmortemId, Arc<tokio::sync::Mutex<()>>>;

/// The turns of all post-mortems.
#[derive(Debug, Clone, Default)]
pub struct Announcements(Arc<Mutex<Turns>>);

/// One's turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    all: Announcements,
    id: PostmortemId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Announcements {
    /// Waits for one's turn at a post-mortem. Handlers wait before what they do to the end, so that nothing is done for who
    /// hung up meanwhile.
    pub async fn turn(&self, id: &PostmortemId) -> Turn {
        let turns = self.turns().entry(id.clone()).or_default().clone();
        // A turn that is not taken, because whoever waits hangs up, is forgotten with the next.
        let guard = Some(turns.lock_owned().await);
        Turn { all: self.clone(), id: id.clone(), guard }
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        // Nothing panics while it holds the lock; if something did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.all.turns();
        drop(self.guard.take());
        // Whoever waits holds the lock as well, and took it while the map was locked.
        if turns.get(&self.id).is_some_and(|turns| Arc::strong_count(turns) == 1) {
            turns.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn one_post_mortem_has_one_turn_at_a_time_and_no_other_waits_for_it() {
        let announcements = Announcements::default();
        let (busy, quiet): (PostmortemId, PostmortemId) = ("busy".parse().expect("id"), "quiet".parse().expect("id"));
        let first = announcements.turn(&busy).await;
        let mut second = Box::pin(announcements.turn(&busy));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(announcements.turn(&quiet).now_or_never().is_some());
        drop(first);
        drop(second.await);
        assert!(announcements.turns().is_empty(), "nothing is left of turns that are over");
    }
}
