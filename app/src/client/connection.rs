//! A connection that comes back by itself: the socket, the timers and the listeners. When to try, to wait and to give up is
//! decided by [`Attempts`].

use super::http::RequestError;
use super::person;
use super::postmortems;
use super::socket::{Socket, SocketEvents};
use crate::browser::listener::Listener;
use crate::sync::{Answer, AttemptStep, Attempts, Circumstances, ConnectionEvent, Obstacle};
use gloo_timers::callback::{Interval, Timeout};
use postmortem::{Generation, PostmortemId, Receipt, UserId};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// How long a socket may take to open; a proxy that knows no WebSockets may let it wait for ever.
const OPENING_MILLISECONDS: u32 = 8_000;

/// How often silence is looked for.
const CHECK_MILLISECONDS: u32 = 5_000;

/// The connection of the open post-mortem; dropping it ends it.
pub struct Connection {
    line: Rc<Line>,
    _listeners: Vec<Listener>,
    _check: Interval,
}

struct Line {
    id: PostmortemId,
    received: Box<dyn Fn(Vec<u8>)>,
    tell: Box<dyn Fn(ConnectionEvent)>,
    receipt: Box<dyn Fn() -> Option<Receipt>>,
    attempts: RefCell<Attempts>,
    socket: RefCell<Option<Socket>>,
    retry: RefCell<Option<Timeout>>,
    /// Ends a socket that does not open.
    opening: RefCell<Option<Timeout>>,
}

impl Connection {
    /// Connects to the room of a post-mortem and stays connected. A copy that was kept says of which generation it is, and
    /// gives its receipt where the server has to be asked why no socket opens.
    pub fn new(
        id: &PostmortemId,
        generation: Option<Generation>,
        received: impl Fn(Vec<u8>) + 'static,
        tell: impl Fn(ConnectionEvent) + 'static,
        receipt: impl Fn() -> Option<Receipt> + 'static,
    ) -> Self {
        let line = Rc::new(Line {
            id: id.clone(),
            received: Box::new(received),
            tell: Box::new(tell),
            receipt: Box::new(receipt),
            attempts: RefCell::new(Attempts::new(generation)),
            socket: RefCell::new(None),
            retry: RefCell::new(None),
            opening: RefCell::new(None),
        });
        line.decide(Attempts::connect);
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            let online = Rc::downgrade(&line);
            listeners.push(Listener::new(&window, "online", move |_| with(&online, Attempts::wake)));
            if let Some(document) = window.document() {
                let looked_at = Rc::downgrade(&line);
                let page = document.clone();
                listeners.push(Listener::new(&document, "visibilitychange", move |_| {
                    if !page.hidden() {
                        with(&looked_at, Attempts::wake);
                    }
                }));
            }
        }
        let silent = Rc::downgrade(&line);
        let check = Interval::new(CHECK_MILLISECONDS, move || with(&silent, Attempts::check));
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
        self.line.attempts.borrow_mut().name_generation(generation);
    }

    /// The server is about to end this socket and says when to come back.
    pub fn come_back_after(&self, milliseconds: u32) {
        self.line.attempts.borrow_mut().come_back_after(milliseconds);
    }

    /// This socket has brought everything that the server has.
    pub fn in_step(&self) {
        self.line.attempts.borrow_mut().in_step(circumstances());
    }

    /// Begins again with a new socket, after the server refused what came over this one. Not from inside of an event of
    /// the old one, which ends here.
    pub fn renew(&self) {
        self.line.decide(Attempts::renew);
    }

    /// The same after something came over it that makes no sense here: it counts as lost.
    pub fn give_up(&self) {
        self.line.decide(Attempts::give_up);
    }

    /// Another person is this page's from now on: begins again as theirs, in a moment, when the socket before is closed.
    pub fn change_person(&self) {
        self.line.decide(Attempts::change_person);
    }

    /// This page's person is the same as before: goes on, where the server said that it does not know them.
    pub fn go_on(&self) {
        self.line.decide(Attempts::go_on);
    }

    /// Tries no more: nothing is there.
    pub fn end(&self) {
        self.line.decide(Attempts::end_all);
    }

    /// Tries at once instead of waiting; does nothing while connected.
    pub fn try_now(&self) {
        self.line.decide(Attempts::try_now);
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
    /// Lets the attempts decide what follows from something, and does it.
    fn decide(self: &Rc<Self>, decide: impl FnOnce(&mut Attempts, Circumstances) -> Vec<AttemptStep>) {
        let steps = decide(&mut self.attempts.borrow_mut(), circumstances());
        for step in steps {
            match step {
                AttemptStep::Open(generation) => self.open(generation),
                AttemptStep::Drop => drop(self.socket.take()),
                AttemptStep::Wait(milliseconds) => self.wait(milliseconds),
                AttemptStep::LookFor => self.look_for(),
                AttemptStep::Tell(event) => (self.tell)(event),
            }
        }
    }

    fn open(self: &Rc<Self>, generation: Option<Generation>) {
        self.retry.take();
        let (opened, received, closed) = (Rc::downgrade(self), Rc::downgrade(self), Rc::downgrade(self));
        let events = SocketEvents {
            opened: Box::new(move || with(&opened, Attempts::opened)),
            received: Box::new(move |frame| {
                if let Some(line) = received.upgrade() {
                    line.attempts.borrow_mut().heard(circumstances());
                    (line.received)(frame);
                }
            }),
            closed: Box::new(move |code| with(&closed, |attempts, now| attempts.closed(code, now))),
        };
        let path = person::current().map(|person| path(&self.id, generation, &person));
        let socket = path.and_then(|path| Socket::open(&path, events));
        let is_refused = socket.is_none();
        // The socket before it ends here, without an event of its own.
        let before = self.socket.replace(socket);
        drop(before);
        if is_refused {
            return self.decide(Attempts::could_not_open);
        }
        let slow = Rc::downgrade(self);
        let timeout = Timeout::new(OPENING_MILLISECONDS, move || {
            // The timer that runs now must not be dropped by its own callback.
            if let Some(timer) = slow.upgrade().and_then(|line| line.opening.take()) {
                timer.forget();
            }
            with(&slow, Attempts::took_too_long);
        });
        self.opening.replace(Some(timeout));
    }

    fn wait(self: &Rc<Self>, milliseconds: u32) {
        let waiting = Rc::downgrade(self);
        let timeout = Timeout::new(milliseconds, move || {
            // As above.
            if let Some(timer) = waiting.upgrade().and_then(|line| line.retry.take()) {
                timer.forget();
            }
            with(&waiting, Attempts::due);
        });
        self.retry.replace(Some(timeout));
    }

    fn look_for(self: &Rc<Self>) {
        let (id, line, receipt) = (self.id.clone(), Rc::downgrade(self), (self.receipt)());
        spawn_local(async move {
            let answer = match postmortems::show(&id, receipt.as_ref()).await {
                Ok(value) => Answer::Reached(Box::new(value)),
                Err(error) if error.is_deleted() => Answer::Deleted,
                Err(error) if error.is_closed() => Answer::Closed,
                Err(error) if error.is_damaged() => Answer::Damaged(error.to_string()),
                Err(error) => Answer::Failed(obstacle(&error)),
            };
            with(&line, |attempts, _| attempts.answered(answer));
        });
    }
}

fn with(line: &Weak<Line>, decide: impl FnOnce(&mut Attempts, Circumstances) -> Vec<AttemptStep>) {
    if let Some(line) = line.upgrade() {
        line.decide(decide);
    }
}

fn circumstances() -> Circumstances {
    Circumstances {
        milliseconds: js_sys::Date::now(),
        random: js_sys::Math::random(),
        is_person_known: person::current().is_some(),
    }
}

/// What a failed request says of what is in the way.
fn obstacle(error: &RequestError) -> Obstacle {
    match error {
        RequestError::Unreachable => Obstacle::Silence,
        RequestError::Unreadable => Obstacle::Stranger,
        RequestError::Refused { status: 401, .. } => Obstacle::SignedOut,
        RequestError::Refused { status: 404, .. } => Obstacle::Missing,
        RequestError::Refused { message, .. } => Obstacle::Refusal(message.clone()),
    }
}

fn path(id: &PostmortemId, generation: Option<Generation>, person: &UserId) -> String {
    let generation = generation.map(|generation| format!("&generation={}", generation.0)).unwrap_or_default();
    format!("/sync/{id}?person={person}{generation}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::ErrorCode;

    #[test]
    fn every_failed_request_says_what_is_in_the_way() {
        let refused =
            |status| RequestError::Refused { status, code: ErrorCode::Unknown, message: "Wait a minute.".into() };
        assert_eq!(obstacle(&RequestError::Unreachable), Obstacle::Silence);
        assert_eq!(obstacle(&RequestError::Unreadable), Obstacle::Stranger);
        assert_eq!(obstacle(&refused(401)), Obstacle::SignedOut);
        assert_eq!(obstacle(&refused(404)), Obstacle::Missing);
        assert_eq!(obstacle(&refused(503)), Obstacle::Refusal("Wait a minute.".into()));
    }
}
