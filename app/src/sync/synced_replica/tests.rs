//! One person's page and a room, in one thread: what the page keeps, sends and tells in every state that it can be in.

mod comments;
mod copies;
mod replacements;

use super::{Sources, SyncedReplica};
use crate::sync::{
    Afresh, ConnectionOrder, Effect, FoldedCopy, Found, Gone, KeptFile, Obstacle, Output, PendingComment, Row,
    Standing, StorageOrder, SyncEvent, WhereKept,
};
use postmortem::person::PersonColor;
use postmortem::room::Participant;
use postmortem::{
    Capabilities, ClientId, Command, ConnectionId, Dialect, Event, Generation, Part, Person, PostmortemId, Receipt,
    Replica, Room, Severity, TextChange, TextId, UserId, create, wire,
};
use std::cell::Cell;
use std::collections::BTreeSet;

thread_local! {
    static CLIENT: Cell<u64> = const { Cell::new(100) };
}

fn client_id() -> ClientId {
    CLIENT.set(CLIENT.get() + 1);
    ClientId(CLIENT.get())
}

/// Half past nine in the evening of a day.
fn clock() -> u64 {
    1_540_157_400_000
}

fn id() -> PostmortemId {
    "p1".parse().expect("an id")
}

fn mara() -> Person {
    Person { id: "mara".parse().expect("an id"), name: "Mara".into(), color: PersonColor::Violet, initials: None }
}

fn welcome() -> Event {
    let receipt = Some(Receipt("0a1b".into()));
    Event::Welcome { you: mara(), generation: Generation(1), capabilities: Capabilities::of_owner(), receipt }
}

fn overview() -> TextId {
    "sections/overview".parse().expect("a text")
}

fn typed(at: u32, insert: &str) -> Command {
    Command::EditText(overview(), vec![TextChange { from: at, to: at, insert: insert.into() }])
}

/// The room, whose disk takes everything at once.
struct Server {
    room: Room,
    next: u64,
}

impl Server {
    fn new() -> Self {
        let begun =
            create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
        Self { room: Room::load(ClientId(2), [begun], Vec::new()).expect("a room"), next: 0 }
    }

    fn text(&self) -> String {
        self.room.replica().text(&overview()).unwrap_or_default()
    }

    /// What a browser keeps of it that saw it now.
    fn copy(&self) -> Found {
        let updates = vec![self.room.replica().diff(&[0]).expect("encoded")];
        Found { updates, rows: 1, generation: Some(Generation(1)), greeting: vec![welcome()], ..Found::default() }
    }
}

/// A page with what its replica asked for and told, in order.
struct Page {
    synced: SyncedReplica,
    connection: Option<ConnectionId>,
    /// Frames that are on their way to the server.
    up: Vec<bytes::Bytes>,
    outputs: Vec<Output>,
}

impl Page {
    fn new() -> Self {
        let mut synced = SyncedReplica::new(&id(), Sources { clock, client_id });
        synced.enter();
        Self { synced, connection: None, up: Vec::new(), outputs: Vec::new() }
    }

    fn opened(found: Option<Found>) -> Self {
        let mut page = Self::new();
        page.synced.copy_opened(found, Vec::new(), Some(mara().id));
        page.drain();
        page
    }

    /// With everything from the server.
    fn in_step(server: &mut Server) -> Self {
        let mut page = Self::opened(Some(Found::default()));
        page.connect(server);
        page.exchange(server);
        page.outputs.clear();
        page
    }

    /// Carries out what follows: frames wait on their way, and the storage keeps all at once.
    fn drain(&mut self) {
        while let Some(output) = self.synced.next_output() {
            self.outputs.push(output.clone());
            match output {
                Output::Effect(Effect::Send(frame)) if self.connection.is_some() => self.up.push(frame),
                Output::Effect(Effect::Storage(order)) => {
                    self.synced.storage_stands(crate::sync::StorageState::default());
                    match order {
                        StorageOrder::StartAfresh(Afresh { file, .. }) => {
                            self.synced.afresh_started(file.map(|file| KeptFile { key: Some(7), ..file }));
                        }
                        StorageOrder::KeepFile(file, content) => {
                            self.synced.file_kept(KeptFile { key: Some(8), ..file }, content);
                        }
                        StorageOrder::KeepComment(comment) => self.synced.comment_kept(&comment.id, true),
                        StorageOrder::Append(_)
                        | StorageOrder::Hold(_)
                        | StorageOrder::Fold(_)
                        | StorageOrder::ForgetFile(_)
                        | StorageOrder::DropComment(_) => {}
                    }
                }
                Output::Effect(_) | Output::Event(_) => {}
            }
        }
    }

    fn connect(&mut self, server: &mut Server) {
        server.next += 1;
        let connection = ConnectionId(server.next);
        self.connection = Some(connection);
        self.synced.connected();
        self.drain();
        let greeting = vec![welcome()];
        let effects = server.room.join(connection, Participant::owner(mara()), Dialect::Debrief, greeting);
        self.carry(server, effects);
    }

    /// Connects to a server that is so busy that all of its first frames come as one.
    fn connect_to_busy(&mut self, server: &mut Server) {
        server.next += 1;
        let connection = ConnectionId(server.next);
        self.connection = Some(connection);
        self.synced.connected();
        self.drain();
        let mut effects = server.room.join(connection, Participant::owner(mara()), Dialect::Debrief, vec![welcome()]);
        for frame in std::mem::take(&mut self.up) {
            effects.extend(server.room.receive(connection, &frame));
        }
        effects.extend(server.room.settle());
        let frames = effects.into_iter().flat_map(|effect| match effect {
            postmortem::RoomEffect::Send { frame, .. } | postmortem::RoomEffect::Broadcast { frame, .. } => vec![frame],
            postmortem::RoomEffect::Answer { frames, .. } => frames,
            postmortem::RoomEffect::Append { .. }
            | postmortem::RoomEffect::HeadWanted { .. }
            | postmortem::RoomEffect::Close { .. } => {
                panic!("nothing was written")
            }
        });
        self.receive(&frames.collect::<Vec<_>>().concat());
    }

    fn cut(&mut self, server: &mut Server) {
        if let Some(connection) = self.connection.take() {
            server.room.leave(connection);
            self.up.clear();
            self.synced.disconnected();
            self.drain();
        }
    }

    /// Moves frames until nothing is on its way.
    fn exchange(&mut self, server: &mut Server) {
        while let Some(connection) = self.connection.filter(|_| !self.up.is_empty()) {
            for frame in std::mem::take(&mut self.up) {
                let effects = server.room.receive(connection, &frame);
                self.carry(server, effects);
            }
            let effects = server.room.settle();
            self.carry(server, effects);
        }
    }

    fn carry(&mut self, server: &mut Server, effects: Vec<postmortem::RoomEffect>) {
        for effect in effects {
            match effect {
                postmortem::RoomEffect::Send { frame, .. } | postmortem::RoomEffect::Broadcast { frame, .. } => {
                    self.receive(&frame)
                }
                postmortem::RoomEffect::Answer { frames, .. } => frames.iter().for_each(|frame| self.receive(frame)),
                postmortem::RoomEffect::Append { sequence, .. } => {
                    let effects = server.room.committed(sequence);
                    self.carry(server, effects);
                }
                postmortem::RoomEffect::HeadWanted { .. } => panic!("no copy holds a head"),
                postmortem::RoomEffect::Close { code, reason, .. } => panic!("closed: {code}: {reason}"),
            }
        }
    }

    fn receive(&mut self, frame: &[u8]) {
        self.synced.received(frame);
        self.drain();
    }

    fn told_by_server(&mut self, event: &Event) {
        self.receive(&wire::event(event));
    }

    fn write(&mut self, command: &Command) {
        self.synced.run(command, None).expect("carried out");
        self.drain();
    }

    fn text(&self) -> String {
        self.synced.replica().text(&overview()).unwrap_or_default()
    }

    fn events(&self) -> impl Iterator<Item = &SyncEvent> {
        self.outputs.iter().filter_map(|output| match output {
            Output::Event(event) => Some(event),
            Output::Effect(_) => None,
        })
    }

    fn standing(&self) -> Standing {
        let told = self.events().filter_map(|event| match event {
            SyncEvent::StandingChanged(standing) => Some(*standing),
            _ => None,
        });
        told.last().expect("it was told")
    }

    fn orders(&self) -> Vec<ConnectionOrder> {
        let orders = self.outputs.iter().filter_map(|output| match output {
            Output::Effect(Effect::Connection(order)) => Some(*order),
            _ => None,
        });
        orders.collect()
    }

    fn rows(&self) -> Vec<&Row> {
        let rows = self.outputs.iter().filter_map(|output| match output {
            Output::Effect(Effect::Storage(StorageOrder::Append(row))) => Some(row),
            _ => None,
        });
        rows.collect()
    }

    fn folds(&self) -> Vec<&FoldedCopy> {
        let folds = self.outputs.iter().filter_map(|output| match output {
            Output::Effect(Effect::Storage(StorageOrder::Fold(fold))) => Some(fold),
            _ => None,
        });
        folds.collect()
    }

    /// The texts of the files that its person was given.
    fn files(&self) -> Vec<String> {
        let kept = self.events().filter_map(|event| match event {
            SyncEvent::FilesChanged(files) => Some(files.iter().map(|file| file.text.clone()).collect()),
            _ => None,
        });
        kept.last().unwrap_or_default()
    }

    fn posted(&self) -> Vec<&PendingComment> {
        let posted = self.outputs.iter().filter_map(|output| match output {
            Output::Effect(Effect::PostComment(comment)) => Some(comment),
            _ => None,
        });
        posted.collect()
    }
}

#[test]
fn an_edit_is_kept_before_it_is_sent_and_sent_before_it_is_shown() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.write(&typed(0, "Disks."));
    assert!(matches!(
        page.outputs[..],
        [
            Output::Effect(Effect::Storage(StorageOrder::Append(_))),
            Output::Effect(Effect::Send(_)),
            Output::Event(SyncEvent::PartsChanged(_)),
            Output::Event(SyncEvent::StandingChanged(Standing { unsaved: 1, storage: WhereKept::Storing, .. })),
            Output::Event(SyncEvent::StandingChanged(Standing { unsaved: 1, storage: WhereKept::Browser, .. })),
        ]
    ));
    page.exchange(&mut server);
    assert!(page.standing().is_saved());
    assert_eq!(server.text(), "Disks.");
}

#[test]
fn only_editors_that_do_not_show_it_yet_are_told_of_a_change() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    let told =
        |page: &Page| page.events().any(|event| matches!(event, SyncEvent::TextChanged(..) | SyncEvent::WordsArrived));
    page.write(&typed(0, "a"));
    assert!(!told(&page), "no editor shows the text");
    page.synced.mounted(&overview());
    page.synced.run(&typed(0, "b"), Some(&overview())).expect("typed");
    page.drain();
    assert!(!told(&page), "it was typed there");
    page.synced.undo(&overview());
    page.drain();
    assert!(told(&page));
    assert_eq!(page.text(), "a", "what was typed before the editor was there is not undone");
}

#[test]
fn a_copy_outlives_its_page_while_something_is_unsaved() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.write(&typed(0, "a"));
    page.synced.leave();
    page.drain();
    assert!(!page.synced.is_idle());
    page.write(&typed(0, "b"));
    page.exchange(&mut server);
    assert_eq!(server.text(), "ba", "what is written after the page was left arrives");
    assert!(page.synced.is_idle());
}

#[test]
fn a_page_that_comes_back_is_told_what_is_here() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.synced.leave();
    page.synced.enter();
    page.drain();
    let told: Vec<&SyncEvent> = page.events().collect();
    assert_eq!(told[0], &SyncEvent::Entered);
    assert!(told.contains(&&SyncEvent::Arrived) && page.standing().is_saved());
    assert!(told.iter().any(|event| matches!(event, SyncEvent::Told(Event::Welcome { .. }))));
}

#[test]
fn where_the_caret_is_goes_with_the_next_frame_and_not_with_every_key() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.synced.placed(&overview());
    page.synced.placed(&overview());
    page.drain();
    assert_eq!(page.outputs, [Output::Effect(Effect::FindCaretSoon)]);
    page.synced.caret_due();
    page.drain();
    assert_eq!(page.outputs.last(), Some(&Output::Effect(Effect::FindCaret(overview()))));
    page.synced.caret_found(&overview(), Some((0, 0)));
    page.drain();
    assert!(matches!(page.outputs.last(), Some(Output::Effect(Effect::Send(_)))));
    page.synced.left(&overview());
    page.synced.caret_found(&overview(), Some((0, 0)));
    page.drain();
    assert_eq!(page.outputs.len(), 4, "it left, and is not found there any more");
}

#[test]
fn nothing_is_sent_while_nobody_knows_who_this_is_and_another_person_begins_anew() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.synced.person_found(None);
    page.cut(&mut server);
    let told = |page: &Page, obstacle: Option<Obstacle>| {
        page.events().any(|event| *event == SyncEvent::ObstacleChanged(obstacle.clone()))
    };
    assert!(told(&page, Some(Obstacle::SignedOut)));
    page.synced.person_found(Some(mara().id));
    page.drain();
    assert_eq!(page.orders(), [ConnectionOrder::GoOn]);
    assert!(told(&page, None));
    let jonah: UserId = "jonah".parse().expect("an id");
    page.synced.person_found(Some(jonah));
    page.drain();
    assert_eq!(page.orders()[1..], [ConnectionOrder::ChangePerson]);
    page.connect(&mut server);
    page.outputs.clear();
    page.told_by_server(&Event::Refused { code: "other_person".into(), message: "Wait.".into() });
    assert_eq!(
        page.orders(),
        [ConnectionOrder::ComeBackAfter(10_000), ConnectionOrder::Renew],
        "the socket before lingers"
    );
}

#[test]
fn a_frame_that_makes_no_sense_costs_the_socket_and_nothing_else() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.receive(&[0, 2, 200]);
    assert_eq!(page.orders(), [ConnectionOrder::GiveUp]);
    page.cut(&mut server);
    page.connect(&mut server);
    page.exchange(&mut server);
    assert!(page.standing().is_saved());
}
