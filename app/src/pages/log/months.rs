//! The groups of the log: this month and the last by name, the rest of the year as "earlier", older years by number.

use chrono::{DateTime, Datelike, Months, Utc};
use postmortem::api::LogRow;

/// Rows under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    /// The rows, latest first.
    pub rows: Vec<LogRow>,
}

/// Sorts the rows, latest incident first, and puts them under headings as seen at `now`.
pub fn groups(mut rows: Vec<LogRow>, now: DateTime<Utc>) -> Vec<Group> {
    rows.sort_by_key(|row| std::cmp::Reverse((row.moment(), row.id.clone())));
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let title = title(row.moment(), now);
        match groups.last_mut().filter(|group| group.title == title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { title, rows: vec![row] }),
        }
    }
    groups
}

fn title(moment: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let month = |at: DateTime<Utc>| (at.year(), at.month());
    let last_month = now.checked_sub_months(Months::new(1)).unwrap_or(now);
    if month(moment) == month(now) || month(moment) == month(last_month) || moment > now {
        moment.format("%B %Y").to_string()
    } else if moment.year() == now.year() {
        format!("Earlier in {}", moment.year())
    } else {
        moment.year().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn recent_months_have_names_and_older_years_numbers() {
        let now = at("2018-10-23T12:00:00Z");
        assert_eq!(title(at("2018-10-21T22:52:00Z"), now), "October 2018");
        assert_eq!(title(at("2018-09-01T00:00:00Z"), now), "September 2018");
        assert_eq!(title(at("2018-02-28T17:21:00Z"), now), "Earlier in 2018");
        assert_eq!(title(at("2017-02-28T17:37:00Z"), now), "2017");
    }

    #[test]
    fn december_is_the_month_before_january() {
        assert_eq!(title(at("2018-12-31T23:00:00Z"), at("2019-01-02T00:00:00Z")), "December 2018");
    }
}
