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

/// Bytes of one room's answers in pieces that are under way, each counted once for all to whom it goes: two of the largest
/// documents, for readers who are slow and lack different things. Beyond that, whoever lacks more than a piece is sent the
/// whole, which all of them share.
pub const UNDER_WAY: usize = 2 * DOCUMENT;

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

/// Bytes from which people are told that a post-mortem is nearly full: while there is time to begin another.
pub const NEARLY_FULL: usize = DOCUMENT / 10 * 8;

/// Refused messages after which a connection of ours is closed: what was on its way when the first was refused builds on
/// it and is refused as well.
pub const STRIKES: u32 = 3;

/// Updates of one person that pass the check and are then refused, until the room's next keep-alive: each makes the server build the document again, and a person whose text became too long has one of them.
pub const REJECTED: u32 = 6;

/// Such updates of all people at one address, in a room of so many bytes, until its next keep-alive. Building the document again takes some thirty milliseconds a megabyte: an ordinary one is built so often in
/// a tenth of the time, and who is refused twenty times a second keeps nobody from writing. The longest takes a
/// second, in which nobody else is served; there, four people go on typing into texts that are too long. As many again are
/// tried of connections whose last edit was taken: whoever wrote before the others began is not shut out with them, and who
/// opened connections for that comes to an end as well.
pub fn rejected_from_one(document: usize) -> u32 {
    const REBUILT: usize = 64 << 20;
    let times = u32::try_from(REBUILT / document.max(1)).unwrap_or(u32::MAX);
    times.clamp(4 * REJECTED, 512)
}

/// How many times as many are tried from everywhere together: one address alone never keeps out who comes from elsewhere.
pub const REJECTED_ADDRESSES: u32 = 2;

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

/// Comments of one post-mortem: as many as it may have entries, and several times what the longest review said.
pub const COMMENTS: u32 = 20_000;

/// Bytes of all comments of one post-mortem and of the words that they are about: as much as the document may hold.
pub const COMMENT_BYTES: u32 = 32 << 20;

/// Comments of one thread: who scrolls through thousands finds nothing in them, and a new thread is a click away.
pub const THREAD_COMMENTS: u32 = 5_000;

/// Bytes of the comments of one thread: a quarter of all, so that one that ran away leaves room for the others.
pub const THREAD_BYTES: u32 = COMMENT_BYTES / 4;

/// What a thread may weigh ([`crate::Thread::weight`]) to be told with all its comments: some twenty ordinary ones. Of one
/// that weighs more the first are told, and the others on demand.
pub const THREAD_TOLD: usize = 8 << 10;

/// Characters of the first comment of a thread where it does not fit as a whole: what a line in the margin shows, and more.
pub const EXCERPT: usize = 200;

/// The weight of the threads of one message or answer. Text in JSON takes at most twice its bytes, which leaves as much
/// again of a message.
pub const THREADS: usize = FRAME / 4;

/// Ranges of authorship in one message: some 250 bytes each with the longest names.
pub const AUTHORS: usize = 1_000;

/// How many mail domains a list of them has: more are no team's.
pub const MAIL_DOMAINS: usize = 50;

/// Groups of one team: more of them nobody keeps, and a list that is longer helps nobody to choose.
pub const GROUPS: u32 = 500;

/// People of one group: what is larger is the team itself.
pub const GROUP_PEOPLE: u32 = 500;

/// Services of one team: several times what those run that run many.
pub const SERVICES: u32 = 5_000;

/// What else one service may be called.
pub const OTHER_NAMES: usize = 20;

/// Passkeys of one person: a browser is told all of them before it makes another, and nobody has as many devices.
pub const PASSKEYS: u32 = 20;

/// Characters of a passkey's name: a browser and a system, and a word to tell it by.
pub const PASSKEY_NAME: usize = 80;
