//! Every limit on what people and peers may bring, with its reason. The client refuses in time and keeps the text;
//! the server refuses again, because it trusts no client.

/// UTF-16 units of one prose section: some eighty printed pages, and still laid out within a frame.
pub const SECTION: u32 = 200_000;

/// UTF-16 units of a timeline entry or an action item: longer texts are logs, and belong behind a link.
pub const ENTRY: u32 = 20_000;

/// UTF-16 units of the words that a thread is about: a long paragraph. Who means more means the whole.
pub const QUOTE: u32 = 1_000;

/// Bytes of a short value such as a title, an owner or a figure's note.
pub const VALUE: usize = 2_000;

/// Entries, figures, responders, action items and sections of each kind in one document.
pub const ITEMS: usize = 20_000;

/// Bytes of one WebSocket message: the largest section pasted whole, in three bytes a character, with room to spare.
pub const FRAME: usize = 1 << 20;

/// Bytes of one message of ours: what was written offline goes out in pieces, and half of a message leaves room for a
/// block that cannot be cut, the longest section.
pub const PIECE: usize = FRAME / 2;

/// Bytes of one presence state: two cursors and a place take under 600.
pub const PRESENCE: usize = 2_048;

/// Blocks and deleted ranges in one update: an offline day of writing has a few thousand.
pub const BLOCKS: usize = 100_000;

/// What one update may cost the CRDT at worst, in blocks that it walks over, a tenth of a microsecond each: two seconds.
/// Two thousand places written in a text of ten thousand pieces, or ten thousand in one of two thousand, are within.
pub const WORK: u64 = 20_000_000;

/// Clients in one update or state vector: every page load is a client, and a document meets some thousands.
pub const CLIENTS: usize = 20_000;

/// Bytes of a whole document with its history: a hundred times the longest real one that we know, and still loaded
/// within a second.
pub const DOCUMENT: usize = 32 << 20;

/// Refused messages after which a connection is closed: whatever builds on a refused one is refused as well.
pub const STRIKES: u32 = 3;

/// Updates of one person, or of one connection of a guest, that pass the check and are then refused, until the room's next keep-alive: each makes the
/// server build the document again, and a person whose text became too long has one of them.
pub const IN_VAIN: u32 = 6;

/// Such updates of everyone in a room, until its next keep-alive: four people go on typing into texts that are too long.
/// Building an ordinary document again takes milliseconds and the longest one a second, in which nobody else is served.
pub const IN_VAIN_IN_ALL: u32 = 4 * IN_VAIN;

/// State vectors of one connection that are answered until the room's next keep-alive: each answer may be the whole
/// document, and a client asks when it connects and when it missed something.
pub const ANSWERS: u32 = 40;

/// Updates of a turn that are merged into one append; merging costs the square of their number.
pub const MERGED: usize = 16;

/// Presence states that are looked at in one message: a page sends one.
pub const STATES: usize = 16;

/// Pages of one room whose presence is passed on: more carets than anybody can tell apart, and each of them is told to all.
pub const PRESENT: usize = 250;

/// Presence clocks at and above this are passed over: no page moves that often.
pub const PRESENCE_CLOCK: u64 = 1 << 32;

/// Messages in one frame: Yjs clients send one, and a client of ours a few.
pub const MESSAGES: usize = 1_000;
