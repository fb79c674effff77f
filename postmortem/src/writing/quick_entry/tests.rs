//! Lines as people type them.

use super::*;
use crate::zone::berlin;
use proptest::prelude::*;

fn reference() -> DateTime<Utc> {
    "2018-10-21T23:19:00Z".parse().expect("a time")
}

/// Years after the incident, beside its latest entry.
fn near(reference: DateTime<Utc>, zone: Zone) -> Near {
    Near::beside(reference, "2026-11-29T12:37:00Z".parse().expect("a time"), zone)
}

fn read(line: &str) -> Result<QuickLine, QuickEntryError> {
    parse(line, &near(reference(), Zone::UTC))
}

fn entry(line: &str) -> QuickEntry {
    match read(line) {
        Ok(QuickLine::Entry(entry)) => entry,
        other => panic!("{line:?} gave {other:?}"),
    }
}

fn at(line: &str) -> String {
    entry(line).at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[test]
fn a_line_has_a_time_a_text_and_a_source() {
    let entry = entry("23:07 deploys locked https://deploys.example/1");
    assert_eq!(entry.at.to_rfc3339(), "2018-10-21T23:07:00+00:00");
    assert_eq!(entry.text, "deploys locked");
    assert_eq!(entry.source.expect("a link").as_str(), "https://deploys.example/1");
    assert_eq!(entry.precision, Precision::Minute);
}

#[test]
fn a_time_after_midnight_is_put_on_the_next_day() {
    assert_eq!(at("00:05 plan set"), "2018-10-22T00:05:00Z");
}

#[test]
fn a_date_in_front_overrides_the_inferred_one() {
    assert_eq!(at("2018-10-20 09:00 change merged"), "2018-10-20T09:00:00Z");
    assert_eq!(entry("2018-10-20T09:00:30Z change merged").precision, Precision::Exact);
}

#[test]
fn a_zone_behind_the_time_overrides_the_one_that_is_meant() {
    for line in ["23:07Z x", "23:07 UTC x", "01:07+02:00 x", "01:07 CEST x", "01:07 +02:00 x", "01:07 UTC+2 x"] {
        assert_eq!(at(line), "2018-10-21T23:07:00Z", "{line}");
    }
    assert_eq!(at("2018-10-21T19:07:00-04:00 x"), "2018-10-21T23:07:00Z");
    assert_eq!(at("2018-10-21T19:07-04:00 x"), "2018-10-21T23:07:00Z");
    assert_eq!(at("2018-10-21 19:07 UTC-4 x"), "2018-10-21T23:07:00Z");
    assert_eq!(at("7:07 pm EDT x"), "2018-10-21T23:07:00Z");
    assert_eq!(entry("01:07 CEST deploys locked").text, "deploys locked");
}

#[test]
fn every_suffix_of_a_clock_is_read() {
    for (line, start, end) in [
        ("2026-03-10 09:30-09:32 x", "2026-03-10T09:30:00Z", Some("2026-03-10T09:32:00Z")),
        ("2026-03-10 09:30–09:32 x", "2026-03-10T09:30:00Z", Some("2026-03-10T09:32:00Z")),
        ("2026-03-10 09:30 - 09:32 x", "2026-03-10T09:30:00Z", Some("2026-03-10T09:32:00Z")),
        ("2026-03-10 09:30 to 09:32 x", "2026-03-10T09:30:00Z", Some("2026-03-10T09:32:00Z")),
        ("2026-03-10 09:30 → 09:32 x", "2026-03-10T09:30:00Z", Some("2026-03-10T09:32:00Z")),
        ("2026-03-10 09:30 until 2026-03-11 01:00 x", "2026-03-10T09:30:00Z", Some("2026-03-11T01:00:00Z")),
        ("2026-03-10 06:45 to 08:00 x", "2026-03-10T06:45:00Z", Some("2026-03-10T08:00:00Z")),
        ("2026-03-10 06:45-08:00 UTC x", "2026-03-10T06:45:00Z", Some("2026-03-10T08:00:00Z")),
        ("2026-03-10 23:30–00:15 CET x", "2026-03-10T22:30:00Z", Some("2026-03-10T23:15:00Z")),
        ("2026-03-10 2:02–2:10 PM x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:10:00Z")),
        ("2026-03-10 11:50–12:10 PM x", "2026-03-10T11:50:00Z", Some("2026-03-10T12:10:00Z")),
        ("2026-03-10 1:15 PM – 2:30 x", "2026-03-10T13:15:00Z", Some("2026-03-10T14:30:00Z")),
        ("2026-03-10 11:50 PM – 12:10 x", "2026-03-10T23:50:00Z", Some("2026-03-11T00:10:00Z")),
        ("2026-03-10 11:50 AM – 12:10 x", "2026-03-10T11:50:00Z", Some("2026-03-10T12:10:00Z")),
        ("2026-03-10 1:15 PM – 14:30 x", "2026-03-10T13:15:00Z", Some("2026-03-10T14:30:00Z")),
        ("2026-03-10 2 PM – 3 PM x", "2026-03-10T14:00:00Z", Some("2026-03-10T15:00:00Z")),
        ("2026-03-10 19:07:15 -0400 x", "2026-03-10T23:07:15Z", None),
        ("2026-03-10 19:07:15-04:00 x", "2026-03-10T23:07:15Z", None),
        ("2026-03-10 19:07:15 -04:00 x", "2026-03-10T23:07:15Z", None),
        ("2026-03-10 04:37+0530 x", "2026-03-09T23:07:00Z", None),
        ("2026-03-10 04:37 +0530 x", "2026-03-09T23:07:00Z", None),
        ("2026-03-10 14:02 utc x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 14:02 [UTC] x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 14:02 [CET] x", "2026-03-10T13:02:00Z", None),
        ("2026-03-10 14:02, CET x", "2026-03-10T13:02:00Z", None),
        ("2026-03-10 14:02 - CET x", "2026-03-10T13:02:00Z", None),
        ("2026-03-10 14:02 UTC+530 x", "2026-03-10T08:32:00Z", None),
        ("2026-03-10 14:02+530 x", "2026-03-10T08:32:00Z", None),
        ("2026-03-10 14:02:15 -05 x", "2026-03-10T19:02:15Z", None),
        ("2026-03-10T10:30-11 x", "2026-03-10T21:30:00Z", None),
        ("2026-03-10 14:02 (UTC) x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 14:02 (UTC+2) x", "2026-03-10T12:02:00Z", None),
        ("2026-03-10 14:02 UTC−5 x", "2026-03-10T19:02:00Z", None),
        ("2026-03-10 14:02UTC x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 2:02 p.m. x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 2:02PM x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 2 pm x", "2026-03-10T14:00:00Z", None),
        ("2026-03-10 12:05 am x", "2026-03-10T00:05:00Z", None),
        ("2026-03-10 14:02 Uhr x", "2026-03-10T14:02:00Z", None),
        ("Mar 10, 2026, 12:10 UTC x", "2026-03-10T12:10:00Z", None),
        ("10.03.2026 12:10 x", "2026-03-10T12:10:00Z", None),
        ("10 March 2026 12:10 x", "2026-03-10T12:10:00Z", None),
        ("Tue, 10 Mar 2026 12:10:43 +0100 x", "2026-03-10T11:10:43Z", None),
        ("Tuesday, March 10th, 2026 at 12:10 PM x", "2026-03-10T12:10:00Z", None),
        ("[10/Mar/2026:12:10:43 +0100] x", "2026-03-10T11:10:43Z", None),
        ("2026/03/10 12:10 x", "2026-03-10T12:10:00Z", None),
        ("13/03/2026 12:10 x", "2026-03-13T12:10:00Z", None),
        ("3/13/2026 12:10 x", "2026-03-13T12:10:00Z", None),
        ("[12:10, 10.03.2026] x", "2026-03-10T12:10:00Z", None),
        ("20260310T121043Z x", "2026-03-10T12:10:43Z", None),
        ("20260310T1210+0100 x", "2026-03-10T11:10:00Z", None),
        ("2026-03-10T1210Z x", "2026-03-10T12:10:00Z", None),
        ("2026-03-10T121043 x", "2026-03-10T12:10:43Z", None),
        ("2026-03-10 14:02h x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 14:02 h x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 14 Uhr x", "2026-03-10T14:00:00Z", None),
        ("10.03.2026 14.02 Uhr x", "2026-03-10T14:02:00Z", None),
        ("2026-03-10 14.02–14.10 Uhr x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:10:00Z")),
        ("2026-03-10 14:02Z/14:05Z x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:05:00Z")),
        ("2026-03-10T14:02Z/2026-03-10T14:05Z x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:05:00Z")),
        ("2026-03-10T14:02Z/14:05Z x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:05:00Z")),
        ("2026-03-10 14:02/14:05 x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:05:00Z")),
        ("20260310T1402Z/20260310T1405Z x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:05:00Z")),
        ("2026-03-10T14:02+01:00/14:05+01:00 x", "2026-03-10T13:02:00Z", Some("2026-03-10T13:05:00Z")),
        ("2026-03-10 14:02–~14:10 x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:10:00Z")),
        ("2026-03-10 14:02 to about 14:10 x", "2026-03-10T14:02:00Z", Some("2026-03-10T14:10:00Z")),
        ("**2026-03-10 14:02 x**", "2026-03-10T14:02:00Z", None),
        ("*2026-03-10 14:02* x", "2026-03-10T14:02:00Z", None),
        ("_2026-03-10 14:02 x_", "2026-03-10T14:02:00Z", None),
        ("2026-12-31T23:59:60Z x", "2027-01-01T00:00:00Z", None),
        ("2026-03-10 23:59:60 x", "2026-03-11T00:00:00Z", None),
    ] {
        let read = entry(line);
        let told = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert_eq!((told(read.at), read.until.map(told)), (start.to_owned(), end.map(str::to_owned)), "{line}");
        assert_eq!(read.text, "x", "{line}");
    }
    assert_eq!(entry("2026-03-10 12:10:43,512 x").at.to_rfc3339(), "2026-03-10T12:10:43.512+00:00");
    assert_eq!(entry("2026-03-10 12:10:43.512Z x").at.to_rfc3339(), "2026-03-10T12:10:43.512+00:00");
    // A year that is not written is the one that brings the day nearest, and not the future.
    assert_eq!(at("Mar 10, 12:10 UTC x"), "2019-03-10T12:10:00Z");
}

#[test]
fn words_behind_a_clock_are_no_suffix() {
    for (line, words) in [
        ("23:07 DNS fails", "DNS fails"),
        ("23:07 API and DB are down", "API and DB are down"),
        ("23:07 +2 nodes", "+2 nodes"),
        ("23:07 -5 nodes", "-5 nodes"),
        ("23:07 -3 nodes left", "-3 nodes left"),
        ("23:07 –3 nodes left", "–3 nodes left"),
        ("23:07: -3 nodes left", "-3 nodes left"),
        ("23:07 - -3 nodes left", "-3 nodes left"),
        ("23:07 | -3 nodes left", "-3 nodes left"),
        ("23:07 -30 % traffic", "-30 % traffic"),
        ("23:07 --force was used", "--force was used"),
        ("23:07 -v is used", "-v is used"),
        ("23:07 +1 from Mara", "+1 from Mara"),
        ("23:07 :wave: from Mara", ":wave: from Mara"),
        ("23:07 -- down", "down"),
        ("23:07- down", "down"),
        ("23:07-down", "down"),
        ("23:07 - ish", "ish"),
        ("23:07/down", "/down"),
        ("23:07: down", "down"),
        ("23:07 yesterday\u{2019}s deploy", "yesterday\u{2019}s deploy"),
        ("23:07 on call is paged", "on call is paged"),
        ("23:07 3/4 of the nodes", "3/4 of the nodes"),
        ("23:07 1.2.26 rolled out", "1.2.26 rolled out"),
        ("23:07 10 nodes left", "10 nodes left"),
        ("23:07 sat waiting", "sat waiting"),
        ("23:07 GET /health fails", "GET /health fails"),
        ("23:07 Amt informiert", "Amt informiert"),
        ("23:07 h-base fails", "h-base fails"),
        ("23:07 am Router ist nichts", "am Router ist nichts"),
        ("23:07 - 5 nodes", "5 nodes"),
        ("23:07 to prod", "to prod"),
        ("23:07 until noon nothing helped", "until noon nothing helped"),
        ("23:07 west region down", "west region down"),
        ("23:07 eat lunch", "eat lunch"),
        ("23:07 met the vendor", "met the vendor"),
        ("23:07 EST-12 is closed", "EST-12 is closed"),
        ("23:07 (all regions) down", "(all regions) down"),
        ("23:07 Central switch fails", "Central switch fails"),
        ("23:07 a node dies", "a node dies"),
        ("23:07 Z-wave fails", "Z-wave fails"),
        ("23:07 UTC-based job fails", "UTC-based job fails"),
        ("23:07 At the same time it fails", "At the same time it fails"),
        ("23:07 AT&T is down", "AT&T is down"),
        ("23:07 West is down", "West is down"),
        ("23:07 Met the vendor", "Met the vendor"),
        ("23:07 - DNS fails", "DNS fails"),
        ("23:07, DNS fails", "DNS fails"),
        ("23:07 [DNS] fails", "[DNS] fails"),
    ] {
        assert_eq!(entry(line).text, words, "{line}");
        assert_eq!(at(line), "2018-10-21T23:07:00Z", "{line}");
    }
}

#[test]
fn what_may_be_two_times_is_asked_about_and_the_advice_is_read_as_it_says() {
    let said = |line: &str| read(line).expect_err(line).to_string();
    for name in [
        "IST",
        "PT",
        "ET",
        "SGT",
        "SAST",
        "cest",
        "EST",
        "(PST)",
        "Europe/Madrid",
        "Pacific time",
        "Eastern Standard Time",
        "MESZ",
        "[IST]",
        "(local)",
        "Berlin time",
        "UTC2",
        "CET/CEST",
        "(GMT/BST)",
        "CET / CEST",
        "AZT",
        "AMT",
        "IRDT",
        "PYT",
        "ULAT",
        "CHAST",
        "WEZ",
        "MART",
    ] {
        let told = said(&format!("14:02 {name} deploys locked"));
        assert!(told.contains("Write the distance from UTC instead, as in 14:02 UTC"), "{told}");
        let advice = told.rsplit("as in ").next().expect("advice").trim_end_matches('.').to_owned();
        assert_eq!(entry(&format!("2026-03-10 {advice} x")).text, "x", "{advice}");
        assert!(read(&format!("14:02 {name}")).is_err());
        assert!(parse_time(&format!("14:02 {name}"), &near(reference(), Zone::UTC)).is_err());
    }
    assert!(said("23:07 IST x").starts_with("IST names several zones"));
    assert!(said("2:02 PM ET x").contains("2:02 UTC-5") || said("2:02 PM ET x").contains("2:02 PM UTC-5"));
    for line in ["06:45-08:00 x", "2026-03-10 06:45-08:00 x", "2026-03-10 23:30-01:00 x", "06:45 -08:00 x"] {
        let told = said(line);
        assert!(told.contains("may be a range or a distance from UTC"), "{told}");
    }
    assert_eq!(
        said("06:45-08:00 x"),
        "06:45-08:00 may be a range or a distance from UTC. Write 06:45 to 08:00, or 06:45 UTC-08:00."
    );
    assert_eq!(at("2026-03-10 06:45 UTC-08:00 x"), "2026-03-10T14:45:00Z");
    assert!(said("10/03/2026 12:10 x").contains("may be two dates"));
    for line in [
        "14:02 +1200 x",
        "14:02:43 +1200 x",
        "14:02:43 -1000 x",
        "2026-03-10 14:02 +1200 x",
        "2026-03-10 14:02 -1000 x",
        "14:02 UTC +2 x",
        "14:02 GMT -1 x",
    ] {
        assert!(said(line).contains("may be a distance from UTC"), "{line}");
    }
    for (line, told) in [
        ("10:30-11 x", "10:30-11:00 may be a range or a distance from UTC. Write 10:30 to 11:00, or 10:30 UTC-11:00."),
        ("10:30-12 x", "10:30-12:00 may be a range or a distance from UTC. Write 10:30 to 12:00, or 10:30 UTC-12:00."),
        (
            "10:30-1130 x",
            "10:30-11:30 may be a range or a distance from UTC. Write 10:30 to 11:30, or 10:30 UTC-11:30.",
        ),
        ("09:30-0932 x", "09:30-0932 is not a time. Write 09:30 to 09:32."),
        ("12:10-13 x", "12:10-13 is not a time. Write 12:10 to 13:00."),
    ] {
        assert_eq!(said(line), told);
    }
    for line in ["2:02 PM Eastern x", "2:02 PM Pacific, x"] {
        assert!(said(line).contains("names several zones"), "{line}");
    }
    assert_eq!(said("31.02.2026 12:10 x"), "31.02.2026 is not a date. Write it as 2018-10-21.");
}

#[test]
fn a_day_that_was_not_written_is_never_in_the_future() {
    let now: DateTime<Utc> = "2026-11-29T12:37:00Z".parse().expect("a time");
    let at = |line: &str, near: Near| match parse(line, &near) {
        Ok(QuickLine::Entry(entry)) => entry.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        other => panic!("{line:?} gave {other:?}"),
    };
    let time = |text: &str| Some(text.parse::<DateTime<Utc>>().expect("a time"));
    let fresh = Near::now(now, Zone::UTC);
    assert_eq!(at("00:10 alerts fire", fresh), "2026-11-29T00:10:00Z");
    assert_eq!(at("22:52 link to the data center lost", fresh), "2026-11-28T22:52:00Z");
    assert_eq!(at("12:37 x", fresh), "2026-11-29T12:37:00Z");
    assert_eq!(at("12:39 x", fresh), "2026-11-28T12:39:00Z");
    let going = Near { started: time("2026-11-29T11:50:00Z"), reference: time("2026-11-29T12:30:00Z"), ..fresh };
    assert_eq!(at("00:10 alerts fire", going), "2026-11-29T00:10:00Z");
    assert_eq!(at("23:50 alerts fire", going), "2026-11-28T23:50:00Z");
    let over = Near {
        started: time("2026-11-03T13:00:00Z"),
        resolved: time("2026-11-04T09:00:00Z"),
        reference: time("2026-11-05T10:00:00Z"),
        ..fresh
    };
    assert_eq!(at("14:05 x", over), "2026-11-03T14:05:00Z");
    assert_eq!(at("08:59 x", over), "2026-11-04T08:59:00Z");
    let short = Near { started: time("2026-11-04T13:00:00Z"), resolved: time("2026-11-04T16:00:00Z"), ..fresh };
    assert_eq!(at("14:05 x", short), "2026-11-04T14:05:00Z");
    assert_eq!(at("12:50 the change goes out", short), "2026-11-04T12:50:00Z");
    assert_eq!(at("17:10 customers are told", short), "2026-11-04T17:10:00Z");
    let ended = Near { started: time("2026-11-28T20:00:00Z"), resolved: time("2026-11-28T22:00:00Z"), ..fresh };
    assert_eq!(at("10:00 customers are told", ended), "2026-11-29T10:00:00Z");
    assert_eq!(at("20:30 x", ended), "2026-11-28T20:30:00Z");
    let wrong = Near { started: time("2027-01-01T00:00:00Z"), ..fresh };
    assert_eq!(at("12:00 x", wrong), "2026-11-29T12:00:00Z");
    let Ok(QuickLine::Entry(guessed)) = parse("00:10 x", &going) else { panic!("an entry") };
    let TimeFound::Guessed(others) = guessed.found else { panic!("a guess") };
    assert_eq!(others.first(), time("2026-11-28T00:10:00Z").as_ref());
    let Ok(QuickLine::Entry(written)) = parse("2026-11-28 00:10 x", &going) else { panic!("an entry") };
    assert_eq!(written.found, TimeFound::Written);
}

#[test]
fn a_typed_line_without_a_time_means_now_while_the_incident_goes_on() {
    let now: DateTime<Utc> = "2026-11-29T12:37:41Z".parse().expect("a time");
    let started = Some("2026-11-29T11:50:00Z".parse().expect("a time"));
    let going = Near { started, ..Near::now(now, Zone::UTC) };
    let Ok(QuickLine::Entry(entry)) = parse("[decision] deploys locked https://a.example/1", &going) else {
        panic!("an entry")
    };
    assert_eq!(entry.at.to_rfc3339(), "2026-11-29T12:37:00+00:00");
    assert_eq!((entry.found, entry.text.as_str()), (TimeFound::Now, "deploys locked"));
    assert_eq!(entry.kind, Some(EntryKind::Decision));
    for near in [
        Near { resolved: Some(now), ..going },
        Near { started: Some("2026-11-28T12:00:00Z".parse().expect("a time")), ..going },
        Near { started: None, ..going },
    ] {
        assert!(matches!(parse("deploys locked", &near), Err(QuickEntryError::NoTime(_))));
    }
    assert!(parse("14:02 SGT x", &going).is_err(), "a refused zone is no word of now");
}

#[test]
fn the_hour_that_comes_twice_is_a_guess_that_is_shown() {
    let near = Near {
        started: Some("2026-11-01T05:30:00Z".parse().expect("a time")),
        ..Near::beside(
            "2026-11-01T05:55:00Z".parse().expect("a time"),
            "2026-11-01T06:30:00Z".parse().expect("a time"),
            crate::zone::new_york(),
        )
    };
    let Ok(QuickLine::Entry(entry)) = parse("01:05 x", &near) else { panic!("an entry") };
    assert_eq!(entry.at.to_rfc3339(), "2026-11-01T06:05:00+00:00", "nearest to the entry before");
    let TimeFound::Guessed(others) = entry.found else { panic!("a guess") };
    assert_eq!(others.first().map(DateTime::to_rfc3339).as_deref(), Some("2026-11-01T05:05:00+00:00"));
}

#[test]
fn a_time_is_meant_in_the_zone_of_its_reader_over_the_change_of_clocks() {
    let berlin = |line: &str, reference: &str| {
        let reference = reference.parse().expect("a time");
        match parse(line, &near(reference, berlin())) {
            Ok(QuickLine::Entry(entry)) => entry.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            other => panic!("{line:?} gave {other:?}"),
        }
    };
    assert_eq!(berlin("01:07 x", "2018-10-21T22:52:00Z"), "2018-10-21T23:07:00Z");
    assert_eq!(berlin("01:30 x", "2018-10-28T00:10:00Z"), "2018-10-27T23:30:00Z");
    assert_eq!(berlin("03:30 x", "2018-10-28T00:10:00Z"), "2018-10-28T02:30:00Z");
    assert_eq!(berlin("02:30 CET x", "2018-10-28T00:10:00Z"), "2018-10-28T01:30:00Z");
}

#[test]
fn about_is_kept() {
    assert_eq!(entry("~23:13 engineers paged").precision, Precision::About);
    assert_eq!(entry("about 23:13 engineers paged").text, "engineers paged");
    assert_eq!(entry("23:13–~23:20 engineers paged").precision, Precision::About);
}

#[test]
fn about_is_said_once() {
    let many = format!("{}12:10 x", "~".repeat(100_000));
    for line in ["~~12:10~~ 12:15 x", &many, &many.replace('~', "about ")] {
        assert_eq!(read(line), Err(QuickEntryError::NoTime(line.to_owned())));
    }
}

#[test]
fn an_end_may_be_typed() {
    for line in ["23:15–00:10 replicas lag", "23:15-00:10 replicas lag", "23:15 until 00:10 replicas lag"] {
        let entry = entry(line);
        assert_eq!(entry.until, Some("2018-10-22T00:10:00Z".parse().expect("a time")), "{line}");
        assert_eq!(entry.text, "replicas lag", "{line}");
    }
    assert_eq!(entry("23:15 until noon nothing helped").text, "until noon nothing helped");
}

#[test]
fn an_end_before_its_start_is_kept_and_no_time_of_the_next_day() {
    let now = Near::now("2026-11-29T12:37:00Z".parse().expect("a time"), Zone::UTC);
    for (line, until) in [
        ("12:30–12:10 queue stops", "2026-11-29T12:10:00Z"),
        ("2026-03-10 14:05 - 14:02 x", "2026-03-10T14:02:00Z"),
        ("2026-11-28 23:30–00:15 x", "2026-11-29T00:15:00Z"),
        ("2026-11-28 08:00–21:00 x", "2026-11-28T21:00:00Z"),
        ("2026-11-28 23:30–11:30 x", "2026-11-29T11:30:00Z"),
        ("2026-11-28 20:00–09:30 x", "2026-11-29T09:30:00Z"),
        ("20:00–09:30 x", "2026-11-29T09:30:00Z"),
        ("2026-11-28 17:30–11:30 x", "2026-11-29T11:30:00Z"),
        ("2026-11-28 17:00–11:30 x", "2026-11-28T11:30:00Z"),
        ("2026-11-28 14:00–09:30 x", "2026-11-28T09:30:00Z"),
        ("2026-11-28 22:00–12:10 x", "2026-11-28T12:10:00Z"),
        ("2026-11-29 20:00–09:30 x", "2026-11-29T09:30:00Z"),
        ("2026-11-29 12:30–12:50 x", "2026-11-29T12:50:00Z"),
    ] {
        let Ok(QuickLine::Entry(entry)) = parse(line, &now) else { panic!("{line}") };
        assert_eq!(entry.until, Some(until.parse().expect("a time")), "{line}");
    }
}

#[test]
fn r31_kind_and_severity_may_stand_in_brackets() {
    let entry = entry("23:13 [status change] [SEV-1] status set to red");
    assert_eq!(entry.kind, Some(EntryKind::StatusChange));
    assert_eq!(entry.severity, Some(Severity::Sev1));
    assert_eq!(entry.text, "status set to red");
    assert_eq!(
        super::tests::entry("23:13 [graph](https://a.example/g) fell").text,
        "[graph](https://a.example/g) fell"
    );
}

#[test]
fn lines_of_chats_lists_and_tables_are_understood() {
    for line in [
        "[23:07] deploys locked",
        "- 23:07 deploys locked",
        "| 23:07 | deploys locked |",
        "1. 23:07 deploys locked",
        "12) 23:07 deploys locked",
        "> 23:07 deploys locked",
        "- [ ] 23:07 deploys locked",
        "* [x] 23:07 deploys locked",
        "– 23:07 deploys locked",
        "· 23:07 deploys locked",
        "[11:07 PM] deploys locked",
    ] {
        assert_eq!(
            (at(line).as_str(), entry(line).text.as_str()),
            ("2018-10-21T23:07:00Z", "deploys locked"),
            "{line}"
        );
    }
}

#[test]
fn g13_todo_in_front_makes_an_action_item() {
    assert_eq!(read("TODO: add an alert"), Ok(QuickLine::Action("add an alert".into())));
}

#[test]
fn an_impossible_time_says_what_to_write() {
    let said = |line: &str| read(line).expect_err("refused").to_string();
    assert_eq!(said("25:07 deploys locked"), "25:07 is not a time. Write 01:07 for the next day.");
    assert_eq!(said("23:70 x"), "23:70 is not a time. Write hours and minutes, as in 23:07.");
    assert_eq!(said("2018-13-40 23:07 x"), "2018-13-40 is not a date. Write it as 2018-10-21.");
    assert_eq!(said("deploys locked"), "Put the time in front: 23:07 deploys locked");
    assert_eq!(said("23:07 "), "Write what happened behind the time.");
    assert_eq!(said("15:07 pm x"), "15:07 is not a time. Write it without am or pm.");
    assert_eq!(said(" "), "Write a time and what happened: 23:07 deploys locked.");
    for (line, mark) in [
        ("(12:10 and 12:20) both fail", "("),
        ("*12:10 a* b", "*"),
        ("**12:10 a** b", "**"),
        ("[12:10 a] b", "["),
        ("`12:10 a` b", "`"),
        ("\"12:10 a\" b", "\""),
        ("(about 12:10 a) b", "("),
    ] {
        let told = format!("{mark} stands in front of 12:10. Write it behind the time, or another word in front.");
        assert_eq!(said(line), told, "{line}");
    }
    for line in ["10:30ish x", "10:30-ish x", "(10:30ish) x", "10:30–ish x"] {
        assert!(said(line).contains("Write 10:30 and a space"), "{line}: {}", said(line));
    }
}

#[test]
fn a_source_that_could_run_stays_text() {
    let entry = entry("23:07 look javascript:alert(1)");
    assert_eq!((entry.text.as_str(), entry.source), ("look javascript:alert(1)", None));
}

#[test]
fn a_time_cell_takes_times_alone() {
    let at = |typed: &str| parse_time(typed, &near(reference(), Zone::UTC)).map(|time| time.at.to_rfc3339());
    assert_eq!(at("23:07"), Ok("2018-10-21T23:07:00+00:00".into()));
    assert_eq!(at("01:07 CEST"), Ok("2018-10-21T23:07:00+00:00".into()));
    assert!(at("23:07 deploys").is_err());
    assert!(at("soon").is_err());
}

#[test]
fn a_time_that_is_about_right_stays_so_or_is_refused() {
    let near = near(reference(), Zone::UTC);
    for (typed, precision) in [
        ("23:07", Precision::Minute),
        ("23:07:15", Precision::Exact),
        ("~23:07", Precision::About),
        ("about 23:07:15", Precision::About),
    ] {
        assert_eq!(parse_time(typed, &near).map(|time| time.precision), Ok(precision), "{typed}");
        let refused = parse_exact_time(typed, &near).map_err(|error| error.to_string()).err();
        let bare = typed.trim_start_matches(['~', ' ']).trim_start_matches("about ");
        let sentence = format!("{typed} is only about right, which cannot be kept here. Write {bare}.");
        assert_eq!(refused, (precision == Precision::About).then_some(sentence));
    }
}

#[test]
fn a_time_that_is_changed_is_read_as_the_quick_line_reads_it() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    let incident = Near {
        started: Some(at("2026-11-03T13:00:00Z")),
        resolved: Some(at("2026-11-04T09:00:00Z")),
        ..near(at("2026-11-04T08:00:00Z"), Zone::UTC)
    };
    let read = |old: &str, typed: &str| parse_time(typed, &incident.changing(at(old))).expect("a time");
    let inside = read("2026-11-04T08:00:00Z", "14:05");
    assert_eq!(inside.at, at("2026-11-03T14:05:00Z"), "within the incident");
    let TimeFound::Guessed(others) = inside.found else { panic!("a guess") };
    assert_eq!(others.first(), Some(&at("2026-11-04T14:05:00Z")));
    assert_eq!(read("2026-11-04T08:00:00Z", "08:05").at, at("2026-11-04T08:05:00Z"));
    assert_eq!(read("2026-11-05T08:00:00Z", "08:05").at, at("2026-11-05T08:05:00Z"), "it stood outside before");
    assert_eq!(read("2026-11-02T14:00:00Z", "14:05").at, at("2026-11-02T14:05:00Z"));
}

#[test]
fn an_end_that_is_typed_by_itself_is_read_as_that_of_a_range() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    for (start, typed, zone, end) in [
        ("2018-10-21T12:05:00Z", "14:10", berlin(), "2018-10-21T12:10:00Z"),
        ("2018-10-21T08:00:00Z", "21:00", Zone::UTC, "2018-10-21T21:00:00Z"),
        ("2018-10-21T23:50:00Z", "00:10", Zone::UTC, "2018-10-22T00:10:00Z"),
    ] {
        let near = near(at(start), zone);
        assert_eq!(parse_end(typed, at(start), &near), Ok(at(end)), "{typed}");
    }
}

proptest! {
    #[test]
    fn no_line_panics_and_no_time_is_far_from_its_reference(line in "\\PC{0,40}") {
        if let Ok(QuickLine::Entry(entry)) = read(&format!("12:34 {line}")) {
            prop_assert!((entry.at - reference()).abs() <= chrono::TimeDelta::hours(26));
        }
        let _ = read(&line);
        let _ = parse(&line, &near(reference(), berlin()));
        let _ = parse_time(&line, &near(reference(), Zone::UTC));
    }

    #[test]
    fn a_typed_minute_is_the_minute_that_is_stored(
        minutes in 0_i64..2_880, zone in prop_oneof![Just(Zone::UTC), Just(berlin())], words in "[a-m ]{1,20}x",
    ) {
        // Two days over the change of the clocks in Berlin.
        let start: DateTime<Utc> = "2018-10-27T00:00:00Z".parse().expect("a time");
        let at = start + chrono::TimeDelta::minutes(minutes);
        let line = format!("{} {words}", zone.local(at).format("%Y-%m-%d %H:%M%:z"));
        let Ok(QuickLine::Entry(entry)) = parse(&line, &near(reference(), zone)) else { panic!("{line}") };
        prop_assert_eq!(entry.at, at);
    }
}

#[test]
fn a_day_or_a_year_behind_the_clock_is_that_of_the_time() {
    for (line, expected) in [
        ("Tue Mar 10 12:10:43 2026 stops", "2026-03-10T12:10:43Z"),
        ("Tue Mar 10 12:10:43 UTC 2026 stops", "2026-03-10T12:10:43Z"),
        ("Tue Mar 10 12:10:43 CET 2026 stops", "2026-03-10T11:10:43Z"),
        ("Tue Mar 10 12:10:43 2026 +0100 stops", "2026-03-10T11:10:43Z"),
        ("Tue Mar 10 12:10:43 +0100 2026 stops", "2026-03-10T11:10:43Z"),
        ("[Tue Mar 10 12:10:43 2026] stops", "2026-03-10T12:10:43Z"),
        ("Tue Mar 10 12:10 2026 stops", "2026-03-10T12:10:00Z"),
        ("Mar 10 12:10:43 2026 stops", "2026-03-10T12:10:43Z"),
        ("12:10 2026-03-10 stops", "2026-03-10T12:10:00Z"),
        ("12:10 2026-03-10 UTC stops", "2026-03-10T12:10:00Z"),
        ("12:10 CET 2026-03-10 stops", "2026-03-10T11:10:00Z"),
        ("12:10 pm on 10 March 2026 stops", "2026-03-10T12:10:00Z"),
        ("12:10, 10 March 2026: stops", "2026-03-10T12:10:00Z"),
        ("12:10 (10 March 2026) stops", "2026-03-10T12:10:00Z"),
        ("12:10 10.03.2026 stops", "2026-03-10T12:10:00Z"),
        ("12:10 on 25/03/2026 stops", "2026-03-25T12:10:00Z"),
        ("12:10 yesterday stops", "2026-11-28T12:10:00Z"),
        ("12:10 on 21 October stops", "2018-10-21T12:10:00Z"),
        ("12:10 am 21. Oktober stops", "2018-10-21T12:10:00Z"),
        ("12:10–12:20 stops", "2018-10-21T12:10:00Z"),
        ("12:10, 21 October: stops", "2018-10-21T12:10:00Z"),
    ] {
        let entry = entry(line);
        assert_eq!((at(line).as_str(), entry.text.as_str()), (expected, "stops"), "{line}");
    }
    for line in [
        "12:10 Tuesday stops",
        "12:10 Tue stops",
        "12:10 tuesday stops",
        "12:10 10.03.26 stops",
        "12:10 Day 2 stops",
        "Mar 10 12:10 2026 nodes stop",
        "12:10 on 10/03/2026 stops",
        "12:10 10 may be affected",
        "12:10 may 5 nodes are lost",
        "12:10 march 3 times",
        "12:10 May 5 nodes are lost",
    ] {
        let told = read(line).expect_err(line).to_string();
        assert!(told.contains("may be"), "{line}: {told}");
    }
}

#[test]
fn a_year_that_is_far_off_is_never_taken_in_silence() {
    let now = Near::now("2026-11-29T12:37:00Z".parse().expect("a time"), Zone::UTC);
    let at = |line: &str| match parse(line, &now) {
        Ok(QuickLine::Entry(entry)) => Ok(entry.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        Ok(other) => panic!("{line:?} gave {other:?}"),
        Err(error) => Err(error.to_string()),
    };
    for (line, expected) in [
        ("26-03-10 12:10 x", "2026-03-10T12:10:00Z"),
        ("26/03/10 12:10 x", "2026-03-10T12:10:00Z"),
        ("25.03.26 12:10 x", "2026-03-25T12:10:00Z"),
        ("03/25/26 12:10 x", "2026-03-25T12:10:00Z"),
        ("10.03.26 12:10 x", "2026-03-10T12:10:00Z"),
        ("[10.03.26, 12:10:00] x", "2026-03-10T12:10:00Z"),
        ("24-12-31 12:10 x", "2024-12-31T12:10:00Z"),
    ] {
        assert_eq!(at(line), Ok(expected.to_owned()), "{line}");
    }
    for line in [
        "10/03/26 12:10 x",
        "25/03/26 12:10 x",
        "25/03/2062 12:10 x",
        "62-03-10 12:10 x",
        "10.03.10 12:10 x",
        "10-03-26 12:10 x",
        "2062-03-10 12:10 x",
        "0026-03-10 12:10 x",
        "12:10 2062-03-10 x",
        "2026-03-10 12:10 – 2062-03-10 12:20 x",
    ] {
        let told = at(line).expect_err(line);
        assert!(told.contains("Write"), "{line}: {told}");
    }
    assert!(parse_time("2062-03-10 12:10", &now).is_err());
    assert!(parse_time("10/03/26 12:10", &now).is_err());
    assert_eq!(
        parse_exact_time("26-03-10 12:10", &now).map(|at| at.to_rfc3339()),
        Ok("2026-03-10T12:10:00+00:00".into())
    );
}

#[test]
fn a_name_before_the_time_never_makes_the_line_one_of_now() {
    let now: DateTime<Utc> = "2026-11-29T12:37:41Z".parse().expect("a time");
    let going = Near { started: Some("2026-11-29T11:50:00Z".parse().expect("a time")), ..Near::now(now, Zone::UTC) };
    for (line, text) in [
        ("Mara: 12:12 queue stops", "Mara: queue stops"),
        ("[Mara] 12:12 queue stops", "Mara: queue stops"),
        ("@mara 12:12 - queue stops", "@mara: queue stops"),
        ("Mara Lindqvist [12:12]: queue stops", "Mara Lindqvist: queue stops"),
        ("[SEV-1] 12:12 queue stops", "queue stops"),
    ] {
        let Ok(QuickLine::Entry(entry)) = parse(line, &going) else { panic!("{line}") };
        assert_eq!(
            (entry.at.to_rfc3339().as_str(), entry.text.as_str()),
            ("2026-11-29T12:12:00+00:00", text),
            "{line}"
        );
    }
    for (line, instead) in [
        ("Mara 12:12 queue stops", "12:12 Mara queue stops"),
        ("Mara Lindqvist 12:12 PM: queue stops", "12:12 PM Mara Lindqvist queue stops"),
        ("restarted 12:12 by hand", "12:12 restarted by hand"),
    ] {
        let told = parse(line, &going).expect_err(line).to_string();
        assert!(told.ends_with(instead), "{told}");
    }
    for line in ["the vendor promises a fix by 14:00 today", "ratio is 12:1 again", "see https://a.example/12:12"] {
        assert!(matches!(parse(line, &going), Ok(QuickLine::Entry(entry)) if entry.found == TimeFound::Now), "{line}");
    }
    for line in [
        "10:30ish alerts fire",
        "~10:30ish alerts fire",
        "at 10:30ish alerts fire",
        "2026-11-20T12 config merged",
        "**10:30ish** alerts fire",
        "(12:10 and 12:20) both fail",
        "2026-11-20 config merged",
        "**2026-11-20** config merged",
        "20.11.2026 config merged",
        "20.11. config merged",
        "20 November config merged",
        "Nov 20: config merged",
        "yesterday config merged",
        "Friday config merged",
        "Day 2 config merged",
    ] {
        let told = parse(line, &going).expect_err(line).to_string();
        assert!(told.contains("Write"), "{told}");
    }
    for line in [
        "10 may be affected",
        "today config is merged",
        "10.11.12.5 is down",
        "1.2.26 rolled out",
        "3/4 of the nodes are lost",
        "Monday.com is down",
        "2026-11-20.log is full",
        "14.02 % of all requests fail",
    ] {
        assert!(matches!(parse(line, &going), Ok(QuickLine::Entry(entry)) if entry.found == TimeFound::Now), "{line}");
    }
    let Ok(QuickLine::Entry(entry)) = parse("-3 nodes left", &going) else { panic!("an entry") };
    assert_eq!(entry.text, "-3 nodes left");
}

#[test]
fn am_before_a_word_is_the_half_of_the_day_or_asked_about() {
    for (line, expected, text) in [
        ("12:30 am the queue stops", "2018-10-22T00:30:00Z", "the queue stops"),
        ("12:30am Server down", "2018-10-22T00:30:00Z", "Server down"),
        ("12:30 AM Server down", "2018-10-22T00:30:00Z", "Server down"),
        ("12:30 a.m. Server down", "2018-10-22T00:30:00Z", "Server down"),
        ("14:30 am Server Wartung", "2018-10-21T14:30:00Z", "am Server Wartung"),
        ("12:30 am Server wird gearbeitet", "2018-10-21T12:30:00Z", "am Server wird gearbeitet"),
        ("10:15 am Server ist Ruhe", "2018-10-22T10:15:00Z", "am Server ist Ruhe"),
    ] {
        assert_eq!((at(line).as_str(), entry(line).text.as_str()), (expected, text), "{line}");
    }
    for line in ["12:30 am Server", "12:30 am looking into it"] {
        let told = read(line).expect_err(line).to_string();
        assert!(told.contains("“am” is a word"), "{told}");
    }
}
