//! The codes with which the server closes a socket. Clients of Yjs end for good at 4400 to 4499, as y-websocket does since
//! 3.1, and come back after 4500 to 4599.

/// All is told that was to be told.
pub const DONE: u16 = 1000;

/// A page that goes says this, and a server that does not come back.
pub const GOING: u16 = 1001;

/// The peer speaks no WebSocket.
pub const PROTOCOL: u16 = 1002;

/// A kind of frame that is not taken here.
pub const UNSUPPORTED: u16 = 1003;

/// What a browser says of a close without a code. It is never sent.
pub const NO_CODE: u16 = 1005;

/// What a browser says of a socket that ended without a word. It is never sent.
pub const LOST: u16 = 1006;

/// A message that is larger than any may be.
pub const TOO_BIG: u16 = 1009;

/// Something went wrong inside; the next attempt may work.
pub const FAILED: u16 = 1011;

/// The server goes, and comes back.
pub const RESTARTING: u16 = 1012;

/// The peer could not follow, or is one too many.
pub const TRY_AGAIN: u16 = 1013;

/// Something of the connection was refused: of a stock client at once, of one of ours when it happens too often. It would
/// send the same again.
pub const REFUSED: u16 = 4400;

/// A frame that cannot be read.
pub const MALFORMED: u16 = 4401;

/// The session of the page's person has ended: signing in again helps.
pub const SIGNED_OUT: u16 = 4403;

/// The person may not read this any more, or nothing is there that they may read.
pub const CLOSED_TO_YOU: u16 = 4406;

/// Somebody deleted the post-mortem.
pub const DELETED: u16 = 4404;

/// The document was made anew since the copy that the client named.
pub const OTHER_GENERATION: u16 = 4409;

/// A stock client carries what another person's open page has written: that page brings it itself, or goes, and then the
/// same may come again.
pub const LATER: u16 = 4509;

/// More was asked for than is done at once. What was sent is not lost where it was made, and may come again in a while.
pub const TOO_MUCH: u16 = 4529;
