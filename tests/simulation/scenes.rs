//! Stories with a known end, told step by step.

use crate::plan::{Dialect, Step};
use crate::world::World;
use postmortem::{Command, EntryDraft, ItemId, ItemKind, TextChange, TextId};

fn world(pages: usize) -> World {
    World::new(&vec![Dialect::Debrief; pages], None).expect("a fresh world is at rest")
}

fn add_entry(world: &mut World, page: usize, text: &str) -> ItemId {
    let id = ItemId::new(1, [9; 10]);
    let at = "2018-10-21T22:52:00Z".parse().expect("a time");
    world.edit(page, &Command::AddEntry(id.clone(), EntryDraft::new(at, text))).expect("added");
    id
}

/// Inserts at an offset; one past the end appends.
fn insert(world: &mut World, page: usize, entry: &ItemId, at: usize, insert: &str) {
    let at = at.min(text(world, page, entry).encode_utf16().count()) as u32;
    let change = TextChange { from: at, to: at, insert: insert.to_owned() };
    world.edit(page, &Command::EditText(TextId::Entry(entry.clone()), vec![change])).expect("typed");
}

fn text(world: &World, page: usize, entry: &ItemId) -> String {
    world.pages[page].replica.text(&TextId::Entry(entry.clone())).expect("an entry")
}

fn steps(world: &mut World, steps: &[Step]) {
    for step in steps {
        world.step(*step).expect("nothing is broken");
    }
}

fn rest(world: &mut World) {
    world.rest().expect("every promise holds");
}

fn unsaved(world: &World, page: usize) -> usize {
    world.pages[page].unsaved()
}

#[test]
fn two_people_in_the_same_entry_neither_lose_nor_double_a_keystroke() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "deploys locked");
    rest(&mut world);
    for (count, letter) in "abcdefghij".chars().enumerate() {
        insert(&mut world, 0, &entry, 0, &letter.to_string());
        insert(&mut world, 1, &entry, usize::MAX, &letter.to_uppercase().to_string());
        if count % 3 == 0 {
            steps(&mut world, &[Step::Flow { moves: 8, dice: count as u64 }]);
        }
    }
    rest(&mut world);
    let text = text(&world, 0, &entry);
    assert_eq!(text.len(), "deploys locked".len() + 20, "{text}");
    assert!(text.starts_with("jihgfedcba") && text.ends_with("ABCDEFGHIJ"), "{text}");
}

#[test]
fn what_is_typed_while_cut_off_arrives_after_the_return() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "link lost");
    rest(&mut world);
    steps(&mut world, &[Step::Cut { page: 1, up: 0, down: 0 }]);
    insert(&mut world, 1, &entry, usize::MAX, ", failover started");
    insert(&mut world, 0, &entry, 0, "The ");
    assert_eq!(unsaved(&world, 1), 1);
    rest(&mut world);
    assert_eq!(text(&world, 0, &entry), "The link lost, failover started");
    assert_eq!(unsaved(&world, 1), 0);
}

#[test]
fn an_edit_of_a_deleted_entry_survives_and_can_be_brought_back() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "wrong?");
    rest(&mut world);
    steps(&mut world, &[Step::Cut { page: 1, up: 0, down: 0 }]);
    world.edit(0, &Command::Delete(ItemKind::Entry, entry.clone())).expect("deleted");
    insert(&mut world, 1, &entry, usize::MAX, " no, right");
    rest(&mut world);
    assert_eq!(world.pages[0].replica.entries(), []);
    world.edit(0, &Command::Restore(ItemKind::Entry, entry.clone())).expect("restored");
    rest(&mut world);
    assert_eq!(text(&world, 1, &entry), "wrong? no, right");
    assert_eq!(world.pages[1].replica.entries().len(), 1);
}

#[test]
fn nothing_is_shown_to_others_or_acknowledged_before_it_is_on_disk() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "a");
    rest(&mut world);
    insert(&mut world, 0, &entry, 0, "b");
    let turn = [Step::Up { page: 0 }, Step::Down { page: 0 }, Step::Down { page: 1 }];
    steps(&mut world, &[Step::Fail { attempts: 2, written: false }]);
    for _ in 0..2 {
        steps(&mut world, &turn);
        steps(&mut world, &[Step::Commit { most: 1 }, Step::Report]);
        assert_eq!((text(&world, 1, &entry).as_str(), unsaved(&world, 0)), ("a", 1));
    }
    steps(&mut world, &[Step::Commit { most: 1 }, Step::Report]);
    steps(&mut world, &turn);
    assert_eq!((text(&world, 1, &entry).as_str(), unsaved(&world, 0)), ("ba", 0));
    rest(&mut world);
}

#[test]
fn what_was_committed_and_never_acknowledged_is_not_doubled_after_a_crash() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "a");
    rest(&mut world);
    insert(&mut world, 0, &entry, 0, "b");
    steps(&mut world, &[Step::Up { page: 0 }, Step::Commit { most: 1 }, Step::Crash { arriving: 0 }]);
    assert_eq!(unsaved(&world, 0), 1);
    rest(&mut world);
    assert_eq!((text(&world, 1, &entry).as_str(), unsaved(&world, 0)), ("ba", 0));
}

#[test]
fn a_socket_that_died_unnoticed_is_replaced_and_nothing_typed_into_it_is_lost() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "a");
    rest(&mut world);
    steps(&mut world, &[Step::Freeze { page: 0 }]);
    insert(&mut world, 0, &entry, 0, "b");
    steps(&mut world, &[Step::Up { page: 0 }, Step::Wait { seconds: 40 }]);
    assert!(world.pages[0].link.is_some(), "the page still hopes");
    steps(&mut world, &[Step::Wait { seconds: 10 }]);
    assert_eq!((world.pages[0].link, unsaved(&world, 0)), (None, 1));
    rest(&mut world);
    assert_eq!(text(&world, 1, &entry), "ba");
}

#[test]
fn a_browser_that_died_offline_brings_back_what_it_had_stored() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "a");
    rest(&mut world);
    steps(&mut world, &[Step::Cut { page: 1, up: 0, down: 0 }]);
    insert(&mut world, 1, &entry, 0, "b");
    insert(&mut world, 1, &entry, 0, "c");
    steps(&mut world, &[Step::CrashPage { page: 1, unwritten: 1 }]);
    assert_eq!(unsaved(&world, 1), 1);
    rest(&mut world);
    assert_eq!(text(&world, 0, &entry), "ba");
}

#[test]
fn authorship_follows_who_brought_it() {
    let mut world = world(3);
    let entry = add_entry(&mut world, 2, "seen by the third");
    rest(&mut world);
    let entry = world.pages[0].replica.entry(&entry).expect("an entry");
    let author = world.server.room().authors().of(entry.stamp).expect("an author");
    assert_eq!(author.name, "Person 2");
}

#[test]
fn the_end_of_an_old_socket_does_not_take_away_a_page_that_came_back() {
    let mut world = world(2);
    steps(&mut world, &[Step::Abandon { page: 1 }, Step::Connect { page: 1 }, Step::Deliver]);
    steps(&mut world, &[Step::Linger { dice: 0 }, Step::Deliver]);
    assert_eq!(world.server.room().connections().count(), 2, "the server has noticed that the old socket is gone");
    assert!(world.pages[0].shown.presences.contains(&world.pages[1].life()));
    rest(&mut world);
}

#[test]
fn what_is_typed_into_a_copy_that_is_being_replaced_becomes_a_file() {
    let mut world = world(2);
    let entry = add_entry(&mut world, 0, "a");
    rest(&mut world);
    insert(&mut world, 0, &entry, 0, "never taken, ");
    steps(&mut world, &[Step::Refuse { page: 0 }]);
    assert_eq!(world.pages[0].link, None, "it begins again with another socket");
    insert(&mut world, 0, &entry, 0, "typed meanwhile, ");
    rest(&mut world);
    assert_eq!((text(&world, 0, &entry).as_str(), text(&world, 1, &entry).as_str()), ("a", "a"));
    assert!(world.pages[0].files().contains("typed meanwhile, never taken, a"), "{}", world.pages[0].files());
    insert(&mut world, 0, &entry, 1, "b");
    rest(&mut world);
    assert_eq!(text(&world, 1, &entry), "ab");
}
