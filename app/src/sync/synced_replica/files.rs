//! Text that has no place in the document any more, as files for the person who wrote it.

use super::super::gone::Gone;
use super::super::kept::KeptFile;
use super::super::output::{Afresh, FileContent, StorageOrder, SyncEvent};
use super::{Sources, SyncedReplica};
use chrono::DateTime;
use postmortem::leftover::leftover;
use postmortem::{Peer, Postmortem};

impl SyncedReplica {
    /// Keeps text of the page that has no place in the document any more.
    pub fn keep_text(&mut self, reason: &str, text: String) {
        self.keep_file(new_file(reason, text, self.sources), FileContent::Text);
    }

    pub(super) fn keep_file(&mut self, file: KeptFile, content: FileContent) {
        self.files_under_way += 1;
        self.store(StorageOrder::KeepFile(file, content));
    }

    /// A file was kept, or is in this page alone where it has no place.
    pub fn file_kept(&mut self, file: KeptFile, content: FileContent) {
        let is_stored = file.key.is_some();
        self.files_under_way = self.files_under_way.saturating_sub(1);
        self.files.push(file);
        self.tell(SyncEvent::FilesChanged(self.files.clone()));
        match content {
            FileContent::Text => {}
            FileContent::Waiting => {
                if is_stored {
                    self.forget_waiting();
                    self.fold();
                }
            }
            FileContent::Comment(id) => {
                self.forget_comment(&id);
                self.go_on_with_comments();
            }
        }
        self.tell_standing();
    }

    pub(super) fn forget_waiting(&mut self) {
        self.waiting = postmortem::Waiting::default();
    }

    /// Forgets the copy in the browser; the text that only it had becomes a file, and its person is told.
    pub(super) fn start_afresh(&mut self, afresh: Afresh) {
        self.files_under_way += usize::from(afresh.file.is_some());
        match self.copy.start_afresh(afresh) {
            Ok(order) => self.store(order),
            Err(afresh) => self.afresh_started(afresh.file),
        }
    }

    /// The copy in the browser is forgotten, and this file was kept for it, or is in this page alone where it has no place.
    pub fn afresh_started(&mut self, file: Option<KeptFile>) {
        if let Some(file) = file {
            self.files_under_way = self.files_under_way.saturating_sub(1);
            self.files.push(file.clone());
            self.tell(SyncEvent::TextKept(file));
        }
        self.tell(SyncEvent::FilesChanged(self.files.clone()));
        self.tell_standing();
    }

    /// The post-mortem is not there for this person any more. The browser forgets it once the words that only this copy has
    /// are in a file.
    pub fn gone(&mut self, gone: Gone) {
        let held = (self.peer.unsaved() > 0).then(|| self.replica.read().postmortem);
        let held = held.and_then(|held| match gone {
            // It is the last copy of all of it.
            Gone::Deleted => leftover(&held, &Postmortem::default()),
            Gone::ClosedToYou | Gone::NotHere => self.unsent.words(&held),
        });
        let held = held.unwrap_or_default();
        let lost = [held, self.waiting.words(), self.comments.words()];
        self.forget_waiting();
        let lost: Vec<&str> = lost.iter().map(|words| words.trim_start()).filter(|words| !words.is_empty()).collect();
        let file = (!lost.is_empty()).then(|| new_file(gone.reason(), lost.join("\n"), self.sources));
        let comments = self.comments.take_all();
        self.gone = Some(gone);
        // First, so that the page knows why there is a file.
        self.tell(SyncEvent::Gone(gone));
        self.start_afresh(Afresh { file, comments, tells: false, is_gone: true });
        self.peer = Peer::new();
        self.tell_standing();
    }

    /// The person has a file that was kept.
    pub fn forget_file(&mut self, file: &KeptFile) {
        if let Some(key) = file.key.filter(|_| self.copy.is_given()) {
            self.store(StorageOrder::ForgetFile(key));
        }
        self.files.retain(|kept| kept != file);
        self.tell(SyncEvent::FilesChanged(self.files.clone()));
    }
}

/// A file of text that the server did not take.
pub(super) fn new_file(reason: &str, text: String, sources: Sources) -> KeptFile {
    let milliseconds = i64::try_from((sources.clock)()).unwrap_or_default();
    let now = DateTime::from_timestamp_millis(milliseconds).unwrap_or_default();
    let name = format!("not-saved-{}.md", now.format("%Y-%m-%d-%H%M"));
    KeptFile { key: None, name, reason: reason.to_owned(), text }
}
