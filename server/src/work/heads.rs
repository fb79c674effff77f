//! Who may set status and owner, and what comes of it. Whoever edits sets the status, and names an owner where the post-mortem
//! has no account that owns it; handing it over is for whoever decides on it.

use crate::access::Grounds;
use crate::announce::{AnnouncedWrite, Announcer};
use crate::clock;
use crate::error::ApiError;
use crate::store::accounts::{self, ListedAccount};
use crate::store::announcements::Announcement;
use crate::store::audit::{Actor, Deed};
use crate::store::{head_rows, rights};
use crate::sync::HeadWanted;
use postmortem::api::OwnerChange;
use postmortem::person::LONGEST_NAME;
use postmortem::{AuditAction, Capability, PostmortemId, Status, UserId};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What stands in the place of a browser for a copy that brought it.
const COPY: &str = "A copy of an earlier release";

/// What is to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Status(Status),
    Owner(OwnerChange),
}

/// Sets something for whoever has a permit to edit.
///
/// # Errors
/// When they may not set it, or nobody can be set so.
pub async fn change(announcer: &Announcer, grounds: Grounds, id: PostmortemId, change: Change) -> Result<(), ApiError> {
    let by = grounds.user.clone();
    announcer
        .write_by(grounds, async move |mut write| {
            let (what, deed) = set(&mut write, &id, &by, change).await?;
            write.record(deed).await?;
            write.commit(what).await
        })
        .await
}

/// Decides what people bring of heads that stood in a document once, by what they may do now, for as long as the server runs.
pub async fn decide(announcer: &Announcer, mut wanted: Receiver<HeadWanted>) {
    loop {
        match wanted.recv().await {
            Ok(HeadWanted { postmortem, by, status, owner }) => {
                let owner = owner.map(|name| Change::Owner(OwnerChange::Name(name)));
                for change in status.map(Change::Status).into_iter().chain(owner) {
                    if let Err(error) = bring(announcer, postmortem.clone(), by.clone(), change).await {
                        tracing::info!(%error, %postmortem, person = %by, "what a copy brought of the head was not set");
                    }
                }
            }
            Err(RecvError::Lagged(count)) => tracing::warn!(count, "heads that copies brought were passed over"),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn bring(announcer: &Announcer, id: PostmortemId, by: UserId, change: Change) -> Result<(), ApiError> {
    let setting = announcer.write(async move |mut write| {
        if !rights::find_capabilities_of(&mut write, &id, &by).await?.unwrap_or_default().contains(Capability::Edit) {
            return Err(ApiError::NotAllowed(Capability::Edit));
        }
        let (what, deed) = set(&mut write, &id, &by, change).await?;
        write.record_by(Actor::Person { user: by, device: COPY.to_owned(), address: String::new() }, deed).await?;
        write.commit(what).await
    });
    setting.await
}

async fn set(
    write: &mut AnnouncedWrite,
    id: &PostmortemId,
    by: &UserId,
    change: Change,
) -> Result<(Announcement, Deed), ApiError> {
    let now = clock::now();
    let before = head_rows::find(write, id).await?.map(|head| head.row).unwrap_or_default();
    let owner_changed = |owner: &str| Deed::new(AuditAction::OwnerChanged).on(id).set(owner, &before.owner);
    let deed = match change {
        Change::Status(status) => {
            head_rows::set_status(write, id, status, by, now).await?;
            Deed::new(AuditAction::StatusChanged).on(id).set(status.label(), before.status.label())
        }
        Change::Owner(OwnerChange::Name(name)) => {
            let has_account = rights::find_owner(write, id).await?.is_some();
            if has_account
                && !rights::find_capabilities_of(write, id, by)
                    .await?
                    .unwrap_or_default()
                    .contains(Capability::Administer)
            {
                return Err(ApiError::NotAllowed(Capability::Administer));
            }
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if name.chars().count() > LONGEST_NAME {
                return Err(ApiError::Invalid(format!("A name has at most {LONGEST_NAME} characters.")));
            }
            head_rows::set_owner_name(write, id, &name, by, now).await?;
            owner_changed(if name.is_empty() { "nobody" } else { &name })
        }
        Change::Owner(OwnerChange::Person(person)) => {
            if !rights::find_capabilities_of(write, id, by).await?.unwrap_or_default().contains(Capability::Administer)
            {
                return Err(ApiError::NotAllowed(Capability::Administer));
            }
            let found = accounts::find(write, &person).await?.filter(ListedAccount::can_be_chosen);
            let chosen = || ApiError::Invalid("Choose somebody of the team who can sign in.".into());
            let account = found.ok_or_else(chosen)?.account;
            rights::set_owner(write, id, &person).await?;
            head_rows::set_owner_name(write, id, "", by, now).await?;
            // Both may do other things there from now on.
            return Ok((Announcement::Access(id.clone()), owner_changed(&account.person.name)));
        }
    };
    Ok((Announcement::Head(id.clone()), deed))
}
