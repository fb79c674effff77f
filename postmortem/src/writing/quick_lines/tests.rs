//! Lists as people paste them, and what is made of them.

mod doubts;
mod messages;

use super::*;
use crate::moment::Way;
use crate::zone::{berlin, new_york};
use crate::{Precision, Zone};
use chrono::{Days, TimeDelta};
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn near() -> Near {
    Near::beside(at("2018-10-21T22:52:00Z"), at("2026-11-29T12:37:00Z"), Zone::UTC)
}

fn ids() -> impl FnMut() -> ItemId {
    let mut number = 0;
    move || {
        number += 1;
        ItemId::new(number, [0; 10])
    }
}

fn entries(list: &List, way: usize) -> Vec<EntryDraft> {
    let entry = |command: Command| match command {
        Command::AddEntry(_, draft) => Some(draft),
        _ => None,
    };
    list.take(way, &mut ids()).commands.into_iter().filter_map(entry).collect()
}

/// What a paste becomes, a line an entry; in doubt the question comes first.
fn told(text: &str, near: &Near) -> Vec<String> {
    let list = read(text, near);
    let doubt = list.doubt().map(|doubt| format!("{doubt:?}?"));
    let lines = entries(&list, 0).into_iter().map(|entry| {
        let time = |at: DateTime<Utc>| at.format("%m-%d %H:%M").to_string();
        let at = entry.at.map_or_else(|| "?".to_owned(), time);
        let until = entry.until.map(|until| format!(" to {}", time(until))).unwrap_or_default();
        format!("{at}{until} {}", entry.text)
    });
    doubt.into_iter().chain(lines).collect()
}

#[test]
fn each_line_with_a_time_becomes_an_entry_over_midnight() {
    let list = read("23:07 deploys locked\n\n00:05 plan set\nTODO test failover", &near());
    let lines = list.take(0, &mut ids());
    assert_eq!((lines.commands.len(), lines.unread), (3, 0));
    let Command::AddEntry(_, second) = &lines.commands[1] else { panic!("an entry") };
    assert_eq!(second.at.map(|at| at.to_rfc3339()), Some("2018-10-22T00:05:00+00:00".into()));
    assert!(matches!(lines.commands[2], Command::AddAction(..)));
}

#[test]
fn a_line_that_cannot_be_read_is_kept_without_a_time_and_says_why() {
    let list = read("25:07 deploys locked\nand then it got worse\n23:11 coordinator joins", &near());
    let lines = list.take(0, &mut ids());
    assert_eq!((lines.commands.len(), lines.unread), (3, 2));
    let Command::AddEntry(_, first) = &lines.commands[0] else { panic!("an entry") };
    assert_eq!((first.at, first.text.as_str()), (None, "25:07 deploys locked"));
    assert!(first.note.contains("01:07 for the next day"));
    let Command::AddEntry(_, second) = &lines.commands[1] else { panic!("an entry") };
    assert_eq!((second.text.as_str(), second.note.as_str()), ("and then it got worse", ""));
}

#[test]
fn a_day_above_lines_is_theirs_and_no_entry() {
    let now = Near::now(at("2026-03-20T12:00:00Z"), Zone::UTC);
    let expected = ["03-10 12:24 a", "03-10 15:56 b", "03-12 09:31 c"];
    for (one, two) in [
        ("2026-03-10", "2026-03-12"),
        ("## 2026-03-10", "## 2026-03-12"),
        ("### Tuesday, 10 March 2026", "### Thursday, 12 March 2026"),
        ("Tuesday", "Thursday"),
        ("10 March", "12 March"),
        ("March 10th", "March 12th"),
        ("**10 March:**", "**12 March:**"),
        ("--- 10.03.2026 ---", "--- 12.03.2026 ---"),
        ("10.03.2026:", "12.03.2026:"),
        ("## 10 March: it begins", "## 12 March: it ends"),
        ("Tuesday 10 March 2026, UTC", "Thursday 12 March 2026, UTC"),
        ("Tuesday 10 March (UTC)", "Thursday 12 March (UTC)"),
        ("**Tuesday 10 March (UTC)**", "**Thursday 12 March (UTC)**"),
        ("**Tuesday** (UTC)", "**Thursday** (UTC)"),
        ("Tue 10 Mar (all times UTC)", "Thu 12 Mar (all times UTC)"),
        ("10 March [UTC]", "12 March [UTC]"),
        ("10.03.2026 (UTC):", "12.03.2026 (UTC):"),
        ("Tuesday (UTC)", "Thursday (UTC)"),
    ] {
        let near = if one.contains("Tuesday") { Near::now(at("2026-03-13T12:00:00Z"), Zone::UTC) } else { now };
        assert_eq!(told(&format!("{one}\n- 12:24 a\n- 15:56 b\n{two}\n- 09:31 c"), &near), expected, "{one}");
        assert_eq!(
            told(&format!("{two}\n- 09:31 c\n\n{one}\n- 15:56 b\n- 12:24 a"), &near),
            [expected[2], expected[1], expected[0]],
            "{one}, newest first"
        );
    }
    let started = Near { started: Some(at("2026-03-10T12:00:00Z")), ..now };
    assert_eq!(told("Day 1\n12:24 a\n15:56 b\nDay 3\n09:31 c", &started), expected);
    assert_eq!(told("Day 1 (UTC)\n12:24 a\n15:56 b\nDay 3 (UTC)\n09:31 c", &started), expected);
    assert_eq!(told("Day 1\n12:24 a\nDay 2\n09:31 c", &now), ["03-19 12:24 a", "03-20 09:31 c"]);
    assert_eq!(told("# Timeline\n2026-03-10 12:24 a", &now), ["03-10 12:24 a"]);
    assert_eq!(told("Yesterday\n12:24 a\nToday\n09:31 c", &now), ["03-19 12:24 a", "03-20 09:31 c"]);
    // Over midnight, as far as the lines grow; else it is asked.
    assert_eq!(
        told("2026-03-10\n23:40 a\n23:50 b\n00:10 c", &now),
        ["03-10 23:40 a", "03-10 23:50 b", "03-11 00:10 c"]
    );
    assert_eq!(told("2026-03-10\n23:50 a\n00:10 b", &now)[0], "Order?");
    assert_eq!(
        told("2026-03-10\n10:00 a\n09:50 b\n10:30 c", &now),
        ["03-10 10:00 a", "03-10 09:50 b", "03-10 10:30 c"]
    );
    assert_eq!(
        told("Saturday 27 October 2018, Berlin +2\n14:00 a\n14:05 b", &near()),
        ["10-27 12:00 a", "10-27 12:05 b"]
    );
}

#[test]
fn times_stay_in_their_order_and_a_list_without_one_is_asked_about() {
    let near = Near::now(at("2026-03-20T12:00:00Z"), Zone::UTC);
    assert_eq!(told("14:44 a\n14:45 b\n09:12 c", &near), ["03-19 14:44 a", "03-19 14:45 b", "03-20 09:12 c"]);
    assert_eq!(told("11:20 c\n11:05 b\n10:50 a", &near), ["03-20 11:20 c", "03-20 11:05 b", "03-20 10:50 a"]);
    assert_eq!(told("00:20 c\n23:50 b\n23:40 a", &near), ["03-20 00:20 c", "03-19 23:50 b", "03-19 23:40 a"]);
    assert_eq!(told("11:05 c\n09:50 a", &near), ["03-20 11:05 c", "03-20 09:50 a"]);
    assert_eq!(
        told("2026-03-10 14:44 a\n14:45 b\n09:12 c", &near),
        ["03-10 14:44 a", "03-10 14:45 b", "03-11 09:12 c"]
    );
    assert_eq!(told("14:45 b\n2026-03-11 09:12 c", &near)[0], "Order?");
    assert_eq!(told("23:45 b\n2026-03-11 09:12 c", &near), ["03-10 23:45 b", "03-11 09:12 c"]);
    let list = read("10:05 a\n10:03 b\n10:10 c", &near);
    assert_eq!(list.doubt(), Some(Doubt::Order));
    assert_eq!(list.ways(), [Way::OneDay, Way::Onward, Way::Backward].map(Way::label));
    assert_eq!(
        list.question().as_deref(),
        Some("These times can be read in more than one way, first “10:05 a”. Which day is meant?")
    );
    assert_eq!(told("14:45 b\n09:12 c", &near)[0], "Order?");
    // One line of many in the wrong place is no other order.
    let mut lines: Vec<String> = (10..30).map(|minute| format!("10:{minute} x")).collect();
    lines.insert(12, "10:58 y".into());
    let read_back = told(&lines.join("\n"), &near);
    assert_eq!(
        (read_back[0].as_str(), read_back[12].as_str(), read_back[20].as_str()),
        ("03-20 10:10 x", "03-20 10:58 y", "03-20 10:29 x")
    );
    // A list is within the incident, and not in the future.
    let over = Near { started: Some(at("2026-03-03T22:00:00Z")), resolved: Some(at("2026-03-04T03:00:00Z")), ..near };
    assert_eq!(told("23:00 a\n02:00 b", &over), ["03-03 23:00 a", "03-04 02:00 b"]);
    assert_eq!(told("10:00 a\n23:00 b", &near), ["Order?", "03-20 10:00 a", "03-19 23:00 b"]);
    assert_eq!(told("10:00 a\n20:00 b", &near), ["03-19 10:00 a", "03-19 20:00 b"]);
    let list = read("23:00 a\n02:00 b", &near);
    assert!(list.is_day_guessed);
    assert_eq!(list.other_day().map(|times| times[0]), Some(at("2026-03-18T23:00:00Z")));
}

#[test]
fn an_hour_that_comes_twice_or_not_at_all_keeps_order_and_instants() {
    let york = Near { started: Some(at("2026-11-01T05:30:00Z")), ..Near::now(at("2026-11-29T12:37:00Z"), new_york()) };
    assert_eq!(
        told("01:40 a\n01:55 b\n01:05 c\n01:20 d\n02:10 e", &york),
        ["11-01 05:40 a", "11-01 05:55 b", "11-01 06:05 c", "11-01 06:20 d", "11-01 07:10 e"]
    );
    assert_eq!(
        told("2026-11-01\n01:40 a\n01:55 b\n01:05 c\n02:10 e", &york),
        ["11-01 05:40 a", "11-01 05:55 b", "11-01 06:05 c", "11-01 07:10 e"]
    );
    assert_eq!(
        told("02:10 e\n01:20 d\n01:05 c\n01:55 b\n01:40 a", &york),
        ["11-01 07:10 e", "11-01 06:20 d", "11-01 06:05 c", "11-01 05:55 b", "11-01 05:40 a"]
    );
    assert_eq!(told("01:40 a\n01:55 b\n02:10 c", &york)[0], "Twice?");
    assert_eq!(
        told("01:40 EDT a\n01:55 EDT b\n01:05 EST c", &york),
        ["11-01 05:40 a", "11-01 05:55 b", "? 01:05 EST c"]
    );
    let spring = Near { started: Some(at("2026-03-08T06:30:00Z")), ..york };
    assert_eq!(
        told("01:40 a\n02:10 b\n02:40 c\n03:50 d", &spring),
        ["03-08 06:40 a", "03-08 07:10 b", "03-08 07:40 c", "03-08 07:50 d"]
    );
    assert_eq!(told("01:40 a\n03:05 b\n03:20 c", &spring), ["03-08 06:40 a", "03-08 07:05 b", "03-08 07:20 c"]);
    assert_eq!(told("01:40 a\n02:30 b\n03:10 c", &spring)[0], "Order?", "a clock that was never shown");
}

#[test]
fn a_zone_above_a_list_is_that_of_its_times() {
    let berlin = Near { zone: berlin(), ..near() };
    for above in [
        "| Time (UTC) | Event |\n|---|---|",
        "| Time (UTC) | Event |",
        "All times UTC",
        "Times in UTC",
        "(all times in UTC)",
        "## Timeline (UTC)",
        "Time (UTC)\tEvent",
        "## Incident timeline (UTC)",
        "Incident timeline (UTC)",
        "## What happened (UTC)",
        "All times are in UTC unless noted",
        "All times UTC+0",
        "**All times below are given in UTC.**",
        "Timeline of events, all times in UTC:",
        "Please note: all times are UTC.",
        "Times: GMT (UTC)",
        "| Date | Time (UTC) | Event |\n|---|---|---|",
    ] {
        let list = read(&format!("{above}\n2018-10-21 22:52 a\n2018-10-21 23:07–23:10 b"), &berlin);
        let times: Vec<_> = entries(&list, 0).into_iter().map(|entry| (entry.at, entry.until)).collect();
        let told = |text| Some(at(text));
        let range = (told("2018-10-21T23:07:00Z"), told("2018-10-21T23:10:00Z"));
        assert_eq!(times, [(told("2018-10-21T22:52:00Z"), None), range], "{above}");
    }
    for above in [
        "(all times in PT)",
        "Times in CET/CEST",
        "Times in CET and CEST",
        "## Timeline (EST)",
        "Times converted from CET to UTC",
        "All times on this page follow the UTC clock of db1",
        "All times UTC +2",
        "Times in the UTC log are wrong",
    ] {
        let list = read(&format!("{above}\n22:52 a"), &berlin);
        assert_eq!(entries(&list, 0).last().map(|entry| entry.at), Some(None), "{above}");
    }
    for above in
        ["## Moved to UTC", "restarted three times, UTC job too", "## Failover (local)", "Timeline", "Times are hard"]
    {
        let list = read(&format!("{above}\n2018-10-21 22:52 a"), &berlin);
        assert_eq!(entries(&list, 0).last().and_then(|entry| entry.at), Some(at("2018-10-21T20:52:00Z")), "{above}");
    }
    for above in ["## Timeline of 21 October 2018 (UTC)", "Timeline – 2018-10-21, UTC"] {
        assert_eq!(told(&format!("{above}\n22:52 a"), &berlin), ["10-21 22:52 a"], "{above}");
    }
    for above in [
        "Sunday 21 October (UTC)",
        "**Sunday 21 October (UTC)**",
        "**Sunday 21 October** (UTC)",
        "**Sunday** (UTC)",
        "Sun 21 Oct (all times UTC)",
        "Sun 21 Oct – all times in UTC",
        "Sunday 21 October, all times UTC",
        "21 October (UTC)",
        "21.10.2018 (UTC)",
        "2018-10-21 (UTC)",
        "## 2018-10-21 (UTC)",
        "## 21 October: failover (UTC)",
        "21 October – failover (all times UTC)",
        "Sunday (UTC)",
        "Day 1 (UTC)",
        "10/21 (UTC)",
        "21 October (Lisbon +0)",
    ] {
        let started = Near { started: Some(at("2018-10-21T20:00:00Z")), ..berlin };
        assert_eq!(told(&format!("{above}\n22:52 a"), &started), ["10-21 22:52 a"], "{above}");
        let asked = above.replace("UTC", "EST").replace("Lisbon +0", "EST");
        let list = read(&format!("{asked}\n22:52 a"), &started);
        assert_eq!(entries(&list, 0).iter().map(|entry| entry.at).collect::<Vec<_>>(), [None], "{asked}");
    }
    assert_eq!(
        told("21 October (all times UTC)\n22:52 a\n23 October\n00:10 b", &berlin),
        ["10-21 22:52 a", "10-23 00:10 b"]
    );
    assert_eq!(told("INCIDENT LOG (UTC)\n22:52 a", &berlin), ["? INCIDENT LOG (UTC)", "10-21 22:52 a"]);
    let said = "All times are in UTC unless noted, and the page was late by an hour or so";
    assert_eq!(
        told(&format!("{said}\n2018-10-21 22:52 a"), &berlin),
        [format!("? {said}"), "10-21 22:52 a".to_owned()]
    );
}

#[test]
fn a_row_that_says_something_with_a_zone_is_kept_and_names_none() {
    let berlin = Near { zone: berlin(), ..near() };
    let (first, last) = ("10-21 10:10 a", "10-21 10:20 b");
    let (start, end) = ("2018-10-21 12:10", "2018-10-21 12:20");
    for said in [
        "When UTC midnight passed, jobs died",
        "Start PST failover drill",
        "Start PST drill",
        "Start (PST) of the drill",
        "Time UTC",
    ] {
        let kept = format!("? {said}");
        let expected = [first, &kept, last];
        assert_eq!(told(&format!("| {start} | a |\n|  | {said} |\n| {end} | b |"), &berlin), expected, "{said}");
        assert_eq!(told(&format!("{start} a\n{said}\n{end} b"), &berlin), expected, "{said}");
        let below = told(&format!("|  | {said} |\n| {start} | a |"), &berlin);
        assert!(said == "Time UTC" || below.contains(&kept), "{said}: {below:?}");
    }
    let wrong = "Customers saw timeline (UTC) wrong";
    let kept = format!("? {wrong}");
    assert_eq!(told(&format!("{start} a\n{wrong}\n{end} b"), &berlin), [first, &kept, "? 2018-10-21 12:20 b"]);
    assert_eq!(
        told(&format!("Our own timeline (UTC)\n{end} b"), &berlin),
        ["? Our own timeline (UTC)", "10-21 12:20 b"]
    );
    // A further table has a head of its own.
    for head in
        ["| Time (UTC) | What |\n|---|---|", "\n| When (UTC) | What |", "| When (UTC) and by whom | What |\n|---|---|"]
    {
        let text = format!("| Time | What |\n|---|---|\n| {start} | a |\n{head}\n| {end} | b |");
        assert_eq!(told(&text, &berlin), [first, "10-21 12:20 b"], "{head}");
    }
}

#[test]
fn an_entry_of_our_export_comes_back_without_its_time_and_with_its_end() {
    let list = read("- **time not known to 2026-03-10 12:40 UTC** [decision] x\n- **about time not known** y", &near());
    let found: Vec<_> = entries(&list, 0)
        .into_iter()
        .map(|entry| (entry.at, entry.until, entry.precision, entry.kind, entry.text))
        .collect();
    let x = (None, Some(at("2026-03-10T12:40:00Z")), Precision::Minute, EntryKind::Decision, "x".to_owned());
    assert_eq!(found, [x, (None, None, Precision::About, EntryKind::Observation, "y".to_owned())]);
}

#[test]
fn a_long_line_is_no_head_of_a_message() {
    for bracket in ["(", "[", "\n"] {
        let list = read(&format!("{}\nx", bracket.repeat(50_000)), &near());
        assert!(list.len() <= 2, "{bracket:?}");
    }
}

#[test]
fn a_long_list_asks_the_zone_once_for_each_quarter_of_an_hour() {
    thread_local! {
        static ASKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }
    let asked = |name: &'static str, text: &str| {
        let zone = Zone::new(name, |_, at| {
            ASKED.set(ASKED.get() + 1);
            at.fixed_offset().timezone()
        });
        ASKED.set(0);
        read(text, &Near { zone, ..near() });
        ASKED.get()
    };
    let lines = |count: usize| -> String {
        (0..count).map(|line| format!("{:02}:{:02} a\n", line * 600 / count / 60, line * 600 / count % 60)).collect()
    };
    let (short, long) = (asked("Short", &lines(600)), asked("Long", &lines(6_000)));
    assert!(long <= short, "{long} questions instead of {short}");
    let with_day = asked("With a day", &format!("{}2026-03-12 09:00 b", lines(600)));
    assert!(with_day <= 2 * short, "{with_day} questions instead of {short}");
}

#[test]
fn chats_are_read_as_people_copy_them() {
    let near = Near::now(at("2026-03-20T18:00:00Z"), Zone::UTC);
    for (text, expected) in [
        ("Mara Lindqvist  12:12 PM\nqueue stops", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        ("NAME  12:12 PM\nqueue stops", vec!["03-20 12:12 NAME: queue stops"]),
        (
            "Mara Lindqvist\n  12:12 PM\nqueue stops\nfor everybody\n12:14\nit is back\nJonah Adeyemi\n  12:20 PM\nwhy?",
            vec![
                "03-20 12:12 Mara Lindqvist: queue stops\nfor everybody",
                "03-20 12:14 Mara Lindqvist: it is back",
                "03-20 12:20 Jonah Adeyemi: why?",
            ],
        ),
        (
            "Mara Lindqvist\n  12:12 PM\nqueue stops\nJonas Weber\n:palm_tree:  12:14 PM\nrestarted it\n12:15\nit is back",
            vec![
                "03-20 12:12 Mara Lindqvist: queue stops",
                "03-20 12:14 Jonas Weber: restarted it",
                "03-20 12:15 Jonas Weber: it is back",
            ],
        ),
        (
            "Mara Lindqvist\n:wave::skin-tone-3:  12:12 PM\nqueue stops\nJonas Weber\n🌴  12:14 PM\n12:05 it was me",
            vec!["03-20 12:12 Mara Lindqvist: queue stops", "03-20 12:14 Jonas Weber: 12:05 it was me"],
        ),
        ("Mara Lindqvist :palm_tree:  12:12 PM\nqueue stops", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        ("Mara Lindqvist:palm_tree:  12:12 PM\nqueue stops", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        ("Mara Lindqvist 🧑‍💻  12:12 PM\nqueue stops", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        ("mara 🌴 — Today at 12:12 PM\nqueue stops", vec!["03-20 12:12 mara: queue stops"]),
        ("PagerDuty\nAPP  12:12 PM\nqueue stops", vec!["03-20 12:12 PagerDuty: queue stops"]),
        ("PagerDuty APP  12:12 PM\nqueue stops", vec!["03-20 12:12 PagerDuty: queue stops"]),
        ("[12:12 PM] Mara Lindqvist\nqueue stops", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        (
            "Mara Lindqvist [12:12]\nqueue stops\n\nall of them",
            vec!["03-20 12:12 Mara Lindqvist: queue stops\nall of them"],
        ),
        ("Mara Lindqvist, Tue 12:12 PM\nqueue stops", vec!["03-17 12:12 Mara Lindqvist: queue stops"]),
        ("mara — Today at 12:12 PM\nqueue stops", vec!["03-20 12:12 mara: queue stops"]),
        ("mara — Yesterday at 12:12 PM\nqueue stops", vec!["03-19 12:12 mara: queue stops"]),
        ("12:12:33 From Mara to Everyone:\n\tqueue stops", vec!["03-20 12:12 Mara: queue stops"]),
        ("[10.03.26, 12:12:33] Mara: queue stops", vec!["03-10 12:12 Mara: queue stops"]),
        ("Mara Lindqvist 10.03. 12:12\nqueue stops", vec!["03-10 12:12 Mara Lindqvist: queue stops"]),
        ("12:12 <mara> queue stops", vec!["03-20 12:12 <mara> queue stops"]),
        ("Tuesday, March 10th\nMara Lindqvist  12:12 PM\nqueue stops", vec!["03-10 12:12 Mara Lindqvist: queue stops"]),
    ] {
        assert_eq!(told(text, &near), expected, "{text}");
    }
}

#[test]
fn wrapped_lines_tables_and_logs_are_read() {
    let near = Near::now(at("2026-03-20T18:00:00Z"), Zone::UTC);
    for (text, expected) in [
        (
            "12:10 the queue of the billing service stops and nobody notices it for\nhalf an hour since the alert is muted\n12:40 it is noticed",
            vec![
                "03-20 12:10 the queue of the billing service stops and nobody notices it for half an hour since the alert is muted",
                "03-20 12:40 it is noticed",
            ],
        ),
        (
            "- 12:10 the queue stops\n  and nobody sees it\n- 12:40 it is noticed",
            vec!["03-20 12:10 the queue stops\nand nobody sees it", "03-20 12:40 it is noticed"],
        ),
        (
            "| Time | What |\n|---|:--|\n| 12:10 | `a \\| b` stops |\n| 12:40 | noticed |",
            vec!["03-20 12:10 `a | b` stops", "03-20 12:40 noticed"],
        ),
        (
            "Date | Time | What\n--- | --- | ---\n2026-03-10 | 12:10 | stops\n2026-03-10 | 12:40 UTC | noticed",
            vec!["03-10 12:10 stops", "03-10 12:40 noticed"],
        ),
        ("2026-03-10\t12:10\tstops", vec!["03-10 12:10 stops"]),
        ("2026-03-10 12:10:43,512 ERROR stops", vec!["03-10 12:10 ERROR stops"]),
        ("Mar 10, 12:10 UTC stops\n10.03.2026 12:12 back", vec!["03-10 12:10 stops", "03-10 12:12 back"]),
        ("```\n12:10 stops\n```", vec!["03-20 12:10 stops"]),
        ("```text\n12:10 stops\n```", vec!["03-20 12:10 stops"]),
        ("```get pods``` then restart", vec!["? ```get pods``` then restart"]),
        ("```12:10 stops\n12:12 is back```", vec!["03-20 12:10 stops", "03-20 12:12 is back"]),
        ("12:10 ran this\n```kubectl delete pod db1```", vec!["03-20 12:10 ran this", "? kubectl delete pod db1"]),
        ("| 12:10 | stops |\n|---|---|\n| 12:12 | back |", vec!["03-20 12:10 stops", "03-20 12:12 back"]),
        ("| 2026-03-10 | |\n|---|---|\n| 12:12 | back |", vec!["03-10 12:12 back"]),
        ("12:10 | stops\n--- | ---\n12:12 | back", vec!["03-20 12:10 stops", "03-20 12:12 back"]),
        ("| 25:10 | stops |\n|---|---|\n| 12:12 | back |", vec!["? 25:10 stops", "03-20 12:12 back"]),
        ("12:10–12:40 slow", vec!["03-20 12:10 to 03-20 12:40 slow"]),
    ] {
        assert_eq!(told(text, &near), expected, "{text}");
    }
}

/// Words of an entry that look like nothing else.
fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec("[bcdfgh]{3,8}", 1..25).prop_map(|words| words.join(" "))
}

#[derive(Debug, Clone, Copy)]
enum DaysStand {
    Above,
    InFront,
    Nowhere,
}

/// What stands around a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Nothing,
    Table,
    TableWithoutHead,
    Fence,
    /// Its times are those of the zone that is named above it.
    Zone(&'static str),
}

fn written(at: DateTime<Utc>, zone: Zone, pattern: usize) -> String {
    let shown = zone.local(at);
    match pattern {
        0 => shown.format("%H:%M").to_string(),
        1 => shown.format("%-I:%M %p").to_string(),
        2 => shown.format("[%H:%M]").to_string(),
        _ => format!("{} UTC{}", shown.format("%H:%M"), shown.format("%:z")),
    }
}

fn wrapped(line: &str, width: usize, hanging: bool) -> String {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last().map_or(0, String::len);
        if last > 0 && last + 1 + word.len() > width {
            lines.push(format!("{}{word}", if hanging { "    " } else { "" }));
        } else if let Some(open) = lines.last_mut() {
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(word);
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]
    #[test]
    fn a_list_is_read_as_the_instants_that_were_written_or_asked_about(
        // On the clock less than half a day, also where the clocks are set forward in between.
        gaps in proptest::collection::vec((0_i64..659, 0_i64..25), 1..12),
        lines in proptest::collection::vec((words(), proptest::option::weighted(0.2, 1_i64..300)), 12),
        (zone, start) in prop_oneof![
            Just((Zone::UTC, "2018-10-27T20:11:00Z")),
            Just((berlin(), "2018-10-27T20:11:00Z")),
            Just((berlin(), "2018-03-24T20:11:00Z")),
            Just((new_york(), "2026-11-01T02:11:00Z")),
            Just((new_york(), "2026-03-08T02:11:00Z")),
        ],
        (days, heading, pattern, is_dense) in (
            prop_oneof![Just(DaysStand::Above), Just(DaysStand::InFront), Just(DaysStand::Nowhere)], 0_usize..6, 0_usize..4, any::<bool>(),
        ),
        (newest_first, bullet, wrap) in (any::<bool>(), any::<bool>(), proptest::option::of((60_usize..90, any::<bool>()))),
        frame in prop_oneof![
            4 => Just(Frame::Nothing),
            1 => Just(Frame::Table),
            1 => Just(Frame::TableWithoutHead),
            1 => Just(Frame::Fence),
            1 => Just(Frame::Zone("## Incident timeline (UTC)")),
            1 => Just(Frame::Zone("All times are in UTC unless noted")),
        ],
    ) {
        let near = Near {
            started: Some(at(start)),
            ..Near::now(at("2026-11-29T12:37:00Z").max(at(start) + Days::new(30)), zone)
        };
        // As it is written; the reader's zone is another one below the name of a zone.
        let zone = if matches!(frame, Frame::Zone(_)) { Zone::UTC } else { zone };
        let is_table = matches!(frame, Frame::Table | Frame::TableWithoutHead);
        let mut instant = at(start);
        let mut instants = Vec::new();
        for (far, close) in &gaps {
            instants.push(instant);
            instant += TimeDelta::minutes(if is_dense { *close } else { *far });
        }
        let mut list: Vec<(_, Option<_>, &str)> = instants
            .iter()
            .zip(&lines)
            .map(|(at, (words, length))| (*at, length.map(|length| *at + TimeDelta::minutes(length)), words.as_str()))
            .collect();
        if newest_first {
            list.reverse();
        }
        let mut text = match frame {
            Frame::Nothing | Frame::TableWithoutHead => String::new(),
            Frame::Table => "| Time | What |\n|---|---|\n".to_owned(),
            Frame::Fence => "```\n".to_owned(),
            Frame::Zone(above) => format!("{above}\n"),
        };
        let mut above = None;
        for (number, (at, until, words)) in list.iter().enumerate() {
            let day = zone.local(*at).date_naive();
            if matches!(days, DaysStand::Above) && above != Some(day) {
                let heading = match heading {
                    0 => day.format("%Y-%m-%d").to_string(),
                    1 => day.format("## %A, %-d %B %Y").to_string(),
                    2 => day.format("**%-d %B %Y**").to_string(),
                    3 => day.format("%d.%m.%Y:").to_string(),
                    4 => day.format("%A").to_string(),
                    _ => day.format("--- %B %-d, %Y ---").to_string(),
                };
                text.push_str(&format!("{heading}\n"));
                above = Some(day);
            }
            let mut line = String::new();
            if matches!(days, DaysStand::InFront) {
                line.push_str(&day.format("%Y-%m-%d ").to_string());
            }
            // A range says its zone behind its end.
            let is_ranged = until.is_some() && pattern != 1;
            let is_inside = matches!(days, DaysStand::InFront) && pattern == 2;
            let pattern = if is_ranged || is_inside { 0 } else { pattern };
            line.push_str(&written(*at, zone, pattern));
            if let Some(until) = until {
                line.push_str(&format!(" – {}", written(*until, zone, pattern)));
            }
            let line = match (is_table, bullet) {
                (true, _) => format!("| {line} | {words} |"),
                (false, true) => format!("- {line} {words}"),
                (false, false) => format!("{line} {words}"),
            };
            text.push_str(&match wrap.filter(|_| !is_table) {
                Some((width, hanging)) => wrapped(&line, width, hanging),
                None => line,
            });
            text.push('\n');
            if number == 0 && frame == Frame::TableWithoutHead {
                text.push_str("|---|---|\n");
            }
        }
        if frame == Frame::Fence {
            text.push_str("```\n");
        }
        let read = read(&text, &near);
        if let Some(doubt) = read.doubt() {
            // It names a line that it is about, and where days are written one of the ways is the right one. Of an hour that
            // comes twice each line has its own two.
            let ways: Vec<Vec<_>> = (0..read.ways().len())
                .map(|way| entries(&read, way).into_iter().map(|entry| entry.at).collect())
                .collect();
            let question = read.question().unwrap_or_default();
            let named = question.split(['“', '”']).nth(1).unwrap_or_default().trim_end_matches('…');
            prop_assert!(!named.is_empty() && text.contains(named), "{}", question);
            let is_right = |way: &Vec<_>| way.iter().zip(&list).all(|(found, (at, ..))| *found == Some(*at));
            let is_each = || (0..list.len()).all(|line| ways.iter().any(|way| way[line] == Some(list[line].0)));
            let has_days = !matches!(days, DaysStand::Nowhere);
            let is_offered = !has_days || ways.iter().any(is_right) || (doubt == Doubt::Twice && is_each());
            prop_assert!(is_offered, "{:?}: {}", doubt, text);
            return Ok(());
        }
        let entries = entries(&read, 0);
        let found: Vec<_> = entries.iter().map(|entry| (entry.at, entry.until)).collect();
        // An end in an hour that comes twice is the first from the start on.
        let is_turn = |at: DateTime<Utc>| near.zone.instants(near.zone.local(at).naive_local()).all().count() > 1;
        let expected: Vec<_> = list.iter().zip(&found).map(|((at, until, _), found)| {
            (Some(*at), if until.is_some_and(is_turn) { found.1 } else { *until })
        }).collect();
        prop_assert_eq!(found, expected, "{}", text);
        for (entry, (_, _, words)) in entries.iter().zip(&list) {
            let squeezed = entry.text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(squeezed.as_str(), *words, "{}", text);
        }
    }

    #[test]
    fn no_pasted_word_is_lost(
        lines in proptest::collection::vec("([a-m]{1,9} ?){1,6}|`{3}([a-m]{1,9} ){1,3}`{0,3}|`{3}[a-m]{1,9} [a-m]{1,9}`{3}( [a-m]{1,9}){1,3}|1[0-9]:10 [a-m]{1,9}|\\PC{0,30}", 0..12),
    ) {
        let text = lines.join("\n");
        let list = read(&text, &near());
        let taken = list.take(0, &mut ids());
        let words = taken.commands.iter().map(|command| match command {
            Command::AddEntry(_, draft) => draft.text.clone(),
            Command::AddAction(_, draft) => draft.text.clone(),
            other => panic!("{other:?}"),
        });
        let kept = words.collect::<Vec<_>>().join("\n");
        for line in text.lines().filter(|line| line.contains(|next: char| ('a'..='m').contains(&next)) && line.chars().all(|next| ('a'..='m').contains(&next) || next == ' ')) {
            prop_assert!(kept.contains(line.trim_end()), "{}", line);
        }
        // One word behind a fence is the name of a language.
        for code in text.lines().filter(|line| line.starts_with("```")).map(|line| line.trim_matches(['`', ' '])) {
            prop_assert!(!code.contains(' ') || kept.contains(code), "{}", code);
            prop_assert!(!code.contains("```") || kept.contains(&format!("```{code}")), "{}", code);
        }
        prop_assert_eq!(taken.commands.len(), taken.lines.len());
    }
}
