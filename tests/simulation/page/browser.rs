//! What a browser keeps of a page of ours, as `app/editor/shelf.js` does: rows are only added, a new row names those for which
//! it stands, and they are deleted after it was stored. When the browser dies, the last of what it wrote is not there.

use super::EditId;
use app::sync::{Afresh, FoldedCopy, Found, KeptFile, Row};
use postmortem::{Event, Generation};
use std::collections::BTreeSet;

/// A row, and which edits of the page stand in it that were not known to be saved.
#[derive(Debug, Clone)]
struct StoredRow {
    key: usize,
    updates: Vec<Vec<u8>>,
    edits: Vec<(EditId, Vec<u8>)>,
    replaces: Vec<usize>,
}

#[derive(Debug, Clone)]
enum Write {
    Row(StoredRow),
    /// A file, which stands for these rows.
    File(KeptFile, Vec<usize>),
    Delete(Vec<usize>),
    ForgetFile(u32),
}

/// The storage of one browser.
#[derive(Debug, Default)]
pub struct Browser {
    writes: Vec<Write>,
    /// How many of them were there when the page was opened: they are on its disk for good.
    settled: usize,
    generation: Option<Generation>,
    greeting: Vec<Event>,
    /// The rows whose updates this page holds.
    held: Vec<usize>,
    next: usize,
}

impl Browser {
    fn next(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// Adds a row with what a page wrote, or with what came from others.
    pub fn append(&mut self, row: &Row, edits: Vec<(EditId, Vec<u8>)>) {
        let key = self.next();
        self.generation = self.generation.or(row.generation);
        self.held.push(key);
        self.writes.push(Write::Row(StoredRow { key, updates: row.updates.clone(), edits, replaces: Vec::new() }));
    }

    /// Puts one row in the place of all that the page holds.
    pub fn fold(&mut self, fold: FoldedCopy, edits: Vec<(EditId, Vec<u8>)>) {
        let key = self.next();
        let replaces = std::mem::replace(&mut self.held, vec![key]);
        self.generation = fold.generation;
        self.greeting = fold.greeting;
        let row = StoredRow { key, updates: vec![fold.update], edits, replaces: replaces.clone() };
        self.writes.extend([Write::Row(row), Write::Delete(replaces)]);
    }

    /// Forgets what the page holds, once its words are a file; that file with its place.
    pub fn start_afresh(&mut self, afresh: Afresh) -> Option<KeptFile> {
        let before = std::mem::take(&mut self.held);
        let file = afresh.file.map(|file| self.keep_file(file, before.clone()));
        self.writes.push(Write::Delete(before));
        file
    }

    pub fn keep_file(&mut self, file: KeptFile, replaces: Vec<usize>) -> KeptFile {
        let file = KeptFile { key: Some(self.next() as u32), ..file };
        self.writes.push(Write::File(file.clone(), replaces));
        file
    }

    pub fn forget_file(&mut self, key: u32) {
        self.writes.push(Write::ForgetFile(key));
    }

    /// The browser dies: of what it wrote, the last so many writes are not there.
    pub fn die(&mut self, unwritten: usize) {
        let kept = self.writes.len().saturating_sub(unwritten).max(self.settled);
        self.writes.truncate(kept);
        self.settled = kept;
    }

    /// What is found when the page is opened, and the edits in it that are not known to be saved.
    pub fn open(&mut self) -> (Found, Vec<(EditId, Vec<u8>)>) {
        let (rows, kept) = self.read();
        self.held = rows.iter().map(|row| row.key).collect();
        let edits: Vec<_> = rows.iter().flat_map(|row| row.edits.clone()).collect();
        let found = Found {
            updates: rows.iter().flat_map(|row| row.updates.clone()).collect(),
            rows: rows.len(),
            edits: edits.len(),
            // An older row says nothing of it.
            parts: None,
            generation: self.generation,
            greeting: self.greeting.clone(),
            kept,
        };
        (found, edits)
    }

    /// The edits that it holds have these numbers from now on.
    pub fn rename(&mut self, number: impl Fn(EditId) -> EditId) {
        for write in &mut self.writes {
            if let Write::Row(row) = write {
                row.edits.iter_mut().for_each(|(id, _)| *id = number(*id));
            }
        }
    }

    fn read(&self) -> (Vec<StoredRow>, Vec<KeptFile>) {
        let (mut rows, mut files, mut gone) = (Vec::<StoredRow>::new(), Vec::<KeptFile>::new(), BTreeSet::new());
        for write in &self.writes {
            match write {
                Write::Row(row) => {
                    gone.extend(row.replaces.iter().copied());
                    rows.push(row.clone());
                }
                Write::File(file, replaces) => {
                    gone.extend(replaces.iter().copied());
                    files.push(file.clone());
                }
                Write::Delete(keys) => rows.retain(|row| !keys.contains(&row.key)),
                Write::ForgetFile(key) => files.retain(|file| file.key != Some(*key)),
            }
        }
        rows.retain(|row| !gone.contains(&row.key));
        (rows, files)
    }
}
