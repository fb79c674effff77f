//! One WebSocket: frames from the peer go to the room, frames from the room to the peer. Reading and writing take turns
//! in one task and never wait for each other; what waits to be written is bounded in bytes.

use super::allowance::{Allowance, SPENT};
use super::mail::{Control, Handle, Traffic};
use super::outbox::{Next, Outbox, Outgoing, Outlet};
use super::rooms::{Attendance, OpenError, Rooms};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use postmortem::room::CLOSE_TOO_MUCH;
use postmortem::{ConnectionId, Dialect, Generation, Person, PostmortemId, limits};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// The largest message read at all. One between this and [`limits::FRAME`] is read to its end, so that its sender gets
/// the close frame with the reason rather than a reset.
pub const LARGEST_FRAME: usize = 2 * limits::FRAME;

/// What each connection holds for reading: a keystroke has some 50 bytes, and thousands of connections add up.
pub const READ_BUFFER: usize = 8 << 10;

/// The most bytes that the WebSocket itself holds back; a whole document goes out in one frame.
pub const WRITE_BUFFER: usize = 64 << 20;

/// How often a peer is pinged, and how long it may be silent: two pings lost and some.
const PING: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(50);

/// How long a peer has to answer a close.
const FAREWELL: Duration = Duration::from_secs(2);

/// Close codes of RFC 6455 and its registry.
const PROTOCOL: u16 = 1002;
const UNSUPPORTED: u16 = 1003;
const TOO_BIG: u16 = 1009;
const FAILED: u16 = 1011;
const RESTARTING: u16 = 1012;
const TRY_AGAIN: u16 = 1013;
const DELETED: u16 = 4404;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Who connects to what.
#[derive(Debug)]
pub struct Connecting {
    pub postmortem: PostmortemId,
    pub person: Person,
    pub dialect: Dialect,
    /// The generation of the copy that the client holds, where it says so.
    pub held: Option<Generation>,
}

/// Serves a connection to its end. Its place among all connections is kept until then.
pub async fn serve(rooms: Rooms, _place: Attendance, connecting: Connecting, socket: WebSocket) {
    let connection = ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed));
    let (outbox, outlet) = Outbox::new(connecting.dialect, rooms.bounds().queue);
    let (mut sink, mut stream) = socket.split();
    let Connecting { postmortem, person, dialect, held } = connecting;
    let room = match rooms.join(&postmortem, Traffic::Join { connection, person, dialect, held, outbox }).await {
        Ok(room) => room,
        Err(error) => {
            let (code, reason) = parting(error);
            return close(&mut sink, code, reason).await;
        }
    };
    tokio::select! {
        end = read(&mut stream, &room, connection) => match end {
            ReadEnd::Left => drop(timeout(FAREWELL, sink.close()).await),
            ReadEnd::Refused(code, reason) => {
                close(&mut sink, code, reason).await;
                // What is still on its way here would reset the connection, and the reason with it.
                drop(timeout(FAREWELL, drain(&mut stream)).await);
            }
        },
        end = write(&mut sink, outlet, &room, connection, rooms.pace().stalled) => match end {
            WriteEnd::Closed => drop(timeout(FAREWELL, drain(&mut stream)).await),
            WriteEnd::Dismissed => close(&mut sink, RESTARTING, "The post-mortem is being opened again.").await,
            WriteEnd::Broken => {}
        },
    }
    // A room that ended has forgotten the connection already.
    drop(room.traffic.send(Traffic::Leave { connection }).await);
}

/// What is said to who cannot join.
fn parting(error: OpenError) -> (u16, &'static str) {
    match error {
        OpenError::Missing => (DELETED, "deleted"),
        OpenError::Stopping => (RESTARTING, "The server is restarting."),
        OpenError::Damaged => {
            (FAILED, "This post-mortem cannot be read from the disk. Whoever runs Debrief can repair it.")
        }
        OpenError::Failed => (TRY_AGAIN, "The post-mortem could not be opened. Try again in a moment."),
    }
}

enum ReadEnd {
    Left,
    Refused(u16, &'static str),
}

async fn read(stream: &mut SplitStream<WebSocket>, room: &Handle, connection: ConnectionId) -> ReadEnd {
    let mut allowance = Allowance::new(Instant::now());
    loop {
        let frame = match timeout(SILENCE, stream.next()).await {
            Err(_) | Ok(None | Some(Ok(Message::Close(_)))) => return ReadEnd::Left,
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "a frame could not be read");
                return refusal(error);
            }
            Ok(Some(Ok(Message::Text(_)))) => {
                return ReadEnd::Refused(UNSUPPORTED, "Send binary frames of the Yjs sync protocol.");
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {
                if allowance.take(&[], Instant::now()) {
                    continue;
                }
                return ReadEnd::Refused(CLOSE_TOO_MUCH, SPENT);
            }
            Ok(Some(Ok(Message::Binary(frame)))) => frame,
        };
        if frame.len() > limits::FRAME {
            return ReadEnd::Refused(TOO_BIG, "A frame has at most 1 MiB. Send what is typed in smaller pieces.");
        }
        if !allowance.take(&frame, Instant::now()) {
            return ReadEnd::Refused(CLOSE_TOO_MUCH, SPENT);
        }
        if room.traffic.send(Traffic::Frame { connection, frame }).await.is_err() {
            // The room has ended. What it said last is still to be written, and ends the connection.
            return std::future::pending().await;
        }
    }
}

fn refusal(error: axum::Error) -> ReadEnd {
    use tokio_tungstenite::tungstenite::Error;
    match error.into_inner().downcast_ref::<Error>() {
        Some(Error::Capacity(_)) => ReadEnd::Refused(TOO_BIG, "A frame has at most 1 MiB."),
        Some(Error::Protocol(_) | Error::Utf8(_)) => ReadEnd::Refused(PROTOCOL, "This is not the WebSocket protocol."),
        _ => ReadEnd::Left,
    }
}

enum WriteEnd {
    /// The room closed the connection.
    Closed,
    /// The room ended without a word.
    Dismissed,
    /// The peer is gone or reads nothing.
    Broken,
}

async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    outlet: Outlet,
    room: &Handle,
    connection: ConnectionId,
    stalled: Duration,
) -> WriteEnd {
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            next = outlet.next() => match next {
                Next::Write(batch) => {
                    let bytes: usize = batch.iter().map(Outgoing::len).sum();
                    match timeout(stalled, write_batch(sink, batch)).await {
                        Ok(Ok(false)) => outlet.written(bytes),
                        Ok(Ok(true)) => return WriteEnd::Closed,
                        Ok(Err(_)) | Err(_) => return WriteEnd::Broken,
                    }
                }
                // A room that ended says so itself.
                Next::Drained => drop(room.control.send(Control::Drained { connection })),
                Next::Ended => return WriteEnd::Dismissed,
            },
            _ = pings.tick() => {
                if !matches!(timeout(stalled, sink.send(Message::Ping(Bytes::new()))).await, Ok(Ok(()))) {
                    return WriteEnd::Broken;
                }
            }
        }
    }
}

/// Writes frames with one flush; whether a close was among them.
async fn write_batch(sink: &mut SplitSink<WebSocket, Message>, batch: Vec<Outgoing>) -> Result<bool, axum::Error> {
    for outgoing in batch {
        match outgoing {
            Outgoing::Own(frame) | Outgoing::Broadcast(frame) => sink.feed(Message::Binary(frame)).await?,
            Outgoing::Close(code, reason) => {
                sink.send(farewell(code, &reason)).await?;
                return Ok(true);
            }
        }
    }
    sink.flush().await?;
    Ok(false)
}

async fn close(sink: &mut SplitSink<WebSocket, Message>, code: u16, reason: &str) {
    // Whether the peer still listens makes no difference now.
    drop(timeout(FAREWELL, sink.send(farewell(code, reason))).await);
}

/// A close frame; the protocol leaves 123 bytes for the reason.
fn farewell(code: u16, reason: &str) -> Message {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    Message::Close(Some(CloseFrame { code, reason: reason.get(..end).unwrap_or_default().into() }))
}

async fn drain(stream: &mut SplitStream<WebSocket>) {
    while let Some(Ok(message)) = stream.next().await {
        if matches!(message, Message::Close(_)) {
            return;
        }
    }
}
