//! Where the words that threads are about stand now, for whoever underlines them and for the margin beside them.

use super::open::OpenPostmortem;
use crate::browser::bridge::Anchor;
use leptos::prelude::*;
use postmortem::markdown::{self, Mark, MarkedBy};
use postmortem::{Passage, Subject, Thread, ThreadId};

/// The anchors on a subject whose words are there: of every unresolved thread, and of the one that is open or being
/// begun. Follows the threads and the open panel; whoever draws follows the text with [`OpenPostmortem::follow_text`].
pub fn anchors(open: OpenPostmortem, subject: &Subject) -> Vec<Anchor> {
    let text = subject.text();
    let shown = open.discussion.shown.get().filter(|shown| shown.subject == *subject);
    let is_shown = |id: &ThreadId| shown.as_ref().is_some_and(|shown| shown.thread.as_ref() == Some(id));
    let threads = open.discussion.of(subject);
    let known = threads.iter().filter(|thread| thread.resolved.is_none() || is_shown(&thread.id));
    let known = known.filter_map(|thread| Some((Some(thread.id.clone()), thread.passage.clone()?)));
    let begun = shown.as_ref().and_then(|shown| Some((None, shown.passage.clone()?)));
    let (ids, passages): (Vec<Option<ThreadId>>, Vec<Passage>) = known.chain(begun).unzip();
    if passages.is_empty() {
        return Vec::new();
    }
    let places = open.read(|replica| replica.find_passages(&text, &passages)).unwrap_or_default();
    ids.into_iter()
        .zip(places)
        .filter_map(|(thread, place)| {
            let (from, to) = place?;
            let is_open = thread.as_ref().is_none_or(is_shown);
            Some(Anchor { thread, from, to, is_open })
        })
        .collect()
}

/// The anchors as marks in the Markdown that is read.
pub fn marks(anchors: Vec<Anchor>) -> Vec<Mark> {
    let mark = |anchor: Anchor| {
        let by = match anchor.thread {
            Some(id) if !anchor.is_open => MarkedBy::Thread(id),
            _ => MarkedBy::OpenThread,
        };
        Mark { from: anchor.from, to: anchor.to, by }
    };
    anchors.into_iter().map(mark).collect()
}

/// Whether the words that a thread is about are gone from the text.
pub fn is_lost(open: OpenPostmortem, thread: &Thread) -> bool {
    let Some(passage) = &thread.passage else { return false };
    let text = thread.subject.text();
    open.read(|replica| replica.find_passage(&text, passage)).flatten().is_none()
}

/// The words of a passage as they are read, without the marks of their Markdown.
pub fn as_read(quote: &str) -> String {
    markdown::to_text(quote)
}
