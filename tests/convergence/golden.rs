//! Bytes of each schema version, kept with the recipe that made them: what an older server wrote must read the same
//! for ever.

use postmortem::{
    ActionDraft, ClientId, Command, EntryDraft, FigureDraft, ItemId, KeyTime, Postmortem, Replica, ResponderDraft,
    Role, Severity, TextChange, create,
};

/// The recipe of version 1, since status and owner are rows beside the document. It is never changed; a later version gets
/// its own.
fn version_1() -> Replica {
    let replica = create::create(ClientId(1), "A link was lost", Severity::Sev1).expect("made");
    let at = "2018-10-21T22:52:00Z".parse().expect("a time");
    let entry = EntryDraft {
        source: "https://github.blog/a".parse().ok(),
        note: "from the log".into(),
        severity: Some(Severity::Sev2),
        ..EntryDraft::new(at, "Link lost 😀")
    };
    let overview = TextChange { from: 0, to: 0, insert: "A *short* overview.".into() };
    let figure = FigureDraft {
        label: "Users affected".into(),
        value: Some("0".into()),
        note: "checked".into(),
        checked_by: None,
    };
    let responder = ResponderDraft { name: "Mara".into(), role: Role::Scribe };
    let action = ActionDraft { owner: "Jonah".into(), ..ActionDraft::new("Add an alert") };
    let commands = [
        Command::SetServices(vec!["MySQL".into(), "Pages".into()]),
        Command::SetKeyTime(KeyTime::Started, Some(at)),
        Command::SetRecording("https://call.example/1".parse().ok()),
        Command::EditText("sections/overview".parse().expect("a text"), vec![overview]),
        Command::AddEntry(ItemId::new(1, [1; 10]), entry),
        Command::AddFigure(ItemId::new(2, [2; 10]), figure),
        Command::AddResponder(ItemId::new(3, [3; 10]), responder),
        Command::AddAction(ItemId::new(4, [4; 10]), action),
    ];
    for command in &commands {
        replica.run(command).expect("carried out");
    }
    replica
}

fn read(bytes: &[u8]) -> Postmortem {
    let replica = Replica::new(ClientId(9));
    replica.apply(bytes).expect("readable");
    let reading = replica.read();
    assert_eq!(reading.defects, []);
    reading.postmortem
}

/// A value that is kept beside its bytes.
fn value(json: &str) -> Postmortem {
    serde_json::from_str(json).expect("the value beside the bytes")
}

#[test]
fn documents_of_version_1_read_the_same() {
    let expected = value(include_str!("golden/version-1.json"));
    assert_eq!(read(include_bytes!("golden/version-1.bin")), expected);
    assert_eq!(version_1().read().postmortem, expected, "the recipe makes the same value");
}

/// Made by releases that kept status and owner in the document, which no recipe makes any more.
#[test]
fn documents_with_a_head_read_the_same() {
    let expected = value(include_str!("golden/version-1-with-head.json"));
    assert_eq!(expected.details.owner, "Mara");
    assert_eq!(read(include_bytes!("golden/version-1-with-head.bin")), expected);
}

#[test]
fn the_recipe_still_makes_the_same_bytes() {
    let made = version_1().diff(&[0]).expect("encoded");
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/convergence/golden");
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(format!("{folder}/version-1.bin"), &made).expect("written");
        let json = serde_json::to_string_pretty(&read(&made)).expect("JSON");
        std::fs::write(format!("{folder}/version-1.json"), json).expect("written");
    }
    assert_eq!(made, include_bytes!("golden/version-1.bin"), "WRITE_GOLDEN=1 writes them anew");
}
