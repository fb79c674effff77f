//! The table `accounts`: the users who can sign in, and what they are in the team.

use super::people::{PersonColumns, person};
use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::{Person, TeamRole, UserId};
use sqlx::{FromRow, SqliteConnection};

/// An account, with the name that others see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub person: Person,
    /// In lower case; none of an account for programs.
    pub mail: Option<String>,
    pub role: TeamRole,
}

/// What a password is held against.
#[derive(Debug, Clone)]
pub struct PasswordLock {
    pub account: Account,
    /// In PHC form.
    pub password: String,
    pub is_suspended: bool,
}

/// One line of the list of people.
#[derive(Debug, Clone)]
pub struct ListedAccount {
    pub account: Account,
    pub seen_at: Option<DateTime<Utc>>,
    pub suspended_at: Option<DateTime<Utc>>,
    /// Whether their mail address is known to be theirs, and not only what somebody typed.
    pub is_mail_proven: bool,
    pub owned: u32,
}

impl ListedAccount {
    /// Whether somebody can be made responsible for something: a person who can sign in.
    pub fn can_be_chosen(&self) -> bool {
        self.suspended_at.is_none() && self.account.mail.is_some()
    }
}

/// A name from before there were accounts.
#[derive(Debug, Clone)]
pub struct FormerName {
    pub person: Person,
    /// How many post-mortems it wrote in.
    pub postmortems: u32,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    color: String,
    initials: Option<String>,
    mail: Option<String>,
    role: String,
    password: Option<String>,
    seen_at: Option<DateTime<Utc>>,
    suspended_at: Option<DateTime<Utc>>,
    is_mail_proven: bool,
    owned: u32,
}

impl Row {
    fn account(self) -> Result<Account, StoreError> {
        let role = parsed(&self.role, "a role in the team")?;
        let person = person((self.id, self.name, self.color, self.initials))?;
        Ok(Account { person, mail: self.mail, role })
    }

    fn listed(self) -> Result<ListedAccount, StoreError> {
        let Self { seen_at, suspended_at, is_mail_proven, owned, .. } = self;
        Ok(ListedAccount { account: self.account()?, seen_at, suspended_at, is_mail_proven, owned })
    }
}

macro_rules! accounts {
    ($owned:literal, $rest:literal) => {
        concat!(
            "select users.id, users.name, users.color, users.initials, accounts.mail, accounts.role, accounts.password,
                    accounts.seen_at, accounts.suspended_at, accounts.is_mail_proven, ",
            $owned,
            " as owned from accounts join users on users.id = accounts.user_id ",
            $rest
        )
    };
}

/// How many post-mortems are somebody's, of those that ?1 finds.
const LIST: &str = accounts!(
    "(select count(*) from postmortems where owner_id = accounts.user_id
          and (access = 'team' or owner_id = ?1
               or exists (select 1 from postmortem_members where postmortem_id = postmortems.id and user_id = ?1)
               or exists (select 1 from postmortem_groups
                          join group_members on group_members.group_id = postmortem_groups.group_id
                          where postmortem_groups.postmortem_id = postmortems.id and user_id = ?1)))",
    "where instr(lower(users.name || ' ' || case when ?4 or accounts.user_id = ?1 then coalesce(accounts.mail, '') else '' end),
                 lower(?2)) > 0
         and (?4 or accounts.suspended_at is null)
     order by users.name collate nocase, users.id limit ?3"
);
const FIND: &str = accounts!("0", "where accounts.user_id = ?");
const FIND_BY_MAIL: &str = accounts!("0", "where accounts.mail = ?");
const FIND_PROGRAM: &str =
    accounts!("0", "where accounts.mail is null and users.name = ? and accounts.role = ? and suspended_at is null");

/// Adds an account for a user who is there; false where the mail address has one.
pub async fn insert(
    write: &mut SqliteConnection,
    account: &Account,
    password: Option<&str>,
    is_mail_proven: bool,
    created_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "insert into accounts (user_id, mail, password, role, is_mail_proven, created_at) values (?, ?, ?, ?, ?, ?)
         on conflict (mail) do nothing",
    )
    .bind(account.person.id.as_str())
    .bind(&account.mail)
    .bind(password)
    .bind(account.role.code())
    .bind(is_mail_proven)
    .bind(created_at)
    .execute(write)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

pub async fn find(read: &mut SqliteConnection, user: &UserId) -> Result<Option<ListedAccount>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND).bind(user.as_str()).fetch_optional(read).await?;
    row.map(Row::listed).transpose()
}

/// The account of a mail address, in lower case.
pub async fn find_by_mail(read: &mut SqliteConnection, mail: &str) -> Result<Option<ListedAccount>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND_BY_MAIL).bind(mail).fetch_optional(read).await?;
    row.map(Row::listed).transpose()
}

/// An account for programs of this name and role.
pub async fn find_program(
    read: &mut SqliteConnection,
    name: &str,
    role: TeamRole,
) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND_PROGRAM).bind(name).bind(role.code()).fetch_optional(read).await?;
    row.map(Row::account).transpose()
}

pub async fn set_role(write: &mut SqliteConnection, user: &UserId, role: TeamRole) -> Result<(), StoreError> {
    sqlx::query("update accounts set role = ? where user_id = ?")
        .bind(role.code())
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Lets somebody in no more since a time, or in again.
pub async fn set_suspended(
    write: &mut SqliteConnection,
    user: &UserId,
    since: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    sqlx::query("update accounts set suspended_at = ? where user_id = ?")
        .bind(since)
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

pub async fn set_password(write: &mut SqliteConnection, user: &UserId, password: &str) -> Result<(), StoreError> {
    sqlx::query("update accounts set password = ? where user_id = ?")
        .bind(password)
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Says that the mail address of an account is its person's. A password of before is of whoever only typed the address.
pub async fn set_mail_proven(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("update accounts set is_mail_proven = 1, password = null where user_id = ?")
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Whether what is kept of somebody's password is still this, and they may come in.
pub async fn has_password(read: &mut SqliteConnection, user: &UserId, password: &str) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "select exists (select 1 from accounts where user_id = ? and password = ? and suspended_at is null)",
    );
    Ok(found.bind(user.as_str()).bind(password).fetch_one(read).await?)
}

/// Whether somebody beside this one can look after the team.
pub async fn has_other_admin(read: &mut SqliteConnection, user: &UserId) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "select exists (
             select 1 from accounts
             where role = 'admin' and suspended_at is null and mail is not null and user_id <> ?)",
    );
    Ok(found.bind(user.as_str()).fetch_one(read).await?)
}

/// Says that a name from before there were accounts is the same person as an account: it is shown with the account's name
/// and colour, and what it began belongs to the account where it belongs to nobody.
pub async fn join_name(write: &mut SqliteConnection, name: &UserId, account: &Person) -> Result<(), StoreError> {
    sqlx::query("update users set same_as = ?, name = ?, color = ?, initials = ? where id = ?")
        .bind(account.id.as_str())
        .bind(&account.name)
        .bind(account.color.code())
        .bind(&account.initials)
        .bind(name.as_str())
        .execute(&mut *write)
        .await?;
    sqlx::query("update postmortems set owner_id = ? where created_by = ? and owner_id is null")
        .bind(account.id.as_str())
        .bind(name.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Whether a user is a name without an account, which is nobody's yet.
pub async fn is_former_name(read: &mut SqliteConnection, user: &UserId) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "select exists (select 1 from users where id = ?1 and id <> 'guest' and same_as is null)
            and not exists (select 1 from accounts where user_id = ?1)",
    );
    Ok(found.bind(user.as_str()).fetch_one(read).await?)
}

/// Changes how a person is shown, under their account and the names that were theirs before.
pub async fn set_shown(write: &mut SqliteConnection, person: &Person) -> Result<(), StoreError> {
    sqlx::query("update users set name = ?1, color = ?2, initials = ?3 where id = ?4 or same_as = ?4")
        .bind(&person.name)
        .bind(person.color.code())
        .bind(&person.initials)
        .bind(person.id.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Keeps in which zone somebody reads times; that of their browser where there is none.
pub async fn set_time_zone(write: &mut SqliteConnection, user: &UserId, zone: Option<&str>) -> Result<(), StoreError> {
    sqlx::query("update accounts set time_zone = ? where user_id = ?")
        .bind(zone)
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Whether a user is a person under a name that was theirs before.
pub async fn is_same(read: &mut SqliteConnection, name: &UserId, user: &UserId) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar("select exists (select 1 from users where id = ? and same_as = ?)");
    Ok(found.bind(name.as_str()).bind(user.as_str()).fetch_one(read).await?)
}

impl Store {
    /// Whether somebody looks after the team.
    pub async fn is_set_up(&self) -> Result<bool, StoreError> {
        let found = "select exists (select 1 from accounts where role = 'admin' and suspended_at is null)";
        Ok(sqlx::query_scalar(found).fetch_one(&self.readers).await?)
    }

    /// What the password of a mail address, in lower case, is held against.
    pub async fn find_lock(&self, mail: &str) -> Result<Option<PasswordLock>, StoreError> {
        let row: Option<Row> = sqlx::query_as(FIND_BY_MAIL).bind(mail).fetch_optional(&self.readers).await?;
        self.lock(row)
    }

    /// What the password of a user is held against.
    pub async fn find_lock_of(&self, user: &UserId) -> Result<Option<PasswordLock>, StoreError> {
        let row: Option<Row> = sqlx::query_as(FIND).bind(user.as_str()).fetch_optional(&self.readers).await?;
        self.lock(row)
    }

    fn lock(&self, row: Option<Row>) -> Result<Option<PasswordLock>, StoreError> {
        let Some(mut row) = row else { return Ok(None) };
        let Some(password) = row.password.take() else { return Ok(None) };
        let is_suspended = row.suspended_at.is_some();
        Ok(Some(PasswordLock { account: row.account()?, password, is_suspended }))
    }

    /// The account of a mail address, in lower case.
    pub async fn find_account_by_mail(&self, mail: &str) -> Result<Option<ListedAccount>, StoreError> {
        find_by_mail(&mut *self.readers.acquire().await?, mail).await
    }

    /// The account of a user.
    pub async fn find_account(&self, user: &UserId) -> Result<Option<ListedAccount>, StoreError> {
        find(&mut *self.readers.acquire().await?, user).await
    }

    /// The accounts whose name has a text in it, by name: at most so many; with all of them those whose mail address has it,
    /// and those that are suspended. What somebody owns is counted of what `asker` finds.
    pub async fn list_accounts(
        &self,
        asker: &UserId,
        search: &str,
        with_all: bool,
        most: u32,
    ) -> Result<Vec<ListedAccount>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST)
            .bind(asker.as_str())
            .bind(search)
            .bind(most)
            .bind(with_all)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::listed).collect()
    }

    /// The users that are a person: their account's, and the names that were theirs before.
    pub async fn list_same(&self, user: &UserId) -> Result<Vec<UserId>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as("select id from users where id = ?1 or same_as = ?1")
            .bind(user.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(|(id,)| parsed(&id, "a user's id")).collect()
    }

    /// In which zone somebody reads times.
    pub async fn find_time_zone(&self, user: &UserId) -> Result<Option<String>, StoreError> {
        let zone = sqlx::query_scalar("select time_zone from accounts where user_id = ?").bind(user.as_str());
        Ok(zone.fetch_optional(&self.readers).await?.flatten())
    }

    pub async fn count_accounts(&self, with_suspended: bool) -> Result<u32, StoreError> {
        let counted = sqlx::query_scalar("select count(*) from accounts where ? or suspended_at is null");
        Ok(counted.bind(with_suspended).fetch_one(&self.readers).await?)
    }

    /// The names that nobody has joined to an account, by name.
    pub async fn list_former_names(&self) -> Result<Vec<FormerName>, StoreError> {
        let rows: Vec<(String, String, String, Option<String>, u32)> = sqlx::query_as(
            "select id, name, color, initials, (
                 select count(*) from (
                     select postmortem_id from authors where user_id = users.id
                     union select id from postmortems where created_by = users.id
                     union select threads.postmortem_id from threads join comments on comments.thread_id = threads.id
                           where comments.author = users.id))
             from users
             where id <> 'guest' and same_as is null
                 and not exists (select 1 from accounts where user_id = users.id)
             order by name collate nocase, id",
        )
        .fetch_all(&self.readers)
        .await?;
        let former = |(id, name, color, initials, postmortems): (String, String, String, Option<String>, u32)| {
            let columns: PersonColumns = (id, name, color, initials);
            Ok(FormerName { person: person(columns)?, postmortems })
        };
        rows.into_iter().map(former).collect()
    }
}
