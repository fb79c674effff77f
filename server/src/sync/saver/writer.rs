//! The task that writes: one batch after the other into the database, however often that has to be tried.

use super::{Batch, Job, SaveQueue};
use crate::metrics::Metrics;
use crate::store::{Store, StoreError, custody, log, postmortems, versions};
use std::pin::pin;
use tokio::time::{Instant, sleep};

/// The most jobs of one commit: a bound on how long the first of them waits for the last.
const LARGEST_BATCH: usize = 1_000;

pub(super) async fn write(store: Store, mut queue: SaveQueue) {
    while let Some(mut batch) = queue.next(LARGEST_BATCH).await {
        let numbers = insist_aloud(&store, &mut batch, &queue).await;
        queue.saved(batch, numbers);
    }
}

/// Saves a batch, and tells of it when that takes longer than people's patience.
async fn insist_aloud(store: &Store, batch: &mut Batch, queue: &SaveQueue) -> Vec<Option<u32>> {
    let mut saving = pin!(insist(store, batch, queue.metrics()));
    tokio::select! {
        numbers = &mut saving => return numbers,
        () = sleep(queue.patience()) => queue.lose_patience(),
    }
    saving.await
}

async fn insist(store: &Store, batch: &mut Batch, metrics: &Metrics) -> Vec<Option<u32>> {
    loop {
        let began = Instant::now();
        match save(store, batch).await {
            Ok(numbers) => {
                metrics.commit.observe(began.elapsed().as_secs_f64());
                metrics.commit_jobs.observe(batch.len() as f64);
                return numbers;
            }
            Err(error) => {
                let pause = batch.failed(&error);
                metrics.commit_failures.inc();
                sleep(pause).await;
            }
        }
    }
}

/// One attempt to commit a batch; the numbers of the versions in it.
async fn save(store: &Store, batch: &Batch) -> Result<Vec<Option<u32>>, StoreError> {
    let mut numbers = Vec::new();
    if !batch.writes() {
        return Ok(numbers);
    }
    let mut write = store.write_next().await?;
    for job in batch.jobs() {
        match job {
            Job::Append(append) => {
                log::append(&mut write, &append.postmortem, append.sequence, &append.update).await?;
                for authorship in &append.authors {
                    log::insert_author(&mut write, &append.postmortem, authorship).await?;
                }
            }
            Job::Summary { postmortem, updated_at, summary } => {
                postmortems::update_summary(&mut write, postmortem, *updated_at, summary).await?;
            }
            Job::Version { postmortem, version, .. } => {
                numbers.push(versions::insert(&mut write, postmortem, version).await?);
            }
            Job::Probe(_) => custody::open(&mut write).await?,
            Job::Flush(_) => {}
        }
    }
    write.commit().await?;
    Ok(numbers)
}
