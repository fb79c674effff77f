//! Which rooms live, which are being loaded, and which came to a bad end. A room is loaded once however many ask for it at
//! the same time, and one that ends is forgotten before its successor can be loaded.

use super::error::OpenError;
use super::inbox::{Control, Handle};
use postmortem::PostmortemId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What a room takes beside its document, in bytes of its log.
const LEAST_ROOM: usize = 16 << 10;

/// Tells when a room lives, or why it does not.
pub(super) type Loading = watch::Receiver<Option<Result<(), OpenError>>>;

/// The rooms by post-mortem.
#[derive(Debug, Clone, Default)]
pub(super) struct Registry(Arc<Mutex<Live>>);

/// What somebody finds who asks for a room.
pub(super) enum Found {
    Live(Handle),
    Loading(Loading),
    /// Whoever asked is to load it.
    ToLoad(Reservation, Loading),
}

/// The place of a room that is being loaded. Whoever lets it go without a word makes way for the next who asks.
#[derive(Debug)]
pub(super) struct Reservation {
    registry: Registry,
    id: PostmortemId,
    number: u64,
    sender: watch::Sender<Option<Result<(), OpenError>>>,
}

impl Reservation {
    /// Tells the room from those of the same post-mortem before and after.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The room is loaded, with so many bytes of its log, or could not be: from now on it is found, or the next who asks
    /// tries again. Rooms in which nobody is may take so many bytes of logs.
    pub fn settle(self, result: Result<(Handle, usize), OpenError>, idle_bytes: usize) {
        let settled = self.registry.settle_in(&self.id, self.number, result, idle_bytes);
        self.sender.send_replace(Some(settled));
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.sender.borrow().is_none() {
            self.registry.forget(&self.id, self.number);
        }
    }
}

#[derive(Debug, Default)]
struct Live {
    is_stopping: bool,
    /// Counts rooms and turns.
    last: u64,
    slots: HashMap<PostmortemId, Slot>,
    /// Post-mortems whose last room came to a bad end, so that what it accepted may still wait for the disk.
    unsaved: HashSet<PostmortemId>,
}

/// A room that is being loaded or lives. The number tells it from the rooms of the same post-mortem before and after.
#[derive(Debug)]
struct Slot {
    number: u64,
    /// When it was asked for last, in turns; nothing until whoever it was loaded for has it.
    asked: Option<u64>,
    stage: Stage,
    /// The bytes of its log when it was loaded.
    bytes: usize,
}

impl Slot {
    /// Whether it lives, and nobody has a handle of it but this.
    fn is_unused(&self) -> bool {
        matches!(&self.stage, Stage::Live(handle) if handle.messages.strong_count() == 1)
    }
}

#[derive(Debug)]
enum Stage {
    Loading(Loading),
    Live(Handle),
}

impl Live {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Sends rooms in which nobody is to rest, those first that nobody asked for the longest, where their logs take more than
    /// so many bytes.
    fn make_room(&self, most: usize) {
        let is_idle = |slot: &&Slot| slot.asked.is_some() && slot.is_unused();
        let mut unused: Vec<&Slot> = self.slots.values().filter(is_idle).collect();
        unused.sort_by_key(|slot| slot.asked);
        let mut taken: usize = unused.iter().map(|slot| slot.bytes + LEAST_ROOM).sum();
        for slot in unused {
            if taken <= most {
                break;
            }
            taken -= slot.bytes + LEAST_ROOM;
            if let Stage::Live(room) = &slot.stage {
                drop(room.control.send(Control::Rest));
            }
        }
    }
}

impl Registry {
    /// The room of a post-mortem, which is asked for now. Handles are given out under the lock alone, so that a room which
    /// nobody has a handle of can end.
    ///
    /// # Errors
    /// When no room is opened any more.
    pub(super) fn ask_for(&self, id: &PostmortemId) -> Result<Found, OpenError> {
        let mut live = self.live();
        if live.is_stopping {
            return Err(OpenError::Stopping);
        }
        let number = live.next();
        match live.slots.get_mut(id) {
            Some(Slot { asked, stage: Stage::Live(handle), .. }) => {
                *asked = Some(number);
                Ok(Found::Live(handle.clone()))
            }
            Some(Slot { stage: Stage::Loading(loading), .. }) => Ok(Found::Loading(loading.clone())),
            None => {
                let (sender, loading) = watch::channel(None);
                let slot = Slot { number, asked: None, stage: Stage::Loading(loading.clone()), bytes: 0 };
                live.slots.insert(id.clone(), slot);
                let reservation = Reservation { registry: self.clone(), id: id.clone(), number, sender };
                Ok(Found::ToLoad(reservation, loading))
            }
        }
    }

    /// The room of a post-mortem where there is one, as soon as it is loaded.
    pub(super) async fn existing(&self, id: &PostmortemId) -> Option<Handle> {
        loop {
            let mut loading = match &self.live().slots.get(id)?.stage {
                Stage::Live(handle) => return Some(handle.clone()),
                Stage::Loading(loading) => loading.clone(),
            };
            loaded(&mut loading).await.ok()?;
        }
    }

    /// The room of a post-mortem where there is one that lives.
    pub(super) fn living(&self, id: &PostmortemId) -> Option<Handle> {
        match &self.live().slots.get(id)?.stage {
            Stage::Live(handle) => Some(handle.clone()),
            Stage::Loading(_) => None,
        }
    }

    /// The post-mortems that have a room.
    pub(super) fn ids(&self) -> Vec<PostmortemId> {
        self.live().slots.keys().cloned().collect()
    }

    /// How many have one.
    pub(super) fn count(&self) -> usize {
        self.live().slots.len()
    }

    /// Opens none from now on; those that there are.
    pub(super) fn stop(&self) -> Vec<PostmortemId> {
        let mut live = self.live();
        live.is_stopping = true;
        live.slots.keys().cloned().collect()
    }

    fn settle_in(
        &self,
        id: &PostmortemId,
        number: u64,
        result: Result<(Handle, usize), OpenError>,
        idle_bytes: usize,
    ) -> Result<(), OpenError> {
        let mut live = self.live();
        live.make_room(idle_bytes);
        let Some(slot) = live.slots.get_mut(id).filter(|slot| slot.number == number) else {
            return Err(OpenError::Failed);
        };
        match result {
            Ok((handle, bytes)) => (slot.stage, slot.bytes) = (Stage::Live(handle), bytes),
            Err(error) => {
                live.slots.remove(id);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Forgets a room that ends, so that the next who asks loads it again.
    pub(super) fn forget(&self, id: &PostmortemId, number: u64) {
        let mut live = self.live();
        if live.slots.get(id).is_some_and(|slot| slot.number == number) {
            live.slots.remove(id);
        }
    }

    /// Forgets a room that has nothing left to do, unless somebody holds a handle of it and may be about to use it.
    pub(super) fn retire(&self, id: &PostmortemId, number: u64) -> bool {
        let mut live = self.live();
        let Some(slot) = live.slots.get(id).filter(|slot| slot.number == number) else {
            return true;
        };
        let is_unused = slot.is_unused();
        if is_unused {
            live.slots.remove(id);
        }
        is_unused
    }

    /// Forgets a room that panicked. What it accepted may still wait for the disk, and the next has to wait for that.
    pub(super) fn abandon(&self, id: &PostmortemId, number: u64) {
        self.live().unsaved.insert(id.clone());
        self.forget(id, number);
    }

    /// Whether what a room before accepted may still wait for the disk.
    pub(super) fn is_unsaved(&self, id: &PostmortemId) -> bool {
        self.live().unsaved.contains(id)
    }

    /// It is on disk.
    pub(super) fn saved(&self, id: &PostmortemId) {
        self.live().unsaved.remove(id);
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        // Nothing panics while it holds the lock; if something did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until a room is loaded.
///
/// # Errors
/// When it could not be.
pub(super) async fn loaded(loading: &mut Loading) -> Result<(), OpenError> {
    let result = loading.wait_for(Option::is_some).await.map_err(|_| OpenError::Failed)?;
    result.unwrap_or(Err(OpenError::Failed))
}
