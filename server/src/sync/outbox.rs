//! What waits to be written to one peer, bounded in bytes.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Notify, mpsc};

/// The most bytes that wait for one peer. A peer so far behind gets the whole document faster by connecting again.
const LONGEST_QUEUE: usize = 8 << 20;

/// The room's end of a connection.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    queue: mpsc::UnboundedSender<Outgoing>,
    pub meter: Arc<Meter>,
}

#[derive(Debug, Default)]
pub(super) struct Meter {
    pub waiting: AtomicUsize,
    pub overflown: Notify,
}

#[derive(Debug)]
pub(super) enum Outgoing {
    Frame(Bytes),
    Close(u16, String),
}

impl Outbox {
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Outgoing>) {
        let (queue, waiting) = mpsc::unbounded_channel();
        (Self { queue, meter: Arc::default() }, waiting)
    }

    /// Queues a frame. When too much waits already, the peer is cut off rather than sent a stream with holes, and this
    /// is false. The frame that crosses the line still goes out: a whole document may be larger than the queue.
    pub fn send(&self, frame: Bytes) -> bool {
        let waiting = self.meter.waiting.fetch_add(frame.len(), Ordering::Relaxed);
        if waiting > LONGEST_QUEUE {
            self.meter.overflown.notify_one();
            return false;
        }
        // A peer that just left takes its queue along; the room hears of it next.
        drop(self.queue.send(Outgoing::Frame(frame)));
        true
    }

    /// Closes the connection after what is queued.
    pub fn close(&self, code: u16, reason: &str) {
        drop(self.queue.send(Outgoing::Close(code, reason.to_owned())));
    }
}

impl Outgoing {
    /// The bytes that count towards the bound.
    pub fn len(&self) -> usize {
        match self {
            Self::Frame(frame) => frame.len(),
            Self::Close(..) => 0,
        }
    }
}
