//! What a copy has seen, and whether it may take an update in. The CRDT does not say: behind a hole it takes in and shows
//! whatever builds on nothing in the hole, and reports nothing as missing; a deletion of words that are not there waits
//! inside, and is in no encoding. So every update is held against the clocks that were seen before it is applied.

use crate::ClientId;
use crate::outline::{self, Stretch};
use crate::replica::UpdateError;
use std::collections::BTreeMap;

/// How many clocks of each client were seen: a state vector. A client's clocks have no holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    clocks: BTreeMap<ClientId, u32>,
}

impl Seen {
    /// Adds an update (v1) to what was seen. A log whose updates are all admitted one after the other has no hole, as far
    /// as the updates themselves can tell: nothing follows the last of each client.
    ///
    /// # Errors
    /// When it leaves clocks of a client out, builds on what was not seen, deletes what was not seen, or cannot be read;
    /// nothing is added then.
    pub fn admit(&mut self, update: &[u8]) -> Result<(), UpdateError> {
        let reached = reached(update, |client| self.clocks.get(&client).copied().unwrap_or(0))?;
        self.clocks.extend(reached);
        Ok(())
    }
}

/// How far each client of an update has come with it, for a copy that knows so many clocks of each.
///
/// # Errors
/// As [`Seen::admit`].
pub(crate) fn reached(update: &[u8], known: impl Fn(ClientId) -> u32) -> Result<BTreeMap<ClientId, u32>, UpdateError> {
    let mut reached = BTreeMap::<ClientId, u32>::new();
    let mut is_whole = true;
    let walked = outline::walk(update, |stretch| {
        if let Stretch::Block(block) = stretch {
            let end = reached.entry(block.client).or_insert_with(|| known(block.client));
            is_whole &= block.clock <= *end;
            *end = block.clock.saturating_add(block.length).max(*end);
        }
    });
    walked.map_err(|_| UpdateError::Unreadable)?;
    let end = |client: ClientId| reached.get(&client).copied().unwrap_or_else(|| known(client));
    // Once more, because a block may build on one that stands behind it.
    let walked = outline::walk(update, |stretch| {
        is_whole &= match stretch {
            Stretch::Block(block) => block.builds_on.iter().flatten().all(|(client, clock)| *clock < end(*client)),
            Stretch::Deletion(deletion) => deletion.to <= end(deletion.client),
        };
    });
    walked.map_err(|_| UpdateError::Unreadable)?;
    if is_whole { Ok(reached) } else { Err(UpdateError::Incomplete) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, EntryDraft, ItemId, Replica, Severity, TextChange, create};

    fn run(replica: &Replica, command: &Command) -> Vec<u8> {
        replica.run(command).expect("carried out").update.expect("an update")
    }

    fn typed(from: u32, to: u32, insert: &str) -> Command {
        let change = TextChange { from, to, insert: insert.into() };
        Command::EditText("sections/overview".parse().expect("a text"), vec![change])
    }

    #[test]
    fn what_leaves_clocks_out_is_not_admitted_though_it_builds_on_nothing() {
        let page = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let begun = page.diff(&[0]).expect("encoded");
        let [lost, next] = [Command::SetTitle("Mara".into()), Command::SetServices(vec!["search".into()])]
            .map(|command| run(&page, &command));
        let mut seen = Seen::default();
        assert_eq!(seen.admit(&begun), Ok(()));
        let before = seen.clone();
        assert_eq!(seen.admit(&next), Err(UpdateError::Incomplete));
        assert_eq!(seen, before);
        for update in [&lost, &next, &lost, &begun] {
            assert_eq!(seen.admit(update), Ok(()));
        }
    }

    #[test]
    fn a_deletion_of_words_that_were_not_seen_is_not_admitted() {
        let mara = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let jonah = Replica::new(ClientId(8));
        let begun = mara.diff(&[0]).expect("encoded");
        jonah.apply(&begun).expect("applied");
        let words = run(&mara, &typed(0, 0, "words"));
        jonah.apply(&words).expect("applied");
        let deletion = run(&jonah, &typed(0, 5, ""));
        let entry = ItemId::new(1, [0; 10]);
        let at = "2018-10-21T22:52:00Z".parse().expect("a time");
        let other = run(&jonah, &Command::AddEntry(entry, EntryDraft::new(at, "seen")));
        let mut seen = Seen::default();
        seen.admit(&begun).expect("a beginning");
        assert_eq!(seen.admit(&deletion), Err(UpdateError::Incomplete));
        assert_eq!(seen.admit(&other), Ok(()), "another update of the same person is judged by itself");
        assert_eq!(seen.admit(&words), Ok(()));
        assert_eq!(seen.admit(&deletion), Ok(()));
        assert_eq!(seen.admit(b"garbage"), Err(UpdateError::Unreadable));
    }
}
