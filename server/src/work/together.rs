//! Work that is done once for all who asked before it began, and then rests in proportion to what it cost: whoever asks
//! without end makes it no more expensive, and the others wait no longer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// How many times longer than the work took it rests: it takes a fifth of one core at most.
const REST: u32 = 4;

/// The longest rest; people wait for it.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// The state of such work.
#[derive(Debug)]
pub struct Together<T> {
    begun: AtomicU64,
    last: Mutex<Last<T>>,
}

#[derive(Debug)]
struct Last<T> {
    number: u64,
    result: Option<T>,
    rests_until: Instant,
}

impl<T> Default for Together<T> {
    fn default() -> Self {
        let last = Last { number: 0, result: None, rests_until: Instant::now() };
        Self { begun: AtomicU64::new(0), last: Mutex::new(last) }
    }
}

impl<T: Clone> Together<T> {
    /// What came of it last, if anything has.
    pub async fn latest(&self) -> Option<T> {
        self.last.lock().await.result.clone()
    }

    /// The result of work that began after this was called. Dropped meanwhile, the next who waits begins anew.
    pub async fn ask(&self, work: impl Future<Output = T>) -> T {
        let asked_after = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.number > asked_after
            && let Some(result) = &last.result
        {
            return result.clone();
        }
        sleep_until(last.rests_until).await;
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let began = Instant::now();
        let result = work.await;
        let rest = (began.elapsed() * REST).min(LONGEST_REST);
        *last = Last { number, result: Some(result.clone()), rests_until: Instant::now() + rest };
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::cell::Cell;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn who_asks_at_once_shares_and_who_asks_later_gets_what_is_newer() {
        let (together, done) = (Together::default(), Cell::new(0));
        let work = || async {
            yield_now().await;
            done.set(done.get() + 1);
            done.get()
        };
        let first = join_all((0..100).map(|_| together.ask(work()))).await;
        // Who asked before the first began shares it, or the next.
        assert!(done.get() <= 2 && first.iter().all(|result| *result <= 2), "{} times", done.get());
        let before = done.get();
        assert_eq!(together.ask(work()).await, before + 1, "what was there before is not given out again");
    }

    #[tokio::test]
    async fn work_that_was_dropped_is_begun_anew() {
        let together = Together::default();
        tokio::select! {
            biased;
            _ = together.ask(std::future::pending::<u32>()) => panic!("it never ends"),
            () = yield_now() => {}
        }
        assert_eq!(together.ask(async { 7 }).await, 7);
    }
}
