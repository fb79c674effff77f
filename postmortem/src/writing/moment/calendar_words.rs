//! The words and digits of days: months and weekdays by name, in English and German.

use chrono::Weekday;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The months of German mails and chats whose names are others.
const GERMAN_MONTHS: [(&str, u32); 8] = [
    ("januar", 1),
    ("februar", 2),
    ("märz", 3),
    ("mai", 5),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
];

const GERMAN_WEEKDAYS: [(&str, Weekday); 7] = [
    ("montag", Weekday::Mon),
    ("dienstag", Weekday::Tue),
    ("mittwoch", Weekday::Wed),
    ("donnerstag", Weekday::Thu),
    ("freitag", Weekday::Fri),
    ("samstag", Weekday::Sat),
    ("sonntag", Weekday::Sun),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// The number of a month by its name, or by its first three letters and more.
pub fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let index = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name));
    let german = || GERMAN_MONTHS.iter().find(|(known, _)| *known == name).map(|(_, month)| *month);
    index.and_then(|index| u32::try_from(index + 1).ok()).or_else(german)
}

/// The weekday by its name, or by its first three letters and more.
pub fn weekday(name: &str) -> Option<Weekday> {
    let name = name.to_lowercase();
    let english = WEEKDAYS.iter().find(|(known, _)| name.len() >= 3 && known.starts_with(&name));
    english.or_else(|| GERMAN_WEEKDAYS.iter().find(|(known, _)| *known == name)).map(|(_, weekday)| *weekday)
}

/// The digits at the front of a text.
pub fn number(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (length > 0).then(|| text.split_at(length))
}
