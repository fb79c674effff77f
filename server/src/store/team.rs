//! The tables `team` and `served_at`: what holds for everybody, and where the server was last reached.

use super::{Store, StoreError, parsed};
use postmortem::api::TeamSettings;
use sqlx::SqliteConnection;

/// For how many days the audit log is kept unless the team says otherwise: a little more than a year.
pub const AUDIT_DAYS: u32 = 400;

type Columns = (String, String, String, u32, u32, String, u32);

pub async fn find(read: &mut SqliteConnection) -> Result<Option<TeamSettings>, StoreError> {
    let row: Option<Columns> = sqlx::query_as(
        "select name, members_are, pages_are_for, idle_days, session_days, domains, audit_days from team",
    )
    .fetch_optional(read)
    .await?;
    row.map(|(name, members_are, pages_are_for, idle_days, session_days, domains, audit_days)| {
        let members_are = parsed(&members_are, "a role on a post-mortem")?;
        let pages_are_for = parsed(&pages_are_for, "who can open a page")?;
        let domains = domains.split_whitespace().map(ToOwned::to_owned).collect();
        Ok(TeamSettings {
            name,
            members_are,
            pages_are_for,
            idle_days,
            session_days,
            domains,
            audit_days: Some(audit_days),
        })
    })
    .transpose()
}

pub async fn set(write: &mut SqliteConnection, team: &TeamSettings) -> Result<(), StoreError> {
    sqlx::query(
        "insert or replace into team (id, name, members_are, pages_are_for, idle_days, session_days, domains, audit_days)
         values (1, ?1, ?2, ?3, ?4, ?5, ?6, coalesce(?7, (select audit_days from team), ?8))",
    )
    .bind(&team.name)
    .bind(team.members_are.code())
    .bind(team.pages_are_for.code())
    .bind(team.idle_days)
    .bind(team.session_days)
    .bind(team.domains.join(" "))
    .bind(team.audit_days)
    .bind(AUDIT_DAYS)
    .execute(write)
    .await?;
    Ok(())
}

/// Writes down where browsers reach the server.
pub async fn set_origin(write: &mut SqliteConnection, origin: &str) -> Result<(), StoreError> {
    sqlx::query("insert or replace into served_at (id, origin) values (1, ?)").bind(origin).execute(write).await?;
    Ok(())
}

impl Store {
    /// What holds for everybody; nothing before the first account is made.
    pub async fn find_team(&self) -> Result<Option<TeamSettings>, StoreError> {
        find(&mut *self.readers.acquire().await?).await
    }

    /// Where browsers reached the server when it was last started.
    pub async fn find_origin(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select origin from served_at").fetch_optional(&self.readers).await?)
    }
}
