//! What is told to followers at a time. It is read once for all of them, and each is told of what they find.

use super::message;
use super::position::Position;
use crate::store::accounts::Account;
use crate::store::rights::Audience;
use bytes::Bytes;
use postmortem::api::{FeedMessage, LogRow};
use postmortem::{PostmortemId, TeamRole, UserId};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Lines that are new or changed, and what is gone.
#[derive(Debug)]
pub(super) struct Change {
    position: String,
    pub lines: Vec<Line>,
    /// With who found it.
    pub gone: Vec<(PostmortemId, Audience)>,
    /// Whose rights have changed.
    pub accounts: BTreeSet<UserId>,
    /// What it is for everybody whom nothing of it is hidden from.
    whole: OnceLock<Bytes>,
}

/// A line, who finds it, and who did when it was told before.
#[derive(Debug)]
pub(super) struct Line {
    pub row: LogRow,
    pub audience: Audience,
    pub before: Audience,
}

impl Change {
    pub fn at(position: &Position) -> Self {
        Self {
            position: position.to_string(),
            lines: Vec::new(),
            gone: Vec::new(),
            accounts: BTreeSet::new(),
            whole: OnceLock::new(),
        }
    }

    /// The message for somebody: what they find, and what they found and do not any more.
    pub fn for_account(&self, account: &Account) -> Bytes {
        let audiences = self.lines.iter().map(|line| &line.audience).chain(self.gone.iter().map(|(_, found)| found));
        let is_open = account.role != TeamRole::Outsider && audiences.into_iter().all(|audience| !audience.is_private);
        if is_open { self.whole.get_or_init(|| self.found_by(account)).clone() } else { self.found_by(account) }
    }

    fn found_by(&self, account: &Account) -> Bytes {
        let finds = |audience: &Audience| audience.includes(&account.person.id, account.role);
        let lines = self.lines.iter().filter(|line| finds(&line.audience)).map(|line| line.row.clone());
        let lost = self.lines.iter().filter(|line| !finds(&line.audience) && finds(&line.before));
        let lost = lost.map(|line| line.row.id.clone());
        let gone = self.gone.iter().filter(|(_, found)| finds(found)).map(|(id, _)| id.clone());
        message(&FeedMessage::Changed {
            position: self.position.clone(),
            lines: lines.collect(),
            gone: lost.chain(gone).collect(),
        })
    }
}
