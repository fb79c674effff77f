//! What stands behind a clock and says in which zone it is meant: `Z`, `CEST`, `(UTC)`, `+0530`, `UTC-7`. A name that is
//! not known for certain is refused and never becomes a word of the entry.

use super::{TimeError, clock, word};
use crate::Zone;

/// Zone names that mean one distance from UTC wherever they are used, in minutes.
const KNOWN: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("HKT", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("EDT", -240),
    ("CDT", -300),
    ("MDT", -360),
    ("PDT", -420),
];

/// Zone names that several zones share, that change with the season, or that too few people mean for a table; with a
/// distance that is often meant. Left out are those that operators write in capitals for something else: ACT, BOT, CAST,
/// COST, EAST, GET, IOT, LINT, NFT.
const ASKED: &[(&str, &str)] = &[
    ("ACDT", "UTC+10:30"),
    ("ACST", "UTC+9:30"),
    ("ACWST", "UTC+8:45"),
    ("ADT", "UTC-3"),
    ("AFT", "UTC+4:30"),
    ("AKDT", "UTC-8"),
    ("AKST", "UTC-9"),
    ("ALMT", "UTC+5"),
    ("AMST", "UTC-3"),
    ("AMT", "UTC-4"),
    ("ANAT", "UTC+12"),
    ("AOE", "UTC-12"),
    ("AQTT", "UTC+5"),
    ("ART", "UTC-3"),
    ("AST", "UTC-4"),
    ("AT", "UTC-4"),
    ("AWST", "UTC+8"),
    ("AZOST", "UTC+0"),
    ("AZOT", "UTC-1"),
    ("AZST", "UTC+5"),
    ("AZT", "UTC+4"),
    ("BDST", "UTC+7"),
    ("BDT", "UTC+6"),
    ("BNT", "UTC+8"),
    ("BRST", "UTC-2"),
    ("BRT", "UTC-3"),
    ("BST", "UTC+1"),
    ("BTT", "UTC+6"),
    ("CAT", "UTC+2"),
    ("CCT", "UTC+6:30"),
    ("CHADT", "UTC+13:45"),
    ("CHAST", "UTC+12:45"),
    ("CHOT", "UTC+8"),
    ("CHST", "UTC+10"),
    ("CHUT", "UTC+10"),
    ("CIST", "UTC-8"),
    ("CKT", "UTC-10"),
    ("CLST", "UTC-3"),
    ("CLT", "UTC-4"),
    ("COT", "UTC-5"),
    ("CST", "UTC-6"),
    ("CT", "UTC-6"),
    ("CVT", "UTC-1"),
    ("CXT", "UTC+7"),
    ("DAVT", "UTC+7"),
    ("DDUT", "UTC+10"),
    ("EASST", "UTC-5"),
    ("EAT", "UTC+3"),
    ("ECT", "UTC-5"),
    ("EGST", "UTC+0"),
    ("EGT", "UTC-1"),
    ("EST", "UTC-5"),
    ("ET", "UTC-5"),
    ("FET", "UTC+3"),
    ("FJST", "UTC+13"),
    ("FJT", "UTC+12"),
    ("FKST", "UTC-3"),
    ("FKT", "UTC-4"),
    ("FNT", "UTC-2"),
    ("GALT", "UTC-6"),
    ("GAMT", "UTC-9"),
    ("GFT", "UTC-3"),
    ("GILT", "UTC+12"),
    ("GST", "UTC+4"),
    ("GYT", "UTC-4"),
    ("HADT", "UTC-9"),
    ("HAST", "UTC-10"),
    ("HDT", "UTC-9"),
    ("HKST", "UTC+9"),
    ("HOVST", "UTC+8"),
    ("HOVT", "UTC+7"),
    ("HST", "UTC-10"),
    ("ICT", "UTC+7"),
    ("IDT", "UTC+3"),
    ("IRDT", "UTC+4:30"),
    ("IRKST", "UTC+9"),
    ("IRKT", "UTC+8"),
    ("IRST", "UTC+3:30"),
    ("IST", "UTC+5:30"),
    ("KGT", "UTC+6"),
    ("KOST", "UTC+11"),
    ("KRAST", "UTC+8"),
    ("KRAT", "UTC+7"),
    ("KUYT", "UTC+4"),
    ("LHDT", "UTC+11"),
    ("LHST", "UTC+10:30"),
    ("MAGST", "UTC+12"),
    ("MAGT", "UTC+11"),
    ("MART", "UTC-9:30"),
    ("MAWT", "UTC+5"),
    ("MEST", "UTC+2"),
    ("MESZ", "UTC+2"),
    ("MET", "UTC+1"),
    ("MEZ", "UTC+1"),
    ("MHT", "UTC+12"),
    ("MMT", "UTC+6:30"),
    ("MSD", "UTC+4"),
    ("MST", "UTC-7"),
    ("MT", "UTC-7"),
    ("MUT", "UTC+4"),
    ("MVT", "UTC+5"),
    ("MYT", "UTC+8"),
    ("NCT", "UTC+11"),
    ("NDT", "UTC-2:30"),
    ("NFDT", "UTC+12"),
    ("NOVST", "UTC+7"),
    ("NOVT", "UTC+7"),
    ("NPT", "UTC+5:45"),
    ("NRT", "UTC+12"),
    ("NST", "UTC-3:30"),
    ("NT", "UTC-3:30"),
    ("NUT", "UTC-11"),
    ("NZT", "UTC+12"),
    ("OESZ", "UTC+3"),
    ("OEZ", "UTC+2"),
    ("OMSST", "UTC+7"),
    ("OMST", "UTC+6"),
    ("ORAT", "UTC+5"),
    ("PET", "UTC-5"),
    ("PETST", "UTC+12"),
    ("PETT", "UTC+12"),
    ("PGT", "UTC+10"),
    ("PHOT", "UTC+13"),
    ("PHST", "UTC+8"),
    ("PHT", "UTC+8"),
    ("PKST", "UTC+6"),
    ("PKT", "UTC+5"),
    ("PMDT", "UTC-2"),
    ("PMST", "UTC-3"),
    ("PONT", "UTC+11"),
    ("PST", "UTC-8"),
    ("PT", "UTC-8"),
    ("PWT", "UTC+9"),
    ("PYST", "UTC-3"),
    ("PYT", "UTC-3"),
    ("QYZT", "UTC+5"),
    ("RET", "UTC+4"),
    ("ROTT", "UTC-3"),
    ("SAKT", "UTC+11"),
    ("SAMST", "UTC+5"),
    ("SAMT", "UTC+4"),
    ("SAST", "UTC+2"),
    ("SBT", "UTC+11"),
    ("SCT", "UTC+4"),
    ("SGT", "UTC+8"),
    ("SLST", "UTC+5:30"),
    ("SRET", "UTC+11"),
    ("SRT", "UTC-3"),
    ("SST", "UTC-11"),
    ("SYOT", "UTC+3"),
    ("TAHT", "UTC-10"),
    ("TFT", "UTC+5"),
    ("TJT", "UTC+5"),
    ("TKT", "UTC+13"),
    ("TLT", "UTC+9"),
    ("TMT", "UTC+5"),
    ("TOST", "UTC+14"),
    ("TOT", "UTC+13"),
    ("TRT", "UTC+3"),
    ("TVT", "UTC+12"),
    ("UCT", "UTC+0"),
    ("ULAST", "UTC+9"),
    ("ULAT", "UTC+8"),
    ("UYST", "UTC-2"),
    ("UYT", "UTC-3"),
    ("UZT", "UTC+5"),
    ("VET", "UTC-4"),
    ("VLAST", "UTC+11"),
    ("VLAT", "UTC+10"),
    ("VOST", "UTC+6"),
    ("VUT", "UTC+11"),
    ("WAKT", "UTC+12"),
    ("WARST", "UTC-3"),
    ("WAST", "UTC+2"),
    ("WAT", "UTC+1"),
    ("WESZ", "UTC+1"),
    ("WEZ", "UTC+0"),
    ("WFT", "UTC+12"),
    ("WGST", "UTC-1"),
    ("WGT", "UTC-2"),
    ("WIB", "UTC+7"),
    ("WIT", "UTC+9"),
    ("WITA", "UTC+8"),
    ("WST", "UTC+13"),
    ("YAKST", "UTC+10"),
    ("YAKT", "UTC+9"),
    ("YAPT", "UTC+10"),
    ("YEKST", "UTC+6"),
    ("YEKT", "UTC+5"),
];

/// Names that are words of prose in small letters, and are zones in capitals only.
const PROSE: &[&str] = &[
    "amt", "art", "at", "cat", "cot", "eat", "et", "gilt", "hast", "kost", "mart", "met", "mut", "nt", "nut", "pet",
    "pont", "ret", "rott", "tot", "vet", "wat", "west", "wet", "wit",
];

/// Words of names such as "Pacific time" and "Eastern Standard Time".
const REGIONS: &[(&str, &str)] = &[
    ("eastern", "UTC-5"),
    ("central", "UTC-6"),
    ("mountain", "UTC-7"),
    ("pacific", "UTC-8"),
    ("atlantic", "UTC-4"),
    ("indian", "UTC+5:30"),
    ("singapore", "UTC+8"),
    ("local", "UTC+1"),
    ("amsterdam", "UTC+1"),
    ("berlin", "UTC+1"),
    ("dublin", "UTC+1"),
    ("london", "UTC+1"),
    ("paris", "UTC+1"),
    ("sydney", "UTC+10"),
    ("tokyo", "UTC+9"),
    ("zurich", "UTC+1"),
];

/// Regions that are said without "time" behind am or pm.
const AMERICAN: [&str; 5] = ["Eastern", "Central", "Mountain", "Pacific", "Atlantic"];

/// What the names of the zone database begin with.
const AREAS: &[&str] = &[
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Etc/",
    "Europe/",
    "Indian/",
    "Pacific/",
    "US/",
];

/// The farthest west that clocks are, in minutes.
const FARTHEST_WEST: i32 = 12 * 60;

/// The clock that a suffix stands behind.
pub struct Before<'a> {
    pub typed: &'a str,
    /// Whether a `T` joined it to its day, as in RFC 3339.
    pub is_joined: bool,
    /// Whether am or pm stood behind it.
    pub has_half: bool,
    pub has_seconds: bool,
    pub has_day: bool,
}

impl Before<'_> {
    fn refused(&self, name: &str, example: &'static str) -> TimeError {
        TimeError::Zone { name: name.to_owned(), clock: self.typed.trim().to_owned(), example }
    }

    /// Behind a day and no clock.
    pub fn nothing() -> Self {
        Self { typed: "23:07", is_joined: true, has_half: false, has_seconds: true, has_day: true }
    }
}

#[derive(Debug)]
pub enum Suffix<'a> {
    None,
    /// Minutes east of UTC, or nothing for the reader's own zone, and what is behind.
    Zone(Option<i32>, &'a str),
    /// Letters at the clock make it a word: `10:30ish`.
    Word,
}

/// The suffix at the front of a text.
pub fn read<'a>(before: &Before<'_>, text: &'a str, zone: Zone) -> Result<Suffix<'a>, TimeError> {
    let trimmed = text.trim_start();
    let is_attached = trimmed.len() == text.len();
    let inside = [('(', ')'), ('[', ']')].into_iter().find_map(|(open, close)| {
        let (inside, behind) = trimmed.strip_prefix(open)?.split_once(close)?;
        // Directly before "(" a square bracket is a link of Markdown.
        (open == '(' || !behind.starts_with('(')).then_some((inside, behind))
    });
    if let Some((inside, behind)) = inside {
        if inside.eq_ignore_ascii_case("local") {
            return Err(before.refused(inside, "UTC+1"));
        }
        return Ok(match read(before, inside, zone) {
            Ok(Suffix::Zone(minutes, rest)) if rest.trim().is_empty() => Suffix::Zone(minutes, behind),
            Err(error @ (TimeError::Zone { .. } | TimeError::NumberOrDistance(_))) => return Err(error),
            _ => Suffix::None,
        });
    }
    if trimmed.starts_with(['+', '-', '\u{2212}']) {
        let read = signed(before, trimmed, is_attached)?;
        if !matches!(read, Suffix::None) {
            return Ok(read);
        }
    }
    if is_attached && is_roughly(text) {
        return Ok(Suffix::Word);
    }
    // Parted from its clock: "14:02, UTC", "14:02 - UTC".
    if let Some(parted) = trimmed.strip_prefix([',', '-', '–', '—']) {
        let name = parted.trim_start();
        let is_name = name.bytes().take_while(u8::is_ascii_uppercase).count() > 1;
        return if is_name { named(before, name, false, zone) } else { Ok(Suffix::None) };
    }
    named(before, trimmed, is_attached, zone)
}

/// `10:30-ish`.
fn is_roughly(text: &str) -> bool {
    let behind = text.strip_prefix(['-', '–', '\u{2010}', '\u{2011}']).and_then(|behind| behind.strip_prefix("ish"));
    behind.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// A distance from UTC, or the end of a range behind a hyphen.
fn signed<'a>(before: &Before<'_>, text: &'a str, is_attached: bool) -> Result<Suffix<'a>, TimeError> {
    let Some(distance) = distance(text) else { return Ok(Suffix::None) };
    let Distance { minutes, digits, has_colon, rest } = distance;
    let zone = Suffix::Zone(Some(minutes), rest);
    if has_colon && text.starts_with('-') {
        let behind = text.get(1..).unwrap_or_default();
        let is_range = match clock::read(behind) {
            Ok(Some((end, rest))) => {
                end.has_seconds || clock::half(rest).is_some() || zone_follows(before, rest) || !is_real_west(minutes)
            }
            _ => false,
        };
        return match (before.is_joined || before.has_seconds, is_range) {
            (true, _) if is_real_west(minutes) => Ok(zone),
            (_, true) => Ok(Suffix::None),
            _ => Err(TimeError::RangeOrDistance { start: before.typed.trim().to_owned(), end: digits.to_owned() }),
        };
    }
    let is_west = !text.starts_with('+');
    if is_attached && is_west && !has_colon {
        // "10:30-11" and "10:30-1130" may be meant either way, and "09:30-0932" is no zone's distance.
        let (start, end) = (before.typed.trim().to_owned(), format!("{:02}:{:02}", -minutes / 60, -minutes % 60));
        return match is_real_west(minutes) {
            true if before.is_joined || before.has_seconds => Ok(zone),
            true => Err(TimeError::RangeOrDistance { start, end }),
            false => {
                Err(TimeError::NotATime { typed: format!("{start}-{digits}"), instead: format!("{start} to {end}") })
            }
        };
    }
    if has_colon || is_attached {
        return if is_west && !is_real_west(minutes) { Ok(Suffix::None) } else { Ok(zone) };
    }
    if is_west && !is_real_west(minutes) {
        return Ok(Suffix::None);
    }
    // Apart from the clock, one or two digits are a number: "14:02 +2 nodes".
    let is_log = before.has_seconds && before.has_day;
    match (digits.len(), is_log || digits.starts_with('0')) {
        (4, true) => Ok(zone),
        (2, true) if before.has_seconds && digits.starts_with('0') => Ok(zone),
        (4, false) => Err(TimeError::NumberOrDistance(text.get(..text.len() - rest.len()).unwrap_or(text).to_owned())),
        _ => Ok(Suffix::None),
    }
}

/// Whether a zone stands behind what may be the end of a range.
fn zone_follows(before: &Before<'_>, text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('(');
    matches!(named(before, text, false, Zone::UTC), Ok(Suffix::Zone(..)) | Err(_))
}

fn is_real_west(minutes: i32) -> bool {
    (-FARTHEST_WEST..0).contains(&minutes) && matches!(minutes % 60, 0 | -30)
}

struct Distance<'a> {
    minutes: i32,
    digits: &'a str,
    has_colon: bool,
    rest: &'a str,
}

/// `+02:00`, `+0200`, `+2`, `−5`.
fn distance(text: &str) -> Option<Distance<'_>> {
    let mut characters = text.chars();
    let sign = match characters.next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let behind = characters.as_str();
    let length = behind.bytes().take_while(u8::is_ascii_digit).count();
    let (front, rest) = behind.split_at(length);
    let colon = rest.strip_prefix(':').map(|rest| rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()));
    let (hours, minutes, rest) = match (length, colon) {
        (1..=2, Some((minutes, rest))) if minutes.len() == 2 => (front, minutes, rest),
        (1..=2, None) => (front, "0", rest),
        (3..=4, None) => (front.get(..length - 2)?, front.get(length - 2..)?, rest),
        _ => return None,
    };
    if rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | ':' | '%')) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let digits = behind.get(..behind.len() - rest.len())?;
    (hours <= 14 && minutes < 60).then_some(Distance {
        minutes: sign * (hours * 60 + minutes),
        digits,
        has_colon: colon.is_some(),
        rest,
    })
}

/// A name, with a distance behind it where one may stand there.
fn named<'a>(before: &Before<'_>, text: &'a str, is_attached: bool, zone: Zone) -> Result<Suffix<'a>, TimeError> {
    let refused = |name: &str, example: &'static str| before.refused(name, example);
    let (whole, _) = word(text);
    let area = whole.trim_end_matches([',', ';', ':', ')', ']', '|']);
    if AREAS.iter().any(|front| area.starts_with(front)) {
        let behind = text.get(area.len()..).unwrap_or_default();
        return if area == zone.name() { Ok(Suffix::Zone(None, behind)) } else { Err(refused(area, "UTC+1")) };
    }
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, behind) = text.split_at(length);
    let otherwise = || if is_attached && text.starts_with(char::is_alphanumeric) { Suffix::Word } else { Suffix::None };
    if name.is_empty() {
        return Ok(otherwise());
    }
    let upper = name.to_ascii_uppercase();
    let is_utc = matches!(upper.as_str(), "UTC" | "GMT");
    if is_utc
        && let Some(found) = distance(behind.trim_start())
        && (found.minutes >= 0 || is_real_west(found.minutes))
    {
        // Apart from the name a short number may count something: "14:02 UTC +2 nodes".
        if behind.trim_start().len() < behind.len() && found.digits.len() < 4 {
            let shown = behind.trim_start();
            return Err(TimeError::NumberOrDistance(shown[..shown.len() - found.rest.len()].to_owned()));
        }
        return Ok(Suffix::Zone(Some(found.minutes), found.rest));
    }
    if is_utc && behind.starts_with(|next: char| next.is_ascii_digit()) {
        return Err(refused(text.split(|next: char| !next.is_ascii_alphanumeric()).next().unwrap_or(name), "UTC+2"));
    }
    // A name goes on behind a hyphen before a letter, and is the key of a ticket before a digit.
    let is_key = !is_utc && name.len() > 1;
    let goes_on = behind.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '&'))
        || behind
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_alphabetic() || (is_key && next.is_numeric())));
    if goes_on {
        return Ok(otherwise());
    }
    if let Some((_, minutes)) = KNOWN.iter().find(|(known, _)| *known == name || (*known == upper && is_utc)) {
        return match other_name(behind) {
            Some(rest) => Err(refused(&text[..text.len() - rest.len()], written(*minutes))),
            None => Ok(Suffix::Zone(Some(*minutes), behind)),
        };
    }
    if is_attached && name == "z" {
        return Ok(Suffix::Zone(Some(0), behind));
    }
    let lower = name.to_ascii_lowercase();
    // "At the same time" begins a sentence.
    let is_prose = name.len() == 1 || (name != upper && PROSE.contains(&lower.as_str()));
    if !is_prose {
        if let Some((_, example)) = ASKED.iter().find(|(asked, _)| *asked == upper) {
            return Err(refused(name, example));
        }
        if let Some((_, minutes)) = KNOWN.iter().find(|(known, _)| *known == upper) {
            return Err(refused(name, written(*minutes)));
        }
    }
    if let Some((_, example)) = REGIONS.iter().find(|(region, _)| *region == lower) {
        if before.has_half && AMERICAN.contains(&name) {
            return Err(refused(name, example));
        }
        let (next, further) = word(behind);
        let next = next.to_ascii_lowercase();
        let last = if matches!(next.as_str(), "standard" | "daylight" | "summer") { word(further).0 } else { &next };
        if last.to_ascii_lowercase().trim_end_matches([',', ':', ';', '.']) == "time" {
            return Err(refused(&format!("{name} time"), example));
        }
    }
    Ok(otherwise())
}

/// What is behind the other of two names, as in `CET/CEST`.
fn other_name(text: &str) -> Option<&str> {
    let name = text.trim_start().strip_prefix('/')?;
    let is_apart = text.starts_with(char::is_whitespace) || name.starts_with(char::is_whitespace);
    let name = name.trim_start();
    let (front, rest) = name.split_at(name.bytes().take_while(u8::is_ascii_alphanumeric).count());
    let is_zone = KNOWN.iter().any(|(known, _)| *known == front) || ASKED.iter().any(|(asked, _)| *asked == front);
    let is_name = front.starts_with(|first: char| first.is_ascii_alphabetic());
    (is_name && (is_zone || !is_apart)).then_some(rest)
}

/// The distance of a known name, as it is written behind a clock.
fn written(minutes: i32) -> &'static str {
    match minutes {
        60 => "UTC+1",
        120 => "UTC+2",
        180 => "UTC+3",
        480 => "UTC+8",
        540 => "UTC+9",
        600 => "UTC+10",
        660 => "UTC+11",
        720 => "UTC+12",
        780 => "UTC+13",
        -240 => "UTC-4",
        -300 => "UTC-5",
        -360 => "UTC-6",
        -420 => "UTC-7",
        _ => "UTC+0",
    }
}

/// `Berlin +2`, as our own pages name a zone at a day: minutes east, and what is behind.
pub fn place_and_distance(text: &str) -> Option<(i32, &str)> {
    let trimmed = text.trim();
    let (place, shown) = trimmed.rsplit_once(' ')?;
    let is_place = place.split(' ').all(|part| part.chars().next().is_some_and(char::is_uppercase));
    let found = distance(shown).filter(|found| found.rest.is_empty() && found.digits.len() <= 5)?;
    (is_place && place.split(' ').count() <= 3).then_some((found.minutes, ""))
}
