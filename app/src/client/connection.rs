//! A connection that comes back by itself: one socket after the other, with a growing wait between attempts, at once
//! when the browser is online again, when the page is looked at, or when the person asks.

use super::backoff;
use super::listener::Listener;
use super::postmortems;
use super::socket::{Socket, SocketEvents};
use gloo_timers::callback::{Interval, Timeout};
use postmortem::room::CLOSE_TOO_MUCH;
use postmortem::{Generation, PostmortemId};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// The server says something at least every 20 seconds; after more than two silent rounds the socket is dead, though
/// the network has not noticed (a laptop that slept, a proxy that forgot).
const SILENCE_MILLISECONDS: f64 = 45_000.0;

/// How often silence is looked for.
const CHECK_MILLISECONDS: u32 = 5_000;

/// The close code for a post-mortem that does not exist (any more).
const CLOSE_MISSING: u16 = 4404;

/// How long to leave the server alone after it was asked for too much, which it forgets within half a minute.
const TOO_MUCH_MILLISECONDS: u32 = 30_000;

/// The close code for a copy of another generation.
const CLOSE_OUTDATED: u16 = 4409;

/// What a connection tells its owner.
pub struct ConnectionEvents {
    /// A socket opened; frames can be sent.
    pub opened: Box<dyn Fn()>,
    /// A frame came.
    pub received: Box<dyn Fn(Vec<u8>)>,
    /// The socket is gone; the next attempt follows by itself.
    pub closed: Box<dyn Fn()>,
    /// The document was made anew since the copy whose generation was named; the next attempt follows at once.
    pub outdated: Box<dyn Fn()>,
    /// The server cannot read the post-mortem, and says so in a sentence; the next attempt follows by itself.
    pub damaged: Box<dyn Fn(String)>,
    /// The post-mortem is gone for good; no attempt follows.
    pub deleted: Box<dyn Fn()>,
}

/// The connection of the open post-mortem; dropping it ends it.
pub struct Connection {
    line: Rc<Line>,
    _listeners: Vec<Listener>,
    _check: Interval,
}

struct Line {
    id: PostmortemId,
    generation: Cell<Option<Generation>>,
    events: ConnectionEvents,
    socket: RefCell<Option<Socket>>,
    retry: RefCell<Option<Timeout>>,
    attempt: Cell<u32>,
    /// How long the server asked to be left alone, for the next attempt.
    asked_wait: Cell<Option<u32>>,
    is_open: Cell<bool>,
    has_ended: Cell<bool>,
    heard_at: Cell<f64>,
}

impl Connection {
    /// Connects to the room of a post-mortem and stays connected. A copy that was kept says of which generation it is.
    pub fn new(id: &PostmortemId, generation: Option<Generation>, events: ConnectionEvents) -> Self {
        let line = Rc::new(Line {
            id: id.clone(),
            generation: Cell::new(generation),
            events,
            socket: RefCell::new(None),
            retry: RefCell::new(None),
            attempt: Cell::new(0),
            asked_wait: Cell::new(None),
            is_open: Cell::new(false),
            has_ended: Cell::new(false),
            heard_at: Cell::new(js_sys::Date::now()),
        });
        Line::connect(&line);
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            let online = Rc::downgrade(&line);
            listeners.push(Listener::new(&window, "online", move |_| Line::try_now(&online)));
            if let Some(document) = window.document() {
                let looked_at = Rc::downgrade(&line);
                let page = document.clone();
                listeners.push(Listener::new(&document, "visibilitychange", move |_| {
                    if !page.hidden() {
                        Line::try_now(&looked_at);
                    }
                }));
            }
        }
        let silent = Rc::downgrade(&line);
        let check = Interval::new(CHECK_MILLISECONDS, move || Line::check(&silent));
        Self { line, _listeners: listeners, _check: check }
    }

    /// Sends a frame on the open socket.
    pub fn send(&self, frame: &[u8]) {
        if let Some(socket) = self.line.socket.borrow().as_ref() {
            socket.send(frame);
        }
    }

    /// Names this generation from the next socket on; none for a page that has no copy.
    pub fn name_generation(&self, generation: Option<Generation>) {
        self.line.generation.set(generation);
    }

    /// The server is about to end this socket and says when to come back.
    pub fn come_back_after(&self, milliseconds: u32) {
        self.line.asked_wait.set(Some(milliseconds));
    }

    /// Begins again with a new socket. Not from inside of an event of the old one, which ends here.
    pub fn renew(&self) {
        if !self.line.has_ended.get() {
            self.line.attempt.set(0);
            Line::connect(&self.line);
        }
    }

    /// Tries at once instead of waiting; does nothing while connected.
    pub fn try_now(&self) {
        Line::try_now(&Rc::downgrade(&self.line));
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.line.retry.borrow_mut().take();
        self.line.socket.borrow_mut().take();
    }
}

impl Line {
    fn connect(line: &Rc<Self>) {
        line.retry.borrow_mut().take();
        line.is_open.set(false);
        line.heard_at.set(js_sys::Date::now());
        let (opened, received, closed) = (Rc::downgrade(line), Rc::downgrade(line), Rc::downgrade(line));
        let socket = Socket::open(
            &address(&line.id, line.generation.get()),
            SocketEvents {
                opened: Box::new(move || {
                    if let Some(line) = opened.upgrade() {
                        line.attempt.set(0);
                        line.is_open.set(true);
                        line.heard_at.set(js_sys::Date::now());
                        (line.events.opened)();
                    }
                }),
                received: Box::new(move |frame| {
                    if let Some(line) = received.upgrade() {
                        line.heard_at.set(js_sys::Date::now());
                        (line.events.received)(frame);
                    }
                }),
                closed: Box::new(move |code| {
                    if let Some(line) = closed.upgrade() {
                        Self::lost(&line, code);
                    }
                }),
            },
        );
        let is_refused = socket.is_none();
        // The socket before it ends here, without an event of its own.
        let before = line.socket.replace(socket);
        drop(before);
        if is_refused {
            Self::wait(line);
        }
    }

    fn lost(line: &Rc<Self>, code: u16) {
        let was_open = line.is_open.replace(false);
        (line.events.closed)();
        if code == CLOSE_MISSING {
            Self::end(line);
            return;
        }
        if code == CLOSE_OUTDATED {
            line.generation.set(None);
            line.attempt.set(0);
            (line.events.outdated)();
        }
        if code == CLOSE_TOO_MUCH {
            line.asked_wait.set(Some(TOO_MUCH_MILLISECONDS));
        }
        Self::wait(line);
        if !was_open {
            Self::look_for(line);
        }
    }

    /// A browser does not tell why a socket did not open: only a request says that the post-mortem does not exist, or is
    /// damaged.
    fn look_for(line: &Rc<Self>) {
        let (id, line) = (line.id.clone(), Rc::downgrade(line));
        spawn_local(async move {
            let Err(error) = postmortems::check(&id).await else { return };
            let Some(line) = line.upgrade().filter(|line| !line.is_open.get()) else { return };
            if error.is_missing() {
                Self::end(&line);
            } else if error.is_damaged() {
                (line.events.damaged)(error.to_string());
            }
        });
    }

    fn end(line: &Rc<Self>) {
        if !line.has_ended.replace(true) {
            line.retry.borrow_mut().take();
            (line.events.deleted)();
        }
    }

    fn wait(line: &Rc<Self>) {
        let own = backoff::milliseconds(line.attempt.get(), js_sys::Math::random());
        let milliseconds = line.asked_wait.take().unwrap_or(own);
        line.attempt.set(line.attempt.get().saturating_add(1));
        let waiting = Rc::downgrade(line);
        let timeout = Timeout::new(milliseconds, move || {
            if let Some(line) = waiting.upgrade().filter(|line| !line.has_ended.get()) {
                // The timer that runs now must not be dropped by its own callback.
                if let Some(timer) = line.retry.borrow_mut().take() {
                    timer.forget();
                }
                Self::connect(&line);
            }
        });
        line.retry.replace(Some(timeout));
    }

    fn try_now(line: &Weak<Self>) {
        let Some(line) = line.upgrade() else { return };
        if line.has_ended.get() {
            return;
        }
        if line.is_open.get() {
            Self::check(&Rc::downgrade(&line));
        } else {
            line.attempt.set(0);
            Self::connect(&line);
        }
    }

    /// Replaces a socket that was silent for too long, opening ones included.
    fn check(line: &Weak<Self>) {
        let Some(line) = line.upgrade() else { return };
        let is_at_rest = line.has_ended.get() || line.retry.borrow().is_some();
        if is_at_rest || js_sys::Date::now() - line.heard_at.get() < SILENCE_MILLISECONDS {
            return;
        }
        if line.is_open.replace(false) {
            (line.events.closed)();
        }
        Self::connect(&line);
    }
}

fn address(id: &PostmortemId, generation: Option<Generation>) -> String {
    let location = web_sys::window().map(|window| window.location());
    let host = location.as_ref().and_then(|location| location.host().ok()).unwrap_or_default();
    let is_secure = location.and_then(|location| location.protocol().ok()).is_some_and(|protocol| protocol == "https:");
    let generation = generation.map(|generation| format!("?generation={}", generation.0)).unwrap_or_default();
    format!("{}://{host}/sync/{id}{generation}", if is_secure { "wss" } else { "ws" })
}
