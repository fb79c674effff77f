//! Updates of our own that follow on others which are not here: a browser may have lost a row of its copy. They are no
//! part of a replica, and so in nothing that it encodes: as long as there are any, a copy is neither folded nor carried
//! away, or a deletion among them would be forgotten and its words shown again.

use crate::lib0::Lib0Error;
use crate::outline::{self, Id, Stretch};
use crate::replica::{Changes, Replica};
use crate::{ClientId, UpdateError};
use std::collections::{BTreeMap, VecDeque};
use yrs::StateVector;
use yrs::updates::decoder::Decode;

/// Updates that wait for what they follow on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    updates: Vec<Vec<u8>>,
    /// Those that cannot be read, and never will be: they are not tried again, and stay for the words they begin with.
    unreadable: Vec<Vec<u8>>,
}

impl Waiting {
    /// Takes updates in, in whatever order they fit; what does not fit waits with what waits already. What they changed.
    pub fn adopt(&mut self, replica: &Replica, updates: Vec<Vec<u8>>) -> Vec<Changes> {
        self.updates.extend(updates);
        self.retry(replica)
    }

    /// Takes in what fits by now. What that changed. An update is looked at again only when the clocks that it waits for
    /// have come, so that the order in which many come costs nothing.
    pub fn retry(&mut self, replica: &Replica) -> Vec<Changes> {
        let mut changes = Vec::new();
        let mut known = clocks(replica);
        let mut due = VecDeque::new();
        for update in std::mem::take(&mut self.updates) {
            match Span::of(&update) {
                Ok(span) => due.push_back((span, update)),
                Err(_) => self.set_aside(update),
            }
        }
        let mut held = BTreeMap::<Id, Vec<(Span, Vec<u8>)>>::new();
        while let Some((span, update)) = due.pop_front() {
            if let Some(lacked) = span.lacks(&known) {
                held.entry(lacked).or_default().push((span, update));
                continue;
            }
            match replica.apply(&update) {
                Ok(changed) => changes.push(changed),
                Err(UpdateError::Unreadable) => {
                    self.set_aside(update);
                    continue;
                }
                Err(UpdateError::Incomplete) => {
                    self.updates.push(update);
                    continue;
                }
            }
            for (client, end) in span.brings {
                let reached = known.entry(client).or_default();
                *reached = end.max(*reached);
                let met: Vec<Id> = held.range((client, 0)..=(client, *reached)).map(|(lacked, _)| *lacked).collect();
                due.extend(met.iter().filter_map(|lacked| held.remove(lacked)).flatten());
            }
        }
        self.updates.extend(held.into_values().flatten().map(|(_, update)| update));
        changes
    }

    fn set_aside(&mut self, update: Vec<u8>) {
        let aside = Self { updates: Vec::new(), unreadable: vec![update] };
        if !aside.words().is_empty() {
            self.unreadable.extend(aside.unreadable);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.updates.is_empty() && self.unreadable.is_empty()
    }

    /// The words that wait, those typed one after the other in one line: for their person, where what they follow on is
    /// lost for good.
    pub fn words(&self) -> String {
        let mut blocks = BTreeMap::new();
        for update in self.updates.iter().chain(&self.unreadable) {
            // What cannot be read to its end has given its beginning.
            let _ = outline::walk(update, |stretch| {
                if let Stretch::Block(block) = stretch
                    && let Some(words) = block.words
                {
                    let before = block.clock.checked_sub(1).map(|last| (block.client, last));
                    let goes_on = before.is_some() && before == block.builds_on[0];
                    blocks.insert((block.client, block.clock), (goes_on, words));
                }
            });
        }
        let mut text = String::new();
        for (goes_on, words) in blocks.into_values() {
            if !goes_on && !text.is_empty() {
                text.push('\n');
            }
            text.push_str(words);
        }
        text
    }
}

/// How many clocks of each client a replica has.
fn clocks(replica: &Replica) -> BTreeMap<ClientId, u32> {
    let encoded = StateVector::decode_v1(&replica.state_vector()).unwrap_or_default();
    encoded.iter().map(|(client, clock)| (ClientId(client.get()), *clock)).collect()
}

/// Which clocks an update is about: for each client, how many there are with it, and how many have to be there before.
struct Span {
    brings: BTreeMap<ClientId, u32>,
    needs: BTreeMap<ClientId, u32>,
}

impl Span {
    fn of(update: &[u8]) -> Result<Self, Lib0Error> {
        let (mut brings, mut needs) = (BTreeMap::<ClientId, u32>::new(), BTreeMap::<ClientId, u32>::new());
        let mut need = |client: ClientId, end: u32| {
            let most = needs.entry(client).or_default();
            *most = end.max(*most);
        };
        outline::walk(update, |stretch| {
            if let Stretch::Block(block) = stretch {
                let end = brings.entry(block.client).or_default();
                if block.clock > *end {
                    need(block.client, block.clock);
                }
                *end = block.clock.saturating_add(block.length).max(*end);
            }
        })?;
        // Once more, because a block may build on one that stands behind it.
        let is_own = |client: ClientId, end: u32| brings.get(&client).is_some_and(|own| end <= *own);
        outline::walk(update, |stretch| {
            let ends = match stretch {
                Stretch::Block(block) => {
                    block.builds_on.map(|id| id.map(|(client, clock)| (client, clock.saturating_add(1))))
                }
                Stretch::Deletion(deletion) => [Some((deletion.client, deletion.to)), None],
            };
            for (client, end) in ends.into_iter().flatten().filter(|(client, end)| !is_own(*client, *end)) {
                need(client, end);
            }
        })?;
        Ok(Self { brings, needs })
    }

    /// The first thing that has to be there and is not.
    fn lacks(&self, known: &BTreeMap<ClientId, u32>) -> Option<Id> {
        let is_lacking = |(client, end): &(&ClientId, &u32)| known.get(client).copied().unwrap_or(0) < **end;
        self.needs.iter().find(is_lacking).map(|(client, end)| (*client, *end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Severity, TextChange, TextId, create};

    fn overview() -> TextId {
        "sections/overview".parse().expect("a text")
    }

    fn typed(replica: &Replica, from: u32, to: u32, insert: &str) -> Vec<u8> {
        let change = TextChange { from, to, insert: insert.into() };
        replica.run(&Command::EditText(overview(), vec![change])).expect("typed").update.expect("an update")
    }

    #[test]
    fn what_follows_on_a_lost_row_waits_until_it_comes() {
        let page = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let begun = page.diff(&[0]).expect("encoded");
        let first = typed(&page, 0, 0, "one");
        let rows = vec![typed(&page, 3, 3, " two"), typed(&page, 7, 7, " three"), begun];
        let (again, mut waiting) = (Replica::new(ClientId(8)), Waiting::default());
        assert_eq!(waiting.adopt(&again, rows).len(), 1);
        assert_eq!(again.text(&overview()).as_deref(), Some(""));
        assert_eq!(waiting.words(), " two three");
        assert_eq!(waiting.retry(&again), []);
        again.apply(&first).expect("what was lost comes from the server");
        assert_eq!(waiting.retry(&again).len(), 2);
        assert!(waiting.is_empty());
        assert_eq!(again.read(), page.read());
    }

    #[test]
    fn a_deletion_that_is_here_before_its_words_is_not_forgotten() {
        let page = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let begun = page.diff(&[0]).expect("encoded");
        let words = typed(&page, 0, 0, "a name that must not be read");
        let rows = vec![begun, typed(&page, 0, 28, "")];
        let (again, mut waiting) = (Replica::new(ClientId(8)), Waiting::default());
        waiting.adopt(&again, rows);
        assert!(!waiting.is_empty(), "what is encoded now would not hold the deletion");
        again.apply(&words).expect("applied");
        waiting.retry(&again);
        assert!(waiting.is_empty());
        let reader = Replica::new(ClientId(9));
        reader.apply(&again.diff(&[0]).expect("encoded")).expect("applied");
        assert_eq!(reader.text(&overview()).as_deref(), Some(""));
    }

    /// What two people typed in turns, each line after the other's, as one update each.
    fn in_turns(lines: u32) -> (Replica, Vec<Vec<u8>>) {
        let people =
            [create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made"), Replica::new(ClientId(8))];
        let mut rows = vec![people[0].diff(&[0]).expect("encoded")];
        people[1].apply(&rows[0]).expect("applied");
        for line in 0..lines {
            let [writer, reader] = if line % 2 == 0 { [0, 1] } else { [1, 0] };
            let row = typed(&people[writer], line, line, "a");
            people[reader].apply(&row).expect("applied");
            rows.push(row);
        }
        let [page, _] = people;
        (page, rows)
    }

    #[test]
    fn rows_are_taken_in_whatever_their_order() {
        let (page, rows) = in_turns(60);
        let mut scattered = rows.clone();
        scattered
            .sort_by_key(|row| row.iter().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte))));
        for rows in [rows.clone(), rows.iter().rev().cloned().collect(), scattered] {
            let (again, mut waiting) = (Replica::new(ClientId(9)), Waiting::default());
            assert_eq!(waiting.adopt(&again, rows).len(), 61);
            assert!(waiting.is_empty());
            assert_eq!(again.read(), page.read());
        }
    }

    #[test]
    fn an_update_says_what_it_lacks_and_nothing_once_it_is_there() {
        let (_, rows) = in_turns(4);
        let again = Replica::new(ClientId(9));
        for row in &rows {
            let span = Span::of(row).expect("an update");
            assert_eq!(span.lacks(&clocks(&again)), None);
            again.apply(row).expect("applied");
            assert!(span.brings.iter().all(|(client, end)| clocks(&again)[client] == *end));
        }
        let begun = Replica::new(ClientId(9));
        begun.apply(&rows[0]).expect("applied");
        let last = Span::of(&rows[4]).expect("an update");
        let lacked = last.lacks(&clocks(&begun)).expect("lines before it");
        assert!(lacked.1 > clocks(&begun).get(&lacked.0).copied().unwrap_or(0));
    }

    #[test]
    fn what_cannot_be_read_does_not_wait_and_its_words_are_not_lost() {
        let page = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let begun = page.diff(&[0]).expect("encoded");
        let cut = |row: Vec<u8>| row[..row.len() - 1].to_vec();
        let (again, mut waiting) = (Replica::new(ClientId(8)), Waiting::default());
        assert_eq!(waiting.adopt(&again, vec![Vec::new(), begun]).len(), 1);
        assert!(waiting.is_empty(), "there is nothing in it that could be given to anybody");
        waiting.adopt(&again, vec![cut(typed(&page, 0, 0, "typed before the battery died"))]);
        assert!(waiting.updates.is_empty(), "it would be tried again for ever");
        assert!(!waiting.is_empty(), "a copy that is folded now would lose its words");
        assert_eq!(waiting.words(), "typed before the battery died");
    }
}
