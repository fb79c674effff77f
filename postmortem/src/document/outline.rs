//! The structure of an update of our own, block by block, without the CRDT. What strangers send is read by `ingest`.

use crate::ClientId;
use crate::lib0::{Cursor, Lib0Error};
use std::ops::Range;

/// An item by client and clock.
pub(crate) type Id = (ClientId, u32);

/// A part of an update.
#[derive(Debug)]
pub(crate) enum Stretch<'a> {
    Block(Block<'a>),
    Deletion(Deletion),
}

/// What one client wrote at some clocks.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub client: ClientId,
    pub clock: u32,
    pub length: u32,
    /// What must be there before it: its neighbours, or what it stands in.
    pub builds_on: [Option<Id>; 2],
    /// The words that it adds to a text.
    pub words: Option<&'a str>,
    /// Where it stands in the update.
    pub bytes: Range<usize>,
}

/// Clocks of one client that are deleted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deletion {
    pub client: ClientId,
    pub from: u32,
    pub to: u32,
}

/// Shows every part of an update: the blocks, each client's in the order of their clocks, and then the deletions.
///
/// # Errors
/// Where the bytes are no update, or hold what no document of ours does.
pub(crate) fn walk<'a>(update: &'a [u8], mut see: impl FnMut(Stretch<'a>)) -> Result<(), Lib0Error> {
    let mut cursor = Cursor::new(update);
    for _ in 0..cursor.number()? {
        let count = cursor.number()?;
        let (client, mut clock) = id(&mut cursor)?;
        for _ in 0..count {
            let begin = update.len() - cursor.remaining();
            let block = block(&mut cursor, client, clock)?;
            let length = block.length;
            see(Stretch::Block(Block { bytes: begin..update.len() - cursor.remaining(), ..block }));
            clock = clock.checked_add(length).ok_or(Lib0Error::Overlong)?;
        }
    }
    for _ in 0..cursor.number()? {
        let client = ClientId(cursor.number()?);
        for _ in 0..cursor.number()? {
            let (from, length) = (self::clock(&mut cursor)?, self::clock(&mut cursor)?);
            let to = from.checked_add(length).ok_or(Lib0Error::Overlong)?;
            see(Stretch::Deletion(Deletion { client, from, to }));
        }
    }
    Ok(())
}

fn clock(cursor: &mut Cursor<'_>) -> Result<u32, Lib0Error> {
    u32::try_from(cursor.number()?).map_err(|_| Lib0Error::Overlong)
}

fn id(cursor: &mut Cursor<'_>) -> Result<Id, Lib0Error> {
    Ok((ClientId(cursor.number()?), clock(cursor)?))
}

/// A block, wherever it stands.
fn block<'a>(cursor: &mut Cursor<'a>, client: ClientId, clock: u32) -> Result<Block<'a>, Lib0Error> {
    let mut block = Block { client, clock, length: 1, builds_on: [None; 2], words: None, bytes: 0..0 };
    let info = cursor.byte()?;
    let kind = info & 0x1f;
    if kind == 0 {
        return Ok(Block { length: self::clock(cursor)?, ..block });
    }
    let left = if info & 0x80 != 0 { Some(id(cursor)?) } else { None };
    let right = if info & 0x40 != 0 { Some(id(cursor)?) } else { None };
    block.builds_on = [left, right];
    if block.builds_on == [None; 2] {
        match cursor.number()? {
            0 => block.builds_on = [Some(id(cursor)?), None],
            _ => drop(cursor.block()?),
        }
        if info & 0x20 != 0 {
            cursor.block()?;
        }
    }
    match kind {
        1 => block.length = self::clock(cursor)?,
        4 => {
            let words = cursor.text()?;
            (block.length, block.words) = (crate::text::utf16_length(words), Some(words));
        }
        7 => drop(cursor.number()?),
        8 => {
            block.length = self::clock(cursor)?;
            for _ in 0..block.length {
                value(cursor)?;
            }
        }
        // Nothing else stands in a document of ours.
        _ => return Err(Lib0Error::Unreadable),
    }
    Ok(block)
}

/// One scalar.
fn value(cursor: &mut Cursor<'_>) -> Result<(), Lib0Error> {
    match cursor.byte()? {
        119 => cursor.block().map(drop),
        120 | 121 | 126 | 127 => Ok(()),
        122 | 123 => cursor.take(8).map(drop),
        124 => cursor.take(4).map(drop),
        125 => {
            while cursor.byte()? & 0x80 != 0 {}
            Ok(())
        }
        _ => Err(Lib0Error::Unreadable),
    }
}
