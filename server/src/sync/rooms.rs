//! Which rooms are live. A room is loaded once however many ask for it at the same time, and a room that ends is
//! forgotten before its successor can be loaded.

use super::beginning::{Beginning, LoadError};
use super::error::{OpenError, RestoreError};
use super::messages::{ConnectionMessage, Control, Handle, LONGEST_INBOX, Placement};
use super::offences::Offences;
use super::permits::{ConnectionPermit, Full, Most, Permits};
use super::room::{LiveRoom, RoomClock, RoomTask, Setting};
use super::threads::ThreadNews;
use super::whole::Whole;
use super::{Bounds, Pace, Saver};
use crate::callers::{Asker, Caller};
use crate::metrics::Metrics;
use crate::store::versions::{Latest, NewVersion};
use crate::store::{Store, damage};
use crate::{clock, random};
use futures_util::future::join_all;
use postmortem::{Event, Passage, Person, PostmortemId, Reason, Replica, Subject, UserId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle as Runtime;
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

/// How often a question is put to a new room when the one that was asked came to a bad end.
const ATTEMPTS: usize = 3;

/// How many rooms are loaded at the same time: as many as the store reads for at once. After a restart everybody comes
/// back, and each load beyond these would only delay the others.
const LOADS: usize = 4;

/// What a room takes beside its document, in bytes of its log.
const LEAST_ROOM: usize = 16 << 10;

/// How soon clients come back after a stop, in milliseconds: a restart takes about a second, and then some 500 a second
/// are greeted without those who are there noticing.
const FIRST_BACK: u32 = 1_000;
const BETWEEN_BACK: u32 = 2;
const LAST_BACK: u32 = 30_000;

/// How long a request waits for a room that is being opened: one that came to a bad end is opened again when what it
/// accepted is on disk, and whoever waits may keep everybody else waiting.
const OPEN_WAIT: Duration = Duration::from_secs(10);

/// How long the incident log waits for a room's newest summary; it shows the one before when a disk hangs.
const SUMMARY_WAIT: Duration = Duration::from_secs(2);

/// How many comings and goings are remembered one by one for whoever tells of them.
const COMINGS: usize = 1_024;

/// How long a stop waits for what was accepted to reach the disk.
const STOP_WAIT: Duration = Duration::from_secs(20);

/// How long a stop waits for connections to take the close frame.
const FAREWELL_WAIT: Duration = Duration::from_secs(3);

/// All live rooms.
#[derive(Debug, Clone)]
pub struct Rooms(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    saver: Saver,
    /// Where rooms run.
    runtime: Runtime,
    pace: Pace,
    bounds: Bounds,
    live: Mutex<Live>,
    loads: Semaphore,
    permits: Permits,
    offences: Offences,
    /// Where somebody came or went.
    comings: broadcast::Sender<PostmortemId>,
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
    /// Tells when the room lives, or why it does not.
    Loading(watch::Receiver<Option<Result<(), OpenError>>>),
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

impl Rooms {
    /// No rooms yet. They will run where this is called.
    pub fn new(store: Store, saver: Saver, pace: Pace, bounds: Bounds) -> Self {
        let most = Most {
            of_everyone: bounds.connections,
            strangers_of_an_address: bounds.strangers_of_an_address,
            strangers_of_this_machine: bounds.strangers_of_this_machine,
        };
        Self(Arc::new(Shared {
            store,
            saver,
            runtime: Runtime::current(),
            pace,
            bounds,
            live: Mutex::default(),
            loads: Semaphore::new(LOADS),
            permits: Permits::new(most),
            offences: Offences::default(),
            comings: broadcast::Sender::new(COMINGS),
        }))
    }

    /// What is measured of the rooms.
    pub fn metrics(&self) -> &Arc<Metrics> {
        self.0.saver.metrics()
    }

    /// Whether anything can be saved at the moment.
    pub async fn can_save(&self) -> bool {
        self.0.saver.can_save().await
    }

    /// How many rooms are live.
    pub fn count(&self) -> usize {
        self.live().slots.len()
    }

    /// How many connections are open.
    pub fn count_connections(&self) -> usize {
        *self.0.permits.open().borrow()
    }

    /// Lets a connection in, if there is room for it, or another gives way. One of a caller whose connections had to be
    /// closed waits for its turn.
    ///
    /// # Errors
    /// When nobody gives way to it, or its turn is far away.
    pub async fn admit(&self, asker: Asker) -> Result<ConnectionPermit, Full> {
        let wait = self.0.offences.wait(&asker.caller, Instant::now()).ok_or(Full)?;
        sleep(wait).await;
        self.0.permits.admit(asker)
    }

    /// A connection had to be closed for what it sent.
    pub(super) fn note_offence(&self, caller: &Caller) {
        self.0.offences.note(caller, Instant::now());
    }

    /// How often rooms do what nobody asks them for.
    pub(super) fn pace(&self) -> Pace {
        self.0.pace
    }

    /// How much is held at a time.
    pub(super) fn bounds(&self) -> Bounds {
        self.0.bounds
    }

    /// In how many milliseconds one of the clients that are sent away is to come back: drawn for each, from a span that
    /// grows with their number.
    pub(super) fn comes_back_after(&self) -> u32 {
        let clients = u32::try_from(self.count_connections()).unwrap_or(u32::MAX);
        FIRST_BACK + random::below(clients.saturating_mul(BETWEEN_BACK).min(LAST_BACK))
    }

    /// Hands a connection's first message to the room of a post-mortem.
    pub(super) async fn join(&self, id: &PostmortemId, mut message: ConnectionMessage) -> Result<Handle, OpenError> {
        for _ in 0..ATTEMPTS {
            let room = self.open(id).await?;
            match room.messages.send(message).await {
                Ok(()) => return Ok(room),
                Err(mpsc::error::SendError(returned)) => message = returned,
            }
        }
        Err(OpenError::Failed)
    }

    /// The whole post-mortem as it is on disk and as everyone sees it.
    ///
    /// # Errors
    /// When there is no such post-mortem or it cannot be read.
    pub async fn read(&self, id: &PostmortemId) -> Result<Arc<Whole>, OpenError> {
        self.ask(id, Control::Read).await
    }

    /// Where a new thread would stand: its passage in bounds, or why there is no place for it.
    ///
    /// # Errors
    /// When there is no such post-mortem or it cannot be read.
    pub async fn place(
        &self,
        id: &PostmortemId,
        subject: &Subject,
        passage: Option<&Passage>,
    ) -> Result<Placement, OpenError> {
        self.ask(id, |answer| Control::Place(subject.clone(), passage.cloned(), answer)).await
    }

    /// The same, with a version of just that, for [`Rooms::keep_version`].
    ///
    /// # Errors
    /// When there is no such post-mortem, it cannot be read, or nothing can be saved at the moment.
    pub async fn read_to_keep(
        &self,
        id: &PostmortemId,
        reason: Reason,
        by: &UserId,
    ) -> Result<(Arc<Whole>, Option<NewVersion>), OpenError> {
        self.expect_to_save()?;
        self.ask(id, |answer| Control::ReadToKeep { reason, by: by.clone(), answer }).await
    }

    /// Keeps a version that was read before; its number comes when it is on disk.
    pub fn keep_version(&self, id: &PostmortemId, version: NewVersion) -> oneshot::Receiver<Option<u32>> {
        let (kept, number) = oneshot::channel();
        let latest = Latest { sequence: version.sequence, made_at: version.at };
        self.0.saver.keep_version(id.clone(), version, kept);
        if let Some(Stage::Live(room)) = self.live().slots.get(id).map(|slot| &slot.stage) {
            drop(room.control.send(Control::VersionKept(latest)));
        }
        number
    }

    /// What is as large as the document is not even begun while nothing can be saved.
    fn expect_to_save(&self) -> Result<(), OpenError> {
        if self.0.saver.storage().borrow().is_in_trouble() { Err(OpenError::CannotSave) } else { Ok(()) }
    }

    /// Edits the live document back to a version, in a person's name, and waits until that is on disk. The number of the
    /// version that was kept just before; there is none where nothing had to change.
    ///
    /// # Errors
    /// When there is no such post-mortem, it cannot be read, nothing can be saved at the moment, or the version is of
    /// another document.
    pub async fn restore(&self, id: &PostmortemId, version: Replica, by: &Person) -> Result<Option<u32>, RestoreError> {
        self.expect_to_save()?;
        let version = Arc::new(version);
        let done = self.ask(id, |answer| {
            let (client, version, by) = (random::client(), version.clone(), by.clone());
            Control::Restore { client, version, by, answer }
        });
        let before = match done.await??.before {
            Some(before) => before.await.unwrap_or_default(),
            None => None,
        };
        self.0.saver.flush().await;
        Ok(before)
    }

    async fn ask<T>(
        &self,
        id: &PostmortemId,
        question: impl Fn(oneshot::Sender<T>) -> Control,
    ) -> Result<T, OpenError> {
        for _ in 0..ATTEMPTS {
            let room = timeout(OPEN_WAIT, self.open(id)).await.unwrap_or(Err(OpenError::CannotSave))?;
            let (sender, answer) = oneshot::channel();
            if room.control.send(question(sender)).is_ok()
                && let Ok(answer) = answer.await
            {
                return Ok(answer);
            }
        }
        Err(OpenError::Failed)
    }

    /// Tells everyone in the room, when there is one. A room that is being loaded hears of it too, since it may have
    /// read the tables before.
    pub(crate) async fn announce(&self, id: &PostmortemId, event: Event) {
        if let Some(room) = self.existing_soon(id).await {
            // A room that just ended has nobody in it.
            drop(room.control.send(Control::Announce(event)));
        }
    }

    /// Tells everyone in every room.
    pub(crate) async fn announce_everywhere(&self, event: &Event) {
        let ids: Vec<PostmortemId> = self.live().slots.keys().cloned().collect();
        for id in ids {
            self.announce(&id, event.clone()).await;
        }
    }

    /// Tells everyone in the room what happened to a thread, in the same way.
    pub(crate) async fn tell_of_thread(&self, id: &PostmortemId, news: ThreadNews) {
        if let Some(room) = self.existing_soon(id).await {
            drop(room.control.send(Control::Thread(Box::new(news))));
        }
    }

    /// Ends the room of a post-mortem whose rows are gone.
    pub(crate) async fn delete(&self, id: &PostmortemId) {
        if let Some(room) = self.existing_soon(id).await {
            drop(room.control.send(Control::Delete));
        }
    }

    /// Where somebody comes or goes from now on.
    pub fn comings(&self) -> broadcast::Receiver<PostmortemId> {
        self.0.comings.subscribe()
    }

    /// Somebody came into a room, or has left it.
    pub(super) fn note_coming(&self, id: &PostmortemId) {
        // Nobody may want to know.
        drop(self.0.comings.send(id.clone()));
    }

    /// The post-mortems that have a room.
    pub fn ids(&self) -> Vec<PostmortemId> {
        self.live().slots.keys().cloned().collect()
    }

    /// Who is in the room of a post-mortem, where it has one.
    pub async fn people(&self, id: &PostmortemId) -> Vec<Person> {
        let asking = async {
            let (sender, people) = oneshot::channel();
            self.existing(id).await?.control.send(Control::People(sender)).ok()?;
            people.await.ok()
        };
        timeout(SUMMARY_WAIT, asking).await.ok().flatten().unwrap_or_default()
    }

    /// Renews the summaries of all rooms that changed and tells who is in which.
    pub async fn visit(&self) -> HashMap<PostmortemId, Vec<Person>> {
        let ids: Vec<PostmortemId> = self.live().slots.keys().cloned().collect();
        // Each room has its own time: one that is slow hides nobody who is elsewhere.
        let visits = ids.into_iter().map(|id| async move {
            let people = timeout(SUMMARY_WAIT, self.visit_one(&id)).await.ok()??;
            Some((id, people))
        });
        let people = join_all(visits).await;
        if !self.0.saver.storage().borrow().is_in_trouble() {
            // Where it takes longer, the summaries before are shown.
            drop(timeout(SUMMARY_WAIT, self.0.saver.flush()).await);
        }
        people.into_iter().flatten().collect()
    }

    async fn visit_one(&self, id: &PostmortemId) -> Option<Vec<Person>> {
        let (sender, people) = oneshot::channel();
        self.existing(id).await?.control.send(Control::Visit(sender)).ok()?;
        people.await.ok()
    }

    /// Saves and closes every room; opens none from now on. Whether everything accepted is saved.
    pub async fn stop(&self) -> bool {
        let ids: Vec<PostmortemId> = {
            let mut live = self.live();
            live.is_stopping = true;
            live.slots.keys().cloned().collect()
        };
        let stops = ids.into_iter().map(|id| async move {
            let (sender, saved) = oneshot::channel();
            if let Some(room) = self.existing(&id).await
                && room.control.send(Control::Stop(sender)).is_ok()
            {
                // A room that ended by itself meanwhile was saved before.
                drop(saved.await);
            }
        });
        let stopped = timeout(STOP_WAIT, async {
            join_all(stops).await;
            self.0.saver.flush().await;
        });
        let is_saved = stopped.await.is_ok();
        let mut open = self.0.permits.open();
        if timeout(FAREWELL_WAIT, open.wait_for(|count| *count == 0)).await.is_err() {
            tracing::info!("some connections did not say goodbye");
        }
        is_saved
    }

    /// Forgets a room that ends, so that the next who asks loads it again.
    pub(super) fn forget(&self, id: &PostmortemId, number: u64) {
        let mut live = self.live();
        if live.slots.get(id).is_some_and(|slot| slot.number == number) {
            live.slots.remove(id);
        }
    }

    /// The room of a post-mortem; loads it when it is not live.
    ///
    /// # Errors
    /// When there is no such post-mortem or it cannot be read.
    pub async fn open(&self, id: &PostmortemId) -> Result<Handle, OpenError> {
        // Handles are given out under the lock alone, so that a room which nobody has a handle of can end.
        loop {
            let mut loading = {
                let mut live = self.live();
                if live.is_stopping {
                    return Err(OpenError::Stopping);
                }
                let turn = live.next();
                match live.slots.get_mut(id) {
                    Some(Slot { asked, stage: Stage::Live(handle), .. }) => {
                        *asked = Some(turn);
                        return Ok(handle.clone());
                    }
                    Some(Slot { stage: Stage::Loading(loading), .. }) => loading.clone(),
                    None => self.load(&mut live, id, turn),
                }
            };
            loaded(&mut loading).await?;
        }
    }

    async fn existing(&self, id: &PostmortemId) -> Option<Handle> {
        loop {
            let mut loading = match &self.live().slots.get(id)?.stage {
                Stage::Live(handle) => return Some(handle.clone()),
                Stage::Loading(loading) => loading.clone(),
            };
            loaded(&mut loading).await.ok()?;
        }
    }

    /// The same, for callers that keep others waiting. A room that is not there by then still waits for the disk, and
    /// reads the tables afterwards.
    async fn existing_soon(&self, id: &PostmortemId) -> Option<Handle> {
        let existing = timeout(OPEN_WAIT, self.existing(id)).await;
        existing.unwrap_or_else(|_| {
            tracing::error!(postmortem = %id, "a room was not told of a change while it was being opened");
            None
        })
    }

    /// Loads in a task of its own, so that whoever asked first may hang up.
    fn load(&self, live: &mut Live, id: &PostmortemId, number: u64) -> watch::Receiver<Option<Result<(), OpenError>>> {
        let (sender, loading) = watch::channel(None);
        let slot = Slot { number, asked: None, stage: Stage::Loading(loading.clone()), bytes: 0 };
        live.slots.insert(id.clone(), slot);
        let (rooms, id) = (self.clone(), id.clone());
        // Whoever asked for it may be on threads that stand back; a room must not be.
        self.0.runtime.spawn(async move {
            let began = Instant::now();
            let loading = tokio::spawn(load(rooms.clone(), id.clone(), number));
            let result = loading.await.unwrap_or(Err(OpenError::Failed));
            rooms.metrics().load.observe(began.elapsed());
            sender.send_replace(Some(rooms.settle_in(&id, number, result)));
        });
        loading
    }

    /// A room is loaded, or could not be: from now on it is found, or the next who asks tries again.
    fn settle_in(
        &self,
        id: &PostmortemId,
        number: u64,
        result: Result<(Handle, usize), OpenError>,
    ) -> Result<(), OpenError> {
        let mut live = self.live();
        live.make_room(self.0.bounds.idle_rooms);
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

    /// Waits until what a room before accepted is on disk.
    async fn catch_up(&self, id: &PostmortemId) {
        if self.live().unsaved.contains(id) {
            self.0.saver.flush().await;
            self.live().unsaved.remove(id);
        }
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        // Nothing panics while it holds the lock; if something did, the map would still be whole.
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn loaded(loading: &mut watch::Receiver<Option<Result<(), OpenError>>>) -> Result<(), OpenError> {
    let result = loading.wait_for(Option::is_some).await.map_err(|_| OpenError::Failed)?;
    result.unwrap_or(Err(OpenError::Failed))
}

/// Remembers that a document does not decode, so that nobody tries again before `debrief doctor` was asked.
async fn set_aside(store: &Store, id: &PostmortemId, problem: &str) -> OpenError {
    tracing::error!(problem, postmortem = %id, "a post-mortem does not decode and is set aside");
    let kept = async {
        let mut write = store.write().await?;
        damage::set_aside(&mut write, id, clock::now(), problem).await?;
        write.commit().await
    };
    // A disk that cannot be read may not be writable either: the next who asks finds the same.
    if let Err(error) = kept.await {
        tracing::warn!(%error, postmortem = %id, "it could not be noted that a post-mortem is set aside");
    }
    OpenError::Damaged
}

/// The room of a post-mortem, and the bytes of its log.
async fn load(rooms: Rooms, id: PostmortemId, number: u64) -> Result<(Handle, usize), OpenError> {
    let Shared { store, saver, pace, bounds, .. } = &*rooms.0;
    rooms.catch_up(&id).await;
    let _turn = rooms.0.loads.acquire().await.map_err(|_| OpenError::Stopping)?;
    if store.is_set_aside(&id).await? {
        return Err(OpenError::Damaged);
    }
    let beginning = match Beginning::load(store, &id).await {
        Ok(beginning) => beginning,
        Err(LoadError::Missing) if store.was_deleted(&id).await? => return Err(OpenError::Deleted),
        Err(LoadError::Missing) => return Err(OpenError::Missing),
        // Nothing is wrong with a document whose decoding was cut short by the end of the server.
        Err(LoadError::Stopping) => return Err(OpenError::Stopping),
        Err(LoadError::Store(error)) => return Err(error.into()),
        Err(LoadError::Damaged(problem)) => return Err(set_aside(store, &id, &problem).await),
    };
    let bytes = beginning.bytes;
    let (control, controls) = mpsc::unbounded_channel();
    let (messages, inbox) = mpsc::channel(LONGEST_INBOX);
    let handle = Handle { control, messages };
    let setting = Setting {
        id: id.clone(),
        pace: *pace,
        queue: bounds.queue,
        clock: RoomClock { instant: Instant::now, time: clock::now },
        saver: saver.clone(),
        own: handle.control.clone(),
    };
    let mut storage = saver.storage();
    let room = LiveRoom::new(beginning, setting, *storage.borrow_and_update());
    let (rooms, store, own) = (rooms.clone(), store.clone(), handle.control.clone());
    let task = RoomTask { id, number, rooms, store, storage, own, room };
    tokio::spawn(task.run(controls, inbox));
    Ok((handle, bytes))
}
