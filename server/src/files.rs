//! How many files the system lets this process have open. A socket is one, and what a shell or a service manager allows
//! unless it is told otherwise, 1,024, is not enough for one busy review.

/// Files beside the sockets: the database, the log, the runtime's own.
const OTHERS: u64 = 200;

/// Raises the limit as far as the system permits, and says so where that is not enough for so many connections.
#[cfg(unix)]
pub fn allow_many(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    // No limit is told as none.
    let (Some(now), most) = (current, maximum.unwrap_or(u64::MAX)) else { return };
    if now >= wanted {
        return;
    }
    let raised = wanted.min(most);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    if raised < wanted {
        tracing::warn!(allowed = most, wanted, "the system allows fewer open files than there may be connections");
    }
}

/// Elsewhere sockets are not counted as files.
#[cfg(not(unix))]
pub fn allow_many(_: usize) {}
