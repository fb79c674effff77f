//! All rooms, as the rest of the server asks them: opened when somebody needs them, told what changed beside their
//! documents, and stopped together.

use super::beginning::{Beginning, LoadError};
use super::connection_permits::{ConnectionPermit, Full, Permits};
use super::error::{OpenError, RestoreError};
use super::inbox::{ConnectionMessage, Control, Handle, HeadWanted, LONGEST_INBOX, Placement};
use super::offences::Offences;
use super::registry::{Found, Registry, Reservation, loaded};
use super::room::{LiveRoom, RoomClock, RoomTask, Setting};
use super::threads::ThreadNews;
use super::whole::Whole;
use super::{Bounds, Pace, Saver};
use crate::callers::{Asker, Caller};
use crate::metrics::Metrics;
use crate::store::head_rows::Head;
use crate::store::versions::{Latest, NewVersion};
use crate::store::{Store, StoreError, damage};
use crate::{clock, random};
use futures_util::future::join_all;
use postmortem::{Event, Passage, Person, PostmortemId, Reason, Replica, Subject, UserId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle as Runtime;
use tokio::sync::{Mutex, Semaphore, broadcast, mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

/// How often a question is put to a new room when the one that was asked came to a bad end.
const ATTEMPTS: usize = 3;

/// How many rooms are loaded at the same time: as many as the store reads for at once. After a restart everybody comes
/// back, and each load beyond these would only delay the others.
const LOADS: usize = 4;

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
    registry: Registry,
    loads: Semaphore,
    permits: Permits,
    offences: Offences,
    /// Where changes of what people may do take turns.
    permitting: Mutex<()>,
    /// Where somebody came or went.
    comings: broadcast::Sender<PostmortemId>,
    /// What people bring of heads.
    wanted: broadcast::Sender<HeadWanted>,
}

impl Rooms {
    /// No rooms yet. They will run where this is called.
    pub fn new(store: Store, saver: Saver, pace: Pace, bounds: Bounds) -> Self {
        Self(Arc::new(Shared {
            store,
            saver,
            runtime: Runtime::current(),
            pace,
            bounds,
            registry: Registry::default(),
            loads: Semaphore::new(LOADS),
            permits: Permits::new(bounds.connections),
            offences: Offences::default(),
            permitting: Mutex::default(),
            comings: broadcast::Sender::new(COMINGS),
            wanted: broadcast::Sender::new(COMINGS),
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
        self.0.registry.count()
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

    /// Ends the connections of a person but for those who came in by one of these.
    pub(crate) fn sign_out(&self, user: &UserId, valid: &HashSet<Vec<u8>>) {
        self.0.permits.sign_out(user, valid);
    }

    /// Holds what a person does in a room from here on against what they may do now.
    ///
    /// # Errors
    /// When the store failed.
    pub(crate) async fn permit(&self, id: &PostmortemId, user: &UserId) -> Result<(), StoreError> {
        let Some(room) = self.existing_soon(id).await else { return Ok(()) };
        // One after the other from reading to telling: what was read before is never told after.
        let _turn = self.0.permitting.lock().await;
        let found = self.0.store.find_capabilities_of(id, user).await?;
        if found.is_none() && self.0.store.was_deleted(id).await? {
            // Nothing was taken away from them alone, and whoever tells everybody may not have come to it yet.
            drop(room.control.send(Control::Delete));
            return Ok(());
        }
        let capabilities = found.unwrap_or_default();
        let (told, is_told) = oneshot::channel();
        if room.control.send(Control::Permit { user: user.clone(), capabilities, told }).is_ok() {
            // A room that just ended has nobody in it.
            drop(is_told.await);
        }
        Ok(())
    }

    /// Who is in the room of a post-mortem, however long it takes to say so.
    pub(crate) async fn members(&self, id: &PostmortemId) -> Vec<Person> {
        let Some(room) = self.existing_soon(id).await else { return Vec::new() };
        let (sender, people) = oneshot::channel();
        if room.control.send(Control::People(sender)).is_err() {
            return Vec::new();
        }
        people.await.unwrap_or_default()
    }

    /// Whether somebody who came in by this may still stay.
    pub(crate) async fn is_valid(&self, user: &UserId, credential: &[u8]) -> Result<bool, StoreError> {
        Ok(self.0.store.list_credentials(user).await?.contains(credential))
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
        if let Some(room) = self.0.registry.living(id) {
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

    /// Tells everyone in the room how far the post-mortem is and whose, in the same way.
    pub(crate) async fn set_head(&self, id: &PostmortemId, head: Head) {
        if let Some(room) = self.existing_soon(id).await {
            drop(room.control.send(Control::Head(Box::new(head))));
        }
    }

    /// What people bring of heads from now on, for whoever decides on it.
    pub fn heads_wanted(&self) -> broadcast::Receiver<HeadWanted> {
        self.0.wanted.subscribe()
    }

    /// Tells everyone in every room.
    pub(crate) async fn announce_everywhere(&self, event: &Event) {
        for id in self.ids() {
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
        self.0.registry.ids()
    }

    /// Who is in the room of a post-mortem, where it has one.
    pub async fn people(&self, id: &PostmortemId) -> Vec<Person> {
        let asking = async {
            let (sender, people) = oneshot::channel();
            self.0.registry.existing(id).await?.control.send(Control::People(sender)).ok()?;
            people.await.ok()
        };
        timeout(SUMMARY_WAIT, asking).await.ok().flatten().unwrap_or_default()
    }

    /// Renews the summaries of all rooms that changed and tells who is in which.
    pub async fn visit(&self) -> HashMap<PostmortemId, Vec<Person>> {
        let ids = self.ids();
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
        self.0.registry.existing(id).await?.control.send(Control::Visit(sender)).ok()?;
        people.await.ok()
    }

    /// Saves and closes every room; opens none from now on. Whether everything accepted is saved.
    pub async fn stop(&self) -> bool {
        let ids = self.0.registry.stop();
        let stops = ids.into_iter().map(|id| async move {
            let (sender, saved) = oneshot::channel();
            if let Some(room) = self.0.registry.existing(&id).await
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

    /// The room of a post-mortem; loads it when it is not live.
    ///
    /// # Errors
    /// When there is no such post-mortem or it cannot be read.
    pub async fn open(&self, id: &PostmortemId) -> Result<Handle, OpenError> {
        loop {
            let mut loading = match self.0.registry.ask_for(id)? {
                Found::Live(handle) => return Ok(handle),
                Found::Loading(loading) => loading,
                Found::ToLoad(reservation, loading) => {
                    self.load(id, reservation);
                    loading
                }
            };
            loaded(&mut loading).await?;
        }
    }

    /// The room of a post-mortem where there is one, for callers that keep others waiting. A room that is not there by then
    /// still waits for the disk, and reads the tables afterwards.
    async fn existing_soon(&self, id: &PostmortemId) -> Option<Handle> {
        let existing = timeout(OPEN_WAIT, self.0.registry.existing(id)).await;
        existing.unwrap_or_else(|_| {
            tracing::error!(postmortem = %id, "a room was not told of a change while it was being opened");
            None
        })
    }

    /// Loads in a task of its own, so that whoever asked first may hang up.
    fn load(&self, id: &PostmortemId, reservation: Reservation) {
        let (rooms, id) = (self.clone(), id.clone());
        // Whoever asked for it may be on threads that stand back; a room must not be.
        self.0.runtime.spawn(async move {
            let began = Instant::now();
            let loading = tokio::spawn(load(rooms.clone(), id, reservation.number()));
            let result = loading.await.unwrap_or(Err(OpenError::Failed));
            rooms.metrics().load.observe(began.elapsed().as_secs_f64());
            reservation.settle(result, rooms.0.bounds.idle_rooms);
        });
    }

    /// Waits until what a room before accepted is on disk.
    async fn catch_up(&self, id: &PostmortemId) {
        if self.0.registry.is_unsaved(id) {
            self.0.saver.flush().await;
            self.0.registry.saved(id);
        }
    }
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
    let mut beginning = match Beginning::load(store, &id).await {
        Ok(beginning) => beginning,
        Err(LoadError::Missing) if store.was_deleted(&id).await? => return Err(OpenError::Deleted),
        Err(LoadError::Missing) => return Err(OpenError::Missing),
        // Nothing is wrong with a document whose decoding was cut short by the end of the server.
        Err(LoadError::Stopping) => return Err(OpenError::Stopping),
        Err(LoadError::Store(error)) => return Err(error.into()),
        Err(LoadError::Damaged(problem)) => return Err(set_aside(store, &id, &problem).await),
    };
    if beginning.is_head_of_document {
        match store.settle_head(&id, &beginning.head, clock::now()).await {
            Ok(Some(head)) => beginning.head = head.row,
            Ok(None) => {}
            // It can be read all the same; whoever opens it next tries again.
            Err(error) => {
                tracing::warn!(%error, postmortem = %id, "status and owner of before could not be taken over")
            }
        }
    }
    beginning.audience = store.find_audience(&id).await?;
    beginning.receipt = Some(store.receipt(&id).await?);
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
    let (store, own) = (store.clone(), handle.control.clone());
    let (registry, permits) = (rooms.0.registry.clone(), rooms.0.permits.clone());
    let wanted = rooms.0.wanted.clone();
    let task = RoomTask { id, number, registry, permits, store, storage, own, room, wanted };
    tokio::spawn(task.run(controls, inbox));
    Ok((handle, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::Actor;
    use crate::store::postmortems;
    use crate::sync::outgoing::{Next, Outgoing, OutgoingFrame};
    use crate::work::creation::New;
    use postmortem::api::close_code;
    use postmortem::person::PersonColor;
    use postmortem::room::NetworkAddress;
    use postmortem::{ConnectionId, Dialect, Participant, Severity};

    #[tokio::test]
    async fn whoever_came_in_while_it_was_deleted_is_told_that_and_not_that_it_is_closed_to_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let saver = Saver::start(store.clone(), Pace::default().patience, Bounds::default().unsaved);
        let rooms = Rooms::new(store.first(), saver, Pace::default(), Bounds::default());
        let new = New::empty("Disk full", Severity::Sev2).expect("a title");
        let id = new.keep(&store, &Actor::Operator).await.expect("kept");
        let person = Person {
            id: "mara".parse().expect("an id"),
            name: "Mara".into(),
            color: PersonColor::Umber,
            initials: None,
        };
        let (outgoing, outlet) = Outgoing::new(Dialect::Debrief, Bounds::default().queue);
        let join = ConnectionMessage::Join {
            connection: ConnectionId(1),
            participant: Participant::owner(person.clone()),
            address: NetworkAddress(1),
            dialect: Dialect::Debrief,
            held: None,
            outgoing,
        };
        rooms.join(&id, join).await.expect("open");

        let mut write = store.write().await.expect("begun");
        postmortems::insert_deleted(&mut write, &id).await.expect("noted");
        assert!(postmortems::delete(&mut write, &id).await.expect("deleted"));
        write.commit().await.expect("committed");
        rooms.permit(&id, &person.id).await.expect("read");
        let told = async {
            loop {
                let Next::Write(frames) = outlet.next().await else { continue };
                let closed = frames.iter().find_map(|frame| match frame {
                    OutgoingFrame::Close(code, _) => Some(*code),
                    _ => None,
                });
                if let Some(code) = closed {
                    return code;
                }
            }
        };
        assert_eq!(timeout(OPEN_WAIT, told).await, Ok(close_code::DELETED));
    }
}
