//! `.debrief` files: everything that one copy of a post-mortem holds, carried to another by hand. The shape is written
//! down in `docs/sync.md`. Whoever opens one passes its update through the checks of the ingest, as a server would.

use crate::ingest::{self, IngestError};
use crate::lib0::{Cursor, Lib0Error, put_block, put_number};
use crate::replica::{Changes, Replica};
use crate::{Generation, PostmortemId, Waiting};

/// The ending of the files' names.
pub const ENDING: &str = ".debrief";

/// What every file begins with; the last byte is the version of the shape.
const BEGINNING: &[u8] = b"DEBRIEF\x01";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub postmortem: PostmortemId,
    pub generation: Generation,
    /// Everything that the copy held, as one update (v1).
    pub update: Vec<u8>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarriedError {
    /// Another kind of file.
    #[error("This is not a file of changes from Debrief. Choose one whose name ends in {ENDING}.")]
    Foreign,
    /// Bytes are missing or changed.
    #[error("This file is damaged. Save it again where it came from, and carry it as it is.")]
    Damaged,
    /// Changes of another post-mortem.
    #[error("This file belongs to another post-mortem. Open it from the incident log.")]
    OtherPostmortem,
    /// There is nothing to be carried yet.
    #[error("This post-mortem has not arrived yet. Try again when it is here.")]
    NotHere,
    /// Something follows on what is not here, and would be missing from the file.
    #[error("Some of your changes follow on others that are not here. Connect to the server, and then save the file.")]
    Waiting,
    /// Changes of a document that was made anew since.
    #[error("This post-mortem was made anew since the file was saved, so its changes do not fit any more.")]
    OtherGeneration,
    /// What it carries does not pass the checks.
    #[error("{0}")]
    Refused(#[from] IngestError),
}

impl From<Lib0Error> for CarriedError {
    fn from(_: Lib0Error) -> Self {
        Self::Damaged
    }
}

impl Carried {
    /// Everything that a copy of a post-mortem holds.
    ///
    /// # Errors
    /// When it is not known of which making the copy is, or something waits to be taken in.
    pub fn of(
        postmortem: &PostmortemId,
        generation: Option<Generation>,
        replica: &Replica,
        waiting: &Waiting,
    ) -> Result<Self, CarriedError> {
        let generation = generation.ok_or(CarriedError::NotHere)?;
        if !waiting.is_empty() {
            return Err(CarriedError::Waiting);
        }
        let update = replica.diff(&[0]).map_err(|_| CarriedError::NotHere)?;
        Ok(Self { postmortem: postmortem.clone(), generation, update })
    }

    pub fn write(&self) -> Vec<u8> {
        let mut bytes = BEGINNING.to_vec();
        put_block(&mut bytes, self.postmortem.as_str().as_bytes());
        put_number(&mut bytes, u64::from(self.generation.0));
        put_block(&mut bytes, &self.update);
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// What a file says.
    ///
    /// # Errors
    /// When it is another kind of file, or damaged. The update was not looked at.
    pub fn read(file: &[u8]) -> Result<Self, CarriedError> {
        let rest = file.strip_prefix(BEGINNING).ok_or(CarriedError::Foreign)?;
        let (body, sum) = rest.split_last_chunk::<8>().ok_or(CarriedError::Damaged)?;
        if checksum(&file[..file.len() - 8]) != u64::from_le_bytes(*sum) {
            return Err(CarriedError::Damaged);
        }
        let mut cursor = Cursor::new(body);
        let postmortem = cursor.text()?.parse().map_err(|_| CarriedError::Damaged)?;
        let generation = u32::try_from(cursor.number()?).map_err(|_| CarriedError::Damaged)?;
        let update = cursor.block()?.to_vec();
        if cursor.is_at_end() {
            Ok(Self { postmortem, generation: Generation(generation), update })
        } else {
            Err(CarriedError::Damaged)
        }
    }

    /// Merges it into a copy of its post-mortem; `generation` is that of the copy, where it is known. What is new to the
    /// copy is in the changes' update.
    ///
    /// # Errors
    /// When it is for another document, or does not pass the checks; nothing was merged then.
    pub fn merge_into(
        &self,
        replica: &Replica,
        postmortem: &PostmortemId,
        generation: Option<Generation>,
    ) -> Result<Changes, CarriedError> {
        if self.postmortem != *postmortem {
            return Err(CarriedError::OtherPostmortem);
        }
        if generation.is_some_and(|generation| generation != self.generation) {
            return Err(CarriedError::OtherGeneration);
        }
        Ok(ingest::adopt(replica, &self.update)?)
    }
}

/// FNV-1a. It finds damage, not malice; for that there are the checks of the ingest.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, Command, Severity, TextChange, create};

    fn typed(replica: &Replica, insert: &str) {
        let change = TextChange { from: 0, to: 0, insert: insert.into() };
        let text = "sections/overview".parse().expect("a text");
        replica.run(&Command::EditText(text, vec![change])).expect("typed");
    }

    fn file(of: &Replica) -> Carried {
        let id = "p1".parse().expect("an id");
        Carried::of(&id, Some(Generation(2)), of, &Waiting::default()).expect("a file")
    }

    #[test]
    fn what_waits_is_not_left_behind_in_silence() {
        let page = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
        let copy = Replica::new(ClientId(2));
        copy.apply(&page.diff(&[0]).expect("encoded")).expect("applied");
        page.run(&Command::SetServices(vec!["Mara".into()])).expect("run");
        let next = page.run(&Command::SetServices(vec!["search".into()])).expect("run").update.expect("an update");
        let mut waiting = Waiting::default();
        waiting.adopt(&copy, vec![next]);
        let id = "p1".parse().expect("an id");
        let carried = |waiting: &Waiting| Carried::of(&id, Some(Generation(2)), &copy, waiting);
        assert_eq!(carried(&waiting), Err(CarriedError::Waiting));
        copy.apply(&page.diff(&[0]).expect("encoded")).expect("applied");
        waiting.retry(&copy);
        assert!(carried(&waiting).is_ok());
    }

    #[test]
    fn a_file_brings_what_is_new_once() {
        let server = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
        let [train, desk] = [2, 3].map(|client| Replica::new(ClientId(client)));
        for page in [&train, &desk] {
            page.apply(&server.diff(&[0]).expect("encoded")).expect("applied");
        }
        typed(&train, "On a train. ");
        typed(&desk, "At a desk. ");
        let carried = Carried::read(&file(&train).write()).expect("read");
        let id = "p1".parse().expect("an id");
        let changes = carried.merge_into(&desk, &id, Some(Generation(2))).expect("merged");
        assert!(changes.update.is_some_and(|update| update.len() < 100), "only what is new goes on");
        let text = desk.text(&"sections/overview".parse().expect("a text")).expect("there");
        assert!(text.contains("On a train. ") && text.contains("At a desk. "), "{text}");
        let again = carried.merge_into(&desk, &id, None).expect("merged");
        assert_eq!(again.update, None);
        assert_eq!(desk.text(&"sections/overview".parse().expect("a text")), Some(text));
        let newcomer = Replica::new(ClientId(4));
        carried.merge_into(&newcomer, &id, None).expect("a copy where there was none");
        assert_eq!(newcomer.read(), train.read());
    }

    #[test]
    fn what_is_damaged_or_for_another_document_is_refused_in_a_sentence() {
        let server = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
        let carried = file(&server);
        let bytes = carried.write();
        assert_eq!(Carried::read(b"{\"title\": \"Disk full\"}"), Err(CarriedError::Foreign));
        for at in BEGINNING.len()..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(Carried::read(&damaged), Err(CarriedError::Damaged), "byte {at}");
            assert_eq!(Carried::read(&bytes[..at]), Err(CarriedError::Damaged), "{at} bytes");
        }
        let (own, other) = ("p1".parse().expect("an id"), "p2".parse().expect("an id"));
        let merge = |id, generation| carried.merge_into(&server, id, Some(Generation(generation)));
        assert_eq!(merge(&other, 2), Err(CarriedError::OtherPostmortem));
        assert_eq!(merge(&own, 3), Err(CarriedError::OtherGeneration));
        // A root that no post-mortem has.
        let foreign = Carried { update: vec![1, 1, 9, 0, 4, 1, 1, b'x', 1, b'y', 0], ..carried };
        let refused = foreign.merge_into(&server, &own, None);
        assert!(matches!(refused, Err(CarriedError::Refused(_))), "{refused:?}");
        assert_eq!(CarriedError::Damaged.to_string().matches(". ").count(), 1);
    }
}
