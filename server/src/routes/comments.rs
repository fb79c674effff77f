//! Comments on sections and entries, and on words of either. Author and time come from the session; everyone in the room is told.

use crate::access::Visitor;
use crate::error::{ApiError, created, done};
use crate::request::{Body, Path, to_the_end};
use crate::store::StoreError;
use crate::store::threads::{self, Placed};
use crate::{Debrief, clock, random};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use postmortem::id::CommentId;
use postmortem::thread::LONGEST_COMMENT;
use postmortem::{Event, ItemId, Passage, Person, PostmortemId, SectionKey, Subject, Thread, ThreadId};
use serde::Deserialize;
use serde_json::{Value, json};

/// A new comment: on a section or an entry, in a thread of it or in a new one, which may be about words of it. With an
/// id of the client's own, sending it again after an answer that was lost adds nothing, deleted or not; a thread that it begins has the
/// same id, so that replies can name it before the first answer has come.
#[derive(Debug, Deserialize)]
pub struct NewComment {
    id: Option<CommentId>,
    section: Option<SectionKey>,
    entry: Option<ItemId>,
    text: String,
    thread: Option<ThreadId>,
    passage: Option<Passage>,
}

/// What its author changes of a comment.
#[derive(Debug, Deserialize)]
pub struct ChangedComment {
    text: String,
}

/// All threads with their comments.
pub async fn list(State(debrief): State<Debrief>, Path(id): Path<PostmortemId>) -> Result<Json<Value>, ApiError> {
    if !debrief.store.has_postmortem(&id).await? {
        return Err(ApiError::NotFound("post-mortem"));
    }
    Ok(Json(json!({ "threads": debrief.store.list_threads(&id).await? })))
}

/// Adds a comment.
pub async fn create(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    Path(id): Path<PostmortemId>,
    Body(new): Body<NewComment>,
) -> Result<Response, ApiError> {
    let text = checked(&new.text)?;
    if new.id.as_ref().is_some_and(|id| !id.is_uuid()) {
        return Err(ApiError::Invalid("The id of a comment is a UUID, in lower case and with hyphens.".into()));
    }
    let subject = match (new.section, new.entry) {
        (Some(section), None) => Subject::Section(section),
        (None, Some(entry)) => Subject::Entry(entry),
        _ => return Err(ApiError::Invalid("Name the `section` or the `entry` that the comment is about.".into())),
    };
    let thread = to_the_end(async move {
        let _turn = debrief.telling.lock().await;
        if let Some(comment) = &new.id
            && let Some(placed) = debrief.store.find_comment_anywhere(comment).await?
        {
            if placed.author != person.id || placed.postmortem != id {
                return Err(ApiError::Invalid("Another comment has this id. Make a fresh one.".into()));
            }
            return debrief.store.find_thread(&id, &placed.thread).await?.ok_or(ApiError::NotFound("thread"));
        }
        if let Some(comment) = &new.id
            && debrief.store.was_comment_deleted(comment).await?
        {
            return Err(ApiError::Gone("comment"));
        }
        let comment = new.id.unwrap_or_else(|| random::id(CommentId::new));
        let now = clock::now();
        let (thread, mut write) = match new.thread {
            Some(thread) => {
                let known = debrief.store.find_thread(&id, &thread).await?;
                known.filter(|known| known.subject == subject).ok_or(ApiError::NotFound("thread"))?;
                (thread, debrief.store.write().await?)
            }
            None => {
                let passage = debrief.rooms.place(&id, &subject, new.passage.as_ref()).await??;
                let thread = ThreadId::from(comment.clone());
                let mut write = debrief.store.write().await?;
                threads::insert_thread(&mut write, &id, &thread, &subject, passage.as_ref(), now).await?;
                (thread, write)
            }
        };
        threads::insert_comment(&mut write, &thread, &comment, &person.id, &text, now).await?;
        write.commit().await.map_err(StoreError::from)?;
        tell(&debrief, &id, &thread).await?.ok_or(ApiError::NotFound("thread"))
    });
    Ok(created(json!({ "thread": thread.await? })))
}

/// Changes one's own comment.
pub async fn update(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    Path((id, comment)): Path<(PostmortemId, CommentId)>,
    Body(changed): Body<ChangedComment>,
) -> Result<Json<Value>, ApiError> {
    let text = checked(&changed.text)?;
    let thread = to_the_end(async move {
        let _turn = debrief.telling.lock().await;
        let placed = own(&debrief, &person, &id, &comment).await?;
        let mut write = debrief.store.write().await?;
        threads::update_comment(&mut write, &comment, &text, clock::now()).await?;
        write.commit().await.map_err(StoreError::from)?;
        tell(&debrief, &id, &placed.thread).await?.ok_or(ApiError::NotFound("thread"))
    });
    Ok(Json(json!({ "thread": thread.await? })))
}

/// Deletes one's own comment, and the thread with its last.
pub async fn delete(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    Path((id, comment)): Path<(PostmortemId, CommentId)>,
) -> Result<Response, ApiError> {
    to_the_end(async move {
        let _turn = debrief.telling.lock().await;
        let placed = own(&debrief, &person, &id, &comment).await?;
        let mut write = debrief.store.write().await?;
        threads::delete_comment(&mut write, &id, &comment).await?;
        threads::delete_empty_thread(&mut write, &placed.thread).await?;
        write.commit().await.map_err(StoreError::from)?;
        tell(&debrief, &id, &placed.thread).await?;
        Ok(done())
    })
    .await
}

async fn own(debrief: &Debrief, person: &Person, id: &PostmortemId, comment: &CommentId) -> Result<Placed, ApiError> {
    let placed = debrief.store.find_comment(id, comment).await?.ok_or(ApiError::NotFound("comment"))?;
    if placed.author == person.id { Ok(placed) } else { Err(ApiError::NotYours) }
}

/// Tells the room how a thread stands now. Called while `telling` is held.
pub(super) async fn tell(debrief: &Debrief, id: &PostmortemId, thread: &ThreadId) -> Result<Option<Thread>, ApiError> {
    let now = debrief.store.find_thread(id, thread).await?;
    let event = match &now {
        Some(thread) => Event::Thread { thread: thread.clone() },
        None => Event::ThreadGone { id: thread.clone() },
    };
    debrief.rooms.announce(id, event).await;
    Ok(now)
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
