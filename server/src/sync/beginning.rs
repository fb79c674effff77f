//! What a room begins with, read from the store. The doctor and exports read by the same way, so that nobody calls well what
//! the server refuses.

use super::threads::Threads;
use crate::random;
use crate::store::log::{LogSequence, UpdateLog};
use crate::store::publication_state::PublicationState;
use crate::store::rights::Audience;
use crate::store::versions::Latest;
use crate::store::{Store, StoreError};
use postmortem::{ClientId, Generation, HeadRow, PostmortemId, Receipt, Room};

/// A post-mortem as it is kept, ready to be opened.
#[derive(Debug)]
pub struct Beginning {
    pub room: Room,
    pub generation: Generation,
    /// The sequence of the last update in its log.
    pub sequence: LogSequence,
    /// How many updates the log holds after its snapshot.
    pub since_snapshot: usize,
    /// The bytes of its log.
    pub bytes: usize,
    pub(super) threads: Threads,
    /// What stands published.
    pub publication: PublicationState,
    pub latest: Latest,
    /// How far it is, and whose.
    pub head: HeadRow,
    /// Whether an earlier release kept that in the document, from which it is read once more.
    pub is_head_of_document: bool,
    /// Who finds it; the team, where it is opened for nobody.
    pub audience: Audience,
    /// What its readers are told; nothing where it is opened for nobody.
    pub receipt: Option<Receipt>,
}

/// Why a post-mortem cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("there is no such post-mortem")]
    Missing,
    #[error("the process is ending")]
    Stopping,
    /// What is on the disk cannot be read, now or later.
    #[error("{0}")]
    Damaged(String),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        if error.is_damage() { Self::Damaged(error.to_string()) } else { Self::Store(error) }
    }
}

impl Beginning {
    /// Reads everything, and decodes the document in a thread of its own.
    ///
    /// # Errors
    /// When there is no such post-mortem, or a part of it is missing or cannot be read.
    pub async fn load(store: &Store, id: &PostmortemId) -> Result<Self, LoadError> {
        let log = store.find_log(id).await?.ok_or(LoadError::Missing)?;
        let threads = load_threads(store, id).await?;
        let publication = PublicationState::of(store, id).await?;
        let latest = store.latest_version(id).await?.ok_or(LoadError::Missing)?;
        let head = store.find_head(id).await?;
        let decoding = tokio::task::spawn_blocking(move || Self::decode(random::client(), log, publication, latest));
        let mut beginning = match decoding.await {
            Ok(beginning) => beginning?,
            Err(error) if error.is_panic() => return Err(LoadError::Damaged("it cannot be decoded".into())),
            Err(_) => return Err(LoadError::Stopping),
        };
        beginning.threads = threads;
        if let Some(head) = head {
            (beginning.head, beginning.is_head_of_document) = (head.row, false);
        }
        Ok(beginning)
    }

    /// Decodes what is kept of a document in which nothing is said. `client` is the client id of its replicas, which never
    /// edit.
    ///
    /// # Errors
    /// When a part of the log is missing or cannot be read.
    pub fn decode(
        client: ClientId,
        mut log: UpdateLog,
        publication: PublicationState,
        latest: Latest,
    ) -> Result<Self, LoadError> {
        if let Some(hole) = log.hole() {
            return Err(LoadError::Damaged(hole.to_string()));
        }
        let (generation, sequence, since_snapshot, bytes) =
            (log.generation, log.sequence(), log.updates.len(), log.bytes());
        let authors = std::mem::take(&mut log.authors);
        let room = Room::load(client, log.through(sequence), authors);
        let room = room.map_err(|error| LoadError::Damaged(error.to_string()))?;
        let (threads, audience) = (Threads::default(), Audience::default());
        let head = room.replica().details().head();
        Ok(Self {
            room,
            generation,
            sequence,
            since_snapshot,
            bytes,
            threads,
            publication,
            latest,
            head,
            is_head_of_document: true,
            audience,
            receipt: None,
        })
    }
}

/// Page by page, so that no more is read at a time than is told at a time.
async fn load_threads(store: &Store, id: &PostmortemId) -> Result<Threads, StoreError> {
    let mut threads = Threads::default();
    let mut next = Some(0);
    while let Some(after) = next {
        let page = store.page_of_threads(id, after, u32::MAX).await?;
        page.threads.into_iter().for_each(|thread| threads.put(thread));
        next = page.next;
    }
    Ok(threads)
}
