//! How many files the system lets this process have open. A socket is one, and what a shell or a service manager allows
//! unless it is told otherwise, 1,024, is not enough for one busy review.

/// Files beside the sockets: the database, the log, the runtime's own, and sockets that are being closed.
const OTHERS: usize = 200;

/// How many WebSockets and how many other connections there may be, where so many are wanted: the limit is raised as far as
/// the system permits, and what it permits is shared out, so that there is a file for everyone who is let in.
#[cfg(unix)]
pub fn share(sockets: usize, requests: usize) -> (usize, usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = sockets.saturating_add(requests).saturating_add(OTHERS);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // No limit is told as none.
    let count = |limit: Option<u64>| limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let raised = wanted.min(count(maximum));
    if count(current) >= raised {
        return shared_out(count(current), sockets, requests);
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(raised as u64), maximum }) {
        Ok(()) => shared_out(raised, sockets, requests),
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            shared_out(count(current), sockets, requests)
        }
    }
}

/// Elsewhere sockets are not counted as files.
#[cfg(not(unix))]
pub fn share(sockets: usize, requests: usize) -> (usize, usize) {
    (sockets, requests)
}

/// Of so many files, a part for the one and the other as they are wanted.
#[cfg(unix)]
fn shared_out(allowed: usize, sockets: usize, requests: usize) -> (usize, usize) {
    let left = allowed.saturating_sub(OTHERS).max(2);
    if left >= sockets.saturating_add(requests) {
        return (sockets, requests);
    }
    // Requests are short: a quarter of the files is enough for them.
    let fewer = sockets.min(left - requests.min(left.div_ceil(4)));
    if fewer < sockets {
        tracing::warn!(allowed, wanted = sockets, connections = fewer, "the system allows too few open files");
    }
    (fewer, requests.min(left - fewer))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_file_for_everyone_who_is_let_in() {
        assert_eq!(shared_out(usize::MAX, 5_000, 5_000), (5_000, 5_000));
        assert_eq!(shared_out(10_200, 5_000, 5_000), (5_000, 5_000));
        assert_eq!(shared_out(1_024, 5_000, 5_000), (618, 206));
        assert_eq!(shared_out(10, 5_000, 5_000), (1, 1));
        assert_eq!(shared_out(1_024, 100, 5_000), (100, 724));
    }
}
