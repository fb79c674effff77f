//! What must hold when everything that can arrive has arrived.

use crate::disk::holds;
use crate::page::Page;
use crate::plan::Dialect;
use crate::world::World;
use crate::{Checked, Violation, advance};
use postmortem::{ClientId, ConnectionId, Replica, Room};
use std::collections::BTreeSet;

/// Rounds within which everything comes to rest: a slow reader is cut off and comes back a few times at most.
const ROUNDS: usize = 100;

impl World {
    /// Heals the network and the disk, brings everybody back, lets everything arrive and checks what must hold then.
    pub fn rest(&mut self) -> Checked {
        self.server.die_after(None);
        self.server.disk.mend();
        for page in &mut self.pages {
            page.stalled = 0;
        }
        self.end_lost_connections()?;
        for _ in 0..ROUNDS {
            for page in 0..self.pages.len() {
                self.connect(page)?;
            }
            if !self.deliver_all()? && self.pages.iter().all(|page| page.link.is_some()) {
                return self.check();
            }
        }
        Err(Violation("the run never comes to rest".to_owned()))
    }

    /// Ends every connection that only one end believes in.
    fn end_lost_connections(&mut self) -> Checked {
        for page in 0..self.pages.len() {
            let link = self.pages[page].link.and_then(|id| self.server.links.get(&id));
            if link.is_some_and(|link| link.silent_since.is_some()) {
                self.cut(page, 0, 0)?;
            }
        }
        let abandoned = self.server.links.iter().filter(|(_, link)| !link.is_held);
        for connection in abandoned.map(|(id, _)| *id).collect::<Vec<ConnectionId>>() {
            self.server.leave(connection)?;
            self.server.let_go(connection);
        }
        Ok(())
    }

    /// Moves everything that is on its way; whether there was anything, or is more.
    pub fn deliver_all(&mut self) -> Result<bool, Violation> {
        let mut moved = false;
        // People are told of each other's moves again after a moment.
        advance(100);
        for page in 0..self.pages.len() {
            while self.up(page)? | self.down(page)? {
                moved = true;
            }
        }
        self.server.settle()?;
        moved |= self.server.commit(usize::MAX)?;
        moved |= self.server.fold()?;
        while self.server.report()? {
            moved = true;
        }
        Ok(moved || self.server.is_busy())
    }

    fn check(&self) -> Checked {
        let room = self.server.room();
        if !room.is_settled() {
            return Err(Violation("the room is not settled".to_owned()));
        }
        let expected = room.replica().read();
        if !expected.defects.is_empty() {
            return Err(Violation(format!("the document has defects: {:?}", expected.defects)));
        }
        for page in &self.pages {
            same(&page.replica, room.replica(), &format!("page {}", page.life()))?;
            page.check_rest()?;
            self.check_presences(page.life(), page.dialect, &page.shown.presences)?;
        }
        self.check_log()
    }

    fn check_log(&self) -> Checked {
        let reloaded = self.server.disk.load()?.room;
        same(reloaded.replica(), self.server.room().replica(), "the document loaded from the log")?;
        if reloaded.authors() != self.server.room().authors() {
            return Err(Violation("the log names other authors".to_owned()));
        }
        let watched = Replica::watched(ClientId(5));
        watched.apply(&reloaded.replica().diff(&[0]).expect("encoded")).expect("whole");
        for page in &self.pages {
            if let Some(number) = page.shown.edits.iter().position(|update| !holds(&watched, update)) {
                return Err(Violation(format!("edit {number} of page {} is not in the log", page.life())));
            }
        }
        let files: String = self.pages.iter().map(Page::files).collect();
        self.ledger.check(|edit| self.fate(edit), &files, |text| reloaded.replica().text(text))?;
        for page in &self.pages {
            let seen = page.seen().into_iter().flatten();
            self.ledger.check_seen(seen, page.files(), |text| reloaded.replica().text(text))?;
        }
        self.check_authors(&reloaded)
    }

    /// Every entry is by the person of the page that added it.
    fn check_authors(&self, room: &Room) -> Checked {
        for entry in room.replica().entries() {
            let person = room.authors().of(entry.stamp).map(|person| &person.id);
            let author = self.ledger.author(&entry.id).and_then(|life| self.person(ClientId(life.0)));
            if author.is_some() && author.as_ref() != person {
                return Err(Violation(format!("entry {} is by {author:?} and shown as by {person:?}", entry.id)));
            }
        }
        Ok(())
    }

    /// A page shows everyone who is there and nobody else.
    fn check_presences(&self, life: ClientId, dialect: Dialect, shown: &BTreeSet<ClientId>) -> Checked {
        let others: BTreeSet<ClientId> = self.pages.iter().map(Page::life).filter(|other| *other != life).collect();
        if dialect == Dialect::Debrief && *shown != others {
            return Err(Violation(format!("page {life} shows {shown:?} while {others:?} are there")));
        }
        Ok(())
    }
}

/// Two replicas show the same and have seen the same.
fn same(one: &Replica, other: &Replica, name: &str) -> Checked {
    if one.read() != other.read() {
        return Err(Violation(format!("{name} differs from the room")));
    }
    let lacks = |one: &Replica, other: &Replica| other.diff(&one.state_vector()).expect("encoded").first() != Some(&0);
    if lacks(one, other) || lacks(other, one) {
        return Err(Violation(format!("{name} has seen other updates than the room")));
    }
    Ok(())
}
