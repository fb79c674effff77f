//! What two replicas, or a room and hostile bytes, come to without a network between them. Whole runs with a network, a
//! disk and crashes are in `tests/simulation`.

#![expect(clippy::expect_used, reason = "a test may end at what it did not expect")]

mod damage;
mod forms;
mod golden;
mod hostile;
mod passages;
mod permissions;
mod refused;
mod restored;
mod undo;
