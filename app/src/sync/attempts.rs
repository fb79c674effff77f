//! When a connection is tried, given up and tried again: one socket after the other, with a growing wait between attempts,
//! at once when the browser is online again, when the page is looked at, or when the person asks. The socket, the timers and
//! the requests are the owner's, who carries out the steps in their order.

use super::backoff::{Backoff, End};
use super::gone::Gone;
use super::obstacle::Obstacle;
use postmortem::api::close_code;
use postmortem::{Generation, Postmortem};

/// The server says something at least every 20 seconds; after more than two silent rounds the socket is dead, though
/// the network has not noticed (a laptop that slept, a proxy that forgot).
const SILENCE_MILLISECONDS: f64 = 45_000.0;

/// How long an open socket may be silent before its first frame, which the server sends at once. A proxy may answer the
/// request for a WebSocket and then carry nothing.
const FIRST_SILENCE_MILLISECONDS: f64 = 10_000.0;

/// How long to leave the server alone after it was asked for too much, which it forgets within half a minute.
const TOO_MUCH_MILLISECONDS: u32 = 30_000;

/// What is true outside when something happens.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// Since 1970.
    pub milliseconds: f64,
    /// In 0..1.
    pub random: f64,
    /// Whether it is known who this is. Without a person no socket is opened.
    pub is_person_known: bool,
}

/// What to do, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub enum AttemptStep {
    /// Open a socket that names this generation, in the place of the one before, which ends without an event. It is told
    /// with [`Attempts::took_too_long`] when it takes too long.
    Open(Option<Generation>),
    /// End the socket without an event.
    Drop,
    /// Tell with [`Attempts::due`] when so many milliseconds are over; a wait before that one counts no more.
    Wait(u32),
    /// Ask for the value: a browser does not tell why a socket came to nothing, only a request does.
    LookFor,
    Tell(ConnectionEvent),
}

/// What a connection tells.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionEvent {
    /// A socket opened; frames can be sent.
    Opened,
    /// The socket is gone; the next attempt follows by itself.
    Closed,
    /// The document was made anew since the copy whose generation was named; the next attempt follows by itself.
    Outdated,
    /// The server cannot read the post-mortem, and says so in a sentence; the next attempt follows by itself.
    Damaged(String),
    /// Something is in the way, and the next attempt follows by itself. Where requests get through, with the value as it
    /// stands on the server.
    Obstructed(Obstacle, Option<Box<Postmortem>>),
    /// The server has no session of this page's person; no attempt follows before somebody says who this is.
    SignedOut,
    /// The post-mortem is not there for this person any more; no attempt follows.
    Gone(Gone),
}

/// What a request brought that looked for what is in the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Reached(Box<Postmortem>),
    Deleted,
    /// The person may not read it any more.
    Closed,
    Damaged(String),
    Failed(Obstacle),
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Line {
    #[default]
    Closed,
    Opening,
    Open {
        heard_at: f64,
        has_spoken: bool,
    },
}

/// The attempts to be connected with one post-mortem.
#[derive(Debug, Default)]
pub struct Attempts {
    generation: Option<Generation>,
    line: Line,
    backoff: Backoff,
    is_waiting: bool,
    /// How long the server asked to be left alone, for the next attempt.
    asked_wait: Option<u32>,
    has_ended: bool,
    /// Whether it waits to be told who this is.
    is_parked: bool,
}

impl Attempts {
    /// A copy that was kept says of which generation it is.
    pub fn new(generation: Option<Generation>) -> Self {
        Self { generation, ..Self::default() }
    }

    /// The first attempt, or the next after a wait.
    pub fn connect(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        self.is_waiting = false;
        if !now.is_person_known {
            self.line = Line::Closed;
            self.is_parked = true;
            return Vec::new();
        }
        self.line = Line::Opening;
        vec![AttemptStep::Open(self.generation)]
    }

    /// The wait is over.
    pub fn due(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        if self.is_waiting && !self.has_ended { self.connect(now) } else { Vec::new() }
    }

    /// The browser does not open a socket to this address.
    pub fn could_not_open(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        self.line = Line::Closed;
        self.backoff.ended(End::Lost, now.milliseconds);
        vec![self.wait(now)]
    }

    /// The socket is open.
    pub fn opened(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        self.line = Line::Open { heard_at: now.milliseconds, has_spoken: false };
        vec![AttemptStep::Tell(ConnectionEvent::Opened)]
    }

    /// A frame came over it.
    pub fn heard(&mut self, now: Circumstances) {
        self.line = Line::Open { heard_at: now.milliseconds, has_spoken: true };
    }

    /// The socket has not opened in the time that it may take.
    pub fn took_too_long(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        if self.line == Line::Opening { self.give_up(now) } else { Vec::new() }
    }

    /// The socket ended by itself, with this close code.
    pub fn closed(&mut self, code: u16, now: Circumstances) -> Vec<AttemptStep> {
        self.line = Line::Closed;
        let mut steps = vec![AttemptStep::Tell(ConnectionEvent::Closed)];
        if let Some(gone) = gone(code) {
            steps.extend(self.end(gone));
            return steps;
        }
        if code == close_code::SIGNED_OUT {
            self.backoff.ended(End::of(code), now.milliseconds);
            self.is_parked = true;
            steps.push(AttemptStep::Tell(ConnectionEvent::SignedOut));
            return steps;
        }
        if code == close_code::OTHER_GENERATION {
            self.generation = None;
            steps.push(AttemptStep::Tell(ConnectionEvent::Outdated));
        }
        if code == close_code::TOO_MUCH {
            self.asked_wait = Some(TOO_MUCH_MILLISECONDS);
        }
        self.backoff.ended(End::of(code), now.milliseconds);
        steps.extend(self.wait_to_return(now));
        if self.backoff.is_in_doubt() {
            steps.push(AttemptStep::LookFor);
        }
        steps
    }

    /// What a request brought.
    pub fn answered(&mut self, answer: Answer) -> Vec<AttemptStep> {
        if matches!(self.line, Line::Open { .. }) {
            return Vec::new();
        }
        self.backoff.requested(matches!(answer, Answer::Reached(_)));
        let is_fruitless = self.backoff.is_fruitless();
        let event = match answer {
            Answer::Deleted => return self.end(Gone::Deleted),
            Answer::Closed => return self.end(Gone::ClosedToYou),
            Answer::Damaged(sentence) => ConnectionEvent::Damaged(sentence),
            Answer::Failed(obstacle) if is_fruitless || obstacle == Obstacle::Missing => {
                ConnectionEvent::Obstructed(obstacle, None)
            }
            Answer::Reached(value) if is_fruitless => ConnectionEvent::Obstructed(Obstacle::NoSockets, Some(value)),
            // A restart answers with the one or the other for a moment.
            Answer::Failed(_) | Answer::Reached(_) => return Vec::new(),
        };
        vec![AttemptStep::Tell(event)]
    }

    /// The network is back, or somebody looks at the page: no reason to ask a server that ends every connection, nor to begin
    /// anew with a socket that is opening.
    pub fn wake(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        if self.backoff.refused().is_some() {
            return Vec::new();
        }
        self.backoff.asked();
        if self.line == Line::Opening { Vec::new() } else { self.begin_again(now) }
    }

    /// The person asks for an attempt at once instead of a wait; nothing while connected.
    pub fn try_now(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        self.backoff.asked();
        self.begin_again(now)
    }

    fn begin_again(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        if self.has_ended {
            Vec::new()
        } else if self.is_parked {
            vec![AttemptStep::Tell(ConnectionEvent::SignedOut)]
        } else if matches!(self.line, Line::Open { .. }) {
            self.check(now)
        } else {
            self.connect(now)
        }
    }

    /// Gives up an open socket that was silent for too long: it is lost like one that came to nothing, so that the next
    /// waits, and the page finds out what is in the way.
    pub fn check(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        match self.line {
            Line::Open { heard_at, has_spoken } if is_too_silent(now.milliseconds - heard_at, has_spoken) => {
                self.give_up(now)
            }
            Line::Open { .. } | Line::Opening | Line::Closed => Vec::new(),
        }
    }

    /// Names this generation from the next socket on; none for a page that has no copy.
    pub fn name_generation(&mut self, generation: Option<Generation>) {
        self.generation = generation;
    }

    /// The server is about to end this socket and says when to come back.
    pub fn come_back_after(&mut self, milliseconds: u32) {
        self.asked_wait = Some(milliseconds);
    }

    /// This socket has brought everything that the server has.
    pub fn in_step(&mut self, now: Circumstances) {
        self.backoff.in_step(now.milliseconds);
    }

    /// Begins again with a new socket, after the server refused what came over this one.
    pub fn renew(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        self.drop_line(close_code::REFUSED, now)
    }

    /// The same after something came over it that makes no sense here: it counts as lost.
    pub fn give_up(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        self.drop_line(close_code::LOST, now)
    }

    fn drop_line(&mut self, code: u16, now: Circumstances) -> Vec<AttemptStep> {
        if self.has_ended {
            return Vec::new();
        }
        let mut steps = vec![AttemptStep::Drop];
        steps.extend(self.closed(code, now));
        steps
    }

    /// Another person is the page's from now on: begins again as theirs, in a moment, when the socket before is closed.
    pub fn change_person(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        if self.has_ended {
            return Vec::new();
        }
        self.line = Line::Closed;
        self.is_parked = false;
        self.backoff = Backoff::default();
        vec![AttemptStep::Drop, AttemptStep::Tell(ConnectionEvent::Closed), self.wait(now)]
    }

    /// The page's person is the same as before: goes on, where the server said that it does not know them.
    pub fn go_on(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        if std::mem::take(&mut self.is_parked) { self.wait_to_return(now) } else { Vec::new() }
    }

    /// Nothing is there that could be connected with.
    pub fn end_all(&mut self, _: Circumstances) -> Vec<AttemptStep> {
        self.is_waiting = false;
        self.has_ended = true;
        vec![AttemptStep::Drop]
    }

    fn end(&mut self, gone: Gone) -> Vec<AttemptStep> {
        self.is_waiting = false;
        if std::mem::replace(&mut self.has_ended, true) {
            return Vec::new();
        }
        vec![AttemptStep::Tell(ConnectionEvent::Gone(gone))]
    }

    /// Waits for the next attempt, and says so where the server has ended too many.
    fn wait_to_return(&mut self, now: Circumstances) -> Vec<AttemptStep> {
        let wait = self.wait(now);
        let obstacle = self.backoff.refused().map(Obstacle::Ended);
        let told = obstacle.map(|obstacle| AttemptStep::Tell(ConnectionEvent::Obstructed(obstacle, None)));
        std::iter::once(wait).chain(told).collect()
    }

    fn wait(&mut self, now: Circumstances) -> AttemptStep {
        self.is_waiting = true;
        let own = self.backoff.wait(now.random);
        AttemptStep::Wait(self.asked_wait.take().map_or(own, |asked| asked.max(own)))
    }
}

/// What a close code says of the post-mortem itself.
fn gone(code: u16) -> Option<Gone> {
    let known = [(close_code::DELETED, Gone::Deleted), (close_code::CLOSED_TO_YOU, Gone::ClosedToYou)];
    known.into_iter().find(|(known, _)| *known == code).map(|(_, gone)| gone)
}

/// Whether an open socket from which nothing came for so many milliseconds is dead.
fn is_too_silent(milliseconds: f64, has_spoken: bool) -> bool {
    milliseconds >= if has_spoken { SILENCE_MILLISECONDS } else { FIRST_SILENCE_MILLISECONDS }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: f64) -> Circumstances {
        Circumstances { milliseconds, random: 1.0, is_person_known: true }
    }

    fn opening() -> Attempts {
        let mut attempts = Attempts::new(Some(Generation(2)));
        assert_eq!(attempts.connect(at(0.0)), [AttemptStep::Open(Some(Generation(2)))]);
        attempts
    }

    fn open() -> Attempts {
        let mut attempts = opening();
        attempts.opened(at(0.0));
        attempts
    }

    #[test]
    fn a_socket_that_is_opening_is_left_alone_by_whoever_looks_at_the_page() {
        let mut attempts = opening();
        assert_eq!(attempts.wake(at(100.0)), []);
        assert_eq!(attempts.wake(at(7_900.0)), []);
        assert_eq!(attempts.try_now(at(7_950.0)), [AttemptStep::Open(Some(Generation(2)))], "its person asked");
        let steps = attempts.took_too_long(at(8_000.0));
        assert_eq!(steps[..2], [AttemptStep::Drop, AttemptStep::Tell(ConnectionEvent::Closed)]);
        assert_eq!(attempts.wake(at(8_100.0)), [AttemptStep::Open(Some(Generation(2)))], "there is none to wait for");
    }

    #[test]
    fn a_wait_ends_early_when_the_network_is_back_and_counts_no_more_then() {
        let mut attempts = open();
        let steps = attempts.closed(close_code::LOST, at(10.0));
        assert!(steps.contains(&AttemptStep::Wait(300)) && steps.contains(&AttemptStep::LookFor), "{steps:?}");
        assert_eq!(attempts.wake(at(20.0)).len(), 1);
        assert_eq!(attempts.due(at(310.0)), [], "the attempt has begun");
    }

    #[test]
    fn nobody_but_the_person_asks_a_server_that_ends_every_connection() {
        let mut attempts = opening();
        for _ in 0..6 {
            attempts.opened(at(0.0));
            attempts.closed(1013, at(0.0));
            attempts.due(at(0.0));
        }
        attempts.closed(1013, at(0.0));
        assert_eq!(attempts.wake(at(1.0)), []);
        assert_eq!(attempts.try_now(at(1.0)).len(), 1);
    }

    #[test]
    fn a_socket_that_never_spoke_is_given_up_sooner_than_one_that_fell_silent() {
        let mut attempts = open();
        assert_eq!(attempts.check(at(9_999.0)), []);
        attempts.heard(at(9_999.0));
        assert_eq!(attempts.check(at(9_999.0 + 44_999.0)), []);
        assert_eq!(attempts.check(at(9_999.0 + 45_000.0))[0], AttemptStep::Drop);
        let mut attempts = open();
        assert_eq!(attempts.check(at(10_000.0))[0], AttemptStep::Drop);
    }

    #[test]
    fn without_a_person_nothing_is_opened_until_somebody_says_who_it_is() {
        let mut attempts = Attempts::new(None);
        assert_eq!(attempts.connect(Circumstances { is_person_known: false, ..at(0.0) }), []);
        assert_eq!(attempts.try_now(at(0.0)), [AttemptStep::Tell(ConnectionEvent::SignedOut)]);
        assert!(matches!(attempts.go_on(at(0.0))[..], [AttemptStep::Wait(_)]));
        assert_eq!(attempts.go_on(at(0.0)), []);
        assert_eq!(attempts.due(at(0.0)), [AttemptStep::Open(None)]);
        attempts.opened(at(0.0));
        let steps = attempts.closed(close_code::SIGNED_OUT, at(1.0));
        assert_eq!(steps.last(), Some(&AttemptStep::Tell(ConnectionEvent::SignedOut)), "and no wait");
        assert!(matches!(attempts.change_person(at(2.0))[..], [.., AttemptStep::Wait(_)]));
    }

    #[test]
    fn a_close_code_says_what_follows() {
        let tells = |steps: &[AttemptStep], event: ConnectionEvent| steps.contains(&AttemptStep::Tell(event));
        let mut outdated = open();
        let steps = outdated.closed(close_code::OTHER_GENERATION, at(0.0));
        assert!(tells(&steps, ConnectionEvent::Outdated));
        assert_eq!(outdated.due(at(0.0)), [AttemptStep::Open(None)]);
        assert!(open().closed(close_code::TOO_MUCH, at(0.0)).contains(&AttemptStep::Wait(30_000)));
        for (code, gone) in [(close_code::DELETED, Gone::Deleted), (close_code::CLOSED_TO_YOU, Gone::ClosedToYou)] {
            let mut ended = open();
            assert!(tells(&ended.closed(code, at(0.0)), ConnectionEvent::Gone(gone)));
            assert_eq!([ended.try_now(at(1.0)), ended.renew(at(1.0)), ended.wake(at(1.0))], [const { Vec::new() }; 3]);
        }
        let mut away = opening();
        away.closed(close_code::LOST, at(0.0));
        assert_eq!(away.answered(Answer::Closed), [AttemptStep::Tell(ConnectionEvent::Gone(Gone::ClosedToYou))]);
        assert_eq!([away.due(at(1_000.0)), away.try_now(at(1_000.0))], [const { Vec::new() }; 2]);
        let mut nothing = opening();
        nothing.closed(close_code::LOST, at(0.0));
        nothing.end_all(at(1.0));
        assert_eq!([nothing.due(at(1_000.0)), nothing.try_now(at(1_000.0))], [const { Vec::new() }; 2]);
        let mut asked = open();
        asked.come_back_after(5_000);
        assert!(asked.closed(1012, at(0.0)).contains(&AttemptStep::Wait(5_000)));
    }

    #[test]
    fn sockets_that_open_and_carry_nothing_are_no_accident_after_the_third() {
        let mut attempts = open();
        attempts.in_step(at(0.0));
        let mut now = SILENCE_MILLISECONDS;
        assert!(!attempts.check(at(now)).contains(&AttemptStep::LookFor), "it was in step, and only fell silent");
        for attempt in 1..=3 {
            attempts.connect(at(now));
            attempts.opened(at(now));
            now += FIRST_SILENCE_MILLISECONDS;
            assert!(attempts.check(at(now)).contains(&AttemptStep::LookFor));
            let told = attempts.answered(Answer::Reached(Box::default()));
            assert_eq!(told.is_empty(), attempt < 3, "{attempt}: {told:?}");
        }
        assert!(
            attempts.backoff.wait(0.0) >= 30_000,
            "requests get through, so that it is said and the server left alone"
        );
    }
}
