//! Files as people and scripts write them.

use super::*;
use crate::ClientId;

fn refused(json: &str) -> String {
    parse(json).expect_err("refused").to_string()
}

#[test]
fn an_error_names_the_field() {
    assert!(refused("{").starts_with("file: this is not JSON"));
    assert_eq!(refused("[]"), "file: one incident as a JSON object is expected.");
    assert_eq!(refused(r#"{"severity":"SEV-1"}"#), "title: this field is missing.");
    assert_eq!(
        refused(r#"{"title":"x","severity":"bad"}"#),
        "severity: 'bad' is not a severity; write one of SEV-1, SEV-2, SEV-3."
    );
    assert_eq!(
        refused(r#"{"title":"x","severity":"SEV-1","timeline":[{"at":"25:00","what":"y"}]}"#),
        "timeline[0].at: '25:00' is not a time. Write it as 2018-10-21T22:52:00Z."
    );
    assert_eq!(
        refused(r#"{"title":"x","severity":"SEV-1","timeline":[{"at":"2018-10-21T22:52:00Z"}]}"#),
        "timeline[0].what: this field is missing."
    );
    assert_eq!(
        refused(
            r#"{"title":"x","severity":"SEV-1",
                "timeline":[{"at":"2018-10-21T22:52:00Z","what":"y","source_url":"javascript:x"}]}"#
        ),
        "timeline[0].source_url: A link starts with https:// or http://."
    );
    assert_eq!(refused(r#"{"title":7,"severity":"SEV-1"}"#), "title: text in quotation marks is expected.");
    assert_eq!(
        refused(r#"{"title":"x","severity":"SEV-1","actions":[{}]}"#),
        "actions[0]: text in quotation marks is expected."
    );
}

#[test]
fn a_time_of_any_length_is_refused_in_a_sentence() {
    for word in ["~", "about ", "ca. "] {
        let typed = word.repeat(100_000);
        let shown: String = typed.chars().take(40).collect();
        assert_eq!(
            refused(&format!(r#"{{"title":"x","severity":"SEV-1","started_at":"{typed}2018-10-21T22:52Z"}}"#)),
            format!("started_at: '{shown}' is not a time. Write it as 2018-10-21T22:52:00Z.")
        );
    }
}

#[test]
fn what_is_more_than_a_postmortem_holds_is_refused_with_how_much_it_is() {
    let file = |field: &str, value: Value| serde_json::json!({"title": "x", "severity": "SEV-1", field: value});
    let refused = |field: &str, value: Value| refused(&file(field, value).to_string());
    let at = "2018-10-21T22:52:00Z";
    for (field, one) in [
        ("impact", serde_json::json!({"metric": "m"})),
        ("timeline", serde_json::json!({"at": at, "what": "w"})),
        ("actions", "do".into()),
        ("went_well", "a".into()),
    ] {
        let told = format!("{field}: these are 20001, and a post-mortem holds at most 20000 of one kind.");
        assert_eq!(refused(field, vec![one; limits::ITEMS + 1].into()), told);
    }
    let long = "x".repeat(limits::ENTRY as usize + 1);
    let told = " at most 20000 characters, and this has 20001. Move logs to a source.";
    assert_eq!(
        refused("timeline", serde_json::json!([{"at": at, "what": long}])),
        format!("timeline[0].what: an entry holds{told}")
    );
    assert_eq!(refused("actions", serde_json::json!([long])), format!("actions[0]: one of these holds{told}"));
    assert_eq!(
        refused("impact", serde_json::json!([{"metric": "m", "note": "x".repeat(limits::VALUE + 1)}])),
        "impact[0].note: a short value has at most 2000 bytes, and this has 2001."
    );
    let entry = serde_json::json!({"at": at, "what": "\u{20ac}".repeat(limits::ENTRY as usize)});
    assert_eq!(
        refused("timeline", vec![entry; 600].into()),
        "file: its texts have 35 MiB together, and a post-mortem holds at most 32 MiB. Move logs to sources, or make \
         two files of it."
    );
}

#[test]
fn as_many_figures_as_there_may_be_leave_no_room_for_those_of_the_template() {
    let figure = serde_json::json!({"metric": "m"});
    let file = serde_json::json!({"title": "x", "severity": "SEV-1", "impact": vec![figure; limits::ITEMS]});
    let incident = parse(&file.to_string()).expect("valid");
    let mut count = 0;
    let commands = incident.commands(&mut || {
        count += 1;
        ItemId::new(count, [0; 10])
    });
    let replica = create::create(ClientId(1), incident.title(), incident.severity()).expect("made");
    assert_eq!(replica.run_each(&commands).1, []);
    assert_eq!(replica.figures().len(), limits::ITEMS);
}

#[test]
fn our_own_export_comes_back_exactly() {
    let replica = create::create(ClientId(1), "Queues", Severity::Sev1).expect("made");
    let time = |text: &str| text.parse().expect("a time");
    let id = |text: &str| text.parse::<ItemId>().expect("an id");
    let at: DateTime<Utc> = time("2026-03-10T12:10:43Z");
    let typed = |text: TextId, words: &str| {
        Command::EditText(text, vec![TextChange { from: 0, to: 0, insert: words.to_owned() }])
    };
    let section = |key: &str| key.parse::<SectionKey>().expect("a key");
    let mut commands = vec![
        Command::SetServices(vec!["queues".into(), "mail".into()]),
        Command::SetMeeting(Some(at)),
        Command::SetRecording("https://a.example/call".parse().ok()),
        typed(TextId::Section(section("overview")), "  indented\n\n- a\n"),
        Command::AddSection(section("own_part"), "ours".into()),
        Command::AddEntry(
            id("e1"),
            EntryDraft {
                until: Some(time("2026-03-10T12:12:00.5Z")),
                precision: Precision::Exact,
                clock: "log of db-1".into(),
                kind: EntryKind::Decision,
                severity: Some(Severity::Sev2),
                source: "https://a.example/1".parse().ok(),
                note: "two minutes late".into(),
                readings: vec![OtherReading { at: time("2026-03-10T12:11:00Z"), clock: "chat".into() }],
                ..EntryDraft::new(at, "queues stop\n\n```\nlog\n```")
            },
        ),
        Command::AddEntry(id("e2"), EntryDraft::undated("somebody restarts", "asked")),
        Command::AddFigure(
            id("users_affected"),
            FigureDraft {
                label: "Users affected".into(),
                value: Some("0".into()),
                note: "counted".into(),
                checked_by: "mara".parse().ok(),
            },
        ),
        Command::AddFigure(id("f2"), FigureDraft { label: "Orders lost".into(), ..FigureDraft::default() }),
        Command::AddResponder(id("r1"), crate::ResponderDraft { name: "Mara".into(), role: crate::Role::Scribe }),
        Command::AddAction(
            id("a1"),
            ActionDraft {
                owner: "Jonah".into(),
                due: "2026-04-01".parse().ok(),
                priority: crate::Priority::P1,
                kind: crate::ActionKind::Process,
                ticket: "https://a.example/T-1".parse().ok(),
                ..ActionDraft::new("alert")
            },
        ),
        Command::ChangeAction(id("a1"), crate::ActionChange::State(crate::ActionState::Declined)),
        Command::ChangeAction(id("a1"), crate::ActionChange::Reason("too dear".into())),
    ];
    commands.extend(KeyTime::ALL.iter().map(|key| Command::SetKeyTime(*key, Some(at))));
    for command in commands {
        replica.run(&command).expect("run");
    }
    let head =
        crate::HeadRow { status: crate::Status::Reviewed, owner: "Mara".into(), owner_id: None, is_owned: false };
    let written = replica.read().postmortem.with_head(&head);
    let exported = serde_json::to_value(written).expect("JSON");
    let is_full = |item: &Value| item.as_object().is_some_and(|fields| fields.values().all(unknown::says));
    let items = ["timeline", "impact", "responders", "actions"].map(|field| &exported[field][0]);
    for part in std::iter::once(&exported).chain(items) {
        assert!(is_full(part), "what is not there cannot get lost: {part}");
    }
    let incident = parse(&exported.to_string()).expect("read");
    let copy = create::create(ClientId(2), incident.title(), incident.severity()).expect("made");
    for command in incident.commands(&mut || ItemId::new(9, [9; 10])) {
        copy.run(&command).expect("run");
    }
    let read = copy.read().postmortem.with_head(&incident.head());
    let mut imported = serde_json::to_value(read).expect("JSON");
    let mut expected = exported;
    for value in [&mut expected, &mut imported] {
        // Where in a document's history an entry was made is that document's.
        for entry in value["timeline"].as_array_mut().expect("entries") {
            entry.as_object_mut().expect("an entry").remove("stamp");
        }
    }
    assert_eq!(imported, expected);
    let mut broken = expected.clone();
    broken["timeline"][0]["kind"] = "nonsense".into();
    assert!(refused(&broken.to_string()).starts_with("timeline[0]: "));
}

#[test]
fn fields_of_other_names_are_told() {
    let incident = parse(
        r#"{"title":"x","severity":"SEV-1","colour":"red","started":"2018-10-21","services":["a"],"empty":null,"none":[],
            "impact":[{"metric":"m","unit":"s"}],
            "timeline":[{"at":"2018-10-21T22:52:00Z","what":"y","who":"Mara","readings":[{"at":"2018-10-21T22:53:00Z","by":"z"}]},
                        {"at":"2018-10-21T22:53:00Z","what":"z","text":"lost"}]}"#,
    )
    .expect("read");
    assert_eq!(
        incident.unknown(),
        [
            "colour",
            "services",
            "started",
            "timeline[0].who",
            "timeline[0].readings[0].by",
            "timeline[1].text",
            "impact[0].unit",
        ]
    );
    let replica = create::create(ClientId(1), "Queues", Severity::Sev1).expect("made");
    let draft = EntryDraft::new("2026-03-10T12:10:43Z".parse().expect("a time"), "stops");
    replica.run(&Command::AddEntry("e1".parse().expect("an id"), draft)).expect("run");
    let mut exported = serde_json::to_value(replica.read().postmortem).expect("JSON");
    assert_eq!(parse(&exported.to_string()).expect("read").unknown(), [] as [&str; 0]);
    exported["colour"] = "red".into();
    exported["threads"] = serde_json::json!([{"id": "t1"}]);
    exported["timeline"][0]["who"] = "Mara".into();
    assert_eq!(parse(&exported.to_string()).expect("read").unknown(), ["colour", "threads", "timeline[0].who"]);
    let many: Vec<String> = (0..200).map(|number| format!("\"f{number}\":1")).collect();
    let file = format!("{{\"title\":\"x\",\"severity\":\"SEV-1\",{}}}", many.join(","));
    let told = parse(&file).expect("read").unknown().to_vec();
    assert_eq!((told.len(), told.last().map(String::as_str)), (51, Some("150 more")));
}

#[test]
fn a_file_is_text_in_any_of_the_usual_forms() {
    let json = "{\"title\":\"Zürich\",\"severity\":\"SEV-1\"}";
    let wide = |mark: &[u16], unit: fn(u16) -> [u8; 2]| {
        mark.iter().copied().chain(json.encode_utf16()).flat_map(unit).collect::<Vec<u8>>()
    };
    for bytes in [
        json.as_bytes().to_vec(),
        [&[0xEF, 0xBB, 0xBF], json.as_bytes()].concat(),
        wide(&[0xFEFF], u16::to_le_bytes),
        wide(&[0xFEFF], u16::to_be_bytes),
        wide(&[], u16::to_le_bytes),
        wide(&[], u16::to_be_bytes),
    ] {
        assert_eq!(parse(&decode(&bytes).expect("text")).expect("read").title(), "Zürich");
    }
    assert_eq!(
        decode(b"{\"title\":\"Z\xFCrich\"}").expect_err("Latin 1").to_string(),
        "file: it is neither UTF-8 nor UTF-16 text. Save it as UTF-8 and try again."
    );
    assert!(decode(&[0xFF, 0xFE, 0x7B]).is_err());
    assert!(parse(&format!("\u{feff}{json}")).is_ok());
}

#[test]
fn the_figures_of_the_template_are_filled_and_not_doubled() {
    let incident = parse(
        r#"{"title":"x","severity":"SEV-1","impact":[{"metric":"users affected","value":"12"},{"metric":"Money","value":"3"}]}"#,
    )
    .expect("valid");
    let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
    let mut count = 0;
    for command in incident.commands(&mut || {
        count += 1;
        ItemId::new(count, [0; 10])
    }) {
        replica.run(&command).expect("run");
    }
    let impact = replica.read().postmortem.impact;
    let users: Vec<_> = impact.iter().filter(|figure| figure.label.eq_ignore_ascii_case("users affected")).collect();
    assert_eq!((users.len(), users[0].value.as_deref()), (1, Some("12")));
    assert_eq!(impact.len(), 1 + crate::impact::TEMPLATE_FIGURES.len());
}

#[test]
fn times_are_read_in_every_form_that_names_day_and_zone() {
    let at = |text: &str| {
        parse(&format!(r#"{{"title":"x","severity":"SEV-1","timeline":[{{"at":"{text}","what":"y"}}]}}"#))
            .map(|incident| (incident.entries[0].at.map(|at| at.to_rfc3339()), incident.entries[0].precision))
    };
    for (text, expected, precision) in [
        ("2026-03-10T12:10Z", "2026-03-10T12:10:00+00:00", Precision::Minute),
        ("2026-03-10T12:10:00Z", "2026-03-10T12:10:00+00:00", Precision::Minute),
        ("2026-03-10 12:10:43,512Z", "2026-03-10T12:10:43.512+00:00", Precision::Exact),
        ("2026-03-10T12:10:43+0100", "2026-03-10T11:10:43+00:00", Precision::Exact),
        ("2026-03-10T23:59:60Z", "2026-03-11T00:00:00+00:00", Precision::Minute),
        ("10.03.2026 12:10 CET", "2026-03-10T11:10:00+00:00", Precision::Minute),
        ("2026-03-10T06:45-08:00", "2026-03-10T14:45:00+00:00", Precision::Minute),
    ] {
        assert_eq!(at(text), Ok((Some(expected.to_owned()), precision)), "{text}");
    }
    for text in ["2026-03-10 12:10", "12:10Z", "2026-03-10", "2026-03-10 06:45-08:00", "2026-03-10 14:02 IST"] {
        assert!(at(text).is_err(), "{text}");
    }
}

#[test]
fn everything_in_a_file_becomes_a_command() {
    let incident = parse(
        r#"{"title":"x","severity":"SEV-1","started_at":"2018-10-21T22:52:00Z","summary":"\n    s\n",
            "impact":[{"metric":"m","value":"0"}],
            "timeline":[{"at":"2018-10-21T22:52:00Z","what":"w","approx":true}],
            "went_well":["a","b"],"actions":["do"],"sources":["https://s.example"],"notes":"n"}"#,
    )
    .expect("valid");
    let mut count = 0;
    let commands = incident.commands(&mut || {
        count += 1;
        ItemId::new(count, [0; 10])
    });
    let replica = create::create(ClientId(1), incident.title(), incident.severity()).expect("made");
    for command in &commands {
        replica.run(command).expect("carried out");
    }
    let reading = replica.read();
    assert_eq!(reading.defects, []);
    let postmortem = reading.postmortem;
    assert_eq!(postmortem.section("overview"), "    s");
    assert_eq!(postmortem.section("went_well"), "- a\n- b");
    assert_eq!(postmortem.section(REFERENCES), "- <https://s.example>\n\nn");
    assert_eq!(postmortem.timeline[0].precision, Precision::About);
    assert_eq!(postmortem.timeline[0].kind, EntryKind::Trigger);
    assert_eq!(postmortem.impact[0].value.as_deref(), Some("0"));
    assert_eq!(postmortem.impact.len(), 1 + crate::impact::TEMPLATE_FIGURES.len());
    assert_eq!(postmortem.actions[0].text, "do");
}
