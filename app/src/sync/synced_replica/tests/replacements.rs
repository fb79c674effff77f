//! Copies that the server does not take, and post-mortems that are deleted: no words are lost.

use super::*;

fn refused(page: &mut Page) {
    page.told_by_server(&Event::Refused { code: "misfit".into(), message: "It does not fit.".into() });
}

#[test]
fn a_refused_copy_is_replaced_and_what_only_it_said_becomes_a_file() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.cut(&mut server);
    page.write(&typed(0, "Never taken. "));
    page.connect(&mut server);
    page.outputs.clear();
    refused(&mut page);
    assert_eq!(page.orders().last(), Some(&ConnectionOrder::Renew));
    assert_eq!(page.text(), "Never taken. ", "the old copy is on screen until the new one is whole");
    page.cut(&mut server);
    page.write(&typed(13, "Typed meanwhile. "));
    page.connect(&mut server);
    page.exchange(&mut server);
    assert_eq!((page.text().as_str(), server.text().as_str()), ("", ""));
    let files = page.files();
    assert!(files.len() == 1 && files[0].contains("Never taken. Typed meanwhile."), "{files:?}");
    assert!(page.events().any(|event| *event == SyncEvent::Replaced));
    assert!(page.events().any(|event| matches!(event, SyncEvent::TextKept(file) if file.reason == "It does not fit.")));
    assert!(page.standing().is_saved());
    page.write(&typed(0, "Again. "));
    page.exchange(&mut server);
    assert_eq!(server.text(), "Again. ");
}

#[test]
fn frames_of_the_socket_before_are_nothing_to_the_copy_that_takes_the_place() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    refused(&mut page);
    let (client, late) = (page.synced.replica().client(), server.room.replica().diff(&[0]).expect("encoded"));
    page.receive(&wire::missing(&late));
    assert_eq!(page.synced.replica().client(), client, "the copy before is still on screen");
}

#[test]
fn a_copy_of_another_generation_is_replaced_and_names_none() {
    let mut server = Server::new();
    let mut page = Page::opened(Some(server.copy()));
    page.synced.outdated();
    page.drain();
    assert_eq!(page.orders()[1..], [ConnectionOrder::NameGeneration(None)]);
    page.connect(&mut server);
    page.exchange(&mut server);
    assert!(page.events().any(|event| *event == SyncEvent::Replaced));
    assert_eq!(page.files(), Vec::<String>::new(), "it said nothing that the server does not");
}

#[test]
fn of_two_tabs_one_keeps_what_both_had() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.synced.other_tab_replaced();
    page.drain();
    page.cut(&mut server);
    page.connect(&mut server);
    page.exchange(&mut server);
    let afresh = page.outputs.iter().find_map(|output| match output {
        Output::Effect(Effect::Storage(StorageOrder::StartAfresh(afresh))) => Some(afresh),
        _ => None,
    });
    assert_eq!(afresh, Some(&Afresh::default()), "no file, and nobody is told again");
}

#[test]
fn undo_reaches_nothing_of_the_copy_before() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.synced.mounted(&overview());
    page.write(&typed(0, "a"));
    refused(&mut page);
    page.cut(&mut server);
    page.connect(&mut server);
    page.exchange(&mut server);
    page.synced.undo(&overview());
    page.drain();
    assert_eq!(page.standing().unsaved, 0);
}

#[test]
fn what_was_not_saved_of_a_deleted_post_mortem_becomes_a_file() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.cut(&mut server);
    page.write(&typed(0, "Too late. "));
    page.synced.gone(Gone::Deleted);
    page.drain();
    assert!(page.files()[0].contains("Too late."));
    assert!(page.events().any(|event| *event == SyncEvent::Gone(Gone::Deleted)));
    page.synced.leave();
    assert!(page.synced.is_idle(), "the browser has the file");
}

#[test]
fn of_a_post_mortem_that_is_closed_to_its_reader_only_what_was_not_sent_becomes_a_file() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.write(&typed(0, "Long on the server. "));
    page.exchange(&mut server);
    page.cut(&mut server);
    let resolution: TextId = "sections/resolution".parse().expect("a text");
    page.write(&Command::EditText(resolution, vec![TextChange { from: 0, to: 0, insert: "Too late. ".into() }]));
    page.synced.gone(Gone::ClosedToYou);
    page.drain();
    let [file] = &page.files()[..] else { panic!("one file: {:?}", page.files()) };
    assert!(file.contains("Too late.") && !file.contains("Long on the server."), "{file}");
    assert!(page.events().any(|event| *event == SyncEvent::Gone(Gone::ClosedToYou)));
    let mut quiet = Page::in_step(&mut server);
    quiet.synced.gone(Gone::ClosedToYou);
    quiet.drain();
    assert_eq!(quiet.files(), Vec::<String>::new(), "everything was sent");
    let afresh = Afresh { is_gone: true, ..Afresh::default() };
    let order = Output::Effect(Effect::Storage(StorageOrder::StartAfresh(afresh)));
    assert!(quiet.outputs.contains(&order), "and the browser keeps no copy");
}

#[test]
fn what_the_server_does_not_have_for_somebody_is_no_copy_of_theirs() {
    let server = Server::new();
    let gone = |found| {
        let mut page = Page::opened(Some(found));
        page.synced.obstructed(Obstacle::Missing, None);
        page.drain();
        page.events().any(|event| *event == SyncEvent::Gone(Gone::ClosedToYou))
    };
    assert!(!gone(server.copy()), "it may be the last copy of one's own");
    let Event::Welcome { you, generation, capabilities, receipt } = welcome() else { panic!("a welcome") };
    let you = Person { id: "jonah".parse().expect("an id"), ..you };
    let greeting = vec![Event::Welcome { you, generation, capabilities, receipt }];
    assert!(gone(Found { greeting, ..server.copy() }), "another's is not shown");
}

#[test]
fn of_a_copy_that_is_closed_when_it_is_opened_again_only_what_an_earlier_page_could_not_send_becomes_a_file() {
    let server = Server::new();
    let resolution: TextId = "sections/resolution".parse().expect("a text");
    let mut before = Page::opened(Some(server.copy()));
    before.write(&typed(0, "Typed here before, and sent. "));
    before.outputs.clear();
    before.write(&Command::EditText(resolution, vec![TextChange { from: 0, to: 0, insert: "Too late. ".into() }]));
    before.synced.leave();
    before.drain();
    let fold = before.folds()[0].clone();
    let opened = |parts| {
        let found = Found { updates: vec![fold.update.clone()], rows: 1, edits: 1, parts, ..server.copy() };
        let mut page = Page::opened(Some(found));
        page.synced.gone(Gone::ClosedToYou);
        page.drain();
        page.files()[0].clone()
    };
    let known = opened(Some(BTreeSet::from([Part::Section("resolution".parse().expect("a key"))])));
    assert!(known.contains("Too late.") && !known.contains("Typed here before"), "{known}");
    assert!(opened(None).contains("Typed here before"), "a release of before did not say of what");
    let both = ["overview", "resolution"].map(|key| Part::Section(key.parse().expect("a key")));
    assert_eq!(fold.parts, Some(both.into()), "and the next page hears of what was not sent");
}

#[test]
fn where_nothing_is_here_and_nothing_there_nothing_is_tried_again() {
    let mut page = Page::opened(None);
    page.synced.obstructed(Obstacle::Missing, None);
    page.drain();
    assert!(page.events().any(|event| *event == SyncEvent::Gone(Gone::NotHere)));
    assert_eq!(page.orders().last(), Some(&ConnectionOrder::End));
    assert!(!page.standing().is_obstructed, "a connection is nothing to tell of");
    page.outputs.clear();
    page.synced.leave();
    page.synced.enter();
    page.drain();
    assert!(page.events().any(|event| *event == SyncEvent::Gone(Gone::NotHere)), "who comes back hears it again");
}

#[test]
fn a_file_that_is_in_this_page_alone_keeps_it() {
    let mut server = Server::new();
    let mut page = Page::opened(None);
    page.connect(&mut server);
    page.exchange(&mut server);
    page.cut(&mut server);
    page.write(&typed(0, "a"));
    page.synced.gone(Gone::ClosedToYou);
    page.drain();
    page.synced.leave();
    assert!(page.synced.is_at_risk() && !page.synced.is_idle());
}
