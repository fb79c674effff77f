//! For how long a peer may be silent. What answers it with a long document waits in the buffers of both kernels, and a ping
//! behind that: a peer that reads slowly is heard of when it has read so far.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a peer may be silent that has read everything: two pings lost and some.
const SILENCE: Duration = Duration::from_secs(50);

/// Bytes of answers a second that the slowest peer reads which is waited for: a phone at the edge of its network.
const SLOWEST: u32 = 32 << 10;

/// The longest that it is waited for while it reads: what the buffers of both kernels take, some four megabytes.
const LONGEST: Duration = Duration::from_secs(128);

/// What a peer has yet to read of answers, as a time.
#[derive(Debug)]
pub(super) struct Reading {
    /// When the slowest peer has read what was written.
    until: Mutex<Instant>,
}

impl Reading {
    pub fn new(now: Instant) -> Self {
        Self { until: Mutex::new(now) }
    }

    /// So many bytes of answers were written. What is written to everyone shows nothing: it is little, and the buffers take it
    /// for a peer that is gone as well.
    pub fn wrote(&self, bytes: usize, now: Instant) {
        if bytes == 0 {
            return;
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let read = (*until).max(now) + Duration::from_secs(1) * bytes / SLOWEST;
        *until = read.min(now + LONGEST);
    }

    /// When a peer counts as gone that was last heard of at this moment.
    pub fn silent_at(&self, heard: Instant) -> Instant {
        heard.max(*self.until.lock().unwrap_or_else(PoisonError::into_inner)) + SILENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_a_long_answer_slowly_may_be_silent_for_longer() {
        let begin = Instant::now();
        let reading = Reading::new(begin);
        assert_eq!(reading.silent_at(begin), begin + SILENCE);
        reading.wrote(0, begin + SILENCE);
        assert_eq!(reading.silent_at(begin), begin + SILENCE);
        for _ in 0..2 {
            reading.wrote(1 << 20, begin + SILENCE);
        }
        assert_eq!(reading.silent_at(begin), begin + SILENCE + Duration::from_secs(64) + SILENCE);
        reading.wrote(1 << 30, begin + SILENCE);
        assert_eq!(reading.silent_at(begin), begin + SILENCE + LONGEST + SILENCE, "there is an end to it");
    }
}
