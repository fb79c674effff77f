//! What a synced replica asks to be done, and what it tells, in one order: a row is kept before the frame is sent that
//! says the same, and the page hears of a change after both.

use super::gone::Gone;
use super::kept::{KeptFile, RowKey};
use super::obstacle::Obstacle;
use super::pending_comments::PendingComment;
use super::standing::Standing;
use bytes::Bytes;
use postmortem::carried::CarriedError;
use postmortem::{ClientId, CommentId, Event, Generation, Part, Postmortem, Presence, TextChange, TextId, Thread};
use std::collections::BTreeSet;

/// One thing that follows from an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    Effect(Effect),
    Event(SyncEvent),
}

/// What whoever holds a synced replica has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send a frame over the open socket. What cannot be sent goes again with the next one.
    Send(Bytes),
    Connection(ConnectionOrder),
    Storage(StorageOrder),
    /// Send a comment to the server, and say what came of it.
    PostComment(PendingComment),
    /// Say where the caret stands in the editor of a text.
    FindCaret(TextId),
    /// Say in a moment that it is time to tell where the caret is: carets move with every key, and everyone in the room gets
    /// each of them.
    FindCaretSoon,
}

/// What the connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionOrder {
    /// The first: connect from now on, naming this generation.
    Open(Option<Generation>),
    /// Name this generation from the next socket on.
    NameGeneration(Option<Generation>),
    /// This socket has brought everything that the server has.
    InStep,
    /// The next attempt waits for so many milliseconds.
    ComeBackAfter(u32),
    /// Begin again with a new socket, once the event that this follows from is over.
    Renew,
    /// The same, after something came over this one that makes no sense here: it counts as lost.
    GiveUp,
    /// The page's person is the same as before: go on where the server said that it does not know them.
    GoOn,
    /// Another person is the page's from now on: begin again as theirs.
    ChangePerson,
    /// Nothing is there: try no more.
    End,
}

/// What the browser's storage is told.
#[derive(Debug, Clone, PartialEq)]
pub enum StorageOrder {
    Append(Row),
    /// This page has taken in the row of another tab.
    Hold(RowKey),
    /// Keep the whole document in the place of all rows that this page holds.
    Fold(FoldedCopy),
    /// Forget the copy, once what only it held is a file; the file is then told with its place.
    StartAfresh(Afresh),
    /// Keep text for whoever opens the page next; the file is then told with its place.
    KeepFile(KeptFile, FileContent),
    /// The person has a file.
    ForgetFile(u32),
    /// Keep a comment until it is sent, and say whether that could be done.
    KeepComment(PendingComment),
    /// A comment need not be sent any more.
    DropComment(CommentId),
}

/// Updates that are kept together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub generation: Option<Generation>,
    pub updates: Vec<Vec<u8>>,
    /// How many of them are this person's own edits.
    pub edits: usize,
    /// What those are edits of.
    pub parts: BTreeSet<Part>,
    /// An edit for the other tabs, which will not hear of it from the server.
    pub shared: Option<Vec<u8>>,
}

/// One row in the place of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedCopy {
    pub generation: Option<Generation>,
    /// The rows that stand beside the document.
    pub greeting: Vec<Event>,
    /// The whole document.
    pub update: Vec<u8>,
    /// How many of this person's own edits in it are not on the server.
    pub edits: usize,
    /// What those are edits of; nothing where nobody knows.
    pub parts: Option<BTreeSet<Part>>,
    /// Whether all that this page holds is on the server.
    pub is_saved: bool,
}

/// A copy that is given up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Afresh {
    /// The text that would be lost with it.
    pub file: Option<KeptFile>,
    /// Comments whose words are in that file.
    pub comments: Vec<CommentId>,
    /// Whether the other tabs are told, which have the same copy.
    pub tells: bool,
    /// Whether the whole post-mortem is gone.
    pub is_gone: bool,
}

/// What a file holds that is kept, and so what follows when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// Text that has no place in the document any more.
    Text,
    /// The words of what waits in the copy for something that is lost.
    Waiting,
    /// The words of a comment that the server does not take.
    Comment(CommentId),
}

/// What happened, for the page that shows the post-mortem.
#[derive(Debug, Clone, PartialEq)]
pub enum SyncEvent {
    /// Everything is to be read: the page is new.
    Entered,
    /// The document is here.
    Arrived,
    /// These parts are to be read again.
    PartsChanged(BTreeSet<Part>),
    /// Show this in the editor of a text, in coordinates of what it shows now.
    TextChanged(TextId, Vec<TextChange>),
    /// Words that were not typed into the editor that shows them stand there now. Presence is not held up by the disk as
    /// words are, so a caret may have named a letter that only came with them.
    WordsArrived,
    /// Another replica stands in the place of the one before: everything is to be read again, editors too.
    Replaced,
    /// Where pages are now, by client id; `None` for one that was left.
    PresencesChanged(Vec<(ClientId, Option<Presence>)>),
    /// Nothing is known of others any more.
    PresencesGone,
    /// The server told of a row that stands beside the document, of a refusal, or of itself.
    Told(Event),
    /// All threads, with those comments in their places that are not on the server yet.
    CommentsWaiting(Vec<Thread>, Vec<CommentId>),
    /// What is known of a thread now.
    ThreadRead(Thread),
    /// The server does not take a comment, and why.
    CommentRefused(PendingComment, String),
    StandingChanged(Standing),
    /// The files that wait for their person.
    FilesChanged(Vec<KeptFile>),
    /// Text of this person's is not in the post-mortem, and in this file.
    TextKept(KeptFile),
    ObstacleChanged(Option<Obstacle>),
    /// The value as it stands on the server, where only requests get through.
    SeenFromAfar(Box<Postmortem>),
    /// Why the server cannot read the post-mortem, or that it can.
    DamageTold(Option<String>),
    /// What became of a file from elsewhere: whether it brought something new.
    CarriedTold(Result<bool, CarriedError>),
    /// The post-mortem is not there for this person any more.
    Gone(Gone),
}
