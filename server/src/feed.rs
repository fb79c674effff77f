//! The live feed of everything outside of rooms: which lines of the incident log are new, changed or gone, and who is where.
//! Whoever follows it asks for the log once. What changes is read once for all who follow, and somebody who was away hears
//! of what they missed by the order in which it was announced.

mod change;
mod follower;
mod position;

pub use follower::{Following, follow};

use crate::store::accounts::Account;
use crate::store::announcements::{Announced, Announcement};
use crate::store::rights::Audience;
use crate::store::{Store, StoreError};
use crate::sync::Rooms;
use bytes::Bytes;
use change::{Change, Line};
use position::Position;
use postmortem::api::FeedMessage;
use postmortem::{PostmortemId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::sleep;

/// For how long changes are gathered before they are told: a burst is one message, and who comes has come.
const GATHER: Duration = Duration::from_millis(100);

/// How long after a failure the changes are read again.
const AGAIN: Duration = Duration::from_secs(1);

/// How many messages may wait for one follower, who asks for the whole log after more: seconds of a busy server.
const WAITING: usize = 64;

/// How many lines are told at a time. Whoever missed more asks for the whole log.
const LINES: usize = 500;

/// How many lines wait unread while nobody follows: whoever comes then is told of these once more.
const UNHEARD: usize = 100;

/// The feed.
#[derive(Debug, Clone)]
pub struct Feed(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    rooms: Rooms,
    /// Up to where this run of the server found what others had announced.
    begins: Position,
    state: Mutex<State>,
    changed: Notify,
    messages: broadcast::Sender<Arc<Change>>,
    is_ending: watch::Sender<bool>,
}

#[derive(Debug)]
struct State {
    /// Up to where everything was told.
    told: Position,
    /// Up to where the lines reach that are to be told next.
    heard: Position,
    lines: BTreeSet<PostmortemId>,
    /// Whose rights have changed.
    accounts: BTreeSet<UserId>,
    /// Who found each post-mortem that was told when it was: who does not any more is told that it is gone. Of others the
    /// database knows.
    audiences: BTreeMap<PostmortemId, Audience>,
}

impl Feed {
    /// Behind everything that was announced so far.
    pub fn new(store: Store, rooms: Rooms, last: i64) -> Self {
        let begins = Position::first(last);
        let state = State {
            told: begins.clone(),
            heard: begins.clone(),
            lines: BTreeSet::new(),
            accounts: BTreeSet::new(),
            audiences: BTreeMap::new(),
        };
        Self(Arc::new(Shared {
            store,
            rooms,
            begins,
            state: Mutex::new(state),
            changed: Notify::new(),
            messages: broadcast::Sender::new(WAITING),
            is_ending: watch::Sender::new(false),
        }))
    }

    /// Takes in what was committed.
    pub fn hear(&self, announced: &[Announced]) {
        let mut state = self.state();
        for Announced { sequence, announcement } in announced {
            state.heard.sequence = *sequence;
            if let Announcement::Account(user) = announcement {
                state.accounts.insert(user.clone());
            }
            match announcement.postmortem() {
                Some(id) => drop(state.lines.insert(id.clone())),
                // A name stands where its person is.
                None => state.lines.extend(self.0.rooms.ids()),
            }
        }
        drop(state);
        self.0.changed.notify_one();
    }

    /// Tells followers what changes, for as long as the server runs.
    pub async fn run(&self) {
        loop {
            match self.0.store.list_audiences().await {
                Ok(audiences) => break self.state().audiences = audiences,
                Err(error) => {
                    tracing::warn!(%error, "who finds which post-mortem could not be read; it is tried again")
                }
            }
            sleep(AGAIN).await;
        }
        let mut comings = self.0.rooms.comings();
        loop {
            tokio::select! {
                () = self.0.changed.notified() => {}
                came = comings.recv() => {
                    let mut state = self.state();
                    state.heard.comings += 1;
                    match came {
                        Ok(id) => drop(state.lines.insert(id)),
                        // More came and went than are remembered one by one.
                        Err(_) => state.lines.extend(self.0.rooms.ids()),
                    }
                }
            }
            sleep(GATHER).await;
            while let Ok(id) = comings.try_recv() {
                let mut state = self.state();
                state.heard.comings += 1;
                state.lines.insert(id);
            }
            // Lines are read for whoever follows; nobody may for hours.
            if self.0.messages.receiver_count() == 0 && self.state().lines.len() < UNHEARD {
                continue;
            }
            while let Err(error) = self.tell().await {
                tracing::warn!(%error, "the log's changes could not be read; it is tried again");
                sleep(AGAIN).await;
            }
        }
    }

    /// Tells what has gathered.
    async fn tell(&self) -> Result<(), StoreError> {
        let (through, lines, accounts) = {
            let state = self.state();
            (state.heard.clone(), state.lines.clone(), state.accounts.clone())
        };
        if lines.is_empty() && self.state().told == through {
            return Ok(());
        }
        let mut change = self.changed(&through, &lines).await?;
        change.accounts = accounts;
        let mut state = self.state();
        for (id, _) in &change.gone {
            state.audiences.remove(id);
        }
        for line in &change.lines {
            state.audiences.insert(line.row.id.clone(), line.audience.clone());
        }
        state.told = through;
        // One that changed again while it was read is told again.
        if state.heard == state.told {
            state.lines.clear();
            state.accounts.clear();
        }
        drop(state);
        // Whoever followed may have left meanwhile.
        drop(self.0.messages.send(Arc::new(change)));
        Ok(())
    }

    /// How lines stand now, and who finds them.
    async fn changed(&self, through: &Position, ids: &BTreeSet<PostmortemId>) -> Result<Change, StoreError> {
        let mut change = Change::at(through);
        for id in ids {
            let before = self.state().audiences.get(id).cloned();
            match self.0.store.find_listed(id).await? {
                Some(listed) => {
                    let row = listed.with_people(self.0.rooms.people(id).await);
                    let audience = self.0.store.find_audience(id).await?;
                    let before = before.unwrap_or_else(|| audience.clone());
                    change.lines.push(Line { row, audience, before });
                }
                None => {
                    let found = match before {
                        Some(before) => before,
                        None => self.0.store.find_audience_of_deleted(id).await?,
                    };
                    change.gone.push((id.clone(), found));
                }
            }
        }
        Ok(change)
    }

    /// Where the log stands that is read after this.
    pub fn position(&self) -> String {
        self.state().told.to_string()
    }

    /// What a follower is told first: what they may do, and what they missed since a position. Where that is too much, or
    /// not known, that they ask for the log anew.
    async fn greeting(&self, after: &str, follower: &Account) -> Result<Greeting, StoreError> {
        let welcome = message(&FeedMessage::Welcome { capabilities: follower.role.capabilities() });
        let (rest, is_anew) = match self.missed(after).await? {
            Missed::Nothing => (None, false),
            Missed::Lines(change) => (Some(change.for_account(follower)), false),
            Missed::Unknown => (Some(message(&FeedMessage::Anew)), true),
        };
        Ok(Greeting { messages: std::iter::once(welcome).chain(rest).collect(), is_anew })
    }

    /// What changed since a position.
    async fn missed(&self, after: &str) -> Result<Missed, StoreError> {
        let through = self.state().told.clone();
        let Some(after) = after.parse::<Position>().ok().filter(|after| after.leads_to(&self.0.begins, &through))
        else {
            return Ok(Missed::Unknown);
        };
        let most = u32::try_from(LINES).unwrap_or(u32::MAX);
        let Some(announced) = self.0.store.list_announcements(after.sequence, most).await? else {
            return Ok(Missed::Unknown);
        };
        let mut lines: BTreeSet<PostmortemId> =
            announced.iter().filter_map(|announced| announced.announcement.postmortem().cloned()).collect();
        // Who found what before is not kept: they ask for what they find now.
        if announced.iter().any(|announced| is_about_rights(&announced.announcement)) {
            return Ok(Missed::Unknown);
        }
        let has_names = announced.iter().any(|announced| announced.announcement.postmortem().is_none());
        if has_names || !after.knows_who_came(&through) {
            lines.extend(self.0.rooms.ids());
        }
        if announced.len() >= LINES || lines.len() > LINES {
            Ok(Missed::Unknown)
        } else if lines.is_empty() {
            Ok(Missed::Nothing)
        } else {
            Ok(Missed::Lines(self.changed(&through, &lines).await?))
        }
    }

    /// Ends every follower's connection.
    pub fn stop(&self) {
        self.0.is_ending.send_replace(true);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; if something did, the worst is a line that is told twice.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what somebody finds may be another since, also where nothing else has changed.
fn is_about_rights(announcement: &Announcement) -> bool {
    match announcement {
        Announcement::Access(_) | Announcement::Account(_) => true,
        Announcement::Summary(_)
        | Announcement::Deleted(_)
        | Announcement::Head(_)
        | Announcement::Publication(_)
        | Announcement::Thread { .. }
        | Announcement::Renamed(_)
        | Announcement::Team => false,
    }
}

/// What somebody missed who was away.
enum Missed {
    Nothing,
    Lines(Change),
    /// More than is told, or what this server does not know.
    Unknown,
}

/// What a follower is told first.
#[derive(Debug)]
struct Greeting {
    messages: Vec<Bytes>,
    /// Whether nothing follows it: they come again when they have the log.
    is_anew: bool,
}

fn message(message: &FeedMessage) -> Bytes {
    // Messages are plain data with string keys: they always have a JSON form.
    serde_json::to_vec(message).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::announcements::Announcement;
    use crate::store::audit::Actor;
    use crate::sync::{Bounds, Pace, Saver};
    use crate::work::creation::New;
    use postmortem::person::PersonColor;
    use postmortem::{Person, Severity, TeamRole};
    use serde_json::{Value, json};

    async fn feed(folder: &tempfile::TempDir) -> (Store, Feed) {
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let saver = Saver::start(store.clone(), Pace::default().patience, Bounds::default().unsaved);
        let rooms = Rooms::new(store.first(), saver, Pace::default(), Bounds::default());
        let last = store.last_announcement().await.expect("read");
        (store.clone(), Feed::new(store, rooms, last))
    }

    fn mara() -> Account {
        let person = Person {
            id: "mara".parse().expect("an id"),
            name: "Mara".into(),
            color: PersonColor::Umber,
            initials: None,
        };
        Account { person, mail: None, role: TeamRole::Member }
    }

    fn read(message: &Bytes) -> Value {
        serde_json::from_slice(message).expect("JSON")
    }

    #[tokio::test]
    async fn what_was_missed_is_told_and_a_position_of_another_history_begins_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, feed) = feed(&folder).await;
        let before = feed.position();
        let new = New::empty("Disk full", Severity::Sev2).expect("a title");
        let id = new.keep(&store, &Actor::Operator).await.expect("kept");
        let announced = store.list_announcements(0, 10).await.expect("read").expect("kept");
        feed.hear(&announced);
        feed.tell().await.expect("told");
        let mara = mara();
        let Greeting { messages, is_anew } = feed.greeting(&before, &mara).await.expect("read");
        assert!(!is_anew && read(&messages[0])["type"] == "welcome");
        let missed = read(&messages[1]);
        assert_eq!((&missed["lines"][0]["id"], &missed["position"]), (&json!(id), &json!(feed.position())));
        let up_to_date = feed.greeting(&feed.position(), &mara).await.expect("read");
        assert_eq!((up_to_date.messages.len(), up_to_date.is_anew), (1, false));
        for other in ["", "nonsense", "other-999999-0"] {
            let Greeting { messages, is_anew } = feed.greeting(other, &mara).await.expect("read");
            assert!(is_anew && read(&messages[1])["type"] == "anew", "{other}");
        }
    }

    #[tokio::test]
    async fn what_is_gone_is_told_as_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, feed) = feed(&folder).await;
        let id: PostmortemId = "gone".parse().expect("an id");
        let mut followed = feed.0.messages.subscribe();
        feed.hear(&[Announced { sequence: 7, announcement: Announcement::Deleted(id.clone()) }]);
        feed.tell().await.expect("told");
        let told = read(&followed.recv().await.expect("a message").for_account(&mara()));
        assert_eq!((&told["gone"], &told["lines"]), (&json!([id]), &json!([])));
    }
}
