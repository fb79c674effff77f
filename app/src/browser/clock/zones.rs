//! Zones beside the browser's own. The browser has the table of zones, so the client needs none.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Offset, Utc};
use js_sys::{Array, Function, Object, Reflect};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static FORMATS: RefCell<HashMap<String, Option<JsValue>>> = RefCell::new(HashMap::new());
}

/// The parts of a time, in the order in which they are asked for.
const PARTS: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];

/// Whether the browser knows a zone of this name.
pub fn knows_zone(name: &str) -> bool {
    with_format(name, |format| format.is_some())
}

/// The names of the zones that the browser knows; none where it does not say.
pub fn known_zones() -> Vec<String> {
    let values = || {
        let intl = intl()?;
        let list: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
        list.call1(&intl, &"timeZone".into()).ok()?.dyn_into::<Array>().ok()
    };
    values().map(|names| names.iter().filter_map(|name| name.as_string()).collect()).unwrap_or_default()
}

/// How far the clocks of a zone are from UTC at an instant; not at all in one that the browser does not know.
pub fn offset(name: &str, at: DateTime<Utc>) -> FixedOffset {
    let local = with_format(name, |format| shown(format?, at));
    let seconds = local.map(|local| (local - at.naive_utc()).as_seconds_f64().round() as i32);
    seconds.and_then(FixedOffset::east_opt).unwrap_or_else(|| Utc.fix())
}

/// What the clocks of a zone show.
fn shown(format: &JsValue, at: DateTime<Utc>) -> Option<NaiveDateTime> {
    let to_parts: Function = Reflect::get(format, &"formatToParts".into()).ok()?.dyn_into().ok()?;
    let date = JsValue::from_f64(at.timestamp_millis() as f64);
    let parts: Array = to_parts.call1(format, &date).ok()?.dyn_into().ok()?;
    let mut numbers = [0; PARTS.len()];
    for part in parts.iter() {
        let kind = Reflect::get(&part, &"type".into()).ok()?.as_string()?;
        if let Some(place) = PARTS.iter().position(|wanted| *wanted == kind) {
            numbers[place] = Reflect::get(&part, &"value".into()).ok()?.as_string()?.parse::<u32>().ok()?;
        }
    }
    let [year, month, day, hour, minute, second] = numbers;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?.and_hms_opt(hour, minute, second)
}

fn with_format<V>(name: &str, read: impl FnOnce(Option<&JsValue>) -> V) -> V {
    FORMATS.with_borrow_mut(|formats| {
        let format = formats.entry(name.to_owned()).or_insert_with(|| format(name));
        read(format.as_ref())
    })
}

/// What writes times in a zone; nothing where the browser refuses its name.
fn format(name: &str) -> Option<JsValue> {
    let options = Object::new();
    let set = |key: &str, value: &str| Reflect::set(&options, &key.into(), &value.into()).ok();
    set("timeZone", name)?;
    set("hourCycle", "h23")?;
    PARTS.into_iter().try_for_each(|part| set(part, "numeric").map(drop))?;
    let constructor: Function = Reflect::get(&intl()?, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&constructor, &Array::of2(&"en-US".into(), &options)).ok()
}

fn intl() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &"Intl".into()).ok()
}
