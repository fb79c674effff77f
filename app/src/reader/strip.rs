//! The strip above the timeline: the whole incident in linear scale, one picture for the eye and one sentence for the
//! ear. Its places are attributes of SVG and not styles, so the published page's policy has nothing to say about them.

use crate::reader::time::{clock, day_and_clock};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::rail::Phase;
use postmortem::strip::{Share, Strip};
use postmortem::{KeyTime, Precision, Zone, duration};
use std::fmt::Write;

/// The width that words are laid out for, in pixels; on a phone most of them are left out.
const WIDTH: f64 = 760.0;

/// About how wide a letter is, in pixels.
const LETTER: f64 = 6.4;

/// Shares of the strip, in thousandths of a percent, from which a silence has room for its words, and has it on a phone.
const ROOM: (u32, u32) = (8_500, 20_000);

#[component]
pub fn StripFigure(strip: Strip, zone: Zone) -> impl IntoView {
    view! {
        <figure class="strip" role="img" aria-label=sentence(&strip, zone)>
            <svg aria-hidden="true" inner_html=drawing(&strip, zone)></svg>
        </figure>
    }
}

/// What the picture says.
pub fn sentence(strip: &Strip, zone: Zone) -> String {
    let when = |at: DateTime<Utc>| day_and_clock(at, Some(strip.from), zone);
    let mut parts = Vec::new();
    parts.extend(
        strip.rush.map(|(count, length)| format!("{count} entries in the first {}", duration::in_words(length))),
    );
    parts.extend(strip.turns.iter().filter_map(|(phase, at)| {
        let name = match phase {
            Phase::Sev1 => "SEV-1",
            Phase::Sev2 => "SEV-2",
            Phase::Sev3 => "SEV-3",
            _ => return None,
        };
        Some(format!("{name} from {}", when(*at)))
    }));
    parts.extend(strip.keys.iter().map(|(key, at, _)| format!("{} {}", key.label().to_lowercase(), when(*at))));
    let silences = strip.silences.len();
    if silences > 0 {
        let nouns = if silences == 1 { "silence" } else { "silences" };
        parts.push(format!("{silences} {nouns} of three hours and more"));
    }
    let length = duration::in_words(strip.to - strip.from);
    let start = day_and_clock(strip.from, None, zone);
    let told = if parts.is_empty() { String::new() } else { format!(": {}", parts.join("; ")) };
    format!("{length} to scale, from {start} {}{told}.", zone.label(strip.from))
}

fn drawing(strip: &Strip, zone: Zone) -> String {
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write!(svg, r#"<svg viewBox="0 0 100000 100" preserveAspectRatio="none" width="100%" height="100">"#);
    let path = |class: &str, data: String| {
        if data.is_empty() { String::new() } else { format!(r#"<path class="{class}" d="{data}"/>"#) }
    };
    let mut ticks = String::new();
    for Share(share) in &strip.ticks {
        let _ = write!(ticks, "M{share} 28v12");
    }
    svg.push_str(&path("t", ticks));
    for (key, _, Share(share)) in &strip.keys {
        svg.push_str(&path(&format!("t k {}", key_class(*key)), format!("M{} 26v14", inside(*share))));
    }
    for (phase, stretch) in &strip.band {
        let line = format!("M{} 44H{}", stretch.from.0, stretch.to.0);
        svg.push_str(&path(&format!("b {}", phase.code()), line.clone()));
        if *phase == Phase::Backlog {
            svg.push_str(&path("b hollow", line));
        }
    }
    for (_, stretch) in &strip.silences {
        let (from, to) = (stretch.from.0 + 300, stretch.to.0.saturating_sub(300));
        let narrow = if to.saturating_sub(from) < ROOM.0 { "dim narrow" } else { "dim" };
        svg.push_str(&path(narrow, format!("M{from} 56v7M{from} 59.5H{to}M{to} 56v7")));
    }
    let (mut short, mut long) = (String::new(), String::new());
    for mark in &strip.ruler {
        let Share(share) = mark.share;
        let _ = if mark.has_words { write!(long, "M{share} 80v20") } else { write!(short, "M{share} 96v4") };
    }
    svg.push_str(&path("h", short));
    svg.push_str(&path("h six", long));
    svg.push_str("</svg>");
    for (length, stretch) in &strip.silences {
        let width = stretch.to.0.saturating_sub(stretch.from.0);
        if width >= ROOM.0 {
            let middle = Share(stretch.from.0 + width / 2).percent();
            let class = if width < ROOM.1 { "dim wide-only" } else { "dim" };
            let words = duration::in_words(*length);
            let _ = write!(svg, r#"<text class="{class}" x="{middle}%" y="64">{words}</text>"#);
        }
    }
    for mark in strip.ruler.iter().filter(|mark| mark.has_words) {
        let shown = zone.local(mark.at);
        let time = clock(mark.at, Precision::Minute, zone);
        let words = if time == "00:00" {
            format!("<tspan class=\"day\">{}</tspan> {time}", shown.format("%a %-d"))
        } else {
            time
        };
        let is_last = mark.share.0 > 92_000;
        let (class, shift) = if is_last { ("hl last", -5) } else { ("hl", 5) };
        let _ =
            write!(svg, r#"<text class="{class}" x="{}%" dx="{shift}" y="90">{words}</text>"#, mark.share.percent());
    }
    svg.push_str(&keys(strip, zone));
    svg
}

/// The names of the key times with their clocks. The start and the end always have theirs, the others where there is
/// room between.
fn keys(strip: &Strip, zone: Zone) -> String {
    let mut svg = String::new();
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut order: Vec<&(KeyTime, DateTime<Utc>, Share)> = strip.keys.iter().collect();
    order.sort_by_key(|(key, ..)| !matches!(key, KeyTime::Started | KeyTime::Resolved));
    for (key, at, share) in order {
        let name = if *key == KeyTime::Started { "Start" } else { key.label() };
        let time = clock(*at, Precision::Minute, zone);
        let width = (name.len() + time.len() + 2) as f64 * LETTER;
        let x = f64::from(share.0) / 100_000.0 * WIDTH;
        let (anchor, from) = match x {
            x if x + width / 2.0 > WIDTH || (*key == KeyTime::Resolved && x > WIDTH / 2.0) => ("last", x - width),
            x if x < width / 2.0 || *key == KeyTime::Started => ("first", x),
            x => ("middle", x - width / 2.0),
        };
        if taken.iter().any(|(left, right)| from < *right && from + width > *left) {
            continue;
        }
        taken.push((from, from + width));
        let class = format!("key {anchor} {}", key_class(*key));
        let _ = write!(
            svg,
            r#"<text class="{class}" x="{}%" y="19">{name} <tspan class="mono">{time}</tspan></text>"#,
            share.percent()
        );
    }
    let start = strip.keys.iter().find(|(key, _, share)| *key == KeyTime::Started && share.0 == 0);
    if let (Some(_), Some((count, length))) = (start, strip.rush) {
        let words = format!("then {count} entries in {}", duration::in_words(length));
        let from = 13.0 * LETTER;
        let width = words.len() as f64 * LETTER;
        if taken.iter().all(|(left, right)| from + width < *left || from > *right - LETTER) {
            let _ = write!(svg, r#"<text class="key first rush" x="0" dx="{from}" y="19">{words}</text>"#);
        }
    }
    svg
}

fn key_class(key: KeyTime) -> &'static str {
    match key {
        KeyTime::Started => "start",
        KeyTime::Resolved => "end",
        _ => "mid",
    }
}

/// A mark at an end stands inside of it.
fn inside(share: u32) -> u32 {
    share.clamp(120, Share::WHOLE.0 - 120)
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ClientId, Details, EntryDraft, Severity, create, strip};

    fn drawn() -> (Strip, String) {
        let replica = create::create(ClientId(1), "x", Severity::Sev1).unwrap();
        let times = ["2018-10-21T22:52:00Z", "2018-10-21T22:54:00Z", "2018-10-21T23:07:00Z", "2018-10-22T23:03:00Z"];
        for (number, time) in (1..).zip(times) {
            let draft = EntryDraft::new(time.parse().unwrap(), "x");
            let id = postmortem::ItemId::new(number, [0; 10]);
            replica.run(&postmortem::Command::AddEntry(id, draft)).unwrap();
        }
        let details = Details {
            severity: Severity::Sev1,
            started_at: Some("2018-10-21T22:52:00Z".parse().unwrap()),
            mitigated_at: Some("2018-10-22T16:24:00Z".parse().unwrap()),
            resolved_at: Some("2018-10-22T23:03:00Z".parse().unwrap()),
            ..Details::default()
        };
        let strip = strip::strip(&replica.entries(), &details, Zone::UTC).unwrap();
        let svg = drawing(&strip, Zone::UTC);
        (strip, svg)
    }

    #[test]
    fn the_picture_is_also_a_sentence() {
        let (strip, _) = drawn();
        assert_eq!(
            sentence(&strip, Zone::UTC).replace('\u{a0}', " "),
            "24 h 11 min to scale, from Sun 21 Oct 2018 22:52 UTC: 3 entries in the first 15 min; SEV-1 from 22:52; \
             started 22:52; mitigated Mon 22 Oct 16:24; resolved Mon 22 Oct 23:03; 2 silences of three hours and more."
        );
    }

    #[test]
    fn key_times_stand_at_their_share_and_nothing_is_a_style() {
        let (_, svg) = drawn();
        assert!(svg.contains(r#"<text class="key middle mid" x="72.501%" y="19">Mitigated"#), "{svg}");
        assert!(svg.contains("then 3 entries in 15\u{a0}min"));
        assert!(svg.contains(r#"<tspan class="day">Mon 22</tspan> 00:00"#));
        assert!(!svg.contains("style"));
    }
}
