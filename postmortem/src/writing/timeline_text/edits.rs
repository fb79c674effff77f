//! The edits that lead from a timeline to what a person wrote over it, and back.

use super::{in_lines, write_one};
use crate::text::{TextChange, TextId};
use crate::{Command, EntryChange, EntryDraft, ItemId, ItemKind, OtherReading, Zone};
use std::collections::{HashMap, VecDeque};

/// How many entries are looked through for the one that was rewritten: a person rewrites a handful, and comparing all
/// with all would hold the page up.
const COMPARED: usize = 50;

/// The edits that make of the entries `before` those that a person wrote. An entry that stayed as it is has none; one
/// that was changed keeps its identity, and with it its comments and what others write in it meanwhile.
pub fn edits(
    before: &[(ItemId, EntryDraft)],
    after: &[EntryDraft],
    new_id: &mut dyn FnMut() -> ItemId,
) -> Vec<Command> {
    let partners = partners(before, after);
    let mut commands = Vec::new();
    let mut kept = vec![false; before.len()];
    for (written, partner) in after.iter().zip(&partners) {
        match partner {
            Some(index) => {
                kept[*index] = true;
                let (id, old) = &before[*index];
                commands.extend(changes(id, old, written));
            }
            None => commands.push(Command::AddEntry(new_id(), written.clone())),
        }
    }
    let gone = before.iter().zip(kept).filter(|(_, is_kept)| !is_kept);
    commands.extend(gone.map(|((id, _), _)| Command::Delete(ItemKind::Entry, id.clone())));
    commands
}

/// The edits that take back what was made of the entries `before`, on the replica where it was made.
pub fn restoring(before: &[(ItemId, EntryDraft)], after: &[(ItemId, EntryDraft)]) -> Vec<Command> {
    let then: HashMap<&ItemId, &EntryDraft> = before.iter().map(|(id, draft)| (id, draft)).collect();
    let now: HashMap<&ItemId, &EntryDraft> = after.iter().map(|(id, draft)| (id, draft)).collect();
    let changed = before.iter().flat_map(|(id, draft)| match now.get(id) {
        Some(current) => changes(id, current, draft),
        None => vec![Command::Restore(ItemKind::Entry, id.clone())],
    });
    let added = after.iter().filter(|(id, _)| !then.contains_key(id));
    changed.chain(added.map(|(id, _)| Command::Delete(ItemKind::Entry, id.clone()))).collect()
}

/// For each written entry the one that it was: the same whole, then the same words, then the same time and kind, then
/// what shares most words between the same neighbours.
fn partners(before: &[(ItemId, EntryDraft)], after: &[EntryDraft]) -> Vec<Option<usize>> {
    let mut partners: Vec<Option<usize>> = vec![None; after.len()];
    let mut free: Vec<bool> = vec![true; before.len()];
    let keys: [fn(&EntryDraft) -> Option<String>; 3] = [
        |entry| Some(write_one(entry, Zone::UTC)),
        |entry| Some(in_lines(&entry.text)).filter(|text| !text.trim().is_empty()),
        |entry| entry.at.map(|at| at.to_rfc3339()),
    ];
    for key in keys {
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (index, (_, entry)) in before.iter().enumerate().filter(|(index, _)| free[*index]) {
            if let Some(key) = key(entry) {
                waiting.entry(key).or_default().push_back(index);
            }
        }
        for (written, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            let found = key(written).and_then(|key| waiting.get_mut(&key)?.pop_front());
            if let Some(index) = found {
                *partner = Some(index);
                free[index] = false;
            }
        }
    }
    // What is left had both time and words changed: it is the same entry where half of its words are.
    for (written, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
        let candidates = before.iter().enumerate().filter(|(index, _)| free[*index]).take(COMPARED);
        let best = candidates.map(|(index, (_, entry))| (shared_words(&entry.text, &written.text), index)).max();
        if let Some((50.., index)) = best {
            *partner = Some(index);
            free[index] = false;
        }
    }
    partners
}

/// How many of a hundred words of the longer text are in the other.
fn shared_words(one: &str, other: &str) -> usize {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split_whitespace().collect(), other.split_whitespace().collect());
    let shared = one.iter().filter(|word| other.contains(word)).count();
    (shared * 100).checked_div(one.len().max(other.len())).unwrap_or(0)
}

/// The edits that make of one entry the other. Line ends that an editor writes differently are no edit.
pub fn changes(id: &ItemId, old: &EntryDraft, new: &EntryDraft) -> Vec<Command> {
    let mut changes = Vec::new();
    match new.at {
        _ if old.at == new.at => {}
        Some(at) => changes.push(EntryChange::At(at)),
        None => changes.push(EntryChange::Undated),
    }
    if old.until != new.until {
        changes.push(EntryChange::Until(new.until));
    }
    if old.precision != new.precision {
        changes.push(EntryChange::Precision(new.precision));
    }
    if old.kind != new.kind {
        changes.push(EntryChange::Kind(new.kind));
    }
    if old.severity != new.severity {
        changes.push(EntryChange::Severity(new.severity));
    }
    if old.source != new.source {
        changes.push(EntryChange::Source(new.source.clone()));
    }
    let is_same = |old: &str, new: &str| old == new || in_lines(old) == in_lines(new);
    if !is_same(&old.note, &new.note) {
        changes.push(EntryChange::Note(new.note.clone()));
    }
    if !is_same(&old.clock, &new.clock) {
        changes.push(EntryChange::Clock(new.clock.clone()));
    }
    for gone in old.readings.iter().filter(|known| new.readings.iter().all(|other| other.at != known.at)) {
        changes.push(EntryChange::Reading(gone.at, None));
    }
    let is_known = |reading: &&OtherReading| {
        old.readings.iter().any(|known| known.at == reading.at && is_same(&known.clock, &reading.clock))
    };
    for reading in new.readings.iter().filter(|reading| !is_known(reading)) {
        changes.push(EntryChange::Reading(reading.at, Some(reading.clock.clone())));
    }
    let mut commands: Vec<Command> =
        changes.into_iter().map(|change| Command::ChangeEntry(id.clone(), change)).collect();
    if let Some(change) = replaced(&old.text, &new.text).filter(|_| !is_same(&old.text, &new.text)) {
        commands.push(Command::EditText(TextId::Entry(id.clone()), vec![change]));
    }
    commands
}

/// The one range in which two texts differ.
fn replaced(old: &str, new: &str) -> Option<TextChange> {
    if old == new {
        return None;
    }
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let longest = old.len().min(new.len()) - before;
    let behind = old.iter().rev().zip(new.iter().rev()).take(longest).take_while(|(a, b)| a == b).count();
    let units = |characters: &[char]| characters.iter().map(|character| character.len_utf16() as u32).sum::<u32>();
    let from = units(&old[..before]);
    Some(TextChange {
        from,
        to: from + units(&old[before..old.len() - behind]),
        insert: new[before..new.len() - behind].iter().collect(),
    })
}
