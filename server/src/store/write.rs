//! A write in progress. Writes follow each other; of all but the saver's only one at a time stands in line for the
//! connection, so that what people type waits for one commit at most, however many requests write beside it.

use super::{Store, StoreError};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};
use tokio::time::timeout;

/// How long a write waits for the others before it: as long as for the connection.
const WAIT: Duration = Duration::from_secs(30);

/// Where all writes but the saver's wait for each other.
pub(super) type Line = Arc<Mutex<()>>;

/// A write in progress: everything in it happens at [`Write::commit`], or nothing when it is dropped.
#[derive(Debug)]
pub struct Write {
    transaction: Transaction<'static, Sqlite>,
    announced: Arc<Notify>,
    /// Whether something of it is announced.
    is_announced: bool,
    _turn: Option<OwnedMutexGuard<()>>,
}

/// A place in line whose turn has come. Nothing is begun yet.
#[derive(Debug)]
pub struct WriteTurn {
    store: Store,
    turn: OwnedMutexGuard<()>,
}

impl WriteTurn {
    /// Begins the write.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn write(self) -> Result<Write, StoreError> {
        let Self { store, turn } = self;
        Ok(Write::of(store.begin().await?, &store, Some(turn)))
    }
}

impl Write {
    fn of(transaction: Transaction<'static, Sqlite>, store: &Store, turn: Option<OwnedMutexGuard<()>>) -> Self {
        Self { transaction, announced: store.announced.clone(), is_announced: false, _turn: turn }
    }

    /// Whoever tells what is announced is woken by the commit: nobody is by what people type, many times a second.
    pub(super) fn mark_announced(&mut self) {
        self.is_announced = true;
    }

    /// Everything in it is on the disk after this.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing of it is.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await?;
        if self.is_announced {
            self.announced.notify_one();
        }
        Ok(())
    }
}

impl Deref for Write {
    type Target = SqliteConnection;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.transaction
    }
}

impl Store {
    /// Begins a write; waits for those before it.
    ///
    /// # Errors
    /// When the database cannot be written, or those before it take too long.
    pub async fn write(&self) -> Result<Write, StoreError> {
        self.line().await?.write().await
    }

    /// Waits for the writes before: whoever gives up here has begun nothing.
    ///
    /// # Errors
    /// When they take too long.
    pub async fn line(&self) -> Result<WriteTurn, StoreError> {
        let turn = timeout(WAIT, self.line.clone().lock_owned()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        Ok(WriteTurn { store: self.clone(), turn })
    }

    /// The same for the saver, which waits for one other at most.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn write_next(&self) -> Result<Write, StoreError> {
        Ok(Write::of(self.begin().await?, self, None))
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        match self.writer.begin_with("begin immediate").await {
            // A commit that fails is taken back by SQLite itself, of which the connection does not know: it would take
            // itself for inside of that transaction from then on, and begin no other.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("begin immediate").await?)
            }
            begun => Ok(begun?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, poll};
    use std::pin::pin;

    #[tokio::test]
    async fn the_saver_waits_for_the_write_under_way_and_for_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let under_way = store.write().await.expect("begun");
        let mut others = Vec::from_iter((0..20).map(|_| store.write().boxed()));
        for other in &mut others {
            assert!(poll!(other).is_pending());
        }
        let mut saver = pin!(store.write_next());
        assert!(poll!(&mut saver).is_pending());
        drop(under_way);
        saver.await.expect("begun before the twenty").commit().await.expect("committed");
        for other in others {
            other.await.expect("begun").commit().await.expect("committed");
        }
    }
}
