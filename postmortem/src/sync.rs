//! What keeps replicas equal, as state machines without I/O: frames, rooms, peers, presence, and the rows beside
//! the document.

pub mod carried;
pub mod event;
pub mod peer;
pub mod presence;
pub mod room;
pub mod rows;
pub mod threads;
pub mod wire;
