//! The client's only sources of time, of the zone that its person reads times in, and of randomness.

mod zones;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use postmortem::deadline::Today;
use postmortem::id::CommentId;
use postmortem::{ClientId, ItemId, Zone};
use std::cell::Cell;
use std::sync::OnceLock;

pub use zones::{known_zones, knows_zone};

thread_local! {
    static LAST_ID: Cell<u64> = const { Cell::new(0) };
    static CHOSEN_ZONE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// The time of this browser's clock.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

/// Milliseconds since 1970.
pub fn milliseconds() -> u64 {
    js_sys::Date::now() as u64
}

/// The zone in which this person reads times: the one that they chose, or that of the browser.
pub fn zone() -> Zone {
    CHOSEN_ZONE.get().map_or_else(browser_zone, |name| Zone::new(name, zones::offset))
}

/// Takes over which zone this person chose, for every browser. One that this browser does not know is passed over.
pub fn choose_zone(name: Option<&str>) {
    let name = name.filter(|name| knows_zone(name));
    if name != CHOSEN_ZONE.get() {
        // A name for as long as the page lives; somebody chooses few.
        CHOSEN_ZONE.set(name.map(|name| &*Box::leak(name.to_owned().into_boxed_str())));
    }
}

/// The zone of this browser. It knows the changes of its clocks, past ones too, so the client needs no table of zones.
pub fn browser_zone() -> Zone {
    static NAME: OnceLock<String> = OnceLock::new();
    let name = NAME.get_or_init(|| zone_name().unwrap_or_else(|| Zone::UTC.name().to_owned()));
    Zone::new(name, |_, at| {
        let minutes_west = js_sys::Date::new(&(at.timestamp_millis() as f64).into()).get_timezone_offset();
        FixedOffset::west_opt((minutes_west * 60.0) as i32).unwrap_or_else(|| Utc.fix())
    })
}

/// The day that it is where this person is.
pub fn today() -> Today {
    Today::at(now(), zone())
}

fn zone_name() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

/// A fresh id for an item. Ids grow, also within a millisecond: entries of the same minute keep the order in which they
/// were pasted.
pub fn new_item_id() -> ItemId {
    ItemId::new(next_instant(), random())
}

/// A fresh id for a comment; those written later sort later.
pub fn new_comment_id() -> CommentId {
    CommentId::new(next_instant(), random())
}

fn next_instant() -> u64 {
    LAST_ID.with(|last| {
        let at = milliseconds().max(last.get() + 1);
        last.set(at);
        at
    })
}

/// A fresh client id: Yjs' own are random 32-bit numbers too.
pub fn new_client_id() -> ClientId {
    ClientId(u64::from(u32::from_le_bytes(random())))
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let source = web_sys::window().and_then(|window| window.crypto().ok());
    let filled = source.is_some_and(|source| source.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
}
