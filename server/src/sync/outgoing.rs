//! What waits to be written to one peer, bounded in bytes. A peer that reads too slowly is not sent a stream with holes:
//! what concerns everyone is taken out of its queue, and it is brought up to date when it has read the rest.

use bytes::{Bytes, BytesMut};
use postmortem::{Dialect, Event, limits, wire};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many times the bound may wait in frames that are for this peer alone. They answer what it asked, so that a peer
/// with so many of them asks and never reads. Answers to a state vector are counted apart, since one may be the document.
const MOST_OWN: usize = 8;

/// How often a peer may fall behind between two keep-alives. One that does so more often cannot take what the others
/// write; the network between is better off when it comes back later.
const MOST_FALLS: u32 = 3;

/// How many waiting frames are taken at once, and go out in one flush.
const BATCH: usize = 64;

/// The most bytes that are taken at once, unless a single frame has more, as a piece of an answer does: a peer has to read so
/// much within the time after which it counts as gone.
const BATCH_BYTES: usize = 256 << 10;

/// The most bytes of frames that are sent as one message: many small ones cost a peer more than one that is not large.
const LARGEST_JOINED: usize = 16 << 10;

/// The room's end of a connection. Dropping it ends the connection when what waits is written.
#[derive(Debug)]
pub struct Outgoing {
    queue: Arc<Queue>,
    dialect: Dialect,
    most: usize,
}

/// The connection's end.
#[derive(Debug)]
pub struct Outlet {
    queue: Arc<Queue>,
    dialect: Dialect,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<OutgoingFrame>,
    /// Of all frames that wait or are being written, those of answers apart.
    bytes: usize,
    /// Of the frames of answers. Others may wait for the same ones.
    answers: usize,
    is_behind: bool,
    /// Whether the room was told that it has read what waited when it fell behind.
    has_drained: bool,
    /// How often it fell behind since the last keep-alive.
    falls: u32,
    has_ended: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum OutgoingFrame {
    /// For this peer alone; it must arrive.
    Own(Bytes),
    /// A part of what a state vector lacks; it must arrive.
    Answer(Bytes),
    /// For everyone.
    Broadcast(Bytes),
    /// Nothing to write: the room is told when everything before it is written.
    Mark,
    /// The end, with a code and a reason.
    Close(u16, String),
}

/// What a connection has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Write these, in few messages.
    Write(Vec<OutgoingFrame>),
    /// Tell the room that everything before its mark is written.
    Marked,
    /// Tell the room that the peer, which had fallen behind, has read everything that waited.
    Drained,
    /// End: the room has dropped its end.
    Ended,
}

/// Bytes of frames, by what they count towards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    pub bytes: usize,
    pub answers: usize,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    Queued,
    /// The peer has fallen behind: it is told nothing more until it has read what waits.
    FallsBehind,
    /// The peer has fallen behind before, and gets this when it catches up.
    Withheld,
    /// Waiting does not help this peer: it is to be closed.
    Overflows,
}

impl Outgoing {
    /// Both ends of a queue; `most` bytes wait in it before its peer falls behind.
    pub fn new(dialect: Dialect, most: usize) -> (Self, Outlet) {
        let queue = Arc::<Queue>::default();
        (Self { queue: queue.clone(), dialect, most }, Outlet { queue, dialect })
    }

    /// Queues a frame that is for this peer alone.
    pub fn send(&self, frame: Bytes) -> Sent {
        let mut waiting = self.queue.lock();
        // The frame that crosses the line still goes out: what everybody wrote about may be larger than the bound.
        if waiting.bytes > self.most * MOST_OWN {
            return Sent::Overflows;
        }
        waiting.push(OutgoingFrame::Own(frame));
        drop(waiting);
        self.queue.news.notify_one();
        Sent::Queued
    }

    /// Queues the answer to a state vector.
    pub fn answer(&self, frames: Vec<Bytes>) -> Sent {
        let mut waiting = self.queue.lock();
        // A document may be on its way, and another one after it was asked for again.
        if waiting.answers > limits::DOCUMENT {
            return Sent::Overflows;
        }
        frames.into_iter().for_each(|frame| waiting.push(OutgoingFrame::Answer(frame)));
        drop(waiting);
        self.queue.news.notify_one();
        Sent::Queued
    }

    /// Queues a frame that is for everyone.
    pub fn broadcast(&self, frame: Bytes) -> Sent {
        let mut waiting = self.queue.lock();
        if waiting.is_behind {
            return Sent::Withheld;
        }
        if waiting.bytes > self.most {
            waiting.fall_behind();
            // Nothing may be left to write, in which case it has read everything.
            self.queue.news.notify_one();
            return if waiting.falls > MOST_FALLS { Sent::Overflows } else { Sent::FallsBehind };
        }
        waiting.push(OutgoingFrame::Broadcast(frame));
        drop(waiting);
        self.queue.news.notify_one();
        Sent::Queued
    }

    /// The room is told when everything that is queued by now is written.
    pub fn mark(&self) {
        self.queue.lock().push(OutgoingFrame::Mark);
        self.queue.news.notify_one();
    }

    /// Broadcasts are taken again: the peer has read what waited.
    pub fn catch_up(&self) {
        let mut waiting = self.queue.lock();
        waiting.is_behind = false;
        waiting.has_drained = false;
    }

    /// Some time has passed: what the peer did before is forgiven.
    pub fn forgive(&self) {
        self.queue.lock().falls = 0;
    }

    /// Closes the connection after what is queued.
    pub fn close(self, code: u16, reason: &str) {
        self.queue.lock().push(OutgoingFrame::Close(code, reason.to_owned()));
    }

    /// Closes the connection after what is queued, and tells a client of ours when to come back.
    pub fn dismiss(self, code: u16, reason: &str, after_milliseconds: u32) {
        if self.dialect == Dialect::Debrief {
            let come_back = wire::event(&Event::ComeBack { after_milliseconds });
            self.queue.lock().push(OutgoingFrame::Own(come_back));
        }
        self.close(code, reason);
    }

    /// Closes the connection in the place of what is queued.
    pub fn cut(self, code: u16, reason: &str) {
        self.queue.lock().frames.clear();
        self.close(code, reason);
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.queue.lock().has_ended = true;
        self.queue.news.notify_one();
    }
}

impl Outlet {
    /// Waits for what is to be done next. To be called when what was taken before is written.
    pub async fn next(&self) -> Next {
        loop {
            let next = self.queue.lock().take();
            match next {
                Some(Next::Write(batch)) if self.dialect == Dialect::Debrief => return Next::Write(joined(batch)),
                Some(next) => return next,
                None => self.queue.news.notified().await,
            }
        }
    }

    /// Whether some of an answer waits or is being written.
    pub fn has_answer(&self) -> bool {
        self.queue.lock().answers > 0
    }

    /// So much is written.
    pub fn written(&self, written: Written) {
        let mut waiting = self.queue.lock();
        waiting.bytes = waiting.bytes.saturating_sub(written.bytes);
        waiting.answers = waiting.answers.saturating_sub(written.answers);
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while it holds the lock; if something did, the queue would still be whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn take(&mut self) -> Option<Next> {
        if self.frames.pop_front_if(|frame| *frame == OutgoingFrame::Mark).is_some() {
            return Some(Next::Marked);
        }
        if !self.frames.is_empty() {
            let mut bytes = 0;
            let fits = |frame: &&OutgoingFrame| {
                bytes += frame.len();
                bytes <= BATCH_BYTES && **frame != OutgoingFrame::Mark
            };
            let count = self.frames.iter().take(BATCH).take_while(fits).count().max(1);
            return Some(Next::Write(self.frames.drain(..count).collect()));
        }
        if self.has_ended {
            return Some(Next::Ended);
        }
        let has_just_drained = self.is_behind && !std::mem::replace(&mut self.has_drained, self.is_behind);
        has_just_drained.then_some(Next::Drained)
    }

    fn push(&mut self, frame: OutgoingFrame) {
        let Written { bytes, answers } = Written::by([&frame]);
        self.bytes += bytes;
        self.answers += answers;
        self.frames.push_back(frame);
    }

    /// Takes out what is for everyone. The peer gets it again, as of then, when it catches up.
    fn fall_behind(&mut self) {
        self.is_behind = true;
        self.falls += 1;
        let mut dropped = 0;
        self.frames.retain(|frame| {
            let stays = !matches!(frame, OutgoingFrame::Broadcast(_));
            dropped += if stays { 0 } else { frame.len() };
            stays
        });
        self.bytes = self.bytes.saturating_sub(dropped);
    }
}

impl OutgoingFrame {
    fn len(&self) -> usize {
        match self {
            Self::Own(frame) | Self::Answer(frame) | Self::Broadcast(frame) => frame.len(),
            Self::Mark | Self::Close(..) => 0,
        }
    }
}

impl Written {
    /// The bytes of some frames.
    pub fn by<'a>(frames: impl IntoIterator<Item = &'a OutgoingFrame>) -> Self {
        let mut written = Self::default();
        for frame in frames {
            match frame {
                OutgoingFrame::Answer(_) => written.answers += frame.len(),
                OutgoingFrame::Own(_)
                | OutgoingFrame::Broadcast(_)
                | OutgoingFrame::Mark
                | OutgoingFrame::Close(..) => {
                    written.bytes += frame.len();
                }
            }
        }
        written
    }
}

/// The same messages in fewer frames, for clients that read several in one. What waits alone is passed on as it is.
fn joined(batch: Vec<OutgoingFrame>) -> Vec<OutgoingFrame> {
    let mut frames: Vec<OutgoingFrame> = Vec::with_capacity(batch.len());
    let mut run: Vec<Bytes> = Vec::new();
    let mut length = 0;
    for frame in batch {
        match frame {
            OutgoingFrame::Own(frame) | OutgoingFrame::Broadcast(frame) => {
                if length + frame.len() > LARGEST_JOINED {
                    frames.extend(join(&mut run));
                    length = 0;
                }
                length += frame.len();
                run.push(frame);
            }
            OutgoingFrame::Answer(_) | OutgoingFrame::Mark | OutgoingFrame::Close(..) => {
                frames.extend(join(&mut run));
                length = 0;
                frames.push(frame);
            }
        }
    }
    frames.extend(join(&mut run));
    frames
}

fn join(run: &mut Vec<Bytes>) -> Option<OutgoingFrame> {
    let frame = match run.as_slice() {
        [] => return None,
        [alone] => alone.clone(),
        several => {
            let mut bytes = BytesMut::with_capacity(several.iter().map(Bytes::len).sum());
            several.iter().for_each(|frame| bytes.extend_from_slice(frame));
            bytes.freeze()
        }
    };
    run.clear();
    Some(OutgoingFrame::Own(frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: usize) -> Bytes {
        Bytes::from(vec![7; length])
    }

    fn bytes(bytes: usize) -> Written {
        Written { bytes, answers: 0 }
    }

    #[tokio::test]
    async fn a_peer_that_falls_behind_is_told_nothing_more_until_it_has_read_what_waits() {
        let (outgoing, outlet) = Outgoing::new(Dialect::Plain, 100);
        assert_eq!(outgoing.send(frame(60)), Sent::Queued);
        assert_eq!(outgoing.broadcast(frame(60)), Sent::Queued);
        assert_eq!(outgoing.broadcast(frame(1)), Sent::FallsBehind);
        assert_eq!(outgoing.broadcast(frame(1)), Sent::Withheld);
        let own = Next::Write(vec![OutgoingFrame::Own(frame(60))]);
        assert_eq!(outlet.next().await, own, "what is for everyone was taken out");
        outlet.written(bytes(60));
        assert_eq!(outlet.next().await, Next::Drained);
        outgoing.catch_up();
        assert_eq!(outgoing.broadcast(frame(1)), Sent::Queued);
        assert_eq!(outlet.next().await, Next::Write(vec![OutgoingFrame::Broadcast(frame(1))]));
    }

    #[tokio::test]
    async fn a_peer_for_which_nothing_is_left_has_read_everything() {
        let (outgoing, outlet) = Outgoing::new(Dialect::Plain, 100);
        assert_eq!(outgoing.broadcast(frame(200)), Sent::Queued);
        assert_eq!(outgoing.broadcast(frame(1)), Sent::FallsBehind);
        assert_eq!(outlet.next().await, Next::Drained);
        drop(outgoing);
        assert_eq!(outlet.next().await, Next::Ended, "the room is told once");
    }

    #[tokio::test]
    async fn a_peer_that_falls_behind_again_and_again_is_closed_unless_time_passes() {
        let (outgoing, outlet) = Outgoing::new(Dialect::Plain, 100);
        let fall = async || {
            outgoing.catch_up();
            outgoing.send(frame(101));
            let sent = outgoing.broadcast(frame(1));
            outlet.next().await;
            outlet.written(bytes(101));
            sent
        };
        for _ in 0..MOST_FALLS {
            assert_eq!(fall().await, Sent::FallsBehind);
        }
        outgoing.forgive();
        assert_eq!(fall().await, Sent::FallsBehind);
        for _ in 1..MOST_FALLS {
            fall().await;
        }
        assert_eq!(fall().await, Sent::Overflows);
    }

    #[tokio::test]
    async fn a_peer_that_asks_and_never_reads_is_closed() {
        let (outgoing, _outlet) = Outgoing::new(Dialect::Plain, 100);
        assert_eq!(outgoing.send(frame(10_000)), Sent::Queued, "one that is larger than the bound is sent");
        assert_eq!(outgoing.send(frame(1)), Sent::Overflows);
    }

    #[tokio::test]
    async fn the_room_hears_when_what_stands_before_its_mark_is_written() {
        let (outgoing, outlet) = Outgoing::new(Dialect::Debrief, 100);
        outgoing.send(frame(60));
        outgoing.mark();
        outgoing.send(frame(70));
        assert_eq!(outlet.next().await, Next::Write(vec![OutgoingFrame::Own(frame(60))]));
        assert_eq!(outlet.next().await, Next::Marked);
        assert_eq!(outlet.next().await, Next::Write(vec![OutgoingFrame::Own(frame(70))]));
        outgoing.mark();
        assert_eq!(outlet.next().await, Next::Marked);
    }

    #[tokio::test]
    async fn the_largest_document_on_its_way_is_in_the_way_of_nothing_else() {
        let (outgoing, outlet) = Outgoing::new(Dialect::Plain, 100);
        let document = vec![frame(limits::DOCUMENT / 128); 129];
        assert_eq!(outgoing.answer(document.clone()), Sent::Queued);
        assert!(outlet.has_answer());
        assert_eq!(outgoing.send(frame(60)), Sent::Queued);
        assert_eq!(outgoing.broadcast(frame(30)), Sent::Queued);
        assert_eq!(outgoing.answer(document), Sent::Overflows, "who asks again and again does not read");
        let mut batches = 0;
        loop {
            let Next::Write(batch) = outlet.next().await else { panic!("frames are left") };
            batches += 1;
            assert!(batch.iter().map(OutgoingFrame::len).sum::<usize>() <= BATCH_BYTES, "too much for one write");
            outlet.written(Written::by(&batch));
            if batch.contains(&OutgoingFrame::Broadcast(frame(30))) {
                break;
            }
        }
        assert_eq!(batches, 130, "each a frame, and the last with what came after the document");
        assert!(!outlet.has_answer());
        assert_eq!(outgoing.answer(vec![frame(1)]), Sent::Queued);
    }

    #[tokio::test]
    async fn what_waits_for_a_client_of_ours_goes_out_in_few_messages() {
        let (outgoing, outlet) = Outgoing::new(Dialect::Debrief, 1 << 20);
        for length in [10, 20, LARGEST_JOINED, 30] {
            outgoing.broadcast(frame(length));
        }
        outgoing.close(1012, "later");
        let expected = vec![
            OutgoingFrame::Own(frame(30)),
            OutgoingFrame::Own(frame(LARGEST_JOINED)),
            OutgoingFrame::Own(frame(30)),
            OutgoingFrame::Close(1012, "later".into()),
        ];
        assert_eq!(outlet.next().await, Next::Write(expected));
        assert_eq!(outlet.next().await, Next::Ended);
    }
}
