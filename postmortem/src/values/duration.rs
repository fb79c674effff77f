//! Durations as people read them.

use chrono::TimeDelta;

/// A duration in at most two units with no-break spaces between number and unit: `24 h 11 min`, `43 s`, `3 d 2 h`.
pub fn in_words(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds().unsigned_abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let parts = if days >= 3 {
        [(days, "d"), (hours % 24, "h")]
    } else if hours > 0 {
        [(hours, "h"), (minutes % 60, "min")]
    } else if minutes > 0 {
        [(minutes, "min"), (0, "s")]
    } else {
        [(seconds, "s"), (0, "s")]
    };
    let words: Vec<String> = parts
        .iter()
        .enumerate()
        .filter(|(index, (number, _))| *index == 0 || *number > 0)
        .map(|(_, (number, unit))| format!("{number}\u{a0}{unit}"))
        .collect();
    words.join(" ")
}

/// A duration that is known to lie between two: `17 to 20 min`, `58 min to 1 h 2 min`; one where both read the same.
pub fn range_in_words(least: TimeDelta, most: TimeDelta) -> String {
    let (from, to) = (in_words(least), in_words(most));
    if from == to {
        return to;
    }
    if least <= TimeDelta::zero() {
        return format!("0 to {to}");
    }
    match (from.split_once('\u{a0}'), to.split_once('\u{a0}')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} to {to}"),
        _ => format!("{from} to {to}"),
    }
}

/// Time since the start as on a stopwatch: `+24:11`, `−0:05` before the start.
pub fn elapsed(since_start: TimeDelta) -> String {
    let minutes = since_start.num_minutes();
    let sign = if minutes < 0 { '\u{2212}' } else { '+' };
    format!("{sign}{}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
}

/// How far a day is away, counted in days from today: `in 2 days`, `tomorrow`, `today`, `yesterday`, `4 days ago`.
pub fn days_in_words(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        2.. => format!("in {days} days"),
        _ => format!("{} days ago", days.unsigned_abs()),
    }
}

/// How far a due date is away: as any day while it is ahead, `overdue by 4 days` once it has passed.
pub fn due_in_words(days: i64) -> String {
    match days {
        -1 => "overdue by 1 day".to_owned(),
        ..-1 => format!("overdue by {} days", days.unsigned_abs()),
        _ => days_in_words(days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_at_most_two_units() {
        assert_eq!(in_words(TimeDelta::seconds(43)), "43\u{a0}s");
        assert_eq!(in_words(TimeDelta::minutes(41)), "41\u{a0}min");
        assert_eq!(in_words(TimeDelta::minutes(24 * 60 + 11)), "24\u{a0}h 11\u{a0}min");
        assert_eq!(in_words(TimeDelta::hours(3)), "3\u{a0}h");
        assert_eq!(in_words(TimeDelta::hours(100)), "4\u{a0}d 4\u{a0}h");
    }

    #[test]
    fn a_range_names_its_unit_once() {
        let told =
            |least, most| range_in_words(TimeDelta::minutes(least), TimeDelta::minutes(most)).replace('\u{a0}', " ");
        assert_eq!(told(17, 20), "17 to 20 min");
        assert_eq!(told(20, 20), "20 min");
        assert_eq!(told(58, 62), "58 min to 1 h 2 min");
        assert_eq!(told(60, 180), "1 to 3 h");
        assert_eq!(told(62, 65), "1 h 2 min to 1 h 5 min");
        assert_eq!(told(0, 3), "0 to 3 min");
    }

    #[test]
    fn a_day_is_told_by_its_distance() {
        let told: Vec<String> = [2, 1, 0, -1, -4].into_iter().map(days_in_words).collect();
        assert_eq!(told, ["in 2 days", "tomorrow", "today", "yesterday", "4 days ago"]);
        let due: Vec<String> = [2, 0, -1, -4].into_iter().map(due_in_words).collect();
        assert_eq!(due, ["in 2 days", "today", "overdue by 1 day", "overdue by 4 days"]);
    }

    #[test]
    fn elapsed_time_reads_like_a_stopwatch() {
        assert_eq!(elapsed(TimeDelta::minutes(24 * 60 + 11)), "+24:11");
        assert_eq!(elapsed(TimeDelta::minutes(-5)), "\u{2212}0:05");
    }
}
