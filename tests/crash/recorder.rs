//! A person who writes without pause and remembers what the server has acknowledged. Everything typed is a word of its
//! own, so that after a crash each can be counted.

use postmortem::{Command, ItemId, ItemKind, TextChange, TextId};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, VecDeque};
use std::ops::AddAssign;
use tests::{Process, TestPeer, Visitor, entry, fresh_id};

/// How many words of one person stand in the document at a time.
const MOST_WORDS: usize = 60;

/// How sure it is that a change is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Sent,
    Acknowledged,
}

#[derive(Debug)]
struct Word {
    typed: Known,
    deleted: Option<Known>,
    /// The entry that it is the text of; otherwise it stands in the overview.
    entry: Option<ItemId>,
    /// Whether it was already counted as having survived without an acknowledgement.
    survived: bool,
}

/// What became of the changes of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub acknowledged: usize,
    pub lost: usize,
    pub doubled: usize,
    /// Never acknowledged and there after the crash nevertheless.
    pub survived: usize,
    /// Writes that were not synchronised and went with the power, or some of them.
    pub unsynced: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.survived += other.survived;
        self.unsynced += other.unsynced;
    }
}

/// A page and what its person remembers.
pub struct Recorder {
    page: TestPeer,
    visitor: Visitor,
    number: usize,
    words: BTreeMap<String, Word>,
    /// Changes that the page has not seen acknowledged, oldest first: a word, and whether it was deleted.
    open: VecDeque<(String, bool)>,
    typed: usize,
    acknowledged: usize,
    random: StdRng,
}

impl Recorder {
    pub async fn open(visitor: Visitor, id: &str, number: usize, random: StdRng) -> Self {
        let page = TestPeer::connect(&visitor, id).await;
        let (words, open) = (BTreeMap::new(), VecDeque::new());
        Self { page, visitor, number, words, open, typed: 0, acknowledged: 0, random }
    }

    /// Writes until the server is gone, a few changes ahead of what is acknowledged; `made` hears of each.
    pub async fn write(&mut self, made: impl Fn()) {
        while self.page.closed.is_none() {
            let command = self.next();
            self.page.run(&command).await;
            made();
            let ahead = self.random.random_range(0..6);
            let caught_up = |page: &TestPeer| page.closed.is_some() || page.peer.unsaved() <= ahead;
            self.page.until("the server acknowledges", caught_up).await;
            self.take_stock();
        }
    }

    /// Connects again with what the page holds, until it is saved.
    pub async fn come_back(&mut self, process: &Process, id: &str) {
        self.visitor = self.visitor.at(process.address());
        self.page.reconnect(&self.visitor, id).await;
        self.page.until_saved().await;
        self.take_stock();
    }

    /// The page dies as well; what was not acknowledged is gone, or not.
    pub async fn reopen(&mut self, process: &Process, id: &str) {
        self.visitor = self.visitor.at(process.address());
        self.page = TestPeer::connect(&self.visitor, id).await;
        self.open.clear();
    }

    /// Holds every word against what the server now has.
    pub fn count(&mut self, there: &str) -> Tally {
        let mut tally = Tally { acknowledged: std::mem::take(&mut self.acknowledged), ..Tally::default() };
        for (text, word) in &mut self.words {
            let found = there.matches(text.as_str()).count();
            tally.doubled += usize::from(found > 1);
            match (word.typed, word.deleted) {
                (Known::Acknowledged, None) => tally.lost += usize::from(found == 0),
                (_, Some(Known::Acknowledged)) => tally.lost += usize::from(found > 0),
                (Known::Sent, None) if found > 0 && !word.survived => {
                    word.survived = true;
                    tally.survived += 1;
                }
                _ => {}
            }
        }
        tally
    }

    fn next(&mut self) -> Command {
        let standing = self.words.iter().filter(|(_, word)| word.deleted.is_none());
        let standing: Vec<String> = standing.map(|(text, _)| text.clone()).collect();
        if standing.len() >= MOST_WORDS || (!standing.is_empty() && self.random.random_bool(0.25)) {
            let text = &standing[self.random.random_range(0..standing.len())];
            if let Some(command) = self.delete(text) {
                return command;
            }
        }
        self.typed += 1;
        let text = format!("<{}.{}>", self.number, self.typed);
        let entry_id = self.random.random_bool(0.3).then(fresh_id);
        let word = Word { typed: Known::Sent, deleted: None, entry: entry_id.clone(), survived: false };
        self.words.insert(text.clone(), word);
        self.open.push_back((text.clone(), false));
        match entry_id {
            Some(id) => Command::AddEntry(id, entry("2018-10-21T22:52:00Z", &text)),
            None => {
                let overview = self.overview();
                let ends = overview.match_indices('>').map(|(at, _)| at + 1);
                let places: Vec<usize> = std::iter::once(0).chain(ends).collect();
                let at = places[self.random.random_range(0..places.len())] as u32;
                Command::EditText(section(), vec![TextChange { from: at, to: at, insert: text }])
            }
        }
    }

    /// Deletes a word that the page shows; one of a page that died may not be there.
    fn delete(&mut self, text: &str) -> Option<Command> {
        let overview = self.overview();
        let word = self.words.get_mut(text)?;
        let command = match &word.entry {
            Some(id) => {
                self.page.replica.entry(id)?;
                Command::Delete(ItemKind::Entry, id.clone())
            }
            None => {
                let from = overview.find(text)? as u32;
                let change = TextChange { from, to: from + text.len() as u32, insert: String::new() };
                Command::EditText(section(), vec![change])
            }
        };
        word.deleted = Some(Known::Sent);
        self.open.push_back((text.to_owned(), true));
        Some(command)
    }

    /// Notes what the page now takes for saved.
    fn take_stock(&mut self) {
        while self.open.len() > self.page.peer.unsaved() {
            let Some((text, is_deletion)) = self.open.pop_front() else { return };
            self.acknowledged += 1;
            let word = self.words.get_mut(&text).expect("a word that was typed");
            if is_deletion {
                word.deleted = Some(Known::Acknowledged);
            } else {
                word.typed = Known::Acknowledged;
            }
        }
    }

    fn overview(&self) -> String {
        self.page.replica.text(&section()).expect("a section")
    }
}

fn section() -> TextId {
    "sections/overview".parse().expect("a text")
}
