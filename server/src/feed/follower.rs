//! One follower of the feed: a WebSocket on which the server alone speaks.

use super::{Feed, Greeting};
use crate::listener::Inflow;
use crate::store::accounts::Account;
use crate::sync::{ConnectionPermit, Leaving};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::StreamExt;
use postmortem::api::{FeedMessage, close_code};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

/// How often a follower is spoken to where nothing changes: proxies end what is silent for longer than a minute, and a page
/// hears no pings.
const PING: Duration = Duration::from_secs(20);

/// How long one that answers no ping is taken for there.
const SILENT: Duration = Duration::from_secs(50);

/// How long one write may take.
const STALLED: Duration = Duration::from_secs(30);

/// How many frames one may send: it answers pings, three a minute, and has nothing to say.
const FRAMES: usize = 60;
const FRAMES_IN: Duration = Duration::from_secs(60);

/// How long a follower has to take the close frame.
const FAREWELL: Duration = Duration::from_secs(2);

/// Who follows, and from where on.
#[derive(Debug)]
pub struct Following {
    /// The position of what they have; empty where they have nothing.
    pub after: String,
    pub account: Account,
}

/// Serves a follower to its end. Its permit is kept until then.
pub async fn follow(
    feed: Feed,
    permit: ConnectionPermit,
    inflow: Arc<Inflow>,
    following: Following,
    mut socket: WebSocket,
) {
    let (code, reason) = tokio::select! {
        end = speak(&feed, &inflow, following, &mut socket) => end,
        _ = inflow.breach() => (close_code::TRY_AGAIN, "More arrives here than the server holds. Connect again in a moment."),
        leaving = permit.leaves() => match leaving {
            Leaving::GivesWay => (close_code::TRY_AGAIN, "Too many people are connected. Try again in a moment."),
            Leaving::SignedOut => (close_code::SIGNED_OUT, "Nobody is signed in here as that person any more. Sign in again."),
        },
    };
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // Whether the follower still listens makes no difference now.
    drop(timeout(FAREWELL, socket.send(close)).await);
    inflow.cut_off();
}

/// Tells what is to be told until one of both ends it.
async fn speak(
    feed: &Feed,
    inflow: &Inflow,
    Following { after, account }: Following,
    socket: &mut WebSocket,
) -> (u16, &'static str) {
    // What is told from here on follows on what is read next, or is told once more.
    let mut messages = feed.0.messages.subscribe();
    feed.0.changed.notify_one();
    let mut ending = feed.0.is_ending.subscribe();
    let Greeting { messages: greeting, is_anew } = match feed.greeting(&after, &account).await {
        Ok(greeting) => greeting,
        Err(error) => {
            tracing::warn!(%error, "what a follower missed could not be read");
            return (close_code::TRY_AGAIN, "The log could not be read. Try again in a moment.");
        }
    };
    for message in greeting {
        if !is_written(socket, Message::Binary(message)).await {
            return (close_code::TRY_AGAIN, "This connection reads too slowly.");
        }
    }
    if is_anew {
        return (close_code::DONE, "Ask for the log, and follow it from there.");
    }
    let mut pings = interval_at(Instant::now() + PING, PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heard, mut counted, mut frames) = (Instant::now(), Instant::now(), 0);
    loop {
        let next = tokio::select! {
            () = end(&mut ending) => return (close_code::RESTARTING, "The server is restarting."),
            message = messages.recv() => match message {
                // What they may do is another now: they ask anew, as whoever they are.
                Ok(change) if change.accounts.contains(&account.person.id) => {
                    if !is_written(socket, Message::Binary(super::message(&FeedMessage::Anew))).await {
                        return (close_code::TRY_AGAIN, "This connection reads too slowly.");
                    }
                    return (close_code::DONE, "Ask for the log, and follow it from there.");
                }
                Ok(change) => Message::Binary(change.for_account(&account)),
                Err(RecvError::Lagged(_)) => return (close_code::TRY_AGAIN, "Too much has changed for this connection."),
                Err(RecvError::Closed) => return (close_code::RESTARTING, "The server is restarting."),
            },
            _ = pings.tick() => {
                if heard.elapsed() > SILENT {
                    return (close_code::TRY_AGAIN, "Nothing was heard of this connection.");
                }
                if !is_written(socket, Message::Ping(Bytes::new())).await {
                    return (close_code::TRY_AGAIN, "This connection reads too slowly.");
                }
                Message::Binary(super::message(&FeedMessage::Still))
            }
            frame = socket.next() => {
                heard = Instant::now();
                if counted.elapsed() > FRAMES_IN {
                    (counted, frames) = (heard, 0);
                }
                frames += 1;
                match frame {
                    Some(Ok(Message::Ping(payload) | Message::Pong(payload))) if frames <= FRAMES => {
                        inflow.settle_control(payload.len());
                        continue;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => return (close_code::TOO_MUCH, "This is more than is answered."),
                    Some(Ok(Message::Text(_) | Message::Binary(_))) => return (close_code::UNSUPPORTED, "Nothing is taken here."),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return (close_code::DONE, ""),
                }
            }
        };
        if !is_written(socket, next).await {
            return (close_code::TRY_AGAIN, "This connection reads too slowly.");
        }
    }
}

/// Resolves when the server ends the feed.
async fn end(is_ending: &mut watch::Receiver<bool>) {
    drop(is_ending.wait_for(|is_ending| *is_ending).await);
}

async fn is_written(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(STALLED, socket.send(message)).await, Ok(Ok(())))
}
