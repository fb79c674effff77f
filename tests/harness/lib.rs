//! What the tests stand on: a server of their own with a real listener and a real database, visitors who speak HTTP,
//! and peers who speak the sync protocol. Everything goes through the public interface.
#![expect(clippy::expect_used, reason = "a harness that cannot go on fails the test that uses it")]

mod abuse;
mod authenticator;
mod entrance;
mod feed;
mod front;
mod http;
mod patience;
mod peer;
mod process;
mod provider;
mod scenario;
mod server;

pub use abuse::{Abuser, Strength, Target};
pub use authenticator::Authenticator;
pub use entrance::{Entrance, MOST_PEOPLE, PASSWORD, secret};
pub use feed::Follower;
pub use front::{Front, Proxy};
pub use http::{Answer, Visitor};
pub use patience::{PATIENCE, answer, until};
pub use peer::{
    Closed, TestPeer, bare_socket, close_code, outcome, upgrade_answer, upgrade_status, upgrade_status_with,
};
pub use process::{Process, debrief};
pub use provider::{ImitatedProvider, Sayings, SignInRequest};
pub use scenario::{Host, Scenario};
pub use server::TestServer;

use chrono::{DateTime, Utc};
use postmortem::person::PersonColor;
use postmortem::{EntryDraft, Event, ItemId, Person, RoomEffect, TextChange, wire};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An id that no other call gives.
pub fn fresh_id() -> ItemId {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    ItemId::new(number, [0; 10])
}

/// The code of the refusal that an effect of a room tells somebody.
pub fn refusal(effect: &RoomEffect) -> Option<String> {
    let RoomEffect::Send { frame, .. } = effect else { return None };
    wire::messages(frame).find_map(|message| match message {
        Ok(wire::Message::Event(json)) => match serde_json::from_str(json) {
            Ok(Event::Refused { code, .. }) => Some(code),
            _ => None,
        },
        _ => None,
    })
}

/// A time as people write it: `2018-10-21T23:07:00Z`.
pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time in RFC 3339")
}

/// One of several people, for tests without a server to name them.
pub fn person(number: usize) -> Person {
    Person {
        id: format!("person-{number}").parse().expect("an id"),
        name: format!("Person {number}"),
        color: PersonColor::ALL[number % PersonColor::ALL.len()],
        initials: None,
    }
}

/// An entry of a timeline.
pub fn entry(at: &str, text: &str) -> EntryDraft {
    EntryDraft::new(time(at), text)
}

/// Text put in at an offset.
pub fn insert(at: u32, text: &str) -> Vec<TextChange> {
    vec![TextChange { from: at, to: at, insert: text.to_owned() }]
}

/// The real incidents, as name and JSON.
pub fn incidents() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("incidents");
    let files = std::fs::read_dir(&folder).expect("the folder of incidents");
    let mut incidents: Vec<(String, String)> = files
        .map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("an incident"))
        })
        .collect();
    incidents.sort();
    incidents
}

/// One of the real incidents by the start of its name.
pub fn incident(name: &str) -> String {
    let found = incidents().into_iter().find(|(known, _)| known.starts_with(name));
    found.expect("an incident of that name").1
}
