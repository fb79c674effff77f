//! What the page knows: the open post-mortem with its derived signals, the incident log, and who is signed in.
//! Everything here is derived from replies of `client` and from the replica; pages and editor only read it and call it.

pub mod capabilities;
pub mod log;
pub mod postmortem;
pub mod session;

pub use postmortem::open::OpenPostmortem;
pub use session::Session;
