//! How long to wait before the next attempt to connect. Jitter keeps the pages of a whole company from coming back in
//! the same second after a restart of the server.

/// The first wait; a server that restarts is often back within a second.
const FIRST_MILLISECONDS: f64 = 300.0;

/// The longest wait, so that a person who looks at the page never waits long after the network is back.
const LONGEST_MILLISECONDS: f64 = 15_000.0;

/// The wait in milliseconds before attempt `attempt` (0 is the first after a loss), with `random` in 0..1. It doubles
/// from 0.3 to 15 seconds, and the lower half of it is drawn at random.
pub fn milliseconds(attempt: u32, random: f64) -> u32 {
    let full = (FIRST_MILLISECONDS * 2_f64.powi(attempt.min(16).cast_signed())).min(LONGEST_MILLISECONDS);
    (full * (0.5 + random.clamp(0.0, 1.0) / 2.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_a_minute() {
        assert_eq!(milliseconds(0, 1.0), 300);
        assert_eq!(milliseconds(1, 1.0), 600);
        assert_eq!(milliseconds(40, 1.0), 15_000);
    }

    #[test]
    fn half_of_the_wait_is_chance() {
        assert_eq!(milliseconds(0, 0.0), 150);
        assert_eq!(milliseconds(40, 0.5), 11_250);
    }
}
