//! The table `postmortem_groups`: the groups that post-mortems name. Whoever is in one has its role for as long as they are.

use super::{StoreError, parsed};
use postmortem::api::PostmortemGroup;
use postmortem::{GroupId, PostmortemId, PostmortemRole, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet};

/// The groups that a post-mortem names, by name; which of them `asker` is in.
pub async fn list(
    read: &mut SqliteConnection,
    id: &PostmortemId,
    asker: &UserId,
) -> Result<Vec<PostmortemGroup>, StoreError> {
    let rows: Vec<(String, String, String, u32, bool)> = sqlx::query_as(
        "select groups.id, groups.name, postmortem_groups.role,
                (select count(*) from group_members join accounts on accounts.user_id = group_members.user_id
                 where group_members.group_id = groups.id and accounts.suspended_at is null),
                exists (select 1 from group_members where group_id = groups.id and user_id = ?2)
         from postmortem_groups join groups on groups.id = postmortem_groups.group_id
         where postmortem_groups.postmortem_id = ?1
         order by groups.folded",
    )
    .bind(id.as_str())
    .bind(asker.as_str())
    .fetch_all(read)
    .await?;
    let group = |(id, name, role, size, includes_you): (String, String, String, u32, bool)| {
        let (id, role) = (parsed(&id, "a group's id")?, parsed(&role, "a role on a post-mortem")?);
        Ok(PostmortemGroup { id, name, size, role, includes_you })
    };
    rows.into_iter().map(group).collect()
}

/// The groups that a post-mortem names.
pub async fn list_ids(read: &mut SqliteConnection, id: &PostmortemId) -> Result<BTreeSet<GroupId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as("select group_id from postmortem_groups where postmortem_id = ?")
        .bind(id.as_str())
        .fetch_all(read)
        .await?;
    rows.into_iter().map(|(id,)| parsed(&id, "a group's id")).collect()
}

/// The names of the groups that it names, and what each is.
pub async fn list_names(
    read: &mut SqliteConnection,
    id: &PostmortemId,
) -> Result<Vec<(String, PostmortemRole)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select groups.name, postmortem_groups.role
         from postmortem_groups join groups on groups.id = postmortem_groups.group_id
         where postmortem_groups.postmortem_id = ? order by groups.name",
    )
    .bind(id.as_str())
    .fetch_all(read)
    .await?;
    let named = |(name, role): (String, String)| Ok((name, parsed(&role, "a role on a post-mortem")?));
    rows.into_iter().map(named).collect()
}

/// The post-mortems that name a group.
pub async fn list_naming(read: &mut SqliteConnection, group: &GroupId) -> Result<Vec<PostmortemId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as("select postmortem_id from postmortem_groups where group_id = ?")
        .bind(group.as_str())
        .fetch_all(read)
        .await?;
    rows.into_iter().map(|(id,)| parsed(&id, "a post-mortem's id")).collect()
}

/// Puts the groups that are named in the place of those that were; nothing is checked here.
pub async fn set(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    groups: &BTreeMap<GroupId, PostmortemRole>,
) -> Result<(), StoreError> {
    sqlx::query("delete from postmortem_groups where postmortem_id = ?").bind(id.as_str()).execute(&mut *write).await?;
    for (group, role) in groups {
        sqlx::query("insert into postmortem_groups (postmortem_id, group_id, role) values (?, ?, ?)")
            .bind(id.as_str())
            .bind(group.as_str())
            .bind(role.code())
            .execute(&mut *write)
            .await?;
    }
    Ok(())
}
