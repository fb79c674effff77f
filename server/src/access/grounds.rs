//! What a permit said, to be asked again where something is written: a body takes its time to arrive, and a right may be
//! taken away meanwhile.

use crate::error::ApiError;
use crate::store::audit::Actor;
use crate::store::sessions::Credential;
use crate::store::{Store, rights, sessions};
use postmortem::{Capability, PostmortemId, UserId};
use sqlx::SqliteConnection;

/// That somebody may do something.
#[derive(Debug, Clone)]
pub struct Grounds {
    pub user: UserId,
    /// By what they came in.
    pub credential: Credential,
    /// From which network address they ask.
    pub address: String,
    pub needs: Needed,
}

/// What it takes.
#[derive(Debug, Clone)]
pub enum Needed {
    /// Beside any post-mortem; nothing but to be signed in where there is none.
    InTeam(Option<Capability>),
    InPostmortem(PostmortemId, Capability),
}

impl Grounds {
    /// Who does it, for the audit log.
    pub fn actor(&self) -> Actor {
        Actor::Visitor { user: self.user.clone(), credential: self.credential.clone(), address: self.address.clone() }
    }

    /// Asks again, in the transaction of what is to be done.
    ///
    /// # Errors
    /// As the permit would be refused now.
    pub async fn hold(&self, read: &mut SqliteConnection) -> Result<(), ApiError> {
        let role = sessions::find_role(read, &self.credential).await?.ok_or(ApiError::NoSession)?;
        match &self.needs {
            Needed::InTeam(needed) => match needed.filter(|needed| !role.capabilities().contains(*needed)) {
                Some(needed) => Err(ApiError::NotAllowed(needed)),
                None => Ok(()),
            },
            Needed::InPostmortem(id, needed) => {
                let found = rights::find(read, id, &self.user).await?;
                let found = found.and_then(|(access, named)| access.capabilities(role, named));
                match found.filter(|found| found.contains(Capability::Read)) {
                    Some(found) if found.contains(*needed) => Ok(()),
                    Some(_) => Err(ApiError::NotAllowed(*needed)),
                    None if rights::was_deleted_for(read, id, &self.user, role).await? => Err(ApiError::Deleted),
                    None => Err(ApiError::NotFound("post-mortem")),
                }
            }
        }
    }

    /// The same where nothing is written in a transaction of its own.
    ///
    /// # Errors
    /// As [`Grounds::hold`].
    pub async fn hold_now(&self, store: &Store) -> Result<(), ApiError> {
        self.hold(&mut *store.reading().await?).await
    }
}
