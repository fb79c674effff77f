//! Making a post-mortem: the document with all its sections is made here, once, in one update, and kept together with
//! its row or not at all.

use crate::store::postmortems::{self, Summary};
use crate::store::{Store, StoreError, log};
use crate::{clock, random};
use postmortem::create::{create, template_figures};
use postmortem::import::Incident;
use postmortem::{Authorship, CommandError, ItemId, PostmortemId, Replica, Severity, UpdateError, UserId};

/// A post-mortem that is not yet kept.
#[derive(Debug)]
pub struct New {
    id: PostmortemId,
    client: u64,
    update: Vec<u8>,
    summary: Summary,
}

/// Why a post-mortem cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreationError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Update(#[from] UpdateError),
}

impl New {
    /// An empty one.
    ///
    /// # Errors
    /// When the title is too long.
    pub fn empty(title: &str, severity: Severity) -> Result<Self, CreationError> {
        let replica = create(random::client(), title, severity)?;
        for command in template_figures() {
            replica.run(&command)?;
        }
        Self::of(&replica)
    }

    /// One with everything that an incident file tells.
    ///
    /// # Errors
    /// When the file holds more than a post-mortem takes.
    pub fn imported(incident: &Incident) -> Result<Self, CreationError> {
        let replica = create(random::client(), incident.title(), incident.severity())?;
        for command in incident.commands(&mut || random::id(ItemId::new)) {
            replica.run(&command)?;
        }
        Self::of(&replica)
    }

    fn of(replica: &Replica) -> Result<Self, CreationError> {
        Ok(Self {
            id: random::id(PostmortemId::new),
            client: replica.client(),
            update: replica.diff(&[0])?,
            summary: Summary::of(&replica.read().postmortem),
        })
    }

    /// Keeps it, and gives its id.
    ///
    /// # Errors
    /// When the store failed; nothing is kept then.
    pub async fn keep(self, store: &Store, created_by: Option<&UserId>) -> Result<PostmortemId, StoreError> {
        // The template and what was imported were written by nobody in particular.
        let authorship = Authorship { client: self.client, from: 0, person: None };
        let mut write = store.write().await?;
        postmortems::insert(&mut write, &self.id, created_by, clock::now(), &self.summary).await?;
        log::append(&mut write, &self.id, 1, &self.update).await?;
        log::insert_author(&mut write, &self.id, &authorship).await?;
        write.commit().await?;
        Ok(self.id)
    }
}
