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
        let (slug, revision, published_at) = match self {
            Self::Published(published) => {
                (Some(published.slug.clone()), published.revision, Some(published.published_at))
            }
            Self::Withdrawn(withdrawn) => (None, withdrawn.last_revision, None),
            Self::Never => (None, 0, None),
        };
        Event::Publication { slug, revision, published_at }
    }
}
