//! Deliberate faults, which show that a run can fail: each breaks one promise, and the simulation has to notice.

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The room is told of a commit when an update is only queued.
    AcknowledgesEarly,
    /// The others are shown an update when it is only queued.
    BroadcastsEarly,
    /// A batch that failed is taken for written, so that what follows overtakes it.
    SkipsFailedBatches,
    /// Updates that only delete are not written: they move no clock, and would not be missed by counting clocks.
    ForgetsDeletions,
    /// A fold leaves out the last update that it deletes.
    FoldsTooMuch,
    /// A slow reader's frames are dropped, and it is not brought up to date for them.
    DropsFrames,
    /// A refusal of what arrives late, on a connection that its page has given up, is told to the connection with which the
    /// page came back.
    RefusesTheNext,
    /// Undo deletes what was typed last at the end of the text, whoever typed it.
    UndoesOthers,
    /// A browser that comes back sends its stored edits as new text.
    TypesAgain,
    /// A page handles an event twice that tells its editor what others typed.
    ShowsTwice,
    /// A copy is replaced while its person types, and what only it said is not kept as a file.
    LosesTheReplaced,
}

impl Fault {
    pub const ALL: [Self; 11] = [
        Self::AcknowledgesEarly,
        Self::BroadcastsEarly,
        Self::SkipsFailedBatches,
        Self::ForgetsDeletions,
        Self::FoldsTooMuch,
        Self::DropsFrames,
        Self::RefusesTheNext,
        Self::UndoesOthers,
        Self::TypesAgain,
        Self::ShowsTwice,
        Self::LosesTheReplaced,
    ];
}
