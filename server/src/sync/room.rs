//! The task that owns one room. It takes whatever has arrived as one turn, lets the state machine decide, and carries out
//! what it says: bytes to connections, updates to the saver, connections closed. It waits for nothing but its inbox.

use super::fold::{self, FoldError};
use super::mail::{self, BroughtBack, Control, Placement, PlacementError, Traffic};
use super::outbox::{Outbox, Sent};
use super::saver::Storage;
use super::threads::{ThreadNews, Threads, Told};
use super::versions::Versions;
use super::whole::LastRead;
use super::{Pace, Rooms, Saver, saver};
use crate::store::Store;
use crate::store::versions::{Latest, NewVersion};
use crate::{clock, random};
use postmortem::api::Summary;
use postmortem::ingest::IngestError;
use postmortem::room::Refusal;
use postmortem::{
    ConnectionId, Effect, Event, Generation, Participant, Passage, Person, PostmortemId, Reason, Replica, Room,
    Subject, UserId, limits, wire,
};
use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

/// The most mail of one turn, so that what was accepted is settled while more arrives.
const LONGEST_TURN: usize = 256;

/// How many times longer than making a summary took the next one waits at least: a summary reads the whole document, and
/// typing in a long one must not cost more than in a short one.
const SUMMARY_REST: u32 = 200;

/// What a frame and a byte of presence cost, by which people's moves are told less often the more of them there are: two
/// carets move as they are typed with, and two hundred some three times a second.
const FRAME_COST: Duration = Duration::from_micros(50);
const BYTE_COST: Duration = Duration::from_nanos(50);

/// How soon a room looks again whether there is room for the answer that somebody waits for.
const NEXT_ANSWER: Duration = Duration::from_millis(50);

/// Close codes: an error inside, a restart, a peer that cannot follow, and ours for a post-mortem that is no more and for a
/// copy of another making.
const FAILED: u16 = 1011;
const RESTARTING: u16 = 1012;
const TRY_AGAIN: u16 = 1013;
const DELETED: u16 = 4404;
const OTHER_GENERATION: u16 = 4409;

const STOPPING: &str = "The server is restarting.";

enum Mail {
    Control(Control),
    Traffic(Traffic),
    /// The disk fails, or works again.
    Storage,
    Tick,
}

pub(super) struct RoomTask {
    pub id: PostmortemId,
    pub number: u64,
    pub pace: Pace,
    pub rooms: Rooms,
    pub store: Store,
    pub saver: Saver,
    /// What is known of the disk.
    pub storage: watch::Receiver<Storage>,
    pub generation: Generation,
    /// Where the saver and the fold report to.
    pub own: mpsc::UnboundedSender<Control>,
    pub room: Room,
    pub outboxes: HashMap<ConnectionId, Outbox>,
    pub threads: Threads,
    /// How far those were told what stands beside the document for whom it is too much for one message.
    pub told: HashMap<ConnectionId, Told>,
    /// The event that tells of the publication that stands, or of none.
    pub publication: Event,
    /// The sequence of the last update handed to the saver.
    pub sequence: i64,
    /// How many updates the log holds after its snapshot.
    pub since_snapshot: usize,
    pub versions: Versions,
}

/// What a room's clock waits for.
struct Deadlines {
    /// When the summary is due; absent when it is up to date.
    summary: Option<Instant>,
    /// How long making the last one took.
    summary_cost: Duration,
    keep_alive: Instant,
    /// Until when nobody is told who moved.
    presence: Instant,
    /// When a version of what is being written is due; absent when nothing was written since the last.
    version: Option<Instant>,
    /// When the room has been empty for long enough; absent while somebody is in it.
    idle: Option<Instant>,
}

struct Turns {
    task: RoomTask,
    /// When each update was handed to the saver that has not reported yet.
    under_way: VecDeque<(u64, Instant)>,
    deadlines: Deadlines,
    last_read: LastRead,
    folding: Folding,
    /// The last commit of this turn that the room was not yet told of.
    committed: Option<u64>,
    /// Whether people were told that nothing can be saved.
    is_in_trouble: bool,
    stopping: Option<oneshot::Sender<()>>,
    /// What is said to who comes when the room has ended.
    parting: (u16, &'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folding {
    /// It may begin when it is due.
    Ready,
    Running,
    /// The disk was in its way; it may begin again at this moment.
    Resting(Instant),
    /// It did not work out; the next load of the room may try again.
    Failed,
    /// The log does not give what the room holds. The next load may not work out either, and brings back the newest version.
    Broken,
}

impl Folding {
    /// After an attempt; where what kept it from working may pass, it rests until then.
    fn after(result: &Result<(), FoldError>, rested: Instant) -> Self {
        match result {
            Ok(()) => Self::Ready,
            Err(error) if error.is_of_the_log() => Self::Broken,
            Err(error) if error.may_pass() => Self::Resting(rested),
            Err(_) => Self::Failed,
        }
    }

    fn may_begin(self, now: Instant) -> bool {
        match self {
            Self::Ready => true,
            Self::Resting(rested) => rested <= now,
            Self::Running | Self::Failed | Self::Broken => false,
        }
    }
}

impl RoomTask {
    /// Lives until nobody needs the room any more.
    pub async fn run(self, mut orders: mpsc::UnboundedReceiver<Control>, mut traffic: mpsc::Receiver<Traffic>) {
        let now = Instant::now();
        let deadlines = Deadlines {
            summary: None,
            summary_cost: Duration::ZERO,
            keep_alive: now + self.pace.keep_alive,
            presence: now,
            version: None,
            idle: Some(now + self.pace.idle),
        };
        let mut turns = Turns {
            task: self,
            under_way: VecDeque::new(),
            deadlines,
            last_read: LastRead::default(),
            folding: Folding::Ready,
            committed: None,
            is_in_trouble: false,
            stopping: None,
            parting: (RESTARTING, "The post-mortem is being opened again."),
        };
        turns.heed_storage();
        turns.expect_version();
        let parting = loop {
            let deadline = turns.next_deadline();
            let first = tokio::select! {
                biased;
                Some(control) = orders.recv() => Mail::Control(control),
                Ok(()) = turns.task.storage.changed() => Mail::Storage,
                Some(mail) = traffic.recv() => Mail::Traffic(mail),
                () = sleep_until(deadline) => Mail::Tick,
            };
            let turn = catch_unwind(AssertUnwindSafe(|| turns.turn(first, &mut orders, &mut traffic)));
            match turn {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => {
                    turns.task.rooms.forget(&turns.task.id, turns.task.number);
                    break turns.parting;
                }
                Err(_) => {
                    turns.task.abandon();
                    break (FAILED, "Something went wrong in this post-mortem. It is being opened again.");
                }
            }
        };
        // Whoever was about to join is not left without a word.
        traffic.close();
        while let Ok(mail) = traffic.try_recv() {
            if let Traffic::Join { outbox, .. } = mail {
                outbox.close(parting.0, parting.1);
            }
        }
    }

    /// After a panic nothing in the room can be trusted; what it handed to the saver can. The document is leaked rather
    /// than dropped, because a transaction that was cut short commits in its destructor.
    fn abandon(self) {
        tracing::error!(postmortem = %self.id, "the room panicked and is closed");
        self.rooms.abandon(&self.id, self.number);
        for outbox in self.outboxes.into_values() {
            outbox.close(FAILED, "Something went wrong in this post-mortem. It is being opened again.");
        }
        std::mem::forget(self.room);
    }
}

impl Turns {
    fn turn(
        &mut self,
        first: Mail,
        orders: &mut mpsc::UnboundedReceiver<Control>,
        traffic: &mut mpsc::Receiver<Traffic>,
    ) -> ControlFlow<()> {
        let mut next = Some(first);
        for count in 0..LONGEST_TURN {
            match next {
                Some(Mail::Control(control)) => self.order(control)?,
                Some(Mail::Traffic(mail)) => self.mail(mail),
                Some(Mail::Storage) => self.heed_storage(),
                Some(Mail::Tick) => {}
                None => break,
            }
            next = waiting(orders, traffic, count % 2 == 0);
        }
        // Mail that was taken beyond the turn's length still belongs to it.
        match next {
            Some(Mail::Control(control)) => self.order(control)?,
            Some(Mail::Traffic(mail)) => self.mail(mail),
            Some(Mail::Storage | Mail::Tick) | None => {}
        }
        if let Some(ticket) = self.committed.take() {
            self.acknowledge(ticket);
        }
        let effects = self.task.room.settle();
        self.carry_out(effects);
        for Refusal { code, connection, person, is_first } in self.task.room.take_refusals() {
            self.task.rooms.metrics().reject(code);
            // What builds on the first is refused as well, and would only fill the log.
            if is_first {
                let (postmortem, connection) = (&self.task.id, connection.0);
                tracing::info!(%postmortem, code, connection, %person, "a message of a connection was refused");
            }
        }
        self.keep_time()
    }

    /// Everything up to a ticket is on disk.
    fn acknowledge(&mut self, ticket: u64) {
        self.last_read.forget();
        let effects = self.task.room.committed(ticket);
        self.carry_out(effects);
        self.expect_version();
        while let Some((_, began)) = self.under_way.pop_front_if(|(waiting, _)| *waiting <= ticket) {
            self.task.rooms.metrics().acknowledge.observe(began.elapsed());
        }
    }

    fn mail(&mut self, mail: Traffic) {
        let effects = match mail {
            Traffic::Join { connection, participant, address, dialect, held, outbox } => {
                if self.stopping.is_some() {
                    return self.send_away(outbox);
                }
                if held.is_some_and(|held| held != self.task.generation) {
                    return outbox.close(
                        OTHER_GENERATION,
                        "This post-mortem was made anew. Keep your copy as a file and open it again.",
                    );
                }
                self.task.outboxes.insert(connection, outbox);
                let (greetings, told) = self.greetings(&participant);
                let effects = self.task.room.join(connection, participant, dialect, greetings);
                self.task.room.locate(connection, address);
                self.carry_out(effects);
                return self.tell_on(connection, told);
            }
            Traffic::Frame { connection, frame } => {
                // What a connection sent before it was closed, and we read after, is no longer taken.
                if !self.task.outboxes.contains_key(&connection) {
                    return;
                }
                self.task.room.receive(connection, &frame)
            }
            Traffic::Leave { connection } => {
                self.task.outboxes.remove(&connection);
                self.task.told.remove(&connection);
                return self.task.room.leave(connection);
            }
        };
        self.carry_out(effects);
    }

    /// The welcome, and what stands beside the document.
    fn greetings(&self, participant: &Participant) -> (Vec<Event>, Told) {
        let mut greetings = vec![Event::Welcome {
            you: participant.person.clone(),
            generation: self.task.generation,
            capabilities: participant.capabilities,
        }];
        let (circumstances, told) = self.circumstances();
        greetings.extend(circumstances);
        if self.is_in_trouble {
            greetings.push(Event::Storage { is_failing: true });
        }
        (greetings, told)
    }

    /// What stands beside the document, as it is now: of what is long, the first piece, and how far that goes.
    fn circumstances(&self) -> (Vec<Event>, Told) {
        let (threads, last) = self.task.threads.piece(0, self.largest_piece());
        let told = Told { threads: last, authors: self.task.room.authors().end_of_piece(None) };
        let mut circumstances = vec![Event::Threads { threads, more: last.is_some() }, self.task.publication.clone()];
        circumstances.extend(self.task.room.fullness());
        (circumstances, told)
    }

    /// A piece fits into what may wait for one peer.
    fn largest_piece(&self) -> usize {
        limits::THREADS.min(self.task.rooms.bounds().queue)
    }

    /// Where a connection was not told everything yet, it is when it has read what waits for it.
    fn tell_on(&mut self, connection: ConnectionId, told: Told) {
        self.task.told.remove(&connection);
        let is_left = !told.is_all() && self.task.room.speaks_debrief(connection);
        if let Some(outbox) = self.task.outboxes.get(&connection).filter(|_| is_left) {
            outbox.mark();
            self.task.told.insert(connection, told);
        }
    }

    /// The next piece for a connection that has read the one before.
    fn tell_more(&mut self, connection: ConnectionId) {
        let Some(mut told) = self.task.told.remove(&connection) else { return };
        let event = match (told.threads, told.authors) {
            (Some(last), _) => {
                let (threads, next) = self.task.threads.piece(last, self.largest_piece());
                told.threads = next;
                Event::MoreThreads { threads, more: next.is_some() }
            }
            (None, Some(last)) => {
                let authors = self.task.room.authors();
                told.authors = authors.end_of_piece(Some(last));
                Event::Authors { authors: authors.piece(Some(last)) }
            }
            (None, None) => return,
        };
        self.carry_out(vec![Effect::Send { to: vec![connection], frame: wire::event(&event) }]);
        self.tell_on(connection, told);
    }

    /// Takes in what is known of the disk, and tells people where it makes a difference to them.
    fn heed_storage(&mut self) {
        let storage = *self.task.storage.borrow_and_update();
        if storage.is_full {
            self.task.room.hold_back();
        } else {
            let effects = self.task.room.take_again();
            self.carry_out(effects);
        }
        if self.is_in_trouble != storage.is_in_trouble() {
            self.is_in_trouble = storage.is_in_trouble();
            let effects = self.task.room.announce(&Event::Storage { is_failing: self.is_in_trouble });
            self.carry_out(effects);
        }
    }

    fn order(&mut self, control: Control) -> ControlFlow<()> {
        match control {
            Control::Committed { ticket } => {
                self.task.since_snapshot += 1;
                let due = Instant::now() + self.task.pace.summary.max(self.deadlines.summary_cost * SUMMARY_REST);
                self.deadlines.summary.get_or_insert(due);
                self.committed = Some(ticket);
            }
            Control::Drained { connection } => {
                if let Some(outbox) = self.task.outboxes.get(&connection) {
                    outbox.catch_up();
                    let (mut circumstances, told) = self.circumstances();
                    circumstances.push(Event::Storage { is_failing: self.is_in_trouble });
                    let effects = self.task.room.catch_up(connection, &circumstances);
                    self.carry_out(effects);
                    self.tell_on(connection, told);
                }
            }
            Control::Told { connection } => self.tell_more(connection),
            Control::Folded { sequence, result } => {
                self.folding = Folding::after(&result, Instant::now() + self.task.pace.idle);
                if let Err(error) = result {
                    tracing::error!(%error, postmortem = %self.task.id, "the log was not folded");
                }
                if self.folding == Folding::Broken {
                    self.keep_activity();
                }
                if self.folding == Folding::Ready {
                    self.task.since_snapshot = usize::try_from(self.task.sequence - sequence).unwrap_or(0);
                }
                // An empty room only waited for this.
                self.deadlines.idle = self.deadlines.idle.map(|_| Instant::now());
            }
            Control::Rest => self.deadlines.idle = self.deadlines.idle.map(|_| Instant::now()),
            Control::Announce(event) => {
                // What later connections are greeted with.
                if matches!(event, Event::Publication { .. }) {
                    self.task.publication = event.clone();
                }
                if let Event::Renamed { person } = &event {
                    self.task.room.rename(person);
                    self.last_read.forget();
                }
                let effects = self.task.room.announce(&event);
                self.carry_out(effects);
            }
            Control::Thread(news) => {
                let ThreadNews { id, now, event } = *news;
                match now {
                    Some(now) => self.task.threads.put(now),
                    None => self.task.threads.remove(&id),
                }
                let effects = self.task.room.announce(&event);
                self.carry_out(effects);
            }
            Control::Read(asker) => mail::answer(asker, || self.last_read.of(&self.task.id, &self.task.room)),
            Control::Place(subject, passage, asker) => {
                mail::answer(asker, || placed(self.task.room.replica(), &subject, passage.as_ref()));
            }
            Control::Visit(asker) => mail::answer(asker, || {
                self.summarize();
                self.task.room.people()
            }),
            Control::ReadToKeep { reason, by, answer } => mail::answer(answer, || {
                let whole = self.last_read.of(&self.task.id, &self.task.room);
                (whole, self.version_on_disk(reason, by))
            }),
            Control::VersionKept(Latest { sequence, made_at }) => {
                self.task.versions.kept(sequence, made_at);
                self.deadlines.version = None;
                self.expect_version();
            }
            Control::BringBack { version, by, answer } => drop(answer.send(self.bring_back(&version, &by))),
            Control::Delete => {
                let effects = self.task.room.announce(&Event::Deleted);
                self.carry_out(effects);
                self.parting = (DELETED, "deleted");
                for (_, outbox) in self.task.outboxes.drain() {
                    outbox.close(DELETED, "deleted");
                }
                return ControlFlow::Break(());
            }
            Control::Stop(stopped) => {
                for (connection, outbox) in std::mem::take(&mut self.task.outboxes) {
                    self.task.room.leave(connection);
                    self.send_away(outbox);
                }
                self.parting = (RESTARTING, STOPPING);
                self.stopping = Some(stopped);
            }
        }
        ControlFlow::Continue(())
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { to, frame } => {
                    for connection in to {
                        let sent = self.task.outboxes.get(&connection).map(|outbox| outbox.send(frame.clone()));
                        self.see_to(connection, sent);
                    }
                }
                Effect::Answer { to, frames } => {
                    let sent = self.task.outboxes.get(&to).map(|outbox| outbox.answer(frames));
                    self.see_to(to, sent);
                }
                Effect::Broadcast { to, frame } => {
                    for connection in to {
                        let sent = self.task.outboxes.get(&connection).map(|outbox| outbox.broadcast(frame.clone()));
                        self.see_to(connection, sent);
                    }
                }
                Effect::Append { sequence: ticket, update, authors } => {
                    self.task.sequence += 1;
                    self.under_way.push_back((ticket, Instant::now()));
                    self.task.saver.append(saver::Append {
                        postmortem: self.task.id.clone(),
                        sequence: self.task.sequence,
                        update,
                        authors,
                        ticket,
                        room: self.task.own.clone(),
                    });
                }
                Effect::Close { to, code, reason } => {
                    if let Some(outbox) = self.task.outboxes.remove(&to) {
                        outbox.close(code, &reason);
                        self.task.room.leave(to);
                    }
                }
            }
        }
    }

    /// Does what a peer that reads too slowly makes necessary.
    fn see_to(&mut self, connection: ConnectionId, sent: Option<Sent>) {
        match sent {
            None | Some(Sent::Queued | Sent::Withheld) => {}
            Some(Sent::FallsBehind) => {
                self.task.rooms.metrics().lagging.add();
                self.task.room.fall_behind(connection);
            }
            Some(Sent::Overflows) => {
                self.task.room.leave(connection);
                if let Some(outbox) = self.task.outboxes.remove(&connection) {
                    outbox.cut(TRY_AGAIN, "Too much waits for this connection. Connect again to catch up.");
                }
            }
        }
    }

    /// Closes a connection because the server stops.
    fn send_away(&self, outbox: Outbox) {
        outbox.dismiss(RESTARTING, STOPPING, self.task.rooms.comes_back_after());
    }

    /// Everything that was accepted, after handing it to the saver.
    fn state(&mut self) -> Option<Vec<u8>> {
        let effects = self.task.room.settle();
        self.carry_out(effects);
        self.task.room.state().inspect_err(|error| tracing::error!(%error, "a version could not be made")).ok()
    }

    /// A version of what is on disk.
    fn version_on_disk(&self, reason: Reason, by: UserId) -> Option<NewVersion> {
        let under_way = i64::try_from(self.under_way.len()).ok()?;
        let state = self.task.room.replica().diff(&[0]);
        let state = state.inspect_err(|error| tracing::error!(%error, "a version could not be made")).ok()?;
        Some(NewVersion { sequence: self.task.sequence - under_way, reason, by: Some(by), at: clock::now(), state })
    }

    /// Keeps a version of everything that was handed to the saver.
    fn keep_version(&mut self, reason: Reason, by: Option<UserId>, state: Vec<u8>, kept: oneshot::Sender<Option<u32>>) {
        let (sequence, at) = (self.task.sequence, clock::now());
        self.task.versions.kept(sequence, at);
        self.deadlines.version = None;
        let version = NewVersion { sequence, reason, by, at, state };
        self.task.saver.keep_version(self.task.id.clone(), version, kept);
    }

    /// Keeps a version that nobody waits for.
    fn keep_version_unasked(&mut self, reason: Reason, by: Option<UserId>) {
        if let Some(state) = self.state() {
            let (kept, _) = oneshot::channel();
            self.keep_version(reason, by, state, kept);
        }
    }

    /// Keeps a version of what is being written.
    fn keep_activity(&mut self) {
        let by = self.task.versions.writer();
        self.keep_version_unasked(Reason::Activity, by);
    }

    /// Before the room ends: what its log would not give again stays as a version.
    fn keep_what_would_be_lost(&mut self) {
        if self.folding == Folding::Broken && self.task.sequence > self.task.versions.latest.sequence {
            self.keep_activity();
        }
    }

    /// Lets a version come when it is due, where something was written since the last.
    fn expect_version(&mut self) {
        let versions = &mut self.task.versions;
        versions.wrote(self.task.room.take_writers());
        if self.deadlines.version.is_none() {
            let due = versions.due_in(self.task.sequence, self.task.pace.version, clock::now());
            self.deadlines.version = due.map(|due| Instant::now() + due.max(self.task.pace.summary));
        }
    }

    /// Edits the document back to a version, after keeping one of how it is.
    fn bring_back(&mut self, version: &Replica, by: &Person) -> Result<BroughtBack, IngestError> {
        let before = self.state();
        if !self.task.room.bring_back(random::client(), by, version)? {
            return Ok(BroughtBack { before: None });
        }
        let (kept, number) = oneshot::channel();
        if let Some(before) = before {
            self.keep_version(Reason::BeforeRestore, Some(by.id.clone()), before, kept);
        }
        let effects = self.task.room.settle();
        self.carry_out(effects);
        Ok(BroughtBack { before: Some(number) })
    }

    fn summarize(&mut self) {
        if self.deadlines.summary.take().is_some() {
            let began = Instant::now();
            let summary = Summary::of(self.task.room.replica());
            self.deadlines.summary_cost = began.elapsed();
            // One that follows too soon is left to the version that is due anyway.
            if let Some(by) = self.task.versions.look_at(summary.status)
                && self.task.versions.have_rested(self.task.pace.status_version, clock::now())
            {
                self.keep_version_unasked(Reason::StatusChange, by);
            }
            self.task.saver.summarize(self.task.id.clone(), clock::now(), summary);
        }
    }

    fn next_deadline(&self) -> Instant {
        let presence = self.task.room.has_presence_to_tell().then_some(self.deadlines.presence);
        let answer = self.task.room.is_awaited().then(|| Instant::now() + NEXT_ANSWER);
        let deadlines = [self.deadlines.summary, self.deadlines.version, self.deadlines.idle, presence, answer];
        deadlines.into_iter().flatten().fold(self.deadlines.keep_alive, Instant::min)
    }

    /// Does what is due at the end of a turn; breaks when the room has nothing left to live for.
    fn keep_time(&mut self) -> ControlFlow<()> {
        let now = Instant::now();
        let is_settled = self.task.room.is_settled();
        if let Some(stopped) = self.stopping.take_if(|_| is_settled) {
            self.summarize();
            self.keep_what_would_be_lost();
            let _ = stopped.send(());
            return ControlFlow::Break(());
        }
        if self.deadlines.summary.is_some_and(|due| due <= now) {
            self.summarize();
        }
        if self.deadlines.version.take_if(|due| *due <= now).is_some() {
            self.keep_activity();
        }
        if self.deadlines.keep_alive <= now {
            self.deadlines.keep_alive = now + self.task.pace.keep_alive;
            self.task.outboxes.values().for_each(Outbox::forgive);
            self.last_read.forget();
            let effects = self.task.room.keep_alive();
            self.carry_out(effects);
        }
        if self.deadlines.presence <= now {
            let effects = self.task.room.tell_presence();
            self.deadlines.presence = now + cost(&effects);
            self.carry_out(effects);
        }
        if self.task.since_snapshot >= self.task.pace.fold_after && is_settled {
            self.fold();
        }
        if !self.task.outboxes.is_empty() {
            self.deadlines.idle = None;
            return ControlFlow::Continue(());
        }
        let idle = *self.deadlines.idle.get_or_insert(now + self.task.pace.idle);
        if idle > now {
            return ControlFlow::Continue(());
        }
        // Nobody was here for a while. The log is left folded, and a room with anything unsaved stays.
        if is_settled && self.task.since_snapshot > 1 {
            self.fold();
        }
        if is_settled && self.folding != Folding::Running && self.stopping.is_none() {
            self.summarize();
            self.keep_what_would_be_lost();
            if self.task.rooms.retire(&self.task.id, self.task.number) {
                return ControlFlow::Break(());
            }
        }
        self.deadlines.idle = Some(now + self.task.pace.idle);
        ControlFlow::Continue(())
    }

    /// Begins to fold the log in a task of its own, unless it is under way, or did not work out and has not rested.
    fn fold(&mut self) {
        if !self.folding.may_begin(Instant::now()) {
            return;
        }
        self.folding = Folding::Running;
        let (store, id, sequence) = (self.task.store.clone(), self.task.id.clone(), self.task.sequence);
        let live = self.task.room.replica().read().postmortem;
        let own = self.task.own.clone();
        tokio::spawn(async move {
            let result = fold::fold(&store, &id, sequence, live).await;
            drop(own.send(Control::Folded { sequence, result }));
        });
    }
}

/// The next mail that has arrived. Orders and traffic take turns, so that neither waits for all of the other.
fn waiting(
    orders: &mut mpsc::UnboundedReceiver<Control>,
    traffic: &mut mpsc::Receiver<Traffic>,
    is_turn_of_traffic: bool,
) -> Option<Mail> {
    let first = if is_turn_of_traffic { traffic.try_recv().ok() } else { None };
    let order = || orders.try_recv().ok().map(Mail::Control);
    first.map(Mail::Traffic).or_else(order).or_else(|| traffic.try_recv().ok().map(Mail::Traffic))
}

/// Whether a comment has a place in what is on disk. An entry that is deleted has none for a new thread.
fn placed(replica: &Replica, subject: &Subject, passage: Option<&Passage>) -> Placement {
    let text = subject.text();
    let is_there = match subject {
        Subject::Section(key) => replica.section_keys().contains(key),
        Subject::Entry(id) => replica.entry(id).is_some(),
    };
    if !is_there {
        return Err(PlacementError::Missing(text.noun()));
    }
    Ok(passage.map(|passage| replica.checked_passage(&text, passage)).transpose()?)
}

/// How long telling people of presence takes those who pass it on, and for how long they are left alone after it.
fn cost(effects: &[Effect]) -> Duration {
    let cost = |effect: &Effect| match effect {
        Effect::Broadcast { to, frame } => {
            let bytes = u32::try_from(frame.len()).unwrap_or(u32::MAX);
            (FRAME_COST + BYTE_COST * bytes) * u32::try_from(to.len()).unwrap_or(u32::MAX)
        }
        Effect::Send { .. } | Effect::Answer { .. } | Effect::Append { .. } | Effect::Close { .. } => Duration::ZERO,
    };
    effects.iter().map(cost).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_the_disk_kept_from_being_folded_is_folded_later() {
        let now = Instant::now();
        let rested = now + Duration::from_secs(30);
        let folding = [sqlx::Error::PoolTimedOut, sqlx::Error::RowNotFound]
            .map(|error| Folding::after(&Err(FoldError::Store(error.into())), rested));
        assert_eq!(folding.map(|folding| folding.may_begin(now)), [false, false]);
        assert_eq!(folding.map(|folding| folding.may_begin(rested)), [true, false]);
    }

    #[test]
    fn what_connections_send_is_taken_in_turn_with_what_the_server_asks() {
        let (control, mut orders) = mpsc::unbounded_channel();
        let (sender, mut traffic) = mpsc::channel(8);
        for number in 0..4 {
            control.send(Control::Committed { ticket: number }).expect("sent");
            sender.try_send(Traffic::Leave { connection: ConnectionId(number) }).expect("sent");
        }
        sender.try_send(Traffic::Leave { connection: ConnectionId(4) }).expect("sent");
        let taken = (0..10).map_while(|count| waiting(&mut orders, &mut traffic, count % 2 == 0));
        let is_traffic: Vec<bool> = taken.map(|mail| matches!(mail, Mail::Traffic(_))).collect();
        assert_eq!(is_traffic, [true, false, true, false, true, false, true, false, true]);
    }
}
