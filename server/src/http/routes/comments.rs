//! Comments on sections and entries, and on words of either. Author and time come from the session; everyone in the room is told.

use super::threads::answer;
use crate::access::{Permit, ToComment};
use crate::announce::AnnouncedWrite;
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, PathPart};
use crate::store::accounts;
use crate::store::announcements::Announcement;
use crate::store::threads::{self, NewThread, Placed};
use crate::{Debrief, clock, random};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use postmortem::api::{ChangedComment, NewComment, SaidComment};
use postmortem::id::CommentId;
use postmortem::thread::LONGEST_COMMENT;
use postmortem::{Person, PostmortemId, ThreadId, limits};

/// Adds a comment.
pub async fn create(
    permit: Permit<ToComment>,
    State(debrief): State<Debrief>,
    Body(new): Body<NewComment>,
) -> Result<Response, ApiError> {
    let text = checked(&new.text)?;
    if new.id.as_ref().is_some_and(|id| !id.is_uuid()) {
        return Err(ApiError::Invalid("The id of a comment is a UUID, in lower case and with hyphens.".into()));
    }
    let Some(subject) = new.subject() else {
        return Err(ApiError::Invalid("Name the `section` or the `entry` that the comment is about.".into()));
    };
    let passage = match &new.thread {
        Some(_) => None,
        None => Some(debrief.rooms.place(permit.postmortem(), &subject, new.passage.as_ref()).await?),
    };
    let writing = {
        let (id, author, store) = (permit.postmortem().clone(), permit.person().id.clone(), debrief.store.clone());
        async move |mut write: AnnouncedWrite| {
            if let Some(comment) = &new.id {
                if let Some(placed) = threads::find_placed(&mut write, comment).await? {
                    if placed.author != author || placed.postmortem != id {
                        return Err(ApiError::Invalid("Another comment has this id. Make a fresh one.".into()));
                    }
                    return Ok((placed.thread, comment.clone()));
                }
                if threads::was_comment_deleted(&mut write, comment).await? {
                    return Err(ApiError::Gone("comment"));
                }
            }
            let comment = new.id.unwrap_or_else(|| random::id(CommentId::new));
            let now = clock::now();
            let thread = match (new.thread, passage) {
                (Some(thread), _) => {
                    let known = threads::find_subject(&mut write, &id, &thread).await?;
                    known.filter(|known| *known == subject).ok_or(ApiError::NotFound("thread"))?;
                    thread
                }
                (None, passage) => {
                    let passage = passage.transpose()?.flatten();
                    let thread = ThreadId::from(comment.clone());
                    let new = NewThread { id: &thread, subject: &subject, passage: passage.as_ref(), created_at: now };
                    if !threads::insert_thread(&mut write, &id, new).await? {
                        drop(write);
                        return Err(ApiError::no_postmortem(&store, &id).await);
                    }
                    thread
                }
            };
            let new = threads::AddedComment { id: &comment, author: &author, text: &text, created_at: now };
            threads::insert_comment(&mut write, &id, &thread, new).await?;
            expect_room(&mut write, &id, &thread).await?;
            let (said_in, said) = (thread.clone(), comment.clone());
            write.commit(Announcement::Thread { postmortem: id, thread, comment: Some(comment) }).await?;
            Ok((said_in, said))
        }
    };
    let (thread, comment) = debrief.announcer.write_by(permit.grounds(), writing).await?;
    Ok(created(answer(&debrief, permit.postmortem(), &thread, Some(&comment)).await?))
}

/// Changes one's own comment.
pub async fn update(
    permit: Permit<ToComment>,
    State(debrief): State<Debrief>,
    PathPart(comment): PathPart<CommentId>,
    Body(changed): Body<ChangedComment>,
) -> Result<Json<SaidComment>, ApiError> {
    let text = checked(&changed.text)?;
    let (id, person, changed) = (permit.postmortem().clone(), permit.person().clone(), comment.clone());
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let placed = own(&mut write, &person, &id, &comment).await?;
        threads::update_comment(&mut write, &placed, &comment, &text, clock::now()).await?;
        // What was there before there were limits can still be made shorter.
        if text.len() > placed.bytes as usize {
            expect_room(&mut write, &id, &placed.thread).await?;
        }
        let thread = placed.thread.clone();
        write.commit(Announcement::Thread { postmortem: id, thread, comment: Some(comment) }).await?;
        Ok(placed.thread)
    });
    let thread = changing.await?;
    Ok(Json(answer(&debrief, permit.postmortem(), &thread, Some(&changed)).await?))
}

/// Deletes one's own comment, and the thread with its last.
pub async fn delete(
    permit: Permit<ToComment>,
    State(debrief): State<Debrief>,
    PathPart(comment): PathPart<CommentId>,
) -> Result<Response, ApiError> {
    let (id, person) = (permit.postmortem().clone(), permit.person().clone());
    let deleting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let placed = own(&mut write, &person, &id, &comment).await?;
        threads::delete_comment(&mut write, &placed, &comment).await?;
        threads::delete_empty_thread(&mut write, &id, &placed.thread).await?;
        let thread = placed.thread;
        write.commit(Announcement::Thread { postmortem: id, thread, comment: Some(comment) }).await
    });
    deleting.await?;
    Ok(done())
}

async fn own(
    write: &mut AnnouncedWrite,
    person: &Person,
    id: &PostmortemId,
    comment: &CommentId,
) -> Result<Placed, ApiError> {
    let placed = threads::find_placed(write, comment).await?.filter(|placed| placed.postmortem == *id);
    let placed = placed.ok_or(ApiError::NotFound("comment"))?;
    let is_own = placed.author == person.id || accounts::is_same(write, &placed.author, &person.id).await?;
    if is_own { Ok(placed) } else { Err(ApiError::NotYours) }
}

/// Refuses what has just been written where it is more than a thread or a post-mortem may hold.
async fn expect_room(write: &mut AnnouncedWrite, id: &PostmortemId, thread: &ThreadId) -> Result<(), ApiError> {
    let (of_thread, of_all) = threads::held(write, id, thread).await?;
    if of_all.comments > limits::COMMENTS || of_all.bytes > limits::COMMENT_BYTES {
        return Err(ApiError::CommentsFull);
    }
    if of_thread.comments > limits::THREAD_COMMENTS || of_thread.bytes > limits::THREAD_BYTES {
        return Err(ApiError::ThreadFull);
    }
    Ok(())
}

/// The text without control characters and blank ends.
fn checked(text: &str) -> Result<String, ApiError> {
    let text: String = text.chars().filter(|character| !character.is_control() || *character == '\n').collect();
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ApiError::Invalid("Write the comment first.".into())),
        length if length > LONGEST_COMMENT => Err(ApiError::Invalid(format!(
            "A comment has at most {LONGEST_COMMENT} characters; this one has {length}. Link to the rest."
        ))),
        _ => Ok(text.to_owned()),
    }
}
