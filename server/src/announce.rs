//! Writes that others are to hear of: rows, what is announced of them, the commit and the telling are one value, so that
//! nothing is committed untold nor told uncommitted. What is told is how things stand when it is told, read in one's turn at
//! it, so that of two tellings the later is never the older. What another process announced is told as well.

mod turns;

use crate::access::Grounds;
use crate::clock;
use crate::error::ApiError;
use crate::store::announcements::{self, Announced, Announcement};
use crate::store::audit::{self, Actor, Deed};
use crate::store::publication_state::PublicationState;
use crate::store::{Store, StoreError, Write};
use crate::sync::{Rooms, ThreadNews};
use crate::to_the_end::to_the_end;
use postmortem::{CommentId, Event, PostmortemId, ThreadId};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use turns::Turns;

/// How often it is looked for what other processes announced: SQLite tells nobody.
const LOOK: Duration = Duration::from_secs(1);

/// How long after a commit that announces something it is looked for: many commits are one look.
const GATHER: Duration = Duration::from_millis(50);

/// How many announcements are read at a time.
const AT_ONCE: u32 = 500;

/// How long after a failure it is tried again to tell.
const AGAIN: Duration = Duration::from_secs(1);

/// How many changes one entry of the audit log tells.
const CHANGES: usize = 8;

/// Tells rooms what was written.
#[derive(Debug, Clone)]
pub struct Announcer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    rooms: Rooms,
    turns: Turns,
    /// What this process announced and tells itself, until it is come by in the order of all.
    own: Mutex<BTreeSet<i64>>,
}

/// A write that others hear of. It ends with [`AnnouncedWrite::commit`], or has never been.
#[derive(Debug)]
pub struct AnnouncedWrite {
    write: Write,
    announcer: Announcer,
    /// Who does it; the server itself where nobody asked for it with a permit.
    by: Actor,
}

impl Announcer {
    pub fn new(store: Store, rooms: Rooms) -> Self {
        Self(Arc::new(Shared { store, rooms, turns: Turns::default(), own: Mutex::default() }))
    }

    /// Waits for the place in line and does some work in a write, to its end also when whoever asked for it hangs up then.
    /// Who hangs up before has done nothing. The work has the database to itself: what is long is done before it.
    ///
    /// # Errors
    /// Those of the work, which has then changed nothing, and those of the database.
    pub async fn write<T, W>(&self, work: impl FnOnce(AnnouncedWrite) -> W + Send + 'static) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let place = self.0.store.line().await?;
        let announcer = self.clone();
        to_the_end(async move {
            work(AnnouncedWrite {
                write: place.write().await?,
                announcer,
                by: Actor::Debrief { address: String::new() },
            })
            .await
        })
        .await
    }

    /// The same for somebody who may do it when their turn comes, whatever was true when they asked.
    ///
    /// # Errors
    /// When they may not, and as [`Announcer::write`].
    pub async fn write_by<T, W>(
        &self,
        grounds: Grounds,
        work: impl FnOnce(AnnouncedWrite) -> W + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let held = async move |mut write: AnnouncedWrite| {
            grounds.hold(&mut write).await?;
            write.by = grounds.actor();
            work(write).await
        };
        self.write(held).await
    }

    /// Tells what is committed after a sequence, in the order of commits, for as long as the server runs: what other processes
    /// announced to whom it concerns here, and everything to `all`. What was announced before the server began concerns nobody
    /// here: whoever comes is greeted with how things stand.
    pub async fn run(&self, mut through: i64, all: impl Fn(&[Announced])) {
        loop {
            if timeout(LOOK, self.0.store.until_announced()).await.is_ok() {
                sleep(GATHER).await;
            }
            loop {
                let announced = match self.0.store.list_announcements_kept(through, AT_ONCE).await {
                    Ok(announced) => announced,
                    Err(error) => {
                        tracing::warn!(%error, "what was announced could not be read; it is tried again");
                        break;
                    }
                };
                let Some(last) = announced.last() else { break };
                through = last.sequence;
                self.tell_others(&announced);
                all(&announced);
            }
        }
    }

    /// Tells what other processes announced.
    fn tell_others(&self, announced: &[Announced]) {
        for Announced { sequence, announcement } in announced {
            if !self.own().remove(sequence) {
                let (announcer, announcement) = (self.clone(), announcement.clone());
                tokio::spawn(async move { announcer.tell_at_last(&announcement).await });
            }
        }
    }

    /// Tells it, however often that has to be tried: it is committed. What cannot be read from the disk is told by nobody.
    async fn tell_at_last(&self, announcement: &Announcement) {
        while let Err(error) = self.tell(announcement).await {
            if !error.may_pass() {
                tracing::error!(%error, ?announcement, "what was written cannot be told");
                return;
            }
            tracing::warn!(%error, "what was written could not be told; it is tried again");
            sleep(AGAIN).await;
        }
    }

    /// Tells whom it concerns how things stand now.
    async fn tell(&self, announcement: &Announcement) -> Result<(), StoreError> {
        let Shared { store, rooms, turns, .. } = &*self.0;
        match announcement {
            // Only the log shows it.
            Announcement::Summary(_) => {}
            Announcement::Deleted(id) => rooms.delete(id).await,
            Announcement::Publication(id) => {
                let _turn = turns.at(id.as_str()).await;
                rooms.announce(id, PublicationState::of(store, id).await?.event()).await;
            }
            Announcement::Thread { postmortem, thread, comment } => {
                let _turn = turns.at(postmortem.as_str()).await;
                let news = news(store, postmortem, thread, comment.as_ref()).await?;
                rooms.tell_of_thread(postmortem, news).await;
            }
            Announcement::Renamed(user) => {
                let _turn = turns.at(user.as_str()).await;
                // Under the names that were theirs before as well.
                for same in store.list_same(user).await? {
                    if let Some(person) = store.find_person(&same).await? {
                        rooms.announce_everywhere(&Event::Renamed { person }).await;
                    }
                }
            }
            Announcement::Access(id) => {
                let _turn = turns.at(id.as_str()).await;
                for person in rooms.members(id).await {
                    rooms.permit(id, &person.id).await?;
                }
                // Whoever lost it hears nothing of this any more.
                rooms.announce(id, store.find_audience(id).await?.event()).await;
                tell_head(store, rooms, id).await?;
            }
            Announcement::Head(id) => {
                let _turn = turns.at(id.as_str()).await;
                tell_head(store, rooms, id).await?;
            }
            Announcement::Team => {
                for id in rooms.ids() {
                    for person in rooms.members(&id).await {
                        rooms.permit(&id, &person.id).await?;
                    }
                }
            }
            Announcement::Account(user) => {
                let _turn = turns.at(user.as_str()).await;
                rooms.sign_out(user, &store.list_credentials(user).await?);
                for id in rooms.ids() {
                    if rooms.members(&id).await.iter().any(|person| person.id == *user) {
                        rooms.permit(&id, user).await?;
                    }
                }
            }
        }
        Ok(())
    }

    fn own(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        // Nothing panics while it holds the lock; if something did, the set would still be whole.
        self.0.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AnnouncedWrite {
    /// Puts into the audit log what is done, by whoever has the permit for it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn record(&mut self, deed: Deed) -> Result<(), StoreError> {
        audit::insert(&mut self.write, clock::now(), &self.by, &deed).await
    }

    /// The same with everything that was changed, in as many entries as it takes; nothing where nothing was.
    ///
    /// # Errors
    /// As [`AnnouncedWrite::record`].
    pub async fn record_each(&mut self, deed: &Deed, changes: &[String]) -> Result<(), StoreError> {
        for some in changes.chunks(CHANGES) {
            self.record(deed.clone().how(some.join(", "))).await?;
        }
        Ok(())
    }

    /// The same by somebody who has no permit for it yet, or none any more.
    ///
    /// # Errors
    /// As [`AnnouncedWrite::record`].
    pub async fn record_by(&mut self, actor: Actor, deed: Deed) -> Result<(), StoreError> {
        self.by = actor;
        self.record(deed).await
    }

    /// Commits what was written with what is announced of it, and tells whom it concerns.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing of it is, and nobody is told.
    pub async fn commit(self, announcement: Announcement) -> Result<(), ApiError> {
        self.commit_all(vec![announcement]).await
    }

    /// The same where more than one thing is announced.
    ///
    /// # Errors
    /// As [`AnnouncedWrite::commit`].
    pub async fn commit_all(mut self, announcements: Vec<Announcement>) -> Result<(), ApiError> {
        let mut sequences = Vec::new();
        for announcement in &announcements {
            if let Announcement::Deleted(id) = announcement {
                announcements::delete_of(&mut self.write, id).await?;
            }
            sequences.push(announcements::insert(&mut self.write, announcement).await?);
        }
        self.announcer.own().extend(&sequences);
        if let Err(error) = self.write.commit().await {
            self.announcer.own().retain(|own| !sequences.contains(own));
            return Err(error.into());
        }
        for announcement in &announcements {
            self.announcer.tell_at_last(announcement).await;
        }
        Ok(())
    }
}

impl Deref for AnnouncedWrite {
    type Target = SqliteConnection;

    fn deref(&self) -> &Self::Target {
        &self.write
    }
}

impl DerefMut for AnnouncedWrite {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.write
    }
}

/// How far a post-mortem is and whose. What is not settled is read by whoever opens it.
async fn tell_head(store: &Store, rooms: &Rooms, id: &PostmortemId) -> Result<(), StoreError> {
    if let Some(head) = store.find_head(id).await? {
        rooms.set_head(id, head).await;
    }
    Ok(())
}

/// What a room is told of a thread: how it stands now, or where it is long no more than what happened. No more is read than
/// is told.
async fn news(
    store: &Store,
    postmortem: &PostmortemId,
    thread: &ThreadId,
    comment: Option<&CommentId>,
) -> Result<ThreadNews, StoreError> {
    let now = store.find_thread(postmortem, thread).await?;
    let Some(stands) = now.as_ref().map(|now| &now.thread) else {
        return Ok(ThreadNews { id: thread.clone(), now: None, event: Event::ThreadGone { id: thread.clone() } });
    };
    let event = match comment {
        _ if stands.more.is_none() => Event::Thread { thread: stands.clone() },
        None => Event::Resolution { thread: thread.clone(), resolved: stands.resolved.clone() },
        Some(id) => match store.find_comment(id).await? {
            // One that nobody knows yet.
            Some(comment) if stands.count() == 1 => {
                let mut thread = stands.clone();
                (thread.comments, thread.more) = (vec![comment], None);
                Event::Thread { thread }
            }
            Some(comment) => Event::Comment { thread: thread.clone(), comment },
            None => Event::CommentGone { thread: thread.clone(), id: id.clone() },
        },
    };
    Ok(ThreadNews { id: thread.clone(), now, event })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{Bounds, Pace, Saver};
    use crate::work::creation::New;
    use futures_util::FutureExt;
    use postmortem::Severity;
    use tokio::sync::mpsc;

    async fn announcer(folder: &tempfile::TempDir) -> (Store, Announcer) {
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let saver = Saver::start(store.clone(), Pace::default().patience, Bounds::default().unsaved);
        let rooms = Rooms::new(store.first(), saver, Pace::default(), Bounds::default());
        (store.clone(), Announcer::new(store, rooms))
    }

    #[tokio::test]
    async fn what_was_hung_up_before_its_turn_is_not_done() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, announcer) = announcer(&folder).await;
        let new = New::empty("Disk full", Severity::Sev2).expect("a title");
        let id = new.keep(&store, &Actor::Operator).await.expect("kept");
        let others = store.write().await.expect("begun");
        let own = id.clone();
        let mut deleting = Box::pin(announcer.write(async move |mut write| {
            crate::store::postmortems::delete(&mut write, &own).await?;
            write.commit(Announcement::Deleted(own)).await
        }));
        assert!(deleting.as_mut().now_or_never().is_none(), "it is somebody else's turn");
        tokio::task::yield_now().await;
        drop((deleting, others));
        drop(store.write().await.expect("begun"));
        assert!(store.has_postmortem(&id).await.expect("read"));
        assert_eq!(announcer.own().len(), 0);
    }

    #[tokio::test]
    async fn what_is_not_committed_is_not_announced() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, announcer) = announcer(&folder).await;
        let before = store.last_announcement().await.expect("read");
        let failed = announcer.write(async move |mut write| {
            announcements::insert(&mut write.write, &Announcement::Renamed("mara".parse().expect("an id"))).await?;
            Err::<(), _>(ApiError::Busy)
        });
        assert!(matches!(failed.await, Err(ApiError::Busy)));
        assert_eq!(store.last_announcement().await.expect("read"), before);
    }

    #[tokio::test]
    async fn everything_is_come_by_once_in_the_order_of_commits_whoever_wrote_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, announcer) = announcer(&folder).await;
        let (seen, mut told) = mpsc::unbounded_channel();
        let running = announcer.clone();
        let task = tokio::spawn(async move {
            running
                .run(0, move |announced| {
                    for one in announced {
                        drop(seen.send(one.announcement.clone()));
                    }
                })
                .await;
        });
        let elsewhere = Store::open(&folder.path().join("debrief.db")).await.expect("another process' store");
        let new = || New::empty("Disk full", Severity::Sev2).expect("a title");
        let first = new().keep(&elsewhere, &Actor::Operator).await.expect("kept");
        assert_eq!(told.recv().await, Some(Announcement::Summary(first.clone())));
        let gone = first.clone();
        announcer
            .write(async move |mut write| {
                crate::store::postmortems::delete(&mut write, &gone).await?;
                write.commit(Announcement::Deleted(gone)).await
            })
            .await
            .expect("deleted");
        let second = new().keep(&store, &Actor::Operator).await.expect("kept");
        assert_eq!(told.recv().await, Some(Announcement::Deleted(first)));
        assert_eq!(told.recv().await, Some(Announcement::Summary(second)));
        assert_eq!(announcer.own().len(), 0, "nothing is kept of what was come by");
        task.abort();
    }
}
