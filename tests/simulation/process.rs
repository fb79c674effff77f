//! The server's process: its room and its saver, as they are shipped, moved on by hand. When it dies, all of this is gone.

use crate::disk::{Disk, Saved};
use crate::{Checked, Violation, instant, time};
use bytes::Bytes;
use futures_util::FutureExt;
use postmortem::{ClientId, PostmortemId, Room};
use server::sync::Pace;
use server::sync::inbox::{ConnectionMessage, Control};
use server::sync::room::{Fold, Input, LiveRoom, Order, RoomClock, Setting, Turned};
use server::sync::saver::{Batch, DiskState, Job, SaveQueue, SaveTicket, Saver};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The most bytes that wait for one page before it falls behind.
pub const LONGEST_QUEUE: usize = 1_500;

/// The most bytes that wait for the disk before no more is taken.
const MOST_UNSAVED: usize = 1_000;

/// A room as it is shipped does in minutes what a run has seconds for.
fn pace() -> Pace {
    Pace {
        idle: Duration::from_secs(1),
        summary: Duration::from_secs(2),
        patience: Duration::from_secs(5),
        fold_after: 4,
        version: Duration::from_secs(20),
        status_version: Duration::from_secs(5),
        ..Pace::default()
    }
}

/// What a process holds.
pub struct Process {
    saver: Saver,
    queue: SaveQueue,
    /// What the disk is to write next, and since when it is.
    batch: Option<(Batch, u64)>,
    room: Option<Opened>,
}

/// A batch that is on the disk, of which nobody was told yet.
pub struct SavedBatch {
    batch: Batch,
    /// Of the versions in it.
    numbers: Vec<Option<u32>>,
}

/// The room, and what is on its way to it.
struct Opened {
    live: LiveRoom,
    storage: watch::Receiver<DiskState>,
    inbox: VecDeque<ConnectionMessage>,
    control: mpsc::UnboundedSender<Control>,
    controls: mpsc::UnboundedReceiver<Control>,
    fold: Option<Box<Fold>>,
}

impl Process {
    pub fn new() -> Self {
        let (saver, queue) = Saver::new(pace().patience, MOST_UNSAVED);
        Self { saver, queue, batch: None, room: None }
    }

    /// What the room's connections see.
    pub fn room(&self) -> Option<&Room> {
        self.room.as_ref().map(|room| room.live.room())
    }

    /// Hands a connection's message to the room, which is loaded where it is not live.
    pub fn deliver(&mut self, message: ConnectionMessage, disk: &Disk) -> Checked {
        if self.room.is_none() {
            self.room = Some(self.open(disk)?);
        }
        self.room.as_mut().expect("opened").inbox.push_back(message);
        Ok(())
    }

    /// Tells the room something, which hears of it with [`Process::next_control`].
    pub fn tell(&self, control: Control) {
        if let Some(room) = &self.room {
            room.control.send(control).expect("the room lives");
        }
    }

    fn open(&self, disk: &Disk) -> Result<Opened, Violation> {
        let (control, controls) = mpsc::unbounded_channel();
        let setting = Setting {
            id: PostmortemId::new(1, [0; 10]),
            pace: pace(),
            queue: LONGEST_QUEUE,
            clock: RoomClock { instant, time },
            saver: self.saver.clone(),
            own: control.clone(),
        };
        let mut storage = self.saver.storage();
        let live = LiveRoom::new(disk.load()?, setting, *storage.borrow_and_update());
        Ok(Opened { live, storage, inbox: VecDeque::new(), control, controls, fold: None })
    }

    /// Everything that connections have sent.
    pub fn arrived(&mut self) -> Vec<Input> {
        let inbox = self.room.as_mut().map(|room| std::mem::take(&mut room.inbox));
        inbox.into_iter().flatten().map(Input::Message).collect()
    }

    /// The next that the saver, a fold or a connection's own end tells the room.
    pub fn next_control(&mut self) -> Option<Input> {
        self.room.as_mut().and_then(|room| room.controls.try_recv().ok()).map(Input::Control)
    }

    /// A turn of the room. One that nobody uses ends when it has nothing left to do.
    pub fn turn(&mut self, arrived: Vec<Input>, is_used: bool) -> Checked {
        self.watch_disk();
        let Some(room) = &mut self.room else { return Ok(()) };
        let has_changed = room.storage.has_changed().expect("the saver lives");
        let storage = has_changed.then(|| Input::Storage(*room.storage.borrow_and_update()));
        let turned = room.live.turn(storage.into_iter().chain(arrived));
        for order in room.live.take_orders() {
            match order {
                Order::Fold(fold) => room.fold = Some(fold),
                Order::Judge(_) => return Err(Violation("somebody set a head in the document".to_owned())),
                Order::Dismiss(_) => return Err(Violation("the room stops, and nobody stopped it".to_owned())),
            }
        }
        match turned {
            Turned::Rests if !is_used && room.inbox.is_empty() => self.room = None,
            Turned::Lives | Turned::Rests => {}
            Turned::Ends => return Err(Violation("the room ended, and nobody ended it".to_owned())),
        }
        Ok(())
    }

    /// Whether a turn is due though nothing has arrived.
    pub fn is_due(&self) -> bool {
        self.room.as_ref().is_some_and(|room| room.live.next_deadline() <= instant())
    }

    /// Whether anything waits for the room.
    pub fn has_arrivals(&self) -> bool {
        self.room.as_ref().is_some_and(|room| {
            let knows_disk = !room.storage.has_changed().expect("the saver lives");
            !room.inbox.is_empty() || !room.controls.is_empty() || room.fold.is_some() || !knows_disk
        })
    }

    /// People are told when the disk takes too long.
    fn watch_disk(&mut self) {
        if let Some((_, since)) = &self.batch
            && Duration::from_millis(crate::clock() - since) >= self.queue.patience()
        {
            self.queue.lose_patience();
        }
    }

    /// What is queued, where nothing is under way: the disk is to write that next.
    pub fn gather(&mut self, most: usize) -> Option<&Batch> {
        if self.batch.is_some() {
            return None;
        }
        let batch = self.queue.next(most).now_or_never().flatten()?;
        Some(&self.batch.insert((batch, crate::clock())).0)
    }

    /// One attempt to write what the disk is to write next; what it saved, of which nobody is told yet.
    pub fn attempt(&mut self, disk: &mut Disk) -> Result<Option<SavedBatch>, Violation> {
        let Some((mut batch, since)) = self.batch.take() else { return Ok(None) };
        match disk.save(&batch)? {
            Saved::Whole(numbers) => return Ok(Some(SavedBatch { batch, numbers })),
            Saved::Failed(error) => drop(batch.failed(&error)),
        }
        self.batch = Some((batch, since));
        Ok(None)
    }

    /// Whether the disk has something to write.
    pub fn is_saving(&self) -> bool {
        self.batch.is_some()
    }

    /// Whoever waits for a batch hears of it.
    pub fn saved(&self, SavedBatch { batch, numbers }: SavedBatch) {
        self.queue.saved(batch, numbers);
    }

    /// Folds the log, where the room has asked for it; whether it had.
    pub fn fold(&mut self, disk: &mut Disk) -> Result<bool, Violation> {
        let Some(fold) = self.room.as_mut().and_then(|room| room.fold.take()) else { return Ok(false) };
        let snapshot = fold.snapshot(ClientId(4), disk.read());
        let snapshot = snapshot.map_err(|error| Violation(format!("the log does not fold: {error}")))?;
        disk.fold(fold.sequence, snapshot);
        self.tell(Control::Folded { sequence: fold.sequence, result: Ok(()) });
        Ok(true)
    }
}

/// The updates in a batch, with the ticket of each.
pub fn appended(batch: &Batch) -> Vec<(SaveTicket, Bytes)> {
    let appended = batch.jobs().filter_map(|job| match job {
        Job::Append(append) => Some((append.ticket, append.update.clone())),
        Job::Summary { .. } | Job::Version { .. } | Job::Probe(_) | Job::Flush(_) => None,
    });
    appended.collect()
}
