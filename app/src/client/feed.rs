//! The live feed of the incident log: one socket, on which the server tells what changes. It does not come back by itself.

use super::socket::{Socket, SocketEvents};
use gloo_timers::callback::{Interval, Timeout};
use postmortem::api::FeedMessage;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The server says something at least every 20 seconds; after more than two silent rounds the socket is dead, though the
/// network has not noticed.
const SILENT_MILLISECONDS: u32 = 45_000;

/// How long a socket may take until the server has said something; a proxy that knows no WebSockets may let it wait for ever.
const OPENING_MILLISECONDS: u32 = 10_000;

/// What a feed tells its owner.
pub struct FeedEvents {
    /// The server said something.
    pub told: Box<dyn FnMut(FeedMessage)>,
    /// It is over; whether the server had said anything.
    pub ended: Box<dyn FnOnce(bool)>,
}

/// The open or opening feed; dropping it ends it without a further event.
pub struct FeedConnection {
    socket: Socket,
    _watching: Interval,
    _opening: Timeout,
}

impl Drop for FeedConnection {
    fn drop(&mut self) {
        self.socket.close_once_open();
    }
}

/// Follows the log from a position on; `None` when the browser refuses the address.
pub fn follow(after: &str, events: FeedEvents) -> Option<FeedConnection> {
    let FeedEvents { mut told, ended } = events;
    let ended = Rc::new(RefCell::new(Some(ended)));
    let has_heard = Rc::new(Cell::new(false));
    // Whether anything was heard since it was looked for silence last.
    let is_alive = Rc::new(Cell::new(true));
    let end = {
        let has_heard = has_heard.clone();
        move || {
            let ended = ended.borrow_mut().take();
            if let Some(ended) = ended {
                ended(has_heard.get());
            }
        }
    };
    let received = {
        let (has_heard, is_alive) = (has_heard.clone(), is_alive.clone());
        Box::new(move |frame: Vec<u8>| {
            has_heard.set(true);
            is_alive.set(true);
            if let Ok(message) = serde_json::from_slice(&frame) {
                told(message);
            }
        })
    };
    let closed = end.clone();
    let socket = Socket::open(
        &format!("/api/feed?after={after}"),
        SocketEvents { opened: Box::new(|| {}), received, closed: Box::new(move |_| closed()) },
    )?;
    let silent = end.clone();
    let watching = Interval::new(SILENT_MILLISECONDS, move || {
        if !is_alive.replace(false) {
            silent();
        }
    });
    let opening = Timeout::new(OPENING_MILLISECONDS, move || {
        if !has_heard.get() {
            end();
        }
    });
    Some(FeedConnection { socket, _watching: watching, _opening: opening })
}
