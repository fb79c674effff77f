//! Making a post-mortem: the document with all its sections is made here, once, in one update, and kept together with
//! its row or not at all.

use crate::error::ApiError;
use crate::store::audit::{self, Actor, Deed};
use crate::store::log::LogSequence;
use crate::store::postmortems::{self, NewLine, Origin};
use crate::store::{Store, StoreError, log};
use crate::work::workshop::Wanted;
use crate::{clock, random};
use postmortem::api::Summary;
use postmortem::create::{create, template_figures};
use postmortem::import::Incident;
use postmortem::{
    AuditAction, Authorship, ClientId, CommandError, HeadRow, ItemId, Openness, PostmortemId, Replica, Severity,
    UpdateError, limits,
};

/// A post-mortem that is not yet kept.
#[derive(Debug)]
pub struct New {
    id: PostmortemId,
    client: ClientId,
    update: Vec<u8>,
    summary: Summary,
    head: HeadRow,
    origin: Origin,
    access: Openness,
}

/// Why a post-mortem cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreationError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Update(#[from] UpdateError),
    #[error(
        "With the places of its texts this would have {} MiB, and a post-mortem holds at most {} MiB. Move logs to \
         sources, or make two files of it.",
        .bytes.div_ceil(1 << 20),
        limits::DOCUMENT >> 20
    )]
    TooLarge { bytes: usize },
    #[error("nobody waits for it any more")]
    GivenUp,
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
        Self::of(&replica, Origin::Blank)
    }

    /// One with everything that an incident file tells.
    ///
    /// # Errors
    /// When the file holds more than a post-mortem takes, or nobody wants it any more.
    pub fn imported(incident: &Incident, wanted: &Wanted) -> Result<Self, CreationError> {
        let replica = create(random::client(), incident.title(), incident.severity())?;
        for command in incident.commands(&mut || random::id(ItemId::new)) {
            if !wanted.goes_on() {
                return Err(CreationError::GivenUp);
            }
            replica.run(&command)?;
        }
        Ok(Self { head: incident.head(), ..Self::of(&replica, Origin::Import)? })
    }

    /// The same as an example, which is kept once.
    pub fn example(self, name: &'static str) -> Self {
        Self { origin: Origin::Example(name), ..self }
    }

    /// The same for whoever finds it so.
    pub fn open_to(self, access: Openness) -> Self {
        Self { access, ..self }
    }

    fn of(replica: &Replica, origin: Origin) -> Result<Self, CreationError> {
        let update = replica.diff(&[0])?;
        if update.len() > limits::DOCUMENT {
            return Err(CreationError::TooLarge { bytes: update.len() });
        }
        Ok(Self {
            id: random::id(PostmortemId::new),
            client: replica.client(),
            update,
            summary: Summary::of(replica),
            head: HeadRow::default(),
            origin,
            access: Openness::Team,
        })
    }

    /// Keeps it, and gives its id; of an example that is there already, the id of that.
    ///
    /// # Errors
    /// When the store failed; nothing is kept then.
    pub async fn keep(self, store: &Store, by: &Actor) -> Result<PostmortemId, StoreError> {
        // The template and what was imported were written by nobody in particular.
        let authorship = Authorship { client: self.client, from: 0, person: None };
        let mut write = store.write().await?;
        if let Origin::Example(name) = self.origin
            && let Some(there) = postmortems::find_example(&mut write, name).await?
        {
            return Ok(there);
        }
        let Self { origin, access, .. } = self;
        let line = NewLine { origin, access, summary: &self.summary, head: &self.head };
        postmortems::insert(&mut write, &self.id, by.user(), clock::now(), line).await?;
        log::append(&mut write, &self.id, LogSequence(1), &self.update).await?;
        log::insert_author(&mut write, &self.id, &authorship).await?;
        let deed = match origin {
            Origin::Blank => Deed::new(AuditAction::Begun),
            Origin::Import => Deed::new(AuditAction::Imported),
            Origin::Example(_) => Deed::new(AuditAction::Imported).how("an example"),
        };
        audit::insert(&mut write, clock::now(), by, &deed.on(&self.id)).await?;
        write.commit().await?;
        Ok(self.id)
    }
}

impl From<CreationError> for ApiError {
    fn from(error: CreationError) -> Self {
        match error {
            CreationError::Command(error) => ApiError::Invalid(error.to_string()),
            CreationError::TooLarge { .. } => ApiError::Invalid(error.to_string()),
            // Whoever hung up reads no answer, so that this is for those whom a stop cut short.
            CreationError::GivenUp => ApiError::Stopping,
            CreationError::Update(error) => {
                tracing::error!(%error, "a new post-mortem could not be encoded");
                ApiError::Internal
            }
        }
    }
}
