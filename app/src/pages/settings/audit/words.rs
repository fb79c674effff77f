//! What the audit log says, in words.

use chrono::{DateTime, NaiveDate, Utc};
use postmortem::api::{AuditActor, AuditEntry, AuditLog, AuditedPostmortem};
use postmortem::{AuditAction, Zone};

/// How far back one looks, in days; further than anything is kept in the last.
pub const SPANS: [(u32, &str); 3] = [(7, "Last 7 days"), (30, "Last 30 days"), (0, "As long as it is kept")];

/// How far back one looks unless one says otherwise.
pub const USUAL_SPAN: u32 = 7;

/// What stands under the heading.
pub fn introduction(log: Option<&AuditLog>) -> String {
    let kept = log.map(|log| format!(" It is kept for {} days.", log.kept_days)).unwrap_or_default();
    format!("Who did what, and from where. Nothing here can be changed.{kept}")
}

/// How many entries there are.
pub fn count(total: u32, zone: &str) -> String {
    let entries = if total == 1 { "1 entry".to_owned() } else { format!("{total} entries") };
    format!("{entries}, newest first, times in {zone}.")
}

/// Who did it.
pub fn actor(actor: &AuditActor) -> String {
    match actor {
        AuditActor::Person(person) => person.name.clone(),
        AuditActor::Operator => "Whoever runs the server".to_owned(),
        AuditActor::Debrief => "Debrief".to_owned(),
    }
}

/// What they did, without whom or what they did it to: that stands behind it in bold.
pub fn deed(entry: &AuditEntry) -> &'static str {
    match entry.action {
        AuditAction::SignInRefused => "turned away whoever wanted to sign in as",
        action => action.label(),
    }
}

/// `, In review, before Draft`: how it was done.
pub fn detail(entry: &AuditEntry) -> String {
    let goes_on = matches!(entry.action, AuditAction::SignedIn | AuditAction::AccountMade | AuditAction::Published);
    match (entry.detail.as_str(), entry.subject.as_str()) {
        ("", _) => String::new(),
        (detail, "") if goes_on => format!(" {detail}"),
        (detail, "") => format!(": {detail}"),
        (detail, _) => format!(", {detail}"),
    }
}

/// The post-mortem that it was done to, and where it is, as long as it is there and theirs.
pub fn target(entry: &AuditEntry) -> Option<(String, Option<String>)> {
    match entry.postmortem.as_ref()? {
        AuditedPostmortem::Known { id, title } => {
            let title = if title.is_empty() { "Untitled" } else { title };
            Some((title.to_owned(), Some(format!("/postmortems/{id}"))))
        }
        AuditedPostmortem::Gone { .. } => Some(("one that is deleted".to_owned(), None)),
        AuditedPostmortem::Hidden { .. } => Some(("a private post-mortem".to_owned(), None)),
    }
}

/// A day, a moment of it, and what was done on it.
pub type AuditDay = (NaiveDate, DateTime<Utc>, Vec<AuditEntry>);

/// The entries by the days of a zone.
pub fn by_day(entries: &[AuditEntry], zone: Zone) -> Vec<AuditDay> {
    let mut days: Vec<AuditDay> = Vec::new();
    for entry in entries {
        let date = zone.local(entry.at).date_naive();
        match days.last_mut() {
            Some((last, _, entries)) if *last == date => entries.push(entry.clone()),
            _ => days.push((date, entry.at, vec![entry.clone()])),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use postmortem::Person;
    use postmortem::person::PersonColor;

    fn entry(day: u32, hour: u32, action: AuditAction, subject: &str, detail: &str) -> AuditEntry {
        AuditEntry {
            sequence: 1,
            at: Utc.with_ymd_and_hms(2018, 10, day, hour, 4, 31).single().unwrap(),
            actor: AuditActor::Person(Person {
                id: "mara".parse().unwrap(),
                name: "Mara Lindqvist".into(),
                color: PersonColor::Umber,
                initials: None,
            }),
            action,
            postmortem: None,
            subject: subject.into(),
            detail: detail.into(),
            address: "198.51.100.23".into(),
            device: "Firefox on Linux".into(),
        }
    }

    fn whole(entry: &AuditEntry) -> String {
        let subject = if entry.subject.is_empty() { String::new() } else { format!(" {}", entry.subject) };
        format!("{} {}{subject}{}", actor(&entry.actor), deed(entry), detail(entry))
    }

    #[test]
    fn an_entry_reads_as_a_sentence() {
        let role = entry(23, 12, AuditAction::RoleChanged, "Jonah Adeyemi", "Outsider, before Member");
        assert_eq!(
            whole(&role),
            "Mara Lindqvist changed what somebody is in the team: Jonah Adeyemi, Outsider, before Member"
        );
        let status = entry(23, 12, AuditAction::StatusChanged, "", "In review, before Draft");
        assert_eq!(whole(&status), "Mara Lindqvist changed the status: In review, before Draft");
        let refused = AuditEntry {
            actor: AuditActor::Debrief,
            ..entry(23, 12, AuditAction::SignInRefused, "jonah@harbour.example", "too many attempts")
        };
        let words = "Debrief turned away whoever wanted to sign in as jonah@harbour.example, too many attempts";
        assert_eq!(whole(&refused), words);
    }

    #[test]
    fn what_goes_on_in_the_same_sentence_has_no_colon() {
        let signed_in = entry(23, 12, AuditAction::SignedIn, "", "with Harbour ID");
        assert_eq!(whole(&signed_in), "Mara Lindqvist signed in with Harbour ID");
    }

    #[test]
    fn what_is_private_to_others_leads_nowhere() {
        let hidden = AuditedPostmortem::Hidden { is_private: true };
        let of =
            |postmortem| AuditEntry { postmortem: Some(postmortem), ..entry(23, 12, AuditAction::Deleted, "", "") };
        assert_eq!(target(&of(hidden)), Some(("a private post-mortem".into(), None)));
        let gone = AuditedPostmortem::Gone { id: "p".parse().unwrap() };
        assert_eq!(target(&of(gone)), Some(("one that is deleted".into(), None)));
    }

    #[test]
    fn days_are_those_of_the_reader() {
        let entries = [entry(23, 1, AuditAction::SignedIn, "", ""), entry(22, 23, AuditAction::SignedIn, "", "")];
        assert_eq!(by_day(&entries, Zone::UTC).len(), 2);
    }
}
