//! Answers to state vectors. One that is larger than a piece goes out in pieces, so that it holds up nothing else of its
//! connection, and is made once for all who ask the same: what was written meanwhile follows its pieces. So many slow readers
//! of a long document hold little more than one copy of it together. Nobody waits until others have read.

use crate::pieces::pieces;
use crate::replica::{Replica, UpdateError};
use crate::{limits, wire};
use bytes::Bytes;
use std::collections::BTreeMap;

/// The state vector of whoever has nothing.
const NOTHING_SEEN: [u8; 1] = [0];

/// An update that brings nothing.
const NOTHING: [u8; 2] = [0, 0];

/// What was answered lately.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Those in pieces that are still on their way to somebody.
    under_way: Vec<UnderWay>,
    /// Those of this turn in one piece, by the state vector that they answer.
    of_this_turn: BTreeMap<Vec<u8>, Bytes>,
}

#[derive(Debug)]
struct UnderWay {
    /// The state vector that it answers.
    seen: Vec<u8>,
    /// What whoever has read it has seen.
    then: Vec<u8>,
    pieces: Vec<Bytes>,
    bytes: usize,
}

impl UnderWay {
    fn is_read(&self) -> bool {
        // The last piece is written last.
        self.pieces.last().is_none_or(Bytes::is_unique)
    }
}

/// An answer in the order in which its frames are to be sent. The last is a sync step 2, so that whoever waits for one has
/// everything then; it is nobody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Frame(Bytes),
    Frames(Vec<Bytes>),
}

impl Answers {
    /// Forgets what nobody waits for any more, and what held for the turn before.
    pub fn next_turn(&mut self) {
        self.of_this_turn.clear();
        self.under_way.retain(|answer| !answer.is_read());
    }

    /// What a replica has that this state vector lacks, and more where too many different answers are under way.
    ///
    /// # Errors
    /// When the state vector cannot be read.
    pub fn of(&mut self, replica: &Replica, seen: &[u8]) -> Result<Answer, UpdateError> {
        if let Some(frame) = self.of_this_turn.get(seen) {
            return Ok(Answer::Frame(frame.clone()));
        }
        let (mut frames, then) = self.known(seen);
        let bytes: usize = self.under_way.iter().map(|answer| answer.bytes).sum();
        // Beyond the bound, one copy for all must do. It is made for whoever has nothing, and fits everyone.
        let must_share = bytes >= limits::UNDER_WAY && seen != NOTHING_SEEN;
        if must_share && frames.is_empty() && replica.count_lacking(seen)? > limits::PIECE as u64 / 16 {
            return self.of(replica, &NOTHING_SEEN);
        }
        let lacking = replica.diff(&then)?;
        if lacking.len() <= limits::PIECE {
            let frame = wire::missing(&lacking);
            if frames.is_empty() {
                self.of_this_turn.insert(seen.to_vec(), frame.clone());
                return Ok(Answer::Frame(frame));
            }
            frames.push(frame);
            return Ok(Answer::Frames(frames));
        }
        if must_share {
            return self.of(replica, &NOTHING_SEEN);
        }
        let pieces: Vec<Bytes> = pieces(&lacking, limits::PIECE).iter().map(|piece| wire::update(piece)).collect();
        let has_all = replica.state_vector();
        // A state vector does not tell what is deleted: where that is all, nobody could go on from here.
        if has_all != then {
            let bytes = lacking.len();
            self.under_way.push(UnderWay { seen: then, then: has_all, bytes, pieces: pieces.clone() });
        }
        frames.extend(pieces);
        frames.push(wire::missing(&NOTHING));
        Ok(Answer::Frames(frames))
    }

    /// What is under way already of the answer to a state vector, one answer after the other, and what whoever has read that
    /// has seen.
    fn known(&self, seen: &[u8]) -> (Vec<Bytes>, Vec<u8>) {
        let (mut frames, mut then) = (Vec::new(), seen);
        // What follows an answer was made after it.
        for known in &self.under_way {
            if known.seen == then {
                frames.extend(known.pieces.iter().cloned());
                then = &known.then;
            }
        }
        (frames, then.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Message;
    use crate::{ClientId, Command, EntryDraft, ItemId, Severity, create};
    use chrono::DateTime;

    /// A document that takes some pieces.
    fn long(megabytes: u64) -> Replica {
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let add = |number| {
            let draft = EntryDraft::new(DateTime::UNIX_EPOCH, "\u{20ac}".repeat(limits::ENTRY as usize));
            Command::AddEntry(ItemId::new(number, [0; 10]), draft)
        };
        let commands: Vec<Command> = (0..megabytes * 17).map(add).collect();
        assert_eq!(replica.run_each(&commands).1, []);
        replica
    }

    fn frames(answer: Answer) -> Vec<Bytes> {
        match answer {
            Answer::Frame(frame) => vec![frame],
            Answer::Frames(frames) => frames,
        }
    }

    /// A reader takes in an answer as any Yjs client does, frame by frame; whether a sync step 2 came last.
    fn read(reader: &Replica, frames: &[Bytes]) {
        for (index, frame) in frames.iter().enumerate() {
            let messages: Vec<_> = wire::messages(frame).map(|message| message.expect("readable")).collect();
            let (update, is_last) = match messages.as_slice() {
                [Message::Update(update)] => (update, false),
                [Message::Missing(update)] => (update, true),
                other => panic!("{other:?}"),
            };
            reader.apply(update).expect("it builds on what came before");
            assert_eq!(is_last, index + 1 == frames.len());
        }
    }

    #[test]
    fn a_long_answer_goes_out_in_pieces_that_are_shared_by_all_who_ask() {
        let document = long(2);
        let mut answers = Answers::default();
        let first = frames(answers.of(&document, &[0]).expect("answered"));
        assert!(first.len() > 3 && first.iter().all(|frame| frame.len() <= limits::PIECE + 16), "{}", first.len());
        // The second asks a turn later, and something was written meanwhile.
        answers.next_turn();
        document.run(&Command::SetTitle("later".into())).expect("written");
        let second = frames(answers.of(&document, &[0]).expect("answered"));
        let same = first.iter().zip(&second).filter(|(first, second)| first.as_ptr() == second.as_ptr()).count();
        assert_eq!(same, first.len() - 1, "all but the last frame of each");
        for (frames, title) in [(&first, "x"), (&second, "later")] {
            let reader = Replica::new(ClientId(2));
            read(&reader, frames);
            assert_eq!(reader.details().title, title);
            assert_eq!(reader.entries().len(), 34);
        }
        drop(first);
        answers.next_turn();
        assert_eq!(answers.under_way.len(), 1, "the second is still read");
        drop(second);
        answers.next_turn();
        assert!(answers.under_way.is_empty());
    }

    #[test]
    fn there_is_an_end_to_what_is_under_way_and_nobody_waits_for_it() {
        let document = long(9);
        let part = long(1);
        let mut answers = Answers::default();
        // Each claims to have seen some of a page that never was, and so asks for an answer of its own.
        let held: Vec<Bytes> =
            (1_u8..40).flat_map(|client| frames(answers.of(&document, &[1, 9, client]).expect("answered"))).collect();
        let different: BTreeMap<*const u8, usize> = held.iter().map(|frame| (frame.as_ptr(), frame.len())).collect();
        let bytes: usize = different.values().sum();
        assert!(bytes < limits::UNDER_WAY + 2 * limits::DOCUMENT, "{bytes}");
        let whole = frames(answers.of(&document, &NOTHING_SEEN).expect("answered"));
        let newcomer = Replica::new(ClientId(2));
        read(&newcomer, &whole);
        assert_eq!(newcomer.entries().len(), document.entries().len());
        let shared = frames(answers.of(&document, &part.state_vector()).expect("answered"));
        assert_eq!(shared[..shared.len() - 1], whole[..whole.len() - 1]);
        assert_eq!(shared[0].as_ptr(), whole[0].as_ptr(), "one copy for all");
        read(&part, &shared);
        assert_eq!(part.entries().len(), document.entries().len());
        document.run(&Command::SetTitle("later".into())).expect("written");
        let nearly = long(9).state_vector();
        let reader = long(9);
        let little = frames(answers.of(&document, &nearly).expect("answered"));
        assert_eq!(little.len(), 1, "who lacks little gets just that");
        read(&reader, &little);
        assert_eq!(reader.details().title, "later");
    }

    #[test]
    fn what_is_written_while_an_answer_is_read_is_shared_as_well() {
        let document = long(2);
        let mut answers = Answers::default();
        let first = frames(answers.of(&document, &NOTHING_SEEN).expect("answered"));
        let draft = || EntryDraft::new(DateTime::UNIX_EPOCH, "\u{20ac}".repeat(limits::ENTRY as usize));
        let more: Vec<Command> =
            (0..20).map(|number| Command::AddEntry(ItemId::new(number, [1; 10]), draft())).collect();
        assert_eq!(document.run_each(&more).1, []);
        let second = frames(answers.of(&document, &NOTHING_SEEN).expect("answered"));
        let third = frames(answers.of(&document, &NOTHING_SEEN).expect("answered"));
        assert!(second.len() > first.len());
        let is_same = |(one, other): (&Bytes, &Bytes)| one.as_ptr() == other.as_ptr();
        assert_eq!(first.iter().zip(&second).filter(|pair| is_same(*pair)).count(), first.len() - 1);
        assert_eq!(second.iter().zip(&third).filter(|pair| is_same(*pair)).count(), second.len() - 1);
        let reader = Replica::new(ClientId(2));
        read(&reader, &third);
        assert_eq!(reader.entries().len(), 54);
    }
}
