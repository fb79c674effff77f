//! The copy in the browser: found, kept, folded, shared with other tabs and carried by hand.

use super::*;
use crate::sync::RowKey;
use postmortem::carried::CarriedError;

#[test]
fn a_copy_that_is_found_is_shown_at_once_and_its_edits_wait_for_the_server() {
    let mut server = Server::new();
    let offline = Replica::new(client_id());
    offline.apply(&server.copy().updates[0]).expect("applied");
    let edit = offline.run(&typed(0, "On a train. ")).expect("run").update.expect("an update");
    let mut found = server.copy();
    found.updates.push(edit);
    let mut page = Page::opened(Some(Found { rows: 2, edits: 1, ..found }));
    assert_eq!(page.text(), "On a train. ");
    assert!(page.events().any(|event| *event == SyncEvent::Arrived));
    assert_eq!(page.orders(), [ConnectionOrder::Open(Some(Generation(1)))]);
    assert_eq!((page.standing().unsaved, page.standing().storage), (1, WhereKept::Browser));
    page.connect(&mut server);
    page.exchange(&mut server);
    assert_eq!(server.text(), "On a train. ");
    assert!(page.standing().is_saved());
}

#[test]
fn a_first_row_is_of_the_generation_that_came_in_the_same_frame() {
    let mut server = Server::new();
    let mut page = Page::opened(Some(Found::default()));
    page.connect_to_busy(&mut server);
    assert!(page.standing().is_synced);
    let folds: Vec<_> = page.folds().iter().map(|fold| (fold.generation, fold.greeting.contains(&welcome()))).collect();
    assert_eq!(folds, [(Some(Generation(1)), true)]);
}

#[test]
fn what_is_typed_while_cut_off_is_shared_with_other_tabs_and_goes_with_the_next_connection() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.cut(&mut server);
    page.write(&typed(0, "a"));
    assert!(page.rows()[0].shared.is_some() && page.rows()[0].edits == 1);
    assert!(!page.standing().is_connected && page.standing().unsaved == 1);
    page.connect(&mut server);
    page.exchange(&mut server);
    assert_eq!(server.text(), "a");
    page.write(&typed(0, "b"));
    assert_eq!(page.rows().last().map(|row| row.shared.is_some()), Some(false), "the others hear it from the server");
}

#[test]
fn rows_become_one_once_nobody_types_and_again_once_all_is_saved() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.cut(&mut server);
    page.write(&typed(0, "a"));
    page.synced.tick();
    page.drain();
    assert_eq!(page.folds().len(), 0, "somebody has just typed");
    page.synced.tick();
    page.drain();
    assert_eq!(page.folds().iter().map(|fold| (fold.edits, fold.is_saved)).collect::<Vec<_>>(), [(1, false)]);
    page.connect(&mut server);
    page.exchange(&mut server);
    page.synced.tick();
    page.drain();
    assert_eq!(page.folds().last().map(|fold| (fold.edits, fold.is_saved)), Some((0, true)));
}

#[test]
fn a_browser_without_storage_says_so_and_works() {
    let mut server = Server::new();
    let mut page = Page::opened(None);
    assert_eq!(page.standing().storage, WhereKept::Page);
    page.connect(&mut server);
    page.exchange(&mut server);
    page.cut(&mut server);
    page.write(&typed(0, "a"));
    assert!(page.rows().is_empty() && page.synced.is_at_risk());
}

#[test]
fn edits_of_another_tab_are_applied_counted_and_kept_in_its_row() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.cut(&mut server);
    let tab = Replica::new(client_id());
    tab.apply(&server.copy().updates[0]).expect("applied");
    let edit = tab.run(&typed(0, "There. ")).expect("run").update.expect("an update");
    let row = RowKey("a row".into());
    page.synced.other_tab_edited(&edit, 1, Some(row.clone()));
    page.drain();
    assert_eq!((page.text().as_str(), page.standing().unsaved), ("There. ", 1));
    assert!(page.outputs.contains(&Output::Effect(Effect::Storage(StorageOrder::Hold(row)))));
    assert!(page.rows().is_empty());
    let missed = tab.run(&typed(0, "x")).and_then(|_| tab.run(&typed(0, "y"))).expect("run").update.expect("an update");
    page.synced.other_tab_edited(&missed, 1, None);
    page.drain();
    assert_eq!(page.standing().unsaved, 1, "what builds on something that was missed is left to the server");
    page.connect(&mut server);
    page.exchange(&mut server);
    assert_eq!(server.text(), "There. ");
}

#[test]
fn what_follows_on_a_lost_row_is_handed_out_and_held_until_it_is_a_file() {
    let mut server = Server::new();
    let offline = Replica::new(client_id());
    offline.apply(&server.copy().updates[0]).expect("applied");
    offline.run(&typed(0, "lost")).expect("run");
    let second = offline.run(&typed(4, " words")).expect("run").update.expect("an update");
    let mut found = server.copy();
    found.updates.push(second);
    let mut page = Page::opened(Some(Found { rows: 2, edits: 1, ..found }));
    assert_eq!(page.synced.carried(), Err(CarriedError::Waiting));
    page.connect(&mut server);
    page.exchange(&mut server);
    assert_eq!(page.files(), [" words"]);
    assert!(page.synced.carried().is_ok(), "the file has the words");
    let kept = page
        .outputs
        .iter()
        .position(|output| matches!(output, Output::Effect(Effect::Storage(StorageOrder::KeepFile(..)))));
    let folded =
        page.outputs.iter().position(|output| matches!(output, Output::Effect(Effect::Storage(StorageOrder::Fold(_)))));
    assert!(kept < folded, "until then the rows hold them");
}

#[test]
fn a_file_from_elsewhere_waits_for_the_document_and_is_sent_like_an_edit() {
    let mut server = Server::new();
    let mut other = Page::in_step(&mut server);
    other.cut(&mut server);
    other.write(&typed(0, "Carried. "));
    let file = other.synced.carried().expect("a file");
    let mut page = Page::opened(Some(Found::default()));
    page.synced.carry(file.clone());
    page.drain();
    assert_eq!(page.text(), "");
    page.connect(&mut server);
    page.exchange(&mut server);
    let told = |page: &Page| page.events().filter(|event| matches!(event, SyncEvent::CarriedTold(Ok(true)))).count();
    assert_eq!((told(&page), server.text().as_str()), (1, "Carried. "));
    page.synced.carry(file);
    page.drain();
    assert!(page.events().any(|event| *event == SyncEvent::CarriedTold(Ok(false))), "it holds nothing new");
}
