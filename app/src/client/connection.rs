//! A connection that comes back by itself: one socket after the other, with a growing wait between attempts, at once
//! when the browser is online again, when the page is looked at, or when the person asks.

use super::backoff::{Backoff, End};
use super::listener::Listener;
use super::obstacle::Obstacle;
use super::person;
use super::postmortems;
use super::socket::{Socket, SocketEvents};
use gloo_timers::callback::{Interval, Timeout};
use postmortem::room::{CLOSE_SIGNED_OUT, CLOSE_TOO_MUCH};
use postmortem::{Generation, Postmortem, PostmortemId, UserId};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// The server says something at least every 20 seconds; after more than two silent rounds the socket is dead, though
/// the network has not noticed (a laptop that slept, a proxy that forgot).
const SILENCE_MILLISECONDS: f64 = 45_000.0;

/// How long an open socket may be silent before its first frame, which the server sends at once. A proxy may answer the
/// request for a WebSocket and then carry nothing.
const FIRST_SILENCE_MILLISECONDS: f64 = 10_000.0;

/// How long a socket may take to open; a proxy that knows no WebSockets may let it wait for ever.
const OPENING_MILLISECONDS: u32 = 8_000;

/// How often silence is looked for.
const CHECK_MILLISECONDS: u32 = 5_000;

/// The close code for a post-mortem that somebody deleted.
const CLOSE_DELETED: u16 = 4404;

/// How long to leave the server alone after it was asked for too much, which it forgets within half a minute.
const TOO_MUCH_MILLISECONDS: u32 = 30_000;

/// What a browser says of a socket that ended without a word.
const CLOSE_ABNORMAL: u16 = 1006;

/// The close code for messages that were refused.
const CLOSE_REFUSED: u16 = 4400;

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
    /// Something is in the way, and the next attempt follows by itself. Where requests get through, with the value as it
    /// stands on the server.
    pub obstructed: Box<dyn Fn(Obstacle, Option<Postmortem>)>,
    /// The server has no session of this page's person; no attempt follows before somebody says who this is.
    pub signed_out: Box<dyn Fn()>,
    /// Somebody deleted the post-mortem; no attempt follows.
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
    /// Ends a socket that does not open.
    opening: RefCell<Option<Timeout>>,
    backoff: RefCell<Backoff>,
    /// How long the server asked to be left alone, for the next attempt.
    asked_wait: Cell<Option<u32>>,
    is_open: Cell<bool>,
    has_ended: Cell<bool>,
    /// Whether it waits to be told who this is.
    is_parked: Cell<bool>,
    heard_at: Cell<f64>,
    /// Whether a frame came over this socket.
    has_spoken: Cell<bool>,
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
            opening: RefCell::new(None),
            backoff: RefCell::default(),
            asked_wait: Cell::new(None),
            is_open: Cell::new(false),
            has_ended: Cell::new(false),
            is_parked: Cell::new(false),
            heard_at: Cell::new(js_sys::Date::now()),
            has_spoken: Cell::new(false),
        });
        Line::connect(&line);
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            let online = Rc::downgrade(&line);
            listeners.push(Listener::new(&window, "online", move |_| Line::wake(&online)));
            if let Some(document) = window.document() {
                let looked_at = Rc::downgrade(&line);
                let page = document.clone();
                listeners.push(Listener::new(&document, "visibilitychange", move |_| {
                    if !page.hidden() {
                        Line::wake(&looked_at);
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

    /// This socket has brought everything that the server has.
    pub fn in_step(&self) {
        self.line.backoff.borrow_mut().in_step(js_sys::Date::now());
    }

    /// Begins again with a new socket, after the server refused what came over this one. Not from inside of an event of
    /// the old one, which ends here.
    pub fn renew(&self) {
        self.end_socket(CLOSE_REFUSED);
    }

    /// The same after something came over it that makes no sense here: it counts as lost.
    pub fn give_up(&self) {
        self.end_socket(CLOSE_ABNORMAL);
    }

    fn end_socket(&self, code: u16) {
        if !self.line.has_ended.get() {
            let before = self.line.socket.take();
            drop(before);
            Line::lost(&self.line, code);
        }
    }

    /// Another person is this page's from now on: begins again as theirs, in a moment, when the socket before is closed.
    pub fn change_person(&self) {
        let line = &self.line;
        if line.has_ended.get() {
            return;
        }
        let before = line.socket.take();
        drop(before);
        line.is_open.set(false);
        line.is_parked.set(false);
        line.opening.borrow_mut().take();
        line.backoff.replace(Backoff::default());
        (line.events.closed)();
        Line::wait(line);
    }

    /// This page's person is the same as before: goes on, where the server said that it does not know them.
    pub fn go_on(&self) {
        if self.line.is_parked.replace(false) {
            Line::wait_to_return(&self.line);
        }
    }

    /// Tries at once instead of waiting; does nothing while connected.
    pub fn try_now(&self) {
        self.line.backoff.borrow_mut().asked();
        Line::try_now(&self.line);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.line.retry.borrow_mut().take();
        self.line.opening.borrow_mut().take();
        self.line.socket.borrow_mut().take();
    }
}

impl Line {
    fn connect(line: &Rc<Self>) {
        line.retry.borrow_mut().take();
        line.is_open.set(false);
        let Some(person) = person::current() else {
            line.is_parked.set(true);
            return;
        };
        line.heard_at.set(js_sys::Date::now());
        line.has_spoken.set(false);
        let (opened, received, closed) = (Rc::downgrade(line), Rc::downgrade(line), Rc::downgrade(line));
        let socket = Socket::open(
            &address(&line.id, line.generation.get(), &person),
            SocketEvents {
                opened: Box::new(move || {
                    if let Some(line) = opened.upgrade() {
                        line.opening.borrow_mut().take();
                        line.is_open.set(true);
                        line.heard_at.set(js_sys::Date::now());
                        (line.events.opened)();
                    }
                }),
                received: Box::new(move |frame| {
                    if let Some(line) = received.upgrade() {
                        line.heard_at.set(js_sys::Date::now());
                        line.has_spoken.set(true);
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
            line.backoff.borrow_mut().ended(End::Lost, js_sys::Date::now());
            Self::wait(line);
            return;
        }
        let slow = Rc::downgrade(line);
        let timeout = Timeout::new(OPENING_MILLISECONDS, move || {
            if let Some(line) = slow.upgrade() {
                // The timer that runs now must not be dropped by its own callback.
                if let Some(timer) = line.opening.borrow_mut().take() {
                    timer.forget();
                }
                let before = line.socket.take();
                drop(before);
                Self::lost(&line, CLOSE_ABNORMAL);
            }
        });
        line.opening.replace(Some(timeout));
    }

    fn lost(line: &Rc<Self>, code: u16) {
        line.is_open.set(false);
        line.opening.borrow_mut().take();
        (line.events.closed)();
        if code == CLOSE_DELETED {
            Self::end(line);
            return;
        }
        if code == CLOSE_SIGNED_OUT {
            line.backoff.borrow_mut().ended(End::of(code), js_sys::Date::now());
            line.is_parked.set(true);
            (line.events.signed_out)();
            return;
        }
        if code == CLOSE_OUTDATED {
            line.generation.set(None);
            (line.events.outdated)();
        }
        if code == CLOSE_TOO_MUCH {
            line.asked_wait.set(Some(TOO_MUCH_MILLISECONDS));
        }
        let end = End::of(code);
        line.backoff.borrow_mut().ended(end, js_sys::Date::now());
        Self::wait_to_return(line);
        if line.backoff.borrow().is_in_doubt() {
            Self::look_for(line);
        }
    }

    /// A browser does not tell why a socket came to nothing: only a request does.
    fn look_for(line: &Rc<Self>) {
        let (id, line) = (line.id.clone(), Rc::downgrade(line));
        spawn_local(async move {
            let answer = postmortems::show(&id).await;
            let Some(line) = line.upgrade().filter(|line| !line.is_open.get()) else { return };
            line.backoff.borrow_mut().requested(answer.is_ok());
            let is_fruitless = line.backoff.borrow().is_fruitless();
            match answer {
                Err(error) if error.is_deleted() => Self::end(&line),
                Err(error) if error.is_damaged() => (line.events.damaged)(error.to_string()),
                Err(error) if is_fruitless || Obstacle::of(&error) == Obstacle::Missing => {
                    (line.events.obstructed)(Obstacle::of(&error), None);
                }
                Ok(value) if is_fruitless => (line.events.obstructed)(Obstacle::NoSockets, Some(value)),
                // A restart answers with the one or the other for a moment.
                _ => {}
            }
        });
    }

    fn end(line: &Rc<Self>) {
        if !line.has_ended.replace(true) {
            line.retry.borrow_mut().take();
            (line.events.deleted)();
        }
    }

    /// Waits for the next attempt, and says so where the server has ended too many.
    fn wait_to_return(line: &Rc<Self>) {
        Self::wait(line);
        let refused = line.backoff.borrow().refused();
        if let Some(code) = refused {
            (line.events.obstructed)(Obstacle::Ended(code), None);
        }
    }

    fn wait(line: &Rc<Self>) {
        let own = line.backoff.borrow().wait(js_sys::Math::random());
        let milliseconds = line.asked_wait.take().map_or(own, |asked| asked.max(own));
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

    /// The network is back, or somebody looks at the page: no reason to ask a server that ends every connection.
    fn wake(line: &Weak<Self>) {
        if let Some(line) = line.upgrade().filter(|line| line.backoff.borrow().refused().is_none()) {
            line.backoff.borrow_mut().asked();
            Self::try_now(&line);
        }
    }

    fn try_now(line: &Rc<Self>) {
        if line.has_ended.get() {
            return;
        }
        if line.is_parked.get() {
            (line.events.signed_out)();
        } else if line.is_open.get() {
            Self::check(&Rc::downgrade(line));
        } else {
            Self::connect(line);
        }
    }

    /// Gives up an open socket that was silent for too long: it is lost like one that came to nothing, so that the next
    /// waits, and the page finds out what is in the way.
    fn check(line: &Weak<Self>) {
        let Some(line) = line.upgrade().filter(|line| line.is_open.get() && !line.has_ended.get()) else { return };
        if is_too_silent(js_sys::Date::now() - line.heard_at.get(), line.has_spoken.get()) {
            let before = line.socket.take();
            drop(before);
            Self::lost(&line, CLOSE_ABNORMAL);
        }
    }
}

/// Whether an open socket from which nothing came for so many milliseconds is dead.
fn is_too_silent(milliseconds: f64, has_spoken: bool) -> bool {
    milliseconds >= if has_spoken { SILENCE_MILLISECONDS } else { FIRST_SILENCE_MILLISECONDS }
}

fn address(id: &PostmortemId, generation: Option<Generation>, person: &UserId) -> String {
    let location = web_sys::window().map(|window| window.location());
    let host = location.as_ref().and_then(|location| location.host().ok()).unwrap_or_default();
    let is_secure = location.and_then(|location| location.protocol().ok()).is_some_and(|protocol| protocol == "https:");
    let generation = generation.map(|generation| format!("&generation={}", generation.0)).unwrap_or_default();
    format!("{}://{host}/sync/{id}?person={person}{generation}", if is_secure { "wss" } else { "ws" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_never_spoke_is_given_up_sooner_than_one_that_fell_silent() {
        assert!(!is_too_silent(9_999.0, false));
        assert!(is_too_silent(10_000.0, false));
        assert!(!is_too_silent(44_999.0, true));
        assert!(is_too_silent(45_000.0, true));
    }

    #[test]
    fn sockets_that_open_and_carry_nothing_are_no_accident_after_the_third() {
        let mut backoff = Backoff::default();
        backoff.in_step(0.0);
        let mut now = SILENCE_MILLISECONDS;
        backoff.ended(End::of(CLOSE_ABNORMAL), now);
        assert!(!backoff.is_in_doubt(), "it was in step, and only fell silent");
        for _ in 0..3 {
            assert!(!backoff.is_fruitless());
            now += FIRST_SILENCE_MILLISECONDS;
            backoff.ended(End::of(CLOSE_ABNORMAL), now);
        }
        assert!(backoff.is_fruitless());
        backoff.requested(true);
        assert!(backoff.wait(0.0) >= 30_000, "requests get through, so that it is said and the server is left alone");
    }
}
