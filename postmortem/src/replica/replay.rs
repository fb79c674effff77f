//! Making a replica from bytes of our own disk, which may be damaged: nothing in them panics through, and who asks learns
//! which of the updates could not be read.

use super::{Replica, UpdateError, has_pending};
use crate::ingest;
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
    /// What is wrong with it.
    pub error: UpdateError,
}

impl Replica {
    /// A replica that holds what a log tells: the snapshot first, then the updates that followed.
    ///
    /// # Errors
    /// At the first update that cannot be read, or that builds on one that is missing.
    pub fn replay(client: u64, updates: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Damage> {
        let replica = Self::new(client);
        for (at, update) in updates.into_iter().enumerate() {
            match catch_unwind(AssertUnwindSafe(|| replica.take_stored(&update))) {
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

    fn take_stored(&self, update: &[u8]) -> Result<(), UpdateError> {
        ingest::check_stored(update).map_err(|_| UpdateError::Unreadable)?;
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
        let replica = create::create(7, "Disk full", Severity::Sev2).expect("made");
        let mut log = vec![replica.diff(&[0]).expect("encoded")];
        for owner in ["Mara", "Jonah", "Ines"] {
            log.extend(replica.run(&Command::SetOwner(owner.into())).expect("carried out").update);
        }
        log
    }

    #[test]
    fn a_log_gives_its_document() {
        let replayed = Replica::replay(1, log()).expect("readable");
        assert_eq!(replayed.details().owner, "Ines");
    }

    #[test]
    fn the_first_damaged_update_is_named() {
        let bombs: [&[u8]; 5] = [
            b"garbage",
            // Two to the 28 clients in four bytes.
            &[0xff, 0xff, 0xff, 0x7f],
            // Arrays nested 7,000 deep would overflow the stack.
            &[&[1, 1, 1, 0, 0x28, 1, 4, b'm', b'e', b't', b'a', 1, b'x', 1][..], &[0x75, 1].repeat(7_000)].concat(),
            &[],
            // The CRDT accepts these and panics when it encodes.
            &[1, 2, 1, 0xff, 0xff, 2, 2, 6, 1, 1, 1, 0x62, 1, 4, 0x74, 0x72, 0x75, 0x65, 0xc6, 1, 2, 1, 3, 1, 6, 0x62],
        ];
        for bomb in bombs {
            let mut log = log();
            log.insert(2, bomb.to_vec());
            let damage = Replica::replay(1, log.clone()).expect_err("damaged");
            assert_eq!(damage.at, 2, "{bomb:?}");
            log.truncate(2);
            assert_eq!(Replica::replay(1, log).expect("the beginning is whole").details().owner, "Mara");
        }
    }

    #[test]
    fn a_log_with_a_hole_is_damaged_behind_it() {
        let mut log = log();
        log.remove(1);
        let damage = Replica::replay(1, log).expect_err("incomplete");
        assert_eq!(damage, Damage { at: 1, error: UpdateError::Incomplete });
    }
}
