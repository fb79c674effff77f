//! The live side of post-mortems. A room is one task that owns one document and every connection to it; the state
//! machine of the crate `postmortem` decides, the task carries out. One saver commits for all rooms.

mod allowance;
mod beginning;
mod connection;
mod connection_permits;
mod error;
pub mod inbox;
mod offences;
pub mod outgoing;
mod reading;
mod registry;
pub mod room;
mod rooms;
pub mod saver;
mod threads;
mod whole;

pub use beginning::{Beginning, LoadError};
pub use connection::{Connecting, LARGEST_FRAME, READ_BUFFER, WRITE_BUFFER, serve, turn_away};
pub use connection_permits::{ConnectionPermit, Full, Leaving};
pub use error::{OpenError, RestoreError};
pub use inbox::{HeadWanted, PlacementError};
pub use rooms::Rooms;
pub use saver::Saver;
pub use threads::ThreadNews;
pub use whole::Whole;

use std::time::Duration;

/// How often a room does what nobody asks it for. Tests quicken it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long a room without connections stays: a reload of the page finds it warm.
    pub idle: Duration,
    /// How long after a change the incident log's summary is renewed: once for a burst of typing.
    pub summary: Duration,
    /// How often connections are spoken to: stock clients give up after 30 seconds of silence.
    pub keep_alive: Duration,
    /// How long one write to a peer may take, after which it counts as gone.
    pub stalled: Duration,
    /// How long something may wait to be saved before people are told: longer than a slow disk takes now and then.
    pub patience: Duration,
    /// After how many updates the log is folded: some 20 milliseconds of loading.
    pub fold_after: usize,
    /// How long people write before a version is kept of it: what one person loses by a mistake they notice.
    pub version: Duration,
    /// How long after a version a change of the status is kept as one: each is the whole document, and a client may
    /// change the status as often as it likes.
    pub status_version: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30),
            summary: Duration::from_millis(500),
            keep_alive: Duration::from_secs(20),
            stalled: Duration::from_secs(30),
            patience: Duration::from_secs(2),
            fold_after: 500,
            version: Duration::from_secs(10 * 60),
            status_version: Duration::from_secs(60),
        }
    }
}

/// How much of what comes from outside is held at a time. Tests lower it.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections of all rooms. One takes some 50 KiB with its task, its buffers and its place in the room, so that
    /// these take a quarter of a gigabyte.
    pub connections: usize,
    /// Bytes that wait for one peer before it falls behind. Everybody types for minutes until it is reached, and
    /// catching up costs less than what waits.
    pub queue: usize,
    /// Bytes of accepted edits that wait for the disk, of all rooms, before no more are taken: hours of typing.
    pub unsaved: usize,
    /// Messages a second that one connection may send for ever; it may save up those of ten seconds.
    pub messages_per_second: u32,
    /// Bytes of the logs of rooms in which nobody is, which stay for a while for whoever asks next; those that nobody asked
    /// for the longest go where there are more. Opened, a document takes some twenty times its bytes.
    pub idle_rooms: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 5_000,
            queue: 2 << 20,
            unsaved: 64 << 20,
            messages_per_second: allowance::A_SECOND,
            idle_rooms: 16 << 20,
        }
    }
}
