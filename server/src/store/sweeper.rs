//! What was deleted is gone from the disk soon after. SQLite writes over what it deletes, but the log beside the database
//! keeps the pages as they were until it is folded and emptied.

use crate::store::{Store, StoreOptions};
use tokio::time::{sleep, timeout};

/// Folds the log some time after a deletion, and now and then. It ends when it is aborted.
pub async fn run(store: Store, StoreOptions { sweep_after, sweep_every, .. }: StoreOptions) {
    let mut swept = 0;
    loop {
        // Most of what goes is deleted without anybody saying so.
        if timeout(sweep_every, store.until_erased()).await.is_ok() {
            sleep(sweep_after).await;
        } else if store.log_size() == swept {
            continue;
        }
        loop {
            match store.sweep().await {
                Ok(true) => {
                    swept = store.log_size();
                    break;
                }
                Ok(false) => tracing::debug!("somebody reads the log; it is folded later"),
                Err(error) => tracing::debug!(%error, "the log was not folded"),
            }
            sleep(sweep_after).await;
        }
    }
}
