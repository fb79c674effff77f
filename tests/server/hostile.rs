//! Bytes that no client of ours sends, over real sockets. The sender is told or closed, a bystander in the same room
//! goes on working meanwhile, and nothing of it is in the document, now or after a restart.

mod awareness;
mod messages;
pub mod raw;
mod transport;
mod updates;

use fuzz_targets::bytes::hex;
use fuzz_targets::hostile;
use postmortem::{Command, Defect, EntryDraft, Event, wire};
use serde_json::json;
use tests::{Scenario, TestPeer, TestServer, Visitor, entry, fresh_id};

/// A bystander at work in a document in which there is something to harm.
struct Scene {
    server: TestServer,
    mara: Visitor,
    id: String,
    bystander: TestPeer,
    /// How many entries there must be.
    entries: usize,
    /// What cannot be read since before: the entry that was made by hand has no time.
    defects: Vec<Defect>,
}

impl Scene {
    async fn set() -> Self {
        Self::on(TestServer::start()).await
    }

    async fn on(server: TestServer) -> Self {
        let Scenario { server, mara, id } = Scenario::blank_at(server).await;
        let mut bystander = TestPeer::connect(&mara, &id).await;
        for update in hostile::SETUP.map(hex) {
            bystander.replica.apply(&update).expect("what is honest fits");
            let frame = bystander.peer.edited(&update).expect("connected");
            bystander.send(frame).await;
        }
        bystander.until_saved().await;
        // Whoever wrote as clients 42 and 43 is gone: nobody's open page is using them.
        let left = bystander.replica.client();
        drop(bystander);
        let mut bystander = TestPeer::connect(&mara, &id).await;
        bystander.until("the first page is gone", |page| !page.presences.contains_key(&left)).await;
        let entries = bystander.value().timeline.len();
        let defects = bystander.replica.read().defects;
        Self { server, mara, id, bystander, entries, defects }
    }

    /// Somebody else's page; each is another person's.
    async fn attacker(&self) -> TestPeer {
        TestPeer::connect(&self.server.visitor("Mallory").await, &self.id).await
    }

    /// The bystander writes something, which reaches the disk.
    async fn bystander_goes_on(&mut self) {
        let draft: EntryDraft = entry("2018-10-21T23:07:00Z", "still typing");
        self.bystander.run(&Command::AddEntry(fresh_id(), draft)).await;
        self.bystander.until_saved().await;
        self.entries += 1;
        assert_eq!(self.bystander.closed, None);
    }

    /// The bystander goes on, a newcomer sees only that, it can be read and published, and all of it is so again after
    /// a restart.
    async fn assert_unharmed(mut self) {
        self.bystander_goes_on().await;
        let written = self.bystander.value();
        assert_eq!(written.timeline.len(), self.entries, "entries that nobody wrote, or that are missing");
        self.assert_reads_as(&written).await;
        self.server.restart();
        self.mara = self.server.visitor("Mara").await;
        self.assert_reads_as(&written).await;
    }

    async fn assert_reads_as(&self, written: &postmortem::Postmortem) {
        let newcomer = TestPeer::connect(&self.mara, &self.id).await;
        assert_eq!(newcomer.value(), *written);
        assert_eq!(newcomer.replica.read().defects, self.defects, "something that no reader can read");
        let shown = self.mara.get(&format!("/api/postmortems/{}", self.id)).await.expect(200);
        assert_eq!(shown["timeline"].as_array().map(Vec::len), Some(self.entries));
        let published =
            self.mara.post(&format!("/api/postmortems/{}/publications", self.id), json!({})).await.expect(201);
        let page = self.mara.get(&format!("/p/{}", published["slug"].as_str().unwrap_or_default())).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
}

/// Sends something and waits for the code of its refusal.
async fn refusal(attacker: &mut TestPeer, what: &str, frame: bytes::Bytes) -> String {
    attacker.send(frame).await;
    let is_refused = |page: &TestPeer| page.events.iter().any(|event| matches!(event, Event::Refused { .. }));
    attacker.until(&format!("it is told why it is refused: {what}"), is_refused).await;
    let told = attacker.events.iter().find_map(|event| match event {
        Event::Refused { code, message } => {
            assert!(message.ends_with('.'), "{what}: {message}");
            Some(code.clone())
        }
        _ => None,
    });
    told.expect("a refusal")
}

/// Sends an update and waits for the code of its refusal.
async fn refusal_of_update(attacker: &mut TestPeer, what: &str, update: &[u8]) -> String {
    refusal(attacker, what, wire::update(update)).await
}
