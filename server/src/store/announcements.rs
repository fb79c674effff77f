//! The table `announcements`: what was written that others are to hear of, by the order of its commits.

use super::{Store, StoreError, Write, parsed};
use postmortem::{CommentId, PostmortemId, ThreadId, UserId};
use sqlx::{FromRow, SqliteConnection};

/// How many are kept. Whoever missed more asks for the whole log, which is then the shorter answer.
const KEPT: i64 = 10_000;

/// Something that was written. It names what has changed, and holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A post-mortem is new, or its line in the incident log.
    Summary(PostmortemId),
    /// A post-mortem was deleted.
    Deleted(PostmortemId),
    /// Something of a post-mortem was published or withdrawn.
    Publication(PostmortemId),
    /// A comment of a thread was added, changed or deleted, perhaps with the thread; without a comment, the thread was
    /// resolved or opened again.
    Thread { postmortem: PostmortemId, thread: ThreadId, comment: Option<CommentId> },
    /// Who may do what with a post-mortem has changed.
    Access(PostmortemId),
    /// Its status or its owner has.
    Head(PostmortemId),
    /// Somebody has another name.
    Renamed(UserId),
    /// What somebody may do has changed, or where they are signed in.
    Account(UserId),
    /// What holds for the whole team has changed.
    Team,
}

/// An announcement with its place in the order of commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub sequence: i64,
    pub announcement: Announcement,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    kind: String,
    postmortem_id: String,
    subject: String,
    comment_id: String,
}

impl Announcement {
    /// The post-mortem that it is about.
    pub fn postmortem(&self) -> Option<&PostmortemId> {
        match self {
            Self::Summary(id) | Self::Deleted(id) | Self::Publication(id) | Self::Access(id) | Self::Head(id) => {
                Some(id)
            }
            Self::Thread { postmortem, .. } => Some(postmortem),
            Self::Renamed(_) | Self::Account(_) | Self::Team => None,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Summary(_) => "summary",
            Self::Deleted(_) => "deleted",
            Self::Publication(_) => "publication",
            Self::Thread { .. } => "thread",
            Self::Access(_) => "access",
            Self::Head(_) => "head",
            Self::Renamed(_) => "renamed",
            Self::Account(_) => "account",
            Self::Team => "team",
        }
    }
}

impl Row {
    fn announced(self) -> Result<Announced, StoreError> {
        let postmortem = || parsed(&self.postmortem_id, "a post-mortem's id");
        let announcement = match self.kind.as_str() {
            "summary" => Announcement::Summary(postmortem()?),
            "deleted" => Announcement::Deleted(postmortem()?),
            "publication" => Announcement::Publication(postmortem()?),
            "access" => Announcement::Access(postmortem()?),
            "head" => Announcement::Head(postmortem()?),
            "team" => Announcement::Team,
            "account" => Announcement::Account(parsed(&self.subject, "a user's id")?),
            "renamed" => Announcement::Renamed(parsed(&self.subject, "a user's id")?),
            "thread" => {
                let comment = Some(self.comment_id.as_str()).filter(|id| !id.is_empty());
                Announcement::Thread {
                    postmortem: postmortem()?,
                    thread: parsed(&self.subject, "a thread's id")?,
                    comment: comment.map(|id| parsed(id, "a comment's id")).transpose()?,
                }
            }
            other => return Err(StoreError::Unreadable(format!("'{other}' is no announcement"))),
        };
        Ok(Announced { sequence: self.sequence, announcement })
    }
}

/// Stores an announcement with what it is about; its sequence. An earlier one of the same goes.
pub async fn insert(write: &mut Write, announcement: &Announcement) -> Result<i64, StoreError> {
    write.mark_announced();
    let (subject, comment) = match announcement {
        Announcement::Thread { thread, comment, .. } => (thread.as_str(), comment.as_ref().map(CommentId::as_str)),
        Announcement::Renamed(user) | Announcement::Account(user) => (user.as_str(), None),
        Announcement::Summary(_)
        | Announcement::Deleted(_)
        | Announcement::Publication(_)
        | Announcement::Access(_)
        | Announcement::Head(_)
        | Announcement::Team => ("", None),
    };
    let (sequence,): (i64,) = sqlx::query_as(
        "insert or replace into announcements (kind, postmortem_id, subject, comment_id) values (?, ?, ?, ?)
         returning sequence",
    )
    .bind(announcement.kind())
    .bind(announcement.postmortem().map(PostmortemId::as_str).unwrap_or_default())
    .bind(subject)
    .bind(comment.unwrap_or_default())
    .fetch_one(&mut **write)
    .await?;
    let outdated = sqlx::query("delete from announcements where sequence <= ?").bind(sequence - KEPT);
    outdated.execute(&mut **write).await?;
    Ok(sequence)
}

/// Forgets what was announced of a post-mortem, which is gone.
pub async fn delete_of(write: &mut SqliteConnection, postmortem: &PostmortemId) -> Result<(), StoreError> {
    sqlx::query("delete from announcements where postmortem_id = ?").bind(postmortem.as_str()).execute(write).await?;
    Ok(())
}

impl Store {
    /// The sequence of the last announcement.
    pub async fn last_announcement(&self) -> Result<i64, StoreError> {
        // Rows go; what was given out does not.
        let last = sqlx::query_scalar("select seq from sqlite_sequence where name = 'announcements'");
        Ok(last.fetch_optional(&self.readers).await?.unwrap_or(0))
    }

    /// What was announced after a sequence, in order: at most so many. `None` where some of it is no longer kept.
    pub async fn list_announcements(&self, after: i64, most: u32) -> Result<Option<Vec<Announced>>, StoreError> {
        if after < self.last_announcement().await? - KEPT {
            return Ok(None);
        }
        self.list_announcements_kept(after, most).await.map(Some)
    }

    /// The same of what is still kept, in one question.
    pub async fn list_announcements_kept(&self, after: i64, most: u32) -> Result<Vec<Announced>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select sequence, kind, postmortem_id, subject, comment_id from announcements
             where sequence > ? order by sequence limit ?",
        )
        .bind(after)
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::announced).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn announce(store: &Store, announcements: &[Announcement]) -> i64 {
        let mut write = store.write().await.expect("begun");
        let mut last = 0;
        for announcement in announcements {
            last = insert(&mut write, announcement).await.expect("inserted");
        }
        write.commit().await.expect("committed");
        last
    }

    #[tokio::test]
    async fn what_was_announced_is_read_in_order_and_of_the_same_only_the_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let id: PostmortemId = "one".parse().expect("an id");
        let thread = Announcement::Thread {
            postmortem: id.clone(),
            thread: "t".parse().expect("an id"),
            comment: Some("c".parse().expect("an id")),
        };
        let renamed = Announcement::Renamed("mara".parse().expect("an id"));
        let summary = Announcement::Summary(id.clone());
        let all = [summary.clone(), thread.clone(), renamed.clone(), summary.clone()];
        let last = announce(&store, &all).await;
        assert_eq!(store.last_announcement().await.expect("read"), last);
        let listed = store.list_announcements(0, 10).await.expect("read").expect("kept");
        let told: Vec<_> = listed.iter().map(|announced| announced.announcement.clone()).collect();
        assert_eq!(told, [thread, renamed, summary]);
        let rest = store.list_announcements(listed[0].sequence, 1).await.expect("read").expect("kept");
        assert_eq!(rest, listed[1..2]);
        // Sequences are never given twice, also when nothing is left of the last.
        let mut write = store.write().await.expect("begun");
        delete_of(&mut write, &id).await.expect("deleted");
        write.commit().await.expect("committed");
        let later = announce(&store, &[Announcement::Deleted(id)]).await;
        assert!(later > last);
    }

    #[tokio::test]
    async fn there_is_an_end_to_what_is_kept_and_whoever_missed_more_is_told_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let of = |number: i64| Announcement::Summary(format!("p{number}").parse().expect("an id"));
        announce(&store, &(0..KEPT + 100).map(of).collect::<Vec<_>>()).await;
        let kept = store.list_announcements(100, u32::MAX).await.expect("read").expect("kept");
        assert_eq!(kept.len() as i64, KEPT);
        assert_eq!(store.list_announcements(99, 10).await.expect("read"), None);
    }
}
