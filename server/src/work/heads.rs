//! Who may set status and owner, and what comes of it. Whoever edits sets the status, and names an owner where the post-mortem
//! has no account that owns it; handing it over is for whoever decides on it.

use crate::access::Grounds;
use crate::announce::{AnnouncedWrite, Announcer};
use crate::clock;
use crate::error::ApiError;
use crate::store::accounts::{self, ListedAccount};
use crate::store::announcements::Announcement;
use crate::store::audit::{Actor, Deed};
use crate::store::{StoreError, head_rows, rights};
use crate::sync::HeadWanted;
use postmortem::api::OwnerChange;
use postmortem::person::LONGEST_NAME;
use postmortem::{AuditAction, Capability, HeadRow, PostmortemId, Status, UserId};
use sqlx::SqliteConnection;
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
            let (what, deeds) = set(&mut write, &id, &by, change).await?;
            for deed in deeds {
                write.record(deed).await?;
            }
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
        let (what, deeds) = set(&mut write, &id, &by, change).await?;
        let actor = Actor::Person { user: by, device: COPY.to_owned(), address: String::new() };
        for deed in deeds {
            write.record_by(actor.clone(), deed).await?;
        }
        write.commit(what).await
    });
    setting.await
}

async fn set(
    write: &mut AnnouncedWrite,
    id: &PostmortemId,
    by: &UserId,
    change: Change,
) -> Result<(Announcement, Vec<Deed>), ApiError> {
    let now = clock::now();
    let before = head(write, id).await?;
    let announcement = match change {
        Change::Status(status) => {
            head_rows::set_status(write, id, status, by, now).await?;
            Announcement::Head(id.clone())
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
            Announcement::Head(id.clone())
        }
        Change::Owner(OwnerChange::Person(person)) => {
            if !rights::find_capabilities_of(write, id, by).await?.unwrap_or_default().contains(Capability::Administer)
            {
                return Err(ApiError::NotAllowed(Capability::Administer));
            }
            let found = accounts::find(write, &person).await?.filter(ListedAccount::can_be_chosen);
            let chosen = || ApiError::Invalid("Choose somebody of the team who can sign in.".into());
            found.ok_or_else(chosen)?;
            rights::set_owner(write, id, &person).await?;
            head_rows::set_owner_name(write, id, "", by, now).await?;
            // Both may do other things there from now on.
            Announcement::Access(id.clone())
        }
    };
    Ok((announcement, deeds(id, &before, &head(write, id).await?)))
}

async fn head(read: &mut SqliteConnection, id: &PostmortemId) -> Result<HeadRow, StoreError> {
    Ok(head_rows::find(read, id).await?.map(|head| head.row).unwrap_or_default())
}

/// What is another than before, for the audit log.
fn deeds(id: &PostmortemId, before: &HeadRow, now: &HeadRow) -> Vec<Deed> {
    // A name that was typed is a word of the post-mortem, and goes with it.
    let owner = |head: &HeadRow| match (&head.owner_id, head.owner.as_str()) {
        (Some(_), name) => name.to_owned(),
        (None, "") => "nobody".to_owned(),
        (None, _) => "somebody outside of the team".to_owned(),
    };
    let status = (now.status != before.status)
        .then(|| Deed::new(AuditAction::StatusChanged).on(id).set(now.status.label(), before.status.label()));
    let owner = (now.owner != before.owner || now.owner_id != before.owner_id)
        .then(|| Deed::new(AuditAction::OwnerChanged).on(id).set(&owner(now), &owner(before)));
    status.into_iter().chain(owner).collect()
}
