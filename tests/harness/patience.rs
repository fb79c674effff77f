//! How long tests wait. Nothing is slept for: what is awaited is asked for until it is there.

use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long anything awaited may take on a busy machine before the test has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Between two questions, so that whoever asks leaves the machine to what is asked for.
const PAUSE: Duration = Duration::from_millis(5);

/// Asks until there is an answer.
pub async fn answer<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asked = timeout(PATIENCE, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            sleep(PAUSE).await;
        }
    });
    match asked.await {
        Ok(answer) => answer,
        Err(_) => panic!("this never happened: {what}"),
    }
}

/// Asks until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    answer(what, async || is_so().await.then_some(())).await;
}
