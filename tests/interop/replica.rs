//! Our replicas and a room for the npm peers of the interop tests: one JSON request a line on standard input, one answer
//! a line on standard output.
#![expect(clippy::expect_used, reason = "a panic ends the process, and with it the test that asked")]

use fuzz_targets::bytes::hex;
use fuzz_targets::{corpus, mutation};
use postmortem::room::RoomEffect;
use postmortem::{
    ClientId, Command, ConnectionId, Dialect, Participant, Replica, Room, TextChange, TextId, Waiting, wire,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use tests::{person, refusal};

const LETTERS: &[&str] = &["a", "é", "日", "😀", "\n", "deploy ", "مرحبا", "👩‍🚒"];

struct Peers {
    replicas: Vec<Replica>,
    /// What each of them cannot take in yet.
    waiting: Vec<Waiting>,
    room: Room,
    connection: u64,
    random: StdRng,
}

fn main() {
    let mut peers = Peers {
        replicas: Vec::new(),
        waiting: Vec::new(),
        room: Room::load(ClientId(2), [fuzz_targets::document().to_vec()], Vec::new()).expect("a document"),
        connection: 0,
        random: StdRng::seed_from_u64(1),
    };
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line.expect("a line")).expect("a request");
        let answer = peers.answer(&request);
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}").and_then(|()| output.flush()).expect("somebody listens");
    }
}

impl Peers {
    fn answer(&mut self, request: &Value) -> Value {
        let number = |key: &str| request[key].as_u64().expect("a number");
        let bytes = |key: &str| hex(request[key].as_str().expect("bytes"));
        match request["call"].as_str().expect("a call") {
            "document" => json!(digits(fuzz_targets::document())),
            "open" => {
                self.random = StdRng::seed_from_u64(number("client"));
                let replica = Replica::new(ClientId(number("client")));
                replica.apply(fuzz_targets::document()).expect("a document");
                self.replicas.push(replica);
                self.waiting.push(Waiting::default());
                json!(self.replicas.len() - 1)
            }
            "edit" => self.edit(number("replica") as usize).map_or(Value::Null, |update| json!(digits(&update))),
            // What follows on something missing waits for it.
            "apply" => {
                let replica = number("replica") as usize;
                let taken = self.waiting[replica].adopt(&self.replicas[replica], vec![bytes("update")]);
                json!(taken.len())
            }
            "everything" => {
                let replica = number("replica") as usize;
                assert!(self.waiting[replica].is_empty(), "everything has arrived");
                json!(digits(&self.replicas[replica].diff(&[0]).expect("encoded")))
            }
            "texts" => texts(&self.replicas[number("replica") as usize]),
            "send" => self.send(&bytes("update")).map_or(Value::Null, Value::String),
            "room" => {
                json!({ "everything": digits(&self.room.replica().diff(&[0]).expect("encoded")), "texts": texts(self.room.replica()) })
            }
            "html" => json!(postmortem::markdown::to_html(request["markdown"].as_str().expect("a text"))),
            "accepted" => accepted(number("seed"), number("count") as usize),
            unknown => panic!("there is no call {unknown}"),
        }
    }

    /// One random edit of a shared text, whole characters only.
    fn edit(&mut self, replica: usize) -> Option<Vec<u8>> {
        let replica = &self.replicas[replica];
        let ids = text_ids(replica);
        let id = &ids[self.random.random_range(0..ids.len())];
        let boundaries: Vec<u32> = {
            let text = replica.text(id)?;
            let mut at = 0;
            let units = text.chars().map(|character| {
                at += character.len_utf16() as u32;
                at
            });
            std::iter::once(0).chain(units).collect()
        };
        let first = self.random.random_range(0..boundaries.len());
        let last = if self.random.random_bool(0.3) { (first + 3).min(boundaries.len() - 1) } else { first };
        let insert = LETTERS[self.random.random_range(0..LETTERS.len())].to_owned();
        let change = TextChange { from: boundaries[first], to: boundaries[last], insert };
        replica.run(&Command::EditText(id.clone(), vec![change])).expect("an edit that fits").update
    }

    /// Sends an update to the room over a connection of its own; the code of the refusal.
    fn send(&mut self, update: &[u8]) -> Option<String> {
        self.connection += 1;
        let connection = ConnectionId(self.connection);
        self.room.join(connection, Participant::owner(person(1)), Dialect::Debrief, Vec::new());
        let mut effects = self.room.receive(connection, &wire::update(update));
        effects.extend(self.room.settle());
        let appended = effects.iter().rev().find_map(|effect| match effect {
            RoomEffect::Append { sequence, .. } => Some(*sequence),
            _ => None,
        });
        if let Some(sequence) = appended {
            self.room.committed(sequence);
        }
        self.room.leave(connection);
        effects.iter().find_map(refusal)
    }
}

/// Damaged updates that a room accepted, each with what went on from there.
fn accepted(seed: u64, count: usize) -> Value {
    // Little of what began as hostile is ever accepted.
    let corpus = corpus::honest();
    let inputs = corpus.iter().cloned().chain(mutation::mutations(&corpus, seed, count));
    let accepted = inputs.filter_map(|input| {
        let canonical = fuzz_targets::ingest(&input)?;
        Some(json!({ "sent": digits(&input), "canonical": digits(&canonical) }))
    });
    accepted.collect()
}

fn text_ids(replica: &Replica) -> Vec<TextId> {
    let sections = replica.section_keys().into_iter().map(TextId::Section);
    let by_hand: TextId = "timeline/e/text".parse().expect("a text");
    sections.chain([by_hand]).collect()
}

fn texts(replica: &Replica) -> Value {
    let named = |id: &TextId| (id.to_string().trim_end_matches("/text").to_owned(), json!(replica.text(id)));
    Value::Object(text_ids(replica).iter().map(named).collect())
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
