//! Times as people read them: on the clocks of a zone, with the day named once and the zone in sight.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use leptos::prelude::*;
use postmortem::{Precision, Zone};

/// For `datetime` attributes: `2018-10-21T22:52:00Z`.
pub fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `22:52`, or `22:52:07` where the second is known.
pub fn clock(at: DateTime<Utc>, precision: Precision, zone: Zone) -> String {
    match precision {
        Precision::Exact => zone.local(at).format("%H:%M:%S").to_string(),
        // Seconds that somebody wrote are shown, also where they are only about right.
        Precision::About if at.second() > 0 => zone.local(at).format("%H:%M:%S").to_string(),
        Precision::Minute | Precision::About => zone.local(at).format("%H:%M").to_string(),
    }
}

/// `22:52 UTC`, `00:52 Berlin +2`: a time that stands alone.
pub fn clock_and_zone(at: DateTime<Utc>, zone: Zone) -> String {
    format!("{} {}", clock(at, Precision::Minute, zone), zone.label(at))
}

/// `Mon 22 Oct 2018, 00:05 UTC`: a whole time, before it is taken.
pub fn whole(at: DateTime<Utc>, zone: Zone) -> String {
    let shown = zone.local(at);
    let pattern = if shown.second() > 0 { "%a %-d %b %Y, %H:%M:%S" } else { "%a %-d %b %Y, %H:%M" };
    format!("{} {}", shown.format(pattern), zone.label(at))
}

/// `Sunday 21 October 2018, UTC`, over the entries of a day; `at` is one of them.
pub fn day_heading(date: NaiveDate, at: DateTime<Utc>, zone: Zone) -> String {
    format!("{}, {}", date.format("%A %-d %B %Y"), zone.label(at))
}

/// `Tue 6 Nov 2018`.
pub fn day(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

/// `Thu 25 Oct 2018 at 15:48 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%a %-d %b %Y at %H:%M UTC").to_string()
}

/// `Sun 21 Oct 2018 22:52`, without what `after` has said already: the year, or the whole day.
pub fn day_and_clock(at: DateTime<Utc>, after: Option<DateTime<Utc>>, zone: Zone) -> String {
    let (at, after) = (zone.local(at), after.map(|after| zone.local(after)));
    let day = match after {
        Some(before) if before.date_naive() == at.date_naive() => "",
        Some(before) if before.year() == at.year() => "%a %-d %b ",
        _ => "%a %-d %b %Y ",
    };
    let clock = if at.second() > 0 { "%H:%M:%S" } else { "%H:%M" };
    at.format(&format!("{day}{clock}")).to_string()
}

/// Since when something changed, in the words of somebody who knows what day it is: `14:02 UTC`, `yesterday 14:02 UTC`,
/// `Thu 25 Oct 14:02 UTC`.
pub fn since_in_words(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let clock = at.format("%H:%M UTC");
    match (now.date_naive() - at.date_naive()).num_days() {
        0 => clock.to_string(),
        1 => format!("yesterday {clock}"),
        _ if at.year() == now.year() => at.format("%a %-d %b %H:%M UTC").to_string(),
        _ => at.format("%a %-d %b %Y %H:%M UTC").to_string(),
    }
}

/// A time of day in its element.
#[component]
pub fn Clock(at: DateTime<Utc>, precision: Precision, #[prop(optional)] repeats: bool, zone: Zone) -> impl IntoView {
    let shown = clock(at, precision, zone);
    let class = match (repeats, shown.len() > "22:52".len()) {
        (true, _) => "same",
        (false, true) => "exact",
        (false, false) => "clock",
    };
    view! { <time datetime=iso(at) class=class>{shown}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, TimeZone};

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2018, 10, day, hour, minute, 0).single().unwrap()
    }

    #[test]
    fn the_second_moment_of_a_span_repeats_nothing() {
        assert_eq!(day_and_clock(at(21, 22, 52), None, Zone::UTC), "Sun 21 Oct 2018 22:52");
        assert_eq!(day_and_clock(at(22, 23, 3), Some(at(21, 22, 52)), Zone::UTC), "Mon 22 Oct 23:03");
        assert_eq!(day_and_clock(at(21, 23, 3), Some(at(21, 22, 52)), Zone::UTC), "23:03");
        let exact = at(21, 23, 3) + chrono::TimeDelta::seconds(7);
        assert_eq!(day_and_clock(exact, Some(at(21, 22, 52)), Zone::UTC), "23:03:07", "seconds that were given");
    }

    #[test]
    fn a_time_is_named_with_its_zone() {
        let start = at(21, 22, 52);
        assert_eq!(day_heading(start.date_naive(), start, Zone::UTC), "Sunday 21 October 2018, UTC");
        let kolkata = Zone::new("Asia/Kolkata", |_, _| FixedOffset::east_opt(19_800).unwrap());
        let day = kolkata.local(start).date_naive();
        assert_eq!(day_heading(day, start, kolkata), "Monday 22 October 2018, Kolkata +5:30");
        assert_eq!(clock_and_zone(start, kolkata), "04:22 Kolkata +5:30");
        assert_eq!(whole(start, Zone::UTC), "Sun 21 Oct 2018, 22:52 UTC");
    }

    #[test]
    fn a_recent_time_is_told_by_its_day() {
        let now = at(25, 9, 0);
        assert_eq!(since_in_words(at(25, 8, 5), now), "08:05 UTC");
        assert_eq!(since_in_words(at(24, 14, 2), now), "yesterday 14:02 UTC");
        assert_eq!(since_in_words(at(21, 14, 2), now), "Sun 21 Oct 14:02 UTC");
    }
}
