//! Making a publication: the page is rendered once, from the value as it is on disk, and kept as finished HTML. The same
//! link carries every revision until it is withdrawn.

use crate::error::ApiError;
use crate::store::publications::{self, Published, Revision};
use crate::{Debrief, clock, random};
use app::published::{self, Page};
use chrono::{DateTime, Utc};
use postmortem::{Digests, Event, Person, Postmortem, PostmortemId, Reason};
use std::time::Duration;
use tokio::time::timeout;

/// How long the answer waits for the version of what was published, so that it is found under "History" at once.
const VERSION_WAIT: Duration = Duration::from_secs(2);

/// Publishes what is on disk as the next revision, and tells the room.
///
/// # Errors
/// When there is no such post-mortem, or the page could not be made or kept.
pub async fn publish(debrief: &Debrief, id: &PostmortemId, person: &Person) -> Result<Published, ApiError> {
    // One at a time, so that revisions are numbered, and rooms told, in the order of their commits.
    let turn = debrief.telling.lock().await;
    let (whole, version) = debrief.rooms.read_to_keep(id, Reason::Published, &person.id).await?;
    let standing = debrief.store.find_publication(id).await?;
    let published = Published {
        slug: standing.as_ref().map_or_else(random::slug, |standing| standing.slug.clone()),
        revision: standing.as_ref().map_or(1, |standing| standing.revision + 1),
        published_at: clock::now(),
        published_by: person.name.clone(),
    };
    let digests = Digests::of_published(&whole.reading.postmortem);
    let digests = serde_json::to_string(&digests).map_err(|error| {
        tracing::error!(%error, "digests could not be written");
        ApiError::Internal
    })?;
    let page = render(whole.reading.postmortem, published.clone()).await?;
    let mut write = debrief.store.write().await?;
    if standing.is_none() {
        publications::insert(&mut write, &published.slug, id, published.published_at).await?;
    }
    let revision = Revision {
        slug: &published.slug,
        number: published.revision,
        html: &page.html,
        style_hash: &page.style_hash,
        digests: &digests,
        published_by: &person.id,
        published_at: published.published_at,
    };
    publications::insert_revision(&mut write, revision).await?;
    write.commit().await.map_err(crate::store::StoreError::from)?;
    debrief.rooms.announce(id, event(Some(&published))).await;
    let kept = version.map(|version| debrief.rooms.keep_version(id, version));
    drop(turn);
    // It is published, whatever becomes of the version.
    if let Some(kept) = kept
        && timeout(VERSION_WAIT, kept).await.is_err()
    {
        tracing::warn!(postmortem = %id, "the version of a publication waits for the disk");
    }
    Ok(published)
}

/// Withdraws a publication with all its revisions, and tells the room.
///
/// # Errors
/// When there is no such publication, or the store failed.
pub async fn withdraw(debrief: &Debrief, id: &PostmortemId, slug: &str) -> Result<(), ApiError> {
    let _turn = debrief.telling.lock().await;
    let mut write = debrief.store.write().await?;
    let stood = publications::withdraw(&mut write, id, slug, clock::now()).await?;
    write.commit().await.map_err(crate::store::StoreError::from)?;
    if !stood {
        return Err(ApiError::NotFound("publication"));
    }
    debrief.rooms.announce(id, event(None)).await;
    Ok(())
}

/// What rooms are told of the publication that stands, or of none.
pub fn event(published: Option<&Published>) -> Event {
    Event::Publication {
        slug: published.map(|published| published.slug.clone()),
        revision: published.map_or(0, |published| published.revision),
        published_at: published.map(|published| published.published_at),
    }
}

/// The page as a file, for who has no server to publish on.
pub fn page(postmortem: &Postmortem, published_at: DateTime<Utc>, published_by: &str) -> String {
    published::page(&published::Published { postmortem, revision: 1, published_at, published_by }).html
}

/// Rendering is deep recursion over what people wrote: it has a thread to itself, and a panic ends only this request.
async fn render(postmortem: Postmortem, published: Published) -> Result<Page, ApiError> {
    let rendering = tokio::task::spawn_blocking(move || {
        published::page(&published::Published {
            postmortem: &postmortem,
            revision: published.revision,
            published_at: published.published_at,
            published_by: &published.published_by,
        })
    });
    rendering.await.map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        ApiError::Internal
    })
}
