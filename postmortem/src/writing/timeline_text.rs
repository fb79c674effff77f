//! The whole timeline as text and back: a line an entry, as the quick line takes it, with what a line cannot hold in
//! indented lines under it. Whatever a timeline holds, reading what was written gives the same entries.
//!
//! ```text
//! 2018-10-21 23:13 [status_change] [SEV-1] Status set to red https://status.example/1
//!     note: two minutes late on the page itself
//!     clock: status page
//!     or: 2018-10-21 23:15 chat
//!     | a second line of the text, word for word
//! ? somebody restarted the proxies
//! ```

mod edits;
mod read;

pub use edits::{changes, edits, restoring};
pub use read::read;

use crate::{EntryDraft, EntryKind, Link, Near, OtherReading, Precision, TimelineEntry, Zone, moment};
use chrono::{DateTime, Offset, Timelike, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadLine {
    /// Its number, from 1.
    pub number: usize,
    /// What is wrong and what to write, as a sentence.
    pub problem: String,
}

/// What stands in front of an entry whose time nobody knows.
const UNDATED: &str = "?";

pub fn draft(entry: &TimelineEntry) -> EntryDraft {
    EntryDraft {
        at: entry.at,
        until: entry.until,
        precision: entry.precision,
        clock: entry.clock.clone(),
        readings: entry.readings.clone(),
        kind: entry.kind,
        text: entry.text.clone(),
        source: entry.source.clone(),
        note: entry.note.clone(),
        severity: entry.severity,
    }
}

/// The text of a timeline, its times on the clocks of a zone.
pub fn write(entries: &[EntryDraft], zone: Zone) -> String {
    entries.iter().map(|entry| write_one(entry, zone)).collect()
}

/// A text with the line ends of this format, in the place of those of other systems.
fn in_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn write_one(entry: &EntryDraft, zone: Zone) -> String {
    let readings = entry.readings.iter().map(|reading| OtherReading { clock: in_lines(&reading.clock), ..*reading });
    let entry = &EntryDraft {
        text: in_lines(&entry.text),
        note: in_lines(&entry.note),
        clock: in_lines(&entry.clock),
        readings: readings.collect(),
        ..entry.clone()
    };
    let plain = written(entry, zone, true);
    // Where the words themselves look like a time, a tag or a source, they are written word for word.
    match read(&plain, &Near::now(DateTime::UNIX_EPOCH, zone)) {
        Ok(entries) if entries.as_slice() == std::slice::from_ref(entry) => plain,
        _ => written(entry, zone, false),
    }
}

fn written(entry: &EntryDraft, zone: Zone, is_plain: bool) -> String {
    let mut line = front(entry, zone);
    let mut lines = entry.text.split('\n');
    let mut below = String::new();
    if is_plain {
        for part in [lines.next().unwrap_or(""), entry.source.as_ref().map_or("", Link::as_str)] {
            if !part.is_empty() {
                line.push(' ');
                line.push_str(part);
            }
        }
    } else if let Some(source) = &entry.source {
        below.push_str(&format!("    source: {source}\n"));
    }
    if is_plain || !entry.text.is_empty() {
        lines.for_each(|words| below.push_str(&format!("    | {words}\n")));
    }
    for (name, value) in [("note", &entry.note), ("clock", &entry.clock)] {
        if !value.is_empty() {
            value.split('\n').for_each(|words| below.push_str(&format!("    {name}: {words}\n")));
        }
    }
    for reading in &entry.readings {
        for words in reading.clock.split('\n') {
            below.push_str(&format!("    or: {}\n", other(reading.at, words, zone)));
        }
    }
    format!("{line}\n{below}")
}

/// Another time and where it was read; parted by a comma where the words could be a part of the time.
fn other(at: DateTime<Utc>, words: &str, zone: Zone) -> String {
    let at = stamp(at, zone, Precision::Minute);
    let plain = format!("{at} {words}").trim_end().to_owned();
    let alone = moment::in_front(&at, zone);
    let is_plain = match (moment::in_front(&plain, zone), &alone) {
        (Ok(Some(read)), Ok(Some(alone))) => {
            (read.start == alone.start)
                && read.end.is_none()
                && read.rest.trim_start() == words
                && !words.starts_with(", ")
        }
        _ => false,
    };
    if is_plain { plain } else { format!("{at}{}, {words}", if zone.is_utc() { "Z" } else { "" }) }
}

/// Time, end and tags.
fn front(entry: &EntryDraft, zone: Zone) -> String {
    let mut front = match entry.at {
        None => UNDATED.to_owned(),
        Some(at) => {
            let about = if entry.precision == Precision::About { "~" } else { "" };
            let mut front = format!("{about}{}", stamp(at, zone, entry.precision));
            if let Some(until) = entry.until {
                front.push_str(&format!(" until {}", stamp(until, zone, Precision::Minute)));
            }
            if entry.precision == Precision::Minute && (at.second() > 0 || at.nanosecond() > 0) {
                front.push_str(" [minute]");
            }
            front
        }
    };
    if entry.at.is_none() {
        if let Some(until) = entry.until {
            front.push_str(&format!(" until {}", stamp(until, zone, Precision::Minute)));
        }
        if entry.precision != Precision::Minute {
            front.push_str(&format!(" [{}]", entry.precision.code()));
        }
    }
    if entry.kind != EntryKind::Observation {
        front.push_str(&format!(" [{}]", entry.kind.code()));
    }
    if let Some(severity) = entry.severity {
        front.push_str(&format!(" [{}]", severity.code()));
    }
    front
}

/// `2018-10-21 23:13`, with the distance from UTC in any other zone: `+02:00`, or `UTC-04:00`, since a clock behind a
/// hyphen may be the end of a range.
fn stamp(at: DateTime<Utc>, zone: Zone, precision: Precision) -> String {
    let shown = zone.local(at);
    let typed =
        |zone: Zone| format!("{} {}", zone.local(at).format("%Y-%m-%d"), moment::clock_as_typed(at, precision, zone));
    let seconds = shown.offset().fix().local_minus_utc();
    match seconds {
        _ if zone.is_utc() => typed(zone),
        0.. if seconds % 60 == 0 => format!("{}{}", typed(zone), shown.format("%:z")),
        -43_200..0 if seconds % 1_800 == 0 => format!("{} UTC{}", typed(zone), shown.format("%:z")),
        // Local time by the sun, as some zones had it long ago.
        _ => format!("{}Z", typed(Zone::UTC)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{TextChange, TextId};
    use crate::zone::{berlin, new_york};
    use crate::{ClientId, Command, EntryChange, ItemId, Replica, Severity, create};
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn near(zone: Zone) -> Near {
        Near::beside(at("2018-10-21T23:13:00Z"), at("2026-11-29T12:37:00Z"), zone)
    }

    fn ids() -> impl FnMut() -> ItemId {
        let mut made = 0;
        move || {
            made += 1;
            ItemId::new(made, [0; 10])
        }
    }

    fn incident() -> Replica {
        let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
        let mut new_id = ids();
        for (time, words) in
            [("22:52", "The link is lost."), ("23:07", "Deploys are locked."), ("23:13", "Status is red.")]
        {
            let draft = EntryDraft::new(at(&format!("2018-10-21T{time}:00Z")), words);
            replica.run(&Command::AddEntry(new_id(), draft)).expect("added");
        }
        replica
    }

    fn drafts(replica: &Replica) -> Vec<(ItemId, EntryDraft)> {
        replica.entries().iter().map(|entry| (entry.id.clone(), draft(entry))).collect()
    }

    fn text_of(replica: &Replica) -> String {
        write(&drafts(replica).into_iter().map(|(_, draft)| draft).collect::<Vec<_>>(), Zone::UTC)
    }

    /// Writes over the whole text on a fork and merges it, as the page does.
    fn rewrite(replica: &Replica, meanwhile: impl FnOnce(), change: impl FnOnce(&str) -> String) {
        let fork = replica.fork(ClientId(77)).expect("a copy");
        let before = drafts(&fork);
        let text = change(&text_of(&fork));
        meanwhile();
        let after = read(&text, &near(Zone::UTC)).expect("readable");
        let mut made = 100;
        let commands = edits(&before, &after, &mut || {
            made += 1;
            ItemId::new(made, [1; 10])
        });
        let (_, refused) = fork.run_each(&commands);
        assert_eq!(refused, []);
        replica.merge(&fork).expect("merged");
    }

    #[test]
    fn an_entry_is_a_line_that_the_quick_line_would_take() {
        assert_eq!(
            text_of(&incident()),
            "2018-10-21 22:52 The link is lost.\n2018-10-21 23:07 Deploys are locked.\n2018-10-21 23:13 Status is red.\n"
        );
    }

    #[test]
    fn what_a_line_cannot_hold_stands_under_it() {
        let entry = EntryDraft {
            until: Some(at("2018-10-22T01:00:00Z")),
            precision: Precision::About,
            clock: "status page".into(),
            readings: vec![OtherReading { at: at("2018-10-21T23:15:00Z"), clock: "chat".into() }],
            kind: EntryKind::StatusChange,
            source: Some("https://a.example/1".parse().expect("a link")),
            note: "late".into(),
            severity: Some(Severity::Sev1),
            ..EntryDraft::new(at("2018-10-21T23:13:00Z"), "Status set to red\nsee https://b.example")
        };
        assert_eq!(
            write(&[entry], Zone::UTC),
            "~2018-10-21 23:13 until 2018-10-22 01:00 [status_change] [SEV-1] Status set to red https://a.example/1\n    \
             | see https://b.example\n    note: late\n    clock: status page\n    or: 2018-10-21 23:15 chat\n"
        );
    }

    #[test]
    fn in_another_zone_every_time_says_how_far_it_is_from_utc() {
        let entry = EntryDraft::new(at("2018-10-28T01:30:00Z"), "x");
        let text = write(std::slice::from_ref(&entry), berlin());
        assert_eq!(text, "2018-10-28 02:30+01:00 x\n");
        assert_eq!(read(&text, &near(berlin())), Ok(vec![entry]));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_nothing_is_taken_over() {
        let unread = read("22:52 x\n25:07 y\nz\n    note: fine\n", &near(Zone::UTC)).expect_err("refused");
        assert_eq!(
            unread,
            [
                UnreadLine { number: 2, problem: "25:07 is not a time. Write 01:07 for the next day.".into() },
                UnreadLine {
                    number: 3,
                    problem: "Put the time in front, or a question mark while nobody knows it.".into()
                },
            ]
        );
    }

    #[test]
    fn an_untouched_text_is_no_edit_at_all() {
        let replica = incident();
        let before = drafts(&replica);
        let after = read(&text_of(&replica), &near(Zone::UTC)).expect("readable");
        assert_eq!(edits(&before, &after, &mut ids()), []);
    }

    #[test]
    fn line_ends_of_another_system_are_no_edit_and_make_no_other_lines() {
        let replica = incident();
        let entry = EntryDraft {
            note: "one\r\ntwo".into(),
            clock: "log\r".into(),
            ..EntryDraft::new(at("2018-10-21T23:20:00Z"), "one\r\ntwo\r\n\r\nthree\r")
        };
        replica.run(&Command::AddEntry(ItemId::new(60, [6; 10]), entry)).expect("added");
        let before = drafts(&replica);
        for text in [text_of(&replica), text_of(&replica).replace('\n', "\r\n"), text_of(&replica).replace('\n', "\r")]
        {
            let after = read(&text, &near(Zone::UTC)).expect("readable");
            assert_eq!(after.len(), 4, "{text:?}");
            assert_eq!(edits(&before, &after, &mut ids()), [], "{text:?}");
        }
        let changed = read(&text_of(&replica).replace("three", "four"), &near(Zone::UTC)).expect("readable");
        assert_eq!(edits(&before, &changed, &mut ids()).len(), 1);
        let unread = read("22:52 x\r\n25:07 y\r\n", &near(Zone::UTC)).expect_err("refused");
        assert_eq!(unread[0].number, 2);
    }

    #[test]
    fn what_may_be_meant_in_two_ways_is_named_by_its_line() {
        let read =
            |text: &str| read(text, &near(Zone::UTC)).map_err(|unread| (unread[0].number, unread[0].problem.clone()));
        assert_eq!(
            read("2018-10-21 9:30 pm x\n9:45 y\n").expect_err("asked"),
            (
                2,
                "Other lines say am or pm, and this one does not. Write it behind the time, as in 11:07 pm.".to_owned()
            )
        );
        assert_eq!(
            read("2018-10-21 09:30 x\n10/03/2018 12:10 y\n").expect_err("asked"),
            (2, "This date may be meant in two ways. Write it as 2018-10-21.".to_owned())
        );
        assert!(read("10/03/2018 12:10 x\n25/03/2018 12:10 y\n").is_ok());
    }

    #[test]
    fn what_others_write_meanwhile_is_merged_and_not_overwritten() {
        let replica = incident();
        let ids: Vec<ItemId> = drafts(&replica).into_iter().map(|(id, _)| id).collect();
        let others = || {
            let insert = TextChange { from: 0, to: 0, insert: "All ".into() };
            replica.run(&Command::EditText(TextId::Entry(ids[1].clone()), vec![insert])).expect("typed");
            let new = EntryDraft::new(at("2018-10-21T23:11:00Z"), "Coordinator joins.");
            replica.run(&Command::AddEntry(ItemId::new(50, [5; 10]), new)).expect("added");
            let kind = EntryChange::Kind(EntryKind::Trigger);
            replica.run(&Command::ChangeEntry(ids[0].clone(), kind)).expect("changed");
        };
        rewrite(&replica, others, |text| {
            text.replace("22:52 The link", "22:53 The optical link").replace("locked.", "locked by hand.")
                + "23:19 Webhooks are paused.\n"
        });
        let told: Vec<String> = text_of(&replica).lines().map(str::to_owned).collect();
        assert_eq!(
            told,
            [
                "2018-10-21 22:53 [trigger] The optical link is lost.",
                "2018-10-21 23:07 All Deploys are locked by hand.",
                "2018-10-21 23:11 Coordinator joins.",
                "2018-10-21 23:13 Status is red.",
                "2018-10-21 23:19 Webhooks are paused.",
            ]
        );
        assert_eq!(replica.entries()[0].id, ids[0], "it is the same entry still");
    }

    #[test]
    fn a_line_that_is_taken_out_deletes_its_entry_and_no_other() {
        let replica = incident();
        rewrite(
            &replica,
            || {},
            |text| text.lines().filter(|line| !line.contains("Deploys")).collect::<Vec<_>>().join("\n"),
        );
        assert_eq!(text_of(&replica), "2018-10-21 22:52 The link is lost.\n2018-10-21 23:13 Status is red.\n");
    }

    #[test]
    fn a_rewriting_is_taken_back_as_one_and_what_others_wrote_stays() {
        let replica = incident();
        let before = drafts(&replica);
        let fork = replica.fork(ClientId(77)).expect("a copy");
        let text = text_of(&fork).replace("22:52 The", "22:50 A").lines().take(2).collect::<Vec<_>>().join("\n")
            + "\n23:50 New";
        let after = read(&text, &near(Zone::UTC)).expect("readable");
        let mut new_id = || ItemId::new(99, [1; 10]);
        fork.run_each(&edits(&before, &after, &mut new_id));
        replica.merge(&fork).expect("merged");
        let other = TextChange { from: 0, to: 0, insert: "All ".into() };
        replica.run(&Command::EditText(TextId::Entry(before[1].0.clone()), vec![other])).expect("typed");
        fork.run_each(&restoring(&before, &drafts(&fork)));
        replica.merge(&fork).expect("merged");
        assert_eq!(
            text_of(&replica),
            "2018-10-21 22:52 The link is lost.\n2018-10-21 23:07 All Deploys are locked.\n2018-10-21 23:13 Status is red.\n"
        );
    }

    fn time() -> impl Strategy<Value = DateTime<Utc>> {
        prop_oneof![
            (0_i64..4_000_000).prop_map(|minutes| DateTime::from_timestamp(minutes * 600, 0).expect("a time")),
            (0_i64..4_000_000_000).prop_map(|second| DateTime::from_timestamp(second, 0).expect("a time")),
            (0_i64..4_000_000_000_000).prop_map(|milli| DateTime::from_timestamp_millis(milli).expect("a time")),
        ]
    }

    fn words() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z ,.]{0,40}",
            // What looks like the front of a line, a tag, an indented line or a source.
            "(|~|\\? |    \\| |\\[SEV-1\\] |\\[minute\\]|until 23:07 |- |UTC |PM |\\\\|note: )[a-c ]{0,3}(|https://a\\.example/x|\n| \n|\n\n|\t)[a-c ]{0,5}",
            "[^\0]{0,30}",
        ]
    }

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[a-z: |]{1,12}", "https://a\\.example/[a-z]{1,4}"]
            .prop_map(|text| text.trim().to_owned())
    }

    fn any_entry() -> impl Strategy<Value = EntryDraft> {
        let times = (proptest::option::weighted(0.9, time()), proptest::option::weighted(0.2, time()), 0_usize..3);
        let readings = proptest::collection::btree_map(time(), value(), 0..3);
        let names = (0_usize..EntryKind::ALL.len(), proptest::option::weighted(0.2, 0_usize..Severity::ALL.len()));
        let source = proptest::option::weighted(0.5, "https://a\\.example/[a-z(),]{0,5}");
        (times, readings, names, words(), source, value(), value()).prop_map(
            |((at, until, precision), readings, (kind, severity), text, source, note, clock)| EntryDraft {
                at,
                until,
                precision: Precision::ALL[precision],
                clock,
                readings: readings.into_iter().map(|(at, clock)| OtherReading { at, clock }).collect(),
                kind: EntryKind::ALL[kind],
                text,
                source: source.and_then(|source| source.parse().ok()),
                note,
                severity: severity.map(|index| Severity::ALL[index]),
            },
        )
    }

    proptest! {
        #[test]
        fn any_timeline_written_as_text_and_read_again_is_the_same(
            entries in proptest::collection::vec(any_entry(), 0..6), zone in prop_oneof![Just(Zone::UTC), Just(berlin()), Just(new_york())],
        ) {
            let text = write(&entries, zone);
            let entries: Vec<EntryDraft> = entries
                .into_iter()
                .map(|entry| EntryDraft { text: in_lines(&entry.text), ..entry })
                .collect();
            prop_assert_eq!(read(&text, &near(zone)), Ok(entries), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "(\\PC|\n| ){0,60}") {
            let _ = read(&text, &near(berlin()));
        }

        #[test]
        fn edits_lead_from_any_timeline_to_any_other(
            from in proptest::collection::vec(any_entry(), 0..5), to in proptest::collection::vec(any_entry(), 0..5),
        ) {
            let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
            let mut new_id = ids();
            for draft in &from {
                replica.run(&Command::AddEntry(new_id(), draft.clone())).expect("added");
            }
            let commands = edits(&drafts(&replica), &to, &mut new_id);
            prop_assert_eq!(replica.run_each(&commands).1, []);
            let key = |draft: &EntryDraft| write(std::slice::from_ref(draft), Zone::UTC);
            let mut left: Vec<String> = drafts(&replica).iter().map(|(_, draft)| key(draft)).collect();
            let mut right: Vec<String> = to.iter().map(key).collect();
            left.sort();
            right.sort();
            prop_assert_eq!(left, right);
        }
    }
}
