//! What the page knows: the open post-mortem with its derived signals, who is signed in, the notices and the theme.
//! Everything here is derived from replies of `client` and from the replica; pages and editor only read it and call it.

pub mod anchors;
pub mod capabilities;
pub mod clock;
pub mod discussion;
pub mod drafts;
pub mod editors;
pub mod log;
pub mod notices;
pub mod open;
pub mod parts;
pub mod presences;
pub mod release;
pub mod replicas;
pub mod route;
pub mod saving;
pub mod session;
pub mod storage;
pub mod theme;
pub mod visit;

pub use notices::Notices;
pub use open::OpenPostmortem;
pub use session::Session;
