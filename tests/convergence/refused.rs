//! What a room refuses leaves it as it was, and leaves nobody behind.

use postmortem::create;
use postmortem::ingest::IngestError;
use postmortem::room::Effect;
use postmortem::wire::{self, Message};
use postmortem::{Command, ConnectionId, Dialect, Replica, Room, Severity, TextChange, TextId};
use tests::person;

const PAGE: ConnectionId = ConnectionId(1);

struct Scene {
    room: Room,
    page: Replica,
    first: Vec<u8>,
}

/// A room with one page, which has told what it holds.
fn scene() -> Scene {
    let first = create::create(1, "Disk full", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
    let mut room = Room::load(2, [first.clone()], Vec::new()).expect("loaded");
    let page = Replica::new(77);
    page.apply(&first).expect("applied");
    room.join(PAGE, person(1), Dialect::Debrief, Vec::new());
    room.receive(PAGE, &wire::missing(&page.diff(&[0]).expect("encoded")));
    Scene { room, page, first }
}

impl Scene {
    fn run(&mut self, command: &Command) -> Vec<Effect> {
        let update = self.page.run(command).expect("run").update.expect("an update");
        self.room.receive(PAGE, &wire::update(&update))
    }

    fn settle(&mut self) {
        for effect in self.room.settle() {
            if let Effect::Append { sequence, .. } = effect {
                self.room.committed(sequence);
            }
        }
    }
}

fn asks(effect: &Effect) -> bool {
    matches!(effect, Effect::Send { frame, .. } if matches!(wire::messages(frame).next(), Some(Ok(Message::StateVector(_)))))
}

#[test]
fn a_version_that_does_not_fit_leaves_everything_as_it_was() {
    let mut scene = scene();
    scene.run(&Command::SetTitle("Renamed".into()));
    scene.settle();
    // It holds what the log has lost, and would be edited back to under the client id of an open page.
    let version = Replica::new(10);
    version.apply(&scene.first).expect("applied");
    let overview: TextId = "sections/overview".parse().expect("a text");
    let lost = TextChange { from: 0, to: 0, insert: "Lost. ".into() };
    version.run(&Command::EditText(overview, vec![lost])).expect("run");
    let before = scene.room.state().expect("encoded");
    assert_eq!(scene.room.bring_back(77, &person(0), &version), Err(IngestError::OtherPerson));
    assert_eq!(scene.room.state().expect("encoded"), before);
    assert_eq!(scene.room.settle(), Vec::new());
    assert_eq!(scene.room.bring_back(78, &person(0), &version), Ok(true));
    scene.settle();
    assert_eq!(scene.room.replica().read().postmortem, version.read().postmortem);
}

#[test]
fn who_was_passed_over_is_asked_again_when_the_answer_is_refused() {
    let mut scene = scene();
    scene.room.hold_back();
    assert_eq!(scene.run(&Command::SetTitle("Passed over".into())), Vec::new());
    assert!(scene.room.take_again().iter().any(asks));
    let refused = scene.room.receive(PAGE, &wire::missing(b"nonsense"));
    assert!(refused.iter().any(asks), "{refused:?}");
    scene.room.receive(PAGE, &wire::missing(&scene.page.diff(&[0]).expect("encoded")));
    scene.run(&Command::SetOwner("Mara".into()));
    scene.settle();
    assert_eq!(scene.room.replica().read(), scene.page.read());
}
