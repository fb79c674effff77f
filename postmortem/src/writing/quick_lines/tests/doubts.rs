//! What may be meant in two ways is settled by the rest of the list, or asked about once for all of it.

use super::*;

fn later() -> Near {
    Near::now(at("2026-03-20T18:00:00Z"), Zone::UTC)
}

/// What each of the ways would make of the list.
fn ways(text: &str, near: &Near) -> Vec<Vec<String>> {
    let list = read(text, near);
    let told = |way| {
        let time = |at: DateTime<Utc>| at.format("%m-%d %H:%M").to_string();
        let entries = entries(&list, way).into_iter();
        entries.map(|entry| entry.at.map_or_else(|| "?".to_owned(), time)).collect()
    };
    (0..list.ways().len()).map(told).collect()
}

#[test]
fn am_and_pm_on_some_lines_are_read_by_the_only_order_that_is_kept() {
    for (text, expected) in [
        (
            "9:30 pm a\n9:45 b\n11:50 c\n12:10 am d",
            vec!["03-19 21:30 a", "03-19 21:45 b", "03-19 23:50 c", "03-20 00:10 d"],
        ),
        (
            "12:10 am d\n11:50 c\n9:45 b\n9:30 pm a",
            vec!["03-20 00:10 d", "03-19 23:50 c", "03-19 21:45 b", "03-19 21:30 a"],
        ),
        ("11:50 am a\n12:10 b\n12:40 pm c", vec!["03-20 11:50 a", "03-20 12:10 b", "03-20 12:40 c"]),
        ("9:30 pm a\n21:45 b\n23:50 c", vec!["03-19 21:30 a", "03-19 21:45 b", "03-19 23:50 c"]),
        (
            "2026-03-10 9:30 pm a\n2026-03-10 9:45 b\n2026-03-11 12:10 c\n2026-03-11 12:20 am d",
            vec!["03-10 21:30 a", "03-10 21:45 b", "03-11 00:10 c", "03-11 00:20 d"],
        ),
        (
            "2026-03-10\n9:30 am a\n9:45 b\n10:10 am c\n2026-03-11\n1:10 pm d",
            vec!["03-10 09:30 a", "03-10 09:45 b", "03-10 10:10 c", "03-11 13:10 d"],
        ),
        (
            "9:30 pm a\n9:45 – 10:15 b\n11:50 c\n12:10 am d",
            vec!["03-19 21:30 a", "03-19 21:45 to 03-19 22:15 b", "03-19 23:50 c", "03-20 00:10 d"],
        ),
        ("9:30 a\n9:45 b", vec!["03-20 09:30 a", "03-20 09:45 b"]),
    ] {
        assert_eq!(told(text, &later()), expected, "{text}");
    }
}

#[test]
fn am_and_pm_on_some_lines_are_asked_about_where_more_than_one_order_is_kept() {
    for (text, line, likely, truths) in [
        ("9:30 pm a\n9:45 b", "9:45 b", ["03-19 21:30", "03-19 21:45"], vec!["03-19 21:45", "03-20 09:45"]),
        ("9:45 a\n10:30 pm b", "9:45 a", ["03-19 21:45", "03-19 22:30"], vec!["03-19 22:30"]),
        ("11:50 pm a\n9:15 b", "9:15 b", ["03-19 23:50", "03-20 09:15"], vec!["03-20 09:15"]),
    ] {
        let list = read(text, &later());
        assert_eq!(list.doubt(), Some(Doubt::Halves), "{text}");
        assert!(list.question().expect("a question").contains(&format!("“{line}”")), "{:?}", list.question());
        let ways = ways(text, &later());
        assert_eq!(ways[0], likely, "{text}");
        for truth in truths {
            assert!(ways.iter().any(|way| way[1] == truth), "{text}: {ways:?}");
        }
    }
    let list = read("8:00 pm a\n9:00 am b\n11:00 pm c\n7:00 d\n8:00 am e", &later());
    assert_eq!(list.doubt(), Some(Doubt::Halves), "longer than a day");
}

#[test]
fn a_list_spells_out_the_order_of_its_dates_once() {
    let now = Near::now(at("2026-11-29T12:00:00Z"), Zone::UTC);
    for (text, expected) in [
        ("10/03/2026 12:10 a\n25/03/2026 12:12 b", vec!["03-10 12:10 a", "03-25 12:12 b"]),
        ("10/03/2026 12:10 a\n10/25/2026 12:12 b", vec!["10-03 12:10 a", "10-25 12:12 b"]),
        ("25/03\n12:10 a\n26/03\n12:12 b\n01/04\n12:15 c", vec!["03-25 12:10 a", "03-26 12:12 b", "04-01 12:15 c"]),
        ("10/10/2026 12:10 a", vec!["10-10 12:10 a"]),
        ("Tue 3/10/2026 12:10 a", vec!["03-10 12:10 a"]),
    ] {
        assert_eq!(told(text, &now), expected, "{text}");
    }
    assert_eq!(told("25/03/2026 12:10 a\n03/25/2026 12:12 b\n10/03/2026 12:14 c", &now)[0], "Dates?");
    let text = "10/03/2026 12:10 a\n10/03/2026 12:12 – 10/03/2026 12:40 b\n11/03/2026 09:00 c";
    let list = read(text, &now);
    assert_eq!((list.doubt(), list.ways().len()), (Some(Doubt::Dates), 2));
    assert!(list.question().expect("a question").contains("“10/03/2026 12:10 a”"));
    let mut ways = ways(text, &now);
    ways.sort();
    assert_eq!(ways, [["03-10 12:10", "03-10 12:12", "03-11 09:00"], ["10-03 12:10", "10-03 12:12", "11-03 09:00"]]);
    for way in 0..2 {
        let entry = &entries(&list, way)[1];
        assert_eq!(entry.until.zip(entry.at).map(|(end, start)| end - start), Some(TimeDelta::minutes(28)));
    }
}

#[test]
fn a_year_of_two_digits_is_the_likely_one_or_asked_about() {
    let now = Near::now(at("2026-11-29T12:00:00Z"), Zone::UTC);
    for (text, expected) in [
        ("26-03-10 12:10 a\n26-03-11 12:12 b", vec!["03-10 12:10 a", "03-11 12:12 b"]),
        ("26/03/10 12:10 a", vec!["03-10 12:10 a"]),
        ("25/03/26 12:10 a\n01/04/26 12:12 b", vec!["03-25 12:10 a", "04-01 12:12 b"]),
        ("10.03.26 12:10 a", vec!["03-10 12:10 a"]),
    ] {
        let read = told(text, &now);
        assert_eq!(read, expected, "{text}");
        assert!(
            entries(&super::read(text, &now), 0)
                .iter()
                .all(|entry| { entry.at.is_some_and(|at| at.format("%Y").to_string() == "2026") }),
            "{text}"
        );
    }
    assert_eq!(told("10/03/26 12:10 a\n11/03/26 12:12 b", &now)[0], "Dates?");
    for text in [
        "10.03.62 12:10 a",
        "62-03-10 12:10 a",
        "10/03/62 12:10 a",
        "10.03.10 12:10 a",
        "2062-03-10 12:10 a",
        "10.03.2062 12:10 a",
        "25/03/2062 12:10 a",
    ] {
        let list = super::read(text, &now);
        let entry = &entries(&list, 0)[0];
        assert_eq!((entry.at, entry.text.as_str()), (None, text));
        assert!(entry.note.contains("Write"), "{}", entry.note);
    }
    let old = Near { started: Some(at("2010-03-26T11:00:00Z")), ..now };
    assert_eq!(told("26-03-10 12:10 a", &old)[0], "Dates?", "the incident was then");
}

#[test]
fn a_small_am_is_read_by_the_other_lines_of_its_list() {
    for (text, expected) in [
        ("11:50 pm a\n12:30 am Server down", vec!["03-19 23:50 a", "03-20 00:30 Server down"]),
        ("12:30 am Server gestoppt\n13:05 wieder da", vec!["03-20 12:30 am Server gestoppt", "03-20 13:05 wieder da"]),
        ("12:30 am Server ist nichts zu sehen", vec!["03-20 12:30 am Server ist nichts zu sehen"]),
    ] {
        assert_eq!(told(text, &later()), expected, "{text}");
    }
    let list = super::read("12:30 am Server gestoppt", &later());
    let entry = &entries(&list, 0)[0];
    assert_eq!(entry.at, None);
    assert!(entry.note.contains("Write 00:30, or 12:30: am"), "{}", entry.note);
    assert_eq!(told("12:30: am Server gestoppt", &later()), ["03-20 12:30 am Server gestoppt"]);
}

#[test]
fn headings_with_words_and_names_of_columns_are_no_entries() {
    let started = Near { started: Some(at("2026-03-10T12:00:00Z")), ..later() };
    let expected = ["03-10 12:24 a", "03-11 09:31 c"];
    for (one, two) in [
        ("Day 1 – the queues", "Day 2 – failover"),
        ("Day 1: the queues", "Day 2: failover"),
        ("Tuesday (all hands)", "Wednesday (cont.)"),
        ("## 2026-03-10: the morning", "## 2026-03-11: the evening"),
        ("2026-03-10: the morning", "2026-03-11 - the evening"),
        ("**10 March** – the morning", "**11 March** – the evening"),
        ("10 March, the morning", "11 March, the evening"),
    ] {
        assert_eq!(told(&format!("{one}\n12:24 a\n{two}\n09:31 c"), &started), expected, "{one}");
        assert_eq!(told(&format!("{one}\n\n- 12:24 a\n\n{two}\n\n- 09:31 c"), &started), expected, "{one}");
    }
    for head in ["Time\tEvent", "Time\tWho\tWhat", "Date / time\tEvent", "When\tWhat happened"] {
        let row = if head.matches('\t').count() == 2 { "12:24\tMara\ta" } else { "12:24\ta" };
        let text = if head.matches('\t').count() == 2 { "03-20 12:24 Mara\ta" } else { "03-20 12:24 a" };
        assert_eq!(told(&format!("{head}\n{row}"), &later()), [text], "{head}");
    }
    assert_eq!(told("Time;Event\n12:24;a", &later()), ["03-20 12:24 a"]);
    // What says more than a heading does is kept.
    let text = "2026-03-10: everybody is asked to stop deploying until it is over\n12:24 a";
    assert_eq!(
        told(text, &later()),
        ["? 2026-03-10: everybody is asked to stop deploying until it is over", "03-10 12:24 a"]
    );
    assert_eq!(told("Tuesday was quiet\n12:24 a", &later())[0], "? Tuesday was quiet");
}

#[test]
fn weekdays_run_as_their_lines_do_and_else_are_asked_about() {
    // A Thursday.
    let now = Near::now(at("2026-03-19T12:00:00Z"), Zone::UTC);
    let started = |day: &str| Near { started: Some(at(&format!("2026-03-{day}T08:00:00Z"))), ..now };
    for near in [now, started("13")] {
        assert_eq!(
            told("Friday\n17:00 deploy\n17:20 alerts\nWednesday\n10:00 fix", &near),
            ["03-13 17:00 deploy", "03-13 17:20 alerts", "03-18 10:00 fix"]
        );
    }
    assert_eq!(
        told("Friday\n17:20 fix\n17:00 alerts\nWednesday\n10:00 deploy", &now),
        ["03-13 17:20 fix", "03-13 17:00 alerts", "03-11 10:00 deploy"]
    );
    // The first heading is the last day, and five days behind the start.
    assert_eq!(
        told("Tuesday\n17:20 d\n17:00 c\nFriday\n10:00 b\nThursday\n09:00 a", &started("12")),
        ["03-17 17:20 d", "03-17 17:00 c", "03-13 10:00 b", "03-12 09:00 a"]
    );
    let text = "Friday\n17:00 deploy\nWednesday\n10:00 fix";
    let list = read(text, &now);
    assert_eq!(list.doubt(), Some(Doubt::Order));
    assert_eq!(list.ways(), ["The days in order", "The newest day first"]);
    assert_eq!(ways(text, &now), [["03-13 17:00", "03-18 10:00"], ["03-13 17:00", "03-11 10:00"]]);
    assert!(list.question().expect("a question").contains("“10:00 fix”"));
    assert_eq!(told(text, &started("13")), ["03-13 17:00 deploy", "03-18 10:00 fix"]);
    let both = read("Friday\n20:00 a\n06:00 b\n23:00 c\nWednesday\n10:00 d", &now);
    assert_eq!(
        both.ways(),
        [
            "The days in order; All on the same day",
            "The days in order; In order, over midnight",
            "The newest day first",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn a_list_with_am_and_pm_on_some_lines_is_read_as_it_was_or_asked_about(
        gaps in proptest::collection::vec((0_i64..599, any::<bool>()), 2..8),
        first in 0_i64..1_440,
        is_dense in any::<bool>(), newest_first in any::<bool>(), has_days in any::<bool>(),
    ) {
        let mut instant = at("2018-10-20T00:00:00Z") + TimeDelta::minutes(first);
        let mut list = Vec::new();
        for (gap, has_half) in &gaps {
            list.push((instant, *has_half));
            instant += TimeDelta::minutes(if is_dense { gap % 90 } else { *gap });
        }
        list[0].1 = true;
        if newest_first {
            list.reverse();
        }
        let written = |(at, has_half): &(DateTime<Utc>, bool)| {
            let day = if has_days { "%Y-%m-%d " } else { "" };
            let clock = if *has_half { "%-I:%M %p x" } else { "%-I:%M x" };
            at.format(&format!("{day}{clock}")).to_string()
        };
        let text = list.iter().map(written).collect::<Vec<_>>().join("\n");
        let started = list.iter().map(|(at, _)| *at).min();
        let read = super::read(&text, &Near { started, reference: None, ..near() });
        let found: Vec<Vec<_>> = (0..read.ways().len())
            .map(|way| entries(&read, way).into_iter().map(|entry| entry.at).collect())
            .collect();
        let expected: Vec<_> = list.iter().map(|(at, _)| Some(*at)).collect();
        prop_assert!(found.contains(&expected), "{}: {:?}", text, found);
        prop_assert_eq!(read.doubt().is_some(), found.len() > 1);
        prop_assert_eq!(read.question().is_some_and(|question| question.contains(" x”")), found.len() > 1);
    }
}
