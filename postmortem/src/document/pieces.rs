//! How an update of our own that is larger than a message is cut into several, each of which can be taken in as soon as
//! those before it are. A day of writing without a network passes the limit of one message.

use crate::ClientId;
use crate::lib0::{Lib0Error, put_number};
use crate::limits;
use crate::outline::{self, Block, Deletion, Stretch};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An update as pieces of at most `limit` bytes, as far as its blocks allow: a block is never cut. The order of the
/// pieces matters. What cannot be read stays whole, for the receiver to refuse.
pub(crate) fn pieces(update: &[u8], limit: usize) -> Vec<Vec<u8>> {
    let whole = || vec![update.to_vec()];
    if update.len() <= limit {
        return whole();
    }
    match Outline::read(update) {
        Ok(outline) => cut(update, outline, limit).unwrap_or_else(whole),
        Err(_) => whole(),
    }
}

/// `None` when blocks build on one another in a circle.
fn cut(update: &[u8], outline: Outline<'_>, limit: usize) -> Option<Vec<Vec<u8>>> {
    let Outline { mut runs, deletions } = outline;
    let begins: BTreeMap<ClientId, u32> = runs.iter().map(|run| (run.client, run.from)).collect();
    let begin = |client: ClientId| begins.get(&client).copied().unwrap_or(u32::MAX);
    let old = deletions.iter().map(|one| Deletion { to: one.to.min(begin(one.client)), ..*one });
    let new = deletions.iter().map(|one| Deletion { from: one.from.max(begin(one.client)), ..*one });
    let mut pieces = Pieces { update, limit, done: Vec::new(), open: BTreeMap::new(), size: 0, blocks: 0 };
    // What the receiver has is deleted first: a text that was replaced must not be longer meanwhile than it ever was.
    pieces.delete(old);
    place(&mut runs, &mut pieces);
    if runs.iter().any(|run| run.placed < run.blocks.len()) {
        return None;
    }
    pieces.close();
    pieces.delete(new);
    Some(pieces.done)
}

/// Puts every block into a piece that builds only on what stands in a piece already. A run that cannot go on waits for the
/// one that it needs, so that none is looked at in vain: of pages that wrote in turn, the runs wait for each other at every
/// block. What builds on itself stays out.
fn place(runs: &mut [Run<'_>], pieces: &mut Pieces<'_>) {
    let run_of: BTreeMap<ClientId, usize> = runs.iter().enumerate().map(|(index, run)| (run.client, index)).collect();
    // For each run, who waits for which of its clocks.
    let mut waiting: Vec<BTreeSet<(u32, usize)>> = vec![BTreeSet::new(); runs.len()];
    let mut ready: VecDeque<usize> = (0..runs.len()).collect();
    while let Some(index) = ready.pop_front() {
        while let Some(block) = runs[index].blocks.get(runs[index].placed) {
            let needed = block.builds_on.iter().flatten().find_map(|(client, clock)| {
                let run = *run_of.get(client)?;
                (*clock >= runs[run].reached).then_some((run, *clock))
            });
            if let Some((run, clock)) = needed {
                waiting[run].insert((clock, index));
                break;
            }
            pieces.put(block);
            let length = block.length;
            runs[index].placed += 1;
            runs[index].reached += length;
        }
        let still_waiting = waiting[index].split_off(&(runs[index].reached, 0));
        let woken = std::mem::replace(&mut waiting[index], still_waiting);
        ready.extend(woken.into_iter().map(|(_, run)| run));
    }
}

/// The pieces that are done, and the one that is being filled.
struct Pieces<'a> {
    update: &'a [u8],
    limit: usize,
    done: Vec<Vec<u8>>,
    /// By client: the first clock, how many blocks, and their bytes.
    open: BTreeMap<ClientId, (u32, u64, Vec<u8>)>,
    size: usize,
    blocks: usize,
}

impl Pieces<'_> {
    fn put(&mut self, block: &Block<'_>) {
        // A client, its first clock and a count take up to 20 bytes in front of its blocks.
        let size = block.bytes.len() + 20;
        if self.size + size > self.limit || self.blocks >= limits::BLOCKS / 2 {
            self.close();
        }
        self.size += size;
        self.blocks += 1;
        let (_, count, bytes) = self.open.entry(block.client).or_insert_with(|| (block.clock, 0, Vec::new()));
        *count += 1;
        bytes.extend_from_slice(&self.update[block.bytes.clone()]);
    }

    /// Ends the piece that is being filled; it deletes nothing.
    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let mut piece = Vec::with_capacity(self.size);
        put_number(&mut piece, self.open.len() as u64);
        for (client, (clock, count, bytes)) in std::mem::take(&mut self.open) {
            put_number(&mut piece, count);
            put_number(&mut piece, client.0);
            put_number(&mut piece, u64::from(clock));
            piece.extend_from_slice(&bytes);
        }
        put_number(&mut piece, 0);
        self.done.push(piece);
        (self.size, self.blocks) = (0, 0);
    }

    /// Adds pieces that only delete.
    fn delete(&mut self, deletions: impl Iterator<Item = Deletion>) {
        let deletions: Vec<Deletion> = deletions.filter(|one| one.from < one.to).collect();
        // A client with one range takes at most 24 bytes.
        for part in deletions.chunks((self.limit / 24).clamp(1, limits::BLOCKS)) {
            let mut of_clients: BTreeMap<ClientId, Vec<&Deletion>> = BTreeMap::new();
            for one in part {
                of_clients.entry(one.client).or_default().push(one);
            }
            let mut piece = vec![0];
            put_number(&mut piece, of_clients.len() as u64);
            for (client, ranges) in of_clients {
                put_number(&mut piece, client.0);
                put_number(&mut piece, ranges.len() as u64);
                for range in ranges {
                    put_number(&mut piece, u64::from(range.from));
                    put_number(&mut piece, u64::from(range.to - range.from));
                }
            }
            self.done.push(piece);
        }
    }
}

/// What an update is made of.
#[derive(Default)]
struct Outline<'a> {
    runs: Vec<Run<'a>>,
    deletions: Vec<Deletion>,
}

/// The blocks of one client, in the order of their clocks.
struct Run<'a> {
    client: ClientId,
    from: u32,
    blocks: Vec<Block<'a>>,
    /// How many of them are in a piece, and the clock behind those.
    placed: usize,
    reached: u32,
}

impl<'a> Outline<'a> {
    fn read(update: &'a [u8]) -> Result<Self, Lib0Error> {
        let mut outline = Self::default();
        outline::walk(update, |stretch| match stretch {
            Stretch::Block(block) => outline.add(block),
            Stretch::Deletion(deletion) => outline.deletions.push(deletion),
        })?;
        Ok(outline)
    }

    fn add(&mut self, block: Block<'a>) {
        match self.runs.last_mut().filter(|run| run.client == block.client) {
            Some(run) => run.blocks.push(block),
            None => {
                let (client, from) = (block.client, block.clock);
                self.runs.push(Run { client, from, blocks: vec![block], placed: 0, reached: from });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Replica, Severity, TextChange, TextId, create};
    use proptest::prelude::*;

    fn edit(replica: &Replica, section: &str, from: u32, to: u32, insert: String) -> Vec<u8> {
        let text: TextId = format!("sections/{section}").parse().expect("a text");
        let command = Command::EditText(text, vec![TextChange { from, to, insert }]);
        replica.run(&command).expect("an edit").update.unwrap_or_default()
    }

    fn copy(client: ClientId, of: &Replica) -> Replica {
        let copy = Replica::new(client);
        copy.apply(&of.diff(&[0]).expect("encoded")).expect("applied");
        copy
    }

    proptest! {
        #[test]
        fn pieces_are_taken_one_after_the_other_and_make_the_whole(
            edits in proptest::collection::vec((0_usize..2, 0_u32..40, 0_u32..9, "[a-z😀é]{0,12}"), 1..40),
            limit in 40_usize..400,
        ) {
            let server = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
            edit(&server, "overview", 0, 0, "It was a quiet evening before the deploy.".into());
            let pages = [copy(ClientId(2), &server), copy(ClientId(3), &server)];
            for (page, from, length, insert) in edits {
                let text = pages[page].text(&"sections/overview".parse().expect("a text")).expect("there");
                let end = crate::text::utf16_length(&text);
                let from = from.min(end);
                let to = (from + length).min(end);
                let is_cut = |at: u32| text.encode_utf16().nth(at as usize).is_some_and(|unit| (0xdc00..0xe000).contains(&unit));
                if is_cut(from) || is_cut(to) {
                    continue;
                }
                let update = edit(&pages[page], "overview", from, to, insert);
                if !update.is_empty() {
                    pages[1 - page].apply(&update).expect("the other page of the browser has it too");
                }
            }
            let seen = server.state_vector();
            let lacking = pages[0].diff(&seen).expect("encoded");
            for piece in pieces(&lacking, limit) {
                prop_assert!(server.apply(&piece).is_ok(), "a piece builds on a later one");
            }
            prop_assert_eq!(server.read(), pages[0].read());
            prop_assert_eq!(server.state_vector(), pages[0].state_vector());
        }
    }

    #[test]
    fn pages_that_wrote_in_turn_are_cut_in_one_go() {
        let pages = [create::create(ClientId(1), "x", Severity::Sev2).expect("made"), Replica::new(ClientId(2))];
        pages[1].apply(&pages[0].diff(&[0]).expect("encoded")).expect("applied");
        let turns = 4_000;
        for turn in 0..turns {
            let update = edit(
                &pages[turn % 2],
                "overview",
                u32::try_from(turn).expect("few"),
                u32::try_from(turn).expect("few"),
                "x".into(),
            );
            pages[1 - turn % 2].apply(&update).expect("applied");
        }
        let reader = Replica::new(ClientId(3));
        for piece in pieces(&pages[0].diff(&[0]).expect("encoded"), 1_000) {
            reader.apply(&piece).expect("it builds on those before");
        }
        assert_eq!(reader.read(), pages[0].read());
        assert_eq!(reader.section(&"overview".parse().expect("a section")).len(), turns);
    }

    #[test]
    fn a_day_of_writing_fits_into_messages() {
        let server = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let page = copy(ClientId(2), &server);
        for section in ["overview", "what_happened", "resolution", "went_well"] {
            for part in 0..40 {
                edit(&page, section, 0, 0, format!("{part} {}", "The quick brown fox. ".repeat(230)));
            }
        }
        let lacking = page.diff(&server.state_vector()).expect("encoded");
        let pieces = pieces(&lacking, 100_000);
        assert!(pieces.len() > 5, "{}", pieces.len());
        for piece in &pieces {
            assert!(piece.len() <= 100_000, "{}", piece.len());
            server.apply(piece).expect("taken");
        }
        assert_eq!(server.read(), page.read());
    }

    #[test]
    fn an_update_whose_beginning_is_missing_leaves_nothing_behind() {
        let server = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let page = copy(ClientId(2), &server);
        let first = edit(&page, "overview", 0, 0, "one".into());
        let second = edit(&page, "overview", 3, 3, " two".into());
        assert!(server.apply(&second).is_err());
        server.apply(&first).expect("taken");
        server.apply(&second).expect("taken");
        assert_eq!(server.read(), page.read());
    }
}
