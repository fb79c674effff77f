//! Who may do what with a post-mortem: its access and owner, and the table `postmortem_members`.

use super::accounts::Account;
use super::people::person;
use super::{Store, StoreError, named_groups, parsed};
use postmortem::api::PostmortemGroup;
use postmortem::{Capabilities, Event, Openness, PostmortemId, PostmortemRole, TeamRole, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Who finds a post-mortem, beside whom it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostmortemAccess {
    pub openness: Openness,
    /// What members of the team are who are not named; none where the team's usual holds.
    pub members_are: Option<PostmortemRole>,
    /// What the team's usual is.
    pub usually: PostmortemRole,
}

/// Somebody whom a post-mortem names.
#[derive(Debug, Clone)]
pub struct Named {
    pub account: Account,
    pub role: PostmortemRole,
}

/// Who may do what with a post-mortem, as it is written down.
#[derive(Debug, Clone)]
pub struct Granted {
    pub access: PostmortemAccess,
    /// The owner first, then by name.
    pub people: Vec<Named>,
    /// By name.
    pub groups: Vec<PostmortemGroup>,
    /// How many people can read it who can sign in.
    pub readers: u32,
}

/// Who finds a post-mortem: a rule for the team, and whom it names, by themselves or in a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    pub is_private: bool,
    pub named: BTreeSet<UserId>,
}

/// Whom a post-mortem names, one row for each of the grounds: as its owner, by themselves, in a group. `$id` is the
/// post-mortem, said so that each part finds its rows by their keys.
macro_rules! named_people {
    ($id:literal) => {
        concat!(
            "(select owner_id as user_id, 'owner' as role from postmortems as owned
                  where owned.id = ",
            $id,
            " and owner_id is not null
              union all
              select user_id, role from postmortem_members where postmortem_members.postmortem_id = ",
            $id,
            " union all
              select group_members.user_id, postmortem_groups.role
                  from postmortem_groups join group_members on group_members.group_id = postmortem_groups.group_id
                  where postmortem_groups.postmortem_id = ",
            $id,
            ")"
        )
    };
}
pub(super) use named_people;

impl Audience {
    /// Whether somebody finds it.
    pub fn includes(&self, user: &UserId, role: TeamRole) -> bool {
        (!self.is_private && role != TeamRole::Outsider) || self.named.contains(user)
    }

    fn count_named(&self) -> u32 {
        u32::try_from(self.named.len()).unwrap_or(u32::MAX)
    }

    /// What rooms are told of it.
    pub fn event(&self) -> Event {
        let access = if self.is_private { Openness::Private } else { Openness::Team };
        Event::Audience { access, named: self.count_named() }
    }
}

/// The audience of rows that each name somebody, or nobody.
fn audience(rows: Vec<(bool, Option<String>)>) -> Result<Audience, StoreError> {
    let is_private = rows.first().is_some_and(|(is_private, _)| *is_private);
    let named = rows.into_iter().filter_map(|(_, user)| user).map(|user| parsed(&user, "a user's id"));
    Ok(Audience { is_private, named: named.collect::<Result<_, _>>()? })
}

impl PostmortemAccess {
    /// What somebody may do, by what they are in the team and as the most they are named; none where they find nothing.
    pub fn capabilities(&self, team: TeamRole, named: Option<PostmortemRole>) -> Option<Capabilities> {
        let by_team = match (self.openness, team) {
            (Openness::Private, _) | (_, TeamRole::Outsider) => None,
            // Somebody has to be able to decide where an owner cannot.
            (Openness::Team, TeamRole::Admin) => Some(PostmortemRole::Owner),
            (Openness::Team, TeamRole::Member) => Some(self.members_are.unwrap_or(self.usually)),
        };
        by_team.max(named).map(PostmortemRole::capabilities)
    }
}

/// What stands of a post-mortem, in one read: its access, and everything that a user is on it.
const FIND: &str = concat!(
    "select postmortems.access, postmortems.members_are,
         coalesce((select members_are from team), 'editor') as usually,
         (select group_concat(role) from ",
    named_people!("?1"),
    " where user_id = ?2) as named
     from postmortems where id = ?1"
);

type Columns = (String, Option<String>, String, Option<String>);

fn access((openness, members_are, usually, _): &Columns) -> Result<PostmortemAccess, StoreError> {
    let role = |role: &str| parsed(role, "a role on a post-mortem");
    Ok(PostmortemAccess {
        openness: parsed(openness, "an access")?,
        members_are: members_are.as_deref().map(role).transpose()?,
        usually: role(usually)?,
    })
}

/// The access of a post-mortem, and the most that a user is on it who is named; nothing where there is no such post-mortem.
pub async fn find(
    read: &mut SqliteConnection,
    id: &PostmortemId,
    user: &UserId,
) -> Result<Option<(PostmortemAccess, Option<PostmortemRole>)>, StoreError> {
    let row: Option<Columns> = sqlx::query_as(FIND).bind(id.as_str()).bind(user.as_str()).fetch_optional(read).await?;
    let Some(row) = row else { return Ok(None) };
    let roles = row.3.iter().flat_map(|roles| roles.split(','));
    let named: Vec<PostmortemRole> =
        roles.map(|role| parsed(role, "a role on a post-mortem")).collect::<Result<_, _>>()?;
    Ok(Some((access(&row)?, named.into_iter().max())))
}

pub async fn find_owner(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Option<UserId>, StoreError> {
    let owner: Option<(Option<String>,)> =
        sqlx::query_as("select owner_id from postmortems where id = ?").bind(id.as_str()).fetch_optional(read).await?;
    owner.and_then(|(owner,)| owner).map(|id| parsed(&id, "a user's id")).transpose()
}

/// The access of a post-mortem, whoever asks.
pub async fn find_access(
    read: &mut SqliteConnection,
    id: &PostmortemId,
) -> Result<Option<PostmortemAccess>, StoreError> {
    let row: Option<Columns> = sqlx::query_as(FIND).bind(id.as_str()).bind("").fetch_optional(read).await?;
    row.as_ref().map(access).transpose()
}

/// Whom a post-mortem names by themselves, its owner among them.
pub async fn list_named(read: &mut SqliteConnection, id: &PostmortemId) -> Result<BTreeSet<UserId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select user_id from postmortem_members where postmortem_id = ?1
         union select owner_id from postmortems where id = ?1 and owner_id is not null",
    )
    .bind(id.as_str())
    .fetch_all(read)
    .await?;
    rows.into_iter().map(|(id,)| parsed(&id, "a user's id")).collect()
}

/// Puts who may do what by themselves in the place of what was; nothing is checked here.
pub async fn set(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    openness: Openness,
    members_are: Option<PostmortemRole>,
    named: &BTreeMap<UserId, PostmortemRole>,
) -> Result<(), StoreError> {
    let owner = named.iter().find(|(_, role)| **role == PostmortemRole::Owner).map(|(user, _)| user);
    // An example that is private is nobody else's example any more: there is no trace of it.
    sqlx::query(
        "update postmortems set access = ?1, members_are = ?2, owner_id = ?3,
             owner = case when owner_id is ?3 then owner else '' end,
             example = case when ?1 = 'private' then null else example end
         where id = ?4",
    )
    .bind(openness.code())
    .bind(members_are.map(PostmortemRole::code))
    .bind(owner.map(UserId::as_str))
    .bind(id.as_str())
    .execute(&mut *write)
    .await?;
    sqlx::query("delete from postmortem_members where postmortem_id = ?")
        .bind(id.as_str())
        .execute(&mut *write)
        .await?;
    for (user, role) in named.iter().filter(|(_, role)| **role != PostmortemRole::Owner) {
        insert_member(write, id, user, *role).await?;
    }
    Ok(())
}

async fn insert_member(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    user: &UserId,
    role: PostmortemRole,
) -> Result<(), StoreError> {
    sqlx::query("insert or replace into postmortem_members (postmortem_id, user_id, role) values (?, ?, ?)")
        .bind(id.as_str())
        .bind(user.as_str())
        .bind(role.code())
        .execute(write)
        .await?;
    Ok(())
}

/// Gives a post-mortem to somebody, who has no role beside it; whoever owned it stays an editor.
pub async fn set_owner(write: &mut SqliteConnection, id: &PostmortemId, owner: &UserId) -> Result<(), StoreError> {
    if let Some(before) = find_owner(write, id).await?.filter(|before| before != owner) {
        insert_member(write, id, &before, PostmortemRole::Editor).await?;
    }
    sqlx::query("update postmortems set owner_id = ? where id = ?")
        .bind(owner.as_str())
        .bind(id.as_str())
        .execute(&mut *write)
        .await?;
    delete_member(write, id, owner).await
}

async fn delete_member(write: &mut SqliteConnection, id: &PostmortemId, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from postmortem_members where postmortem_id = ? and user_id = ?")
        .bind(id.as_str())
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Gives everything that somebody owns to another, who has no role beside it; what was given.
pub async fn hand_over(
    write: &mut SqliteConnection,
    from: &UserId,
    to: &UserId,
) -> Result<Vec<PostmortemId>, StoreError> {
    let owned: Vec<(String,)> =
        sqlx::query_as("update postmortems set owner_id = ?2, owner = '' where owner_id = ?1 returning id")
            .bind(from.as_str())
            .bind(to.as_str())
            .fetch_all(&mut *write)
            .await?;
    let owned: Vec<PostmortemId> =
        owned.into_iter().map(|(id,)| parsed(&id, "a post-mortem's id")).collect::<Result<_, _>>()?;
    for id in &owned {
        delete_member(write, id, to).await?;
    }
    Ok(owned)
}

/// Whether somebody deleted a post-mortem that a user could read: whom it named, or the team where it was open to it.
pub async fn was_deleted_for(
    read: &mut SqliteConnection,
    id: &PostmortemId,
    user: &UserId,
    role: TeamRole,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "select exists (
             select 1 from deleted_postmortems
             where id = ?1 and ((was_private = 0 and ?3) or exists (
                 select 1 from deleted_readers where postmortem_id = ?1 and user_id = ?2)))",
    );
    let is_of_team = role != TeamRole::Outsider;
    Ok(found.bind(id.as_str()).bind(user.as_str()).bind(is_of_team).fetch_one(read).await?)
}

/// Remembers who could read a post-mortem that is about to be deleted, where not everybody could.
pub async fn remember_readers(write: &mut SqliteConnection, id: &PostmortemId) -> Result<(), StoreError> {
    sqlx::query(
        "update deleted_postmortems set was_private = 1
         where id = ?1 and exists (select 1 from postmortems where id = ?1 and access = 'private')",
    )
    .bind(id.as_str())
    .execute(&mut *write)
    .await?;
    sqlx::query(concat!(
        "insert or ignore into deleted_readers (postmortem_id, user_id) select ?1, user_id from ",
        named_people!("?1")
    ))
    .bind(id.as_str())
    .execute(write)
    .await?;
    Ok(())
}

/// What somebody may do with a post-mortem by what they are in the team now; nothing where they find none, or are suspended.
pub async fn find_capabilities_of(
    read: &mut SqliteConnection,
    id: &PostmortemId,
    user: &UserId,
) -> Result<Option<Capabilities>, StoreError> {
    let account = super::accounts::find(read, user).await?;
    let Some(account) = account.filter(|account| account.suspended_at.is_none()) else { return Ok(None) };
    let found = find(read, id, user).await?;
    Ok(found.and_then(|(access, named)| access.capabilities(account.account.role, named)))
}

/// How many people can read a post-mortem who can sign in: of the team where it is open to it, and beside them whom it names.
const COUNT_READERS: &str = concat!(
    "select count(*) from accounts
     where suspended_at is null and (
         (role <> 'outsider' and mail is not null and exists (select 1 from postmortems where id = ?1 and access = 'team'))
         or ((role = 'outsider' or exists (select 1 from postmortems where id = ?1 and access = 'private'))
             and user_id in (select user_id from ",
    named_people!("?1"),
    ")))"
);

/// Whom a post-mortem names by themselves, and as what: the owner first, then by name.
pub async fn list_people(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Vec<Named>, StoreError> {
    type NamedColumns = (String, String, String, Option<String>, Option<String>, String, String);
    let rows: Vec<NamedColumns> = sqlx::query_as(
        "select users.id, users.name, users.color, users.initials, accounts.mail, accounts.role, named.role
         from (select user_id, role from postmortem_members where postmortem_id = ?1
               union all select owner_id, 'owner' from postmortems where id = ?1 and owner_id is not null) as named
         join users on users.id = named.user_id
         join accounts on accounts.user_id = named.user_id
         order by named.role <> 'owner', users.name collate nocase, users.id",
    )
    .bind(id.as_str())
    .fetch_all(read)
    .await?;
    let named = |(id, name, color, initials, mail, team, role): NamedColumns| {
        let person = person((id, name, color, initials))?;
        let account = Account { person, mail, role: parsed(&team, "a role in the team")? };
        Ok(Named { account, role: parsed(&role, "a role on a post-mortem")? })
    };
    rows.into_iter().map(named).collect()
}

impl Store {
    /// What somebody may do with a post-mortem, as it stands now; nothing where they find none.
    pub async fn find_capabilities(
        &self,
        id: &PostmortemId,
        user: &UserId,
        role: TeamRole,
    ) -> Result<Option<Capabilities>, StoreError> {
        let found = find(&mut *self.first_readers.acquire().await?, id, user).await?;
        Ok(found.and_then(|(access, named)| access.capabilities(role, named)))
    }

    /// The same of whoever is in the team, by what they are in it now; nothing of one who is suspended.
    pub async fn find_capabilities_of(
        &self,
        id: &PostmortemId,
        user: &UserId,
    ) -> Result<Option<Capabilities>, StoreError> {
        find_capabilities_of(&mut *self.first_readers.acquire().await?, id, user).await
    }

    /// Who may do what with a post-mortem, and which of the groups it names `asker` is in.
    pub async fn find_granted(&self, id: &PostmortemId, asker: &UserId) -> Result<Option<Granted>, StoreError> {
        let mut read = self.readers.begin().await?;
        let Some(access) = find_access(&mut read, id).await? else { return Ok(None) };
        let people = list_people(&mut read, id).await?;
        let groups = named_groups::list(&mut read, id, asker).await?;
        let readers = sqlx::query_scalar(COUNT_READERS).bind(id.as_str()).fetch_one(&mut *read).await?;
        Ok(Some(Granted { access, people, groups, readers }))
    }

    /// Who finds a post-mortem.
    pub async fn find_audience(&self, id: &PostmortemId) -> Result<Audience, StoreError> {
        let rows: Vec<(bool, Option<String>)> = sqlx::query_as(concat!(
            "select access = 'private', user_id from postmortems left join ",
            named_people!("?1"),
            " where id = ?1"
        ))
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        audience(rows)
    }

    /// Who found a post-mortem that was deleted.
    pub async fn find_audience_of_deleted(&self, id: &PostmortemId) -> Result<Audience, StoreError> {
        let rows: Vec<(bool, Option<String>)> = sqlx::query_as(
            "select was_private <> 0, user_id
             from deleted_postmortems left join deleted_readers on deleted_readers.postmortem_id = id
             where id = ?",
        )
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        audience(rows)
    }

    /// Who finds the post-mortems that are private or name somebody; everybody of the team finds the others.
    pub async fn list_audiences(&self) -> Result<BTreeMap<PostmortemId, Audience>, StoreError> {
        let rows: Vec<(String, bool, Option<String>)> = sqlx::query_as(
            "select id, access = 'private', owner_id from postmortems
             union all
             select postmortem_id, access = 'private', user_id
                 from postmortem_members join postmortems on postmortems.id = postmortem_id
             union all
             select postmortem_id, access = 'private', user_id
                 from postmortem_groups join postmortems on postmortems.id = postmortem_id
                 join group_members on group_members.group_id = postmortem_groups.group_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut audiences: BTreeMap<PostmortemId, Audience> = BTreeMap::new();
        for (id, is_private, user) in rows {
            let audience = audiences.entry(parsed(&id, "a post-mortem's id")?).or_default();
            audience.is_private = is_private;
            audience.named.extend(user.map(|user| parsed(&user, "a user's id")).transpose()?);
        }
        Ok(audiences)
    }

    /// Whether somebody deleted a post-mortem that a user could read.
    pub async fn was_deleted_for(&self, id: &PostmortemId, user: &UserId, role: TeamRole) -> Result<bool, StoreError> {
        was_deleted_for(&mut *self.readers.acquire().await?, id, user, role).await
    }
}
