//! How long to wait before the next attempt to connect, and what the attempts before it say together. Jitter keeps the
//! pages of a whole company from coming back in the same second after a restart of the server. A socket that opens has
//! proved nothing yet: only one that was in step for a while makes the next wait short again.

use postmortem::api::close_code;

/// The first wait; a server that restarts is often back within a second.
const FIRST_MILLISECONDS: f64 = 300.0;

/// The longest wait, so that a person who looks at the page never waits long after the network is back.
const LONGEST_MILLISECONDS: f64 = 15_000.0;

/// Whoever was in step for as long as this has a connection that works.
const STEADY_MILLISECONDS: f64 = 5_000.0;

/// How many sockets the server ends, none of which held, before the page says so and leaves it alone. With the waits
/// above that is after 9 to 19 seconds.
const REFUSALS: u32 = 6;

/// The wait from then on: whoever runs the server has to do something, and the person may ask at any time.
const REFUSED_MILLISECONDS: f64 = 300_000.0;

/// How many sockets in a row come to nothing, though requests are answered, before that is no accident: more than fall
/// into a restart.
const FRUITLESS: u32 = 3;

/// The wait while only requests get through: each attempt reads the whole post-mortem.
const BLOCKED_MILLISECONDS: f64 = 60_000.0;

/// How a socket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It did not open, or nobody said why it ended.
    Lost,
    /// The server is going, and comes back.
    Restart,
    /// The server ended it, with this close code.
    Refused(u16),
}

impl End {
    /// What a close code says.
    pub fn of(code: u16) -> Self {
        match code {
            close_code::GOING | close_code::NO_CODE | close_code::LOST => Self::Lost,
            close_code::RESTARTING => Self::Restart,
            code => Self::Refused(code),
        }
    }
}

/// The attempts since the last connection that held.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Backoff {
    attempts: u32,
    refusals: u32,
    /// Sockets in a row that were lost before they were in step.
    fruitless: u32,
    last_refusal: Option<u16>,
    is_blocked: bool,
    in_step_since: Option<f64>,
}

impl Backoff {
    /// The socket has brought everything that the server has; `now` in milliseconds.
    pub fn in_step(&mut self, now: f64) {
        self.in_step_since.get_or_insert(now);
        self.is_blocked = false;
    }

    /// The socket is over.
    pub fn ended(&mut self, end: End, now: f64) {
        let was_in_step = self.in_step_since.take();
        if was_in_step.is_some_and(|since| now - since >= STEADY_MILLISECONDS) {
            *self = Self::default();
        }
        self.attempts = self.attempts.saturating_add(1);
        match end {
            End::Lost if was_in_step.is_none() => self.fruitless = self.fruitless.saturating_add(1),
            End::Lost | End::Restart => self.fruitless = 0,
            End::Refused(code) => {
                self.fruitless = 0;
                self.refusals = self.refusals.saturating_add(1);
                self.last_refusal = Some(code);
            }
        }
    }

    /// A person asks for an attempt: where nothing was refused, the waits begin anew.
    pub fn asked(&mut self) {
        if self.refused().is_none() {
            self.attempts = 0;
        }
    }

    /// A request was tried after a socket came to nothing; whether it got through.
    pub fn requested(&mut self, got_through: bool) {
        self.is_blocked = got_through && self.is_fruitless();
    }

    /// The close code, once the server has ended so many sockets that it is to be left alone.
    pub fn refused(&self) -> Option<u16> {
        self.last_refusal.filter(|_| self.refusals >= REFUSALS)
    }

    /// Whether the last socket came to nothing.
    pub fn is_in_doubt(&self) -> bool {
        self.fruitless > 0
    }

    /// Whether so many sockets came to nothing that it is no accident.
    pub fn is_fruitless(&self) -> bool {
        self.fruitless >= FRUITLESS
    }

    /// The wait in milliseconds before the next attempt, with `random` in 0..1. It doubles from 0.3 to 15 seconds, and the
    /// lower half of it is drawn at random.
    pub fn wait(&self, random: f64) -> u32 {
        let doubled = FIRST_MILLISECONDS * 2_f64.powi(self.attempts.saturating_sub(1).min(16).cast_signed());
        let full = match self.refused() {
            Some(_) => REFUSED_MILLISECONDS,
            None if self.is_blocked => BLOCKED_MILLISECONDS,
            None => doubled.min(LONGEST_MILLISECONDS),
        };
        (full * (0.5 + random.clamp(0.0, 1.0) / 2.0)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(ends: &[End]) -> Backoff {
        let mut backoff = Backoff::default();
        ends.iter().for_each(|end| backoff.ended(*end, 0.0));
        backoff
    }

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_a_minute() {
        assert_eq!(after(&[End::Lost]).wait(1.0), 300);
        assert_eq!(after(&[End::Lost; 2]).wait(1.0), 600);
        assert_eq!(after(&[End::Lost; 40]).wait(1.0), 15_000);
    }

    #[test]
    fn half_of_the_wait_is_chance() {
        assert_eq!(after(&[End::Lost]).wait(0.0), 150);
        assert_eq!(after(&[End::Lost; 40]).wait(0.5), 11_250);
    }

    #[test]
    fn a_socket_that_is_ended_soon_after_it_opened_makes_no_wait_shorter() {
        let mut backoff = Backoff::default();
        let mut now = 0.0;
        let mut sockets = 0;
        while now < 30_000.0 {
            sockets += 1;
            backoff.in_step(now);
            now += 50.0;
            backoff.ended(End::Refused(1013), now);
            now += f64::from(backoff.wait(0.5));
        }
        assert_eq!(sockets, 6, "a page that began each time anew made 156");
        assert_eq!(backoff.refused(), Some(1013));
        assert!(backoff.wait(0.0) >= 150_000);
    }

    #[test]
    fn a_connection_that_held_makes_the_wait_short_again() {
        let mut backoff = after(&[End::Refused(1013); 9]);
        backoff.in_step(0.0);
        backoff.ended(End::Lost, STEADY_MILLISECONDS);
        assert_eq!((backoff.refused(), backoff.wait(1.0)), (None, 300));
    }

    #[test]
    fn asking_shortens_the_wait_for_a_network_and_not_for_a_refusal() {
        let mut lost = after(&[End::Lost; 9]);
        lost.asked();
        lost.ended(End::Lost, 0.0);
        assert_eq!(lost.wait(1.0), 300);
        let mut refused = after(&[End::Refused(4400); 9]);
        refused.asked();
        refused.ended(End::Refused(4400), 0.0);
        assert_eq!(refused.wait(1.0), 300_000);
    }

    #[test]
    fn sockets_that_come_to_nothing_are_told_from_those_that_a_restart_ends() {
        assert!(!after(&[End::Lost, End::Lost]).is_fruitless());
        assert!(after(&[End::Lost; 3]).is_fruitless());
        assert!(!after(&[End::Lost, End::Lost, End::Restart]).is_fruitless());
        let mut flaky = after(&[End::Lost, End::Lost]);
        flaky.in_step(0.0);
        flaky.ended(End::Lost, 1_000.0);
        assert!(!flaky.is_fruitless(), "it was in step");
    }

    #[test]
    fn where_only_requests_get_through_the_wait_is_a_minute() {
        let mut blocked = after(&[End::Lost; 2]);
        blocked.requested(true);
        assert_eq!(blocked.wait(1.0), 600, "it may be an accident");
        blocked.ended(End::Lost, 0.0);
        blocked.requested(true);
        assert_eq!(blocked.wait(1.0), 60_000);
        blocked.requested(false);
        assert_eq!(blocked.wait(1.0), 1_200);
    }

    #[test]
    fn a_close_code_says_who_ended_the_socket() {
        assert_eq!([1006, 1012].map(End::of), [End::Lost, End::Restart]);
        assert_eq!([1013, 4400, 4529].map(End::of), [1013, 4400, 4529].map(End::Refused));
    }
}
