//! A client under load: one that only reads, or one that also edits. Every edit is a word that tells its number, by
//! which receivers know when it was sent.

use crate::Outcome;
use crate::figures::Latencies;
use futures_util::{SinkExt, StreamExt};
use postmortem::wire::{self, Message, SUBPROTOCOL};
use postmortem::{Command, Replica, SectionKey, TextChange, TextId};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, http::HeaderValue};
use tokio_tungstenite::{WebSocketStream, client_async};

pub type Socket = WebSocketStream<TcpStream>;

/// What stands before the digits of an edit's number.
const MARK: u8 = b'~';
const DIGITS: usize = 6;

/// What the clients of one run share.
pub struct Run {
    pub editors: usize,
    /// When each edit was sent, by its number; edits of editor `i` of `n` are `i`, `i + n`, `i + 2 n` and so on.
    pub sent: RefCell<Vec<Option<Instant>>>,
    /// Edits sent before this are of the warm-up.
    pub measured_from: Cell<Option<Instant>>,
    pub delivery: RefCell<Latencies>,
    pub acknowledge: RefCell<Latencies>,
    /// Deliveries since the beginning, the warm-up included.
    pub deliveries: Cell<u64>,
    pub phase: watch::Receiver<Phase>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not everybody is there yet.
    Gathering,
    Editing,
    /// No more edits; what is under way may arrive.
    Arriving,
    Over,
}

impl Run {
    fn is_measured(&self, sent: Instant) -> bool {
        self.measured_from.get().is_some_and(|from| sent >= from)
    }

    /// Notes the edits that an update brings to somebody other than their editor.
    fn note(&self, update: &[u8], at: Instant, receiver: Option<usize>) {
        for number in numbers(update).filter(|number| receiver != Some(number % self.editors)) {
            let Some(sent) = self.sent.borrow().get(number).copied().flatten() else { continue };
            self.deliveries.set(self.deliveries.get() + 1);
            if self.is_measured(sent) {
                self.delivery.borrow_mut().0.push((at - sent).as_secs_f64());
            }
        }
    }
}

/// The numbers of the edits in an update's bytes.
fn numbers(update: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let ends = update.iter().enumerate().filter(|(_, byte)| **byte == MARK).map(|(at, _)| at + 1);
    ends.filter_map(|at| std::str::from_utf8(update.get(at..at + DIGITS)?).ok()?.parse::<usize>().ok())
}

/// Opens a socket at `origin` for `path`; with a cookie, as a client of ours.
pub async fn connect(origin: &str, path: &str, cookie: Option<&str>) -> Outcome<Socket> {
    let host = origin.trim_start_matches("http://");
    let mut request = format!("ws://{host}{path}").into_client_request()?;
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", HeaderValue::from_str(cookie)?);
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
    }
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    Ok(client_async(request, stream).await?.0)
}

/// Asks a server for the document: what it holds beyond this state vector.
pub async fn sync(socket: &mut Socket, state_vector: &[u8]) -> Outcome<Vec<u8>> {
    socket.send(binary(wire::state_vector(state_vector))).await?;
    loop {
        let frame = socket.next().await.ok_or("a client was cut off")??;
        let tungstenite::Message::Binary(frame) = frame else { continue };
        for message in wire::messages(&frame) {
            if let Message::Missing(update) = message? {
                return Ok(update.to_vec());
            }
        }
    }
}

/// Reads until the run is over.
pub async fn read(mut socket: Socket, run: &Run) -> Outcome<()> {
    let mut phase = run.phase.clone();
    loop {
        tokio::select! {
            frame = socket.next() => {
                let at = Instant::now();
                let tungstenite::Message::Binary(frame) = frame.ok_or("a reader was cut off")?? else { continue };
                for message in wire::messages(&frame) {
                    if let Message::Update(update) = message? {
                        run.note(update, at, None);
                    }
                }
            }
            over = phase.wait_for(|phase| *phase == Phase::Over) => return Ok(over.map(drop)?),
        }
    }
}

/// An editor: its number among the editors, its copy of the document, and where it writes.
pub struct Editor {
    pub number: usize,
    pub replica: Replica,
    pub pause: Duration,
    pub caret: Option<String>,
}

impl Editor {
    /// Edits as soon as everybody is there and until the run only waits, and reads until it is over.
    pub async fn edit(mut self, mut socket: Socket, run: &Run) -> Outcome<()> {
        let mut phase = run.phase.clone();
        phase.wait_for(|phase| *phase >= Phase::Editing).await?;
        let mut unacknowledged = VecDeque::new();
        let mut acknowledged = 0;
        let mut turn = 0;
        // Editors take turns within the pause rather than type all at once.
        let first = Instant::now() + self.pause * u32::try_from(self.number)? / u32::try_from(run.editors)?;
        let mut ticks = interval_at(first.into(), self.pause);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_editing = *phase.borrow() == Phase::Editing;
            tokio::select! {
                _ = ticks.tick(), if is_editing => {
                    // The run may have stopped editing in the same moment.
                    if *phase.borrow() != Phase::Editing {
                        continue;
                    }
                    let edit = turn * run.editors + self.number;
                    turn += 1;
                    let frame = binary(wire::update(&self.write(edit, run.editors)?));
                    let sent = Instant::now();
                    run.sent.borrow_mut().get_mut(edit).ok_or("the run is longer than it was to be")?.replace(sent);
                    unacknowledged.push_back(sent);
                    socket.send(frame).await?;
                }
                frame = socket.next() => {
                    let at = Instant::now();
                    let tungstenite::Message::Binary(frame) = frame.ok_or("an editor was cut off")?? else { continue };
                    for message in wire::messages(&frame) {
                        match message? {
                            Message::Update(update) => {
                                run.note(update, at, Some(self.number));
                                self.replica.apply(update)?;
                            }
                            Message::Acknowledged(count) => {
                                for sent in unacknowledged.drain(..usize::try_from(count - acknowledged)?) {
                                    if run.is_measured(sent) {
                                        run.acknowledge.borrow_mut().0.push((at - sent).as_secs_f64());
                                    }
                                }
                                acknowledged = count;
                            }
                            _ => {}
                        }
                    }
                }
                _ = phase.changed() => {
                    if *phase.borrow() == Phase::Over {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Writes the word of an edit after this editor's last one; the update. Finding the place costs little in a long
    /// text: what the clients compute would delay what they receive.
    fn write(&mut self, edit: usize, editors: usize) -> Outcome<Vec<u8>> {
        let overview: SectionKey = "overview".parse()?;
        let text = TextId::Section(overview.clone());
        let kept = self.caret.as_deref().and_then(|caret| self.replica.resolve(&text, caret));
        let at = match kept {
            Some(at) => at,
            None => {
                let words = self.replica.section(&overview);
                let share = words.chars().count() * (self.number + 1) / (editors + 1);
                u32::try_from(words.chars().take(share).map(char::len_utf16).sum::<usize>())?
            }
        };
        let insert = word(edit);
        let after = at + u32::try_from(insert.len())?;
        let changes =
            self.replica.run(&Command::EditText(text.clone(), vec![TextChange { from: at, to: at, insert }]))?;
        self.caret = self.replica.sticky(&text, after);
        Ok(changes.update.ok_or("an edit changed nothing")?)
    }
}

fn word(edit: usize) -> String {
    format!("{}{edit:0DIGITS$}", char::from(MARK))
}

fn binary(frame: bytes::Bytes) -> tungstenite::Message {
    tungstenite::Message::Binary(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_edits_are_found_in_bytes() {
        let found: Vec<usize> = numbers(b"\x01~000012~\xff~000300 ~00").collect();
        assert_eq!(found, [12, 300]);
    }
}
