//! Comments on their way: shown at once, sent after the edits that they may be about.

use super::super::output::{Effect, FileContent, Output, StorageOrder, SyncEvent};
use super::super::pending_comments::{CommentAnswer, PendingComment};
use super::SyncedReplica;
use super::files::new_file;
use postmortem::{CommentId, Event, Thread};

impl SyncedReplica {
    /// A comment was written. It is shown at once, and sent after the edits that it may be about.
    pub fn comment(&mut self, comment: PendingComment) {
        self.comments.add(comment.clone());
        self.store(StorageOrder::KeepComment(comment));
        self.tell_waiting_comments();
        self.send_comments();
        self.tell_standing();
    }

    /// The browser has stored a comment, or cannot.
    pub fn comment_kept(&mut self, id: &CommentId, is_kept: bool) {
        self.comments.kept(id, is_kept);
        self.tell_standing();
    }

    pub(super) fn keep_comments_again(&mut self) {
        for comment in self.comments.all().to_vec() {
            self.store(StorageOrder::KeepComment(comment));
        }
    }

    pub(super) fn send_comments(&mut self) {
        if self.is_connected
            && self.is_saved()
            && self.identity.is_known()
            && let Some(first) = self.comments.begin_sending()
        {
            self.outputs.push_back(Output::Effect(Effect::PostComment(first)));
        }
    }

    /// What came of the comment that was sent.
    pub fn comment_answered(&mut self, comment: &PendingComment, answer: CommentAnswer) {
        match answer {
            CommentAnswer::Taken(thread) => {
                self.forget_comment(&comment.id);
                // The socket may have brought it, and more that was said since.
                if !self.has_comment(&comment.id) {
                    let event = Event::Thread { thread: *thread };
                    self.rows.take(&event);
                    self.tell(SyncEvent::Told(event));
                }
            }
            CommentAnswer::Refused(reason) if self.comments.contains(&comment.id) => {
                if self.page.is_none() {
                    // It waits, and nothing is sent, until the file has the words.
                    let file = new_file(&reason, comment.text.clone(), self.sources);
                    return self.keep_file(file, FileContent::Comment(comment.id.clone()));
                }
                self.tell(SyncEvent::CommentRefused(comment.clone(), reason));
                self.forget_comment(&comment.id);
            }
            CommentAnswer::Refused(_) | CommentAnswer::Later => return self.comments.end_sending(),
        }
        self.go_on_with_comments();
    }

    /// One comment is off the list.
    pub(super) fn go_on_with_comments(&mut self) {
        self.tell_waiting_comments();
        self.send_comments();
        self.tell_standing();
    }

    pub(super) fn forget_comment(&mut self, id: &CommentId) {
        self.comments.forget(id);
        self.store(StorageOrder::DropComment(id.clone()));
    }

    /// Comments of a long thread, which follow a number.
    pub fn thread_read(&mut self, after: u32, page: Thread) {
        if let Some(thread) = self.rows.put_page(after, page).cloned() {
            self.tell(SyncEvent::ThreadRead(thread));
        }
        self.tell_waiting_comments();
    }

    fn has_comment(&self, id: &CommentId) -> bool {
        self.rows.threads().iter().flat_map(|thread| &thread.comments).any(|comment| comment.id == *id)
    }

    /// Tells of the comments that wait in their threads, as long as they do and once more when they do not.
    pub(super) fn tell_waiting_comments(&mut self) {
        let ids = self.comments.ids();
        let Some(page) = &mut self.page else { return };
        let had_any = std::mem::replace(&mut page.has_waiting_comments, !ids.is_empty());
        if had_any || !ids.is_empty() {
            self.tell(SyncEvent::CommentsWaiting(self.threads(), ids));
        }
    }
}
