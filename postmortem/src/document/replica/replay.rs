//! Making a replica from bytes of our own disk, which may be damaged: nothing in them panics through, and who asks learns
//! which of the updates could not be read.

use super::{Replica, UpdateError, has_pending};
use crate::{ClientId, Seen, ingest};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use yrs::updates::decoder::Decode;
use yrs::{Transact, Update};

/// The first of a log's updates that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("update {at} of the log cannot be read: {error}")]
pub struct Damage {
    /// How many updates before it were read.
    pub at: usize,
    pub error: UpdateError,
}

impl Replica {
    /// A replica that holds what a log tells: the snapshot first, then the updates that followed.
    ///
    /// # Errors
    /// At the first update that cannot be read, or that does not follow on those before it ([`Seen::admit`]).
    pub fn replay(client: ClientId, updates: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Damage> {
        let replica = Self::new(client);
        let mut seen = Seen::default();
        for (at, update) in updates.into_iter().enumerate() {
            match catch_unwind(AssertUnwindSafe(|| replica.take_stored(&update, &mut seen))) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(Damage { at, error }),
                Err(_) => {
                    // The transaction that panicked is still open inside of the replica: leak it.
                    std::mem::forget(replica);
                    return Err(Damage { at, error: UpdateError::Unreadable });
                }
            }
        }
        Ok(replica)
    }

    fn take_stored(&self, update: &[u8], seen: &mut Seen) -> Result<(), UpdateError> {
        ingest::check_stored(update).map_err(|_| UpdateError::Unreadable)?;
        seen.admit(update)?;
        let update = Update::decode_v1(update).map_err(|_| UpdateError::Unreadable)?;
        // A transaction commits when it is dropped; while unwinding that would run the code that has just panicked.
        let mut transaction = ManuallyDrop::new(self.doc.transact_mut());
        let applied = transaction.apply_update(update);
        let is_whole = !has_pending(&transaction);
        drop(ManuallyDrop::into_inner(transaction));
        match applied {
            Err(_) => Err(UpdateError::Unreadable),
            Ok(()) if is_whole => Ok(()),
            Ok(()) => Err(UpdateError::Incomplete),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Severity, create};

    fn log() -> Vec<Vec<u8>> {
        let replica = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let mut log = vec![replica.diff(&[0]).expect("encoded")];
        for title in ["Mara", "Jonah", "Ines"] {
            log.extend(replica.run(&Command::SetTitle(title.into())).expect("carried out").update);
        }
        log
    }

    #[test]
    fn a_log_gives_its_document() {
        let replayed = Replica::replay(ClientId(1), log()).expect("readable");
        assert_eq!(replayed.details().title, "Ines");
    }

    #[test]
    fn the_first_damaged_update_is_named() {
        let damaged: [&[u8]; 4] = [
            b"garbage",
            // Three clients in a byte.
            &[3, 0],
            // A list, which no document of ours holds.
            &[1, 1, 44, 0, 0x28, 1, 4, b'm', b'e', b't', b'a', 1, b'x', 1, 0x75, 1, 0x7e, 0],
            &[],
        ];
        for bytes in damaged {
            let mut log = log();
            log.insert(2, bytes.to_vec());
            let damage = Replica::replay(ClientId(1), log.clone()).expect_err("damaged");
            assert_eq!(damage.at, 2, "{bytes:?}");
            log.truncate(2);
            assert_eq!(Replica::replay(ClientId(1), log).expect("the beginning is whole").details().title, "Mara");
        }
    }

    #[test]
    fn a_log_with_a_hole_is_damaged_behind_it() {
        for hole in 0..log().len() - 1 {
            let mut log = log();
            log.remove(hole);
            let damage = Replica::replay(ClientId(1), log).expect_err("incomplete");
            assert_eq!(damage, Damage { at: hole, error: UpdateError::Incomplete });
        }
    }
}
