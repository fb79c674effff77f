//! Making a publication: the page is rendered once, from the value as it is on disk, and kept as finished HTML. The same
//! link carries every revision until it is withdrawn.

use crate::access::{Permit, ToPublish};
use crate::announce::AnnouncedWrite;
use crate::error::ApiError;
use crate::store::Store;
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::postmortems;
use crate::store::publication_state::PublicationState;
use crate::store::publications::{self, Revision, StandingRevision, StoredPage};
use crate::store::versions::NewVersion;
use crate::{Debrief, clock};
use app::published::{self, PublishedPage};
use chrono::{DateTime, Utc};
use postmortem::names::{self, NameFound};
use postmortem::{AuditAction, Digests, PageReaders, Postmortem, PostmortemId, Reason, UserId, limits};
use std::time::Duration;
use tokio::time::timeout;

/// How long the answer waits for the version of what was published, so that it is found under "History" at once.
const VERSION_WAIT: Duration = Duration::from_secs(2);

/// The most bytes of a page: as many as a document may have, and more than anybody reads in a browser.
const LARGEST_PAGE: usize = limits::DOCUMENT;

/// What a revision that has been made becomes: it stands, or somebody published something else meanwhile.
enum Outcome {
    Stands(StandingRevision),
    Overtaken,
}

/// Publishes what is on disk as the next revision, and tells the room. Where the page is the one that stands already, nothing
/// is stored and nobody is told.
///
/// # Errors
/// When there is no such post-mortem, or the page could not be made or kept.
pub async fn publish(
    debrief: &Debrief,
    permit: &Permit<ToPublish>,
    readers: Option<PageReaders>,
) -> Result<StandingRevision, ApiError> {
    let id = permit.postmortem();
    loop {
        // Whoever hangs up until here is not waited for, and holds up nobody else.
        let draft = match draft(debrief, permit, readers).await? {
            Drafted::Unchanged(standing) => return with_readers(debrief, permit, standing, readers).await,
            Drafted::New(draft) => draft,
        };
        let (keeping, id) = (debrief.clone(), id.clone());
        match debrief
            .announcer
            .write_by(permit.grounds(), async move |write| draft.keep(&keeping, write, &id).await)
            .await?
        {
            Outcome::Stands(published) => return Ok(published),
            Outcome::Overtaken => {}
        }
    }
}

enum Drafted {
    /// The page would be the one that stands.
    Unchanged(StandingRevision),
    New(Box<Draft>),
}

/// A revision that is rendered and not kept.
struct Draft {
    published: StandingRevision,
    /// What stood when it was made.
    standing: Option<StandingRevision>,
    page: PublishedPage,
    digests: String,
    by: UserId,
    version: Option<NewVersion>,
}

async fn draft(
    debrief: &Debrief,
    permit: &Permit<ToPublish>,
    readers: Option<PageReaders>,
) -> Result<Drafted, ApiError> {
    let (id, person) = (permit.postmortem(), permit.person());
    let turn = debrief.workshop.turn(&permit.asker()).await?;
    let (whole, version) = debrief.rooms.read_to_keep(id, Reason::Published, &person.id).await?;
    let standing = debrief.store.find_publication(id).await?;
    let digesting = turn.run(move |_| {
        let digests = serde_json::to_string(&Digests::of_published(&whole.reading.postmortem)).map_err(|error| {
            tracing::error!(%error, "digests could not be written");
            ApiError::Internal
        })?;
        Ok::<_, ApiError>((whole, digests))
    });
    let (whole, digests) = digesting.await?;
    let (slug, revision) = PublicationState::of(&debrief.store, id).await?.next();
    let readers = match readers.or(standing.as_ref().map(|standing| standing.readers)) {
        Some(readers) => readers,
        None => usual_readers(&debrief.store, id).await?,
    };
    let published_by = person.name.clone();
    let published = StandingRevision { slug, revision, published_at: clock::now(), published_by, readers };
    // Parts that differ make another page. Parts that do not may still look different in another release.
    let before = match &standing {
        Some(standing) if debrief.store.find_digests(id).await?.as_ref() == Some(&digests) => {
            debrief.store.find_page(&standing.slug).await?.zip(Some(standing.clone()))
        }
        _ => None,
    };
    let made = published.clone();
    let rendering = turn.run(move |wanted| {
        let postmortem = &whole.reading.postmortem;
        if let Some((StoredPage::Standing { html, .. }, standing)) = before
            && render(postmortem, &standing).html == html
        {
            return Ok(None);
        }
        if !wanted.goes_on() {
            return Err(ApiError::Stopping);
        }
        render_within_bounds(postmortem, &made).map(Some)
    });
    Ok(match (rendering.await?, standing) {
        (None, Some(standing)) => Drafted::Unchanged(standing),
        (None, None) => return Err(ApiError::Internal),
        (Some(page), standing) => {
            let by = person.id.clone();
            Drafted::New(Box::new(Draft { published, standing, page, digests, by, version }))
        }
    })
}

/// Who can open a page of which nobody has said so.
async fn usual_readers(store: &Store, id: &PostmortemId) -> Result<PageReaders, ApiError> {
    if store.find_audience(id).await?.is_private {
        return Ok(PageReaders::Team);
    }
    Ok(store.find_team().await?.map_or(PageReaders::Link, |team| team.pages_are_for))
}

/// What stands, for whom it is to be.
async fn with_readers(
    debrief: &Debrief,
    permit: &Permit<ToPublish>,
    standing: StandingRevision,
    readers: Option<PageReaders>,
) -> Result<StandingRevision, ApiError> {
    match readers.filter(|readers| *readers != standing.readers) {
        Some(readers) => {
            set_readers(debrief, permit, &standing.slug, readers).await?;
            Ok(StandingRevision { readers, ..standing })
        }
        None => Ok(standing),
    }
}

/// Says who can open a page that stands, and tells the room.
///
/// # Errors
/// When there is no such publication, or the store failed.
pub async fn set_readers(
    debrief: &Debrief,
    permit: &Permit<ToPublish>,
    slug: &str,
    readers: PageReaders,
) -> Result<(), ApiError> {
    let (id, slug) = (permit.postmortem().clone(), slug.to_owned());
    let setting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let before = publications::find_standing(&mut write, &id).await?.map(|standing| standing.readers);
        if !publications::set_readers(&mut write, &id, &slug, readers).await? {
            return Err(ApiError::NotFound("publication"));
        }
        if let Some(before) = before.filter(|before| *before != readers) {
            let deed = Deed::new(AuditAction::ReadersChanged).on(&id);
            write.record(deed.set(readers.label(), before.label())).await?;
        }
        write.commit(Announcement::Publication(id)).await
    });
    setting.await
}

fn too_large(bytes: usize) -> ApiError {
    let (has, most) = (bytes.div_ceil(1 << 20), LARGEST_PAGE >> 20);
    ApiError::Invalid(format!(
        "This post-mortem is too long to publish: its page would have {has} MiB, and {most} MiB is the limit. Move logs to \
         sources."
    ))
}

impl Draft {
    /// Stores what was rendered before, where nobody published anything else meanwhile.
    async fn keep(self, debrief: &Debrief, mut write: AnnouncedWrite, id: &PostmortemId) -> Result<Outcome, ApiError> {
        let Self { published, standing, page, digests, by, version } = self;
        if !postmortems::is_there(&mut write, id).await? {
            drop(write);
            return Err(ApiError::no_postmortem(&debrief.store, id).await);
        }
        if publications::find_standing(&mut write, id).await? != standing {
            return Ok(Outcome::Overtaken);
        }
        if standing.is_none() {
            publications::insert(&mut write, &published.slug, id, published.published_at, published.readers).await?;
        } else {
            publications::set_readers(&mut write, id, &published.slug, published.readers).await?;
        }
        let revision = Revision {
            slug: &published.slug,
            number: published.revision,
            html: &page.html,
            style_hash: &page.style_hash,
            digests: &digests,
            published_by: &by,
            published_at: published.published_at,
        };
        publications::insert_revision(&mut write, revision).await?;
        publications::delete_old_revisions(&mut write, &published.slug).await?;
        let readers = published.readers.label().to_lowercase();
        let what = format!("revision {} for {readers}", published.revision);
        write.record(Deed::new(AuditAction::Published).on(id).how(what)).await?;
        write.commit(Announcement::Publication(id.clone())).await?;
        let kept = version.map(|version| debrief.rooms.keep_version(id, version));
        // It is published, whatever becomes of the version.
        if let Some(kept) = kept
            && timeout(VERSION_WAIT, kept).await.is_err()
        {
            tracing::warn!(postmortem = %id, "the version of a publication waits for the disk");
        }
        Ok(Outcome::Stands(published))
    }
}

/// Shows the page as it would be published now, which nobody is told of, and the names that its readers would read.
///
/// # Errors
/// When there is no such post-mortem, it could not be published, or too much is under way.
pub async fn preview<V: Send + 'static>(
    debrief: &Debrief,
    permit: &Permit<ToPublish>,
    show: impl FnOnce(PublishedPage, Vec<NameFound>) -> V + Send + 'static,
) -> Result<V, ApiError> {
    let (id, person) = (permit.postmortem(), permit.person());
    let turn = debrief.workshop.turn(&permit.asker()).await?;
    let whole = debrief.rooms.read(id).await?;
    let (slug, revision) = PublicationState::of(&debrief.store, id).await?.next();
    let published_by = person.name.clone();
    // What readers see is the same for whoever can open it.
    let readers = PageReaders::Team;
    let published = StandingRevision { slug, revision, published_at: clock::now(), published_by, readers };
    let writers = debrief.store.list_writers(id).await?;
    let rendering = turn.run(move |wanted| {
        let postmortem = &whole.reading.postmortem;
        let page = render_within_bounds(postmortem, &published)?;
        if !wanted.goes_on() {
            return Err(ApiError::Stopping);
        }
        Ok(show(page, names::left_for_readers(postmortem, &writers)))
    });
    rendering.await
}

/// Withdraws a publication with all its revisions, and tells the room.
///
/// # Errors
/// When there is no such publication, or the store failed.
pub async fn withdraw(debrief: &Debrief, permit: &Permit<ToPublish>, slug: &str) -> Result<(), ApiError> {
    let (store, id, slug) = (debrief.store.clone(), permit.postmortem().clone(), slug.to_owned());
    let withdrawing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        if !publications::withdraw(&mut write, &id, &slug, clock::now()).await? {
            return Err(ApiError::NotFound("publication"));
        }
        write.record(Deed::new(AuditAction::Withdrawn).on(&id)).await?;
        write.commit(Announcement::Publication(id)).await?;
        store.erased();
        Ok(())
    });
    withdrawing.await
}

/// The page as a file, for who has no server to publish on.
pub fn page(postmortem: &Postmortem, published_at: DateTime<Utc>, published_by: &str) -> String {
    published::page(&published::PublishedRevision { postmortem, revision: 1, published_at, published_by }).html
}

/// The page, where it is not larger than pages may be.
fn render_within_bounds(postmortem: &Postmortem, published: &StandingRevision) -> Result<PublishedPage, ApiError> {
    let page = render(postmortem, published);
    if page.html.len() > LARGEST_PAGE { Err(too_large(page.html.len())) } else { Ok(page) }
}

fn render(postmortem: &Postmortem, published: &StandingRevision) -> PublishedPage {
    let StandingRevision { revision, published_at, published_by, .. } = published;
    published::page(&published::PublishedRevision {
        postmortem,
        revision: *revision,
        published_at: *published_at,
        published_by,
    })
}
