//! The table `audit_entries`: who did what. An entry is written with what it tells of, in one transaction, and is never changed.

use super::people::person;
use super::rights::named_people;
use super::sessions::Credential;
use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::api::{AuditActor, AuditEntry, AuditedPostmortem};
use postmortem::person::PersonColor;
use postmortem::{AuditAction, AuditTopic, PostmortemId, UserId};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

/// The most letters that are kept of what an entry was done to, and of how.
const LONGEST: usize = 1_000;

/// What stands in the place of a browser for whoever came with a token.
const PROGRAM: &str = "A program with a token";

/// Who does something, and from where.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Somebody who came in by this, from a network address.
    Visitor { user: UserId, credential: Credential, address: String },
    /// Somebody who is let in now, or whose browser is not known any more.
    Person { user: UserId, device: String, address: String },
    /// Whoever sits at the server.
    Operator,
    /// The server itself, about somebody who has not come in.
    Debrief { address: String },
}

impl Actor {
    /// Whose account it is, where it is somebody's.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Visitor { user, .. } | Self::Person { user, .. } => Some(user),
            Self::Operator | Self::Debrief { .. } => None,
        }
    }
}

/// What is done, for the log.
#[derive(Debug, Clone)]
pub struct Deed {
    action: AuditAction,
    postmortem: Option<PostmortemId>,
    subject: String,
    detail: String,
}

impl Deed {
    pub fn new(action: AuditAction) -> Self {
        Self { action, postmortem: None, subject: String::new(), detail: String::new() }
    }

    /// The same done to a post-mortem, which is still there.
    pub fn on(self, postmortem: &PostmortemId) -> Self {
        Self { postmortem: Some(postmortem.clone()), ..self }
    }

    /// The same done to somebody or something, in words.
    pub fn to(self, subject: impl Into<String>) -> Self {
        Self { subject: shortened(subject.into()), ..self }
    }

    /// The same with how it was done.
    pub fn how(self, detail: impl Into<String>) -> Self {
        Self { detail: shortened(detail.into()), ..self }
    }

    /// The same with what is now, and what was before where it was another.
    pub fn set(self, now: &str, before: &str) -> Self {
        let was_other = !before.is_empty() && before != now;
        let detail = if was_other { format!("{now}, before {before}") } else { now.to_owned() };
        self.how(detail)
    }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// Which entries are asked for; what is left away fits all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Letters of a person, an address, a browser, or of what was done to what.
    pub search: String,
    pub topic: Option<AuditTopic>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// Writes down what is done, with it.
pub async fn insert(
    write: &mut SqliteConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    deed: &Deed,
) -> Result<(), StoreError> {
    let (kind, address) = match actor {
        Actor::Visitor { address, .. } | Actor::Person { address, .. } => ("person", address.as_str()),
        Actor::Operator => ("operator", ""),
        Actor::Debrief { address, .. } => ("debrief", address.as_str()),
    };
    let device = match actor {
        Actor::Visitor { credential, .. } => find_device(write, credential).await?,
        Actor::Person { device, .. } => device.clone(),
        Actor::Operator | Actor::Debrief { .. } => String::new(),
    };
    let (user, id) = (actor.user().map(UserId::as_str), deed.postmortem.as_ref().map(PostmortemId::as_str));
    let name: Option<String> =
        sqlx::query_scalar("select name from users where id = ?").bind(user).fetch_optional(&mut *write).await?;
    let name = name.unwrap_or_default();
    // The database knows small letters of English alone.
    let who_folded = [name.as_str(), address, &device].join(" ").to_lowercase();
    let what_folded = [deed.subject.as_str(), &deed.detail].join(" ").to_lowercase();
    sqlx::query(
        "insert into audit_entries
             (at, actor, actor_id, actor_name, address, device, action, postmortem_id, subject, detail,
              who_folded, what_folded)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(at)
    .bind(kind)
    .bind(user)
    .bind(&name)
    .bind(address)
    .bind(&device)
    .bind(deed.action.code())
    .bind(id)
    .bind(&deed.subject)
    .bind(&deed.detail)
    .bind(&who_folded)
    .bind(&what_folded)
    .execute(write)
    .await?;
    Ok(())
}

async fn find_device(read: &mut SqliteConnection, credential: &Credential) -> Result<String, StoreError> {
    let device = sqlx::query_scalar("select device from sessions where token_hash = ?").bind(credential.as_slice());
    let device: Option<String> = device.fetch_optional(read).await?;
    Ok(device.unwrap_or_else(|| PROGRAM.to_owned()))
}

/// Forgets at most so many of the entries of before `before`.
pub async fn delete_old(write: &mut SqliteConnection, before: DateTime<Utc>, at_most: u32) -> Result<(), StoreError> {
    sqlx::query(
        "delete from audit_entries where sequence in (
             select sequence from audit_entries where at < ? order by at limit ?)",
    )
    .bind(before)
    .bind(at_most)
    .execute(write)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct EntryRow {
    sequence: i64,
    at: DateTime<Utc>,
    actor: String,
    actor_id: Option<String>,
    actor_name: String,
    color: Option<String>,
    initials: Option<String>,
    address: String,
    device: String,
    action: String,
    postmortem_id: Option<String>,
    title: Option<String>,
    subject: String,
    detail: String,
    is_visible: bool,
}

impl EntryRow {
    fn entry(self) -> Result<AuditEntry, StoreError> {
        // Of somebody whom a rescue has lost the name is left.
        let color = self.color.unwrap_or_else(|| PersonColor::Violet.code().to_owned());
        let actor = match (self.actor.as_str(), self.actor_id) {
            ("person", Some(id)) => AuditActor::Person(person((id, self.actor_name, color, self.initials))?),
            ("operator", _) => AuditActor::Operator,
            _ => AuditActor::Debrief,
        };
        let postmortem = match self.postmortem_id {
            None => None,
            Some(_) if !self.is_visible => Some(AuditedPostmortem::Hidden { is_private: true }),
            Some(id) => {
                let id = parsed(&id, "a post-mortem's id")?;
                Some(match self.title {
                    Some(title) => AuditedPostmortem::Known { id, title },
                    None => AuditedPostmortem::Gone { id },
                })
            }
        };
        // What was done to a post-mortem that they do not find is told in no other words either.
        let shown = |text: String| if self.is_visible { text } else { String::new() };
        Ok(AuditEntry {
            sequence: self.sequence,
            at: self.at,
            actor,
            action: parsed(&self.action, "an action of the audit log")?,
            postmortem,
            subject: shown(self.subject),
            detail: shown(self.detail),
            address: self.address,
            device: self.device,
        })
    }
}

/// Entries with whether the reader finds what they tell of: of one that is gone, whether they did.
const SEEN: &str = concat!(
    "select entry.*, users.color, users.initials, postmortems.title,
         case when entry.postmortem_id is null then 1
              when postmortems.id is not null then
                  postmortems.access <> 'private'
                  or exists (select 1 from ",
    named_people!("postmortems.id"),
    " as named where named.user_id = (select id from reader))
              else exists (select 1 from deleted_postmortems as gone
                           where gone.id = entry.postmortem_id
                               and (not gone.was_private
                                    or exists (select 1 from deleted_readers
                                               where postmortem_id = gone.id
                                                   and user_id = (select id from reader))))
         end as is_visible
     from audit_entries as entry
     left join users on users.id = entry.actor_id
     left join postmortems on postmortems.id = entry.postmortem_id"
);

impl Store {
    /// Whether there are entries of before a moment.
    pub async fn has_audit_entries_before(&self, moment: DateTime<Utc>) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("select exists (select 1 from audit_entries where at < ?)").bind(moment);
        Ok(found.fetch_one(&self.readers).await?)
    }

    /// Writes down what was done elsewhere, in a write of its own.
    pub async fn record(&self, at: DateTime<Utc>, actor: &Actor, deed: &Deed) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        insert(&mut write, at, actor, deed).await?;
        write.commit().await
    }

    /// At most so many entries before a sequence, the newest first, as somebody sees them who looks after the team.
    pub async fn list_audit_entries(
        &self,
        reader: &UserId,
        filter: &AuditFilter,
        before: Option<i64>,
        at_most: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let mut listing = fitting("select *", reader, filter);
        if let Some(before) = before {
            listing.push(" and sequence < ").push_bind(before);
        }
        listing.push(" order by sequence desc limit ").push_bind(at_most);
        let rows: Vec<EntryRow> = listing.build_query_as().fetch_all(&self.readers).await?;
        rows.into_iter().map(EntryRow::entry).collect()
    }

    /// How many entries fit.
    pub async fn count_audit_entries(&self, reader: &UserId, filter: &AuditFilter) -> Result<u32, StoreError> {
        Ok(fitting("select count(*)", reader, filter).build_query_scalar().fetch_one(&self.readers).await?)
    }

    /// As whom an address was refused to sign in since a moment, by entries that say so.
    pub async fn list_refusals(&self, address: &str, since: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let subjects = sqlx::query_scalar(
            "select subject from audit_entries where action = 'sign_in_refused' and address = ? and at >= ?",
        );
        Ok(subjects.bind(address).bind(since).fetch_all(&self.readers).await?)
    }
}

/// The beginning of a question about the entries that fit.
fn fitting(what: &str, reader: &UserId, filter: &AuditFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("with reader (id) as (select ");
    query.push_bind(reader.as_str().to_owned());
    query.push(format!("), seen as ({SEEN}) {what} from seen where 1"));
    if let Some(topic) = filter.topic {
        let mut codes = query.push(" and action in (").separated(", ");
        for action in topic.actions() {
            codes.push_bind(action.code());
        }
        query.push(")");
    }
    if let Some(since) = filter.since {
        query.push(" and at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        query.push(" and at < ").push_bind(until);
    }
    let search = filter.search.trim().to_lowercase();
    if !search.is_empty() {
        query.push(" and (instr(who_folded, ").push_bind(search.clone());
        query.push(") or is_visible and (instr(what_folded, ").push_bind(search.clone());
        // Of titles the database knows small letters of English, and those that are typed as they stand.
        query.push(") or instr(lower(title), ").push_bind(search);
        query.push(") or instr(title, ").push_bind(filter.search.trim().to_owned());
        query.push(")");
        query.push("))");
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[tokio::test]
    async fn no_entry_is_changed_and_old_ones_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(17_825);
        let deed = Deed::new(AuditAction::TokenMade).to("deploys");
        for days in [500, 401, 2] {
            store.record(now - TimeDelta::days(days), &Actor::Operator, &deed).await.expect("written");
        }
        let mut write = store.write().await.expect("begun");
        let changed = sqlx::query("update audit_entries set subject = 'nothing'").execute(&mut *write).await;
        assert!(changed.is_err_and(|error| error.to_string().contains("is not changed")));
        drop(write);
        let kept = now - TimeDelta::days(400);
        assert!(store.has_audit_entries_before(kept).await.expect("read"));
        let mut write = store.write().await.expect("begun");
        delete_old(&mut write, kept, 1).await.expect("deleted");
        delete_old(&mut write, kept, 9).await.expect("deleted");
        write.commit().await.expect("committed");
        assert!(!store.has_audit_entries_before(kept).await.expect("read"));
        let reader = "ada".parse().expect("an id");
        let left = store.list_audit_entries(&reader, &AuditFilter::default(), None, 9).await.expect("read");
        let total = store.count_audit_entries(&reader, &AuditFilter::default()).await.expect("read");
        assert_eq!((left.len(), total), (1, 1));
        assert_eq!((left[0].actor.clone(), left[0].subject.as_str()), (AuditActor::Operator, "deploys"));
    }

    #[test]
    fn what_was_the_same_before_is_told_once_and_long_words_are_cut() {
        assert_eq!(Deed::new(AuditAction::Renamed).set("Mara", "Mara").detail, "Mara");
        assert_eq!(Deed::new(AuditAction::Renamed).set("Mara", "").detail, "Mara");
        assert_eq!(Deed::new(AuditAction::Renamed).set("Mara", "Mia").detail, "Mara, before Mia");
        let long = Deed::new(AuditAction::Renamed).to("ü".repeat(LONGEST + 9));
        assert_eq!(long.subject.chars().count(), LONGEST + 1);
    }
}
