//! How a post-mortem stands with its readers, from the rows of its publications.

use super::publications::{StandingRevision, Withdrawn};
use super::{Store, StoreError};
use crate::random;
use postmortem::{Event, PostmortemId};

/// Whether something of a post-mortem is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicationState {
    Published(StandingRevision),
    /// Publishing again takes its link up again.
    Withdrawn(Withdrawn),
    Never,
}

impl PublicationState {
    pub async fn of(store: &Store, id: &PostmortemId) -> Result<Self, StoreError> {
        if let Some(published) = store.find_publication(id).await? {
            return Ok(Self::Published(published));
        }
        Ok(store.find_withdrawn(id).await?.map_or(Self::Never, Self::Withdrawn))
    }

    /// The slug and the number that the next revision gets.
    pub fn next(&self) -> (String, u32) {
        match self {
            Self::Published(published) => (published.slug.clone(), published.revision + 1),
            Self::Withdrawn(withdrawn) => (withdrawn.slug.clone(), withdrawn.last_revision + 1),
            Self::Never => (random::slug(), 1),
        }
    }

    /// What rooms are told of it.
    pub fn event(&self) -> Event {
        let unpublished = |revision| Event::Publication { slug: None, revision, published_at: None, readers: None };
        match self {
            Self::Published(published) => Event::Publication {
                slug: Some(published.slug.clone()),
                revision: published.revision,
                published_at: Some(published.published_at),
                readers: Some(published.readers),
            },
            Self::Withdrawn(withdrawn) => unpublished(withdrawn.last_revision),
            Self::Never => unpublished(0),
        }
    }
}
