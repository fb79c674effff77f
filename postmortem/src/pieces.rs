//! Updates of our own, block by block: whether a document holds all that one builds on, and how one that is larger than
//! a message is cut into several, each of which can be taken in as soon as those before it are. A day of writing
//! without a network passes the limit of one message. What strangers send is read by `ingest`.

use crate::limits;
use crate::wire::{Cursor, WireError, put_number};
use std::collections::BTreeMap;
use std::ops::Range;
use yrs::{ClientID, StateVector};

/// Whether a document that has seen this much holds everything that an update builds on. The CRDT would keep another
/// aside, with whatever comes after it.
pub(crate) fn is_whole(update: &[u8], seen: &StateVector) -> Result<bool, WireError> {
    let update = Outline::read(update)?;
    let known = |client: u64| seen.get(&ClientID::new(client));
    let ends: BTreeMap<u64, u32> = update.runs.iter().map(|run| (run.client, run.end)).collect();
    let end = |client: u64| known(client).max(ends.get(&client).copied().unwrap_or(0));
    let mut blocks = update.runs.iter().flat_map(|run| &run.blocks);
    Ok(update.runs.iter().all(|run| run.from <= known(run.client))
        && blocks.all(|block| block.builds_on.iter().all(|(client, clock)| *clock < end(*client)))
        && update.deletions.iter().all(|deletion| deletion.to <= end(deletion.client)))
}

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
fn cut(update: &[u8], outline: Outline, limit: usize) -> Option<Vec<Vec<u8>>> {
    let Outline { mut runs, deletions } = outline;
    let begins: BTreeMap<u64, u32> = runs.iter().map(|run| (run.client, run.from)).collect();
    let begin = |client: u64| begins.get(&client).copied().unwrap_or(u32::MAX);
    let old = deletions.iter().map(|one| Deletion { to: one.to.min(begin(one.client)), ..*one });
    let new = deletions.iter().map(|one| Deletion { from: one.from.max(begin(one.client)), ..*one });
    let mut pieces = Pieces { update, limit, done: Vec::new(), open: BTreeMap::new(), size: 0, blocks: 0 };
    // What the receiver has is deleted first: a text that was replaced must not be longer meanwhile than it ever was.
    pieces.delete(old);
    while place_what_can_be(&mut runs, &mut pieces) {}
    if runs.iter().any(|run| run.placed < run.blocks.len()) {
        return None;
    }
    pieces.close();
    pieces.delete(new);
    Some(pieces.done)
}

/// Puts every block into a piece that builds only on what stands in a piece already; whether there was one.
fn place_what_can_be(runs: &mut [Run], pieces: &mut Pieces<'_>) -> bool {
    let mut is_moving = false;
    let mut placed: BTreeMap<u64, Range<u32>> = runs.iter().map(|run| (run.client, run.from..run.reached)).collect();
    for run in runs {
        while let Some(block) = run.blocks.get(run.placed) {
            let is_there = |(client, clock): &(u64, u32)| placed.get(client).is_none_or(|placed| *clock < placed.end);
            if !block.builds_on.iter().all(is_there) {
                break;
            }
            pieces.put(run.client, run.reached, block);
            run.placed += 1;
            run.reached += block.length;
            placed.insert(run.client, run.from..run.reached);
            is_moving = true;
        }
    }
    is_moving
}

/// The pieces that are done, and the one that is being filled.
struct Pieces<'a> {
    update: &'a [u8],
    limit: usize,
    done: Vec<Vec<u8>>,
    /// By client: the first clock, how many blocks, and their bytes.
    open: BTreeMap<u64, (u32, u64, Vec<u8>)>,
    size: usize,
    blocks: usize,
}

impl Pieces<'_> {
    fn put(&mut self, client: u64, clock: u32, block: &Block) {
        // A client, its first clock and a count take up to 20 bytes in front of its blocks.
        let size = block.bytes.len() + 20;
        if self.size + size > self.limit || self.blocks >= limits::BLOCKS / 2 {
            self.close();
        }
        self.size += size;
        self.blocks += 1;
        let (_, count, bytes) = self.open.entry(client).or_insert_with(|| (clock, 0, Vec::new()));
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
            put_number(&mut piece, client);
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
            let mut of_clients: BTreeMap<u64, Vec<&Deletion>> = BTreeMap::new();
            for one in part {
                of_clients.entry(one.client).or_default().push(one);
            }
            let mut piece = vec![0];
            put_number(&mut piece, of_clients.len() as u64);
            for (client, ranges) in of_clients {
                put_number(&mut piece, client);
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
struct Outline {
    runs: Vec<Run>,
    deletions: Vec<Deletion>,
}

/// The blocks of one client, in the order of their clocks.
struct Run {
    client: u64,
    from: u32,
    end: u32,
    blocks: Vec<Block>,
    /// How many of them are in a piece, and the clock behind those.
    placed: usize,
    reached: u32,
}

struct Block {
    bytes: Range<usize>,
    length: u32,
    builds_on: Vec<(u64, u32)>,
}

#[derive(Clone, Copy)]
struct Deletion {
    client: u64,
    from: u32,
    to: u32,
}

impl Outline {
    fn read(update: &[u8]) -> Result<Self, WireError> {
        let mut cursor = Cursor::new(update);
        let mut runs = Vec::new();
        for _ in 0..cursor.number()? {
            let count = cursor.number()?;
            let (client, from) = id(&mut cursor)?;
            let mut run = Run { client, from, end: from, blocks: Vec::new(), placed: 0, reached: from };
            for _ in 0..count {
                let begin = update.len() - cursor.remaining();
                let (length, builds_on) = block(&mut cursor)?;
                let bytes = begin..update.len() - cursor.remaining();
                run.blocks.push(Block { bytes, length, builds_on });
                run.end = run.end.checked_add(length).ok_or(WireError::Overlong)?;
            }
            runs.push(run);
        }
        let mut deletions = Vec::new();
        for _ in 0..cursor.number()? {
            let client = cursor.number()?;
            for _ in 0..cursor.number()? {
                let (from, length) = (clock(&mut cursor)?, clock(&mut cursor)?);
                let to = from.checked_add(length).ok_or(WireError::Overlong)?;
                deletions.push(Deletion { client, from, to });
            }
        }
        Ok(Self { runs, deletions })
    }
}

fn clock(cursor: &mut Cursor<'_>) -> Result<u32, WireError> {
    u32::try_from(cursor.number()?).map_err(|_| WireError::Overlong)
}

fn id(cursor: &mut Cursor<'_>) -> Result<(u64, u32), WireError> {
    Ok((cursor.number()?, clock(cursor)?))
}

/// The length of a block in clocks, and the ids that it builds on.
fn block(cursor: &mut Cursor<'_>) -> Result<(u32, Vec<(u64, u32)>), WireError> {
    let info = cursor.byte()?;
    let mut builds_on = Vec::new();
    let kind = info & 0x1f;
    if kind == 0 {
        return Ok((clock(cursor)?, builds_on));
    }
    for flag in [0x80, 0x40] {
        if info & flag != 0 {
            builds_on.push(id(cursor)?);
        }
    }
    if builds_on.is_empty() {
        match cursor.number()? {
            0 => builds_on.push(id(cursor)?),
            _ => drop(cursor.block()?),
        }
        if info & 0x20 != 0 {
            cursor.block()?;
        }
    }
    let length = match kind {
        1 => clock(cursor)?,
        4 => crate::text::utf16_length(cursor.text()?),
        7 => cursor.number().map(|_| 1)?,
        8 => {
            let count = clock(cursor)?;
            for _ in 0..count {
                value(cursor)?;
            }
            count
        }
        // Nothing else stands in a document of ours.
        _ => return Err(WireError::Unreadable),
    };
    Ok((length, builds_on))
}

/// One scalar.
fn value(cursor: &mut Cursor<'_>) -> Result<(), WireError> {
    match cursor.byte()? {
        119 => cursor.block().map(drop),
        120 | 121 | 126 | 127 => Ok(()),
        122 | 123 => cursor.take(8).map(drop),
        124 => cursor.take(4).map(drop),
        125 => {
            while cursor.byte()? & 0x80 != 0 {}
            Ok(())
        }
        _ => Err(WireError::Unreadable),
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

    fn copy(client: u64, of: &Replica) -> Replica {
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
            let server = create::create(1, "x", Severity::Sev2).expect("made");
            edit(&server, "overview", 0, 0, "It was a quiet evening before the deploy.".into());
            let pages = [copy(2, &server), copy(3, &server)];
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
                prop_assert!(server.take(&piece).is_ok(), "a piece builds on a later one");
            }
            prop_assert_eq!(server.read(), pages[0].read());
            prop_assert_eq!(server.state_vector(), pages[0].state_vector());
        }
    }

    #[test]
    fn a_day_of_writing_fits_into_messages() {
        let server = create::create(1, "x", Severity::Sev2).expect("made");
        let page = copy(2, &server);
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
            server.take(piece).expect("taken");
        }
        assert_eq!(server.read(), page.read());
    }

    #[test]
    fn an_update_whose_beginning_is_missing_leaves_nothing_behind() {
        let server = create::create(1, "x", Severity::Sev2).expect("made");
        let page = copy(2, &server);
        let first = edit(&page, "overview", 0, 0, "one".into());
        let second = edit(&page, "overview", 3, 3, " two".into());
        assert!(server.take(&second).is_err());
        server.take(&first).expect("taken");
        server.take(&second).expect("taken");
        assert_eq!(server.read(), page.read());
    }
}
