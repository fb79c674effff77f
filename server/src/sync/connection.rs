//! One WebSocket: frames from the peer go to the room, frames from the room to the peer. Reading and writing take turns
//! in one task and never wait for each other; what waits to be written is bounded in bytes.

use super::allowance::{Allowance, spent};
use super::connection_permits::{ConnectionPermit, Leaving};
use super::error::OpenError;
use super::inbox::{ConnectionMessage, Control, Handle};
use super::outgoing::{Next, Outgoing, OutgoingFrame, Outlet, Written};
use super::reading::Reading;
use super::rooms::Rooms;
use crate::listener::{Breach, Inflow};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use postmortem::api::close_code;
use postmortem::room::NetworkAddress;
use postmortem::{ConnectionId, Dialect, Generation, Participant, PostmortemId, limits, wire};
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};

/// The largest message read at all. One between this and [`limits::FRAME`] is read to its end, so that its sender gets
/// the close frame with the reason rather than a reset.
pub const LARGEST_FRAME: usize = 2 * limits::FRAME;

/// What each connection holds for reading: a keystroke has some 50 bytes, and thousands of connections add up.
pub const READ_BUFFER: usize = 8 << 10;

/// The most bytes that the WebSocket itself holds back: more than is ever written before it is flushed.
pub const WRITE_BUFFER: usize = 64 << 20;

/// How often a peer is pinged.
const PING: Duration = Duration::from_secs(20);

/// How many messages may still come from a peer that was sent a close: what it typed meanwhile.
const MOST_DRAINED: usize = 1_000;

/// What is said to a page whose person is signed out.
const SIGNED_OUT: &str = "Nobody is signed in here as that person any more. Sign in again.";

/// How long a peer has to answer a close.
const FAREWELL: Duration = Duration::from_secs(2);

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Who connects to what.
#[derive(Debug)]
pub struct Connecting {
    pub postmortem: PostmortemId,
    pub participant: Participant,
    /// By what they came in.
    pub credential: Vec<u8>,
    pub address: IpAddr,
    pub dialect: Dialect,
    /// The generation of the copy that the client holds, where it says so.
    pub held: Option<Generation>,
}

/// Serves a connection to its end. Its permit is kept until then.
pub async fn serve(
    rooms: Rooms,
    permit: ConnectionPermit,
    inflow: Arc<Inflow>,
    connecting: Connecting,
    socket: WebSocket,
) {
    let connection = ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed));
    let (outgoing, outlet) = Outgoing::new(connecting.dialect, rooms.bounds().queue);
    let (mut sink, mut stream) = socket.split();
    let reading = Reading::new(Instant::now());
    let Connecting { postmortem, participant, credential, address, dialect, held } = connecting;
    let user = participant.person.id.clone();
    permit.hold_to(credential.clone());
    let address = NetworkAddress(number(address));
    let join = ConnectionMessage::Join { connection, participant, address, dialect, held, outgoing };
    let room = match rooms.join(&postmortem, join).await {
        Ok(room) => room,
        Err(error) => {
            let (code, reason) = parting(error);
            return close(&mut sink, code, reason).await;
        }
    };
    rooms.note_coming(&postmortem);
    // What was taken away since the request was let in was told to those who were there.
    let still = async {
        rooms.permit(&postmortem, &user).await?;
        rooms.is_valid(&user, &credential).await
    };
    let refused = match still.await {
        Ok(true) => None,
        Ok(false) => Some((close_code::SIGNED_OUT, SIGNED_OUT)),
        Err(error) => {
            tracing::warn!(%error, "it could not be read what somebody may do");
            Some((close_code::TRY_AGAIN, "The post-mortem could not be opened. Try again in a moment."))
        }
    };
    if let Some((code, reason)) = refused {
        drop(room.messages.send(ConnectionMessage::Leave { connection }).await);
        close(&mut sink, code, reason).await;
        return inflow.cut_off();
    }
    let reader = Reader { inflow: &inflow, room: &room, permit: &permit, connection, reading: &reading };
    tokio::select! {
        end = reader.read(&mut stream, rooms.bounds().messages_per_second) => match end {
            ReadEnd::Left => drop(timeout(FAREWELL, sink.close()).await),
            ReadEnd::Refused(code, reason) => {
                // A stock client would send the same again, and its person hears of it in no other way.
                if code == close_code::TOO_BIG && dialect == Dialect::Plain {
                    drop(timeout(FAREWELL, sink.send(Message::Binary(wire::denied(&reason)))).await);
                }
                close(&mut sink, code, &reason).await;
                // What is still on its way here would reset the connection, and the reason with it; it is not looked at.
                inflow.cut_off();
                // A connection that broke off is told the same, if it could hear it.
                if code != close_code::PROTOCOL {
                    rooms.note_offence(permit.caller());
                }
            }
        },
        breach = inflow.breach() => {
            let reason = match breach {
                Breach::Overdrawn => "More arrives in parts than the server holds at once. Connect again in a moment.",
                Breach::Stalled => "A message took too long to arrive. Connect again, and send smaller ones.",
            };
            close(&mut sink, close_code::TRY_AGAIN, reason).await;
            rooms.note_offence(permit.caller());
        }
        leaving = permit.leaves() => {
            let (code, reason) = match leaving {
                Leaving::GivesWay => (close_code::TRY_AGAIN, "Too many people are connected. Try again in a moment."),
                Leaving::SignedOut => (close_code::SIGNED_OUT, SIGNED_OUT),
            };
            close(&mut sink, code, reason).await;
            inflow.cut_off();
        }
        end = write(&mut sink, outlet, &room, connection, &reading, rooms.pace().stalled) => match end {
            WriteEnd::Closed(code) => {
                if matches!(code, close_code::REFUSED | close_code::MALFORMED | close_code::TOO_MUCH) {
                    rooms.note_offence(permit.caller());
                }
                drop(timeout(FAREWELL, drain(&mut stream)).await);
            }
            WriteEnd::Dismissed => close(&mut sink, close_code::RESTARTING, "The post-mortem is being opened again.").await,
            // Whoever asks for the document and does not read it may ask again, but not at once.
            WriteEnd::Stalled { has_answer: true } => rooms.note_offence(permit.caller()),
            WriteEnd::Stalled { has_answer: false } | WriteEnd::Broken => {}
        },
    }
    // A room that ended has forgotten the connection already.
    drop(room.messages.send(ConnectionMessage::Leave { connection }).await);
    rooms.note_coming(&postmortem);
}

/// Tells a page that its person has no session any more. Nothing that it sends is looked at.
pub async fn turn_away(permit: ConnectionPermit, inflow: Arc<Inflow>, socket: WebSocket) {
    let (mut sink, _) = socket.split();
    close(&mut sink, close_code::SIGNED_OUT, SIGNED_OUT).await;
    inflow.cut_off();
    drop(permit);
}

/// An address as rooms tell them apart.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// What is said to who cannot join.
fn parting(error: OpenError) -> (u16, &'static str) {
    match error {
        OpenError::Deleted => (close_code::DELETED, "deleted"),
        OpenError::Stopping => (close_code::RESTARTING, "The server is restarting."),
        OpenError::Damaged => {
            (close_code::FAILED, "This post-mortem cannot be read from the disk. Whoever runs Debrief can repair it.")
        }
        OpenError::Missing | OpenError::CannotSave | OpenError::Failed => {
            (close_code::TRY_AGAIN, "The post-mortem could not be opened. Try again in a moment.")
        }
    }
}

enum ReadEnd {
    Left,
    Refused(u16, Cow<'static, str>),
}

/// Where what a peer sends goes.
struct Reader<'a> {
    inflow: &'a Inflow,
    room: &'a Handle,
    permit: &'a ConnectionPermit,
    connection: ConnectionId,
    reading: &'a Reading,
}

impl Reader<'_> {
    async fn read(&self, stream: &mut SplitStream<WebSocket>, a_second: u32) -> ReadEnd {
        let Self { inflow, room, permit, connection, reading } = *self;
        let mut allowance = Allowance::new(a_second, Instant::now());
        loop {
            let frame = match unless_silent(reading, stream.next()).await.flatten() {
                None | Some(Ok(Message::Close(_))) => return ReadEnd::Left,
                Some(Err(error)) => {
                    tracing::debug!(%error, "a frame could not be read");
                    return refusal(error);
                }
                Some(Ok(Message::Text(_))) => {
                    return ReadEnd::Refused(
                        close_code::UNSUPPORTED,
                        "Send binary frames of the Yjs sync protocol.".into(),
                    );
                }
                Some(Ok(Message::Ping(payload) | Message::Pong(payload))) => {
                    inflow.settle_control(payload.len());
                    if allowance.take(&[], Instant::now()) {
                        continue;
                    }
                    return ReadEnd::Refused(close_code::TOO_MUCH, spent(a_second).into());
                }
                Some(Ok(Message::Binary(frame))) => frame,
            };
            inflow.end_message();
            if permit.is_signed_out() {
                // Whoever said so ends the connection.
                return std::future::pending().await;
            }
            if frame.len() > limits::FRAME {
                return ReadEnd::Refused(
                    close_code::TOO_BIG,
                    "too_large: A frame has at most 1 MiB. Send what is typed in smaller pieces.".into(),
                );
            }
            if !allowance.take(&frame, Instant::now()) {
                return ReadEnd::Refused(close_code::TOO_MUCH, spent(a_second).into());
            }
            if room.messages.send(ConnectionMessage::Frame { connection, frame }).await.is_err() {
                // The room has ended. What it said last is still to be written, and ends the connection.
                return std::future::pending().await;
            }
            // Until the room has a place for it, it is held here.
            inflow.settle();
        }
    }
}

/// What comes next, or nothing when the peer is gone.
async fn unless_silent<T>(reading: &Reading, next: impl Future<Output = T>) -> Option<T> {
    let heard = Instant::now();
    let mut next = std::pin::pin!(next);
    loop {
        let silent = reading.silent_at(heard);
        match timeout_at(silent, &mut next).await {
            Ok(next) => return Some(next),
            // It was sent more meanwhile.
            Err(_) if reading.silent_at(heard) > silent => {}
            Err(_) => return None,
        }
    }
}

fn refusal(error: axum::Error) -> ReadEnd {
    use tokio_tungstenite::tungstenite::Error;
    match error.into_inner().downcast_ref::<Error>() {
        Some(Error::Capacity(_)) => {
            ReadEnd::Refused(close_code::TOO_BIG, "too_large: A frame has at most 1 MiB.".into())
        }
        Some(Error::Protocol(_) | Error::Utf8(_)) => {
            ReadEnd::Refused(close_code::PROTOCOL, "This is not the WebSocket protocol.".into())
        }
        _ => ReadEnd::Left,
    }
}

enum WriteEnd {
    /// The room closed the connection, with this code.
    Closed(u16),
    /// The room ended without a word.
    Dismissed,
    /// The peer reads nothing; whether an answer waits for it.
    Stalled { has_answer: bool },
    /// The peer is gone.
    Broken,
}

async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    outlet: Outlet,
    room: &Handle,
    connection: ConnectionId,
    reading: &Reading,
    stalled: Duration,
) -> WriteEnd {
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            next = outlet.next() => match next {
                Next::Write(batch) => {
                    let written = Written::by(&batch);
                    match timeout(stalled, write_batch(sink, batch)).await {
                        Ok(Ok(None)) => {
                            reading.wrote(written.answers, Instant::now());
                            outlet.written(written);
                        }
                        Ok(Ok(Some(code))) => return WriteEnd::Closed(code),
                        Ok(Err(_)) => return WriteEnd::Broken,
                        Err(_) => return WriteEnd::Stalled { has_answer: outlet.has_answer() },
                    }
                }
                Next::Marked => drop(room.control.send(Control::Told { connection })),
                // A room that ended says so itself.
                Next::Drained => drop(room.control.send(Control::Drained { connection })),
                Next::Ended => return WriteEnd::Dismissed,
            },
            _ = pings.tick() => {
                match timeout(stalled, sink.send(Message::Ping(Bytes::new()))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return WriteEnd::Broken,
                    Err(_) => return WriteEnd::Stalled { has_answer: outlet.has_answer() },
                }
            }
        }
    }
}

/// Writes frames with one flush; the code of the close that was among them.
async fn write_batch(
    sink: &mut SplitSink<WebSocket, Message>,
    batch: Vec<OutgoingFrame>,
) -> Result<Option<u16>, axum::Error> {
    for frame in batch {
        match frame {
            OutgoingFrame::Own(frame) | OutgoingFrame::Answer(frame) | OutgoingFrame::Broadcast(frame) => {
                sink.feed(Message::Binary(frame)).await?
            }
            // Never taken with what is to be written.
            OutgoingFrame::Mark => {}
            OutgoingFrame::Close(code, reason) => {
                sink.send(farewell(code, &reason)).await?;
                return Ok(Some(code));
            }
        }
    }
    sink.flush().await?;
    Ok(None)
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
    for _ in 0..MOST_DRAINED {
        if matches!(stream.next().await, None | Some(Err(_) | Ok(Message::Close(_)))) {
            return;
        }
    }
}
