//! People who mean no good, one of each kind, at work on a post-mortem that others write. What they do breaks no rule of
//! the protocols by more than a step; they go on until they are dropped.

use crate::http::Visitor;
use crate::peer::{TestPeer, socket};
use crate::{entry, insert};
use bytes::Bytes;
use futures_util::future::select_all;
use futures_util::{SinkExt, StreamExt};
use postmortem::{ClientId, Command, ItemId, Replica, TextId, limits, wire};
use rand::Rng;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{interval, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// Half of the longest message.
const HALF: usize = limits::FRAME / 2;

/// How many imports are made at once by each name.
const AT_ONCE: usize = 16;

/// How many state vectors a socket brings: no more than a connection is answered.
const VECTORS: u8 = 16;

/// How long an abuser waits for something before it begins anew.
const WAIT: Duration = Duration::from_secs(1);

/// One kind of abuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abuser {
    /// Begins messages and never ends them, on ever more sockets.
    HalfMessages,
    /// Comes again and again with an update that is refused.
    RefusedUpdates,
    /// Opens connections and asks for nothing.
    IdleConnections,
    /// Sends the heads of requests a line at a time.
    SlowHeads,
    /// Sends frames as fast as they are taken.
    Flood,
    /// Guesses password after password.
    Guesses,
    /// Comments without end.
    Comments,
    /// Asks for the incident log without end.
    Lists,
    /// Asks for the post-mortem on ever more connections and reads no answer.
    UnreadAnswers,
    /// Asks for what it lacks by state vectors that it made up, and reads no answer.
    StateVectors,
    /// Asks for the post-mortem without end, and hangs up when that takes long.
    Readers,
    /// Imports without end, by several names.
    Imports,
}

impl Abuser {
    /// One of each.
    pub const ALL: [Self; 12] = [
        Self::HalfMessages,
        Self::RefusedUpdates,
        Self::IdleConnections,
        Self::SlowHeads,
        Self::Flood,
        Self::Guesses,
        Self::Comments,
        Self::Lists,
        Self::UnreadAnswers,
        Self::StateVectors,
        Self::Readers,
        Self::Imports,
    ];
}

/// How much each abuser holds and how fast it is.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// Sockets with half of a message; a fifth as many with state vectors.
    pub sockets: usize,
    /// Idle connections, half as many with half a head, and a tenth as many with answers that nobody reads.
    pub connections: usize,
    /// Between two refused updates.
    pub pause: Duration,
}

/// What they work on.
#[derive(Debug, Clone)]
pub struct Target {
    visitor: Visitor,
    /// The one by whose name sockets are opened, for which they are held against nobody else.
    connecting: Visitor,
    stranger: Visitor,
    /// Those by whose names the imports are made.
    names: Vec<Visitor>,
    id: String,
    /// The document before an entry had most of the words that it may have, and the entry.
    before: Vec<u8>,
    item: ItemId,
}

impl Target {
    /// Prepares a post-mortem, in which the first of these people writes a long entry; the second is who opens sockets, and
    /// by the names of the others imports are made.
    pub async fn prepare([visitor, connecting]: [Visitor; 2], names: Vec<Visitor>, id: &str) -> Self {
        let mut page = TestPeer::connect(&visitor, id).await;
        // Another process may have prepared it before.
        let item = ItemId::new(0, rand::rng().random());
        page.run(&Command::AddEntry(item.clone(), entry("2018-10-21T23:07:00Z", "seen"))).await;
        page.until_saved().await;
        let before = page.replica.diff(&[0]).expect("encoded");
        page.run(&write_much(&item)).await;
        page.until_saved().await;
        let stranger = Visitor::stranger(visitor.address());
        Self { visitor, connecting, stranger, names, id: id.to_owned(), before, item }
    }

    /// Lets one abuser loose, and counts how often it got to do what it came for. An error of the network is what it lives
    /// with.
    pub async fn abuse(&self, abuser: Abuser, strength: Strength, turns: &AtomicUsize) -> Infallible {
        let Strength { sockets, connections, pause } = strength;
        let postmortem = format!("/api/postmortems/{}", self.id);
        match abuser {
            Abuser::HalfMessages => self.send_half(sockets, turns).await,
            Abuser::RefusedUpdates => self.be_refused(pause, turns).await,
            Abuser::IdleConnections => self.hold(connections, b"", b"", turns).await,
            Abuser::SlowHeads => self.hold(connections / 2, b"GET / HTTP/1.1\r\n", b"X-Slow: yes\r\n", turns).await,
            Abuser::Flood => self.flood(turns).await,
            Abuser::Guesses => {
                let guess = json!({ "mail": self.visitor.person["mail"], "password": "twelve pigeons in the park" });
                repeat(WAIT, turns, || self.stranger.request(Method::POST, "/api/sessions").json(&guess)).await
            }
            Abuser::Comments => {
                let path = format!("{postmortem}/comments");
                let comment = json!({ "section": "overview", "text": "Mallory was here." });
                repeat(WAIT, turns, || self.visitor.request(Method::POST, &path).json(&comment)).await
            }
            Abuser::Lists => repeat(WAIT, turns, || self.visitor.request(Method::GET, "/api/postmortems")).await,
            Abuser::UnreadAnswers => {
                let (host, cookie) = (self.connecting.address(), self.connecting.cookie().unwrap_or_default());
                let ask = format!("GET {postmortem} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n");
                self.hold(connections / 10, ask.as_bytes(), ask.as_bytes(), turns).await
            }
            Abuser::StateVectors => self.make_up(sockets / 5, turns).await,
            Abuser::Readers => loop {
                // To hang up is what it came for as well.
                let _ = timeout(WAIT / 5, self.connecting.request(Method::GET, &postmortem).send()).await;
                turns.fetch_add(1, Ordering::Relaxed);
            },
            Abuser::Imports => {
                let file = json!({ "title": "Mallory was here", "severity": "SEV-4" });
                let all = self.names.iter().cycle().take(self.names.len() * AT_ONCE);
                let import = |name: &'_ Visitor| name.request(Method::POST, "/api/imports").json(&file);
                select_all(all.map(|name| Box::pin(repeat(WAIT, turns, move || import(name))))).await.0
            }
        }
    }

    async fn send_half(&self, most: usize, turns: &AtomicUsize) -> Infallible {
        let mut held = VecDeque::new();
        loop {
            if let Ok(mut socket) = socket(&self.connecting, &self.id).await {
                let part = Frame::message(vec![0; HALF], OpCode::Data(Data::Binary), false);
                if let Ok(Ok(())) = timeout(WAIT, socket.send(Message::Frame(part))).await {
                    turns.fetch_add(1, Ordering::Relaxed);
                }
                held.push_back(socket);
            }
            if held.len() > most {
                held.pop_front();
            }
        }
    }

    /// Asks as often as it is taken, and reads nothing.
    async fn make_up(&self, most: usize, turns: &AtomicUsize) -> Infallible {
        let mut held = VecDeque::new();
        loop {
            if let Ok(mut socket) = socket(&self.connecting, &self.id).await {
                // One change of somebody whom nobody knows, and then two, and so on.
                for made_up in 1..=VECTORS {
                    let ask = socket.send(Message::Binary(wire::state_vector(&[1, 9, made_up])));
                    if let Ok(Ok(())) = timeout(WAIT, ask).await {
                        turns.fetch_add(1, Ordering::Relaxed);
                    }
                }
                held.push_back(socket);
            }
            if held.len() > most {
                sleep(WAIT / 10).await;
                held.pop_front();
            }
        }
    }

    async fn be_refused(&self, pause: Duration, turns: &AtomicUsize) -> Infallible {
        let mut pauses = interval(pause);
        loop {
            pauses.tick().await;
            let Ok(mut socket) = socket(&self.connecting, &self.id).await else { continue };
            let _ = socket.send(Message::Binary(wire::update(&self.too_long()))).await;
            let to_its_end = async { while socket.next().await.is_some_and(|message| message.is_ok()) {} };
            if timeout(WAIT, to_its_end).await.is_ok() {
                turns.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    async fn hold(&self, most: usize, begin: &[u8], more: &[u8], turns: &AtomicUsize) -> Infallible {
        let mut held = VecDeque::new();
        loop {
            if let Ok(Ok(mut stream)) = timeout(WAIT, TcpStream::connect(self.stranger.address())).await {
                if stream.write_all(begin).await.is_ok() {
                    turns.fetch_add(1, Ordering::Relaxed);
                }
                held.push_back(stream);
            }
            if held.len() >= most {
                // It has what it wanted, and only makes up for what it lost.
                sleep(WAIT / 100).await;
                let oldest = held.pop_front();
                if let Some(mut stream) = oldest
                    && matches!(timeout(WAIT, stream.write_all(more)).await, Ok(Ok(())))
                {
                    held.push_back(stream);
                    held.pop_front();
                }
            }
        }
    }

    async fn flood(&self, turns: &AtomicUsize) -> Infallible {
        // Kinds of messages that nobody knows, a hundred in a frame.
        let frame: Bytes = [42, 1, 0].repeat(100).into();
        loop {
            let Ok(mut socket) = socket(&self.connecting, &self.id).await else { continue };
            while socket.send(Message::Binary(frame.clone())).await.is_ok() {
                turns.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// What somebody writes who has not seen that somebody else wrote as much: together it is too long, which shows only
    /// once it is tried.
    fn too_long(&self) -> Vec<u8> {
        let page = Replica::new(ClientId(u64::from(rand::rng().random::<u32>())));
        page.apply(&self.before).expect("applied");
        page.run(&write_much(&self.item)).expect("an edit").update.expect("an update")
    }
}

/// Asks again and again, and waits for no answer for longer than that.
async fn repeat(most: Duration, turns: &AtomicUsize, ask: impl Fn() -> RequestBuilder) -> Infallible {
    loop {
        if let Ok(Ok(_)) = timeout(most, ask().send()).await {
            turns.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Most of the words that an entry may have.
fn write_much(item: &ItemId) -> Command {
    Command::EditText(TextId::Entry(item.clone()), insert(0, &"x".repeat(limits::ENTRY as usize * 2 / 3)))
}
