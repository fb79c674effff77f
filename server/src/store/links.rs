//! The table `links`: what lets somebody in for the first time, or again. Looked up by the hash of the secret in the link.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::api::LinkKind;
use postmortem::{InvitationId, TeamRole, UserId};
use sqlx::{FromRow, SqliteConnection};

/// A link that holds.
#[derive(Debug, Clone)]
pub struct OneTimeLink {
    pub id: InvitationId,
    pub kind: LinkKind,
    pub role: TeamRole,
    pub mail: Option<String>,
    /// Whose account it opens.
    pub user: Option<UserId>,
    /// How many people may join with it, and how many have.
    pub people: u32,
    pub joined: u32,
    pub made_by: Option<UserId>,
    pub ends_at: DateTime<Utc>,
}

/// A link in the list of invitations.
#[derive(Debug, Clone)]
pub struct ListedLink {
    pub link: OneTimeLink,
    /// The name of who made it.
    pub maker: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    role: String,
    mail: Option<String>,
    user_id: Option<String>,
    people: u32,
    joined: u32,
    made_by: Option<String>,
    ends_at: DateTime<Utc>,
    maker: Option<String>,
}

impl Row {
    fn listed(self) -> Result<ListedLink, StoreError> {
        let link = OneTimeLink {
            id: parsed(&self.id, "an invitation's id")?,
            kind: kind(&self.kind)?,
            role: parsed(&self.role, "a role in the team")?,
            mail: self.mail,
            user: self.user_id.map(|id| parsed(&id, "a user's id")).transpose()?,
            people: self.people,
            joined: self.joined,
            made_by: self.made_by.map(|id| parsed(&id, "a user's id")).transpose()?,
            ends_at: self.ends_at,
        };
        Ok(ListedLink { link, maker: self.maker })
    }
}

fn code(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Setup => "setup",
        LinkKind::Invitation => "invitation",
        LinkKind::SignIn => "sign_in",
        LinkKind::NewPassword => "new_password",
    }
}

fn kind(code: &str) -> Result<LinkKind, StoreError> {
    match code {
        "setup" => Ok(LinkKind::Setup),
        "invitation" => Ok(LinkKind::Invitation),
        "sign_in" => Ok(LinkKind::SignIn),
        "new_password" => Ok(LinkKind::NewPassword),
        other => Err(StoreError::Unreadable(format!("'{other}' is no kind of a link"))),
    }
}

macro_rules! links {
    ($rest:literal) => {
        concat!(
            "select links.id, kind, role, mail, user_id, people, joined, made_by, ends_at, users.name as maker
             from links left join users on users.id = links.made_by ",
            $rest
        )
    };
}

const FIND: &str = links!("where token_hash = ?1 and ends_at > ?2 and joined < people");
const LIST: &str =
    links!("where kind = 'invitation' and ends_at > ? and joined < people order by links.created_at desc");

/// Adds a link under the hash of its secret.
pub async fn insert(
    write: &mut SqliteConnection,
    token_hash: &[u8],
    link: &OneTimeLink,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into links (token_hash, id, kind, role, mail, user_id, people, made_by, created_at, ends_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(token_hash)
    .bind(link.id.as_str())
    .bind(code(link.kind))
    .bind(link.role.code())
    .bind(&link.mail)
    .bind(link.user.as_ref().map(UserId::as_str))
    .bind(link.people)
    .bind(link.made_by.as_ref().map(UserId::as_str))
    .bind(created_at)
    .bind(link.ends_at)
    .execute(write)
    .await?;
    Ok(())
}

/// The link of this hash, where it still lets somebody in.
pub async fn find(
    read: &mut SqliteConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<OneTimeLink>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND).bind(token_hash).bind(now).fetch_optional(read).await?;
    Ok(row.map(Row::listed).transpose()?.map(|listed| listed.link))
}

/// Counts that somebody came in by it.
pub async fn mark_joined(write: &mut SqliteConnection, id: &InvitationId) -> Result<(), StoreError> {
    sqlx::query("update links set joined = joined + 1 where id = ?").bind(id.as_str()).execute(write).await?;
    Ok(())
}

/// Withdraws an invitation; whether there was one.
pub async fn delete_invitation(write: &mut SqliteConnection, id: &InvitationId) -> Result<bool, StoreError> {
    let deleted = sqlx::query("delete from links where id = ? and kind = 'invitation'");
    Ok(deleted.bind(id.as_str()).execute(write).await?.rows_affected() > 0)
}

/// Ends every link of a kind: there is one of it at a time.
pub async fn delete_kind(write: &mut SqliteConnection, kind: LinkKind) -> Result<(), StoreError> {
    sqlx::query("delete from links where kind = ?").bind(code(kind)).execute(write).await?;
    Ok(())
}

/// Ends every link that somebody made.
pub async fn delete_made_by(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from links where made_by = ?").bind(user.as_str()).execute(write).await?;
    Ok(())
}

/// Ends every link that opens somebody's account.
pub async fn delete_of(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from links where user_id = ?").bind(user.as_str()).execute(write).await?;
    Ok(())
}

impl Store {
    /// The link of this hash, where it still lets somebody in.
    pub async fn find_link(&self, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<OneTimeLink>, StoreError> {
        find(&mut *self.readers.acquire().await?, token_hash, now).await
    }

    /// The invitations that are open, the newest first.
    pub async fn list_invitations(&self, now: DateTime<Utc>) -> Result<Vec<ListedLink>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST).bind(now).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::listed).collect()
    }
}
