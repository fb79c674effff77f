//! The incident log, made once for everybody who asks at the same time, of which each is shown the lines that they find.

use crate::store::accounts::Account;
use crate::store::rights::Audience;
use bytes::Bytes;
use postmortem::api::LogRow;

/// Every line with who finds it.
#[derive(Debug)]
pub struct ListedLog {
    /// As JSON.
    lines: Vec<(Vec<u8>, Audience)>,
    position: String,
}

impl ListedLog {
    /// The lines in order, and from where on the feed tells what changes.
    pub fn new(rows: impl Iterator<Item = (LogRow, Audience)>, position: String) -> Self {
        // Lines are plain data with string keys: they always have a JSON form.
        let lines = rows.filter_map(|(row, audience)| Some((serde_json::to_vec(&row).ok()?, audience)));
        Self { lines: lines.collect(), position }
    }

    /// What somebody finds, in the form of [`postmortem::api::IncidentLog`].
    pub fn for_account(&self, account: &Account) -> Bytes {
        let found = self.lines.iter().filter(|(_, audience)| audience.includes(&account.person.id, account.role));
        let found: Vec<&[u8]> = found.map(|(line, _)| line.as_slice()).collect();
        let mut json = b"{\"postmortems\":[".to_vec();
        json.extend(found.join(&b','));
        json.extend(format!("],\"position\":{}}}", serde_json::Value::from(self.position.as_str())).into_bytes());
        json.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::IncidentLog;
    use postmortem::person::PersonColor;
    use postmortem::{ClientId, Person, PostmortemId, Severity, TeamRole, UserId, create};

    #[test]
    fn each_is_shown_what_they_find_and_no_trace_of_the_rest() {
        let replica = create::create(ClientId(1), "A \"quoted\" title", Severity::Sev2).expect("made");
        let row = |number: u8| {
            let id = PostmortemId::new(1, [number; 10]);
            LogRow::of_copy(&id, &replica, &[], chrono::DateTime::default())
        };
        let user = |name: &str| -> UserId { name.parse().expect("an id") };
        let private = Audience { is_private: true, named: vec![user("mara")] };
        let rows = [(row(1), private), (row(2), Audience::default())];
        let listed = ListedLog::new(rows.into_iter(), "run.7.0".into());
        let found = |name: &str, role| {
            let person = Person { id: user(name), name: name.into(), color: PersonColor::Teal, initials: None };
            let json = listed.for_account(&Account { person, mail: None, role });
            let log: IncidentLog = serde_json::from_slice(&json).expect("a log");
            assert_eq!(log.position.as_deref(), Some("run.7.0"));
            log.postmortems.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(found("mara", TeamRole::Outsider), [row(1).id]);
        assert_eq!(found("mara", TeamRole::Member), [row(1).id, row(2).id]);
        assert_eq!(found("jonah", TeamRole::Admin), [row(2).id]);
        assert_eq!(found("jonah", TeamRole::Outsider), []);
    }
}
